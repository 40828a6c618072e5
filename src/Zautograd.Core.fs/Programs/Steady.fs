/// What stays as it is while a function runs: names with one value, lengths of arrays; and which loops overwrite an array from end to end.
module Zautograd.Programs.Steady

open System.Collections.Generic
open Zautograd.Programs

/// An array in rows: each round of the loop of this counter has a row of this length to itself.
type Row = { Counter: string; Length: Term }

/// What stays, in a function with one scope.
type Steady =
    {
        /// Names with one value all the time: parameters and locals that are assigned at their declaration only, and the counters of loops.
        Names: Set<string>
        /// How long the arrays are whose lengths are told by such names.
        Lengths: Map<string, Term>
        /// Local arrays of which every round of a loop touches its own row only, and nobody else touches any.
        Rows: Map<string, Row>
    }

/// Nothing is known to stay.
let nothing = { Names = Set.empty; Lengths = Map.empty; Rows = Map.empty }

/// The arrays whose elements, and not just whose lengths, a term reads.
let rec elements term : (string * Term) list =
    match term with
    | Element(array, index) -> (array, index) :: elements index
    | _ -> Term.parts term |> List.collect elements

/// The places at which a block touches elements of arrays; None where a call takes the array as a whole.
let touches (block: Statement list) : (string * Term option) list =
    Statement.all block
    |> List.collect (fun s ->
        let own =
            match s with
            | Store(array, index, _)
            | Accumulate(array, index, _)
            | PopElement(_, _, array, index) -> [ array, Some index ]
            | Call(_, _, args) -> args |> List.collect (Term.names >> Set.toList) |> List.map (fun name -> name, None)
            | _ -> []

        own @ (Statement.terms s |> List.collect elements |> List.map (fun (array, index) -> array, Some index)))

/// Whether an index is certainly one of an array of this length: a counter that ends there and does not start below 0.
let isInside (block: Statement list) (length: Term) : Term -> bool =
    let loops =
        Statement.all block
        |> List.choose (function
            | For(counter, first, last, step, _) -> Some(counter, (first, last, step))
            | _ -> None)

    let counters = loops |> List.countBy fst |> List.filter (fun (_, times) -> times = 1) |> List.map fst |> Set.ofList
    let loops = Map.ofList loops |> Map.filter (fun counter _ -> counters.Contains counter)

    let rec isNatural term =
        match term with
        | Whole k -> k >= 0
        | Length _ -> true
        | Integer(Plus, (Variable counter as a), Whole 1) when Map.containsKey counter loops -> isNatural a
        | Variable counter ->
            match Map.tryFind counter loops with
            | Some(first, _, 1) -> isNatural first
            | _ -> false
        | _ -> false

    fun index ->
        match index with
        | Variable counter ->
            match Map.tryFind counter loops with
            | Some(_, last, 1) -> last = length && isNatural index
            | _ -> false
        | _ -> false

/// The index of an element of a row.
let inRow (row: Row) (index: Term) : Term = Integer(Plus, Integer(Times, Variable row.Counter, row.Length), index)

let private rowsIn (names: Set<string>) (f: Function) : Map<string, Row> =
    let declared =
        f.Body
        |> List.choose (function
            | DeclareArray(array, Reals, Integer(Times, last, length)) when names.IsSupersetOf(Term.values length) ->
                Some(array, last, length)
            | _ -> None)

    if declared.IsEmpty then
        Map.empty
    else
        let touched = touches f.Body |> List.groupBy fst |> Map.ofList

        let loops =
            Statement.all f.Body
            |> List.choose (function
                | For(counter, Whole 0, last, 1, _) -> Some(counter, last)
                | _ -> None)

        Map.ofList
            [
                for array, last, length in declared do
                    let inside = isInside f.Body length

                    let isRowOf counter (_, index) =
                        match index with
                        | Some(Integer(Plus, Integer(Times, Variable own, by), index)) -> own = counter && by = length && inside index
                        | _ -> false

                    for counter, until in loops do
                        if until = last && touched.ContainsKey array && touched[array] |> List.forall (isRowOf counter) then
                            array, { Counter = counter; Length = length }
            ]

/// What stays in a function with one scope.
let ofFunction (program: Program) (f: Function) : Steady =
    let times = Dictionary<string, int>()
    let counters = HashSet<string>()

    f.Body
    |> Statement.iter (fun statement ->
        match statement with
        | For(counter, _, _, _, _) -> counters.Add counter |> ignore
        | _ ->
            for name in Set.ofList (Statement.assigned program.TryFind statement) do
                times[name] <- (if times.ContainsKey name then times[name] else 0) + 1)

    let isCounter: string -> bool = counters.Contains

    let declared =
        Set.ofList
            [
                for statement in f.Body do
                    match statement with
                    | Declare(name, _, _) when times[name] = 1 && not (isCounter name) -> name
                    | _ -> ()
            ]

    let untouched = Set.ofSeq (Seq.append counters (f.Parameters |> List.map _.Name)) |> Set.filter (times.ContainsKey >> not)
    let names = Set.union declared untouched

    // where scopes are still apart, another array may have the same name
    let once =
        Statement.all f.Body
        |> List.choose (function
            | DeclareArray(name, _, _) -> Some name
            | _ -> None)
        |> List.countBy id
        |> List.filter (fun (_, count) -> count = 1)
        |> List.map fst
        |> Set.ofList

    {
        Names = names
        Lengths =
            Map.ofList
                [
                    for statement in f.Body do
                        match statement with
                        | DeclareArray(name, _, length) when once.Contains name && names.IsSupersetOf(Term.values length) -> name, length
                        | _ -> ()
                ]
        Rows = rowsIn names f
    }

/// The place of an element in its row, for an array in rows; its index for others.
let place (steady: Steady) array (index: Term) : Term =
    match Map.tryFind array steady.Rows, index with
    | Some row, Integer(Plus, _, inside) when index = inRow row inside -> inside
    | _ -> index

/// Whether all elements of an array, or of its row, are below a bound.
let isWhole (steady: Steady) array (bound: Term) =
    match Map.tryFind array steady.Rows with
    | Some row -> bound = row.Length
    | None -> bound = Length array || Map.tryFind array steady.Lengths = Some bound

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
