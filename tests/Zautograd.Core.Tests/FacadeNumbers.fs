/// The C# facade's numbers as number systems: an operation is the facade's own operator or function of that name, found by reflection.
module Zautograd.Tests.FacadeNumbers

open System
open System.Reflection
open Zautograd

/// A pair of the elemental library.
type Pair = (struct (float * float))

let private operator op =
    match op with
    | Neg -> "op_UnaryNegation"
    | Add -> "op_Addition"
    | Sub -> "op_Subtraction"
    | Mul -> "op_Multiply"
    | Div -> "op_Division"
    | Rem -> "op_Modulus"
    | Select Less -> "op_LessThan"
    | Select LessOrEqual -> "op_LessThanOrEqual"
    | Select Equal -> "op_Equality"
    | _ -> Emit.CSharp.functionName op

let private call (owner: Type) (name: string) (args: obj list) : obj =
    match Option.ofObj (owner.GetMethod(name, [| for arg in args -> arg.GetType() |])) with
    | None -> failwith $"{owner} has no {name} of %A{[ for arg in args -> arg.GetType().Name ]}"
    | Some found -> nonNull (found.Invoke(null, BindingFlags.DoNotWrapExceptions, null, Array.ofList args, null))

let private boxed (number: 'number) : obj = nonNull (box number)

/// A condition is an ordinary comparison, and the branch not taken is not touched.
let private choose (isTrue: bool) (args: 't list) = if isTrue then args[2] else args[3]

let private compare op (a: float) (b: float) = Number.floats.Apply op [ a; b; 1.0; 0.0 ] = 1.0

/// Duals of any kind; .NET's sign is an int, so it is a constant.
let duals<'dual when 'dual: struct> : Number<'dual> =
    let owner = typeof<'dual>
    let constant (number: float) = call owner "op_Implicit" [ number ] |> unbox<'dual>

    {
        Const = constant
        Apply =
            fun op args ->
                match op with
                | Select _ -> choose (call owner (operator op) [ boxed args[0]; boxed args[1] ] |> unbox) args
                | Sign -> constant (call owner "Sign" [ boxed args[0] ] |> unbox<int> |> float)
                | _ -> call owner (operator op) (List.map boxed args) |> unbox<'dual>
        IsZero = fun _ -> false
    }

/// What stands beside a value in C# source: constants stay doubles, so that every overload is met.
type Operand =
    | Plain of float
    | Recorded of Value

/// Values beside plain doubles.
let values: Number<Operand> =
    let bare operand =
        match operand with
        | Plain number -> boxed number
        | Recorded value -> boxed value

    {
        Const = Plain
        Apply =
            fun op args ->
                match op, args with
                | Select _, Plain a :: Plain b :: _ -> choose (compare op a b) args
                | Select _, a :: b :: _ -> choose (call typeof<Value> (operator op) [ bare a; bare b ] |> unbox) args
                | Sign, [ Recorded a ] -> Plain(float a.Sign)
                | _ when args |> List.forall _.IsPlain ->
                    Plain(
                        Number.floats.Apply
                            op
                            [
                                for arg in args do
                                    match arg with
                                    | Plain number -> number
                                    | Recorded _ -> ()
                            ]
                    )
                | _ -> call typeof<Value> (operator op) (List.map bare args) |> unbox<Value> |> Recorded
        IsZero = fun _ -> false
    }

/// The elemental library's pairs.
let pairs: Number<Pair> =
    let valueOf (pair: Pair) = let struct (value, _) = pair in value

    {
        Const = Elementals.Constant
        Apply =
            fun op args ->
                match op with
                | Select _ -> choose (compare op (valueOf args[0]) (valueOf args[1])) args
                | _ -> call typeof<Elementals> (Emit.CSharp.functionName op) (List.map boxed args) |> unbox<Pair>
        IsZero = fun _ -> false
    }
