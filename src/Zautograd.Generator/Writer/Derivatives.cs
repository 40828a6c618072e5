// The derivative programs of a method, made by the core, as C# text.
using Microsoft.FSharp.Collections;
using Zautograd.Generator.Model;
using Zautograd.Programs;

namespace Zautograd.Generator.Writer;

using Function = Zautograd.Programs.Function;
using Program = Zautograd.Programs.Program;
using Term = Zautograd.Programs.Term;

internal static class Derivatives
{
    public static string AdjointOf(string name) => Programs.Adjoint.nameOf(name);

    public static string TangentOf(string name) => Programs.Tangent.nameOf(name);

    /// <summary>The functions that the surface of a method calls, and those that they need.</summary>
    public static Program Of(MethodModel method)
    {
        var found = new List<Function>();
        // both ways begin with it
        var before = Before(method);
        if (method.HasReverse)
        {
            var (reverse, name) = Adjoint(method, before);
            found.AddRange(reverse.Functions);
            if (method.Order == 2)
                found.AddRange(
                    Needed(
                        WithRules(Programs.Tangent.transform(Optimise.@using(Optimise.before, reverse)), method),
                        TangentOf(name)
                    ).Functions
                );
        }
        if (method.HasForward)
            found.AddRange(Tangent(method, before).Program.Functions);
        var distinct = found.GroupBy(function => function.Name).Select(same => same.First());
        var all = new Program(ListModule.OfSeq(distinct));
        if (!method.HasReverse)
            return Optimise.program(all);
        // the surface hands gradients over full of zeros, and copies of what the method changes
        var function = method.Program.Functions.Head;
        var adjoint = found.First(made => made.Name == AdjointOf(function.Name));
        return Optimise.calledWith(
            Programs.Adjoint.receivers(function, adjoint),
            Programs.Adjoint.spent(function, adjoint),
            adjoint.Name,
            all
        );
    }

    /// <summary>The gradient alone, and the name of its function.</summary>
    public static (Program Program, string Name) Adjoint(MethodModel method, Program? before = null)
    {
        var name = AdjointOf(method.Program.Functions.Head.Name);
        return (Needed(WithRules(Programs.Adjoint.transform(before ?? Before(method)), method), name), name);
    }

    /// <summary>The tangent alone, and the name of its function.</summary>
    public static (Program Program, string Name) Tangent(MethodModel method, Program? before = null)
    {
        var name = TangentOf(method.Program.Functions.Head.Name);
        return (Needed(WithRules(Programs.Tangent.transform(before ?? Before(method)), method), name), name);
    }

    /// <summary>The program made cheap, from which both ways begin.</summary>
    public static Program Before(MethodModel method) => Optimise.@using(Optimise.before, method.Program);

    /// <summary>The derivatives of methods with rules come to those that the core has made.</summary>
    static Program WithRules(Program made, MethodModel method)
    {
        if (method.Rules.Functions.IsEmpty)
            return made;
        var known = new HashSet<string>(made.Functions.Select(function => function.Name));
        var others = method.Rules.Functions.Concat(method.Program.Functions).Where(function => !known.Contains(function.Name));
        return new(ListModule.OfSeq(made.Functions.Concat(others)));
    }

    /// <summary>A function of a program and those that it calls.</summary>
    public static Program Needed(Program program, string name)
    {
        var byName = program.Functions.ToDictionary(function => function.Name);
        var needed = new HashSet<string>();
        var waiting = new Stack<string>([name]);
        while (waiting.Count > 0)
        {
            var next = waiting.Pop();
            if (needed.Add(next))
                foreach (var call in StatementModule.all(byName[next].Body).OfType<Statement.Call>())
                    waiting.Push(call.Function);
        }
        return new(ListModule.OfSeq(program.Functions.Where(function => needed.Contains(function.Name))));
    }

    /// <summary>The core's own text, with .NET's hypotenuse: values are those of the user's method, bit for bit.</summary>
    public static string Text(MethodModel method, Program program) =>
        CSharpText.vectors("public", method.Program.Functions.Head, program).Replace("Zautograd.Runtime.Special.Hypot(", "double.Hypot(");
}
