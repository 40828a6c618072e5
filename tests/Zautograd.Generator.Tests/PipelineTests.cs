using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Zautograd.Generator.Tests;

/// <summary>A good citizen of the editor: nothing is done twice, and nothing brings it down.</summary>
public sealed class PipelineTests(ITestOutputHelper output)
{
    const string Source =
        "public static partial class C { [Differentiable] public static double F(double x) { double y = x; for (int i = 0; i < 3; i++) y *= x; return y; } }";

    static IEnumerable<IncrementalStepRunReason> Reasons(GeneratorDriver driver, string step) =>
        driver.GetRunResult().Results.Single().TrackedSteps[step].SelectMany(run => run.Outputs).Select(output => output.Reason);

    [Fact]
    public void AnEditElsewhereLeavesEveryStepAsItWas()
    {
        var compilation = Generated.Compile(Source, "public class Other { }");
        var driver = Generated.Driver(tracked: true).RunGenerators(compilation, TestContext.Current.CancellationToken);
        Assert.Equal([IncrementalStepRunReason.New], Reasons(driver, DifferentiableGenerator.WriteStep));

        var other = compilation.SyntaxTrees.Last();
        var edited = compilation.ReplaceSyntaxTree(
            other,
            CSharpSyntaxTree.ParseText(
                "public class Other { int x = 1; }",
                (CSharpParseOptions)other.Options,
                other.FilePath,
                cancellationToken: TestContext.Current.CancellationToken
            )
        );
        driver = driver.RunGenerators(edited, TestContext.Current.CancellationToken);
        Assert.All(
            Reasons(driver, DifferentiableGenerator.ReadStep),
            reason => Assert.True(reason is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged, reason.ToString())
        );
        Assert.All(Reasons(driver, DifferentiableGenerator.WriteStep), reason => Assert.Equal(IncrementalStepRunReason.Cached, reason));
        Assert.All(
            driver.GetRunResult().Results.Single().TrackedOutputSteps.SelectMany(step => step.Value).SelectMany(run => run.Outputs),
            output => Assert.Equal(IncrementalStepRunReason.Cached, output.Reason)
        );

        // and one of the method itself does not
        var own = edited.SyntaxTrees.First(tree => tree.ToString() == Source);
        driver = driver.RunGenerators(
            edited.ReplaceSyntaxTree(
                own,
                CSharpSyntaxTree.ParseText(
                    Source.Replace("i < 3", "i < 4"),
                    (CSharpParseOptions)own.Options,
                    own.FilePath,
                    cancellationToken: TestContext.Current.CancellationToken
                )
            ),
            TestContext.Current.CancellationToken
        );
        Assert.Equal([IncrementalStepRunReason.Modified], Reasons(driver, DifferentiableGenerator.WriteStep));
    }

    [Fact]
    public async Task TheAnalyzerTellsEditorsTheSame()
    {
        var generated = Generated.From(
            "public static partial class C { [Differentiable] public static double F(double x, string s) { System.Console.Write(x); return Math.ReciprocalEstimate(x); } }",
            "public static partial class D { [Differentiable] public static double G(double x) => Math.Pow(x, 2) * H(x); internal static double H(double x) => x; [DerivativeOf(nameof(H))] static int I(double x) => 1; }"
        );
        Assert.Equal(["ZAG0024", "ZAG0043", "ZAG0049", "ZAG0100", "ZAG0111"], generated.Diagnostics.Select(found => found.Id).Order());
        var told = await generated
            .Compilation.WithAnalyzers([new DifferentiableAnalyzer()])
            .GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken);
        // the compiler tells what is equal once
        Assert.Equal(generated.Diagnostics.Count, told.Length);
        Assert.All(told, found => Assert.Contains(found, generated.Diagnostics));
    }

    [Fact]
    public void ARuleElsewhereIsSeen()
    {
        const string Rule = "static class D { [DerivativeOf(typeof(C), nameof(C.G))] internal static double Slope(double x) => 1.0; }";
        var compilation = Generated.Compile(
            "public static partial class C { [Differentiable] public static double F(double x) => G(x); internal static double G(double x) => x * x; }",
            Rule
        );
        var driver = Generated.Driver(tracked: true).RunGenerators(compilation, TestContext.Current.CancellationToken);
        var rule = compilation.SyntaxTrees.Last();
        var edited = CSharpSyntaxTree.ParseText(
            Rule.Replace("1.0", "2.0"),
            (CSharpParseOptions)rule.Options,
            rule.FilePath,
            cancellationToken: TestContext.Current.CancellationToken
        );
        driver = driver.RunGenerators(compilation.ReplaceSyntaxTree(rule, edited), TestContext.Current.CancellationToken);
        Assert.Equal([IncrementalStepRunReason.Modified], Reasons(driver, DifferentiableGenerator.WriteStep));
    }

    [Fact]
    public void AnEditOfOneMethodLeavesTheOthersAsTheyWere()
    {
        var cancel = TestContext.Current.CancellationToken;
        var compilation = Generated.Compile(Source, Source.Replace("class C", "class D"));
        var driver = Generated.Driver(tracked: true).RunGenerators(compilation, cancel);
        Assert.Equal([IncrementalStepRunReason.New, IncrementalStepRunReason.New], Reasons(driver, DifferentiableGenerator.WriteStep));
        var last = compilation.SyntaxTrees.Last();
        var text = last.ToString().Replace("i < 3", "i < 4");
        var edited = CSharpSyntaxTree.ParseText(text, (CSharpParseOptions)last.Options, last.FilePath, cancellationToken: cancel);
        driver = driver.RunGenerators(compilation.ReplaceSyntaxTree(last, edited), cancel);
        Assert.Equal(
            [IncrementalStepRunReason.Cached, IncrementalStepRunReason.Modified],
            Reasons(driver, DifferentiableGenerator.WriteStep)
        );
    }

    [Fact]
    public void MutatedSourcesNeverBringItDown()
    {
        var sources = Directory.GetFiles(ConformanceTests.Folder, "*.cs").Order(StringComparer.Ordinal).Select(File.ReadAllText).ToArray();
        var methods = sources.SelectMany(Mutations.Methods).ToArray();
        var random = new Random(42);
        int failed = 0,
            accepted = 0;
        const int Count = 500,
            Batch = 25;
        for (int i = 0; i < Count / Batch; i++)
        {
            var texts = Enumerable
                .Range(0, Batch)
                .Select(k =>
                    k % 5 == 0
                        ? Mutations.Of(Mutations.Rules[random.Next(Mutations.Rules.Length)], random, $"Mutant{k}", isRule: true)
                        : Mutations.Of(methods[random.Next(methods.Length)], random, $"Mutant{k}")
                )
                .ToArray();
            var generated = Generated.From(texts);
            failed += generated.Diagnostics.Count(found => found.Id is "ZAG0096" or "CS8785");
            accepted += generated.Files.Count;
            foreach (var found in generated.Diagnostics.Where(found => found.Id is "ZAG0096" or "CS8785"))
                output.WriteLine(found.ToString());
        }
        output.WriteLine($"{Count} mutants, {accepted} were differentiated");
        Assert.Equal(0, failed);
    }
}
