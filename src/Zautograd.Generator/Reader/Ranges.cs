// What is known of ints while they are read: what locals stand for, and between which bounds counters run. It saves checks of indices.
using Zautograd.Programs;

namespace Zautograd.Generator.Reader;

using Term = Zautograd.Programs.Term;

internal sealed class Ranges
{
    readonly Dictionary<string, Term> meanings = [];
    readonly Dictionary<string, (Term First, Term End)> counters = [];

    /// <summary>A local that stands for a term, or for nothing known.</summary>
    public void Define(string name, Term? term)
    {
        meanings.Remove(name);
        counters.Remove(name);
        if (term is not null && Terms.All(term).All(part => !(part is Term.Variable own && own.Item == name)))
            meanings[name] = Resolve(term);
    }

    /// <summary>A counter that runs over first, ..., end - 1, upwards or downwards.</summary>
    public void Count(string name, Term first, Term end)
    {
        meanings.Remove(name);
        counters[name] = (Resolve(first), Resolve(end));
    }

    public Term Resolve(Term term) =>
        term is Term.Variable variable
            ? meanings.TryGetValue(variable.Item, out var known)
                ? known
                : term
            : TermModule.map(Function.Of<Term, Term>(Resolve), term);

    /// <summary>Whether 0 &lt;= index &lt; extent is certain.</summary>
    public bool IsInside(Term index, Term extent)
    {
        (index, extent) = (Resolve(index), Resolve(extent));
        return (index, extent) switch
        {
            (Term.Whole i, Term.Whole n) => 0 <= i.Item && i.Item < n.Item,
            (Term.Variable counter, _) when counters.TryGetValue(counter.Item, out var range) => range.First is Term.Whole { Item: >= 0 }
                && (range.End.Equals(extent) || range.End is Term.Whole end && extent is Term.Whole n && end.Item <= n.Item),
            _ => false,
        };
    }
}

internal static class Function
{
    /// <summary>A function as F# takes it.</summary>
    public static Microsoft.FSharp.Core.FSharpFunc<TFrom, TTo> Of<TFrom, TTo>(Converter<TFrom, TTo> function) => function;
}
