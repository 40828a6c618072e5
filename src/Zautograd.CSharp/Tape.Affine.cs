using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Zautograd;

/// <summary>Affine maps: many products with one vector, each one record, by what stands side by side on the tape.</summary>
sealed partial class Tape
{
    /// <summary>
    /// An affine map: of each row the product of its weights and <paramref name="x"/>, plus its bias. Gives how many rows were recorded: fewer than
    /// all if values do not stand side by side or cannot be imported, so that <see cref="Dot(ReadOnlySpan{Value}, ReadOnlySpan{Value},
    /// Value)"/> has to do the rest.
    /// </summary>
    internal static int Affine(Neighbours rows, ReadOnlySpan<Value> x, Span<Value> y)
    {
        int length = x.Length,
            count = 2 * length + 1,
            row = 0;
        while (row < y.Length && TryOpen(rows, length, count, out int first) is { } tape)
        {
            var block = tape.Block;
            ref double numbers = ref tape.FindRun(block, x, out int argument);
            if (argument < 0)
                break;
            for (int end = row + Math.Min(y.Length - row, Room(block, count)); row < end; row++)
            {
                int position = block.ArgumentCount,
                    weights = row * (length + 1);
                ref double weight = ref Unsafe.Add(ref rows.Numbers, weights);
                double sum = Product(ref weight, ref numbers, length) + Unsafe.Add(ref weight, length);
                block.WriteRun(position, first + weights, in numbers, length);
                block.WriteRun(position + length, argument, in weight, length);
                block.Argument(position + 2 * length) = (ushort)(first + weights + length);
                block.Slope(position + 2 * length) = 1;
                y[row] = new Value(tape, block.AppendMany(Operation.Dot, sum, count, Arrangement.TwoRuns));
            }
        }
        return row;
    }

    /// <summary>An affine map of numbers.</summary>
    internal static int Affine(Neighbours rows, ReadOnlySpan<double> x, Span<Value> y)
    {
        int length = x.Length,
            count = length + 1,
            row = 0;
        while (row < y.Length && TryOpen(rows, length, count, out int first) is { } tape)
        {
            var block = tape.Block;
            for (int end = row + Math.Min(y.Length - row, Room(block, count)); row < end; row++)
            {
                int position = block.ArgumentCount,
                    weights = row * count;
                ref double weight = ref Unsafe.Add(ref rows.Numbers, weights);
                double sum = Product(ref weight, ref MemoryMarshal.GetReference(x), length) + Unsafe.Add(ref weight, length);
                block.WriteRun(position, first + weights, x);
                block.Argument(position + length) = (ushort)(first + weights + length); // the bias is the weights' neighbour
                block.Slope(position + length) = 1;
                y[row] = new Value(tape, block.AppendMany(Notes.Linear, sum, count, Arrangement.Run));
            }
        }
        return row;
    }

    /// <summary>The thread's tape, with room for a record and for all aliases that it needs, and where the rows begin there; null if they are
    /// no run there, or somebody observes.</summary>
    static Tape? TryOpen(Neighbours rows, int inputs, int arguments, out int first)
    {
        first = -1;
        if (Observer.IsOn || arguments > MostArguments)
            return null;
        var tape = Open(arguments);
        bool isKnown = Volatile.Read(ref rows.Alias) - tape.Block.Key < Block.NoAlias;
        if (!isKnown && tape.Block.Count + rows.Values.Length + inputs >= Block.Records)
            tape = Begin();
        first = tape.Find(tape.Block, rows);
        return first < 0 ? null : tape;
    }

    static int Room(Block block, int arguments) => Math.Min(Block.Records - block.Count, Math.Max(1, block.Spare / arguments));

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
