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
            let given = among (args |> List.map Term.names |> Set.unionMany)
            let whole, results = Set.intersect given arrays, among results

            if addsOnly then
                together found { Reads = given - whole; Sets = results; Adds = whole }
            else
                together found { Reads = given; Sets = whole + results; Adds = Set.empty }
        | Some(name, terms), _ ->
            together found { Reads = among (terms |> List.map Term.names |> Set.unionMany); Sets = Set.empty; Adds = among [ name ] }
        | None, _ ->
            let read = Statement.terms s |> List.map Term.names |> Set.unionMany
            together found { Reads = among read; Sets = among (Statement.assigned program.TryFind s); Adds = Set.empty })

// whether it matters which of the two runs first; sums may be added to in any order
let private meet (a: Touched) (b: Touched) =
    let overlap x y = not (Set.isEmpty (Set.intersect x y))
    overlap a.Sets b.All || overlap b.Sets a.All || overlap a.Adds b.Reads || overlap b.Adds a.Reads

/// Of the backward code of what follows the first of these loops and calls: what must run before them, because one of them reads an adjoint that it
/// sets, or the other way round. The rest may wait until all is run forwards. None where the adjoint of a value that is private to a
/// loop's rounds would not be 0 when the loop runs.
let find
    (program: Program)
    (types: Map<string, Type>)
    (adjoints: Map<string, string>)
    isStraight
    (rounds: int -> Independence.Rounds option)
    (seeding: Statement list)
    (late: (Listing.Numbered * Statement list * Statement list) list)
    : (int -> bool) option =
    let arrays =
        Set.ofList
            [
                for KeyValue(name, adjoint) in adjoints do
                    if Map.tryFind name types = Some Reals then adjoint
            ]

    let touched = touchedBy program (Set.ofSeq adjoints.Values) arrays

    let own (item: Listing.Numbered) =
        match rounds item.Id with
        | Some rounds -> rounds.Private |> Set.map (fun name -> Map.tryFind name adjoints |> Option.defaultValue name)
        | None -> Set.empty

    let none = touched false []

    // in the program's order: what has been seen must run after whatever meets it
    let _, before, waiting =
        ((none, [], []), late)
        ||> List.fold (fun (seen, before, waiting) (item, forward, backward) ->
            if isStraight item then
                together seen ((touched true forward).Without(own item)), before, waiting
            else
                let code = touched false backward

                if meet code seen then
                    together seen code, (item.Id, code) :: before, waiting
                else
                    seen, before, (item.Id, code) :: waiting)

    let all codes = (Set.empty, codes) ||> List.fold (fun names (_, code: Touched) -> Set.union names code.All)
    let early, later = Set.union (touched false seeding).All (all before), all waiting

    let mixed =
        late
        |> List.exists (fun (item, _, _) -> isStraight item && not (Set.isEmpty (Set.intersect (own item) (Set.intersect early later))))

    let ids = before |> List.map fst |> Set.ofList
    if mixed then None else Some ids.Contains
