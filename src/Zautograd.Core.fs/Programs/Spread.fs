/// The heart of the reverse sweep: an adjoint of a term becomes increments of the adjoints of what it reads.
module Zautograd.Programs.Spread

open Zautograd
open Zautograd.Programs

/// What the increments are made with: the adjoint of a variable or array (None where it has none), and fresh names.
type Targets = { Adjoint: string -> string option; Names: Names }

let rec private reads (targets: Targets) term =
    match term with
    | Variable name
    | Element(name, _) -> (targets.Adjoint name).IsSome
    | Formula(_, args) -> List.exists (reads targets) args
    | Choose(_, a, b) -> reads targets a || reads targets b
    | _ -> false

let private isSimple term =
    match term with
    | Variable _
    | Number _
    | Formula(Neg, [ Variable _ ]) -> true
    | _ -> false

/// Statements that add seed * d term / d leaf to the adjoint of every leaf. `result` stands for the term's own value where it is at hand.
let rec spread (targets: Targets) (seed: Term) (result: Term option) (term: Term) : Statement list =
    match term with
    | Variable name ->
        match targets.Adjoint name with
        | Some adjoint -> [ Increment(adjoint, seed) ]
        | None -> []
    | Element(name, index) ->
        match targets.Adjoint name with
        | Some adjoint -> [ Accumulate(adjoint, index, seed) ]
        | None -> []
    | Choose(condition, a, b) ->
        match spread targets seed None a, spread targets seed None b with
        | [], [] -> []
        | yes, no -> [ If(condition, yes, no) ]
    | Formula(op, args) ->
        let slopes = Number.slopes Term.number op args (defaultArg result term)

        List.zip slopes args
        |> List.filter (fun (_, arg) -> reads targets arg)
        |> List.collect (fun (slope, arg) ->
            match Number.chain Term.number slope seed with
            | Number 0.0 -> []
            | contribution ->
                match arg with
                | Variable _
                | Element _ -> spread targets contribution None arg
                | _ when isSimple contribution -> spread targets contribution None arg
                | _ ->
                    // a factor that goes into several increments is worked out once
                    let factor = targets.Names.Fresh "factor"
                    Declare(factor, Real, contribution) :: spread targets (Variable factor) None arg)
    | _ -> []

/// Whether an operation's slopes use its result.
let usesResult term =
    match term with
    | Formula(op, _) -> (Rules.rule op).Slopes |> List.exists (fun slope -> List.contains Rules.resultName (Graph.variables slope))
    | _ -> false
