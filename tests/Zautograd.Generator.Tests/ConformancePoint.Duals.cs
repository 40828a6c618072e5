namespace Zautograd.Generator.Tests;

sealed partial class ConformancePoint
{
    // both work with the same slopes, in another order
    static bool AlmostSame(double[] p, double[] q) =>
        p.Length == q.Length
        && p.Zip(q).All(pair => Math.Abs(pair.First - pair.Second) <= 1e-11 * (1.0 + Math.Abs(pair.First) + Math.Abs(pair.Second)));

    /// <summary>A generic method over Dual, which knows nothing of the generator, beside what the generator wrote for double.</summary>
    IEnumerable<string> OfDuals(double[] outputs, double[] direction)
    {
        var next = 0;
        var given = method
            .Parameters.Select(parameter => Duals.Of(arguments[parameter.Ordinal], () => IsActive(parameter) ? direction[next++] : 0.0))
            .ToArray();
        var results = adapters.Call(name + "OfDuals", given);
        var arrays = method.Parameters.Where(IsOutput).SelectMany(parameter => Duals.In(given[parameter.Ordinal]));
        Dual<double>[] duals = [.. results.SelectMany(Duals.In), .. arrays];
        double[] tangent = [.. duals.Select(dual => dual.Tangent)];
        if (!Same([.. duals.Select(dual => dual.Value)], outputs))
            yield return $"over Dual the method gives other values than {Show(outputs)}";
        var forward = Directed(adapters.Method(name + "Tangent"), Copy(), direction, "Tangent").Tangent;
        if (!AlmostSame(tangent, forward))
            yield return $"Tangent gives {Show(forward)}, Dual {Show(tangent)}";
        var seeds = adapters.Has(name + "Gradient") ? [1.0] : Numbers(outputs.Length);
        var gradient = Reverse(adapters.Has(name + "Gradient") ? "Gradient" : "Adjoint", arguments, seeds).Gradient;
        var along = gradient.Zip(direction, (p, q) => p * q).Sum();
        var wanted = tangent.Zip(seeds, (p, q) => p * q).Sum();
        if (!AlmostSame([along], [wanted]))
            yield return $"the gradient gives {along:R} along the direction, Dual {wanted:R}";
    }
}
