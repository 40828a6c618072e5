using System.Runtime.CompilerServices;

namespace Zautograd;

/// <summary>The tangent in several directions at once, and how each changes along one more: <see cref="Lanes{TRegister}"/> of duals.</summary>
internal readonly struct MovingLanes<TRegister>(TRegister lanes, TRegister changes)
    : ITangent<Dual<double>, MovingLanes<TRegister>>,
        ILanes<MovingLanes<TRegister>>
    where TRegister : struct, IRegister<TRegister>
{
    readonly TRegister lanes = lanes,
        changes = changes;

    public static int Count => TRegister.Count;

    public static MovingLanes<TRegister> Unit(int lane) => new(Lanes<TRegister>.UnitRegister(lane), default);

    public void CopyTo(Span<double> lanes, Span<double> changes)
    {
        this.lanes.Store(lanes);
        this.changes.Store(changes);
    }

    public bool Equals(MovingLanes<TRegister> other) => lanes.IsSame(other.lanes) && changes.IsSame(other.changes);

    public override bool Equals(object? obj) => obj is MovingLanes<TRegister> other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(lanes, changes);

    public static MovingLanes<TRegister> Negate(Active<Dual<double>, MovingLanes<TRegister>> a) =>
        new(TRegister.Negate(a.Tangent.lanes), TRegister.Negate(a.Tangent.changes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static MovingLanes<TRegister> Add(
        Active<Dual<double>, MovingLanes<TRegister>> a,
        Active<Dual<double>, MovingLanes<TRegister>> b
    ) => a.Tangent.Plus(b.Tangent);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static MovingLanes<TRegister> Subtract(
        Active<Dual<double>, MovingLanes<TRegister>> a,
        Active<Dual<double>, MovingLanes<TRegister>> b
    ) => new(TRegister.Subtract(a.Tangent.lanes, b.Tangent.lanes), TRegister.Subtract(a.Tangent.changes, b.Tangent.changes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static MovingLanes<TRegister> Chain(Op op, Active<Dual<double>, MovingLanes<TRegister>> a, Dual<double> slopeA) =>
        a.Tangent.Times(slopeA);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static MovingLanes<TRegister> Chain(
        Op op,
        Active<Dual<double>, MovingLanes<TRegister>> a,
        Dual<double> slopeA,
        Active<Dual<double>, MovingLanes<TRegister>> b,
        Dual<double> slopeB
    ) => a.Tangent.Times(slopeA).Plus(b.Tangent.Times(slopeB));

    public static MovingLanes<TRegister> Chain(
        Op op,
        Active<Dual<double>, MovingLanes<TRegister>> a,
        Dual<double> slopeA,
        Active<Dual<double>, MovingLanes<TRegister>> b,
        Dual<double> slopeB,
        Active<Dual<double>, MovingLanes<TRegister>> c,
        Dual<double> slopeC
    ) => a.Tangent.Times(slopeA).Plus(b.Tangent.Times(slopeB)).Plus(c.Tangent.Times(slopeC));

    public static MovingLanes<TRegister> Chain<TRule>(
        TRule rule,
        ReadOnlySpan<Active<Dual<double>, MovingLanes<TRegister>>> arguments,
        ReadOnlySpan<Dual<double>> slopes
    )
        where TRule : ICustomRule
    {
        MovingLanes<TRegister> sum = default;
        for (int i = 0; i < arguments.Length; i++)
            sum = sum.Plus(arguments[i].Tangent.Times(slopes[i]));
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    MovingLanes<TRegister> Plus(MovingLanes<TRegister> other) =>
        new(TRegister.Add(lanes, other.lanes), TRegister.Add(changes, other.changes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    MovingLanes<TRegister> Times(Dual<double> slope) =>
        new(
            Lanes<TRegister>.Times(slope.Value, lanes),
            TRegister.Add(Lanes<TRegister>.Times(slope.Value, changes), Lanes<TRegister>.Times(slope.Tangent, lanes))
        );
}
