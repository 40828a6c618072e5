using Zautograd;

namespace Zautograd.Generator.Tests.Methods;

/// <summary>Each function alone, under a loop that overwrites.</summary>
public static partial class Functions1
{
    [Differentiable]
    public static double Abs(double x, double y)
    {
        double s = y * Math.Abs(x * 0.9);
        for (int i = 0; i < 2; i++)
            s = s * 0.5 + Math.Abs(x) * y;
        return s;
    }

    [Differentiable, Points(0.1, 0.6)]
    public static double Acos(double x, double y)
    {
        double s = y * Math.Acos(x * 0.9);
        for (int i = 0; i < 2; i++)
            s = s * 0.5 + Math.Acos(x) * y;
        return s;
    }

    [Differentiable, Points(0.1, 0.6)]
    public static double Asin(double x, double y)
    {
        double s = y * Math.Asin(x * 0.9);
        for (int i = 0; i < 2; i++)
            s = s * 0.5 + Math.Asin(x) * y;
        return s;
    }

    [Differentiable]
    public static double Atan(double x, double y)
    {
        double s = y * Math.Atan(x * 0.9);
        for (int i = 0; i < 2; i++)
            s = s * 0.5 + Math.Atan(x) * y;
        return s;
    }

    [Differentiable, Points(0.1, 0.6)]
    public static double Atanh(double x, double y)
    {
        double s = y * Math.Atanh(x * 0.9);
        for (int i = 0; i < 2; i++)
            s = s * 0.5 + Math.Atanh(x) * y;
        return s;
    }

    [Differentiable]
    public static double Asinh(double x, double y)
    {
        double s = y * Math.Asinh(x * 0.9);
        for (int i = 0; i < 2; i++)
            s = s * 0.5 + Math.Asinh(x) * y;
        return s;
    }

    [Differentiable]
    public static double Cbrt(double x, double y)
    {
        double s = y * Math.Cbrt(x * 0.9);
        for (int i = 0; i < 2; i++)
            s = s * 0.5 + Math.Cbrt(x) * y;
        return s;
    }

    [Differentiable]
    public static double Cos(double x, double y)
    {
        double s = y * Math.Cos(x * 0.9);
        for (int i = 0; i < 2; i++)
            s = s * 0.5 + Math.Cos(x) * y;
        return s;
    }

    [Differentiable]
    public static double Cosh(double x, double y)
    {
        double s = y * Math.Cosh(x * 0.9);
        for (int i = 0; i < 2; i++)
            s = s * 0.5 + Math.Cosh(x) * y;
        return s;
    }

    [Differentiable]
    public static double Exp(double x, double y)
    {
        double s = y * Math.Exp(x * 0.9);
        for (int i = 0; i < 2; i++)
            s = s * 0.5 + Math.Exp(x) * y;
        return s;
    }

    [Differentiable]
    public static double Log(double x, double y)
    {
        double s = y * Math.Log(x * 0.9);
        for (int i = 0; i < 2; i++)
            s = s * 0.5 + Math.Log(x) * y;
        return s;
    }

    [Differentiable]
    public static double Log10(double x, double y)
    {
        double s = y * Math.Log10(x * 0.9);
        for (int i = 0; i < 2; i++)
            s = s * 0.5 + Math.Log10(x) * y;
        return s;
    }

    [Differentiable]
    public static double Log2(double x, double y)
    {
        double s = y * Math.Log2(x * 0.9);
        for (int i = 0; i < 2; i++)
            s = s * 0.5 + Math.Log2(x) * y;
        return s;
    }

    [Differentiable]
    public static double Sin(double x, double y)
    {
        double s = y * Math.Sin(x * 0.9);
        for (int i = 0; i < 2; i++)
            s = s * 0.5 + Math.Sin(x) * y;
        return s;
    }

    [Differentiable]
    public static double Sinh(double x, double y)
    {
        double s = y * Math.Sinh(x * 0.9);
        for (int i = 0; i < 2; i++)
            s = s * 0.5 + Math.Sinh(x) * y;
        return s;
    }

    [Differentiable]
    public static double Sqrt(double x, double y)
    {
        double s = y * Math.Sqrt(x * 0.9);
        for (int i = 0; i < 2; i++)
            s = s * 0.5 + Math.Sqrt(x) * y;
        return s;
    }

    [Differentiable, Points(0.1, 0.7)]
    public static double Tan(double x, double y)
    {
        double s = y * Math.Tan(x * 0.9);
        for (int i = 0; i < 2; i++)
            s = s * 0.5 + Math.Tan(x) * y;
        return s;
    }

    [Differentiable]
    public static double Tanh(double x, double y)
    {
        double s = y * Math.Tanh(x * 0.9);
        for (int i = 0; i < 2; i++)
            s = s * 0.5 + Math.Tanh(x) * y;
        return s;
    }
}
