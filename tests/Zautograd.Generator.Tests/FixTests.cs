using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CodeRefactorings;
using Microsoft.CodeAnalysis.CSharp;
using Zautograd.CodeFixes;

namespace Zautograd.Generator.Tests;

/// <summary>A fix turns what is refused or warned of into what the generator takes without a word.</summary>
public sealed class FixTests
{
    const string Open = "public static partial class C { [Differentiable] public static ";

    static readonly (Fix Fix, string Before, string? After)[] cases =
    [
        (
            new PartialFix(),
            "public static class C { [Differentiable] public static double F(double x) => x; }",
            "public static partial class C { [Differentiable] public static double F(double x) => x; }"
        ),
        (
            new PartialFix(),
            "class A { public partial class B { struct C { [Differentiable] internal static double F(double x) => x; } } }",
            "partial class A { public partial class B { partial struct C { [Differentiable] internal static double F(double x) => x; } } }"
        ),
        (
            new StaticFix(),
            "public partial class C { static readonly double k = 2; [Differentiable] public double F(double x) => k * Math.Sin(x); }",
            "public partial class C { static readonly double k = 2; [Differentiable] public static double F(double x) => k * Math.Sin(x); }"
        ),
        (new StaticFix(), "public partial class C { readonly double k = 2; [Differentiable] public double F(double x) => k * x; }", null),
        (new StaticFix(), "public partial class C { double G() => 2; [Differentiable] public double F(double x) => G() * x; }", null),
        (new StaticFix(), "public partial class C { [Differentiable] public virtual double F(double x) => x; }", null),
        (
            new ConstantFix(),
            Open + "double F(double x, double day) => x * (int)day; }",
            Open + "double F(double x, [Constant] double day) => x * (int)day; }"
        ),
        (
            new ConstantFix(),
            Open + "double F(double x, ReadOnlySpan<double> days) => x * (int)days[0]; }",
            Open + "double F(double x, [Constant] ReadOnlySpan<double> days) => x * (int)days[0]; }"
        ),
        (new ConstantFix(), Open + "double F(double x, double y) => x * (int)(x + y); }", null),
        (new SquareFix(), Open + "double F(double x) => Math.Pow(x, 2); }", Open + "double F(double x) => x * x; }"),
        (new SquareFix(), Open + "double F(double x) => 1 / Math.Pow((x), 2.0); }", Open + "double F(double x) => 1 / (x * x); }"),
        (new SquareFix(), Open + "double F(double x) => -Math.Pow(x, 2) + x; }", Open + "double F(double x) => -(x * x) + x; }"),
        (
            new SquareFix(),
            Open + "double F(double x, int n) => x * Math.Pow(n, 2); }",
            Open + "double F(double x, int n) => x * ((double)n * (double)n); }"
        ),
        (
            new SquareFix(),
            Open + "double F(double x) { double y = 3 * Math.Pow(x + 1, 2); return y; } }",
            Open + "double F(double x) { double root = x + 1; double y = 3 * (root * root); return y; } }"
        ),
        (
            new SquareFix(),
            Open + "double F(double x, double root) => root + Math.Pow(x - 1, 2); }",
            Open + "double F(double x, double root) { double root2 = x - 1; return root + root2 * root2; } }"
        ),
        (new SquareFix(), Open + "double F(double x) => x > 0 ? Math.Pow(x + 1, 2) : 0; }", null),
        (new SquareFix(), Open + "double F(double x) { while (Math.Pow(x + 1, 2) > 9) x /= 2; return x; } }", null),
        (new SquareFix(), Open + "double F(double x) { int i = 0; return i++ + Math.Pow(x + i, 2); } }", null),
        (new IntFix(), Open + "double F(double x, long[] n) => x * n[0]; }", Open + "double F(double x, int[] n) => x * n[0]; }"),
        (
            new IntFix(),
            Open + "double F(double x, ReadOnlySpan<ulong> n) => x * n[0]; }",
            Open + "double F(double x, ReadOnlySpan<int> n) => x * n[0]; }"
        ),
    ];

    static readonly (string Before, string? After)[] kinks =
    [
        ("double F(double x) => 2 * [|Math.Abs|](x); }", "double F(double x) => 2 * Math.Sqrt(x * x + 1e-6); }"),
        (
            "double F(double x) => 1 - Math.[|Max|](x, 0); }",
            "double F(double x) => 1 - 0.5 * (x + (double)0 + Math.Sqrt((x - (double)0) * (x - (double)0) + 1e-6)); }"
        ),
        ("double F(double x) { return [|Math|].Abs(x + 1); } }", null),
        ("double F(double x) => Math.Abs([|x|]); }", null),
        ("double F(double x) => [|Math.Sin|](x); }", null),
    ];

    public static TheoryData<int> Cases => [.. Enumerable.Range(0, cases.Length)];

    public static TheoryData<int> Kinks => [.. Enumerable.Range(0, kinks.Length)];

    static Document Load(string source)
    {
        var workspace = new AdhocWorkspace();
        var compilation = Generated.Compile();
        var project = workspace
            .AddProject("Fixed", LanguageNames.CSharp)
            .WithMetadataReferences(compilation.References)
            .WithCompilationOptions(compilation.Options)
            .WithParseOptions(compilation.SyntaxTrees[0].Options);
        return project.AddDocument("usings.cs", compilation.SyntaxTrees[0].ToString()).Project.AddDocument("source.cs", source);
    }

    static async Task<string> Apply(Document document, CodeAction action)
    {
        var operation = Assert.IsType<ApplyChangesOperation>(
            Assert.Single(await action.GetOperationsAsync(TestContext.Current.CancellationToken))
        );
        var changed = operation.ChangedSolution.GetDocument(document.Id)!;
        return (await changed.GetTextAsync(TestContext.Current.CancellationToken)).ToString();
    }

    static string Normal(string source) =>
        CSharpSyntaxTree.ParseText(source).GetRoot().NormalizeWhitespace().ToFullString().Replace("( ", "(");

    static void IsTaken(string source)
    {
        var generated = Generated.From(source);
        Assert.Empty(generated.Diagnostics);
        generated.Load();
    }

    [Theory, MemberData(nameof(Cases))]
    public async Task TheFixIsTakenByTheGenerator(int index)
    {
        var (fix, before, after) = cases[index];
        var diagnostics = Generated.From(before).Diagnostics;
        Assert.All(diagnostics, diagnostic => Assert.Contains(diagnostic.Id, fix.FixableDiagnosticIds));
        var found = diagnostics[0];
        var document = Load(before);
        var tree = await document.GetSyntaxTreeAsync(TestContext.Current.CancellationToken);
        var here = Diagnostic.Create(found.Descriptor, Location.Create(tree!, found.Location.SourceSpan));
        var actions = new List<CodeAction>();
        await fix.RegisterCodeFixesAsync(
            new CodeFixContext(document, here, (action, _) => actions.Add(action), TestContext.Current.CancellationToken)
        );
        if (after is null)
        {
            Assert.Empty(actions);
            return;
        }
        var source = await Apply(document, Assert.Single(actions));
        Assert.Equal(Normal(after), Normal(source));
        IsTaken(source);
    }

    [Theory, MemberData(nameof(Kinks))]
    public async Task AKinkIsRoundedOffOnRequest(int index)
    {
        var marked = Open + kinks[index].Before;
        var start = marked.IndexOf("[|", StringComparison.Ordinal);
        var end = marked.IndexOf("|]", StringComparison.Ordinal) - 2;
        var document = Load(marked.Replace("[|", "").Replace("|]", ""));
        var actions = new List<CodeAction>();
        await new SmoothRefactoring().ComputeRefactoringsAsync(
            new CodeRefactoringContext(
                document,
                Microsoft.CodeAnalysis.Text.TextSpan.FromBounds(start, end),
                actions.Add,
                TestContext.Current.CancellationToken
            )
        );
        if (kinks[index].After is not { } after)
        {
            Assert.Empty(actions);
            return;
        }
        var source = await Apply(document, Assert.Single(actions));
        Assert.Equal(Normal(Open + after), Normal(source));
        IsTaken(source);
    }

    [Fact]
    public void EveryFixAnswersADiagnosticOfTheTable() =>
        Assert.Empty(
            typeof(Fix)
                .Assembly.GetTypes()
                .Where(type => type.IsSubclassOf(typeof(Fix)) && !type.IsAbstract)
                .SelectMany(type => ((Fix)Activator.CreateInstance(type)!).FixableDiagnosticIds)
                .Except(Zautograd.Generator.Model.Refusals.All.Select(row => row.Id))
        );
}
