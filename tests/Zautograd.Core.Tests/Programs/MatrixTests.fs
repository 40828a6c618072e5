/// Compiled jvp, vjp, Jacobians, Hessians and vector-Hessian-vector products: all of them are what the interpreted tangents and adjoints say.
module Zautograd.Tests.Programs.MatrixTests

open System
open Swensen.Unquote
open Xunit
open Zautograd
open Zautograd.Programs
open Zautograd.Programs.Interpret
open Zautograd.Tests.Programs.Dsl
open Zautograd.Tests.Programs.Paths
open Zautograd.Tests.Programs.Delegates

let private i = n "i"

[<Fact>]
let ``the compiled jvp is the interpreted tangent`` () =
    wrong (fun f program args ->
        let along = change (inputs f args).Length
        let values, changes = forward interpreted (Tangent.transform program) f args along
        let args, directions = copy args, shadows f args along
        let found = callOf (Compiler.Jvp(program, "f")) (args @ directions) (f.Results @ replicate f)
        let all = directions |> List.zip (List.filter isFollowed f.Parameters) |> List.filter (fun (p, _) -> p.Flow = InOut)

        let arrays =
            [|
                for _, item in all do
                    match item with
                    | RealArray a -> yield! a
                    | _ -> ()
            |]

        let y, dy = List.splitAt f.Results.Length found
        close values (Array.append (reals y) (changed f args)) && close changes (Array.append (reals dy) arrays))
    =! []

[<Fact>]
let ``the compiled vjp is the interpreted adjoint, over what its gradients held`` () =
    wrong (fun f program args ->
        let y = primal interpreted program f args
        let values, gradient = reverse interpreted (Adjoint.transform program) f args (seeds y.Length)

        let given = adjointArguments f args (seeds y.Length)
        let arrays = List.filter (fun p -> isFollowed p && p.Type = Reals) f.Parameters

        for p, item in List.zip arrays (given |> List.skip args.Length |> List.truncate arrays.Length) do
            match item with
            | RealArray a when p.Flow = In -> Array.fill a 0 a.Length nan // it is overwritten
            | _ -> ()

        let scalars = f.Parameters |> List.filter (fun p -> isFollowed p && p.Type = Real)
        let found = callOf (Compiler.Vjp(program, "f")) given (f.Results @ [ for _ in scalars -> Real ])
        let results, ofScalars = List.splitAt f.Results.Length found
        let numbers, places = Collections.Generic.Queue(reals ofScalars), Collections.Generic.Queue(List.skip args.Length given)

        let next (p: Parameter) =
            match p.Type with
            | Real -> [| numbers.Dequeue() |]
            | _ ->
                match places.Dequeue() with
                | RealArray a -> a
                | other -> failwith $"{other} is no array"

        let inOrder = f.Parameters |> List.filter isFollowed |> List.map next |> Array.concat
        close values (reals results) && close gradient inOrder && List.truncate args.Length given = args)
    =! []

[<Theory>]
[<InlineData(Jacobians.Auto)>]
[<InlineData(Jacobians.Forward)>]
[<InlineData(Jacobians.Reverse)>]
let ``the compiled Jacobian is what the interpreted tangents say column by column`` by =
    wrong (fun f program args ->
        let width = (inputs f args).Length
        let y = primal interpreted program f args
        let tangents = Tangent.transform program
        let columns = [| for j in 0 .. width - 1 -> snd (forward interpreted tangents f args (unit width j)) |]

        let expected =
            [|
                for i in 0 .. y.Length - 1 do
                    for j in 0 .. width - 1 -> columns[j][i]
            |]

        let args, found = copy args, Array.create (y.Length * width) nan
        let results = callOf (Compiler.Jacobian(program, "f", by)) (args @ [ RealArray found ]) f.Results
        close y (Array.append (reals results) (changed f args)) && close expected found)
    =! []

[<Fact>]
let ``the compiled Hessian is the tangent of the tangent, and its gradient the adjoint`` () =
    ofOneReal (fun f program args ->
        let count = (inputs f args).Length
        let y = primal interpreted program f args
        let _, slopes = reverse interpreted (Adjoint.transform program) f args (Array.mapi (fun i _ -> if i = 0 then 1.0 else 0.0) y)
        let gradient, hessian = Array.create count nan, Array.create (count * count) nan
        let given = copy args @ [ RealArray gradient; RealArray hessian ]
        let value = callOf (Compiler.Hessian(program, "f")) given [ Real ] |> reals
        let p, q = change count, Array.rev (seeds count)

        let found =
            Seq.sum (
                seq {
                    for i in 0 .. count - 1 do
                        for j in 0 .. count - 1 -> p[i] * hessian[i * count + j] * q[j]
                }
            )

        let scale = hessian |> Array.sumBy abs

        close [| y[0] |] value
        && close slopes gradient
        && near scale (curvature program f args p q) found
        && List.truncate args.Length given = args)
    =! []

[<Fact>]
let ``the compiled vector-Hessian-vector product is the tangent of the tangent`` () =
    ofOneReal (fun f program args ->
        let count = (inputs f args).Length
        let p, q = change count, Array.rev (seeds count)
        let given = copy args @ shadows f args p @ shadows f args q
        let found = callOf (Compiler.VectorHessianVector(program, "f")) given [ Real; Real ] |> reals
        let expected = [| (primal interpreted program f args)[0]; curvature program f args p q |]
        close expected found && given = args @ shadows f args p @ shadows f args q)
    =! []

// y = x^2 + x[0] and the sum of x, beside a scalar that scales both
let private squares =
    single
        [ xs "x"; x "rate"; io "y" ]
        1
        [
            dec "s" (num 0.0)
            over "i" "x" [ put "y" i (v "rate" * sq (at "x" i) + at "x" (whole 0)); inc "s" (v "rate" * at "x" i) ]
            ret [ v "s" ]
        ]

type Squares = delegate of x: float[] * rate: float * y: float[] * jacobian: float[] -> float

[<Theory>]
[<InlineData(Jacobians.Forward)>]
[<InlineData(Jacobians.Reverse)>]
let ``columns may be asked for by name, and central differences say the same`` by =
    let y = [| 7.0; 7.0 |]
    let all = [| nan; nan; nan; nan; nan; nan; nan; nan; nan |]
    (Compiler.Jacobian<Squares>(squares, "f", by, "x", "rate")).Invoke([| 3.0; 4.0 |], 2.0, y, all) =! 14.0
    y =! [| 21.0; 35.0 |]
    all =! [| 2.0; 2.0; 7.0; 13.0; 0.0; 9.0; 1.0; 16.0; 16.0 |]
    let plain = Compiler.Function<Func<float[], float, float[], float>>(squares, "f")

    let valuesAt rate =
        let y = Array.zeroCreate 2
        Array.append [| plain.Invoke([| 3.0; 4.0 |], rate, y) |] y

    let h = 1e-5
    let slopes = Array.map2 (fun above below -> (above - below) / (2.0 * h)) (valuesAt (2.0 + h)) (valuesAt (2.0 - h))
    test <@ Array.forall2 (fun (a: float) b -> abs (a - b) < 1e-6 * (1.0 + abs b)) slopes [| all[2]; all[5]; all[8] |] @>

[<Fact>]
let ``what does not fit is refused by name`` () =
    let two = [| 1.0; 2.0 |]
    let refused (attempt: unit -> unit) = (Assert.ThrowsAny<ArgumentException> attempt).Message
    let jacobian = Compiler.Jacobian<Squares>(squares, "f")
    test <@ (refused (fun () -> jacobian.Invoke(two, 2.0, [| 0.0; 0.0 |], [| 0.0 |]) |> ignore)).Contains "'jacobian' needs 15" @>
    test <@ (refused (fun () -> Compiler.Jacobian(squares, "f", Jacobians.Auto, "z") |> ignore)).Contains "no active real parameter 'z'" @>
    raises<ArgumentOutOfRangeException> <@ Compiler.Jacobian(squares, "f", enum<Jacobians> 7) @>
    let swap = single [ x "a"; x "b" ] 2 [ ret [ v "b"; v "a" ] ]
    test <@ (refused (fun () -> Compiler.Hessian(swap, "f") |> ignore)).Contains "'f' has 2 result(s)" @>
    test <@ (refused (fun () -> Compiler.VectorHessianVector(swap, "f") |> ignore)).Contains "'f' has 2 result(s)" @>
    let jvp = Compiler.Jvp<Func<float[], float, float[], float[], float, float[], struct (float * float)>>(squares, "f")

    test
        <@
            (refused (fun () -> jvp.Invoke(two, 2.0, [| 0.0; 0.0 |], [| 1.0 |], 0.0, [| 0.0; 0.0 |]) |> ignore)).Contains
                "'direction of x' needs 2"
        @>

    let vjp = Compiler.Vjp<Func<float[], float, float[], float[], float[], float, struct (float * float)>>(squares, "f")

    test
        <@
            (refused (fun () -> vjp.Invoke(two, 2.0, [| 0.0; 0.0 |], [| 1.0 |], [| 0.0; 0.0 |], 1.0) |> ignore)).Contains
                "'gradient of x' needs 2"
        @>

    test <@ (refused (fun () -> jacobian.Invoke(two, 2.0, two, Array.zeroCreate 15) |> ignore)).Contains "one array" @>
