namespace Zautograd.GradBench;

/// <summary>A charge is let go in the field of two others, the place of one of which is chosen such that it arrives at x = 0.</summary>
static partial class Particle
{
    sealed record Input(double W);

    /// <summary>The potential at (x, y) of charges at (10, 10 - w) and (10, 0).</summary>
    [Differentiable]
    public static double Potential(double x, double y, double w)
    {
        var dx = x - 10.0;
        var dy = y - (10.0 - w);
        return 1.0 / Math.Sqrt(dx * dx + dy * dy) + 1.0 / Math.Sqrt(dx * dx + y * y);
    }

    /// <summary>The square of x where the charge comes down; the force is the potential's gradient, found in reverse.</summary>
    [Differentiable]
    public static double MissByReverse(double w)
    {
        double x = 0.0,
            y = 8.0,
            u = 0.75,
            v = 0.0;
        while (true)
        {
            PotentialGradient(x, y, w, out double px, out double py, out double _);
            x += 0.1 * u;
            y += 0.1 * v;
            if (y <= 0.0)
                break;
            u -= 0.1 * px;
            v -= 0.1 * py;
        }
        x += -y / v * u;
        return x * x;
    }

    /// <summary>The same, the force found by two tangents.</summary>
    [Differentiable]
    public static double MissByForward(double w)
    {
        double x = 0.0,
            y = 8.0,
            u = 0.75,
            v = 0.0;
        while (true)
        {
            PotentialTangent(x, y, w, 1.0, 0.0, 0.0, out double px);
            PotentialTangent(x, y, w, 0.0, 1.0, 0.0, out double py);
            x += 0.1 * u;
            y += 0.1 * v;
            if (y <= 0.0)
                break;
            u -= 0.1 * px;
            v -= 0.1 * py;
        }
        x += -y / v * u;
        return x * x;
    }

    static Func<Input, Workload> Find(Descent.Function miss, Descent.Slopes slopes) =>
        input =>
        {
            var w = 0.0;
            return new(() => w = Descent.Minimum(miss, slopes, [input.W])[0], () => w);
        };

    public static Eval Eval { get; } =
        new()
        {
            { "ff", Find(w => MissByForward(w[0]), (w, slope) => MissByForwardTangent(w[0], 1.0, out slope[0])) },
            { "fr", Find(w => MissByReverse(w[0]), (w, slope) => MissByReverseTangent(w[0], 1.0, out slope[0])) },
            { "rf", Find(w => MissByForward(w[0]), (w, slope) => MissByForwardGradient(w[0], out slope[0])) },
            { "rr", Find(w => MissByReverse(w[0]), (w, slope) => MissByReverseGradient(w[0], out slope[0])) },
        };
}
