/// Taylor coefficients of programs: a law that ties them to tangents, textbook series, and the series of expressions.
module Zautograd.Tests.Programs.JetTests

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

/// The outputs, and their coefficients row by row, as the interpreter finds them.
let private coefficients order (program: Program) (f: Function) args (direction: float[]) =
    let rows = (primal interpreted program f args).Length
    let found = Array.create (rows * (order + 1)) nan
    let args = copy args

    let results =
        interpreted
            (Jet.transform order f.Name program)
            (Jet.coefficientsNameOf order f.Name)
            (args @ shadows f args direction @ [ RealArray found ])

    Array.append (reals results) (changed f args), [| for row in 0 .. rows - 1 -> found[row * (order + 1) .. row * (order + 1) + order] |]

[<Fact>]
let ``along a line the tangent has the coefficients of the derivative`` () =
    let order = 4

    [
        for case in Conformance.all do
            let f = case.Program.TryFind("f").Value
            let y = primal interpreted case.Program f case.Args
            let direction = change (inputs f case.Args).Length
            let values, rows = coefficients order case.Program f case.Args direction
            let tangents = Tangent.transform case.Program
            let tangent = tangents.TryFind(Tangent.nameOf "f").Value
            let given = copy case.Args @ shadows f case.Args direction
            let still = Array.append direction (Array.zeroCreate direction.Length)
            let _, both = coefficients (order - 1) tangents tangent given still
            // of a tangent function: real results, their tangents, arrays, their tangents
            let numbers = realResults f
            let arrays = y.Length - numbers
            let slopes = Array.append both[numbers .. 2 * numbers - 1] both[2 * numbers + arrays ..]

            let agree (row: float[]) (slope: float[]) = close slope [| for k in 1..order -> float k * row[k] |]

            if not (close y values && close y (Array.map Array.head rows) && Array.forall2 agree rows slopes) then
                case.Name
    ]
    =! []

[<Fact>]
let ``the compiled coefficients are the interpreted ones`` () =
    wrong (fun f program args ->
        let order = 3
        let direction = change (inputs f args).Length
        let values, rows = coefficients order program f args direction
        let args, directions, found = copy args, shadows f args direction, Array.create (rows.Length * (order + 1)) nan
        let results = callOf (Compiler.TaylorCoefficients(program, "f", order)) (args @ directions @ [ RealArray found ]) f.Results

        close values (Array.append (reals results) (changed f args))
        && close (Array.concat rows) found
        && directions = shadows f args direction)
    =! []

let private ofOne body = single [ x "x" ] 1 body

let private along (program: Program) order (x: float) (direction: float) =
    let found = Array.create (order + 1) nan
    (Compiler.TaylorCoefficients<Func<float, float, float[], float>>(program, "f", order)).Invoke(x, direction, found) =! found[0]
    found

let private factorial k = Seq.fold (fun product i -> product * float i) 1.0 [ 2..k ]

[<Fact>]
let ``textbook series come out, through loops, branches and arrays`` () =
    let near (expected: float list) (found: float[]) =
        test <@ Seq.forall2 (fun e f -> abs (e - f) <= 1e-14 * (1.0 + abs e)) expected found && expected.Length = found.Length @>

    // the exponential function as its own series, by Horner's rule in a while loop, along a line of slope 2
    let exponential =
        ofOne
            [
                dec "s" (num 1.0)
                deci "k" (whole 30)
                whilst (n "k" >! whole 0) [ set "s" (1.0 + v "s" * v "x" / real (n "k")); inci "k" (whole -1) ]
                ret [ v "s" ]
            ]

    near [ for k in 0..8 -> 2.0 ** float k / factorial k ] (along exponential 8 0.0 2.0)
    // a root by Newton's method: the square root of 1 + t
    let root = ofOne [ dec "r" (num 1.0); upTo "k" 7 [ set "r" ((v "r" + v "x" / v "r") * 0.5) ]; ret [ v "r" ] ]

    near [ 1.0; 0.5; -0.125; 0.0625; -0.0390625; 0.02734375 ] (along root 5 1.0 1.0)
    // a choice inside a formula takes its own side: ln(x) at 2, though the other side has none
    let chosen = ofOne [ ret [ 3.0 * pick (v "x" <. num 1.0) (sqrt' (v "x" - 5.0)) (log' (v "x")) ] ]

    near [ 3.0 * Math.Log 2.0; 1.5; -0.375; 0.125 ] (along chosen 3 2.0 1.0)
    // order 0 is the value, order 60 no problem
    near [ Math.Log 2.0 * 3.0 ] (along chosen 0 2.0 1.0)
    near [ for k in 0..60 -> if k % 2 = 0 then 1.0 else -1.0 ] (along (ofOne [ ret [ 1.0 / v "x" ] ]) 60 1.0 1.0)

[<Fact>]
let ``every operation has the series of the expression`` () =
    let order = 5

    [
        for rule in Rules.all do
            let op = rule.Op
            let x, y = Var "x", Var "y"
            let args = [ x; y; Const 1.4; Const 1.9 ] |> List.truncate rule.Arity
            let terms = [ Variable "x"; Variable "y"; Number 1.4; Number 1.9 ] |> List.truncate rule.Arity
            let program = single [ Dsl.x "x"; Dsl.x "y" ] 1 [ ret [ R(Formula(op, terms)) ] ]
            let point, line = [ 0.6; 0.7 ], [ 1.0; -0.5 ]
            let found = Array.create (order + 1) nan
            let compiled = Compiler.TaylorCoefficients<Func<float, float, float, float, float[], float>>(program, "f", order)
            compiled.Invoke(point[0], point[1], line[0], line[1], found) |> ignore
            // the same curve by substitution
            let curve =
                Calculus.substitute
                    [ for (name, at), d in List.zip (List.zip [ "x"; "y" ] point) line -> name, Const at + Const d * Var "t" ]
                    (Apply(op, args))

            let expected = Series.expand Number.floats order "t" 0.0 (fun name -> failwith name) curve |> Array.ofList

            if not (close expected found) then $"{rule.Name}: %A{found} for %A{expected}"
    ]
    =! []

[<Fact>]
let ``what does not change contributes nothing, even where a slope is infinite`` () =
    let root = single [ x "x"; x "y" ] 1 [ ret [ sqrt' (v "x") + sq (v "y") ] ]
    let found = Array.create 3 nan
    let compiled = Compiler.TaylorCoefficients<Func<float, float, float, float, float[], float>>(root, "f", 2)
    compiled.Invoke(0.0, 3.0, 0.0, 1.0, found) =! 9.0
    found =! [| 9.0; 6.0; 1.0 |]

[<Fact>]
let ``an array has a row for each element, and what does not fit is refused by name`` () =
    // y = x^3 in place
    let cubes = single [ io "y" ] 0 [ over "i" "y" [ put "y" i (at "y" i * at "y" i * at "y" i) ]; ret [] ]
    let compiled = Compiler.TaylorCoefficients<Action<float[], float[], float[]>>(cubes, "f", 3)
    let y, direction, found = [| 1.0; 2.0 |], [| 1.0; 10.0 |], Array.create 8 nan
    compiled.Invoke(y, direction, found)
    y =! [| 1.0; 8.0 |]
    direction =! [| 1.0; 10.0 |]
    found =! [| 1.0; 3.0; 3.0; 1.0; 8.0; 120.0; 600.0; 1000.0 |]
    let refused (attempt: unit -> unit) = (Assert.ThrowsAny<ArgumentException> attempt).Message
    test <@ (refused (fun () -> compiled.Invoke(y, direction, Array.zeroCreate 7))).Contains "'coefficients' needs 8" @>
    test <@ (refused (fun () -> compiled.Invoke(y, [| 1.0 |], found))).Contains "'direction of y' needs 2" @>
    test <@ (refused (fun () -> Compiler.TaylorCoefficients(cubes, "f", -1) |> ignore)).Contains "cannot be negative" @>
