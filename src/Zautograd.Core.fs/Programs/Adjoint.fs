/// The adjoint program: the user's statements with recordings, then the same statements backwards, each spreading its adjoint.
module Zautograd.Programs.Adjoint

open System.Collections.Generic
open Zautograd
open Zautograd.Programs
open Zautograd.Programs.Scopes
open Zautograd.Programs.Gather
open Zautograd.Programs.Spread
open Zautograd.Programs.Straight
open Zautograd.Programs.Sweeps
open Zautograd.Programs.Turned
open Zautograd.Programs.Workshop

/// What the adjoint of a function is called.
let nameOf (f: string) = f + "Adjoint"

/// The function with its results in variables, so that returning is no work.
let private withResults (f: Function) =
    let main, values =
        match List.tryLast f.Body with
        | Some(Return values) -> List.truncate (f.Body.Length - 1) f.Body, values
        | _ -> f.Body, []

    let names = Names.Of f

    let declarations, values =
        List.mapi2
            (fun i kind value ->
                match value with
                | Formula _
                | Choose _ ->
                    let name = names.Fresh $"value{i + 1}"
                    [ Declare(name, kind, value) ], Variable name
                | _ -> [], value)
            f.Results
            values
        |> List.unzip

    { f with Body = main @ List.concat declarations @ [ Return values ] }

let private typesOf (f: Function) types =
    (types, f.Body)
    ||> List.fold (fun types statement ->
        match statement with
        | Declare(name, kind, _) -> Map.add name kind types
        | _ -> types)

/// What a caller may choose. A choice changes the work and the memory of an adjoint, never its value.
type Options =
    {
        /// Loops with independent rounds are turned round by round, where that is cheaper than recording them.
        FuseLoops: bool
    }

/// Everything on.
let defaults = { FuseLoops = true }

/// The function made ready: one way out, one scope, results in variables.
let prepare (program: Program) (original: Function) : Function * Map<string, Type> =
    let f, types = flatten program (Normalise.exits (Remarks.annotate original))
    let f = withResults f
    f, typesOf f types

/// The names and stacks with which a prepared function is turned.
let private workshop (program: Program) (lifted: Lift.Lifted) (active: Set<string>) : Workshop =
    let f = lifted.Function
    let names = Names.Of f
    let adjoints = Map.ofSeq [ for name in active -> name, names.Fresh("d_" + name) ]
    let reals, ints, bools = names.Fresh "recorded_reals", names.Fresh "recorded_ints", names.Fresh "recorded_bools"
    let longs = names.Fresh "recorded_longs"

    let stack kind =
        match kind with
        | Real
        | Reals -> reals
        | Int
        | Ints -> ints
        | Long -> longs
        | Bool -> bools

    {
        Program = program
        Types = lifted.Types
        Names = names
        Kept = lifted.Kept
        Adjoints = adjoints
        Stack = stack
        AdjointName = nameOf
    }

/// What of a prepared function is recorded: by the code of the statements turned, with names that nobody else sees.
let private planOf (shop: Workshop) (activity: Activity.Found) live rounds straight (f: Function) : Plan.Plan =
    let taken = HashSet<string>(shop.Types.Keys)

    let undo id restore s =
        Undo.statement false { shop with Names = Names taken } (activity.VariedBefore id) (activity.UsefulAfter id) restore s

    // what a return reads is read forwards only
    let body =
        f.Body
        |> List.filter (function
            | Return _ -> false
            | _ -> true)

    let alone id = rounds id |> Option.filter (fun (found: Independence.Rounds) -> found.Carried.IsEmpty)
    Record.plan shop.Program alone straight (ends rounds shop.Program) shop.Types undo { f with Body = body } live

/// The loops with independent rounds: what a round hands to the next must be scalars without derivatives.
let private roundsOf (options: Options) (program: Program) (active: Set<string>) (f: Function) =
    let found = if options.FuseLoops then Independence.find program f else Map.empty

    fun id ->
        match Map.tryFind id found with
        | Some(Ok rounds) when Set.isEmpty (Set.intersect active rounds.Carried) -> Some rounds
        | _ -> None

/// The adjoint of one function, with what is in `fused` turned straight away; None where one of them cannot be. `active` are the function's names.
let private attempt (options: Options) (program: Program) (ready: Function) types (active: Set<string>) (fused: Set<int>) =
    let isChosen = Listing.number >> turnable >> List.indexed >> List.filter (fst >> fused.Contains) >> List.map snd
    let chosen = isChosen ready.Body |> List.map _.Statement
    let isFused (s: Statement) = chosen |> List.exists (fun other -> System.Object.ReferenceEquals(other, s))
    let lifted = Lift.values active.Contains isFused types ready
    let f, types = lifted.Function, lifted.Types
    let activity = Activity.analyse program types f
    let live = Liveness.after f
    let active = activity.Active |> Set.filter (lifted.Kept.ContainsKey >> not)
    let shop = workshop program lifted active
    let rounds = roundsOf options program active f

    let main, values =
        match List.tryLast f.Body with
        | Some(Return values) -> List.truncate (f.Body.Length - 1) f.Body, values
        | _ -> f.Body, []

    let straight = isChosen main
    let isLoopInOrder (item: Listing.Numbered) = item.Statement.IsFor && (rounds item.Id).IsNone
    let ids = straight |> List.map _.Id |> Set.ofList
    let plan = planOf shop activity live rounds ids f

    let job =
        {
            Shop = shop
            Activity = activity
            Plan = plan
            Rounds = rounds
            Straight = ids
            Live = live
            Failed = HashSet plan.Failed
        }

    let hoisted = ResizeArray<Statement>()
    let names = shop.Names
    let results = List.mapi2 (fun i kind value -> names.Fresh $"result{i + 1}", kind, value) f.Results values

    let seeds =
        [
            for name, kind, value in results do
                if kind = Real then names.Fresh("d_" + name), value
        ]

    let targets = { Adjoint = (fun name -> Map.tryFind name shop.Adjoints); Kept = Map.empty; Names = names }
    let seeding = seeds |> List.collect (fun (seed, value) -> spread targets (Variable seed) None value)
    let isHopeless = job.Failed.Count > 0 || List.exists isLoopInOrder straight
    let turned = if isHopeless then None else turn job hoisted seeding (Listing.number main)
    let followed = f.Parameters |> List.filter Activity.isFollowed

    // adjoints of locals start at 0; those of parameters that are scalars are results
    let declared =
        [
            for name in active do
                if Map.tryFind name types = Some Real then Declare(shop.Adjoints[name], Real, Number 0.0)
        ]

    let returned = [ for name, kind, value in results -> Declare(name, kind, value) ]

    let adjoint (turned: Turned) =
        {
            Name = nameOf f.Name
            Parameters =
                f.Parameters
                @ [
                    for p in followed do
                        if p.Type = Reals then { p with Name = shop.Adjoints[p.Name]; Flow = InOut }
                ]
                @ [ for seed, _ in seeds -> { Name = seed; Type = Real; Flow = In; Active = true } ]
            Results =
                f.Results
                @ [
                    for p in followed do
                        if p.Type = Real then Real
                ]
            Body =
                declared
                @ List.ofSeq hoisted
                @ turned.With(seeding, returned)
                @ [
                    Return(
                        [ for name, _, _ in results -> Variable name ]
                        @ [
                            for p in followed do
                                if p.Type = Real then Variable shop.Adjoints[p.Name]
                        ]
                    )
                ]
        }

    let own name = not (types.ContainsKey name)

    match turned with
    | Some turned when job.Failed.Count = 0 -> Some(lazy (Lean.adjoints own (adjoint turned)), f, types, plan)
    | _ -> None

let private find (options: Options) (program: Program) (original: Function) =
    let ready, types = prepare program original

    // all straight away that go together; else those at the top that do, or else taken in their order
    let search ready =
        let active = Activity.active program types ready
        let rounds = roundsOf options program active ready
        let wanted = if options.FuseLoops then candidates program (rounds >> Option.isSome) ready else []
        let possible = attempt options program ready types active
        let all (paths: Set<int> list) = Set.unionMany paths
        let top = wanted |> List.filter (fun path -> path.Count = 1)

        match possible (all wanted) with
        | Some found -> found
        | None ->
            let start, rest =
                match possible (all top) with
                | Some found when not top.IsEmpty -> (all top, found), List.except top wanted
                | _ -> (Set.empty, (possible Set.empty).Value), wanted

            (start, rest)
            ||> List.fold (fun (fused, found) path ->
                match possible (Set.union path fused) with
                | Some more -> Set.union path fused, more
                | None -> fused, found)
            |> snd

    let _, f, _, plan as found = search ready
    let arrays = Widen.recorded plan f
    let wider = Widen.rows program ready arrays
    if obj.ReferenceEquals(wider, ready) then found else search wider

// the arrays among a function's parameters that have adjoints, and these
let private adjointArrays (f: Function) (adjoint: Function) : (Parameter * Parameter) list =
    let arrays = f.Parameters |> List.filter (fun p -> Activity.isFollowed p && p.Type = Reals)
    adjoint.Parameters |> List.skip f.Parameters.Length |> List.truncate arrays.Length |> List.zip arrays

/// The parameters of a function's adjoint to which it adds derivatives with respect to inputs, and which hold nothing else: where they are
/// zero when it is called, it may as well assign them.
let receivers (f: Function) (adjoint: Function) : Set<string> =
    Set.ofList
        [
            for p, adjoint in adjointArrays f adjoint do
                if p.Flow = In then adjoint.Name
        ]

/// The arrays that a function changes, whose contents are of no use after its adjoint, each with its adjoint array, which is as long.
let spent (f: Function) (adjoint: Function) : Map<string, string> =
    Map.ofList
        [
            for p, adjoint in adjointArrays f adjoint do
                if p.Flow = InOut then p.Name, adjoint.Name
        ]

/// The adjoint of one function. It takes the function's parameters, an adjoint array for every active array (what it holds is the seed of an
/// array that the function changes; the adjoints of the inputs are added), and a seed for every real result; it returns the
/// results and then the adjoint of every active scalar. The arrays it changes hold nothing of use afterwards: hand it copies.
let ofFunctionWith (options: Options) (program: Program) (original: Function) : Function =
    let adjoint, _, _, _ = find options program original
    adjoint.Value

/// What the analyses found in a function: its statements as they are turned, each with what holds there.
let explainWith (options: Options) (program: Program) (original: Function) : string =
    let _, f, types, plan = find options program original

    [
        "activity", Activity.show program types f
        "liveness", Liveness.show f
        "independence of loops", Independence.show program f
        "recording", Plan.show program plan f
    ]
    |> List.map (fun (title, text) -> $"{title} of {f.Name}:\n{text}\n")
    |> String.concat "\n"

/// What the analyses found in a function, with everything on.
let explain (program: Program) (original: Function) : string = explainWith defaults program original

/// The adjoint of one function, with everything on.
let ofFunction (program: Program) (original: Function) : Function = ofFunctionWith defaults program original

/// The program with the adjoint of every function added, made as the options say.
let transformWith (options: Options) (program: Program) : Program = extend (ofFunctionWith options) program

/// The program with the adjoint of every function added.
let transform (program: Program) : Program = extend ofFunction program
