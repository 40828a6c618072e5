/// Scripts: F# Interactive prints an expression as mathematics, and tables and programs as a reader wants them; each script is short.
module Zautograd.Tests.ScriptTests

open System.Diagnostics
open System.IO
open Swensen.Unquote
open Xunit

let private inRepository (path: string) = Path.Combine(__SOURCE_DIRECTORY__, "..", "..", path)

/// What a session prints, with scripts/load.fsx over the core that these tests run against.
let private session (lines: string list) =
    let folder = Directory.CreateTempSubdirectory "zautograd-interactive-"

    try
        let built = folder.CreateSubdirectory("src/Zautograd.Core.fs/bin/Release/netstandard2.0").FullName
        let scripts = folder.CreateSubdirectory("scripts").FullName
        File.Copy(typeof<Zautograd.Expr>.Assembly.Location, Path.Combine(built, "Zautograd.Core.dll"))
        File.Copy(inRepository "scripts/load.fsx", Path.Combine(scripts, "load.fsx"))

        let start =
            ProcessStartInfo(
                "dotnet",
                [ "fsi"; "--nologo"; "--define:BUILT" ],
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = scripts
            )

        use fsi = Process.Start start |> Option.ofObj |> Option.defaultWith (fun () -> failwith "dotnet does not start")
        let errors = fsi.StandardError.ReadToEndAsync()

        for line in [ "#load \"load.fsx\""; "open Zautograd" ] @ lines @ [ "#quit" ] do
            fsi.StandardInput.WriteLine(line + ";;")

        fsi.StandardInput.Close()
        let output = fsi.StandardOutput.ReadToEnd()
        fsi.WaitForExit()
        fsi.ExitCode =! 0
        output.Replace("\r\n", "\n") + errors.Result
    finally
        folder.Delete true

[<Fact>]
let ``F# Interactive prints mathematics`` () =
    let printed =
        session
            [
                "let x, y = Var \"x\", Var \"y\""
                "let z = log x + x * y - sin y"
                "Differentiate.gradient [ \"x\"; \"y\" ] z"
                "let logistic = List.fold (fun l _ -> 4.0 * l * (1.0 - l)) x [ 1..100 ]"
                "let long = List.fold (fun e index -> e + sin (x * float index)) y [ 1..10000 ]"
                "let trace = Trace.reverse [ \"x\", 2.0; \"y\", 5.0 ] z"
                "let explanation = Explain.steps \"x\" (x ** 2.0)"
                "let half: Programs.Function = { Name = \"half\"; Parameters = []; Results = []; Body = [] }"
                "let program: Programs.Program = { Functions = [ half ] }"
            ]

    for expected in
        [
            "val z: Expr = log(x) + x*y - sin(y)\n"
            "val it: Expr list = [1/x + y; x - cos(y)]\n"
            "\nlet t1 = 4*(4*x*(1 - x))*(1 - 4*x*(1 - x))\n"
            " more lines\n"
            "\nstep  computes  value     adjoint"
            "\nd/dx[x^2]\n  = 2*x"
            "val half: Programs.Function = half()"
            "val program: Programs.Program = half()"
        ] do
        Assert.Contains(expected, printed)

    // a page and no more, however large the graph is
    test <@ printed.Length < 20_000 @>

[<Fact>]
let ``a script says what it shows, loads the core and has less than 40 lines`` () =
    let scripts = Directory.GetFiles(inRepository "scripts", "*.fsx") |> Array.filter (fun file -> Path.GetFileName file <> "load.fsx")
    test <@ scripts.Length > 10 @>

    for script in scripts do
        let name, lines = Path.GetFileName script, File.ReadAllLines script
        test <@ (name, lines.Length < 40) = (name, true) @>
        test <@ (name, lines[0].StartsWith "// ", lines[1]) = (name, true, "#load \"load.fsx\"") @>
