namespace Zautograd;

/// <summary>What <see cref="GradientCheck"/> found: that all is right, or the worst component, both numbers and a likely cause.</summary>
/// <param name="Passed">Whether every derivative that could be measured is right.</param>
/// <param name="Order">The order of the derivative that is wrong: 1 or 2; 0 if none is, or if nothing could be measured.</param>
/// <param name="Component">Which partial derivative is wrong, counted from 0.</param>
/// <param name="Along">At order 2: along which variable its derivative is wrong.</param>
/// <param name="Claimed">What the rule or the function's derivative says.</param>
/// <param name="Measured">What finite differences say.</param>
/// <param name="Point">Where.</param>
/// <param name="Cause">What may be the reason, in words.</param>
/// <example><code>
/// var report = GradientCheck.Function(x => x[0] * x[0], x => [-2 * x[0]], [3.0]);
/// report.Passed   // -> false
/// report.Claimed   // -> -6
/// report.Cause   // -> the sign is wrong
/// </code></example>
public sealed record GradientReport(
    bool Passed,
    int Order,
    int Component,
    int Along,
    double Claimed,
    double Measured,
    IReadOnlyList<double> Point,
    string Cause
)
{
    /// <summary>The finding as a sentence.</summary>
    /// <example><code>
    /// GradientCheck.Function(x => x[0] * x[0], x => [2 * x[0]], [3.0]).ToString()   // -> right at orders 1 to 1
    /// GradientCheck.Function(x => x[0], x => [2.0], [3.0]).ToString()   // -> the derivative by x[0] is 2, but by differences 1, at x = (3): …
    /// </code></example>
    public override string ToString() =>
        Passed ? Cause
        : Order == 0 ? $"nothing could be measured: {Cause}"
        : FormattableString.Invariant(
            $"the derivative by x[{Component}]{(Order == 2 ? $", and along x[{Along}]," : "")} is {Claimed:G10}, but by differences {Measured:G10}, at x = ({string.Join(", ", Point.Select(number => FormattableString.Invariant($"{number}")))}): {Cause}"
        );

    /// <summary>Throws unless all is right: a test in one line.</summary>
    /// <exception cref="InvalidOperationException">A derivative is wrong.</exception>
    /// <example><code>
    /// GradientCheck.Function(x => x[0] * x[0], x => [2 * x[0]], [3.0]).ThrowIfWrong();
    /// GradientCheck.Function(x => x[0], x => [2.0], [3.0]).ThrowIfWrong();   // -> throws InvalidOperationException: the derivative by x[0] …
    /// </code></example>
    public void ThrowIfWrong()
    {
        if (!Passed)
            throw new InvalidOperationException(ToString());
    }
}
