using Zautograd;

namespace Zautograd.Generator.Tests.Methods;

/// <summary>Shapes of control flow that stand nowhere else.</summary>
public static partial class Shapes
{
    [Differentiable]
    public static double SameNames(double x, int n)
    {
        double sum = 0;
        for (int i = 0; i < n + 2; i++)
        {
            double t = sum * x + i;
            sum += t * t * 0.1;
        }
        for (int i = 0; i < n; i++)
        {
            double t = Math.Sin(sum);
            sum = t * x;
        }
        if (sum < 1)
        {
            double t = sum * sum;
            return t * x;
        }
        else
        {
            double t = Math.Sqrt(sum);
            return t - x;
        }
    }

    [Differentiable, Points(Int = 0)]
    public static double NoRounds(double x, int n)
    {
        double p = x * x;
        for (int i = 0; i < n; i++)
            p *= Math.Sin(p);
        for (int i = n; i < 0; i++)
            p = 0;
        for (int i = n - 1; i >= 0; i -= 2)
            p *= 2 + i;
        return p * x;
    }

    [Differentiable]
    public static double WhileInFor(ReadOnlySpan<double> x)
    {
        double sum = 0.1;
        for (int i = 0; i < x.Length; i++)
        {
            double step = x[i];
            while (step < 4)
                step = step * step + 0.7;
            do step *= 0.4;
            while (step > 1);
            sum = sum * step + x[i];
        }
        return sum;
    }

    [Differentiable, Points(0.25, 1.75)]
    public static double ManyExits(ReadOnlySpan<double> x)
    {
        double p = 1;
        for (int i = 0; i < x.Length; i++)
        {
            p = p * x[i] + 0.2;
            if (x[i] > 1.5)
                break;
            p *= p;
            for (int k = i; k < x.Length; k++)
            {
                if (x[k] < 0.5)
                    continue;
                if (p > 3.3)
                    return p * x[k];
                p += x[k] * p;
                if (x[k] > 1.3)
                    break;
            }
            if (p < 0.9)
                continue;
            p = Math.Log(p + 1);
        }
        return p;
    }

    [Differentiable]
    public static double SmallInts(double x, byte n, short m, sbyte k, ushort limit)
    {
        const byte one = 1;
        short copy = m;
        double p = x;
        for (int i = 0; i < n + one && i <= limit + 1; i++)
            p = p * x + copy;
        return p * (copy - 300 * k) + (n << 2) * x;
    }
}
