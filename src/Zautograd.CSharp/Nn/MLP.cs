namespace Zautograd.Nn;

/// <summary>A multi-layer perceptron: layers one after the other, the last one linear.</summary>
/// <remarks>
/// A call changes nothing in the network, so several threads may call one network at once; each records on its own tape.
/// </remarks>
/// <example><code>
/// var model = new MLP(2, [16, 16, 1], new Random(1));
/// Value score = model.Score([0.5, -1.0]);
/// model.Parameters.Count   // -> 337
/// </code></example>
public sealed class MLP : Module
{
    readonly Layer[] layers;
    readonly int widest;

    /// <summary>A network with random weights.</summary>
    /// <param name="inputs">How many inputs it has, at least 1.</param>
    /// <param name="outputs">How many neurons each layer has, each at least 1; the last number is how many outputs the network has.</param>
    /// <param name="random">Where the weights come from: the same seed gives the same network, bit for bit.</param>
    /// <param name="activation">What the neurons of all layers but the last do with their sums.</param>
    /// <param name="weights">How wide the weights are spread.</param>
    /// <example><code>new MLP(2, [1, 1], random)   // -> MLP of [Layer of [ReLUNeuron(2)], Layer of [LinearNeuron(1)]]</code></example>
    public MLP(
        int inputs,
        IReadOnlyList<int> outputs,
        Random random,
        Activation activation = Activation.ReLU,
        InitialWeights weights = InitialWeights.Uniform
    )
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(inputs);
        ArgumentNullException.ThrowIfNull(outputs);
        if (outputs.Count == 0)
        {
            throw new ArgumentException("at least one layer is needed", nameof(outputs));
        }

        for (var i = 0; i < outputs.Count; i++)
        {
            if (outputs[i] <= 0)
            {
                throw new ArgumentOutOfRangeException(nameof(outputs), outputs[i], $"layer {i} needs at least one neuron");
            }
        }

        int[] sizes = [inputs, .. outputs];
        layers =
        [
            .. outputs.Select(
                (neurons, i) => new Layer(sizes[i], neurons, i < outputs.Count - 1 ? activation : Activation.Linear, random, weights)
            ),
        ];
        widest = outputs.Max();
        Parameters = layers.SelectMany(layer => layer.Parameters).ToArray();
    }

    /// <summary>How many inputs it has.</summary>
    /// <example><code>model.Inputs   // -> 2</code></example>
    public int Inputs => layers[0].Inputs;

    /// <summary>How many outputs it has.</summary>
    /// <example><code>model.Outputs   // -> 1</code></example>
    public int Outputs => layers[^1].Outputs;

    internal IReadOnlyList<Layer> Layers => layers;

    /// <summary>The parameters, layer by layer.</summary>
    /// <example><code>model.Parameters.Count   // -> 337</code></example>
    public override IReadOnlyList<Value> Parameters { get; }

    /// <summary>The outputs.</summary>
    /// <param name="x">One value per input.</param>
    /// <example><code>model.Call([x, y]).Length   // -> 1</code></example>
    public Value[] Call(IReadOnlyList<Value> x)
    {
        var y = new Value[Outputs];
        Call(Shape.Span(x), y);
        return y;
    }

    /// <summary>The outputs for inputs that are data.</summary>
    /// <param name="x">One number per input.</param>
    /// <example><code>model.Call([0.5, -1.0]).Length   // -> 1</code></example>
    public Value[] Call(ReadOnlySpan<double> x)
    {
        var y = new Value[Outputs];
        Call(x, y);
        return y;
    }

    /// <summary>Writes the outputs to <paramref name="y"/> and allocates nothing beyond what the tape needs.</summary>
    /// <param name="x">One value per input.</param>
    /// <param name="y">Room for one value per output.</param>
    /// <example><code>
    /// var results = new Value[1];
    /// model.Call([x, y], results);
    /// </code></example>
    public void Call(ReadOnlySpan<Value> x, Span<Value> y)
    {
        Shape.Check(x.Length, Inputs, this);
        Shape.CheckResults(y.Length, Outputs, this);
        using var hidden = new Scratch(2 * widest);
        layers[0].Call(x, Results(0, hidden.Span, y));
        CallRest(hidden.Span, y);
    }

    /// <summary>Writes the outputs for inputs that are data to <paramref name="y"/> and allocates nothing beyond what the tape needs.</summary>
    /// <param name="x">One number per input.</param>
    /// <param name="y">Room for one value per output.</param>
    /// <example><code>
    /// var results = new Value[1];
    /// model.Call(point, results);
    /// </code></example>
    public void Call(ReadOnlySpan<double> x, Span<Value> y)
    {
        Shape.Check(x.Length, Inputs, this);
        Shape.CheckResults(y.Length, Outputs, this);
        using var hidden = new Scratch(2 * widest);
        layers[0].Call(x, Results(0, hidden.Span, y));
        CallRest(hidden.Span, y);
    }

    /// <summary>The one output of a network that has one: its score.</summary>
    /// <param name="x">One value per input.</param>
    /// <example><code>
    /// model.Score([x, y]).Backward();
    /// var change = x.Grad;   // how the score would change with the input x
    /// </code></example>
    public Value Score(IReadOnlyList<Value> x)
    {
        CheckOneOutput();
        Value score = default;
        Call(Shape.Span(x), new Span<Value>(ref score));
        return score;
    }

    /// <summary>The one output of a network that has one, for inputs that are data.</summary>
    /// <param name="x">One number per input.</param>
    /// <example><code>double.IsFinite(model.Score([0.5, -1.0]).Data)   // -> true</code></example>
    public Value Score(ReadOnlySpan<double> x)
    {
        CheckOneOutput();
        Value score = default;
        Call(x, new Span<Value>(ref score));
        return score;
    }

    /// <inheritdoc/>
    public override string ParameterName(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Parameters.Count);
        var layer = 0;
        while (index >= layers[layer].Parameters.Count)
        {
            index -= layers[layer++].Parameters.Count;
        }

        return $"layer {layer}, {layers[layer].ParameterName(index)}";
    }

    /// <summary>As micrograd writes it: <c>MLP of [Layer of [ReLUNeuron(2), ReLUNeuron(2)], Layer of [LinearNeuron(2)]]</c>.</summary>
    public override string ToString() => $"MLP of [{string.Join<Layer>(", ", layers)}]";

    void CallRest(Span<Value> hidden, Span<Value> y)
    {
        for (var i = 1; i < layers.Length; i++)
        {
            layers[i].Call(Results(i - 1, hidden, y), Results(i, hidden, y));
        }
    }

    // two halves in turn: a layer reads the one before it from the other half
    Span<Value> Results(int layer, Span<Value> hidden, Span<Value> y) =>
        layer == layers.Length - 1 ? y : hidden.Slice(layer % 2 * widest, layers[layer].Outputs);

    void CheckOneOutput()
    {
        if (Outputs != 1)
        {
            throw new InvalidOperationException($"this MLP has {Outputs} outputs, so there is no one score: use Call");
        }
    }
}
