// A number system says what a constant and an operation mean; an expression can be evaluated in any of them.
namespace Zautograd

open System.Collections.Generic

/// <summary>Numbers of some kind: floats, expressions, duals of either ... `IsZero` is true only of an exact zero, all through.</summary>
/// <example><code>
/// // how many operations: constants cost nothing
/// let cost = { Const = (fun _ -> 0); Apply = (fun _ args -> 1 + List.sum args); IsZero = (fun cost -> cost = 0) }
/// Number.evaluate cost (fun _ -> 0) z   // -> 5
/// </code></example>
type Number<'t> = { Const: float -> 't; Apply: Op -> 't list -> 't; IsZero: 't -> bool }

/// <summary>What can be done in any number system.</summary>
/// <example><code>Number.evaluate Number.floats (Number.bind at) (x * y)   // -> 10</code></example>
module Number =

    /// <summary>Values for variables by name; any other name is refused by an error that says so.</summary>
    /// <example><code>
    /// Number.bind [ ("x", 2.0) ] "x"   // -> 2
    /// Number.bind [ ("x", 2.0) ] "y"   // -> throws ArgumentException: 'y' is not bound to a value; the bound names are: x. …
    /// </code></example>
    let bind (values: (string * 't) seq) : string -> 't =
        let bound = dict values

        fun name ->
            match bound.TryGetValue name with
            | true, value -> value
            | _ ->
                let known = String.concat ", " bound.Keys
                invalidArg (nameof name) $"'{name}' is not bound to a value; the bound names are: {known}."

    /// <summary>The expression's value in a number system, each shared node computed once.</summary>
    /// <example><code>Number.evaluate Number.floats (Number.bind at) z   // -> 11.6520714552…</code></example>
    let evaluate (number: Number<'t>) (variable: string -> 't) (root: Expr) : 't = Graph.fold number.Const variable number.Apply root

    /// An expression of the table laid out for evaluation: operands point at earlier steps.
    type private Step =
        | Number of float
        | Argument of int
        | Result
        | Operation of Op * int list

    let private layOut (formula: Expr) : Step[] =
        let nodes = Array.ofList (Graph.nodes formula)
        let place = Dictionary<Expr, int>(HashIdentity.Reference)
        nodes |> Array.iteri (fun index node -> place[node] <- index)

        nodes
        |> Array.map (function
            | Const value -> Number value
            | Var name when name = Rules.resultName -> Result
            | Var name -> Argument(List.findIndex ((=) name) Rules.argumentNames)
            | Apply(op, args) -> Operation(op, args |> List.map (fun arg -> place[arg])))

    let private slopeSteps = dict [ for rule in Rules.withFloats -> rule.Op, rule.Slopes |> List.map layOut ]

    let private formulaSteps =
        dict
            [
                for rule in Rules.all do
                    match rule.Meaning with
                    | Rules.Formula formula -> rule.Op, layOut formula
                    | Rules.Native _ -> ()
            ]

    let private run (number: Number<'t>) (args: 't list) (result: 't) (steps: Step[]) : 't =
        let values = Array.zeroCreate steps.Length

        for index in 0 .. steps.Length - 1 do
            values[index] <-
                match steps[index] with
                | Number value -> number.Const value
                | Argument position -> List.item position args
                | Result -> result
                | Operation(op, operands) -> number.Apply op (operands |> List.map (fun operand -> values[operand]))

        values[steps.Length - 1]

    /// <summary>The formula of an operation that the table defines by one, at these arguments; `None` for an operation of the machine.</summary>
    /// <example><code>
    /// Number.formula Number.floats Relu [ -3.0 ]   // -> Some(0)
    /// Number.formula Number.floats Sin [ 1.0 ]   // -> None
    /// </code></example>
    let formula (number: Number<'t>) (op: Op) (args: 't list) : 't option =
        match formulaSteps.TryGetValue op with
        | true, steps -> Some(run number args (number.Const nan) steps)
        | _ -> None

    let private checkArity (rule: Rules.Rule) count =
        if count <> rule.Arity then
            invalidArg "args" $"{rule.Name} takes {rule.Arity} argument(s), but {count} were given."

    let rec private applyFloat op args =
        let rule = Rules.rule op
        checkArity rule (List.length args)

        match rule.Meaning with
        | Rules.Native compute -> compute args
        | Rules.Formula _ -> run floats args nan formulaSteps[op]

    /// <summary>Ordinary doubles.</summary>
    /// <example><code>Number.floats.Apply Max [ 2.0; 5.0 ]   // -> 5</code></example>
    and floats: Number<float> = { Const = id; Apply = applyFloat; IsZero = fun value -> value = 0.0 }

    /// <summary>The slopes of an operation at its arguments and result, each worked out only when asked for.</summary>
    /// <example><code>Number.slopes Number.floats Mul [ 2.0; 5.0 ] 10.0 |> List.map (fun slope -> slope ())   // -> [5; 2]</code></example>
    let slopes (number: Number<'t>) (op: Op) (args: 't list) (result: 't) : (unit -> 't) list =
        checkArity (Rules.rule op) args.Length
        slopeSteps[op] |> List.map (fun steps () -> run number args result steps)

    /// `chain`, with a product of the caller's own: numbers that are not known yet may turn out to be 0.
    let internal chainBy (times: 't -> 't -> 't) (number: Number<'t>) (slope: unit -> 't) (change: 't) : 't =
        if number.IsZero change then
            number.Const 0.0
        else
            let slope = slope ()
            if number.IsZero slope then number.Const 0.0 else times slope change

    /// <summary>slope * change, where a zero on either side wins even over infinity and NaN: what does not change contributes nothing.</summary>
    /// <example><code>
    /// Number.chain Number.floats (fun () -> 3.0) 2.0   // -> 6
    /// Number.chain Number.floats (fun () -> infinity) 0.0   // -> 0
    /// </code></example>
    let chain (number: Number<'t>) (slope: unit -> 't) (change: 't) : 't =
        chainBy (fun slope change -> number.Apply Mul [ slope; change ]) number slope change

    /// <summary>The sum, in which exact zeros are not added.</summary>
    /// <example><code>Number.sum Number.floats [ 1.0; 0.0; 2.5 ]   // -> 3.5</code></example>
    let sum (number: Number<'t>) (terms: 't list) : 't =
        match terms |> List.filter (number.IsZero >> not) with
        | [] -> number.Const 0.0
        | first :: rest -> List.fold (fun total term -> number.Apply Add [ total; term ]) first rest
