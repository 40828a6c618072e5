/// What is printed can be read: numbers and brackets come back, in any culture, and LaTeX is well formed.
module Zautograd.Tests.PrintTests

open System
open System.Globalization
open System.Text.RegularExpressions
open FsCheck.FSharp
open Swensen.Unquote
open Xunit
open Zautograd
open Zautograd.Tests.RandomExpressions

let private x, y = Var "x", Var "y"

/// A culture in which 1.5 is written 1,5.
let private withCommas action =
    let before = CultureInfo.CurrentCulture
    CultureInfo.CurrentCulture <- CultureInfo.GetCultureInfo "de-DE"

    try
        action ()
    finally
        CultureInfo.CurrentCulture <- before

let private sameBits (p: float) (q: float) =
    Double.IsNaN p && Double.IsNaN q || BitConverter.DoubleToInt64Bits p = BitConverter.DoubleToInt64Bits q

let private anyNumber =
    gen {
        let! high = Gen.choose (Int32.MinValue, Int32.MaxValue)
        let! low = Gen.choose (Int32.MinValue, Int32.MaxValue)
        return BitConverter.Int64BitsToDouble((int64 high <<< 32) ||| (int64 low &&& 0xFFFFFFFFL))
    }
    |> Arb.fromGen

[<Fact>]
let ``numbers read back bit for bit, whatever the culture`` () =
    withCommas (fun () ->
        test <@ (1.5).ToString().Contains ',' @> // the culture is in force
        Points.check 3000 anyNumber (fun number -> sameBits number (Double.Parse(Infix.number number, CultureInfo.InvariantCulture)))
        string (x * 1.5) =! "x*1.5"
        Print.latex (x * 1.5) =! "x \\cdot 1.5"
        Emit.CSharp.generic.Constant 1.5 =! "T.CreateChecked(1.5)"
        Emit.CSharp.doubles.Constant 2.0 =! "2.0"
        let table = Trace.forward "x" [ "x", 1.5 ] (x * 2.5) |> Trace.toText
        test <@ table.Contains "3.75" && not (table.Contains ',') @>)

[<Fact>]
let ``an expression printed and read has the same value bit for bit`` () =
    withCommas (fun () ->
        let readsBack (case: Case) = sameBits (case.Value case.Expression) (case.Value(Reader.read (string case.Expression)))

        Points.check 3000 cases readsBack

        Points.check 5000 wild (fun case ->
            (try
                case.Value case.Expression |> ignore
                true
             with :? ArgumentException ->
                 false)
            |> not
            || readsBack case))

[<Fact>]
let ``brackets stand where they must and nowhere else`` () =
    let a, b, c = Var "a", Var "b", Var "c"

    [
        a + b + c, "a + b + c"
        a + (b + c), "a + (b + c)"
        a - (b - c), "a - (b - c)"
        a * b / c, "a*b/c"
        a * (b / c), "a*(b/c)"
        (a + b) * c, "(a + b)*c"
        a ** b ** c, "a^b^c"
        (a ** b) ** c, "(a^b)^c"
        -(a ** 2.0), "-a^2"
        (-a) ** 2.0, "(-a)^2"
        Const -2.0 ** a, "(-2)^a"
        Const -0.0 ** a, "(-0)^a"
        a - -b, "a - (-b)"
        a * Const -2.0, "a*(-2)"
        a ** Const -2.0, "a^(-2)"
        -(a + b), "-(a + b)"
        sin (a + b), "sin(a + b)"
        Max.Of(a, b) + 1.0, "max(a, b) + 1"
        (Select Less).Of(a, b, c, a) + 1.0, "(if a < b then c else a) + 1"
    ]
    |> List.map (fun (expression, text) -> string expression, text)
    |> List.filter (fun (actual, expected) -> actual <> expected)
    =! []

/// Braces in pairs, \left with \right, \begin with \end, and nothing empty between them.
let private isWellFormed (latex: string) =
    let depths =
        latex
        |> Seq.scan
            (fun depth c ->
                depth
                + (match c with
                   | '{' -> 1
                   | '}' -> -1
                   | _ -> 0))
            0

    let count (pattern: string) = Regex.Count(latex, pattern)

    Seq.forall (fun depth -> depth >= 0) depths
    && Seq.last depths = 0
    && not (latex.Contains "{}")
    && count @"\\left(?![a-z])" = count @"\\right(?![a-z])"
    && count @"\\begin" = count @"\\end"

[<Fact>]
let ``LaTeX is well formed`` () =
    Points.check 3000 wild (fun case -> isWellFormed (Print.latex case.Expression))

    for rule in Rules.all do
        let call = rule.Op.Of [| for name in List.take rule.Arity [ "x1"; "alpha"; "rate_max"; "mu2" ] -> Var name |]
        test <@ isWellFormed (Print.latex call) @>

[<Fact>]
let ``LaTeX as a person writes it`` () =
    [
        x ** 2.0 / 3.0, @"\frac{x^{2}}{3}"
        log x + x * y - sin y, @"\ln\left( x \right) + x \, y - \sin\left( y \right)"
        sqrt (x + 1.0), @"\sqrt{x + 1}"
        (x + y) ** 2.0, @"\left( x + y \right)^{2}"
        (x / y) ** 2.0, @"\left( \frac{x}{y} \right)^{2}"
        x * 2.0, @"x \cdot 2"
        Const 1e-7 * x, @"1 \cdot 10^{-7} \, x"
        Var "alpha" * Var "x1", @"\alpha \, x_{1}"
        Var "theta_0" * Var "x_12", @"\theta_{0} \, x_{12}"
        exp -x, @"e^{-x}"
        abs x, @"\left| x \right|"
    ]
    |> List.map (fun (expression, latex) -> Print.latex expression, latex)
    |> List.filter (fun (actual, expected) -> actual <> expected)
    =! []
