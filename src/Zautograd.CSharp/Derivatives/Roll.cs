using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Zautograd;

/// <summary>What was computed from the variables of one reverse-mode derivative, in order. It knows no operation: slopes only.</summary>
/// <remarks>
/// Each derivative has a roll of its own, and a number knows its roll: numbers of two derivatives over the same type cannot be mixed up.
/// </remarks>
internal sealed class Roll<T> : IDisposable
    where T : struct, IFloatingPointIeee754<T>
{
    struct Record
    {
        public T SlopeA,
            SlopeB;
        public int A,
            B; // negative: there is none
    }

    // What the last derivative on this thread needed; nothing old is kept alive.
    static bool IsSpare(int length, int needed) => Spare.IsKept(length, needed) && !RuntimeHelpers.IsReferenceOrContainsReferences<T>();

    [ThreadStatic]
    static Record[]? spareRecords;

    [ThreadStatic]
    static T[]? spareAdjoints;

    readonly int variables;
    Record[] records;
    int count;

    /// <summary>A roll for so many variables, which stand at its first places.</summary>
    public Roll(int variables)
    {
        this.variables = variables;
        records = spareRecords ?? new Record[256];
        spareRecords = null;
    }

    /// <summary>Numbers of this roll can no longer be computed with.</summary>
    public void Dispose()
    {
        if (records.Length > 0 && IsSpare(records.Length, count))
            spareRecords = records;
        records = [];
    }

    public Active<T, Trail<T>> Variable(int place, T value) => new(value, new Trail<T>(this, place));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Trail<T> Append(int a, T slopeA)
    {
        ref var record = ref Next();
        record.A = a;
        record.SlopeA = slopeA;
        record.B = -1;
        return new(this, variables + count++);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Trail<T> Append(int a, T slopeA, int b, T slopeB)
    {
        ref var record = ref Next();
        record.A = a;
        record.SlopeA = slopeA;
        record.B = b;
        record.SlopeB = slopeB;
        return new(this, variables + count++);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    ref Record Next()
    {
        if ((uint)count >= (uint)records.Length)
            Grow();
        return ref records[count];
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    void Grow()
    {
        if (records.Length == 0)
            throw new InvalidOperationException(
                "This number belongs to a derivative that has ended: nothing can be computed with it any more."
            );
        Array.Resize(ref records, 2 * records.Length);
    }

    /// <summary>The reverse sweep from several results, each with its seed: the adjoints of the variables are written.</summary>
    public void Sweep(ReadOnlySpan<Active<T, Trail<T>>> results, ReadOnlySpan<T> seeds, Span<T> gradient)
    {
        int size = variables + count;
        var adjoints = spareAdjoints is { } spare && spare.Length >= size ? spare : new T[Math.Max(256, size + size / 4)];
        spareAdjoints = IsSpare(adjoints.Length, size) ? adjoints : null;
        adjoints.AsSpan(0, size).Fill(T.AdditiveIdentity);
        for (int i = 0; i < results.Length; i++)
        {
            var trail = results[i].Tangent;
            if (ReferenceEquals(trail.Roll, this)) // one of another derivative is a constant here
                adjoints[trail.Place] += seeds[i];
        }

        for (int i = count - 1; i >= 0; i--)
        {
            var adjoint = adjoints[variables + i];
            if (adjoint.Equals(T.Zero))
                continue;
            ref var record = ref records[i];
            adjoints[record.A] += Strong.Multiply(record.SlopeA, adjoint);
            if (record.B >= 0)
                adjoints[record.B] += Strong.Multiply(record.SlopeB, adjoint);
        }

        adjoints.AsSpan(0, variables).CopyTo(gradient);
    }

    [DoesNotReturn]
    internal static void ThrowMixed() =>
        throw new InvalidOperationException(
            "Numbers of two derivatives were mixed: the inner function uses a variable of the outer one. "
                + "Differentiate the inner function at points of the outer number's type, so that the two are kept apart."
        );
}
