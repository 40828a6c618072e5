using System.Numerics;

namespace Zautograd;

/// <summary>
/// Forward mode: a value and its tangent. A dual is itself a floating-point number for .NET's generic math, so any code
/// written over <see cref="INumber{TSelf}"/>, <see cref="IFloatingPointIeee754{TSelf}"/> and the like is differentiated
/// unmodified, and duals nest: <c>Dual&lt;Dual&lt;double&gt;&gt;</c> carries second derivatives.
/// </summary>
/// <remarks>
/// <para>Comparisons (<c>&lt; &gt; &lt;= &gt;= == !=</c>, <see cref="CompareTo(Dual{T})"/>, <see cref="Sign"/>, <see cref="IsNaN"/> and
/// the other predicates) look at <see cref="Value"/> only, and every function's value is what <typeparamref name="T"/> itself
/// computes: a program over duals takes exactly the branches of the plain program. Only <see cref="Equals(Dual{T})"/> and
/// <see cref="GetHashCode"/> look at both parts.</para>
/// <para>At kinks: the slope of abs, relu, sign, floor, ceiling and round is 0, tied max and min share 1/2 each, clamp has slope 1
/// at its bounds, sqrt has slope +infinity at 0. A slope or tangent of exactly zero wins over infinity and NaN, so that nothing
/// leaks from a branch not taken, and powers with a constant exponent have slopes at negative bases, too.</para>
/// </remarks>
/// <typeparam name="T">The number underneath: <see cref="double"/>, <see cref="float"/>, <see cref="Half"/> or another dual.</typeparam>
/// <example>
/// <code>
/// static T Square&lt;T&gt;(T x) where T : INumber&lt;T&gt; =&gt; x * x;
///
/// var y = Square(Dual&lt;double&gt;.Variable(3.0));   // -> Dual(value=9, tangent=6)
/// </code>
/// </example>
public readonly partial struct Dual<T> : IFloatingPointIeee754<Dual<T>>
    where T : struct, IFloatingPointIeee754<T>
{
    /// <summary>A number that depends on nothing: its tangent is zero.</summary>
    /// <example><code>new Dual&lt;double&gt;(3)   // -> Dual(value=3, tangent=0)</code></example>
    public Dual(T value)
        : this(value, T.Zero) { }

    /// <summary>A number and how fast it changes.</summary>
    /// <example><code>new Dual&lt;double&gt;(3, 0.5)   // -> Dual(value=3, tangent=0.5)</code></example>
    public Dual(T value, T tangent)
    {
        Value = value;
        Tangent = tangent;
    }

    /// <summary>What the plain program computes.</summary>
    /// <example><code>(Dual.Variable(3.0) * Dual.Variable(3.0)).Value   // -> 9</code></example>
    public T Value { get; }

    /// <summary>The derivative of <see cref="Value"/> in the direction that the variables were given.</summary>
    /// <example><code>(Dual.Variable(3.0) * Dual.Variable(3.0)).Tangent   // -> 6</code></example>
    public T Tangent { get; }

    /// <summary>The number to differentiate with respect to: its tangent is one.</summary>
    /// <example><code>Dual&lt;float&gt;.Variable(3)   // -> Dual(value=3, tangent=1)</code></example>
    public static Dual<T> Variable(T value) => new(value, T.One);

    /// <summary>A constant. From <see cref="double"/> at every depth of nesting, so that <c>2.0 * x</c> and <c>x + 1</c> mean what they say.</summary>
    /// <example><code>2.0 * Dual.Variable(3.0) + 1   // -> Dual(value=7, tangent=2)</code></example>
    public static implicit operator Dual<T>(double number) => new(T.CreateChecked(number));

    /// <summary>A dual is a constant for the dual around it.</summary>
    /// <example><code>Dual&lt;Dual&lt;double&gt;&gt; constant = Dual.Variable(3.0);
    /// constant.Value.Tangent   // -> 1
    /// constant.Tangent.Value   // -> 0</code></example>
    // Declared from the inner type: a conversion from T would be ambiguous with the one from double when T is double.
    public static implicit operator Dual<Dual<T>>(Dual<T> number) => new(number);

    /// <summary>Whether both parts are the same; <c>==</c> looks at <see cref="Value"/> only.</summary>
    /// <example><code>
    /// Dual.Variable(3.0).Equals(3.0)   // -> false
    /// Dual.Variable(3.0) == 3.0   // -> true
    /// </code></example>
    public bool Equals(Dual<T> other) => Value.Equals(other.Value) && Tangent.Equals(other.Tangent);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Dual<T> other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Value, Tangent);
}

/// <summary>Derivatives of functions of one variable, by <see cref="Dual{T}"/>.</summary>
/// <example>
/// <code>
/// Dual.Derivative(x =&gt; x * x * x, 2.0)         // -> 12
/// Dual.SecondDerivative(x =&gt; x * x * x, 2.0)   // -> 12
/// </code>
/// </example>
public static class Dual
{
    /// <summary>The number to differentiate with respect to: its tangent is one.</summary>
    /// <example><code>Dual.Variable(3.0)   // -> Dual(value=3, tangent=1)</code></example>
    public static Dual<double> Variable(double value) => Dual<double>.Variable(value);

    /// <summary>The number to differentiate with respect to, over any floating-point number.</summary>
    /// <example><code>Dual.Variable(3f)   // -> Dual(value=3, tangent=1)</code></example>
    public static Dual<T> Variable<T>(T value)
        where T : struct, IFloatingPointIeee754<T> => Dual<T>.Variable(value);

    /// <summary>The derivative of <paramref name="f"/> at <paramref name="x"/>.</summary>
    /// <exception cref="InvalidOperationException"><paramref name="f"/> uses a dual of a derivative around this one: both tangents would be one.
    /// The overload over any floating-point number keeps them apart, with the outer dual as its number.</exception>
    /// <example><code>Dual.Derivative(x => x * Dual&lt;double&gt;.Log(x), 1.0)   // -> 1</code></example>
    public static double Derivative(Func<Dual<double>, Dual<double>> f, double x) => Derivatives.Derivative(f, x);

    /// <summary>The derivative of <paramref name="f"/> at <paramref name="x"/>, over any floating-point number: derivatives inside derivatives.</summary>
    /// <example><code>
    /// // d/dx at x = 3 of x times (d/dy of x*y at y = 2): the inner function is over duals of duals
    /// Dual.Derivative(x => x * Dual.Derivative&lt;Dual&lt;double&gt;&gt;(y => x * y, 2.0), 3.0)   // -> 6
    /// </code></example>
    public static T Derivative<T>(Func<Dual<T>, Dual<T>> f, T x)
        where T : struct, IFloatingPointIeee754<T> => Derivatives.Derivative(f, x);

    /// <summary>The second derivative of <paramref name="f"/> at <paramref name="x"/>.</summary>
    /// <example><code>Dual.SecondDerivative(x => x * x * x, 2.0)   // -> 12</code></example>
    public static double SecondDerivative(Func<Dual<Dual<double>>, Dual<Dual<double>>> f, double x) => Derivatives.SecondDerivative(f, x);
}
