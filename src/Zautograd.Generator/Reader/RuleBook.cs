// The rules of a compilation: found once, by the attribute as it is written; files that stay are not searched again.
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Zautograd.Generator.Model;

namespace Zautograd.Generator.Reader;

internal sealed class RuleBook
{
    static readonly ConditionalWeakTable<Compilation, RuleBook> books = new();
    static readonly ConditionalWeakTable<SyntaxTree, MethodDeclarationSyntax[]> marked = new();

    readonly Dictionary<ISymbol, UserRule> rules = new(SymbolEqualityComparer.Default);
    readonly Dictionary<ISymbol, Finding> findings = new(SymbolEqualityComparer.Default);

    public static RuleBook Of(Compilation compilation, CancellationToken cancel) =>
        books.GetValue(compilation, known => new RuleBook(known, cancel));

    RuleBook(Compilation compilation, CancellationToken cancel)
    {
        foreach (var tree in compilation.SyntaxTrees)
        foreach (var declaration in marked.GetValue(tree, Marked))
            if (
                compilation.GetSemanticModel(tree).GetDeclaredSymbol(declaration, cancel) is IMethodSymbol slopes
                && MarkOf(slopes) is { } mark
            )
                Enter(slopes, mark, compilation, cancel);
    }

    void Enter(IMethodSymbol slopes, AttributeData mark, Compilation compilation, CancellationToken cancel)
    {
        try
        {
            var rule = UserRule.Of(slopes, mark, compilation, cancel);
            if (rules.TryGetValue(rule.Method, out var other))
                throw new RefusedException(
                    Finding.At(
                        mark.ApplicationSyntaxReference!.GetSyntax(cancel).GetLocation(),
                        Refusals.RuleTwice,
                        rule.Method.Name,
                        other.Slopes.Name
                    )
                );
            rules[rule.Method] = rule;
        }
        catch (RefusedException refused)
        {
            findings[slopes] = refused.Findings[0];
        }
    }

    public static AttributeData? MarkOf(IMethodSymbol method) =>
        method.GetAttributes().FirstOrDefault(mark => EntryReader.IsOurs(mark, "DerivativeOfAttribute"));

    /// <summary>The rule for a method, if it has one.</summary>
    public UserRule? For(IMethodSymbol method) => rules.TryGetValue(method.OriginalDefinition, out var rule) ? rule : null;

    /// <summary>What is wrong with a rule.</summary>
    public Finding? FindingOf(IMethodSymbol slopes) => findings.TryGetValue(slopes, out var finding) ? finding : null;

    // bodies are not looked into
    static MethodDeclarationSyntax[] Marked(SyntaxTree tree) =>
        [
            .. tree.GetRoot()
                .DescendantNodes(node => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax or TypeDeclarationSyntax)
                .OfType<MethodDeclarationSyntax>()
                .Where(method => method.AttributeLists.SelectMany(list => list.Attributes).Any(IsMark)),
        ];

    static bool IsMark(AttributeSyntax attribute) =>
        attribute.Name.ToString().Split('.', ':').Last() is "DerivativeOf" or "DerivativeOfAttribute";
}
