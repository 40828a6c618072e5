using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Zautograd;

/// <summary>Asks for a garbage collection when many blocks are in use and that is cheaper than more memory.</summary>
/// <remarks>
/// A loop which allocates nothing would never be collected, and its dead blocks never found. How many blocks are taken before a
/// collection is worth its price adapts: more where collections take more than their share of the time, as beside a large heap, though not
/// much more than that heap; and at least a third of the blocks in use, for the last collection left the others alive.
/// Blocks that wait in the pool do not put it off: a few that stay in the cache are better than many.
/// </remarks>
internal static class Collector
{
    const int Few = 8; // so many blocks still fit into the cache
    const int Most = Block.MostPooled / 2; // and beyond this, more of them do not pay where collections are cheap
    const int Share = 20; // collections are to take at most one part in so many of the time
    static readonly long Patience = Stopwatch.Frequency / 100,
        Grace = Stopwatch.Frequency / 5000;

    static int budget = Few; // so many blocks may be taken before a collection
    static int found; // blocks that came back since the last one
    static long taken; // blocks asked for since the last one
    static int dropped,
        droppedSince; // blocks given up since a collection of generation 2, whose memory the next one frees
    static int busy,
        passes,
        watching;
    static bool isOwn; // the collection whose finalizers run next
    static long machine; // how many bytes of memory it has
    static long lastEnd,
        usualCost = Stopwatch.Frequency;

    /// <summary>For tests and benchmarks.</summary>
    internal static int Collections;
    internal static long Ticks;

    internal static void Found() => Interlocked.Increment(ref found);

    internal static void Dropped()
    {
        ForgetFreed();
        Interlocked.Increment(ref dropped);
    }

    static void ForgetFreed()
    {
        int now = GC.CollectionCount(2);
        if (Interlocked.Exchange(ref droppedSince, now) != now)
            Volatile.Write(ref dropped, 0);
    }

    /// <summary>A block that a collection found, or null: take another one.</summary>
    internal static Block? TryCollect(Pool<Block> pool)
    {
        int inUse = Block.InUse;
        long asked = Interlocked.Increment(ref taken);
        if (Math.Min(inUse, asked) <= Volatile.Read(ref budget) || 3 * asked < inUse || Interlocked.Exchange(ref busy, 1) != 0)
            return null;
        var block = Collect(pool);
        Volatile.Write(ref busy, 0);
        return block;
    }

    /// <summary>How many blocks may be dead at once: as much memory as twice the rest of the heap (a block is seldom full), and no more than
    /// an eighth of the machine's.</summary>
    static int MostDead()
    {
        ForgetFreed();
        long rest = GC.GetTotalMemory(false) - (long)Block.Bytes * (Block.Alive + Volatile.Read(ref dropped));
        if (machine == 0)
            machine = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes; // known after a collection; it allocates, so it is asked once
        return (int)Math.Clamp(Math.Min(2 * rest, machine / 8) / Block.Bytes, Most, Block.MostAtOnce);
    }

    static Block? Collect(Pool<Block> pool)
    {
        Watch();
        Volatile.Write(ref found, 0);
        Volatile.Write(ref taken, 0);
        Volatile.Write(ref isOwn, true);
        int passesBefore = Volatile.Read(ref passes);
        long begin = Stopwatch.GetTimestamp();
        GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: false);

        if (pool.Count == 0)
            AwaitFinalizers(begin, passesBefore);

        long end = Stopwatch.GetTimestamp(),
            cost = end - begin;
        usualCost = Math.Min(cost, usualCost + usualCost / 8); // a single slow one says little
        double tooOften = Share * (double)usualCost / Math.Max(1, begin - lastEnd);
        if (tooOften > 1)
            budget += (int)Math.Clamp(budget * (tooOften - 1), Few / 2, budget);
        budget = Math.Min(budget, MostDead());
        lastEnd = end;
        Collections++;
        Ticks += cost;
        return pool.TryPop();
    }

    /// <summary>Until they have brought a block back, or have been round without one.</summary>
    static void AwaitFinalizers(long begin, int passesBefore)
    {
        // Not WaitForPendingFinalizers: somebody's finalizer may be waiting for a lock that this very thread holds.
        var spin = new SpinWait();
        long passed = 0,
            now;
        while (Volatile.Read(ref found) == 0 && (now = Stopwatch.GetTimestamp()) - begin < Patience)
        {
            if (passed == 0 && Volatile.Read(ref passes) != passesBefore)
                passed = now;
            if (passed != 0 && now - passed > Grace)
                break;
            spin.SpinOnce(sleep1Threshold: -1); // a sleep would last longer than they take
        }
    }

    /// <summary>From now on every collection of generation 2 is noticed.</summary>
    internal static void Watch()
    {
        if (Volatile.Read(ref watching) == 0 && Interlocked.Exchange(ref watching, 1) == 0)
            Canary.Release();
    }

    /// <summary>An object that nobody ever sees: it tells that the finalizers have run.</summary>
    sealed class Canary
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        internal static void Release() => _ = new Canary();

        ~Canary()
        {
            Interlocked.Increment(ref passes);
            Block.Trim(isOwn);
            Volatile.Write(ref isOwn, false);
            GC.ReRegisterForFinalize(this);
        }
    }
}
