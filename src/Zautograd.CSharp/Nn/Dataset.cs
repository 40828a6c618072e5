namespace Zautograd.Nn;

/// <summary>Examples to learn from: points, and a label for each.</summary>
/// <param name="Points">The inputs of each example; all of one length.</param>
/// <param name="Labels">The label of each example.</param>
/// <example><code>
/// var xor = new Dataset([[0, 0], [0, 1], [1, 0], [1, 1]], [-1, 1, 1, -1]);
/// xor.Count   // -> 4
/// </code></example>
public sealed record Dataset(IReadOnlyList<double[]> Points, IReadOnlyList<int> Labels)
{
    /// <summary>The inputs of each example; all of one length.</summary>
    /// <example><code>data.Points[0].Length   // -> 2</code></example>
    public IReadOnlyList<double[]> Points { get; } = Same(Points, Labels);

    /// <summary>The label of each example.</summary>
    /// <example><code>data.Labels.Sum()   // -> 0</code></example>
    public IReadOnlyList<int> Labels { get; } = Labels;

    /// <summary>How many examples there are.</summary>
    /// <example><code>data.Count   // -> 100</code></example>
    public int Count => Labels.Count;

    /// <summary>Shuffles the examples and cuts them in two.</summary>
    /// <param name="fraction">The first part's share, between 0 and 1; each part gets at least one example.</param>
    /// <param name="random">The shuffle: the same seed gives the same parts.</param>
    /// <example><code>
    /// var (training, held) = data.Split(0.8, random);
    /// training.Count   // -> 80
    /// held.Count   // -> 20
    /// </code></example>
    public (Dataset First, Dataset Second) Split(double fraction, Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        var cut = (int)Math.Round(fraction * Count);
        if (!(fraction is > 0.0 and < 1.0) || cut == 0 || cut == Count)
        {
            throw new ArgumentOutOfRangeException(nameof(fraction), fraction, $"this share of {Count} examples leaves one part empty");
        }

        var order = Enumerable.Range(0, Count).ToArray();
        random.Shuffle(order);
        return (Pick(order[..cut]), Pick(order[cut..]));
    }

    /// <summary>The same examples with every input multiplied by a factor.</summary>
    /// <param name="factor">The factor.</param>
    /// <example><code>Datasets.Digits(digits).Scale(1.0 / 16.0).Points[0].Max()   // -> 0.9375</code></example>
    public Dataset Scale(double factor) => new([.. Points.Select(point => point.Select(x => factor * x).ToArray())], Labels);

    Dataset Pick(int[] examples) => new([.. examples.Select(i => Points[i])], [.. examples.Select(i => Labels[i])]);

    static IReadOnlyList<double[]> Same(IReadOnlyList<double[]> points, IReadOnlyList<int> labels)
    {
        ArgumentNullException.ThrowIfNull(points);
        ArgumentNullException.ThrowIfNull(labels);
        if (points.Count != labels.Count)
        {
            throw new ArgumentException($"there are {points.Count} points but {labels.Count} labels", nameof(labels));
        }

        for (var i = 1; i < points.Count; i++)
        {
            if (points[i].Length != points[0].Length)
            {
                throw new ArgumentException($"point {i} has {points[i].Length} inputs, point 0 has {points[0].Length}", nameof(points));
            }
        }

        return points;
    }
}
