// Statements while they are written: a block, the names in sight, and what is kept in a local so that nothing later changes it.
using Microsoft.FSharp.Collections;
using Zautograd.Programs;

namespace Zautograd.Generator.Reader;

using Kind = Zautograd.Programs.Type;
using Term = Zautograd.Programs.Term;

/// <summary>What is known about the names of one function.</summary>
internal sealed class Names
{
    /// <summary>Every name that was given.</summary>
    public HashSet<string> Given { get; } = [];

    /// <summary>Those that the reader itself made up.</summary>
    public HashSet<string> Own { get; } = [];

    /// <summary>Scalars that get another value after their declaration.</summary>
    public HashSet<string> Changing { get; } = [];
}

internal sealed class Code
{
    readonly Names names;
    readonly Code? outer;
    readonly HashSet<string> declared;
    readonly List<Statement> statements = [];

    Code(Names names, Code? outer, HashSet<string> declared) => (this.names, this.outer, this.declared) = (names, outer, declared);

    public Code(Names names, params IEnumerable<string> known)
        : this(names, null, [.. known]) { }

    public FSharpList<Statement> Statements => Terms.List(statements);

    public bool IsEmpty => statements.Count == 0;

    /// <summary>A block inside this one.</summary>
    public Code Inside() => new(names, this, []);

    /// <summary>Statements of this block that are not yet in their place.</summary>
    public Code Aside() => new(names, outer, declared);

    public void Add(Statement statement) => statements.Add(statement);

    public void Add(Code aside) => statements.AddRange(aside.statements);

    bool Sees(string name) => declared.Contains(name) || outer is not null && outer.Sees(name);

    static string First(string wish, Func<string, bool> isFree)
    {
        if (isFree(wish))
            return wish;
        var stem = char.IsDigit(wish[wish.Length - 1]) ? wish + "_" : wish;
        int number = 2;
        while (!isFree(stem + number))
            number++;
        return stem + number;
    }

    /// <summary>A name for a variable of the user: it may be that of another one out of sight.</summary>
    public string Name(string wish, bool changes)
    {
        var name = First(wish, name => !Sees(name) && !names.Own.Contains(name));
        return Keep(name, changes);
    }

    /// <summary>A name that nothing in the function has.</summary>
    public string Fresh(string wish, bool changes = false)
    {
        var name = First(wish, name => !names.Given.Contains(name));
        names.Own.Add(name);
        return Keep(name, changes);
    }

    string Keep(string name, bool changes)
    {
        declared.Add(name);
        names.Given.Add(name);
        if (changes)
            names.Changing.Add(name);
        return name;
    }

    /// <summary>A local of the reader's own, with a value that stays.</summary>
    public Term Local(string wish, Kind kind, Term value)
    {
        var name = Fresh(wish);
        Add(Statement.NewDeclare(name, kind, value));
        return Terms.Variable(name);
    }

    /// <summary>Whether nothing that comes later changes a term.</summary>
    public bool IsSettled(Term term) =>
        Terms.All(term).All(part => !part.IsElement && !(part is Term.Variable variable && names.Changing.Contains(variable.Item)));

    /// <summary>The term, as one that nothing later changes.</summary>
    public Term Settle(Term term, Kind kind, string wish = "kept") => IsSettled(term) ? term : Local(wish, kind, term);

    /// <summary>The term, as one word that nothing later changes.</summary>
    public Term Atom(Term term, Kind kind, string wish = "value") => IsSettled(term) && Terms.IsAtom(term) ? term : Local(wish, kind, term);
}
