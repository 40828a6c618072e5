namespace Zautograd;

/// <summary>A pattern that holds wherever it is used: it is looked at again where the function may take another branch, and grows.</summary>
internal sealed class TracedPattern
{
    const int MostKnown = 64; // lists of answers; a forgotten one only means that the pattern is found once more

    readonly Func<double[], FoundPattern> trace;
    readonly List<long[]> known = [];

    internal TracedPattern(Func<double[], FoundPattern> trace, ReadOnlySpan<double> x)
    {
        this.trace = trace;
        Variables = x.Length;
        var first = trace(x.ToArray());
        Pattern = first.Pattern;
        known.Add(first.Answers);
    }

    internal int Variables { get; }

    internal SparsePattern Pattern { get; private set; }

    /// <summary>Makes sure that the pattern holds at a point; whether it has changed for that.</summary>
    internal bool Visit(ReadOnlySpan<double> x)
    {
        if (x.Length != Variables)
            throw new ArgumentException($"The pattern is that of {Variables} variables, but there are {x.Length} numbers.", nameof(x));
        if (known is [[]])
            return false; // nothing asked, so nothing can be answered otherwise
        var here = trace(x.ToArray());
        if (known.Exists(answers => answers.AsSpan().SequenceEqual(here.Answers)))
            return false;
        if (known.Count == MostKnown)
            known.RemoveAt(0);
        known.Add(here.Answers);
        var before = Pattern;
        Pattern = before.Union(here.Pattern);
        return Pattern.Count > before.Count;
    }
}
