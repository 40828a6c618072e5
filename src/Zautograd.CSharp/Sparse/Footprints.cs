using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Zautograd;

/// <summary>On which variables each result of one run depends, and what the program asked about its numbers on the way.</summary>
/// <remarks>
/// A result is a place: first those of the variables, then one for each union of two others. A small union is a list; of a large one only
/// the two parts are kept, so that a sum of all variables costs no more than they do, and is listed only where somebody asks for it.
/// </remarks>
internal sealed class Footprints : IDisposable
{
    const int Small = 8;

    /// <summary>A list of variables if Count is positive, else two parts.</summary>
    struct Place
    {
        internal int First; // of the list; or a part
        internal int Second;
        internal int Count;
    }

    [ThreadStatic]
    static Footprints? open;

    readonly int variables;
    readonly List<Place> places = [];
    readonly List<int> listed = [];
    readonly HashSet<int> seen = [];
    readonly Stack<int> toVisit = [];

    internal Footprints(int variables)
    {
        if (open is not null)
            throw new InvalidOperationException("A sparse derivative was asked for inside a function whose pattern is being found.");
        open = this;
        this.variables = variables;
        for (int variable = 0; variable < variables; variable++)
        {
            places.Add(new Place { First = variable, Count = 1 });
            listed.Add(variable);
        }
    }

    public void Dispose() => open = null;

    /// <summary>The one of this thread.</summary>
    internal static Footprints Open => open ?? throw OfAnotherThread();

    internal static InvalidOperationException OfAnotherThread() =>
        new("A function whose sparsity pattern is being found asked for a number on another thread, or later: it must run on one thread.");

    /// <summary>What the program was told of its numbers. Where it is told the same, it does the same.</summary>
    internal List<long> Answers { get; } = [];

    internal Active<double, Footprint> Variable(int variable, double value) => new(value, new Footprint(this, variable));

    /// <summary>The place of what depends on either.</summary>
    internal int Union(int a, int b)
    {
        if (a == b)
            return a;
        Place left = places[a],
            right = places[b];
        if (left.Count == 0 || right.Count == 0)
            return Append(new Place { First = a, Second = b });
        Span<int> union = stackalloc int[2 * Small];
        int count = Merge(List(left), List(right), union);
        if (count == left.Count)
            return a;
        if (count == right.Count)
            return b;
        if (count > Small)
            return Append(new Place { First = a, Second = b });
        listed.AddRange(union[..count]);
        return Append(new Place { First = listed.Count - count, Count = count });
    }

    int Append(Place place)
    {
        places.Add(place);
        return places.Count - 1;
    }

    ReadOnlySpan<int> List(Place place) => CollectionsMarshal.AsSpan(listed).Slice(place.First, place.Count);

    static int Merge(ReadOnlySpan<int> left, ReadOnlySpan<int> right, Span<int> union)
    {
        int i = 0,
            j = 0,
            count = 0;
        while (i < left.Length || j < right.Length)
        {
            int next = j == right.Length || i < left.Length && left[i] <= right[j] ? left[i] : right[j];
            if (i < left.Length && left[i] == next)
                i++;
            if (j < right.Length && right[j] == next)
                j++;
            union[count++] = next;
        }
        return count;
    }

    /// <summary>The variables that a result depends on, in ascending order, are added.</summary>
    internal void List(Footprint result, List<int> variables)
    {
        if (!result.IsOf(this, out int place))
            return; // a constant
        seen.Clear();
        int first = variables.Count;
        toVisit.Push(place);
        while (toVisit.TryPop(out place))
        {
            if (!seen.Add(place))
                continue;
            var at = places[place];
            if (at.Count == 0)
            {
                toVisit.Push(at.First);
                toVisit.Push(at.Second);
                continue;
            }
            foreach (int variable in List(at))
                if (variable == place || seen.Add(variable)) // a variable's number is its place
                    variables.Add(variable);
        }
        variables.Sort(first, variables.Count - first, null);
    }

    [DoesNotReturn]
    internal static void ThrowMixed() =>
        throw new InvalidOperationException(
            "The function kept a number of an earlier run: what it computes must follow from its arguments."
        );
}
