/// Runs the tool in this process, or as a process of its own.
module Zautograd.Tests.Runs

open System
open System.Diagnostics
open System.IO
open System.Text
open Zautograd.Cli

type Run = { Code: int; Out: string; Error: string }

/// In this process, with this text on standard input.
let withInput (input: string) (args: string list) : Run =
    use reader = new StringReader(input)
    use out = new StringWriter()
    use error = new StringWriter()
    let streams: Terminal.Streams = { In = reader; Out = out; Error = error; IsPlain = true }
    let code = Program.run streams (Array.ofList args)
    { Code = code; Out = string out; Error = string error }

let run (args: string list) : Run = withInput "" args

/// As a process of its own, everything piped, with these environment variables besides.
let asProcess (environment: (string * string) list) (input: string) (args: string list) : Run =
    let tool = Path.Combine(AppContext.BaseDirectory, "zautograd.dll")

    let start =
        ProcessStartInfo(
            "dotnet",
            tool :: args,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = UTF8Encoding false,
            StandardOutputEncoding = UTF8Encoding false
        )

    for name, value in environment do
        start.Environment[name] <- value

    use tool = nonNull (Process.Start start)
    let out, error = tool.StandardOutput.ReadToEndAsync(), tool.StandardError.ReadToEndAsync()
    tool.StandardInput.Write input
    tool.StandardInput.Close()
    tool.WaitForExit()
    { Code = tool.ExitCode; Out = out.Result; Error = error.Result }
