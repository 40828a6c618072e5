namespace Zautograd.Nn;

/// <summary>Anything with numbers to learn. Its one duty is to list them.</summary>
/// <remarks>
/// <see cref="Neuron"/>, <see cref="Layer"/> and <see cref="MLP"/> are modules, each built from the one before.
/// A module of your own derives from this class, lists its parameters and computes with them as it likes.
/// </remarks>
/// <example><code>
/// new Line().Call(3).Data   // -> 6.5
///
/// sealed class Line : Module
/// {
///     readonly Value slope = new(2.0), offset = new(0.5);
///     public override IReadOnlyList&lt;Value&gt; Parameters => [slope, offset];
///     public Value Call(double x) => slope * x + offset;
/// }
/// </code></example>
public abstract class Module
{
    /// <summary>The numbers to learn, always in the same order.</summary>
    /// <example><code>foreach (var parameter in model.Parameters) parameter.Data -= 0.1 * parameter.Grad;</code></example>
    public abstract IReadOnlyList<Value> Parameters { get; }

    /// <summary>Sets the gradient of every parameter to zero; gradients add up over calls of <c>Backward</c> until then.</summary>
    /// <example><code>
    /// model.Score(point).Backward();
    /// model.ZeroGrad();
    /// model.Parameters.Sum(parameter => Math.Abs(parameter.Grad))   // -> 0
    /// </code></example>
    public void ZeroGrad()
    {
        var parameters = Parameters;
        for (var i = 0; i < parameters.Count; i++)
        {
            parameters[i].Grad = 0.0;
        }
    }

    /// <summary>What to call a parameter in a message to a person.</summary>
    /// <param name="index">The parameter's place in <see cref="Parameters"/>.</param>
    /// <example><code>model.ParameterName(336)   // -> layer 2, neuron 0, bias</code></example>
    public virtual string ParameterName(int index) => $"parameter {index}";
}
