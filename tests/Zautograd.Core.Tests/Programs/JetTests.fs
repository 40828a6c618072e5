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

let rec private expression term =
    match term with
    | Number value -> Const value
    | Variable name -> Var name
    | Formula(op, args) -> Apply(op, List.map expression args)
    | other -> failwith $"{other} is no formula"

// the coefficients of a formula of x and y along a line, as an expression and as a program
let private compare order term =
    let program = single [ x "x"; x "y" ] 1 [ ret [ R term ] ]
    let compiled = Compiler.TaylorCoefficients<Func<float, float, float, float, float[], float>>(program, "f", order)

    fun (x: float, y: float) (alongX: float, alongY: float) ->
        let found = Array.create (order + 1) nan
        compiled.Invoke(x, y, alongX, alongY, found) |> ignore
        let line at along = Const at + Const along * Var "t"
        let curve = Calculus.substitute [ "x", line x alongX; "y", line y alongY ] (expression term)
        Array.ofList (Series.expand Number.floats order "t" 0.0 (fun name -> failwith name) curve), found

[<Fact>]
let ``every operation has the series of the expression, at its kinks, poles and edges, too`` () =
    let terms = [ Variable "x"; Variable "y"; Number 1.4; Number 1.9 ]
    let places = [ -1.0; 0.0; 0.6; 1.0; 1.4; 800.0 ]

    [
        for rule in Rules.all do
            let both = compare 4 (Formula(rule.Op, List.truncate rule.Arity terms))

            for point in List.allPairs places (if rule.Arity = 1 then [ 0.0 ] else places) do
                for direction in [ 1.0, -0.5; 1.0, 0.0; 0.0, 1.0; 0.0, 0.0 ] do
                    let expected, found = if rule.Op = Clamp && snd point > 1.4 then [| nan |], [| nan |] else both point direction

                    if abs expected[0] < infinity && not (close expected found) then
                        $"{rule.Name} at {point} along {direction}: %A{found} for %A{expected}"
    ]
    =! []

[<Fact>]
let ``what is not chosen may be infinite, or not a number`` () =
    let root term = Formula(Sqrt, [ term ])
    let a, b = Variable "x", Variable "y"

    let cases =
        [
            Formula(Max, [ a; root b ])
            Formula(Relu, [ Formula(Sub, [ a; root b ]) ])
            Formula(Clamp, [ root b; Number 0.5; Number 2.0 ])
            Formula(Select Less, [ a; Number 1.0; Formula(Mul, [ a; a ]); root (Formula(Sub, [ a; Number 5.0 ])) ])
            Formula(Mul, [ a; root b ])
            Formula(Div, [ root b; Formula(Cosh, [ a ]) ])
            Formula(Pow, [ a; Number 1.5 ])
        ]

    [
        for term in cases do
            for point in [ 0.5, 0.0; 1.0, 0.0; -1.0, 0.0; 0.0, 0.0; 800.0, 0.0 ] do
                for direction in [ 1.0, 1.0; 1.0, 0.0; 0.0, 1.0; 0.0, 0.0 ] do
                    let expected, found = compare 3 term point direction

                    if not (close expected found) then
                        $"{expression term} at {point} along {direction}: %A{found} for %A{expected}"
    ]
    =! []

[<Fact>]
let ``what does not change contributes nothing, even where a slope is infinite`` () =
    let root = single [ x "x"; x "y" ] 1 [ ret [ sqrt' (v "x") + sq (v "y") ] ]
    let found = Array.create 3 nan
    let compiled = Compiler.TaylorCoefficients<Func<float, float, float, float, float[], float>>(root, "f", 2)
    compiled.Invoke(0.0, 3.0, 0.0, 1.0, found) =! 9.0
    found =! [| 9.0; 6.0; 1.0 |]
    // an exponent that is not known before
    let power = single [ x "x"; fixedReal "n" ] 1 [ ret [ pow' (v "x") (v "n") ] ]
    let square = Array.create 5 nan
    (Compiler.TaylorCoefficients<Func<float, float, float, float[], float>>(power, "f", 4)).Invoke(0.0, 2.0, 1.0, square) =! 0.0
    square =! [| 0.0; 0.0; 1.0; 0.0; 0.0 |]
    // a factor of 0 that changes: the derivative of the coefficients of x * y along y, x being 0, by x
    let product = single [ x "x"; x "y" ] 1 [ ret [ v "x" * exp' (v "y") ] ]
    let name = Jet.coefficientsNameOf 2 "f"
    let coefficients = Jet.transform 2 "f" product
    let jacobian = Array.create 4 nan
    let derived = Compiler.Jacobian(coefficients, name, Jacobians.Forward, "x")
    derived.DynamicInvoke(0.0, 0.0, 0.0, 1.0, Array.zeroCreate<float> 3, jacobian) |> ignore
    jacobian =! [| 1.0; 1.0; 1.0; 0.5 |] // of the value, and of the coefficients

[<Fact>]
let ``the code of an operation grows with the square of the order, and long code is compiled on a small stack`` () =
    let statements op order =
        let program =
            single [ x "x"; x "y" ] 1 [ ret [ R(Formula(op, List.truncate (Rules.rule op).Arity [ Variable "x"; Variable "y" ])) ] ]

        let jet = (Jet.transform order "f" program).TryFind(Jet.nameOf order "f").Value
        List.length (Statement.all jet.Body)

    for op in [ Sin; Tanh; Sigmoid; Cbrt; Mul; Atan2; Erf ] do
        let eight, sixteen = statements op 8, statements op 16
        test <@ (op, sixteen < 5 * eight) = (op, true) @>

    let several = single [ x "x"; x "y" ] 1 [ ret [ pow' (v "x") (v "y") ] ]
    let mutable found = nan

    let compile () =
        let room = Array.zeroCreate 31

        (Compiler.TaylorCoefficients<Func<float, float, float, float, float[], float>>(several, "f", 30)).Invoke(2.0, 3.0, 1.0, 0.0, room)
        |> ignore

        found <- room[2]

    let thread = Threading.Thread(Threading.ThreadStart compile, 1 <<< 20)
    thread.Start()
    thread.Join()
    test <@ abs (found - 6.0) < 1e-12 @>

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
