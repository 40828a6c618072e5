using System.Globalization;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Zautograd.Generator;

namespace Zautograd.Examples;

/// <summary>Compiles C# examples, all in one compilation, runs them and says what is wrong with them.</summary>
static class ExampleRunner
{
    static readonly CSharpParseOptions options = new(LanguageVersion.Latest);

    const string Usings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Linq.Expressions;
        global using System.Numerics;
        global using Zautograd;
        global using Zautograd.Display;
        global using Zautograd.Nn;
        """;

    /// <summary>A message for each example that does not compile, fails, or has another result than it says.</summary>
    internal static IReadOnlyList<string> Problems(IReadOnlyList<Example> examples)
    {
        var problems = new List<string>();
        var trees = new Dictionary<SyntaxTree, Example>();
        for (var i = 0; i < examples.Count; i++)
        {
            try
            {
                trees.Add(CSharpSyntaxTree.ParseText(Class(examples[i], $"Example{i}"), options, $"example{i}.cs"), examples[i]);
            }
            catch (FormatException problem)
            {
                problems.Add($"{problem.Message}: {examples[i]}");
            }
        }

        var compilation = CSharpCompilation.Create(
            "Zautograd.Examples.Compiled",
            [CSharpSyntaxTree.ParseText(Usings, options), .. trees.Keys],
            References,
            new(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable)
        );
        CSharpGeneratorDriver
            .Create([new DifferentiableGenerator().AsSourceGenerator()], parseOptions: options)
            .RunGeneratorsAndUpdateCompilation(compilation, out var whole, out var refusals);
        var errors = refusals.Concat(whole.GetDiagnostics()).Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).ToArray();
        if (errors.Length > 0)
        {
            var broken = errors.GroupBy(error => error.Location.SourceTree is { } tree ? trees.GetValueOrDefault(tree) : null);
            return
            [
                .. problems,
                .. broken.Select(group =>
                    $"{string.Join("; ", group.Select(e => e.GetMessage(CultureInfo.InvariantCulture)))}: {group.Key}"
                ),
            ];
        }

        using var image = new MemoryStream();
        whole.Emit(image);
        return [.. problems, .. Run(Assembly.Load(image.ToArray()), examples)];
    }

    /// <summary>The assemblies of this process: the framework's and those beside the tests.</summary>
    internal static IEnumerable<MetadataReference> References =>
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Select(path => MetadataReference.CreateFromFile(path));

    static IEnumerable<string> Run(Assembly compiled, IReadOnlyList<Example> examples)
    {
        var folder = Directory.CreateTempSubdirectory("zautograd-examples-");
        var culture = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        try
        {
            return
            [
                .. from i in Enumerable.Range(0, examples.Count)
                let type = compiled.GetType($"Zautograd.Examples.Compiled.Example{i}")
                where type is not null
                from failure in ((ExamplePrelude)Activator.CreateInstance(type)!).Run(folder.FullName)
                select $"{failure}: {examples[i]}",
            ];
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
            folder.Delete(recursive: true);
        }
    }

    // The statements become a method, the types beside it nested types.
    static string Class(Example example, string name)
    {
        var lines = example.Lines;
        var text = string.Join('\n', lines.Select(line => line.Expected is null ? line.Code : Terminated(line.Code)));
        var root = CSharpSyntaxTree.ParseText(text, options).GetCompilationUnitRoot();
        var left = lines.Select((line, number) => (line, number)).Where(l => l.line.Expected is not null).Select(l => l.number).ToHashSet();
        var statements = root
            .Members.OfType<GlobalStatementSyntax>()
            .Select(member =>
            {
                var last = member.SyntaxTree.GetLineSpan(member.Span).EndLinePosition.Line;
                return left.Remove(last) ? Checked(member.Statement, lines[last]) : member.ToFullString();
            })
            .ToArray();
        if (left.Count > 0)
        {
            throw new FormatException($"no statement ends where the result '{lines[left.First()].Expected}' stands");
        }

        return $$"""
            {{root.Usings.ToFullString()}}
            namespace Zautograd.Examples.Compiled
            {
                public sealed partial class {{name}} : ExamplePrelude
                {
                    protected override void Example()
                    {
            {{string.Concat(statements)}}
                    }

            {{string.Concat(root.Members.Where(member => member is not GlobalStatementSyntax).Select(member => member.ToFullString()))}}
                }
            }
            """;
    }

    static string Terminated(string code) => IsExpression(code) ? code + ";" : code;

    static bool IsExpression(string code) => !code.EndsWith(';') && !code.EndsWith('}');

    static string Checked(StatementSyntax statement, (string Code, string? Expected) line)
    {
        var expected = SymbolDisplay.FormatLiteral(line.Expected!, quote: true);
        if (line.Expected!.StartsWith("throws ", StringComparison.Ordinal))
        {
            var code = IsExpression(line.Code) ? $"_ = {statement}" : statement.ToString();
            return $"CheckFailure({expected}, () => {{ {code} }});\n";
        }

        return statement switch
        {
            ExpressionStatementSyntax expression when IsExpression(line.Code) => $"Check({expected}, {expression.Expression});\n",
            ExpressionStatementSyntax { Expression: AssignmentExpressionSyntax assignment } =>
                $"{statement}\nCheck({expected}, {assignment.Left});\n",
            ExpressionStatementSyntax => $"ClearPrinted();\n{statement}\nCheckPrinted({expected});\n",
            LocalDeclarationStatementSyntax { Declaration.Variables: [var variable] } =>
                $"{statement}\nCheck({expected}, {variable.Identifier});\n",
            _ => throw new FormatException($"the result '{line.Expected}' stands behind neither an expression, an assignment nor a print"),
        };
    }
}
