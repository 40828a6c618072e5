using System.Diagnostics;
using System.Globalization;
using System.Runtime;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Zautograd.Generator;
using Zautograd.Generator.Model;
using Zautograd.Generator.Reader;
using Zautograd.Generator.Writer;
using DerivativePrograms = Zautograd.Generator.Writer.Derivatives;

namespace Zautograd.Benchmarks;

/// <summary>What 200 differentiated methods add to a compilation: those of the conformance set, and again in another namespace until they are 200.</summary>
public static partial class GeneratorTimes
{
    const int Methods = 200;
    const int Rounds = 5;
    const int MostWarming = 100;
    static readonly CSharpParseOptions parsing = new(LanguageVersion.Latest);
    static readonly string folder = Path.Combine(AppContext.BaseDirectory, "Methods");
    static readonly MetadataReference[] references =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(path => !Path.GetFileName(path).StartsWith("Zautograd.Generator", StringComparison.Ordinal))
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    /// <summary>Cold is: nothing cached. Once in a process that has just begun, the compiler's own, and once where the code is warm, as in an editor.</summary>
    public static void Quick()
    {
        var processes = Enumerable.Range(0, Rounds).Select(_ => NewProcess()).Order().ToArray();
        Console.WriteLine($"| {Methods} methods, nothing cached | seconds | ms a method |");
        Console.WriteLine("| --- | ---: | ---: |");
        Print("a new compiler process (JIT included), as it reports it", processes[Rounds / 2]);
        var warming = Warm();
        Print($"a warm process, after {warming} rounds", Median(round => Run(Compilation($"Fresh{round}"))));
        var phases = Enumerable.Range(0, Rounds).Select(round => Phases($"Phases{round}")).ToArray();
        for (var phase = 0; phase < phases[0].Length; phase++)
            Print(phases[0][phase].Name, phases.Select(run => run[phase].Seconds).Order().ElementAt(Rounds / 2));
    }

    /// <summary>As an editor is soon: the same work until hardly any method is compiled again. How many rounds it took.</summary>
    static int Warm()
    {
        Phases("WarmPhases");
        for (var round = 1; ; round++)
        {
            var compiled = JitInfo.GetCompiledMethodCount();
            Run(Compilation($"Warm{round}"));
            if (round == MostWarming || JitInfo.GetCompiledMethodCount() - compiled < 20)
                return round;
        }
    }

    static double Median(Func<int, double> time) => Enumerable.Range(0, Rounds).Select(time).Order().ElementAt(Rounds / 2);

    static void Print(string name, double seconds) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {seconds:F2} | {1000 * seconds / Methods:F2} |"));

    [GeneratedRegex(@"\[Differentiable[^\]]*\]")]
    private static partial Regex Mark();

    /// <summary>The files, in namespaces that no compilation has seen.</summary>
    static IEnumerable<string> Sources(string name)
    {
        var marked = 0;
        for (var copy = 1; marked < Methods; copy++)
            foreach (var file in Directory.GetFiles(folder, "*.cs").Order(StringComparer.Ordinal))
                yield return Mark()
                    .Replace(File.ReadAllText(file), mark => marked++ < Methods ? mark.Value : "")
                    .Replace("namespace Zautograd.Generator.Tests", $"namespace {name}{copy}");
    }

    static CSharpCompilation Compilation(string name) =>
        CSharpCompilation.Create(
            name,
            [
                .. Sources(name)
                    .Prepend("global using System; global using System.Linq; global using System.Collections.Generic;")
                    .Select((source, i) => CSharpSyntaxTree.ParseText(source, parsing, $"{name}{i}.cs")),
            ],
            references,
            new(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable, allowUnsafe: true)
        );

    static double Seconds(Action action)
    {
        var begin = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(begin).TotalSeconds;
    }

    static double Run(CSharpCompilation compilation)
    {
        var driver = CSharpGeneratorDriver.Create([new DifferentiableGenerator().AsSourceGenerator()], parseOptions: parsing);
        var files = 0;
        var seconds = Seconds(() => files = driver.RunGenerators(compilation).GetRunResult().GeneratedTrees.Length);
        // beside them the file of findings, if there is one
        return files >= Methods ? seconds : throw new InvalidOperationException($"{files} methods were differentiated, not {Methods}");
    }

    /// <summary>The same work step by step.</summary>
    static (string Name, double Seconds)[] Phases(string name)
    {
        List<(SyntaxNode Node, IMethodSymbol Method, SemanticModel Model)> Marked(Compilation compilation) =>
            [
                .. from tree in compilation.SyntaxTrees
                let model = compilation.GetSemanticModel(tree)
                from node in tree.GetRoot().DescendantNodes()
                where node is MethodDeclarationSyntax or LocalFunctionStatementSyntax
                let method = (IMethodSymbol)model.GetDeclaredSymbol(node)!
                where EntryReader.MarkOf(method) is not null
                select (node, method, model),
            ];
        var bound = Marked(Compilation(name + "Bound"));
        var binding = Seconds(() => bound.ForEach(found => found.Model.GetOperation(found.Node)));
        var compilation = Compilation(name);
        var marked = Marked(compilation);
        var models = new List<MethodModel>();
        var reading = Seconds(() =>
            marked.ForEach(found =>
                models.AddRange(EntryReader.Read(found.Method, found.Node, EntryReader.MarkOf(found.Method)!, compilation, default).Methods)
            )
        );
        var before = models.ConvertAll(DerivativePrograms.Before);
        var passesBefore = Seconds(() => models.ConvertAll(DerivativePrograms.Before));
        var pairs = models.Zip(before).ToList();
        var reverse = Seconds(() => pairs.ForEach(pair => DerivativePrograms.Adjoint(pair.First, pair.Second)));
        var forward = Seconds(() => pairs.ForEach(pair => DerivativePrograms.Tangent(pair.First, pair.Second)));
        var all = Seconds(() => models.ForEach(model => DerivativePrograms.Of(model)));
        var written = Seconds(() => models.ForEach(model => FileWriter.Write(model)));
        return
        [
            ("of it: binding, by Roslyn", binding),
            ("of it: reader", reading - binding),
            ("of it: passes before", passesBefore),
            ("of it: adjoint", reverse),
            ("of it: tangent", forward),
            ("of it: passes after, second derivatives", all - passesBefore - reverse - forward),
            ("of it: writer", written - all),
        ];
    }

    /// <summary>What the SDK's compiler, begun anew, says of the generator.</summary>
    static double NewProcess()
    {
        var scratch = Directory.CreateTempSubdirectory().FullName;
        try
        {
            var sources = Sources("Methods")
                .Prepend("global using System; global using System.Linq; global using System.Collections.Generic;");
            var files = sources
                .Select(
                    (source, i) =>
                    {
                        var path = Path.Combine(scratch, $"{i}.cs");
                        File.WriteAllText(path, source);
                        return path;
                    }
                )
                .ToArray();
            var analyzers = new[] { "Zautograd.Generator", "Zautograd.Core", "FSharp.Core", "FParsec", "FParsecCS", "MathNet.Numerics" };
            var options = Path.Combine(scratch, "options.rsp");
            File.WriteAllLines(
                options,
                [
                    "/nologo /target:library /nostdlib /unsafe /nullable:enable /warn:0 /reportanalyzer",
                    $"/out:\"{Path.Combine(scratch, "out.dll")}\"",
                    .. references.Select(reference => $"/reference:\"{reference.Display}\""),
                    .. analyzers.Select(name => $"/analyzer:\"{Path.Combine(AppContext.BaseDirectory, name + ".dll")}\""),
                    .. files.Select(file => $"\"{file}\""),
                ]
            );
            var root = Path.GetFullPath(Path.Combine(System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory(), "../../.."));
            var compiler = Directory
                .GetDirectories(Path.Combine(root, "sdk"))
                .Select(sdk => Path.Combine(sdk, "Roslyn", "bincore", "csc.dll"))
                .Where(File.Exists)
                .Order(StringComparer.Ordinal)
                .Last();
            using var process = Process.Start(
                new ProcessStartInfo("dotnet", ["exec", compiler, $"@{options}"]) { RedirectStandardOutput = true }
            )!;
            var said = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            var time = TotalTime().Match(said);
            return process.ExitCode == 0 && time.Success
                ? double.Parse(time.Groups[1].Value.Replace(',', '.'), CultureInfo.InvariantCulture)
                : throw new InvalidOperationException(said);
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    [GeneratedRegex(@"generator\D*([0-9]+[.,][0-9]+)")]
    private static partial Regex TotalTime();
}
