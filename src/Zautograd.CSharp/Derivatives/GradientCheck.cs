namespace Zautograd;

/// <summary>
/// Tests the derivatives of a function or of a rule against finite differences, at orders 1 and 2, along random directions. A failure says
/// the worst component, both numbers and a likely cause.
/// </summary>
/// <remarks>
/// Give a domain - an interval per variable - and points are drawn from it, the same ones each time; infinite ends are cut off at three beyond
/// the finite one. At points too close to a kink nothing can be measured, and nothing is said. A slope that is a million times smaller than
/// another one at the same point hides behind it: give such variables the same scale. A check takes some thousand evaluations.
/// </remarks>
/// <example><code>
/// GradientCheck.Function(x => Math.Sin(x[0]) * x[1], x => [Math.Cos(x[0]) * x[1], Math.Sin(x[0])], [(-3, 3), (-3, 3)]).Passed   // -> true
/// GradientCheck.Function(x => Math.Sin(x[0]) * x[1], x => [Math.Sin(x[0]), Math.Cos(x[0]) * x[1]], [(-3, 3), (-3, 3)]).Cause   // -> the slopes of x[0] and x[1] are swapped
/// </code></example>
public static class GradientCheck
{
    const int Points = 16;

    /// <summary>A function and its gradient, both of plain numbers; with the product of Hessian and direction it is tested at order 2 as well.</summary>
    /// <param name="f">The function.</param>
    /// <param name="gradient">Its partial derivatives.</param>
    /// <param name="domain">An open interval for each variable.</param>
    /// <param name="hessianVector">The Hessian at a point (first) times a direction (second).</param>
    /// <param name="seed">Chooses points and directions.</param>
    /// <exception cref="ArgumentException">An interval is empty, or a gradient or product has not one number for each variable.</exception>
    /// <example><code>GradientCheck.Function(x => x[0] * x[0], x => [2 * x[0]], [(-3, 3)], hessianVector: (x, v) => [2 * v[0]]).Passed   // -> true</code></example>
    public static GradientReport Function(
        Func<double[], double> f,
        Func<double[], double[]> gradient,
        IReadOnlyList<(double Low, double High)> domain,
        Func<double[], double[], double[]>? hessianVector = null,
        int seed = 1
    )
    {
        ArgumentNullException.ThrowIfNull(domain);
        var random = new Random(seed);
        var points = Enumerable.Range(0, Points).Select(_ => domain.Select(range => Inside(range, random)).ToArray());
        return new GradientTest(f, gradient, hessianVector, random).Run([.. points]);
    }

    /// <summary>A function and its gradient at one point.</summary>
    /// <exception cref="ArgumentException">The gradient or a product has not one number for each variable.</exception>
    /// <example><code>GradientCheck.Function(x => x[0] * x[0], x => [x[0]], [3.0]).Cause   // -> a factor of 2 is missing</code></example>
    public static GradientReport Function(
        Func<double[], double> f,
        Func<double[], double[]> gradient,
        double[] x,
        Func<double[], double[], double[]>? hessianVector = null,
        int seed = 1
    ) => new GradientTest(f, gradient, hessianVector, new Random(seed)).Run([x]);

    /// <summary>A custom rule, its slopes and their derivatives.</summary>
    /// <example><code>
    /// GradientCheck.Rule(new Square(), [(-3, 3)]).Passed   // -> true
    ///
    /// readonly struct Square : ICustomRule
    /// {
    ///     public double Value(ReadOnlySpan&lt;double&gt; x) => x[0] * x[0];
    ///
    ///     public void Slopes&lt;T&gt;(ReadOnlySpan&lt;T&gt; x, T y, Span&lt;T&gt; slopes) where T : struct, IFloatingPointIeee754&lt;T&gt; =>
    ///         slopes[0] = x[0] + x[0];
    /// }
    /// </code></example>
    public static GradientReport Rule<TRule>(TRule rule, IReadOnlyList<(double Low, double High)> domain, int seed = 1)
        where TRule : ICustomRule => Field(new Called<TRule>(rule), domain, seed);

    /// <summary>A generic function, with the custom rules in it: the derivatives are those of <see cref="Derivatives"/>.</summary>
    /// <example><code>
    /// GradientCheck.Field(new Product(), [(-3, 3), (-3, 3)]).ToString()   // -> right at orders 1 to 2
    ///
    /// readonly struct Product : IScalarField
    /// {
    ///     public T Call&lt;T&gt;(ReadOnlySpan&lt;T&gt; x) where T : struct, IFloatingPointIeee754&lt;T&gt; => x[0] * x[1];
    /// }
    /// </code></example>
    public static GradientReport Field<TField>(TField f, IReadOnlyList<(double Low, double High)> domain, int seed = 1)
        where TField : IScalarField =>
        Function(
            x => f.Call<double>(x),
            x => Derivatives.Gradient<TField, double>(f, x),
            domain,
            (x, direction) => Derivatives.HessianVector<TField, double>(f, x, direction),
            seed
        );

    /// <summary>A function over <see cref="Value"/>.</summary>
    /// <example><code>GradientCheck.Values(v => v[0].Sin() * v[1], [(-3, 3), (-3, 3)]).ToString()   // -> right at orders 1 to 2</code></example>
    public static GradientReport Values(Func<Value[], Value> f, IReadOnlyList<(double Low, double High)> domain, int seed = 1) =>
        Function(
            x => f(Array.ConvertAll(x, number => new Value(number))).Data,
            x => Derivatives.Gradient(f, x),
            domain,
            (x, direction) => Derivatives.HessianVector(f, x, direction),
            seed
        );

    static double Inside((double Low, double High) range, Random random)
    {
        var (low, high) = range;
        if (!(low < high))
            throw new ArgumentException($"An interval of the domain is empty: from {low} to {high}.", "domain");
        if (double.IsInfinity(low))
            low = double.IsInfinity(high) ? -3 : high - 3;
        if (double.IsInfinity(high))
            high = low + (low == -3 ? 6 : 3);
        return low + (high - low) * (0.02 + 0.96 * random.NextDouble());
    }

    readonly struct Called<TRule>(TRule rule) : IScalarField
        where TRule : ICustomRule
    {
        public T Call<T>(ReadOnlySpan<T> x)
            where T : struct, System.Numerics.IFloatingPointIeee754<T> => CustomRule.Call(rule, x);
    }
}
