namespace Zautograd;

/// <summary>
/// The Jacobian of a function whose results each depend on few of the variables: found by as many sweeps as there are colours, not as there
/// are variables or results.
/// </summary>
/// <remarks>
/// <para>The pattern is found by running the function once on numbers that know which variables they depend on, so it is that of the branches
/// taken at that point. What the function asks of its numbers (<c>x &lt; 0</c>, a conversion to int) is remembered. At every other point it is
/// asked again, and where an answer differs the pattern is found anew and what is new in it is added. A function that asks nothing has one
/// pattern everywhere, and is asked only once.</para>
/// <para>The function must compute its results from its arguments, on one thread.</para>
/// </remarks>
/// <example><code>
/// double[] at = [1, 2, 3, 4];
/// var jacobian = SparseJacobian.Of(new Products(), at);
/// Console.WriteLine(jacobian.Pattern);
/// // -> x x . .
/// // -> . x x .
/// // -> . . x x
/// jacobian.Colouring.Count   // -> 2
/// jacobian.At(at)[1, 2]   // -> 2
///
/// readonly struct Products : IVectorField   // of neighbours
/// {
///     public int Results(int variables) => variables - 1;
///
///     public void Call&lt;T&gt;(ReadOnlySpan&lt;T&gt; x, Span&lt;T&gt; y) where T : struct, System.Numerics.IFloatingPointIeee754&lt;T&gt;
///     {
///         for (int i = 0; i &lt; y.Length; i++)
///             y[i] = x[i] * x[i + 1];
///     }
/// }
/// </code></example>
public sealed class SparseJacobian
{
    const int Directions = 8; // of one forward run

    readonly Lock gate = new();
    readonly TracedPattern traced;
    readonly Jacobians mode;
    readonly ColouringOrder order;
    readonly Func<double[], Plan, double[]> evaluate;
    Plan plan;

    /// <summary>A pattern with its colours, of columns if forward and else of rows.</summary>
    internal sealed record Plan(SparsePattern Pattern, Colouring Colouring, bool IsForward);

    SparseJacobian(TracedPattern traced, Jacobians mode, ColouringOrder order, Func<double[], Plan, double[]> evaluate)
    {
        (this.traced, this.mode, this.order, this.evaluate) = (traced, mode, order, evaluate);
        plan = Colour();
    }

    /// <summary>Ready to be evaluated at any point; the pattern is found at this one.</summary>
    /// <param name="f">The function.</param>
    /// <param name="x">A point.</param>
    /// <param name="mode">Columns by forward sweeps, rows by reverse ones, or what needs fewer runs: a forward run has eight directions.</param>
    /// <param name="order">The order of the greedy colouring.</param>
    /// <exception cref="InvalidOperationException">The function kept a number from an earlier call, or computed on another thread.</exception>
    /// <example><code>SparseJacobian.Of(new Products(), [1, 2, 3], Jacobians.Reverse).Colouring.Colours.ToArray()   // -> [0, 1]</code></example>
    public static SparseJacobian Of<TField>(
        TField f,
        ReadOnlySpan<double> x,
        Jacobians mode = Jacobians.Auto,
        ColouringOrder order = ColouringOrder.Natural
    )
        where TField : IVectorField =>
        new(new TracedPattern(at => FoundPattern.OfJacobian(f, at), x), mode, order, (at, plan) => Compressed.Jacobian(f, at, plan));

    /// <summary>The same of a function over values, by reverse sweeps over the tape; a function over any number is faster.</summary>
    /// <remarks>Other leaves that the function uses are constants to the Jacobian, but each sweep adds to their <see cref="Value.Grad"/>.</remarks>
    /// <exception cref="InvalidOperationException">The function calls <see cref="Value.Backward"/>.</exception>
    /// <example><code>SparseJacobian.Of(v => [v[0] * v[1], v[1].Sin()], [3.0, 0.0]).At([3.0, 0.0]).ToArray()   // -> [0, 3, 0, 1]</code></example>
    public static SparseJacobian Of(Func<Value[], Value[]> f, double[] x, ColouringOrder order = ColouringOrder.Natural)
    {
        ArgumentNullException.ThrowIfNull(f);
        ArgumentNullException.ThrowIfNull(x);
        return new(
            new TracedPattern(at => ValueTrace.OfJacobian(f, at), x),
            Jacobians.Reverse,
            order,
            (at, plan) => Compressed.Jacobian(f, at, plan)
        );
    }

    /// <summary>Where there may be entries, at all points so far.</summary>
    /// <example><code>SparseJacobian.Of(new Products(), [1, 2, 3]).Pattern.Count   // -> 4</code></example>
    public SparsePattern Pattern => plan.Pattern;

    /// <summary>Which columns (or in reverse which rows) are found together: so many colours, so many directions to sweep in.</summary>
    /// <example><code>SparseJacobian.Of(new Products(), new double[1000]).Colouring.Count   // -> 2</code></example>
    public Colouring Colouring => plan.Colouring;

    /// <summary>The Jacobian at a point. Its entries are those of <see cref="Pattern"/>, which grows first if it must.</summary>
    /// <exception cref="ArgumentException">There are more or fewer numbers than variables.</exception>
    /// <example><code>SparseJacobian.Of(new Products(), [1, 2, 3]).At([5, 6, 7]).ToArray()   // -> [6, 5, 0, 0, 7, 6]</code></example>
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

    Plan Colour()
    {
        var pattern = traced.Pattern;
        Plan Forward() => new(pattern, Colouring.OfColumns(pattern, order), true);
        Plan Reverse() => new(pattern, Colouring.OfRows(pattern, order), false);
        if (mode != Jacobians.Auto)
            return mode == Jacobians.Forward ? Forward() : Reverse();

        // No colouring has fewer colours than the fullest row (or column) has entries: what cannot win is not coloured.
        int leastForward = Runs(Fullest(pattern)),
            leastReverse = Fullest(pattern.Transpose());
        if (leastForward <= leastReverse)
            return Forward() is var forward && Runs(forward.Colouring.Count) <= leastReverse ? forward : Fewer(forward, Reverse());
        return Reverse() is var reverse && reverse.Colouring.Count <= leastForward ? reverse : Fewer(Forward(), reverse);
    }

    static Plan Fewer(Plan forward, Plan reverse) => Runs(forward.Colouring.Count) <= reverse.Colouring.Count ? forward : reverse;

    static int Runs(int colours) => (colours + Directions - 1) / Directions;

    static int Fullest(SparsePattern pattern)
    {
        int most = 0;
        for (int row = 0; row < pattern.Rows; row++)
            most = Math.Max(most, pattern.Row(row).Length);
        return most;
    }
}
