using System.Runtime.InteropServices;

namespace Zautograd.Plans;

/// <summary>Finds the dot products that a function wrote as products and sums: a*b + c*d + ... + e becomes one operation.</summary>
/// <remarks>A sum is rolled up only where nothing else uses its parts, and what no input touches stays apart: it is computed once.</remarks>
internal sealed class Rolling
{
    /// <summary>A sum of products, not written down yet: nobody may need it.</summary>
    sealed class Chain
    {
        internal readonly List<int> Factors = []; // two for each product, in the new graph
        internal int Bias = -1;
    }

    readonly PlanGraph source;
    readonly PlanGraph target = new();
    readonly Chain?[] chains;
    readonly int[] written; // where each node of the source stands in the target; -1 while it does not

    Rolling(PlanGraph source)
    {
        this.source = source;
        chains = new Chain?[source.Nodes.Count];
        written = new int[source.Nodes.Count];
        Array.Fill(written, -1);
    }

    internal static PlanGraph Roll(PlanGraph source) => new Rolling(source).Run();

    PlanGraph Run()
    {
        var (isLane, isAlone) = Look();
        for (int i = 0; i < source.Nodes.Count; i++)
        {
            var node = source[i];
            if (node.Kind != Kind.Operation)
                written[i] = node.Kind switch
                {
                    Kind.Number => target.Number(node.Number),
                    Kind.Input => target.Input(node.Place),
                    _ => target.Parameter(node.Place),
                };
            else if ((chains[i] = isLane[i] ? ChainOf(node) : null) is null || !isAlone[i])
                Write(i);
        }
        foreach (var guard in source.Guards)
            target.Ask(guard.Operation, Write(guard.A), Write(guard.B), guard.Outcome);
        target.Root = Write(source.Root);
        return target;

        Chain? ChainOf(Node node) =>
            node.Operation switch
            {
                Operation.Mul or Operation.Dot => Products(node),
                Operation.Add => Join(node.Arguments[0], node.Arguments[1]),
                _ => null,
            };

        Chain? Join(int a, int b)
        {
            var (left, right) = (isAlone[a] ? chains[a] : null, isAlone[b] ? chains[b] : null);
            if (left is not null && right is not null && (left.Bias < 0 || right.Bias < 0))
            {
                left.Factors.AddRange(right.Factors); // a chain has one user, which may have it
                left.Bias = Math.Max(left.Bias, right.Bias);
                return left;
            }
            if (left is { Bias: < 0 })
                (left.Bias, right) = (Write(b), null);
            else if (right is { Bias: < 0 })
                (right.Bias, left) = (Write(a), null);
            else
                return null;
            return left ?? right;
        }
    }

    Chain Products(Node node)
    {
        var chain = new Chain();
        foreach (int argument in node.Arguments)
            chain.Factors.Add(Write(argument));
        if (chain.Factors.Count % 2 == 0)
            return chain;
        chain.Bias = chain.Factors[^1];
        chain.Factors.RemoveAt(chain.Factors.Count - 1);
        return chain;
    }

    /// <summary>Which nodes depend on inputs, and which have one user, an addition.</summary>
    (bool[] IsLane, bool[] IsAlone) Look()
    {
        int count = source.Nodes.Count;
        bool[] isLane = new bool[count],
            isAdded = new bool[count];
        int[] uses = new int[count];
        for (int i = 0; i < count; i++)
        {
            var node = source[i];
            isLane[i] = node.Kind == Kind.Input;
            foreach (int argument in node.Arguments)
            {
                isLane[i] |= isLane[argument];
                uses[argument]++;
                isAdded[argument] = node.Operation == Operation.Add;
            }
        }
        uses[source.Root] += 2;
        foreach (var guard in source.Guards)
        {
            uses[guard.A] += 2;
            uses[guard.B] += 2;
        }
        return (isLane, [.. uses.Select((users, i) => users == 1 && isAdded[i])]);
    }

    /// <summary>Where a node stands in the target.</summary>
    int Write(int index)
    {
        if (written[index] >= 0)
            return written[index];
        if (chains[index] is not { } chain)
        {
            var node = source[index];
            var arguments = new int[node.Arguments.Length];
            for (int i = 0; i < arguments.Length; i++)
                arguments[i] = Write(node.Arguments[i]); // one step: only a chain is ever left unwritten, and its factors are not
            return written[index] = node.Rule is { } rule ? target.Apply(rule, arguments) : target.Apply(node.Operation, arguments);
        }
        if (chain.Factors.Count == 2 && source[index].Operation != Operation.Dot)
        {
            int product = target.Apply(Operation.Mul, CollectionsMarshal.AsSpan(chain.Factors));
            return written[index] = chain.Bias < 0 ? product : target.Apply(Operation.Add, [product, chain.Bias]);
        }
        if (chain.Bias >= 0)
            chain.Factors.Add(chain.Bias);
        return written[index] = target.Apply(Operation.Dot, CollectionsMarshal.AsSpan(chain.Factors));
    }
}
