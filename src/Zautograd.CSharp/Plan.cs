using Zautograd.Plans;

namespace Zautograd;

/// <summary>Whether a plan adds its samples' values up or takes their mean.</summary>
/// <example><code>Reduction.Mean   // -> Mean</code></example>
public enum Reduction
{
    /// <summary>The mean over the samples, of which there must be one at least.</summary>
    Mean,

    /// <summary>The sum over the samples.</summary>
    Sum,
}

/// <summary>A function over <see cref="Value"/>, recorded once and replayed for many samples at a time: value and gradient, without a tape.</summary>
/// <remarks>
/// <para>The function gets one sample's inputs, and the parameters that all samples share; values from outside that it uses, such as a
/// model's, are parameters too. Recording optimises the graph: numbers are folded, equal parts computed once, what depends on no input
/// once a call, unused values and adjoints not at all, and dot products of the same inputs become one layer. A replay takes the samples
/// in blocks, eight to a vector, and allocates nothing.</para>
/// <para>Comparisons of values are guarded: a sample for which one comes out otherwise is recorded anew, and both paths are kept. What a
/// replay could not repeat is refused: reading Data or Grad, Backward, a function that does not do the same each time. It is asked
/// again at the first other numbers, and in two later calls. What changes after that nobody can see: pass a plain number that the function takes
/// from elsewhere as an input, and set the <see cref="Zautograd.Value.Data"/> of a value from outside; where a variable gets a new
/// <see cref="Zautograd.Value"/>, the plan goes on with the one that was recorded.</para>
/// <para>Custom rules are called sample by sample, only for samples that come to them; one that is made anew at each call needs to be equal
/// each time, as structs of equal fields and records are.</para>
/// <para>The tape's result is the measure: the same but for the order of sums and fused multiply-adds, and Exp, Log, Sin and Cos by
/// vectors. A plan runs one call at a time.</para>
/// </remarks>
/// <example><code>
/// var plan = Plan.Record((x, p) => (p[0] * x[0] - x[1]).Pow(2), inputs: [0, 0], parameters: [0]);
/// double[] slope = new double[1];
/// plan.ValueAndGradient([1, 2, 3, 4], [0.5], slope)   // -> 4.25
/// slope[0]   // -> -9
/// </code></example>
public sealed partial class Plan
{
    /// <summary>More ways through a function than this are not kept: the tape computes the samples that go yet another.</summary>
    internal const int MostPaths = 64;

    readonly Func<Value[], Value[], Value> function;
    readonly int inputCount;
    readonly int parameterCount;
    readonly Captured captured = new();
    readonly List<Path> paths = [];
    int[] waiting = [];
    double[] sums = [];
    int call;
    int busy;

    Plan(Func<Value[], Value[], Value> function, ReadOnlySpan<double> inputs, ReadOnlySpan<double> parameters)
    {
        this.function = function;
        (inputCount, parameterCount) = (inputs.Length, parameters.Length);
        Confusion.Enter<Value>(function, Derivatives.AnyInside).Dispose(); // a derivative's variable would be a constant here
        using var pause = new Observer.Pause(); // what a plan does is no part of another one around it, to which its result is a number
        paths.Add(RecordPath(inputs, parameters));
    }

    /// <summary>Records a function of inputs and parameters at some numbers; which numbers does not matter, but for the path taken.</summary>
    /// <exception cref="InvalidOperationException">The function does what a replay could not repeat; the message says what and the way out.</exception>
    /// <example><code>
    /// var plan = Plan.Record((x, p) => (x[0] * p[0]).Sin() + p[1], inputs: [1], parameters: [1, 0]);
    /// plan.Value([0.5, 0.25], [2, 3])   // -> 3.6604482617…
    /// </code></example>
    public static Plan Record(Func<Value[], Value[], Value> function, ReadOnlySpan<double> inputs, ReadOnlySpan<double> parameters)
    {
        ArgumentNullException.ThrowIfNull(function);
        return new Plan(function, inputs, parameters);
    }

    /// <summary>Records a function of inputs whose parameters are the values from outside that it uses, such as a model's.</summary>
    /// <exception cref="InvalidOperationException">The function does what a replay could not repeat; the message says what and the way out.</exception>
    /// <example><code>
    /// Value weight = 0.5;
    /// var plan = Plan.Record(x => (weight * x[0] - x[1]).Pow(2), inputs: [0, 0]);
    /// plan.Backward([1, 2, 3, 4])   // -> 4.25
    /// weight.Grad   // -> -9
    /// </code></example>
    public static Plan Record(Func<Value[], Value> function, ReadOnlySpan<double> inputs)
    {
        ArgumentNullException.ThrowIfNull(function);
        return new Plan((x, _) => function(x), inputs, []);
    }

    /// <summary>How many ways through the function have been recorded.</summary>
    /// <example><code>
    /// var plan = Plan.Record(x => x[0] > 0 ? x[0] : 2 * x[0], inputs: [1]);
    /// plan.Value([1, -1, 3], reduction: Reduction.Sum)   // -> 2
    /// plan.Paths   // -> 2
    /// </code></example>
    public int Paths => paths.Count;

    /// <summary>The mean of the function over samples whose inputs stand one after the other, or the sum.</summary>
    /// <exception cref="ArgumentException">The inputs are not a whole number of samples, or the parameters not as many as were recorded.</exception>
    /// <example><code>
    /// var plan = Plan.Record((x, p) => x[0] * x[1] + p[0], inputs: [0, 0], parameters: [0]);
    /// plan.Value([1, 2, 3, 4], [10])   // -> 17
    /// </code></example>
    public double Value(ReadOnlySpan<double> inputs, ReadOnlySpan<double> parameters = default, Reduction reduction = Reduction.Mean) =>
        Run(new(inputs, parameters), reduction);

    /// <summary>The value of each sample.</summary>
    /// <exception cref="ArgumentException">The numbers do not fit, or the values overlap them.</exception>
    /// <example><code>
    /// var plan = Plan.Record((x, p) => x[0] * x[1] + p[0], inputs: [0, 0], parameters: [0]);
    /// double[] values = new double[2];
    /// plan.Values([1, 2, 3, 4], [10], values);
    /// values   // -> [12, 22]
    /// </code></example>
    public void Values(ReadOnlySpan<double> inputs, ReadOnlySpan<double> parameters, Span<double> values)
    {
        if (values.Length != SamplesIn(inputs))
            throw new ArgumentException(
                $"There is room for {values.Length} values, but there are {SamplesIn(inputs)} samples.",
                nameof(values)
            );
        CheckApart(values, inputs, nameof(values));
        CheckApart(values, parameters, nameof(values));
        Run(new(inputs, parameters) { Values = values }, Reduction.Sum);
    }

    /// <summary>The mean or the sum, and its gradient with respect to the parameters, which overwrites what stood there.</summary>
    /// <exception cref="ArgumentException">The inputs are not a whole number of samples, or the parameters or the gradient not as many as were recorded.</exception>
    /// <example><code>
    /// var plan = Plan.Record((_, p) => p[0] * p[0] + 3 * p[1], inputs: [], parameters: [0, 0]);
    /// double[] gradient = new double[2];
    /// plan.ValueAndGradient([], [2, 1], gradient)   // -> 7
    /// gradient   // -> [4, 3]
    /// </code></example>
    public double ValueAndGradient(
        ReadOnlySpan<double> inputs,
        ReadOnlySpan<double> parameters,
        Span<double> gradient,
        Reduction reduction = Reduction.Mean
    )
    {
        CheckGradient(gradient);
        return Run(new(inputs, parameters) { Gradient = gradient, GradientWanted = true }, reduction);
    }

    /// <summary>The mean or the sum, and its gradient with respect to the parameters and to the inputs, which overwrite what stood there.</summary>
    /// <remarks>The inputs' gradient stands as they do, sample after sample. It is that of the result: where that is the mean, each sample's
    /// own gradient divided by the number of samples; for the sum its own.</remarks>
    /// <exception cref="ArgumentException">The numbers do not fit, or the inputs' gradient overlaps others.</exception>
    /// <example><code>
    /// var plan = Plan.Record((x, p) => p[0] * x[0] * x[0], inputs: [0], parameters: [0]);
    /// double[] gradient = new double[1],
    ///     inputsGradient = new double[2];
    /// plan.ValueAndGradient([1, 3], [0.5], gradient, inputsGradient, Reduction.Sum)   // -> 5
    /// inputsGradient   // -> [1, 3]
    /// </code></example>
    public double ValueAndGradient(
        ReadOnlySpan<double> inputs,
        ReadOnlySpan<double> parameters,
        Span<double> gradient,
        Span<double> inputsGradient,
        Reduction reduction = Reduction.Mean
    )
    {
        CheckGradient(gradient);
        CheckInputsGradient(inputs, inputsGradient);
        CheckApart(inputsGradient, parameters, nameof(inputsGradient));
        CheckApart(inputsGradient, gradient, nameof(inputsGradient));
        var batch = new Batch(inputs, parameters)
        {
            Gradient = gradient,
            InputsGradient = inputsGradient,
            GradientWanted = true,
        };
        return Run(batch, reduction);
    }

    /// <summary>The mean or the sum; its gradient is added to <see cref="Value.Grad"/> of the values from outside that the function uses.</summary>
    /// <exception cref="ArgumentException">The inputs are not a whole number of samples.</exception>
    /// <exception cref="InvalidOperationException">The plan has parameters of its own: call <see cref="ValueAndGradient(ReadOnlySpan{double}, ReadOnlySpan{double}, Span{double}, Reduction)"/>.</exception>
    /// <example><code>
    /// var plan = Plan.Record(inputs => x * inputs[0] + y, inputs: [0]);
    /// plan.Backward([1, 3])   // -> 9
    /// x.Grad   // -> 2
    /// </code></example>
    public double Backward(ReadOnlySpan<double> inputs, Reduction reduction = Reduction.Mean)
    {
        CheckCaptures();
        return Run(new(inputs, []) { GradientWanted = true, IntoValues = true }, reduction);
    }

    /// <summary>The mean or the sum; its gradient is added to <see cref="Value.Grad"/> of the values from outside that the function uses, and
    /// the one with respect to the inputs overwrites what stood there.</summary>
    /// <remarks>The inputs' gradient is that of the result, sample after sample: where that is the mean, divided by the number of samples.</remarks>
    /// <exception cref="ArgumentException">The numbers do not fit, or the inputs' gradient overlaps the inputs.</exception>
    /// <exception cref="InvalidOperationException">The plan has parameters of its own: call <see cref="ValueAndGradient(ReadOnlySpan{double}, ReadOnlySpan{double}, Span{double}, Reduction)"/>.</exception>
    /// <example><code>
    /// var plan = Plan.Record(inputs => x * inputs[0] * inputs[0], inputs: [0]);
    /// double[] inputsGradient = new double[2];
    /// plan.Backward([1, 3], inputsGradient)   // -> 10
    /// inputsGradient   // -> [2, 6]
    /// x.Grad   // -> 5
    /// </code></example>
    public double Backward(ReadOnlySpan<double> inputs, Span<double> inputsGradient, Reduction reduction = Reduction.Mean)
    {
        CheckCaptures();
        CheckInputsGradient(inputs, inputsGradient);
        var batch = new Batch(inputs, [])
        {
            InputsGradient = inputsGradient,
            GradientWanted = true,
            IntoValues = true,
        };
        return Run(batch, reduction);
    }

    void CheckCaptures()
    {
        if (parameterCount != 0)
            throw new InvalidOperationException($"The plan was recorded with {parameterCount} parameters: call ValueAndGradient.");
        if (captured.Count > 0)
            Observer.Touching(captured[0], isGrad: true); // inside another plan's function it is refused
    }

    void CheckGradient(ReadOnlySpan<double> gradient)
    {
        if (gradient.Length != parameterCount)
            throw new ArgumentException(
                $"The gradient has {gradient.Length} numbers, but there are {parameterCount} parameters.",
                nameof(gradient)
            );
    }

    static void CheckInputsGradient(ReadOnlySpan<double> inputs, ReadOnlySpan<double> inputsGradient)
    {
        if (inputsGradient.Length != inputs.Length)
            throw new ArgumentException(
                $"The inputs' gradient has {inputsGradient.Length} numbers, but there are {inputs.Length} inputs.",
                nameof(inputsGradient)
            );
        CheckApart(inputsGradient, inputs, nameof(inputsGradient));
    }

    // results are written while other samples still wait
    static void CheckApart(ReadOnlySpan<double> results, ReadOnlySpan<double> others, string name)
    {
        if (results.Overlaps(others))
            throw new ArgumentException("It must not overlap the memory of other numbers of this call.", name);
    }

    int SamplesIn(ReadOnlySpan<double> inputs)
    {
        if (inputCount == 0 ? inputs.Length != 0 : inputs.Length % inputCount != 0)
            throw new ArgumentException(
                $"There are {inputs.Length} inputs, which is no multiple of the {inputCount} that a sample has.",
                nameof(inputs)
            );
        return inputCount == 0 ? 1 : inputs.Length / inputCount;
    }
}
