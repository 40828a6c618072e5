/// The operators as F# functions: what the documentation of each shows, and functions written in F# as F# is written.
module Zautograd.Tests.DiffTests

open System
open Swensen.Unquote
open Xunit
open Zautograd

let private product (v: Value[]) = v[0] * v[1]
let private pair (v: Value[]) = [| v[0] * v[1]; v[1] |]
let private point = [| 2.0; 5.0 |]

[<Fact>]
let ``functions of one variable have derivatives of every order`` () =
    2.0 |> Diff.derivative (fun x -> x * x * x) =! 12.0
    2.0 |> Diff.valueAndDerivative (fun x -> x * x * x) =! struct (8.0, 12.0)
    1.0 |> Diff.nthDerivative (fun x -> x * x * x * x * x) 3 =! 60.0
    0.0 |> Diff.taylor exp 2 =! [| 1.0; 1.0; 0.5 |]
    0.5 |> Diff.derivative sin =! cos 0.5
    2.0 |> Diff.secondDerivative (fun x -> x * x * x) =! 12.0
    0.5 |> Diff.secondDerivative sin =! -(sin 0.5)

[<Fact>]
let ``functions of many variables have every operator`` () =
    point |> Diff.gradient product =! [| 5.0; 2.0 |]
    point |> Diff.valueAndGradient product =! struct (10.0, [| 5.0; 2.0 |])
    point |> Diff.jvp product [| 1.0; 0.0 |] =! struct (10.0, 5.0)
    point |> Diff.vjp pair [| 1.0; 0.0 |] =! struct ([| 10.0; 5.0 |], [| 5.0; 2.0 |])
    point |> Diff.jacobian pair =! array2D [ [ 5.0; 2.0 ]; [ 0.0; 1.0 ] ]
    point |> Diff.jacobianBy Jacobians.Forward pair =! Diff.jacobian pair point
    point |> Diff.jacobianBy Jacobians.Reverse pair =! Diff.jacobian pair point
    point |> Diff.jvpVector pair [| 1.0; 0.0 |] =! struct ([| 10.0; 5.0 |], [| 5.0; 0.0 |])
    point |> Diff.valuesAndJacobian pair =! struct ([| 10.0; 5.0 |], Diff.jacobian pair point)
    point |> Diff.valuesAndJacobianBy Jacobians.Reverse pair =! struct ([| 10.0; 5.0 |], Diff.jacobian pair point)
    point |> Diff.hessian product =! array2D [ [ 0.0; 1.0 ]; [ 1.0; 0.0 ] ]
    point |> Diff.hessianVector product [| 1.0; 0.0 |] =! [| 0.0; 1.0 |]
    point |> Diff.vectorHessianVector product [| 1.0; 0.0 |] [| 0.0; 1.0 |] =! 1.0
    point |> Diff.laplacian (fun v -> v[0] * v[0] + v[1] * v[1]) =! 4.0
    point |> Diff.divergence pair =! 6.0
    point |> Diff.curl (fun v -> [| -v[1]; v[0] |]) =! [| 2.0 |]

[<Fact>]
let ``nested derivatives are right at the outer number and refused at plain ones`` () =
    let nested (x: Dual<float>) = x * (Dual<float> 2.0 |> Diff.derivative (fun y -> Dual<Dual<float>> x * y))
    3.0 |> Diff.derivative nested =! 6.0

    let confused (x: Dual<float>) = x * Dual<float>(Diff.derivative (fun y -> x * y) 2.0)
    raises<InvalidOperationException> <@ 3.0 |> Diff.derivative confused @>

/// What is not looked into.
type private Weight(number: Value) =
    member _.Times(w: Value[]) = number * w[0]

[<Fact>]
let ``an inner derivative that uses nothing of the outer one is a number, at plain points too`` () =
    let square (w: Value[]) = w[0] * w[0]
    let factor = 2.0
    [| 3.0 |] |> Diff.gradient (fun v -> v[0] * ([| 2.0 |] |> Diff.gradient (fun w -> w[0] * w[0]))[0]) =! [| 4.0 |]
    [| 3.0 |] |> Diff.gradient (fun v -> v[0] * ([| 2.0 |] |> Diff.gradient square)[0]) =! [| 4.0 |]
    [| 3.0 |] |> Diff.gradient (fun v -> v[0] * ([| 2.0 |] |> Diff.gradient (fun w -> factor * w[0] * w[0]))[0]) =! [| 8.0 |]

    [| 3.0 |] |> Diff.gradient (fun v -> v[0] * ([| 2.0 |] |> Diff.hessian (square >> sin))[0, 0])
    =! [| 2.0 * cos 4.0 - 16.0 * sin 4.0 |]

    3.0 |> Diff.derivative (fun x -> x * Dual<float>(Diff.derivative (fun y -> y * y) 2.0)) =! 4.0

[<Fact>]
let ``an inner derivative that uses the outer variables is refused, however it holds them`` () =
    let refused (inner: Value[] -> Value[] -> Value) =
        let outer (v: Value[]) = v[0] * ([| 2.0 |] |> Diff.gradient (inner v))[0]
        Assert.Throws<InvalidOperationException>(fun () -> [| 3.0 |] |> Diff.gradient outer |> ignore) |> ignore

    refused (fun v w -> v[0] * w[0])
    refused (fun v -> let first = v[0] in fun w -> first * w[0])
    refused (fun v -> (fun (w: Value[]) -> v[0] * w[0]) >> sin)
    refused (fun v -> Weight(v[0]).Times)
    refused (fun v -> let held = ref v[0] in fun w -> held.Value * w[0])
