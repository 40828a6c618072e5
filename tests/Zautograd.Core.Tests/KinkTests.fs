/// One policy at kinks and edges, on every path: a table of points and the slopes expected there.
module Zautograd.Tests.KinkTests

open System
open Swensen.Unquote
open Xunit
open Zautograd

let private x, y = Var "x", Var "y"
let private less a b c d = (Select Less).Of(a, b, c, d)

/// What it shows, the expression, the point, and the derivatives with respect to the point's variables.
let private slopes: (string * Expr * Paths.Point * float list) list =
    [
        "abs at 0", abs x, [ "x", 0.0 ], [ 0.0 ]
        "relu at 0", Relu.Of x, [ "x", 0.0 ], [ 0.0 ]
        "sign at 0", Sign.Of x, [ "x", 0.0 ], [ 0.0 ]
        "sign elsewhere", Sign.Of x, [ "x", -2.0 ], [ 0.0 ]
        "floor at an integer", floor x, [ "x", 2.0 ], [ 0.0 ]
        "ceiling at an integer", ceil x, [ "x", 2.0 ], [ 0.0 ]
        "round at a half", round x, [ "x", 2.5 ], [ 0.0 ]
        "rem between its jumps", Rem.Of(x, y), [ "x", 7.5; "y", -2.0 ], [ 1.0; 3.0 ]
        "tied max", Max.Of(x, y), [ "x", 2.0; "y", 2.0 ], [ 0.5; 0.5 ]
        "tied min", Min.Of(x, y), [ "x", 2.0; "y", 2.0 ], [ 0.5; 0.5 ]
        "max tied with itself", Max.Of(x, x), [ "x", 2.0 ], [ 1.0 ]
        "max tied with a constant", Max.Of(x, Const 2.0), [ "x", 2.0 ], [ 0.5 ]
        "min tied with a constant", Min.Of(Const 2.0, x), [ "x", 2.0 ], [ 0.5 ]
        "clamp at its lower bound", Clamp.Of(x, Const -1.0, Const 3.0), [ "x", -1.0 ], [ 1.0 ]
        "clamp at its upper bound", Clamp.Of(x, Const -1.0, Const 3.0), [ "x", 3.0 ], [ 1.0 ]
        "clamp below", Clamp.Of(x, y, Const 3.0), [ "x", -1.0; "y", 0.0 ], [ 0.0; 1.0 ]
        "clamp above", Clamp.Of(x, Const -3.0, y), [ "x", 1.0; "y", 0.0 ], [ 0.0; 1.0 ]
        "sqrt at 0", sqrt x, [ "x", 0.0 ], [ infinity ]
        "cbrt at 0", Cbrt.Of x, [ "x", 0.0 ], [ infinity ]
        "hypot at (0, 0)", Hypot.Of(x, y), [ "x", 0.0; "y", 0.0 ], [ 0.0; 0.0 ]
        "hypot on an axis", Hypot.Of(x, y), [ "x", 0.0; "y", -2.0 ], [ 0.0; -1.0 ]
        "square at a negative base", x ** 2.0, [ "x", -3.0 ], [ -6.0 ]
        "cube at a negative base", x ** 3.0, [ "x", -2.0 ], [ 12.0 ]
        "1/x as a power", x ** -1.0, [ "x", -2.0 ], [ -0.25 ]
        "square at 0", x ** 2.0, [ "x", 0.0 ], [ 0.0 ]
        "x^0 at 0", x ** 0.0, [ "x", 0.0 ], [ 0.0 ]
        "x^0 elsewhere", x ** 0.0, [ "x", -3.0 ], [ 0.0 ]
        "x^1 at 0", x ** 1.0, [ "x", 0.0 ], [ 1.0 ]
        "x^1 at a negative base", x ** 1.0, [ "x", -3.0 ], [ 1.0 ]
        "x^0.5 at 0", x ** 0.5, [ "x", 0.0 ], [ infinity ]
        "2^x", Const 2.0 ** x, [ "x", 3.0 ], [ 8.0 * log 2.0 ]
        "0^x", Const 0.0 ** x, [ "x", 2.0 ], [ 0.0 ]
        "sqrt of a square at 0", sqrt (x ** 2.0), [ "x", 0.0 ], [ 0.0 ]
        "sqrt of a square of a product at 0", sqrt ((x * y) ** 2.0), [ "x", 0.0; "y", 2.0 ], [ 0.0; 0.0 ]
        "min, the other side without a slope", Min.Of(log y / x, 3.0 * x), [ "x", -2.0; "y", 0.0 ], [ 3.0; 0.0 ]
        "max, the other side without a slope", Max.Of(log y * x, 3.0 * x), [ "x", 2.0; "y", 0.0 ], [ 3.0; 0.0 ]
        "max in max, the outer side without a slope", Max.Of(x * log y, Max.Of(x, 3.0 * x)), [ "x", 2.0; "y", 0.0 ], [ 3.0; 0.0 ]
        "sqrt of a max below 0", sqrt (Max.Of(x, Const 0.0)), [ "x", -1.0 ], [ 0.0 ]
        "a root of 0 on an interval", (floor x * Log2.Of x) ** 0.5, [ "x", 0.5 ], [ 0.0 ]
        "another", (floor x * x) ** (1.0 / 3.0), [ "x", 0.5 ], [ 0.0 ]
        "a root of a product with relu", sqrt (Relu.Of x * exp x), [ "x", -1.0 ], [ 0.0 ]
        "log where floor is 0", floor x * sqrt y, [ "x", 0.5; "y", 0.0 ], [ 0.0; 0.0 ]
        "-2*0 is -0, and atan2 knows it", atan2 (Const -2.0 * Const 0.0) (Const -1.0) * x, [ "x", 1.0 ], [ -Math.PI ]
        "0*(-3) is -0, too", atan2 (Const 0.0 * Const -3.0) (Const -1.0) * x, [ "x", 1.0 ], [ -Math.PI ]
        "0^2, both moving", x ** y, [ "x", 0.0; "y", 2.0 ], [ 0.0; 0.0 ]
        "1^y, both moving", x ** y, [ "x", 1.0; "y", 3.0 ], [ 3.0; 0.0 ]
        "log in a branch not taken", less x (Const 0.0) (log -x) x, [ "x", 2.0 ], [ 1.0 ]
        "log in the branch taken", less x (Const 0.0) (log -x) x, [ "x", -2.0 ], [ -0.5 ]
        "sqrt in a branch not taken", less (Const 0.0) x (sqrt x) (Const 0.0), [ "x", 0.0 ], [ 0.0 ]
        "x*log x, its limit by hand", (Select Equal).Of(x, Const 0.0, Const 0.0, x * log x), [ "x", 0.0 ], [ 0.0 ]
        "a branch at its own edge", (Select LessOrEqual).Of(x, Const 1.0, 2.0 * x, 3.0 * x), [ "x", 1.0 ], [ 2.0 ]
        "a branch beyond its edge", less x (Const 1.0) (2.0 * x) (3.0 * x), [ "x", 1.0 ], [ 3.0 ]
        "equality", (Select Equal).Of(x, y, x * y, x), [ "x", 2.0; "y", 2.0 ], [ 2.0; 2.0 ]
        "sqrt of relu at 0", sqrt (Relu.Of x), [ "x", 0.0 ], [ 0.0 ]
        "sqrt of relu below 0", sqrt (Relu.Of x), [ "x", -1.0 ], [ 0.0 ]
        "log of relu below 0", log (Relu.Of x), [ "x", -1.0 ], [ 0.0 ]
        "sqrt of x*0", sqrt (x * 0.0), [ "x", 3.0 ], [ 0.0 ]
        "cbrt of floor", Cbrt.Of(floor x), [ "x", 0.5 ], [ 0.0 ]
        "0 times a pole's neighbour", 0.0 * sqrt x, [ "x", 0.0 ], [ 0.0 ]
        "atan2 on the negative side", atan2 x y, [ "x", 0.0; "y", -2.0 ], [ -0.5; 0.0 ]
        "a variable used everywhere", x * x / x, [ "x", -2.0 ], [ 1.0 ]
    ]

[<Fact>]
let ``slopes at kinks and edges are the same on every path`` () =
    [
        for name, expression, at, expected in slopes do
            for path in Paths.all do
                let actual = snd (path.Gradient expression at)

                if not (List.forall2 (Tolerance.close 1e-15) expected actual) then name, path.Name, actual
    ]
    =! []

/// Where the numeric paths and the symbolic ones differ, and why nothing better is to be had: the numeric ones know numbers only, among them
/// 0 times infinity, the symbolic ones give a formula without the point. Name, expression, point, slopes by numbers, slopes by formula.
let private limits: (string * Expr * Paths.Point * float list * float list) list =
    [
        "cbrt(x)^3, infinity times 0", Cbrt.Of x ** 3.0, [ "x", 0.0 ], [ 0.0 ], [ 1.0 ]
        "sqrt(x)^2, infinity times 0", sqrt x ** 2.0, [ "x", 0.0 ], [ 0.0 ], [ 1.0 ]
        "x^y at 0^0, y*x^(y - 1)", x ** y, [ "x", 0.0; "y", 0.0 ], [ 0.0; -infinity ], [ nan; -infinity ]
        "sqrt(x^3), 0/0", sqrt (x ** 3.0), [ "x", 0.0 ], [ 0.0 ], [ nan ]
    ]

[<Fact>]
let ``numbers and formulas differ at the single points that are named, and in the way that is named`` () =
    [
        for name, expression, at, byNumbers, byFormula in limits do
            for path in Paths.all do
                let expected = if path.Name.StartsWith "symbolic" then byFormula else byNumbers
                let actual = snd (path.Gradient expression at)
                if not (List.forall2 (Tolerance.close 1e-15) expected actual) then name, path.Name, actual
    ]
    =! []

/// The same for second derivatives of functions of x alone.
let private curvatures =
    [
        "square at a negative base", x ** 2.0, -3.0, 2.0
        "cube at a negative base", x ** 3.0, -2.0, -12.0
        "fourth power at 0", x ** 4.0, 0.0, 0.0
        "square at 0", x ** 2.0, 0.0, 2.0
        "1/x as a power", x ** -1.0, -2.0, -0.25
        "x^1 at 0", x ** 1.0, 0.0, 0.0
        "x^0 at 0", x ** 0.0, 0.0, 0.0
        "abs at 0", abs x, 0.0, 0.0
        "abs elsewhere", abs x, -1.0, 0.0
        "relu squared at 0", Relu.Of x * Relu.Of x, 0.0, 0.0
        "relu squared above 0", Relu.Of x * Relu.Of x, 1.0, 2.0
        "log in a branch not taken", less x (Const 0.0) (log -x) (x * x), 2.0, 2.0
        "sqrt of relu below 0", sqrt (Relu.Of x), -1.0, 0.0
        "sqrt of x*0", sqrt (x * 0.0), 3.0, 0.0
        "clamp at its bound", Clamp.Of(x, Const 0.0, Const 1.0) ** 2.0, 1.0, 2.0
    ]

[<Fact>]
let ``second derivatives at kinks and edges are the same on every path`` () =
    [
        for name, expression, at, expected in curvatures do
            for path in Paths.second do
                let actual = path.Hessian expression [ "x", at ] |> List.concat |> List.exactlyOne

                if not (Tolerance.close 1e-15 expected actual) then name, path.Name, actual
    ]
    =! []

[<Fact>]
let ``every convention of the table has its line here`` () =
    let shown =
        [
            for _, expression, _, _ in slopes do
                for node in Graph.nodes expression do
                    match node with
                    | Apply(op, _) -> op
                    | Const _
                    | Var _ -> ()
        ]

    [
        for rule in Rules.all do
            if rule.Convention.Contains "slope" && not (List.contains rule.Op shown) then rule.Name
    ]
    =! [ "asin"; "acos"; "acosh" ] // slopes at the ends of their domains: infinite by their own formulas

[<Fact>]
let ``a NaN or an infinity that comes in is not lost on any path`` () =
    [
        for number in [ nan; infinity; -infinity ] do
            for name, expression in [ "x*x + x", x * x + x; "sin x", sin x; "exp x", exp x; "x*y", x * y; "x/y", x / y ] do
                let at = [ "x", number; "y", 2.0 ]
                let value, gradient = Paths.all.Head.Gradient expression at

                for path in Paths.all do
                    let actual = path.Gradient expression at

                    if not (List.forall2 (Tolerance.close 0.0) (value :: gradient) (fst actual :: snd actual)) then
                        name, number, path.Name, actual

                if Double.IsFinite value && name <> "exp x" then name, number, "value", (value, gradient)
    ]
    =! []
