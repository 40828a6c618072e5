/// The way into compiled code: a delegate of the caller's type, whose arguments are checked before anything runs.
module internal Zautograd.Programs.CompileEntry

open System
open System.Linq.Expressions
open System.Runtime.CompilerServices
open Zautograd
open Zautograd.Programs
open Zautograd.Programs.CompileTerm
open Zautograd.Programs.CompileFunction

/// What a delegate takes and what it gives, by name.
type Shape = { Owner: string; Takes: (string * NetType) list; Gives: (string * NetType) list }

let private textOf (shape: Shape) =
    let spell (type': NetType) =
        dict
            [
                typeof<float>, "double"
                typeof<int>, "int"
                typeof<bool>, "bool"
                typeof<float[]>, "double[]"
                typeof<int[]>, "int[]"
            ]
        |> fun names -> names[type']

    let list parts = parts |> List.map (fun (name, type') -> $"{spell type'} {name}") |> String.concat ", "
    let gives = if shape.Gives.IsEmpty then "nothing" else list shape.Gives
    $"'{shape.Owner}' takes ({list shape.Takes}) and gives {gives}"

/// How a delegate hands out results: by its return value, then by reference; all by reference; or as one struct tuple.
let private (|Tuple|Returned|ByReference|Other|) (shape: Shape, invoke: Reflection.MethodInfo) =
    let places results = [ for _, type': NetType in results -> type'.MakeByRefType() ]
    let given = [ for p in invoke.GetParameters() -> p.ParameterType ]
    let takes, results = List.map snd shape.Takes, List.map snd shape.Gives
    let returned = invoke.ReturnType

    let isTuple =
        returned.IsGenericType
        && (nonNull returned.FullName).StartsWith("System.ValueTuple`", StringComparison.Ordinal)
        && List.ofArray (returned.GetGenericArguments()) = results

    if isTuple && given = takes then Tuple
    elif returned = typeof<Void> && given = takes @ places shape.Gives then ByReference
    elif not results.IsEmpty && returned = results.Head && given = takes @ places shape.Gives.Tail then Returned
    else Other

/// Thrown from compiled code.
[<AbstractClass; Sealed>]
type Refusal =
    static member Null(name: string) : unit = raise (ArgumentNullException name)

    static member Same(first: string, second: string, changed: string) : unit =
        invalidArg second $"'{first}' and '{second}' are one array, and '{changed}' is written to: pass a copy of one."

    static member Length(name: string, expected: int, given: int) : unit =
        if given <> expected then invalidArg name $"'{name}' needs {expected} element(s), but has {given}."

    static member Square(what: string, owner: string, rows: int, columns: int) : unit =
        if rows <> columns then
            invalidArg
                "program"
                $"A {what} needs as many results as variables, but '{owner}' has {rows} result(s) and {columns} variable(s)."

    static member Turning(owner: string, count: int) : unit =
        if count <> 2 && count <> 3 then
            invalidArg "program" $"A curl is defined in 2 or 3 variables, but '{owner}' has {count}."

let private refuse name (args: Linq list) : Linq =
    let everything = Reflection.BindingFlags.Static ||| Reflection.BindingFlags.Public ||| Reflection.BindingFlags.NonPublic
    Linq.Call(nonNull (typeof<Refusal>.GetMethod(name, everything)), args)

let private text (name: string) : Linq = Linq.Constant name

/// An array must have so many elements.
let hasLength (name: string) (array: Linq) (length: Linq) : Linq = refuse "Length" [ text name; length; Linq.ArrayLength array ]

/// There must be as many results as variables.
let isSquare (what: string) (owner: string) (rows: Linq) (columns: Linq) : Linq = refuse "Square" [ text what; text owner; rows; columns ]

/// There must be two variables or three.
let hasCurl (owner: string) (count: Linq) : Linq = refuse "Turning" [ text owner; count ]

/// An array must have the length of another one.
let sameLength (name: string) (array: Linq) (other: Linq) : Linq = hasLength name array (Linq.ArrayLength other)

/// No array may be missing, and none that is written to may be given twice.
let private checks (parameters: ParameterExpression list) (written: string list) : Linq list =
    let arrays = parameters |> List.filter _.Type.IsArray
    let isWritten (array: ParameterExpression) = List.contains array.Name written

    [
        for array in arrays do
            Linq.IfThen(Linq.Equal(array, Linq.Constant(null, array.Type)), refuse "Null" [ text array.Name ]) :> Linq
        for place, first in List.indexed arrays do
            for second in List.skip (place + 1) arrays do
                if first.Type = second.Type && (isWritten first || isWritten second) then
                    let changed = if isWritten first then first else second
                    let isOne = Linq.AndAlso(Linq.ReferenceEqual(first, second), Linq.NotEqual(Linq.ArrayLength first, Linq.Constant 0))
                    Linq.IfThen(isOne, refuse "Same" [ text first.Name; text second.Name; text changed.Name ])
    ]

/// The delegate type that the shape itself suggests.
let typeOfShape (shape: Shape) : NetType =
    Linq.GetDelegateType
        [|
            for _, type' in shape.Takes do
                type'
            for _, type' in List.skip (min 1 shape.Gives.Length) shape.Gives do
                type'.MakeByRefType()
            match shape.Gives with
            | [] -> typeof<Void>
            | (_, first) :: _ -> first
        |]

/// A delegate of this type and shape. The body gets the parameters, and what to do with the results.
let make (delegated: NetType) (shape: Shape) written (body: Linq list -> (Linq list -> Linq list) -> Linq list) : Delegate =
    let invoke =
        match delegated.GetMethod "Invoke" with
        | null -> invalidArg "Delegate" $"{delegated} is no delegate type."
        | invoke -> invoke

    let parameters = [ for name, type' in shape.Takes -> Linq.Parameter(type', name) ]
    let place (name: string, type': NetType) = Linq.Parameter(type'.MakeByRefType(), name)
    let values = [ for name, type' in shape.Gives -> Linq.Variable(type', name) ]
    let keep found = List.map2 (fun value (result: Linq) -> Linq.Assign(value, result) :> Linq) values found
    let assign (place: ParameterExpression) (value: ParameterExpression) : Linq = Linq.Assign(place, value)

    let places, last =
        match shape, invoke with
        | Returned -> List.map place shape.Gives.Tail, [ values.Head :> Linq ]
        | ByReference -> List.map place shape.Gives, []
        | Tuple ->
            let make = nonNull (invoke.ReturnType.GetConstructor(Array.ofList (List.map snd shape.Gives)))
            [], [ Linq.New(make, [ for value in values -> value :> Linq ]) ]
        | Other ->
            invalidArg
                "Delegate"
                $"{textOf shape}; {delegated} is no delegate type for that. It has these parameters, and after them, by reference, a place for every result but the one it returns."

    let code =
        checks parameters written
        @ body [ for p in parameters -> p ] keep
        @ List.map2 assign places (List.skip (values.Length - places.Length) values)
        @ last

    let code = if List.isEmpty code then [ Linq.Empty() :> Linq ] else code
    Linq.Lambda(delegated, Linq.Block(invoke.ReturnType, values, code), shape.Owner, parameters @ places).Compile()

/// The memory of the thread, where it is needed.
let enter needsMemory (body: Linq -> Linq list) : Linq =
    if needsMemory then
        let memory = Linq.Variable(typeof<Memory>, "memory")
        Linq.Block(typeof<Void>, [ memory ], (Linq.Assign(memory, Linq.Call(typeof<Memory>, "Enter", null)) :> Linq) :: body memory)
    else
        Linq.Block(typeof<Void>, body (Linq.Constant(null, typeof<Memory>)))

/// An argument, and what to do before and after the call.
type Argument = { Argument: Linq; Locals: ParameterExpression list; Before: Linq list; After: Linq list }

/// What the caller gave.
let kept (given: Linq) = { Argument = given; Locals = []; Before = []; After = [] }

/// A copy of the array that the caller gave, for a function that changes it.
let copied (memory: Linq) (given: Linq) =
    let copy = Linq.Variable(given.Type, "copy")
    let home = Linq.Property(memory, (if given.Type = typeof<float[]> then "Reals" else "Ints"))
    let length = Linq.ArrayLength given

    {
        Argument = copy
        Locals = [ copy ]
        Before =
            [
                Linq.Assign(copy, Linq.Call(home, "Rent", null, length))
                Linq.Call(typeof<Array>, "Copy", null, given, copy, length)
            ]
        After = [ Linq.Call(home, "Return", null, copy) ]
    }

/// A call with these arguments.
let callWith (given: Argument list) (call: Linq list -> Linq) : Linq =
    let during = call [ for argument in given -> argument.Argument ]
    Linq.Block(typeof<Void>, List.collect _.Locals given, List.collect _.Before given @ [ during ] @ List.collect _.After given)

/// All elements of an array become zero.
let clear (array: Linq) : Linq = Linq.Call(typeof<Array>, "Clear", null, array, Linq.Constant 0, Linq.ArrayLength array)
