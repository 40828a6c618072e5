/// What each command does, once its arguments are read.
module Zautograd.Cli.Commands

open Zautograd
open Zautograd.Cli.Refusal
open Zautograd.Cli.Terminal

let private line (streams: Streams) (text: string) = streams.Out.Write(text.TrimEnd '\n' + "\n")

let private paragraph (streams: Streams) (text: string) =
    line streams text
    line streams ""

let private readAt (text: string) (at: string seq) =
    let expression = Parse.parse text
    let point = Point.read at

    match Point.fit expression point with
    | Ok fitting -> fitting, point
    | Error text -> badUsage ("--at: " + text)

/// The derivative as a formula, of any order; with steps, how it comes about.
let derive (streams: Streams) (text: string) (wrt: string) (order: int) (format: string) (steps: bool) =
    if order < 1 then badUsage $"--order is 1 or more, but {order} is given."

    match Parse.expression wrt with
    | Ok(Var name) when name = wrt -> ()
    | Ok(Const _) -> badUsage $"--wrt: {wrt} is a number, not a variable."
    | _ -> badUsage $"--wrt: '{wrt}' is not the name of one variable; for several derivatives at once, see zautograd gradient."

    let expression = Parse.parse text
    let parameters = Graph.variables expression

    if not (List.contains wrt parameters) then
        streams.Error.Write $"note: {wrt} does not occur in the expression, so that its derivative is 0.\n"

    if steps then
        for before in 0 .. order - 1 do
            let found = if before = 0 then expression else Calculus.nth before wrt expression
            paragraph streams (Formats.steps format wrt found)

    line streams (Formats.write format parameters (Calculus.nth order wrt expression))

let gradient (streams: Streams) (text: string) (at: string seq) (method: string) (json: bool) =
    let expression, point = readAt text at
    let value, derivatives = Methods.find method expression point

    if json then
        line streams (Json.gradient point (value, derivatives))
    else
        let rows = List.map2 (fun (name, at) derivative -> [ name; number at; number derivative ]) point derivatives
        line streams $"value = {number value}"
        table streams [ "variable"; "at"; "derivative" ] rows

let hessian (streams: Streams) (text: string) (at: string seq) (json: bool) =
    let expression, point = readAt text at
    let value, rows = Methods.hessian expression point

    if json then
        line streams (Json.hessian point (value, rows))
    else
        let names = List.map fst point
        let rows = List.map2 (fun name row -> name :: List.map number row) names rows
        line streams $"value = {number value}, second derivatives:"
        table streams ("" :: names) rows

let gradients (streams: Streams) (method: string) =
    let compute = Methods.find method
    Json.answerAll (fun expression at -> Json.gradient at (compute expression at)) streams.In streams.Out

let hessians (streams: Streams) =
    Json.answerAll (fun expression at -> Json.hessian at (Methods.hessian expression at)) streams.In streams.Out

let private seeded (expression: Expr) (wrt: string option) =
    let variables = Graph.variables expression
    let names = String.concat ", " variables

    match wrt, variables with
    | Some name, _ when List.contains name variables -> name
    | Some name, _ -> badUsage $"--wrt: {name} is no variable of the expression; its variables are: {names}."
    | None, [ only ] -> only
    | None, [] -> badUsage "the expression has no variable to differentiate by."
    | None, _ -> badUsage $"forward mode follows one variable: name it with --wrt, one of {names}."

let trace (streams: Streams) (text: string) (at: string seq) (mode: string) (wrt: string option) (format: string) =
    let expression, point = readAt text at

    let table, title =
        match mode with
        | "forward" ->
            let wrt = seeded expression wrt
            Trace.forward wrt point expression, $"forward mode, the derivative with respect to {wrt}"
        | _ -> Trace.reverse point expression, "reverse mode, the derivatives with respect to every input"

    line
        streams
        (match format with
         | "markdown" -> Trace.toMarkdown table
         | "latex" -> TraceFormats.latex table
         | "csv" -> TraceFormats.csv table
         | "html" -> Page.html title point expression table
         | _ -> Trace.toText table)

let graph (streams: Streams) (text: string) (format: string) =
    let expression = Parse.parse text

    line
        streams
        (match format with
         | "mermaid" -> Diagram.mermaid expression
         | "svg" -> Drawing.svg expression
         | _ -> Diagram.dot expression)

let rules (streams: Streams) = line streams (RuleTable.markdown ())
