namespace Zautograd.Nn;

/// <summary>Goes through all examples in batches, again and again, shuffled before each pass; the last batch of a pass may be smaller.</summary>
sealed class Batches
{
    readonly int[] order;
    readonly Random? shuffle;
    int next;

    internal Batches(int examples, int size, Random? shuffle)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size, "batch");
        order = [.. Enumerable.Range(0, examples)];
        Size = Math.Min(size, examples);
        this.shuffle = shuffle;
    }

    internal int Size { get; }

    internal ReadOnlySpan<int> Next()
    {
        if (next == 0)
        {
            shuffle?.Shuffle(order);
        }

        var batch = order.AsSpan(next, Math.Min(Size, order.Length - next));
        next = (next + batch.Length) % order.Length;
        return batch;
    }
}
