namespace Zautograd.GradBench;

/// <summary>A chain of differential equations by Runge and Kutta's method, from 0 over time 2.</summary>
static partial class Ode
{
    sealed record Input(double[] X, int S);

    static void Field(ReadOnlySpan<double> x, ReadOnlySpan<double> y, Span<double> z)
    {
        z[0] = x[0];
        for (var i = 1; i < x.Length; i++)
            z[i] = x[i] * y[i - 1];
    }

    [Differentiable]
    public static void Solve(ReadOnlySpan<double> x, int steps, Span<double> y)
    {
        var n = x.Length;
        var h = 2.0 / steps;
        double[] k1 = new double[n],
            k2 = new double[n],
            k3 = new double[n],
            k4 = new double[n],
            at = new double[n];
        for (var i = 0; i < n; i++)
            y[i] = 0.0;
        for (var step = 0; step < steps; step++)
        {
            Field(x, y, k1);
            for (var i = 0; i < n; i++)
                at[i] = y[i] + h * k1[i] / 2;
            Field(x, at, k2);
            for (var i = 0; i < n; i++)
                at[i] = y[i] + h * k2[i] / 2;
            Field(x, at, k3);
            for (var i = 0; i < n; i++)
                at[i] = y[i] + h * k3[i];
            Field(x, at, k4);
            for (var i = 0; i < n; i++)
                y[i] += h * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]) / 6;
        }
    }

    public static Eval Eval { get; } =
        new()
        {
            {
                "primal",
                (Input input) =>
                {
                    var y = new double[input.X.Length];
                    return new(() => Solve(input.X, input.S, y), () => y);
                }
            },
            {
                "gradient",
                (Input input) =>
                {
                    var n = input.X.Length;
                    double[] y = new double[n],
                        seed = new double[n],
                        gradient = new double[n],
                        start = new double[n];
                    seed[n - 1] = 1.0;
                    return new(() => SolveAdjoint(input.X, input.S, y, seed, gradient, start), () => gradient);
                }
            },
        };
}
