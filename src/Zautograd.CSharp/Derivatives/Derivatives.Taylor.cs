using System.Numerics;

namespace Zautograd;

// Higher derivatives of functions of one variable, over any number: by power series, at a cost that grows with the square of the order.
public static partial class Derivatives
{
    /// <summary>The coefficients of t^0 ... t^order in f(x + t).</summary>
    /// <remarks>The function is run once; at kinks and branches it is the series of what it computes there.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The order is negative.</exception>
    /// <exception cref="NotSupportedException">The function calls a custom rule.</exception>
    /// <example><code>
    /// Derivatives.TaylorCoefficients(new Reciprocal(), 1.0, 4)   // -> [1, -1, 1, -1, 1]
    ///
    /// readonly struct Reciprocal : IFunction
    /// {
    ///     public T Call&lt;T&gt;(T x) where T : struct, IFloatingPointIeee754&lt;T&gt; => T.One / x;
    /// }
    /// </code></example>
    public static T[] TaylorCoefficients<TFunction, T>(TFunction f, T x, int order)
        where TFunction : IFunction
        where T : struct, IFloatingPointIeee754<T>
    {
        ArgumentOutOfRangeException.ThrowIfNegative(order);
        using var inside = Confusion.Enter<TFunction, Active<T, PowerSeries<T>>>(f);
        return PowerSeries<T>.Coefficients(f.Call(PowerSeries<T>.Variable(x, order)), order);
    }

    /// <summary>The coefficients of t^0 ... t^order in f(x + t * direction), for a function of many variables.</summary>
    /// <exception cref="ArgumentException">The direction has another length than x.</exception>
    /// <example><code>
    /// Derivatives.TaylorCoefficients(new Product(), [2.0, 5.0], [1.0, 1.0], 3)   // -> [10, 7, 1, 0]
    ///
    /// readonly struct Product : IScalarField
    /// {
    ///     public T Call&lt;T&gt;(ReadOnlySpan&lt;T&gt; x) where T : struct, IFloatingPointIeee754&lt;T&gt; => x[0] * x[1];
    /// }
    /// </code></example>
    public static T[] TaylorCoefficients<TField, T>(TField f, T[] x, T[] direction, int order)
        where TField : IScalarField
        where T : struct, IFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(direction);
        SameLength(nameof(direction), x.Length, direction.Length);
        return TaylorCoefficients(new OnLine<TField, T>(f, x, direction), T.Zero, order);
    }

    /// <summary>The n-th derivative of a function of one variable; the 0-th is its value.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The order is negative.</exception>
    /// <example><code>
    /// Derivatives.NthDerivative(new Fifth(), 1.0, 3)   // -> 60
    ///
    /// readonly struct Fifth : IFunction
    /// {
    ///     public T Call&lt;T&gt;(T x) where T : struct, IFloatingPointIeee754&lt;T&gt; => x * x * x * x * x;
    /// }
    /// </code></example>
    public static T NthDerivative<TFunction, T>(TFunction f, T x, int order)
        where TFunction : IFunction
        where T : struct, IFloatingPointIeee754<T>
    {
        switch (order)
        {
            case 0:
                return f.Call(x);
            case 1:
                return Derivative(f, x);
            case 2:
                return SecondDerivative(f, x);
            default:
                var coefficients = TaylorCoefficients(f, x, order);
                return Enumerable.Range(1, order).Aggregate(coefficients[order], (product, factor) => product * T.CreateChecked(factor));
        }
    }

    readonly struct OnLine<TField, TPoint>(TField f, TPoint[] x, TPoint[] direction) : IFunction
        where TField : IScalarField
        where TPoint : struct, IFloatingPointIeee754<TPoint>
    {
        public T Call<T>(T t)
            where T : struct, IFloatingPointIeee754<T>
        {
            var point = new T[x.Length];
            for (int i = 0; i < point.Length; i++)
                point[i] = T.CreateChecked(x[i]) + t * T.CreateChecked(direction[i]);
            return f.Call<T>(point);
        }
    }
}
