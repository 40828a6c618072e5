using System.Runtime.CompilerServices;

namespace Zautograd;

/// <summary>Sees what a thread does with values while it is on: every record with its operation, every comparison, every read.</summary>
/// <remarks>
/// <para>Derive, override what you want to see, call <see cref="Start"/>, and <see cref="Stop"/> in a finally. What is off costs nothing:
/// the thread's tape steps aside while an observer is on, so that each record finds no tape and takes the slow path, where it is
/// announced; reads and comparisons ask one static number whether anybody is on at all.</para>
/// <para>Inside a call the thread is not observed, so that an observer may itself compute with values, and may throw: the exception
/// then leaves the user's own operation. Observers nest, and each sees all.</para>
/// <para>Other threads are not seen. Whether a value was computed by one (<see cref="IsFromElsewhere"/>), and whether one asked about a number of
/// this thread (<see cref="WasAskedElsewhere"/>), can be told, so that what depends on it can be refused.</para>
/// </remarks>
internal abstract class Observer
{
    [ThreadStatic]
    static Observer? ofThread; // the innermost

    static int on; // of all threads, and those whose touches are noted
    Observer? outer;
    Tape? aside; // of the outermost: the thread's tape
    Watch? watch;

    /// <summary>A leaf was made from a number.</summary>
    internal virtual void Leaf(Value leaf) { }

    /// <summary>An operation was recorded.</summary>
    internal virtual void Recorded(in Observation observation) { }

    /// <summary>The program asked whether a &lt; b, a &lt;= b or a = b, as <paramref name="operation"/> says. Where a side is a plain number,
    /// its value is default(Value).</summary>
    internal virtual void Compared(Operation operation, Value a, double numberA, Value b, double numberB, bool outcome) { }

    /// <summary>Data or Grad is about to be handed out, to be read or set.</summary>
    internal virtual void Touched(Value value, bool isGrad) { }

    /// <summary>Backward is about to begin.</summary>
    internal virtual void Sweeping(Value root) { }

    internal void Start()
    {
        using (new Pause())
            watch = Watch.Begin();
        if (ofThread is null)
        {
            aside = Tape.Current;
            Tape.Current = null;
            Tape.ForgetWindows();
        }
        outer = ofThread;
        ofThread = this;
        Interlocked.Increment(ref on);
    }

    internal void Stop()
    {
        Interlocked.Decrement(ref on);
        ofThread = outer;
        outer = null;
        if (ofThread is null)
        {
            Tape.Current = aside;
            aside = null;
        }
        using (new Pause())
            watch!.End();
    }

    /// <summary>Leaves for a function to start from, which belong to what is watched. Observers around this one see them.</summary>
    protected Value[] Leaves(ReadOnlySpan<double> numbers)
    {
        using var pause = new Pause();
        var leaves = new Value[numbers.Length];
        for (int i = 0; i < leaves.Length; i++)
        {
            leaves[i] = numbers[i];
            for (var observer = outer; observer is not null; observer = observer.outer)
                observer.Leaf(leaves[i]);
        }
        return leaves;
    }

    /// <summary>Until <see cref="StopNoting"/>, what is touched on this thread is announced to its <see cref="Notes"/>.</summary>
    internal static void StartNoting() => Interlocked.Increment(ref on);

    internal static void StopNoting() => Interlocked.Decrement(ref on);

    /// <summary>Whether another thread compared numbers that were computed while this observer was on, or read them.</summary>
    internal bool WasAskedElsewhere => watch!.WasAsked;

    /// <summary>Whether a value that has not been seen was computed since this observer is on: by another thread, and maybe from what it sees.</summary>
    protected bool IsFromElsewhere(Value value) => !value.Block.IsLeaf(value.Index) && watch!.Covers(value);

    /// <summary>Whether this thread is observed.</summary>
    internal static bool IsOn => on != 0 && ofThread is not null;

    /// <summary>The tape that stepped aside, for an observer with none around it.</summary>
    protected Tape? Aside => aside;

    Observer Outermost
    {
        get
        {
            var outermost = this;
            while (outermost.outer is { } next)
                outermost = next;
            return outermost;
        }
    }

    /// <summary>The thread's observer, if there is no other and it writes records down by itself: no need to lay them out for it.</summary>
    internal static Transcript? Alone
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => on != 0 && ofThread is Transcript transcript && transcript.outer is null && !Notes.AreTaken ? transcript : null;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool Seen(Operation operation, Value a, Value b, bool outcome)
    {
        if (on != 0)
            Announce(operation, a, a.Number, b, b.Number, outcome);
        return outcome;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool Seen(Operation operation, Value a, double b, bool outcome)
    {
        if (on != 0)
            Announce(operation, a, a.Number, default, b, outcome);
        return outcome;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool Seen(Operation operation, double a, Value b, bool outcome)
    {
        if (on != 0)
            Announce(operation, default, a, b, b.Number, outcome);
        return outcome;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Touching(Value value, bool isGrad)
    {
        if (on != 0)
            Announce(value, isGrad);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static void Announce(Operation operation, Value a, double numberA, Value b, double numberB, bool outcome)
    {
        using var pause = new Pause();
        if (pause.Innermost is null)
        {
            Watch.Ask(a);
            Watch.Ask(b);
        }
        for (var observer = pause.Innermost; observer is not null; observer = observer.outer)
            observer.Compared(operation, a, numberA, b, numberB, outcome);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static void Announce(Value value, bool isGrad)
    {
        using var pause = new Pause();
        if (pause.Innermost is null)
            Watch.Ask(value);
        if (!isGrad)
            Notes.Touched(value);
        for (var observer = pause.Innermost; observer is not null; observer = observer.outer)
            observer.Touched(value, isGrad);
    }

    /// <summary>Gives the thread its tape back, unobserved, until the end of the scope.</summary>
    internal readonly ref struct Pause : IDisposable
    {
        internal readonly Observer? Innermost;

        public Pause()
        {
            if (!IsOn)
                return;
            Innermost = ofThread;
            ofThread = null;
            Tape.Current = Innermost!.Outermost.aside;
        }

        internal void Leaf(Value leaf)
        {
            for (var observer = Innermost; observer is not null; observer = observer.outer)
                observer.Leaf(leaf);
        }

        internal void Recorded(in Observation observation)
        {
            for (var observer = Innermost; observer is not null; observer = observer.outer)
                observer.Recorded(observation);
        }

        internal void Sweeping(Value root)
        {
            for (var observer = Innermost; observer is not null; observer = observer.outer)
                observer.Sweeping(root);
        }

        public void Dispose()
        {
            if (Innermost is null)
                return;
            Innermost.Outermost.aside = Tape.Current;
            Tape.Current = null;
            ofThread = Innermost;
        }
    }
}

/// <summary>A record as an <see cref="Observer"/> sees it.</summary>
/// <param name="operation">What was computed. A dot product has the arguments a0, b0, a1, b1, ... and, if they are odd in number, a bias.</param>
/// <param name="rule">Whose operation it is, where it is <see cref="Operation.Custom"/>.</param>
/// <param name="arguments">All arguments; default(Value) where one is a plain number.</param>
/// <param name="numbers">The arguments' numbers, be they values or not.</param>
/// <param name="slopes">The slope for each argument; 0 where it is a plain number.</param>
/// <param name="result">The record that was made; its number is there too.</param>
internal readonly ref struct Observation(
    Operation operation,
    object? rule,
    ReadOnlySpan<Value> arguments,
    ReadOnlySpan<double> numbers,
    ReadOnlySpan<double> slopes,
    Value result
)
{
    internal readonly Operation Operation = operation;
    internal readonly object? Rule = rule;
    internal readonly ReadOnlySpan<Value> Arguments = arguments;
    internal readonly ReadOnlySpan<double> Numbers = numbers;
    internal readonly ReadOnlySpan<double> Slopes = slopes;
    internal readonly Value Result = result;
}
