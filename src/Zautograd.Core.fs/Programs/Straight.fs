/// Loops that are turned straight away, because what comes after them tells the adjoints of their sums without their values.
module Zautograd.Programs.Straight

open Zautograd
open Zautograd.Programs

/// Whether a statement is a counted loop.
let isLoop statement =
    match statement with
    | For _ -> true
    | _ -> false

/// Loops at the top of a function that may be turned straight away: what comes after them tells the adjoints of their sums without
/// their values. By their place among the loops there.
let candidates (program: Program) (f: Function) =
    let found = Independence.find program f

    Listing.number f.Body
    |> List.filter (fun item -> isLoop item.Statement)
    |> List.indexed
    |> List.choose (fun (place, item) ->
        match Map.tryFind item.Id found with
        | Some(Ok _) -> Some place
        | _ -> None)
    |> Set.ofList

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
