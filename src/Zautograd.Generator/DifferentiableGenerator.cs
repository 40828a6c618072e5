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

    const string Attribute = "Zautograd.DifferentiableAttribute";

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var read = context
            .SyntaxProvider.ForAttributeWithMetadataName(
                Attribute,
                static (node, _) => node is MethodDeclarationSyntax or LocalFunctionStatementSyntax,
                static (found, cancel) =>
                    EntryReader.Read(
                        (IMethodSymbol)found.TargetSymbol,
                        found.TargetNode,
                        found.Attributes[0],
                        found.SemanticModel.Compilation,
                        cancel
                    )
            )
            .WithTrackingName(ReadStep);
        var written = read.Where(static reading => reading.Method is not null)
            .Select(static (reading, cancel) => FileWriter.Write(reading.Method!, cancel))
            .WithTrackingName(WriteStep);
        context.RegisterSourceOutput(
            read.SelectMany(static (reading, _) => reading.Findings),
            static (output, finding) => output.ReportDiagnostic(finding.ToDiagnostic())
        );
        context.RegisterSourceOutput(
            written,
            static (output, writing) =>
            {
                foreach (var finding in writing.Findings)
                    output.ReportDiagnostic(finding.ToDiagnostic());
                if (writing.Text is { } text)
                    output.AddSource(writing.Hint, SourceText.From(text, Encoding.UTF8));
            }
        );
    }
}
