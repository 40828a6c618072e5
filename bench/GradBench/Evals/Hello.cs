namespace Zautograd.GradBench;

/// <summary>x squared, and its derivative.</summary>
static partial class Hello
{
    [Differentiable]
    public static double Square(double x) => x * x;

    public static Eval Eval { get; } =
        new()
        {
            {
                "square",
                (double x) =>
                {
                    var square = 0.0;
                    return new(() => square = Square(x), () => square);
                }
            },
            {
                "double",
                (double x) =>
                {
                    var slope = 0.0;
                    return new(() => SquareGradient(x, out slope), () => slope);
                }
            },
        };
}
