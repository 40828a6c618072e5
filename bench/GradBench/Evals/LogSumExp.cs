namespace Zautograd.GradBench;

/// <summary>log sum exp x, the maximum taken out.</summary>
static partial class LogSumExp
{
    sealed record Input(double[] X);

    [Differentiable]
    public static double Of(ReadOnlySpan<double> x)
    {
        var max = x[0];
        foreach (var value in x)
            max = Math.Max(max, value);
        var sum = 0.0;
        foreach (var value in x)
            sum += Math.Exp(value - max);
        return max + Math.Log(sum);
    }

    public static Eval Eval { get; } =
        new()
        {
            {
                "primal",
                (Input input) =>
                {
                    var result = 0.0;
                    return new(() => result = Of(input.X), () => result);
                }
            },
            {
                "gradient",
                (Input input) =>
                {
                    var gradient = new double[input.X.Length];
                    return new(() => OfGradient(input.X, gradient), () => gradient);
                }
            },
        };
}
