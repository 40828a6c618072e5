// ZAG0100: a square that is written as a power becomes a product; what is squared, a local where it is more than a name.
using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Editing;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace Zautograd.CodeFixes;

/// <summary>Writes Math.Pow(x, 2) as x * x.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class SquareFix() : Fix("Write the square as a product", "ZAG0100")
{
    /// <inheritdoc/>
    protected override bool Change(SyntaxNode node, DocumentEditor editor, CancellationToken cancel)
    {
        if (
            node.FirstAncestorOrSelf<InvocationExpressionSyntax>() is not { ArgumentList.Arguments: [var argument, _] } call
            || Formulas.MathName(call, editor.SemanticModel, cancel) != "Pow"
        )
            return false;
        if (Formulas.Twice(argument.Expression, editor.SemanticModel, cancel) is { } atom)
        {
            editor.ReplaceNode(call, Formulas.Instead(Square(atom), call));
            return true;
        }
        return Local(call, argument.Expression, editor);
    }

    static ExpressionSyntax Square(ExpressionSyntax x) =>
        BinaryExpression(
            SyntaxKind.MultiplyExpression,
            x.WithTrailingTrivia(Space),
            Token(SyntaxKind.AsteriskToken).WithTrailingTrivia(Space),
            x
        );

    static bool Local(InvocationExpressionSyntax call, ExpressionSyntax squared, DocumentEditor editor)
    {
        var model = editor.SemanticModel;
        var taken = model.LookupSymbols(call.SpanStart).Select(symbol => symbol.Name).ToImmutableHashSet();
        var around = (SyntaxNode?)call.FirstAncestorOrSelf<BaseMethodDeclarationSyntax>() ?? call.SyntaxTree.GetRoot();
        // names of inner blocks are not in scope here, and would clash
        var used = around.DescendantTokens().Where(token => token.IsKind(SyntaxKind.IdentifierToken)).Select(token => token.ValueText);
        taken = taken.Union(used);
        var name = Enumerable.Range(1, int.MaxValue).Select(i => i == 1 ? "root" : $"root{i}").First(free => !taken.Contains(free));
        var product = Formulas.Instead(Square(IdentifierName(name)), call);
        var local = LocalDeclarationStatement(
                VariableDeclaration(
                    PredefinedType(Token(SyntaxKind.DoubleKeyword)).WithTrailingTrivia(Space),
                    SingletonSeparatedList(
                        VariableDeclarator(name)
                            .WithInitializer(
                                EqualsValueClause(squared.WithoutTrivia())
                                    .WithEqualsToken(Token(SyntaxKind.EqualsToken).WithLeadingTrivia(Space).WithTrailingTrivia(Space))
                            )
                    )
                )
            )
            .WithTrailingTrivia(ElasticCarriageReturnLineFeed);

        for (SyntaxNode inner = call; inner.Parent is { } outer; inner = outer)
            switch (outer)
            {
                case StatementSyntax { Parent: BlockSyntax } statement when MayMove(statement, squared):
                    editor.InsertBefore(statement, local);
                    editor.ReplaceNode(call, product);
                    return true;
                // 'f(..) => formula' becomes a block
                case ArrowExpressionClauseSyntax { Parent: MethodDeclarationSyntax method } arrow
                    when method.ReturnType is not PredefinedTypeSyntax { Keyword.RawKind: (int)SyntaxKind.VoidKeyword }
                        && IsPure(arrow.Expression):
                    var result = arrow.Expression.ReplaceNode(call, product);
                    if (arrow.Expression == call)
                        result = product;
                    editor.ReplaceNode(
                        method,
                        method
                            .WithExpressionBody(null)
                            .WithSemicolonToken(default)
                            .WithBody(
                                Block(
                                    local,
                                    ReturnStatement(
                                        Token(SyntaxKind.ReturnKeyword).WithTrailingTrivia(Space),
                                        result.WithoutTrivia(),
                                        Token(SyntaxKind.SemicolonToken)
                                    )
                                )
                            )
                            .WithAdditionalAnnotations(Microsoft.CodeAnalysis.Formatting.Formatter.Annotation)
                    );
                    return true;
                // what may not be reached, or more than once
                case StatementSyntax
                or AnonymousFunctionExpressionSyntax
                or ConditionalExpressionSyntax
                or SwitchExpressionSyntax
                or ArrowExpressionClauseSyntax:
                case BinaryExpressionSyntax
                {
                    RawKind: (int)SyntaxKind.LogicalAndExpression
                        or (int)SyntaxKind.LogicalOrExpression
                        or (int)SyntaxKind.CoalesceExpression
                }:
                    return false;
            }
        return false;
    }

    // worked out first instead of in its turn: nothing before it in the statement may change what it reads
    static bool MayMove(StatementSyntax statement, ExpressionSyntax squared) =>
        statement switch
        {
            ReturnStatementSyntax { Expression: { } value } => IsPure(value),
            LocalDeclarationStatementSyntax { Declaration.Variables: [{ Initializer.Value: var value }] } => IsPure(value),
            ExpressionStatementSyntax { Expression: AssignmentExpressionSyntax assignment } => IsPure(assignment.Left)
                && IsPure(assignment.Right),
            _ => false,
        } && IsPure(squared);

    // calls of Math only
    static bool IsPure(ExpressionSyntax expression) =>
        expression
            .DescendantNodesAndSelf()
            .All(node =>
                node switch
                {
                    AssignmentExpressionSyntax or AwaitExpressionSyntax or BaseObjectCreationExpressionSyntax => false,
                    PrefixUnaryExpressionSyntax prefix => !prefix.IsKind(SyntaxKind.PreIncrementExpression)
                        && !prefix.IsKind(SyntaxKind.PreDecrementExpression),
                    PostfixUnaryExpressionSyntax => false,
                    DeclarationExpressionSyntax or PatternSyntax => false,
                    InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: var home } } => home.ToString()
                        is "Math"
                            or "System.Math",
                    InvocationExpressionSyntax => false,
                    _ => true,
                }
            );
}
