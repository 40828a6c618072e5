/// Loops, calls and branches that are turned straight away, because what comes after them tells the adjoints of what they compute without its value.
module Zautograd.Programs.Straight

open Zautograd
open Zautograd.Programs

let private isTurnable statement =
    match statement with
    | For _
    | Call _
    | If _ -> true
    | _ -> false

/// Whether nobody asks for what a call overwrites: it changes no reals of its caller's, and no ints that are read after it.
let private isFinal (program: Program) (live: Set<string>) results callee args =
    match program.TryFind callee with
    | None -> false
    | Some f ->
        let changed = Statement.changed (Some f) args |> Set.ofList

        f.Parameters |> List.forall (fun p -> p.Flow = In || p.Type = Ints)
        && Set.isEmpty (Set.intersect changed live)
        && Set.isEmpty (Set.intersect (Set.ofList results) (Term.valuesIn args))

let rec private depth statement = Statement.blocks statement |> List.map (List.map depth >> List.fold max 0 >> (+) 1) |> List.fold max 0

/// The loops, calls and branches of a block and of the blocks inside, in the order of the text: their places stay when other statements are added.
let rec turnable (items: Listing.Numbered list) : Listing.Numbered list =
    items |> List.collect (fun item -> (if isTurnable item.Statement then [ item ] else []) @ List.collect turnable item.Blocks)

// each with the branches and loops around it: all of them are turned straight away, or it is not. In a round that is a call, or the loop that
// the round ends with: nothing of the round comes between
let rec private paths isPossible (around: Listing.Numbered list) (items: Listing.Numbered list) : Listing.Numbered list list =
    let ends (item: Listing.Numbered) =
        match around with
        | [] -> true
        | outer :: _ when outer.Statement.IsFor -> (List.last items).Id = item.Id
        | _ -> around |> List.forall _.Statement.IsIf

    items
    |> List.collect (fun item ->
        let path = item :: around

        match item.Statement with
        | If _ -> List.collect (paths isPossible path) item.Blocks
        | For _ when isPossible item && ends item -> path :: List.collect (paths isPossible path) item.Blocks
        | Call _ when isPossible item -> [ path ]
        | _ -> [])

/// Loops and calls that may be turned straight away, each with the branches and loops around it, by their places among those of the function.
/// First those with the least around them; of these the ones that it is worth most for, the deepest loops, then the last.
let candidates (program: Program) (isIndependent: int -> bool) (f: Function) : Set<int> list =
    // what an adjoint leaves in the arrays that it was given is of no use to anybody
    let live = Liveness.after { f with Parameters = f.Parameters |> List.map (fun p -> { p with Flow = In }) }
    let items = Listing.number f.Body
    let places = turnable items |> List.mapi (fun place item -> item.Id, place) |> Map.ofList

    let isPossible (item: Listing.Numbered) =
        match item.Statement with
        | Call(results, callee, args) -> isFinal program (live item.Id) results callee args
        | _ -> isIndependent item.Id

    paths isPossible [] items
    |> List.sortBy (fun path -> path.Length, -(depth path.Head.Statement), -places[path.Head.Id])
    |> List.map (List.map (fun item -> places[item.Id]) >> Set.ofList)

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
