/// Derivatives of every shape agree with closed forms, with nested duals and with the laws of vector calculus.
module Zautograd.Tests.CalculusTests

open System
open Swensen.Unquote
open Xunit
open Zautograd
open Zautograd.Calculus

let private x, y, z = Var "x", Var "y", Var "z"
let private zero, one = Const 0.0, Const 1.0
let private evaluate at e = Number.evaluate Number.floats (Number.bind at) e

/// Symbolic and numeric derivatives do the same sums in another order.
let close (p: float) (q: float) = p = q || abs (p - q) <= 1e-9 * (1.0 + abs p + abs q)

let private mustBeClose (what: string) (expected: float) (actual: float) =
    if not (close expected actual) then failwith $"{what}: expected {expected}, was {actual}"

/// A random smooth expression in some variables, defined for values between 0.5 and 2; nodes are shared on purpose.
let smooth (random: Random) (variables: string list) (operations: int) : Expr =
    let known = ResizeArray<Expr>(variables |> List.map Var)
    let pick () = known[random.Next known.Count]

    for _ in 1..operations do
        let a, b = pick (), pick ()

        known.Add(
            match random.Next 14 with
            | 0 -> a + b
            | 1 -> a - b
            | 2 -> a * b
            | 3 -> a / (1.0 + b ** 2.0)
            | 4 -> sin a
            | 5 -> cos (a * b)
            | 6 -> exp (-(a ** 2.0))
            | 7 -> log (1.0 + a ** 2.0)
            | 8 -> sqrt (2.0 + sin a)
            | 9 -> Tanh.Of(a + b)
            | 10 -> Atan2.Of(a, 1.5 + cos b)
            | 11 -> -(a ** 3.0) / 4.0
            | 12 -> (Select Less).Of(x, Const 5.0, a * cos b, b)
            | _ -> Const(float (random.Next(1, 9)) / 4.0) * a
        )

    known[known.Count - 1]

/// Points at which such expressions are evaluated.
let somewhere (random: Random) (variables: string list) = variables |> List.map (fun name -> name, 0.5 + 1.5 * random.NextDouble())

// d/dp d/dq by duals of duals of floats: no simplification, no symbolic step
let private nested p q (at: (string * float) list) e =
    let inner: Number<Tangent<float>> = Forward.duals Number.floats

    let variable name : Tangent<float> = { Value = Number.bind at name; Tangent = (if name = q then 1.0 else 0.0) }

    (Forward.derivative inner p variable e).Tangent.Tangent

let private names = [ "x"; "y"; "z" ]

let private each count (check: Random -> Expr -> (string * float) list -> unit) =
    for seed in 1..count do
        let random = Random seed
        check random (smooth random names 6) (somewhere random names)

// ---- examples of the documentation

[<Fact>]
let ``the examples of the documentation`` () =
    let texts = List.map string

    test <@ string (nth 3 "x" (x ** 5.0)) = "60*x^2" @>
    test <@ string (mixed [ "x"; "y" ] (x ** 2.0 * y ** 3.0)) = "6*x*y^2" @>
    test <@ texts (gradient [ "x"; "y" ] (x * y)) = [ "y"; "x" ] @>
    test <@ string (directional [ "x", Const 3.0; "y", Const 4.0 ] (x * y)) = "4*x + 3*y" @>
    test <@ jacobian [ "x"; "y" ] [ x * y; x + y ] |> List.map texts = [ [ "y"; "x" ]; [ "1"; "1" ] ] @>
    test <@ hessian [ "x"; "y" ] (x * y) |> List.map texts = [ [ "0"; "1" ]; [ "1"; "0" ] ] @>
    test <@ string (divergence [ "x"; "y" ] [ x ** 2.0; x * y ]) = "3*x" @>
    test <@ texts (curl [ "x"; "y"; "z" ] [ -y; x; zero ]) = [ "0"; "0"; "2" ] @>
    test <@ texts (curl [ "x"; "y" ] [ -y; x ]) = [ "2" ] @>
    test <@ string (laplacian [ "x"; "y" ] (x ** 2.0 + y ** 3.0)) = "6*y + 2" @>
    test <@ string (taylor "x" zero 2 (exp x)) = "1 + x + x^2/2" @>
    test <@ string (substitute [ "x", y; "y", x ] (x - 2.0 * y)) = "y - 2*x" @>

    let sparse = hessianSparse names (x * y + z ** 2.0) |> List.map (fun entry -> entry.Row, entry.Column, string entry.Value)

    test <@ sparse = [ 0, 1, "1"; 1, 0, "1"; 2, 2, "2" ] @>

// ---- against duals

[<Fact>]
let ``second and mixed derivatives equal those of nested duals`` () =
    each 40 (fun _ e at ->
        for p in names do
            for q in names do
                mustBeClose $"d/d{p} d/d{q} of {e}" (nested p q at e) (evaluate at (mixed [ p; q ] e))

        mustBeClose $"second derivative of {e}" (nested "x" "x" at e) (evaluate at (nth 2 "x" e)))

[<Fact>]
let ``the 0-th derivative is the expression, and the n-th is the derivative of the one before`` () =
    each 10 (fun _ e at ->
        mustBeClose $"{e}" (evaluate at e) (evaluate at (nth 0 "x" e))
        mustBeClose $"{e}" (evaluate at (Differentiate.derivative "x" (nth 2 "x" e))) (evaluate at (nth 3 "x" e)))

/// From mpmath's taylor with 60 digits, at the double 0.3, times n!.
let private highDerivatives =
    [
        exp (sin x), [ 10, -4791.035346366285574824704; 20, -188107601039.9614611505225; 40, -6.449289715694335305987921e+30 ]
        asin x, [ 10, 1391898.255478000747003276; 20, 11543627479158626292.16008; 40, 1.703022386193962418708646e+51 ]
        x ** x, [ 10, 2399631817.234037177591509; 20, 6.107180799781837085799249e+25; 40, 1.372575378206733590654266e+65 ]
        tan x, [ 10, 256279.0362516245880708989; 20, 15863556541826074.11541018; 40, 4.410938750293800399438456e+43 ]
    ]

[<Fact>]
let ``derivatives of order 40 are right, and do not swell`` () =
    for e, orders in highDerivatives do
        for order, expected in orders do
            let found = nth order "x" e
            let value = evaluate [ "x", 0.3 ] found
            Assert.True(abs (value / expected - 1.0) < 1e-11, $"order {order} of {e}: {value}, not {expected}")
            // a coefficient of a series takes a few sums of as many terms as its order
            Assert.True(Graph.size found < 30 * order * order, $"order {order} of {e} has {Graph.size found} nodes")

[<Fact>]
let ``the derivative along a direction is the tangent seeded with it`` () =
    each 40 (fun _ e at ->
        let direction = [ "x", sin y; "z", Const -2.0 ]

        let seed name : Tangent<float> =
            {
                Value = Number.bind at name
                Tangent = direction |> List.tryFind (fst >> (=) name) |> Option.map (snd >> evaluate at) |> Option.defaultValue 0.0
            }

        mustBeClose $"{e}" (Forward.directional Number.floats seed e).Tangent (evaluate at (directional direction e)))

[<Theory; InlineData(1); InlineData(5)>]
let ``a Jacobian, wide or tall, has the tangents as its entries`` rows =
    for seed in 1..20 do
        let random = Random seed
        let components = [ for _ in 1..rows -> smooth random names 5 ]
        let at = somewhere random names
        let found = jacobian names components
        test <@ found.Length = rows && found |> List.forall (fun row -> row.Length = 3) @>

        for row, component' in List.zip found components do
            for entry, name in List.zip row names do
                mustBeClose
                    $"d/d{name} {component'}"
                    (Forward.derivative Number.floats name (Number.bind at) component').Tangent
                    (evaluate at entry)

[<Fact>]
let ``the Hessian equals that of nested duals, and its halves are the same expressions`` () =
    each 30 (fun _ e at ->
        let found = hessian names e

        for i, p in List.indexed names do
            for j, q in List.indexed names do
                mustBeClose $"d/d{p} d/d{q} {e}" (nested p q at e) (evaluate at (found[i][j]))

        let entries = hessianSparse names e
        let mirrored = [ for entry in entries -> entries |> List.find (fun other -> other.Row = entry.Column && other.Column = entry.Row) ]
        test <@ List.forall2 (fun (a: Entry) (b: Entry) -> obj.ReferenceEquals(a.Value, b.Value)) entries mirrored @>)

[<Fact>]
let ``the rows of a Jacobian share their terms`` () =
    let heavy = exp (x * y)
    let rows = jacobian [ "x"; "y" ] [ heavy * x; heavy * y ]

    let exponentials =
        Graph.nodesOf (List.concat rows)
        |> List.filter (function
            | Apply(Exp, _) -> true
            | _ -> false)

    test <@ exponentials.Length = 1 @>

[<Fact>]
let ``the Hessian of Rosenbrock in 100 variables has 298 entries, on three diagonals`` () =
    let variables = [ for i in 1..100 -> $"x{i}" ]
    let at = variables |> List.mapi (fun i name -> name, 0.01 * float i)
    let value i = 0.01 * float i

    let rosenbrock =
        variables
        |> List.map Var
        |> List.pairwise
        |> List.map (fun (p, q) -> 100.0 * (q - p ** 2.0) ** 2.0 + (1.0 - p) ** 2.0)
        |> List.reduce (+)

    let entries = hessianSparse variables rosenbrock
    test <@ entries.Length = 298 @>

    for entry in entries do
        let expected =
            match entry.Column - entry.Row with
            | 0 ->
                (if entry.Row < 99 then 1200.0 * value entry.Row ** 2.0 - 400.0 * value (entry.Row + 1) + 2.0 else 0.0)
                + (if entry.Row > 0 then 200.0 else 0.0)
            | 1
            | -1 -> -400.0 * value (min entry.Row entry.Column)
            | _ -> failwith $"an entry off the diagonals: {entry.Row}, {entry.Column}"

        mustBeClose $"entry {entry.Row}, {entry.Column}" expected (evaluate at entry.Value)

// ---- laws

[<Fact>]
let ``the curl of a gradient is 0, the divergence of a curl is 0, the Laplacian is the trace of the Hessian`` () =
    each 30 (fun random e at ->
        for component' in curl names (gradient names e) do
            mustBeClose $"curl grad of {e}" 0.0 (evaluate at component')

        let field = e :: [ for _ in 1..2 -> smooth random names 5 ]
        mustBeClose $"div curl of {field}" 0.0 (evaluate at (divergence names (curl names field)))

        let trace = hessian names e |> List.mapi (fun i row -> evaluate at (row[i])) |> List.sum
        mustBeClose $"Laplacian of {e}" trace (evaluate at (laplacian names e)))

[<Fact>]
let ``a harmonic function has Laplacian 0, as text`` () = test <@ string (laplacian [ "x"; "y" ] (x ** 3.0 - 3.0 * x * y ** 2.0)) = "0" @>

[<Fact>]
let ``the derivative of a substituted expression is the chain rule`` () =
    each 30 (fun random f at ->
        let g = smooth random [ "x"; "y" ] 4
        let whole = substitute [ "z", g ] f
        let at = at |> List.map (fun (name, value) -> name, (if name = "z" then evaluate at g else value))
        let slope name e = evaluate at (Differentiate.derivative name e)
        mustBeClose $"value of {f}" (evaluate at f) (evaluate at whole)
        mustBeClose $"{f} with z = {g}" (slope "x" f + slope "z" f * slope "x" g) (slope "x" whole))

[<Fact>]
let ``substitution is simultaneous and keeps what does not change`` () =
    let kept = sin y
    let result = substitute [ "x", y; "z", x ] (kept + x * z)
    test <@ string result = "sin(y) + y*x" @>
    test <@ Graph.nodes result |> List.exists (fun node -> obj.ReferenceEquals(node, kept)) @>

// ---- Taylor

let private row wrt around order e = Taylor.coefficients wrt around order e |> List.map string

[<Fact>]
let ``Taylor coefficients are exact where they are rational`` () =
    test <@ row "x" zero 5 (exp x) = [ "1"; "1"; "1/2"; "1/6"; "1/24"; "1/120" ] @>
    test <@ row "x" zero 5 (sin x) = [ "0"; "1"; "0"; "-1/6"; "0"; "1/120" ] @>
    test <@ row "x" one 4 (log x) = [ "0"; "1"; "-1/2"; "1/3"; "-1/4" ] @>
    test <@ row "x" zero 5 (tan x) = [ "0"; "1"; "0"; "1/3"; "0"; "2/15" ] @>
    test <@ row "x" zero 4 ((1.0 + x) ** 0.5) = [ "1"; "1/2"; "-1/8"; "1/16"; "-5/128" ] @>
    test <@ row "x" zero 3 (Sigmoid.Of x) = [ "1/2"; "1/4"; "0"; "-1/48" ] @>
    test <@ row "x" one 2 (exp x) = [ "exp(1)"; "exp(1)"; "exp(1)/2" ] @>
    test <@ row "x" y 2 (sin x) = [ "sin(y)"; "cos(y)"; "-sin(y)/2" ] @>
    test <@ List.last (row "x" zero 18 (exp x)) = "1/6402373705728000" @>
    test <@ List.last (row "x" zero 10 (exp (sin x))) = "-2951/3628800" @>

[<Fact>]
let ``a Taylor polynomial is written in powers of x - x0`` () =
    test <@ string (taylor "x" one 3 (log x)) = "x - 1 - (x - 1)^2/2 + (x - 1)^3/3" @>
    test <@ string (taylor "x" (Const 2.0) 3 (x ** 3.0)) = "8 + 12*(x - 2) + 6*(x - 2)^2 + (x - 2)^3" @>
    test <@ string (taylor "x" zero 3 (-(sin x))) = "-x + x^3/6" @>
    test <@ string (taylor "x" zero 3 y) = "y" @>
    test <@ string (taylor "x" zero 0 (x * y)) = "0" @>

[<Fact>]
let ``Taylor coefficients are the derivatives over the factorials, for every smooth expression and every row`` () =
    let mustAgree e (at: (string * float) list) =
        let point = Number.bind at "x"
        let symbolic = Taylor.coefficients "x" (Const point) 4 e |> List.map (evaluate at)
        let numeric = Series.expand Number.floats 4 "x" point (Number.bind at) e

        for k, factorial in List.indexed [ 1.0; 1.0; 2.0; 6.0; 24.0 ] do
            let expected = evaluate at (nth k "x" e) / factorial
            mustBeClose $"coefficient {k} of {e} around {point}" expected symbolic[k]
            mustBeClose $"coefficient {k} of {e} around {point}, in floats" expected numeric[k]

    each 20 (fun _ e at -> mustAgree e at)

    // inside every row's domain and off its kinks
    for rule in Rules.all do
        let shift = if (fst rule.Domain.Head) = 1.0 then 1.5 else 0.0
        let args = [ shift + 0.3 * x; 0.9 + 0.1 * x; 1.7 * x; x ** 2.0 ] |> List.truncate rule.Arity
        mustAgree (Apply(rule.Op, args)) [ "x", 0.8 ]

let private messageOf (action: unit -> 'a) =
    match
        (try
            action () |> ignore
            None
         with :? ArgumentException as refused ->
             Some refused.Message)
    with
    | Some message -> message
    | None -> failwith "nothing was refused"

[<Fact>]
let ``Taylor at a kink, a jump or a pole is refused by the operation's name, beside it is not`` () =
    let kinks =
        [
            "abs", Abs.Of x
            "sqrt", sqrt x
            "cbrt", Cbrt.Of x
            "log", log x
            "div", 1.0 / x
            "relu", Relu.Of(2.0 * x)
            "floor", floor x
            "max", Max.Of(x, -x)
            "hypot", Hypot.Of(x, x)
            "less", (Select Less).Of(x, zero, x, x * x)
            "pow", x ** 2.5
            "pow", (x * x) ** 1.5 // the cube of |x|
        ]

    for name, e in kinks do
        let message = messageOf (fun () -> taylor "x" zero 3 e)
        test <@ message.Contains $"'{name}'" && message.Contains "x = 0" @>
        test <@ (Taylor.coefficients "x" (Const 0.5) 3 e).Length = 4 @>

    test <@ row "x" zero 2 (x ** 2.5) = [ "0"; "0"; "0" ] @>

[<Fact>]
let ``Taylor does not look at the branch that is not taken`` () =
    let e = (Select Less).Of(x, one, x ** 2.0, Abs.Of x + log x)
    test <@ string (taylor "x" zero 4 e) = "x^2" @>

[<Fact>]
let ``a chain of 20000 operations has a Taylor polynomial and can be substituted into`` () =
    let chain = (x, [ 1..20000 ]) ||> List.fold (fun e _ -> sin e + y)
    let numbers = Series.expand Number.floats 2 "x" 0.3 (fun _ -> 0.1) chain
    test <@ List.forall Double.IsFinite numbers @>
    test <@ Graph.variables (substitute [ "x", z ] chain) = [ "z"; "y" ] @>

// ---- implicit functions

[<Fact>]
let ``circle, ellipse, sphere and folium, implicitly`` () =
    test <@ string (Implicit.derivative "y" "x" (x ** 2.0 + y ** 2.0 - 1.0)) = "-x/y" @>
    test <@ string (Implicit.nth 2 "y" "x" (x ** 2.0 + y ** 2.0 - 1.0)) = "-x^2/y^3 - 1/y" @>
    test <@ string (Implicit.derivative "y" "x" (x ** 2.0 / 4.0 + y ** 2.0 / 9.0 - 1.0)) = "-9*x/(4*y)" @>
    let sphere = x ** 2.0 + y ** 2.0 + z ** 2.0 - 1.0
    test <@ Implicit.gradient "z" [ "x"; "y" ] sphere |> List.map string = [ "-x/z"; "-y/z" ] @>

    // the folium of Descartes at its tip (3/2, 3/2): slope -1, second derivative -32/3
    let folium = x ** 3.0 + y ** 3.0 - 3.0 * x * y
    let tip = [ "x", 1.5; "y", 1.5 ]
    mustBeClose "folium" -1.0 (evaluate tip (Implicit.derivative "y" "x" folium))
    mustBeClose "folium, twice" (-32.0 / 3.0) (evaluate tip (Implicit.nth 2 "y" "x" folium))

[<Fact>]
let ``implicit derivatives are those of the explicit solution`` () =
    // exp(y) = 1 + x^2 is solved by y = log(1 + x^2)
    let solution = log (1.0 + x ** 2.0)

    for order in 1..4 do
        let found = Implicit.nth order "y" "x" (exp y - 1.0 - x ** 2.0)
        let at = [ "x", 0.7; "y", log 1.49 ]
        mustBeClose $"order {order}" (evaluate at (nth order "x" solution)) (evaluate at found)

[<Fact>]
let ``a system of equations: polar coordinates`` () =
    let r, angle = Var "r", Var "angle"

    let found = Implicit.system [ "r"; "angle" ] [ "x"; "y" ] [ r * cos angle - x; r * sin angle - y ]

    let explicit = jacobian [ "x"; "y" ] [ Hypot.Of(x, y); Atan2.Of(y, x) ]
    let at = [ "x", 1.2; "y", 0.7; "r", sqrt (1.44 + 0.49); "angle", atan2 0.7 1.2 ]

    for expected, actual in List.zip (List.concat explicit) (List.concat found) do
        mustBeClose "polar" (evaluate at expected) (evaluate at actual)

[<Fact>]
let ``three linear equations are solved by their inverse matrix`` () =
    let u, v, w = Var "u", Var "v", Var "w"
    let found = Implicit.system [ "u"; "v"; "w" ] [ "x" ] [ 2.0 * u + v - x; v - 3.0 * w; u + w - 2.0 * x ]

    test <@ found |> List.map (List.map string) = [ [ "5" ]; [ "-9" ]; [ "-3" ] ] @>

// ---- what is refused, and what a kink gives

[<Fact>]
let ``what cannot be is refused by name`` () =
    let refusals =
        [
            "-1", (fun () -> nth -1 "x" x |> ignore)
            "-2", (fun () -> taylor "x" zero -2 x |> ignore)
            "'x'", (fun () -> taylor "x" (x + 1.0) 2 x |> ignore)
            "'x' is named twice", (fun () -> laplacian [ "x"; "x" ] x |> ignore)
            "'y' is named twice", (fun () -> substitute [ "y", x; "y", z ] x |> ignore)
            "2 component(s) for 3 variable(s): x, y, z", (fun () -> divergence names [ x; y ] |> ignore)
            "1 component(s)", (fun () -> curl names [ x ] |> ignore)
            "there are 1", (fun () -> curl [ "x" ] [ x ] |> ignore)
            "'q' does not occur", (fun () -> Implicit.derivative "q" "x" (x + y) |> ignore)
            "with respect to 'y' is 0", (fun () -> Implicit.derivative "y" "x" (x + y - y) |> ignore)
            "'y' cannot be a function of itself", (fun () -> Implicit.derivative "y" "y" (x + y) |> ignore)
            "is 0", (fun () -> Implicit.nth 0 "y" "x" (x + y) |> ignore)
            "determinant", (fun () -> Implicit.system [ "y"; "z" ] [ "x" ] [ x + y + z; 2.0 * (y + z) ] |> ignore)
            "1 equation(s) for 2", (fun () -> Implicit.system [ "y"; "z" ] [ "x" ] [ x ] |> ignore)
        ]

    for expected, action in refusals do
        let message = messageOf action
        test <@ message.Contains expected @>

[<Fact>]
let ``the second derivative does not see the impulse at a kink`` () =
    let second = nth 2 "x" (Abs.Of x)
    test <@ string second = "0" @>
    test <@ evaluate [ "x", 0.0 ] (nth 1 "x" (Abs.Of x)) = 0.0 @>
