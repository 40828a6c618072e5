// A function of the core while it is made of a method: its parameters, its results, its body.
using Microsoft.CodeAnalysis;
using Microsoft.FSharp.Collections;
using Zautograd.Generator.Model;
using Zautograd.Programs;

namespace Zautograd.Generator.Reader;

using Kind = Zautograd.Programs.Type;
using Term = Zautograd.Programs.Term;

/// <summary>A parameter of the core's function.</summary>
internal sealed class Formal(string name, Kind kind)
{
    public string Name => name;

    public Kind Kind => kind;

    public bool IsChanged { get; set; }

    public bool IsActive { get; set; }

    public bool IsArray => kind.IsReals || kind.IsInts;
}

internal sealed class Routine(string name, IMethodSymbol method)
{
    /// <summary>An array without elements: to store into it is to fail.</summary>
    public const string Guard = "outside";

    public string Name => name;

    public IMethodSymbol Method => method;

    public List<Formal> Formals { get; } = [];

    public List<Kind> Results { get; } = [];

    public FSharpList<Statement> Body { get; set; } = Terms.List<Statement>([]);

    public bool NeedsGuard { get; set; }

    /// <summary>What is cut to an int, and what to say if it has a derivative.</summary>
    public List<(Term Real, Finding Warning)> Cuts { get; } = [];

    /// <summary>A function that the core has made.</summary>
    public static Routine Of(Programs.Function function, IMethodSymbol method)
    {
        var routine = new Routine(function.Name, method) { Body = function.Body };
        routine.Formals.AddRange(
            function.Parameters.Select(parameter => new Formal(parameter.Name, parameter.Type)
            {
                IsActive = parameter.Active,
                IsChanged = parameter.Flow.IsInOut,
            })
        );
        routine.Results.AddRange(function.Results);
        return routine;
    }

    public bool IsFor(IMethodSymbol other) => SymbolEqualityComparer.Default.Equals(method, other);

    public Programs.Function ToFunction() =>
        new(
            name,
            Terms.List(
                Formals.Select(formal => new Parameter(
                    formal.Name,
                    formal.Kind,
                    formal.IsArray && formal.IsChanged ? Flow.InOut : Flow.In,
                    formal.IsActive
                ))
            ),
            Terms.List(Results),
            NeedsGuard ? FSharpList<Statement>.Cons(Statement.NewDeclareArray(Guard, Kind.Ints, Terms.Zero), Body) : Body
        );
}
