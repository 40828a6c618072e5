using System.Runtime.CompilerServices;

namespace Zautograd;

/// <summary>Which tape is the thread's.</summary>
/// <remarks>
/// <para>To ask the runtime for a variable of the thread costs as much as to record an operation. Mostly an operand stands on the thread's
/// tape, so it is that tape which is asked whose it is, and the stack tells: a tape knows a window around the place where its thread's
/// operations last stood, and whoever stands there is that thread. The window is no larger than the guard page between two stacks, so that
/// it never reaches into another one.</para>
/// <para>Should a thread end, a later one whose stack comes to lie in its place may go on with its tape, for nobody else will. Only, it
/// would do so unobserved: so nobody goes by the stack while there is an <see cref="Observer"/>.</para>
/// </remarks>
internal sealed partial class Tape
{
    const uint Window = 4096;

    [ThreadStatic]
    static Tape? current;

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
        return !Observer.IsAnyOn && operand.Tape is { } tape && tape.IsAt(here) ? tape : OfThread(here);
    }

    /// <summary>The thread's tape, by two operands.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Tape? Of(Value a, Value b)
    {
        nuint here = PlaceOnStack();
        return Observer.IsAnyOn ? OfThread(here)
            : a.Tape is { } first && first.IsAt(here) ? first
            : b.Tape is { } second && second.IsAt(here) ? second
            : OfThread(here);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    bool IsAt(nuint placeOnStack) => placeOnStack - window < Window;

    [MethodImpl(MethodImplOptions.NoInlining)]
    static Tape? OfThread(nuint here)
    {
        var tape = current;
        tape?.window = here - Window / 2;
        return tape;
    }

    /// <summary>Where the caller stands: the address of a variable of its own.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    [SkipLocalsInit]
    static nuint PlaceOnStack()
    {
        Unsafe.SkipInit(out byte here);
        return (nuint)Unsafe.ByteOffset(ref Unsafe.NullRef<byte>(), ref here);
    }
}
