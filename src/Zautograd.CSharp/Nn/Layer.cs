namespace Zautograd.Nn;

/// <summary>Neurons side by side: each sees all inputs, each gives one output.</summary>
/// <example><code>
/// var layer = new Layer(2, 2, Activation.ReLU, new Random(1));
/// Value[] y = layer.Call([0.5, -1.0]);
/// layer   // -> Layer of [ReLUNeuron(2), ReLUNeuron(2)]
/// </code></example>
public sealed class Layer : Module
{
    readonly Neuron[] neurons;
    readonly Neighbours? rows; // of each neuron the weights and the bias

    /// <summary>A layer of neurons with random weights.</summary>
    /// <param name="inputs">How many inputs each neuron has, at least 1.</param>
    /// <param name="outputs">How many neurons there are, at least 1.</param>
    /// <param name="activation">What each neuron does with its sum.</param>
    /// <param name="random">Where the weights come from.</param>
    /// <param name="initial">How wide the weights are spread.</param>
    /// <example><code>new Layer(3, 1, Activation.Tanh, random)   // -> Layer of [TanhNeuron(3)]</code></example>
    public Layer(int inputs, int outputs, Activation activation, Random random, InitialWeights initial = InitialWeights.Uniform)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(inputs);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(outputs);
        neurons = [.. Enumerable.Range(0, outputs).Select(_ => new Neuron(inputs, activation, random, initial))];
        Activation = activation;
        Value[] parameters = [.. neurons.SelectMany(neuron => neuron.Parameters)];
        rows = Neighbours.From(parameters);
        Parameters = parameters;
    }

    /// <summary>How many inputs it has.</summary>
    /// <example><code>new Layer(2, 3, Activation.ReLU, random).Inputs   // -> 2</code></example>
    public int Inputs => neurons[0].Inputs;

    /// <summary>How many outputs it has: one per neuron.</summary>
    /// <example><code>new Layer(2, 3, Activation.ReLU, random).Outputs   // -> 3</code></example>
    public int Outputs => neurons.Length;

    internal Activation Activation { get; }

    /// <summary>The parameters, neuron by neuron.</summary>
    /// <example><code>new Layer(2, 3, Activation.ReLU, random).Parameters.Count   // -> 9</code></example>
    public override IReadOnlyList<Value> Parameters { get; }

    /// <summary>The outputs, one per neuron.</summary>
    /// <param name="x">One value per input.</param>
    /// <example><code>new Layer(2, 3, Activation.ReLU, random).Call([x, y]).Length   // -> 3</code></example>
    public Value[] Call(IReadOnlyList<Value> x)
    {
        var y = new Value[Outputs];
        Call(Shape.Span(x), y);
        return y;
    }

    /// <summary>The outputs, one per neuron, for inputs that are data.</summary>
    /// <param name="x">One number per input.</param>
    /// <example><code>new Layer(2, 3, Activation.ReLU, random).Call([0.5, -1.0]).Length   // -> 3</code></example>
    public Value[] Call(ReadOnlySpan<double> x)
    {
        var y = new Value[Outputs];
        Call(x, y);
        return y;
    }

    /// <summary>Writes the outputs to <paramref name="y"/> and allocates nothing.</summary>
    /// <param name="x">One value per input.</param>
    /// <param name="y">Room for one value per neuron.</param>
    /// <example><code>
    /// var results = new Value[3];
    /// new Layer(2, 3, Activation.Tanh, random).Call([x, y], results);
    /// </code></example>
    public void Call(ReadOnlySpan<Value> x, Span<Value> y)
    {
        Shape.Check(x.Length, Inputs, this);
        Shape.CheckResults(y.Length, Outputs, this);
        Shape.CheckApart(x, y, this);
        for (var i = rows is null ? 0 : Tape.Affine(rows, x, y); i < neurons.Length; i++)
        {
            y[i] = neurons[i].Sum(x);
        }

        Activate(y);
    }

    /// <summary>Writes the outputs for inputs that are data to <paramref name="y"/> and allocates nothing.</summary>
    /// <param name="x">One number per input.</param>
    /// <param name="y">Room for one value per neuron.</param>
    /// <example><code>
    /// var results = new Value[3];
    /// new Layer(2, 3, Activation.Tanh, random).Call(point, results);
    /// </code></example>
    public void Call(ReadOnlySpan<double> x, Span<Value> y)
    {
        Shape.Check(x.Length, Inputs, this);
        Shape.CheckResults(y.Length, Outputs, this);
        for (var i = rows is null ? 0 : Tape.Affine(rows, x, y); i < neurons.Length; i++)
        {
            y[i] = neurons[i].Sum(x);
        }

        Activate(y);
    }

    // after all sums, so that what the next layer reads stands side by side on the tape
    void Activate(Span<Value> y)
    {
        for (var i = 0; i < neurons.Length; i++)
        {
            y[i] = neurons[i].Activate(y[i]);
        }
    }

    /// <inheritdoc/>
    public override string ParameterName(int index) => $"neuron {index / (Inputs + 1)}, {neurons[0].ParameterName(index % (Inputs + 1))}";

    /// <summary>As micrograd writes it: <c>Layer of [ReLUNeuron(2), ReLUNeuron(2)]</c>.</summary>
    public override string ToString() => $"Layer of [{string.Join<Neuron>(", ", neurons)}]";
}
