namespace Zautograd.Generator.Tests;

sealed partial class ConformancePoint
{
    IEnumerable<string> Second(double[] direction)
    {
        var derivative = adapters.Method(name + "HessianVector");
        var waiting = new Queue<double>(direction);
        var given = Copy();
        var named = method
            .Parameters.Where(IsActive)
            .ToDictionary(parameter => parameter.Name + "Direction", parameter => Coordinates.With(arguments[parameter.Ordinal], waiting));
        var all = derivative.Parameters.Select(parameter => Argument(parameter, given, "Product", named, new Random(9))).ToArray();
        var results = adapters.Call(name + "HessianVector", all);
        var outs = Outs(derivative, results, all);
        var product = method.Parameters.Where(IsActive).SelectMany(parameter => Coordinates.Of(outs(parameter.Name + "Product"))).ToArray();
        // the gradient of floats is itself rounded to floats
        var (step, tolerance) = wide is null ? (1e-3, Tolerance) : (2e-2, 2e-3);
        var expected = Differences(direction, step, h => Reverse("Gradient", Moved(direction, h), [1.0]).Gradient);
        if (!AlmostSame(product, expected, tolerance))
            yield return $"HessianVector gives {Show(product)}, differences {Show(expected)}";
    }
}
