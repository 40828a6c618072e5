/// What a compiler of C# would warn of, tidied away: constant conditions, what no path reaches, what does nothing.
module internal Zautograd.Programs.CSharpTidy

open Zautograd
open Zautograd.Programs
open Zautograd.Programs.Scopes

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
    | ToReal _
    | Wide(NearestReal, _) -> true
    | Variable name -> types[name] = Real
    | Element(name, _) -> types[name] = Reals
    | Choose(_, a, _) -> isReal types a
    | _ -> false

let private compare types comparison a b =
    match a, b, constant a, constant b with
    | Whole a, Whole b, _, _ -> Truth(holds comparison a b)
    | Wide(Literal a, _), Wide(Literal b, _), _, _ -> Truth(holds comparison a b)
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
    | Integer(op, Whole a, Whole b) when op <> Quotient && op <> Remainder -> Whole(Term.integer op a b)
    | Wide(Basic((Quotient | Remainder)), [ _; Wide(Literal 0L, _) ]) as term ->
        raise (Unsupported $"'{Show.term term}' is a division by 0, which C# does not compile: take it out")
    | Wide(op, args) -> Term.wide op args
    // C# does not compile a constant that no int can hold
    | ToInt(Number x) -> Whole(Term.whole x)
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

// one that belongs to the loop around the block
let rec private has (leaving: Statement) (body: Statement list) =
    body
    |> List.exists (fun statement ->
        match statement with
        | If(_, yes, no) -> has leaving yes || has leaving no
        | other -> other = leaving)

let rec private leaves statement =
    match statement with
    | Return _
    | Outside _
    | Break
    | Continue -> true
    | If(_, yes, no) -> List.exists leaves yes && List.exists leaves no
    | While(Truth true, body) -> not (has Break body)
    | _ -> false

/// Whether no path leads to a second round.
let isOnce (body: Statement list) : bool = List.exists leaves body && not (has Continue body)

/// Without what no path reaches, and without what does nothing.
let reachable types (f: Function) : Function =
    let term = fold types

    let rec block statements =
        let rec from passed statements =
            match statements with
            | [] -> List.rev passed
            | first :: rest ->
                let first = statement first
                let passed = List.rev first @ passed
                if List.exists leaves first then List.rev passed else from passed rest

        from [] statements

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
        | Outside(method, args) -> [ Outside(method, List.map term args) ]
        | Push(stack, kind, e) -> [ Push(stack, kind, term e) ]
        | PopElement(stack, kind, array, i) -> [ PopElement(stack, kind, array, term i) ]
        | Pop _
        | Break
        | Continue
        | Remark _ -> [ s ]

    { f with Body = block f.Body }

/// Whether C# calls a term constant.
let isConstant (term: Term) : bool =
    match term with
    | Whole _
    | Truth _ -> true
    | _ -> (constant term).IsSome
