namespace Zautograd.Plans;

/// <summary>Where each node of a graph has its row, which adjoints are wanted, and which dot products are one layer.</summary>
internal sealed class Layout
{
    internal readonly PlanGraph Graph;
    readonly bool[] isLive; // the root or a guard needs it
    readonly bool[] isLane; // depends on an input
    readonly bool[] isWanted; // lies between a parameter, or an input, and the root
    readonly int[] rows;
    readonly Dictionary<int, LayerInstruction?> layers = []; // at its first dot product; null at the others
    readonly Dictionary<int, int> places = []; // of a dot product in a layer: where the layer is computed
    readonly HashSet<(int Index, int Slot)> first = []; // arguments to which their instruction is the first to add in a sweep
    readonly ILookup<int, Guard> guards; // by the later of their operands

    /// <summary>How many samples a block holds: so many that an instruction's own cost does not count.</summary>
    internal const int BlockSize = 64;

    internal int SharedLength { get; }

    internal int Length { get; private set; }

    internal Layout(PlanGraph graph, bool inputsWanted = false)
    {
        Graph = graph;
        int count = graph.Nodes.Count;
        (isLive, isLane, isWanted, rows) = (new bool[count], new bool[count], new bool[count], new int[count]);
        guards = graph.Guards.ToLookup(guard => Math.Max(guard.A, guard.B));
        Look(inputsWanted);

        for (int i = 0; i < count; i++)
            if (isLive[i] && !isLane[i])
                rows[i] = Take(Lanes.Count);
        SharedLength = Length;
        for (int i = 0; i < count; i++)
            if (isLive[i] && isLane[i])
                rows[i] = Take(BlockSize);
        FindLayers();
        FindFirst();

        int Take(int length)
        {
            int row = Length;
            Length += length;
            return row;
        }
    }

    internal bool IsLane(int index) => isLane[index];

    internal Operand Operand(int index) => new(rows[index], isLane[index] ? Lanes.Count : 0, isWanted[index], IsFirst: false);

    /// <summary>The rows, as long as a block, that a sweep has to find empty: all others are written before they are added to.</summary>
    internal List<int> Emptied { get; } = [];

    /// <summary>Whether a sweep has anything to do for an operation.</summary>
    internal bool IsSwept(int index) => isWanted[index] || places.ContainsKey(index);

    internal IEnumerable<(int Index, Node Node)> Live()
    {
        for (int i = 0; i < Graph.Nodes.Count; i++)
            if (isLive[i])
                yield return (i, Graph[i]);
    }

    /// <summary>The comparisons whose operands are known once this node is.</summary>
    internal IEnumerable<(Instruction Guard, bool IsLane)> GuardsAfter(int index) =>
        from guard in guards[index]
        select (
            (Instruction)new GuardInstruction(guard.Operation, Operand(guard.A), Operand(guard.B), guard.Outcome),
            isLane[guard.A] || isLane[guard.B]
        );

    /// <summary>The instruction for an operation; null for a dot product that an earlier layer computes.</summary>
    internal Instruction? InstructionFor(int index)
    {
        if (layers.TryGetValue(index, out var layer))
            return layer;
        var node = Graph[index];
        Operand[] arguments =
        [
            .. node.Arguments.Select((argument, slot) => Operand(argument) with { IsFirst = first.Contains((index, slot)) }),
        ];
        return node.Operation switch
        {
            Operation.Dot => new DotInstruction(arguments, rows[index]),
            Operation.Sum => new SumInstruction(arguments, rows[index]),
            Operation.LogSumExp => new LogSumExpInstruction(arguments, rows[index]),
            Operation.Custom => new CustomInstruction(node.Rule!, arguments, rows[index]),
            _ => LaneRules.Instruction(node.Operation, arguments, rows[index]),
        };
    }

    void Look(bool inputsWanted)
    {
        bool[] isOfRoot = new bool[isLive.Length];
        isOfRoot[Graph.Root] = isLive[Graph.Root] = true;
        foreach (var guard in Graph.Guards)
            isLive[guard.A] = isLive[guard.B] = true;
        for (int i = isLive.Length - 1; i >= 0; i--)
            foreach (int argument in Graph[i].Arguments)
            {
                isLive[argument] |= isLive[i];
                isOfRoot[argument] |= isOfRoot[i];
            }
        bool isBranch = false; // whether not all samples need come here
        for (int i = 0; i < isLive.Length; i++)
        {
            var node = Graph[i];
            isLane[i] = node.Kind == Kind.Input || node.Rule is not null && isBranch; // a rule may have no value for the others
            isWanted[i] = node.Kind == Kind.Parameter || inputsWanted && node.Kind == Kind.Input;
            foreach (int argument in node.Arguments)
            {
                isLane[i] |= isLane[argument];
                isWanted[i] |= isWanted[argument];
            }
            isBranch |= guards[i].Any(guard => isLane[guard.A] || isLane[guard.B]);
        }
        for (int i = 0; i < isLive.Length; i++)
            isWanted[i] &= isOfRoot[i];
    }

    /// <summary>Goes through the sweep: who is the first to add to each row.</summary>
    void FindFirst()
    {
        bool[] isTouched = new bool[isLive.Length];
        var sweep =
            from index in Enumerable.Range(0, isLive.Length)
            where isLive[index] && isLane[index]
            orderby places.GetValueOrDefault(index, index) descending
            select index;
        Empty(Graph.Root);
        foreach (int index in sweep)
        {
            var arguments = Graph[index].Arguments;
            if (places.ContainsKey(index)) // layers add to everything
            {
                foreach (int argument in arguments)
                    if (isWanted[argument])
                        Empty(argument);
                Empty(index);
                continue;
            }
            if (!isWanted[index])
                continue;
            Empty(index); // if nobody has added to it
            for (int slot = 0; slot < arguments.Length; slot++)
                if (isLane[arguments[slot]] && isWanted[arguments[slot]] && !isTouched[arguments[slot]])
                {
                    isTouched[arguments[slot]] = true;
                    first.Add((index, slot));
                }
        }

        void Empty(int index)
        {
            if (!isLane[index] || isTouched[index])
                return;
            isTouched[index] = true;
            Emptied.Add(rows[index]);
        }
    }

    /// <summary>Dot products of the same numbers, each with weights that no input touches.</summary>
    void FindLayers()
    {
        var found = new Dictionary<string, List<(int Index, int[] Weights)>>();
        var inputsOf = new Dictionary<string, int[]>();
        foreach (var (index, node) in Live())
        {
            if (node.Operation != Operation.Dot || !isLane[index] || !TrySplit(node, out var inputs, out var weights))
                continue;
            string key = string.Join(' ', inputs);
            if (!found.TryGetValue(key, out var layer))
                found.Add(key, layer = []);
            layer.Add((index, weights));
            inputsOf[key] = inputs;
        }
        foreach (var (key, outputs) in found)
        {
            foreach (var (index, _) in outputs)
            {
                layers.Add(index, null);
                places.Add(index, outputs[0].Index);
            }
            layers[outputs[0].Index] = new LayerInstruction(
                [.. inputsOf[key].Select(Operand)],
                [.. outputs.Select(output => output.Weights.Select(Operand).ToArray())],
                [.. outputs.Select(output => rows[output.Index])]
            );
        }
    }

    /// <summary>The factors that depend on inputs, each once, and the others with the bias.</summary>
    bool TrySplit(Node node, out int[] inputs, out int[] weights)
    {
        int pairs = node.Arguments.Length / 2;
        var (left, right) = (new int[pairs], node.Arguments.Length % 2 == 0 ? new int[pairs] : new int[pairs + 1]);
        (inputs, weights) = (left, right);
        for (int pair = 0; pair < pairs; pair++)
        {
            (left[pair], right[pair]) = (node.Arguments[2 * pair], node.Arguments[2 * pair + 1]);
            if (!isLane[left[pair]])
                (left[pair], right[pair]) = (right[pair], left[pair]);
            if (!isLane[left[pair]] || isLane[right[pair]])
                return false;
        }
        if (right.Length > pairs)
            right[pairs] = node.Arguments[^1];
        return (right.Length == pairs || !isLane[right[pairs]]) && left.Distinct().Count() == pairs;
    }
}
