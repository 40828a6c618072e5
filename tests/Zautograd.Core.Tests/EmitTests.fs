/// What is written by hand or by script from the core's own text is fresh: the facade, the scripts' list of files, the versions.
module Zautograd.Tests.EmitTests

open System.IO
open System.Reflection
open System.Text.RegularExpressions
open Swensen.Unquote
open Xunit
open Zautograd

let private inRepository (path: string) = File.ReadAllText(Path.Combine(__SOURCE_DIRECTORY__, "..", "..", path)).Replace("\r\n", "\n")

let private matches pattern text = [ for found in Regex.Matches(text, pattern, RegexOptions.Multiline) -> found.Groups[1].Value ]

/// The versions of paket.dependencies, by package.
let private versions =
    dict
        [
            for found in Regex.Matches(inRepository "paket.dependencies", @"^nuget (\S+) (\S+)", RegexOptions.Multiline) ->
                found.Groups[1].Value, found.Groups[2].Value
        ]

[<Fact>]
let ``the emitted facade is fresh`` () =
    let file, emitted = inRepository "src/Zautograd.CSharp/Facade.g.cs", Emit.Facade.text.Value
    if file <> emitted then failwith "Facade.g.cs is stale: run dotnet fsi scripts/facade.fsx"

[<Fact>]
let ``what duals and other tangents share is fresh`` () =
    let parts = [ for part in Emit.Facade.composedParts -> inRepository $"src/Zautograd.CSharp/{part}" ]

    if inRepository "src/Zautograd.CSharp/Derivatives/Active.g.cs" <> Emit.Facade.composedText parts then
        failwith "Active.g.cs is stale: run dotnet fsi scripts/facade.fsx"

[<Fact>]
let ``the scripts load what the project compiles, in its order`` () =
    let project = inRepository "src/Zautograd.Core.fs/Zautograd.Core.fsproj" |> matches "<Compile Include=\"([^\"]+)\""
    let loaded = inRepository "scripts/load.fsx" |> matches "^#load \"\.\./src/Zautograd\.Core\.fs/([^\"]+)\""
    test <@ project.Length > 10 @>
    loaded =! project

[<Fact>]
let ``the scripts use the packages of the one list of versions`` () =
    for found in Regex.Matches(inRepository "scripts/load.fsx", "nuget: ([^,]+), ([^\"]+)\"") do
        (found.Groups[1].Value, found.Groups[2].Value) =! (found.Groups[1].Value, versions[found.Groups[1].Value])

    (inRepository "scripts/load.fsx" |> matches "nuget: ([^,]+),") =! [ "FParsec"; "MathNet.Numerics" ]

/// Directory.Packages.props reads the list; what runs here is what it read.
[<Fact>]
let ``the packages in use have the versions of the one list`` () =
    let inUse (assembly: Assembly) = string (assembly.GetName().Version)

    for package, assembly in
        [
            "MathNet.Numerics", typeof<MathNet.Numerics.SpecialFunctions>.Assembly
            "FsCheck", typeof<FsCheck.Config>.Assembly
            "xunit.v3.mtp-v2", typeof<FactAttribute>.Assembly
        ] do
        let listed, used = versions[package], inUse assembly
        test <@ used.StartsWith listed @>

[<Fact>]
let ``every package of the list has a version that NuGet reads`` () =
    for version in versions.Values do
        test <@ Regex.IsMatch(version, @"^\d+(\.\d+){1,3}(-[\w.]+)?$") @>

[<Fact>]
let ``C# text reads back as the numbers that it writes`` () =
    let at = [ "x", 1.25; "y", -0.5 ]
    let x, y = Var "x", Var "y"
    let written = Emit.CSharp.assignments Emit.CSharp.doubles [ "z", x * y + sin (x * y) * 2.0; "w", y - (x - 1.5) ]
    written =! [ "t1", "x * y"; "z", "t1 + Math.Sin(t1) * 2.0"; "w", "y - (x - 1.5)" ]
    // and what it writes is what the expression means
    let t1 = 1.25 * -0.5
    Number.evaluate Number.floats (Number.bind at) (x * y + sin (x * y) * 2.0) =! t1 + sin t1 * 2.0
