/// The two sweeps over statements with blocks: forwards with recordings, and the same statements backwards, last first.
module Zautograd.Programs.Sweeps

open System.Collections.Generic
open Zautograd
open Zautograd.Programs
open Zautograd.Programs.Workshop

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

let private onStack statement =
    match statement with
    | Push _
    | Pop _
    | PopElement _ -> true
    | _ -> false

let private isBranch statement =
    match statement with
    | If _ -> true
    | _ -> false

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

/// The block without what is added to the sums of a loop, and what was worked out just for that: for a second run.
let private withoutSums (types: Map<string, Type>) (rounds: Independence.Rounds) (loop: Statement list -> Statement) forward backward =
    let rec drop block =
        block
        |> List.choose (fun s ->
            match Exposed.adding s, s with
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
let rec sweeps (job: Job) (hoisted: ResizeArray<Statement>) inLoop (items: Listing.Numbered list) : Sweeps =
    let found =
        [
            for remark, group in Remarks.groupsBy (fun (item: Listing.Numbered) -> item.Statement) items ->
                let both = group |> List.map (sweep job hoisted inLoop)

                {
                    Forward = both |> List.collect _.Forward
                    Backward = List.rev both |> List.collect _.Backward |> Remarks.above remark
                }
        ]

    { Forward = found |> List.collect _.Forward; Backward = List.rev found |> List.collect _.Backward }

/// The two sweeps over one statement.
and sweep (job: Job) hoisted inLoop item : Sweeps =
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
        let ends = plan.Rounds item.Id |> List.map (fun (name, restore) -> scalar shop name restore)
        { Forward = inner.Forward @ List.collect fst ends; Backward = (List.rev ends |> List.collect snd) @ inner.Backward }

    // what comes back before a statement that goes both ways, or by rounds
    let kept () =
        let kept = plan.Kept item.Id |> List.map (fun (name, restore) -> scalar shop name restore)
        List.collect fst kept, List.rev kept |> List.collect snd

    let bothWays statement =
        let before, after = kept ()
        { Forward = before @ [ statement ]; Backward = after }

    match item.Statement with
    | If(condition, _, _) when job.Straight.Contains item.Id ->
        let branches = item.Blocks |> List.map (straightAway job hoisted item)
        bothWays (If(condition, branches[0], branches[1]))
    | For(counter, first, last, step, _) when job.Straight.Contains item.Id ->
        // the next round finds what it is handed as the end of this one leaves it
        let main, ending = ends job.Rounds shop.Program item
        let both, ending = straightAway job hoisted item main, sweeps job hoisted false ending
        if not ending.Backward.IsEmpty then job.Failed.Add item.Id |> ignore
        bothWays (For(counter, first, last, step, both @ ending.Forward))
    | For(counter, first, last, step, _) when plan.ByRounds item.Id ->
        let inner = sweeps job hoisted false item.Blocks.Head
        let before, after = kept ()
        let loop body = For(counter, first, last, step, body)

        if inner.Backward.IsEmpty then
            { Forward = before @ [ item.Statement ]; Backward = after }
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

        let isAlone = Option.exists (fun (rounds: Independence.Rounds) -> rounds.Carried.IsEmpty)

        // rounds that do not know of each other, and leave nothing on a stack, are taken back in any order: the first one first
        let anyOrder = isAlone (job.Rounds item.Id) && not (Statement.all (inner.Forward @ inner.Backward) |> List.exists onStack)

        let back first last =
            if anyOrder then
                For(counter, first, last, step, inner.Backward)
            else
                backwards counter first last step inner.Backward

        if inner.Backward.IsEmpty then
            { Forward = [ For(counter, first, last, step, inner.Forward) ]; Backward = [] }
        elif not (plan.Marked item.Id) then
            { Forward = [ For(counter, first, last, step, inner.Forward) ]; Backward = [ back first last ] }
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
                Backward = popUntil @ popFrom @ [ back (Variable from') (Variable until') ]
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
        let varied, useful = job.Activity.VariedBefore item.Id, job.Activity.UsefulAfter item.Id
        let undone = Undo.statement (job.Straight.Contains item.Id) shop varied useful (plan.Restore item.Id) s

        { Forward = undone.Forward; Backward = undone.Result @ undone.Restore @ undone.Spread }

/// A block whose statements may be turned straight away; `seeding` tells the adjoints of what it leaves.
and turn (job: Job) hoisted (seeding: Statement list) (items: Listing.Numbered list) : Turned option =
    let shop = job.Shop
    let isStraight (item: Listing.Numbered) = job.Straight.Contains item.Id
    let early = items |> List.takeWhile (isStraight >> not)
    let late = items |> List.skip early.Length
    let before = sweeps job hoisted false early

    let found =
        [
            for item in late do
                let both = sweep job hoisted false item

                let own =
                    match job.Rounds item.Id with
                    | Some rounds when isStraight item -> rounds.Private |> Set.map (fun name -> Map.tryFind name shop.Adjoints |> Option.defaultValue name)
                    | _ -> Set.empty

                { Item = item; Forward = both.Forward; Backward = both.Backward; IsStraight = isStraight item; Own = own }: Ahead.Late
        ]

    let values = Set.ofSeq shop.Types.Keys
    let adjoints = Set.ofSeq shop.Adjoints.Values

    let arrays =
        Set.ofList
            [
                for KeyValue(name, adjoint) in shop.Adjoints do
                    if Map.tryFind name shop.Types = Some Reals then adjoint
            ]

    // the locals that carry numbers of rounds and ways taken to the backward code
    let carried = Statement.written shop.Program (List.ofSeq hoisted)
    let written = Set.union carried (Statement.written shop.Program (late |> List.map _.Statement))

    let declaresAdjoints =
        late
        |> List.exists (fun item ->
            match item.Statement with
            | DeclareArray(name, _, _) -> shop.Adjoints.ContainsKey name
            | _ -> false)

    match Ahead.split shop.Program values arrays adjoints seeding found with
    | Some parts when
        late.IsEmpty
        || not declaresAdjoints && Straight.canPrecede shop.Program values written (seeding @ List.collect fst parts)
        ->
        // what the user wrote stands above what goes both ways, and above the backward code of the rest
        let groups =
            [
                for remark, group in List.zip found parts |> Remarks.groupsBy (fun (late, _) -> late.Item.Statement) do
                    let forward = group |> List.collect (fun (late, _) -> late.Forward)
                    let back part = List.rev group |> List.collect (snd >> part)

                    if group |> List.exists (fun (late, _) -> late.IsStraight) then
                        remark @ forward, back fst, back snd
                    else
                        forward, Remarks.above remark (back fst), Remarks.above remark (back snd)
            ]

        let backwards part = List.rev groups |> List.collect part

        Some
            {
                Early = before
                Ahead = backwards (fun (_, ahead, _) -> ahead)
                Late =
                    {
                        Forward = groups |> List.collect (fun (forward, _, _) -> forward)
                        Backward = backwards (fun (_, _, waiting) -> waiting)
                    }
            }
    | _ -> None

/// A block inside of `around`, which is turned straight away: nothing that is read after it may come back.
and straightAway (job: Job) hoisted (around: Listing.Numbered) (items: Listing.Numbered list) : Statement list =
    match turn job hoisted [] items with
    | None ->
        job.Failed.Add around.Id |> ignore
        []
    | Some turned ->
        let back = Statement.written job.Shop.Program (turned.Late.Backward @ turned.Early.Backward)
        if not (Set.isEmpty (Set.intersect back (job.Live around.Id))) then job.Failed.Add around.Id |> ignore
        turned.With([], [])
