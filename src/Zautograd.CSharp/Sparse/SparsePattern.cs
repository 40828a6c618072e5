using System.Text;

namespace Zautograd;

/// <summary>Which entries of a matrix may differ from 0: for each row, from the top, the columns in ascending order.</summary>
/// <example><code>
/// Console.WriteLine(SparsePattern.Of(2, 3, [(0, 0), (0, 2), (1, 1)]));
/// // -> x . x
/// // -> . x .
/// </code></example>
public sealed class SparsePattern
{
    const int MostShown = 64; // rows and columns that ToString draws

    readonly int[] starts;
    readonly int[] columnIndices;

    internal SparsePattern(int columns, int[] starts, int[] columnIndices)
    {
        Columns = columns;
        this.starts = starts;
        this.columnIndices = columnIndices;
    }

    /// <summary>The pattern with these entries, in any order; an entry given twice is one.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An entry lies outside the matrix.</exception>
    /// <example><code>SparsePattern.Of(2, 2, [(1, 1), (0, 0), (1, 1)]).Count   // -> 2</code></example>
    public static SparsePattern Of(int rows, int columns, IEnumerable<(int Row, int Column)> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        var sorted = new SortedSet<(int Row, int Column)>(entries);
        foreach (var entry in sorted)
            if (entry.Row < 0 || entry.Row >= rows || entry.Column < 0 || entry.Column >= columns)
                throw new ArgumentOutOfRangeException(nameof(entries), entry, $"The matrix has {rows} rows and {columns} columns.");
        var starts = new int[rows + 1];
        foreach (var (row, _) in sorted)
            starts[row + 1]++;
        for (int row = 0; row < rows; row++)
            starts[row + 1] += starts[row];
        return new(columns, starts, [.. sorted.Select(entry => entry.Column)]);
    }

    /// <summary>How many rows the matrix has.</summary>
    /// <example><code>SparsePattern.Of(2, 3, [(0, 0)]).Rows   // -> 2</code></example>
    public int Rows => starts.Length - 1;

    /// <summary>How many columns the matrix has.</summary>
    /// <example><code>SparsePattern.Of(2, 3, [(0, 0)]).Columns   // -> 3</code></example>
    public int Columns { get; }

    /// <summary>How many entries there are.</summary>
    /// <example><code>SparsePattern.Of(2, 3, [(0, 0)]).Count   // -> 1</code></example>
    public int Count => columnIndices.Length;

    /// <summary>Where each row's entries begin, and behind them all where the last row's end.</summary>
    /// <example><code>SparsePattern.Of(2, 3, [(0, 0), (0, 2), (1, 1)]).RowStarts.ToArray()   // -> [0, 2, 3]</code></example>
    public ReadOnlySpan<int> RowStarts => starts;

    /// <summary>The entries' columns, row by row.</summary>
    /// <example><code>SparsePattern.Of(2, 3, [(0, 0), (0, 2), (1, 1)]).ColumnIndices.ToArray()   // -> [0, 2, 1]</code></example>
    public ReadOnlySpan<int> ColumnIndices => columnIndices;

    /// <summary>The columns of one row's entries.</summary>
    /// <example><code>SparsePattern.Of(2, 3, [(0, 0), (0, 2), (1, 1)]).Row(0).ToArray()   // -> [0, 2]</code></example>
    public ReadOnlySpan<int> Row(int row) => columnIndices.AsSpan(starts[row]..starts[row + 1]);

    /// <summary>Whether there is such an entry.</summary>
    /// <example><code>SparsePattern.Of(2, 3, [(0, 2)]).Contains(0, 1)   // -> false</code></example>
    public bool Contains(int row, int column) => Find(row, column) >= 0;

    /// <summary>Rows and columns exchanged.</summary>
    /// <example><code>
    /// Console.WriteLine(SparsePattern.Of(2, 3, [(0, 0), (0, 2), (1, 1)]).Transpose());
    /// // -> x .
    /// // -> . x
    /// // -> x .
    /// </code></example>
    public SparsePattern Transpose()
    {
        var next = new int[Columns + 1];
        foreach (int column in columnIndices)
            next[column + 1]++;
        for (int column = 0; column < Columns; column++)
            next[column + 1] += next[column];
        var transposed = (Starts: (int[])next.Clone(), Indices: new int[Count]);
        for (int row = 0; row < Rows; row++)
            foreach (int column in Row(row))
                transposed.Indices[next[column]++] = row;
        return new(Rows, transposed.Starts, transposed.Indices);
    }

    /// <summary>What is in this pattern or in another one of the same size.</summary>
    internal SparsePattern Union(SparsePattern other)
    {
        var union = new int[Rows + 1];
        var indices = new List<int>(Math.Max(Count, other.Count));
        var both = new SortedSet<int>();
        for (int row = 0; row < Rows; row++)
        {
            both.Clear();
            both.UnionWith(Row(row).ToArray());
            both.UnionWith(other.Row(row).ToArray());
            indices.AddRange(both);
            union[row + 1] = indices.Count;
        }
        return new(Columns, union, [.. indices]);
    }

    /// <summary>Where an entry stands among all; negative if it is none.</summary>
    internal int Find(int row, int column)
    {
        if ((uint)row >= (uint)Rows || (uint)column >= (uint)Columns)
            throw new ArgumentOutOfRangeException(nameof(row), (row, column), $"The matrix has {Rows} rows and {Columns} columns.");
        int place = Row(row).BinarySearch(column);
        return place < 0 ? -1 : starts[row] + place;
    }

    /// <summary>A small pattern as a drawing, a large one by its size.</summary>
    /// <example><code>SparsePattern.Of(2000, 3000, [(0, 0)])   // -> 2000 by 3000, entries: 1</code></example>
    public override string ToString()
    {
        if (Rows > MostShown || Columns > MostShown)
            return $"{Rows} by {Columns}, entries: {Count}";
        var text = new StringBuilder();
        for (int row = 0; row < Rows; row++)
        {
            text.Append(row == 0 ? "" : "\n");
            for (int column = 0; column < Columns; column++)
                text.Append(column == 0 ? "" : " ").Append(Contains(row, column) ? 'x' : '.');
        }
        return text.ToString();
    }
}
