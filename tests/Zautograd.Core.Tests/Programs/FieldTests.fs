/// Compiled divergences, curls and Laplacians: what the interpreted tangents say along each variable, and what textbooks say.
module Zautograd.Tests.Programs.FieldTests

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
let ``the compiled divergence is the diagonal of the interpreted tangents`` () =
    let mutable compared = 0

    let failed =
        wrong (fun f program args ->
            let width, y = (inputs f args).Length, primal interpreted program f args

            y.Length <> width
            || (compared <- compared + 1
                let tangents = Tangent.transform program
                let diagonal = [| for j in 0 .. width - 1 -> (snd (forward interpreted tangents f args (unit width j)))[j] |]
                let args = copy args
                let found = callOf (Compiler.Divergence(program, "f")) args (f.Results @ [ Real ])
                let results, divergence = List.splitAt f.Results.Length found
                close y (Array.append (reals results) (changed f args)) && close [| Array.sum diagonal |] (reals divergence)))

    failed =! []
    test <@ compared > 10 @>

[<Fact>]
let ``the compiled Laplacian is the trace of the tangent of the tangent`` () =
    ofOneReal (fun f program args ->
        let count = (inputs f args).Length
        let trace = Seq.sum (seq { for j in 0 .. count - 1 -> curvature program f args (unit count j) (unit count j) })
        let given = copy args
        let found = callOf (Compiler.Laplacian(program, "f")) given [ Real; Real ] |> reals
        close [| (primal interpreted program f args)[0]; trace |] found && given = args)
    =! []

// an electric field: the position over the cube of its length, in any number of dimensions, written to an array
let private inverseSquare =
    single
        [ xs "x"; io "y" ]
        0
        [
            dec "s" (num 0.0)
            over "i" "x" [ inc "s" (sq (at "x" i)) ]
            over "i" "x" [ put "y" i (at "x" i / (v "s" * sqrt' (v "s"))) ]
            ret []
        ]

[<Fact>]
let ``an inverse square field has no divergence and no curl in three dimensions`` () =
    let x, y = [| 1.0; -2.0; 0.5 |], Array.zeroCreate 3
    let divergence = (Compiler.Divergence<Func<float[], float[], float>>(inverseSquare, "f", "x")).Invoke(x, y)
    test <@ abs divergence < 1e-15 @>
    let length = Math.Sqrt 5.25
    test <@ Array.forall2 (fun x y -> abs (x / length ** 3.0 - y) < 1e-15) x y @>
    let curl = Array.create 3 nan
    (Compiler.Curl<Action<float[], float[], float[]>>(inverseSquare, "f", "x")).Invoke(x, y, curl)
    test <@ curl |> Array.forall (fun c -> abs c < 1e-15) @>
    // in two it is (2 - 3)/r^3
    let plane = (Compiler.Divergence<Func<float[], float[], float>>(inverseSquare, "f", "x")).Invoke([| 3.0; 4.0 |], Array.zeroCreate 2)
    test <@ abs (plane + 1.0 / 125.0) < 1e-15 @>

// (y z, x^2, x y z^2) of three scalars, in which the rate is constant
let private swirl =
    let a, b, c, rate = v "x", v "y", v "z", v "rate"
    single [ x "x"; x "y"; x "z"; fixedReal "rate" ] 3 [ ret [ rate * b * c; rate * sq a; rate * a * b * sq c ] ]

type Swirl = delegate of x: float * y: float * z: float * rate: float * curl: float[] -> struct (float * float * float)

[<Fact>]
let ``a curl of scalars is that of the textbook, in two dimensions, too`` () =
    let curl = Array.create 3 nan
    (Compiler.Curl<Swirl>(swirl, "f")).Invoke(2.0, 3.0, 5.0, 2.0, curl) =! struct (30.0, 8.0, 300.0)
    curl =! [| 2.0 * 2.0 * 25.0; 2.0 * (3.0 - 3.0 * 25.0); 2.0 * (4.0 - 5.0) |] // (x z^2, y - y z^2, 2x - z)
    let plane = single [ x "x"; x "y" ] 2 [ ret [ -(sq (v "y")); v "x" * v "y" ] ]
    let one = [| nan |]
    (Compiler.Curl<Func<float, float, float[], struct (float * float)>>(plane, "f")).Invoke(2.0, 5.0, one) |> ignore
    one =! [| 15.0 |] // y + 2 y
    // by the variables as they are named: each result by the one in its place
    (Compiler.Curl<Func<float, float, float[], struct (float * float)>>(plane, "f", "y", "x")).Invoke(2.0, 5.0, one) |> ignore
    one =! [| 2.0 |] // the second by y, less the first by x
    let divergence = Compiler.Divergence<Func<float, float, struct (float * float * float)>>(plane, "f", "y", "x")
    divergence.Invoke(2.0, 5.0) =! struct (-25.0, 10.0, -5.0) // -2 y + y

[<Fact>]
let ``one over the distance is harmonic`` () =
    let potential = single [ xs "x" ] 1 [ dec "s" (num 0.0); over "i" "x" [ inc "s" (sq (at "x" i)) ]; ret [ num 1.0 / sqrt' (v "s") ] ]

    let laplacian = Compiler.Laplacian<Func<float[], struct (float * float)>>(potential, "f")
    let struct (value, sum) = laplacian.Invoke [| 2.0; -1.0; 2.0 |]
    test <@ abs (value - 1.0 / 3.0) < 1e-16 && abs sum < 1e-15 @>
    let struct (_, plane) = laplacian.Invoke [| 3.0; 4.0 |]
    test <@ abs (plane - 1.0 / 125.0) < 1e-15 @> // 1/r^3
    laplacian.Invoke [||] =! struct (infinity, 0.0)

[<Fact>]
let ``a derived program is derived again: the Laplacian of a Laplacian, and its gradient`` () =
    let quartic = single [ x "x"; x "y" ] 1 [ ret [ sq (sq (v "x")) * sq (v "y") ] ]
    let derived = Field.laplacian "f" quartic

    let call =
        [
            dec "value" (num 0.0)
            dec "sum" (num 0.0)
            Call([ "value"; "sum" ], Field.laplacianNameOf "f", [ Variable "x"; Variable "y" ])
            ret [ v "sum" ]
        ]

    let outer = { Functions = derived.Functions @ [ func "g" [ x "x"; x "y" ] [ Real ] call ] }
    let twice = Compiler.Laplacian<Func<float, float, struct (float * float)>>(outer, "g")
    // 12 x^2 y^2 + 2 x^4, and 24 y^2 + 48 x^2
    twice.Invoke(2.0, 3.0) =! struct (464.0, 408.0)
    let slopes = Compiler.Gradient<Func<float, float, struct (float * float * float)>>(outer, "g")
    slopes.Invoke(2.0, 3.0) =! struct (464.0, 496.0, 288.0)

[<Fact>]
let ``an array that is written to is not given twice`` () =
    let scaled = single [ xs "x"; io "y" ] 1 [ over "i" "y" [ put "y" i (at "y" i * at "x" i) ]; ret [ at "y" (whole 0) ] ]
    let a = [| 2.0; 3.0 |]
    let refused (attempt: unit -> unit) = (Assert.ThrowsAny<ArgumentException> attempt).Message
    let laplacian = Compiler.Laplacian<Func<float[], float[], struct (float * float)>>(scaled, "f")
    test <@ (refused (fun () -> laplacian.Invoke(a, a) |> ignore)).Contains "'x' and 'y' are one array" @>
    let hessian = Compiler.Hessian<Func<float[], float[], float[], float[], float>>(scaled, "f")

    test
        <@
            (refused (fun () -> hessian.Invoke(a, a, Array.zeroCreate 4, Array.zeroCreate 16) |> ignore)).Contains
                "'x' and 'y' are one array"
        @>

    let times =
        Compiler.VectorHessianVector<Func<float[], float[], float[], float[], float[], float[], struct (float * float)>>(scaled, "f")

    test
        <@
            (refused (fun () -> times.Invoke(a, a, [| 1.0; 0.0 |], [| 1.0; 0.0 |], [| 1.0; 0.0 |], [| 1.0; 0.0 |]) |> ignore)).Contains
                "are one array"
        @>

[<Fact>]
let ``a field that does not fit is refused by name`` () =
    let refused (attempt: unit -> unit) = (Assert.ThrowsAny<ArgumentException> attempt).Message
    let divergence = Compiler.Divergence<Func<float[], float[], float>>(inverseSquare, "f", "x")
    let curl = Compiler.Curl<Action<float[], float[], float[]>>(inverseSquare, "f", "x")
    let zeros = Array.zeroCreate<float>
    test <@ (refused (fun () -> divergence.Invoke(zeros 3, zeros 2) |> ignore)).Contains "'f' has 2 result(s) and 3 variable(s)" @>
    test <@ (refused (fun () -> curl.Invoke(zeros 4, zeros 4, zeros 3))).Contains "'f' has 4" @>
    test <@ (refused (fun () -> curl.Invoke(zeros 3, zeros 3, zeros 1))).Contains "'curl' needs 3" @>
    test <@ (refused (fun () -> curl.Invoke(zeros 2, zeros 2, zeros 3))).Contains "'curl' needs 1" @>
    test <@ (refused (fun () -> Compiler.Divergence(inverseSquare, "f", "z") |> ignore)).Contains "no active real parameter 'z'" @>
    test <@ (refused (fun () -> Compiler.Divergence(inverseSquare, "f", "x", "x") |> ignore)).Contains "'x' is given 2 times" @>
    test <@ (refused (fun () -> Compiler.Curl(single [ x "x" ] 1 [ ret [ v "x" ] ], "f") |> ignore)).Contains "'f' has 1" @>
    test <@ (refused (fun () -> Compiler.Divergence(swirl, "f", "x", "y") |> ignore)).Contains "'f' has 3 result(s) and 2 variable(s)" @>
    raises<ArgumentNullException> <@ Compiler.Divergence(swirl, "f", Unchecked.defaultof<string[]>) @>
    test <@ (refused (fun () -> Compiler.Laplacian(inverseSquare, "f") |> ignore)).Contains "'f' has 0 result(s)" @>
