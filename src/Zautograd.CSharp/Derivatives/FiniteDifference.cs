namespace Zautograd;

/// <summary>A derivative measured from values alone, with an estimate of its error: central differences, extrapolated (Ridders).</summary>
internal readonly record struct FiniteDifference(double Slope, double Error)
{
    const int Steps = 9;
    const double Shrink = 1.5;

    // From coarse to fine: the fine ones are for points close to a kink or to the end of the domain.
    static readonly double[] FirstSteps = [0.04, 2e-3, 1e-4, 5e-6];

    /// <summary>Whether the slope is known well enough to say that another one is wrong.</summary>
    public bool IsConclusive(double claimed) => Error <= 1e-4 * Math.Max(Math.Abs(Slope), Math.Abs(claimed)) || Error <= 1e-12;

    /// <summary>Whether a claimed slope is this one, as far as can be seen.</summary>
    public bool Agrees(double claimed) =>
        Math.Abs(claimed - Slope) <= 1e-6 * Math.Max(Math.Abs(Slope), Math.Abs(claimed)) + 100 * Error + 1e-12;

    /// <summary>The derivative of a function of t at 0.</summary>
    public static FiniteDifference Of(Func<double, double> f)
    {
        var best = new FiniteDifference(double.NaN, double.PositiveInfinity);
        foreach (var first in FirstSteps)
        {
            var found = Extrapolated(f, first);
            if (found.Error < best.Error)
                best = found;
            if (best.IsConclusive(best.Slope) && best.Error <= 1e-8 * Math.Abs(best.Slope))
                break;
        }

        return best;
    }

    static FiniteDifference Extrapolated(Func<double, double> f, double step)
    {
        var best = new FiniteDifference(double.NaN, double.PositiveInfinity);
        double[] before = [];
        for (int i = 0; i < Steps; i++, step /= Shrink)
        {
            double high = f(step),
                low = f(-step);
            double[] row = [(high - low) / (2 * step)];
            if (!double.IsFinite(row[0]))
            {
                before = [];
                continue;
            }

            // what the last digits of the function's values make of the slope
            var noise = 1e-16 * (Math.Abs(high) + Math.Abs(low)) / step;
            double factor = 1;
            for (int k = 0; k < before.Length; k++)
            {
                factor *= Shrink * Shrink;
                var next = (row[k] * factor - before[k]) / (factor - 1);
                var error = Math.Max(Math.Abs(next - row[k]), Math.Abs(next - before[k])) + noise;
                row = [.. row, next];
                if (error < best.Error)
                    best = new(next, error);
            }

            before = row;
        }

        return best;
    }
}
