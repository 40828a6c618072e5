using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Zautograd.Examples;

/// <summary>Finds examples: in the documentation files that the compilers write beside an assembly, and in Markdown.</summary>
public static partial class Documentation
{
    /// <summary>The folder of the repository.</summary>
    public static string Repository { get; } = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", ".."));

    /// <summary>The documentation of an assembly that lies beside this one, one element per member.</summary>
    public static IReadOnlyList<XElement> Members(string assembly) =>
        [.. XDocument.Load(Path.Combine(AppContext.BaseDirectory, assembly + ".xml")).Descendants("member")];

    /// <summary>The examples of an assembly. One in another language than the assembly's own says so: <c>&lt;code lang="csharp"></c>.</summary>
    public static IReadOnlyList<Example> Examples(string assembly, string? language = null) =>
        [
            .. from member in Members(assembly)
            from code in Code(member)
            where (string?)code.Attribute("lang") == language
            select new Example((string)member.Attribute("name")!, Unindent(code.Value)),
        ];

    /// <summary>The examples in a member's documentation.</summary>
    public static IEnumerable<XElement> Code(XElement member) => member.Elements("example").SelectMany(example => example.Elements("code"));

    /// <summary>
    /// Whether tags stand as text in a summary. F#'s compiler takes a comment that does not begin with a tag for plain text, and then an
    /// editor shows <c>&lt;example></c> to its reader and nobody runs it.
    /// </summary>
    public static bool HidesItsExample(XElement member) => member.Elements("summary").Any(summary => summary.Value.Contains("<example>"));

    /// <summary>The fenced blocks of a language in a Markdown file of the repository.</summary>
    public static IReadOnlyList<Example> Fenced(string file, string language)
    {
        var text = File.ReadAllText(Path.Combine(Repository, file)).ReplaceLineEndings("\n");
        return
        [
            .. Fence()
                .Matches(text)
                .Where(fence => fence.Groups["language"].Value == language)
                .Select(fence => new Example(
                    $"{file}, line {text[..fence.Index].Count(c => c == '\n') + 1}",
                    fence.Groups["code"].Value.TrimEnd()
                )),
        ];
    }

    static string Unindent(string code)
    {
        var lines = code.ReplaceLineEndings("\n").Split('\n').SkipWhile(string.IsNullOrWhiteSpace).ToArray();
        var room = lines.Where(line => line.Trim() != "").Select(line => line.Length - line.TrimStart().Length).DefaultIfEmpty(0).Min();
        return string.Join('\n', lines.Select(line => line[Math.Min(room, line.Length)..])).TrimEnd();
    }

    static string ThisFile([CallerFilePath] string path = "") => path;

    [GeneratedRegex(@"^```(?<language>\w+)\n(?<code>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();
}
