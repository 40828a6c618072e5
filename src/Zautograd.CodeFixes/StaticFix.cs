// ZAG0002: a method that asks nothing of its object becomes static.
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Editing;

namespace Zautograd.CodeFixes;

/// <summary>Makes the method static, if nothing in it asks for the object.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class StaticFix() : Fix("Make the method static", "ZAG0002")
{
    /// <inheritdoc/>
    protected override bool Change(SyntaxNode node, DocumentEditor editor, CancellationToken cancel)
    {
        if (
            node.FirstAncestorOrSelf<MethodDeclarationSyntax>() is not { ExplicitInterfaceSpecifier: null } method
            || editor.SemanticModel.GetDeclaredSymbol(method, cancel)
                is not { IsVirtual: false, IsOverride: false, IsAbstract: false, IsStatic: false }
            || method.DescendantNodes().Any(inner => AsksForObject(inner, editor.SemanticModel, cancel))
        )
            return false;
        // by the token: a modifier that is not known here, as 'readonly' of a struct's method, cannot stay beside it
        if (method.Modifiers.Any(SyntaxKind.ReadOnlyKeyword))
            return false;
        editor.SetModifiers(method, editor.Generator.GetModifiers(method).WithIsStatic(true));
        return true;
    }

    static bool AsksForObject(SyntaxNode node, SemanticModel meaning, CancellationToken cancel) =>
        node switch
        {
            ThisExpressionSyntax or BaseExpressionSyntax => true,
            SimpleNameSyntax { Parent: MemberAccessExpressionSyntax access } name when access.Name == name => false,
            SimpleNameSyntax { Parent: MemberBindingExpressionSyntax or NameColonSyntax or NameEqualsSyntax } => false,
            SimpleNameSyntax { Parent: AssignmentExpressionSyntax { Parent: InitializerExpressionSyntax } } => false,
            SimpleNameSyntax name => meaning.GetSymbolInfo(name, cancel).Symbol
                is { IsStatic: false, Kind: SymbolKind.Field or SymbolKind.Property or SymbolKind.Event }
                    or IMethodSymbol { IsStatic: false, MethodKind: MethodKind.Ordinary },
            _ => false,
        };
}
