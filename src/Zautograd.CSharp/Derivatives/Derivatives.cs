using System.Numerics;

namespace Zautograd;

/// <summary>Derivatives of functions: of one variable or many, of any order, in the mode that suits the shape.</summary>
/// <remarks>
/// <para>A function is given as a lambda over <see cref="Value"/> or <see cref="Dual{T}"/>, or as a struct that is generic over its number
/// (<see cref="IFunction"/>, <see cref="IScalarField"/>, <see cref="IVectorField"/>), which is fastest and knows every operator. Of a lambda that
/// says nothing about its type, functions of one variable run on duals and functions of many on values.</para>
/// <para>Operators nest: inside a function over any number T, an operator at points of type T is differentiated as all else is. What would
/// confuse an inner derivative with an outer one is refused.</para>
/// </remarks>
/// <example><code>
/// Derivatives.Gradient(v => v[0] * v[1] + v[1].Sin(), [2.0, 0.0])   // -> [0, 3]
/// Derivatives.Derivative(x => x * x * x, 2.0)   // -> 12
/// Derivatives.Hessian(new Product(), [2.0, 5.0])   // -> [0, 1, 1, 0]
///
/// readonly struct Product : IScalarField
/// {
///     public T Call&lt;T&gt;(ReadOnlySpan&lt;T&gt; x) where T : struct, IFloatingPointIeee754&lt;T&gt; => x[0] * x[1];
/// }
/// </code></example>
public static partial class Derivatives
{
    /// <summary>The derivative of a function of one variable, over any number.</summary>
    /// <example><code>
    /// Derivatives.Derivative(new Cube(), 2.0)   // -> 12
    /// Derivatives.Derivative(new Cube(), 2f)   // -> 12
    ///
    /// readonly struct Cube : IFunction
    /// {
    ///     public T Call&lt;T&gt;(T x) where T : struct, IFloatingPointIeee754&lt;T&gt; => x * x * x;
    /// }
    /// </code></example>
    public static T Derivative<TFunction, T>(TFunction f, T x)
        where TFunction : IFunction
        where T : struct, IFloatingPointIeee754<T> => ValueAndDerivative(f, x).Derivative;

    /// <summary>Value and derivative of a function of one variable, by one run.</summary>
    /// <example><code>
    /// Derivatives.ValueAndDerivative(new Cube(), 2.0)   // -> (8, 12)
    ///
    /// readonly struct Cube : IFunction
    /// {
    ///     public T Call&lt;T&gt;(T x) where T : struct, IFloatingPointIeee754&lt;T&gt; => x * x * x;
    /// }
    /// </code></example>
    public static (T Value, T Derivative) ValueAndDerivative<TFunction, T>(TFunction f, T x)
        where TFunction : IFunction
        where T : struct, IFloatingPointIeee754<T>
    {
        using var inside = Confusion.Enter<TFunction, Dual<T>>(f);
        var y = f.Call(Dual<T>.Variable(x));
        return (y.Value, y.Tangent);
    }

    /// <summary>The second derivative of a function of one variable, over any number.</summary>
    /// <example><code>
    /// Derivatives.SecondDerivative(new Cube(), 2.0)   // -> 12
    ///
    /// readonly struct Cube : IFunction
    /// {
    ///     public T Call&lt;T&gt;(T x) where T : struct, IFloatingPointIeee754&lt;T&gt; => x * x * x;
    /// }
    /// </code></example>
    public static T SecondDerivative<TFunction, T>(TFunction f, T x)
        where TFunction : IFunction
        where T : struct, IFloatingPointIeee754<T>
    {
        using var inside = Confusion.Enter<TFunction, Dual<T>>(f);
        return Derivative(f, Dual<T>.Variable(x)).Tangent;
    }

    /// <summary>Value and gradient: of few variables forward, eight at once; of many by one reverse sweep.</summary>
    /// <example><code>
    /// var (value, gradient) = Derivatives.ValueAndGradient(new Product(), [2.0, 5.0]);
    /// value   // -> 10
    /// gradient   // -> [5, 2]
    ///
    /// readonly struct Product : IScalarField
    /// {
    ///     public T Call&lt;T&gt;(ReadOnlySpan&lt;T&gt; x) where T : struct, IFloatingPointIeee754&lt;T&gt; => x[0] * x[1];
    /// }
    /// </code></example>
    public static (T Value, T[] Gradient) ValueAndGradient<TField, T>(TField f, ReadOnlySpan<T> x)
        where TField : IScalarField
        where T : struct, IFloatingPointIeee754<T>
    {
        var gradient = new T[x.Length];
        return (ValueAndGradient(f, x, gradient), gradient);
    }

    /// <summary>Value and gradient; the gradient is written to an array of yours.</summary>
    /// <exception cref="ArgumentException">The gradient has another length than x.</exception>
    /// <example><code>
    /// var gradient = new double[2];
    /// Derivatives.ValueAndGradient(new Product(), [2.0, 5.0], gradient)   // -> 10
    /// gradient   // -> [5, 2]
    ///
    /// readonly struct Product : IScalarField
    /// {
    ///     public T Call&lt;T&gt;(ReadOnlySpan&lt;T&gt; x) where T : struct, IFloatingPointIeee754&lt;T&gt; => x[0] * x[1];
    /// }
    /// </code></example>
    public static T ValueAndGradient<TField, T>(TField f, ReadOnlySpan<T> x, Span<T> gradient)
        where TField : IScalarField
        where T : struct, IFloatingPointIeee754<T>
    {
        SameLength(nameof(gradient), x.Length, gradient.Length);
        if (typeof(T) != typeof(double) || x.Length > FewVariables)
            return ReverseMode.Gradient(f, x, gradient);
        var work = new LaneGradient<TField>(f, Plain(x), Plain(gradient));
        Registers.Run(ref work);
        return T.CreateChecked(work.Value);
    }

    /// <summary>The partial derivatives.</summary>
    /// <example><code>
    /// Derivatives.Gradient(new Product(), [2.0, 5.0])   // -> [5, 2]
    ///
    /// readonly struct Product : IScalarField
    /// {
    ///     public T Call&lt;T&gt;(ReadOnlySpan&lt;T&gt; x) where T : struct, IFloatingPointIeee754&lt;T&gt; => x[0] * x[1];
    /// }
    /// </code></example>
    public static T[] Gradient<TField, T>(TField f, ReadOnlySpan<T> x)
        where TField : IScalarField
        where T : struct, IFloatingPointIeee754<T> => ValueAndGradient(f, x).Gradient;

    /// <summary>Jacobian-vector product: the value, and the derivative along a direction, by one forward run.</summary>
    /// <exception cref="ArgumentException">The direction has another length than x.</exception>
    /// <example><code>
    /// Derivatives.Jvp(new Product(), [2.0, 5.0], [1.0, 0.0])   // -> (10, 5)
    ///
    /// readonly struct Product : IScalarField
    /// {
    ///     public T Call&lt;T&gt;(ReadOnlySpan&lt;T&gt; x) where T : struct, IFloatingPointIeee754&lt;T&gt; => x[0] * x[1];
    /// }
    /// </code></example>
    public static (T Value, T Tangent) Jvp<TField, T>(TField f, ReadOnlySpan<T> x, ReadOnlySpan<T> direction)
        where TField : IScalarField
        where T : struct, IFloatingPointIeee754<T>
    {
        SameLength(nameof(direction), x.Length, direction.Length);
        var y = ForwardMode.Along(f, x, direction);
        return (y.Value, y.Tangent);
    }

    // Up to here eight variables a run are taken forward: measured, see docs/operators.md. Lanes win beyond it too, less and less.
    const int FewVariables = 16;

    internal static void SameLength(string name, int variables, int length)
    {
        if (variables != length)
            throw new ArgumentException($"There are {variables} variables, but {name} has {length} elements.", name);
    }
}
