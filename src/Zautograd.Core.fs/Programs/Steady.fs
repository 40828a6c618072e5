/// What stays as it is while a function runs: names with one value, lengths of arrays; and which loops overwrite an array from end to end.
module Zautograd.Programs.Steady

open System.Collections.Generic
open Zautograd.Programs

/// What stays, in a function with one scope.
type Steady =
    {
        /// Names with one value all the time: parameters and locals that are assigned at their declaration only, and the counters of loops.
        Names: Set<string>
        /// How long the arrays are whose lengths are told by such names.
        Lengths: Map<string, Term>
    }

/// Nothing is known to stay.
let nothing = { Names = Set.empty; Lengths = Map.empty }

/// What stays in a function with one scope.
let ofFunction (program: Program) (f: Function) : Steady =
    let times = Dictionary<string, int>()
    let counters = HashSet<string>()

    for statement in Statement.all f.Body do
        match statement with
        | For(counter, _, _, _, _) -> counters.Add counter |> ignore
        | _ ->
            for name in Set.ofList (Statement.assigned program.TryFind statement) do
                times[name] <- (if times.ContainsKey name then times[name] else 0) + 1

    let declared =
        Set.ofList
            [
                for statement in f.Body do
                    match statement with
                    | Declare(name, _, _) when times[name] = 1 -> name
                    | _ -> ()
            ]

    let untouched = Set.ofSeq (Seq.append counters (f.Parameters |> List.map _.Name)) |> Set.filter (times.ContainsKey >> not)
    let names = Set.union declared untouched

    {
        Names = names
        Lengths =
            Map.ofList
                [
                    for statement in f.Body do
                        match statement with
                        | DeclareArray(name, _, length) when names.IsSupersetOf(Term.values length) -> name, length
                        | _ -> ()
                ]
    }

/// Whether all elements of an array are below a bound.
let isWhole (steady: Steady) array (bound: Term) = bound = Length array || Map.tryFind array steady.Lengths = Some bound

/// Arrays of which a plain loop overwrites every element.
let covered (steady: Steady) counter first last step (body: Statement list) : Set<string> =
    Set.ofList
        [
            if first = Whole 0 && step = 1 && body |> List.forall (fun s -> (Statement.blocks s).IsEmpty) then
                for s in body do
                    match s with
                    | Store(array, Variable own, _) when own = counter && isWhole steady array last -> array
                    | _ -> ()
        ]
