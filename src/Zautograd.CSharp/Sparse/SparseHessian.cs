namespace Zautograd;

/// <summary>The Hessian of a function most of whose variables meet few others: found by one Hessian-vector product per colour.</summary>
/// <remarks>
/// The pattern is found by one gradient, computed in numbers that know which variables they depend on; it is kept right as that of a
/// <see cref="SparseJacobian"/> is. The colouring is by stars, so an arrow needs two products however large it is, and a band as many as it is wide.
/// </remarks>
/// <example><code>
/// double[] at = [-1.2, 1, -1.2, 1];
/// var hessian = SparseHessian.Of(new Rosenbrock(), at);
/// Console.WriteLine(hessian.Pattern);
/// // -> x x . .
/// // -> x x . .
/// // -> . . x x
/// // -> . . x x
/// hessian.Colouring.Count   // -> 2
/// hessian.At(at)[2, 3]   // -> 480
///
/// readonly struct Rosenbrock : IScalarField   // the extended one: pairs of variables
/// {
///     public T Call&lt;T&gt;(ReadOnlySpan&lt;T&gt; x) where T : struct, System.Numerics.IFloatingPointIeee754&lt;T&gt;
///     {
///         var sum = T.Zero;
///         for (int i = 0; i &lt; x.Length; i += 2)
///         {
///             T valley = x[i + 1] - x[i] * x[i],
///                 far = T.One - x[i];
///             sum += T.CreateChecked(100) * valley * valley + far * far;
///         }
///         return sum;
///     }
/// }
/// </code></example>
public sealed class SparseHessian
{
    readonly Lock gate = new();
    readonly TracedPattern traced;
    readonly ColouringOrder order;
    readonly Func<double[], Plan, double[]> evaluate;
    Plan plan;

    internal sealed record Plan(SparsePattern Pattern, Colouring Colouring);

    SparseHessian(TracedPattern traced, ColouringOrder order, Func<double[], Plan, double[]> evaluate)
    {
        (this.traced, this.order, this.evaluate) = (traced, order, evaluate);
        plan = Colour();
    }

    /// <summary>Ready to be evaluated at any point; the pattern is found at this one.</summary>
    /// <exception cref="InvalidOperationException">The function kept a number from an earlier call, or computed on another thread.</exception>
    /// <example><code>SparseHessian.Of(new Rosenbrock(), new double[1000], ColouringOrder.LargestFirst).Colouring.Count   // -> 2</code></example>
    public static SparseHessian Of<TField>(TField f, ReadOnlySpan<double> x, ColouringOrder order = ColouringOrder.Natural)
        where TField : IScalarField =>
        new(new TracedPattern(at => FoundPattern.OfHessian(f, at), x), order, (at, plan) => Compressed.Hessian(f, at, plan));

    /// <summary>The same of a function over values, whose operations are written down at each point; a function over any number is faster.</summary>
    /// <remarks>Other leaves that the function uses are constants.</remarks>
    /// <exception cref="InvalidOperationException">The function calls <see cref="Value.Backward"/>, sets Data, or computes on another thread.</exception>
    /// <example><code>SparseHessian.Of(v => v[0] * v[0] * v[1], [1.0, 3.0]).At([1.0, 3.0]).ToArray()   // -> [6, 2, 2, 0]</code></example>
    public static SparseHessian Of(Func<Value[], Value> f, double[] x, ColouringOrder order = ColouringOrder.Natural)
    {
        ArgumentNullException.ThrowIfNull(f);
        ArgumentNullException.ThrowIfNull(x);
        return new(
            new TracedPattern(at => FoundPattern.OfHessian(f, at), x),
            order,
            (at, plan) =>
            {
                using var replay = Derivatives.Replayed(f, at);
                return Compressed.Hessian(replay, at, plan);
            }
        );
    }

    /// <summary>Where there may be entries, at all points so far; symmetric.</summary>
    /// <example><code>SparseHessian.Of(new Rosenbrock(), new double[1000]).Pattern.Count   // -> 2000</code></example>
    public SparsePattern Pattern => plan.Pattern;

    /// <summary>Which columns are found together: so many colours, so many Hessian-vector products.</summary>
    /// <example><code>SparseHessian.Of(new Rosenbrock(), new double[4]).Colouring.Colours.ToArray()   // -> [0, 1, 0, 1]</code></example>
    public Colouring Colouring => plan.Colouring;

    /// <summary>The Hessian at a point, both halves. Its entries are those of <see cref="Pattern"/>, which grows first if it must.</summary>
    /// <exception cref="ArgumentException">There are more or fewer numbers than variables.</exception>
    /// <example><code>SparseHessian.Of(new Rosenbrock(), [0, 0]).At([1, 1]).ToArray()   // -> [802, -400, -400, 200]</code></example>
    public SparseRows At(ReadOnlySpan<double> x)
    {
        Plan now;
        lock (gate)
        {
            if (traced.Visit(x))
                plan = Colour();
            now = plan;
        }
        return new(now.Pattern, evaluate(x.ToArray(), now));
    }

    Plan Colour() => new(traced.Pattern, Colouring.OfStars(traced.Pattern, order));
}
