/// In what languages a derivative can be written: the one place where the tool meets the core's writers.
module Zautograd.Cli.Formats

open Zautograd

/// The names of all formats, as the command line takes them.
let names = [ "text"; "latex"; "mathml"; "csharp"; "fsharp"; "c"; "python" ]

let private csharp (expression: Expr) =
    Emit.CSharp.assignments Emit.CSharp.doubles [ "result", expression ]
    |> List.map (fun (name, text) -> $"var {name} = {text};")
    |> String.concat "\n"

let private writers: (string * (Expr -> string)) list = [ "text", Print.infix; "latex", Print.latex; "csharp", csharp ]

/// The writer of a format.
let writer (name: string) : Expr -> string =
    match writers |> List.tryFind (fst >> (=) name) with
    | Some(_, write) -> write
    | None -> Refusal.badUsage $"the format '{name}' is not in this build."

/// The derivation step by step, one law a line.
let steps (_wrt: string) (_expression: Expr) : string = Refusal.badUsage "--steps is not in this build."
