using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Zautograd.Runtime;

/// <summary>What written code asks of the arguments that it is given.</summary>
/// <example><code>Zautograd.Runtime.Arguments.SameLength(2, 3, "wGradient", "w");   // -> throws ArgumentException: wGradient has 2 elements, but w has 3. (Parameter 'wGradient')</code></example>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Arguments
{
    /// <summary>Refuses an array that has not as many elements as the one that it belongs to.</summary>
    /// <example><code>Zautograd.Runtime.Arguments.SameLength(2, 3, "wGradient", "w");   // -> throws ArgumentException: wGradient has 2 elements, but w has 3. (Parameter 'wGradient')</code></example>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SameLength(int length, int wanted, string name, string other)
    {
        if (length != wanted)
            RefuseLength(length, wanted, name, other);
    }

    [DoesNotReturn]
    static void RefuseLength(int length, int wanted, string name, string other) =>
        throw new ArgumentException($"{name} has {length} elements, but {other} has {wanted}.", name);

    /// <summary>Refuses spans that share memory, where one of them is written to.</summary>
    /// <example><code>
    /// var array = new double[3];
    /// Zautograd.Runtime.Arguments.Apart&lt;double>(array, array, "wGradient", "w");   // -> throws ArgumentException: wGradient and w overlap: one of them is written to, so they must be apart. (Parameter 'wGradient')
    /// </code></example>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Apart<T>(ReadOnlySpan<T> written, ReadOnlySpan<T> other, string name, string otherName)
    {
        nint distance = Unsafe.ByteOffset(ref MemoryMarshal.GetReference(written), ref MemoryMarshal.GetReference(other)),
            beforeEnd = (nint)other.Length * Unsafe.SizeOf<T>() - 1;
        // one comparison for both sides: true as well for an empty span inside of the other
        if ((nuint)(distance + beforeEnd) < (nuint)((nint)written.Length * Unsafe.SizeOf<T>() + beforeEnd))
            RefuseOverlap(written, other, name, otherName);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static void RefuseOverlap<T>(ReadOnlySpan<T> written, ReadOnlySpan<T> other, string name, string otherName)
    {
        if (written.Overlaps(other))
            throw new ArgumentException($"{name} and {otherName} overlap: one of them is written to, so they must be apart.", name);
    }
}
