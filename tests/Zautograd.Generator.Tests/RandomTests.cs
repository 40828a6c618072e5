using System.Text;
using System.Text.RegularExpressions;
using Zautograd.Programs;
using Zautograd.Tests.Programs;

namespace Zautograd.Generator.Tests;

using Function = Zautograd.Programs.Function;

/// <summary>Random programs, printed as C#, through the whole generator: their adjoints are those that the core's interpreter finds.</summary>
public sealed class RandomTests(ITestOutputHelper output)
{
    const int Count = 500;
    const int Batch = 50;

    static readonly Regex rent = new(@"\s*using var \w+ = Zautograd\.Runtime\.Workspace<\w+>\.Rent\(\);");
    static readonly Regex zeros = new(@"Span<(\w+)> (\w+) = \w+\.Zeros\(");

    static string Source(Program program, Function f, string home)
    {
        var text = zeros.Replace(rent.Replace(CSharpText.methods("public", program), ""), "var $2 = new $1[");
        text = text.Replace("Zautograd.Runtime.Special.Hypot(", "double.Hypot(")
            .Replace("Zautograd.Runtime.Special.Erf(", "Zautograd.Functions.Erf(");
        // Zeros(n); is new double[n];
        text = Regex.Replace(text, @"(= new \w+\[)(.*)\);", "$1$2];");
        text = Regex.Replace(text, @"(?m)^public static ([^\n]*?) f\(", "[Differentiable] public static $1 f(");
        var start = text.IndexOf("[Differentiable]", StringComparison.Ordinal);
        var end = text.IndexOf("\n{", start, StringComparison.Ordinal);
        var head = text[start..end];
        foreach (var parameter in f.Parameters)
            if (!parameter.Active && (parameter.Type.IsReal || parameter.Type.IsReals))
                head = Regex.Replace(head, $@"(?<=[( ])(\S+ {parameter.Name})(?=[,)])", "[Constant] $1");
        return $"using System;\npublic static partial class {home}\n{{\n{text[..start]}{head}{text[end..]}}}\n";
    }

    [Fact]
    public void RandomProgramsHaveTheAdjointsOfTheInterpreter()
    {
        int refused = 0,
            agreed = 0;
        var problems = new List<string>();
        for (int batch = 0; batch < Count / Batch; batch++)
        {
            var programs = Enumerable
                .Range(0, Batch)
                .Select(i => (Seed: 700_000 + batch * Batch + i, Case: Generate.program(700_000 + batch * Batch + i)))
                .ToArray();
            var generated = Generated.From([
                .. programs.Select(program => Source(program.Case.Item1, program.Case.Item2, $"P{program.Seed}")),
            ]);
            foreach (var found in generated.Diagnostics.Where(found => found.Id is not ("ZAG0095" or "ZAG0005" or "ZAG0101")))
                problems.Add(found.ToString());
            var adapters = new Adapters(
                generated.Compilation,
                compilation => (generated with { Compilation = compilation, Diagnostics = [] }).Load()
            );
            foreach (var (seed, (program, f, arguments)) in programs)
            {
                var name = $"P{seed}.f" + (adapters.Has($"P{seed}.fGradient") ? "Gradient" : "Adjoint");
                if (!adapters.Has(name))
                    refused++;
                else if (Problem(adapters, name, program, f, [.. arguments]) is { } problem)
                    problems.Add($"seed {seed}: {problem}");
                else
                    agreed++;
            }
        }
        output.WriteLine($"{Count} programs: {agreed} agree, {refused} are refused");
        Assert.True(problems.Count == 0, $"{problems.Count} problems\n" + string.Join("\n", problems.Take(15)));
        Assert.True(refused < Count / 10, $"{refused} are refused");
    }

    static bool IsFollowed(Parameter parameter) => parameter.Active && (parameter.Type.IsReal || parameter.Type.IsReals);

    static object Value(Interpret.Item item) =>
        item switch
        {
            Interpret.Item.RealItem x => x.Item,
            Interpret.Item.IntItem n => n.Item,
            Interpret.Item.BoolItem b => b.Item,
            Interpret.Item.RealArray a => a.Item.Clone(),
            Interpret.Item.IntArray a => a.Item.Clone(),
            _ => throw new InvalidOperationException(),
        };

    static Interpret.Item Copy(Interpret.Item item) =>
        item switch
        {
            Interpret.Item.RealArray a => Interpret.Item.NewRealArray((double[])a.Item.Clone()),
            Interpret.Item.IntArray a => Interpret.Item.NewIntArray((int[])a.Item.Clone()),
            _ => item,
        };

    static double Weight(int i) => 1.0 - 0.37 * (i % 5);

    /// <summary>What differs from the interpreted adjoint.</summary>
    static string? Problem(Adapters adapters, string name, Program program, Function f, Interpret.Item[] arguments)
    {
        var isGradient = name.EndsWith("Gradient", StringComparison.Ordinal);
        var adjoint = Adjoint.transform(program);
        var parameters = f.Parameters.ToArray();
        int weight = 0;
        double next() => isGradient ? 1.0 : Weight(weight++);
        var seeds = f.Results.Where(kind => kind.IsReal).Select(_ => next()).ToArray();
        var arrays = parameters
            .Zip(arguments)
            .Where(pair => IsFollowed(pair.First) && pair.First.Type.IsReals)
            .ToDictionary(
                pair => pair.First.Name,
                pair =>
                    ((double[])Value(pair.Second))
                        .Select(_ => adapters.Method(name).Parameters.Any(other => other.Name == pair.First.Name + "Seed") ? next() : 0.0)
                        .ToArray()
            );
        var seedArrays = arrays.ToDictionary(pair => pair.Key, pair => (double[])pair.Value.Clone());
        var items = arguments
            .Select(Copy)
            .Concat(arrays.Values.Select(Interpret.Item.NewRealArray))
            .Concat(seeds.Select(Interpret.Item.NewRealItem));
        var results = Interpret.run(adjoint, "fAdjoint", Microsoft.FSharp.Collections.ListModule.OfSeq(items)).Item1.ToArray();
        var slopes = new Queue<double>(results.Skip(f.Results.Length).Select(item => (double)Value(item)));
        var expected = parameters
            .Where(IsFollowed)
            .SelectMany(parameter => parameter.Type.IsReal ? [slopes.Dequeue()] : arrays[parameter.Name])
            .ToArray();

        var method = adapters.Method(name);
        var waiting = new Queue<double>(seeds);
        var given = method
            .Parameters.Select(
                object? (parameter, i) =>
                {
                    if (i < parameters.Length)
                        return Value(arguments[i]);
                    if (parameter.RefKind == Microsoft.CodeAnalysis.RefKind.Out)
                        return null;
                    if (parameter.Name.EndsWith("Gradient", StringComparison.Ordinal))
                        return new double[seedArrays[parameter.Name[..^8]].Length];
                    return parameter.Name != "seed" && parameter.Name.EndsWith("Seed", StringComparison.Ordinal)
                        ? seedArrays[parameter.Name[..^4]]
                        : Seed(adapters, name, f, arguments, waiting);
                }
            )
            .ToArray();
        var outs = new Queue<object?>(adapters.Call(name, given).Skip(1));
        var actual = method
            .Parameters.Skip(parameters.Length)
            .Where(parameter => parameter.Name.EndsWith("Gradient", StringComparison.Ordinal))
            .SelectMany(parameter =>
                Coordinates.Of(parameter.RefKind == Microsoft.CodeAnalysis.RefKind.Out ? outs.Dequeue() : given[parameter.Ordinal])
            )
            .ToArray();
        var differences = expected
            .Zip(actual)
            .Where(pair => !(pair.First.Equals(pair.Second) || Math.Abs(pair.First - pair.Second) <= 1e-8 * (1 + Math.Abs(pair.First))))
            .ToArray();
        return expected.Length == actual.Length && differences.Length == 0
            ? null
            : $"[{string.Join(", ", expected)}] is [{string.Join(", ", actual)}]";
    }

    static object? Seed(Adapters adapters, string name, Function f, Interpret.Item[] arguments, Queue<double> waiting)
    {
        var primal = adapters.Call(name[..name.LastIndexOf('f')].TrimEnd('.') + ".f", [.. arguments.Select(Value)])[0];
        return Coordinates.With(primal, waiting);
    }
}
