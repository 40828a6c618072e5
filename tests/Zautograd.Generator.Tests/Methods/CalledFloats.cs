using System.Numerics;
using Zautograd;

namespace Zautograd.Generator.Tests.Methods;

/// <summary>The functions that are called as they are, of floats; and generic methods that are called with floats.</summary>
public static partial class CalledFloats
{
    [Differentiable(Order = 2)]
    public static float FusedMultiplyAdd(float x, float y, float z) => MathF.FusedMultiplyAdd(x, y, z) * x;

    [Differentiable(Order = 2)]
    public static float Angles(float x) => float.SinPi(x) * float.CosPi(0.3f * x) - float.TanPi(0.2f * x);

    [Differentiable]
    public static float Roots(float x, int n) => float.RootN(x, n + 1) - MathF.ScaleB(x * x, n) * float.RootN(-x, 3);

    [Differentiable]
    public static float Picked(float x, float y) =>
        MathF.MaxMagnitude(x, -y) * x
        + float.Lerp(x, y, 0.3f)
        - MathF.CopySign(y, x - 1.1f) * float.MinNumber(x, y)
        + MathF.IEEERemainder(3f * x, 8f * y);

    [Differentiable]
    public static float Rounded(float x, MidpointRounding mode)
    {
        float near = 0.02f * x + 0.9f;
        float sum = MathF.Round(near, 1) * x + MathF.Round(near, mode) * x;
        return sum + float.Round(near, 1, mode) * x * x + MathF.Round(near * 1.3f, MidpointRounding.AwayFromZero) * MathF.ILogB(x + 2.2f);
    }

    static T Blend<T>(T x, T y)
        where T : INumber<T>
    {
        T weight = T.CreateChecked(0.1);
        for (int i = 0; i < 3; i++)
            x = x * weight + y * (T.One - weight);
        return x;
    }

    static T Applied<T>(Func<T, T> f, T x)
        where T : INumber<T> => f(f(x)) * x;

    [Differentiable]
    public static double Both(float x, double y, long n)
    {
        double sum = Blend(x, 0.7f) * Blend(y, 0.7) + Blend<double>(x, y);
        sum += Applied(v => v * 0.1f + x, x) * Applied(Blended, y);
        double Blended(double v) => Blend(v, x);
        // the double next to it lies in the middle between two floats
        long near = (1L << 60) + (1L << 36) + n;
        return sum * ((float)near - (float)-(near + 1)) * 1e-18;
    }
}
