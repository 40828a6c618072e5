/// Every law keeps the value; simplifying is idempotent, never grows, ends, and reads as a person writes.
module Zautograd.Tests.SimplifyLawTests

open System
open Swensen.Unquote
open Xunit
open Zautograd

let private x, y, z, n = Var "x", Var "y", Var "z", Var "n"
let private text (e: Expr) = string (Simplify.simplify e)
let private isFinite (v: float) = not (Double.IsNaN v || Double.IsInfinity v)

/// Few of them at a time: what fails is to be read.
let private none found = found |> List.truncate 5 =! []

let private differences pairs = pairs |> List.filter (fun (actual: string, expected) -> actual <> expected) |> none

// ---- the table

let private samples = [ -3.0; -2.0; -1.0; -0.5; 0.0; 0.5; 1.0; 2.0; 3.0; 4.0 ]

let private inside (random: Random) (low: float, high: float) =
    let low, high = max low -2.0, min high 2.5
    low + (0.05 + 0.9 * random.NextDouble()) * (high - low)

/// The law with numbers for k and j, and with u as a variable and as an expression whose value lies in the domain.
let private instances (random: Random) (law: Laws.Law) =
    [
        for k in samples do
            for j in samples do
                if law.Constants.Allow k j then
                    let u, v, w = inside random law.Domain, inside random (-2.0, 2.0), inside random (-2.0, 2.0)

                    for e in [ Var "u"; Var "x" * Var "y" + Const(u - 0.75) ] do
                        let variable name =
                            match name with
                            | "u" -> e
                            | "k" -> Const k
                            | "j" -> Const j
                            | other -> Var other

                        let write = Graph.fold Const variable (fun op args -> Apply(op, args))
                        let at = [ "u", u; "v", v; "w", w; "x", 1.5; "y", 0.5 ]
                        write law.Left, write law.Right, Number.evaluate Number.floats (Number.bind at)
    ]
    |> List.truncate 60

let private close p q = Double.IsNaN p || p = q || abs (p - q) <= 1e-10 * (1.0 + abs p + abs q)

[<Fact>]
let ``every law keeps the value on its domain`` () =
    let random = Random 1

    none
        [
            for law in Laws.all do
                for left, right, value in instances random law do
                    if not (close (value left) (value right)) then law.Name, value left, value right
        ]

[<Fact>]
let ``every law is one that the simplifier knows`` () =
    let random = Random 2

    none
        [
            for law in Laws.all |> List.filter (fun law -> not law.Grows) do
                for left, right, _ in
                    instances random law |> List.filter (fun (left, _, _) -> not (List.contains "x" (Graph.variables left))) do
                    let size e = Graph.size (Simplify.simplify e)
                    if text left <> text right && size left > size right then law.Name, text left, text right
        ]

[<Fact>]
let ``no law is listed twice`` () = Laws.all |> List.countBy _.Name |> List.filter (fun (_, count) -> count > 1) |> none

// ---- random expressions, all operations, all kinds of numbers

let private numbers = [ 0.0; 1.0; 2.0; -1.0; 3.0; 0.5; 0.1; 0.2; 1e300; -2.0; 1.0 / 3.0; nan; infinity; -0.0 ]

let private randomExpression (random: Random) size =
    let pool = ResizeArray([ x; y; z ] @ List.map Const numbers)
    let ops = [| for rule in Rules.all |> List.filter (fun rule -> rule.Op <> Rem) -> rule.Op |]
    let common = [| Add; Sub; Mul; Div; Neg; Pow |]

    for _ in 1..size do
        let op = if random.Next 2 = 0 then common[random.Next common.Length] else ops[random.Next ops.Length]

        // late nodes are likelier, so that expressions are deep, and shared
        let pick () = if random.Next 3 = 0 then pool[random.Next pool.Count] else pool[pool.Count - 1 - random.Next 4]

        pool.Add(Apply(op, List.init (Rules.rule op).Arity (fun _ -> pick ())))

    pool[pool.Count - 1]

let private expressions seed count =
    let random = Random seed
    [ for _ in 1..count -> randomExpression random (1 + random.Next 14) ]

[<Fact>]
let ``twice is once, and never more nodes`` () =
    none
        [
            for e in expressions 1 4000 do
                let once = Simplify.simplify e
                let twice = Simplify.simplify once

                if string twice <> string once || Graph.size twice <> Graph.size once || Graph.size once > Graph.size e then
                    string e, string once, string twice
        ]

[<Fact>]
let ``what one table has settled does not change in another`` () =
    none
        [
            for e in expressions 2 3000 do
                let once = (Simplify.symbols ()).Tidy [ e ]
                let twice = (Simplify.symbols ()).Tidy once
                if string twice.Head <> string once.Head then string e, string once.Head, string twice.Head
        ]

[<Fact>]
let ``a derivative has no simpler form`` () =
    none
        [
            for e in expressions 3 1000 do
                let derivative = Differentiate.derivative "x" e
                if text derivative <> string derivative then string e, string derivative, text derivative
        ]

let private at point = Number.bind [ "x", point; "y", 1.3 - point; "z", 0.4 + point * point ]

/// The value, and what rounding may change in it: every node's share, its size times its adjoint. `None` where that is everything,
/// and where a NaN is on the way.
let private judged e point =
    try
        let found = Reverse.adjoints Number.floats (at point) e

        let error =
            Seq.sum
                [
                    for entry in found.Adjoints do
                        if entry.Value <> 0.0 then abs (entry.Value * found.Values[entry.Key])
                ]

        let isProper = isFinite found.Value && error <= 1e10 * abs found.Value && Seq.forall (Double.IsNaN >> not) found.Values.Values
        if isProper then Some(found.Value, error) else None
    with :? ArgumentException ->
        None

[<Fact>]
let ``simplifying keeps the value of any expression`` () =
    none
        [
            for e in expressions 4 6000 do
                let simple = Simplify.simplify e

                for point in [ 0.7; 1.9; -0.6 ] do
                    match judged e point with
                    | None -> ()
                    | Some(before, error) ->
                        let after = Number.evaluate Number.floats (at point) simple

                        if not (abs (after - before) <= 1e-12 * abs before + 1e-13 * error) then
                            string e, string simple, point, before, after
        ]

// ---- what it says

[<Fact>]
let ``simplified expressions read as a person writes them`` () =
    differences
        [
            text (sin x ** 2.0 + y + cos x ** 2.0), "y + 1"
            text (3.0 * sin x ** 2.0 * y + 3.0 * y * cos x ** 2.0), "3*y"
            text (1.0 - sin x ** 2.0), "cos(x)^2"
            text (cosh x ** 2.0 - 1.0), "sinh(x)^2"
            text (log (exp x)), "x"
            text (sqrt (x ** 2.0)), "abs(x)"
            text (Const 0.1 + Const 0.2), "0.1 + 0.2"
            text (Const 0.1 * Const 0.1 + x), "x + 0.1*0.1"
            text (Const 0.1 * Const 0.3 + x), "x + 0.3*0.1"
            text (Const 1.0 / Const 3.0 * Const 3.0), "1"
            text (Const 2.0 ** 0.5), "2^0.5"
            text (0.0 * x), "0"
            text (Const infinity - Const infinity), "Infinity - Infinity"
            text (x * infinity / infinity), "Infinity*x/Infinity"
            text (Const 0.0 / Const 0.0), "0/0"
            text (exp (Const 1e-20)), "exp(1E-20)"
            text (cos (-x - y)), "cos(x + y)"
            text ((-x) ** -2.0), "x^(-2)"
            text (x + y + z - y), "x + z"
            text (-(x - y)), "y - x"
            text (0.5 * x + x / 2.0), "x"
            text (2.0 * (x + y) - x), "x + 2*y"
            text (y * 2.0 * x * 3.0 + 1.0 + x ** 2.0 + x), "x^2 + 6*x*y + x + 1"
            text (x ** 0.5 * x ** 0.5), "x"
            text (x * x ** (n - 1.0)), "x^n"
            text (x ** n * y * x ** 2.0), "y*x^(n + 2)"
            text (x ** n * x), "x*x^n"
            text (x ** 0.3 * x ** 0.7), "x^0.3*x^0.7"
            text (x ** (Const 1.0 / Const 3.0) * x ** (Const 2.0 / Const 3.0)), "x"
            text (x ** y * z * x ** -y), "z"
            text (sin x / cos x), "tan(x)"
            text (y * sin x ** 3.0 / cos x ** 2.0), "y*sin(x)*tan(x)^2"
            text (cos x * (y * tan x)), "y*sin(x)"
            text (Const Math.E ** x), "exp(x)"
            text (x / sqrt x), "sqrt(x)"
            text (Const -2.0 * Const 0.0), "-0"
            text (Const 0.0 / Const -3.0), "-0"
            text (Const -0.0 - Const 0.0), "-0"
            text (Const 0.0 - Const 0.0), "0"
            text (-x * 0.0), "0"
            text (1e16 * x + x - 1e16 * x), "x"
            // what is exact comes first, or the 1 would be gone
            text (-1.0 + Const 0.1 - (x - 1e300 - (x - 1e300))), "0.1 - 1"
            text (Var "x10" + Var "x2" + Var "x1"), "x1 + x2 + x10"
        ]

[<Fact>]
let ``derivative and gradient read the same, as a person writes them`` () =
    let f = log x + x * y - sin y
    let g = (x ** 2.0 + 4.0) * y - x / y

    [
        f, "x", "1/x + y"
        f, "y", "x - cos(y)"
        g, "x", "2*x*y - 1/y"
        g, "y", "x^2 + 4 + x/y^2"
        x ** 3.0, "x", "3*x^2"
        x ** n, "x", "n*x^(n - 1)"
        x ** -2.0, "x", "-2/x^3"
        sqrt x, "x", "1/(2*sqrt(x))"
        sqrt (x ** 2.0), "x", "sign(x)"
        sqrt ((x * y) ** 2.0), "x", "y*sign(x*y)"
        log (abs x), "x", "1/x"
        x * sqrt x, "x", "3*sqrt(x)/2"
        Const Math.E ** x, "x", "exp(x)"
        x ** (Const 1.0 / Const 3.0), "x", "x^(-2/3)/3"
        x * x ** n, "x", "n*x^n + x^n"
        Min.Of(log y / x, 3.0 * x), "x", "if log(y)/x < 3*x then -log(y)/x^2 else if 3*x < log(y)/x then 3 else 1.5 - 0.5*log(y)/x^2"
        Max.Of(x ** 2.0, x * y), "x", "if x*y < x^2 then 2*x else if x^2 < x*y then y else x + 0.5*y"
        exp -(x ** 2.0), "x", "-2*x*exp(-x^2)"
        tanh (x * y), "x", "y/cosh(x*y)^2"
        atan2 x y, "x", "y/(x^2 + y^2)"
        sin x * cos x, "x", "cos(x)^2 - sin(x)^2"
        log (sqrt (x ** 2.0 + y ** 2.0)), "x", "x/(x^2 + y^2)"
        1.0 / (1.0 + exp -x), "x", "exp(-x)/(1 + exp(-x))^2"
        Max.Of(x, y), "x", "if y < x then 1 else if x < y then 0 else 0.5"
        (Select Less).Of(x, Const 0.0, log -x, x * y), "x", "if x < 0 then 1/x else y"
    ]
    |> List.collect (fun (e, wrt, expected) ->
        [ string (Differentiate.derivative wrt e), expected; string (Differentiate.gradient [ wrt ] e).Head, expected ])
    |> differences

// ---- how much

[<Fact>]
let ``the Hessian of Rosenbrock in 100 variables has three entries in a row`` () =
    let bananas = [ for i in 1..99 -> 100.0 * (Var $"x{i + 1}" - Var $"x{i}" ** 2.0) ** 2.0 + (1.0 - Var $"x{i}") ** 2.0 ]
    let rows = Differentiate.hessianRows (Simplify.symbols ()) (List.reduce (+) bananas)
    List.sumBy (snd >> List.length) rows =! 298
    let middle = rows |> List.find (fst >> (=) "x50") |> snd |> List.map (fun (name, e) -> name, string e) |> List.sort
    middle =! [ "x49", "-400*x49"; "x50", "1200*x50^2 - 400*x51 + 202"; "x51", "-400*x50" ]

[<Fact>]
let ``large graphs take their time and no stack`` () =
    let deep count f = Seq.fold (fun e _ -> f e) x (seq { 1..count })
    let size (e: Expr) = Graph.size (Simplify.simplify e)
    let slope (e: Expr) = Graph.size (Differentiate.derivative "x" e)
    let sums = [ for i in 1..10_000 -> float (i % 7) * Var $"v{i % 100}" ] |> List.reduce (+)
    let found = [ size sums; size (deep 60 (fun e -> e * e)); size (deep 100_000 (fun e -> sin -e)) ]
    test <@ found[0] < 400 && found[1] <= 3 && found[2] <= 200_001 @>
    // the last is piecewise in piecewise, and so are its slopes
    // coefficients beyond what doubles count by ones are rounded: kept apart, they would double at every order
    let orders = [ for e in [ tan x; exp -(x ** 2.0) ] -> Graph.size (Calculus.nth 40 "x" e) ]
    test <@ List.max orders < 400 @>
    let slopes = [ slope (deep 60 (fun e -> e * e + y)); slope (deep 20_000 sin); slope (deep 1000 (fun e -> Relu.Of(2.0 * e))) ]
    test <@ slopes[0] < 400 && slopes[1] <= 60_000 && slopes[2] < 30_000 @>

[<Fact>]
let ``two squares of which one becomes the other's base lose nothing`` () =
    for u in [ abs (Var "x"); Hypot.Of(Var "x", Const 3.0) ] do
        let product = sqrt u * u
        let value e = Number.evaluate Number.floats (fun _ -> 2.0) e
        test <@ abs (value (Simplify.simplify (product * product)) - value u ** 3.0) < 1e-12 * value u ** 3.0 @>
