/// The values of the variables: read from `--at x=2,y=5`, and matched with the variables of the expression.
module Zautograd.Cli.Point

open System
open Zautograd
open Zautograd.Cli.Refusal

let private names (names: string seq) = String.concat ", " names

// pi/2 and 1/3 are values too
let private value (name: string) (text: string) =
    match Parse.expression text with
    | Ok number when (Graph.variables number).IsEmpty -> Number.evaluate Number.floats (Number.bind []) number
    | Ok number -> badUsage $"--at: the value of {name} is a number, but '{text}' contains {names (Graph.variables number)}."
    | Error error -> badUsage $"--at: '{text}' is no value for {name}:\n{error}"

let private pair (text: string) =
    match text.Split('=', 2, StringSplitOptions.TrimEntries) with
    | [| ""; _ |] -> badUsage $"--at: there is no name before the '=' in '{text}'; write it as x=2,y=5."
    | [| name; number |] -> name, value name number
    | _ -> badUsage $"--at: '{text.Trim()}' has no value; write it as {text.Trim()}=2."

/// x=2,y=5.
let read (texts: string seq) : Methods.Point =
    let pairs =
        [
            for text in texts do
                for part in text.Split(',', StringSplitOptions.TrimEntries) do
                    if part = "" then badUsage $"--at: there is nothing between two commas, or at an end, of '{text}'."
                    pair part
        ]

    for name, several in pairs |> List.groupBy fst do
        if several.Length > 1 then badUsage $"--at: {name} has {several.Length} values."

    pairs

/// What is wrong with a point for an expression: a variable without a value, or a value without a variable.
let private problem (expression: Expr) (at: Methods.Point) : string option =
    let variables = Graph.variables expression
    let given = List.map fst at

    let isNumber name =
        match Parse.expression name with
        | Ok(Const _) -> true
        | _ -> false

    match List.except given variables, List.except variables given with
    | [], [] -> None
    | _, extra when List.exists isNumber extra ->
        Some $"{names (List.filter isNumber extra)} is a number, not a variable; rename the variable to give it a value."
    | [], extra when variables.IsEmpty -> Some $"the expression has no variables, but there is a value for {names extra}."
    | [], extra -> Some $"there is a value for {names extra}, but the variables of the expression are {names variables}."
    | missing, _ -> Some $"there is no value for {names missing}."

/// The expression to evaluate at a point, or what is wrong. A variable that cancels out, as in x - x, needs no value.
let fit (expression: Expr) (at: Methods.Point) : Result<Expr, string> =
    match problem expression at with
    | None -> Ok expression
    | Some text ->
        let simple = Simplify.simplify expression
        if (problem simple at).IsNone then Ok simple else Error text
