/// The border speaks .NET: what C# sees has no type of F#'s library in its signatures.
module Zautograd.Tests.BorderTests

open System
open System.Reflection
open Swensen.Unquote
open Xunit
open Zautograd

/// A type and every type that it is made of.
let rec private parts (type': Type) : Type list =
    if type'.HasElementType then
        parts (nonNull (type'.GetElementType()))
    elif type'.IsGenericType then
        type'.GetGenericTypeDefinition() :: (type'.GetGenericArguments() |> List.ofArray |> List.collect parts)
    else
        [ type' ]

let private everything =
    BindingFlags.Public ||| BindingFlags.NonPublic ||| BindingFlags.Instance ||| BindingFlags.Static ||| BindingFlags.DeclaredOnly

let private typesOf (member': MemberInfo) : Type list =
    match member' with
    | :? MethodInfo as m when m.IsPublic || m.IsFamily -> m.ReturnType :: [ for parameter in m.GetParameters() -> parameter.ParameterType ]
    | :? ConstructorInfo as c when c.IsPublic || c.IsFamily -> [ for parameter in c.GetParameters() -> parameter.ParameterType ]
    | :? FieldInfo as f when f.IsPublic || f.IsFamily -> [ f.FieldType ]
    | :? PropertyInfo as p -> [ p.PropertyType ]
    | :? EventInfo as e -> Option.toList (Option.ofObj e.EventHandlerType)
    | _ -> []

let private isFSharp (type': Type) =
    type'.Assembly = typeof<list<int>>.Assembly || type'.Name.StartsWith("FSharp", StringComparison.Ordinal)

let private leaks (type': Type) =
    [
        for ancestor in Option.toList (Option.ofObj type'.BaseType) @ List.ofArray (type'.GetInterfaces()) do
            if List.exists isFSharp (parts ancestor) then $"{type'} : {ancestor}"
        for member' in type'.GetMembers everything do
            if typesOf member' |> List.collect parts |> List.exists isFSharp then $"{type'}.{member'}"
    ]

[<Fact>]
let ``the C# facade shows no type of F#`` () =
    let facade = typeof<Value>.Assembly.GetExportedTypes()
    test <@ facade.Length > 10 @>
    facade |> List.ofArray |> List.collect leaks =! []

[<Fact>]
let ``the symbolic door for C# shows no type of F#`` () =
    let doors = typeof<Symbolic>.GetMethods(BindingFlags.Public ||| BindingFlags.Static)
    test <@ doors.Length >= 8 @>
    leaks typeof<Symbolic> =! []
    leaks typeof<Programs.Compiler> =! []

/// The same search finds what is there to be found.
[<Fact>]
let ``a type of F# in a signature is found`` () =
    test <@ not (leaks typeof<Trace.Table>).IsEmpty @>
    test <@ not (leaks typeof<Number<float>>).IsEmpty @>
