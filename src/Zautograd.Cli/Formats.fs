/// In what languages a derivative can be written: the one place where the tool meets the core's writers.
module Zautograd.Cli.Formats

open Zautograd

/// How an expression is written as a function of these variables, and how each line of a derivation stands before it.
type private Format = { Write: string list -> Expr -> string; Remark: string -> string }

let private shown write = { Write = (fun _ -> write); Remark = id }

/// A function of all variables that the user's expression has, also where the derivative needs fewer of them.
let private source language comment =
    {
        Write =
            fun parameters root -> Write.source language [ { Name = "derivative"; Parameters = parameters; Results = [ "value", root ] } ]
        Remark = fun line -> (comment + " " + line).TrimEnd()
    }

let private xmlComment (line: string) = if line = "" then "" else "<!-- " + line.Replace("--", "- -") + " -->"

let private all =
    [
        "text", shown Print.infix
        "latex", shown Print.latex
        "mathml", { shown Write.mathml with Remark = xmlComment }
        "csharp", source Notation.csharp "//"
        "fsharp", source Notation.fsharp "//"
        "c", source Notation.c "//"
        "python", source Notation.python "#"
    ]

let private find (name: string) = all |> List.find (fst >> (=) name) |> snd

/// The names of all formats, as the command line takes them.
let names = List.map fst all

/// The expression in a format; in code, as a function of these parameters.
let write (name: string) (parameters: string list) (root: Expr) : string = (find name).Write parameters root

/// The derivation step by step, each step with its rule; as LaTeX where that is the format, as text or comments elsewhere.
let steps (format: string) (wrt: string) (expression: Expr) : string =
    let explanation = Explain.steps wrt expression

    if format = "latex" then
        Explain.toLatex explanation
    else
        (Explain.toText explanation).TrimEnd('\n').Split '\n' |> Seq.map (find format).Remark |> String.concat "\n"
