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
    sealed class Path(Program program, double[] inputs, double[] parameters)
    {
        internal readonly Program Program = program;
        internal readonly double[] Inputs = inputs;
        internal readonly double[] Parameters = parameters;
        internal bool IsChecked;
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
        Run(inputs, parameters, reduction, [], gradientWanted: false, into: false);

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
        if (gradient.Length != parameterCount)
            throw new ArgumentException(
                $"The gradient has {gradient.Length} numbers, but there are {parameterCount} parameters.",
                nameof(gradient)
            );
        return Run(inputs, parameters, reduction, gradient, gradientWanted: true, into: false);
    }

    /// <summary>The mean or the sum; its gradient is added to <see cref="Value.Grad"/> of the values from outside that the function uses.</summary>
    /// <exception cref="ArgumentException">The inputs are not a whole number of samples.</exception>
    /// <exception cref="InvalidOperationException">The plan has parameters of its own: call <see cref="ValueAndGradient"/>.</exception>
    /// <example><code>
    /// var plan = Plan.Record(inputs => x * inputs[0] + y, inputs: [0]);
    /// plan.Backward([1, 3])   // -> 9
    /// x.Grad   // -> 2
    /// </code></example>
    public double Backward(ReadOnlySpan<double> inputs, Reduction reduction = Reduction.Mean)
    {
        if (parameterCount != 0)
            throw new InvalidOperationException($"The plan was recorded with {parameterCount} parameters: call ValueAndGradient.");
        return Run(inputs, [], reduction, [], gradientWanted: true, into: true);
    }

    double Run(
        ReadOnlySpan<double> inputs,
        ReadOnlySpan<double> parameters,
        Reduction reduction,
        Span<double> gradient,
        bool gradientWanted,
        bool into
    )
    {
        if (parameters.Length != parameterCount)
            throw new ArgumentException(
                $"There are {parameters.Length} parameters, but the plan was recorded with {parameterCount}.",
                nameof(parameters)
            );
        if (inputCount == 0 ? inputs.Length != 0 : inputs.Length % inputCount != 0)
            throw new ArgumentException(
                $"There are {inputs.Length} inputs, which is no multiple of the {inputCount} that a sample has.",
                nameof(inputs)
            );
        int samples = inputCount == 0 ? 1 : inputs.Length / inputCount;
        if (Interlocked.Exchange(ref busy, 1) != 0)
            throw new InvalidOperationException("A plan runs one call at a time: record one for each thread.");
        try
        {
            double weight = reduction == Reduction.Mean ? 1.0 / samples : 1;
            double sum = Run(inputs, parameters, samples, gradientWanted ? weight : 0, strong: false);
            if (gradientWanted && HasNaN(sums))
                Run(inputs, parameters, samples, weight, strong: true);
            if (gradientWanted)
                sums.AsSpan(0, parameterCount).CopyTo(gradient);
            if (into)
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
    double Run(ReadOnlySpan<double> inputs, ReadOnlySpan<double> parameters, int samples, double weight, bool strong)
    {
        if (waiting.Length < samples)
            waiting = new int[samples];
        for (int sample = 0; sample < samples; sample++)
            waiting[sample] = sample;
        MakeRoom();
        sums.AsSpan().Fill(0);
        double sum = 0;
        for (int path = 0; samples > 0; path++)
        {
            if (path == paths.Count)
            {
                var first = inputs.Slice(waiting[samples - 1] * inputCount, inputCount);
                var found = paths.Count < MostPaths ? RecordPath(first, parameters) : null;
                MakeRoom();
                if (found is null || paths.Any(other => other.Program.Recorded.IsSame(found.Program.Recorded)))
                {
                    // too many paths; or a comparison that is as good as even, where a vector's last digit decides otherwise than the tape's
                    sum += OnTape(first, parameters, weight);
                    samples--;
                    path--;
                    continue;
                }
                paths.Add(found);
            }
            if (paths[path].Program.Begin(parameters, captured, strong))
                sum += Along(paths[path], inputs, parameters, ref samples, weight);
        }
        return sum;
    }

    void MakeRoom()
    {
        if (sums.Length < parameterCount + captured.Count)
            Array.Resize(ref sums, parameterCount + captured.Count);
    }

    /// <summary>Replays one path for all samples that follow it; the others go on waiting.</summary>
    double Along(Path path, ReadOnlySpan<double> inputs, ReadOnlySpan<double> parameters, ref int samples, double weight)
    {
        var program = path.Program;
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
            ulong failed = program.Forward(inputs, inputCount, block[..filled]);
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
            if (!path.IsChecked)
                Check(path, inputs.Slice(block[0] * inputCount, inputCount), parameters);
            if (weight != 0)
                program.Backward(filled, weight);
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
        if (!RecordGraph(inputs, parameters).IsSame(path.Program.Recorded))
            throw NotTheSame();
        path.IsChecked = true;
    }

    Path RecordPath(ReadOnlySpan<double> inputs, ReadOnlySpan<double> parameters)
    {
        var graph = RecordGraph(inputs, parameters);
        if (!RecordGraph(inputs, parameters).IsSame(graph))
            throw NotTheSame();
        return new Path(new Program(graph), inputs.ToArray(), parameters.ToArray());
    }

    PlanGraph RecordGraph(ReadOnlySpan<double> inputs, ReadOnlySpan<double> parameters) =>
        Recorder.Record(function, Leaves(inputs), Leaves(parameters), captured);

    static InvalidOperationException NotTheSame() =>
        new(
            "A plan cannot be made of this function: it does not do the same each time it is called with the same kind of numbers. "
                + "It may use random or other plain numbers that change; pass those as inputs."
        );

    static Value[] Leaves(ReadOnlySpan<double> numbers)
    {
        var leaves = new Value[numbers.Length];
        for (int i = 0; i < leaves.Length; i++)
            leaves[i] = numbers[i];
        return leaves;
    }

    double OnTape(ReadOnlySpan<double> inputs, ReadOnlySpan<double> parameters, double weight)
    {
        var leaves = Leaves(parameters);
        var result = function(Leaves(inputs), leaves);
        if (weight == 0)
            return result.Data;
        var before = new double[captured.Count];
        for (int i = 0; i < before.Length; i++)
            (before[i], captured[i].Grad) = (captured[i].Grad, 0);
        result.Backward();
        for (int i = 0; i < leaves.Length; i++)
            sums[i] += weight * leaves[i].Grad;
        for (int i = 0; i < captured.Count; i++)
        {
            sums[parameterCount + i] += weight * captured[i].Grad;
            captured[i].Grad = before[i];
        }
        return result.Data;
    }
}
