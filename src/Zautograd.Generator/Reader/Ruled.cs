// What a rule is in the core's language: a function outside of the program, and its adjoint and tangent made of the slopes that the rule gives.
using Microsoft.CodeAnalysis;
using Zautograd.Generator.Model;
using Zautograd.Programs;

namespace Zautograd.Generator.Reader;

using Kind = Zautograd.Programs.Type;
using Term = Zautograd.Programs.Term;

/// <summary>A method with a rule, as it is called: its function, and where it is called first.</summary>
internal sealed record Ruled(Rule Rule, Routine Routine, Location At)
{
    /// <summary>A function that hands on to a method, of the parameters that a rule has.</summary>
    public static Routine Outside(string name, Rule rule, IMethodSymbol method, string call)
    {
        var routine = new Routine(name, method);
        routine.Formals.AddRange(
            method.Parameters.Select((parameter, i) => new Formal(parameter.Name, rule.Kinds[i]) { IsActive = rule.IsFollowed[i] })
        );
        routine.Results.AddRange(Shape.TryOf(method.ReturnType) is PartsShape several ? MethodReader.Scalars(several) : [Kind.Real]);
        routine.Body = Terms.List([Statement.NewOutside(call, Terms.List(routine.Formals.Select(formal => Terms.Variable(formal.Name))))]);
        return routine;
    }

    IEnumerable<Formal> Followed => Routine.Formals.Where((_, i) => Rule.IsFollowed[i]);

    static Formal Copy(Formal formal) => new(formal.Name, formal.Kind) { IsActive = formal.IsActive };

    /// <summary>The adjoint as the core calls it: adjoints of arrays are added to, those of numbers are returned.</summary>
    public Routine Adjoint(string name, Routine? slopes)
    {
        var (routine, code, found) = Start(name, slopes);
        foreach (var array in Followed.Where(formal => formal.IsArray))
            routine.Formals.Add(new Formal(code.Name("d_" + array.Name, changes: false), Kind.Reals) { IsActive = true, IsChanged = true });
        var adjoints = new Queue<Formal>(routine.Formals.Skip(Routine.Formals.Count));
        var seed = code.Name("seed", changes: false);
        routine.Formals.Add(new Formal(seed, Kind.Real) { IsActive = true });

        var returned = new List<Term> { found.Value };
        foreach (var formal in Followed)
            if (formal.IsArray)
                Each(
                    code,
                    formal,
                    i =>
                        Statement.NewAccumulate(
                            adjoints.Dequeue().Name,
                            i,
                            Times(Term.NewElement(found.Arrays[formal.Name], i), Terms.Variable(seed))
                        )
                );
            else
                returned.Add(Times(found.Numbers[formal.Name], Terms.Variable(seed)));
        routine.Results.AddRange(returned.Select(_ => Kind.Real));
        return Finish(routine, code, returned);
    }

    /// <summary>The tangent as the core calls it: the value, and the sum of the slopes times the changes.</summary>
    public Routine Tangent(string name, Routine? slopes)
    {
        var (routine, code, found) = Start(name, slopes);
        var changes = Followed.ToDictionary(formal => formal.Name, formal => code.Name("d_" + formal.Name, changes: false));
        routine.Formals.AddRange(Followed.Select(formal => new Formal(changes[formal.Name], formal.Kind) { IsActive = true }));
        var change = code.Name("change", changes: true);
        code.Add(Statement.NewDeclare(change, Kind.Real, Terms.Number(0.0)));
        foreach (var formal in Followed)
            if (formal.IsArray)
                Each(
                    code,
                    formal,
                    i =>
                        Statement.NewIncrement(
                            change,
                            Times(Term.NewElement(found.Arrays[formal.Name], i), Term.NewElement(changes[formal.Name], i))
                        )
                );
            else
                code.Add(Statement.NewIncrement(change, Times(found.Numbers[formal.Name], Terms.Variable(changes[formal.Name]))));
        routine.Results.AddRange([Kind.Real, Kind.Real]);
        return Finish(routine, code, [found.Value, Terms.Variable(change)]);
    }

    /// <summary>What a user's rule says is a number; what the table says may be infinite where the value is not.</summary>
    Term Times(Term slope, Term change) => Rule is CalledFunction ? Edges.times(slope, change) : Terms.Formula(Op.Mul, slope, change);

    sealed record Found(Term Value, Dictionary<string, Term> Numbers, Dictionary<string, string> Arrays);

    /// <summary>Both begin with the value, which is that of the method itself, and the slopes.</summary>
    (Routine, Code, Found) Start(string name, Routine? slopes)
    {
        var routine = new Routine(name, Rule.Method);
        routine.Formals.AddRange(Routine.Formals.Select(Copy));
        var code = new Code(new Names(), routine.Formals.Select(formal => formal.Name));
        string declared(string wish)
        {
            var local = code.Name(wish, changes: true);
            code.Add(Statement.NewDeclare(local, Kind.Real, Terms.Number(0.0)));
            return local;
        }

        var arguments = Routine.Formals.Select(formal => Terms.Variable(formal.Name)).ToArray();
        var value = declared("value");
        code.Add(Statement.NewCall(Terms.List([value]), Routine.Name, Terms.List(arguments)));
        if (Rule is CalledFunction known)
            return (routine, code, new(Terms.Variable(value), NumbersBy(known.Slopes(arguments, Terms.Variable(value))), []));
        var arrays = new Dictionary<string, string>();
        foreach (var formal in Followed.Where(formal => formal.IsArray))
        {
            arrays[formal.Name] = code.Name(formal.Name + "_slopes", changes: false);
            code.Add(Statement.NewDeclareArray(arrays[formal.Name], Kind.Reals, Term.NewLength(formal.Name)));
        }
        var numbers = Followed.Where(formal => !formal.IsArray).Select(formal => declared(formal.Name + "_slope")).ToArray();
        // a rule that writes gradients may return the value before them
        var others = Enumerable.Range(0, slopes!.Results.Count - numbers.Length).Select(_ => declared("again"));
        code.Add(
            Statement.NewCall(
                Terms.List(others.Concat(numbers)),
                slopes.Name,
                Terms.List(arguments.Concat(arrays.Values.Select(Terms.Variable)))
            )
        );
        return (routine, code, new(Terms.Variable(value), NumbersBy(numbers.Select(Terms.Variable)), arrays));
    }

    /// <summary>The slopes for numbers, by the parameters that they belong to.</summary>
    Dictionary<string, Term> NumbersBy(IEnumerable<Term> slopes) =>
        Followed
            .Where(formal => !formal.IsArray)
            .Zip(slopes, (formal, slope) => (formal, slope))
            .ToDictionary(pair => pair.formal.Name, pair => pair.slope);

    static void Each(Code code, Formal array, Func<Term, Statement> change)
    {
        var counter = code.Name("i", changes: false);
        code.Add(Statement.NewFor(counter, Terms.Zero, Term.NewLength(array.Name), 1, Terms.List([change(Terms.Variable(counter))])));
    }

    static Routine Finish(Routine routine, Code code, IEnumerable<Term> returned)
    {
        code.Add(Statement.NewReturn(Terms.List(returned)));
        routine.Body = code.Statements;
        return routine;
    }
}
