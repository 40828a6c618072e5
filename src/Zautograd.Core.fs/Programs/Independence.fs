/// Loops whose rounds do not know of each other, but for sums that all of them add to.
module Zautograd.Programs.Independence

open System.Collections.Generic
open Zautograd
open Zautograd.Programs
open Zautograd.Programs.Listing

/// What a loop with independent rounds writes.
type Rounds =
    {
        /// Scalars and arrays that are only added to, and not read.
        Sums: Set<string>
        /// What a round writes before it reads it, and nobody reads after the loop.
        Private: Set<string>
        /// Arrays of which each round writes an element of its own, and reads none.
        Outputs: Set<string>
        /// What a round hands to the next: scalars that only the end of the round works out, of themselves and of what no round writes.
        Carried: Set<string>
    }

let private readsOf statement =
    match Exposed.adding statement with
    | Some(_, terms) -> terms |> Term.valuesIn
    | None -> Statement.terms statement |> Term.valuesIn

/// A round's statements up to its end, and the end: what writes nothing but what is handed to the next round.
let split (program: Program) (carried: Set<string>) (statementOf: 'item -> Statement) (body: 'item list) : 'item list * 'item list =
    let isEnd item = not carried.IsEmpty && Set.isSubset (Statement.written program [ statementOf item ]) carried
    let ending = body |> List.rev |> List.takeWhile isEnd |> List.rev
    List.truncate (body.Length - ending.Length) body, ending

/// Whether the end of a round works out these scalars without the rest of it.
let private isHandedOn (program: Program) (names: Set<string>) (body: Statement list) =
    let main, ending = split program names id body
    let all = Statement.all ending

    let isScalar s =
        match s with
        | Assign _
        | Increment _
        | Remark _
        | If _ -> true
        | _ -> false

    let read = all |> List.collect Statement.terms |> Term.valuesIn
    let before = Statement.written program main
    let isAllOfIt = main |> List.forall _.IsRemark
    not isAllOfIt && List.forall isScalar all && Set.isEmpty (Set.intersect before (Set.union names read))

/// Whether the rounds of a loop are independent; or why not. `live` are the names that are read after the loop.
let ofLoop (program: Program) (steady: Steady.Steady) (live: Set<string>) counter (body: Statement list) : Result<Rounds, string> =
    let statements = Statement.all body

    let counters =
        Set.ofList
            [
                for s in statements do
                    match s with
                    | For(counter, _, _, _, _) -> counter
                    | _ -> ()
            ]

    let written = Set.difference (Statement.written program body) counters
    let additions = statements |> List.filter (Exposed.adding >> Option.isSome)
    let others = statements |> List.filter (fun s -> (Exposed.adding s).IsNone && (Statement.blocks s).IsEmpty)
    let assigned = Set.difference (Statement.written program others) counters
    let read = statements |> List.map readsOf |> Set.unionMany
    let elementsRead = statements |> List.collect Statement.terms |> List.collect Steady.elements

    let stores =
        [
            for s in statements do
                match s with
                | Store(array, index, _) -> array, index
                | _ -> ()
        ]

    let sums =
        additions
        |> List.choose (Exposed.adding >> Option.map fst)
        |> Set.ofList
        |> Set.filter (fun name -> not (assigned.Contains name || read.Contains name))

    let exposed = Exposed.names steady written body

    let outputs =
        stores
        |> List.groupBy fst
        |> List.filter (fun (array, uses) ->
            let isOwn index = Steady.place steady array index = Variable counter

            List.forall (snd >> isOwn) uses
            && not (List.exists (fun (other, index) -> other = array && not (isOwn index)) elementsRead)
            && not (exposed.Contains array)
            && not (sums.Contains array))
        |> List.map fst
        |> Set.ofList

    let passed =
        Set.ofList
            [
                for s in statements do
                    match s with
                    | Call(_, name, args) ->
                        for p, arg in List.zip (program.TryFind name).Value.Parameters args do
                            match p.Flow, arg with
                            | InOut, Variable array -> array
                            | _ -> ()
                    | _ -> ()
            ]

    let local = Set.difference (Set.difference (Set.difference written sums) exposed) live
    let rest = Set.difference written (Set.unionMany [ sums; local; outputs ])

    let stacks =
        statements
        |> List.exists (function
            | Push _
            | Pop _
            | PopElement _ -> true
            | _ -> false)

    if stacks then
        Error "stacks are used in it"
    elif not (Set.isEmpty (Set.intersect passed written)) && not (Set.isEmpty passed) then
        Error("a function that it calls changes " + names passed)
    elif not rest.IsEmpty && not (isHandedOn program rest body) then
        Error("one round hands to the next: " + names rest)
    else
        Ok { Sums = sums; Private = Set.difference local outputs; Outputs = outputs; Carried = rest }

/// For every counted loop of a function, by the statement's number: whether its rounds are independent, or why not.
let find (program: Program) (f: Function) : Map<int, Result<Rounds, string>> =
    let live = Liveness.after f
    let steady = Steady.ofFunction program f
    let found = Dictionary<int, Result<Rounds, string>>()

    let times block = Steady.touches block |> List.countBy fst |> Map.ofList
    let everywhere = times f.Body

    // arrays that a round of a loop outside has to itself are not read after the one loop in it that touches them
    let rec visit own (items: Numbered list) =
        for item in items do
            match item.Statement with
            | For(counter, _, _, _, body) ->
                let here = times body
                let over = own |> Set.filter (fun array -> Map.tryFind array here = Map.tryFind array everywhere)
                let rounds = ofLoop program steady (Set.difference (live item.Id) over) counter body
                found[item.Id] <- rounds

                let own =
                    match rounds with
                    | Ok rounds -> Set.union own (rounds.Private |> Set.filter everywhere.ContainsKey)
                    | Error _ -> own

                List.iter (visit own) item.Blocks
            | _ -> List.iter (visit own) item.Blocks

    visit Set.empty (number f.Body)
    Map.ofSeq [ for KeyValue(id, rounds) in found -> id, rounds ]

/// The listing: for each loop what its rounds share, or why one waits for another.
let show (program: Program) (f: Function) : string =
    let found = find program f

    Listing.show
        (fun id ->
            match Map.tryFind id found with
            | Some(Ok rounds) ->
                let handed = if rounds.Carried.IsEmpty then "" else $"; handed on at the end: {names rounds.Carried}"
                $"independent; sums: {names rounds.Sums}; private: {names rounds.Private}; outputs: {names rounds.Outputs}{handed}"
            | Some(Error why) -> "in order: " + why
            | None -> "")
        f
