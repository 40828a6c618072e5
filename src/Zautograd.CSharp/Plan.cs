using Zautograd.Plans;

namespace Zautograd;

/// <summary>Whether a plan adds its samples' values up or takes their mean.</summary>
/// <example><code>Reduction.Mean   // -> Mean</code></example>
public enum Reduction
{
    /// <summary>The mean over the samples.</summary>
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
/// replay could not repeat is refused: reading Data or Grad, Backward, a function that does not do the same each time. The one thing
/// that nobody can see is a plain number that the function takes from elsewhere and that changes later: pass it as an input.</para>
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
public sealed class Plan
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
    int busy;

    /// <summary>A way through the function, and the numbers it was recorded at; until others have been checked against the function.</summary>
    sealed class Path(PlanGraph recorded, double[] inputs, double[] parameters)
    {
        internal readonly PlanGraph Recorded = recorded;
        internal readonly double[] Inputs = inputs;
        internal readonly double[] Parameters = parameters;
        internal bool IsChecked;
        Program? byParameters,
            byInputs;

        /// <summary>What computes it. Adjoints between inputs and result cost time, so there is a program with them and one without.</summary>
        internal Program Program(bool inputsWanted) =>
            inputsWanted ? byInputs ??= new(Recorded, inputsWanted) : byParameters ??= new(Recorded, inputsWanted);
    }

    /// <summary>The numbers of a call, and where its results go.</summary>
    readonly ref struct Batch(ReadOnlySpan<double> inputs, ReadOnlySpan<double> parameters)
    {
        internal readonly ReadOnlySpan<double> Inputs = inputs;
        internal readonly ReadOnlySpan<double> Parameters = parameters;

        /// <summary>The value of each sample; nothing if they are not wanted.</summary>
        internal Span<double> Values { get; init; }

        /// <summary>The gradient by the parameters; nothing if it is not wanted, or belongs to values from outside.</summary>
        internal Span<double> Gradient { get; init; }

        /// <summary>The gradient of each sample by its inputs; nothing if it is not wanted.</summary>
        internal Span<double> InputsGradient { get; init; }

        internal bool GradientWanted { get; init; }

        /// <summary>Whether the gradient goes to the values from outside.</summary>
        internal bool IntoValues { get; init; }
    }

    Plan(Func<Value[], Value[], Value> function, ReadOnlySpan<double> inputs, ReadOnlySpan<double> parameters)
    {
        this.function = function;
        (inputCount, parameterCount) = (inputs.Length, parameters.Length);
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

    double Run(in Batch batch, Reduction reduction)
    {
        if (batch.Parameters.Length != parameterCount)
            throw new ArgumentException(
                $"There are {batch.Parameters.Length} parameters, but the plan was recorded with {parameterCount}.",
                "parameters"
            );
        int samples = SamplesIn(batch.Inputs);
        if (Interlocked.Exchange(ref busy, 1) != 0)
            throw new InvalidOperationException("A plan runs one call at a time: record one for each thread.");
        try
        {
            double weight = reduction == Reduction.Mean ? 1.0 / samples : 1;
            double sum = Run(batch, samples, batch.GradientWanted ? weight : 0, strong: false);
            if (batch.GradientWanted && (HasNaN(sums) || HasNaN(batch.InputsGradient)))
                Run(batch, samples, weight, strong: true);
            sums.AsSpan(0, batch.Gradient.Length).CopyTo(batch.Gradient);
            if (batch.IntoValues)
                AddToCaptured();
            return reduction == Reduction.Mean ? sum / samples : sum;
        }
        finally
        {
            Volatile.Write(ref busy, 0);
        }
    }

    void AddToCaptured()
    {
        for (int i = 0; i < captured.Count; )
        {
            var block = captured[i].Block; // that of most others, too: its lock is taken once
            lock (block.Leaves)
                for (; i < captured.Count && ReferenceEquals(captured[i].Block, block); i++)
                    block.Adjoint(captured[i].Index) += sums[parameterCount + i];
        }
    }

    static bool HasNaN(ReadOnlySpan<double> numbers)
    {
        foreach (double number in numbers)
            if (double.IsNaN(number))
                return true;
        return false;
    }

    /// <summary>The sum over all samples, each along its own path; the gradient goes to <see cref="sums"/> if the weight is not 0.</summary>
    double Run(in Batch batch, int samples, double weight, bool strong)
    {
        if (waiting.Length < samples)
            waiting = new int[samples];
        for (int sample = 0; sample < samples; sample++)
            waiting[sample] = sample;
        MakeRoom();
        sums.AsSpan().Fill(0);
        batch.InputsGradient.Fill(0); // the tape's and the programs' part is only what the result depends on
        double sum = 0;
        for (int path = 0; samples > 0; path++)
        {
            if (path == paths.Count)
            {
                int first = waiting[samples - 1];
                var found = paths.Count < MostPaths ? RecordPath(InputsOf(batch, first), batch.Parameters) : null;
                MakeRoom();
                if (found is null || paths.Any(other => other.Recorded.IsSame(found.Recorded)))
                {
                    // too many paths; or a comparison that is as good as even, where a vector's last digit decides otherwise than the tape's
                    sum += OnTape(batch, first, weight);
                    samples--;
                    path--;
                    continue;
                }
                paths.Add(found);
            }
            if (paths[path].Program(InputsWanted(batch)).Begin(batch.Parameters, captured, strong))
                sum += Along(paths[path], batch, ref samples, weight);
        }
        return sum;
    }

    static bool InputsWanted(in Batch batch) => !batch.InputsGradient.IsEmpty;

    ReadOnlySpan<double> InputsOf(in Batch batch, int sample) => batch.Inputs.Slice(sample * inputCount, inputCount);

    void MakeRoom()
    {
        if (sums.Length < parameterCount + captured.Count)
            Array.Resize(ref sums, parameterCount + captured.Count);
    }

    /// <summary>Replays one path for all samples that follow it; the others go on waiting.</summary>
    double Along(Path path, in Batch batch, ref int samples, double weight)
    {
        var program = path.Program(InputsWanted(batch));
        Span<int> block = stackalloc int[Layout.BlockSize];
        double sum = 0;
        int next = 0,
            left = 0,
            filled = 0;
        while (true)
        {
            while (filled < block.Length && next < samples)
                block[filled++] = waiting[next++];
            if (filled == 0)
                break;
            ulong failed = program.Forward(batch.Inputs, inputCount, block[..filled]);
            if (failed != 0)
            {
                int stay = 0;
                for (int i = 0; i < filled; i++)
                    if ((failed >> i & 1) != 0)
                        waiting[left++] = block[i];
                    else
                        block[stay++] = block[i];
                filled = stay;
                continue;
            }
            for (int i = 0; i < filled; i++)
                sum += program.Value(i);
            for (int i = 0; i < filled && !batch.Values.IsEmpty; i++)
                batch.Values[block[i]] = program.Value(i);
            if (!path.IsChecked)
                Check(path, InputsOf(batch, block[0]), batch.Parameters);
            if (weight != 0)
                program.Backward(filled, weight);
            if (InputsWanted(batch))
                program.InputsGradient(block[..filled], inputCount, batch.InputsGradient);
            filled = 0;
        }
        if (weight != 0)
            program.End(sums);
        samples = left;
        return sum;
    }

    /// <summary>Once a path, at the first numbers other than those it was recorded at: does the function do there what was recorded?</summary>
    void Check(Path path, ReadOnlySpan<double> inputs, ReadOnlySpan<double> parameters)
    {
        if (inputs.SequenceEqual(path.Inputs) && parameters.SequenceEqual(path.Parameters))
            return;
        CheckSame(path.Recorded, RecordGraph(inputs, parameters));
        path.IsChecked = true;
    }

    Path RecordPath(ReadOnlySpan<double> inputs, ReadOnlySpan<double> parameters)
    {
        var graph = RecordGraph(inputs, parameters);
        CheckSame(graph, RecordGraph(inputs, parameters));
        return new Path(graph, inputs.ToArray(), parameters.ToArray());
    }

    PlanGraph RecordGraph(ReadOnlySpan<double> inputs, ReadOnlySpan<double> parameters) =>
        Recorder.Record(function, Leaves(inputs), Leaves(parameters), captured);

    static void CheckSame(PlanGraph graph, PlanGraph again)
    {
        if (again.IsSame(graph))
            return;
        var (one, other) = graph.Nodes.Zip(again.Nodes).FirstOrDefault(pair => pair.First != pair.Second);
        string reason =
            one?.Rule is { } rule && other.Rule?.GetType() == rule.GetType()
                ? $"Its rule {rule} is another one, or has other fields, each time: make it once, or let it have equality; "
                    + "pass numbers that change as arguments."
                : "It may use random or other plain numbers that change; pass those as inputs.";
        throw new InvalidOperationException(
            "A plan cannot be made of this function: it does not do the same each time it is called with the same kind of numbers. "
                + reason
        );
    }

    static Value[] Leaves(ReadOnlySpan<double> numbers)
    {
        var leaves = new Value[numbers.Length];
        for (int i = 0; i < leaves.Length; i++)
            leaves[i] = numbers[i];
        return leaves;
    }

    double OnTape(in Batch batch, int sample, double weight)
    {
        Value[] inputs = Leaves(InputsOf(batch, sample)),
            leaves = Leaves(batch.Parameters);
        var result = function([.. inputs], [.. leaves]); // which may overwrite what it gets
        if (!batch.Values.IsEmpty)
            batch.Values[sample] = result.Data;
        if (weight == 0)
            return result.Data;
        var before = new double[captured.Count];
        for (int i = 0; i < before.Length; i++)
            (before[i], captured[i].Grad) = (captured[i].Grad, 0);
        result.Backward();
        for (int i = 0; i < leaves.Length; i++)
            sums[i] += weight * leaves[i].Grad;
        for (int i = 0; i < inputs.Length && InputsWanted(batch); i++)
            batch.InputsGradient[sample * inputCount + i] = weight * inputs[i].Grad;
        for (int i = 0; i < captured.Count; i++)
        {
            sums[parameterCount + i] += weight * captured[i].Grad;
            captured[i].Grad = before[i];
        }
        return result.Data;
    }
}
