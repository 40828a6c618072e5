using static System.Math;

namespace Zautograd.Generator.Tests;

/// <summary>Gradients of methods of the conformance set by formulas worked out by hand, in the order of the parameters.</summary>
static class ClosedForms
{
    const string Home = "Zautograd.Generator.Tests.Methods.";

    // f and its slope, of Functions1's methods: a quarter of y f(0.9 x), and one and a half times y f(x)
    static readonly (string Name, Func<double, double> Function, Func<double, double> Slope)[] functions =
    [
        ("Abs", Abs, x => Sign(x)),
        ("Acos", Acos, x => -1 / Sqrt(1 - x * x)),
        ("Asin", Asin, x => 1 / Sqrt(1 - x * x)),
        ("Atan", Atan, x => 1 / (1 + x * x)),
        ("Atanh", Atanh, x => 1 / (1 - x * x)),
        ("Asinh", Asinh, x => 1 / Sqrt(1 + x * x)),
        ("Cbrt", Cbrt, x => Pow(x, -2.0 / 3.0) / 3),
        ("Cos", Cos, x => -Sin(x)),
        ("Cosh", Cosh, Sinh),
        ("Exp", Exp, Exp),
        ("Log", Log, x => 1 / x),
        ("Log10", Log10, x => 1 / (x * Log(10))),
        ("Log2", Log2, x => 1 / (x * Log(2))),
        ("Sin", Sin, Cos),
        ("Sinh", Sinh, Cosh),
        ("Sqrt", Sqrt, x => 0.5 / Sqrt(x)),
        ("Tan", Tan, x => 1 / (Cos(x) * Cos(x))),
        ("Tanh", Tanh, x => 1 - Tanh(x) * Tanh(x)),
    ];

    static readonly Dictionary<string, Func<double[], double[]>> known = new()
    {
        ["Scalars.Square"] = v => [2 * v[0]],
        ["Scalars.Rosenbrock"] = v => [-2 * (1 - v[0]) - 400 * v[0] * (v[1] - v[0] * v[0]), 200 * (v[1] - v[0] * v[0])],
        ["Scalars.Powers"] = v => [v[1] * Pow(v[0], v[1] - 1) + 3 * v[0] * v[0], Pow(v[0], v[1]) * Log(v[0]) - Pow(2, v[1]) * Log(2)],
        ["Scalars.Trigonometry"] = v =>
            [
                Cos(2 * v[0])
                    + 0.5 / Pow(Cos(v[0] / 2), 2)
                    - 1 / Sqrt(4 - v[0] * v[0])
                    + Acos(v[0] / 3) / (1 + v[0] * v[0])
                    - Atan(v[0]) / Sqrt(9 - v[0] * v[0]),
            ],
        ["Scalars.Hyperbolic"] = v => [2 * Cosh(v[0]) - 1 / Sqrt(1 + v[0] * v[0]) + 2 / (4 - v[0] * v[0])],
        ["Scalars.Exponentials"] = v =>
            [
                -v[1] * Exp(-v[0] * v[1]) + Log10(v[1]) / v[0] + 1 / ((v[0] + v[1]) * Log(2)) + 0.5 / Sqrt(v[0]) + 1 / (v[0] * Log(3)),
                -v[0] * Exp(-v[0] * v[1]) + Log(v[0]) / (v[1] * Log(10)) + 1 / ((v[0] + v[1]) * Log(2)) + 1 / (3 * Pow(Cbrt(v[1]), 2)),
            ],
        ["Scalars.OfDouble"] = v =>
            [
                2 * Exp(v[0]) + v[0] / Sqrt(v[0] * v[0] + v[1] * v[1]) + 0.5 / Sqrt(v[0]) + Log(2) * Pow(2, v[0]),
                1 / v[1] + v[1] / Sqrt(v[0] * v[0] + v[1] * v[1]) + 1 / (1 + v[1]),
            ],
        ["Scalars.LogBase"] = v => [1 / ((v[0] + 1) * Log(v[1] + 2)), -Log(v[0] + 1) / ((v[1] + 2) * Pow(Log(v[1] + 2), 2))],
        ["Scalars.Constants"] = v => [0.5 + 0.5 * v[0] - E],
        ["Scalars.FromTable"] = v => [3 * v[0] * v[0] + 4 * v[0] + 3],
        ["Scalars.Sigmoids"] = v =>
            [
                Logistic(v[0]) * Logistic(-v[0]) + (v[0] > v[1] ? Log(1 + Exp(v[1])) : 0) + 2 / Sqrt(PI) * Exp(-v[0] * v[0]),
                v[0] > v[1] ? Logistic(v[1]) * (v[0] - v[1]) - Log(1 + Exp(v[1])) : 0,
            ],
        ["Scalars.SinAndCos"] = v => [Cos(2 * v[0]) + Cos(v[0])],
        // x = u + sin u of the square, and then 4 x^2 (1 - x)... y is x^2
        ["Scalars.Reassigned"] = v => [(12 * Pow(Folded(v[0]), 2) - 16 * Pow(Folded(v[0]), 3)) * 2 * v[0] * (1 + Cos(v[0] * v[0]))],
        // a = x y; 3 x y, times x, twice, less 2 x y
        ["Scalars.Chained"] = v => [12 * v[0] * v[1] - 2 * v[1], 6 * v[0] * v[0] - 2 * v[0]],
        ["Scalars.NaNAware"] = v => [2 * v[0]],
        ["Scalars.ReverseOnly"] = v => [Exp(v[0]) * (1 + v[0])],
        ["Scalars.class"] = v => [v[1], v[0]],
        ["Scalars.ManyNames"] = v => [v[1] + v[2] * v[3] * v[4], v[0], v[3] * v[0] * v[4], v[2] * v[0] * v[4], v[2] * v[3] * v[0]],
        ["Numerics.Welford"] = v => [.. v.Select(x => 2 * (x - v.Average()) / (v.Length - 1))],
        ["Numerics.GeometricMean"] = v => [.. v.Select(x => Exp(v.Average(Log)) / (v.Length * x))],
        ["Numerics.Determinant"] = v => [.. Enumerable.Range(0, 9).Select(place => Cofactor(v, place / 3, place % 3))],
        ["Wholes.MoreOfDouble"] = v =>
            [
                Log(2) * Pow(2, v[0])
                    + 1 / ((1 + v[0]) * Log(2))
                    - 1 / (PI * Sqrt(1 - v[0] * v[0]))
                    + 1 / (PI * (1 + v[0] * v[0]))
                    + v[1] / (PI * (v[0] * v[0] + v[1] * v[1]))
                    + PI / 180,
                Log(10) * Pow(10, v[1])
                    + 1 / ((1 + v[1]) * Log(10))
                    + 1 / (PI * Sqrt(1 - v[1] * v[1]))
                    - v[0] / (PI * (v[0] * v[0] + v[1] * v[1]))
                    + 180 / PI,
            ],
        // the sum of all inside w twice over: (10 x + 0.05) less a whole number of widths
        ["Wholes.Periodic"] = v =>
            [
                .. v[..^1].Select(x => 20 * ((10 * x + 0.05) - (v[^1] + 2) * Floor((10 * x + 0.05) / (v[^1] + 2)))),
                v[..^1]
                    .Sum(x =>
                    {
                        var turns = Floor((10 * x + 0.05) / (v[^1] + 2));
                        return -2 * turns * (10 * x + 0.05 - (v[^1] + 2) * turns);
                    }),
            ],
    };

    // of the rows and columns after this one, round and round, no sign is needed
    static double Cofactor(double[] m, int row, int column)
    {
        double at(int down, int right) => m[(row + down) % 3 * 3 + (column + right) % 3];
        return at(1, 1) * at(2, 2) - at(1, 2) * at(2, 1);
    }

    static double Logistic(double x) => 1 / (1 + Exp(-x));

    static double Folded(double x) => Sin(x * x) + x * x;

    public static IEnumerable<string> Names =>
        known.Keys.Concat(functions.Select(function => "Functions1." + function.Name)).Select(name => Home + name);

    /// <summary>The formula for a method, if there is one.</summary>
    public static Func<double[], double[]>? Of(string name)
    {
        var own = name[Home.Length..];
        if (known.TryGetValue(own, out var formula))
            return formula;
        var (_, function, slope) = functions.FirstOrDefault(function => own == "Functions1." + function.Name);
        return function is null
            ? null
            : v => [v[1] * (0.225 * slope(0.9 * v[0]) + 1.5 * slope(v[0])), 0.25 * function(0.9 * v[0]) + 1.5 * function(v[0])];
    }
}
