namespace Zautograd;

/// <summary>The pattern of a function over values: each record depends on what its operands depend on.</summary>
internal sealed class ValueTrace : Observer
{
    readonly Footprints footprints;
    readonly bool numbersMatter; // of values from outside
    readonly Dictionary<Value, Footprint> found = [];

    ValueTrace(Footprints footprints, bool numbersMatter) => (this.footprints, this.numbersMatter) = (footprints, numbersMatter);

    internal static FoundPattern OfJacobian(Func<Value[], Value[]> f, double[] x) => Of(f, x, numbersMatter: false);

    /// <summary>What a function asks of its numbers, and which numbers from outside it uses: where one is 0, a second derivative may have no entry.</summary>
    internal static long[] AnswersAndNumbers(Func<Value[], Value> f, double[] x) => Of(v => [f(v)], x, numbersMatter: true).Answers;

    static FoundPattern Of(Func<Value[], Value[]> f, double[] x, bool numbersMatter)
    {
        using var footprints = new Footprints(x.Length);
        var trace = new ValueTrace(footprints, numbersMatter);
        Value[] results;
        trace.Start();
        try
        {
            var variables = trace.Leaves(x);
            for (int i = 0; i < x.Length; i++)
                trace.found[variables[i]] = footprints.Variable(i, x[i]).Tangent;
            results = f(variables);
        }
        finally
        {
            trace.Stop();
        }
        if (trace.WasAskedElsewhere)
            throw Footprints.OfAnotherThread();
        return FoundPattern.Of(footprints, x.Length, Array.ConvertAll(results, trace.Of));
    }

    Footprint Of(Value value)
    {
        if (found.TryGetValue(value, out var footprint))
            return footprint;
        if (IsFromElsewhere(value))
            throw Footprints.OfAnotherThread();
        if (numbersMatter)
            Footprint.Shown(value.Number);
        return default;
    }

    internal override void Recorded(in Observation observation)
    {
        Footprint union = default;
        foreach (var argument in observation.Arguments)
            if (argument.Tape is not null)
                union = Footprint.Union(union, Of(argument));
        found[observation.Result] = union;
    }

    internal override void Compared(Operation operation, Value a, double numberA, Value b, double numberB, bool outcome) =>
        Footprint.Answer(outcome);

    internal override void Touched(Value value, bool isGrad) => Footprint.Shown(value.Number);

    internal override void Sweeping(Value root) =>
        throw new InvalidOperationException(
            "A function whose sparse Jacobian is found must not call Backward: its gradients would be constants."
        );
}
