namespace Zautograd;

/// <summary>
/// Asks the generator for the derivatives of a static method of doubles: beside <c>Loss</c> there are then <c>LossGradient</c> and
/// <c>LossTangent</c>, as C# that can be read. What cannot be differentiated is an error where it stands.
/// </summary>
/// <remarks>
/// A method with one result has a gradient; one that writes to spans, or returns several numbers, has <c>...Adjoint</c> (the weights of its
/// results times its Jacobian) in its place. Gradients are overwritten, not added to; what the method overwrites of its inputs is copied, so
/// that they are as they were after the call. Spans that are written must not overlap others: that is checked.
/// </remarks>
/// <example><code>
/// // in a partial class: [Differentiable] public static double Square(double x) => x * x;
/// // then Square has beside it: double SquareGradient(double x, out double xGradient), double SquareTangent(double x, double xTangent, out double tangent)
/// new DifferentiableAttribute { Order = 2 }.Mode == (Mode.Forward | Mode.Reverse)   // -> true
/// </code></example>
[AttributeUsage(AttributeTargets.Method)]
public sealed class DifferentiableAttribute : Attribute
{
    /// <summary>First derivatives, both ways, if nothing else is said.</summary>
    /// <example><code>new DifferentiableAttribute().Order   // -> 1</code></example>
    public DifferentiableAttribute() { }

    /// <summary>Which derivatives are written: both ways if nothing is said.</summary>
    /// <example><code>new DifferentiableAttribute().Mode == (Mode.Forward | Mode.Reverse)   // -> true</code></example>
    public Mode Mode { get; init; } = Mode.Forward | Mode.Reverse;

    /// <summary>1 for first derivatives; 2 for <c>...HessianVector</c>, too: the Hessian times a direction.</summary>
    /// <example><code>new DifferentiableAttribute().Order   // -> 1</code></example>
    public int Order { get; init; } = 1;
}

/// <summary>The ways to a derivative.</summary>
/// <example><code>Mode.Forward | Mode.Reverse   // -> Forward, Reverse</code></example>
[Flags]
public enum Mode
{
    /// <summary>Tangents: how the results change along one direction, beside the values.</summary>
    Forward = 1,

    /// <summary>Adjoints: the slopes for all inputs at once, backwards from the result.</summary>
    Reverse = 2,
}
