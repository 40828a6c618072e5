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

/// What is turned, and what the analyses say about it.
type private Job = { Shop: Undo.Workshop; Function: Function; Activity: Activity.Found; Plan: Record.Plan }

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

/// The function made ready: one way out, one scope, results in variables, values worth keeping in statements of their own.
let prepare (program: Program) (original: Function) : Function * Map<string, Type> =
    let f, types = flatten program (Normalise.exits original)
    let f = withResults f
    let types = typesOf f types
    Lift.values (Activity.active program types f).Contains types f

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
let private planOf (shop: Undo.Workshop) (activity: Activity.Found) (f: Function) : Record.Plan =
    let taken = Set.ofSeq shop.Types.Keys

    let undo id restore s = Undo.statement { shop with Names = Names taken } (activity.VariedBefore id) (activity.UsefulAfter id) restore s

    // what a return reads is read forwards only
    let body =
        f.Body
        |> List.filter (function
            | Return _ -> false
            | _ -> true)

    Record.plan shop.Program shop.Types undo { f with Body = body } (Liveness.after f)

/// The adjoint of one function. It takes the function's parameters, an adjoint array for every active array (what it holds is the seed of an
/// array that the function changes; the adjoints of the inputs are added), and a seed for every real result; it returns the
/// results and then the adjoint of every active scalar. The arrays it changes hold nothing of use afterwards: hand it copies.
let ofFunction (program: Program) (original: Function) : Function =
    let f, types = prepare program original
    let activity = Activity.analyse program types f
    let shop = workshop program f types activity.Active
    let job = { Shop = shop; Function = f; Activity = activity; Plan = planOf shop activity f }

    let main, values =
        match List.tryLast f.Body with
        | Some(Return values) -> List.truncate (f.Body.Length - 1) f.Body, values
        | _ -> f.Body, []

    let hoisted = ResizeArray<Statement>()
    let both = sweeps job hoisted false (Listing.number main)
    let names = shop.Names
    let results = List.mapi2 (fun i kind value -> names.Fresh $"result{i + 1}", kind, value) f.Results values

    let seeds =
        [
            for name, kind, value in results do
                if kind = Real then names.Fresh("d_" + name), value
        ]

    let targets = { Adjoint = (fun name -> Map.tryFind name shop.Adjoints); Names = names }
    let seeding = seeds |> List.collect (fun (seed, value) -> spread targets (Variable seed) None value)
    let followed = f.Parameters |> List.filter isFollowed

    // adjoints of locals start at 0; those of parameters that are scalars are results
    let declared =
        [
            for name in activity.Active do
                if Map.tryFind name types = Some Real then Declare(shop.Adjoints[name], Real, Number 0.0)
        ]

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
                @ both.Forward
                @ [ for name, kind, value in results -> Declare(name, kind, value) ]
                @ seeding
                @ both.Backward
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
    Lean.adjoints own adjoint

/// The program with the adjoint of every function added.
let transform (program: Program) : Program = extend ofFunction program
