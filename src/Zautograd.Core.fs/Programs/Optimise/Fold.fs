/// Constant folding: what is known before the run is worked out, and laws that hold bit for bit save operations.
module Zautograd.Programs.Passes.Fold

open System
open Zautograd
open Zautograd.Programs

let private same (x: float) (y: float) = BitConverter.DoubleToInt64Bits x = BitConverter.DoubleToInt64Bits y

let private (|Exactly|_|) (value: float) term =
    match term with
    | Number x when same x value -> Some()
    | _ -> None

let private (|Negative|_|) term =
    match term with
    | Formula(Neg, [ a ]) -> Some a
    | _ -> None

let private numbers args =
    let values =
        args
        |> List.choose (function
            | Number x -> Some x
            | _ -> None)

    if values.Length = List.length args then Some values else None

let rec private isConstant term =
    match term with
    | Number _ -> true
    | Choose(_, a, b) -> isConstant a && isConstant b
    | _ -> false

/// Laws of real operations. None of them changes a bit of a result (but the payload of a NaN): signs move through products and
/// quotients, and nothing is added in another order.
let rec private real op args =
    match op, args with
    // a choice among constants: where it is 1, nothing is multiplied
    | Mul, [ Choose(condition, a, b); Variable _ as e ]
    | Mul, [ Variable _ as e; Choose(condition, a, b) ] when isConstant a && isConstant b ->
        Choose(condition, constant Mul [ a; e ], constant Mul [ b; e ])
    | Mul, [ Exactly 1.0; a ]
    | (Mul | Div), [ a; Exactly 1.0 ]
    | Pow, [ a; Exactly 1.0 ] -> a
    | Sub, [ a; Exactly 0.0 ]
    | Add, [ a; Exactly -0.0 ]
    | Add, [ Exactly -0.0; a ] -> a
    | Mul, [ Exactly -1.0; a ]
    | (Mul | Div), [ a; Exactly -1.0 ]
    | Sub, [ Exactly -0.0; a ] -> Formula(Neg, [ a ])
    | Neg, [ Negative a ] -> a
    | Neg, [ Formula((Mul | Div) as op, [ Number c; a ]) ] -> Formula(op, [ Number -c; a ])
    | Neg, [ Formula((Mul | Div) as op, [ a; Number c ]) ] -> Formula(op, [ a; Number -c ])
    | (Mul | Div), [ Negative a; Negative b ] -> Formula(op, [ a; b ])
    | (Mul | Div), [ Negative a; Number c ] -> Formula(op, [ a; Number -c ])
    | (Mul | Div), [ Number c; Negative a ] -> Formula(op, [ Number -c; a ])
    | (Mul | Div), [ Negative a; b ]
    | (Mul | Div), [ a; Negative b ] -> Formula(Neg, [ Formula(op, [ a; b ]) ])
    | Add, [ a; Negative b ] -> Formula(Sub, [ a; b ])
    | Add, [ Negative a; b ] -> Formula(Sub, [ b; a ])
    | Sub, [ a; Negative b ] -> Formula(Add, [ a; b ])
    | _ -> Formula(op, args)

and private constant op args =
    match numbers args with
    // clamp and sign may have no answer
    | Some values when op <> Clamp && op <> Sign -> Number(Number.floats.Apply op values)
    | _ -> real op args

let private holds comparison a b =
    match comparison with
    | Less -> a < b
    | LessOrEqual -> a <= b
    | Equal -> a = b

/// Ints wrap round, so sums of them may be put together.
let private int (ranges: Ranges) op a b =
    match op, a, b with
    | Plus, Whole x, Whole y -> Whole(x + y)
    | Minus, Whole x, Whole y -> Whole(x - y)
    | Times, Whole x, Whole y -> Whole(x * y)
    | Quotient, Whole x, Whole y when y <> 0 && y <> -1 -> Whole(x / y)
    | Remainder, Whole x, Whole y when y <> 0 && y <> -1 -> Whole(x % y)
    | (Plus | Minus), a, Whole 0
    | Plus, Whole 0, a
    | (Times | Quotient), a, Whole 1
    | Times, Whole 1, a -> a
    | _, Whole x, Whole y when op <> Quotient && op <> Remainder -> Whole(Term.integer op x y)
    | Times, (Whole 0 as zero), a
    | Times, a, (Whole 0 as zero) when not (ranges.MayFail a) -> zero
    | Plus, Whole x, a -> Integer(Plus, a, Whole x)
    | Plus, Integer(Plus, a, Whole x), Whole y -> Integer(Plus, a, Whole(x + y))
    | Minus, Integer(Minus, a, Whole x), Whole y -> Integer(Minus, a, Whole(x + y))
    | Plus, Integer(Minus, a, Whole x), Whole y
    | Minus, Integer(Plus, a, Whole y), Whole x ->
        if y = x then a
        elif y > x then Integer(Plus, a, Whole(y - x))
        else Integer(Minus, a, Whole(x - y))
    | _ -> Integer(op, a, b)

// what the laws have left as it was is the term itself
let private own (term: Term) (next: Term) : Term =
    match term, next with
    | Formula(op, args), Formula(other, same) when other = op && obj.ReferenceEquals(args, same) -> term
    | Wide(op, args), Wide(other, same) when other = op && obj.ReferenceEquals(args, same) -> term
    | Integer(op, a, b), Integer(other, same, sameB) when other = op && obj.ReferenceEquals(a, same) && obj.ReferenceEquals(b, sameB) ->
        term
    | _ -> next

/// The term, worked out as far as it is known.
let rec term (ranges: Ranges) (e: Term) : Term =
    let known = Term.map (term ranges) e

    match known with
    | Formula(op, args) -> constant op args |> own known
    | Integer(op, a, b) -> int ranges op a b |> own known
    | Wide(op, args) -> Term.wide op args |> own known
    | Length array -> Sharing.equal known (ranges.Length array)
    | ToReal(Whole n) -> Number(float n)
    | ToInt(Number x) -> Whole(Term.whole x)
    | ToInt(ToReal a) -> a
    | Not(Truth b) -> Truth(not b)
    | Not(Not a) -> a
    | Compare(comparison, Number a, Number b) -> Truth(holds comparison a b)
    | Compare(comparison, Whole a, Whole b) -> Truth(holds comparison a b)
    | Compare(comparison, Wide(Literal a, _), Wide(Literal b, _)) -> Truth(holds comparison a b)
    | And(Truth true, a)
    | And(a, Truth true)
    | Or(Truth false, a)
    | Or(a, Truth false) -> a
    | And(Truth false, _) -> Truth false
    | Or(Truth true, _) -> Truth true
    | Choose(Truth true, a, _)
    | Choose(Truth false, _, a) -> a
    | other -> other

// whether the rounds of a loop end where their text ends
let rec private runsThrough block =
    block
    |> List.forall (fun statement ->
        match statement with
        | Break
        | Continue -> false
        | If(_, yes, no) -> runsThrough yes && runsThrough no
        | _ -> true)

let private isOnce first last step = if step > 0 then first < last && first + step >= last else first > last && first + step <= last

// the block with an int in the place of a name
let rec private put name value block =
    let rec inside term =
        match term with
        | Variable own when own = name -> Whole value
        | _ -> Term.map inside term

    block |> List.map (Rewrite.terms inside >> Rewrite.blocks (put name value))

/// Branches and loops with a known condition: what never runs goes, what always runs stands there.
let rec private block (ranges: Ranges) (statements: Statement list) : Statement list = statements |> Sharing.collect (statement ranges)

and private statement ranges s =
    match Rewrite.terms (term ranges) s with
    | If(Truth true, yes, _) -> block ranges yes
    | If(Truth false, _, no) -> block ranges no
    | If(Not condition, yes, (_ :: _ as no)) -> [ If(condition, block ranges no, block ranges yes) ]
    | While(Truth false, _) -> []
    | Assign(name, Variable own) when own = name -> []
    | Assign(name, (Formula(Add, [ Variable own; e ]) | Formula(Add, [ e; Variable own ]) | Integer(Plus, Variable own, e))) when
        own = name && not (Term.mentions name e)
        ->
        [ Increment(name, e) ]
    | For(_, Whole first, Whole last, step, _) when not (ranges.Runs(Whole first, Whole last, step)) -> []
    | For(counter, Whole first, Whole last, step, body) when isOnce first last step && runsThrough body ->
        block ranges (put counter first body)
    | other -> [ Rewrite.blocks (block ranges) other ]

/// Everything that is known is worked out.
let run (_: Program) (f: Function) : Function = Rewrite.body (block (Ranges f)) f
