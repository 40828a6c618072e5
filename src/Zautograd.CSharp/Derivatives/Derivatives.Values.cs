using System.Runtime.CompilerServices;

namespace Zautograd;

// All operators on lambdas over values: the function is run once and what it computed is run again on the numbers that the operator needs.
public static partial class Derivatives
{
    /// <summary>The Hessian of a function over <see cref="Value"/> times a direction.</summary>
    /// <exception cref="ArgumentException">The direction has another length than x.</exception>
    /// <exception cref="InvalidOperationException">The function sets <see cref="Value.Data"/> of a value it has computed with.</exception>
    /// <exception cref="NotSupportedException">It depends on operations of which only the slopes are known: a rule of plain numbers, or another thread's.</exception>
    /// <example><code>Derivatives.HessianVector(v => v[0] * v[1].Sin(), [2.0, 0.0], [1.0, 1.0])   // -> [1, 1]</code></example>
    [OverloadResolutionPriority(1)]
    public static double[] HessianVector(Func<Value[], Value> f, double[] x, double[] direction)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(direction);
        SameLength(nameof(direction), x.Length, direction.Length);
        using var inside = Confusion.Enter<Value>(f, AnyInside);
        return SecondSweep.HessianVector(f, x, direction);
    }

    /// <summary>The second derivatives of a function over <see cref="Value"/>, row by row.</summary>
    /// <example><code>Derivatives.Hessian(v => v[0] * v[1] * v[1], [2.0, 3.0])   // -> [0, 6, 6, 4]</code></example>
    [OverloadResolutionPriority(1)]
    public static double[,] Hessian(Func<Value[], Value> f, double[] x)
    {
        using var replay = Replayed(f, x);
        return Hessian<Replay, double>(replay, x);
    }

    /// <summary>left * Hessian * right of a function over <see cref="Value"/>.</summary>
    /// <exception cref="ArgumentException">A direction has another length than x.</exception>
    /// <example><code>Derivatives.VectorHessianVector(v => v[0] * v[1], [2.0, 3.0], [1.0, 0.0], [0.0, 1.0])   // -> 1</code></example>
    [OverloadResolutionPriority(1)]
    public static double VectorHessianVector(Func<Value[], Value> f, double[] x, double[] left, double[] right)
    {
        using var replay = Replayed(f, x);
        return VectorHessianVector<Replay, double>(replay, x, left, right);
    }

    /// <summary>The second derivatives of a function over <see cref="Value"/> by each variable, added up.</summary>
    /// <example><code>Derivatives.Laplacian(v => v[0] * v[0] + v[1] * v[1], [2.0, 3.0])   // -> 4</code></example>
    [OverloadResolutionPriority(1)]
    public static double Laplacian(Func<Value[], Value> f, double[] x)
    {
        using var replay = Replayed(f, x);
        return Laplacian<Replay, double>(replay, x);
    }

    /// <summary>The value of a function over <see cref="Value"/> and its derivative along a direction.</summary>
    /// <exception cref="ArgumentException">The direction has another length than x.</exception>
    /// <example><code>Derivatives.Jvp(v => v[0] * v[1], [2.0, 5.0], [1.0, 0.0])   // -> (10, 5)</code></example>
    [OverloadResolutionPriority(1)]
    public static (double Value, double Tangent) Jvp(Func<Value[], Value> f, double[] x, double[] direction)
    {
        using var replay = Replayed(f, x);
        return Jvp<Replay, double>(replay, x, direction);
    }

    /// <summary>The results of a function over <see cref="Value"/> and how they change along a direction.</summary>
    /// <exception cref="ArgumentException">The direction has another length than x.</exception>
    /// <example><code>Derivatives.JvpVector((Value[] v) => new[] { v[0] * v[1], v[1] }, [2.0, 5.0], [1.0, 0.0]).Tangents   // -> [5, 0]</code></example>
    [OverloadResolutionPriority(1)]
    public static (double[] Values, double[] Tangents) JvpVector(Func<Value[], Value[]> f, double[] x, double[] direction)
    {
        using var replay = Replayed(f, x);
        return JvpVector<Replay, double>(replay, x, direction);
    }

    /// <summary>The results of a function over <see cref="Value"/>, and the gradient of their sum weighted by the given adjoints.</summary>
    /// <exception cref="ArgumentException">There are not as many adjoints as results.</exception>
    /// <example><code>Derivatives.Vjp(v => new[] { v[0] * v[1], v[1] }, [2.0, 5.0], [1.0, 0.0]).Gradient   // -> [5, 2]</code></example>
    [OverloadResolutionPriority(1)]
    public static (double[] Values, double[] Gradient) Vjp(Func<Value[], Value[]> f, double[] x, double[] adjoints)
    {
        using var replay = Replayed(f, x);
        return Vjp<Replay, double>(replay, x, adjoints);
    }

    /// <summary>The Jacobian of a function over <see cref="Value"/>, a row per result and a column per variable.</summary>
    /// <example><code>Derivatives.Jacobian(v => new[] { v[0] * v[1], v[1] }, [2.0, 5.0])   // -> [5, 2, 0, 1]</code></example>
    [OverloadResolutionPriority(1)]
    public static double[,] Jacobian(Func<Value[], Value[]> f, double[] x, Jacobians by = Jacobians.Auto)
    {
        using var replay = Replayed(f, x);
        return Jacobian<Replay, double>(replay, x, by);
    }

    /// <summary>The results of a function over <see cref="Value"/> and their partial derivatives, a row per result and a column per variable.</summary>
    /// <example><code>
    /// var (values, jacobian) = Derivatives.ValuesAndJacobian(v => new[] { v[0] * v[1], v[1] }, [2.0, 5.0]);
    /// values   // -> [10, 5]
    /// jacobian   // -> [5, 2, 0, 1]
    /// </code></example>
    [OverloadResolutionPriority(1)]
    public static (double[] Values, double[,] Jacobian) ValuesAndJacobian(
        Func<Value[], Value[]> f,
        double[] x,
        Jacobians by = Jacobians.Auto
    )
    {
        using var replay = Replayed(f, x);
        return ValuesAndJacobian<Replay, double>(replay, x, by);
    }

    /// <summary>The derivatives of each result of a function over <see cref="Value"/> by its own variable, added up.</summary>
    /// <exception cref="ArgumentException">There are not as many results as variables.</exception>
    /// <example><code>Derivatives.Divergence(v => new[] { v[0] * v[1], v[1] }, [2.0, 5.0])   // -> 6</code></example>
    [OverloadResolutionPriority(1)]
    public static double Divergence(Func<Value[], Value[]> f, double[] x)
    {
        using var replay = Replayed(f, x);
        return Divergence<Replay, double>(replay, x);
    }

    /// <summary>How a vector field over <see cref="Value"/> turns.</summary>
    /// <exception cref="ArgumentException">There are not two or three variables, and as many results.</exception>
    /// <example><code>Derivatives.Curl(v => new[] { -v[1], v[0] }, [2.0, 5.0])   // -> [2]</code></example>
    [OverloadResolutionPriority(1)]
    public static double[] Curl(Func<Value[], Value[]> f, double[] x)
    {
        using var replay = Replayed(f, x);
        return Curl<Replay, double>(replay, x);
    }

    /// <summary>The derivative of a function of one variable over <see cref="Value"/>. Lambdas that do not say their type run on duals.</summary>
    /// <example><code>Derivatives.Derivative((Value v) => v * v.Exp(), 0.0)   // -> 1</code></example>
    [OverloadResolutionPriority(-1)]
    public static double Derivative(Func<Value, Value> f, double x) => ValueAndDerivative(f, x).Derivative;

    /// <summary>Value and derivative of a function of one variable over <see cref="Value"/>. Lambdas that do not say their type run on duals.</summary>
    /// <example><code>Derivatives.ValueAndDerivative((Value v) => v * v * v, 2.0)   // -> (8, 12)</code></example>
    [OverloadResolutionPriority(-1)]
    public static (double Value, double Derivative) ValueAndDerivative(Func<Value, Value> f, double x)
    {
        using var replay = Replayed(f, x);
        return ValueAndDerivative<Replay, double>(replay, x);
    }

    /// <summary>The second derivative of a function of one variable over <see cref="Value"/>. Lambdas that do not say their type run on duals.</summary>
    /// <example><code>Derivatives.SecondDerivative((Value v) => v * v * v, 2.0)   // -> 12</code></example>
    [OverloadResolutionPriority(-1)]
    public static double SecondDerivative(Func<Value, Value> f, double x)
    {
        using var replay = Replayed(f, x);
        return SecondDerivative<Replay, double>(replay, x);
    }

    /// <summary>The n-th derivative of a function of one variable over <see cref="Value"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The order is negative.</exception>
    /// <example><code>Derivatives.NthDerivative(v => v * v * v, 2.0, 2)   // -> 12</code></example>
    public static double NthDerivative(Func<Value, Value> f, double x, int order)
    {
        using var replay = Replayed(f, x);
        return NthDerivative(replay, x, order);
    }

    /// <summary>The coefficients of t^0 ... t^order in f(x + t), of a function over <see cref="Value"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The order is negative.</exception>
    /// <example><code>Derivatives.TaylorCoefficients(v => v.Exp(), 0.0, 2)   // -> [1, 1, 0.5]</code></example>
    public static double[] TaylorCoefficients(Func<Value, Value> f, double x, int order)
    {
        using var replay = Replayed(f, x);
        return TaylorCoefficients(replay, x, order);
    }

    /// <summary>The coefficients of t^0 ... t^order in f(x + t * direction), for a function over <see cref="Value"/> of many variables.</summary>
    /// <exception cref="ArgumentException">The direction has another length than x.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The order is negative.</exception>
    /// <example><code>Derivatives.TaylorCoefficients(v => v[0] * v[1], [2.0, 5.0], [1.0, 1.0], 3)   // -> [10, 7, 1, 0]</code></example>
    public static double[] TaylorCoefficients(Func<Value[], Value> f, double[] x, double[] direction, int order)
    {
        using var replay = Replayed(f, x);
        return TaylorCoefficients<Replay, double>(replay, x, direction, order);
    }

    static Replay Replayed(Func<Value, Value> f, double x)
    {
        using var inside = Confusion.Enter<Value>(f, AnyInside);
        return new(v => [f(v[0])], [x]);
    }

    internal static Replay Replayed(Func<Value[], Value> f, double[] x)
    {
        using var inside = Confusion.Enter<Value>(f, AnyInside);
        return new(v => [f(v)], x);
    }

    static Replay Replayed(Func<Value[], Value[]> f, double[] x)
    {
        using var inside = Confusion.Enter<Value>(f, AnyInside);
        return new(f, x);
    }
}
