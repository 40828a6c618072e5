using System.Numerics;
using Microsoft.FSharp.Collections;
using Microsoft.FSharp.Core;

namespace Zautograd;

/// <summary>The tangent that is all coefficients of a power series, up to an order.</summary>
internal readonly struct PowerSeries<T> : ITangent<T, PowerSeries<T>>
    where T : struct, IFloatingPointIeee754<T>
{
    readonly Series<T>? series; // a number that depends on nothing has none
    readonly Run? run;

    PowerSeries(Series<T> series, Run run)
    {
        this.series = series;
        this.run = run;
        _ = Zautograd.Series.coefficient(run.Order, series); // all of them now: else the last would ask for those before it, one inside the other
    }

    /// <summary>x + t.</summary>
    public static Active<T, PowerSeries<T>> Variable(T x, int order) => new(x, new(Zautograd.Series.variable(Numbers, x), new Run(order)));

    /// <summary>The coefficients of t^0 ... t^order of what was computed from the variable.</summary>
    public static T[] Coefficients(Active<T, PowerSeries<T>> number, int order)
    {
        var coefficients = new T[order + 1];
        coefficients[0] = number.Value;
        for (int k = 1; k <= order; k++)
            coefficients[k] = number.Tangent.series is { } series ? Zautograd.Series.coefficient(k, series) : T.Zero;
        return coefficients;
    }

    public bool Equals(PowerSeries<T> other) => ReferenceEquals(series, other.series);

    public override bool Equals(object? obj) => obj is PowerSeries<T> other && Equals(other);

    public override int GetHashCode() => series is null ? 0 : System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(series);

    public static PowerSeries<T> Negate(Active<T, PowerSeries<T>> a) => Apply(Op.Neg, a);

    public static PowerSeries<T> Add(Active<T, PowerSeries<T>> a, Active<T, PowerSeries<T>> b) => Apply(Op.Add, a, b);

    public static PowerSeries<T> Subtract(Active<T, PowerSeries<T>> a, Active<T, PowerSeries<T>> b) => Apply(Op.Sub, a, b);

    public static PowerSeries<T> Chain(Op op, Active<T, PowerSeries<T>> a, T slopeA) => Apply(op, a);

    public static PowerSeries<T> Chain(Op op, Active<T, PowerSeries<T>> a, T slopeA, Active<T, PowerSeries<T>> b, T slopeB) =>
        Apply(op, a, b);

    public static PowerSeries<T> Chain(
        Op op,
        Active<T, PowerSeries<T>> a,
        T slopeA,
        Active<T, PowerSeries<T>> b,
        T slopeB,
        Active<T, PowerSeries<T>> c,
        T slopeC
    ) => Apply(op, a, b, c);

    public static PowerSeries<T> Chain<TRule>(TRule rule, ReadOnlySpan<Active<T, PowerSeries<T>>> arguments, ReadOnlySpan<T> slopes)
        where TRule : ICustomRule
    {
        foreach (var argument in arguments)
            if (argument.Tangent.series is not null)
                throw new NotSupportedException(
                    $"{typeof(TRule).Name} gives slopes, but no series: beyond order 2, nest Derivatives.Derivative instead."
                );
        return default;
    }

    static PowerSeries<T> Apply(Op op, params ReadOnlySpan<Active<T, PowerSeries<T>>> arguments)
    {
        Run? run = null;
        foreach (var argument in arguments)
            run ??= argument.Tangent.run;
        if (run is null)
            return default;
        var series = new Series<T>[arguments.Length];
        for (int i = 0; i < arguments.Length; i++)
            series[i] = arguments[i].Tangent.series ?? Zautograd.Series.constant(Numbers, arguments[i].Value);
        return new(run.Numbers.Apply.Invoke(op).Invoke(ListModule.OfSeq(series)), run);
    }

    /// <summary>The coefficients' numbers, as the power series arithmetic wants them.</summary>
    static readonly Number<T> Numbers = new(
        FuncConvert.FromFunc<double, T>(T.CreateChecked),
        FuncConvert.FromFunc<Op, FSharpList<T>, T>(Value),
        FuncConvert.FromFunc<T, bool>(number => number.Equals(T.Zero))
    );

    static T Value(Op op, FSharpList<T> arguments)
    {
        T[] a = [.. arguments];
        return op switch
        {
            Op.Select { Item: var comparison } => Holds(comparison, a[0], a[1]) ? a[2] : a[3],
            { IsSign: true } => a[0] > T.Zero ? T.One
            : a[0] < T.Zero ? T.NegativeOne
            : T.Zero * a[0],
            _ => Slopes.Value((Operation)op.Tag, a[0], a.ElementAtOrDefault(1), a.ElementAtOrDefault(2)), // both are in the table's order
        };
    }

    static bool Holds(Comparison comparison, T a, T b) =>
        comparison.IsLess ? a < b
        : comparison.IsLessOrEqual ? a <= b
        : a == b;

    /// <summary>One run of a function: to which order, and the operations on series so far.</summary>
    sealed class Run(int order)
    {
        internal readonly int Order = order;
        internal readonly Number<Series<T>> Numbers = Zautograd.Series.numbers(PowerSeries<T>.Numbers);
    }
}
