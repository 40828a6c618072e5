/// Loops that are turned straight away, because what comes after them tells the adjoints of their sums without their values.
module Zautograd.Programs.Straight

open Zautograd
open Zautograd.Programs

/// Whether a statement is a counted loop.
let isLoop statement =
    match statement with
    | For _ -> true
    | _ -> false

let rec private depth statement = Statement.blocks statement |> List.map (List.map depth >> List.fold max 0 >> (+) 1) |> List.fold max 0

/// Loops at the top of a function that may be turned straight away, by their place among the loops there: those first that it is worth
/// most for, the deepest, then the last.
let candidates (program: Program) (f: Function) : int list =
    let found = Independence.find program f

    Listing.number f.Body
    |> List.filter (fun item -> isLoop item.Statement)
    |> List.indexed
    |> List.filter (fun (_, item) ->
        match Map.tryFind item.Id found with
        | Some(Ok _) -> true
        | _ -> false)
    |> List.sortBy (fun (place, item) -> -(depth item.Statement), -place)
    |> List.map fst

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

let private touchedBy (program: Program) (adjoints: Set<string>) (code: Statement list) : Touched =
    let among (names: string seq) = Set.intersect adjoints (Set.ofSeq names)

    (({ Reads = Set.empty; Sets = Set.empty; Adds = Set.empty }, Statement.all code))
    ||> List.fold (fun found s ->
        match Exposed.adding s with
        | Some(name, terms) ->
            together found { Reads = among (terms |> List.map Term.names |> Set.unionMany); Sets = Set.empty; Adds = among [ name ] }
        | None ->
            let read = Statement.terms s |> List.map Term.names |> Set.unionMany
            together found { Reads = among read; Sets = among (Statement.assigned program.TryFind s); Adds = Set.empty })

// whether it matters which of the two runs first; sums may be added to in any order
let private meet (a: Touched) (b: Touched) =
    let overlap x y = not (Set.isEmpty (Set.intersect x y))
    overlap a.Sets b.All || overlap b.Sets a.All || overlap a.Adds b.Reads || overlap b.Adds a.Reads

/// Of the backward code of what follows the first of these loops: what must run before them, because a loop reads an adjoint that it
/// sets, or the other way round. The rest may wait until all is run forwards. None where the adjoint of a value that is private to a
/// loop's rounds would not be 0 when the loop runs.
let ahead
    (program: Program)
    (adjoints: Map<string, string>)
    isStraight
    (rounds: int -> Independence.Rounds option)
    (seeding: Statement list)
    (late: (Listing.Numbered * Statement list * Statement list) list)
    : (int -> bool) option =
    let touched = touchedBy program (Set.ofSeq adjoints.Values)

    let own (item: Listing.Numbered) =
        match rounds item.Id with
        | Some rounds -> rounds.Private |> Set.map (fun name -> Map.tryFind name adjoints |> Option.defaultValue name)
        | None -> Set.empty

    let none = touched []

    // in the program's order: what has been seen must run after whatever meets it
    let _, before, waiting =
        ((none, [], []), late)
        ||> List.fold (fun (seen, before, waiting) (item, forward, backward) ->
            if isStraight item then
                together seen ((touched forward).Without(own item)), before, waiting
            else
                let code = touched backward

                if meet code seen then
                    together seen code, (item.Id, code) :: before, waiting
                else
                    seen, before, (item.Id, code) :: waiting)

    let all codes = (Set.empty, codes) ||> List.fold (fun names (_, code: Touched) -> Set.union names code.All)
    let early, later = Set.union (touched seeding).All (all before), all waiting

    let mixed =
        late
        |> List.exists (fun (item, _, _) -> isStraight item && not (Set.isEmpty (Set.intersect (own item) (Set.intersect early later))))

    let ids = before |> List.map fst |> Set.ofList
    if mixed then None else Some ids.Contains

/// Whether the backward code of what follows a loop can run before it: it reads nothing that the loop or what follows writes, and brings
/// nothing back.
let canPrecede (program: Program) (known: Set<string>) (later: Set<string>) (code: Statement list) =
    let all = Statement.all code

    let counters =
        Set.ofList
            [
                for s in all do
                    match s with
                    | For(counter, _, _, _, _) -> counter
                    | _ -> ()
            ]

    let onStacks =
        all
        |> List.exists (function
            | Push _
            | Pop _
            | PopElement _ -> true
            | _ -> false)

    let restored = Set.difference (Set.intersect known (Statement.written program code)) counters
    let read = Set.difference (Plan.valuesReadBy code) counters
    not onStacks && restored.IsEmpty && Set.isEmpty (Set.intersect read later)

/// Whether the reverse of none of these loops adds to an adjoint that has been read by then: they read nothing active that is written
/// from the first of them on.
let apart (program: Program) (active: Set<string>) isStraight (rounds: int -> Independence.Rounds option) (late: Listing.Numbered list) =
    let statements = late |> List.map _.Statement

    late
    |> List.indexed
    |> List.forall (fun (place, item) ->
        match item.Statement, rounds item.Id with
        | For(_, _, _, _, body), Some own when isStraight item ->
            let read = Set.difference (Set.intersect active (Plan.valuesReadBy body)) own.Private
            Set.isEmpty (Set.intersect read (Statement.written program (List.truncate place statements)))
        | _ -> true)
