/// Which variables are live after a statement: read later on, by something whose own result is needed.
module Zautograd.Programs.Liveness

open System.Collections.Generic
open Zautograd.Programs
open Zautograd.Programs.Listing

/// What the caller sees of a function when it ends without returning values.
let private atEnd (f: Function) =
    Set.ofList
        [
            for p in f.Parameters do
                if p.Flow = InOut then p.Name
        ]

/// What is live where a break, a continue, or the function's end is reached.
type private Exits = { Break: Set<string>; Continue: Set<string>; End: Set<string> }

/// For each statement of a function, by its number in the text: the names that are live after it.
let after (f: Function) : int -> Set<string> =
    let found = Dictionary<int, Set<string>>()
    let union = Set.union

    let rec settle (step: Set<string> -> Set<string>) known =
        let next = union known (step known)
        if next = known then known else settle step next

    let rec block exits (live: Set<string>) (items: Numbered list) = List.foldBack (fun item live -> statement exits live item) items live

    and statement exits live item : Set<string> =
        found[item.Id] <- live
        let ends = Statement.terms item.Statement

        match item.Statement with
        | Declare(name, _, _)
        | Assign(name, _) -> if live.Contains name then union (live.Remove name) (Term.namesIn ends) else live
        | Increment(name, _)
        | Store(name, _, _)
        | Accumulate(name, _, _) -> if live.Contains name then union live (Term.namesIn ends) else live
        | DeclareArray(name, _, _) -> union (live.Remove name) (Term.namesIn ends)
        | PopElement(_, _, array, _) -> if live.Contains array then union live (Term.namesIn ends) else live
        | Pop(_, _, name) -> live.Remove name
        | Push _ -> union live (Term.namesIn ends)
        | If _ -> item.Blocks |> List.map (block exits live) |> Set.unionMany |> union (Term.namesIn ends)
        | For(counter, _, _, _, _) ->
            let body = item.Blocks.Head
            let head = live |> settle (fun head -> block { exits with Break = live; Continue = head } head body |> Set.remove counter)
            union head (Term.namesIn ends)
        | While _ ->
            let body = item.Blocks.Head
            union live (Term.namesIn ends) |> settle (fun head -> block { exits with Break = live; Continue = head } head body)
        | Call(results, _, _) -> union (Set.difference live (Set.ofList results)) (Term.namesIn ends)
        | Return _
        | Outside _ -> union exits.End (Term.namesIn ends)
        | Break -> exits.Break
        | Continue -> exits.Continue
        | Remark _ -> live

    let ending = atEnd f
    block { Break = ending; Continue = ending; End = ending } ending (number f.Body) |> ignore
    fun id -> if found.ContainsKey id then found[id] else Set.empty

/// The listing: each statement with what is live after it.
let show (f: Function) : string =
    let live = after f
    Listing.show (fun id -> "live: " + names (live id)) f
