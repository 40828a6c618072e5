/// The adjoint program: the user's statements with recordings, then the same statements backwards, each spreading its adjoint.
module Zautograd.Programs.Adjoint

open Zautograd
open Zautograd.Programs
open Zautograd.Programs.Scopes
open Zautograd.Programs.Spread

/// What the adjoint of a function is called.
let nameOf (f: string) = f + "Adjoint"

/// Names whose values a term reads (the length of an array is no value).
let rec private valuesRead term : Set<string> =
    match term with
    | Length _ -> Set.empty
    | Variable name -> Set.singleton name
    | Element(name, index) -> Set.add name (valuesRead index)
    | _ -> Term.parts term |> List.map valuesRead |> Set.unionMany

let private valuesReadBy (block: Statement list) : Set<string> =
    Statement.all block
    |> List.collect (fun statement ->
        let arrays =
            match statement with
            | Call(_, _, args) -> List.map Term.names args
            | _ -> []

        arrays @ List.map valuesRead (Statement.terms statement))
    |> Set.unionMany

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

type private Sweeps = { Forward: Statement list; Backward: Statement list }

/// One attempt, recording just the variables of `needed`; the caller repeats it until the reverse sweep reads no others.
let private attempt (program: Program) (f: Function) types (active: Set<string>) (needed: Set<string>) =
    let names = Names.Of f
    let adjoints = Map.ofSeq [ for name in active -> name, names.Fresh("d_" + name) ]
    let targets = { Adjoint = (fun name -> Map.tryFind name adjoints); Names = names }
    let typeOf name = Map.tryFind name types |> Option.defaultValue Real

    let stackOf kind =
        match kind with
        | Real
        | Reals -> "reals"
        | Int
        | Ints -> "ints"
        | Bool -> "bools"

    let stacks = Map.ofList [ for kind in [ Real; Int; Bool ] -> stackOf kind, names.Fresh("recorded_" + stackOf kind) ]

    let elementOf kind =
        match kind with
        | Reals -> Real
        | Ints -> Int
        | kind -> kind

    let stack kind = stacks[stackOf kind]
    let isNeeded name = Set.contains name needed

    // a scalar about to be overwritten: what to record before, and how to get it back
    let keep name =
        let kind = typeOf name
        if isNeeded name then [ Push(stack kind, kind, Variable name) ], [ Pop(stack kind, kind, name) ] else [], []

    let keepElement array index =
        let kind = elementOf (typeOf array)

        if isNeeded array then
            [ Push(stack kind, kind, Element(array, index)) ], [ PopElement(stack kind, kind, array, index) ]
        else
            [], []

    // the value just assigned, kept in a local while the old one comes back
    let resultBefore pops (value: Term) e =
        if not (usesResult e) then
            [], None
        elif List.isEmpty pops then
            [], Some value
        else
            let local = names.Fresh "result"
            [ Declare(local, Real, value) ], Some(Variable local)

    // t = d_v; d_v = 0; then d_u += t * slope for all u that e reads, v itself perhaps among them
    let overwritten (read: Term) (clear: Statement) result e =
        let local = names.Fresh "adjoint"
        let increments = spread targets (Variable local) result e
        if increments.IsEmpty then [ clear ] else [ Declare(local, Real, read); clear ] @ increments

    let rec block statements : Sweeps =
        let sweeps =
            [
                for remark, group in Remarks.groups statements ->
                    let sweeps = List.map statement group

                    {
                        Forward = sweeps |> List.collect _.Forward
                        Backward = List.rev sweeps |> List.collect _.Backward |> Remarks.above remark
                    }
            ]

        { Forward = sweeps |> List.collect _.Forward; Backward = List.rev sweeps |> List.collect _.Backward }

    and assign name e s =
        let push, pop = keep name

        match Map.tryFind name adjoints with
        | Some adjoint when typeOf name = Real ->
            let before, result = resultBefore pop (Variable name) e

            {
                Forward = push @ [ s ]
                Backward = before @ pop @ overwritten (Variable adjoint) (Assign(adjoint, Number 0.0)) result e
            }
        | _ -> { Forward = push @ [ s ]; Backward = pop }

    and statement s : Sweeps =
        match s with
        | Declare(name, kind, e) ->
            // declared once, at the top: there is no old value to come back to
            match Map.tryFind name adjoints with
            | Some adjoint when kind = Real ->
                let result = if usesResult e then Some(Variable name) else None
                { Forward = [ s ]; Backward = overwritten (Variable adjoint) (Assign(adjoint, Number 0.0)) result e }
            | _ -> { Forward = [ s ]; Backward = [] }
        | DeclareArray(name, _, _) ->
            match Map.tryFind name adjoints with
            | Some adjoint -> { Forward = [ s; DeclareArray(adjoint, Reals, Length name) ]; Backward = [] }
            | None -> { Forward = [ s ]; Backward = [] }
        | Assign(name, e) -> assign name e s
        | Increment(name, e) ->
            let push, pop = keep name

            match Map.tryFind name adjoints with
            | Some adjoint when typeOf name = Real -> { Forward = push @ [ s ]; Backward = pop @ spread targets (Variable adjoint) None e }
            | _ -> { Forward = push @ [ s ]; Backward = pop }
        | Store(array, index, e) ->
            let push, pop = keepElement array index

            match Map.tryFind array adjoints with
            | Some adjoint ->
                let before, result = resultBefore pop (Element(array, index)) e

                {
                    Forward = push @ [ s ]
                    Backward = before @ pop @ overwritten (Element(adjoint, index)) (Store(adjoint, index, Number 0.0)) result e
                }
            | None -> { Forward = push @ [ s ]; Backward = pop }
        | Accumulate(array, index, e) ->
            let push, pop = keepElement array index

            match Map.tryFind array adjoints with
            | Some adjoint ->
                let local = names.Fresh "adjoint"
                let increments = spread targets (Variable local) None e
                let read = if increments.IsEmpty then [] else [ Declare(local, Real, Element(adjoint, index)) ]
                { Forward = push @ [ s ]; Backward = pop @ read @ increments }
            | None -> { Forward = push @ [ s ]; Backward = pop }
        | If(condition, yes, no) ->
            let yes', no' = block yes, block no
            let changed = Statement.written program (yes @ no)

            if yes'.Backward.IsEmpty && no'.Backward.IsEmpty then
                { Forward = [ If(condition, yes'.Forward, no'.Forward) ]; Backward = [] }
            elif Set.isEmpty (Set.intersect changed (Term.names condition)) then
                // still computable on the way back
                { Forward = [ If(condition, yes'.Forward, no'.Forward) ]; Backward = [ If(condition, yes'.Backward, no'.Backward) ] }
            else
                let taken = names.Fresh "taken"
                let mark value = [ Push(stack Bool, Bool, Truth value) ]

                {
                    Forward = [ If(condition, yes'.Forward @ mark true, no'.Forward @ mark false) ]
                    Backward =
                        [ Declare(taken, Bool, Truth false); Pop(stack Bool, Bool, taken); If(Variable taken, yes'.Backward, no'.Backward) ]
                }
        | For(counter, first, last, step, body) ->
            let inner = block body

            if inner.Backward.IsEmpty then
                { Forward = [ For(counter, first, last, step, inner.Forward) ]; Backward = [] }
            else
                let changed = Statement.written program body
                let mentioned = Set.union (Term.names first) (Term.names last)

                if Set.isEmpty (Set.intersect changed mentioned) then
                    {
                        Forward = [ For(counter, first, last, step, inner.Forward) ]
                        Backward = [ backwards counter first last step inner.Backward ]
                    }
                else
                    // the bounds change in the loop: they are recorded at its end
                    let from, until = names.Fresh "from", names.Fresh "until"
                    let from', until' = names.Fresh from, names.Fresh until

                    {
                        Forward =
                            [
                                Declare(from, Int, first)
                                Declare(until, Int, last)
                                For(counter, Variable from, Variable until, step, inner.Forward)
                                Push(stack Int, Int, Variable from)
                                Push(stack Int, Int, Variable until)
                            ]
                        Backward =
                            [
                                Declare(from', Int, Whole 0)
                                Declare(until', Int, Whole 0)
                                Pop(stack Int, Int, until')
                                Pop(stack Int, Int, from')
                                backwards counter (Variable from') (Variable until') step inner.Backward
                            ]
                    }
        | While(condition, body) ->
            let inner = block body

            if inner.Backward.IsEmpty then
                { Forward = [ While(condition, inner.Forward) ]; Backward = [] }
            else
                let trips, trips', trip = names.Fresh "trips", names.Fresh "trips", names.Fresh "trip"

                {
                    Forward =
                        [
                            Declare(trips, Int, Whole 0)
                            While(condition, inner.Forward @ [ Increment(trips, Whole 1) ])
                            Push(stack Int, Int, Variable trips)
                        ]
                    Backward =
                        [
                            Declare(trips', Int, Whole 0)
                            Pop(stack Int, Int, trips')
                            For(trip, Whole 0, Variable trips', 1, inner.Backward)
                        ]
                }
        | Call(results, name, args) ->
            match program.TryFind name with
            | None -> raise (Unsupported $"'{name}' is called, but it is no function of this program")
            | Some callee -> call callee results args
        | Push(stack, Real, e) when adjoints.ContainsKey stack ->
            let local = names.Fresh "adjoint"

            {
                Forward = [ s ]
                Backward = [ Declare(local, Real, Number 0.0); Pop(adjoints[stack], Real, local) ] @ spread targets (Variable local) None e
            }
        | Push _ -> { Forward = [ s ]; Backward = [] }
        | Remark _ -> { Forward = []; Backward = [] }
        | Pop(stack, kind, name) ->
            let push, pop = keep name

            let adjoint =
                match kind, Map.tryFind stack adjoints, Map.tryFind name adjoints with
                | Real, Some stack, Some adjoint -> [ Push(stack, Real, Variable adjoint); Assign(adjoint, Number 0.0) ]
                | Real, Some stack, None -> [ Push(stack, Real, Number 0.0) ]
                | Real, None, Some adjoint -> [ Assign(adjoint, Number 0.0) ]
                | _ -> []

            { Forward = push @ [ s ]; Backward = pop @ adjoint }
        | PopElement(stack, kind, array, index) ->
            let push, pop = keepElement array index

            let adjoint =
                match kind, Map.tryFind stack adjoints, Map.tryFind array adjoints with
                | Real, Some stack, Some adjoint -> [ Push(stack, Real, Element(adjoint, index)); Store(adjoint, index, Number 0.0) ]
                | Real, Some stack, None -> [ Push(stack, Real, Number 0.0) ]
                | Real, None, Some adjoint -> [ Store(adjoint, index, Number 0.0) ]
                | _ -> []

            { Forward = push @ [ s ]; Backward = pop @ adjoint }
        | Return _
        | Break
        | Continue -> raise (Unsupported $"'{f.Name}' has a way out that was not normalised")

    // The callee runs again, forwards and backwards, from the arguments that it was given.
    and call callee results args =
        let pairs = List.zip callee.Parameters args
        let keptResults = results |> List.map keep

        let changedArrays =
            [
                for p, arg in pairs do
                    match p.Flow, arg with
                    | InOut, Variable array -> array, p
                    | _ -> ()
            ]

        let each array f =
            let i = names.Fresh "i"

            fun backwards ->
                if backwards then
                    For(i, Integer(Minus, Length array, Whole 1), Whole -1, -1, f i)
                else
                    For(i, Whole 0, Length array, 1, f i)

        let saved =
            [
                for array, _ in changedArrays ->
                    let kind = elementOf (typeOf array)

                    each array (fun i -> [ Push(stack kind, kind, Element(array, Variable i)) ]) false,
                    each array (fun i -> [ PopElement(stack kind, kind, array, Variable i) ]) true
            ]

        let copies = Map.ofList [ for array, _ in changedArrays -> array, names.Fresh("copy_" + array) ]

        let copying =
            [
                for array, _ in changedArrays do
                    DeclareArray(copies[array], typeOf array, Length array)
                    each array (fun i -> [ Store(copies[array], Variable i, Element(array, Variable i)) ]) false
            ]

        let seeds =
            [
                for result, kind in List.zip results callee.Results do
                    if kind = Real then
                        let seed = names.Fresh "seed"

                        match Map.tryFind result adjoints with
                        | Some adjoint -> seed, [ Declare(seed, Real, Variable adjoint); Assign(adjoint, Number 0.0) ]
                        | None -> seed, [ Declare(seed, Real, Number 0.0) ]
            ]

        let dummies = [ for kind in callee.Results -> names.Fresh "again", kind ]
        let followed = pairs |> List.filter (fst >> isFollowed)

        // an array given twice (and then only read) gets an adjoint for each time: no two names for one array
        let adjointArrays =
            [
                for _, uses in followed |> List.indexed |> List.groupBy (fun (_, (_, arg)) -> arg) do
                    for nth, (position, (p, arg)) in List.indexed uses do
                        match p.Type, arg with
                        | Reals, Variable array ->
                            match Map.tryFind array adjoints with
                            | Some adjoint when nth = 0 -> position, (Variable adjoint, [], [])
                            | found ->
                                let own = names.Fresh "adjoint"

                                let add =
                                    [
                                        match found with
                                        | Some adjoint ->
                                            each array (fun i -> [ Accumulate(adjoint, Variable i, Element(own, Variable i)) ]) false
                                        | None -> ()
                                    ]

                                position, (Variable own, [ DeclareArray(own, Reals, Length array) ], add)
                        | _ -> ()
            ]
            |> List.sortBy fst
            |> List.map snd

        let arraysGiven, arraysBefore, arraysAfter = List.unzip3 adjointArrays

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

        let zero kind =
            match kind with
            | Int -> Whole 0
            | Bool -> Truth false
            | _ -> Number 0.0

        {
            Forward = List.collect fst keptResults @ List.map fst saved @ [ Call(results, callee.Name, args) ]
            Backward =
                (keptResults |> List.rev |> List.collect snd |> fun pops -> (List.rev saved |> List.map snd) @ pops)
                @ copying
                @ List.collect snd seeds
                @ List.concat arraysBefore
                @ [ for name, kind in dummies -> Declare(name, kind, zero kind) ]
                @ [ for name, _ in contributions -> Declare(name, Real, Number 0.0) ]
                @ [
                    Call(
                        List.map fst dummies @ List.map fst contributions,
                        nameOf callee.Name,
                        given @ arraysGiven @ [ for seed, _ in seeds -> Variable seed ]
                    )
                ]
                @ List.concat arraysAfter
                @ (contributions |> List.collect (fun (name, arg) -> spread targets (Variable name) None arg))
        }

    let main, values =
        match List.tryLast f.Body with
        | Some(Return values) -> List.truncate (f.Body.Length - 1) f.Body, values
        | _ -> f.Body, []

    let sweeps = block main

    let results = List.mapi2 (fun i kind value -> names.Fresh $"result{i + 1}", kind, value) f.Results values

    let seeds =
        [
            for name, kind, value in results do
                if kind = Real then names.Fresh("d_" + name), value
        ]

    let ofResults =
        match List.tryLast main with
        | Some(Remark _ as remark) -> [ remark ]
        | _ -> []

    let seeding = seeds |> List.collect (fun (seed, value) -> spread targets (Variable seed) None value) |> Remarks.above ofResults

    // adjoints of locals start at 0; those of parameters that are scalars are results
    let stackNames = active |> Set.filter (fun name -> not (Map.containsKey name types))

    let declared =
        [
            for name in active do
                if typeOf name = Real && not (stackNames.Contains name) then
                    Declare(adjoints[name], Real, Number 0.0)
        ]

    let followed = f.Parameters |> List.filter isFollowed
    let backward = seeding @ sweeps.Backward

    let result =
        {
            Name = nameOf f.Name
            Parameters =
                f.Parameters
                @ [
                    for p in followed do
                        if p.Type = Reals then { p with Name = adjoints[p.Name]; Flow = InOut }
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
                @ sweeps.Forward
                @ [ for name, kind, value in results -> Declare(name, kind, value) ]
                @ backward
                @ [
                    Return(
                        [ for name, _, _ in results -> Variable name ]
                        @ [
                            for p in followed do
                                if p.Type = Real then Variable adjoints[p.Name]
                        ]
                    )
                ]
        }

    result, Set.intersect (valuesReadBy backward) (Set.ofSeq types.Keys)

/// The adjoint of one function. It takes the function's parameters, an adjoint array for every active array (what it holds is the seed of an
/// array that the function changes; the adjoints of the inputs are added), and a seed for every real result; it returns the
/// results and then the adjoint of every active scalar. The arrays it changes hold nothing of use afterwards: hand it copies.
let ofFunction (program: Program) (original: Function) : Function =
    let f, types = flatten program (Normalise.exits (Remarks.annotate original))
    let active = Activity.active program types f

    let rec settle needed =
        let result, read = attempt program f types active needed
        if Set.isSubset read needed then result else settle (Set.union needed read)

    settle Set.empty

/// The program with the adjoint of every function added.
let transform (program: Program) : Program = extend ofFunction program
