namespace Zautograd;

/// <summary>A parameter of a method marked <see cref="DifferentiableAttribute"/> that the derivatives leave out: data, say.</summary>
/// <example><code>
/// // [Differentiable] static double Loss(ReadOnlySpan&lt;double> w, [Constant] ReadOnlySpan&lt;double> x) ...
/// // has the gradient: double LossGradient(ReadOnlySpan&lt;double> w, ReadOnlySpan&lt;double> x, Span&lt;double> wGradient)
/// new ConstantAttribute() is Attribute   // -> true
/// </code></example>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class ConstantAttribute : Attribute
{
    /// <summary>Leaves the parameter out.</summary>
    /// <example><code>new ConstantAttribute() is Attribute   // -> true</code></example>
    public ConstantAttribute() { }
}
