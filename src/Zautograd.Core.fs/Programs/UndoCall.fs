/// A call, forwards and backwards: the callee's adjoint runs from the arguments that the call was given.
module Zautograd.Programs.UndoCall

open System.Collections.Generic
open Zautograd
open Zautograd.Programs
open Zautograd.Programs.Gather
open Zautograd.Programs.Spread
open Zautograd.Programs.Workshop

/// Where the callee's adjoint runs.
type private Place =
    /// On the way back, once more, from the arguments that the call was given.
    | Again
    /// In the place of the call: what it computes is the result of the call, too.
    | AtOnce

let private turn place (shop: Workshop) (targets: Targets) (useful: Set<string>) restore (callee: Function) results args : Undone =
    let names = shop.Names
    let adjointOf name = Map.tryFind name shop.Adjoints
    let pairs = List.zip callee.Parameters args
    let kept = [ for result in results -> scalar shop result (restore result) ]

    let changed =
        [
            for p, arg in pairs do
                match p.Flow, arg with
                | InOut, Variable array -> array
                | _ -> ()
        ]

    let saved =
        [
            for array in changed do
                if restore array = Recorded then
                    let kind = elementOf shop.Types[array]

                    each names array false (fun i -> [ Push(shop.Stack kind, kind, Element(array, i)) ]),
                    each names array true (fun i -> [ PopElement(shop.Stack kind, kind, array, i) ])
        ]

    let forward = List.collect fst kept @ List.map fst saved @ [ Call(results, callee.Name, args) ]
    let back = List.rev saved |> List.map snd
    let pops = kept |> List.rev |> List.collect snd
    let followed = pairs |> List.filter (fst >> Activity.isFollowed)

    let copies =
        match place with
        | Again -> Map.ofList [ for array in changed -> array, names.Fresh("copy_" + array) ]
        | AtOnce -> Map.empty

    let copying =
        [
            for KeyValue(array, copy) in copies do
                DeclareArray(copy, shop.Types[array], Length array)
                each names array false (fun i -> [ Store(copy, i, Element(array, i)) ])
        ]

    let seeds =
        [
            for result, kind in List.zip results callee.Results do
                if kind = Real then
                    let seed = names.Fresh "seed"

                    match adjointOf result with
                    | Some adjoint when useful.Contains result ->
                        seed, [ Declare(seed, Real, Variable adjoint); Assign(adjoint, Number 0.0) ]
                    | _ -> seed, [ Declare(seed, Real, Number 0.0) ]
        ]

    let again =
        match place with
        | Again -> [ for kind in callee.Results -> names.Fresh "again", kind ]
        | AtOnce -> []

    let received = if place = Again then List.map fst again else results

    // an array given twice (and then only read) gets an adjoint for each time: no two names for one array
    let arraysGiven, arraysBefore, arraysAfter =
        [
            for _, uses in followed |> List.indexed |> List.groupBy (fun (_, (_, arg)) -> arg) do
                for nth, (position, (p, arg)) in List.indexed uses do
                    match p.Type, arg with
                    | Reals, Variable array ->
                        match adjointOf array with
                        | Some adjoint when nth = 0 -> position, (Variable adjoint, [], [])
                        | found ->
                            let own = names.Fresh "adjoint"

                            let add =
                                match found with
                                | Some adjoint -> [ each names array false (fun i -> [ Accumulate(adjoint, i, Element(own, i)) ]) ]
                                | None -> []

                            position, (Variable own, [ DeclareArray(own, Reals, Length array) ], add)
                    | _ -> ()
        ]
        |> List.sortBy fst
        |> List.map snd
        |> List.unzip3

    let contributions =
        [
            for p, arg in followed do
                if p.Type = Real then names.Fresh "contribution", arg
        ]

    let given =
        [
            for arg in args ->
                match arg with
                | Variable array -> Variable(Map.tryFind array copies |> Option.defaultValue array)
                | _ -> arg
        ]

    let moves =
        followed
        |> List.exists (fun (p, arg) ->
            match arg with
            | Variable array when p.Type = Reals -> (targets.Adjoint array).IsSome
            | _ -> not (spread { targets with Names = Names(HashSet()) } (Variable "") None arg).IsEmpty)

    let cleared =
        [
            for result in results do
                match adjointOf result with
                | Some adjoint -> Assign(adjoint, Number 0.0)
                | None -> ()
        ]

    let wanted = List.exists useful.Contains (results @ changed)

    let reverse =
        copying
        @ List.collect snd seeds
        @ List.concat arraysBefore
        @ [ for name, kind in again -> Declare(name, kind, Term.zero kind) ]
        @ [ for name, _ in contributions -> Declare(name, Real, Number 0.0) ]
        @ [
            Call(
                received @ List.map fst contributions,
                shop.AdjointName callee.Name,
                given @ arraysGiven @ [ for seed, _ in seeds -> Variable seed ]
            )
        ]
        @ List.concat arraysAfter
        @ (contributions |> List.collect (fun (name, arg) -> spread targets (Variable name) None arg))

    match place with
    | _ when not (moves && wanted) -> { Forward = forward; Result = []; Restore = back @ pops; Spread = cleared }
    | Again -> { Forward = forward; Result = []; Restore = back @ pops; Spread = reverse }
    | AtOnce -> { Forward = reverse; Result = []; Restore = []; Spread = [] }

/// The callee runs again, forwards and backwards, from the arguments that it was given.
let call (shop: Workshop) (targets: Targets) (useful: Set<string>) (restore: string -> Restore) (callee: Function) results args : Undone =
    turn Again shop targets useful restore callee results args

/// The callee's adjoint runs in the place of the call, whose results it returns; the adjoints of the results are known by then, and what the
/// call changes is not asked for again.
let atOnce (shop: Workshop) (targets: Targets) (useful: Set<string>) (callee: Function) results args : Undone =
    turn AtOnce shop targets useful (fun _ -> Nothing) callee results args
