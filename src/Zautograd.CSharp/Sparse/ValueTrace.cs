namespace Zautograd;

/// <summary>The pattern of a function over values: each record depends on what its operands depend on.</summary>
internal sealed class ValueTrace : Observer
{
    readonly Footprints footprints;
    readonly Dictionary<Value, Footprint> found = [];

    ValueTrace(Footprints footprints) => this.footprints = footprints;

    internal static FoundPattern OfJacobian(Func<Value[], Value[]> f, double[] x)
    {
        using var footprints = new Footprints(x.Length);
        var trace = new ValueTrace(footprints);
        Value[] results;
        trace.Start();
        try
        {
            var variables = Leaves(x);
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

    Footprint Of(Value value) =>
        found.TryGetValue(value, out var footprint) ? footprint
        : IsFromElsewhere(value) ? throw Footprints.OfAnotherThread()
        : default;

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
