namespace Zautograd;

/// <summary>In which order a greedy colouring takes the columns; which one is best depends on the matrix.</summary>
/// <example><code>ColouringOrder.LargestFirst   // -> LargestFirst</code></example>
public enum ColouringOrder
{
    /// <summary>As they stand: best for bands.</summary>
    Natural,

    /// <summary>Those in conflict with the most others first.</summary>
    LargestFirst,

    /// <summary>From the end: the one in conflict with the fewest that are left.</summary>
    SmallestLast,
}

/// <summary>
/// Which columns (or rows) of a sparse matrix one sweep can find together: those of one colour. So many colours, so many sweeps.
/// </summary>
/// <remarks>Greedy: a good number of colours, found at once; the least number is too hard to find (Coleman and Moré, 1983).</remarks>
/// <example><code>
/// // a band of three: every third column has the same colour
/// var band = SparsePattern.Of(5, 5, from i in Enumerable.Range(0, 5) from j in Enumerable.Range(0, 5) where Math.Abs(i - j) &lt;= 1 select (i, j));
/// Colouring.OfColumns(band).Colours.ToArray()   // -> [0, 1, 2, 0, 1]
/// </code></example>
public sealed class Colouring
{
    readonly int[] colours;

    Colouring(int[] colours)
    {
        this.colours = colours;
        Count = colours.DefaultIfEmpty(-1).Max() + 1;
    }

    /// <summary>How many colours there are.</summary>
    /// <example><code>Colouring.OfColumns(SparsePattern.Of(1, 2, [(0, 0), (0, 1)])).Count   // -> 2</code></example>
    public int Count { get; }

    /// <summary>The colour of each column (or row): 0, 1, ...</summary>
    /// <example><code>Colouring.OfColumns(SparsePattern.Of(1, 2, [(0, 0), (0, 1)])).Colours.ToArray()   // -> [0, 1]</code></example>
    public ReadOnlySpan<int> Colours => colours;

    /// <summary>Columns of one colour have no row in common: one Jacobian-vector product finds them all.</summary>
    /// <example><code>Colouring.OfColumns(SparsePattern.Of(2, 2, [(0, 0), (1, 1)])).Count   // -> 1</code></example>
    public static Colouring OfColumns(SparsePattern pattern, ColouringOrder order = ColouringOrder.Natural)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        var graph = new SharedRows(pattern);
        var colours = new int[graph.Count];
        var forbiddenBy = new int[graph.Count + 1]; // per colour, a vertex + 1
        Array.Fill(colours, -1);
        foreach (int vertex in graph.Order(order))
        {
            foreach (int neighbour in graph.NeighboursOf(vertex))
                if (colours[neighbour] >= 0)
                    forbiddenBy[colours[neighbour]] = vertex + 1;
            colours[vertex] = FirstAllowed(forbiddenBy, vertex + 1);
        }
        return new(colours);
    }

    /// <summary>Rows of one colour have no column in common: one vector-Jacobian product finds them all.</summary>
    /// <example><code>Colouring.OfRows(SparsePattern.Of(1, 2, [(0, 0), (0, 1)])).Count   // -> 1</code></example>
    public static Colouring OfRows(SparsePattern pattern, ColouringOrder order = ColouringOrder.Natural)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        return OfColumns(pattern.Transpose(), order);
    }

    /// <summary>
    /// For a symmetric matrix, a Hessian: of the two entries for a pair of columns one Hessian-vector product a colour must show one alone.
    /// Neighbours differ, and no path of four vertices has two colours only: the columns of any two colours form stars.
    /// </summary>
    /// <exception cref="ArgumentException">The pattern is not symmetric.</exception>
    /// <example><code>
    /// // an arrow: however large, two colours
    /// Colouring.OfStars(SparsePattern.Of(4, 4, from i in Enumerable.Range(0, 4) from entry in new[] { (0, i), (i, i), (i, 0) } select entry)).Count   // -> 2
    /// </code></example>
    public static Colouring OfStars(SparsePattern pattern, ColouringOrder order = ColouringOrder.Natural)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        var transposed = pattern.Transpose();
        if (!pattern.RowStarts.SequenceEqual(transposed.RowStarts) || !pattern.ColumnIndices.SequenceEqual(transposed.ColumnIndices))
            throw new ArgumentException("A star colouring is of a symmetric pattern: each entry needs its mirror image.", nameof(pattern));
        return new(new StarColouring(new Adjacency(pattern)).Colour(order));
    }

    internal static int FirstAllowed(int[] forbiddenBy, int vertexPlusOne)
    {
        int colour = 0;
        while (forbiddenBy[colour] == vertexPlusOne)
            colour++;
        return colour;
    }
}
