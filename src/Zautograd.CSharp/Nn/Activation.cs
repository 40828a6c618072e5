namespace Zautograd.Nn;

/// <summary>What a neuron does with its weighted sum.</summary>
/// <example><code>new Neuron(2, Activation.Tanh, random)   // -> TanhNeuron(2)</code></example>
public enum Activation
{
    /// <summary>Nothing: the sum itself.</summary>
    Linear,

    /// <summary>The sum where it is positive, else 0.</summary>
    ReLU,

    /// <summary>The hyperbolic tangent: between -1 and 1.</summary>
    Tanh,

    /// <summary>The logistic function: between 0 and 1.</summary>
    Sigmoid,
}

/// <summary>How wide the first, random weights are spread. Biases always start at 0.</summary>
/// <example><code>var wide = new MLP(64, [32, 10], random, weights: InitialWeights.ScaledByInputs);</code></example>
public enum InitialWeights
{
    /// <summary>Uniform in [-1, 1], whatever the number of inputs, as in micrograd. Right for a handful of inputs.</summary>
    Uniform,

    /// <summary>
    /// Uniform in [-1/√n, 1/√n] for a neuron of n inputs, as in PyTorch's <c>Linear</c>: sums keep their size however many
    /// inputs there are, so that wide layers learn from the first step on.
    /// </summary>
    ScaledByInputs,
}
