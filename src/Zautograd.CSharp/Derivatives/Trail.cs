using System.Numerics;
using System.Runtime.CompilerServices;

namespace Zautograd;

/// <summary>The tangent of reverse mode: where a number stands in the roll of its derivative. A constant stands nowhere.</summary>
internal readonly struct Trail<T>(Roll<T> roll, int place) : ITangent<T, Trail<T>>
    where T : struct, IFloatingPointIeee754<T>
{
    public readonly Roll<T>? Roll = roll;
    public readonly int Place = place;

    public bool Equals(Trail<T> other) => ReferenceEquals(Roll, other.Roll) && Place == other.Place;

    public override bool Equals(object? obj) => obj is Trail<T> other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(Roll is null ? 0 : RuntimeHelpers.GetHashCode(Roll), Place);

    public static Trail<T> Negate(Active<T, Trail<T>> a) => Record(a.Tangent, T.NegativeOne);

    public static Trail<T> Add(Active<T, Trail<T>> a, Active<T, Trail<T>> b) => Record(a.Tangent, T.One, b.Tangent, T.One);

    public static Trail<T> Subtract(Active<T, Trail<T>> a, Active<T, Trail<T>> b) => Record(a.Tangent, T.One, b.Tangent, T.NegativeOne);

    public static Trail<T> Chain(Op op, Active<T, Trail<T>> a, T slopeA) => Record(a.Tangent, slopeA);

    public static Trail<T> Chain(Op op, Active<T, Trail<T>> a, T slopeA, Active<T, Trail<T>> b, T slopeB) =>
        Record(a.Tangent, slopeA, b.Tangent, slopeB);

    // Records have two arguments: of more, each is added to what the ones before it make.
    public static Trail<T> Chain(
        Op op,
        Active<T, Trail<T>> a,
        T slopeA,
        Active<T, Trail<T>> b,
        T slopeB,
        Active<T, Trail<T>> c,
        T slopeC
    ) => Record(Record(a.Tangent, slopeA, b.Tangent, slopeB), T.One, c.Tangent, slopeC);

    public static Trail<T> Chain<TRule>(TRule rule, ReadOnlySpan<Active<T, Trail<T>>> arguments, ReadOnlySpan<T> slopes)
        where TRule : ICustomRule
    {
        Trail<T> sum = default;
        for (int i = 0; i < arguments.Length; i++)
            sum = Record(sum, T.One, arguments[i].Tangent, slopes[i]);
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Trail<T> Record(Trail<T> a, T slopeA) => a.Roll is null || slopeA.Equals(T.Zero) ? default : a.Roll.Append(a.Place, slopeA);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Trail<T> Record(Trail<T> a, T slopeA, Trail<T> b, T slopeB)
    {
        if (b.Roll is null)
            return Record(a, slopeA);
        if (a.Roll is null)
            return Record(b, slopeB);
        if (!ReferenceEquals(a.Roll, b.Roll))
            Roll<T>.ThrowMixed();
        if (slopeA.Equals(T.Zero))
            return Record(b, slopeB);
        return slopeB.Equals(T.Zero) ? Record(a, slopeA) : a.Roll.Append(a.Place, slopeA, b.Place, slopeB);
    }
}
