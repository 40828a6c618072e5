/// Programs printed as C#, compiled all at once, and run.
module Zautograd.Tests.Programs.Printed

open System
open Zautograd.Programs
open Zautograd.Programs.Interpret
open Zautograd.Tests
open Zautograd.Tests.Programs.Paths

let private cast kind =
    match kind with
    | Real -> "double"
    | Int -> "int"
    | Long -> "long"
    | Bool -> "bool"
    | Reals -> "double[]"
    | Ints -> "int[]"

let private item (value: obj) =
    match value with
    | :? float as x -> RealItem x
    | :? int as n -> IntItem n
    | :? int64 as n -> LongItem n
    | other -> BoolItem(unbox other)

// a method that takes the arguments as objects, for every function of a program
let private calls (index: int) (program: Program) =
    [
        $"public static class Calls{index}"
        "{"
        for f in program.Functions do
            let given = f.Parameters |> List.mapi (fun i p -> $"({cast p.Type})a[{i}]") |> String.concat ", "
            let call = $"Program{index}.{f.Name}({given})"

            if f.Results.IsEmpty then
                $"    public static object[] {f.Name}(object[] a) {{ {call}; return []; }}"
            else
                $"    public static object[] {f.Name}(object[] a) => Results.Of({call});"
        "}"
    ]
    |> String.concat "\n"

let private results =
    "public static class Results
{
    public static object[] Of(double value) => [value];
    public static object[] Of(int value) => [value];
    public static object[] Of(bool value) => [value];

    public static object[] Of(System.Runtime.CompilerServices.ITuple values)
    {
        var items = new object[values.Length];
        for (int i = 0; i < items.Length; i++) items[i] = values[i]!;
        return items;
    }
}"

/// Ways of running programs as they are written: each runs its own program, whatever program it is given.
let compileAs (write: Program -> string) (programs: Program list) : (string -> Item list -> Item list) list =
    let source =
        [
            "using System;"
            "using Zautograd.Runtime;"
            results
            for index, program in List.indexed programs do
                $"public static class Program{index}\n{{\n{write program}}}"
                calls index program
        ]
        |> String.concat "\n"

    let assembly = Roslyn.compile source

    [
        for index in 0 .. programs.Length - 1 ->
            let home = nonNull (assembly.GetType $"Calls{index}")

            fun name args ->
                let call = (nonNull (home.GetMethod name)).CreateDelegate<Func<objnull[], obj[]>>()
                [ for result in call.Invoke(Array.ofList (List.map boxed args)) -> item result ]
    ]

let compile = compileAs CSharpText.source

let private sameReal (p: float) (q: float) =
    BitConverter.DoubleToInt64Bits p = BitConverter.DoubleToInt64Bits q || (Double.IsNaN p && Double.IsNaN q)

/// Bit for bit.
let same (p: float[]) (q: float[]) = p.Length = q.Length && Array.forall2 sameReal p q

/// The same results, and the same changes of the arguments.
let sameItems (p: Item list) (q: Item list) =
    List.forall2
        (fun p q ->
            match p, q with
            | RealItem p, RealItem q -> sameReal p q
            | RealArray p, RealArray q -> same p q
            | p, q -> p = q)
        p
        q
