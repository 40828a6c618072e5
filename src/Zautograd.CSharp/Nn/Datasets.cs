using System.Globalization;
using System.IO.Compression;

namespace Zautograd.Nn;

/// <summary>Examples to try a network on.</summary>
/// <example><code>var moons = Datasets.Moons(100, noise: 0.1, new Random(1));</code></example>
public static class Datasets
{
    const int Pixels = 64;

    /// <summary>Two half circles that reach into each other, as in scikit-learn's <c>make_moons</c>.</summary>
    /// <param name="samples">How many points: the first half on the upper moon (label -1), the rest on the lower one (label +1), shuffled.</param>
    /// <param name="noise">The standard deviation of the normal noise on each coordinate.</param>
    /// <param name="random">The noise and the shuffle: the same seed gives the same points.</param>
    /// <example><code>Datasets.Moons(100, noise: 0.1, random).Count   // -> 100</code></example>
    public static Dataset Moons(int samples, double noise, Random random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 2);
        ArgumentOutOfRangeException.ThrowIfNegative(noise);
        ArgumentNullException.ThrowIfNull(random);
        var upper = samples / 2;
        var points = new double[samples][];
        var labels = new int[samples];
        var order = Enumerable.Range(0, samples).ToArray();
        random.Shuffle(order);
        for (var i = 0; i < samples; i++)
        {
            var (x, y) = i < upper ? Arc(i, upper) : Arc(i - upper, samples - upper);
            (x, y) = i < upper ? (x, y) : (1.0 - x, 0.5 - y);
            points[order[i]] = [x + noise * Normal(random), y + noise * Normal(random)];
            labels[order[i]] = i < upper ? -1 : 1;
        }

        return new(points, labels);
    }

    /// <summary>Reads images of handwritten digits: per line 64 pixels from 0 to 16 and the digit, parted by commas.</summary>
    /// <param name="path">The file, compressed with gzip or plain.</param>
    /// <exception cref="InvalidDataException">A line is not of that form; the message names file, line and column.</exception>
    /// <example><code>Datasets.Digits(digits).Count   // -> 1797</code></example>
    public static Dataset Digits(string path)
    {
        var points = new List<double[]>();
        var labels = new List<int>();
        try
        {
            using var file = File.OpenRead(path);
            using var reader = new StreamReader(IsGzip(file) ? new GZipStream(file, CompressionMode.Decompress) : file);
            for (var line = 1; reader.ReadLine() is { } text; line++)
            {
                var fields = text.Split(',');
                if (fields.Length != Pixels + 1)
                {
                    throw Malformed(
                        line,
                        Math.Min(fields.Length, Pixels + 1),
                        $"{Pixels + 1} numbers are needed, there are {fields.Length}"
                    );
                }

                points.Add([.. Enumerable.Range(0, Pixels).Select(i => (double)Number(fields[i], line, i + 1, "a pixel", 16))]);
                labels.Add(Number(fields[Pixels], line, Pixels + 1, "a digit", 9));
            }
        }
        catch (InvalidDataException problem)
        {
            throw new InvalidDataException($"{path}: {problem.Message}", problem);
        }

        return labels.Count > 0 ? new(points, labels) : throw new InvalidDataException($"{path}: line 1, column 1: the file is empty");
    }

    static bool IsGzip(FileStream file)
    {
        var magic = file.ReadByte() == 0x1f && file.ReadByte() == 0x8b;
        file.Position = 0;
        return magic;
    }

    static int Number(string field, int line, int column, string what, int greatest) =>
        int.TryParse(field, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= greatest
            ? number
            : throw Malformed(line, column, $"{what} is a whole number from 0 to {greatest}, not '{field}'");

    static InvalidDataException Malformed(int line, int column, string problem) => new($"line {line}, column {column}: {problem}");

    static (double X, double Y) Arc(int i, int count)
    {
        var angle = count == 1 ? 0.0 : Math.PI * i / (count - 1);
        return (Math.Cos(angle), Math.Sin(angle));
    }

    // Box and Muller; 1 - NextDouble() is never 0
    static double Normal(Random random) =>
        Math.Sqrt(-2.0 * Math.Log(1.0 - random.NextDouble())) * Math.Cos(2.0 * Math.PI * random.NextDouble());
}
