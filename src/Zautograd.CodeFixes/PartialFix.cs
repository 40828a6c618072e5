// ZAG0001: the types around the method become partial.
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Editing;

namespace Zautograd.CodeFixes;

/// <summary>Makes the class partial, and those around it.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class PartialFix() : Fix("Make the class partial", "ZAG0001")
{
    /// <inheritdoc/>
    protected override bool Change(SyntaxNode node, DocumentEditor editor, CancellationToken cancel)
    {
        var types = node.AncestorsAndSelf()
            .OfType<TypeDeclarationSyntax>()
            .Where(type => !type.Modifiers.Any(SyntaxKind.PartialKeyword))
            .ToArray();
        foreach (var type in types)
            editor.SetModifiers(type, editor.Generator.GetModifiers(type).WithPartial(true));
        return types.Length > 0;
    }
}
