using System.Runtime.CompilerServices;

namespace Zautograd;

/// <summary>A tangent of several lanes.</summary>
internal interface ILanes<TSelf>
{
    static abstract int Count { get; }

    /// <summary>One in one lane, zero in the others.</summary>
    static abstract TSelf Unit(int lane);
}

/// <summary>The tangent in several directions at once, one lane each: exactly what <see cref="Dual{T}"/> computes for each direction.</summary>
internal readonly struct Lanes<TRegister>(TRegister register) : ITangent<double, Lanes<TRegister>>, ILanes<Lanes<TRegister>>
    where TRegister : struct, IRegister<TRegister>
{
    readonly TRegister register = register;

    public static int Count => TRegister.Count;

    public static Lanes<TRegister> Unit(int lane) => new(UnitRegister(lane));

    public static TRegister UnitRegister(int lane)
    {
        Span<double> numbers = stackalloc double[TRegister.Count];
        numbers.Fill(0);
        numbers[lane] = 1;
        return TRegister.Load(numbers);
    }

    public void CopyTo(Span<double> lanes) => register.Store(lanes);

    public bool Equals(Lanes<TRegister> other) => register.IsSame(other.register);

    public override bool Equals(object? obj) => obj is Lanes<TRegister> other && Equals(other);

    public override int GetHashCode() => register.GetHashCode();

    public static Lanes<TRegister> Negate(Active<double, Lanes<TRegister>> a) => new(TRegister.Negate(a.Tangent.register));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes<TRegister> Add(Active<double, Lanes<TRegister>> a, Active<double, Lanes<TRegister>> b) =>
        new(TRegister.Add(a.Tangent.register, b.Tangent.register));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes<TRegister> Subtract(Active<double, Lanes<TRegister>> a, Active<double, Lanes<TRegister>> b) =>
        new(TRegister.Subtract(a.Tangent.register, b.Tangent.register));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes<TRegister> Chain(Op op, Active<double, Lanes<TRegister>> a, double slopeA) => new(Times(slopeA, a));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes<TRegister> Chain(
        Op op,
        Active<double, Lanes<TRegister>> a,
        double slopeA,
        Active<double, Lanes<TRegister>> b,
        double slopeB
    ) => new(TRegister.Add(Times(slopeA, a), Times(slopeB, b)));

    public static Lanes<TRegister> Chain(
        Op op,
        Active<double, Lanes<TRegister>> a,
        double slopeA,
        Active<double, Lanes<TRegister>> b,
        double slopeB,
        Active<double, Lanes<TRegister>> c,
        double slopeC
    ) => new(TRegister.Add(TRegister.Add(Times(slopeA, a), Times(slopeB, b)), Times(slopeC, c)));

    public static Lanes<TRegister> Chain<TRule>(
        TRule rule,
        ReadOnlySpan<Active<double, Lanes<TRegister>>> arguments,
        ReadOnlySpan<double> slopes
    )
        where TRule : ICustomRule
    {
        TRegister sum = default;
        for (int i = 0; i < arguments.Length; i++)
            sum = TRegister.Add(sum, Times(slopes[i], arguments[i]));
        return new(sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TRegister Times(double slope, Active<double, Lanes<TRegister>> a) => Times(slope, a.Tangent.register);

    /// <summary>A slope of zero wins over every lane, and a lane of zero over every slope.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TRegister Times(double slope, TRegister lanes) => slope == 0 ? default : TRegister.TimesUnlessZero(slope, lanes);
}
