using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Zautograd;

/// <summary>Affine maps: many products with one vector, each one record, by what stands side by side on the tape.</summary>
sealed partial class Tape
{
    /// <summary>
    /// The next rows of an affine map: to each the product of its weights and <paramref name="x"/>, plus its bias. Gives how many were
    /// recorded: none if the values do not stand side by side or the tape has no room, so that <see cref="Dot(ReadOnlySpan{Value},
    /// ReadOnlySpan{Value}, Value)"/> has to do the next one.
    /// </summary>
    internal static int Affine(Neighbours rows, int row, ReadOnlySpan<Value> x, Span<Value> y)
    {
        int length = x.Length,
            count = 2 * length + 1;
        if (Observer.IsOn || count > MostArguments)
            return 0;
        var tape = Open(rows, length, count);
        var block = tape.Block;
        int weights = tape.Find(block, rows);
        if (weights < 0)
            return 0;
        ref double numbers = ref tape.FindRun(block, x, out int argument);
        if (argument < 0)
            return 0;
        int done = Math.Min(y.Length, Room(block, count));
        weights += row * (length + 1);
        ref double weight = ref Unsafe.Add(ref rows.Numbers, row * (length + 1));
        for (int i = 0; i < done; i++)
        {
            int position = block.ArgumentCount;
            double sum = Product(ref weight, ref numbers, length);
            block.WriteRun(position, weights, in numbers, length);
            block.WriteRun(position + length, argument, in weight, length);
            block.Argument(position + 2 * length) = (ushort)(weights + length);
            block.Slope(position + 2 * length) = 1;
            weight = ref Unsafe.Add(ref weight, length);
            y[i] = new Value(tape, block.Append(sum + weight, count, Arrangement.TwoRuns));
            weight = ref Unsafe.Add(ref weight, 1);
            weights += length + 1;
        }
        return done;
    }

    /// <summary>The next rows of an affine map of numbers.</summary>
    internal static int Affine(Neighbours rows, int row, ReadOnlySpan<double> x, Span<Value> y)
    {
        int length = x.Length,
            count = length + 1;
        if (Observer.IsOn || count > MostArguments)
            return 0;
        var tape = Open(rows, length, count);
        var block = tape.Block;
        int weights = tape.Find(block, rows);
        if (weights < 0)
            return 0;
        int done = Math.Min(y.Length, Room(block, count));
        weights += row * count;
        ref double weight = ref Unsafe.Add(ref rows.Numbers, row * count);
        for (int i = 0; i < done; i++)
        {
            int position = block.ArgumentCount;
            double sum = Product(ref weight, ref MemoryMarshal.GetReference(x), length);
            block.WriteRun(position, weights, x);
            block.Argument(position + length) = (ushort)(weights + length); // the bias is the weights' neighbour
            block.Slope(position + length) = 1;
            weight = ref Unsafe.Add(ref weight, length);
            y[i] = new Value(tape, block.Append(sum + weight, count, Arrangement.Run));
            weight = ref Unsafe.Add(ref weight, 1);
            weights += count;
        }
        return done;
    }

    /// <summary>The thread's tape, with room for a record and, should they not stand there yet, for all aliases that it needs.</summary>
    static Tape Open(Neighbours rows, int inputs, int arguments)
    {
        var tape = Open(arguments);
        bool isKnown = Volatile.Read(ref rows.Alias) - tape.Block.Key < Block.NoAlias;
        return isKnown || tape.Block.Count + rows.Values.Length + inputs < Block.Records ? tape : Begin();
    }

    static int Room(Block block, int arguments) =>
        Math.Min(Block.Records - block.Count, (Block.Arguments - block.ArgumentCount) / arguments);

    /// <summary>Where neighbours or their aliases stand in the open segment, which they remember; -1 if they are no run there.</summary>
    int Find(Block block, Neighbours neighbours)
    {
        ulong known = Volatile.Read(ref neighbours.Alias) - block.Key;
        if (known < Block.NoAlias)
            return (int)known;
        int index = FindPlace(block, neighbours.Values);
        if (index >= 0)
            Volatile.Write(ref neighbours.Alias, block.Key | (uint)index);
        return index;
    }
}

/// <summary>Values that stand side by side on one tape, as the parameters of a layer do that were made one after the other.</summary>
internal sealed class Neighbours
{
    internal readonly Value[] Values;

    /// <summary>Where they stand in a segment: its number and the first index, one word, never torn. What is written there stays true.</summary>
    internal ulong Alias;

    Neighbours(Value[] values) => Values = values;

    internal ref double Numbers => ref Values[0].Number;

    /// <summary>The values as neighbours; null if they are none, or so many that their aliases would fill a block.</summary>
    internal static Neighbours? From(Value[] values) =>
        values.Length < Block.Records / 2 && Tape.AreNeighbours(values) ? new([.. values]) : null;
}
