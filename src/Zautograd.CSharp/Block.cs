using System.Runtime.CompilerServices;
using System.Runtime.ConstrainedExecution;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Zautograd;

/// <summary>The memory of a tape: numbers only, in arrays that never move, and no reference to any other block.</summary>
/// <remarks>
/// <para>The arrays are fields of this object, so that a <c>ref</c> into them (what <c>Data</c> and <c>Grad</c> return) keeps it alive:
/// a block is used again only when the garbage collector has proved that nobody can see it any more.</para>
/// <para>A record has two arguments and their slopes; an argument that is the record itself, with slope 0, stands for none: so the sweep of all
/// records is one. A leaf has none, nor has the alias of a record elsewhere. A record of more arguments has a list of them. Where they stand
/// there in runs of neighbours (<see cref="Arrangement"/>), a sweep takes them a vector at a time.</para>
/// <para>Adjoints are not written before somebody asks for one (<see cref="Grad"/>), a whole block at a time.</para>
/// <para>The records between two calls of Backward form a segment; arguments are always in the record's own segment, so a sweep never
/// looks at the steps before. Segments have numbers that grow over the whole process, and aliases lead to lower numbers.</para>
/// <para>No bounds are checked: every index is made by <see cref="Tape"/>, which reserves room before it writes.</para>
/// </remarks>
internal sealed class Block : CriticalFinalizerObject // so that the users' finalizers, which may look at values, run first
{
    internal const int Records = 1 << 13; // an index leaves three bits of sixteen
    internal const int Arguments = 10 * Records; // in lists
    internal const int Bytes = 45 * Records + 10 * Arguments + 32 * Segments;
    internal const int MostPooled = 64; // but for as many more as large graphs have lately used at once
    const int Segments = 512;
    internal const int NoAlias = 0xFFFF;
    const uint Listed = 1u << 31,
        Deep = 1u << 30,
        Second = 1u << 16,
        IndexMask = Records - 1;
    const int Beyond = 32; // a run is copied in whole vectors, which may reach so far beyond its end

    [InlineArray(Records + Beyond)]
    struct Doubles
    {
        double first;
    }

    [InlineArray(2 * Records)]
    struct Pairs
    {
        double first;
    }

    [InlineArray(Records)]
    struct Words
    {
        ulong first;
    }

    [InlineArray(Records)]
    struct HalfWords
    {
        uint first;
    }

    [InlineArray(Records)]
    struct Operations
    {
        Operation first;
    }

    [InlineArray(Arguments + Beyond)]
    struct ArgumentIndices
    {
        ushort first;
    }

    [InlineArray(Arguments + Beyond)]
    struct ArgumentSlopes
    {
        double first;
    }

    [InlineArray(Segments)]
    struct SegmentList
    {
        Segment first;
    }

    Doubles values;
    Doubles adjoints;
    Words aliases; // segment number << 16 | index of the alias there: one word, so never torn
    HalfWords links; // whether the arguments are a list << 31 | whether the record is deep << 30 | second argument << 16 | first argument
    Operations operations; // for second derivatives (Notes); of a leaf it says nothing
    Pairs slopes; // of the two arguments; or, for a list, its position << 32 | its length << 2 | its arrangement
    ArgumentIndices arguments; // those in lists
    ArgumentSlopes argumentSlopes;
    SegmentList segments;

    internal int Count;
    internal int ArgumentCount; // in lists
    int cleared; // so many adjoints are valid
    internal int Start; // of the open segment
    int argumentStart;
    internal ulong Key; // the open segment's number << 16
    bool hasDeep; // whether a record of the open segment is
    int segmentCount;
    internal Import[] Imports = new Import[64];
    internal int ImportCount;
    internal long HeldBy; // the tape that last took hold of this block

    internal readonly nint Handle; // weak, for the imports: they must not keep blocks alive, tapes do
    internal readonly int Id;
    internal readonly object Leaves = new(); // guards the adjoints of leaves, the block's own monitor all others; a Lock's handle would not come back to life

    internal const int MostAtOnce = 64 * MostPooled; // in the pool
    static readonly Pool<Block> Pool = new(MostAtOnce);
    static long lastNumber;
    static int lastId;
    static int alive;
    static int mostUsed; // at once, of late, those among them that were dead and not found yet

    Block()
    {
        Handle = GCHandle.ToIntPtr(GCHandle.Alloc(this, GCHandleType.WeakTrackResurrection));
        Id = Interlocked.Increment(ref lastId);
        if (Interlocked.Increment(ref alive) > MostPooled)
            Collector.Watch();
    }

    // Nobody can see this block any more: it comes back to life in the pool.
    ~Block()
    {
        GC.ReRegisterForFinalize(this);
        if (!Pool.TryPush(this, ToKeep))
        {
            GC.SuppressFinalize(this);
            GiveUp();
        }
        Collector.Found();
    }

    void GiveUp()
    {
        GCHandle.FromIntPtr(Handle).Free();
        Interlocked.Decrement(ref alive);
        Collector.Dropped();
    }

    /// <summary>How many blocks are not in the pool, be it that nobody can see them any more.</summary>
    internal static int InUse => Alive - Pool.Count;

    static int ToKeep => Math.Max(MostPooled, Volatile.Read(ref mostUsed));

    /// <summary>After a collection of generation 2: what large graphs no longer need is given up, soon if it was not the tape's own.</summary>
    internal static void Trim(bool isOwn)
    {
        int used = Volatile.Read(ref mostUsed);
        mostUsed = isOwn ? used - used / 64 : used / 4; // who still uses more raises it again
        while (Pool.Count > ToKeep && Pool.TryPop() is { } block)
        {
            GC.SuppressFinalize(block);
            block.GiveUp();
        }
    }

    /// <summary>How many blocks exist, in use or in the pool.</summary>
    internal static int Alive => Volatile.Read(ref alive);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ref double Value(int index) => ref Unsafe.Add(ref Unsafe.As<Doubles, double>(ref values), (nint)(uint)index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ref double Adjoint(int index) => ref Unsafe.Add(ref Unsafe.As<Doubles, double>(ref adjoints), (nint)(uint)index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ref ulong Alias(int index) => ref Unsafe.Add(ref Unsafe.As<Words, ulong>(ref aliases), (nint)(uint)index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ref uint Link(int index) => ref Unsafe.Add(ref Unsafe.As<HalfWords, uint>(ref links), (nint)(uint)index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ref Operation Operation(int index) => ref Unsafe.Add(ref Unsafe.As<Operations, Operation>(ref operations), (nint)(uint)index);

    /// <summary>The slope of a record's first argument; that of the second one follows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ref double Slopes(int index) => ref Unsafe.Add(ref Unsafe.As<Pairs, double>(ref slopes), (nint)(uint)(2 * index));

    ref ulong List(int index) => ref Unsafe.As<double, ulong>(ref Slopes(index));

    internal static bool IsListed(uint link) => (int)link < 0;

    internal static int FirstOf(uint link) => (int)(link & IndexMask);

    internal static int SecondOf(uint link) => (int)(link >> 16 & IndexMask);

    /// <summary>Where the list of a record's arguments begins, and how long it is.</summary>
    internal (int Position, int Count, Arrangement Arrangement) ListOf(int index)
    {
        ulong list = List(index);
        return ((int)(list >> 32), (int)(uint)list >> 2, (Arrangement)(list & 3));
    }

    /// <summary>Marks the arguments of a record, and maybe itself.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void MarkArguments(int index, Span<byte> marks)
    {
        uint link = Link(index);
        marks[FirstOf(link)] = marks[SecondOf(link)] = 1;
        if (!IsListed(link))
            return;
        var (position, count, _) = ListOf(index);
        for (int end = position + count; position < end; position++)
            marks[Argument(position)] = 1;
    }

    /// <summary>Whether the record was computed, in any number of steps, from an intermediate of another block.</summary>
    internal bool IsDeep(int index) => (Link(index) & Deep) != 0;

    /// <summary>Whether there is room for a record without a list.</summary>
    internal bool HasRoom => Count < Records;

    /// <summary>How many arguments there is room for in lists.</summary>
    internal int Spare => Arguments - ArgumentCount;

    /// <summary>The depth of a record whose list stands already behind the last one.</summary>
    uint DepthOfNext(int argumentCount)
    {
        uint depth = 0;
        if (hasDeep)
            for (int position = ArgumentCount; position < ArgumentCount + argumentCount; position++)
                depth |= Link(Argument(position));
        return depth & Deep;
    }

    /// <summary>The adjoint of any record: 0 before a sweep came by.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ref double Grad(int index)
    {
        ClearAdjoints(index);
        return ref Adjoint(index);
    }

    /// <summary>Makes the adjoints valid up to a record, whatever a graph long gone has left there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void ClearAdjoints(int index)
    {
        if (index >= Volatile.Read(ref cleared))
            ClearAdjoints();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    void ClearAdjoints()
    {
        lock (Leaves)
        {
            int count = Volatile.Read(ref Count);
            if (count <= cleared)
                return;
            MemoryMarshal.CreateSpan(ref Adjoint(cleared), count - cleared).Fill(0);
            Volatile.Write(ref cleared, count);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ref ushort Argument(int position) =>
        ref Unsafe.Add(ref Unsafe.As<ArgumentIndices, ushort>(ref arguments), (nint)(uint)position);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ref double Slope(int position) =>
        ref Unsafe.Add(ref Unsafe.As<ArgumentSlopes, double>(ref argumentSlopes), (nint)(uint)position);

    internal ref Segment SegmentAt(int segment) => ref Unsafe.Add(ref Unsafe.As<SegmentList, Segment>(ref segments), (nint)(uint)segment);

    /// <summary>Whether the record has no arguments. (An alias has none either, but no user ever holds one.)</summary>
    internal bool IsLeaf(int index) => (Link(index) & (Listed | IndexMask)) == (uint)index;

    /// <summary>How many arguments a record has.</summary>
    internal int ArgumentsOf(int index) =>
        IsListed(Link(index)) ? ListOf(index).Count
        : IsLeaf(index) ? 0
        : SecondOf(Link(index)) == index ? 1
        : 2;

    /// <summary>Appends a leaf.</summary>
    internal int Append(double value) => Append(default, value, (uint)Count * (1 + Second), Vector128<double>.Zero);

    /// <summary>Appends a record for an intermediate that stands elsewhere.</summary>
    internal int AppendAlias(double value, bool isDeep)
    {
        hasDeep |= isDeep;
        int index = Append(value);
        if (isDeep)
            Link(index) |= Deep;
        return index;
    }

    /// <summary>Appends a record of one argument.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int Append(Operation operation, double value, ulong i, double slope) =>
        Append(operation, value, (uint)i | (uint)Count << 16 | Link((int)i) & Deep, Vector128.CreateScalar(slope));

    /// <summary>Appends a record of two different arguments.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int Append(Operation operation, double value, ulong i, double slopeA, ulong j, double slopeB) =>
        Append(operation, value, (uint)i | (uint)j << 16 | (Link((int)i) | Link((int)j)) & Deep, Vector128.Create(slopeA, slopeB));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    int Append(Operation operation, double value, uint link, Vector128<double> slopes)
    {
        int index = Count;
        Link(index) = link;
        Operation(index) = operation;
        Value(index) = value;
        slopes.StoreUnsafe(ref Slopes(index));
        Count = index + 1;
        return index;
    }

    /// <summary>Asks for the slopes that a sweep will come to a page further down: by itself the processor looks ahead within a page only, and the
    /// sweep of a large graph waits for its memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static unsafe void PrefetchBefore(ref double slope)
    {
        if (Sse.IsSupported)
            Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.Subtract(ref slope, 4096 / sizeof(double))));
    }

    /// <summary>Appends a record whose arguments stand already behind those of the last list.</summary>
    internal int AppendMany(Operation operation, double value, int argumentCount, Arrangement arrangement = Arrangement.Scattered)
    {
        uint depth = DepthOfNext(argumentCount);
        int index = Append(value);
        Operation(index) = operation;
        Link(index) |= Listed | depth;
        List(index) = (ulong)ArgumentCount << 32 | (uint)argumentCount << 2 | (uint)arrangement;
        ArgumentCount += argumentCount;
        return index;
    }

    /// <summary>Writes a run of neighbours as arguments, from a place on, with their slopes: numbers of a run of some block.</summary>
    internal void WriteRun(int position, int first, ref readonly double slopes, int length)
    {
        WriteIndices(position, first, length);
        ref double slope = ref Slope(position);
        for (int i = 0; i < length; i += Vector512<double>.Count)
            Vector512.LoadUnsafe(in slopes, (nuint)i).StoreUnsafe(ref slope, (nuint)i);
    }

    /// <summary>Writes a run of neighbours as arguments, from a place on, with their slopes.</summary>
    internal void WriteRun(int position, int first, ReadOnlySpan<double> slopes)
    {
        WriteIndices(position, first, slopes.Length);
        slopes.CopyTo(MemoryMarshal.CreateSpan(ref Slope(position), slopes.Length));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void WriteIndices(int position, int first, int length)
    {
        var index = Vector256.Create((ushort)first) + Vector256<ushort>.Indices;
        ref ushort argument = ref Argument(position);
        for (int i = 0; i < length; i += Vector256<ushort>.Count)
        {
            index.StoreUnsafe(ref argument, (nuint)i);
            index += Vector256.Create((ushort)Vector256<ushort>.Count);
        }
    }

    /// <summary>Adds to the adjoints of a run of arguments: slope times adjoint, as one by one.</summary>
    internal void AddToRun(int position, int length, double adjoint)
    {
        ref double target = ref Adjoint(Argument(position));
        ref double slope = ref Slope(position);
        var factor = Vector512.Create(adjoint);
        int i = 0;
        for (; i <= length - Vector512<double>.Count; i += Vector512<double>.Count)
            (Vector512.LoadUnsafe(ref target, (nuint)i) + Vector512.LoadUnsafe(ref slope, (nuint)i) * factor).StoreUnsafe(
                ref target,
                (nuint)i
            );
        for (; i < length; i++)
            Unsafe.Add(ref target, i) += Unsafe.Add(ref slope, i) * adjoint;
    }

    /// <summary>The segment a record is in.</summary>
    internal int SegmentOf(int index)
    {
        int low = 0,
            high = Volatile.Read(ref segmentCount) - 1;
        while (low < high)
        {
            int middle = (low + high + 1) >>> 1;
            if (SegmentAt(middle).Start <= index)
                low = middle;
            else
                high = middle - 1;
        }
        return low;
    }

    /// <summary>The records of a segment: first and end, so far.</summary>
    internal (int First, int End) RecordsOf(int segment) =>
        (SegmentAt(segment).Start, segment + 1 < Volatile.Read(ref segmentCount) ? SegmentAt(segment + 1).Start : Count);

    /// <summary>The imports of a segment: first and end.</summary>
    internal (int First, int End) ImportsOf(int segment) =>
        (SegmentAt(segment).FirstImport, segment + 1 < Volatile.Read(ref segmentCount) ? SegmentAt(segment + 1).FirstImport : ImportCount);

    /// <summary>What an alias stands for; false if the record is no alias.</summary>
    internal bool TryFindImport(int index, out Import import)
    {
        var imports = Imports;
        int low = 0,
            high = Math.Min(Volatile.Read(ref ImportCount), imports.Length) - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            import = imports[middle];
            if (import.Alias == index)
                return true;
            if (import.Alias < index)
                low = middle + 1;
            else
                high = middle - 1;
        }
        import = default;
        return false;
    }

    /// <summary>The open segment.</summary>
    internal ref Segment Open => ref SegmentAt(segmentCount - 1);

    /// <summary>Begins a segment with a number higher than all others, if one more step like the last would fit.</summary>
    internal bool TryBeginSegment()
    {
        if (segmentCount > 0)
        {
            int records = Count - Start,
                used = ArgumentCount - argumentStart;
            if (segmentCount == Segments || Count + records >= Records || ArgumentCount + used >= Arguments)
                return false;
        }
        long number = Interlocked.Increment(ref lastNumber);
        SegmentAt(segmentCount) = new Segment
        {
            Number = number,
            Start = Count,
            FirstImport = ImportCount,
        };
        Start = Count;
        argumentStart = ArgumentCount;
        hasDeep = false;
        Key = (ulong)number << 16;
        Volatile.Write(ref segmentCount, segmentCount + 1);
        return true;
    }

    void Clear()
    {
        Count = ArgumentCount = ImportCount = segmentCount = cleared = 0;
        TryBeginSegment();
    }

    /// <summary>An empty block: now and then one that a collection finds, else from the pool, else a new one.</summary>
    internal static Block Take()
    {
        var block = Collector.TryCollect(Pool) ?? Pool.TryPop() ?? new Block();
        mostUsed = Math.Max(mostUsed, InUse);
        block.Clear();
        return block;
    }
}

/// <summary>How the arguments of a record stand: anyhow, or in runs of neighbours.</summary>
internal enum Arrangement
{
    Scattered,
    Run,
    RunAndOne,
    TwoRuns, // of one length, and maybe one more argument
}

/// <summary>The records between two calls of Backward.</summary>
internal struct Segment
{
    internal long Number;
    internal int Start;
    internal int FirstImport;
    internal bool ImportsInner; // whether an alias here stands for a record that has arguments itself
    internal bool Swept;
}

/// <summary>An alias and what it stands for.</summary>
internal struct Import
{
    internal nint Source; // Block.Handle
    internal int Index;
    internal ushort Alias;
    internal bool IsLeaf;

    internal readonly Block Block => Unsafe.As<Block>(GCHandle.FromIntPtr(Source).Target)!;
}
