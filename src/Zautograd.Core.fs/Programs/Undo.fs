/// One statement without blocks, forwards with what it records, and backwards: old values come back, then adjoints go to what it read.
module Zautograd.Programs.Undo

open Zautograd
open Zautograd.Programs
open Zautograd.Programs.Scopes
open Zautograd.Programs.Spread

/// How the value that a statement overwrites comes back.
type Restore =
    /// Nobody asks for it.
    | Nothing
    /// It is pushed before, and popped.
    | Recorded
    /// It is worked out once more.
    | Again of Term
    /// What was added to an int is taken off.
    | Inverse

/// What a statement becomes: before it and itself; then backwards, in this order: what reads the new value, what brings the old
/// values back, and what reads those.
type Undone = { Forward: Statement list; Result: Statement list; Restore: Statement list; Spread: Statement list }

/// What the statements of a function are turned with.
type Workshop =
    {
        Program: Program
        Types: Map<string, Type>
        Names: Names
        /// The adjoints of variables, arrays and stacks, by name.
        Adjoints: Map<string, string>
        /// The stack for a type.
        Stack: Type -> string
        AdjointName: string -> string
    }

let private elementOf kind =
    match kind with
    | Reals -> Real
    | Ints -> Int
    | kind -> kind

let private isFollowed (p: Parameter) = p.Active && (p.Type = Real || p.Type = Reals)

/// A push and what undoes it, for a scalar.
let scalar (shop: Workshop) name restore =
    let kind = Map.tryFind name shop.Types |> Option.defaultValue Real

    match restore with
    | Recorded -> [ Push(shop.Stack kind, kind, Variable name) ], [ Pop(shop.Stack kind, kind, name) ]
    | Again e -> [], [ Assign(name, e) ]
    | Inverse
    | Nothing -> [], []

let private element (shop: Workshop) array index restore =
    let kind = elementOf shop.Types[array]

    match restore with
    | Recorded -> [ Push(shop.Stack kind, kind, Element(array, index)) ], [ PopElement(shop.Stack kind, kind, array, index) ]
    | _ -> [], []

let private minus term =
    match term with
    | Whole n -> Whole -n
    | e -> Integer(Minus, Whole 0, e)

/// For i over an array, or back.
let private each (names: Names) array backwards body =
    let i = names.Fresh "i"

    if backwards then
        For(i, Integer(Minus, Length array, Whole 1), Whole -1, -1, body (Variable i))
    else
        For(i, Whole 0, Length array, 1, body (Variable i))

/// The callee runs again, forwards and backwards, from the arguments that it was given.
let private call
    (shop: Workshop)
    (targets: Targets)
    (useful: Set<string>)
    (restore: string -> Restore)
    (callee: Function)
    results
    args
    : Undone =
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
    let followed = pairs |> List.filter (fst >> isFollowed)
    let copies = Map.ofList [ for array in changed -> array, names.Fresh("copy_" + array) ]

    let copying =
        [
            for array in changed do
                DeclareArray(copies[array], shop.Types[array], Length array)
                each names array false (fun i -> [ Store(copies[array], i, Element(array, i)) ])
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

    let again = [ for kind in callee.Results -> names.Fresh "again", kind ]

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

    let zero kind =
        match kind with
        | Int -> Whole 0
        | Bool -> Truth false
        | _ -> Number 0.0

    let moves =
        followed
        |> List.exists (fun (p, arg) ->
            match arg with
            | Variable array when p.Type = Reals -> (targets.Adjoint array).IsSome
            | _ -> not (spread { targets with Names = Names Set.empty } (Variable "") None arg).IsEmpty)

    let cleared =
        [
            for result in results do
                match adjointOf result with
                | Some adjoint -> Assign(adjoint, Number 0.0)
                | None -> ()
        ]

    let wanted = List.exists useful.Contains (results @ changed)

    {
        Forward = forward
        Result = []
        Restore = back @ pops
        Spread =
            if not (moves && wanted) then
                cleared
            else
                copying
                @ List.collect snd seeds
                @ List.concat arraysBefore
                @ [ for name, kind in again -> Declare(name, kind, zero kind) ]
                @ [ for name, _ in contributions -> Declare(name, Real, Number 0.0) ]
                @ [
                    Call(
                        List.map fst again @ List.map fst contributions,
                        shop.AdjointName callee.Name,
                        given @ arraysGiven @ [ for seed, _ in seeds -> Variable seed ]
                    )
                ]
                @ List.concat arraysAfter
                @ (contributions |> List.collect (fun (name, arg) -> spread targets (Variable name) None arg))
    }

/// A statement without blocks. `varied` before it and `useful` after it decide which adjoints it moves.
let statement (shop: Workshop) (varied: Set<string>) (useful: Set<string>) (restore: string -> Restore) (s: Statement) : Undone =
    let names = shop.Names
    let adjointOf name = Map.tryFind name shop.Adjoints
    let targets = { Adjoint = (fun name -> if varied.Contains name then adjointOf name else None); Names = names }
    let plain = { Forward = [ s ]; Result = []; Restore = []; Spread = [] }

    // the adjoint of what is assigned, if anything can have gone there
    let target name kind =
        match adjointOf name with
        | Some adjoint when useful.Contains name && (Map.tryFind name shop.Types |> Option.defaultValue Real) = kind -> Some adjoint
        | _ -> None

    // the value just assigned, kept in a local while the old one comes back
    let result pops (value: Term) e =
        if not (usesResult e) then
            [], None
        elif List.isEmpty pops then
            [], Some value
        else
            let local = names.Fresh "result"
            [ Declare(local, Real, value) ], Some(Variable local)

    // t = d_v; d_v = what goes to the old v, or 0; then d_u += t * slope for all other u that e reads
    let overwritten (own: Term) (read: Term) (set: Term -> Statement) result e =
        let local = names.Fresh "adjoint"

        match overwrite targets own set (Variable local) result e with
        | [ clear ] when clear = set (Number 0.0) -> [ clear ]
        | statements -> Declare(local, Real, read) :: statements

    let assign name e push pop =
        match target name Real with
        | Some adjoint ->
            let before, value = result pop (Variable name) e

            {
                Forward = push @ [ s ]
                Result = before
                Restore = pop
                Spread = overwritten (Variable name) (Variable adjoint) (fun e -> Assign(adjoint, e)) value e
            }
        | None -> { plain with Forward = push @ [ s ]; Restore = pop }

    match s with
    // declared once, at the top: there is no old value to come back to
    | Declare(name, _, e) -> assign name e [] []
    | DeclareArray(name, _, _) ->
        match adjointOf name with
        | Some adjoint -> { plain with Forward = [ s; DeclareArray(adjoint, Reals, Length name) ] }
        | None -> plain
    | Assign(name, e) ->
        let push, pop = scalar shop name (restore name)
        assign name e push pop
    | Increment(name, e) when restore name = Inverse -> { plain with Restore = [ Increment(name, minus e) ] }
    | Increment(name, e) ->
        let push, pop = scalar shop name (restore name)

        let increments =
            match target name Real with
            | Some adjoint -> spread targets (Variable adjoint) None e
            | None -> []

        { plain with Forward = push @ [ s ]; Restore = pop; Spread = increments }
    | Store(array, index, e) ->
        let push, pop = element shop array index (restore array)

        match target array Reals with
        | Some adjoint ->
            let before, value = result pop (Element(array, index)) e

            {
                Forward = push @ [ s ]
                Result = before
                Restore = pop
                Spread = overwritten (Element(array, index)) (Element(adjoint, index)) (fun e -> Store(adjoint, index, e)) value e
            }
        | None -> { plain with Forward = push @ [ s ]; Restore = pop }
    | Accumulate(array, index, e) when restore array = Inverse -> { plain with Restore = [ Accumulate(array, index, minus e) ] }
    | Accumulate(array, index, e) ->
        let push, pop = element shop array index (restore array)

        let increments =
            match target array Reals with
            | Some adjoint ->
                let local = names.Fresh "adjoint"

                match spread targets (Variable local) None e with
                | [] -> []
                | increments -> Declare(local, Real, Element(adjoint, index)) :: increments
            | None -> []

        { plain with Forward = push @ [ s ]; Restore = pop; Spread = increments }
    | Call(results, name, args) ->
        match shop.Program.TryFind name with
        | None -> raise (Unsupported $"'{name}' is called, but it is no function of this program")
        | Some callee -> call shop targets useful restore callee results args
    | Push(stack, Real, e) when shop.Adjoints.ContainsKey stack ->
        let local = names.Fresh "adjoint"

        { plain with
            Spread = [ Declare(local, Real, Number 0.0); Pop(shop.Adjoints[stack], Real, local) ] @ spread targets (Variable local) None e
        }
    | Push _ -> plain
    | Pop(stack, kind, name) ->
        let push, pop = scalar shop name (restore name)

        let back =
            match kind, adjointOf stack, adjointOf name with
            | Real, Some stack, Some adjoint -> [ Push(stack, Real, Variable adjoint); Assign(adjoint, Number 0.0) ]
            | Real, Some stack, None -> [ Push(stack, Real, Number 0.0) ]
            | Real, None, Some adjoint -> [ Assign(adjoint, Number 0.0) ]
            | _ -> []

        { plain with Forward = push @ [ s ]; Restore = pop; Spread = back }
    | PopElement(stack, kind, array, index) ->
        let push, pop = element shop array index (restore array)

        let back =
            match kind, adjointOf stack, adjointOf array with
            | Real, Some stack, Some adjoint -> [ Push(stack, Real, Element(adjoint, index)); Store(adjoint, index, Number 0.0) ]
            | Real, Some stack, None -> [ Push(stack, Real, Number 0.0) ]
            | Real, None, Some adjoint -> [ Store(adjoint, index, Number 0.0) ]
            | _ -> []

        { plain with Forward = push @ [ s ]; Restore = pop; Spread = back }
    | Return _
    | Break
    | Continue -> raise (Unsupported "a way out was not normalised")
    | If _
    | For _
    | While _ -> invalidOp "a statement with blocks is not undone at once"
