/// What a compiler of C# would warn of, tidied away: constant conditions, what no path reaches, values that nobody reads.
module internal Zautograd.Programs.CSharpTidy

open System
open System.Collections.Generic
open Zautograd
open Zautograd.Programs
open Zautograd.Programs.Scopes

// ---- every local has a name of its own

/// The wish behind a name of its own: in C# it may be shared again, where scopes do not meet.
let wish (name: string) = name.Split('\000')[0]

let rec private rename (now: string -> string) term =
    match term with
    | Variable name -> Variable(now name)
    | Length name -> Length(now name)
    | Element(name, index) -> Element(now name, rename now index)
    | _ -> Term.map (rename now) term

/// The function with no name declared twice; and what each name holds.
let separate (f: Function) : Function * Map<string, Type> =
    let times = Dictionary<string, int>()
    let mutable types = Map.ofList [ for parameter in f.Parameters -> parameter.Name, parameter.Type ]

    let declare kind name =
        let time =
            match times.TryGetValue name with
            | true, time -> time + 1
            | _ -> 1

        times[name] <- time
        let own = if time = 1 then name else $"{name}\000{time}"
        types <- Map.add own kind types
        own

    let rec block (names: Map<string, string>) statements = List.mapFold statement names statements |> fst

    and statement names s =
        let now name = Map.tryFind name names |> Option.defaultValue name
        let term = rename now

        match s with
        | Declare(name, kind, e) ->
            let own = declare kind name
            Declare(own, kind, term e), Map.add name own names
        | DeclareArray(name, kind, length) ->
            let own = declare kind name
            DeclareArray(own, kind, term length), Map.add name own names
        | Assign(name, e) -> Assign(now name, term e), names
        | Increment(name, e) -> Increment(now name, term e), names
        | Store(array, i, e) -> Store(now array, term i, term e), names
        | Accumulate(array, i, e) -> Accumulate(now array, term i, term e), names
        | If(condition, yes, no) -> If(term condition, block names yes, block names no), names
        | While(condition, body) -> While(term condition, block names body), names
        | For(counter, first, last, step, body) ->
            let own = declare Int counter
            For(own, term first, term last, step, block (Map.add counter own names) body), names
        | Call(results, name, args) -> Call(List.map now results, name, List.map term args), names
        | Return values -> Return(List.map term values), names
        | Push(stack, kind, e) -> Push(stack, kind, term e), names
        | Pop(stack, kind, name) -> Pop(stack, kind, now name), names
        | PopElement(stack, kind, array, i) -> PopElement(stack, kind, now array, term i), names
        | Break
        | Continue
        | Remark _ -> s, names

    for parameter in f.Parameters do
        times[parameter.Name] <- 1

    let body = block Map.empty f.Body
    { f with Body = body }, types

// ---- constants, as the compiler of C# sees them

/// The value of a term that C# calls constant.
let rec constant term : float option =
    match term with
    | Number x -> Some x
    | Formula((Neg | Add | Sub | Mul | Div) as op, args) ->
        let known = List.choose constant args
        if known.Length = args.Length then Some(Number.floats.Apply op known) else None
    | _ -> None

let private holds comparison (a: 'a) (b: 'a) =
    match comparison with
    | Less -> a < b
    | LessOrEqual -> a <= b
    | Equal -> a = b

let rec private isReal (types: Map<string, Type>) term =
    match term with
    | Number _
    | Formula _
    | ToReal _ -> true
    | Variable name -> types[name] = Real
    | Element(name, _) -> types[name] = Reals
    | Choose(_, a, _) -> isReal types a
    | _ -> false

let private compare types comparison a b =
    match a, b, constant a, constant b with
    | Whole a, Whole b, _, _ -> Truth(holds comparison a b)
    | _, _, Some a, Some b -> Truth(holds comparison a b)
    // only NaN is not what it is
    | _ when a = b && comparison <> Less && isReal types a -> Compare(LessOrEqual, a, Number infinity)
    | _ when a = b -> Truth(comparison <> Less)
    | _ -> Compare(comparison, a, b)

let rec fold (types: Map<string, Type>) (term: Term) : Term =
    match Term.map (fold types) term with
    | Integer(Plus, Whole a, Whole b) -> Whole(a + b)
    | Integer(Minus, Whole a, Whole b) -> Whole(a - b)
    | Integer(Times, Whole a, Whole b) -> Whole(a * b)
    | Integer((Quotient | Remainder), _, Whole 0) as term ->
        raise (Unsupported $"'{Show.term term}' is a division by 0, which C# does not compile: take it out")
    | Integer(Quotient, Whole a, Whole b) when b <> -1 -> Whole(a / b)
    | Integer(Remainder, Whole a, Whole b) when b <> -1 -> Whole(a % b)
    | ToReal(Whole n) -> Number(float n)
    | Compare(comparison, a, b) -> compare types comparison a b
    | Not(Truth b) -> Truth(not b)
    | Not(Not a) -> a
    | And(Truth true, a)
    | And(a, Truth true)
    | Or(Truth false, a)
    | Or(a, Truth false) -> a
    | And(Truth false, _)
    | And(_, Truth false) -> Truth false
    | Or(Truth true, _)
    | Or(_, Truth true) -> Truth true
    | Choose(Truth condition, a, b) -> if condition then a else b
    | Formula(Select comparison, [ a; b; yes; no ]) as term ->
        match compare types comparison a b with
        | Truth taken -> if taken then yes else no
        | Compare(comparison, a, b) -> Formula(Select comparison, [ a; b; yes; no ])
        | _ -> term
    | term -> term

// ---- statements

let private hasBreak body =
    let rec breaks statement =
        match statement with
        | Break -> true
        | If(_, yes, no) -> List.exists breaks yes || List.exists breaks no
        | _ -> false

    List.exists breaks body

let rec private leaves statement =
    match statement with
    | Return _
    | Break
    | Continue -> true
    | If(_, yes, no) -> List.exists leaves yes && List.exists leaves no
    | While(Truth true, body) -> not (hasBreak body)
    | _ -> false

/// Without what no path reaches, and without what does nothing.
let reachable types (f: Function) : Function =
    let term = fold types

    let rec block statements =
        match statements with
        | [] -> []
        | first :: rest ->
            let first = statement first
            if List.exists leaves first then first else first @ block rest

    and statement s =
        match s with
        | Declare(name, kind, e) -> [ Declare(name, kind, term e) ]
        | DeclareArray(name, kind, length) -> [ DeclareArray(name, kind, term length) ]
        | Assign(name, Variable other) when name = other -> []
        | Assign(name, e) -> [ Assign(name, term e) ]
        | Increment(name, e) -> [ Increment(name, term e) ]
        | Store(array, i, e) -> [ Store(array, term i, term e) ]
        | Accumulate(array, i, e) -> [ Accumulate(array, term i, term e) ]
        | If(condition, yes, no) ->
            match term condition, block yes, block no with
            | Truth true, yes, _ -> yes
            | Truth false, _, no -> no
            | _, [], [] -> []
            | condition, [], no -> [ If(fold types (Not condition), no, []) ]
            | condition, yes, no -> [ If(condition, yes, no) ]
        | While(condition, body) ->
            match term condition with
            | Truth false -> []
            | condition -> [ While(condition, block body) ]
        | For(i, first, last, step, body) -> [ For(i, term first, term last, step, block body) ]
        | Call(results, name, args) -> [ Call(results, name, List.map term args) ]
        | Return values -> [ Return(List.map term values) ]
        | Push(stack, kind, e) -> [ Push(stack, kind, term e) ]
        | PopElement(stack, kind, array, i) -> [ PopElement(stack, kind, array, term i) ]
        | Pop _
        | Break
        | Continue
        | Remark _ -> [ s ]

    { f with Body = block f.Body }

let rec private change (each: Statement -> Statement list) (block: Statement list) : Statement list =
    let inside = change each

    block
    |> List.collect (fun s ->
        each (
            match s with
            | If(condition, yes, no) -> If(condition, inside yes, inside no)
            | While(condition, body) -> While(condition, inside body)
            | For(i, first, last, step, body) -> For(i, first, last, step, inside body)
            | s -> s
        ))

/// The bounds of loops are evaluated once: one that the loop could change gets a name before it.
let bounds (program: Program) (f: Function) : Function =
    let mutable bounds = 0

    let rec stays written term =
        match term with
        | Whole _
        | Length _ -> true
        | Variable name -> not (Set.contains name written)
        | Integer((Plus | Minus), a, b) -> stays written a && stays written b
        | _ -> false

    let each s =
        match s with
        | For(i, first, last, step, body) when not (stays (Statement.written program body) last) ->
            bounds <- bounds + 1
            let bound = $"end\000{bounds}"
            [ Declare(bound, Int, last); For(i, first, Variable bound, step, body) ]
        | s -> [ s ]

    { f with Body = change each f.Body }

let private isConstant term =
    match term with
    | Whole _
    | Truth _ -> true
    | _ -> (constant term).IsSome

/// Without variables that get constants and that nobody reads; what is still popped or returned into them goes nowhere. Their names beside it.
let read (f: Function) : Function * Set<string> =
    let all = Statement.all f.Body
    let read = all |> List.collect Statement.terms |> List.map Term.names |> Set.unionMany

    let declared, used =
        all
        |> List.choose (fun s ->
            match s with
            | Declare(name, _, e) -> Some(name, isConstant e)
            | Assign(name, e) -> Some(name, isConstant e)
            | Increment(name, _) -> Some(name, false)
            | _ -> None)
        |> List.partition snd

    let unread = Set.ofList (List.map fst declared) - Set.ofList (List.map fst used) - read

    let each s =
        match s with
        | Declare(name, _, _)
        | Assign(name, _) when unread.Contains name -> []
        | s -> [ s ]

    { f with Body = change each f.Body }, unread

/// Without declarations whose value is overwritten before anyone sees it: the names that are declared where they are first assigned.
let late (program: Program) (f: Function) : Function * Set<string> =
    let mutable found = Set.empty

    let assigns name s =
        match s with
        | Assign(target, e) -> target = name && not (Set.contains name (Term.names e))
        | Pop(_, _, target) -> target = name
        | Call(results, _, args) -> List.contains name results && not (List.exists (Term.names >> Set.contains name) args)
        | _ -> false

    let mentions s =
        Set.union
            (Statement.written program [ s ])
            (Statement.all [ s ] |> List.collect Statement.terms |> List.map Term.names |> Set.unionMany)

    let rec block (statements: Statement list) =
        let mentioned = statements |> List.map (fun s -> s, lazy (mentions s)) |> Array.ofList

        [
            for index in 0 .. mentioned.Length - 1 do
                match fst mentioned[index] with
                | Declare(name, _, e) as s when isConstant e ->
                    let later = mentioned[index + 1 ..] |> Array.tryFind (fun (_, names) -> names.Value.Contains name)

                    match later with
                    | Some(first, _) when assigns name first -> found <- Set.add name found
                    | _ -> s
                | If(condition, yes, no) -> If(condition, block yes, block no)
                | While(condition, body) -> While(condition, block body)
                | For(i, first, last, step, body) -> For(i, first, last, step, block body)
                | s -> s
        ]

    let body = block f.Body
    { f with Body = body }, found
