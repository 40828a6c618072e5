/// The adjoint program: the user's statements with recordings, then the same statements backwards, each spreading its adjoint.
module Zautograd.Programs.Adjoint

open Zautograd
open Zautograd.Programs
open Zautograd.Programs.Scopes
open Zautograd.Programs.Gather
open Zautograd.Programs.Spread
open Zautograd.Programs.Straight
open Zautograd.Programs.Sweeps
open Zautograd.Programs.Workshop

/// What the adjoint of a function is called.
let nameOf (f: string) = f + "Adjoint"

let private isFollowed (p: Parameter) = p.Active && (p.Type = Real || p.Type = Reals)

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
let private workshop (program: Program) (f: Function) types (active: Set<string>) : Workshop =
    let names = Names.Of f
    let adjoints = Map.ofSeq [ for name in active -> name, names.Fresh("d_" + name) ]
    let reals, ints, bools = names.Fresh "recorded_reals", names.Fresh "recorded_ints", names.Fresh "recorded_bools"

    let stack kind =
        match kind with
        | Real
        | Reals -> reals
        | Int
        | Ints -> ints
        | Bool -> bools

    { Program = program; Types = types; Names = names; Adjoints = adjoints; Stack = stack; AdjointName = nameOf }

/// What of a prepared function is recorded: by the code of the statements turned, with names that nobody else sees.
let private planOf (shop: Workshop) (activity: Activity.Found) rounds straight (f: Function) : Plan.Plan =
    let taken = Set.ofSeq shop.Types.Keys

    let undo id restore s =
        Undo.statement false { shop with Names = Names taken } (activity.VariedBefore id) (activity.UsefulAfter id) restore s

    // what a return reads is read forwards only
    let body =
        f.Body
        |> List.filter (function
            | Return _ -> false
            | _ -> true)

    Record.plan shop.Program rounds straight shop.Types undo { f with Body = body } (Liveness.after f)

/// What of these is turned straight away, by its place among the loops and calls; and the loops that end their rounds, where `inwards`.
let private chosen (fused: Set<int>) inwards isIndependent (items: Listing.Numbered list) =
    [
        for place, item in items |> List.filter (fun item -> isTurnable item.Statement) |> List.indexed do
            if fused.Contains place then
                item
                if inwards then yield! nested isIndependent item
    ]

/// The adjoint of one function, with what is in `fused` turned straight away; None where one of them cannot be.
let private attempt (options: Options) (program: Program) (ready: Function) types (fused: Set<int>, inwards: bool) =
    let isIndependent found id =
        match Map.tryFind id found with
        | Some(Ok _) -> true
        | _ -> false

    let loops =
        Listing.number ready.Body |> chosen fused inwards (isIndependent (Independence.find program ready)) |> List.map _.Statement

    let isFused (s: Statement) = loops |> List.exists (fun loop -> System.Object.ReferenceEquals(loop, s))
    let f, types = Lift.values (Activity.active program types ready).Contains isFused types ready
    let activity = Activity.analyse program types f
    let shop = workshop program f types activity.Active
    let independent = if options.FuseLoops then Independence.find program f else Map.empty

    let rounds id =
        match Map.tryFind id independent with
        | Some(Ok rounds) -> Some rounds
        | _ -> None

    let main, values =
        match List.tryLast f.Body with
        | Some(Return values) -> List.truncate (f.Body.Length - 1) f.Body, values
        | _ -> f.Body, []

    let items = Listing.number main

    let straight = items |> chosen fused inwards (isIndependent independent) |> List.map _.Id |> Set.ofList

    let plan = planOf shop activity rounds straight f
    let job = { Shop = shop; Activity = activity; Plan = plan; Rounds = rounds; Straight = straight }
    let hoisted = ResizeArray<Statement>()
    let names = shop.Names
    let isStraight (item: Listing.Numbered) = straight.Contains item.Id
    let early = items |> List.takeWhile (isStraight >> not)
    let late = items |> List.skip early.Length
    let before = sweeps job hoisted false early

    // what the user wrote stands above the loop that goes both ways, and above the backward code of the rest
    let after =
        [
            for remark, group in Remarks.groupsBy (fun (item: Listing.Numbered) -> item.Statement) late do
                let found = [ for item in group -> item, sweep job hoisted false item ]
                let twoWays = group |> List.exists isStraight
                let last = found |> List.tryFindIndexBack (fun (_, both) -> not both.Backward.IsEmpty)

                for place, (item, both) in List.indexed found do
                    if twoWays && place = 0 then item, { both with Forward = remark @ both.Forward }
                    elif not twoWays && Some place = last then item, { both with Backward = remark @ both.Backward }
                    else item, both
        ]

    let results = List.mapi2 (fun i kind value -> names.Fresh $"result{i + 1}", kind, value) f.Results values

    let seeds =
        [
            for name, kind, value in results do
                if kind = Real then names.Fresh("d_" + name), value
        ]

    let targets = { Adjoint = (fun name -> Map.tryFind name shop.Adjoints); Names = names }
    let seeding = seeds |> List.collect (fun (seed, value) -> spread targets (Variable seed) None value)

    // backwards through what must run before the loops; the rest when all is run forwards
    let isAhead =
        Ahead.find program types shop.Adjoints isStraight rounds seeding [ for item, both in after -> item, both.Forward, both.Backward ]

    let runsAhead (item: Listing.Numbered) = isAhead.IsSome && isAhead.Value item.Id
    let backwards these = after |> List.rev |> List.collect (fun (item, both) -> if these item then both.Backward else [])
    let ahead, kept = backwards runsAhead, backwards (runsAhead >> not)

    let known = Set.ofSeq types.Keys
    let lateStatements = late |> List.map _.Statement

    // the locals that carry numbers of rounds and ways taken to the backward code
    let carried = Statement.written program (List.ofSeq hoisted)

    let declaresAdjoints =
        lateStatements
        |> List.exists (function
            | DeclareArray(name, _, _) -> activity.Active.Contains name
            | _ -> false)

    let possible =
        straight.IsEmpty
        || plan.Failed.IsEmpty
           && isAhead.IsSome
           && Straight.apart program activity.Active isStraight rounds late
           && not declaresAdjoints
           && canPrecede program known (Set.union carried (Statement.written program lateStatements)) (seeding @ ahead)

    let followed = f.Parameters |> List.filter isFollowed

    // adjoints of locals start at 0; those of parameters that are scalars are results
    let declared =
        [
            for name in activity.Active do
                if Map.tryFind name types = Some Real then Declare(shop.Adjoints[name], Real, Number 0.0)
        ]

    let returned = [ for name, kind, value in results -> Declare(name, kind, value) ]
    let forward = after |> List.collect (fun (_, both) -> both.Forward)

    let middle = if straight.IsEmpty then forward @ returned @ seeding @ kept else seeding @ ahead @ forward @ returned @ kept

    let adjoint =
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
                @ before.Forward
                @ middle
                @ before.Backward
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
    if possible then Some(lazy (Lean.adjoints own adjoint), f, types, plan) else None

let private find (options: Options) (program: Program) (original: Function) =
    let ready, types = prepare program original

    // all straight away that go together, with the loops that end their rounds if those can; else taken in their order
    let search ready =
        let possible fused = [ true; false ] |> List.tryPick (fun inwards -> attempt options program ready types (fused, inwards))

        let wanted = if options.FuseLoops then candidates program ready else []

        match possible (Set.ofList wanted) with
        | Some found -> found
        | None ->
            ((Set.empty, (possible Set.empty).Value), wanted)
            ||> List.fold (fun (fused, found) place ->
                match possible (Set.add place fused) with
                | Some more -> Set.add place fused, more
                | None -> fused, found)
            |> snd

    let _, f, _, plan as found = search ready
    let arrays = Widen.recorded plan f
    let wider = Widen.rows program ready arrays
    if obj.ReferenceEquals(wider, ready) then found else search wider

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
