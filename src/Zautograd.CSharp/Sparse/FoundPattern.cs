namespace Zautograd;

/// <summary>A pattern as found by one run, and what the program asked of its numbers in it: so long as it is answered the same, the pattern holds.</summary>
internal sealed record FoundPattern(SparsePattern Pattern, long[] Answers)
{
    /// <summary>Which variables each result depends on.</summary>
    internal static FoundPattern OfJacobian<TField>(TField f, ReadOnlySpan<double> x)
        where TField : IVectorField
    {
        using var footprints = new Footprints(x.Length);
        var variables = new Active<double, Footprint>[x.Length];
        for (int i = 0; i < x.Length; i++)
            variables[i] = footprints.Variable(i, x[i]);
        var results = new Active<double, Footprint>[f.Results(x.Length)];
        f.Call<Active<double, Footprint>>(variables, results);
        return Of(footprints, x.Length, Array.ConvertAll(results, result => result.Tangent));
    }

    /// <summary>Which variables each slope depends on.</summary>
    internal static FoundPattern OfHessian<TField>(TField f, ReadOnlySpan<double> x)
        where TField : IScalarField
    {
        using var footprints = new Footprints(x.Length);
        var variables = new Active<double, Footprint>[x.Length];
        for (int i = 0; i < x.Length; i++)
            variables[i] = footprints.Variable(i, x[i]);
        var slopes = new Active<double, Footprint>[x.Length];
        ReverseMode.Gradient<TField, Active<double, Footprint>>(f, variables, slopes);
        var found = Of(footprints, x.Length, Array.ConvertAll(slopes, slope => slope.Tangent));
        return found with { Pattern = found.Pattern.Union(found.Pattern.Transpose()) };
    }

    /// <summary>The same of a function over values: what it asks is seen where it runs, and what its slopes depend on where it is run again.</summary>
    internal static FoundPattern OfHessian(Func<Value[], Value> f, double[] x)
    {
        var asked = ValueTrace.AnswersAndNumbers(f, x);
        using var replay = Derivatives.Replayed(f, x);
        var found = OfHessian(replay, x);
        return found with { Answers = [.. asked, .. found.Answers] };
    }

    internal static FoundPattern Of(Footprints footprints, int variables, Footprint[] results)
    {
        var starts = new int[results.Length + 1];
        var columns = new List<int>();
        for (int row = 0; row < results.Length; row++)
        {
            footprints.List(results[row], columns);
            starts[row + 1] = columns.Count;
        }
        return new(new SparsePattern(variables, starts, [.. columns]), [.. footprints.Answers]);
    }
}
