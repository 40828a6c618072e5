/// Loops whose rounds may run several at once, in the lanes of a vector: each round has elements of its own, beside those of the next.
module internal Zautograd.Programs.CSharpLanes

open System.Collections.Generic
open Zautograd
open Zautograd.Programs

/// How a loop runs in lanes.
type Loop =
    {
        /// The body without ints of a round, which are put in; what is added to a sum is an increment.
        Body: Statement list
        /// Reals that each round has a number of its own for.
        Own: Set<string>
        /// Those of them that are declared outside the loop; nobody reads them after it.
        Outside: Set<string>
        /// What the rounds add to in any order, each lane for itself.
        Sums: Set<string>
    }

/// What C# has for vectors as for numbers, to the last bit.
let private operations = set [ Add; Sub; Mul; Div; Neg; Sqrt; Abs ]

/// A stack in a set of names.
let private stackName stack = $"stack\000{stack}"

/// What must come out as the text has it, to the last bit: results and arrays that are to be exact, decisions, and all that these are made of.
let exact (f: Function) (results: int) (arrays: Set<string>) : Set<string> =
    let names = Term.namesIn
    let all = Statement.all f.Body

    let roots =
        all
        |> List.map (fun s ->
            match s with
            | If _
            | While _
            | For _
            | Call _
            | Outside _ -> names (Statement.terms s)
            | Return values -> names (List.truncate results values)
            | _ -> Set.empty)
        |> Set.unionMany
        |> Set.union arrays

    let sources =
        all
        |> List.collect (fun s ->
            match s with
            | Push(stack, _, e) -> [ stackName stack, Term.names e ]
            | Pop(stack, _, name) -> [ name, Set.singleton (stackName stack) ]
            | PopElement(stack, _, array, i) -> [ array, Set.add (stackName stack) (Term.names i) ]
            | _ -> [ for name in Statement.assigned (fun _ -> None) s -> name, names (Statement.terms s) ])
        |> List.groupBy fst
        |> List.map (fun (name, sources) -> name, sources |> List.map snd |> Set.unionMany)
        |> Map.ofList

    let found = HashSet<string>(roots)
    let waiting = Stack<string>(roots)

    while waiting.Count > 0 do
        for name in Map.tryFind (waiting.Pop()) sources |> Option.defaultValue Set.empty do
            if found.Add name then waiting.Push name

    Set.ofSeq found

/// The arrays that a function changes for its caller.
let outputs (f: Function) : Set<string> =
    Set.ofList
        [
            for p in f.Parameters do
                if p.Flow = InOut then p.Name
        ]

let rec private put (ints: Map<string, Term>) term =
    match term with
    | Variable name when ints.ContainsKey name -> ints[name]
    | _ -> Term.map (put ints) term

/// The body with the ints of a round put in, and sums as increments; None where a statement is none of a vector's.
let private plain (body: Statement list) : Statement list option =
    let mutable ints = Map.empty
    let mutable fits = true

    let plain =
        [
            for s in body do
                match s with
                | Declare(name, Int, e) -> ints <- Map.add name (put ints e) ints
                | Declare(name, Real, e) -> Declare(name, Real, put ints e)
                | Increment(name, e) -> Increment(name, put ints e)
                | Assign(name, Formula(Add, [ Variable own; e ])) when own = name && not (Set.contains name (Term.names e)) ->
                    Increment(name, put ints e)
                | Assign(name, Formula(Sub, [ Variable own; e ])) when own = name && not (Set.contains name (Term.names e)) ->
                    Increment(name, Formula(Neg, [ put ints e ]))
                | Assign(name, e) -> Assign(name, put ints e)
                | Store(array, i, Formula(Add, [ Element(own, j); e ])) when own = array && i = j && not (Set.contains array (Term.names e)) ->
                    Accumulate(array, put ints i, put ints e)
                | Store(array, i, Formula(Sub, [ Element(own, j); e ])) when own = array && i = j && not (Set.contains array (Term.names e)) ->
                    Accumulate(array, put ints i, Formula(Neg, [ put ints e ]))
                | Store(array, i, e) -> Store(array, put ints i, put ints e)
                | Accumulate(array, i, e) -> Accumulate(array, put ints i, put ints e)
                | Push(stack, Real, e) -> Push(stack, Real, put ints e)
                | PopElement(stack, Real, array, i) -> PopElement(stack, Real, array, put ints i)
                | Pop(_, Real, _)
                | Remark _ -> s
                | Declare _
                | DeclareArray _
                | If _
                | For _
                | While _
                | Call _
                | Return _
                | Outside _
                | Break
                | Continue
                | Push _
                | Pop _
                | PopElement _ -> fits <- false
        ]

    if fits then Some plain else None

/// The elements that a statement reads or writes, by array and index.
let private elements s =
    let rec read term =
        match term with
        | Element(array, i) -> (array, i) :: read i
        | _ -> Term.parts term |> List.collect read

    [
        yield! Statement.terms s |> List.collect read

        match s with
        | Store(array, i, _)
        | Accumulate(array, i, _)
        | PopElement(_, _, array, i) -> array, i
        | _ -> ()
    ]

/// Whether an index of the round's counter goes up with it, one by one.
let isBeside (isFixed: Term -> bool) counter index =
    let rec slope term =
        match term with
        | Variable name when name = counter -> Some 1
        | Integer(Plus, a, b) -> Option.map2 (+) (slope a) (slope b)
        | Integer(Minus, a, b) -> Option.map2 (-) (slope a) (slope b)
        | _ -> if isFixed term then Some 0 else None

    slope index = Some 1

/// How a loop runs in lanes, if it may. `live` are the names that are read after it; sums in `exact` are added up in the order of rounds.
let private ofLoop (types: Map<string, Type>) exact (live: Set<string>) counter first last step (body: Statement list) : Loop option =
    let isShort =
        match first, last with
        | Whole first, Whole last -> abs (int64 last - int64 first) < 8L
        | _ -> false

    let ofPlain (body: Statement list) =
        let written = Set.ofList (counter :: List.collect (Statement.assigned (fun _ -> None)) body)
        let isFixed term = Set.isEmpty (Set.intersect written (Term.names term))
        let isBeside = isBeside isFixed counter

        let assigned =
            Set.ofList
                [
                    for s in body do
                        match s with
                        | Declare(name, _, _)
                        | Assign(name, _)
                        | Pop(_, _, name) -> name
                        | _ -> ()
                ]

        let declared =
            Set.ofList
                [
                    for s in body do
                        match s with
                        | Declare(name, _, _) -> name
                        | _ -> ()
                ]

        let sums =
            body
            |> List.choose (function
                | Increment(name, _) when not (assigned.Contains name) -> Some name
                | _ -> None)

        let read = body |> List.collect Statement.terms |> Term.namesIn

        // each round has its own elements of an array that is written
        let areApart =
            body
            |> List.collect elements
            |> List.groupBy fst
            |> List.forall (fun (array, uses) ->
                let indices = uses |> List.map snd |> List.distinct

                not (written.Contains array) || types[array] = Reals && indices.Length = 1 && isBeside indices.Head)

        let rec fits own term =
            match term with
            | Element(array, i) when not (isFixed term) -> types[array] = Reals && isBeside i
            | Variable name when not (isFixed term) -> Set.contains name own
            | Formula(op, args) when operations.Contains op -> List.forall (fits own) args
            | _ -> isFixed term

        let areNumbers =
            (Some Set.empty, body)
            ||> List.fold (fun own s ->
                own
                |> Option.bind (fun own ->
                    let terms = Statement.terms s |> List.rev |> List.truncate 1

                    match s with
                    | Declare(name, _, e)
                    | Assign(name, e) -> if types[name] = Real && fits own e then Some(Set.add name own) else None
                    | Pop(_, _, name) -> Some(Set.add name own)
                    | Increment(name, e) ->
                        let isOwn = own.Contains name || List.contains name sums
                        if types[name] = Real && isOwn && fits own e then Some own else None
                    | PopElement _
                    | Remark _ -> Some own
                    | _ -> if List.forall (fits own) terms then Some own else None))
            |> Option.isSome

        let stacks =
            body
            |> List.choose (function
                | Push(stack, _, _) -> Some(stack, 1)
                | Pop(stack, _, _)
                | PopElement(stack, _, _, _) -> Some(stack, -1)
                | _ -> None)

        let inOrder = sums |> List.filter (fun name -> Set.contains name exact)

        let isRight =
            areApart
            && areNumbers
            && Set.isEmpty (Set.intersect read (Set.ofList sums))
            && Set.isEmpty (Set.intersect live (assigned - declared))
            && List.forall (fun (_, way) -> way = step) stacks
            && List.distinct stacks = stacks
            && (inOrder.IsEmpty || step = 1 && List.distinct inOrder = inOrder)

        let isWorthIt = body |> List.collect elements |> List.exists (fun (_, i) -> not (isFixed i))

        if isRight && isWorthIt then
            Some { Body = body; Own = assigned; Outside = assigned - declared; Sums = Set.ofList sums - Set.ofList inOrder }
        else
            None

    if abs step <> 1 || isShort then None else plain body |> Option.bind ofPlain

/// The loops of a function that may run in lanes, by their counters, all of which have names of their own.
let find (types: Map<string, Type>) (exact: Set<string>) (f: Function) : Map<string, Loop> =
    let live = Liveness.after f

    let rec visit (item: Listing.Numbered) =
        [
            match item.Statement with
            | For(counter, first, last, step, body) ->
                match ofLoop types exact (live item.Id) counter first last step body with
                | Some loop -> counter, loop
                | None -> ()
            | _ -> ()

            yield! item.Blocks |> List.concat |> List.collect visit
        ]

    Listing.number f.Body |> List.collect visit |> Map.ofList

/// Loops that go down go up where nothing is popped: what the rounds write does not tell in which order they ran.
let upward (loops: Map<string, Loop>) (f: Function) : Function =
    let isPop s =
        match s with
        | Pop _
        | PopElement _ -> true
        | _ -> false

    let rec block statements = List.map statement statements

    and statement s =
        match s with
        | For(counter, Integer(Minus, bound, Whole 1), Whole last, -1, body) when
            loops.ContainsKey counter
            && last < System.Int32.MaxValue
            && not (List.exists isPop body)
            && Set.isEmpty (Set.intersect (Term.names bound) (Set.ofList (List.collect (Statement.assigned (fun _ -> None)) body)))
            ->
            For(counter, Whole(last + 1), bound, 1, body)
        | For(counter, first, last, step, body) -> For(counter, first, last, step, block body)
        | If(condition, yes, no) -> If(condition, block yes, block no)
        | While(condition, body) -> While(condition, block body)
        | s -> s

    { f with Body = block f.Body }
