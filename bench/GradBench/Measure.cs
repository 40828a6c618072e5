using System.Diagnostics;
using System.Text.Json;

namespace Zautograd.GradBench;

/// <summary>The times of values and derivatives beside those of the suite's C++ tools on the reference machine, as a table in Markdown.</summary>
static class Measure
{
    /// <summary>An eval at one size, and what the C++ tools take there, in milliseconds: nothing where they do not answer.</summary>
    sealed record Row(
        string Name,
        string Module,
        string Value,
        string Derivative,
        object Input,
        double Cpp,
        double Manual,
        double? Tapenade
    );

    static readonly Random random = new(2026);

    static double[] Numbers(int count, double scale = 1.0) => [.. Enumerable.Range(0, count).Select(_ => scale * random.NextDouble())];

    static double[][] Table(int rows, int columns, double scale = 1.0) =>
        [.. Enumerable.Range(0, rows).Select(_ => Numbers(columns, scale))];

    static Row OfMixture(int d, int k, double cpp, double manual, double tapenade) =>
        new(
            $"gmm {d}_{k}_1000",
            "gmm",
            "objective",
            "jacobian",
            new
            {
                d,
                k,
                n = 1000,
                x = Table(1000, d),
                m = 0,
                gamma = 1.0,
                alpha = Numbers(k),
                mu = Table(k, d),
                q = Table(k, d),
                l = Table(k, d * (d - 1) / 2),
            },
            cpp,
            manual,
            tapenade
        );

    static Row OfBundle(int n, int m, int p, double cpp, double manual, double tapenade) =>
        new(
            $"ba n{n}_m{m}_p{p}",
            "ba",
            "objective",
            "jacobian",
            new
            {
                n,
                m,
                p,
                cam = Numbers(11),
                x = Numbers(3, 9.0),
                w = 0.417022,
                feat = Numbers(2, 800.0),
            },
            cpp,
            manual,
            tapenade
        );

    static Row OfLstm(int layers, int rows, double cpp, double manual, double tapenade) =>
        new(
            $"lstm l={layers},c={rows}",
            "lstm",
            "objective",
            "jacobian",
            new
            {
                main_params = Table(2 * layers, 4 * 14),
                extra_params = Table(3, 14),
                state = Table(2 * layers, 14),
                sequence = Table(rows, 14),
            },
            cpp,
            manual,
            tapenade
        );

    static Row OfVector(string name, string module, object input, double cpp, double manual) =>
        new(name, module, "primal", "gradient", input, cpp, manual, null);

    static Row OfMeans(int k, int n, int d, double cpp, double manual) =>
        new($"kmeans k={k},n={n},d={d}", "kmeans", "cost", "dir", new { points = Table(n, d), centroids = Table(k, d) }, cpp, manual, null);

    /// <summary>The figures are those of the reference machine, as the suite's own tools were timed there.</summary>
    static IEnumerable<Row> Rows() =>
        [
            OfMixture(2, 5, 0.0835, 0.127, 0.229),
            OfMixture(10, 5, 0.336, 0.603, 0.698),
            OfMixture(10, 25, 1.649, 2.892, 3.663),
            OfMixture(20, 25, 3.209, 7.519, 8.032),
            OfMixture(64, 5, 2.454, 9.054, 9.682),
            OfBundle(49, 7776, 31843, 0.775, 4.720, 11.469),
            OfBundle(93, 61203, 287451, 7.374, 43.686, 105.823),
            OfLstm(2, 1024, 1.365, 8.833, 4.712),
            OfLstm(4, 4096, 10.831, 116.769, 36.727),
            OfVector("lse n=2500", "lse", new { x = Numbers(2500) }, 0.01446, 0.00997),
            OfVector("lse n=80000", "lse", new { x = Numbers(80000) }, 0.483, 0.319),
            OfVector("ode n=1000,s=10", "ode", new { x = Numbers(1000), s = 10 }, 0.00886, 0.00127),
            OfVector("ode n=10000,s=10", "ode", new { x = Numbers(10000), s = 10 }, 0.101, 0.01234),
            OfVector("det 5", "det", new { A = Numbers(25), ell = 5 }, 0.0008, 0.00396),
            OfVector("det 7", "det", new { A = Numbers(49), ell = 7 }, 0.03191, 0.225),
            OfVector("det 9", "det", new { A = Numbers(81), ell = 9 }, 2.383, 21.825),
            OfMeans(10, 1000, 8, 0.02192, 0.02554),
            OfMeans(10, 10000, 16, 0.415, 0.457),
            OfMeans(100, 1000, 16, 0.409, 0.443),
            OfVector("llsq n=128,m=128", "llsq", new { x = Numbers(128), n = 128 }, 0.01412, 0.0281),
            OfVector("llsq n=2048,m=128", "llsq", new { x = Numbers(128), n = 2048 }, 0.223, 0.446),
        ];

    /// <summary>Prints the rows whose names contain a text; those of recorded messages, whose inputs are too large to make up, from a file.</summary>
    public static void Print(string part, string? recorded)
    {
        Console.WriteLine("| workload | value | derivative | ratio | C++ value | by hand | Tapenade |");
        Console.WriteLine("|---|---|---|---|---|---|---|");
        foreach (var row in Rows().Concat(OfHand(recorded)).Where(row => row.Name.Contains(part)))
        {
            var input = JsonSerializer.SerializeToElement(row.Input);
            var (value, derivative) = Times(Tool.Prepare(row.Module, row.Value, input), Tool.Prepare(row.Module, row.Derivative, input));
            Console.WriteLine(
                $"| {row.Name} | {Text(value)} | {Text(derivative)} | {derivative / value:F2} | {Text(row.Cpp)} | {Text(row.Manual)} | {(row.Tapenade is { } time ? Text(time) : "")} |"
            );
        }
    }

    static IEnumerable<Row> OfHand(string? file) =>
        file is null
            ? []
            : File.ReadLines(file)
                .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("message"))
                .Where(message => message.GetProperty("function").GetString() == "jacobian")
                .Select(message => new Row(
                    "ht " + message.GetProperty("description").GetString(),
                    "ht",
                    "objective",
                    "jacobian",
                    message.GetProperty("input"),
                    1.519,
                    6.111,
                    135.914
                ));

    static string Text(double milliseconds) => milliseconds < 0.1 ? $"{1000 * milliseconds:F2} us" : $"{milliseconds:F3} ms";

    /// <summary>The least of many runs of each, in turn, so that a busy machine disturbs both alike.</summary>
    static (double Value, double Derivative) Times(Workload value, Workload derivative)
    {
        var (first, second) = (double.MaxValue, double.MaxValue);
        var begin = Stopwatch.GetTimestamp();
        for (var round = 0; round < 30 || Stopwatch.GetElapsedTime(begin).TotalSeconds < 3.0 && round < 100000; round++)
        {
            first = Math.Min(first, Time(value.Run));
            second = Math.Min(second, Time(derivative.Run));
        }
        return (first, second);
    }

    static double Time(Action run)
    {
        var begin = Stopwatch.GetTimestamp();
        run();
        return Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
    }
}
