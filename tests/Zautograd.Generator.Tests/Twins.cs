using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Zautograd.Generator.Tests;

/// <summary>
/// The text of the methods with another number in the place of theirs: what double or float is there, is Value or a dual here. A member
/// that does not compile so, because the number has no such function say, is left out.
/// </summary>
sealed class Twins : CSharpSyntaxRewriter
{
    readonly TypeSyntax number;
    readonly SyntaxKind replaced;

    Twins(string number, SyntaxKind replaced) => (this.number, this.replaced) = (SyntaxFactory.ParseTypeName(number), replaced);

    const string Home = "Zautograd.Generator.Tests.Methods";

    /// <summary>The name of a method's twin.</summary>
    public static string Of(string name, string kind) => name.Replace(Home + ".", $"{Home}.{kind}.");

    /// <summary>The compilation with twins of the sources.</summary>
    public static Compilation Add(Compilation compilation, IEnumerable<string> sources, string kind, string number, bool ofFloat = false)
    {
        var rewriter = new Twins(number, ofFloat ? SyntaxKind.FloatKeyword : SyntaxKind.DoubleKeyword);
        var home = $"namespace {Home}";
        var trees = sources
            .Where(source => source.Contains("float") == ofFloat)
            .Select(
                (source, i) =>
                    Parsed(
                        rewriter.Visit(Parsed(source.Replace(home, $"{home}.{kind}"), "").GetRoot()).ToFullString(),
                        $"source-{kind}{i}.cs"
                    )
            )
            .ToArray();
        // what is wrong with a body is not told before every declaration is right
        for (int round = 0; round < 10; round++)
        {
            var all = compilation.AddSyntaxTrees(trees);
            var wrong = trees
                .Select(tree =>
                    all.GetSemanticModel(tree)
                        .GetDiagnostics()
                        .Where(found => found.Severity == DiagnosticSeverity.Error)
                        .Select(found => Member(tree.GetRoot().FindNode(found.Location.SourceSpan)))
                        .OfType<SyntaxNode>()
                        .Distinct()
                        .ToArray()
                )
                .ToArray();
            if (wrong.All(found => found.Length == 0))
                return all;
            trees = [.. trees.Zip(wrong, Without)];
        }
        throw new InvalidOperationException($"no end of errors in the twins over {number}");
    }

    static SyntaxTree Parsed(string text, string path) => CSharpSyntaxTree.ParseText(text, new(LanguageVersion.Latest), path);

    static SyntaxNode? Member(SyntaxNode node) =>
        node.AncestorsAndSelf().FirstOrDefault(part => part is MemberDeclarationSyntax and not BaseNamespaceDeclarationSyntax);

    static SyntaxTree Without(SyntaxTree tree, SyntaxNode[] nodes) =>
        nodes.Length == 0
            ? tree
            : Parsed(tree.GetRoot().RemoveNodes(nodes, SyntaxRemoveOptions.KeepNoTrivia)!.ToFullString(), tree.FilePath);

    // constants stay constants
    public override SyntaxNode? VisitFieldDeclaration(FieldDeclarationSyntax node) =>
        node.Modifiers.Any(modifier => modifier.IsKind(SyntaxKind.ConstKeyword) || modifier.IsKind(SyntaxKind.StaticKeyword)) && !IsOfFloats
            ? node
            : base.VisitFieldDeclaration(node);

    public override SyntaxNode? VisitLocalDeclarationStatement(LocalDeclarationStatementSyntax node) =>
        node.IsConst && !IsOfFloats ? node : base.VisitLocalDeclarationStatement(node);

    public override SyntaxNode? VisitAttributeList(AttributeListSyntax node) => null;

    public override SyntaxNode? VisitPredefinedType(PredefinedTypeSyntax node) =>
        node.Keyword.IsKind(replaced) ? number.WithTriviaFrom(node) : node;

    bool IsOfFloats => replaced == SyntaxKind.FloatKeyword;

    public override SyntaxNode? VisitIdentifierName(IdentifierNameSyntax node) =>
        IsOfFloats ? (node.Identifier.Text == "MathF" ? SyntaxFactory.IdentifierName("Math").WithTriviaFrom(node) : node)
        : node.Identifier.Text == "Math" ? number.WithTriviaFrom(node)
        : node;

    // 0.1f is as it is: the nearest float
    public override SyntaxNode? VisitLiteralExpression(LiteralExpressionSyntax node) =>
        IsOfFloats && node.Token.Value is float value
            ? SyntaxFactory
                .ParseExpression($"({((double)value).ToString("R", System.Globalization.CultureInfo.InvariantCulture)} + 0.0)")
                .WithTriviaFrom(node)
            : node;
}
