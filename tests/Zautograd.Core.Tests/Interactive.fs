/// Sessions of F# Interactive with scripts/load.fsx, over the core that these tests run against.
module Zautograd.Tests.Interactive

open System.Diagnostics
open System.IO

/// A file of the repository.
let inRepository (path: string) = Path.Combine(__SOURCE_DIRECTORY__, "..", "..", path)

/// Runs `dotnet fsi` beside the script that loads the core: what it is told more, and what is typed into it. Its exit code, and what it says.
let run (files: (string * string list) list) (arguments: string list) (typed: string list) : int * string =
    let folder = Directory.CreateTempSubdirectory "zautograd-interactive-"

    try
        let built = folder.CreateSubdirectory("src/Zautograd.Core.fs/bin/Release/netstandard2.0").FullName
        let scripts = folder.CreateSubdirectory("scripts").FullName
        File.Copy(typeof<Zautograd.Expr>.Assembly.Location, Path.Combine(built, "Zautograd.Core.dll"))
        File.Copy(inRepository "scripts/load.fsx", Path.Combine(scripts, "load.fsx"))

        for name, lines in files do
            File.WriteAllLines(Path.Combine(scripts, name), lines)

        let start =
            ProcessStartInfo(
                "dotnet",
                [ "fsi"; "--nologo"; "--define:BUILT" ] @ arguments,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = scripts
            )

        use fsi = Process.Start start |> Option.ofObj |> Option.defaultWith (fun () -> failwith "dotnet does not start")
        let errors = fsi.StandardError.ReadToEndAsync()
        typed |> List.iter fsi.StandardInput.WriteLine
        fsi.StandardInput.Close()
        let output = fsi.StandardOutput.ReadToEnd()
        fsi.WaitForExit()
        fsi.ExitCode, output.Replace("\r\n", "\n") + errors.Result
    finally
        folder.Delete true
