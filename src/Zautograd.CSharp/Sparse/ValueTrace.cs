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
        var variables = Array.ConvertAll(x, number => new Value(number));
        var trace = new ValueTrace(footprints);
        for (int i = 0; i < x.Length; i++)
            trace.found[variables[i]] = footprints.Variable(i, x[i]).Tangent;
        Value[] results;
        trace.Start();
        try
        {
            results = f(variables);
        }
        finally
        {
            trace.Stop();
        }
        return FoundPattern.Of(footprints, x.Length, Array.ConvertAll(results, result => trace.found.GetValueOrDefault(result)));
    }

    internal override void Recorded(in Observation observation)
    {
        Footprint union = default;
        foreach (var argument in observation.Arguments)
            if (argument.Tape is not null && found.TryGetValue(argument, out var footprint))
                union = Footprint.Union(union, footprint);
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
