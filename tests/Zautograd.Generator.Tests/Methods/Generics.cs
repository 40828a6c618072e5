using System.Numerics;
using Zautograd;

namespace Zautograd.Generator.Tests.Methods;

/// <summary>Methods over numbers of any kind: differentiated for double, and run over Dual for comparison.</summary>
public static partial class Generics
{
    [Differentiable(Order = 2)]
    public static T Product<T>(T x, T y)
        where T : INumber<T> => x * y + x / (y + T.One) - y;

    [Differentiable]
    public static T Roots<T>(T x, T y)
        where T : IRootFunctions<T> => T.Sqrt(x) * T.Cbrt(y) + T.Hypot(x, y) - T.Pi * x;

    [Differentiable(Order = 2)]
    public static T Functions<T>(T x, T y)
        where T : IFloatingPointIeee754<T> => T.Exp(-x * y) + T.Log(x) * T.Sin(y) - T.Cos(x) * T.Tanh(y) + T.Atan2(x, y) + T.Pow(x, y);

    [Differentiable]
    public static T Created<T>(T x)
        where T : INumberBase<T>
    {
        T sum = T.CreateChecked(2) * x + T.CreateSaturating(0.5);
        for (int i = 1; i <= 4; i++)
            sum += x * x / T.CreateTruncating(i);
        return -sum;
    }

    [Differentiable]
    public static T Constants<T>(T x)
        where T : IFloatingPointIeee754<T> => x * T.E + x * x * T.Tau - T.Pi + T.Epsilon + T.Zero * x + T.NegativeZero + T.NegativeOne;

    [Differentiable]
    public static T Compared<T>(T x, T y)
        where T : INumber<T>
    {
        if (x < y && y != T.Zero)
            return x * x * y;
        return x >= T.One ? T.Max(x * y, y) : T.Abs(x - y) * T.Min(x, T.One);
    }

    [Differentiable]
    public static T Horner<T>(ReadOnlySpan<T> coefficients, T x)
        where T : INumber<T>
    {
        T sum = T.Zero;
        foreach (var coefficient in coefficients)
            sum = sum * x + coefficient;
        return sum;
    }

    [Differentiable]
    public static void Softmax<T>(ReadOnlySpan<T> x, Span<T> result)
        where T : IExponentialFunctions<T>
    {
        T sum = T.Zero;
        for (int i = 0; i < x.Length; i++)
        {
            result[i] = T.Exp(x[i]);
            sum += result[i];
        }
        for (int i = 0; i < x.Length; i++)
            result[i] /= sum;
    }

    static T Square<T>(T x)
        where T : IMultiplyOperators<T, T, T> => x * x;

    static T Power<T>(T x, int n)
        where T : INumberBase<T> => n == 0 ? T.MultiplicativeIdentity : x * Power(x, n - 1);

    static T Blend<T>(T x, T y, double weight)
        where T : IFloatingPoint<T>
    {
        T left = T.CreateChecked(weight);
        return left * x + (T.One - left) * y;
    }

    [Differentiable]
    public static T Calls<T>(T x, T y, int n)
        where T : IFloatingPointIeee754<T> => Square(x + y) + Power(x, n) * Blend(x, T.Sin(y), 0.25);

    [Differentiable]
    public static double CallsGeneric(double x, double y) => Square(x) * Power<double>(y, 3) + Functions(x, y) + Blend(x, y, 0.5);

    [Differentiable]
    public static T Newton<T>(T a)
        where T : IRootFunctions<T>, IComparisonOperators<T, T, bool>
    {
        T x = a,
            two = T.One + T.One;
        int steps = 0;
        while (T.Abs(x * x - a) > T.CreateChecked(1e-9) && steps++ < 30)
            x = (x + a / x) / two;
        return x + T.Sqrt(a);
    }

    [Differentiable]
    public static (T Sum, T Product) Both<T>(T[] x, T[,] weights)
        where T : struct, INumber<T>
    {
        T sum = default,
            product = T.One;
        for (int i = 0; i < weights.GetLength(0); i++)
        for (int k = 0; k < weights.GetLength(1); k++)
        {
            sum += weights[i, k] * x[k];
            product *= weights[i, k];
        }
        sum++;
        return (sum, -product);
    }

    [Differentiable]
    public static T Temporaries<T>(ReadOnlySpan<T> x)
        where T : ITrigonometricFunctions<T>
    {
        var squares = new T[x.Length];
        for (int i = 0; i < squares.Length; i++)
            squares[i] = T.SinCos(x[i]).Sin * x[i];
        T cumulated = T.AdditiveIdentity;
        foreach (var square in squares)
            cumulated = cumulated * square + square;
        return cumulated;
    }

    [Differentiable]
    public static TNumber Guarded<TNumber>(TNumber x, bool isLogarithm)
        where TNumber : ILogarithmicFunctions<TNumber>, IHyperbolicFunctions<TNumber>
    {
        TNumber step<TOther>(TOther y)
            where TOther : INumberBase<TOther> => x * TNumber.One;
        if (TNumber.IsNaN(x) || TNumber.IsInfinity(x))
            return x;
        return isLogarithm ? TNumber.LogP1(x) + TNumber.Log2(x) + step(x) : TNumber.Sinh(x) * TNumber.Log10(x);
    }
}
