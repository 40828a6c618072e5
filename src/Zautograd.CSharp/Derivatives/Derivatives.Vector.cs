using System.Numerics;

namespace Zautograd;

// Derivatives of vector fields.
public static partial class Derivatives
{
    /// <summary>The partial derivatives, a row per result and a column per variable.</summary>
    /// <param name="f">The function.</param>
    /// <param name="x">The point.</param>
    /// <param name="by">Forward or in reverse; by itself it looks at the shape.</param>
    /// <example><code>
    /// Derivatives.Jacobian(new Polar(), [2.0, 0.0])   // -> [1, 0, 0, 2]
    /// Derivatives.Jacobian(new Polar(), [2.0, 0.0], Jacobians.Reverse)   // -> [1, 0, 0, 2]
    ///
    /// readonly struct Polar : IVectorField
    /// {
    ///     public int Results(int variables) => 2;
    ///
    ///     public void Call&lt;T&gt;(ReadOnlySpan&lt;T&gt; x, Span&lt;T&gt; y) where T : struct, IFloatingPointIeee754&lt;T&gt; =>
    ///         (y[0], y[1]) = (x[0] * T.Cos(x[1]), x[0] * T.Sin(x[1]));
    /// }
    /// </code></example>
    public static T[,] Jacobian<TField, T>(TField f, ReadOnlySpan<T> x, Jacobians by = Jacobians.Auto)
        where TField : IVectorField
        where T : struct, IFloatingPointIeee754<T> => ValuesAndJacobian(f, x, by).Jacobian;

    /// <summary>The results and their partial derivatives, a row per result and a column per variable.</summary>
    /// <example><code>
    /// Derivatives.ValuesAndJacobian(new Polar(), [2.0, 0.0]).Values   // -> [2, 0]
    ///
    /// readonly struct Polar : IVectorField
    /// {
    ///     public int Results(int variables) => 2;
    ///
    ///     public void Call&lt;T&gt;(ReadOnlySpan&lt;T&gt; x, Span&lt;T&gt; y) where T : struct, IFloatingPointIeee754&lt;T&gt; =>
    ///         (y[0], y[1]) = (x[0] * T.Cos(x[1]), x[0] * T.Sin(x[1]));
    /// }
    /// </code></example>
    public static (T[] Values, T[,] Jacobian) ValuesAndJacobian<TField, T>(TField f, ReadOnlySpan<T> x, Jacobians by = Jacobians.Auto)
        where TField : IVectorField
        where T : struct, IFloatingPointIeee754<T>
    {
        var values = new T[f.Results(x.Length)];
        var jacobian = new T[values.Length, x.Length];
        if (!GoesForward<T>(by, values.Length, x.Length))
        {
            ReverseMode.Jacobian<TField, T>(f, x, values, jacobian);
        }
        else if (typeof(T) == typeof(double))
        {
            var work = new LaneJacobian<TField>(f, Plain(x), (double[])(object)values, (double[,])(object)jacobian);
            Registers.Run(ref work);
        }
        else
        {
            T[] unit = new T[x.Length],
                column = new T[values.Length];
            for (int j = 0; j < x.Length; j++)
            {
                unit[j] = T.One;
                ForwardMode.Along<TField, T>(f, x, unit, values, column);
                unit[j] = T.Zero;
                for (int i = 0; i < column.Length; i++)
                    jacobian[i, j] = column[i];
            }
        }

        return (values, jacobian);
    }

    // Runs forward against sweeps in reverse; recording costs about two more.
    static bool GoesForward<T>(Jacobians by, int results, int variables) =>
        by switch
        {
            Jacobians.Forward => variables > 0,
            Jacobians.Reverse => false,
            Jacobians.Auto => variables > 0 && (typeof(T) == typeof(double) ? (variables + 7) / 8 : variables) <= results + 2,
            _ => throw new ArgumentOutOfRangeException(nameof(by), by, "A Jacobian is found forward or in reverse."),
        };

    /// <summary>Jacobian-vector product: the results, and how they change along a direction, by one forward run.</summary>
    /// <exception cref="ArgumentException">The direction has another length than x.</exception>
    /// <example><code>
    /// Derivatives.JvpVector(new Polar(), [2.0, 0.0], [0.0, 1.0]).Tangents   // -> [0, 2]
    ///
    /// readonly struct Polar : IVectorField
    /// {
    ///     public int Results(int variables) => 2;
    ///
    ///     public void Call&lt;T&gt;(ReadOnlySpan&lt;T&gt; x, Span&lt;T&gt; y) where T : struct, IFloatingPointIeee754&lt;T&gt; =>
    ///         (y[0], y[1]) = (x[0] * T.Cos(x[1]), x[0] * T.Sin(x[1]));
    /// }
    /// </code></example>
    public static (T[] Values, T[] Tangents) JvpVector<TField, T>(TField f, ReadOnlySpan<T> x, ReadOnlySpan<T> direction)
        where TField : IVectorField
        where T : struct, IFloatingPointIeee754<T>
    {
        SameLength(nameof(direction), x.Length, direction.Length);
        T[] values = new T[f.Results(x.Length)],
            tangents = new T[values.Length];
        ForwardMode.Along(f, x, direction, values, tangents);
        return (values, tangents);
    }

    /// <summary>Vector-Jacobian product: the results, and the gradient of their sum weighted by the given adjoints, by one reverse sweep.</summary>
    /// <exception cref="ArgumentException">There are not as many adjoints as results.</exception>
    /// <example><code>
    /// Derivatives.Vjp(new Polar(), [2.0, 0.0], [0.0, 1.0]).Gradient   // -> [0, 2]
    ///
    /// readonly struct Polar : IVectorField
    /// {
    ///     public int Results(int variables) => 2;
    ///
    ///     public void Call&lt;T&gt;(ReadOnlySpan&lt;T&gt; x, Span&lt;T&gt; y) where T : struct, IFloatingPointIeee754&lt;T&gt; =>
    ///         (y[0], y[1]) = (x[0] * T.Cos(x[1]), x[0] * T.Sin(x[1]));
    /// }
    /// </code></example>
    public static (T[] Values, T[] Gradient) Vjp<TField, T>(TField f, ReadOnlySpan<T> x, ReadOnlySpan<T> adjoints)
        where TField : IVectorField
        where T : struct, IFloatingPointIeee754<T>
    {
        T[] values = new T[f.Results(x.Length)],
            gradient = new T[x.Length];
        if (adjoints.Length != values.Length)
            throw new ArgumentException($"There are {values.Length} results, but {adjoints.Length} adjoints.", nameof(adjoints));
        ReverseMode.Pull(f, x, adjoints, values, gradient);
        return (values, gradient);
    }

    /// <summary>The derivatives of each result by its own variable, added up.</summary>
    /// <exception cref="ArgumentException">There are not as many results as variables.</exception>
    /// <example><code>
    /// Derivatives.Divergence(new Outward(), [2.0, 5.0])   // -> 14
    ///
    /// readonly struct Outward : IVectorField
    /// {
    ///     public int Results(int variables) => variables;
    ///
    ///     public void Call&lt;T&gt;(ReadOnlySpan&lt;T&gt; x, Span&lt;T&gt; y) where T : struct, IFloatingPointIeee754&lt;T&gt; =>
    ///         (y[0], y[1]) = (x[0] * x[0], x[1] * x[1]);
    /// }
    /// </code></example>
    public static T Divergence<TField, T>(TField f, ReadOnlySpan<T> x)
        where TField : IVectorField
        where T : struct, IFloatingPointIeee754<T> => Divergence(Jacobian(f, x, Jacobians.Forward));

    /// <summary>How a vector field turns: of three variables the three components, of two the one that stands upright.</summary>
    /// <exception cref="ArgumentException">There are not two or three variables, and as many results.</exception>
    /// <example><code>
    /// Derivatives.Curl(new Turn(), [2.0, 5.0])   // -> [2]
    ///
    /// readonly struct Turn : IVectorField
    /// {
    ///     public int Results(int variables) => variables;
    ///
    ///     public void Call&lt;T&gt;(ReadOnlySpan&lt;T&gt; x, Span&lt;T&gt; y) where T : struct, IFloatingPointIeee754&lt;T&gt; =>
    ///         (y[0], y[1]) = (-x[1], x[0]);
    /// }
    /// </code></example>
    public static T[] Curl<TField, T>(TField f, ReadOnlySpan<T> x)
        where TField : IVectorField
        where T : struct, IFloatingPointIeee754<T> => Curl(Jacobian(f, x, Jacobians.Forward));

    static T Divergence<T>(T[,] jacobian)
        where T : struct, INumberBase<T>
    {
        if (jacobian.GetLength(0) != jacobian.GetLength(1))
            throw new ArgumentException(
                $"A divergence needs one result per variable, but there are {jacobian.GetLength(0)} for {jacobian.GetLength(1)}.",
                "f"
            );
        var sum = T.Zero;
        for (int i = 0; i < jacobian.GetLength(0); i++)
            sum += jacobian[i, i];
        return sum;
    }

    static T[] Curl<T>(T[,] jacobian)
        where T : struct, INumberBase<T>
    {
        T Turn(int first, int second) => jacobian[second, first] - jacobian[first, second];
        return (jacobian.GetLength(0), jacobian.GetLength(1)) switch
        {
            (2, 2) => [Turn(0, 1)],
            (3, 3) => [Turn(1, 2), Turn(2, 0), Turn(0, 1)],
            var (results, variables) => throw new ArgumentException(
                $"A curl is defined in 2 or 3 variables with as many results, but there are {results} for {variables}.",
                "f"
            ),
        };
    }
}
