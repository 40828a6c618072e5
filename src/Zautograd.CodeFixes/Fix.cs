// The base of all fixes: from the node of a diagnostic to the file with that node written otherwise.
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Editing;

namespace Zautograd.CodeFixes;

/// <summary>A fix for diagnostics of the generator, which it knows by their ids alone.</summary>
public abstract class Fix(string title, params string[] ids) : CodeFixProvider
{
    /// <inheritdoc/>
    public sealed override ImmutableArray<string> FixableDiagnosticIds { get; } = [.. ids];

    /// <inheritdoc/>
    public sealed override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <summary>Writes the change of the node into the editor; false where there is nothing to offer.</summary>
    protected abstract bool Change(SyntaxNode node, DocumentEditor editor, CancellationToken cancel);

    /// <inheritdoc/>
    public sealed override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        foreach (var diagnostic in context.Diagnostics)
            // only what really changes something is offered
            if (await Changed(context.Document, diagnostic, context.CancellationToken).ConfigureAwait(false) is { } changed)
                context.RegisterCodeFix(CodeAction.Create(title, _ => Task.FromResult(changed), GetType().Name), diagnostic);
    }

    async Task<Document?> Changed(Document document, Diagnostic diagnostic, CancellationToken cancel)
    {
        var editor = await DocumentEditor.CreateAsync(document, cancel).ConfigureAwait(false);
        if (diagnostic.Location.SourceSpan.End > editor.OriginalRoot.FullSpan.End)
            return null;
        var node = editor.OriginalRoot.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true);
        return Change(node, editor, cancel) ? editor.GetChangedDocument() : null;
    }
}
