using System.Numerics;
using System.Runtime.CompilerServices;

namespace Zautograd;

/// <summary>What a sweep has for each leaf so far, until it comes to the segment that the leaf stands in, or to its end.</summary>
internal sealed class LeafSums
{
    sealed class OfBlock
    {
        internal readonly double[] Sums = new double[Block.Records];
        internal readonly ulong[] Some = new ulong[Block.Records >> 6]; // a bit for each leaf that has a sum
    }

    readonly Dictionary<Block, OfBlock> blocks = [];
    readonly Stack<OfBlock> spare = new();
    Block? lastBlock;
    OfBlock? last; // most leaves stand beside one another

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Add(Block block, int index, double adjoint)
    {
        var of = Find(block) ?? Begin(block);
        ref ulong some = ref of.Some[index >> 6];
        ulong bit = 1UL << index;
        of.Sums[index] = (some & bit) != 0 ? of.Sums[index] + adjoint : adjoint;
        some |= bit;
    }

    OfBlock Begin(Block block)
    {
        if (!spare.TryPop(out var of))
            of = new OfBlock();
        blocks.Add(block, of);
        (lastBlock, last) = (block, of);
        return of;
    }

    /// <summary>The sum of a leaf, which has none then; false if it has none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryTake(Block block, int index, out double adjoint)
    {
        adjoint = 0;
        if (Find(block) is not { } of)
            return false;
        ref ulong some = ref of.Some[index >> 6];
        ulong bit = 1UL << index;
        if ((some & bit) == 0)
            return false;
        some &= ~bit;
        adjoint = of.Sums[index];
        return true;
    }

    /// <summary>The sums of the leaves from one place in a block to another go to their gradients.</summary>
    internal void HandOver(Block block, int start, int end)
    {
        if (Find(block) is { } of)
            HandOver(block, of, start, end);
    }

    /// <summary>All that are left.</summary>
    internal void HandOver()
    {
        foreach (var (block, of) in blocks)
            HandOver(block, of, 0, Block.Records);
    }

    static void HandOver(Block block, OfBlock of, int start, int end)
    {
        lock (block.Leaves)
            for (int word = start >> 6; word << 6 < end; word++)
            {
                ulong some = of.Some[word];
                if (word == start >> 6)
                    some &= ulong.MaxValue << start;
                if (word == end >> 6)
                    some &= ~(ulong.MaxValue << end);
                of.Some[word] &= ~some;
                for (; some != 0; some &= some - 1)
                {
                    int index = word << 6 | BitOperations.TrailingZeroCount(some);
                    block.Grad(index) += of.Sums[index];
                }
            }
    }

    internal void Clear()
    {
        foreach (var of in blocks.Values)
        {
            of.Some.AsSpan().Fill(0);
            spare.Push(of);
        }
        blocks.Clear();
        lastBlock = null;
        last = null;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    OfBlock? Find(Block block) => ReferenceEquals(block, lastBlock) ? last : Look(block);

    OfBlock? Look(Block block)
    {
        lastBlock = block;
        blocks.TryGetValue(block, out last);
        return last;
    }
}
