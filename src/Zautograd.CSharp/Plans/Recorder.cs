using System.Runtime.InteropServices;

namespace Zautograd.Plans;

/// <summary>One evaluation of a function: its graph, and what it computed of what.</summary>
internal sealed record Recording(PlanGraph Graph, Value Result, Value[] Inputs, Value[] Parameters);

/// <summary>Watches one evaluation of a user's function and writes down its graph; refuses what a replay could not repeat.</summary>
internal sealed class Recorder : Observer
{
    [ThreadStatic]
    static Recorder? innermost;

    readonly Recorder? around = innermost; // of a plan inside whose function this one is recorded
    readonly PlanGraph graph = new();
    readonly Dictionary<Value, int> nodes = [];
    readonly Captured captured;
    int parameters;
    readonly List<int> arguments = [];
    readonly List<(OwnRule Rule, double[] Numbers, double Result)> calls = [];
    InvalidOperationException? refusal;

    Recorder(Captured captured) => this.captured = captured;

    /// <summary>One evaluation at some numbers. Values from outside that it uses are added to those captured.</summary>
    internal static Recording Record(
        Func<Value[], Value[], Value> function,
        ReadOnlySpan<double> atInputs,
        ReadOnlySpan<double> atParameters,
        Captured captured
    )
    {
        var recorder = new Recorder(captured);
        innermost = recorder;
        recorder.Start();
        Value root;
        Value[] inputs,
            parameters;
        try
        {
            (inputs, parameters) = (recorder.Inputs(atInputs), recorder.Parameters(atParameters));
            root = function([.. inputs], [.. parameters]); // which it may overwrite
        }
        finally
        {
            recorder.Stop();
            innermost = recorder.around;
        }
        if (recorder.refusal is not null)
            throw recorder.refusal; // the function must not swallow it
        if (recorder.WasAskedElsewhere)
            throw recorder.Refuse("another thread compares or reads what it computes, which nobody sees. Compute on one thread");
        foreach (var (rule, numbers, result) in recorder.calls)
            if (!rule.Call<double>(numbers).Equals(result))
                throw recorder.Refuse(
                    $"its rule {rule} does not give the same again for the same numbers. Pass what it depends on as arguments"
                );
        _ = root.Block; // a default(Value) is refused in its own words
        recorder.graph.Root = recorder.Find(root);
        return new(recorder.graph, root, inputs, parameters);
    }

    Value[] Inputs(ReadOnlySpan<double> numbers)
    {
        var inputs = Leaves(numbers);
        for (int place = 0; place < inputs.Length; place++)
            nodes.Add(inputs[place], graph.Input(place));
        return inputs;
    }

    Value[] Parameters(ReadOnlySpan<double> numbers)
    {
        var leaves = Leaves(numbers);
        parameters = leaves.Length;
        for (int place = 0; place < leaves.Length; place++)
            nodes.Add(leaves[place], graph.Parameter(place));
        return leaves;
    }

    internal override void Leaf(Value leaf) => nodes[leaf] = graph.Number(leaf.Number);

    internal override void Recorded(in Observation seen)
    {
        arguments.Clear();
        for (int i = 0; i < seen.Arguments.Length; i++)
            arguments.Add(Find(seen.Arguments[i], seen.Numbers[i]));
        if (seen.Operation == Operation.Clamp)
            graph.Ask(Operation.LessOrEqual, arguments[1], arguments[2], true); // else the tape throws, and so must the plan
        var places = CollectionsMarshal.AsSpan(arguments);
        if (seen.Operation == Operation.Custom)
        {
            var rule = (OwnRule)seen.Rule!;
            calls.Add((rule, seen.Numbers.ToArray(), seen.Result.Number));
            nodes[seen.Result] = graph.Apply(rule, places);
        }
        else
            nodes[seen.Result] = graph.Apply(seen.Operation, places, seen.Result.Number);
    }

    internal override void Compared(Operation operation, Value a, double numberA, Value b, double numberB, bool outcome) =>
        graph.Ask(operation, Find(a, numberA), Find(b, numberB), outcome);

    internal override void Touched(Value value, bool isGrad) =>
        throw Refuse(
            isGrad
                ? "it touches Grad. Read gradients after the plan has run"
                : "it reads Data (or converts to double), and what is computed from a plain number cannot be replayed. "
                    + "Compute with the Value itself; compare values with <, > and ==, which a plan guards; pass numbers that change as inputs"
        );

    internal override void Sweeping(Value root) => throw Refuse("it calls Backward. Return the value instead: the plan finds its gradient");

    InvalidOperationException Refuse(string reason) => refusal ??= new($"A plan cannot be made of this function: {reason}.");

    bool IsVariable(Value value) =>
        nodes.TryGetValue(value, out int node)
        && (graph[node].Kind == Kind.Input || graph[node].Kind == Kind.Parameter && graph[node].Place < parameters);

    int Find(Value value, double number) => value.Tape is null ? graph.Number(number) : Find(value);

    int Find(Value value)
    {
        if (nodes.TryGetValue(value, out int node))
            return node;
        if (!value.Block.IsLeaf(value.Index))
            throw Refuse("it uses a value that was computed outside it. Compute it inside, or pass its number as an input");
        for (var other = around; other is not null; other = other.around)
            if (other.IsVariable(value))
                throw Refuse(
                    "it uses a variable of another plan, inside whose function it is called, but there its result is a plain number. "
                        + "Call its function there, not a plan of it"
                );
        node = graph.Parameter(parameters + captured.PlaceOf(value));
        nodes.Add(value, node);
        return node;
    }
}

/// <summary>The leaves from outside that a function uses, each in its place, in the order in which recordings met them.</summary>
internal sealed class Captured
{
    readonly List<Value> values = [];
    readonly Dictionary<Value, int> places = [];

    internal int Count => values.Count;

    internal Value this[int place] => values[place];

    internal int PlaceOf(Value value)
    {
        if (!places.TryGetValue(value, out int place))
        {
            place = values.Count;
            places.Add(value, place);
            values.Add(value);
        }
        return place;
    }
}
