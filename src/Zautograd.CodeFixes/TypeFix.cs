// ZAG0021 and ZAG0022: the type of a parameter or a local becomes the one that can be followed.
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Editing;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace Zautograd.CodeFixes;

/// <summary>Writes one predefined type where others stand: in the declaration, and in the result of the method where it is one of them, too.</summary>
public abstract class TypeFix(string title, string id, SyntaxKind into, params SyntaxKind[] from) : Fix(title, id)
{
    /// <inheritdoc/>
    protected override bool Change(SyntaxNode node, DocumentEditor editor, CancellationToken cancel)
    {
        var declared = node.FirstAncestorOrSelf<SyntaxNode>(at =>
            at is ParameterSyntax or VariableDeclarationSyntax or MethodDeclarationSyntax
        ) switch
        {
            ParameterSyntax parameter => parameter.Type,
            VariableDeclarationSyntax variables => variables.Type,
            MethodDeclarationSyntax method => method.ReturnType,
            _ => null,
        };
        var types = (declared?.DescendantNodesAndSelf() ?? []).OfType<PredefinedTypeSyntax>().Where(IsOld).ToArray();
        foreach (var type in types)
            editor.ReplaceNode(type, PredefinedType(Token(into)).WithTriviaFrom(type));
        return types.Length > 0;
    }

    bool IsOld(PredefinedTypeSyntax type) => from.Contains(type.Keyword.Kind());
}
