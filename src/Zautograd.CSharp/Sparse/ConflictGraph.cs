namespace Zautograd;

/// <summary>What is coloured: vertices, and for each its neighbours.</summary>
internal abstract class ConflictGraph(int count)
{
    internal int Count { get; } = count;

    /// <summary>A vertex's neighbours, each once, without itself; good until the next call.</summary>
    internal abstract ReadOnlySpan<int> NeighboursOf(int vertex);

    /// <summary>All vertices, in the order in which a greedy colouring is to take them.</summary>
    internal int[] Order(ColouringOrder order) =>
        order switch
        {
            ColouringOrder.Natural => [.. Enumerable.Range(0, Count)],
            ColouringOrder.LargestFirst => [.. Enumerable.Range(0, Count).OrderByDescending(Degrees().ElementAt)],
            ColouringOrder.SmallestLast => SmallestLast(),
            _ => throw new ArgumentOutOfRangeException(nameof(order), order, "There is no such order."),
        };

    int[] Degrees() => [.. Enumerable.Range(0, Count).Select(vertex => NeighboursOf(vertex).Length)];

    /// <summary>From the end: the vertex with the fewest neighbours among those that are still there.</summary>
    int[] SmallestLast()
    {
        var degrees = Degrees();
        var buckets = new List<int>[degrees.DefaultIfEmpty().Max() + 1];
        for (int degree = 0; degree < buckets.Length; degree++)
            buckets[degree] = [];
        for (int vertex = Count - 1; vertex >= 0; vertex--)
            buckets[degrees[vertex]].Add(vertex);

        var order = new int[Count];
        for (int left = Count, degree = 0; left > 0; )
        {
            var bucket = buckets[degree];
            if (bucket.Count == 0)
            {
                degree++;
                continue;
            }
            int vertex = bucket[^1];
            bucket.RemoveAt(bucket.Count - 1);
            if (degrees[vertex] != degree)
                continue; // it has moved to a lower bucket, or is taken
            order[--left] = vertex;
            degrees[vertex] = -1;
            foreach (int neighbour in NeighboursOf(vertex))
                if (degrees[neighbour] > 0)
                {
                    int fewer = --degrees[neighbour];
                    buckets[fewer].Add(neighbour);
                    degree = Math.Min(degree, fewer);
                }
        }
        return order;
    }
}

/// <summary>The columns of a matrix. Two are neighbours where some row has an entry in both: one sweep could not tell them apart.</summary>
internal sealed class SharedRows(SparsePattern matrix) : ConflictGraph(matrix.Columns)
{
    readonly SparsePattern columns = matrix.Transpose();
    readonly int[] seenIn = new int[matrix.Columns]; // the call that saw a column last
    readonly int[] found = new int[matrix.Columns];
    int calls;

    internal override ReadOnlySpan<int> NeighboursOf(int vertex)
    {
        int count = 0;
        seenIn[vertex] = ++calls;
        foreach (int row in columns.Row(vertex))
        foreach (int other in matrix.Row(row))
            if (seenIn[other] != calls)
            {
                seenIn[other] = calls;
                found[count++] = other;
            }
        return found.AsSpan(0, count);
    }
}

/// <summary>The variables of a symmetric matrix. Two are neighbours where there is an entry for both.</summary>
internal sealed class Adjacency : ConflictGraph
{
    readonly int[] starts;
    readonly int[] neighbours;

    internal Adjacency(SparsePattern matrix)
        : base(matrix.Rows)
    {
        var found = new List<int>(matrix.Count);
        starts = new int[Count + 1];
        for (int row = 0; row < Count; row++)
        {
            foreach (int column in matrix.Row(row))
                if (column != row)
                    found.Add(column);
            starts[row + 1] = found.Count;
        }
        neighbours = [.. found];
    }

    internal override ReadOnlySpan<int> NeighboursOf(int vertex) => neighbours.AsSpan(starts[vertex]..starts[vertex + 1]);

    /// <summary>An edge in each direction: those from a vertex are numbered from here on, in the order of its neighbours.</summary>
    internal int FirstEdge(int vertex) => starts[vertex];

    internal int EdgeCount => neighbours.Length;

    internal int EndOf(int edge) => neighbours[edge];

    /// <summary>For every edge the number of the one in the other direction.</summary>
    internal int[] Mirrors()
    {
        var next = (int[])starts.Clone();
        var mirrors = new int[EdgeCount];
        for (int edge = 0; edge < EdgeCount; edge++) // from ascending vertices, so into each vertex's edges in ascending order
            mirrors[edge] = next[neighbours[edge]]++;
        return mirrors;
    }
}
