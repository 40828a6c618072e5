using System.Text.RegularExpressions;
using Zautograd.Generator.Model;
using Zautograd.Generator.Reader;

namespace Zautograd.Generator.Tests;

/// <summary>docs/generator.md: what is written for its first example, every function and every diagnostic stand in it as they are.</summary>
/// <remarks>After a change, <c>ZAUTOGRAD_WRITE_DOCS=1 dotnet test --project tests/Zautograd.Generator.Tests</c> writes them anew.</remarks>
public sealed partial class DocumentTests
{
    const string Rewrite = "docs/generator.md is stale: ZAUTOGRAD_WRITE_DOCS=1 dotnet test --project tests/Zautograd.Generator.Tests";

    static string Page([System.Runtime.CompilerServices.CallerFilePath] string path = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "..", "..", "docs", "generator.md"));

    [Fact]
    public void EveryExampleOfThePageIsDifferentiated()
    {
        foreach (Match fence in Fence().Matches(File.ReadAllText(Page()).ReplaceLineEndings("\n")))
            if (fence.Groups["code"].Value.Contains("[Differentiable"))
                Generated.From(fence.Groups["code"].Value).Load();
    }

    [Fact]
    public void WhatIsWrittenForTheExampleStandsInThePage() => InPage("example", page => $"```csharp\n{Written(page)}```");

    [Fact]
    public void EveryFunctionStandsInThePage() => InPage("functions", _ => $"`{MathFunctions.Known.Replace(", ", "`, `")}`");

    [Fact]
    public void EveryDiagnosticStandsInThePage() => InPage("diagnostics", _ => string.Join("\n\n", Refusals.All.Select(Section)));

    [Fact]
    public void EveryLinkOfADiagnosticLeadsToItsHeading()
    {
        var headings = Heading().Matches(File.ReadAllText(Page())).Select(heading => heading.Groups["text"].Value.ToLowerInvariant());
        Assert.Equal(Refusals.All.Select(row => row.HelpLink), headings.Select(heading => $"docs/generator.md#{heading}"));
    }

    static string Written(string page)
    {
        var generated = Generated.From(Fence().Match(page).Groups["code"].Value);
        Assert.Empty(generated.Diagnostics);
        return Assert.Single(generated.Files).Value;
    }

    static string Section(Refusal row) =>
        $"""
            ### {row.Id}

            **{row.Title}**{(row.IsWarning ? " (a warning)" : "")}: {Filled(row.Message)}.
            Why: {(row.Reason == "{1}" ? "the message says it" : Filled(row.Reason))}. {Filled(row.WayOut)}.
            """;

    /// <summary>A text with its places open.</summary>
    static string Filled(string text) => Place().Replace(text, "…");

    static void InPage(string name, Func<string, string> text)
    {
        var page = File.ReadAllText(Page()).ReplaceLineEndings("\n");
        var (begin, end) = ($"<!-- begin: {name} -->\n", $"\n<!-- end: {name} -->");
        var (first, last) = (page.IndexOf(begin, StringComparison.Ordinal) + begin.Length, page.IndexOf(end, StringComparison.Ordinal));
        Assert.True(first >= begin.Length && first <= last, $"docs/generator.md has no place for the {name}");
        var wanted = text(page).ReplaceLineEndings("\n");
        if (Environment.GetEnvironmentVariable("ZAUTOGRAD_WRITE_DOCS") is not null)
            File.WriteAllText(Page(), page[..first] + wanted + page[last..]);
        else
            Assert.True(page[first..last] == wanted, Rewrite);
    }

    [GeneratedRegex(@"^```csharp\n(?<code>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"^### (?<text>ZAG\d+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"\{\d\}")]
    private static partial Regex Place();
}
