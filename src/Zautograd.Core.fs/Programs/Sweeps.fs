/// The two sweeps over statements with blocks: forwards with recordings, and the same statements backwards, last first.
module Zautograd.Programs.Sweeps

open Zautograd.Programs
open Zautograd.Programs.Rerun
open Zautograd.Programs.Turned
open Zautograd.Programs.Workshop

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
            hoisted.Add(Declare(name, kind, Term.zero kind))
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
    let isStraight (item: Listing.Numbered) = job.Straight.Contains item.Id
    let early = items |> List.takeWhile (isStraight >> not)
    let before = sweeps job hoisted false early

    let late =
        [
            for item in items |> List.skip early.Length do
                let both = sweep job hoisted false item
                let own = if isStraight item then own job item else Set.empty
                { Item = item; Forward = both.Forward; Backward = both.Backward; IsStraight = isStraight item; Own = own }: Ahead.Late
        ]

    arrange job hoisted seeding before late

/// A block inside of `around`, which is turned straight away: nothing that is read after it may come back.
and straightAway (job: Job) hoisted (around: Listing.Numbered) (items: Listing.Numbered list) : Statement list =
    match turn job hoisted [] items with
    | None ->
        job.Failed.Add around.Id |> ignore
        []
    | Some turned ->
        let back = Statement.written job.Shop.Program (turned.Late.Backward @ turned.Early.Backward)

        if not (Set.isEmpty (Set.intersect back (job.Live around.Id))) then
            job.Failed.Add around.Id |> ignore

        turned.With([], [])
