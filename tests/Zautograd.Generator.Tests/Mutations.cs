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

    const string Ruled = """
        internal static double One(double x) => Math.Exp(x);
        internal static double Two(double x, double y, int n) => n * Math.Pow(x, y);
        internal static double All(ReadOnlySpan<double> x, double scale) => scale * x[0];
        [Differentiable(Order = 2)] public static double Use(ReadOnlySpan<double> w, double x) => One(x) + Two(x, w[0], 2) * All(w[1..], x);
        """;

    /// <summary>Rules for methods that stand beside them.</summary>
    public static readonly string[] Rules =
    [
        "[DerivativeOf(nameof(One))] static double OneSlope(double x) => Math.Exp(x);",
        "[DerivativeOf(nameof(Two))] static (double X, double Y) TwoSlopes(double x, [Constant] double y, int n) { var z = Two(x, y, n); return (z * y / x, z * Math.Log(x)); }",
        "[DerivativeOf(nameof(All))] static void AllGradient(ReadOnlySpan<double> x, double scale, Span<double> bx, out double by) { bx.Clear(); bx[0] = scale; by = x[0]; }",
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

    /// <summary>A method changed; a rule, with the attribute that says what it is for.</summary>
    public static string Of(string method, Random random, string name, bool isRule = false)
    {
        var tokens = CSharpSyntaxTree
            .ParseText(method)
            .GetRoot()
            .DescendantTokens()
            .Select(token => token.Text)
            .Where(text => text.Length > 0)
            .ToList();
        // behind the attribute
        var first = isRule ? 0 : tokens.IndexOf("static") + 3;
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
        var beside = isRule ? Ruled : "";
        return $"public static partial class {name} {{ {string.Join(" ", tokens)} {beside} }}";
    }
}
