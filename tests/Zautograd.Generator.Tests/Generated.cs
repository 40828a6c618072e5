using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Zautograd.Generator.Tests;

/// <summary>C# source through the generator: what it writes and says, and the assembly of both.</summary>
sealed record Generated(IReadOnlyDictionary<string, string> Files, IReadOnlyList<Diagnostic> Diagnostics, Compilation Compilation)
{
    static readonly CSharpParseOptions parsing = new(LanguageVersion.Latest);

    static readonly MetadataReference[] references =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    const string Usings = """
        global using System;
        global using System.Linq;
        global using System.Collections.Generic;
        global using Zautograd;
        """;

    public static CSharpCompilation Compile(params string[] sources) =>
        CSharpCompilation.Create(
            "Compiled",
            [
                CSharpSyntaxTree.ParseText(Usings, parsing, "usings.cs"),
                .. sources.Select((source, i) => CSharpSyntaxTree.ParseText(source, parsing, $"source{i}.cs")),
            ],
            references,
            new(
                OutputKind.DynamicallyLinkedLibrary,
                optimizationLevel: OptimizationLevel.Release,
                nullableContextOptions: NullableContextOptions.Enable,
                warningLevel: 9999,
                allowUnsafe: true
            )
        );

    public static CSharpGeneratorDriver Driver(bool tracked = false) =>
        CSharpGeneratorDriver.Create(
            [new DifferentiableGenerator().AsSourceGenerator()],
            parseOptions: parsing,
            driverOptions: new(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: tracked)
        );

    public static Generated From(params string[] sources)
    {
        var driver = Driver().RunGeneratorsAndUpdateCompilation(Compile(sources), out var compilation, out var diagnostics);
        var result = driver.GetRunResult().Results.Single();
        if (result.Exception is { } fault)
            throw new InvalidOperationException("the generator failed", fault);
        return new(
            result
                .GeneratedSources.Where(file => file.HintName != Model.Findings.Hint)
                .ToDictionary(file => file.HintName, file => file.SourceText.ToString()),
            diagnostics,
            compilation
        );
    }

    /// <summary>The assembly; any warning or error in what was written is a failure.</summary>
    public Assembly Load()
    {
        using var stream = new MemoryStream();
        var emitted = Compilation.Emit(stream);
        var complaints = emitted.Diagnostics.Where(found =>
            found.Severity == DiagnosticSeverity.Error
            || found.Severity == DiagnosticSeverity.Warning
                && found.Location.SourceTree is { } tree
                && !tree.FilePath.StartsWith("source", StringComparison.Ordinal)
        );
        if (!emitted.Success || complaints.Any())
            throw new InvalidOperationException(string.Join("\n", Diagnostics.Concat(complaints).Take(30)));
        return Assembly.Load(stream.ToArray());
    }
}
