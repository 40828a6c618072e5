namespace Zautograd;

/// <summary>What may be the reason for a wrong slope: how claimed and measured numbers are related over all points.</summary>
internal static class Diagnosis
{
    static readonly (double Number, string Name)[] Factors =
    [
        (Math.PI, "pi"),
        (1 / Math.PI, "1/pi"),
        (2 / Math.Sqrt(Math.PI), "2/sqrt(pi)"),
        (Math.Log(2), "ln 2"),
        (1 / Math.Log(2), "1/ln 2"),
        (Math.Log(10), "ln 10"),
        (1 / Math.Log(10), "1/ln 10"),
    ];

    public static string Of(int component, List<(double Claimed, double Measured)[]> pairs, List<double[]> wrong, List<double[]> right)
    {
        var cause = Cause(component, pairs, wrong);
        return right.Count == 0 ? cause
            : wrong.TrueForAll(x => x[component] < 0) && right.Exists(x => x[component] > 0)
                ? $"right where x[{component}] > 0, wrong where it is negative: {cause}"
            : wrong.TrueForAll(x => x[component] > 0) && right.Exists(x => x[component] < 0)
                ? $"right where x[{component}] < 0, wrong where it is positive: {cause}"
            : cause;
    }

    static string Cause(int component, List<(double Claimed, double Measured)[]> pairs, List<double[]> wrong)
    {
        var own = pairs.ConvertAll(pair => pair[component]);
        for (int other = 0; other < pairs[0].Length; other++)
            if (
                other != component
                && pairs.TrueForAll(pair =>
                    Close(pair[component].Claimed, pair[other].Measured) && Close(pair[other].Claimed, pair[component].Measured)
                )
            )
                return $"the slopes of x[{Math.Min(component, other)}] and x[{Math.Max(component, other)}] are swapped";
        if (own.Exists(pair => !double.IsFinite(pair.Claimed)))
            return "the slope is not finite, though the function is smooth here";
        var first = Relation(own[0].Claimed, own[0].Measured);
        if (own.TrueForAll(pair => Relation(pair.Claimed, pair.Measured) == first))
            return first;
        if (own.TrueForAll(pair => Close(pair.Claimed - pair.Measured, own[0].Claimed - own[0].Measured)))
            return FormattableString.Invariant($"it is off by a constant, {own[0].Claimed - own[0].Measured:G4}");
        for (int i = 0; i < wrong[0].Length; i++)
        {
            if (All(own, wrong, (pair, x) => Close(pair.Claimed * x[i], pair.Measured)))
                return $"a factor of x[{i}] is missing";
            if (All(own, wrong, (pair, x) => Close(pair.Claimed, pair.Measured * x[i])))
                return $"a factor of x[{i}] is too much";
        }

        return own.TrueForAll(pair => Close(pair.Claimed * pair.Measured, 1)) ? "it is the reciprocal" : "the formula is another one";
    }

    /// <summary>How one number is related to another, in words.</summary>
    public static string Relation(double claimed, double measured)
    {
        if (Close(claimed, -measured))
            return "the sign is wrong";
        if (claimed == 0)
            return "the slope is 0: is it missing, or is the variable not followed?";
        if (Close(measured, 0))
            return "the slope is not 0, but the function does not depend on this variable here";
        var ratio = measured / claimed;
        foreach (var (number, name) in Factors)
            if (Close(ratio, number))
                return $"a factor of {name} is missing";
        var rounded = Math.Round(ratio * 12) / 12;
        return rounded != 0 && Close(ratio, rounded)
            ? FormattableString.Invariant($"a factor of {rounded:G4} is missing")
            : FormattableString.Invariant($"it is {1 / ratio:G6} times what it should be");
    }

    static bool All(List<(double, double)> own, List<double[]> points, Func<(double Claimed, double Measured), double[], bool> holds) =>
        own.Zip(points).All(both => holds(both.First, both.Second));

    static bool Close(double a, double b) => Math.Abs(a - b) <= 1e-5 * Math.Max(Math.Abs(a), Math.Abs(b)) + 1e-9;
}
