/// Loops whose rounds do not know of each other, but for sums that all of them add to.
module Zautograd.Programs.Independence

open System.Collections.Generic
open Zautograd
open Zautograd.Programs
open Zautograd.Programs.Listing

/// What a loop with independent rounds writes.
type Rounds =
    {
        /// Scalars and arrays that are only added to, and not read.
        Sums: Set<string>
        /// What a round writes before it reads it, and nobody reads after the loop.
        Private: Set<string>
        /// Arrays of which each round writes an element of its own, and reads none.
        Outputs: Set<string>
    }

/// The addition that a statement makes: v += e in all its spellings.
let adding statement : (string * Term list) option =
    match statement with
    | Increment(name, e) -> Some(name, [ e ])
    | Accumulate(array, i, e) -> Some(array, [ i; e ])
    | Assign(name, Formula((Add | Sub), [ Variable own; e ])) when own = name && not ((Term.names e).Contains name) -> Some(name, [ e ])
    | Assign(name, Formula(Add, [ e; Variable own ])) when own = name && not ((Term.names e).Contains name) -> Some(name, [ e ])
    | Store(array, i, Formula((Add | Sub), [ Element(own, j); e ])) when
        own = array && i = j && not ((Term.names e).Contains array || (Term.names i).Contains array)
        ->
        Some(array, [ i; e ])
    | _ -> None

let private readsOf statement =
    match adding statement with
    | Some(_, terms) -> terms |> List.map Term.values |> Set.unionMany
    | None -> Statement.terms statement |> List.map Term.values |> Set.unionMany

/// What is read in a round before the round has written it. Arrays count as written as far as a loop over their first elements went.
let exposed (steady: Steady.Steady) (written: Set<string>) (body: Statement list) : Set<string> =
    let mutable found = Set.empty
    let invariant term = Set.isEmpty (Set.intersect written (Term.names term))

    // counters in scope with their bounds; scalars written so far; arrays, and how far they were written from 0 on; arrays whose element
    // at a counter was written in this round of that counter's loop
    let rec read (bounds: Map<string, Term>) (scalars: Set<string>) (arrays: Map<string, Term>) (here: Set<string * string>) term =
        for name in
            (match term with
             | Variable name -> [ name ]
             | _ -> []) do
            if written.Contains name && not (scalars.Contains name) then found <- found.Add name

        match term with
        | Element(array, index) when written.Contains array ->
            let covered =
                match Steady.place steady array index, Map.tryFind array arrays with
                | _, Some bound when Steady.isWhole steady array bound -> true
                | Variable counter, _ when here.Contains(array, counter) -> true
                | Variable counter, Some bound -> Map.tryFind counter bounds = Some bound
                | _ -> false

            if not covered then found <- found.Add array
        | _ -> ()

        Term.parts term |> List.iter (read bounds scalars arrays here)

    let rec block bounds (scalars, arrays, here) statements =
        ((scalars, arrays, here), statements) ||> List.fold (fun state s -> statement bounds state s)

    and statement (bounds: Map<string, Term>) (scalars: Set<string>, arrays: Map<string, Term>, here) s =
        let read = read bounds scalars arrays here

        match adding s with
        | Some(_, terms) -> List.iter read terms
        | None -> List.iter read (Statement.terms s)

        match s with
        | Declare(name, _, _)
        | Assign(name, _) -> scalars.Add name, arrays, here
        | Call(results, _, _) -> Set.union scalars (Set.ofList results), arrays, here
        | Store(array, index, _) ->
            match Steady.place steady array index with
            | Variable counter when bounds.ContainsKey counter -> scalars, arrays, here.Add(array, counter)
            | _ -> scalars, arrays, here
        | If(_, yes, no) ->
            let scalarsYes, arraysYes, hereYes = block bounds (scalars, arrays, here) yes
            let scalarsNo, arraysNo, hereNo = block bounds (scalars, arrays, here) no

            Set.intersect scalarsYes scalarsNo,
            (arraysYes |> Map.filter (fun array bound -> Map.tryFind array arraysNo = Some bound)),
            Set.intersect hereYes hereNo
        | For(counter, first, last, step, body) ->
            let bounded = step > 0 && invariant last
            let upward = first = Whole 0 && step = 1 && bounded
            let inner = if bounded then bounds.Add(counter, last) else bounds
            let here' = here |> Set.filter (fun (_, other) -> other <> counter)
            let _, _, after = block inner (scalars.Add counter, arrays, here') body

            let filled =
                if upward then
                    [
                        for array, index in after do
                            if index = counter then array
                    ]
                else
                    []

            scalars, (arrays, filled) ||> List.fold (fun arrays array -> arrays.Add(array, last)), here
        | While(_, body) ->
            block bounds (scalars, arrays, here) body |> ignore
            scalars, arrays, here
        | _ -> scalars, arrays, here

    block Map.empty (Set.empty, Map.empty, Set.empty) body |> ignore
    found

/// Arrays of which each round writes just the element at its counter, once, and reads no other, and that not before. Of an array in rows
/// it is the element of the row.
let ownElements (program: Program) (steady: Steady.Steady) counter (body: Statement list) : Set<string> =
    let written = Statement.written program body
    let all = Statement.all body

    let targets =
        [
            for s in all do
                match s with
                | Store(array, index, _)
                | Accumulate(array, index, _)
                | PopElement(_, _, array, index) -> array, Some index
                | DeclareArray(array, _, _) -> array, None
                | Call(_, _, args) ->
                    for arg in args do
                        match arg with
                        | Variable array -> array, None
                        | _ -> ()
                | _ -> ()
        ]

    // a loop over this one body shows what is read before it is written
    let exposed = exposed steady written [ For(counter, Whole 0, Length "", 1, body) ]
    let read = all |> List.collect Statement.terms |> List.collect Steady.elements

    Set.ofList
        [
            for s in body do
                match s with
                | Store(array, index, _) when
                    Steady.place steady array index = Variable counter
                    && (targets |> List.filter (fun (other, _) -> other = array)).Length = 1
                    && read |> List.forall (fun (other, index) -> other <> array || Steady.place steady array index = Variable counter)
                    && not (exposed.Contains array)
                    ->
                    array
                | _ -> ()
        ]

/// Whether the rounds of a loop are independent; or why not. `live` are the names that are read after the loop.
let ofLoop (program: Program) (steady: Steady.Steady) (live: Set<string>) counter (body: Statement list) : Result<Rounds, string> =
    let statements = Statement.all body

    let counters =
        Set.ofList
            [
                for s in statements do
                    match s with
                    | For(counter, _, _, _, _) -> counter
                    | _ -> ()
            ]

    let written = Set.difference (Statement.written program body) counters
    let additions = statements |> List.filter (adding >> Option.isSome)
    let others = statements |> List.filter (fun s -> (adding s).IsNone && (Statement.blocks s).IsEmpty)
    let assigned = Set.difference (Statement.written program others) counters
    let read = statements |> List.map readsOf |> Set.unionMany
    let elementsRead = statements |> List.collect Statement.terms |> List.collect Steady.elements

    let stores =
        [
            for s in statements do
                match s with
                | Store(array, index, _) -> array, index
                | _ -> ()
        ]

    let sums =
        additions
        |> List.choose (adding >> Option.map fst)
        |> Set.ofList
        |> Set.filter (fun name -> not (assigned.Contains name || read.Contains name))

    let exposed = exposed steady written body

    let outputs =
        stores
        |> List.groupBy fst
        |> List.filter (fun (array, uses) ->
            let isOwn index = Steady.place steady array index = Variable counter

            List.forall (snd >> isOwn) uses
            && not (List.exists (fun (other, index) -> other = array && not (isOwn index)) elementsRead)
            && not (exposed.Contains array)
            && not (sums.Contains array))
        |> List.map fst
        |> Set.ofList

    let passed =
        Set.ofList
            [
                for s in statements do
                    match s with
                    | Call(_, name, args) ->
                        for p, arg in List.zip (program.TryFind name).Value.Parameters args do
                            match p.Flow, arg with
                            | InOut, Variable array -> array
                            | _ -> ()
                    | _ -> ()
            ]

    let local = Set.difference (Set.difference (Set.difference written sums) exposed) live
    let rest = Set.difference written (Set.unionMany [ sums; local; outputs ])

    let stacks =
        statements
        |> List.exists (function
            | Push _
            | Pop _
            | PopElement _ -> true
            | _ -> false)

    if stacks then
        Error "stacks are used in it"
    elif not (Set.isEmpty (Set.intersect passed written)) && not (Set.isEmpty passed) then
        Error("a function that it calls changes " + names passed)
    elif not rest.IsEmpty then
        Error("one round hands to the next: " + names rest)
    else
        Ok { Sums = sums; Private = Set.difference local outputs; Outputs = outputs }

/// For every counted loop of a function, by the statement's number: whether its rounds are independent, or why not.
let find (program: Program) (f: Function) : Map<int, Result<Rounds, string>> =
    let live = Liveness.after f
    let steady = Steady.ofFunction program f
    let found = Dictionary<int, Result<Rounds, string>>()

    let times block = Steady.touches block |> List.countBy fst |> Map.ofList
    let everywhere = times f.Body

    // arrays that a round of a loop outside has to itself are not read after the one loop in it that touches them
    let rec visit own (items: Numbered list) =
        for item in items do
            match item.Statement with
            | For(counter, _, _, _, body) ->
                let here = times body
                let over = own |> Set.filter (fun array -> Map.tryFind array here = Map.tryFind array everywhere)
                let rounds = ofLoop program steady (Set.difference (live item.Id) over) counter body
                found[item.Id] <- rounds

                let own =
                    match rounds with
                    | Ok rounds -> Set.union own (rounds.Private |> Set.filter everywhere.ContainsKey)
                    | Error _ -> own

                List.iter (visit own) item.Blocks
            | _ -> List.iter (visit own) item.Blocks

    visit Set.empty (number f.Body)
    Map.ofSeq [ for KeyValue(id, rounds) in found -> id, rounds ]

/// The listing: for each loop what its rounds share, or why one waits for another.
let show (program: Program) (f: Function) : string =
    let found = find program f

    Listing.show
        (fun id ->
            match Map.tryFind id found with
            | Some(Ok rounds) ->
                $"independent; sums: {names rounds.Sums}; private: {names rounds.Private}; outputs: {names rounds.Outputs}"
            | Some(Error why) -> "in order: " + why
            | None -> "")
        f
