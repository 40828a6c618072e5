/// Values that are worked out again on the way back, because what they were made of is still known there.
module Zautograd.Programs.Again

open Zautograd.Programs

/// Names that are still what they were assigned, name = term; and for each name those whose terms may read it, so that a write asks only them.
type Available = { Terms: Map<string, Term>; Readers: Map<string, Set<string>> }

/// Nothing is known.
let nothing: Available = { Terms = Map.empty; Readers = Map.empty }

/// A value that costs this little is worked out again: less than a push and a pop. Ints are mostly places in arrays, whose parts do
/// not change in a loop.
let private cheap kind = if kind = Int then 12 else 1

/// How often a part of an int is worked out again for the sake of it.
let private depth = 4

/// What is left when these names are written.
let forget (names: Set<string>) (available: Available) : Available =
    let reads name reader = available.Terms |> Map.tryFind reader |> Option.exists (Term.mentions name)

    let readers name = Map.tryFind name available.Readers |> Option.map (Set.filter (reads name)) |> Option.defaultValue Set.empty

    let without terms name = (Map.remove name terms, readers name) ||> Set.fold (fun terms reader -> Map.remove reader terms)
    { available with Terms = Set.fold without available.Terms names }

/// What two branches both leave.
let both (one: Available) (other: Available) : Available =
    { one with Terms = one.Terms |> Map.filter (fun name e -> Map.tryFind name other.Terms = Some e) }

/// What is known after a statement that writes these names.
let learn (types: Map<string, Type>) (written: Set<string>) (s: Statement) (available: Available) : Available =
    let available = forget written available

    match s with
    | Declare(name, _, e)
    | Assign(name, e) when not (Term.mentions name e) && Lift.effort e <= cheap types[name] ->
        let with' readers part = Map.add part (Map.tryFind part readers |> Option.defaultValue Set.empty |> Set.add name) readers
        { Terms = available.Terms.Add(name, e); Readers = Set.fold with' available.Readers (Term.names e) }
    | _ -> available

/// The term that a name is still equal to, made of names that stand. What else an int is made of is worked out along with it.
let find (types: Map<string, Type>) (stands: string -> bool) (available: Available) (name: string) : Term option =
    let rec standing left term =
        match term with
        | Variable part when not (stands part) ->
            match Map.tryFind part available.Terms with
            | Some e when left > 0 -> standing (left - 1) e
            | _ -> None
        | Element(array, _) when not (stands array) -> None
        | _ ->
            let parts = Term.parts term |> List.map (standing left)

            if List.forall Option.isSome parts then
                let mutable waiting = List.choose id parts

                term
                |> Term.map (fun _ ->
                    let next = waiting.Head
                    waiting <- waiting.Tail
                    next)
                |> Some
            else
                None

    match Map.tryFind name available.Terms, Map.tryFind name types with
    | Some e, Some Int -> standing depth e
    | Some e, _ when Term.values e |> Set.forall stands -> Some e
    | _ -> None
