namespace Zautograd.Nn;

/// <summary>Anything with numbers to learn. Its one duty is to list them.</summary>
/// <remarks>
/// <see cref="Neuron"/>, <see cref="Layer"/> and <see cref="MLP"/> are modules, each built from the one before.
/// A module of your own derives from this class, lists its parameters and computes with them as it likes.
/// </remarks>
/// <example><code>
/// sealed class Line : Module
/// {
///     readonly Value slope = new(0.0), offset = new(0.0);
///     public override IReadOnlyList&lt;Value&gt; Parameters => [slope, offset];
///     public Value Call(double x) => slope * x + offset;
/// }
/// </code></example>
public abstract class Module
{
    /// <summary>The numbers to learn, always in the same order.</summary>
    /// <example><code>foreach (var p in model.Parameters) p.Data -= 0.1 * p.Grad;</code></example>
    public abstract IReadOnlyList<Value> Parameters { get; }

    /// <summary>Sets the gradient of every parameter to zero; gradients add up over calls of <c>Backward</c> until then.</summary>
    /// <example><code>
    /// model.ZeroGrad();
    /// loss.Backward();
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
    /// <example><code>new MLP(2, [16, 16, 1], new Random(1)).ParameterName(336) // "layer 2, neuron 0, bias"</code></example>
    public virtual string ParameterName(int index) => $"parameter {index}";
}
