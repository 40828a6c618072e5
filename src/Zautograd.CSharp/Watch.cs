namespace Zautograd;

/// <summary>While one observer is on: which values are of that time, and whether another thread asked about any. The thread's tapes know of it, and of
/// nothing that the observer holds.</summary>
/// <remarks>What other threads compute of such values has a segment that is no older: an operand from a newer segment makes them begin one.</remarks>
internal sealed class Watch
{
    [ThreadStatic]
    static Watch? ofThread; // the innermost

    readonly int thread = Environment.CurrentManagedThreadId;
    readonly Watch? around = ofThread;
    readonly long first = Tape.BeginStep(); // segments with lower numbers were there before
    bool wasAsked;

    /// <summary>From now on what this thread computes is watched.</summary>
    internal static Watch Begin()
    {
        ofThread = new();
        Tape.Current!.Watch = ofThread;
        return ofThread;
    }

    internal void End()
    {
        ofThread = around;
        Tape.Current?.Watch = around;
    }

    /// <summary>The one of this thread.</summary>
    internal static Watch? Current => ofThread;

    /// <summary>Whether another thread asked.</summary>
    internal bool WasAsked => Volatile.Read(ref wasAsked);

    /// <summary>Whether a value is of this time.</summary>
    internal bool Covers(Value value) => value.Block.SegmentAt(value.Block.SegmentOf(value.Index)).Number >= first;

    /// <summary>A thread compares or reads a number, and nobody sees it there.</summary>
    internal static void Ask(Value value)
    {
        for (var watch = value.Tape?.Watch; watch is not null; watch = watch.around)
            if (watch.thread != Environment.CurrentManagedThreadId && watch.Covers(value))
                Volatile.Write(ref watch.wasAsked, true);
    }
}
