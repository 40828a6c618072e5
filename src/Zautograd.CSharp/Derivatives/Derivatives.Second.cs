using System.Numerics;

namespace Zautograd;

// Second derivatives of scalar fields: lanes of duals, reverse mode over duals or lanes, or duals of duals.
public static partial class Derivatives
{
    /// <summary>The Hessian times a direction: of few variables forward, eight at once; of many the gradient of duals, by one sweep. docs/operators.md has what it costs.</summary>
    /// <exception cref="ArgumentException">The direction has another length than x.</exception>
    /// <example><code>
    /// Derivatives.HessianVector(new Product(), [2.0, 5.0], [1.0, 0.0])   // -> [0, 1]
    ///
    /// readonly struct Product : IScalarField
    /// {
    ///     public T Call&lt;T&gt;(ReadOnlySpan&lt;T&gt; x) where T : struct, IFloatingPointIeee754&lt;T&gt; => x[0] * x[1];
    /// }
    /// </code></example>
    public static T[] HessianVector<TField, T>(TField f, ReadOnlySpan<T> x, ReadOnlySpan<T> direction)
        where TField : IScalarField
        where T : struct, IFloatingPointIeee754<T>
    {
        var product = new T[x.Length];
        HessianVector(f, x, direction, new T[x.Length], product);
        return product;
    }

    /// <summary>Value, gradient and Hessian-vector product at once, written to arrays of yours.</summary>
    /// <exception cref="ArgumentException">An array has another length than x.</exception>
    /// <example><code>
    /// double[] gradient = new double[2], product = new double[2];
    /// Derivatives.HessianVector(new Product(), [2.0, 5.0], [1.0, 0.0], gradient, product)   // -> 10
    /// gradient   // -> [5, 2]
    /// product   // -> [0, 1]
    ///
    /// readonly struct Product : IScalarField
    /// {
    ///     public T Call&lt;T&gt;(ReadOnlySpan&lt;T&gt; x) where T : struct, IFloatingPointIeee754&lt;T&gt; => x[0] * x[1];
    /// }
    /// </code></example>
    public static T HessianVector<TField, T>(TField f, ReadOnlySpan<T> x, ReadOnlySpan<T> direction, Span<T> gradient, Span<T> product)
        where TField : IScalarField
        where T : struct, IFloatingPointIeee754<T>
    {
        SameLength(nameof(direction), x.Length, direction.Length);
        SameLength(nameof(gradient), x.Length, gradient.Length);
        SameLength(nameof(product), x.Length, product.Length);
        using var inside = Confusion.Enter<TField, Dual<T>>(f);
        // few variables go forward, as for a gradient, but for a replay, which has its own sweep
        if (typeof(T) == typeof(double) && x.Length <= FewVariables && typeof(TField) != typeof(Replay))
        {
            var work = new LaneHessianVector<TField>(f, Plain(x), Plain(direction), Plain(gradient), Plain(product));
            Registers.Run(ref work);
            return T.CreateChecked(work.Value);
        }

        var points = new Dual<T>[x.Length];
        for (int i = 0; i < points.Length; i++)
            points[i] = new(x[i], direction[i]);
        var y = ReverseMode.Gradient<TField, Dual<T>>(f, points, points); // the points are read before the gradient is written
        for (int i = 0; i < points.Length; i++)
            (gradient[i], product[i]) = (points[i].Value, points[i].Tangent);
        return y.Value;
    }

    /// <summary>left * Hessian * right, by one forward run over duals of duals: the curvature along a direction, if both are that.</summary>
    /// <exception cref="ArgumentException">A direction has another length than x.</exception>
    /// <example><code>
    /// Derivatives.VectorHessianVector(new Product(), [2.0, 5.0], [1.0, 0.0], [0.0, 1.0])   // -> 1
    ///
    /// readonly struct Product : IScalarField
    /// {
    ///     public T Call&lt;T&gt;(ReadOnlySpan&lt;T&gt; x) where T : struct, IFloatingPointIeee754&lt;T&gt; => x[0] * x[1];
    /// }
    /// </code></example>
    public static T VectorHessianVector<TField, T>(TField f, ReadOnlySpan<T> x, ReadOnlySpan<T> left, ReadOnlySpan<T> right)
        where TField : IScalarField
        where T : struct, IFloatingPointIeee754<T>
    {
        SameLength(nameof(left), x.Length, left.Length);
        SameLength(nameof(right), x.Length, right.Length);
        using var inside = Confusion.Enter<TField, Dual<T>>(f);
        Dual<T>[] points = new Dual<T>[x.Length],
            directions = new Dual<T>[x.Length];
        for (int i = 0; i < points.Length; i++)
            (points[i], directions[i]) = (new(x[i], left[i]), new(right[i]));
        return ForwardMode.Along<TField, Dual<T>>(f, points, directions).Tangent.Tangent;
    }

    /// <summary>The second derivatives, row by row: at doubles eight columns a sweep, at other numbers one.</summary>
    /// <example><code>
    /// Derivatives.Hessian(new Product(), [2.0, 5.0])   // -> [0, 1, 1, 0]
    ///
    /// readonly struct Product : IScalarField
    /// {
    ///     public T Call&lt;T&gt;(ReadOnlySpan&lt;T&gt; x) where T : struct, IFloatingPointIeee754&lt;T&gt; => x[0] * x[1];
    /// }
    /// </code></example>
    public static T[,] Hessian<TField, T>(TField f, ReadOnlySpan<T> x)
        where TField : IScalarField
        where T : struct, IFloatingPointIeee754<T>
    {
        var hessian = new T[x.Length, x.Length];
        if (typeof(T) == typeof(double))
        {
            var work = new LaneHessian<TField>(f, Plain(x), (double[,])(object)hessian);
            Registers.Run(ref work);
            return hessian;
        }

        T[] unit = new T[x.Length],
            gradient = new T[x.Length],
            column = new T[x.Length];
        for (int j = 0; j < x.Length; j++)
        {
            unit[j] = T.One;
            HessianVector(f, x, unit, gradient, column);
            unit[j] = T.Zero;
            for (int i = 0; i < x.Length; i++)
                hessian[i, j] = column[i];
        }

        return hessian;
    }

    /// <summary>The second derivatives by each variable, added up.</summary>
    /// <example><code>
    /// Derivatives.Laplacian(new Squares(), [2.0, 5.0])   // -> 4
    ///
    /// readonly struct Squares : IScalarField
    /// {
    ///     public T Call&lt;T&gt;(ReadOnlySpan&lt;T&gt; x) where T : struct, IFloatingPointIeee754&lt;T&gt; => x[0] * x[0] + x[1] * x[1];
    /// }
    /// </code></example>
    public static T Laplacian<TField, T>(TField f, ReadOnlySpan<T> x)
        where TField : IScalarField
        where T : struct, IFloatingPointIeee754<T>
    {
        var unit = new T[x.Length];
        var sum = T.Zero;
        for (int i = 0; i < x.Length; i++)
        {
            unit[i] = T.One;
            sum += VectorHessianVector<TField, T>(f, x, unit, unit);
            unit[i] = T.Zero;
        }

        return sum;
    }
}
