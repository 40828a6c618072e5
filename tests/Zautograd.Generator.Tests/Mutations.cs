using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Zautograd.Generator.Tests;

/// <summary>Methods with a token too many, one too few, or another one.</summary>
static class Mutations
{
    static readonly string[] others =
    [
        "0",
        "x",
        "1.5",
        "int",
        "double",
        "(",
        ")",
        "{",
        "}",
        ";",
        "+",
        "=",
        "++",
        "null",
        "\"text\"",
        "[",
        "]",
        "return",
        "for",
        "switch",
        "break",
        "ref",
        "out",
        "=>",
        "default",
        "this",
        "new",
        "await",
        "throw",
        "is",
        "^",
        "..",
    ];

    /// <summary>The marked methods of a source, one by one.</summary>
    public static IEnumerable<string> Methods(string source) =>
        CSharpSyntaxTree
            .ParseText(source)
            .GetRoot()
            .DescendantNodes()
            .OfType<MethodDeclarationSyntax>()
            .Where(method => method.AttributeLists.ToString().Contains("Differentiable"))
            .Select(method => method.ToString());

    public static string Of(string method, Random random, string name)
    {
        var tokens = CSharpSyntaxTree
            .ParseText(method)
            .GetRoot()
            .DescendantTokens()
            .Select(token => token.Text)
            .Where(text => text.Length > 0)
            .ToList();
        // behind the attribute
        var first = tokens.IndexOf("static") + 3;
        for (int times = random.Next(1, 4); times > 0; times--)
        {
            var at = random.Next(first, tokens.Count);
            switch (random.Next(4))
            {
                case 0:
                    tokens.RemoveAt(at);
                    break;
                case 1:
                    tokens.Insert(at, others[random.Next(others.Length)]);
                    break;
                case 2:
                    tokens[at] = others[random.Next(others.Length)];
                    break;
                default:
                    var with = random.Next(first, tokens.Count);
                    (tokens[at], tokens[with]) = (tokens[with], tokens[at]);
                    break;
            }
        }
        return $"public static partial class {name} {{ {string.Join(" ", tokens)} }}";
    }
}
