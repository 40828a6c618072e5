/// Loops and calls that are turned straight away, because what comes after them tells the adjoints of what they compute without its value.
module Zautograd.Programs.Straight

open Zautograd
open Zautograd.Programs

/// Whether a statement is a counted loop or a call.
let isTurnable statement =
    match statement with
    | For _
    | Call _ -> true
    | _ -> false

/// Whether nobody asks for what a call overwrites: it changes no reals of its caller's, and no ints that are read after it.
let private isFinal (program: Program) (live: Set<string>) results callee args =
    match program.TryFind callee with
    | None -> false
    | Some f ->
        let changed = Statement.changed (Some f) args |> Set.ofList

        f.Parameters |> List.forall (fun p -> p.Flow = In || p.Type = Ints)
        && Set.isEmpty (Set.intersect changed live)
        && Set.isEmpty (Set.intersect (Set.ofList results) (args |> List.map Term.values |> Set.unionMany))

let rec private depth statement = Statement.blocks statement |> List.map (List.map depth >> List.fold max 0 >> (+) 1) |> List.fold max 0

/// Loops, and calls, at the top of a function that may be turned straight away, by their place among the loops and calls there: those
/// first that it is worth most for, the deepest loops, then the last.
let candidates (program: Program) (f: Function) : int list =
    let found = Independence.find program f
    // what an adjoint leaves in the arrays that it was given is of no use to anybody
    let live = Liveness.after { f with Parameters = f.Parameters |> List.map (fun p -> { p with Flow = In }) }

    Listing.number f.Body
    |> List.filter (fun item -> isTurnable item.Statement)
    |> List.indexed
    |> List.filter (fun (_, item) ->
        match item.Statement, Map.tryFind item.Id found with
        | Call(results, callee, args), _ -> isFinal program (live item.Id) results callee args
        | _, Some(Ok _) -> true
        | _ -> false)
    |> List.sortBy (fun (place, item) -> -(depth item.Statement), -place)
    |> List.map fst

/// A loop with which each round of another one ends goes backwards at once with that one: nothing of the round comes between. And so on inwards.
let rec nested (isIndependent: int -> bool) (item: Listing.Numbered) : Listing.Numbered list =
    match item.Statement, List.tryLast item.Blocks |> Option.bind List.tryLast with
    | For _, Some inner when inner.Statement.IsFor && isIndependent inner.Id -> inner :: nested isIndependent inner
    | _ -> []

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

/// Whether the reverse of none of these adds to an adjoint that has been read by then: they read nothing active that is written
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
        | Call(results, _, args), _ when isStraight item ->
            // an adjoint of a result has been cleared by then where something before the call writes it, too
            let moved = Set.intersect active (args |> List.map Term.values |> Set.unionMany |> Set.union (Set.ofList results))
            Set.isEmpty (Set.intersect moved (Statement.written program (List.truncate place statements)))
        | _ -> true)
