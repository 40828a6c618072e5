using System.Numerics;

namespace Zautograd;

/// <summary>A function of your own with its slopes (its partial derivatives): one definition for every way to a derivative.</summary>
/// <remarks>
/// <para>The value may come from anywhere, a library that knows nothing of derivatives included. The slopes are written over any number type:
/// so they are differentiated too, and second and higher derivatives are right without a further formula. A slope may call custom rules, this one
/// included.</para>
/// <para>Call it by <see cref="CustomRule.Call{TRule, T}(TRule, ReadOnlySpan{T})"/> in generic code and by
/// <see cref="CustomRule.Call{TRule}(TRule, ReadOnlySpan{Value})"/> on values; test it by <see cref="GradientCheck.Rule{TRule}"/>.</para>
/// </remarks>
/// <example><code>
/// var y = CustomRule.Call(new Sinc(), 1.5);   // -> 0.6649966577…
///
/// readonly struct Sinc : ICustomRule   // sin x / x, whose slope is (cos x - y) / x
/// {
///     public double Value(ReadOnlySpan&lt;double&gt; x) => Math.Sin(x[0]) / x[0];
///
///     public void Slopes&lt;T&gt;(ReadOnlySpan&lt;T&gt; x, T y, Span&lt;T&gt; slopes) where T : struct, System.Numerics.IFloatingPointIeee754&lt;T&gt; =>
///         slopes[0] = (T.Cos(x[0]) - y) / x[0];
/// }
/// </code></example>
public interface ICustomRule
{
    /// <summary>The function at plain numbers.</summary>
    /// <inheritdoc cref="ICustomRule" path="/example"/>
    double Value(ReadOnlySpan<double> x);

    /// <summary>Writes the partial derivative by each argument, from the arguments and the result.</summary>
    /// <param name="x">The arguments.</param>
    /// <param name="y">The result, which often makes a slope cheaper.</param>
    /// <param name="slopes">One place per argument.</param>
    /// <typeparam name="T">Any number: what is not computed in it is not differentiated again.</typeparam>
    /// <inheritdoc cref="ICustomRule" path="/example"/>
    void Slopes<T>(ReadOnlySpan<T> x, T y, Span<T> slopes)
        where T : struct, IFloatingPointIeee754<T>;
}

/// <summary>Calls of custom rules on every kind of number.</summary>
/// <example><code>
/// Derivatives.Derivative(new Twice(), 3.0)   // -> 2
///
/// readonly struct Twice : IFunction, ICustomRule   // a function of one variable that calls its own rule
/// {
///     public T Call&lt;T&gt;(T x) where T : struct, System.Numerics.IFloatingPointIeee754&lt;T&gt; => CustomRule.Call(this, x);
///
///     public double Value(ReadOnlySpan&lt;double&gt; x) => x[0] + x[0];
///
///     public void Slopes&lt;T&gt;(ReadOnlySpan&lt;T&gt; x, T y, Span&lt;T&gt; slopes) where T : struct, System.Numerics.IFloatingPointIeee754&lt;T&gt; =>
///         slopes[0] = T.One + T.One;
/// }
/// </code></example>
public static class CustomRule
{
    /// <summary>A rule of one argument, on any number: a plain one, a dual, whatever an operator of <see cref="Derivatives"/> runs a function on.</summary>
    /// <inheritdoc cref="CustomRule" path="/example"/>
    public static T Call<TRule, T>(TRule rule, T x)
        where TRule : ICustomRule
        where T : struct, IFloatingPointIeee754<T> => Call(rule, [x]);

    /// <summary>A rule of any number of arguments, on any number.</summary>
    /// <inheritdoc cref="CustomRule" path="/example"/>
    public static T Call<TRule, T>(TRule rule, ReadOnlySpan<T> x)
        where TRule : ICustomRule
        where T : struct, IFloatingPointIeee754<T>
    {
        if (default(T) is IRuled<T>)
            return ((IRuled<T>)default(T)).Call(rule, x);
        Span<double> numbers = stackalloc double[x.Length];
        for (int i = 0; i < x.Length; i++)
            numbers[i] = double.CreateChecked(x[i]);
        return T.CreateChecked(rule.Value(numbers));
    }

    /// <summary>A rule on values, recorded as one operation.</summary>
    /// <exception cref="ArgumentException">There are more than 8,190 values.</exception>
    /// <inheritdoc cref="CustomRule" path="/example"/>
    public static Value Call<TRule>(TRule rule, params ReadOnlySpan<Value> x)
        where TRule : ICustomRule
    {
        if (x.Length > Tape.MostArguments)
            throw new ArgumentException(
                $"A rule on values takes {Tape.MostArguments} of them at most, not {x.Length}: put several rules of fewer together.",
                nameof(x)
            );
        Span<double> numbers = stackalloc double[x.Length],
            slopes = stackalloc double[x.Length];
        for (int i = 0; i < x.Length; i++)
            numbers[i] = x[i].Number;
        double y;
        using (new Observer.Pause()) // a rule is one operation: how it finds its numbers is its own affair
        {
            y = rule.Value(numbers);
            rule.Slopes(numbers, y, slopes);
        }
        return Tape.Record(Operation.Custom, y, x, slopes, numbers, Observer.IsOn || Notes.AreTaken ? new OwnRule<TRule>(rule) : null);
    }
}

/// <summary>A rule as whoever observes records sees it: what can be called on any number. Equal ones are the same rule, recorded again.</summary>
internal abstract class OwnRule
{
    public abstract T Call<T>(ReadOnlySpan<T> x)
        where T : struct, IFloatingPointIeee754<T>;

    public abstract void Slopes<T>(ReadOnlySpan<T> x, T y, Span<T> slopes)
        where T : struct, IFloatingPointIeee754<T>;
}

internal sealed class OwnRule<TRule>(TRule rule) : OwnRule
    where TRule : ICustomRule
{
    readonly TRule rule = rule;

    public override T Call<T>(ReadOnlySpan<T> x) => CustomRule.Call(rule, x);

    public override void Slopes<T>(ReadOnlySpan<T> x, T y, Span<T> slopes) => rule.Slopes(x, y, slopes);

    public override bool Equals(object? other) => other is OwnRule<TRule> same && EqualityComparer<TRule>.Default.Equals(rule, same.rule);

    public override int GetHashCode() => EqualityComparer<TRule>.Default.GetHashCode(rule);

    public override string ToString() => typeof(TRule).Name;
}

/// <summary>A number that knows what a custom rule means for it.</summary>
internal interface IRuled<T>
{
    T Call<TRule>(TRule rule, ReadOnlySpan<T> x)
        where TRule : ICustomRule;
}

public readonly partial struct Dual<T> : IRuled<Dual<T>>
{
    Dual<T> IRuled<Dual<T>>.Call<TRule>(TRule rule, ReadOnlySpan<Dual<T>> x)
    {
        T[] values = new T[x.Length],
            slopes = new T[x.Length];
        for (int i = 0; i < x.Length; i++)
            values[i] = x[i].Value;
        var y = CustomRule.Call(rule, (ReadOnlySpan<T>)values);
        rule.Slopes(values, y, slopes);
        var tangent = T.Zero;
        for (int i = 0; i < x.Length; i++)
            tangent += Strong.Multiply(slopes[i], x[i].Tangent);
        return new(y, tangent);
    }
}

internal readonly partial struct Active<T, TTangent> : IRuled<Active<T, TTangent>>
{
    Active<T, TTangent> IRuled<Active<T, TTangent>>.Call<TRule>(TRule rule, ReadOnlySpan<Active<T, TTangent>> x)
    {
        T[] values = new T[x.Length],
            slopes = new T[x.Length];
        for (int i = 0; i < x.Length; i++)
            values[i] = x[i].Value;
        var y = CustomRule.Call(rule, (ReadOnlySpan<T>)values);
        rule.Slopes(values, y, slopes);
        return new(y, TTangent.Chain(rule, x, slopes));
    }
}
