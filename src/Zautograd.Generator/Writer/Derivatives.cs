// The derivative programs of a method, made by the core, as C# text.
using Microsoft.FSharp.Collections;
using Zautograd.Generator.Model;
using Zautograd.Programs;

namespace Zautograd.Generator.Writer;

using Function = Zautograd.Programs.Function;
using Program = Zautograd.Programs.Program;

internal static class Derivatives
{
    public static string AdjointOf(string name) => Adjoint.nameOf(name);

    public static string TangentOf(string name) => Tangent.nameOf(name);

    /// <summary>The functions that the surface of a method calls, and those that they need.</summary>
    public static Program Of(MethodModel method)
    {
        var name = method.Program.Functions.Head.Name;
        var program = Optimise.@using(Optimise.before, method.Program);
        var found = new List<Function>();
        if (method.HasReverse)
        {
            var reverse = Needed(Adjoint.transform(program), AdjointOf(name));
            found.AddRange(reverse.Functions);
            if (method.Order == 2)
                found.AddRange(Needed(Tangent.transform(Optimise.@using(Optimise.before, reverse)), TangentOf(AdjointOf(name))).Functions);
        }
        if (method.HasForward)
            found.AddRange(Needed(Tangent.transform(program), TangentOf(name)).Functions);
        var distinct = found.GroupBy(function => function.Name).Select(same => same.First());
        return Optimise.program(new Program(ListModule.OfSeq(distinct)));
    }

    static Program Needed(Program program, string name)
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
    public static string Text(Program program) =>
        CSharpText.methods("public", program).Replace("Zautograd.Runtime.Special.Hypot(", "double.Hypot(");
}
