/// Trace tables for other programs: CSV for a spreadsheet, LaTeX for a paper.
module Zautograd.TraceFormats

open System
open System.Text.RegularExpressions

/// <summary>Comma-separated values, the headers first; numbers read back as the same doubles.</summary>
/// <example><code>
/// TraceFormats.csv (Trace.forward "x" at (x * y))
/// // -> step,computes,value,tangent,value of tangent
/// // -> x,,2,seed,1
/// // -> y,,5,seed,0
/// // -> t1,x*y,10,y*dx + x*dy,5
/// </code></example>
let csv (table: Trace.Table) : string =
    let quote (cell: string) = if cell.IndexOfAny [| ','; '"'; '\n' |] >= 0 then "\"" + cell.Replace("\"", "\"\"") + "\"" else cell

    let row (step: Trace.Step) = [ step.Name; step.Formula; Infix.number step.Value; step.Rule; Infix.number step.Change ]

    table.Headers :: (table.Steps |> List.map row)
    |> List.map (List.map quote >> String.concat ",")
    |> String.concat "\n"
    |> fun text -> text + "\n"

// A private letter stands for a marked name while its formula is written: its mark is no part of the formula.
let private firstMark = '\uE000'

/// A formula of the table as LaTeX: dt1 with a dot, an adjoint with a bar.
let private math (table: Trace.Table) (text: string) =
    let steps = table.Steps |> List.map _.Name |> set
    let mutable marks: string list = []

    let mark command (name: string) =
        // over the letter alone, not over its index
        let marked = Regex.Replace(Print.latex (Var name), @"^(.+?)(_\{\d+\})?$", "\\" + command + "{$1}$2")
        marks <- marks @ [ marked ]
        Var(string (char (int firstMark + marks.Length - 1)))

    let variable (name: string) =
        if name.EndsWith "\u0304" then
            mark "bar" (name.TrimEnd '\u0304')
        elif name.StartsWith "d" && not (steps.Contains name) && steps.Contains(name.Substring 1) then
            mark "dot" (name.Substring 1)
        else
            Var name

    match Parse.expression text with
    | Result.Ok formula ->
        let written = Print.latex (Graph.fold Const variable (fun op args -> Apply(op, args)) formula)
        let restore (index: int) (text: string) (mark: string) = text.Replace(string (char (int firstMark + index)), mark)
        marks |> List.indexed |> List.fold (fun text (index, mark) -> restore index text mark) written
    | Result.Error _ -> $"\\text{{{text}}}"

let private numbers (text: string) =
    Regex.Replace(text, @"E\+?(-?)0*(\d+)", @" \cdot 10^{$1$2}").Replace("Infinity", "\\infty").Replace("NaN", "\\mathrm{NaN}")

/// <summary>A LaTeX tabular that needs no package beyond amsmath: tangents carry a dot, adjoints a bar.</summary>
/// <example><code>
/// let lines = (TraceFormats.latex (Trace.reverse at (x * y))).Split '\n'
/// lines[5].Trim()   // -> $t_{1}$ &amp; $x \, y$ &amp; $10$ &amp; $1$ &amp; $1$ \\
/// </code></example>
let latex (table: Trace.Table) : string =
    let dollars text = if text = "" then "" else $"${text}$"

    let row (cells: string list) =
        match cells with
        | [ name; formula; value; rule; change ] ->
            let words text = if text = "input" || text = "seed" then text else dollars (math table text)
            [ dollars (math table name); words formula; dollars (numbers value); words rule; dollars (numbers change) ]
        | _ -> cells

    let line cells = "  " + String.concat " & " cells + " \\\\"

    match Trace.rows table with
    | headers :: body ->
        [ "% " + table.Title; "\\begin{tabular}{lllll}"; "  \\hline"; line headers; "  \\hline" ]
        @ (body |> List.map (row >> line))
        @ [ "  \\hline"; "\\end{tabular}"; "" ]
        |> String.concat "\n"
    | [] -> ""
