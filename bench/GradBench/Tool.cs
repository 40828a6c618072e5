using System.Diagnostics;
using System.Text.Json;

namespace Zautograd.GradBench;

/// <summary>The suite's protocol: one JSON message a line in, one answer a line out, in order.</summary>
sealed class Tool
{
    static readonly Dictionary<string, Eval> modules = new()
    {
        ["hello"] = Hello.Eval,
        ["llsq"] = LeastSquares.Eval,
        ["lse"] = LogSumExp.Eval,
        ["det"] = Determinant.Eval,
        ["ode"] = Ode.Eval,
        ["kmeans"] = KMeans.Eval,
        ["gmm"] = Mixture.Eval,
        ["lstm"] = Lstm.Eval,
        ["ba"] = BundleAdjustment.Eval,
        ["ht"] = HandTracking.Eval,
        ["saddle"] = Saddle.Eval,
        ["particle"] = Particle.Eval,
    };

    sealed record Timing(string name, long nanoseconds);

    /// <summary>Answers until the input ends.</summary>
    public void Run(TextReader input, TextWriter output)
    {
        while (input.ReadLine() is { } line)
        {
            if (string.IsNullOrWhiteSpace(line))
                continue;
            output.WriteLine(Answer(line));
            output.Flush();
        }
    }

    /// <summary>The answer to one message; whatever goes wrong becomes an answer, too.</summary>
    public static string Answer(string line)
    {
        JsonElement? id = null;
        try
        {
            using var message = JsonDocument.Parse(line);
            id = message.RootElement.TryGetProperty("id", out var found) ? found.Clone() : null;
            return JsonSerializer.Serialize(Respond(message.RootElement, id));
        }
        catch (Exception problem) when (problem is not OutOfMemoryException)
        {
            return JsonSerializer.Serialize(Failure(id, problem.Message));
        }
    }

    static object Respond(JsonElement message, JsonElement? id) =>
        Text(message, "kind") switch
        {
            "start" => new { id, tool = "zautograd" },
            "define" => modules.ContainsKey(Text(message, "module")) ? new { id, success = true } : Failure(id, Unknown(message)),
            "evaluate" => Evaluate(message, id),
            _ => new { id },
        };

    static object Evaluate(JsonElement message, JsonElement? id)
    {
        if (!modules.TryGetValue(Text(message, "module"), out var eval))
            return Failure(id, Unknown(message));
        var function = Text(message, "function");
        if (!eval.TryGetValue(function, out var prepare))
            return Failure(id, $"'{function}' is not a function of {Text(message, "module")}; it has {string.Join(", ", eval.Keys)}.");

        var input = message.GetProperty("input");
        var begin = Stopwatch.GetTimestamp();
        var workload = prepare(input);
        var timings = new List<Timing> { new("prepare", Since(begin)) };
        var (runs, seconds) = (Number(input, "min_runs", 1), Number(input, "min_seconds", 0));
        var first = Stopwatch.GetTimestamp();
        for (var run = 0; run < runs || Stopwatch.GetElapsedTime(first).TotalSeconds < seconds; run++)
        {
            begin = Stopwatch.GetTimestamp();
            workload.Run();
            timings.Add(new("evaluate", Since(begin)));
        }
        return new
        {
            id,
            success = true,
            output = workload.Output(),
            timings,
        };
    }

    /// <summary>A function's workload, by name.</summary>
    public static Workload Prepare(string module, string function, JsonElement input) => modules[module][function](input);

    static long Since(long begin) => (long)Stopwatch.GetElapsedTime(begin).TotalNanoseconds;

    static double Number(JsonElement input, string name, double otherwise) =>
        input.ValueKind == JsonValueKind.Object && input.TryGetProperty(name, out var found)
            ? Math.Max(otherwise, found.GetDouble())
            : otherwise;

    static string Text(JsonElement message, string name) =>
        message.TryGetProperty(name, out var found) && found.ValueKind == JsonValueKind.String
            ? found.GetString()!
            : throw new ArgumentException($"The message has no text named '{name}'.");

    static string Unknown(JsonElement message) =>
        $"'{Text(message, "module")}' is not an eval here; there are {string.Join(", ", modules.Keys)}.";

    static object Failure(JsonElement? id, string error) =>
        new
        {
            id,
            success = false,
            error,
        };
}
