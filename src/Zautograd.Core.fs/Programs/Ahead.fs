/// What of the backward code behind a loop that is turned straight away must run before it, and what may wait until all is run forwards.
module Zautograd.Programs.Ahead

open Zautograd
open Zautograd.Programs

/// The adjoints that code reads, sets, and adds to.
type private Touched =
    {
        Reads: Set<string>
        Sets: Set<string>
        Adds: Set<string>
    }

    member touched.All = Set.unionMany [ touched.Reads; touched.Sets; touched.Adds ]
    member touched.Without(names: Set<string>) = { Reads = touched.Reads - names; Sets = touched.Sets - names; Adds = touched.Adds - names }

let private together (a: Touched) (b: Touched) = { Reads = a.Reads + b.Reads; Sets = a.Sets + b.Sets; Adds = a.Adds + b.Adds }

// the adjoint of a call adds to arrays, or sets those that the function changes
let private touchedBy (program: Program) (adjoints: Set<string>) (arrays: Set<string>) addsOnly (code: Statement list) : Touched =
    let among (names: string seq) = Set.intersect adjoints (Set.ofSeq names)

    (({ Reads = Set.empty; Sets = Set.empty; Adds = Set.empty }, Statement.all code))
    ||> List.fold (fun found s ->
        match Exposed.adding s, s with
        | None, Call(results, _, args) ->
            let given = among (Term.namesIn args)
            let whole, results = Set.intersect given arrays, among results

            if addsOnly then
                together found { Reads = given - whole; Sets = results; Adds = whole }
            else
                together found { Reads = given; Sets = whole + results; Adds = Set.empty }
        | Some(name, terms), _ -> together found { Reads = among (Term.namesIn terms); Sets = Set.empty; Adds = among [ name ] }
        | None, _ ->
            let read = Term.namesIn (Statement.terms s)
            together found { Reads = among read; Sets = among (Statement.assigned program.TryFind s); Adds = Set.empty })

// whether it matters which of the two runs first; sums may be added to in any order
let private meet (a: Touched) (b: Touched) =
    let overlap x y = not (Set.isEmpty (Set.intersect x y))
    overlap a.Sets b.All || overlap b.Sets a.All || overlap a.Adds b.Reads || overlap b.Adds a.Reads

/// What follows the first of some statements that are turned straight away.
type Late =
    {
        Item: Listing.Numbered
        Forward: Statement list
        Backward: Statement list
        /// Whether its forward code goes both ways.
        IsStraight: bool
        /// The adjoints that are its rounds' own.
        Own: Set<string>
    }

// whether no call in it changes reals of its caller's
let private keepsReals (program: Program) (item: Listing.Numbered) =
    Statement.all [ item.Statement ]
    |> List.forall (function
        | Call(_, name, _) ->
            match program.TryFind name with
            | Some f -> f.Parameters |> List.forall (fun p -> p.Flow = In || p.Type <> Reals)
            | None -> false
        | _ -> true)

/// The backward code of each, in two parts: what must run before all of them, because one that is turned straight away reads an adjoint that it
/// sets, or the other way round; and what may wait until all is run forwards. None where no order will do: two pieces of backward code may
/// change places only where neither reads or sets what the other one sets or adds to. `values` are the names that are no adjoints.
let split
    (program: Program)
    (values: Set<string>)
    (arrays: Set<string>)
    (adjoints: Set<string>)
    (seeding: Statement list)
    (late: Late list)
    : (Statement list * Statement list) list option =
    let locals = late |> List.collect _.Backward |> Statement.written program
    let touched = touchedBy program (Set.union adjoints (Set.difference locals values)) arrays
    let none = touched true []

    // in the program's order: what has been seen must run after whatever meets it
    let one (seen, early, later, possible) (item: Late) =
        let addsOnly = keepsReals program item.Item

        let straight = if item.IsStraight then (touched addsOnly item.Forward).Without item.Own else none

        let possible = possible && not (meet straight seen)

        let code, (seen, early, later) =
            ((together seen straight, early, later), List.rev item.Backward)
            ||> List.mapFold (fun (seen, early, later) s ->
                let code = touched addsOnly [ s ]

                if meet code seen then
                    (s, true), (together seen code, together early code, later)
                else
                    (s, false), (seen, early, together later code))

        let part ahead = code |> List.rev |> List.filter (fun (_, isAhead) -> isAhead = ahead) |> List.map fst
        (part true, part false), (seen, early, later, possible)

    let parts, (_, early, later, possible) = List.mapFold one (none, touched true seeding, none, true) late

    // the adjoint of a value that is private to a loop's rounds must be 0 when the loop runs
    let mixed = late |> List.exists (fun item -> not (Set.isEmpty (Set.intersect item.Own (Set.intersect early.All later.All))))
    if possible && not mixed then Some parts else None
