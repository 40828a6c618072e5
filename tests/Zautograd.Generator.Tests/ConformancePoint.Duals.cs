namespace Zautograd.Generator.Tests;

sealed partial class ConformancePoint
{
    // both work with the same slopes, in another order
    static bool AlmostSame(double[] p, double[] q, double tolerance = 1e-10) =>
        p.Length == q.Length
        && p.Zip(q)
            .All(pair =>
                pair.First.Equals(pair.Second)
                || Math.Abs(pair.First - pair.Second) <= tolerance * (1.0 + Math.Abs(pair.First) + Math.Abs(pair.Second))
            );

    /// <summary>What a twin gives: the numbers in its results, and those in the arrays that the method writes to.</summary>
    T[] OfTwin<T>(string twin, Func<double, T> variable, Func<double, T> constant)
    {
        var types = adapters.Types(twin);
        var given = method
            .Parameters.Select(parameter =>
                Numbers.As(arguments[parameter.Ordinal], types[parameter.Ordinal], IsActive(parameter) ? variable : constant)
            )
            .ToArray();
        var results = adapters.Call(twin, given);
        var arrays = method.Parameters.Where(IsOutput).SelectMany(parameter => Numbers.In(given[parameter.Ordinal], constant));
        return [.. results.SelectMany(result => Numbers.In(result, constant)), .. arrays];
    }

    (string Suffix, double[] Seeds, double[] Gradient) Reversed(int outputs)
    {
        var isGradient = adapters.Has(name + "Gradient");
        var (suffix, seeds) = isGradient ? ("Gradient", [1.0]) : ("Adjoint", Some(outputs));
        return (suffix, seeds, adapters.Has(name + suffix) ? Reverse(suffix, arguments, seeds).Gradient : []);
    }

    /// <summary>A twin over Dual, which knows nothing of the generator, beside what the generator wrote for double.</summary>
    IEnumerable<string> OfDuals(string twin, double[] outputs, double[] direction)
    {
        var next = 0;
        var duals = OfTwin<Dual<double>>(twin, number => new(number, direction[next++]), number => new(number, 0.0));
        double[] tangent = [.. duals.Select(dual => dual.Tangent)];
        if (!AlmostSame([.. duals.Select(dual => dual.Value)], outputs, 1e-14))
            yield return $"over Dual the method gives other values than {Show(outputs)}";
        if (adapters.Has(name + "Tangent"))
        {
            var forward = Directed(adapters.Method(name + "Tangent"), Copy(), direction, "Tangent").Tangent;
            if (!AlmostSame(tangent, forward))
                yield return $"Tangent gives {Show(forward)}, Dual {Show(tangent)}";
        }
        var (suffix, seeds, gradient) = Reversed(outputs.Length);
        if (gradient.Length == 0)
            yield break;
        var along = gradient.Zip(direction, (p, q) => p * q).Sum();
        var wanted = tangent.Zip(seeds, (p, q) => p * q).Sum();
        if (!AlmostSame([along], [wanted]))
            yield return $"{suffix} gives {along:R} along the direction, Dual {wanted:R}";
    }

    /// <summary>Whether the twin over Value could be run.</summary>
    public bool IsOverValue { get; private set; }

    /// <summary>A twin over Value, whose tape knows no program, beside the gradient.</summary>
    IEnumerable<string> OfValues(string twin, double[] outputs)
    {
        var leaves = new List<Value>();
        Value variable(double number)
        {
            var leaf = new Value(number);
            leaves.Add(leaf);
            return leaf;
        }
        Value[] values;
        try
        {
            values = OfTwin(twin, variable, number => (Value)number);
        }
        catch (InvalidOperationException unset) when (unset.Message.Contains("never given"))
        {
            // a new array of values holds no numbers
            yield break;
        }
        IsOverValue = true;
        if (!AlmostSame([.. values.Select(value => value.Data)], outputs, 1e-14))
            yield return $"over Value the method gives {Show([.. values.Select(value => value.Data)])}, not {Show(outputs)}";
        var (suffix, seeds, gradient) = Reversed(outputs.Length);
        if (gradient.Length == 0)
            yield break;
        values.Zip(seeds, (value, seed) => value * seed).Aggregate((p, q) => p + q).Backward();
        double[] found = [.. leaves.Select(leaf => leaf.Grad)];
        if (!AlmostSame(found, gradient))
            yield return $"{suffix} gives {Show(gradient)}, Value {Show(found)}";
    }

    /// <summary>Slopes by a formula of their own.</summary>
    IEnumerable<string> OfFormula(Func<double[], double[]> slopes)
    {
        double[] at = [.. method.Parameters.Where(IsActive).SelectMany(parameter => Coordinates.Of(arguments[parameter.Ordinal]))];
        var gradient = Reverse("Gradient", arguments, [1.0]).Gradient;
        var wanted = slopes(at);
        if (!AlmostSame(gradient, wanted, 1e-12))
            yield return $"Gradient gives {Show(gradient)}, the formula {Show(wanted)}";
    }
}
