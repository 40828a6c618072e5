namespace Zautograd.GradBench;

/// <summary>The saddle of a function: the least over x of the greatest over y, a descent around a descent.</summary>
static partial class Saddle
{
    sealed record Input(double[] Start);

    /// <summary>Greatest over y where it is least in minus it: so the inner descent goes down from here.</summary>
    [Differentiable]
    public static double Below(double x1, double x2, double y1, double y2) => y1 * y1 + y2 * y2 - (x1 * x1 + x2 * x2);

    /// <summary>The greatest value over y, by a descent whose gradients are found in reverse.</summary>
    [Differentiable]
    public static double TopByReverse(double x1, double x2, [Constant] double start1, [Constant] double start2)
    {
        double y1 = start1,
            y2 = start2,
            rate = 1e-5;
        double value = BelowGradient(x1, x2, y1, y2, out double _, out double _, out double g1, out double g2);
        var steps = 0;
        while (Math.Sqrt(g1 * g1 + g2 * g2) > 1e-5)
        {
            if (steps == 10)
            {
                rate *= 2.0;
                steps = 0;
                continue;
            }
            double next1 = y1 - rate * g1,
                next2 = y2 - rate * g2;
            if (Math.Sqrt((y1 - next1) * (y1 - next1) + (y2 - next2) * (y2 - next2)) <= 1e-5)
                break;
            double down = BelowGradient(x1, x2, next1, next2, out double _, out double _, out double h1, out double h2);
            if (down < value)
            {
                y1 = next1;
                y2 = next2;
                value = down;
                g1 = h1;
                g2 = h2;
                steps++;
            }
            else
            {
                rate /= 2.0;
                steps = 0;
            }
        }
        return -value;
    }

    /// <summary>The same, each gradient by two tangents.</summary>
    [Differentiable]
    public static double TopByForward(double x1, double x2, [Constant] double start1, [Constant] double start2)
    {
        double y1 = start1,
            y2 = start2,
            rate = 1e-5;
        double value = BelowTangent(x1, x2, y1, y2, 0.0, 0.0, 1.0, 0.0, out double g1);
        BelowTangent(x1, x2, y1, y2, 0.0, 0.0, 0.0, 1.0, out double g2);
        var steps = 0;
        while (Math.Sqrt(g1 * g1 + g2 * g2) > 1e-5)
        {
            if (steps == 10)
            {
                rate *= 2.0;
                steps = 0;
                continue;
            }
            double next1 = y1 - rate * g1,
                next2 = y2 - rate * g2;
            if (Math.Sqrt((y1 - next1) * (y1 - next1) + (y2 - next2) * (y2 - next2)) <= 1e-5)
                break;
            double down = BelowTangent(x1, x2, next1, next2, 0.0, 0.0, 1.0, 0.0, out double h1);
            BelowTangent(x1, x2, next1, next2, 0.0, 0.0, 0.0, 1.0, out double h2);
            if (down < value)
            {
                y1 = next1;
                y2 = next2;
                value = down;
                g1 = h1;
                g2 = h2;
                steps++;
            }
            else
            {
                rate /= 2.0;
                steps = 0;
            }
        }
        return -value;
    }

    static Workload Find(Input input, Descent.Function top, Descent.Slopes topSlopes, Descent.Slopes belowSlopes)
    {
        double[] found = [];
        return new(
            () =>
            {
                var x = Descent.Minimum(top, topSlopes, input.Start);
                var y = Descent.Minimum(y => Below(x[0], x[1], y[0], y[1]), (y, slopes) => belowSlopes([.. x, .. y], slopes), input.Start);
                found = [.. x, .. y];
            },
            () => found
        );
    }

    static void BelowInReverse(ReadOnlySpan<double> at, Span<double> slopes) =>
        BelowGradient(at[0], at[1], at[2], at[3], out _, out _, out slopes[0], out slopes[1]);

    static void BelowInForward(ReadOnlySpan<double> at, Span<double> slopes)
    {
        BelowTangent(at[0], at[1], at[2], at[3], 0.0, 0.0, 1.0, 0.0, out slopes[0]);
        BelowTangent(at[0], at[1], at[2], at[3], 0.0, 0.0, 0.0, 1.0, out slopes[1]);
    }

    static Func<Input, Workload> Reverse(Func<double, double, Descent.Slopes> slopes) =>
        input =>
        {
            var (s1, s2) = (input.Start[0], input.Start[1]);
            return Find(input, x => TopByReverse(x[0], x[1], s1, s2), slopes(s1, s2), BelowInReverse);
        };

    static Func<Input, Workload> Forward(Func<double, double, Descent.Slopes> slopes) =>
        input =>
        {
            var (s1, s2) = (input.Start[0], input.Start[1]);
            return Find(input, x => TopByForward(x[0], x[1], s1, s2), slopes(s1, s2), BelowInForward);
        };

    public static Eval Eval { get; } =
        new()
        {
            {
                "ff",
                Forward(
                    (s1, s2) =>
                        (x, slopes) =>
                        {
                            TopByForwardTangent(x[0], x[1], s1, s2, 1.0, 0.0, out slopes[0]);
                            TopByForwardTangent(x[0], x[1], s1, s2, 0.0, 1.0, out slopes[1]);
                        }
                )
            },
            {
                "fr",
                Reverse(
                    (s1, s2) =>
                        (x, slopes) =>
                        {
                            TopByReverseTangent(x[0], x[1], s1, s2, 1.0, 0.0, out slopes[0]);
                            TopByReverseTangent(x[0], x[1], s1, s2, 0.0, 1.0, out slopes[1]);
                        }
                )
            },
            { "rf", Forward((s1, s2) => (x, slopes) => TopByForwardGradient(x[0], x[1], s1, s2, out slopes[0], out slopes[1])) },
            { "rr", Reverse((s1, s2) => (x, slopes) => TopByReverseGradient(x[0], x[1], s1, s2, out slopes[0], out slopes[1])) },
        };
}
