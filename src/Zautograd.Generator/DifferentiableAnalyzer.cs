// Tells editors what the generator found: they offer fixes for what an analyzer reports only. The compiler drops what it has heard before.
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Zautograd.Generator.Model;

namespace Zautograd.Generator;

/// <summary>Reports what <see cref="DifferentiableGenerator"/> refuses or warns of, at the same places and in the same words.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class DifferentiableAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [.. Refusals.All.Select(row => row.Descriptor)];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static start =>
        {
            var findings = Findings.In(start.Compilation, start.CancellationToken).ToLookup(finding => finding.Place!.Path);
            if (findings.Count > 0)
                start.RegisterSemanticModelAction(model =>
                {
                    foreach (var finding in findings[model.SemanticModel.SyntaxTree.FilePath])
                        model.ReportDiagnostic(finding.ToDiagnostic(model.SemanticModel.Compilation));
                });
        });
    }
}
