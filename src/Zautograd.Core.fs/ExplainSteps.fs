/// A derivation as a student hands it in: whole lines, each made from the one before by a rule that is named.
///
/// Limits of use: the steps are those of the formula, with the table's conventions at kinks (abs'(0) = 0), and of a piecewise expression
/// each branch is derived by itself. A line is worth the same as the one before wherever both are defined: an intermediate line
/// may divide by something that the last one has cancelled. The second derivative is explained by explaining the first one's result.
module Zautograd.ExplainSteps

open System.Collections.Generic
open Zautograd.Derivation

/// A line and the rules that made it from the line before; the first line has none.
type Step = { Reasons: Reason list; Line: Line }

/// A named part of a large expression. One that does not depend on the variable has no steps.
type Part = { Name: string; Definition: Expr; Steps: Step list }

/// The derivation of an expression, after those of its named parts, where it is large. The last line is the simplified derivative.
type Explanation = { Wrt: string; Expression: Expr; Parts: Part list; Steps: Step list }

/// What is explained in one piece, in operations as written; beyond it, parts get names, and each part has lines of its own.
let private largest, private largestPart = 24.0, 8.0

let rec private map (change: Expr -> Line) line =
    match line with
    | Known _ -> line
    | Derivative e -> change e
    | Operation(op, args) -> Operation(op, args |> List.map (map change))

let rec private unfinished line =
    match line with
    | Known _ -> []
    | Derivative e -> [ e ]
    | Operation(_, args) -> args |> List.collect unfinished

/// A line without open derivatives as an expression; `tidy` leaves out what 0 and 1 do not change.
let rec private written tidy line : Expr =
    match line with
    | Known e -> e
    | Derivative _ -> invalidOp "a derivative is still to be worked out"
    | Operation(op, args) ->
        match op, args |> List.map (written tidy) with
        | Add, [ a; Const 0.0 ]
        | Add, [ Const 0.0; a ]
        | Sub, [ a; Const 0.0 ]
        | (Mul | Div), [ a; Const 1.0 ]
        | Mul, [ Const 1.0; a ] when tidy -> a
        | Mul, [ Const 0.0; _ ]
        | Mul, [ _; Const 0.0 ]
        | Div, [ Const 0.0; _ ]
        | Neg, [ Const 0.0 ] when tidy -> Const 0.0
        | Neg, [ Const c ] when tidy -> Const -c
        | Sub, [ Const 0.0; a ] when tidy -> -a
        | _, args -> Apply(op, args)

// The same rule named once, with all that it says here.
let private gathered (reasons: Reason list) =
    reasons
    |> List.groupBy _.Rule
    |> List.map (fun (rule, same) ->
        let says saying =
            match saying with
            | Law(left, right) -> $"{left} = {right}"
            | Slope(wrt, e, is) -> $"{wrt} {e} {is}"
            | Letting(name, is)
            | Inner(name, is) -> $"{name} {is}"
            | Outer e -> $"outer {e}"

        { Rule = rule; Sayings = same |> List.collect _.Sayings |> List.distinctBy says })

/// One step further: what comes first in the line decides, and its like go with it; the elementary ones wait until only they are left.
let private next (setting: Setting) (line: Line) : Step =
    let moves = Dictionary<Expr, Move>(HashIdentity.Reference)
    let open' = unfinished line

    for e in open' do
        moves[e] <- rule setting e

    let first = open' |> List.tryFind (fun e -> moves[e].Pace <> Last)
    let mutable taken = false

    let now e =
        match first, moves[e].Pace with
        | None, _ -> true
        | Some first, Alone when obj.ReferenceEquals(e, first) && not taken ->
            taken <- true
            true
        | Some first, Together -> moves[first].Pace = Together
        | _ -> false

    let reasons = List<Reason>()

    let change e =
        if now e then
            reasons.Add moves[e].Reason
            moves[e].Result
        else
            Derivative e

    let line = map change line
    { Reasons = gathered (List.ofSeq reasons); Line = line }

let private byWords rule line = { Reasons = [ { Rule = rule; Sayings = [] } ]; Line = line }

/// The lines for one expression, up to a result; `last` makes the result from the line in which nothing is open.
let private derive setting (last: Expr -> Expr) (e: Expr) : Step list =
    let start = { Reasons = []; Line = Derivative e }

    let lines =
        start
        :: List.unfold
            (fun line ->
                if List.isEmpty (unfinished line) then
                    None
                else
                    let step = next setting line
                    Some(step, step.Line))
            start.Line

    let worked = (List.last lines).Line
    let plain, tidy = written false worked, written true worked
    let result = last tidy
    let text (e: Expr) = string e

    let summed =
        match tidy, result with
        | Apply(Div, _), Apply((Add | Sub), _) -> "divide term by term and simplify"
        | _ -> "simplify"

    let tidied = if text tidy = text plain then lines else lines @ [ byWords "leave out 0 and 1" (Known tidy) ]

    // a line that already reads like the result is the result
    if text result = text tidy then
        List.updateAt (tidied.Length - 1) { List.last tidied with Line = Known result } tidied
    else
        tidied @ [ byWords summed (Known result) ]

/// <summary>The derivation of d expression / d wrt. Large expressions are cut into named parts, so that the explanation stays as small as the graph.</summary>
/// <example><code>
/// Explain.steps "x" (x * sin x) |> Explain.toText
/// // d/dx[x*sin(x)]
/// //   = d/dx[x]*sin(x) + x*d/dx[sin(x)]    product rule: (u*v)' = u'*v + u*v', u = x, v = sin(x)
/// //   = 1*sin(x) + x*cos(x)                variable: d/dx[x] = 1; table: d/dx[sin(x)] = cos(x)
/// //   = sin(x) + x*cos(x)                  leave out 0 and 1
/// </code></example>
let steps (wrt: string) (root: Expr) : Explanation =
    let taken = wrt :: Graph.variables root
    let letters = Abbreviate.letters [ "u"; "v"; "w"; "p"; "q"; "r" ] taken
    let factor = Abbreviate.letters [ "c"; "k" ] (taken @ List.truncate 4 letters) |> List.head

    let name =
        letters
        |> List.item 4
        |> fun fallback -> Abbreviate.letters [ "t"; "s"; fallback ] (factor :: taken @ List.truncate 4 letters) |> List.head

    let named, whole = if Abbreviate.unfolded root <= largest then [], root else Abbreviate.parts name largestPart root

    let moving = HashSet<string>([ wrt ])

    let setting (e: Expr) : Setting =
        let depends = HashSet<Expr>(HashIdentity.Reference)

        for node in Graph.nodes e do
            let moves =
                match node with
                | Const _ -> false
                | Var name -> moving.Contains name
                | Apply(_, args) -> args |> List.exists depends.Contains

            if moves then depends.Add node |> ignore

        { Wrt = wrt; DependsOn = depends.Contains; Letters = List.truncate 4 letters |> List.map Var; Factor = Var factor }

    let parts =
        [
            for name, definition in named do
                let setting = setting definition

                if setting.DependsOn definition then
                    moving.Add name |> ignore
                    { Name = name; Definition = definition; Steps = derive setting Simplify.simplify definition }
                else
                    { Name = name; Definition = definition; Steps = [] }
        ]

    let derivative = Differentiate.derivative wrt root

    let lines =
        match parts with
        | [] -> derive (setting whole) (fun _ -> derivative) whole
        | _ -> derive (setting whole) Simplify.simplify whole @ [ byWords "all put together" (Known derivative) ]

    { Wrt = wrt; Expression = root; Parts = parts; Steps = lines }
