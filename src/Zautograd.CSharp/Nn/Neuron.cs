namespace Zautograd.Nn;

/// <summary>One neuron: a weighted sum of its inputs, plus a bias, through an activation.</summary>
/// <example><code>
/// var neuron = new Neuron(2, Activation.ReLU, new Random(1));
/// Value y = neuron.Call([0.5, -1.0]);
/// neuron   // -> ReLUNeuron(2)
/// </code></example>
public sealed class Neuron : Module
{
    readonly Value[] weights;
    readonly Value bias;
    readonly Activation activation;

    /// <summary>A neuron with random weights and bias 0.</summary>
    /// <param name="inputs">How many inputs it has, at least 1.</param>
    /// <param name="activation">What it does with the sum.</param>
    /// <param name="random">Where the weights come from: the same seed gives the same neuron, bit for bit.</param>
    /// <param name="initial">How wide the weights are spread.</param>
    /// <example><code>new Neuron(3, Activation.Linear, random)   // -> LinearNeuron(3)</code></example>
    public Neuron(int inputs, Activation activation, Random random, InitialWeights initial = InitialWeights.Uniform)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(inputs);
        ArgumentNullException.ThrowIfNull(random);
        if (!Enum.IsDefined(activation))
        {
            throw new ArgumentOutOfRangeException(nameof(activation), activation, "no such activation");
        }

        var range = initial switch
        {
            InitialWeights.Uniform => 1.0,
            InitialWeights.ScaledByInputs => 1.0 / Math.Sqrt(inputs),
            _ => throw new ArgumentOutOfRangeException(nameof(initial), initial, "no such choice of initial weights"),
        };
        weights = [.. Enumerable.Range(0, inputs).Select(_ => new Value(range * (2.0 * random.NextDouble() - 1.0)))];
        bias = new(0.0); // behind the weights, so that all parameters of a network stand side by side on the tape
        Parameters = (Value[])[.. weights, bias];
        this.activation = activation;
    }

    /// <summary>A neuron as in micrograd: ReLU where <paramref name="nonlinear"/>, else linear.</summary>
    /// <param name="inputs">How many inputs it has, at least 1.</param>
    /// <param name="nonlinear">Whether the sum goes through a ReLU.</param>
    /// <param name="random">Where the weights come from.</param>
    /// <example><code>new Neuron(2, nonlinear: false, random)   // -> LinearNeuron(2)</code></example>
    public Neuron(int inputs, bool nonlinear, Random random)
        : this(inputs, nonlinear ? Activation.ReLU : Activation.Linear, random) { }

    /// <summary>How many inputs it has.</summary>
    /// <example><code>new Neuron(2, nonlinear: true, random).Inputs   // -> 2</code></example>
    public int Inputs => weights.Length;

    /// <summary>The weights, then the bias.</summary>
    /// <example><code>new Neuron(2, nonlinear: true, random).Parameters.Count   // -> 3</code></example>
    public override IReadOnlyList<Value> Parameters { get; }

    /// <summary>The neuron's output.</summary>
    /// <param name="x">One value per input.</param>
    /// <example><code>var activity = new Neuron(2, Activation.Tanh, random).Call(new List&lt;Value&gt; { x, y });</code></example>
    public Value Call(IReadOnlyList<Value> x) => Call(Shape.Span(x));

    /// <inheritdoc cref="Call(IReadOnlyList{Value})"/>
    /// <example><code>var activity = new Neuron(2, Activation.Tanh, random).Call([x, y]);</code></example>
    public Value Call(ReadOnlySpan<Value> x)
    {
        Shape.Check(x.Length, Inputs, this);
        return Activate(Sum(x));
    }

    /// <summary>The neuron's output for inputs that are data: plain numbers, which need no gradient.</summary>
    /// <param name="x">One number per input.</param>
    /// <example><code>var activity = new Neuron(2, Activation.Tanh, random).Call([0.5, -1.0]);</code></example>
    public Value Call(ReadOnlySpan<double> x)
    {
        Shape.Check(x.Length, Inputs, this);
        return Activate(Sum(x));
    }

    /// <inheritdoc/>
    public override string ParameterName(int index) => index < Inputs ? $"weight {index}" : "bias";

    /// <summary>As micrograd writes it: <c>ReLUNeuron(2)</c>, <c>LinearNeuron(2)</c>.</summary>
    public override string ToString() => $"{activation}Neuron({Inputs})";

    internal Value Sum(ReadOnlySpan<Value> x) => Value.Dot(weights, x, bias);

    internal Value Sum(ReadOnlySpan<double> x) => Value.Dot(weights, x, bias);

    internal Value Activate(Value sum) =>
        activation switch
        {
            Activation.ReLU => sum.Relu(),
            Activation.Tanh => sum.Tanh(),
            Activation.Sigmoid => sum.Sigmoid(),
            _ => sum,
        };
}
