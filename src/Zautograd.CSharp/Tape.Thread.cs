using System.Runtime.CompilerServices;

namespace Zautograd;

/// <summary>Which tape is the thread's.</summary>
/// <remarks>
/// <para>To ask the runtime for a variable of the thread costs as much as to record an operation. Mostly an operand stands on the thread's
/// tape, so it is that tape which is asked whose it is, and the stack tells: a tape knows a window around the place where its thread's
/// operations last stood, and whoever stands there is that thread. The window is no larger than the guard page between two stacks, so that
/// it never reaches into another one.</para>
/// <para>Should a thread end, a later one's stack may come to lie in its place. So all windows are void as soon as another thread begins a tape,
/// or an <see cref="Observer"/> starts: whoever lives finds its own tape by the runtime once, and goes by the stack again.</para>
/// </remarks>
internal sealed partial class Tape
{
    const uint Window = 4096;

    [ThreadStatic]
    static Tape? current;

    [ThreadStatic]
    static bool hasBegun;

    static int epoch; // what windows were found in: another one makes them void

    int found; // in which epoch
    nuint window; // where it begins: 0, where no stack is, while this is no thread's tape or before it is first asked for

    /// <summary>The thread's own tape, which steps aside while an <see cref="Observer"/> is on: every record then takes the slow path.</summary>
    internal static Tape? Current
    {
        get => current;
        set
        {
            current?.window = 0;
            current = value;
        }
    }

    /// <summary>The thread's tape, by an operand that most likely stands there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Tape? Of(Value operand)
    {
        nuint here = PlaceOnStack();
        return operand.Tape is { } tape && tape.IsAt(here) ? tape : OfThread(here);
    }

    /// <summary>The thread's tape, by two operands.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Tape? Of(Value a, Value b)
    {
        nuint here = PlaceOnStack();
        return a.Tape is { } first && first.IsAt(here) ? first
            : b.Tape is { } second && second.IsAt(here) ? second
            : OfThread(here);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    bool IsAt(nuint placeOnStack) => placeOnStack - window < Window && found == epoch;

    [MethodImpl(MethodImplOptions.NoInlining)]
    static Tape? OfThread(nuint here)
    {
        var tape = current;
        if (tape is not null)
        {
            tape.found = Volatile.Read(ref epoch);
            tape.window = here - Window / 2;
        }
        return tape;
    }

    /// <summary>From now on every thread looks for its tape anew.</summary>
    internal static void ForgetWindows() => Interlocked.Increment(ref epoch);

    /// <summary>Where the caller stands: the address of a variable of its own.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    [SkipLocalsInit]
    static nuint PlaceOnStack()
    {
        Unsafe.SkipInit(out byte here);
        return (nuint)Unsafe.ByteOffset(ref Unsafe.NullRef<byte>(), ref here);
    }
}
