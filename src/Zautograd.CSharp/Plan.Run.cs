using Zautograd.Plans;

namespace Zautograd;

// A call: each sample along its own path, those of one path a block at a time.
public sealed partial class Plan
{
    /// <summary>A way through the function, the numbers it was recorded at, and in which call; the constructor is call 0.</summary>
    sealed class Path(PlanGraph recorded, double[] inputs, double[] parameters, int call)
    {
        const int Calls = 2; // a loop that changes something the function uses does so before the second

        internal readonly PlanGraph Recorded = recorded;
        internal readonly double[] Inputs = inputs;
        internal readonly double[] Parameters = parameters;
        Program? byParameters,
            byInputs;
        int lastCall = call,
            calls;
        bool metOthers;

        /// <summary>Whether the function has done the same again often enough: in later calls, and at other numbers.</summary>
        internal bool IsChecked => metOthers && calls == Calls;

        internal bool WantsCheck(int call, bool others) => others && !metOthers || call != lastCall && calls < Calls;

        internal void Checked(int call, bool others)
        {
            metOthers |= others;
            if (call != lastCall && calls < Calls)
                calls++;
            lastCall = call;
        }

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

        internal bool InputsWanted => !InputsGradient.IsEmpty;

        internal bool GradientWanted { get; init; }

        /// <summary>Whether the gradient goes to the values from outside.</summary>
        internal bool IntoValues { get; init; }
    }

    double Run(in Batch batch, Reduction reduction)
    {
        if (batch.Parameters.Length != parameterCount)
            throw new ArgumentException(
                $"There are {batch.Parameters.Length} parameters, but the plan was recorded with {parameterCount}.",
                "parameters"
            );
        int samples = SamplesIn(batch.Inputs);
        if (samples == 0 && reduction == Reduction.Mean)
            throw new ArgumentException("There are no samples, and so no mean. Their sum is 0: ask for Reduction.Sum.", "inputs");
        if (Interlocked.Exchange(ref busy, 1) != 0)
            throw new InvalidOperationException("A plan runs one call at a time: record one for each thread.");
        using var pause = new Observer.Pause();
        call++;
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
                    block.Grad(captured[i].Index) += sums[parameterCount + i];
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
                if (found is null || paths.Any(other => other.Recorded.IsSame(found.Recorded)))
                {
                    // too many paths; or a comparison that is as good as even, where a vector's last digit decides otherwise than the tape's
                    sum += OnTape(batch, first, weight);
                    samples--;
                    path--;
                    continue;
                }
                paths.Add(found);
                MakeRoom();
            }
            if (paths[path].Program(batch.InputsWanted).Begin(batch.Parameters, captured, strong))
                sum += Along(paths[path], batch, ref samples, weight);
        }
        return sum;
    }

    ReadOnlySpan<double> InputsOf(in Batch batch, int sample) => batch.Inputs.Slice(sample * inputCount, inputCount);

    void MakeRoom()
    {
        if (sums.Length < parameterCount + captured.Count)
            Array.Resize(ref sums, parameterCount + captured.Count);
    }

    /// <summary>Replays one path for all samples that follow it; the others go on waiting.</summary>
    double Along(Path path, in Batch batch, ref int samples, double weight)
    {
        var program = path.Program(batch.InputsWanted);
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
            {
                double value = program.Value(i);
                sum += value;
                if (!batch.Values.IsEmpty)
                    batch.Values[block[i]] = value;
            }
            if (!path.IsChecked)
                Check(path, batch, block[..filled]);
            if (weight != 0)
                program.Backward(filled, weight);
            if (batch.InputsWanted)
                program.InputsGradient(block[..filled], inputCount, batch.InputsGradient);
            filled = 0;
        }
        if (weight != 0)
            program.End(sums);
        samples = left;
        return sum;
    }

    /// <summary>A few times a path, at numbers other than those it was recorded at, if there are any: does the function do there what was recorded?</summary>
    void Check(Path path, in Batch batch, ReadOnlySpan<int> block)
    {
        int other = 0;
        if (batch.Parameters.SequenceEqual(path.Parameters))
            while (other < block.Length && InputsOf(batch, block[other]).SequenceEqual(path.Inputs))
                other++;
        bool others = other < block.Length;
        if (!path.WantsCheck(call, others))
            return;
        var again = RecordGraph(InputsOf(batch, block[others ? other : 0]), batch.Parameters);
        if (again.Parts(path.Recorded))
            return; // a comparison as good as even: a vector's last digit decided otherwise than the tape's
        CheckSame(path.Recorded, again);
        path.Checked(call, others);
    }

    Path RecordPath(ReadOnlySpan<double> inputs, ReadOnlySpan<double> parameters)
    {
        var graph = RecordGraph(inputs, parameters);
        CheckSame(graph, RecordGraph(inputs, parameters));
        return new Path(graph, inputs.ToArray(), parameters.ToArray(), call);
    }

    PlanGraph RecordGraph(ReadOnlySpan<double> inputs, ReadOnlySpan<double> parameters) =>
        Recorder.Record(function, inputs, parameters, captured).Graph;

    static void CheckSame(PlanGraph graph, PlanGraph again)
    {
        if (again.IsSame(graph))
            return;
        var (one, other) = graph.Nodes.Zip(again.Nodes).FirstOrDefault(pair => pair.First != pair.Second);
        string reason =
            one?.Rule is { } rule && other.Rule?.GetType() == rule.GetType()
                ? $"Its rule {rule} is another one, or has other fields, each time: make it once, or let it have equality; "
                    + "pass numbers that change as arguments."
            : (one?.Kind, other?.Kind) == (Plans.Kind.Parameter, Plans.Kind.Parameter)
                ? "It uses another Value than before. Set its Data, instead of making a Value anew."
            : "It may use random or other plain numbers that change; pass those as inputs.";
        throw new InvalidOperationException(
            "A plan cannot be made of this function: it does not do the same each time it is called with the same kind of numbers. "
                + reason
        );
    }

    /// <summary>One sample whose path is not kept. It is watched all the same: for values that no other sample uses, and for what must be refused.</summary>
    double OnTape(in Batch batch, int sample, double weight)
    {
        var (_, result, inputs, leaves) = Recorder.Record(function, InputsOf(batch, sample), batch.Parameters, captured);
        MakeRoom();
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
        if (batch.InputsWanted)
            for (int i = 0; i < inputs.Length; i++)
                batch.InputsGradient[sample * inputCount + i] = weight * inputs[i].Grad;
        for (int i = 0; i < captured.Count; i++)
        {
            sums[parameterCount + i] += weight * captured[i].Grad;
            captured[i].Grad = before[i];
        }
        return result.Data;
    }
}
