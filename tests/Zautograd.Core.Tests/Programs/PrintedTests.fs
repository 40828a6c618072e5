/// Printed C#, compiled without a warning, gives what the interpreter gives, bit for bit: the conformance set and random programs.
module Zautograd.Tests.Programs.PrintedTests

open System
open Xunit
open Zautograd.Programs
open Zautograd.Programs.Interpret
open Zautograd.Tests.Programs
open Zautograd.Tests.Programs.Paths

let private together (programs: Program list) = { Functions = programs |> List.collect _.Functions |> List.distinctBy _.Name }
let private firstOrder (program: Program) = together [ Tangent.transform program; Adjoint.transform program ]

let private secondOrder (program: Program) =
    together
        [
            for first in [ Tangent.transform program; Adjoint.transform program ] do
                Tangent.transform first
                Adjoint.transform first
        ]

let private weights count = Array.init count (fun i -> 1.0 - 0.37 * float (i % 5))

/// Every way through a program: outputs, their change, the gradient; where the program has them, second derivatives.
let private runs (program: Program) (f: Function) args (run: Run) : (string * float[]) list =
    let point = inputs f args
    let change = weights point.Length
    let y = primal interpreted program f args
    let seed = weights y.Length

    [
        "primal", primal run program f args
        let values, tangents = forward run program f args change
        "tangent", Array.append values tangents
        let values, gradient = reverse run program f args seed
        "adjoint", Array.append values gradient

        if (program.TryFind(Adjoint.nameOf (Adjoint.nameOf f.Name))).IsSome then
            for name, value in second run program f args change (weights point.Length |> Array.rev) seed do
                name, [| value |]
    ]

let private differences (cases: (string * Program * Item list) list) =
    let printed = Printed.compile [ for _, program, _ in cases -> program ]

    [
        for (name, program, args), call in List.zip cases printed do
            let f = program.TryFind("f").Value

            for (way, expected), (_, actual) in List.zip (runs program f args interpreted) (runs program f args (fun _ -> call)) do
                if not (Printed.same expected actual) then $"{name}, {way}: %A{actual} for %A{expected}"
    ]

let private mustAgree cases =
    let found = differences cases

    if not found.IsEmpty then
        let shown = found |> List.truncate 20 |> String.concat "\n"
        failwith $"{found.Length} differences in {List.length cases} programs:\n{shown}"

    TestContext.Current.TestOutputHelper
    |> Option.ofObj
    |> Option.iter (fun output -> output.WriteLine $"{List.length cases} programs, all the same bit for bit")

[<Fact>]
let ``printed programs, tangents and adjoints give what the interpreter gives`` () =
    mustAgree [ for case in Conformance.all -> case.Name, firstOrder case.Program, case.Args ]

[<Fact>]
let ``printed second derivatives give what the interpreter gives`` () =
    mustAgree
        [
            for case in List.indexed Conformance.all |> List.filter (fun (i, _) -> i % 8 = 0) |> List.map snd ->
                case.Name, secondOrder case.Program, case.Args
        ]

[<Fact>]
let ``printed random programs give what the interpreter gives`` () =
    let transformed seed =
        let program, _, args = Generate.program seed

        try
            Some($"seed {seed}", firstOrder program, args)
        with Scopes.Unsupported _ ->
            None

    let cases = [ 300_000..300_299 ] |> List.choose transformed
    if cases.Length < 270 then failwith $"only {cases.Length} of 300 were not refused"
    mustAgree cases
