using System.Numerics;
using System.Runtime.CompilerServices;

namespace Zautograd;

// Lambdas over values: gradients by the tape. Lambdas over duals: forward mode.
public static partial class Derivatives
{
    /// <summary>Value and gradient of a function over <see cref="Value"/>, by one reverse sweep.</summary>
    /// <remarks>Values that the function uses from outside, a model's weights say, get their share in their Grad, as with <see cref="Value.Backward"/> itself.</remarks>
    /// <example><code>
    /// var (value, gradient) = Derivatives.ValueAndGradient(v => v[0] * v[1], [2.0, 5.0]);
    /// value   // -> 10
    /// gradient   // -> [5, 2]
    /// </code></example>
    [OverloadResolutionPriority(1)]
    public static (double Value, double[] Gradient) ValueAndGradient(Func<Value[], Value> f, double[] x)
    {
        ArgumentNullException.ThrowIfNull(x);
        using var inside = Confusion.Enter<Value>(f, AnyInside);
        var leaves = Array.ConvertAll(x, number => new Value(number));
        var y = f([.. leaves]); // what it writes there is its own affair
        foreach (var leaf in leaves)
            leaf.Grad = 0; // and so is what it sweeps
        y.Backward();
        return (y.Data, Array.ConvertAll(leaves, leaf => leaf.Grad));
    }

    /// <summary>The partial derivatives of a function over <see cref="Value"/>.</summary>
    /// <example><code>Derivatives.Gradient(v => v[0] * v[1], [2.0, 5.0])   // -> [5, 2]</code></example>
    [OverloadResolutionPriority(1)]
    public static double[] Gradient(Func<Value[], Value> f, double[] x) => ValueAndGradient(f, x).Gradient;

    // Inside another derivative a value from outside may be one of its variables; else it is a constant.
    internal static bool AnyInside(Value value) => Confusion.Scope<Value>.Depth > 0;

    /// <summary>The derivative of a function over duals, at any number: at a dual of an outer derivative it is an inner one.</summary>
    /// <exception cref="InvalidOperationException">The function uses a variable of an outer derivative over the same numbers.</exception>
    /// <example><code>
    /// Derivatives.Derivative(x => x * x * x, 2.0)   // -> 12
    /// // d/dx at x = 3 of x times (d/dy of x*y at y = 2)
    /// Derivatives.Derivative(x => x * Derivatives.Derivative&lt;Dual&lt;double>>(y => x * y, 2.0), 3.0)   // -> 6
    /// </code></example>
    public static T Derivative<T>(Func<Dual<T>, Dual<T>> f, T x)
        where T : struct, IFloatingPointIeee754<T> => ValueAndDerivative(f, x).Derivative;

    /// <summary>Value and derivative of a function over duals.</summary>
    /// <exception cref="InvalidOperationException">The function uses a variable of an outer derivative over the same numbers.</exception>
    /// <example><code>Derivatives.ValueAndDerivative(x => x * x * x, 2.0)   // -> (8, 12)</code></example>
    public static (T Value, T Derivative) ValueAndDerivative<T>(Func<Dual<T>, Dual<T>> f, T x)
        where T : struct, IFloatingPointIeee754<T>
    {
        using var inside = Confusion.Enter<Dual<T>>(f, HasTangent);
        var y = f(Dual<T>.Variable(x));
        return (y.Value, y.Tangent);
    }

    /// <summary>The second derivative of a function over duals of duals.</summary>
    /// <exception cref="InvalidOperationException">The function uses a variable of an outer derivative over the same numbers.</exception>
    /// <example><code>Derivatives.SecondDerivative(x => x * x * x, 2.0)   // -> 12</code></example>
    public static T SecondDerivative<T>(Func<Dual<Dual<T>>, Dual<Dual<T>>> f, T x)
        where T : struct, IFloatingPointIeee754<T>
    {
        using var inside = EnterTwice<T>(f);
        return Derivative(f, Dual<T>.Variable(x)).Tangent;
    }

    internal static bool HasTangent<T>(Dual<T> number)
        where T : struct, IFloatingPointIeee754<T> => !number.Tangent.Equals(T.Zero);

    // Both tangents are the function's own: it may hold no active dual, and no dual of duals that is active in either of them. The run itself
    // enters the outer ones.
    static Confusion.Scope<Dual<T>> EnterTwice<T>(Delegate f)
        where T : struct, IFloatingPointIeee754<T>
    {
        Confusion.Check<Dual<Dual<T>>>(f, number => HasTangent(number) || HasTangent(number.Value));
        return Confusion.Enter<Dual<T>>(f, HasTangent);
    }

    /// <summary>The value of a function over duals and its derivative along a direction.</summary>
    /// <exception cref="ArgumentException">The direction has another length than x.</exception>
    /// <example><code>Derivatives.Jvp((Dual&lt;double>[] x) => x[0] * x[1], [2.0, 5.0], [1.0, 0.0])   // -> (10, 5)</code></example>
    public static (T Value, T Tangent) Jvp<T>(Func<Dual<T>[], Dual<T>> f, T[] x, T[] direction)
        where T : struct, IFloatingPointIeee754<T>
    {
        var y = Run(f, x, direction);
        return (y.Value, y.Tangent);
    }

    /// <summary>The results of a function over duals and how they change along a direction.</summary>
    /// <exception cref="ArgumentException">The direction has another length than x.</exception>
    /// <example><code>Derivatives.JvpVector((Dual&lt;double>[] x) => new[] { x[0] * x[1], x[1] }, [2.0, 5.0], [1.0, 0.0]).Tangents   // -> [5, 0]</code></example>
    public static (T[] Values, T[] Tangents) JvpVector<T>(Func<Dual<T>[], Dual<T>[]> f, T[] x, T[] direction)
        where T : struct, IFloatingPointIeee754<T>
    {
        var y = Run(f, x, direction);
        return (Array.ConvertAll(y, number => number.Value), Array.ConvertAll(y, number => number.Tangent));
    }

    /// <summary>Value and gradient of a function over duals, one run per variable: for few variables.</summary>
    /// <exception cref="ArgumentException">There are no variables.</exception>
    /// <example><code>
    /// var (value, gradient) = Derivatives.ValueAndGradient((Dual&lt;double>[] x) => x[0] * x[1], [2.0, 5.0]);
    /// value   // -> 10
    /// gradient   // -> [5, 2]
    /// </code></example>
    public static (T Value, T[] Gradient) ValueAndGradient<T>(Func<Dual<T>[], Dual<T>> f, T[] x)
        where T : struct, IFloatingPointIeee754<T>
    {
        var runs = AlongEach(f, x);
        return (runs[0].Value, Array.ConvertAll(runs, y => y.Tangent));
    }

    /// <summary>The gradient of a function over duals, one run per variable: for few variables.</summary>
    /// <example><code>Derivatives.Gradient((Dual&lt;double>[] x) => x[0] * x[1], [2.0, 5.0])   // -> [5, 2]</code></example>
    public static T[] Gradient<T>(Func<Dual<T>[], Dual<T>> f, T[] x)
        where T : struct, IFloatingPointIeee754<T> => [.. Units(x).Select(unit => Run(f, x, unit).Tangent)];

    /// <summary>The results of a function over duals and their partial derivatives, one run per variable; a row per result and a column per variable.</summary>
    /// <exception cref="ArgumentException">There are no variables.</exception>
    /// <example><code>Derivatives.ValuesAndJacobian((Dual&lt;double>[] x) => new[] { x[0] * x[1], x[1] }, [2.0, 5.0]).Values   // -> [10, 5]</code></example>
    public static (T[] Values, T[,] Jacobian) ValuesAndJacobian<T>(Func<Dual<T>[], Dual<T>[]> f, T[] x)
        where T : struct, IFloatingPointIeee754<T>
    {
        var columns = ColumnsOf(f, x);
        var jacobian = new T[columns[0].Length, x.Length];
        for (int i = 0; i < columns[0].Length; i++)
        for (int j = 0; j < x.Length; j++)
            jacobian[i, j] = columns[j][i].Tangent;
        return (Array.ConvertAll(columns[0], y => y.Value), jacobian);
    }

    /// <summary>The Jacobian of a function over duals, one run per variable; a row per result and a column per variable.</summary>
    /// <exception cref="ArgumentException">There are no variables.</exception>
    /// <example><code>Derivatives.Jacobian((Dual&lt;double>[] x) => new[] { x[0] * x[1], x[1] }, [2.0, 5.0])   // -> [5, 2, 0, 1]</code></example>
    public static T[,] Jacobian<T>(Func<Dual<T>[], Dual<T>[]> f, T[] x)
        where T : struct, IFloatingPointIeee754<T> => ValuesAndJacobian(f, x).Jacobian;

    /// <summary>The derivatives of each result of a function over duals by its own variable, added up.</summary>
    /// <exception cref="ArgumentException">There are not as many results as variables.</exception>
    /// <example><code>Derivatives.Divergence((Dual&lt;double>[] x) => new[] { x[0] * x[1], x[1] }, [2.0, 5.0])   // -> 6</code></example>
    public static T Divergence<T>(Func<Dual<T>[], Dual<T>[]> f, T[] x)
        where T : struct, IFloatingPointIeee754<T> => Divergence(Jacobian(f, x));

    /// <summary>How a vector field over duals turns.</summary>
    /// <exception cref="ArgumentException">There are not two or three variables, and as many results.</exception>
    /// <example><code>Derivatives.Curl((Dual&lt;double>[] x) => new[] { -x[1], x[0] }, [2.0, 5.0])   // -> [2]</code></example>
    public static T[] Curl<T>(Func<Dual<T>[], Dual<T>[]> f, T[] x)
        where T : struct, IFloatingPointIeee754<T> => Curl(Jacobian(f, x));

    /// <summary>The results of a function over duals and the gradient of their weighted sum, one run per variable: for few variables.</summary>
    /// <exception cref="ArgumentException">There are no variables, or there are not as many adjoints as results.</exception>
    /// <example><code>Derivatives.Vjp((Dual&lt;double>[] x) => new[] { x[0] * x[1], x[1] }, [2.0, 5.0], [1.0, 0.0]).Gradient   // -> [5, 2]</code></example>
    public static (T[] Values, T[] Gradient) Vjp<T>(Func<Dual<T>[], Dual<T>[]> f, T[] x, T[] adjoints)
        where T : struct, IFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(adjoints);
        var columns = ColumnsOf(f, x);
        SameLength(nameof(adjoints), columns[0].Length, adjoints.Length);
        return (
            Array.ConvertAll(columns[0], y => y.Value),
            Array.ConvertAll(
                columns,
                column =>
                    column.Zip(adjoints, (y, adjoint) => Strong.Multiply(y.Tangent, adjoint)).Aggregate(T.Zero, (sum, term) => sum + term)
            )
        );
    }

    /// <summary>left * Hessian * right of a function over duals of duals, by one run.</summary>
    /// <exception cref="ArgumentException">A direction has another length than x.</exception>
    /// <example><code>
    /// Derivatives.VectorHessianVector((Dual&lt;Dual&lt;double>>[] x) => x[0] * x[1], [2.0, 5.0], [1.0, 0.0], [0.0, 1.0])   // -> 1
    /// </code></example>
    public static T VectorHessianVector<T>(Func<Dual<Dual<T>>[], Dual<Dual<T>>> f, T[] x, T[] left, T[] right)
        where T : struct, IFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        SameLength(nameof(left), x.Length, left.Length);
        SameLength(nameof(right), x.Length, right.Length);
        using var inside = EnterTwice<T>(f);
        Dual<T>[] points = [.. x.Zip(right, (number, tangent) => new Dual<T>(number, tangent))];
        return Run(f, points, Array.ConvertAll(left, tangent => new Dual<T>(tangent))).Tangent.Tangent;
    }

    /// <summary>The Hessian of a function over duals of duals times a direction, one run per variable: for few variables.</summary>
    /// <exception cref="ArgumentException">The direction has another length than x.</exception>
    /// <example><code>Derivatives.HessianVector((Dual&lt;Dual&lt;double>>[] x) => x[0] * x[1], [2.0, 5.0], [1.0, 0.0])   // -> [0, 1]</code></example>
    public static T[] HessianVector<T>(Func<Dual<Dual<T>>[], Dual<Dual<T>>> f, T[] x, T[] direction)
        where T : struct, IFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(f);
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(direction);
        SameLength(nameof(direction), x.Length, direction.Length);
        return [.. Units(x).Select(unit => VectorHessianVector(f, x, unit, direction))];
    }

    /// <summary>The second derivatives of a function over duals of duals, one run for each pair of variables: for few variables.</summary>
    /// <example><code>Derivatives.Hessian((Dual&lt;Dual&lt;double>>[] x) => x[0] * x[1], [2.0, 5.0])   // -> [0, 1, 1, 0]</code></example>
    public static T[,] Hessian<T>(Func<Dual<Dual<T>>[], Dual<Dual<T>>> f, T[] x)
        where T : struct, IFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(f);
        T[][] units = [.. Units(x)];
        var hessian = new T[x.Length, x.Length];
        for (int i = 0; i < x.Length; i++)
        for (int j = 0; j <= i; j++)
            hessian[i, j] = hessian[j, i] = VectorHessianVector(f, x, units[i], units[j]);
        return hessian;
    }

    /// <summary>The second derivatives of a function over duals of duals by each variable, added up.</summary>
    /// <example><code>Derivatives.Laplacian((Dual&lt;Dual&lt;double>>[] x) => x[0] * x[0] * x[1], [2.0, 5.0])   // -> 10</code></example>
    public static T Laplacian<T>(Func<Dual<Dual<T>>[], Dual<Dual<T>>> f, T[] x)
        where T : struct, IFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(f);
        return Units(x).Aggregate(T.Zero, (sum, unit) => sum + VectorHessianVector(f, x, unit, unit));
    }

    static Dual<T>[][] ColumnsOf<T>(Func<Dual<T>[], Dual<T>[]> f, T[] x)
        where T : struct, IFloatingPointIeee754<T>
    {
        var columns = AlongEach(f, x);
        foreach (var column in columns)
        {
            if ((column ?? throw new ArgumentException("The function gave null.", nameof(f))).Length != columns[0].Length)
                throw new ArgumentException(
                    $"The function gave {columns[0].Length} result(s), and {column.Length} at the same point later.",
                    nameof(f)
                );
        }

        return columns;
    }

    static TResult[] AlongEach<T, TResult>(Func<Dual<T>[], TResult> f, T[] x)
        where T : struct, IFloatingPointIeee754<T>
    {
        TResult[] runs = [.. Units(x).Select(unit => Run(f, x, unit))];
        return runs.Length > 0 ? runs : throw new ArgumentException("There must be a variable.", nameof(x));
    }

    static TResult Run<T, TResult>(Func<Dual<T>[], TResult> f, T[] x, T[] direction)
        where T : struct, IFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(direction);
        SameLength(nameof(direction), x.Length, direction.Length);
        using var inside = Confusion.Enter<Dual<T>>(f, HasTangent);
        var numbers = new Dual<T>[x.Length];
        for (int i = 0; i < x.Length; i++)
            numbers[i] = new(x[i], direction[i]);
        return f(numbers);
    }

    static IEnumerable<T[]> Units<T>(T[] x)
        where T : struct, IFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(x);
        for (int i = 0; i < x.Length; i++)
        {
            var unit = new T[x.Length];
            unit[i] = T.One;
            yield return unit;
        }
    }
}
