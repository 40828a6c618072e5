/// Delegates that are called with items, and what they say compared with what is known: for the tests of derivatives that the compiler hands out.
module Zautograd.Tests.Programs.Delegates

open System
open Zautograd.Programs
open Zautograd.Programs.Interpret
open Zautograd.Tests.Programs.Paths

/// Within 1e-9 of the scale; infinite slopes are compared as they are.
let near scale (a: float) b = a.Equals b || a = b || abs (a - b) <= 1e-9 * (1.0 + abs scale)

let close (expected: float[]) (found: float[]) =
    let scale = expected |> Array.filter Double.IsFinite |> Array.map abs |> Array.fold max 0.0
    expected.Length = found.Length && Array.forall2 (near scale) expected found

let seeds count = Array.init count (fun i -> 1.0 - 0.37 * float (i % 5))
let change count = Array.init count (fun i -> 0.3 + 0.2 * float (i % 3))
let unit count place = Array.init count (fun i -> if i = place then 1.0 else 0.0)

let reals items =
    [|
        for item in items do
            match item with
            | RealItem x -> x
            | _ -> ()
    |]

let realResults (f: Function) = f.Results |> List.filter ((=) Real) |> List.length

/// Every third of the conformance programs, as each is compiled several times.
let cases =
    [
        for place, case in List.indexed Conformance.all do
            if place % 3 = 0 then case, case.Program.TryFind("f").Value
    ]

let callOf (compiled: Delegate) (args: Item list) (places: Type list) : Item list =
    let given: (obj | null)[] =
        [|
            for arg in args -> boxed arg
            for kind in List.skip (min 1 places.Length) places ->
                match kind with
                | Real -> box 0.0
                | Int -> box 0
                | Long -> box 0L
                | _ -> box false
        |]

    let returned = compiled.DynamicInvoke given

    [ returned; yield! given[args.Length ..] ]
    |> List.truncate places.Length
    |> List.map (fun value ->
        match value with
        | :? float as x -> RealItem x
        | :? int as n -> IntItem n
        | :? bool as b -> BoolItem b
        | other -> failwith $"{other} is no scalar")

let followed (f: Function) args = List.zip f.Parameters args |> List.filter (fst >> isFollowed)

let changed (f: Function) args =
    [|
        for p, item in followed f args do
            match item with
            | RealArray a when p.Flow = InOut -> yield! a
            | _ -> ()
    |]

let shadows f args values = followed f (withInputs f args values) |> List.map snd
let replicate (f: Function) = List.replicate (realResults f) Real

/// The tests of all cases; the names of those that fail.
let wrong (agrees: Function -> Program -> Item list -> bool) =
    [
        for case, f in cases do
            if not (agrees f case.Program case.Args) then case.Name
    ]

/// The same for those of one real result.
let ofOneReal agrees = wrong (fun f program args -> f.Results <> [ Real ] || agrees f program args)

/// left * Hessian * right of the first result, by the interpreter.
let curvature program f args p q =
    let tangents, adjoints = Tangent.transform program, Adjoint.transform program

    let both =
        [ Tangent.transform tangents; Adjoint.transform tangents; Tangent.transform adjoints; Adjoint.transform adjoints ]
        |> List.collect _.Functions
        |> List.distinctBy _.Name

    let seed = primal interpreted program f args |> Array.mapi (fun i _ -> if i = 0 then 1.0 else 0.0)
    second interpreted { Functions = both } f args p q seed |> List.head |> snd
