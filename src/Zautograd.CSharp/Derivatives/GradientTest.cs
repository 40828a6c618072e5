namespace Zautograd;

/// <summary>One run of <see cref="GradientCheck"/>: compares along random directions, and where they differ looks for the component.</summary>
internal sealed class GradientTest(
    Func<double[], double> f,
    Func<double[], double[]> gradient,
    Func<double[], double[], double[]>? hessianVector,
    Random random
)
{
    const int Directions = 2;

    // what is asked gets copies, which it may overwrite
    double[] Gradient(double[] x) => Fitting(gradient([.. x]), x, "gradient");

    double[] HessianVector(double[] x, double[] direction) =>
        Fitting(hessianVector!([.. x], [.. direction]), x, "product of Hessian and direction");

    static double[] Fitting(double[] numbers, double[] x, string what) =>
        numbers.Length == x.Length
            ? numbers
            : throw new ArgumentException($"The {what} has {numbers.Length} numbers, but there are {x.Length} variables.");

    public GradientReport Run(double[][] points)
    {
        var measured = false;
        List<double[]> wrong = [],
            right = [];
        foreach (var x in points)
            if (Examine(() => FirstIsRight(x), ref measured))
                right.Add(x);
            else
                wrong.Add(x);
        if (wrong.Count > 0)
            return First(wrong, right);
        if (!measured)
            return new(
                false,
                0,
                0,
                0,
                double.NaN,
                double.NaN,
                points.Length > 0 ? points[0] : [],
                "f is not finite or not smooth anywhere in the domain"
            );

        if (hessianVector is not null)
            foreach (var x in points)
                if (!Examine(() => SecondIsRight(x), ref measured))
                    return Second(x);
        return new(true, 0, 0, 0, double.NaN, double.NaN, [], $"right at orders 1 to {(hessianVector is null ? 1 : 2)}");
    }

    // Right, or wrong, or nothing can be said.
    static bool Examine(Func<bool?> isRight, ref bool measured)
    {
        for (int i = 0; i < Directions; i++)
        {
            var answer = isRight();
            measured |= answer is not null;
            if (answer is false)
                return false;
        }

        return true;
    }

    bool? FirstIsRight(double[] x)
    {
        var direction = Array.ConvertAll(x, _ => Component());
        return Compare(Dot(Gradient(x), direction), Along(x, direction, f));
    }

    bool? SecondIsRight(double[] x)
    {
        double[] direction = Array.ConvertAll(x, _ => Component()),
            weights = Array.ConvertAll(x, _ => Component());
        return Compare(Dot(HessianVector(x, direction), weights), Along(x, direction, at => Dot(Gradient(at), weights)));
    }

    // NaN claimed where a slope was measured is wrong, too.
    static bool? Compare(double claimed, FiniteDifference measured) =>
        !double.IsFinite(measured.Slope) ? null
        : !double.IsFinite(claimed)
            ? measured.IsConclusive(measured.Slope) ? false
                : null
        : measured.Agrees(claimed)
            ? measured.IsConclusive(claimed) ? true
                : null
        : measured.IsConclusive(claimed) ? false
        : null;

    GradientReport First(List<double[]> wrong, List<double[]> right)
    {
        var pairs = wrong.ConvertAll(x => Components(Gradient(x), Units(x).Select(unit => Along(x, unit, f).Slope)));
        var (point, worst) = Worst(pairs);
        var cause = Diagnosis.Of(worst, pairs, wrong, right);
        var (claimed, measured) = pairs[point][worst];
        return new(false, 1, worst, 0, claimed, measured, wrong[point], cause);
    }

    GradientReport Second(double[] x)
    {
        var pairs = new List<(double Claimed, double Measured)[]>();
        foreach (var unit in Units(x))
        {
            var claimed = HessianVector(x, unit);
            pairs.Add(Components(claimed, claimed.Select((_, i) => Along(x, unit, at => Gradient(at)[i]).Slope)));
        }

        var (along, worst) = Worst(pairs);
        var (said, found) = pairs[along][worst];
        var cause =
            said == 0 ? "the first derivatives are right, but this slope is not differentiated again: is a part of it computed in double?"
            : Math.Abs(pairs[worst][along].Claimed - found) <= 1e-6 * Math.Abs(found) ? "the second derivatives are transposed"
            : $"the first derivatives are right; of the second, {Diagnosis.Relation(said, found)}";
        return new(false, 2, worst, along, said, found, x, cause);
    }

    static (double Claimed, double Measured)[] Components(double[] claimed, IEnumerable<double> measured) => [.. claimed.Zip(measured)];

    static (int Point, int Component) Worst(List<(double Claimed, double Measured)[]> pairs) =>
        pairs
            .SelectMany((components, point) => components.Select((pair, component) => (Place: (point, component), Off: Off(pair))))
            .MaxBy(candidate => candidate.Off)
            .Place;

    static double Off((double Claimed, double Measured) pair) =>
        double.IsNaN(pair.Measured) ? -1
        : !double.IsFinite(pair.Claimed) ? double.PositiveInfinity
        : Math.Abs(pair.Claimed - pair.Measured) / (1e-6 + Math.Abs(pair.Claimed) + Math.Abs(pair.Measured));

    static FiniteDifference Along(double[] x, double[] direction, Func<double[], double> f) =>
        FiniteDifference.Of(t => f([.. x.Zip(direction, (at, step) => at + t * step)]));

    static IEnumerable<double[]> Units(double[] x) => x.Select((_, place) => x.Select((_, i) => i == place ? 1.0 : 0.0).ToArray());

    static double Dot(double[] left, double[] right) => left.Zip(right, (a, b) => a * b).Sum();

    // Of moderate size, so that no component hides behind another.
    double Component() => (random.Next(2) == 0 ? -1 : 1) * (0.5 + random.NextDouble());
}
