using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Zautograd;

/// <summary>The reverse sweep: newest segment first, multiplying slopes and adding. It knows no operators.</summary>
/// <remarks>
/// An adjoint of 0 contributes nothing and a slope of 0 contributes nothing, even where the other factor is infinite:
/// no NaN comes out of a branch that does not count.
/// </remarks>
internal sealed class Sweep
{
    [ThreadStatic]
    static Sweep? current;

    /// <summary>One segment that the root depends on, and which of its records.</summary>
    struct Part
    {
        internal Block Block;
        internal int Segment;
        internal ulong[] Reached; // a bit for each record, and one for Held: this sweep's own, so that gathering needs no locks
        internal bool IsFresh; // never swept before: all its adjoints but the leaves' are 0
        internal (int First, int End) Imports; // those that were there when it was gathered: its thread may still be recording
        internal bool IsWhole; // which records are reached has not been asked: it is fresh, so that the others pass nothing on

        internal int Top; // the last record that is reached: what comes after it may have no valid adjoint

        internal readonly bool IsReached(int index) => IsWhole ? index <= Top : IsSet(Reached, index);
    }

    const int Held = Block.Records; // the bit of a part whose tape is held, and with it all that its imports lead to

    readonly List<Part> parts = []; // newest first
    readonly PriorityQueue<Part, long> waiting = new();
    readonly Dictionary<long, ulong[]> reachedOf = [];
    readonly Stack<ulong[]> bitmaps = new();
    readonly byte[] marks = new byte[Block.Records + 64]; // all 0 between two uses
    readonly List<Block> locked = [];
    readonly LeafSums leaves = new();

    internal static void From(Tape tape, int index)
    {
        var block = tape.Block;
        if (block.IsLeaf(index))
        {
            lock (block.Leaves)
                block.Grad(index) += 1;
            return;
        }
        int segment = block.SegmentOf(index);
        if (!TrySweepAlone(block, segment, index))
            (current ??= new Sweep()).SweepAll(block, segment, index);
        Tape.EndStep(tape, index);
        GC.KeepAlive(tape); // it holds what the imports lead to
    }

    /// <summary>The usual case: never swept before, so that all adjoints but the leaves' are 0, and only leaves imported.</summary>
    static bool TrySweepAlone(Block block, int segment, int root)
    {
        ref var whole = ref block.SegmentAt(segment);
        if (whole.ImportsInner)
            return false;
        lock (block)
        {
            if (whole.Swept)
                return false;
            whole.Swept = true;
            lock (block.Leaves)
            {
                block.Grad(root) = 1;
                Propagate(block, root, whole.Start);
            }
            HandOver(block, segment, root);
        }
        return true;
    }

    /// <summary>All records from one down to another. Most were computed from the one before: its adjoint stays at hand.</summary>
    static void Propagate(Block block, int top, int start)
    {
        block.ClearAdjoints(top);
        double adjoint = block.Adjoint(top);
        for (int index = top; ; )
        {
            uint link = block.Link(index);
            if (adjoint == 0 || !double.IsFinite(adjoint) || Block.IsListed(link))
            {
                Propagate(block, index);
                if (--index < start)
                    return;
                adjoint = block.Adjoint(index);
                continue;
            }
            int i = Block.FirstOf(link),
                j = Block.SecondOf(link);
            ref double slope = ref block.Slopes(index);
            Block.PrefetchBefore(ref slope);
            double first = block.Adjoint(i) + slope * adjoint,
                second = block.Adjoint(j) + Unsafe.Add(ref slope, 1) * adjoint;
            block.Adjoint(i) = first;
            block.Adjoint(j) = second;
            if (--index < start)
                return;
            adjoint =
                i == index ? first
                : j == index ? second
                : block.Adjoint(index);
        }
    }

    /// <summary>A record's adjoint, times its slopes, goes to its arguments.</summary>
    static void Propagate(Block block, int index)
    {
        double adjoint = block.Adjoint(index);
        if (adjoint == 0)
            return;
        uint link = block.Link(index);
        if (!Block.IsListed(link))
        {
            ref double slope = ref block.Slopes(index);
            AddTo(ref block.Adjoint(Block.FirstOf(link)), slope, adjoint);
            AddTo(ref block.Adjoint(Block.SecondOf(link)), Unsafe.Add(ref slope, 1), adjoint);
            return;
        }
        var (position, count, arrangement) = block.ListOf(index);
        int end = position + count;
        if (double.IsFinite(adjoint))
        {
            if (arrangement != Arrangement.Scattered)
                position = PropagateRuns(block, arrangement, position, end, adjoint);
            for (; position < end; position++)
                block.Adjoint(block.Argument(position)) += block.Slope(position) * adjoint;
            return;
        }
        for (; position < end; position++)
            AddTo(ref block.Adjoint(block.Argument(position)), block.Slope(position), adjoint);
    }

    static void AddTo(ref double target, double slope, double adjoint)
    {
        if (slope != 0)
            target += slope * adjoint;
    }

    /// <summary>The arguments that stand in runs; gives the first that is left.</summary>
    static int PropagateRuns(Block block, Arrangement arrangement, int position, int end, double adjoint)
    {
        int count = end - position,
            length = arrangement switch
            {
                Arrangement.Run => count,
                Arrangement.RunAndOne => count - 1,
                _ => count / 2,
            };
        block.AddToRun(position, length, adjoint);
        position += length;
        if (arrangement != Arrangement.TwoRuns)
            return position;
        block.AddToRun(position, length, adjoint);
        return position + length;
    }

    /// <summary>The adjoints of aliases go to what they stand for, of those that stand before the root.</summary>
    static void HandOver(Block block, int segment, int root)
    {
        var (first, end) = block.ImportsOf(segment);
        Block? leaves = null; // whose lock is held: one at a time, so no order can dead-lock
        try
        {
            for (int i = first; i < end && block.Imports[i].Alias <= root; i++)
            {
                var import = block.Imports[i];
                double adjoint = block.Adjoint(import.Alias);
                if (adjoint == 0)
                    continue;
                var source = import.Block;
                if (import.IsLeaf && !ReferenceEquals(leaves, source))
                {
                    Release(leaves);
                    leaves = source;
                    Monitor.Enter(leaves.Leaves);
                }
                source.Grad(import.Index) += adjoint;
            }
        }
        finally
        {
            Release(leaves);
        }

        static void Release(Block? block)
        {
            if (block is not null)
                Monitor.Exit(block.Leaves);
        }
    }

    static bool IsSet(ulong[] bits, int index) => (bits[index >> 6] >> index & 1) != 0;

    static void Set(ulong[] bits, int index) => bits[index >> 6] |= 1UL << index;

    /// <summary>The general case: over several segments, or over one that shows the gradients of an earlier sweep.</summary>
    void SweepAll(Block block, int segment, int root)
    {
        if (!TrySweep(block, segment, root, isFresh: true))
            TrySweep(block, segment, root, isFresh: false);
    }

    /// <summary>Whether it was done: not if all segments were to be fresh, and one is not.</summary>
    bool TrySweep(Block block, int segment, int root, bool isFresh)
    {
        try
        {
            if (!TryGather(block, segment, root, isFresh))
                return false;
            foreach (var part in parts)
                locked.Add(part.Block);
            locked.Sort(static (a, b) => a.Id.CompareTo(b.Id)); // one order for all threads
            int entered = 0;
            try
            {
                for (; entered < locked.Count; entered++)
                    Monitor.Enter(locked[entered]);
                if (isFresh)
                    foreach (var part in parts)
                        if (part.Block.SegmentAt(part.Segment).Swept) // by another thread, since it was gathered
                            return false;
                foreach (ref var part in CollectionsMarshal.AsSpan(parts))
                    Reset(ref part);
                block.Grad(root) = 1;
                foreach (var part in parts)
                {
                    TakeOver(part);
                    lock (part.Block.Leaves)
                        SweepReached(part);
                    Leave(part);
                }

                leaves.HandOver();
                return true;
            }
            finally
            {
                while (entered > 0)
                    Monitor.Exit(locked[--entered]);
            }
        }
        finally
        {
            foreach (var part in parts)
                bitmaps.Push(part.Reached);
            foreach (var (part, _) in waiting.UnorderedItems)
                bitmaps.Push(part.Reached);
            parts.Clear();
            waiting.Clear();
            reachedOf.Clear();
            locked.Clear();
            leaves.Clear();
        }
    }

    /// <summary>
    /// Aliases begin where the newer segments left off, so that contributions are added in one order, newest first, wherever a block
    /// happens to end: the same program gives the same gradient bit for bit.
    /// </summary>
    void TakeOver(Part part)
    {
        for (int i = part.Imports.First; i < part.Imports.End; i++)
        {
            var import = part.Block.Imports[i];
            if (!part.IsReached(import.Alias))
                continue;
            var source = import.Block;
            if (!import.IsLeaf)
            {
                part.Block.Grad(import.Alias) = source.Grad(import.Index);
                source.Adjoint(import.Index) = 0;
            }
            else if (leaves.TryTake(source, import.Index, out double adjoint))
                part.Block.Grad(import.Alias) = adjoint;
        }

        // leaves that stand in this very segment get what newer ones had for them, before their own
        var (start, end) = part.Block.RecordsOf(part.Segment);
        leaves.HandOver(part.Block, start, end);
    }

    /// <summary>The adjoints of aliases go on to what they stand for; those of leaves wait for the older segments' contributions.</summary>
    void Leave(Part part)
    {
        for (int i = part.Imports.First; i < part.Imports.End; i++)
        {
            var import = part.Block.Imports[i];
            if (!part.IsReached(import.Alias))
                continue;
            double adjoint = part.Block.Adjoint(import.Alias);
            if (adjoint == 0)
                continue;
            if (import.IsLeaf)
                leaves.Add(import.Block, import.Index, adjoint);
            else
                import.Block.Grad(import.Index) += adjoint;
        }
    }

    /// <summary>Finds all that the root depends on: segments newest first, and within each the records from the top down. In fresh segments all
    /// records do as well, as long as what their imports lead to is held; false if the segments were to be fresh, and one is not.</summary>
    bool TryGather(Block block, int segment, int root, bool isFresh)
    {
        Reach(block, segment, root, isHeld: true);
        while (waiting.TryDequeue(out var part, out _))
        {
            part.IsWhole = isFresh && IsSet(part.Reached, Held);
            part.Top = Last(part.Reached, Block.Records - 1);
            if (!part.IsWhole)
                Spread(part.Block, part.Reached);
            part.Imports = part.Block.ImportsOf(part.Segment);
            parts.Add(part);
            if (isFresh && part.Block.SegmentAt(part.Segment).Swept)
                return false;
            for (int i = part.Imports.First; i < part.Imports.End; i++)
            {
                var import = part.Block.Imports[i];
                if (import.IsLeaf || !part.IsReached(import.Alias))
                    continue;
                var source = import.Block;
                bool isHeld = part.IsWhole && (ReferenceEquals(source, part.Block) || source.IsDeep(import.Index));
                Reach(source, source.SegmentOf(import.Index), import.Index, isHeld);
            }
        }
        return true;
    }

    /// <summary>From the records that are set to all that they were computed from in their segment, by a byte for each: a bit would have to wait
    /// for the one set before it.</summary>
    void Spread(Block block, ulong[] bits)
    {
        int top = Last(bits, Block.Records - 1);
        for (int index = top; index >= 0; index = Last(bits, index - 1))
            marks[index] = 1;
        for (int index = top; index >= 0; index = LastMark(marks, index))
            block.MarkArguments(index, marks);
        for (int word = top >> 6; word >= 0; word--)
        {
            var some = marks.AsSpan(word << 6, 64);
            bits[word] = Vector512.GreaterThan(Vector512.Create<byte>(some), Vector512<byte>.Zero).ExtractMostSignificantBits();
            some.Fill(0);
        }
    }

    /// <summary>The last record below an index that is marked, usually the one next to it; -1 if there is none.</summary>
    internal static int LastMark(ReadOnlySpan<byte> marks, int index) =>
        index > 0 && marks[index - 1] != 0 ? index - 1 : marks[..index].LastIndexOf((byte)1);

    void Reach(Block block, int segment, int index, bool isHeld)
    {
        long number = block.SegmentAt(segment).Number;
        if (!reachedOf.TryGetValue(number, out var bits))
        {
            if (!bitmaps.TryPop(out bits))
                bits = new ulong[(Block.Records >> 6) + 1];
            Array.Clear(bits);
            reachedOf.Add(number, bits);
            waiting.Enqueue(
                new Part
                {
                    Block = block,
                    Segment = segment,
                    Reached = bits,
                },
                -number
            );
        }
        Set(bits, index);
        if (isHeld)
            Set(bits, Held);
    }

    static void Reset(ref Part part)
    {
        var (block, bits) = (part.Block, part.Reached);
        ref var segment = ref block.SegmentAt(part.Segment);
        part.IsFresh = !segment.Swept;
        if (segment.Swept)
            for (int index = Last(bits, Block.Records - 1); index >= 0; index = Last(bits, index - 1))
                if (!block.IsLeaf(index) || block.TryFindImport(index, out _))
                    block.Adjoint(index) = 0;
        segment.Swept = true;
    }

    static void SweepReached(Part part)
    {
        var (block, bits) = (part.Block, part.Reached);
        int index = Last(bits, Block.Records - 1);
        if (part.IsFresh) // what is not reached passes nothing on
            Propagate(block, index, block.SegmentAt(part.Segment).Start);
        else
            for (; index >= 0; index = Last(bits, index - 1))
                Propagate(block, index);
    }

    /// <summary>The last bit set at or below an index; -1 if there is none.</summary>
    static int Last(ulong[] bits, int index)
    {
        if (index < 0)
            return -1;
        int word = index >> 6;
        ulong left = bits[word] & ulong.MaxValue >> (63 - (index & 63));
        while (left == 0)
        {
            if (--word < 0)
                return -1;
            left = bits[word];
        }
        return word << 6 | BitOperations.Log2(left);
    }
}
