/// Hessian-vector products of compiled programs: right on the conformance set, and at most four gradients.
module Zautograd.Tests.Programs.HessianVectorTests

open System
open Swensen.Unquote
open Xunit
open Zautograd
open Zautograd.Programs
open Zautograd.Programs.Interpret
open Zautograd.Tests.Programs.Dsl
open Zautograd.Tests.Programs.Paths

let private i = n "i"
let private near scale (a: float) b = a = b || abs (a - b) <= 1e-9 * (1.0 + scale)
let private directions count = Array.init count (fun i -> 0.3 + 0.2 * float (i % 3)), Array.init count (fun i -> 0.8 - 0.3 * float (i % 4))

let private cases =
    [
        for case in Conformance.all do
            let f = case.Program.TryFind("f").Value
            if f.Results = [ Real ] then case, f
    ]

/// Value, gradient and product of a call, the last two in the order of the inputs.
let private product (compiled: Delegate) (f: Function) (args: Item list) (direction: float[]) : float * float[] * float[] =
    let followed = List.zip f.Parameters args |> List.filter (fst >> isFollowed)
    let directions = List.zip f.Parameters (withInputs f args direction) |> List.filter (fst >> isFollowed) |> List.map snd

    let results () =
        [
            for _, item in followed do
                match item with
                | RealArray a -> Array.create a.Length nan // it is overwritten
                | _ -> ()
        ]

    let gradients, products = results (), results ()

    let given: (obj | null)[] =
        [|
            for item in copy args @ directions do
                boxed item
            for array in gradients @ products do
                box array
        |]

    let scalars = followed |> List.filter (fun (p, _) -> p.Type = Real) |> List.length
    let all = Array.append given (Array.create (2 * scalars) (box 0.0))
    let value = unbox<float>(compiled.DynamicInvoke all)
    let places = all[given.Length ..] |> Array.map unbox<float>

    let inOrder arrays scalars =
        let arrays, scalars = Collections.Generic.Queue<float[]>(arrays: float[] list), Collections.Generic.Queue<float>(scalars: float[])

        [|
            for p, _ in followed do
                if p.Type = Real then scalars.Dequeue() else yield! arrays.Dequeue()
        |]

    value, inOrder gradients places[.. scalars - 1], inOrder products places[scalars..]

[<Fact>]
let ``the compiled product is the tangent of the tangent, on the conformance set`` () =
    let wrong =
        [
            for place, (case, f) in List.indexed cases do
                if place % 4 = 0 then
                    let tangents, adjoints = Tangent.transform case.Program, Adjoint.transform case.Program

                    let both =
                        [ Tangent.transform tangents; Adjoint.transform tangents; Tangent.transform adjoints; Adjoint.transform adjoints ]
                        |> List.collect _.Functions
                        |> List.distinctBy _.Name

                    let p, q = directions (inputs f case.Args).Length
                    let y = primal interpreted case.Program f case.Args
                    let seed = y |> Array.mapi (fun i _ -> if i = 0 then 1.0 else 0.0)
                    let _, slopes = reverse interpreted adjoints f case.Args seed
                    let _, curvature = second interpreted { Functions = both } f case.Args p q seed |> List.head
                    let value, gradient, times = product (Compiler.HessianVector(case.Program, "f")) f case.Args q
                    let found = Array.fold2 (fun sum x y -> sum + x * y) 0.0 p times

                    if
                        not (
                            near (abs value) value y[0]
                            && Array.forall2 (fun a b -> near (abs a) a b) gradient slopes
                            && near (abs found) found curvature
                        )
                    then
                        $"{case.Name}: {value} for {y[0]}, {gradient} for {slopes}, {found} for {curvature}"
        ]

    test <@ cases.Length > 60 @>
    wrong =! []

type Sloped =
    delegate of
        x: float[] * rate: float * ofX: float[] * ofRate: float * gradient: float[] * product: float[] * byref<float> * byref<float> ->
            float

[<Fact>]
let ``results go where the delegate has places, and what the function changes stays as it is`` () =
    // the sum of rate * x^2, which the function leaves in x: Hessian 2 rate on the diagonal, 2 x in the column of the rate
    let scaled =
        single
            [ io "x"; x "rate" ]
            1
            [ dec "s" (num 0.0); over "i" "x" [ put "x" i (v "rate" * sq (at "x" i)); inc "s" (at "x" i) ]; ret [ v "s" ] ]

    let product = Compiler.HessianVector<Sloped>(scaled, "f")
    let x, direction, gradient, times = [| 1.0; 2.0; 3.0 |], [| 1.0; 0.0; -1.0 |], [| 7.0; 7.0; 7.0 |], [| 7.0; 7.0; 7.0 |]
    let mutable ofRate, timesRate = 7.0, 7.0

    for _ in 1..2 do
        product.Invoke(x, 2.0, direction, 0.5, gradient, times, &ofRate, &timesRate) =! 28.0
        (gradient, ofRate) =! ([| 4.0; 8.0; 12.0 |], 14.0)
        (times, timesRate) =! ([| 5.0; 2.0; -1.0 |], -4.0)
        (x, direction) =! ([| 1.0; 2.0; 3.0 |], [| 1.0; 0.0; -1.0 |])

[<Fact>]
let ``what has no Hessian-vector product is refused by name`` () =
    let swap = single [ x "a"; x "b" ] 2 [ ret [ v "b"; v "a" ] ]
    let sum = single [ xs "x" ] 1 [ dec "s" (num 0.0); over "i" "x" [ inc "s" (at "x" i) ]; ret [ v "s" ] ]
    let two = [| 1.0; 2.0 |]
    let refused (attempt: unit -> unit) = (Assert.ThrowsAny<ArgumentException> attempt).Message
    test <@ (refused (fun () -> Compiler.HessianVector(swap, "f") |> ignore)).Contains "'f' has 2 result(s)" @>
    let product = Compiler.HessianVector<Func<float[], float[], float[], float[], float>>(sum, "f")

    test
        <@
            (refused (fun () -> product.Invoke(two, [| 1.0 |], [| 0.0; 0.0 |], [| 0.0; 0.0 |]) |> ignore)).Contains
                "'direction of x' needs 2"
        @>

    test <@ (refused (fun () -> product.Invoke(two, two, [| 0.0; 0.0 |], [| 0.0 |]) |> ignore)).Contains "'product of x' needs 2" @>
    test <@ (refused (fun () -> product.Invoke(two, two, two, [| 0.0; 0.0 |]) |> ignore)).Contains "one array" @>
