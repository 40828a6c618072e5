/// Elements of arrays that are still zero when something is added to them, because nothing has touched them before, in no round of any loop.
module Zautograd.Programs.Passes.Untouched

open System.Collections.Generic
open Zautograd.Programs

// a write to an array in a loop: the loops from there inward (the innermost first; a while loop has no name), the branches, its turn in the text
type private Site = { Write: Statement; Array: string; Loops: string list; Branches: (Statement * bool) list; Turn: int }

/// What of an array may not be zero, from place to place; arrays of which nothing is known are not in it.
type private Touched = Map<string, (Affine * Affine) list>

let private arrayOf statement =
    match statement with
    | Store(array, _, _)
    | Accumulate(array, _, _)
    | PopElement(_, _, array, _) -> Some array
    | _ -> None

let rec private leaves statement =
    match statement with
    | Break
    | Continue
    | Return _ -> true
    | _ -> Statement.blocks statement |> List.exists (List.exists leaves)

let private sitesIn (loop: Statement) : Site list =
    let found = List<Site>()

    let rec visit loops branches statement =
        match statement with
        | For(counter, _, _, _, body) -> List.iter (visit (counter :: loops) branches) body
        | While(_, body) -> List.iter (visit ("" :: loops) branches) body
        | If(_, yes, no) ->
            List.iter (visit loops ((statement, true) :: branches)) yes
            List.iter (visit loops ((statement, false) :: branches)) no
        | other ->
            arrayOf other
            |> Option.iter (fun array -> found.Add { Write = other; Array = array; Loops = loops; Branches = branches; Turn = found.Count })

    visit [] [] loop
    List.ofSeq found

// arrays that a block hands to calls, or declares
let private takenWhole (block: Statement list) : Set<string> =
    Set.ofList
        [
            for statement in Statement.all block do
                match statement with
                | Call(_, _, args) -> yield! Term.namesIn args
                | DeclareArray(name, _, _) -> name
                | _ -> ()
        ]

type private Search(program: Program, f: Function) =
    let places = Places(program, f)
    let found = HashSet<Statement>(HashIdentity.Reference)
    let mutable noting = true

    let note statement = if noting then found.Add statement |> ignore

    let isApart (low, high) (low', high') =
        places.IsOrdered(Affine.add high (Affine.number 1L), low') || places.IsOrdered(Affine.add high' (Affine.number 1L), low)

    let extent (site: Site) = places.Of site.Write |> Option.bind (fun place -> places.Extent(place, place, site.Loops))

    let width counter =
        places.Sweep counter
        |> Option.bind (fun sweep ->
            match places.Least(Affine.minus sweep.Low sweep.High) with
            | Some least when least > -1_000_000L -> Some(max 0L -least)
            | _ -> None)

    // whether no two rounds of its loops come to one place: each step of an outer loop is longer than all that the inner ones go
    let isOnce (place: Affine) loops =
        let steps = loops |> List.map (fun counter -> abs (Affine.times place counter), counter) |> List.sortBy fst

        match steps with
        | [ 1L, _ ] -> true
        | _ ->
            let longer reach (step, counter) =
                match reach, width counter with
                | Some reach, Some width when step > reach -> Some(reach + step * width)
                | _ -> None

            (List.fold longer (Some 0L) steps).IsSome

    let isExclusive (a: Site) (b: Site) =
        a.Branches
        |> List.exists (fun (statement, side) ->
            b.Branches |> List.exists (fun (other, otherSide) -> obj.ReferenceEquals(statement, other) && side <> otherSide))

    // whether the other write never comes to a place of this one before it
    let comesLater (site: Site) (other: Site) =
        let inOrder =
            match places.Of site.Write, places.Of other.Write with
            | Some place, Some otherPlace when site.Loops = other.Loops ->
                let difference = Affine.minus place otherPlace

                match site.Loops with
                | _ when not difference.Parts.IsEmpty -> false
                | _ when difference.Constant = 0L -> other.Turn > site.Turn || isExclusive site other
                | [ counter ] ->
                    // so many rounds later the other one is there
                    let step = Affine.times place counter
                    let rounds = difference.Constant / step

                    difference.Constant % step <> 0L
                    || (places.Sweep counter |> Option.exists (fun sweep -> rounds * int64 sweep.Step > 0L))
                | _ -> false
            | _ -> false

        inOrder || (Option.map2 isApart (extent site) (extent other) |> Option.defaultValue false)

    // what is added in a loop for the first time since before it
    let inside (touched: Touched) loop =
        let sites = sitesIn loop |> List.groupBy _.Array
        let whole = takenWhole [ loop ]

        for array, sites in sites do
            if touched.ContainsKey array && not (whole.Contains array) then
                for site in sites do
                    match site.Write, places.Of site.Write, extent site with
                    | Accumulate _, Some place, Some reach when
                        isOnce place site.Loops
                        && List.forall (isApart reach) touched[array]
                        && sites |> List.forall (fun other -> other.Turn = site.Turn || comesLater site other)
                        ->
                        note site.Write
                    | _ -> ()

    // what a loop sets to zero, all of it at the end
    let cleared loop : (string * (Affine * Affine)) list =
        match loop with
        | For(counter, _, _, (1 | -1), body) when not (List.exists leaves body) ->
            let sites = sitesIn loop
            let whole = takenWhole body

            // nothing of its array is touched but what the round clears at last
            let isLast statement array place =
                let turn = sites |> List.find (fun site -> obj.ReferenceEquals(site.Write, statement)) |> _.Turn
                sites |> List.forall (fun site -> site.Array <> array || (places.Of site.Write = Some place && site.Turn <= turn))

            [
                for statement in body do
                    match statement, places.Of statement with
                    | Store(array, _, Number 0.0), Some place when
                        abs (Affine.times place counter) = 1L && not (whole.Contains array) && isLast statement array place
                        ->
                        yield! places.Extent(place, place, [ counter ]) |> Option.map (fun reach -> array, reach) |> Option.toList
                    | _ -> ()
            ]
        | _ -> []

    let join (a: Touched) (b: Touched) : Touched =
        a
        |> Map.filter (fun array _ -> b.ContainsKey array)
        |> Map.map (fun array regions -> regions @ List.filter (fun region -> not (List.contains region regions)) b[array])

    // wherever these may be in a round, over all rounds
    let widen counter (touched: Touched) : Touched =
        Map.ofList
            [
                for KeyValue(array, regions) in touched do
                    let wide = regions |> List.map (fun (low, high) -> places.Extent(low, high, [ counter ]))
                    if List.forall Option.isSome wide then array, List.distinct (List.choose id wide)
            ]

    let rec block (touched: Touched) statements = (touched, statements) ||> List.fold statement

    and statement (touched: Touched) s : Touched =
        match s with
        | DeclareArray(array, Reals, _) -> Map.add array [] touched
        | If(_, yes, no) -> join (block touched yes) (block touched no)
        | For(counter, _, _, _, body) ->
            if noting then inside touched s
            let after = rounds (widen counter) touched body
            let clears = cleared s

            let isCleared array (low, high) =
                clears
                |> List.exists (fun (name, (first, last)) -> name = array && places.IsOrdered(first, low) && places.IsOrdered(high, last))

            after |> Map.map (fun array -> List.filter (isCleared array >> not))
        | While(_, body) -> rounds id touched body
        | Call(_, _, args) ->
            let given = args |> Term.namesIn
            touched |> Map.filter (fun array _ -> not (given.Contains array))
        | other ->
            match arrayOf other with
            | Some array when touched.ContainsKey array ->
                match other, places.Of other with
                | _, None -> Map.remove array touched
                | _, Some place ->
                    let region = place, place

                    match other with
                    | Accumulate _ when List.forall (isApart region) touched[array] -> note other
                    | _ -> ()

                    if List.contains region touched[array] then touched else Map.add array (region :: touched[array]) touched
            | _ -> touched

    // what holds before every round, until it stays; noted is only what holds then
    and rounds widen touched body : Touched =
        let writes = body |> Statement.exists (fun s -> (arrayOf s).IsSome || s.IsCall || s.IsDeclareArray)

        let rec settle left (head: Touched) =
            let next = block head body |> widen |> join head

            if next = head then head
            elif left > 0 then settle (left - 1) next
            else settle 0 (head |> Map.filter (fun array regions -> Map.tryFind array next = Some regions))

        if not writes then
            touched
        else
            let before = noting
            noting <- false
            let head = settle 2 touched
            noting <- before
            block head body |> ignore
            head

    member _.Run(zeros: Set<string>) : HashSet<Statement> =
        block (Map.ofSeq [ for array in zeros -> array, [] ]) f.Body |> ignore
        found

/// The statements that add to elements which are zero, told apart by reference; `zeros` are the arrays among the parameters that hold nothing else.
let find (program: Program) (zeros: Set<string>) (f: Function) : HashSet<Statement> =
    let adds = f.Body |> Statement.exists (fun s -> s.IsAccumulate)

    if adds then Search(program, f).Run zeros else HashSet<Statement>(HashIdentity.Reference)
