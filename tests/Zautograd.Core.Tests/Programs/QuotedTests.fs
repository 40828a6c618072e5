/// Programs that were read from F# do what the F# does, and their derivatives agree.
module Zautograd.Tests.Programs.QuotedTests

open System
open Swensen.Unquote
open Xunit
open Zautograd.Programs
open Zautograd.Programs.Interpret
open Zautograd.Tests.Programs
open Zautograd.Tests.Programs.Paths
open Zautograd.Tests.Programs.Quoted

// derivative against derivative, and the two ways of running: the same formulas, but for powers and the order of sums
let private exactly = 1e-11

// against differences, extrapolated twice
let private roughly = 1e-6

let private near tolerance scale (a: float) b = a.Equals b || abs (a - b) <= tolerance * (1.0 + scale)

let private everywhere (check: Case -> string list) =
    let found =
        all
        |> List.collect (fun case ->
            try
                check case |> List.map (fun message -> $"{case.Name}: {message}")
            with problem ->
                [ $"{case.Name}: {problem.GetType().Name}: {problem.Message}" ])

    if not found.IsEmpty then
        let shown = found |> List.truncate 20 |> String.concat "\n"
        failwith $"{found.Length} of {all.Length} cases:\n{shown}"

let private same item other =
    match item, other with
    | RealItem a, RealItem b -> near exactly (abs a) a b
    | RealArray a, RealArray b -> a.Length = b.Length && Array.forall2 (fun a b -> near exactly (abs a) a b) a b
    | IntArray a, IntArray b -> a = b
    | a, b -> a = b

[<Fact>]
let ``there are many functions to read, more than twenty of them programs of their own`` () =
    let methods = all |> List.map _.Method |> List.distinct
    test <@ methods.Length >= 60 @>
    let home (name: string) = methods |> List.filter (fun method -> (string method.DeclaringType).EndsWith name) |> List.length
    test <@ home "QuotedPrograms" >= 20 @>

[<Fact>]
let ``what is read does what the code does`` () =
    everywhere (fun case ->
        let program = Program.read case.Quotation
        let args = copy case.Args
        let results, counts = run program program.Functions.Head.Name args
        let arrays = List.filter isArray args
        let found, expected = results @ arrays, asCode case

        [
            if program.Functions.Head.Name <> case.Method.Name then
                $"it is called {program.Functions.Head.Name}"
            if counts.Left <> 0 then "something is left on a stack"

            if found.Length <> expected.Length || not (List.forall2 same found expected) then
                $"%A{found} for %A{expected}\n{Show.program program}"
        ])

[<Fact>]
let ``forward, reverse and differences agree on what is read`` () =
    everywhere (fun case ->
        let program = Program.read case.Quotation
        let f = program.Functions.Head
        let args = copy case.Args
        let tangents, adjoints = Tangent.transform program, Adjoint.transform program
        let point = inputs f args
        let y = primal interpreted program f args
        let seed = Array.init y.Length (fun i -> 1.0 - 0.37 * float (i % 5))
        let _, gradient = reverse interpreted adjoints f args seed

        [
            for i in 0 .. point.Length - 1 do
                let change = Array.init point.Length (fun j -> if i = j then 1.0 else 0.0)
                let ahead = Array.map2 (*) seed (snd (forward interpreted tangents f args change))

                if not (near exactly (Array.sumBy abs ahead) (Array.sum ahead) gradient[i]) then
                    $"input {i}: forward {Array.sum ahead}, reverse {gradient[i]}"

                match differences (withInputs f args >> primal interpreted program f) point change seed with
                | Some slope when near roughly (abs slope) slope gradient[i] -> ()
                | slope -> $"input {i}: differences {slope}, reverse {gradient[i]}"
        ])
