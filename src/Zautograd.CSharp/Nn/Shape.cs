namespace Zautograd.Nn;

/// <summary>What neuron, layer and network ask of their arguments.</summary>
static class Shape
{
    internal static void Check(int given, int inputs, Module module)
    {
        if (given != inputs)
        {
            throw new ArgumentException($"{given} inputs were given to {Name(module)}, which takes {inputs}", "x");
        }
    }

    internal static void CheckResults(int room, int outputs, Module module)
    {
        if (room != outputs)
        {
            throw new ArgumentException($"there is room for {room} results of {Name(module)}, which gives {outputs}", "y");
        }
    }

    internal static void CheckApart(ReadOnlySpan<Value> x, ReadOnlySpan<Value> y, Module module)
    {
        if (x.Overlaps(y))
        {
            throw new ArgumentException($"the results of {Name(module)} would overwrite its inputs: give it other room", "y");
        }
    }

    // The parameters of neurons, layers and networks are arrays, so that none of this copies them.
    internal static ReadOnlySpan<Value> Span(IReadOnlyList<Value> x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x as Value[] ?? [.. x];
    }

    // the whole text of a network is far too long for a message
    static string Name(Module module) => module is Neuron ? module.ToString()! : $"this {module.GetType().Name}";
}
