// ZAG0101: a parameter whose slope is thrown away is marked [Constant].
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Editing;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace Zautograd.CodeFixes;

/// <summary>Marks the parameter [Constant] of which the expression speaks, if it is a single one.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class ConstantFix() : Fix("Mark the parameter [Constant]", "ZAG0101")
{
    /// <inheritdoc/>
    protected override bool Change(SyntaxNode node, DocumentEditor editor, CancellationToken cancel)
    {
        var method = node.FirstAncestorOrSelf<MethodDeclarationSyntax>();
        var spoken = node.DescendantNodesAndSelf()
            .OfType<IdentifierNameSyntax>()
            .Select(name => editor.SemanticModel.GetSymbolInfo(name, cancel).Symbol)
            .OfType<IParameterSymbol>()
            .Where(parameter => HoldsReals(parameter.Type))
            .Distinct<IParameterSymbol>(SymbolEqualityComparer.Default)
            .Select(parameter => parameter.DeclaringSyntaxReferences.Single().GetSyntax(cancel))
            .OfType<ParameterSyntax>()
            .ToArray();
        if (
            spoken is not [{ } single]
            || single.Parent?.Parent != method
            || single.AttributeLists.Any(list => list.ToString().Contains("Constant"))
        )
            return false;
        // where the name is not imported, the whole name
        var name =
            editor.SemanticModel.LookupNamespacesAndTypes(single.SpanStart, name: "ConstantAttribute").Length == 1
                ? "Constant"
                : "Zautograd.Constant";
        var mark = AttributeList(SingletonSeparatedList(Attribute(ParseName(name)))).WithTrailingTrivia(Space);
        editor.ReplaceNode(
            single,
            single
                .WithoutLeadingTrivia()
                .WithAttributeLists(single.AttributeLists.Insert(0, mark))
                .WithLeadingTrivia(single.GetLeadingTrivia())
        );
        return true;
    }

    static bool HoldsReals(ITypeSymbol type) =>
        type.SpecialType == SpecialType.System_Double
        || type is IArrayTypeSymbol { ElementType: var element } && HoldsReals(element)
        || type is INamedTypeSymbol { TypeArguments: [var item] } && HoldsReals(item);
}
