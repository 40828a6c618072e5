namespace Zautograd;

/// <summary>The tangent that is no number but the formula of what was computed, for what needs more than slopes: a power series.</summary>
internal readonly struct Written(Expr formula) : ITangent<double, Written>
{
    readonly Expr? formula = formula;

    /// <summary>What a number was computed by; a number that depends on nothing is a constant.</summary>
    public static Expr Formula(Active<double, Written> number) => number.Tangent.formula ?? Expr.NewConst(number.Value);

    public bool Equals(Written other) => ReferenceEquals(formula, other.formula);

    public override bool Equals(object? obj) => obj is Written other && Equals(other);

    public override int GetHashCode() => formula is null ? 0 : System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(formula);

    public static Written Negate(Active<double, Written> a) => Write(Op.Neg, a);

    public static Written Add(Active<double, Written> a, Active<double, Written> b) => Write(Op.Add, a, b);

    public static Written Subtract(Active<double, Written> a, Active<double, Written> b) => Write(Op.Sub, a, b);

    public static Written Chain(Op op, Active<double, Written> a, double slopeA) => Write(op, a);

    public static Written Chain(Op op, Active<double, Written> a, double slopeA, Active<double, Written> b, double slopeB) =>
        Write(op, a, b);

    public static Written Chain(
        Op op,
        Active<double, Written> a,
        double slopeA,
        Active<double, Written> b,
        double slopeB,
        Active<double, Written> c,
        double slopeC
    ) => Write(op, a, b, c);

    public static Written Chain<TRule>(TRule rule, ReadOnlySpan<Active<double, Written>> arguments, ReadOnlySpan<double> slopes)
        where TRule : ICustomRule
    {
        foreach (var argument in arguments)
            if (argument.Tangent.formula is not null)
                throw new NotSupportedException(
                    $"{typeof(TRule).Name} gives slopes, but no series: beyond order 2, nest Derivatives.Derivative instead."
                );
        return default;
    }

    static Written Write(Op op, params ReadOnlySpan<Active<double, Written>> arguments)
    {
        var active = false;
        var formulas = new Expr[arguments.Length];
        for (int i = 0; i < arguments.Length; i++)
        {
            active |= arguments[i].Tangent.formula is not null;
            formulas[i] = Formula(arguments[i]);
        }

        return active ? new(op.Of(formulas)) : default;
    }
}
