using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.ConstrainedExecution;

namespace Zautograd;

/// <summary>What a value points to: a block of records, and whatever else must stay alive for them.</summary>
/// <remarks>
/// <para>An operation always records on the current thread's tape. An operand from elsewhere gets an alias there, once per segment:
/// the operand's own block remembers which (<see cref="Block.Alias"/>).</para>
/// <para>Blocks do not refer to one another, tapes do. A tape that imports a leaf holds the leaf's block and no more. A tape that imports an
/// intermediate holds its block too, and the blocks of the leaves it was computed from; only where it depends on intermediates of a
/// third block does the tape hold the intermediate's tape. That is why a loop which never calls Backward runs in constant memory: its
/// tapes, each full in the middle of a step, would otherwise form one endless chain.</para>
/// </remarks>
internal sealed class Tape : CriticalFinalizerObject // so that the users' finalizers, which may look at values, run first
{
    /// <summary>More arguments than this are recorded in parts: each may need an alias, and all must fit into an empty block.</summary>
    internal const int MostArguments = Block.Records - 2;

    [ThreadStatic]
    static Tape? current;

    [ThreadStatic]
    static Stack<int>? toVisit;
    static readonly Pool<Tape> Pool = new(256);
    static long lastId;

    internal Block Block = null!;
    object?[] held = new object?[4];
    int heldCount;
    long id;
    long heldBy; // the tape that last took hold of this one

    // Nobody can see this tape any more. Its block may still be seen, by tapes that imported from it.
    ~Tape()
    {
        Array.Clear(held, 0, heldCount);
        heldCount = 0;
        Block = null!;
        GC.ReRegisterForFinalize(this);
        if (!Pool.TryPush(this))
            GC.SuppressFinalize(this);
    }

    /// <summary>The thread's tape, with room for a record of so many arguments that need no alias.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Tape Open(int arguments)
    {
        var tape = current;
        return tape is not null && tape.Block.Count < Block.Records && tape.Block.ArgumentCount + arguments <= Block.Arguments
            ? tape
            : Begin();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static Tape Begin()
    {
        current = null;
        var block = Block.Take();
        var tape = Pool.TryPop() ?? new Tape();
        tape.id = Interlocked.Increment(ref lastId);
        tape.Block = block;
        return current = tape;
    }

    /// <summary>After a failed <see cref="Import"/>: more room, or a higher number.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    static void Restart()
    {
        var block = current!.Block;
        if (block.Count >= Block.Records - 1 || !block.TryBeginSegment())
            Begin();
    }

    /// <summary>After Backward: what follows is another step.</summary>
    internal static void EndStep(Tape tape, int index)
    {
        if (ReferenceEquals(tape, current) && index >= tape.Block.Start && !tape.Block.TryBeginSegment())
            current = null;
    }

    internal static Value Leaf(double data)
    {
        var tape = Open(0);
        return new Value(tape, tape.Block.Append(data, 0));
    }

    internal static Value Record(double value, Value a, double slopeA)
    {
        var tape = Open(1);
        var block = tape.Block;
        int i = tape.Find(block, a);
        if (i < 0)
        {
            Restart();
            return Record(value, a, slopeA);
        }
        int position = block.ArgumentCount;
        block.Argument(position) = (ushort)i;
        block.Slope(position) = slopeA;
        return new Value(tape, block.Append(value, 1));
    }

    internal static Value Record(double value, Value a, double slopeA, Value b, double slopeB)
    {
        var tape = Open(2);
        var block = tape.Block;
        int i = tape.Find(block, a),
            j = i < 0 ? i : tape.Find(block, b);
        if (j < 0)
        {
            Restart();
            return Record(value, a, slopeA, b, slopeB);
        }
        int position = block.ArgumentCount;
        block.Argument(position) = (ushort)i;
        if (i == j)
        {
            block.Slope(position) = slopeA + slopeB; // x * x: one slope, one rounding less in the sweep
            return new Value(tape, block.Append(value, 1));
        }
        block.Slope(position) = slopeA;
        block.Argument(position + 1) = (ushort)j;
        block.Slope(position + 1) = slopeB;
        return new Value(tape, block.Append(value, 2));
    }

    /// <summary>An operation of any number of arguments, each with its slope.</summary>
    internal static Value Record(double value, ReadOnlySpan<Value> arguments, ReadOnlySpan<double> slopes)
    {
        while (true)
        {
            var tape = Open(arguments.Length);
            var block = tape.Block;
            int position = block.ArgumentCount,
                done = 0;
            for (; done < arguments.Length; done++)
            {
                int i = tape.Find(block, arguments[done]);
                if (i < 0)
                    break;
                block.Argument(position + done) = (ushort)i;
                block.Slope(position + done) = slopes[done];
            }
            if (done == arguments.Length)
                return new Value(tape, block.Append(value, done));
            Restart();
        }
    }

    internal static Value Sum(ReadOnlySpan<Value> values)
    {
        if (values.Length == 0)
            return Leaf(0);
        if (values.Length > MostArguments)
            return SumInParts(values);
        while (true)
        {
            var tape = Open(values.Length);
            var block = tape.Block;
            int position = block.ArgumentCount,
                done = 0;
            double sum = 0;
            foreach (var value in values)
            {
                sum += value.Data;
                int i = tape.Find(block, value);
                if (i < 0)
                    break;
                block.Argument(position + done) = (ushort)i;
                block.Slope(position + done) = 1;
                done++;
            }
            if (done == values.Length)
                return new Value(tape, block.Append(sum, done));
            Restart();
        }
    }

    internal static Value Dot(ReadOnlySpan<Value> a, ReadOnlySpan<Value> b, Value bias)
    {
        if (a.Length != b.Length)
            ThrowLengths(a.Length, b.Length);
        int pairs = a.Length,
            count = 2 * pairs + (bias.Tape is null ? 0 : 1);
        if (count == 0)
            return Leaf(0);
        if (count > MostArguments)
            return DotInParts(a, b, bias);
        while (true)
        {
            var tape = Open(count);
            var block = tape.Block;
            ref var argument = ref block.Argument(block.ArgumentCount);
            ref var slope = ref block.Slope(block.ArgumentCount);
            double sum = 0;
            int done = 0;
            for (; done < pairs; done++)
            {
                var left = a[done];
                var right = b[done];
                double x = left.Data,
                    y = right.Data;
                int i = tape.Find(block, left),
                    j = tape.Find(block, right);
                if ((i | j) < 0)
                    break;
                sum += x * y;
                argument = (ushort)i;
                slope = y;
                Unsafe.Add(ref argument, 1) = (ushort)j;
                Unsafe.Add(ref slope, 1) = x;
                argument = ref Unsafe.Add(ref argument, 2);
                slope = ref Unsafe.Add(ref slope, 2);
            }
            if (done == pairs && tape.TryAddBias(block, bias, ref argument, ref slope, ref sum))
                return new Value(tape, block.Append(sum, count));
            Restart();
        }
    }

    internal static Value Dot(ReadOnlySpan<Value> a, ReadOnlySpan<double> b, Value bias)
    {
        if (a.Length != b.Length)
            ThrowLengths(a.Length, b.Length);
        int pairs = a.Length,
            count = pairs + (bias.Tape is null ? 0 : 1);
        if (count == 0)
            return Leaf(0);
        if (count > MostArguments)
            return DotInParts(a, b, bias);
        while (true)
        {
            var tape = Open(count);
            var block = tape.Block;
            ref var argument = ref block.Argument(block.ArgumentCount);
            ref var slope = ref block.Slope(block.ArgumentCount);
            double sum = 0;
            int done = 0;
            for (; done < pairs; done++)
            {
                var left = a[done];
                double y = b[done];
                sum += left.Data * y;
                int i = tape.Find(block, left);
                if (i < 0)
                    break;
                argument = (ushort)i;
                slope = y;
                argument = ref Unsafe.Add(ref argument, 1);
                slope = ref Unsafe.Add(ref slope, 1);
            }
            if (done == pairs && tape.TryAddBias(block, bias, ref argument, ref slope, ref sum))
                return new Value(tape, block.Append(sum, count));
            Restart();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    bool TryAddBias(Block block, Value bias, ref ushort argument, ref double slope, ref double sum)
    {
        if (bias.Tape is null)
            return true;
        int i = Find(block, bias);
        if (i < 0)
            return false;
        sum += bias.Data;
        argument = (ushort)i;
        slope = 1;
        return true;
    }

    static Value SumInParts(ReadOnlySpan<Value> values)
    {
        var parts = new Value[(values.Length + MostArguments - 1) / MostArguments];
        for (int part = 0; part < parts.Length; part++)
        {
            int first = part * MostArguments;
            parts[part] = Sum(values[first..Math.Min(first + MostArguments, values.Length)]);
        }
        return Sum(parts);
    }

    const int PairsPerPart = MostArguments / 2;

    static Value DotInParts(ReadOnlySpan<Value> a, ReadOnlySpan<Value> b, Value bias)
    {
        var parts = PartsWithBias(a.Length, bias);
        for (int first = 0; first < a.Length; first += PairsPerPart)
        {
            var range = first..Math.Min(first + PairsPerPart, a.Length);
            parts[first / PairsPerPart] = Dot(a[range], b[range], default);
        }
        return Sum(parts);
    }

    static Value DotInParts(ReadOnlySpan<Value> a, ReadOnlySpan<double> b, Value bias)
    {
        var parts = PartsWithBias(a.Length, bias);
        for (int first = 0; first < a.Length; first += PairsPerPart)
        {
            var range = first..Math.Min(first + PairsPerPart, a.Length);
            parts[first / PairsPerPart] = Dot(a[range], b[range], default);
        }
        return Sum(parts);
    }

    static Value[] PartsWithBias(int pairs, Value bias)
    {
        int count = (pairs + PairsPerPart - 1) / PairsPerPart;
        if (bias.Tape is null)
            return new Value[count];
        var parts = new Value[count + 1];
        parts[count] = bias;
        return parts;
    }

    [DoesNotReturn]
    static void ThrowLengths(int a, int b) => throw new ArgumentException($"The lengths differ: a has {a} elements, b has {b}.", "b");

    /// <summary>Where an operand stands in the open segment; negative if it cannot be imported here (<see cref="Restart"/>).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    int Find(Block block, Value operand)
    {
        if (ReferenceEquals(operand.Tape, this) && operand.Index >= block.Start)
            return operand.Index;
        ulong alias = operand.Block.Alias(operand.Index) - block.Key; // below NoAlias if the number is the open segment's
        return alias < Block.NoAlias ? (int)alias : Import(operand);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    int Import(Value operand)
    {
        Block block = Block,
            source = operand.Block;
        int index = operand.Index;
        if (block.Count >= Block.Records - 1)
            return -1; // one record must stay free for the result
        // Handed over by another thread with a newer segment? Then this segment needs a higher number.
        if ((ulong)source.SegmentAt(source.SegmentOf(index)).Number << 16 > block.Key)
            return -1;

        bool isLeaf = source.IsLeaf(index);
        if (!ReferenceEquals(source, block))
            Hold(source);
        if (!isLeaf)
        {
            if (!ReferenceEquals(operand.Tape, this))
                HoldWhatItNeeds(operand.Tape!, index);
            block.Open.ImportsInner = true;
        }
        int alias = block.Append(0, 0);
        if (block.ImportCount == block.Imports.Length)
            Array.Resize(ref block.Imports, 2 * block.ImportCount);
        block.Imports[block.ImportCount] = new Import
        {
            Source = source.Handle,
            Index = index,
            Alias = (ushort)alias,
            IsLeaf = isLeaf,
        };
        Volatile.Write(ref block.ImportCount, block.ImportCount + 1); // other threads may be reading the list
        Volatile.Write(ref source.Alias(index), block.Key | (uint)alias);
        return alias;
    }

    void Hold(Block block)
    {
        if (Volatile.Read(ref block.HeldBy) == id)
            return;
        Volatile.Write(ref block.HeldBy, id);
        Hold((object)block);
    }

    void Hold(object other)
    {
        if (heldCount == held.Length)
            Array.Resize(ref held, 2 * heldCount);
        held[heldCount++] = other;
    }

    /// <summary>Looks at what an imported intermediate was computed from within its own block (each record once per segment).</summary>
    void HoldWhatItNeeds(Tape tape, int root)
    {
        if (Volatile.Read(ref tape.heldBy) == id)
            return;
        var source = tape.Block;
        var stack = toVisit ??= new Stack<int>();
        stack.Clear();
        stack.Push(root);
        while (stack.TryPop(out int index))
        {
            int position = source.StartOf(index),
                end = source.StartOf(index + 1);
            if (position == end)
            {
                if (!source.TryFindImport(index, out var import))
                    continue;
                var origin = import.Block;
                if (ReferenceEquals(origin, source))
                    stack.Push(import.Index);
                else if (import.IsLeaf)
                    Hold(origin);
                else
                {
                    Volatile.Write(ref tape.heldBy, id);
                    Hold((object)tape);
                    return;
                }
                continue;
            }
            ref ulong seen = ref source.Alias(index);
            if (Volatile.Read(ref seen) - Block.Key <= Block.NoAlias)
                continue;
            Volatile.Write(ref seen, Block.Key | Block.NoAlias);
            for (; position < end; position++)
                stack.Push(source.Argument(position));
        }
        GC.KeepAlive(tape); // it holds what the imports lead to
    }
}
