/// Gradients of quoted functions, as a user takes them.
module Zautograd.Tests.Programs.GradientTests

open System
open Swensen.Unquote
open Xunit
open Zautograd
open Zautograd.Programs
open Zautograd.Tests.Programs

let private weights, private features, private targets = [| 0.3; -0.2; 0.1 |], [| 1.0; 2.0; -0.5; 0.4 |], [| 0.1; 3.0 |]
let private offset = 2.0

let private slope (f: float -> float) =
    let central h = (f h - f -h) / (2.0 * h)
    (4.0 * central 1e-3 - central 2e-3) / 3.0

let private close (a: float) b = abs (a - b) < 1e-7 * (1.0 + abs a)

let private moved (xs: float[]) place h = xs |> Array.mapi (fun i x -> if i = place then x + h else x)

[<Fact>]
let ``value and gradient with respect to everything, in the shape of the parameters`` () =
    let loss = Gradient.compile <@ QuotedPrograms.regression @>
    let value = QuotedPrograms.regression weights features targets
    let struct (found, ofWeights, ofFeatures, ofTargets) = loss.ValueAndGradient(weights, features, targets)
    test <@ found = value && loss.Value(weights, features, targets) = value @>

    for i in 0 .. weights.Length - 1 do
        test <@ close (slope (fun h -> QuotedPrograms.regression (moved weights i h) features targets)) ofWeights[i] @>

    for i in 0 .. features.Length - 1 do
        test <@ close (slope (fun h -> QuotedPrograms.regression weights (moved features i h) targets)) ofFeatures[i] @>

    for i in 0 .. targets.Length - 1 do
        test <@ close (slope (fun h -> QuotedPrograms.regression weights features (moved targets i h))) ofTargets[i] @>

[<Fact>]
let ``derivatives are written into arrays of the caller, over what was there`` () =
    let loss = Gradient.compile <@ QuotedPrograms.regression @>
    let places = [| 9.0; 9.0; 9.0 |], [| 9.0; 9.0; 9.0; 9.0 |], [| 9.0; 9.0 |]
    let first, second, third = places
    let value = loss.Into(weights, features, targets, first, second, third)
    let struct (again, ofWeights, ofFeatures, ofTargets) = loss.ValueAndGradient(weights, features, targets)
    test <@ value = again && places = (ofWeights, ofFeatures, ofTargets) @>

[<Fact>]
let ``only what is wanted has a gradient`` () =
    let loss = Gradient.compileFor ([ "w" ], <@ QuotedPrograms.regression @>)
    let all = Gradient.compile <@ QuotedPrograms.regression @>
    let struct (_, ofWeights, ofFeatures, ofTargets) = loss.ValueAndGradient(weights, features, targets)
    let struct (_, expected, _, _) = all.ValueAndGradient(weights, features, targets)
    test <@ ofWeights = expected && ofFeatures.Length + ofTargets.Length = 0 @>
    let into = Array.zeroCreate 3
    loss.Into(weights, features, targets, into, [||], [||]) |> ignore
    test <@ into = expected @>
    let scalars = Gradient.compileFor ([ "y" ], <@ fun (x: float) (y: float) -> x * y @>)
    let struct (_, ofX, ofY) = scalars.ValueAndGradient(2.0, 5.0)
    test <@ Double.IsNaN ofX && ofY = 2.0 @>

[<Fact>]
let ``tuples have gradients that are tuples, ints and bools have none`` () =
    let f =
        Gradient.compile <@ fun (x: float, n: int) (flag: bool, (y: float, ks: int[])) -> if flag then pown x n * y * float ks[0] else y @>

    let struct (value, (ofX, ofN), (ofFlag, (ofY, ofKs))) = f.ValueAndGradient((2.0, 3), (true, (5.0, [| 7 |])))
    test <@ value = 280.0 && ofX = 420.0 && ofY = 56.0 @>
    test <@ ofN = 0 && not ofFlag && ofKs.Length = 0 @>
    let g = Gradient.compile <@ fun (struct (x: float, y: float)) -> x * y @>
    let struct (_, struct (ofX, ofY)) = g.ValueAndGradient(struct (2.0, 3.0))
    test <@ ofX = 3.0 && ofY = 2.0 @>

[<Fact>]
let ``one, two and four parameters`` () =
    let struct (a, b) = (Gradient.compile <@ fun (x: float) -> x * x @>).ValueAndGradient 3.0
    test <@ a = 9.0 && b = 6.0 @>

    let struct (value, da, db, dc, dd) =
        (Gradient.compile <@ fun (a: float) (b: float) (c: float) (d: float) -> a * b + c * d @>).ValueAndGradient(1.0, 2.0, 3.0, 4.0)

    test <@ (value, da, db, dc, dd) = (14.0, 2.0, 1.0, 4.0, 3.0) @>

[<Fact>]
let ``a Hessian-vector product is how the gradient changes, in the shape of the parameters`` () =
    let loss = Gradient.compile <@ QuotedPrograms.regression @>
    let alongWeights, alongFeatures, alongTargets = [| 1.0; -0.5; 0.0 |], [| 0.0; 1.0; 0.3; 0.0 |], [| -1.0; 0.5 |]
    let struct (w, x, y) = loss.HessianVector(weights, features, targets, alongWeights, alongFeatures, alongTargets)
    let along h = Array.map2 (fun at direction -> at + h * direction)

    let gradientAt h =
        let struct (_, w, x, y) =
            loss.ValueAndGradient(along h weights alongWeights, along h features alongFeatures, along h targets alongTargets)

        Array.concat [ w; x; y ]

    let found = Array.concat [ w; x; y ]

    for i in 0 .. found.Length - 1 do
        test <@ close (slope (fun h -> (gradientAt h)[i])) found[i] @>

    let mixed = Gradient.compile <@ fun (x: float, n: int) (ys: float[]) -> pown x n * ys[0] + ys[1] @>
    let struct ((ofX, ofN), ofYs) = mixed.HessianVector((2.0, 3), [| 5.0; 7.0 |], (1.0, 9), [| 0.5; 1.0 |])
    test <@ ofX = 66.0 && ofN = 0 && ofYs = [| 12.0; 0.0 |] @>
    let only = Gradient.compileFor ([ "x" ], <@ fun (x: float) (y: float) -> x * x * y @>)
    let struct (ofX, ofY) = only.HessianVector(2.0, 5.0, 1.0, 100.0)
    test <@ ofX = 10.0 && Double.IsNaN ofY @>
    test <@ (Gradient.compile <@ fun (x: float) -> x * x * x @>).HessianVector(2.0, 1.0) = 12.0 @>

[<Fact>]
let ``the Hessian, its products with two directions and the jvp agree with the gradient and with its products`` () =
    let loss = Gradient.compile <@ QuotedPrograms.regression @>
    let alongWeights, alongFeatures, alongTargets = [| 1.0; -0.5; 0.0 |], [| 0.0; 1.0; 0.3; 0.0 |], [| -1.0; 0.5 |]
    let struct (value, w, x, y) = loss.ValueAndGradient(weights, features, targets)
    let gradient, along = Array.concat [ w; x; y ], Array.concat [ alongWeights; alongFeatures; alongTargets ]
    let dot = Array.fold2 (fun sum a b -> sum + a * b) 0.0
    let struct (again, change) = loss.Jvp(weights, features, targets, alongWeights, alongFeatures, alongTargets)
    test <@ again = value && close (dot gradient along) change @>
    let struct (w, x, y) = loss.HessianVector(weights, features, targets, alongWeights, alongFeatures, alongTargets)
    let product, hessian = Array.concat [ w; x; y ], loss.Hessian(weights, features, targets)
    test <@ Array2D.length1 hessian = 9 && Array2D.length2 hessian = 9 @>

    for i in 0..8 do
        test <@ close (dot hessian[i, *] along) product[i] @>

    let unit = [| 0.0; 1.0; 0.0 |], [| 0.0; 0.0; 0.0; 0.0 |], [| 0.0; 0.0 |]
    let ofWeights, ofFeatures, ofTargets = unit

    let found =
        loss.VectorHessianVector(weights, features, targets, ofWeights, ofFeatures, ofTargets, alongWeights, alongFeatures, alongTargets)

    test <@ close product[1] found @>

    let mixed = Gradient.compile <@ fun (x: float, n: int) (ys: float[]) -> pown x n * ys[0] + ys[1] @>
    test <@ mixed.Hessian((2.0, 3), [| 5.0; 7.0 |]) = array2D [ [ 60.0; 12.0; 0.0 ]; [ 12.0; 0.0; 0.0 ]; [ 0.0; 0.0; 0.0 ] ] @>
    test <@ mixed.Jvp((2.0, 3), [| 5.0; 7.0 |], (1.0, 9), [| 0.5; 1.0 |]) = struct (47.0, 65.0) @>
    test <@ mixed.VectorHessianVector((2.0, 3), [| 5.0; 7.0 |], (1.0, 9), [| 0.0; 0.0 |], (0.0, 9), [| 1.0; 0.0 |]) = 12.0 @>
    let only = Gradient.compileFor ([ "x" ], <@ fun (x: float) (y: float) -> x * x * y @>)
    test <@ only.Hessian(2.0, 5.0) = array2D [ [ 10.0 ] ] && only.Jvp(2.0, 5.0, 1.0, 100.0) = struct (20.0, 20.0) @>
    test <@ only.VectorHessianVector(2.0, 5.0, 1.0, 100.0, 3.0, 100.0) = 30.0 @>
    test <@ (Gradient.compile <@ fun (x: float) -> x * x * x @>).Hessian(2.0)[0, 0] = 12.0 @>
    let four = Gradient.compile <@ fun (a: float) (b: float) (c: float) (d: float) -> a * b + c * d @>
    test <@ four.Hessian(1.0, 2.0, 3.0, 4.0)[2, 3] = 1.0 && four.Jvp(1.0, 2.0, 3.0, 4.0, 1.0, 0.0, 0.0, 1.0) = struct (14.0, 5.0) @>
    raises<ArgumentNullException> <@ loss.Hessian(weights, Unchecked.defaultof<float[]>, targets) @>

[<Fact>]
let ``captured numbers are read once, captured arrays are constants that are shared`` () =
    let data = [| 3.0; 4.0 |]
    let mutable factor = 10.0
    let given = factor

    let f =
        Gradient.compile
            <@
                fun (w: float) ->
                    (let mutable s = offset in

                     (for x in data do
                         s <- s + given * w * x)

                     s)
            @>

    factor <- 0.0
    let struct (value, ofW) = f.ValueAndGradient 1.0
    test <@ value = 72.0 && ofW = 70.0 @>
    data[0] <- 0.0
    test <@ f.Value 1.0 = 42.0 @>
    test <@ (string f).Contains "real[] data (constant)" @>

[<Fact>]
let ``captured arrays reach the functions that are called, and locals keep away from their names`` () =
    let xs = [| 3.0; 4.0 |]

    let f =
        Gradient.compile
            <@
                fun (w: float) ->
                    (let ys = [| w |] in
                     let rec go i = (if i = 2 then 0.0 else xs[i] * ys[0] + go (i + 1)) in
                     go 0)
            @>

    let struct (value, ofW) = f.ValueAndGradient 2.0
    test <@ value = 14.0 && ofW = 7.0 @>

[<Fact>]
let ``what the function changes is changed by its value, and not by its gradient`` () =
    let f =
        Gradient.compile
            <@
                fun (xs: float[]) ->
                    (xs[0] <- xs[0] * xs[1]
                     xs[0] * xs[0])
            @>

    let xs = [| 2.0; 3.0 |]
    let struct (value, gradient) = f.ValueAndGradient xs
    test <@ value = 36.0 && gradient = [| 36.0; 24.0 |] && xs = [| 2.0; 3.0 |] @>
    test <@ f.Value xs = 36.0 && xs = [| 6.0; 3.0 |] @>

[<Fact>]
let ``one array for two parameters is read for both`` () =
    let f = Gradient.compile <@ QuotedPrograms.dot @>
    let xs = [| 2.0; 3.0 |]
    let struct (value, first, second) = f.ValueAndGradient(xs, xs)
    test <@ value = 13.0 && first = xs && second = xs @>
    let g = Gradient.compile <@ fun (xs: float[]) -> QuotedPrograms.dot xs xs @>
    let struct (_, gradient) = g.ValueAndGradient xs
    test <@ gradient = [| 4.0; 6.0 |] @>

[<Fact>]
let ``wrong arguments are refused`` () =
    let loss = Gradient.compile <@ QuotedPrograms.dot @>
    let xs = [| 1.0; 2.0 |]
    raises<ArgumentException> <@ loss.Into(xs, xs, [| 0.0 |], [| 0.0; 0.0 |]) @>
    let same = [| 0.0; 0.0 |]
    raises<ArgumentException> <@ loss.Into(xs, xs, same, same) @>
    raises<ArgumentNullException> <@ loss.ValueAndGradient(xs, Unchecked.defaultof<float[]>) @>

    let refused wanted =
        Assert.Throws<ArgumentException>(fun () -> Gradient.compileFor ([ wanted ], <@ QuotedPrograms.simpson @>) |> ignore).Message

    Assert.Contains("There is no parameter 'z'; there are: a, b, n.", refused "z")
    Assert.Contains("The parameter 'n' is no float", refused "n")
    let scalar = Gradient.compile <@ fun (x: float) -> x @>
    raises<NotSupportedException> <@ scalar.Into(1.0, 1.0) @>

    let change =
        Gradient.compile
            <@
                fun (a: float[]) (b: float[]) ->
                    (a[0] <- b[0]
                     a[0] * a[1])
            @>

    raises<ArgumentException> <@ change.ValueAndGradient(xs, xs) @>

[<Fact>]
let ``gradient descent fits a line`` () =
    let loss = Gradient.compileFor ([ "w" ], <@ QuotedPrograms.regression @>)
    let w, gradient = [| 0.0; 0.0 |], [| 0.0; 0.0 |]
    let xs = [| 0.0; 0.5; 1.0; 1.5 |]
    let ys = xs |> Array.map (fun x -> 0.75 * x - 0.25)

    for _ in 1..2000 do
        loss.Into(w, xs, ys, gradient, [||], [||]) |> ignore

        for i in 0..1 do
            w[i] <- w[i] - 0.3 * gradient[i]

    test <@ abs (w[0] - 0.75) < 1e-6 && abs (w[1] + 0.25) < 1e-6 @>

[<Fact>]
let ``the Laplacian is the trace of the Hessian, and Taylor coefficients begin with value, change and half the curvature`` () =
    let loss = Gradient.compile <@ QuotedPrograms.regression @>
    let alongWeights, alongFeatures, alongTargets = [| 1.0; -0.5; 0.0 |], [| 0.0; 1.0; 0.3; 0.0 |], [| -1.0; 0.5 |]
    let hessian = loss.Hessian(weights, features, targets)
    test <@ close (Seq.sum (seq { for j in 0 .. hessian.GetLength 0 - 1 -> hessian[j, j] })) (loss.Laplacian(weights, features, targets)) @>
    let line = loss.TaylorCoefficients(weights, features, targets, alongWeights, alongFeatures, alongTargets, 2)
    let struct (value, change) = loss.Jvp(weights, features, targets, alongWeights, alongFeatures, alongTargets)

    let bend =
        loss.VectorHessianVector(
            weights,
            features,
            targets,
            alongWeights,
            alongFeatures,
            alongTargets,
            alongWeights,
            alongFeatures,
            alongTargets
        )

    test <@ close value line[0] && close change line[1] && close bend (2.0 * line[2]) @>
    let mixed = Gradient.compile <@ fun (x: float, n: int) (ys: float[]) -> pown x n * ys[0] + ys[1] @>
    test <@ mixed.Laplacian((2.0, 3), [| 5.0; 7.0 |]) = 60.0 @>
    test <@ mixed.TaylorCoefficients((2.0, 3), [| 5.0; 7.0 |], (1.0, 9), [| 0.5; 1.0 |], 4) = [| 47.0; 65.0; 36.0; 8.0; 0.5 |] @>
    raises<ArgumentOutOfRangeException> <@ mixed.TaylorCoefficients((2.0, 3), [| 5.0; 7.0 |], (1.0, 9), [| 0.5; 1.0 |], -1) @>
    let only = Gradient.compileFor ([ "x" ], <@ fun (x: float) (y: float) -> x * x * y @>)
    test <@ only.Laplacian(2.0, 5.0) = 10.0 && only.TaylorCoefficients(2.0, 5.0, 1.0, 100.0, 3) = [| 20.0; 20.0; 5.0; 0.0 |] @>
    let three = Gradient.compile <@ fun (a: float) (b: float) (c: float) -> a * b * c @>
    test <@ three.Laplacian(1.0, 2.0, 3.0) = 0.0 && three.TaylorCoefficients(1.0, 2.0, 3.0, 1.0, 1.0, 1.0, 3) = [| 6.0; 11.0; 6.0; 1.0 |] @>
    let four = Gradient.compile <@ fun (a: float) (b: float) (c: float) (d: float) -> a * a * b + c * d @>
    test <@ four.Laplacian(1.0, 2.0, 3.0, 4.0) = 4.0 @>
    test <@ four.TaylorCoefficients(1.0, 2.0, 3.0, 4.0, 1.0, 0.0, 0.0, 1.0, 2) = [| 14.0; 7.0; 2.0 |] @>
