// Where a kink is harmful: |x| and the larger and smaller of two, rounded off.
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeRefactorings;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Editing;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace Zautograd.CodeFixes;

/// <summary>
/// Offers a smooth formula for Math.Abs, Math.Max and Math.Min in a method marked [Differentiable]. It changes the value, by at most
/// 1e-3 at the kink, so it is an offer on request and no diagnostic: most kinks do no harm.
/// </summary>
[ExportCodeRefactoringProvider(LanguageNames.CSharp), Shared]
public sealed class SmoothRefactoring : CodeRefactoringProvider
{
    const string Epsilon = "1e-6";

    /// <inheritdoc/>
    public override async Task ComputeRefactoringsAsync(CodeRefactoringContext context)
    {
        var editor = await DocumentEditor.CreateAsync(context.Document, context.CancellationToken).ConfigureAwait(false);
        var node = editor.OriginalRoot.FindNode(context.Span, getInnermostNodeForTie: true);
        // the name, the class before the dot, or the call: not an argument
        var call = node.FirstAncestorOrSelf<InvocationExpressionSyntax>();
        if (
            call is null
            || call.ArgumentList.Span.Contains(node.Span)
            || !IsMarked(call)
            || Smooth(call, editor.SemanticModel, context.CancellationToken) is not { } smooth
        )
            return;
        editor.ReplaceNode(call, Formulas.Instead(ParseExpression(smooth), call));
        var changed = editor.GetChangedDocument();
        context.RegisterRefactoring(
            CodeAction.Create("Round off the kink: " + smooth, _ => Task.FromResult(changed), nameof(SmoothRefactoring))
        );
    }

    static bool IsMarked(SyntaxNode node) =>
        node.Ancestors()
            .OfType<MethodDeclarationSyntax>()
            .Any(method =>
                method.AttributeLists.SelectMany(list => list.Attributes).Any(mark => mark.Name.ToString().Contains("Differentiable"))
            );

    static string? Smooth(InvocationExpressionSyntax call, SemanticModel meaning, CancellationToken cancel)
    {
        var arguments = call.ArgumentList.Arguments.Select(argument => Formulas.Twice(argument.Expression, meaning, cancel)).ToArray();
        return (Formulas.MathName(call, meaning, cancel), arguments) switch
        {
            ("Abs", [{ } x]) => $"Math.Sqrt({x} * {x} + {Epsilon})",
            ("Max", [{ } a, { } b]) => $"0.5 * ({a} + {b} + {Distance(a, b)})",
            ("Min", [{ } a, { } b]) => $"0.5 * ({a} + {b} - {Distance(a, b)})",
            _ => null,
        };
    }

    static string Distance(ExpressionSyntax a, ExpressionSyntax b) => $"Math.Sqrt(({a} - {b}) * ({a} - {b}) + {Epsilon})";
}
