using System.Text.Json.Serialization;

namespace Zautograd.GradBench;

/// <summary>The determinant by minors along the first row, each a matrix of its own.</summary>
static partial class Determinant
{
    sealed record Input([property: JsonPropertyName("A")] double[] A, int Ell);

    [Differentiable]
    public static double Of(ReadOnlySpan<double> a, int size)
    {
        if (size == 1)
            return a[0];
        var rest = size - 1;
        Span<double> minor = new double[rest * rest];
        var sum = 0.0;
        var sign = 1.0;
        for (var column = 0; column < size; column++)
        {
            for (var i = 0; i < rest; i++)
            for (var j = 0; j < rest; j++)
                minor[i * rest + j] = a[(i + 1) * size + (j < column ? j : j + 1)];
            sum += sign * a[column] * Of(minor, rest);
            sign = -sign;
        }
        return sum;
    }

    public static Eval Eval { get; } =
        new()
        {
            {
                "primal",
                (Input input) =>
                {
                    var result = 0.0;
                    return new(() => result = Of(input.A, input.Ell), () => result);
                }
            },
            {
                "gradient",
                (Input input) =>
                {
                    var gradient = new double[input.A.Length];
                    return new(() => OfGradient(input.A, input.Ell, gradient), () => gradient);
                }
            },
        };
}
