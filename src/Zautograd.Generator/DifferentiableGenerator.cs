// The pipeline: find the marked methods, read each into a program, differentiate it and write it down. Each step passes on values.
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using Zautograd.Generator.Model;
using Zautograd.Generator.Reader;
using Zautograd.Generator.Writer;

namespace Zautograd.Generator;

/// <summary>Writes the derivatives of methods marked [Differentiable].</summary>
[Generator(LanguageNames.CSharp)]
public sealed class DifferentiableGenerator : IIncrementalGenerator
{
    /// <summary>The steps, as the driver names them.</summary>
    public const string ReadStep = "Read";

    /// <inheritdoc cref="ReadStep"/>
    public const string WriteStep = "Write";

    /// <inheritdoc cref="ReadStep"/>
    public const string RulesStep = "Rules";

    const string Attribute = "Zautograd.DifferentiableAttribute";
    const string RuleAttribute = "Zautograd.DerivativeOfAttribute";

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var press = new Press();
        var read = context
            .SyntaxProvider.ForAttributeWithMetadataName(
                Attribute,
                static (node, _) => node is MethodDeclarationSyntax or LocalFunctionStatementSyntax,
                (found, cancel) =>
                    press.Begin(
                        EntryReader.Read(
                            (IMethodSymbol)found.TargetSymbol,
                            found.TargetNode,
                            found.Attributes[0],
                            found.SemanticModel.Compilation,
                            cancel
                        )
                    )
            )
            .WithTrackingName(ReadStep);
        var written = read.SelectMany(static (reading, _) => reading.Methods)
            .Select((method, cancel) => press.Write(method, cancel))
            .WithTrackingName(WriteStep);
        var rules = context
            .SyntaxProvider.ForAttributeWithMetadataName(
                RuleAttribute,
                static (node, _) => node is MethodDeclarationSyntax,
                static (found, cancel) => RuleBook.Of(found.SemanticModel.Compilation, cancel).FindingOf((IMethodSymbol)found.TargetSymbol)
            )
            .WithTrackingName(RulesStep);
        context.RegisterSourceOutput(
            written,
            static (output, writing) =>
            {
                if (writing.Text is { } text)
                    output.AddSource(writing.Hint, SourceText.From(text, Encoding.UTF8));
            }
        );
        var findings = read.SelectMany(static (reading, _) => reading.Findings)
            .Collect()
            .Combine(written.SelectMany(static (writing, _) => writing.Findings).Collect())
            .Combine(rules.Where(static finding => finding is not null).Select(static (finding, _) => finding!).Collect())
            .Select(static (found, _) => found.Left.Left.Concat(found.Left.Right).Concat(found.Right).ToMany());
        context.RegisterSourceOutput(
            findings,
            static (output, found) =>
            {
                if (found.Count > 0)
                    output.AddSource(Findings.Hint, SourceText.From(Findings.Text(found), Encoding.UTF8));
            }
        );
        // in the user's own file, so that a #pragma there counts, and that what an analyzer reports is the same
        context.RegisterSourceOutput(
            findings.SelectMany(static (found, _) => found).Combine(context.CompilationProvider),
            static (output, found) => output.ReportDiagnostic(found.Left.ToDiagnostic(found.Right))
        );
    }
}
