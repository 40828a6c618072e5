using System.Text.Json;

namespace Zautograd.GradBench;

/// <summary>A function of an eval with its input converted: what is timed, and what it found, as it is sent.</summary>
sealed record Workload(Action Run, Func<object> Output);

/// <summary>An eval: its functions by name, each making a workload of its input.</summary>
sealed class Eval : Dictionary<string, Func<JsonElement, Workload>>
{
    static readonly JsonSerializerOptions names = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Adds a function whose input has this shape.</summary>
    public void Add<TInput>(string function, Func<TInput, Workload> prepare) =>
        Add(
            function,
            json =>
                prepare(
                    json.Deserialize<TInput>(names)
                        ?? throw new ArgumentException($"The input of '{function}' is null; it must be an object or a number.")
                )
        );
}

/// <summary>Arrays of arrays as the suite sends them, and flat ones as the evals use them.</summary>
static class Rows
{
    public static double[] Flat(double[][] rows) => [.. rows.SelectMany(row => row)];

    /// <summary>Rows of a width; where the width is 0, so many empty ones.</summary>
    public static double[][] Of(double[] flat, int width, int count) =>
        [.. Enumerable.Range(0, count).Select(row => flat[(row * width)..((row + 1) * width)])];
}
