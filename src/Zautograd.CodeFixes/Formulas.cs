// What may be written twice, and where a formula needs brackets.
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace Zautograd.CodeFixes;

static class Formulas
{
    /// <summary>The function of Math that is called.</summary>
    public static string? MathName(InvocationExpressionSyntax call, SemanticModel meaning, CancellationToken cancel) =>
        meaning.GetSymbolInfo(call, cancel).Symbol
            is IMethodSymbol
            {
                ContainingType: { Name: "Math", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } }
            } method
        && method.Parameters.All(parameter => parameter.Type.SpecialType == SpecialType.System_Double)
        && call.ArgumentList.Arguments.All(argument => argument.NameColon is null)
            ? method.Name
            : null;

    /// <summary>A literal, a local or a parameter; as a double, if it is none. Nothing where writing it twice would compute it twice.</summary>
    public static ExpressionSyntax? Twice(ExpressionSyntax argument, SemanticModel meaning, CancellationToken cancel)
    {
        while (argument is ParenthesizedExpressionSyntax { Expression: var inside })
            argument = inside;
        var isAtom = argument switch
        {
            LiteralExpressionSyntax => true,
            IdentifierNameSyntax => meaning.GetSymbolInfo(argument, cancel).Symbol is ILocalSymbol or IParameterSymbol or IFieldSymbol,
            _ => false,
        };
        return !isAtom ? null
            : meaning.GetTypeInfo(argument, cancel).Type?.SpecialType == SpecialType.System_Double ? argument.WithoutTrivia()
            : CastExpression(PredefinedType(Token(SyntaxKind.DoubleKeyword)), argument.WithoutTrivia());
    }

    /// <summary>In brackets, but where nothing binds more closely around it: products of doubles are not associative.</summary>
    public static ExpressionSyntax Instead(ExpressionSyntax written, ExpressionSyntax of)
    {
        var isFree =
            of.Parent
                is ArrowExpressionClauseSyntax
                    or EqualsValueClauseSyntax
                    or ArgumentSyntax
                    or ReturnStatementSyntax
                    or ParenthesizedExpressionSyntax
            || of.Parent is AssignmentExpressionSyntax
            || of.Parent is BinaryExpressionSyntax { RawKind: (int)SyntaxKind.AddExpression or (int)SyntaxKind.SubtractExpression }
                && written.IsKind(SyntaxKind.MultiplyExpression);
        return (isFree || written is InvocationExpressionSyntax ? written : ParenthesizedExpression(written)).WithTriviaFrom(of);
    }
}
