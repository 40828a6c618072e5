namespace Zautograd;

/// <summary>The tangent that knows of no number: only on which variables a result depends. A constant depends on none.</summary>
/// <remarks>
/// With <see cref="Active{T, TTangent}"/> around it every function of generic math leaves its footprint, and none needs a rule: what has a
/// slope in the table depends on its arguments. A slope that happens to be 0 at this point counts; one that is 0 everywhere does not.
/// A gradient computed in such numbers depends on what the Hessian's rows have entries for: so second slopes need no rule either.
/// </remarks>
internal readonly struct Footprint(Footprints? of, int place) : ITangent<double, Footprint>
{
    readonly Footprints? of = of;
    readonly int place = place; // in its journal

    internal bool IsOf(Footprints footprints, out int where)
    {
        where = place;
        return ReferenceEquals(of, footprints);
    }

    public bool Equals(Footprint other) => ReferenceEquals(of, other.of) && place == other.place;

    public override bool Equals(object? obj) => obj is Footprint other && Equals(other);

    public override int GetHashCode() => place;

    internal static Footprint Union(Footprint a, Footprint b)
    {
        if (a.of is null)
            return b;
        if (b.of is null)
            return a;
        if (!ReferenceEquals(a.of, b.of))
            Footprints.ThrowMixed();
        return new(a.of, a.of.Union(a.place, b.place));
    }

    public static Footprint Negate(Active<double, Footprint> a) => a.Tangent;

    public static Footprint Add(Active<double, Footprint> a, Active<double, Footprint> b) => Union(a.Tangent, b.Tangent);

    public static Footprint Subtract(Active<double, Footprint> a, Active<double, Footprint> b) => Union(a.Tangent, b.Tangent);

    public static Footprint Chain(Op op, Active<double, Footprint> a, double slopeA) => a.Tangent;

    public static Footprint Chain(Op op, Active<double, Footprint> a, double slopeA, Active<double, Footprint> b, double slopeB) =>
        Union(a.Tangent, b.Tangent);

    public static Footprint Chain(
        Op op,
        Active<double, Footprint> a,
        double slopeA,
        Active<double, Footprint> b,
        double slopeB,
        Active<double, Footprint> c,
        double slopeC
    ) => Union(Union(a.Tangent, b.Tangent), c.Tangent);

    public static Footprint Chain<TRule>(TRule rule, ReadOnlySpan<Active<double, Footprint>> arguments, ReadOnlySpan<double> slopes)
        where TRule : ICustomRule
    {
        Footprint union = default;
        foreach (var argument in arguments)
            union = Union(union, argument.Tangent);
        return union;
    }

    public static bool Answer(bool answer) => Answer(answer ? 1 : 0) == 1;

    public static int Answer(int answer)
    {
        Footprints.Open.Answers.Add(answer);
        return answer;
    }

    public static double Shown(double value)
    {
        Footprints.Open.Answers.Add(BitConverter.DoubleToInt64Bits(value));
        return value;
    }
}
