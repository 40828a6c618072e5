// A number system says what a constant and an operation mean; an expression can be evaluated in any of them.
namespace Zautograd

open System.Collections.Generic

/// Numbers of some kind: floats, expressions, duals of either ... `IsZero` is true only of an exact zero, all through.
type Number<'t> = { Const: float -> 't; Apply: Op -> 't list -> 't; IsZero: 't -> bool }

module Number =

    /// Values for variables by name; any other name is refused by an error that says so.
    let bind (values: (string * 't) seq) : string -> 't =
        let bound = dict values

        fun name ->
            match bound.TryGetValue name with
            | true, value -> value
            | _ ->
                let known = String.concat ", " bound.Keys
                invalidArg (nameof name) $"'{name}' is not bound to a value; the bound names are: {known}."

    /// The expression's value in a number system, each shared node computed once.
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

    let private slopeSteps = dict [ for rule in Rules.all -> rule.Op, rule.Slopes |> List.map layOut ]

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

    /// The formula of an operation that the table defines by one, at these arguments; `None` for an operation of the machine.
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

    /// Ordinary doubles.
    and floats: Number<float> = { Const = id; Apply = applyFloat; IsZero = fun value -> value = 0.0 }

    /// The slopes of an operation at its arguments and result, each worked out only when asked for.
    let slopes (number: Number<'t>) (op: Op) (args: 't list) (result: 't) : (unit -> 't) list =
        checkArity (Rules.rule op) args.Length
        slopeSteps[op] |> List.map (fun steps () -> run number args result steps)

    /// slope * change, where a zero on either side wins even over infinity and NaN: what does not change contributes nothing.
    let chain (number: Number<'t>) (slope: unit -> 't) (change: 't) : 't =
        if number.IsZero change then
            number.Const 0.0
        else
            let slope = slope ()
            if number.IsZero slope then number.Const 0.0 else number.Apply Mul [ slope; change ]

    /// The sum, in which exact zeros are not added.
    let sum (number: Number<'t>) (terms: 't list) : 't =
        match terms |> List.filter (number.IsZero >> not) with
        | [] -> number.Const 0.0
        | first :: rest -> List.fold (fun total term -> number.Apply Add [ total; term ]) first rest
