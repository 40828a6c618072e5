/// The adjoint program: the user's statements with recordings, then the same statements backwards, each spreading its adjoint.
module Zautograd.Programs.Adjoint

open Zautograd
open Zautograd.Programs
open Zautograd.Programs.Scopes
open Zautograd.Programs.Spread

/// What the adjoint of a function is called.
let nameOf (f: string) = f + "Adjoint"

let private isFollowed (p: Parameter) = p.Active && (p.Type = Real || p.Type = Reals)

/// A counted loop run backwards: the same counters, last first.
let private backwards counter first last step body =
    // first + ((last - first + step -+ 1)/step - 1)*step, simplified where the step is 1
    let minus a b = Integer(Minus, a, b)

    match step with
    | 1 -> For(counter, minus last (Whole 1), minus first (Whole 1), -1, body)
    | -1 -> For(counter, Integer(Plus, last, Whole 1), Integer(Plus, first, Whole 1), 1, body)
    | _ ->
        let rounding = if step > 0 then step - 1 else step + 1
        let trips = Integer(Quotient, Integer(Plus, minus last first, Whole rounding), Whole step)
        let start = Integer(Plus, first, Integer(Times, minus trips (Whole 1), Whole step))
        For(counter, start, minus first (Whole step), -step, body)

let private isBranch statement =
    match statement with
    | If _ -> true
    | _ -> false

type private Sweeps = { Forward: Statement list; Backward: Statement list }

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

/// What is turned, and what the analyses say about it.
type private Job =
    {
        Shop: Undo.Workshop
        Activity: Activity.Found
        Plan: Record.Plan
        Rounds: int -> Independence.Rounds option
        Straight: Set<int>
    }

/// The block without what is added to the sums of a loop, and what was worked out just for that: for a second run.
let private withoutSums (types: Map<string, Type>) (rounds: Independence.Rounds) (loop: Statement list -> Statement) forward backward =
    let rec drop block =
        block
        |> List.choose (fun s ->
            match Independence.adding s, s with
            | Some(name, _), _ when rounds.Sums.Contains name -> None
            | _, If(condition, yes, no) -> Some(If(condition, drop yes, drop no))
            | _, For(i, first, last, step, body) -> Some(For(i, first, last, step, drop body))
            | _, While(condition, body) -> Some(While(condition, drop body))
            | _ -> Some s)

    let seen = Statement.written { Functions = [] } (drop forward @ backward) |> Set.filter (rounds.Private.Contains >> not)

    // what the caller of this piece sees: everything but what is private to a round
    let piece =
        {
            Name = ""
            Parameters =
                [
                    for name in Set.union seen (Set.ofSeq types.Keys |> Set.filter (rounds.Private.Contains >> not)) ->
                        { Name = name; Type = Reals; Flow = InOut; Active = false }
                ]
            Results = []
            Body = [ loop (drop forward @ backward) ]
        }

    (Lean.withoutDead rounds.Private.Contains piece).Body

/// The two sweeps over a block. `hoisted` takes declarations that both of them see.
let rec private sweeps (job: Job) (hoisted: ResizeArray<Statement>) inLoop (items: Listing.Numbered list) : Sweeps =
    let found = items |> List.map (sweep job hoisted inLoop)
    { Forward = found |> List.collect _.Forward; Backward = List.rev found |> List.collect _.Backward }

and private sweep job hoisted inLoop item : Sweeps =
    let shop, plan = job.Shop, job.Plan
    let names = shop.Names
    let blocks () = item.Blocks |> List.map (sweeps job hoisted (inLoop || not (isBranch item.Statement)))

    // a value of the forward sweep for the backward one: a local where the statement runs once, on a stack where it may run again
    let carried kind zero name =
        if inLoop then
            let back = names.Fresh name
            [ Push(shop.Stack kind, kind, Variable name) ], [ Declare(back, kind, zero); Pop(shop.Stack kind, kind, back) ], back
        else
            [], [], name

    let declare name kind value =
        if inLoop then
            Declare(name, kind, value)
        else
            let zero =
                (match kind with
                 | Bool -> Truth false
                 | Int -> Whole 0
                 | _ -> Number 0.0)

            hoisted.Add(Declare(name, kind, zero))
            Assign(name, value)

    // what a round overwrites of the one before comes back at its end
    let round (inner: Sweeps) =
        let ends = plan.Rounds item.Id |> List.map (fun (name, restore) -> Undo.scalar shop name restore)
        { Forward = inner.Forward @ List.collect fst ends; Backward = (List.rev ends |> List.collect snd) @ inner.Backward }

    match item.Statement with
    | For(counter, first, last, step, _) when plan.ByRounds item.Id ->
        let inner = sweeps job hoisted false item.Blocks.Head
        let kept = plan.Kept item.Id |> List.map (fun (name, restore) -> Undo.scalar shop name restore)
        let before, after = List.collect fst kept, List.rev kept |> List.collect snd
        let loop body = For(counter, first, last, step, body)

        if inner.Backward.IsEmpty then
            { Forward = before @ [ item.Statement ]; Backward = after }
        elif job.Straight.Contains item.Id then
            { Forward = before @ [ loop (inner.Forward @ inner.Backward) ]; Backward = after }
        else
            let rounds = (job.Rounds item.Id).Value

            {
                Forward = before @ [ item.Statement ]
                Backward = withoutSums shop.Types rounds loop inner.Forward inner.Backward @ after
            }
    | If(condition, _, _) ->
        let yes, no = blocks () |> fun blocks -> blocks[0], blocks[1]

        if yes.Backward.IsEmpty && no.Backward.IsEmpty then
            { Forward = [ If(condition, yes.Forward, no.Forward) ]; Backward = [] }
        elif not (plan.Marked item.Id) then
            // still computable on the way back
            { Forward = [ If(condition, yes.Forward, no.Forward) ]; Backward = [ If(condition, yes.Backward, no.Backward) ] }
        else
            let taken = names.Fresh "taken"
            let push, pop, back = carried Bool (Truth false) taken

            {
                Forward = declare taken Bool condition :: If(Variable taken, yes.Forward, no.Forward) :: push
                Backward = pop @ [ If(Variable back, yes.Backward, no.Backward) ]
            }
    | For(counter, first, last, step, _) ->
        let inner = round (blocks ()).Head

        if inner.Backward.IsEmpty then
            { Forward = [ For(counter, first, last, step, inner.Forward) ]; Backward = [] }
        elif not (plan.Marked item.Id) then
            {
                Forward = [ For(counter, first, last, step, inner.Forward) ]
                Backward = [ backwards counter first last step inner.Backward ]
            }
        else
            // the bounds are not known any more on the way back
            let from, until = names.Fresh "from", names.Fresh "until"
            let pushFrom, popFrom, from' = carried Int (Whole 0) from
            let pushUntil, popUntil, until' = carried Int (Whole 0) until

            {
                Forward =
                    [ declare from Int first; declare until Int last ]
                    @ [ For(counter, Variable from, Variable until, step, inner.Forward) ]
                    @ pushFrom
                    @ pushUntil
                Backward = popUntil @ popFrom @ [ backwards counter (Variable from') (Variable until') step inner.Backward ]
            }
    | While(condition, _) ->
        let inner = round (blocks ()).Head

        if inner.Backward.IsEmpty then
            { Forward = [ While(condition, inner.Forward) ]; Backward = [] }
        else
            let trips = names.Fresh "trips"
            let push, pop, back = carried Int (Whole 0) trips

            {
                Forward = declare trips Int (Whole 0) :: While(condition, inner.Forward @ [ Increment(trips, Whole 1) ]) :: push
                Backward = pop @ [ For(names.Fresh "trip", Whole 0, Variable back, 1, inner.Backward) ]
            }
    | s ->
        let undone = Undo.statement shop (job.Activity.VariedBefore item.Id) (job.Activity.UsefulAfter item.Id) (plan.Restore item.Id) s

        { Forward = undone.Forward; Backward = undone.Result @ undone.Restore @ undone.Spread }

/// The function made ready: one way out, one scope, results in variables.
let prepare (program: Program) (original: Function) : Function * Map<string, Type> =
    let f, types = flatten program (Normalise.exits original)
    let f = withResults f
    f, typesOf f types

/// The names and stacks with which a prepared function is turned.
let private workshop (program: Program) (f: Function) types (active: Set<string>) : Undo.Workshop =
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
let private planOf (shop: Undo.Workshop) (activity: Activity.Found) rounds straight (f: Function) : Record.Plan =
    let taken = Set.ofSeq shop.Types.Keys

    let undo id restore s = Undo.statement { shop with Names = Names taken } (activity.VariedBefore id) (activity.UsefulAfter id) restore s

    // what a return reads is read forwards only
    let body =
        f.Body
        |> List.filter (function
            | Return _ -> false
            | _ -> true)

    Record.plan shop.Program rounds straight shop.Types undo { f with Body = body } (Liveness.after f)

let private isLoop statement =
    match statement with
    | For _ -> true
    | _ -> false

/// Loops at the top of a function that may be turned straight away: what comes after them tells the adjoints of their sums without
/// their values. By their place among the loops there.
let private candidates (program: Program) types (f: Function) =
    let found = Independence.find program types f

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
let private canPrecede (program: Program) (known: Set<string>) (later: Set<string>) (code: Statement list) =
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
    let read = Set.difference (Record.valuesReadBy code) counters
    not onStacks && restored.IsEmpty && Set.isEmpty (Set.intersect read later)

/// The adjoint of one function, with the loops in `fused` turned straight away; None where one of them cannot be.
let private attempt (options: Options) (program: Program) (ready: Function) types (fused: Set<int>) =
    let loops = ready.Body |> List.filter isLoop |> List.indexed |> List.filter (fun (place, _) -> fused.Contains place) |> List.map snd
    let isFused (s: Statement) = loops |> List.exists (fun loop -> System.Object.ReferenceEquals(loop, s))
    let f, types = Lift.values (Activity.active program types ready).Contains isFused types ready
    let activity = Activity.analyse program types f
    let shop = workshop program f types activity.Active
    let independent = if options.FuseLoops then Independence.find program types f else Map.empty

    let rounds id =
        match Map.tryFind id independent with
        | Some(Ok rounds) -> Some rounds
        | _ -> None

    let main, values =
        match List.tryLast f.Body with
        | Some(Return values) -> List.truncate (f.Body.Length - 1) f.Body, values
        | _ -> f.Body, []

    let items = Listing.number main

    let straight =
        items
        |> List.filter (fun item -> isLoop item.Statement)
        |> List.indexed
        |> List.filter (fun (place, _) -> fused.Contains place)
        |> List.map (fun (_, item) -> item.Id)
        |> Set.ofList

    let plan = planOf shop activity rounds straight f
    let job = { Shop = shop; Activity = activity; Plan = plan; Rounds = rounds; Straight = straight }
    let hoisted = ResizeArray<Statement>()
    let names = shop.Names
    let isStraight (item: Listing.Numbered) = straight.Contains item.Id
    let early = items |> List.takeWhile (isStraight >> not)
    let late = items |> List.skip early.Length
    let before = sweeps job hoisted false early
    let after = late |> List.map (fun item -> item, sweep job hoisted false item)
    let results = List.mapi2 (fun i kind value -> names.Fresh $"result{i + 1}", kind, value) f.Results values

    let seeds =
        [
            for name, kind, value in results do
                if kind = Real then names.Fresh("d_" + name), value
        ]

    let targets = { Adjoint = (fun name -> Map.tryFind name shop.Adjoints); Names = names }
    let seeding = seeds |> List.collect (fun (seed, value) -> spread targets (Variable seed) None value)

    // backwards through everything behind the first of the loops but the loops themselves: this runs before them
    let ahead = after |> List.rev |> List.collect (fun (item, both) -> if isStraight item then [] else both.Backward)
    let kept = after |> List.rev |> List.collect (fun (item, both) -> if isStraight item then both.Backward else [])

    let known = Set.ofSeq types.Keys
    let lateStatements = late |> List.map _.Statement

    // the locals that carry numbers of rounds and ways taken to the backward code
    let carried = Statement.written program (List.ofSeq hoisted)

    // the reverse of one of these loops adds to adjoints that must not have been read yet
    let apart =
        late
        |> List.indexed
        |> List.forall (fun (place, item) ->
            match item.Statement, rounds item.Id with
            | For(_, _, _, _, body), Some own when isStraight item ->
                let read = Set.difference (Set.intersect activity.Active (Record.valuesReadBy body)) own.Private
                let written = Statement.written program (List.truncate place lateStatements)
                Set.isEmpty (Set.intersect read written)
            | _ -> true)

    let declaresAdjoints =
        lateStatements
        |> List.exists (function
            | DeclareArray(name, _, _) -> activity.Active.Contains name
            | _ -> false)

    let possible =
        straight.IsEmpty
        || plan.Failed.IsEmpty
           && apart
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

    let middle = if straight.IsEmpty then forward @ returned @ seeding @ ahead else seeding @ ahead @ forward @ returned @ kept

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

    // as many loops straight away as go together; the first of them is given up first
    let rec search fused =
        match attempt options program ready types fused with
        | Some found -> found
        | None -> search (Set.remove (Set.minElement fused) fused)

    search (if options.FuseLoops then candidates program types ready else Set.empty)

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
        "independence of loops", Independence.show program types f
        "recording", Record.show program plan f
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
