namespace Zautograd;

/// <summary>Calls of compiled expressions over spans: <c>f.Invoke([2, 5])</c>, <c>g.Invoke(x, gradient)</c> with parts of larger arrays.</summary>
/// <remarks>The numbers are copied to and from arrays of the calling thread; nothing is allocated in steady state.</remarks>
public static class CompiledSpans
{
    [ThreadStatic]
    static Dictionary<(int Place, int Length), double[]>? arrays;

    /// <summary>The value at x.</summary>
    /// <example><code>Expr.Variable("x").Compile("x").Invoke(numbers.AsSpan(3, 1))</code></example>
    public static double Invoke(this CompiledValue compiled, ReadOnlySpan<double> x) => compiled.Invoke(Copy(0, x));

    /// <summary>The value at x; the partial derivatives are written to <paramref name="gradient"/>.</summary>
    public static double Invoke(this CompiledGradient compiled, ReadOnlySpan<double> x, Span<double> gradient)
    {
        var slopes = Room(1, gradient.Length);
        var value = compiled.Invoke(Copy(0, x), slopes);
        slopes.CopyTo(gradient);
        return value;
    }

    /// <summary>The values at x and the partial derivatives, row by row.</summary>
    public static void Invoke(this CompiledJacobian compiled, ReadOnlySpan<double> x, Span<double> values, Span<double> jacobian)
    {
        double[] results = Room(1, values.Length),
            slopes = Room(2, jacobian.Length);
        compiled.Invoke(Copy(0, x), results, slopes);
        results.CopyTo(values);
        slopes.CopyTo(jacobian);
    }

    static double[] Copy(int place, ReadOnlySpan<double> numbers)
    {
        var array = Room(place, numbers.Length);
        numbers.CopyTo(array);
        return array;
    }

    // Compiled code takes arrays of exactly its length, so each length has its own.
    static double[] Room(int place, int length)
    {
        arrays ??= [];
        if (!arrays.TryGetValue((place, length), out var array))
        {
            arrays[(place, length)] = array = new double[length];
        }

        return array;
    }
}
