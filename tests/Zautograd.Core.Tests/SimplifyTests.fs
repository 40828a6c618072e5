/// Simplification keeps the value, ends, never grows, and gives the derivatives that a person would write.
module Zautograd.Tests.SimplifyTests

open System
open Swensen.Unquote
open Xunit
open Zautograd
open Zautograd.Tests.RandomExpressions

let private x, y, n = Var "x", Var "y", Var "n"

/// What rounding may change in a value: every node's share, its size times its adjoint.
let private roundingError (case: Case) =
    let found = Reverse.adjoints Number.floats (Number.bind case.At) case.Expression

    Seq.sum
        [
            for entry in found.Adjoints do
                if entry.Value <> 0.0 then abs (entry.Value * found.Values[entry.Key])
        ]

/// NaN where an operation refuses its arguments.
let private valueOf (case: Case) =
    try
        case.Value case.Expression
    with :? ArgumentException ->
        nan

/// At the case's own point, and at points it was not grown for.
let private keepsTheValue (case: Case) =
    let simple = Simplify.simplify case.Expression

    for shift in [ 0.0; 0.37; -1.21 ] do
        let moved = { case with At = [ for name, value in case.At -> name, value + shift ] }

        match valueOf moved with
        | raw when Double.IsFinite raw && isSmoothThroughout moved ->
            let value = moved.Value simple

            if not (abs (value - raw) <= 1e-9 * abs raw + 1e-13 * roundingError moved) then
                failwith $"{case.Expression} is {raw}, but {simple} is {value} at %A{moved.At}"
        | _ -> ()

    true

[<Fact>]
let ``simplifying keeps the value`` () = Points.check 3000 cases keepsTheValue

[<Fact>]
let ``simplifying keeps the value at any point of any expression, too`` () =
    let finite = ref 0

    Points.check 5000 wild (fun case ->
        let raw = valueOf case

        if Double.IsFinite raw then
            finite.Value <- finite.Value + 1
            let simple = case.Value(Simplify.simplify case.Expression)
            let allowed = roundingError case

            // where rounding decides everything, there is nothing to keep
            Double.IsNaN allowed || Double.IsInfinity allowed || abs (simple - raw) <= 1e-9 * abs raw + 1e-13 * allowed
        else
            true)

    let judged = finite.Value
    test <@ judged > 1000 @>

[<Fact>]
let ``arguments the other way round are the same only where the operation commutes`` () =
    for rule in Rules.all |> List.filter (fun rule -> rule.Arity > 1) do
        let apply first second = Apply(rule.Op, first :: second :: List.replicate (rule.Arity - 2) (Const 4.0))
        let both = apply x y + 2.0 * apply y x

        Points.check 50 (Points.ofRule rule) (fun point ->
            let case = { Expression = both; At = [ "x", abs point[0] + 0.5; "y", abs point[1] + 0.75 ] }
            let raw = valueOf case

            Double.IsNaN raw
            || Tolerance.close Tolerance.Rounding raw (case.Value(Simplify.simplify both))
            || failwith $"{rule.Name}: {both} and {Simplify.simplify both}")

[<Fact>]
let ``simplifying never grows, and twice is once`` () =
    Points.check 5000 wild (fun case ->
        let once = Simplify.simplify case.Expression
        let twice = Simplify.simplify once

        Graph.size once <= Graph.size case.Expression && Graph.size twice = Graph.size once && string twice = string once
        || failwith $"{case.Expression}\n{once}\n{twice}")

[<Fact>]
let ``a derivative is simple already`` () =
    Points.check 1000 cases (fun case ->
        let derivative = Differentiate.derivative "x" case.Expression
        let simple = Simplify.simplify derivative

        string simple = string derivative || failwith $"{case.Expression}\n{derivative}\n{simple}")

[<Fact>]
let ``derivatives read as a person writes them`` () =
    [
        log x + x * y - sin y, "x", "1/x + y"
        log x + x * y - sin y, "y", "x - cos(y)"
        (x ** 2.0 + 4.0) * y - x / y, "x", "2*x*y - 1/y"
        (x ** 2.0 + 4.0) * y - x / y, "y", "x^2 + 4 + x/y^2"
        x ** 3.0, "x", "3*x^2"
        x ** n, "x", "n*x^(n - 1)"
        sqrt x, "x", "1/(2*sqrt(x))"
        exp -(x ** 2.0), "x", "-2*x*exp(-x^2)"
        tanh (x * y), "x", "y/cosh(x*y)^2"
        atan2 x y, "x", "y/(x^2 + y^2)"
        Max.Of(x, y), "x", "if y < x then 1 else if x < y then 0 else 0.5"
        x * x, "x", "2*x"
        Const 3.0 * y, "x", "0"
        y, "y", "1"
    ]
    |> List.map (fun (expression, wrt, expected) -> string (Differentiate.derivative wrt expression), expected)
    |> List.filter (fun (actual, expected) -> actual <> expected)
    =! []

[<Fact>]
let ``the derivative of the logistic map stays small`` () =
    let rec map steps (l: Expr) = if steps = 0 then l else map (steps - 1) (4.0 * l * (1.0 - l))
    let l = map 10 x
    let derivative = Differentiate.derivative "x" l
    test <@ Graph.size derivative <= 5 * Graph.size l @>

    let expected = (Forward.derivative Number.floats "x" (fun _ -> 0.2) l).Tangent
    let actual = Number.evaluate Number.floats (fun _ -> 0.2) derivative
    test <@ Tolerance.close Tolerance.Rounding expected actual @>

[<Fact>]
let ``what two derivatives have in common is one node`` () =
    let shared = sin (x * y)
    let gradient = Differentiate.gradient [ "x"; "y" ] (exp shared)
    let together = List.length (Graph.nodesOf gradient)
    test <@ together < List.sumBy Graph.size gradient @>

[<Fact>]
let ``numbers whose product no double is stay two factors in a sum`` () =
    let sums = [ Const 0.3 * Const 0.8 + x; Const 0.3 * Const 0.8 + Const 0.1 * Const 0.8; x - Const 0.1 * (Const 0.7 * Const 0.3) ]

    for sum in sums do
        let at = Number.bind [ "x", 2.0 ]
        let before, after = Number.evaluate Number.floats at sum, Number.evaluate Number.floats at (Simplify.simplify sum)

        if abs (before - after) > 1e-15 * abs before then
            failwith $"{sum} is {before}, but simplified, {Simplify.simplify sum}, it is {after}"
