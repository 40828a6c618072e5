using System.IO.Compression;
using System.Text.Json;

namespace Zautograd.GradBench.Tests;

/// <summary>The suite's own messages with the outputs that its tools agree on, answered again: tests/data/gradbench.</summary>
public class ReplayTests
{
    static readonly string folder = Path.Combine(AppContext.BaseDirectory, "gradbench");

    public static TheoryData<string> Evals => [.. Directory.GetFiles(folder).Select(file => Path.GetFileName(file).Split('.')[0]).Order()];

    /// <summary>The two evals that end where a step is short enough agree as far as their last steps do.</summary>
    static double Tolerance(string eval) => eval is "saddle" or "particle" ? 1e-6 : 1e-9;

    [Theory]
    [MemberData(nameof(Evals))]
    public void Every_recorded_message_is_answered_as_by_the_others(string eval)
    {
        foreach (var line in Lines(eval))
        {
            using var recorded = JsonDocument.Parse(line);
            var message = recorded.RootElement.GetProperty("message");
            using var answer = JsonDocument.Parse(Tool.Answer(message.GetRawText()));
            var name = $"{eval} {message.GetProperty("function")} {(message.TryGetProperty("description", out var text) ? text : default)}";
            Assert.True(
                answer.RootElement.GetProperty("success").GetBoolean(),
                name + (answer.RootElement.TryGetProperty("error", out var error) ? $": {error}" : "")
            );
            Assert.Equal(message.GetProperty("id").GetInt32(), answer.RootElement.GetProperty("id").GetInt32());
            Same(recorded.RootElement.GetProperty("expected"), answer.RootElement.GetProperty("output"), Tolerance(eval), name);
            var timings = answer.RootElement.GetProperty("timings").EnumerateArray();
            Assert.Contains(timings, timing => timing.GetProperty("name").GetString() == "evaluate");
        }
    }

    [Fact]
    public void All_twelve_evals_are_recorded() => Assert.Equal(12, Evals.Count);

    static IEnumerable<string> Lines(string eval)
    {
        using var reader = new StreamReader(
            new GZipStream(File.OpenRead(Path.Combine(folder, eval + ".jsonl.gz")), CompressionMode.Decompress)
        );
        while (reader.ReadLine() is { } line)
            yield return line;
    }

    /// <summary>The suite's measure: |x - y| / max(1, |x| + |y|), over all leaves of equal shapes.</summary>
    static void Same(JsonElement expected, JsonElement found, double tolerance, string path)
    {
        Assert.True(expected.ValueKind == found.ValueKind, $"{path} is {found.ValueKind}, not {expected.ValueKind}");
        switch (expected.ValueKind)
        {
            case JsonValueKind.Object:
                Assert.Equal(
                    expected.EnumerateObject().Select(part => part.Name).Order(),
                    found.EnumerateObject().Select(part => part.Name).Order()
                );
                foreach (var part in expected.EnumerateObject())
                    Same(part.Value, found.GetProperty(part.Name), tolerance, $"{path}.{part.Name}");
                break;
            case JsonValueKind.Array:
                Assert.True(
                    expected.GetArrayLength() == found.GetArrayLength(),
                    $"{path} has {found.GetArrayLength()} elements, not {expected.GetArrayLength()}"
                );
                foreach (var (index, (x, y)) in expected.EnumerateArray().Zip(found.EnumerateArray()).Index())
                    Same(x, y, tolerance, $"{path}[{index}]");
                break;
            default:
                var (a, b) = (expected.GetDouble(), found.GetDouble());
                Assert.True(Math.Abs(a - b) / Math.Max(1.0, Math.Abs(a) + Math.Abs(b)) <= tolerance, $"{path} is {b:R}, not {a:R}");
                break;
        }
    }
}
