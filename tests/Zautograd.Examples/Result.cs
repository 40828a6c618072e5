using System.Collections;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Zautograd.Examples;

/// <summary>How the result of an example reads, and when it is the one that its comment promises.</summary>
/// <remarks>
/// A number agrees to a part in 10^12: machines differ in the last digits of a sine. A number cut short ends in <c>…</c>
/// (<c>0.6931…</c>), and the digits shown must be its first ones. All other text must be the same, up to a <c>…</c> at its end.
/// <c>throws ArgumentException: …</c> is the result of code that fails so.
/// </remarks>
public static partial class Result
{
    const double LastDigits = 1e-12;

    /// <summary>A value as examples write it, in the invariant culture; items are separated as the language does.</summary>
    public static string Show(object? value, string separator = ", ") =>
        value switch
        {
            null => "null",
            string text => text,
            bool truth => truth ? "true" : "false",
            ITuple tuple => $"({string.Join(", ", Enumerable.Range(0, tuple.Length).Select(i => Show(tuple[i], separator)))})",
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            IEnumerable items => $"[{string.Join(separator, items.Cast<object?>().Select(item => Show(item, separator)))}]",
            _ => OwnLines().Replace(value.ToString() ?? "", "; "),
        };

    /// <summary>What an example shows that fails.</summary>
    public static string Show(Exception exception) => $"throws {exception.GetType().Name}: {exception.Message}";

    /// <summary>Whether a result is the expected one.</summary>
    public static bool Agrees(string expected, string actual)
    {
        expected = Tidy(expected);
        actual = Tidy(actual);
        var (wanted, found) = (Pieces(expected), Pieces(actual));
        for (var i = 0; i < wanted.Count; i++)
        {
            if (i == wanted.Count - 1 && wanted[i].EndsWith('…') && !Number().IsMatch(wanted[i]))
            {
                return string.Concat(found.Skip(i)).StartsWith(wanted[i][..^1], StringComparison.Ordinal);
            }

            if (i >= found.Count || !(wanted[i] == found[i] || IsNumber(wanted[i], found[i])))
            {
                return false;
            }
        }

        return wanted.Count == found.Count;
    }

    static bool IsNumber(string expected, string actual)
    {
        if (!Number().IsMatch(expected) || !Number().IsMatch(actual))
        {
            return false;
        }

        var (wanted, found) = (Parse(expected.TrimEnd('…')), Parse(actual));
        if (!expected.EndsWith('…'))
        {
            return Math.Abs(wanted - found) <= LastDigits * Math.Abs(wanted);
        }

        var digits = expected.TrimEnd('…').Split('.') is [_, var decimals] ? decimals.Length : 0;
        var beyond = (Math.Abs(found) - Math.Abs(wanted)) * Math.Pow(10, digits);
        return double.IsNegative(wanted) == double.IsNegative(found) && beyond is > -1e-6 and < 1;
    }

    static double Parse(string number) => double.Parse(number, CultureInfo.InvariantCulture);

    static string Tidy(string text) => string.Join('\n', text.Split('\n').Select(line => line.TrimEnd())).Trim();

    // Numbers and what stands between them, in turn; an empty text before a number that comes first.
    static List<string> Pieces(string text) => [.. Split().Split(text)];

    [GeneratedRegex(@"^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?…?$")]
    private static partial Regex Number();

    [GeneratedRegex(@"(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?…?)")]
    private static partial Regex Split();

    [GeneratedRegex(@"\r?\n\s*")]
    private static partial Regex OwnLines();
}
