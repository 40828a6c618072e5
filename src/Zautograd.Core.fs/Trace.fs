/// The tables a learner reads: every step with its value and tangent (forward) or its value and adjoint (reverse).
module Zautograd.Trace

open System
open System.Collections.Generic
open System.Globalization

/// <summary>
/// One line of a table: the step's name, what it computes, its value, and how its tangent or adjoint comes about.
/// `Parts` are the contributions that are added up to `Change`.
/// </summary>
/// <example><code>(Trace.reverse at (x * y)).Step("x").Rule   // -> y*t1̄</code></example>
type Step = { Name: string; Formula: string; Value: float; Rule: string; Parts: float list; Change: float }

/// <summary>A trace table. In a forward table `Change` is the step's tangent, in a reverse table its adjoint.</summary>
/// <example><code>(Trace.reverse at z).Title   // -> Reverse mode: values and adjoints</code></example>
type Table =
    {
        Title: string
        Headers: string list
        Steps: Step list
    }

    /// <summary>The step with a name: a variable's, or t1, t2 ...</summary>
    /// <example><code>(Trace.forward "x" at z).Step("t1").Formula   // -> log(x)</code></example>
    member table.Step(name: string) =
        table.Steps
        |> List.tryFind (fun step -> step.Name = name)
        |> Option.defaultWith (fun () ->
            let known = table.Steps |> List.map _.Name |> String.concat ", "
            invalidArg (nameof name) $"the trace has no step '{name}'; its steps are: {known}.")

/// <summary>
/// The steps of an expression in the order in which textbooks number them, by the levels of operations below, and the name of every
/// node: a variable's own, a constant's number, t1, t2 ... for the steps.
/// </summary>
/// <example><code>
/// let steps, name = Trace.named (sin x * y)
/// steps |> List.map name   // -> [t1; t2]
/// </code></example>
let named (root: Expr) : Expr list * (Expr -> string) =
    let level = Dictionary<Expr, int>(HashIdentity.Reference)
    let names = Dictionary<Expr, string>(HashIdentity.Reference)
    let nodes = Graph.nodes root

    for node in nodes do
        level[node] <-
            match node with
            | Const _
            | Var _ -> 0
            | Apply(_, args) -> 1 + (args |> List.map (fun arg -> level[arg]) |> List.max)

    let taken = Graph.variables root
    let isFree (letter: string) = taken |> List.forall (fun name -> not (name.StartsWith letter))
    let letters = Seq.append [ "t"; "v"; "w" ] (Seq.initInfinite (fun count -> "step" + String('_', count)))
    let letter = Seq.find isFree letters

    let steps =
        nodes
        |> List.filter (function
            | Apply _ -> true
            | Const _
            | Var _ -> false)
        |> List.sortBy (fun node -> level[node])

    steps |> List.iteri (fun index node -> names[node] <- $"{letter}{index + 1}")

    let name node =
        match node with
        | Const value -> Infix.number value
        | Var name -> name
        | Apply _ -> names[node]

    steps, name

/// A node's arguments as the names of their steps; constants stay numbers.
let private byName name (node: Expr) =
    match node with
    | Const _ -> node
    | Var _
    | Apply _ -> Var(name node)

/// <summary>What a step computes, in the names of the steps before it.</summary>
/// <example><code>
/// let product = sin x * y
/// Trace.formula (snd (Trace.named product)) product   // -> t1*y
/// </code></example>
let formula (name: Expr -> string) (node: Expr) : string =
    match node with
    | Const _
    | Var _ -> name node
    | Apply(op, args) -> string (Apply(op, args |> List.map (byName name)))

// A mark that makes a name sort behind the others, so that the change comes last in a product: x*dy.
let private last = "\uffff"

// slope * change as a person writes it, the slope in the names of the steps
let private contribution op args result position change =
    let symbols = Simplify.symbols ()
    let enter = Number.evaluate symbols.Number symbols.Variable
    let slopes = Number.slopes symbols.Number op (args |> List.map enter) (enter result)
    Number.chain symbols.Number (List.item position slopes) (enter (Var(last + change)))

let private isZero =
    function
    | Const 0.0 -> true
    | Const _
    | Var _
    | Apply _ -> false

let private write (term: Expr) = (string term).Replace(last, "")

/// The terms as one sum.
let private total (terms: string list) = (String.concat " + " terms).Replace("+ -", "- ")

/// <summary>The primal and tangent of every step, for a chosen seed: d/dx where the seed gives x the tangent 1.</summary>
/// <example><code>
/// // along the direction (1, 1)
/// (Trace.forwardSeeded [ "x", 1.0; "y", 1.0 ] at (x * y)).Step("t1").Change   // -> 7
/// </code></example>
let forwardSeeded (seed: (string * float) list) (at: (string * float) list) (root: Expr) : Table =
    let steps, name = named root
    let value = Number.bind at
    let tangent variable = seed |> List.tryFind (fst >> (=) variable) |> Option.map snd |> Option.defaultValue 0.0
    let found = Dictionary<Expr, Tangent<float>>(HashIdentity.Reference)
    let duals = Forward.duals Number.floats

    for node in Graph.nodes root do
        found[node] <-
            match node with
            | Const value -> duals.Const value
            | Var name -> { Value = value name; Tangent = tangent name }
            | Apply(op, args) -> duals.Apply op (args |> List.map (fun arg -> found[arg]))

    let input variable = { Name = variable; Formula = ""; Value = value variable; Rule = "seed"; Parts = []; Change = tangent variable }

    let step node =
        match node with
        | Apply(op, args) ->
            let arguments = args |> List.map (byName name)
            let result = Var(name node)

            let terms =
                args
                |> List.mapi (fun position arg ->
                    match arg with
                    | Const _ -> Const 0.0
                    | Var _
                    | Apply _ -> contribution op arguments result position ("d" + name arg))
                |> List.filter (isZero >> not)

            {
                Name = name node
                Formula = formula name node
                Value = found[node].Value
                Rule = (if List.isEmpty terms then "0" else total (List.map write terms))
                Parts = []
                Change = found[node].Tangent
            }
        | Const _
        | Var _ -> invalidOp "a step is an operation"

    {
        Title = "Forward mode: values and tangents"
        Headers = [ "step"; "computes"; "value"; "tangent"; "value of tangent" ]
        Steps = (Graph.variables root |> List.map input) @ (steps |> List.map step)
    }

/// <summary>The forward table for the derivative with respect to one variable.</summary>
/// <example><code>(Trace.forward "x" at (x * y)).Step("t1").Change   // -> 5</code></example>
let forward (wrt: string) (at: (string * float) list) (root: Expr) : Table =
    let known = Graph.variables root

    if not (List.contains wrt known) then
        let names = String.concat ", " known
        invalidArg (nameof wrt) $"'{wrt}' is no variable of the expression; its variables are: {names}."

    forwardSeeded [ (wrt, 1.0) ] at root

/// <summary>The primal and adjoint of every step, from the result back to the variables; a variable used twice shows both contributions.</summary>
/// <example><code>(Trace.reverse at (x * y)).Step("y").Change   // -> 2</code></example>
let reverse (at: (string * float) list) (root: Expr) : Table =
    let steps, name = named root
    let found = Reverse.adjoints Number.floats (Number.bind at) root
    let bar node = name node + "\u0304"
    let rules = Dictionary<string, List<string * float>>()

    let rulesOf step =
        match rules.TryGetValue step with
        | true, parts -> parts
        | _ ->
            let parts = List<string * float>()
            rules[step] <- parts
            parts

    let adjointOf node =
        match found.Adjoints.TryGetValue node with
        | true, adjoint -> adjoint
        | _ -> 0.0

    for node in List.rev steps do
        match node with
        | Apply(op, args) ->
            let arguments = args |> List.map (byName name)
            let slopes = Number.slopes Number.floats op (args |> List.map (fun arg -> found.Values[arg])) found.Values[node]

            for position, arg in List.indexed args do
                match arg with
                | Const _ -> ()
                | Var _
                | Apply _ ->
                    let term = contribution op arguments (Var(name node)) position (bar node)

                    if not (isZero term) then
                        (rulesOf (name arg)).Add((write term, Number.chain Number.floats slopes[position] (adjointOf node)))
        | Const _
        | Var _ -> ()

    let line formula step value =
        let parts = List.ofSeq (rulesOf step)

        if step = name root then
            { Name = step; Formula = formula; Value = value; Rule = "1"; Parts = []; Change = 1.0 }
        else
            let parts, numbers = List.unzip parts

            {
                Name = step
                Formula = formula
                Value = value
                Rule = (if List.isEmpty parts then "0" else total parts)
                Parts = (if numbers.Length > 1 then numbers else [])
                Change = List.sum numbers
            }

    let step node =
        match node with
        | Apply _ -> line (formula name node) (name node) found.Values[node]
        | Const _
        | Var _ -> invalidOp "a step is an operation"

    {
        Title = "Reverse mode: values and adjoints"
        Headers = [ "step"; "computes"; "value"; "adjoint"; "value of adjoint" ]
        Steps =
            (List.rev steps |> List.map step)
            @ (Graph.variables root |> List.map (fun variable -> line "" variable (Number.bind at variable)))
    }

let private digits (value: float) =
    value.ToString("0.#####", CultureInfo.InvariantCulture)
    |> fun short ->
        if abs value >= 1e9 || (value <> 0.0 && abs value < 1e-3) then
            value.ToString("G6", CultureInfo.InvariantCulture)
        else
            short

/// <summary>The table as rows of cells, the headers first, numbers shortened for reading.</summary>
/// <example><code>List.last (Trace.rows (Trace.forward "x" at (log x)))   // -> [t1; log(x); 0.69315; dx/x; 0.5]</code></example>
let rows (table: Table) : string list list =
    table.Headers
    :: [
        for step in table.Steps do
            let change =
                match step.Parts with
                | [] -> digits step.Change
                | parts -> total (parts |> List.map digits) + " = " + digits step.Change

            [ step.Name; (if step.Formula = "" then "input" else step.Formula); digits step.Value; step.Rule; change ]
    ]

/// <summary>The table as plain text, columns aligned.</summary>
/// <example><code>Trace.toText (Trace.reverse at (x * y))</code></example>
let toText (table: Table) : string = table.Title + "\n" + Columns.text (rows table)

/// <summary>The table as Markdown.</summary>
/// <example><code>Trace.toMarkdown (Trace.forward "x" at (x * y))</code></example>
let toMarkdown (table: Table) : string = $"**{table.Title}**\n\n" + Columns.markdown (rows table)
