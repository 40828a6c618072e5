/// Refusals: the piece of code that is no part of a program, why, and what to write instead.
module internal Zautograd.Programs.ReadRefusal

open System
open FSharp.Quotations.Patterns
open Zautograd
open Zautograd.Programs.ReadMeaning

let refuse (quotation: Quotation) reason : exn = UnreadableException("program", QuoteText.text quotation, QuoteText.kind quotation, reason)

let private language =
    "programs have floats, ints and bools, arrays of floats and of ints, let, let mutable, if, for, while, tuples, captured values, "
    + "the functions of F#, Math, Double and Zautograd.Functions, the functions of Array that the documentation lists, and functions "
    + "marked [<ReflectedDefinition>]. Write it with these."

let private anyone = Reflection.BindingFlags.Public ||| Reflection.BindingFlags.NonPublic

/// What to say of a type that no variable can have.
let private wayOut (kind: NetType) =
    if kind.IsArray && kind.GetArrayRank() > 1 then
        "Flatten it: take a float[] and the number of columns, and write x[i * columns + j]."
    elif kind.IsArray && (nonNull (kind.GetElementType())).IsArray then
        "Flatten it: take one float[] of all rows and the number of columns, and write x[i * columns + j]."
    elif kind.IsArray then
        "Arrays hold floats or ints."
    elif kind = typeof<float32> || kind = typeof<decimal> then
        "Use float."
    elif List.contains kind [ typeof<int64>; typeof<byte>; typeof<uint32>; typeof<int16> ] then
        "Use int."
    elif kind = typeof<string> then
        "Texts are no part of a program."
    elif kind.IsGenericType && kind.GetGenericTypeDefinition() = typedefof<list<_>> then
        "Use an array."
    elif kind.IsGenericType && kind.GetGenericTypeDefinition() = typedefof<ref<int>> then
        "Use 'let mutable'."
    elif FSharp.Reflection.FSharpType.IsRecord(kind, anyone) then
        "Give its fields one by one."
    else
        "Variables are float, int, bool, float[] or int[]."

let unsupportedType quotation (role: string) (kind: NetType) = refuse quotation $"{role} is of type {kind}. {wayOut kind}"

/// Functions that are refused for some types of arguments.
let private ofTypes name =
    match name with
    | "ToInt" -> Some "an int made of a float cannot be followed. Compute ints from ints, or find the index in a loop that compares."
    | "Compare" -> Some "compare with <, <=, =, >= and >."
    | _ -> None

/// Functions that are refused for any arguments.
let private always (name: string) =
    match name with
    | "FailWith"
    | "Raise"
    | "InvalidArg"
    | "InvalidOp" -> Some "a program does not throw. Return nan, or check before."
    | "GetArraySlice"
    | "GetSubArray" -> Some "slices are no part of a program. Loop from the first to the last index."
    | "GetArray2D"
    | "SetArray2D" -> Some "arrays have one index. Flatten it: x[i * columns + j]."
    | "Ref" -> Some "cells are no part of a program. Use 'let mutable'."
    | "op_RangeStep"
    | "op_Range"
    | "CreateSequence" -> Some "sequences are no part of a program. Loop over an int range or an array with 'for'."
    | _ when name.StartsWith("Print", StringComparison.Ordinal) -> Some "a program prints nothing. Return what you want to see."
    | _ -> None

let private home (method: Reflection.MethodInfo) =
    match method.DeclaringType with
    | null -> ""
    | home -> home.Name

/// A call that is refused, whatever its arguments are.
let hopeless (method: Reflection.MethodInfo) =
    match home method with
    | "ListModule"
    | "SeqModule" -> Some "lists and sequences are no part of a program. Use an array."
    | "Array2DModule" -> Some "arrays have one index. Flatten it: x[i * columns + j]."
    | _ when Option.ofObj method.DeclaringType |> Option.exists (fun home -> home.Assembly = typeof<list<int>>.Assembly) ->
        always method.Name
    | _ -> None

/// What is no part of the language, and the nearest way out.
let unreadable (quotation: Quotation) : exn =
    let reason =
        match quotation with
        | Call(_, method, _) when home method = "ArrayModule" ->
            "of Array, programs know length, get, set, zeroCreate, create, init, copy, map, mapi, iter, iteri, fold, sum and sumBy. Write a loop."
        | Call(_, method, _) -> hopeless method |> Option.orElse (ofTypes method.Name) |> Option.defaultValue language
        | TryWith _
        | TryFinally _ -> "a program does not throw, and catches nothing. Check before."
        | NewRecord _
        | NewObject _ -> "objects are no part of a program. Use floats, ints, bools, arrays and tuples."
        | NewUnionCase(case, _) when case.DeclaringType.Name.StartsWith("FSharpList", StringComparison.Ordinal) ->
            "lists are no part of a program. Use an array: [| ... |]."
        | PropertySet(None, property, _, _) ->
            $"{property.Name} is outside of the program, which changes its own variables only. Return the value."
        | PropertySet _
        | FieldSet _ -> "a program changes its own variables and arrays only. Use 'let mutable'."
        | _ -> language

    refuse quotation reason
