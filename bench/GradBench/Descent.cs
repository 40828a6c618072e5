namespace Zautograd.GradBench;

/// <summary>The suite's gradient descent: the step is doubled after ten that lead downwards, and halved after one that does not.</summary>
static class Descent
{
    public delegate double Function(ReadOnlySpan<double> x);
    public delegate void Slopes(ReadOnlySpan<double> x, Span<double> gradient);

    /// <summary>Where a step or a gradient is as short as this, it ends.</summary>
    const double Close = 1e-5;

    /// <summary>The place, from x downwards, where the function is least.</summary>
    public static double[] Minimum(Function function, Slopes slopes, ReadOnlySpan<double> start)
    {
        double[] x = [.. start],
            gradient = new double[x.Length],
            next = new double[x.Length];
        var (rate, steps, value) = (1e-5, 0, function(x));
        slopes(x, gradient);
        while (Length(gradient) > Close)
        {
            if (steps == 10)
            {
                rate *= 2.0;
                steps = 0;
                continue;
            }
            for (var i = 0; i < x.Length; i++)
                next[i] = x[i] - rate * gradient[i];
            if (Distance(x, next) <= Close)
                break;
            var down = function(next);
            if (down < value)
            {
                (x, next) = (next, x);
                value = down;
                slopes(x, gradient);
                steps++;
            }
            else
            {
                rate /= 2.0;
                steps = 0;
            }
        }
        return x;
    }

    static double Length(double[] x) => Math.Sqrt(x.Sum(part => part * part));

    static double Distance(double[] x, double[] y) => Math.Sqrt(x.Zip(y, (a, b) => (a - b) * (a - b)).Sum());
}
