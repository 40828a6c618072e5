using MathNet.Numerics.LinearAlgebra;

namespace Zautograd;

/// <summary>A sparse matrix as compressed rows: a pattern, and the number at each of its entries.</summary>
/// <example><code>
/// var matrix = new SparseRows(SparsePattern.Of(2, 3, [(0, 0), (0, 2), (1, 1)]), [1, 2, 3]);
/// matrix[0, 2]   // -> 2
/// matrix[1, 0]   // -> 0
/// </code></example>
public sealed class SparseRows
{
    readonly double[] values;

    /// <summary>The matrix with these numbers at the entries of a pattern, row by row.</summary>
    /// <exception cref="ArgumentException">There are more numbers than entries, or fewer.</exception>
    /// <example><code>new SparseRows(SparsePattern.Of(1, 3, [(0, 1)]), [7])[0, 1]   // -> 7</code></example>
    public SparseRows(SparsePattern pattern, double[] values)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        ArgumentNullException.ThrowIfNull(values);
        if (values.Length != pattern.Count)
            throw new ArgumentException($"The pattern has {pattern.Count} entries, but there are {values.Length} numbers.", nameof(values));
        Pattern = pattern;
        this.values = values;
    }

    /// <summary>Where the entries stand.</summary>
    /// <example><code>new SparseRows(SparsePattern.Of(1, 3, [(0, 1)]), [7]).Pattern.ColumnIndices[0]   // -> 1</code></example>
    public SparsePattern Pattern { get; }

    /// <summary>The entries' numbers, row by row.</summary>
    /// <example><code>new SparseRows(SparsePattern.Of(1, 3, [(0, 1)]), [7]).Values[0]   // -> 7</code></example>
    public ReadOnlySpan<double> Values => values;

    /// <summary>The number at a place; 0 where there is no entry.</summary>
    /// <example><code>new SparseRows(SparsePattern.Of(1, 3, [(0, 1)]), [7])[0, 2]   // -> 0</code></example>
    public double this[int row, int column] => Pattern.Find(row, column) is >= 0 and var place ? values[place] : 0;

    /// <summary>The same matrix with all its zeros.</summary>
    /// <example><code>new SparseRows(SparsePattern.Of(1, 3, [(0, 1)]), [7]).ToArray()   // -> [0, 7, 0]</code></example>
    public double[,] ToArray()
    {
        var full = new double[Pattern.Rows, Pattern.Columns];
        for (int row = 0, place = 0; row < Pattern.Rows; row++)
            foreach (int column in Pattern.Row(row))
                full[row, column] = values[place++];
        return full;
    }

    /// <summary>The same matrix for MathNet's linear algebra; the numbers are copied.</summary>
    /// <example><code>new SparseRows(SparsePattern.Of(1, 3, [(0, 1)]), [7]).ToMathNet().Transpose()[1, 0]   // -> 7</code></example>
    public Matrix<double> ToMathNet() =>
        Matrix<double>.Build.SparseFromCompressedSparseRowFormat(
            Pattern.Rows,
            Pattern.Columns,
            Pattern.Count,
            Pattern.RowStarts.ToArray(),
            Pattern.ColumnIndices.ToArray(),
            (double[])values.Clone()
        );
}
