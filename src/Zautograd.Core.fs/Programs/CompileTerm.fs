/// Terms of programs as LINQ expressions: what the interpreter computes, operation by operation.
module internal Zautograd.Programs.CompileTerm

open System.Linq.Expressions
open Zautograd
open Zautograd.Programs

/// What .NET calls a type, beside what programs do.
type NetType = System.Type

/// The local or parameter that each name stands for.
type Scope = Map<string, ParameterExpression>

let typeOf kind : NetType =
    match kind with
    | Real -> typeof<float>
    | Int -> typeof<int>
    | Long -> typeof<int64>
    | Bool -> typeof<bool>
    | Reals -> typeof<float[]>
    | Ints -> typeof<int[]>

/// A value that is used more than once is computed once.
let bind (value: Linq) (body: Linq -> Linq) : Linq =
    match value with
    | :? ParameterExpression
    | :? ConstantExpression -> body value
    | _ ->
        let local = Linq.Variable(value.Type, "value")
        let body = body local
        Linq.Block(body.Type, [ local ], [ Linq.Assign(local, value) :> Linq; body ])

let private (|Literal|_|) value (e: Linq) =
    match e with
    | :? ConstantExpression as found -> found.Value.Equals(box value)
    | _ -> false

/// An operation of the table. Of a piecewise one, only the piece taken is computed.
let rec formula op (args: Linq list) : Linq =
    match op, args, (Rules.rule op).Meaning with
    | Pow, [ a; Literal 2.0 ], _ -> bind a (fun a -> Linq.Multiply(a, a)) // as the table's row does
    | Clamp, args, _ -> Linq.Call(Operations.machine (nameof Machine.StrictClamp), args)
    | _, args, Rules.Formula meaning -> bindAll args [] (fun args -> expand args meaning)
    | _, args, Rules.Native _ -> Operations.compose op args

and private bindAll args bound body =
    match args with
    | [] -> body (List.rev bound)
    | first :: rest -> bind first (fun first -> bindAll rest (first :: bound) body)

and private expand args meaning : Linq =
    match meaning with
    | Const number -> Linq.Constant number
    | Var name -> List.item (List.findIndex ((=) name) Rules.argumentNames) args
    | Apply(op, parts) -> formula op (parts |> List.map (expand args))

/// What is shifted, by an int; .NET counts modulo the bits.
let private shift op (a: Linq, by: Linq) : Linq =
    let by = Linq.And(by, Linq.Constant(if a.Type = typeof<int> then 31 else 63))

    match op with
    | ShiftLeft -> Linq.LeftShift(a, by)
    | ShiftRight -> Linq.RightShift(a, by)
    | _ ->
        let unsigned = if a.Type = typeof<int> then typeof<uint32> else typeof<uint64>
        Linq.Convert(Linq.RightShift(Linq.Convert(a, unsigned), by), a.Type)

let private integer op (a: Linq, b: Linq) : Linq =
    match op with
    | Plus -> Linq.Add(a, b)
    | Minus -> Linq.Subtract(a, b)
    | Times -> Linq.Multiply(a, b)
    | Quotient -> Linq.Divide(a, b)
    | Remainder -> Linq.Modulo(a, b)
    | BitAnd -> Linq.And(a, b)
    | BitOr -> Linq.Or(a, b)
    | BitXor -> Linq.ExclusiveOr(a, b)
    | ShiftLeft
    | ShiftRight
    | ShiftRightUnsigned -> shift op (a, b)

let private compare comparison (a: Linq, b: Linq) : Linq =
    match comparison with
    | Less -> Linq.LessThan(a, b)
    | LessOrEqual -> Linq.LessThanOrEqual(a, b)
    | Equal -> Linq.Equal(a, b)

let private wide op (args: Linq list) : Linq =
    match op, args with
    | LongOp.Literal n, _ -> Linq.Constant n
    | Basic arithmetic, [ a; b ] -> integer arithmetic (a, b)
    | (OfInt | OfReal), [ a ] -> Linq.Convert(a, typeof<int64>)
    | LowInt, [ a ] -> Linq.Convert(a, typeof<int>)
    | NearestReal, [ a ] -> Linq.Convert(a, typeof<float>)
    | _ -> invalidOp $"{op} of {args.Length} part(s)"

let rec term (scope: Scope) (e: Term) : Linq =
    let inner = term scope

    match e with
    | Number x -> Linq.Constant x
    | Whole n -> Linq.Constant n
    | Truth b -> Linq.Constant b
    | Variable name -> scope[name]
    | Element(array, index) -> Linq.ArrayIndex(scope[array], inner index)
    | Length array -> Linq.ArrayLength scope[array]
    | Formula(op, args) -> formula op (List.map inner args)
    | Integer(op, a, b) -> integer op (inner a, inner b)
    | Compare(comparison, a, b) -> compare comparison (inner a, inner b)
    | Not a -> Linq.Not(inner a)
    | And(a, b) -> Linq.AndAlso(inner a, inner b)
    | Or(a, b) -> Linq.OrElse(inner a, inner b)
    | Choose(condition, a, b) -> Linq.Condition(inner condition, inner a, inner b)
    | ToReal a -> Linq.Convert(inner a, typeof<float>)
    | ToInt a -> Linq.Convert(inner a, typeof<int>)
    | Wide(op, args) -> wide op (List.map inner args)
