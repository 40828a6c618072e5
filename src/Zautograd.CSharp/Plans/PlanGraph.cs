using System.Collections.Immutable;

namespace Zautograd.Plans;

/// <summary>What a node of a recorded function is.</summary>
internal enum Kind : byte
{
    Number,
    Input,
    Parameter,
    Operation,
}

/// <summary>A node: a number, an input or a parameter by its place, or an operation on earlier nodes, which may be a user's rule.</summary>
internal sealed record Node(Kind Kind, Operation Operation, ImmutableArray<int> Arguments, double Number, int Place, OwnRule? Rule = null)
{
    public bool Equals(Node? other) =>
        other is not null
        && (Kind, Operation, Place) == (other.Kind, other.Operation, other.Place)
        && BitConverter.DoubleToInt64Bits(Number) == BitConverter.DoubleToInt64Bits(other.Number)
        && Equals(Rule, other.Rule)
        && Arguments.AsSpan().SequenceEqual(other.Arguments.AsSpan());

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add((Kind, Operation, Place, BitConverter.DoubleToInt64Bits(Number), Rule));
        foreach (int argument in Arguments)
            hash.Add(argument);
        return hash.ToHashCode();
    }
}

/// <summary>A comparison that the function made, and how it came out: the rest of the graph holds only where it does so again.</summary>
internal readonly record struct Guard(Operation Operation, int A, int B, bool Outcome);

/// <summary>A function as it was recorded: each node once, but for users' rules, arguments before results, constants folded.</summary>
internal sealed class PlanGraph
{
    readonly Dictionary<Node, int> known = [];
    readonly HashSet<Guard> guarded = [];

    internal List<Node> Nodes { get; } = [];

    internal List<Guard> Guards { get; } = [];

    internal int Root { get; set; }

    internal Node this[int index] => Nodes[index];

    internal int Number(double number) => Intern(new(Kind.Number, default, [], number, 0));

    internal int Input(int place) => Intern(new(Kind.Input, default, [], 0, place));

    internal int Parameter(int place) => Intern(new(Kind.Parameter, default, [], 0, place));

    /// <summary>The node for an operation, whose result is known for these arguments as they were recorded.</summary>
    internal int Apply(Operation operation, ReadOnlySpan<int> arguments, double value)
    {
        bool isConstant = true;
        foreach (int argument in arguments)
            isConstant &= Nodes[argument].Kind == Kind.Number;
        return isConstant ? Number(value) : Apply(operation, arguments);
    }

    /// <summary>A node of its own for a user's rule: two that are equal need not do the same, where one holds 0 and the other -0.</summary>
    internal int Apply(OwnRule rule, ReadOnlySpan<int> arguments)
    {
        Nodes.Add(new(Kind.Operation, Operation.Custom, [.. arguments], 0, 0, rule));
        return Nodes.Count - 1;
    }

    internal int Apply(Operation operation, ReadOnlySpan<int> arguments)
    {
        int a = arguments[0],
            b = arguments[^1];
        switch (operation)
        {
            case Operation.Mul or Operation.Div or Operation.Pow when IsNumber(b, 1):
            case Operation.Sub when IsNumber(b, 0):
                return a;
            case Operation.Mul when IsNumber(a, 1):
                return b;
            case Operation.Pow when IsNumber(b, 2):
                return Apply(Operation.Mul, [a, a]);
            case Operation.Neg when Nodes[a] is { Kind: Kind.Operation, Operation: Operation.Neg } inner:
                return inner.Arguments[0];
            case Operation.Add or Operation.Mul when a > b:
                return Intern(new(Kind.Operation, operation, [b, a], 0, 0)); // one order, so that a + b is b + a
            default:
                return Intern(new(Kind.Operation, operation, [.. arguments], 0, 0));
        }
    }

    internal void Ask(Operation operation, int a, int b, bool outcome)
    {
        var guard = new Guard(operation, a, b, outcome);
        if ((Nodes[a].Kind != Kind.Number || Nodes[b].Kind != Kind.Number) && guarded.Add(guard))
            Guards.Add(guard);
    }

    /// <summary>Whether another recording found the very same.</summary>
    internal bool IsSame(PlanGraph other) => Root == other.Root && Nodes.SequenceEqual(other.Nodes) && Guards.SequenceEqual(other.Guards);

    /// <summary>Whether another recording went the same way up to a comparison, and there another one.</summary>
    internal bool Parts(PlanGraph other)
    {
        var (one, another) = Guards.Zip(other.Guards).FirstOrDefault(pair => pair.First != pair.Second);
        int known = Math.Max(one.A, one.B) + 1;
        return one != another
            && one == another with { Outcome = !another.Outcome }
            && Nodes.Take(known).SequenceEqual(other.Nodes.Take(known));
    }

    bool IsNumber(int index, double number) => Nodes[index] is { Kind: Kind.Number } node && node.Number == number;

    int Intern(Node node)
    {
        if (!known.TryGetValue(node, out int index))
        {
            index = Nodes.Count;
            Nodes.Add(node);
            known.Add(node, index);
        }
        return index;
    }
}
