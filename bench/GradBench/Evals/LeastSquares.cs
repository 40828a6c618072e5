namespace Zautograd.GradBench;

/// <summary>The square of the distance of a polynomial to the sign of t, at n points t of -1 .. 1.</summary>
static partial class LeastSquares
{
    sealed record Input(double[] X, int N);

    [Differentiable]
    public static double Distance(ReadOnlySpan<double> x, int n)
    {
        var sum = 0.0;
        for (var i = 0; i < n; i++)
        {
            var t = -1.0 + 2.0 * i / (n - 1);
            var rest = (double)Math.Sign(t);
            var power = 1.0;
            for (var j = 0; j < x.Length; j++)
            {
                rest -= x[j] * power;
                power *= t;
            }
            sum += rest * rest;
        }
        return 0.5 * sum;
    }

    public static Eval Eval { get; } =
        new()
        {
            {
                "primal",
                (Input input) =>
                {
                    var result = 0.0;
                    return new(() => result = Distance(input.X, input.N), () => result);
                }
            },
            {
                "gradient",
                (Input input) =>
                {
                    var gradient = new double[input.X.Length];
                    return new(() => DistanceGradient(input.X, input.N, gradient), () => gradient);
                }
            },
        };
}
