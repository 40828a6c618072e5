/// What a round of a loop reads before it has written it, and the elements that a round has to itself.
module Zautograd.Programs.Exposed

open Zautograd
open Zautograd.Programs

/// The addition that a statement makes: v += e in all its spellings.
let adding statement : (string * Term list) option =
    match statement with
    | Increment(name, e) -> Some(name, [ e ])
    | Accumulate(array, i, e) -> Some(array, [ i; e ])
    | Assign(name, Formula((Add | Sub), [ Variable own; e ])) when own = name && not (Term.mentions name e) -> Some(name, [ e ])
    | Assign(name, Formula(Add, [ e; Variable own ])) when own = name && not (Term.mentions name e) -> Some(name, [ e ])
    | Store(array, i, Formula((Add | Sub), [ Element(own, j); e ])) when
        own = array && i = j && not (Term.mentions array e || Term.mentions array i)
        ->
        Some(array, [ i; e ])
    | _ -> None

/// What is read in a round before the round has written it. Arrays count as written as far as a loop over their first elements went.
let names (steady: Steady.Steady) (written: Set<string>) (body: Statement list) : Set<string> =
    let mutable found = Set.empty
    let invariant term = Set.isEmpty (Set.intersect written (Term.names term))
    let all = Statement.all body

    // what a name that is assigned once is equal to from there on, in its round
    let meanings =
        Map.ofList
            [
                for name, assigned in
                    all
                    |> List.collect (fun s -> Statement.assigned (fun _ -> None) s |> List.map (fun name -> name, s))
                    |> List.groupBy fst do
                    match assigned with
                    | [ _, (Declare(_, Int, e) | Assign(_, e)) ] -> name, e
                    | _ -> ()
            ]

    // arrays that one statement writes: where its loops have no rounds, they stay as they are
    let writtenOnce =
        all
        |> List.choose (function
            | Store(array, _, _)
            | Accumulate(array, _, _)
            | PopElement(_, _, array, _) -> Some array
            | _ -> None)
        |> List.countBy id
        |> List.filter (fun (_, times) -> times = 1)
        |> List.map fst
        |> Set.ofList

    let isFilled (arrays: Map<string, Term>) array =
        match Map.tryFind array arrays with
        | Some bound -> Steady.isWhole steady array bound
        | None -> false

    // an index in terms of counters and of what no round writes
    let rec told (bounds: Map<string, Term>) (scalars: Set<string>) index =
        match index with
        | Variable name when scalars.Contains name && meanings.ContainsKey name && not (bounds.ContainsKey name) ->
            let e = meanings[name]

            if Term.names e |> Set.forall (fun part -> bounds.ContainsKey part || not (written.Contains part)) then
                e
            else
                index
        | _ -> Term.map (told bounds scalars) index

    // counters in scope with their bounds; scalars written so far; arrays, and how far they were written from 0 on; arrays with an element
    // at a counter, or a row of them, that was written in this round of that counter's loop
    let rec read (bounds: Map<string, Term>) (scalars: Set<string>) (arrays: Map<string, Term>) (here: Set<string * Term>) term =
        match term with
        | Variable name when written.Contains name && not (scalars.Contains name || isFilled arrays name) -> found <- found.Add name
        | _ -> ()

        match term with
        | Element(array, index) when written.Contains array ->
            let covered =
                match Steady.place steady array index, Map.tryFind array arrays with
                | _, Some bound when Steady.isWhole steady array bound -> true
                | Variable _ as index, _ when here.Contains(array, index) -> true
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
            match told bounds scalars (Steady.place steady array index) with
            | Variable counter as index when bounds.ContainsKey counter -> scalars, arrays, here.Add(array, index)
            | Integer(Plus, Integer(Times, Variable row, width), Variable counter) as index when
                bounds.ContainsKey row && bounds.ContainsKey counter && invariant width && writtenOnce.Contains array
                ->
                scalars, arrays, here.Add(array, index)
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
            let here' = here |> Set.filter (fun (_, index) -> not (Term.mentions counter index))
            let _, _, after = block inner (scalars.Add counter, arrays, here') body

            // elements make a row, rows and elements an array
            ((scalars, arrays, here), (if upward then Set.toList after else []))
            ||> List.fold (fun (scalars, arrays, here) (array, index) ->
                match index with
                | Variable own when own = counter -> scalars, arrays.Add(array, last), here
                | Integer(Plus, row, Variable own) when own = counter && row = Integer(Times, (Term.parts row).Head, last) ->
                    scalars, arrays, here.Add(array, row)
                | Integer(Times, Variable own, width) when own = counter -> scalars, arrays.Add(array, Integer(Times, last, width)), here
                | _ -> scalars, arrays, here)
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
    let exposed = names steady written [ For(counter, Whole 0, Length "", 1, body) ]
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
