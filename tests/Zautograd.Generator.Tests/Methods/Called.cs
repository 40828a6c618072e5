using System.Numerics;
using Zautograd;

namespace Zautograd.Generator.Tests.Methods;

/// <summary>Functions that the core has no operation for: they are called as they are.</summary>
public static partial class Called
{
    [Differentiable(Order = 2)]
    public static double FusedMultiplyAdd(double x, double y, double z) => Math.FusedMultiplyAdd(x, y, z);

    [Differentiable(Order = 2)]
    public static double Lerp(double x, double y, double z) => double.Lerp(x, y, z);

    [Differentiable(Order = 2)]
    public static double SinPi(double x) => double.SinPi(x);

    [Differentiable(Order = 2)]
    public static double CosPi(double x) => double.CosPi(x);

    [Differentiable(Order = 2), Points(0.05, 0.4)]
    public static double TanPi(double x) => double.TanPi(x);

    [Differentiable(Order = 2)]
    public static double Roots(double x, int n) => double.RootN(x, n + 1) + double.RootN(-x, 3) * double.RootN(x, -2);

    [Differentiable(Order = 2)]
    public static double Scaled(double x, int n) => Math.ScaleB(x * x, n) + Math.ScaleB(Math.ScaleB(x, -3) * x, 1);

    [Differentiable]
    public static double Signs(double x, double y) =>
        Math.CopySign(x, y - 1.0) * y + Math.CopySign(x - 1.0, -1.0) * double.CopySign(2.0, x);

    [Differentiable]
    public static double Magnitudes(double x, double y) =>
        Math.MaxMagnitude(x, -y) * x + Math.MinMagnitude(-x, y) + double.MaxMagnitudeNumber(-x, y) * double.MinMagnitudeNumber(x, -y);

    [Differentiable]
    public static double Numbers(double x, double y) => double.MaxNumber(x, y * y) * y - double.MinNumber(x, y) / double.MaxNumber(x, 0.0);

    [Differentiable]
    public static double Remainders(double x, double y) => Math.IEEERemainder(3.0 * x, 8.0 * y) * y + double.Ieee754Remainder(x, 11.0);

    [Differentiable]
    public static double Rounded(double x, int n, MidpointRounding mode)
    {
        double near = 0.02 * x + 0.9;
        double sum = Math.Round(near, 1) * x + Math.Round(near, mode) * x;
        sum += double.Round(near, 1, MidpointRounding.AwayFromZero) * x * x;
        return sum + Math.Round(0.001 * x + 0.5003, Math.Min(n, 2), mode) * x + Math.Round(near * 1.3, MidpointRounding.ToNegativeInfinity);
    }

    [Differentiable]
    public static double Neighbours(double x, double y) => Math.BitIncrement(x * y) * x - Math.BitDecrement(y) * double.BitIncrement(2.0);

    [Differentiable]
    public static double Exponents(double x, int n)
    {
        int power = Math.ILogB(x + 2.2);
        double sum = 0;
        for (int i = 0; i <= power + n; i++)
            sum += x * double.ILogB(16.5 + i) + sum * sum * 0.001;
        return sum * power;
    }

    [Differentiable]
    public static double Asked(double x, double y)
    {
        double sum = double.IsNegative(x - 1.0) ? x * y : x + y;
        if (double.IsPositive(y - 1.1) && double.IsNormal(x) && !double.IsSubnormal(y))
            sum *= x;
        while (!double.IsNegative(sum - 4.0) || double.IsOddInteger(sum))
            sum *= 0.75;
        return double.IsEvenInteger(Math.Floor(2.0 * y)) ? sum : -sum;
    }

    [Differentiable]
    public static double InLoops(ReadOnlySpan<double> x, double t)
    {
        double sum = t;
        for (int i = 0; i < x.Length; i++)
        {
            sum = Math.FusedMultiplyAdd(sum, x[i], t);
            sum = sum > 2.0 ? double.Lerp(sum, x[i], 0.75) : Math.CopySign(sum * sum, sum);
        }
        return sum + Horner(x, t);
    }

    static T Horner<T>(ReadOnlySpan<T> x, T t)
        where T : IFloatingPointIeee754<T>
    {
        T sum = T.Zero;
        foreach (var item in x)
            sum = T.FusedMultiplyAdd(sum, t, item);
        return sum;
    }

    [Differentiable]
    public static T Generic<T>(T x, T y, int n)
        where T : IFloatingPointIeee754<T> =>
        T.FusedMultiplyAdd(x, y, T.Lerp(x, y, T.CreateChecked(0.3)))
        + T.RootN(x, n + 1) * T.ScaleB(y, n)
        + T.SinPi(x) * T.CosPi(y)
        + T.MaxMagnitude(x, -y)
        - T.MinNumber(x, y) * T.CopySign(x, -y)
        + T.Round(T.CreateChecked(0.02) * x + T.CreateChecked(0.9), 1) * y
        + T.CreateChecked(T.ILogB(x + T.CreateChecked(2.2))) * x;
}
