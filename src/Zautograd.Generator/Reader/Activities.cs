// Which parameters of the functions carry derivatives, and which arrays are changed: from the first function on, call by call.
using Microsoft.FSharp.Collections;
using Zautograd.Generator.Model;
using Zautograd.Programs;

namespace Zautograd.Generator.Reader;

using Kind = Zautograd.Programs.Type;
using Term = Zautograd.Programs.Term;

internal static class Activities
{
    /// <summary>Settles both for every function; the first one says itself what is active in it.</summary>
    public static void Settle(IReadOnlyList<Routine> routines)
    {
        var byName = routines.ToDictionary(routine => routine.Name);
        while (routines.Aggregate(false, (changed, routine) => MarkChanged(routine, byName) || changed)) { }
        while (routines.Aggregate(false, (changed, routine) => MarkActive(routine, byName) || changed)) { }
    }

    /// <summary>What to say of casts that cut a derivative off, once that is settled.</summary>
    public static IEnumerable<Finding> Cuts(IReadOnlyList<Routine> routines)
    {
        var byName = routines.ToDictionary(routine => routine.Name);
        return
        [
            .. from routine in routines
            where routine.Cuts.Count > 0
            let varied = Varied(routine, byName)
            from cut in routine.Cuts
            where Depends(cut.Real, varied)
            select cut.Warning,
        ];
    }

    static bool Set(Formal formal, bool changed)
    {
        (changed, formal.IsChanged) = (changed && !formal.IsChanged, formal.IsChanged || changed);
        return changed;
    }

    static IEnumerable<(Formal Formal, Term Argument)> Given(Statement.Call call, Dictionary<string, Routine> byName) =>
        byName[call.Function].Formals.Zip(call.Arguments, (formal, argument) => (formal, argument));

    static bool MarkChanged(Routine routine, Dictionary<string, Routine> byName)
    {
        var written = new HashSet<string>();
        foreach (var statement in StatementModule.all(routine.Body))
            if (statement is Statement.Store store)
                written.Add(store.Array);
            else if (statement is Statement.Accumulate accumulate)
                written.Add(accumulate.Array);
            else if (statement is Statement.Call call)
                foreach (var (formal, argument) in Given(call, byName))
                    if (formal.IsChanged && argument is Term.Variable array)
                        written.Add(array.Item);
        return routine.Formals.Aggregate(
            false,
            (changed, formal) => Set(formal, formal.IsArray && written.Contains(formal.Name)) || changed
        );
    }

    /// <summary>What depends on an active input, whatever the order of the statements.</summary>
    static HashSet<string> Varied(Routine routine, Dictionary<string, Routine> byName)
    {
        var varied = new HashSet<string>(routine.Formals.Where(formal => formal.IsActive).Select(formal => formal.Name));
        var statements = StatementModule.all(routine.Body).ToArray();
        int before;
        do
        {
            before = varied.Count;
            foreach (var statement in statements)
                varied.UnionWith(Targets(statement, varied, byName));
        } while (varied.Count > before);
        return varied;
    }

    static IEnumerable<string> Targets(Statement statement, HashSet<string> varied, Dictionary<string, Routine> byName) =>
        statement switch
        {
            Statement.Declare s when s.Item2.IsReal && Depends(s.Value, varied) => [s.Name],
            Statement.Assign s when Depends(s.Value, varied) => [s.Name],
            Statement.Increment s when Depends(s.Value, varied) => [s.Name],
            Statement.Store s when Depends(s.Value, varied) => [s.Array],
            Statement.Accumulate s when Depends(s.Value, varied) => [s.Array],
            Statement.Call s
                when s.Arguments.Any(argument => Depends(argument, varied)) || byName[s.Function].Formals.Any(formal => formal.IsActive) =>
                s
                    .Results.Zip(byName[s.Function].Results, (name, kind) => (name, kind))
                    .Where(pair => pair.kind.IsReal)
                    .Select(pair => pair.name)
                    .Concat(
                        Given(s, byName)
                            .Where(pair => pair.Formal is { IsChanged: true, Kind.IsReals: true })
                            .Select(pair => ((Term.Variable)pair.Argument).Item)
                    ),
            _ => [],
        };

    // not by conditions, indices or lengths
    static bool Depends(Term term, HashSet<string> varied) =>
        term switch
        {
            Term.Variable variable => varied.Contains(variable.Item),
            Term.Element element => varied.Contains(element.Array),
            Term.Formula formula => formula.Item2.Any(argument => Depends(argument, varied)),
            Term.Choose choose => Depends(choose.Item2, varied) || Depends(choose.Item3, varied),
            _ => false,
        };

    static bool MarkActive(Routine routine, Dictionary<string, Routine> byName)
    {
        var varied = Varied(routine, byName);
        bool changed = false;
        foreach (var call in StatementModule.all(routine.Body).OfType<Statement.Call>())
        foreach (var (formal, argument) in Given(call, byName))
            if (!formal.IsActive && formal.Kind is { IsReal: true } or { IsReals: true } && Depends(argument, varied))
                changed = formal.IsActive = true;
        if (!ReferenceEquals(routine, byName.Values.First()))
            foreach (var formal in routine.Formals)
                if (!formal.IsActive && formal is { IsChanged: true, Kind.IsReals: true } && varied.Contains(formal.Name))
                    changed = formal.IsActive = true;
        return changed;
    }
}
