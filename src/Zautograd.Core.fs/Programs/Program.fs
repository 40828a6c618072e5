// The language of programs: imperative functions over reals, ints, bools and arrays, as data.
namespace Zautograd.Programs

open Zautograd

/// What a variable holds. Arrays have one index; a reader flattens more.
type Type =
    | Real
    | Int
    /// A whole number of 64 bits. There are no arrays of them.
    | Long
    | Bool
    | Reals
    | Ints

/// Arithmetic of ints, as .NET does it: quotients are cut towards zero, and nothing is checked for overflow.
type Arithmetic =
    | Plus
    | Minus
    | Times
    | Quotient
    | Remainder
    | BitAnd
    | BitOr
    | BitXor
    /// The places to shift by count modulo the number of bits.
    | ShiftLeft
    | ShiftRight
    /// Zeros come in from the left.
    | ShiftRightUnsigned

/// An operation on longs. What is shifted by is an int.
type LongOp =
    | Literal of int64
    | Basic of Arithmetic
    | OfInt
    /// As ToInt, for a long.
    | OfReal
    /// The lowest 32 bits.
    | LowInt
    | NearestReal

/// A right-hand side. It has no side effects: a call is a statement of its own, so that the order of evaluation is never in doubt.
type Term =
    | Number of float
    | Whole of int
    | Truth of bool
    | Variable of string
    | Element of Array: string * Index: Term
    | Length of Array: string
    /// An operation of the rule table on reals.
    | Formula of Op * Term list
    | Integer of Arithmetic * Term * Term
    /// Both sides real or both int. The other comparisons are these with sides swapped or negated.
    | Compare of Comparison * Term * Term
    | Not of Term
    /// The second term is evaluated only where the first leaves the question open.
    | And of Term * Term
    | Or of Term * Term
    /// Only the branch taken is evaluated.
    | Choose of Condition: Term * Term * Term
    | ToReal of Term
    /// The whole part of a real, cut towards zero as .NET does it: NaN is 0, and what no int can hold is the int nearest to it. Its slope is 0.
    | ToInt of Term
    | Wide of LongOp * Term list

type Statement =
    | Declare of Name: string * Type * Value: Term
    /// A local array of a length, all zero or false.
    | DeclareArray of Name: string * Type * Length: Term
    | Assign of Name: string * Value: Term
    /// v += e, where e does not mention v.
    | Increment of Name: string * Value: Term
    | Store of Array: string * Index: Term * Value: Term
    /// a[i] += e, where e does not mention a.
    | Accumulate of Array: string * Index: Term * Value: Term
    | If of Condition: Term * Statement list * Statement list
    /// for i from First while i < Last (i > Last where Step is negative); the bounds are evaluated once and i is not assigned in the body.
    | For of Counter: string * First: Term * Last: Term * Step: int * Statement list
    | While of Condition: Term * Statement list
    /// Results (variables declared before) receive what the function returns; arrays are passed by reference.
    | Call of Results: string list * Function: string * Arguments: Term list
    | Return of Term list
    /// All that a function does which stands outside of the program: it returns what that method gives, which changes nothing. The method is
    /// a name, or text with a place for each argument: $a, $b, ...
    | Outside of Method: string * Arguments: Term list
    | Break
    | Continue
    /// Recordings: a stack of reals, ints or bools, by name; what was pushed last is popped first.
    | Push of Stack: string * Type * Term
    | Pop of Stack: string * Type * Target: string
    | PopElement of Stack: string * Type * Array: string * Index: Term
    /// What the user wrote, beside what is made of it: it speaks of what follows in its block, up to the next remark, and does nothing.
    | Remark of string

/// How an array parameter is used. Scalars are always In; what a function computes of them it returns.
type Flow =
    | In
    | InOut

type Parameter = { Name: string; Type: Type; Flow: Flow; Active: bool }

/// A function: its results are scalars, and it may change its InOut arrays.
type Function = { Name: string; Parameters: Parameter list; Results: Type list; Body: Statement list }

/// Functions that may call one another; the names are different.
type Program =
    {
        Functions: Function list
    }

    member program.TryFind(name: string) = program.Functions |> List.tryFind (fun f -> f.Name = name)

module Term =

    /// What a scalar holds before anything is assigned.
    let zero kind =
        match kind with
        | Real -> Number 0.0
        | Int -> Whole 0
        | Long -> Wide(Literal 0L, [])
        | Bool -> Truth false
        | Reals
        | Ints -> invalidOp "an array has no value as a whole"

    /// A real cut to an int, as .NET does it: NaN is 0, and what no int can hold is the int nearest to it.
    let whole (x: float) =
        if System.Double.IsNaN x then 0
        elif x >= float System.Int32.MaxValue then System.Int32.MaxValue
        elif x <= float System.Int32.MinValue then System.Int32.MinValue
        else int x

    /// The same for a long.
    let long (x: float) =
        if System.Double.IsNaN x then 0L
        elif x >= float System.Int64.MaxValue then System.Int64.MaxValue
        elif x <= float System.Int64.MinValue then System.Int64.MinValue
        else int64 x

    /// Arithmetic of ints, as it is run.
    let integer op (a: int) (b: int) : int =
        match op with
        | Plus -> a + b
        | Minus -> a - b
        | Times -> a * b
        | Quotient -> a / b
        | Remainder -> a % b
        | BitAnd -> a &&& b
        | BitOr -> a ||| b
        | BitXor -> a ^^^ b
        | ShiftLeft -> a <<< b
        | ShiftRight -> a >>> b
        | ShiftRightUnsigned -> int (uint32 a >>> b)

    /// Arithmetic of longs, but for shifts.
    let longArithmetic op (a: int64) (b: int64) : int64 =
        match op with
        | Plus -> a + b
        | Minus -> a - b
        | Times -> a * b
        | Quotient -> a / b
        | Remainder -> a % b
        | BitAnd -> a &&& b
        | BitOr -> a ||| b
        | BitXor -> a ^^^ b
        | ShiftLeft
        | ShiftRight
        | ShiftRightUnsigned -> invalidOp "a long is shifted by an int"

    /// A long shifted.
    let shift op (a: int64) (by: int) : int64 =
        match op with
        | ShiftLeft -> a <<< by
        | ShiftRight -> a >>> by
        | _ -> int64 (uint64 a >>> by)

    let isShift op =
        match op with
        | ShiftLeft
        | ShiftRight
        | ShiftRightUnsigned -> true
        | _ -> false

    /// The type of what an operation on longs gives.
    let typeOfLong op =
        match op with
        | Literal _
        | Basic _
        | OfInt
        | OfReal -> Long
        | LowInt -> Int
        | NearestReal -> Real

    /// An operation on longs, worked out where its operands are known; what would fail is left to the run.
    let wide op args =
        let literal n = Wide(Literal n, [])

        match op, args with
        | Basic((Quotient | Remainder)), [ _; Wide(Literal(0L | -1L), []) ] -> Wide(op, args)
        | Basic arithmetic, [ Wide(Literal a, []); Wide(Literal b, []) ] -> literal (longArithmetic arithmetic a b)
        | Basic arithmetic, [ Wide(Literal a, []); Whole by ] -> literal (shift arithmetic a by)
        | OfInt, [ Whole n ] -> literal (int64 n)
        | OfReal, [ Number x ] -> literal (long x)
        | LowInt, [ Wide(Literal n, []) ] -> Whole(int n)
        | LowInt, [ Wide(OfInt, [ a ]) ] -> a
        | NearestReal, [ Wide(Literal n, []) ] -> Number(float n)
        | _ -> Wide(op, args)

    /// A term's direct parts.
    let parts term =
        match term with
        | Number _
        | Whole _
        | Truth _
        | Variable _
        | Length _ -> []
        | Element(_, a)
        | Not a
        | ToReal a
        | ToInt a -> [ a ]
        | Formula(_, args)
        | Wide(_, args) -> args
        | Integer(_, a, b)
        | Compare(_, a, b)
        | And(a, b)
        | Or(a, b) -> [ a; b ]
        | Choose(a, b, c) -> [ a; b; c ]

    /// The term with its direct parts changed; the term itself where none of them changes.
    let map (change: Term -> Term) (term: Term) : Term =
        match term with
        | Number _
        | Whole _
        | Truth _
        | Variable _
        | Length _ -> term
        | Element(array, a) -> Sharing.one change term a (fun a -> Element(array, a))
        | Not a -> Sharing.one change term a Not
        | ToReal a -> Sharing.one change term a ToReal
        | ToInt a -> Sharing.one change term a ToInt
        | Formula(op, args) -> Sharing.one (Sharing.map change) term args (fun args -> Formula(op, args))
        | Wide(op, args) -> Sharing.one (Sharing.map change) term args (fun args -> Wide(op, args))
        | Integer(op, a, b) -> Sharing.two change term a b (fun a b -> Integer(op, a, b))
        | Compare(op, a, b) -> Sharing.two change term a b (fun a b -> Compare(op, a, b))
        | And(a, b) -> Sharing.two change term a b (fun a b -> And(a, b))
        | Or(a, b) -> Sharing.two change term a b (fun a b -> Or(a, b))
        | Choose(a, b, c) -> Sharing.three change term a b c (fun a b c -> Choose(a, b, c))

    /// Whether a term may stop the program by itself, whatever its parts do: clamp needs low <= high, a sign has no answer for NaN on every
    /// framework, and the least number divided by -1 is none.
    let mayStop term =
        match term with
        | Integer((Quotient | Remainder), _, Whole k) -> k = 0 || k = -1
        | Wide(Basic((Quotient | Remainder)), [ _; Wide(Literal k, _) ]) -> k = 0L || k = -1L
        | Element _
        | Integer((Quotient | Remainder), _, _)
        | Wide(Basic((Quotient | Remainder)), _)
        | Formula((Clamp | Sign), _)
        | Formula(SingleOf(Clamp | Sign), _) -> true
        | _ -> false

    /// Whether nothing in a term may stop the program.
    let rec neverStops term = not (mayStop term) && List.forall neverStops (parts term)

    /// The names that a term mentions, of variables and of arrays, each as often as it does; of an array whose length it asks, where that counts.
    let rec eachNameWith (lengthCounts: string -> bool) (found: System.Collections.Generic.ICollection<string>) term : unit =
        match term with
        | Number _
        | Whole _
        | Truth _ -> ()
        | Variable name -> found.Add name
        | Length name -> if lengthCounts name then found.Add name
        | Element(name, index) ->
            found.Add name
            eachNameWith lengthCounts found index
        | _ ->
            for part in parts term do
                eachNameWith lengthCounts found part

    /// The names that a term mentions, of variables and of arrays, each as often as it does.
    let eachName (found: System.Collections.Generic.ICollection<string>) term : unit = eachNameWith (fun _ -> true) found term

    // to add to a set what it has costs the way there
    let private also name (known: Set<string>) = if known.Contains name then known else known.Add name

    let rec private withNames (known: Set<string>) term : Set<string> =
        match term with
        | Variable name
        | Length name -> also name known
        | Element(name, index) -> withNames (also name known) index
        | _ -> List.fold withNames known (parts term)

    /// The names that a term mentions, of variables and of arrays.
    let names term : Set<string> = withNames Set.empty term

    /// The names that one of these terms mentions.
    let namesIn (terms: Term list) : Set<string> = List.fold withNames Set.empty terms

    /// Whether a term mentions a variable or an array.
    let rec mentions (name: string) term : bool =
        match term with
        | Variable other
        | Length other -> other = name
        | Element(other, index) -> other = name || mentions name index
        | _ -> parts term |> List.exists (mentions name)

    let rec private withValues (known: Set<string>) term : Set<string> =
        match term with
        | Length _ -> known
        | Variable name -> also name known
        | Element(name, index) -> withValues (also name known) index
        | _ -> List.fold withValues known (parts term)

    /// The names whose values a term reads: the length of an array is no value.
    let values term : Set<string> = withValues Set.empty term

    /// The names whose values one of these terms reads.
    let valuesIn (terms: Term list) : Set<string> = List.fold withValues Set.empty terms

    let private isNumber value term =
        match term with
        | Number x -> x = value
        | _ -> false

    let private isConstant term =
        match term with
        | Number _ -> true
        | Choose(_, Number _, Number _) -> true
        | _ -> false

    /// Terms as a number system: the slopes of the rule table, evaluated in it, are program text.
    let rec number: Number<Term> = { Const = Number; Apply = apply; IsZero = isNumber 0.0 }

    and private apply op args =
        match op, args with
        | Add, [ a; b ] when isNumber 0.0 a -> b
        | (Add | Sub), [ a; b ] when isNumber 0.0 b -> a
        | Sub, [ a; b ] when isNumber 0.0 a -> apply Neg [ b ]
        | Add, [ a; Formula(Neg, [ b ]) ] -> apply Sub [ a; b ]
        | Add, [ Formula(Neg, [ a ]); b ] -> apply Sub [ b; a ]
        | Sub, [ a; Formula(Neg, [ b ]) ] -> apply Add [ a; b ]
        | Mul, [ a; b ] when isNumber 0.0 a || isNumber 0.0 b -> Number 0.0
        | Mul, [ a; b ] when isNumber 1.0 a -> b
        | (Mul | Div), [ a; b ] when isNumber 1.0 b -> a
        | Mul, [ a; b ] when isNumber -1.0 a -> apply Neg [ b ]
        | Mul, [ a; b ] when isNumber -1.0 b -> apply Neg [ a ]
        | (Mul | Div), [ a; Formula(Neg, [ b ]) ] -> apply Neg [ apply op [ a; b ] ]
        | (Mul | Div), [ Formula(Neg, [ a ]); b ] -> apply Neg [ apply op [ a; b ] ]
        // a slope that is a quotient divides the change first: what the slopes of one operation share is then the same term
        | Mul, [ a; Formula(Div, [ one; b ]) ] when isNumber 1.0 one -> apply Div [ a; b ]
        | Mul, [ Formula(Div, [ a; b ]); c ] -> apply Mul [ a; apply Div [ c; b ] ]
        // the factor goes to the branches, where it meets slopes of 1 and 0
        | Mul, [ Choose(condition, a, b); c ]
        | Mul, [ c; Choose(condition, a, b) ] when isConstant a || isConstant b -> Choose(condition, apply Mul [ a; c ], apply Mul [ b; c ])
        | Neg, [ Formula(Neg, [ a ]) ] -> a
        | Neg, [ Number x ] -> Number -x
        | (Add | Sub | Mul | Div), [ Number _; Number _ ] ->
            Number(
                Number.floats.Apply
                    op
                    (args
                     |> List.map (function
                         | Number x -> x
                         | _ -> nan))
            )
        | Pow, [ a; b ] when isNumber 1.0 b -> a
        | Pow, [ _; b ] when isNumber 0.0 b -> Number 1.0
        | Select _, [ _; _; c; d ] when c = d -> c
        | Select k, [ Number a; Number b; c; d ] -> if Number.floats.Apply (Select k) [ a; b; 1.0; 0.0 ] = 1.0 then c else d
        | Select k, [ a; b; c; d ] -> Choose(Compare(k, a, b), c, d)
        | _ -> Formula(op, args)

module Statement =

    /// The blocks inside a statement.
    let blocks statement =
        match statement with
        | If(_, yes, no) -> [ yes; no ]
        | For(_, _, _, _, body)
        | While(_, body) -> [ body ]
        | _ -> []

    /// The terms that a statement evaluates itself, without its blocks.
    let terms statement =
        match statement with
        | Declare(_, _, e)
        | DeclareArray(_, _, e)
        | Assign(_, e)
        | Increment(_, e)
        | Push(_, _, e)
        | If(e, _, _)
        | While(e, _)
        | PopElement(_, _, _, e) -> [ e ]
        | Store(_, i, e)
        | Accumulate(_, i, e) -> [ i; e ]
        | For(_, first, last, _, _) -> [ first; last ]
        | Call(_, _, args)
        | Outside(_, args) -> args
        | Return results -> results
        | Break
        | Continue
        | Remark _
        | Pop _ -> []

    /// Every statement of a block, with those inside, in the order of the text.
    let rec iter (action: Statement -> unit) (block: Statement list) : unit =
        for statement in block do
            action statement

            match statement with
            | If(_, yes, no) ->
                iter action yes
                iter action no
            | For(_, _, _, _, body)
            | While(_, body) -> iter action body
            | _ -> ()

    /// Every statement of a block, with those inside.
    let all (block: Statement list) : Statement list =
        let found = System.Collections.Generic.List<Statement>()
        iter found.Add block
        List.ofSeq found

    /// Whether a statement of a block, or one inside, is so.
    let rec exists (isSo: Statement -> bool) (block: Statement list) : bool =
        match block with
        | [] -> false
        | statement :: rest ->
            isSo statement
            || (match statement with
                | If(_, yes, no) -> exists isSo yes || exists isSo no
                | For(_, _, _, _, body)
                | While(_, body) -> exists isSo body
                | _ -> false)
            || exists isSo rest

    /// The arrays that a call changes: those given where its function, if it is known, has InOut parameters.
    let changed (callee: Function option) (args: Term list) : string list =
        match callee with
        | Some f when f.Parameters.Length = args.Length ->
            [
                for parameter, arg in List.zip f.Parameters args do
                    match parameter.Flow, arg with
                    | InOut, Variable array -> array
                    | _ -> ()
            ]
        | _ -> []

    /// The names that a statement assigns itself or in what it calls, without its blocks, arrays among them.
    let assigned (find: string -> Function option) (statement: Statement) : string list =
        match statement with
        | Declare(name, _, _)
        | DeclareArray(name, _, _)
        | Assign(name, _)
        | Increment(name, _)
        | Store(name, _, _)
        | Accumulate(name, _, _)
        | For(name, _, _, _, _)
        | Pop(_, _, name)
        | PopElement(_, _, name, _) -> [ name ]
        | Call(results, name, args) -> results @ changed (find name) args
        | If _
        | While _
        | Push _
        | Return _
        | Outside _
        | Break
        | Continue
        | Remark _ -> []

    /// The names that a block assigns itself or in what it calls, arrays among them.
    let written (program: Program) (block: Statement list) : Set<string> =
        let found = System.Collections.Generic.HashSet<string>()

        block |> iter (fun statement -> found.UnionWith(assigned program.TryFind statement))

        Set.ofSeq found

module Calls =

    /// Whether a function stands outside of the program: it can be called, but not be differentiated.
    let isOutside (f: Function) : bool =
        match f.Body with
        | [ Outside _ ] -> true
        | _ -> false

    let rec private renamed change statement =
        let inside = List.map (renamed change)

        match statement with
        | Call(results, name, args) -> Call(results, change name, args)
        | If(condition, yes, no) -> If(condition, inside yes, inside no)
        | For(counter, first, last, step, body) -> For(counter, first, last, step, inside body)
        | While(condition, body) -> While(condition, inside body)
        | _ -> statement

    /// The program with other names for its functions, where they are called, too.
    let rename (change: string -> string) (program: Program) : Program =
        {
            Functions = [ for f in program.Functions -> { f with Name = change f.Name; Body = List.map (renamed change) f.Body } ]
        }
