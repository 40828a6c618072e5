/// The laws of calculus, on random expressions.
module Zautograd.Tests.LawTests

open FsCheck.FSharp
open Swensen.Unquote
open Xunit
open Zautograd
open Zautograd.Tests.RandomExpressions
open Zautograd.Tests.Tolerance

/// Value and derivative with respect to x.
let private derivative (at: (string * float) list) expression = Forward.derivative Number.floats "x" (Number.bind at) expression

/// Two expressions, both smooth at one point.
let private pairs =
    gen {
        let! at = points
        let! f = growAt at
        let! g = growAt at
        return at, f, g
    }
    |> Arb.fromGen

/// f smooth where x is the value of g, and g.
let private chains =
    gen {
        let! at = points
        let! g = growAt at
        let inner = Number.evaluate Number.floats (Number.bind at) g
        let! f = growAt [ for name, value in at -> name, (if name = "x" then inner else value) ]
        return at, f, g
    }
    |> Arb.fromGen

[<Fact>]
let ``the derivative of a sum is the sum of the derivatives`` () =
    Points.check 1000 pairs (fun (at, f, g) ->
        let df, dg = (derivative at f).Tangent, (derivative at g).Tangent
        close Rounding ((derivative at (2.0 * f - 3.0 * g)).Tangent) (2.0 * df - 3.0 * dg))

[<Fact>]
let ``the product and the quotient rule`` () =
    Points.check 1000 pairs (fun (at, f, g) ->
        let f', g' = derivative at f, derivative at g
        let product = f'.Tangent * g'.Value + f'.Value * g'.Tangent
        let quotient = (f'.Tangent * g'.Value - f'.Value * g'.Tangent) / (g'.Value * g'.Value)

        close Rounding (derivative at (f * g)).Tangent product
        && (abs g'.Value < 0.1 || close Rounding (derivative at (f / g)).Tangent quotient))

[<Fact>]
let ``the chain rule`` () =
    Points.check 1000 chains (fun (at, f, g) ->
        let inner = derivative at g
        let moved = [ for name, value in at -> name, (if name = "x" then inner.Value else value) ]
        let composed = f |> Graph.fold Const (fun name -> if name = "x" then g else Var name) (fun op args -> Apply(op, args))

        // f may mention y and z, but they do not move with x
        close Rounding (derivative at composed).Tangent ((derivative moved f).Tangent * inner.Tangent))

[<Fact>]
let ``an expression without the variable has derivative 0`` () =
    Points.check 300 cases (fun case ->
        let others = case.At |> List.filter (fun (name, _) -> not (List.contains name (Graph.variables case.Expression)))

        others
        |> List.forall (fun (name, _) ->
            match Differentiate.derivative name case.Expression with
            | Const 0.0 -> true
            | _ -> false))

[<Fact>]
let ``the gradient of a sum of squares of all variables is twice the point`` () =
    Points.check 100 (Arb.fromGen points) (fun at ->
        let sum = at |> List.map (fun (name, _) -> Var name ** 2.0) |> List.reduce (+)
        snd (Reverse.gradient Number.floats (List.map fst at) (Number.bind at) sum) = [ for _, value in at -> 2.0 * value ])

/// f and g with f(g(x)) = x in the domain of g.
let private inverses =
    [
        Exp, Log
        Log, Exp
        Expm1, Log1p
        Log1p, Expm1
        Sin, Asin
        Cos, Acos
        Tan, Atan
        Sinh, Asinh
        Asinh, Sinh
        Cosh, Acosh
        Tanh, Atanh
        Neg, Neg
    ]

[<Fact>]
let ``inverse functions have inverse slopes`` () =
    for f, g in inverses do
        let roundTrip = f.Of(g.Of(Var "x"))
        let back = Differentiate.derivative "x" roundTrip

        Points.check 200 (Points.ofRule (Rules.rule g)) (fun point ->
            let at = List.zip [ "x" ] point
            let forward = derivative at roundTrip

            close Rounding forward.Value point.Head
            && close Rounding forward.Tangent 1.0
            && close Rounding (Number.evaluate Number.floats (Number.bind at) back) 1.0
            || failwith $"%A{f} of %A{g} at {point}")

[<Fact>]
let ``mixed second derivatives are the same expression's value in either order`` () =
    Points.check 300 cases (fun case ->
        let twice first second = case.Expression |> Differentiate.derivative first |> Differentiate.derivative second |> case.Value
        close Rounding (twice "x" "y") (twice "y" "x"))
