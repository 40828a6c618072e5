using System.Text.RegularExpressions;

namespace Zautograd.Examples;

/// <summary>A piece of documentation that is code, and whose it is: a member's id as the compilers write it, or a file and line.</summary>
/// <remarks>
/// The convention, in both languages: what follows <c>// -> </c> is the result of the code before it on that line, and is checked.
/// A result of several lines stands below its code, each line behind <c>// -> </c>. Any other comment is a comment.
/// <see cref="Result"/> says how results are compared.
/// </remarks>
public sealed partial record Example(string Owner, string Code)
{
    /// <summary>The code's lines, each without its result, and the result that it ought to have.</summary>
    public IReadOnlyList<(string Code, string? Expected)> Lines
    {
        get
        {
            var lines = new List<(string Code, string? Expected)>();
            foreach (var line in Code.Split('\n'))
            {
                var marked = Marked().Match(line);
                if (!marked.Success)
                {
                    lines.Add((line.TrimEnd(), null));
                }
                else if (marked.Groups["code"].Value.Trim() != "")
                {
                    lines.Add((marked.Groups["code"].Value, marked.Groups["expected"].Value.Trim()));
                }
                else if (lines.Count == 0)
                {
                    throw new FormatException($"a result stands before any code in the example of {Owner}");
                }
                else
                {
                    var (code, before) = lines[^1];
                    var expected = marked.Groups["expected"].Value.TrimEnd();
                    lines[^1] = (code, before is null ? expected : before + "\n" + expected);
                }
            }

            return lines;
        }
    }

    /// <summary>The owner and the code, for messages.</summary>
    public override string ToString() => $"{Owner}\n{string.Join('\n', Code.Split('\n').Select(line => "    " + line))}";

    [GeneratedRegex(@"^(?<code>.*?)\s*// -> ?(?<expected>.*)$")]
    private static partial Regex Marked();
}
