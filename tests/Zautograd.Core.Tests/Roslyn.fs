/// C# source compiled in memory, with every warning an error and nullable on.
module Zautograd.Tests.Roslyn

open System
open System.IO
open Microsoft.CodeAnalysis
open Microsoft.CodeAnalysis.CSharp

let compile (source: string) : Reflection.Assembly =
    let trusted = AppContext.GetData "TRUSTED_PLATFORM_ASSEMBLIES" |> string
    let references = [ for path in trusted.Split Path.PathSeparator -> MetadataReference.CreateFromFile path :> MetadataReference ]

    let options =
        CSharpCompilationOptions(
            OutputKind.DynamicallyLinkedLibrary,
            optimizationLevel = OptimizationLevel.Release,
            generalDiagnosticOption = ReportDiagnostic.Error,
            warningLevel = 9999,
            nullableContextOptions = NullableContextOptions.Enable
        )

    let tree = CSharpSyntaxTree.ParseText(source, CSharpParseOptions LanguageVersion.Latest)
    use stream = new MemoryStream()
    let result = CSharpCompilation.Create("Written", [ tree ], references, options).Emit stream

    if not result.Success then
        let complaints = result.Diagnostics |> Seq.truncate 20 |> Seq.map string |> String.concat "\n"
        failwith $"the written C# does not compile:\n{complaints}"

    Reflection.Assembly.Load(stream.ToArray())
