using System.Reflection;
using Microsoft.CodeAnalysis;

namespace Zautograd.Generator.Tests;

/// <summary>The conformance set: every derivative of every method of the folder Methods agrees with every other, at 20 points.</summary>
public sealed class ConformanceTests(ITestOutputHelper output)
{
    const int Points = 20;

    internal static string Folder => Path.Combine(AppContext.BaseDirectory, "Methods");

    static readonly Lazy<(Generated Generated, Adapters Adapters, Assembly Assembly)> set = new(() =>
    {
        var sources = Directory.GetFiles(Folder, "*.cs").Order(StringComparer.Ordinal).Select(File.ReadAllText).ToArray();
        var generated = Generated.From(sources);
        Assembly? assembly = null;
        var all = Twins.Add(generated.Compilation, sources, "OfDual", "Zautograd.Dual<double>");
        all = Twins.Add(all, sources, "OfValue", "Zautograd.Value");
        all = Twins.Add(all, sources, "OfDouble", "double", ofFloat: true);
        var adapters = new Adapters(all, compilation => assembly = (generated with { Compilation = compilation }).Load());
        return (generated, adapters, assembly!);
    });

    [Fact]
    public void EveryWayAgreesOnEveryMethod()
    {
        var (generated, adapters, assembly) = set.Value;
        // what is refused has no derivative that could be wrong
        Assert.DoesNotContain(generated.Diagnostics, found => found.Severity == DiagnosticSeverity.Error);
        var conformance = new Conformance(adapters, assembly);
        var names = adapters.Marked.ToArray();
        var problems = names
            .SelectMany(name =>
            {
                try
                {
                    return conformance.Problems(name, Points).ToArray();
                }
                catch (Exception fault)
                {
                    return [$"{name}: {fault.GetType().Name} {fault.Message}\n{fault.StackTrace}"];
                }
            })
            .ToArray();
        output.WriteLine($"{names.Length} methods at {Points} points, {generated.Files.Count} files");
        Assert.True(problems.Length == 0, string.Join("\n", problems.Take(30)));
        Assert.True(names.Length >= 150, $"only {names.Length} methods");
        var formulas = ClosedForms.Names.ToArray();
        output.WriteLine(
            $"{conformance.OverDual.Count} of them over Dual, {conformance.OverValue.Count} over Value, {formulas.Length} beside formulas"
        );
        Assert.True(conformance.OverDual.Count >= 100, $"only {conformance.OverDual.Count} methods over Dual");
        Assert.True(conformance.OverValue.Count >= 80, $"only {conformance.OverValue.Count} methods over Value");
        Assert.True(formulas.Length >= 40, $"only {formulas.Length} formulas");
        Assert.Empty(formulas.Except(names));
    }
}
