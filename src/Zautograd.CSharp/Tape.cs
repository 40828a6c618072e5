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
internal sealed partial class Tape : CriticalFinalizerObject // so that the users' finalizers, which may look at values, run first
{
    /// <summary>More arguments than this are recorded in parts: each may need an alias, and all must fit into an empty block.</summary>
    internal const int MostArguments = Block.Records - 2;

    [ThreadStatic]
    static byte[]? toVisit;
    const int Tapes = Block.MostAtOnce;
    static readonly Pool<Tape> Pool = new(Tapes);
    static long lastId;

    internal Block Block = null!;
    object?[] held = new object?[4];
    int heldCount;
    long id;
    long heldBy; // the tape that last took hold of this one
    bool isOfLargeGraph; // it holds other tapes, and so whatever they hold
    bool beganWithinStep;
    internal Watch? Watch; // over what is computed here

    // Nobody can see this tape any more. Its block may still be seen, by tapes that imported from it.
    ~Tape()
    {
        Array.Clear(held, 0, heldCount);
        heldCount = 0;
        isOfLargeGraph = false;
        window = 0;
        Watch = null;
        Block = null!;
        GC.ReRegisterForFinalize(this);
        if (!Pool.TryPush(this, Tapes))
            GC.SuppressFinalize(this);
    }

    /// <summary>Whether there is a tape with room for a record of so many arguments that need no alias.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static bool HasRoom([NotNullWhen(true)] Tape? tape, int arguments) =>
        tape is not null && tape.Block.HasRoom && arguments <= tape.Block.Spare;

    /// <summary>The thread's tape, with room for a record of so many arguments that need no alias.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Tape Open(int arguments)
    {
        var tape = current;
        return HasRoom(tape, arguments) ? tape : Begin();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static Tape Begin()
    {
        bool isWithinStep = current is not null;
        Current = null;
        if (!hasBegun)
        {
            hasBegun = true;
            ForgetWindows();
        }
        var block = Block.Take();
        var tape = Pool.TryPop() ?? new Tape();
        tape.id = Interlocked.Increment(ref lastId);
        tape.Block = block;
        tape.beganWithinStep = isWithinStep;
        tape.Watch = Watch.Current;
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

    /// <summary>Whether it is the end of a step that filled blocks before. What a later step imports from them is no reason to begin a block.</summary>
    bool EndsLargeStep => isOfLargeGraph && beganWithinStep && Block.Start == 0;

    /// <summary>After Backward: what follows is another step. A thread does not keep a large one until then.</summary>
    internal static void EndStep(Tape tape, int index)
    {
        if (ReferenceEquals(tape, current) && index >= tape.Block.Start && (tape.EndsLargeStep || !tape.Block.TryBeginSegment()))
            Current = null;
    }

    /// <summary>Begins a segment; gives its number.</summary>
    internal static long BeginStep()
    {
        if (current is null || !current.Block.TryBeginSegment())
            Begin();
        return current!.Block.Open.Number;
    }

    /// <summary>After a derivative that swept its own way: a thread does not keep a large step.</summary>
    internal static void LeaveLargeStep()
    {
        if (current is { EndsLargeStep: true })
            Current = null;
    }

    internal static Value Leaf(double data)
    {
        var tape = current;
        return tape is not null && tape.Block.HasRoom ? new Value(tape, tape.Block.Append(data)) : LeafSlowly(data);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static Value LeafSlowly(double data)
    {
        using var pause = new Observer.Pause();
        var tape = Open(0);
        var leaf = new Value(tape, tape.Block.Append(data));
        pause.Leaf(leaf);
        return leaf;
    }

    // The caller asks for its thread's tape before all else, and no call is made where nothing has to be imported: what is in registers stays there.

    /// <summary>An operation of one argument and its slope.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Value Record(Tape? tape, Operation operation, double value, Value a, double slopeA) =>
        IsAtHand(tape, a, out var block, out ulong i)
            ? new(tape, block.Append(operation, value, i, slopeA))
            : RecordSlowly(tape, operation, value, a, slopeA);

    /// <summary>An operation of a value and a number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Value Record(Tape? tape, Operation operation, double value, Value a, double slopeA, double b) =>
        !Notes.AreWanted(operation, Notes.LinearInFirst) && IsAtHand(tape, a, out var block, out ulong i)
            ? new(tape, block.Append(Notes.WithNumber(operation, Notes.LinearInFirst), value, i, slopeA))
            : RecordSlowly(tape, operation, value, a, slopeA, b);

    /// <summary>An operation of a number and a value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Value Record(Tape? tape, Operation operation, double value, double a, Value b, double slopeB) =>
        !Notes.AreWanted(operation, Notes.LinearInSecond) && IsAtHand(tape, b, out var block, out ulong i)
            ? new(tape, block.Append(Notes.WithNumber(operation, Notes.LinearInSecond), value, i, slopeB))
            : RecordSlowly(tape, operation, value, a, b, slopeB);

    /// <summary>An operation of two values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Value Record(Tape? tape, Operation operation, double value, Value a, double slopeA, Value b, double slopeB) =>
        AreAtHand(tape, a, b, out var block, out ulong i, out ulong j)
            ? tape.Append(block, operation, value, i, slopeA, j, slopeB)
            : RecordSlowly(tape, operation, value, a, slopeA, b, slopeB);

    /// <summary>Whether there is a tape with room for a record of one or two arguments, and where an argument stands there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static bool IsAtHand([NotNullWhen(true)] Tape? tape, Value operand, out Block block, out ulong place)
    {
        Unsafe.SkipInit(out block);
        Unsafe.SkipInit(out place);
        return tape is not null && (block = tape.Block).HasRoom && (place = tape.Place(block, operand)) < Block.Records;
    }

    /// <summary>The same for both arguments.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static bool AreAtHand([NotNullWhen(true)] Tape? tape, Value a, Value b, out Block block, out ulong i, out ulong j)
    {
        Unsafe.SkipInit(out block);
        Unsafe.SkipInit(out i);
        Unsafe.SkipInit(out j);
        return tape is not null
            && (block = tape.Block).HasRoom
            && ((i = tape.Place(block, a)) | (j = tape.Place(block, b))) < Block.Records;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    Value Append(Block block, Operation operation, double value, ulong i, double slopeA, ulong j, double slopeB) =>
        i == j ? AppendJoined(operation, value, i, slopeA + slopeB) : new(this, block.Append(operation, value, i, slopeA, j, slopeB));

    /// <summary>An operation of one value with itself, x * x: one slope, and one rounding less in the sweep.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    Value AppendJoined(Operation operation, double value, ulong i, double slope) => new(this, Block.Append(operation, value, i, slope));

    /// <summary>An operation of any number of arguments: their slopes, and their numbers. A default(Value) stands for a plain number.</summary>
    internal static Value Record(
        Operation operation,
        double value,
        ReadOnlySpan<Value> arguments,
        ReadOnlySpan<double> slopes,
        ReadOnlySpan<double> numbers,
        object? rule = null
    )
    {
        using var pause = new Observer.Pause();
        var code = Notes.CodeOf(operation, arguments);
        Value result;
        while (true)
        {
            Open(arguments.Length);
            result = TryRecord(code, value, arguments, slopes);
            if (result.Tape is not null)
                break;
            Restart();
        }
        if (code >= Notes.Noted)
            Notes.Add(result, operation, rule, arguments, numbers);
        pause.Recorded(new(operation, rule, arguments, numbers, slopes, result));
        return result;
    }

    // Methods of their own, so that the fast path has no arrays of values to clear.

    [MethodImpl(MethodImplOptions.NoInlining)]
    static Value RecordSlowly(Tape? tape, Operation operation, double value, Value a, double slopeA) =>
        Observer.Alone is { } alone ? alone.Record(operation, value, a, slopeA)
        : TryRecord(tape, operation, value, a, slopeA) is { Tape: not null } result ? result
        : Lay(operation, value, a, slopeA);

    [MethodImpl(MethodImplOptions.NoInlining)]
    static Value RecordSlowly(Tape? tape, Operation operation, double value, Value a, double slopeA, double b) =>
        Observer.Alone is { } alone ? alone.Record(operation, value, a, slopeA, b)
        : TryRecord(tape, Notes.CodeWithNumber(operation, Notes.LinearInFirst), value, a, slopeA) is { Tape: not null } result
            ? Notes.Added(result, operation, default, a.Number, b)
        : Lay(operation, value, a, slopeA, b);

    [MethodImpl(MethodImplOptions.NoInlining)]
    static Value RecordSlowly(Tape? tape, Operation operation, double value, double a, Value b, double slopeB) =>
        Observer.Alone is { } alone ? alone.Record(operation, value, a, b, slopeB)
        : TryRecord(tape, Notes.CodeWithNumber(operation, Notes.LinearInSecond), value, b, slopeB) is { Tape: not null } result
            ? Notes.Added(result, operation, b, a, b.Number)
        : Lay(operation, value, a, b, slopeB);

    [MethodImpl(MethodImplOptions.NoInlining)]
    static Value RecordSlowly(Tape? tape, Operation operation, double value, Value a, double slopeA, Value b, double slopeB) =>
        Observer.Alone is { } alone ? alone.Record(operation, value, a, slopeA, b, slopeB)
        : TryRecord(tape, operation, value, a, slopeA, b, slopeB) is { Tape: not null } result ? result
        : Lay(operation, value, a, slopeA, b, slopeB);

    /// <summary>Laid out as observers see it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    static Value Lay(Operation operation, double value, Value a, double slopeA) => Record(operation, value, [a], [slopeA], [a.Number]);

    [MethodImpl(MethodImplOptions.NoInlining)]
    static Value Lay(Operation operation, double value, Value a, double slopeA, double b) =>
        Record(operation, value, [a, default], [slopeA, 0], [a.Number, b]);

    [MethodImpl(MethodImplOptions.NoInlining)]
    static Value Lay(Operation operation, double value, double a, Value b, double slopeB) =>
        Record(operation, value, [default, b], [0, slopeB], [a, b.Number]);

    [MethodImpl(MethodImplOptions.NoInlining)]
    static Value Lay(Operation operation, double value, Value a, double slopeA, Value b, double slopeB) =>
        Record(operation, value, [a, b], [slopeA, slopeB], [a.Number, b.Number]);

    /// <summary>The record, with aliases for its arguments where they need any; no value if it needs a new tape or a new segment, or if it is
    /// observed.</summary>
    internal static Value TryRecord(Tape? tape, Operation operation, double value, Value a, double slopeA) =>
        HasRoom(tape, 0) && tape.Find(tape.Block, a) is >= 0 and var i
            ? new(tape, tape.Block.Append(operation, value, (ulong)i, slopeA))
            : default;

    /// <summary>The same for two arguments.</summary>
    internal static Value TryRecord(Tape? tape, Operation operation, double value, Value a, double slopeA, Value b, double slopeB) =>
        HasRoom(tape, 0) && tape.Find(tape.Block, a) is >= 0 and var i && tape.Find(tape.Block, b) is >= 0 and var j
            ? tape.Append(tape.Block, operation, value, (ulong)i, slopeA, (ulong)j, slopeB)
            : default;

    static Value TryRecord(Operation operation, double value, ReadOnlySpan<Value> arguments, ReadOnlySpan<double> slopes)
    {
        if (arguments is [{ Tape: not null }, { Tape: not null }])
            return TryRecord(current, operation, value, arguments[0], slopes[0], arguments[1], slopes[1]);
        var tape = current!;
        var block = tape.Block;
        int position = block.ArgumentCount,
            next = position;
        for (int argument = 0; argument < arguments.Length; argument++)
        {
            if (arguments[argument].Tape is null)
                continue;
            int i = tape.Find(block, arguments[argument]);
            if (i < 0)
                return default;
            block.Argument(next) = (ushort)i;
            block.Slope(next++) = slopes[argument];
        }
        return new Value(tape, block.AppendMany(operation, value, next - position));
    }

    /// <summary>Where an operand or its alias stands in the open segment; <see cref="Block.Records"/> or more if it has none there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    ulong Place(Block block, Value operand) =>
        ReferenceEquals(operand.Tape, this) && operand.Index >= block.Start
            ? (uint)operand.Index
            : operand.Block.Alias(operand.Index) - block.Key; // small if the number is the open segment's

    /// <summary>Where an operand stands in the open segment, imported if it must be; negative if it cannot be imported here (<see cref="Restart"/>).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    int Find(Block block, Value operand)
    {
        ulong place = Place(block, operand);
        return place < Block.Records ? (int)place : Import(operand);
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

        bool isLeaf = source.IsLeaf(index),
            isDeep = !isLeaf && (!ReferenceEquals(source, block) || source.IsDeep(index));
        if (!ReferenceEquals(source, block))
            Hold(source);
        if (!isLeaf)
        {
            if (!ReferenceEquals(operand.Tape, this))
                HoldWhatItNeeds(operand.Tape!, index);
            block.Open.ImportsInner = true;
        }
        int alias = block.AppendAlias(operand.Number, isDeep);
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

    /// <summary>Takes hold of what an imported intermediate was computed from, beside its own block: of its tape, if that leads on to other
    /// blocks; else it looks at what it was computed from (each record once per segment), newest first.</summary>
    void HoldWhatItNeeds(Tape tape, int root)
    {
        if (Volatile.Read(ref tape.heldBy) == id)
            return;
        var source = tape.Block;
        if (source.IsDeep(root))
        {
            Volatile.Write(ref tape.heldBy, id);
            Hold((object)tape);
            isOfLargeGraph = true;
            return;
        }
        var marks = (toVisit ??= new byte[Block.Records]).AsSpan(); // all 0 between two calls
        marks[root] = 1;
        for (int index = root; index >= 0; index = Sweep.LastMark(marks, index))
        {
            marks[index] = 0;
            if (source.IsLeaf(index))
            {
                if (!source.TryFindImport(index, out var import))
                    continue;
                var origin = import.Block;
                if (ReferenceEquals(origin, source))
                    marks[import.Index] = 1;
                else
                    Hold(origin); // for a leaf
                continue;
            }
            ref ulong seen = ref source.Alias(index);
            if (Volatile.Read(ref seen) - Block.Key <= Block.NoAlias)
                continue;
            Volatile.Write(ref seen, Block.Key | Block.NoAlias);
            source.MarkArguments(index, marks);
            marks[index] = 0;
        }
        GC.KeepAlive(tape); // it holds what the imports lead to
    }
}
