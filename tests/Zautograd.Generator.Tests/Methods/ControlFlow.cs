using Zautograd;

namespace Zautograd.Generator.Tests.Methods;

/// <summary>Each rule of control flow has a shape here.</summary>
public static partial class ControlFlow
{
    public enum Shape
    {
        Linear,
        Quadratic,
        Wave,
    }

    [Differentiable(Order = 2)]
    public static double OverwrittenInLoop(double[] x)
    {
        double p = 1;
        for (int i = 0; i < x.Length; i++)
            p *= x[i];
        return p;
    }

    [Differentiable(Order = 2)]
    public static double Logistic(double v, int steps)
    {
        for (int i = 0; i < steps; i++)
            v = 4 * v * (1 - v);
        return v;
    }

    [Differentiable]
    public static double RunningSumSquared(ReadOnlySpan<double> x)
    {
        double sum = 0,
            total = 0;
        foreach (var item in x)
        {
            sum += item;
            total += sum * sum;
        }
        return total;
    }

    [Differentiable]
    public static double NestedLoops(ReadOnlySpan<double> x)
    {
        double sum = 0;
        for (int i = 0; i < x.Length; i++)
        for (int k = i + 1; k < x.Length; k++)
            sum += Math.Sqrt((x[i] - x[k]) * (x[i] - x[k]) + 0.1);
        return sum;
    }

    [Differentiable]
    public static double Downwards(ReadOnlySpan<double> c, double x)
    {
        double sum = 0;
        for (int i = c.Length - 1; i >= 0; i--)
            sum = sum * x + c[i];
        return sum;
    }

    [Differentiable, Points(Length = 7)]
    public static double ByTwo(ReadOnlySpan<double> x)
    {
        double p = 1;
        for (int i = 1; i < x.Length; i += 2)
            p = p * x[i] + Math.Sin(p);
        for (int i = x.Length - 1; i > 0; i -= 3)
            p *= x[i];
        return p;
    }

    [Differentiable]
    public static double LessOrEqual(double x, int n)
    {
        double sum = 0;
        for (int i = 1; i <= n; ++i)
            sum += Math.Pow(x, i) / i;
        return sum;
    }

    [Differentiable]
    public static double BoundsThatChange(double x, int n)
    {
        double sum = x;
        for (int i = 0; i < n; i++)
        {
            sum *= x;
            if (sum < 0.2)
                n--;
        }
        return sum * n;
    }

    [Differentiable]
    public static double CounterThatChanges(double x, int n)
    {
        double sum = x;
        for (int i = 0; i < n + 3; i++)
        {
            sum = sum * x + 1;
            if (sum > 2)
                i++;
        }
        return sum;
    }

    [Differentiable]
    public static double TwoCounters(ReadOnlySpan<double> x)
    {
        double sum = 0;
        for (int i = 0, k = x.Length - 1; i < k; i++, k--)
            sum += x[i] * x[k] * x[k];
        return sum;
    }

    [Differentiable]
    public static double WhileLoop(double x)
    {
        double y = x;
        int rounds = 0;
        while (y < 3 && rounds < 50)
        {
            y = y * y + x;
            rounds++;
        }
        return y + rounds;
    }

    [Differentiable]
    public static double NewtonRoot(double a)
    {
        double y = 1;
        double last;
        do
        {
            last = y;
            y = 0.5 * (y + a / y);
        } while (Math.Abs(y - last) > 1e-14);
        return y;
    }

    [Differentiable]
    public static double DoOnce(double x)
    {
        do
        {
            x = x * x;
            if (x > 0.6)
                break;
            x += 0.1;
            if (x > 0.4)
                continue;
            x *= 2;
        } while (x < 0.5);
        return x;
    }

    [Differentiable]
    public static double BreakAndContinue(ReadOnlySpan<double> x)
    {
        double sum = 0;
        for (int i = 0; i < x.Length; i++)
        {
            if (x[i] < 0.6)
                continue;
            sum = sum * x[i] + x[i];
            if (sum > 2)
                break;
            sum += x[i] * x[i];
        }
        return sum;
    }

    [Differentiable]
    public static double ContinueInWhile(double x, int n)
    {
        int i = 0;
        double sum = x;
        while (i < n + 2)
        {
            i++;
            if (i % 2 == 0)
                continue;
            sum = sum * x + i;
        }
        return sum;
    }

    [Differentiable]
    public static double Endless(double x)
    {
        double sum = 0;
        for (; ; )
        {
            sum += x * x;
            if (sum > 3)
                break;
            x += 0.1;
        }
        return sum;
    }

    [Differentiable]
    public static double EarlyReturn(double x)
    {
        if (x < 0.5)
            return x * x;
        double y = x * 3;
        if (y > 4)
            return y * x;
        return Math.Exp(y);
    }

    [Differentiable]
    public static double ReturnFromLoop(ReadOnlySpan<double> x)
    {
        double p = 1;
        for (int i = 0; i < x.Length; i++)
        {
            p *= x[i];
            if (p < 0.5)
                return p * p;
        }
        return -p;
    }

    [Differentiable]
    public static double ReturnFromNestedLoops(ReadOnlySpan<double> x)
    {
        double p = 1;
        foreach (var a in x)
        {
            foreach (var b in x)
            {
                p = p * a + b * 0.1;
                if (p > 3)
                    return p;
            }
            if (p < 0.4)
                break;
        }
        return p + 1;
    }

    [Differentiable]
    public static double IfElseChain(double x, double y)
    {
        double r;
        if (x > 1.2)
            r = x * y;
        else if (x > 0.8)
            r = x + y;
        else if (y > 1)
            r = Math.Sin(x);
        else
            r = 1;
        return r * r + x;
    }

    [Differentiable]
    public static double ConditionOverwritten(double x)
    {
        double y = x;
        if (y > 1)
        {
            y = y * y - 3;
            if (y > -1)
                y = Math.Exp(y) * x;
        }
        else
            y = 2 / y;
        return y * x;
    }

    [Differentiable]
    public static double SwitchStatement(double x, int kind)
    {
        double y = x;
        switch (kind)
        {
            case 0:
                y = x * x;
                break;
            case 1:
            case 2:
            {
                y = Math.Sin(x) * y;
                break;
            }
            default:
                y += 2 * x;
                break;
        }
        return y * y;
    }

    [Differentiable]
    public static double SwitchWithReturn(double x, Shape shape)
    {
        switch (shape)
        {
            case Shape.Linear:
                return 2 * x;
            case Shape.Quadratic when x > 1:
                return x * x;
            case Shape.Wave:
                x = Math.Sin(x);
                break;
        }
        return x * x * x;
    }

    [Differentiable]
    public static double SwitchExpression(double x, Shape shape) =>
        shape switch
        {
            Shape.Linear => 3 * x,
            Shape.Quadratic when x < 1 => x * x,
            _ => Math.Cos(x) * x,
        };

    [Differentiable]
    public static double SwitchOnReal(double x, double y) =>
        x switch
        {
            < 0.6 => x * y,
            >= 0.6 and < 1.1 => x + y * y,
            > 1.5 or 1.3 => y,
            _ => x / y,
        };

    [Differentiable]
    public static double SwitchOnTuple(double x, int n, bool flag) =>
        (n, flag) switch
        {
            (0, _) => x,
            (> 2, true) => x * x,
            (1 or 2, true) => Math.Exp(x),
            _ => x * x * x,
        };

    [Differentiable]
    public static double BreakInsideSwitch(double x, int kind)
    {
        double y = x;
        switch (kind)
        {
            case 0:
                if (x > 1)
                    break;
                y *= x;
                break;
            default:
                y = y * y;
                break;
        }
        return y + x;
    }

    [Differentiable]
    public static double SwitchInLoop(ReadOnlySpan<double> x, ReadOnlySpan<int> kind)
    {
        double p = 1;
        for (int i = 0; i < x.Length; i++)
        {
            switch (kind[i])
            {
                case 0:
                    continue;
                case 1:
                    p *= x[i];
                    break;
                case 2:
                    p += x[i] * x[i];
                    break;
                default:
                    p = Math.Sin(p) + x[i];
                    break;
            }
            p *= 1.1;
        }
        return p;
    }

    [Differentiable]
    public static double LocalInBody(ReadOnlySpan<double> x)
    {
        double sum = 0;
        for (int i = 0; i < x.Length; i++)
        {
            double t = x[i];
            if (t > 1)
                t = t * t;
            double u = t;
            u *= t + sum;
            sum += u;
        }
        return sum;
    }

    [Differentiable]
    public static double PatternsInIf(double x, int n)
    {
        if (n is 0 or 3)
            return x;
        if (n is > 1 and not 3)
            x *= x;
        if (x is > 1.0 and var large)
            x = large + n;
        return x * x;
    }

    [Differentiable]
    public static double EffectsInConditions(double x, int n)
    {
        int i = 0;
        double y = x;
        while (i++ < n && (y = y * x * 0.4 + 0.1) < 3)
            y += 0.2;
        if ((y *= 2) > 1 || ++i > 5)
            y -= x;
        return y + i;
    }

    [Differentiable]
    public static double ConditionalEffects(double x, bool flag)
    {
        double y = x;
        double z = flag ? (y = y * 2) + 1 : (y = y * y) * 3;
        return y * z;
    }
}
