// A number system says what a constant and an operation mean; an expression can be evaluated in any of them.
namespace Zautograd

open System.Collections.Generic

/// Numbers of some kind: floats, expressions, duals of either ... `IsZero` is true only of an exact zero, all through.
type Number<'t> =
    { Const: float -> 't
      Apply: Op -> 't list -> 't
      IsZero: 't -> bool }

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
    let evaluate (number: Number<'t>) (variable: string -> 't) (root: Expr) : 't =
        Graph.fold number.Const variable number.Apply root

    let private checkArity (rule: Rules.Rule) count =
        if count <> rule.Arity then
            invalidArg "args" $"{rule.Name} takes {rule.Arity} argument(s), but {count} were given."

    /// Ordinary doubles.
    let rec floats: Number<float> =
        { Const = id
          Apply = applyFloat
          IsZero = fun value -> value = 0.0 }

    and private applyFloat op args =
        let rule = Rules.rule op
        checkArity rule args.Length

        match rule.Meaning with
        | Rules.Native compute -> compute args
        | Rules.Formula formula -> Graph.fold id (bind (List.zip (List.take args.Length Rules.argumentNames) args)) applyFloat formula

    /// The slopes of an operation at its arguments and result, each worked out only when asked for.
    let slopes (number: Number<'t>) (op: Op) (args: 't list) (result: 't) : Lazy<'t> list =
        let rule = Rules.rule op
        checkArity rule args.Length
        let names = (Rules.resultName, result) :: List.zip (List.take args.Length Rules.argumentNames) args
        rule.Slopes |> List.map (fun slope -> lazy evaluate number (bind names) slope)

    /// slope * change, where a zero on either side wins even over infinity and NaN: what does not change contributes nothing.
    let chain (number: Number<'t>) (slope: Lazy<'t>) (change: 't) : 't =
        if number.IsZero change || number.IsZero slope.Value then number.Const 0.0
        else number.Apply Mul [ slope.Value; change ]

    /// The sum, in which exact zeros are not added.
    let sum (number: Number<'t>) (terms: 't list) : 't =
        match terms |> List.filter (number.IsZero >> not) with
        | [] -> number.Const 0.0
        | first :: rest -> List.fold (fun total term -> number.Apply Add [ total; term ]) first rest
