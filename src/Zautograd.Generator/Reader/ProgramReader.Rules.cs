// Methods with a rule in a program: one function for each, called as it is, and beside it the derivatives that the rule makes of it.
using Microsoft.CodeAnalysis;
using Microsoft.FSharp.Collections;
using Zautograd.Generator.Model;
using Zautograd.Generator.Writer;
using Zautograd.Programs;

namespace Zautograd.Generator.Reader;

internal sealed partial class ProgramReader
{
    readonly List<Ruled> ruled = [];

    public UserRule? RuleFor(IMethodSymbol method) => RuleBook.Of(compilation, cancel).For(method);

    /// <summary>The call of a method with a rule that gives slopes which cannot be differentiated themselves.</summary>
    public Finding? FirstOrderOnly { get; private set; }

    /// <summary>The function that a method with a rule is.</summary>
    public Routine Ruled(Rule rule, Location at)
    {
        if (ruled.FirstOrDefault(known => known.Rule.Key == rule.Key) is { } found)
            return found.Routine;
        var routine = Reader.Ruled.Outside(FreeWithDerivatives(Name(rule.Method)), rule, rule.Method, rule.Call);
        ordered.Add(routine);
        ruled.Add(new(rule, routine, at));
        return routine;
    }

    string FreeWithDerivatives(string name)
    {
        var stem = name;
        for (int number = 2; !taken.Add(Derivatives.AdjointOf(name)) | !taken.Add(Derivatives.TangentOf(name)); number++)
            name = Free($"{stem}{number}");
        return name;
    }

    /// <summary>The derivatives of the methods with rules, once all calls of them are known; those that the rules call come to them.</summary>
    public void ReadRules()
    {
        for (int i = 0; i < ruled.Count; i++)
        {
            var slopes = ruled[i].Rule is UserRule own ? SlopesOf(own, ruled[i].At) : null;
            ordered.Add(ruled[i].Adjoint(Derivatives.AdjointOf(ruled[i].Routine.Name), slopes));
            ordered.Add(ruled[i].Tangent(Derivatives.TangentOf(ruled[i].Routine.Name), slopes));
        }
    }

    /// <summary>The slopes as a function: by a rule of their own, by their source, or as a method outside.</summary>
    Routine SlopesOf(UserRule rule, Location at)
    {
        var slopes = rule.Slopes;
        if (!rule.IsGradient && RuleFor(slopes) is { } own)
            return Ruled(own, at);
        if (ReasonAgainst(slopes) is not { } reason)
            return Slopes(this, slopes);
        if (rule.IsGradient)
            throw new RefusedException(reason);
        if (!compilation.IsSymbolAccessibleWithin(slopes, compilation.Assembly))
            throw new RefusedException(Finding.At(slopes.Locations[0], Refusals.RuleUnreachable, slopes.Name));
        FirstOrderOnly ??= Finding.At(at, Refusals.RuleOfFirstOrder, rule.Method.Name, slopes.Name);
        var routine = Reader.Ruled.Outside(Name(slopes), rule, slopes, UserRule.Text(slopes));
        ordered.Add(routine);
        return routine;
    }

    /// <summary>Why the source of a rule cannot be read; nothing where it can.</summary>
    Finding? ReasonAgainst(IMethodSymbol slopes)
    {
        var trial = new ProgramReader(compilation, around, cancel);
        if (trial.Body(slopes) is not { } body)
            return Finding.At(slopes.Locations[0], Refusals.NoBody, slopes.Name);
        if (trial.GlobalsOf(slopes, body) is [var field, ..])
            return Finding.At(slopes.Locations[0], Refusals.RuleReadsField, slopes.Name, field.Name);
        try
        {
            Slopes(trial, slopes);
            return trial.Refused.FirstOrDefault();
        }
        catch (RefusedException refused)
        {
            return trial.Refused.Concat(refused.Findings).First();
        }
    }

    static Routine Slopes(ProgramReader program, IMethodSymbol slopes) =>
        program.Routine(
            program.KeyOf(slopes) + "rule",
            slopes,
            routine =>
            {
                var names = new Names();
                var layout = new Layout(names);
                var inside = slopes
                    .Parameters.Select(parameter =>
                    {
                        var shape = Shape.Of(parameter.Type, parameter.Name, parameter.Locations[0]);
                        var isOut = parameter.RefKind == RefKind.Out;
                        var value = isOut
                            ? MethodReader.Zero(shape, parameter.Name, parameter.Locations[0])
                            : layout.Enter(parameter.Name, shape);
                        return ((ISymbol?)parameter, parameter.Name, value, isOut);
                    })
                    .ToArray();
                routine.Formals.AddRange(layout.Formals);
                routine.Results.AddRange(MethodReader.Scalars(slopes.ReturnsVoid ? null : Shape.TryOf(slopes.ReturnType)));
                routine.Results.AddRange(inside.Where(item => item.isOut).SelectMany(item => MethodReader.Kinds(item.value)));
                new MethodReader(program, routine, Instance.None).ReadBody(
                    slopes,
                    program.Body(slopes)!,
                    names,
                    inside,
                    new Dictionary<ISymbol, Callable>(SymbolEqualityComparer.Default)
                );
            }
        );

    /// <summary>What is constant to a rule must be constant where its method is called.</summary>
    public void RequireConstants()
    {
        foreach (var (rule, routine, at) in ruled)
            for (int i = 0; i < routine.Formals.Count; i++)
                if (routine.Formals[i].IsActive && !rule.IsFollowed[i] && rule is UserRule own)
                    throw new RefusedException(Finding.At(at, Refusals.RuleConstant, routine.Formals[i].Name, own.Slopes.Name));
    }

    /// <summary>The functions that the first one needs, and apart from them those that its derivatives may.</summary>
    public (Program Program, Program Rules) Programs()
    {
        var functions = ordered.Select(routine => routine.ToFunction()).ToArray();
        if (ruled.Count == 0)
            return (new(Terms.List(functions)), new(Terms.List<Programs.Function>([])));
        var needed = Derivatives.Needed(new(Terms.List(functions)), functions[0].Name);
        return (needed, new(Terms.List(functions.Except(needed.Functions))));
    }

    /// <summary>
    /// The functions of a derivative made elsewhere, with names that are free here; a method with a rule is the same here, and so are its derivatives.
    /// </summary>
    (Program Program, Dictionary<string, string> Names) Renamed(Program made, ProgramReader elsewhere, Location at)
    {
        var known = new Dictionary<string, string>();
        foreach (var (rule, routine, _) in elsewhere.ruled)
        {
            var own = Ruled(rule, at).Name;
            known[routine.Name] = own;
            known[Derivatives.AdjointOf(routine.Name)] = Derivatives.AdjointOf(own);
            known[Derivatives.TangentOf(routine.Name)] = Derivatives.TangentOf(own);
        }
        var others = made.Functions.Where(function => !known.ContainsKey(function.Name)).ToArray();
        foreach (var function in others)
            known[function.Name] = Free(function.Name);
        return (Calls.rename(Function.Of<string, string>(old => known[old]), new(Terms.List(others))), known);
    }
}
