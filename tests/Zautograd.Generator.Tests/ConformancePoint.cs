using Microsoft.CodeAnalysis;

namespace Zautograd.Generator.Tests;

/// <summary>One method at one point: its derivatives beside differences with Richardson's extrapolation.</summary>
sealed partial class ConformancePoint(Adapters adapters, string name, IMethodSymbol method, object?[] arguments, Random random)
{
    /// <summary>The same text over double, which slopes of a method over float are compared with: if it is generic, its own instance.</summary>
    readonly string? wide =
        method.IsGenericMethod && name.EndsWith(Adapters.OfFloats, StringComparison.Ordinal) ? name[..^Adapters.OfFloats.Length]
        : adapters.Has(Twins.Of(name, "OfDouble")) && Twins.Of(name, "OfDouble") != name ? Twins.Of(name, "OfDouble")
        : null;

    double Tolerance => wide is null ? 2e-6 : 1e-4;

    bool Close(double p, double q) => p.Equals(q) || Math.Abs(p - q) <= Tolerance * (1.0 + Math.Abs(p) + Math.Abs(q));

    static bool Same(double[] p, double[] q) =>
        p.Length == q.Length
        && p.Zip(q)
            .All(pair =>
                BitConverter.DoubleToInt64Bits(pair.First) == BitConverter.DoubleToInt64Bits(pair.Second)
                || double.IsNaN(pair.First) && double.IsNaN(pair.Second)
            );

    bool Close(double[] p, double[] q) => p.Length == q.Length && p.Zip(q).All(pair => Close(pair.First, pair.Second));

    static string Show(double[] numbers) => $"[{string.Join(", ", numbers.Select(number => number.ToString("R")))}]";

    bool IsActive(IParameterSymbol parameter) =>
        parameter.RefKind != RefKind.Out
        && !parameter.GetAttributes().Any(found => found.AttributeClass!.Name == "ConstantAttribute")
        && Coordinates.Of(arguments[parameter.Ordinal]).Length > 0;

    bool IsOutput(IParameterSymbol parameter) =>
        parameter.Type is INamedTypeSymbol { Name: "Span" } or IArrayTypeSymbol
        && adapters.Has(name + "Adjoint")
        && adapters.Method(name + "Adjoint").Parameters.Any(other => other.Name == parameter.Name + "Seed");

    bool HasSeed(string parameter) =>
        adapters.Has(name + "Adjoint") && adapters.Method(name + "Adjoint").Parameters.Any(other => other.Name == parameter);

    /// <summary>The method over Dual, if there is one: its own instance, where it is generic.</summary>
    public string? DualTwin =>
        method.IsGenericMethod ? (wide is null ? name + "OfDuals" : null)
        : adapters.Has(Twins.Of(name, "OfDual")) ? Twins.Of(name, "OfDual")
        : null;

    public string? ValueTwin => !method.IsGenericMethod && adapters.Has(Twins.Of(name, "OfValue")) ? Twins.Of(name, "OfValue") : null;

    object?[] Copy() => [.. arguments.Select(Coordinates.Copy)];

    /// <summary>All results: what is returned, refs and outs, arrays that are written.</summary>
    double[] Outputs(object?[] given)
    {
        var results = adapters.Call(name, given);
        var arrays = method.Parameters.Where(IsOutput).SelectMany(parameter => Coordinates.Of(given[parameter.Ordinal]));
        return [.. results.SelectMany(Coordinates.Of), .. arrays];
    }

    object?[] Moved(double[] direction, double step)
    {
        var next = 0;
        return
        [
            .. method.Parameters.Select(parameter =>
            {
                var value = arguments[parameter.Ordinal];
                if (!IsActive(parameter))
                    return Coordinates.Copy(value);
                var numbers = Coordinates.Of(value).Select(number => number + step * direction[next++]).ToArray();
                return Coordinates.With(value, numbers);
            }),
        ];
    }

    double[] Differences(double[] direction) =>
        wide is null
            ? Differences(direction, 1e-3, step => Outputs(Moved(direction, step)))
            : Differences(
                direction,
                1e-3,
                step =>
                {
                    var next = 0;
                    return OfTwin(wide, number => number + step * direction[next++], number => number);
                }
            );

    static double[] Differences(double[] direction, double step, Func<double, double[]> outputs)
    {
        double[] central(double h) => [.. outputs(h).Zip(outputs(-h), (p, q) => (p - q) / (2 * h))];
        return [.. central(step).Zip(central(step / 2), (coarse, fine) => (4 * fine - coarse) / 3)];
    }

    double[] Some(int count) => [.. Enumerable.Range(0, count).Select(_ => 2.0 * random.NextDouble() - 1.0)];

    int ActiveCount => method.Parameters.Where(IsActive).Sum(parameter => Coordinates.Of(arguments[parameter.Ordinal]).Length);

    public IEnumerable<string> Problems()
    {
        var outputs = Outputs(Copy());
        var direction = Some(ActiveCount);
        var expected = Differences(direction);
        if (adapters.Has(name + "Tangent"))
            foreach (var problem in Tangent(outputs, direction, expected))
                yield return problem;
        if (DualTwin is { } duals)
            foreach (var problem in OfDuals(duals, outputs, direction))
                yield return problem;
        if (ValueTwin is { } values)
            foreach (var problem in OfValues(values, outputs))
                yield return problem;
        if (ClosedForms.Of(name) is { } slopes)
            foreach (var problem in OfFormula(slopes))
                yield return problem;
        var seeds = adapters.Has(name + "Gradient") ? [1.0] : Some(outputs.Length);
        var suffix = adapters.Has(name + "Gradient") ? "Gradient" : "Adjoint";
        if (!adapters.Has(name + suffix))
            yield break;
        var (value, gradient, unchanged) = Reverse(suffix, arguments, seeds);
        if (!unchanged)
            yield return $"{suffix} changes its inputs";
        var returned = adapters.Call(name, Copy()).Take(1).SelectMany(Coordinates.Of).ToArray();
        if (!Same(value, returned))
            yield return $"{suffix} gives the value {Show(value)}, the method {Show(returned)}";
        var along = gradient.Zip(direction, (p, q) => p * q).Sum();
        var wanted = expected.Zip(seeds, (p, q) => p * q).Sum();
        if (!Close(along, wanted))
            yield return $"{suffix} gives {along:R} along the direction, differences {wanted:R}; gradient {Show(gradient)}";
        for (int i = 0; i < gradient.Length && i < 6; i++)
        {
            var axis = new double[gradient.Length];
            axis[i] = 1.0;
            var slope = Differences(axis).Zip(seeds, (p, q) => p * q).Sum();
            if (!Close(gradient[i], slope))
                yield return $"{suffix} gives slope {i} as {gradient[i]:R}, differences {slope:R}";
        }
        if (adapters.Has(name + "HessianVector"))
            foreach (var problem in Second(direction))
                yield return problem;
    }

    /// <summary>The value, the gradient in the order of the active parameters, and whether the inputs stay.</summary>
    (double[] Value, double[] Gradient, bool Unchanged) Reverse(string suffix, object?[] at, double[] seeds)
    {
        var derivative = adapters.Method(name + suffix);
        var given = at.Select(Coordinates.Copy).ToArray();
        var waiting = new Queue<double>(seeds);
        var seedsByName = new Dictionary<string, object?>();
        var primal = adapters.Call(name, Copy());
        if (Coordinates.Of(primal[0]) is { Length: > 0 } returned)
            seedsByName["seed"] = Coordinates.With(primal[0], waiting);
        foreach (
            var parameter in method.Parameters.Where(parameter =>
                parameter.RefKind is RefKind.Ref or RefKind.Out && HasSeed(parameter.Name + "Seed")
            )
        )
            seedsByName[parameter.Name + "Seed"] =
                parameter.Type.SpecialType == SpecialType.System_Single ? (object)(float)waiting.Dequeue() : waiting.Dequeue();
        foreach (var parameter in method.Parameters.Where(IsOutput))
            seedsByName[parameter.Name + "Seed"] = Coordinates.With(at[parameter.Ordinal], waiting);
        var spoilt = new Random(5);
        var all = derivative.Parameters.Select(parameter => Argument(parameter, given, "Gradient", seedsByName, spoilt)).ToArray();
        var results = adapters.Call(name + suffix, all);
        var outs = Outs(derivative, results, all);
        var gradient = method
            .Parameters.Where(IsActive)
            .SelectMany(parameter => Coordinates.Of(outs(parameter.Name + "Gradient")))
            .ToArray();
        var unchanged = given.Zip(at).All(pair => Same(Coordinates.Of(pair.First), Coordinates.Of(pair.Second)));
        return (Coordinates.Of(results[0]), gradient, unchanged);
    }

    object? Argument(IParameterSymbol parameter, object?[] given, string suffix, Dictionary<string, object?> named, Random spoilt)
    {
        if (method.Parameters.FirstOrDefault(own => own.Name == parameter.Name) is { } own)
            return given[own.Ordinal];
        if (named.TryGetValue(parameter.Name, out var value))
            return value;
        if (parameter.RefKind == RefKind.Out)
            return null;
        // what stood there before does not matter
        var like = method.Parameters.First(own => own.Name + suffix == parameter.Name);
        var numbers = Coordinates.Of(given[like.Ordinal]).Select(_ => spoilt.NextDouble()).ToArray();
        return Coordinates.With(given[like.Ordinal], numbers);
    }

    static Func<string, object?> Outs(IMethodSymbol derivative, object?[] results, object?[] all) =>
        wanted =>
        {
            var next = 1;
            foreach (var parameter in derivative.Parameters)
            {
                var isBack = parameter.RefKind is RefKind.Out or RefKind.Ref;
                if (parameter.Name == wanted)
                    return isBack ? results[next] : all[parameter.Ordinal];
                if (isBack)
                    next++;
            }
            throw new InvalidOperationException($"{derivative.Name} has no parameter {wanted}");
        };

    IEnumerable<string> Tangent(double[] outputs, double[] direction, double[] expected)
    {
        var derivative = adapters.Method(name + "Tangent");
        var given = Copy();
        var (value, tangent) = Directed(derivative, given, direction, "Tangent");
        if (!Same(value, outputs))
            yield return $"Tangent gives the results {Show(value)}, the method {Show(outputs)}";
        if (!Close(tangent, expected))
            yield return $"Tangent gives {Show(tangent)}, differences {Show(expected)}";
        if (
            adapters.Has(name + "Gradient")
            && !given.Zip(arguments).All(pair => Same(Coordinates.Of(pair.First), Coordinates.Of(pair.Second)))
        )
            yield return "Tangent changes its inputs";
    }

    (double[] Value, double[] Tangent) Directed(IMethodSymbol derivative, object?[] given, double[] direction, string suffix)
    {
        var waiting = new Queue<double>(direction);
        var named = method
            .Parameters.Where(IsActive)
            .ToDictionary(parameter => parameter.Name + suffix, parameter => Coordinates.With(arguments[parameter.Ordinal], waiting));
        var all = derivative.Parameters.Select(parameter => Argument(parameter, given, suffix, named, new Random(7))).ToArray();
        var results = adapters.Call(name + suffix, all);
        var outs = Outs(derivative, results, all);
        var own = method.Parameters.Where(parameter => parameter.RefKind is RefKind.Ref or RefKind.Out).ToArray();
        double[] value =
        [
            .. Coordinates.Of(results[0]),
            .. own.SelectMany(parameter => Coordinates.Of(outs(parameter.Name))),
            .. method.Parameters.Where(IsOutput).SelectMany(parameter => Coordinates.Of(given[parameter.Ordinal])),
        ];
        double[] tangent =
        [
            .. Coordinates.Of(results[0]).Length > 0 ? Coordinates.Of(outs("tangent")) : [],
            .. own.SelectMany(parameter =>
                Coordinates.Of(outs(parameter.Name)).Length > 0 ? Coordinates.Of(outs(parameter.Name + "Tangent")) : []
            ),
            .. method.Parameters.Where(IsOutput).SelectMany(parameter => Coordinates.Of(outs(parameter.Name + "Tangent"))),
        ];
        return (value, tangent);
    }
}
