/// The order of a block's forward and backward code where some of its statements are turned straight away.
module Zautograd.Programs.Turned

open System.Collections.Generic
open Zautograd.Programs
open Zautograd.Programs.Workshop

/// A block both ways.
type Sweeps = { Forward: Statement list; Backward: Statement list }

/// What is turned, and what the analyses say about it.
type Job =
    {
        Shop: Workshop
        Activity: Activity.Found
        Plan: Plan.Plan
        Rounds: int -> Independence.Rounds option
        /// What is turned straight away: its forward code goes both ways.
        Straight: Set<int>
        Live: int -> Set<string>
        /// What is to be turned straight away, and cannot be.
        Failed: HashSet<int>
    }

/// A block of which some statements are turned straight away. What follows the first of them is late; some backward code of that runs ahead of it.
type Turned =
    {
        Early: Sweeps
        Ahead: Statement list
        Late: Sweeps
    }

    /// All of it, with something to do when the adjoints of what it leaves are known, and something when all is run forwards.
    member turned.With(seeding: Statement list, forwards: Statement list) =
        let ways =
            if turned.Late.Forward.IsEmpty then
                forwards @ seeding
            else
                seeding @ turned.Ahead @ turned.Late.Forward @ forwards @ turned.Late.Backward

        turned.Early.Forward @ ways @ turned.Early.Backward

/// A round up to its end, and the end of it; all of another block.
let ends (rounds: int -> Independence.Rounds option) (program: Program) (item: Listing.Numbered) =
    match rounds item.Id with
    | Some rounds -> item.Blocks.Head |> Independence.split program rounds.Carried (fun (inner: Listing.Numbered) -> inner.Statement)
    | None -> item.Blocks.Head, []

// the adjoints of arrays, and all of them
let private adjointsOf (shop: Workshop) =
    let isArray name = Map.tryFind name shop.Types = Some Reals
    let all = Map.toList shop.Adjoints
    all |> List.filter (fst >> isArray) |> List.map snd |> Set.ofList, all |> List.map snd |> Set.ofList

/// The adjoints that a loop's rounds have to themselves.
let own (job: Job) (loop: Listing.Numbered) : Set<string> =
    match job.Rounds loop.Id with
    | Some rounds -> rounds.Private |> Set.map (fun name -> Map.tryFind name job.Shop.Adjoints |> Option.defaultValue name)
    | None -> Set.empty

/// The order of a block's two sweeps, early and late; `seeding` tells the adjoints of what it leaves. None where there is none that is right.
let arrange (job: Job) (hoisted: ResizeArray<Statement>) (seeding: Statement list) (early: Sweeps) (late: Ahead.Late list) : Turned option =
    let shop = job.Shop
    let values = Set.ofSeq shop.Types.Keys
    let arrays, adjoints = adjointsOf shop

    // the locals that carry numbers of rounds and ways taken to the backward code
    let carried = Statement.written shop.Program (List.ofSeq hoisted)
    let written = Set.union carried (Statement.written shop.Program (late |> List.map _.Item.Statement))

    let declaresAdjoints =
        late
        |> List.exists (fun item ->
            match item.Item.Statement with
            | DeclareArray(name, _, _) -> shop.Adjoints.ContainsKey name
            | _ -> false)

    let inOrder parts =
        // what the user wrote stands above what goes both ways, and above the backward code of the rest
        let groups =
            [
                for remark, group in List.zip late parts |> Remarks.groupsBy (fun (late, _) -> late.Item.Statement) do
                    let forward = group |> List.collect (fun (late, _) -> late.Forward)
                    let back part = List.rev group |> List.collect (snd >> part)

                    if group |> List.exists (fun (late, _) -> late.IsStraight) then
                        remark @ forward, back fst, back snd
                    else
                        forward, Remarks.above remark (back fst), Remarks.above remark (back snd)
            ]

        let backwards part = List.rev groups |> List.collect part

        {
            Early = early
            Ahead = backwards (fun (_, ahead, _) -> ahead)
            Late =
                {
                    Forward = groups |> List.collect (fun (forward, _, _) -> forward)
                    Backward = backwards (fun (_, _, waiting) -> waiting)
                }
        }

    let canPrecede parts = not declaresAdjoints && Straight.canPrecede shop.Program values written (seeding @ List.collect fst parts)

    Ahead.split shop.Program values arrays adjoints seeding late
    |> Option.filter (fun parts -> late.IsEmpty || canPrecede parts)
    |> Option.map inOrder
