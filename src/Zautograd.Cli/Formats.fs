/// In what languages a derivative can be written: the one place where the tool meets the core's writers.
module Zautograd.Cli.Formats

open Zautograd

/// The names of all formats, as the command line takes them.
let names = [ "text"; "latex"; "mathml"; "csharp"; "fsharp"; "c"; "python" ]

let private writers: (string * (Expr -> string)) list =
    [
        "text", Print.infix
        "latex", Print.latex
        "mathml", Write.mathml
        "csharp", Write.csharp "derivative"
        "fsharp", Write.fsharp "derivative"
        "c", Write.c "derivative"
        "python", Write.python "derivative"
    ]

/// The writer of a format.
let writer (name: string) : Expr -> string =
    match writers |> List.tryFind (fst >> (=) name) with
    | Some(_, write) -> write
    | None -> Refusal.badUsage $"the format '{name}' is not in this build."

/// The derivation step by step, each step with its rule; as LaTeX where that is the format, else as text.
let steps (format: string) (wrt: string) (expression: Expr) : string =
    let explanation = Explain.steps wrt expression
    if format = "latex" then Explain.toLatex explanation else Explain.toText explanation
