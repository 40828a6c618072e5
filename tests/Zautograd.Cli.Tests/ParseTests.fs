/// Text that is read means what it says, and text that cannot be read is answered with the place and what was expected.
module Zautograd.Tests.ParseTests

open System
open System.Globalization
open System.Threading
open FsCheck
open FsCheck.FSharp
open Swensen.Unquote
open Xunit
open Zautograd

let private at = [ "x", 2.0; "y", 5.0; "α₁", -0.75; "rate_2", 0.1 ]

/// The bits of the value, or the refusal of a row that does not take these arguments (clamp with low > high).
let private bits (expression: Expr) =
    try
        let value = Number.evaluate Number.floats (Number.bind at) expression
        if Double.IsNaN value then Ok 0L else Ok(BitConverter.DoubleToInt64Bits value)
    with :? ArgumentException as refusal ->
        Error refusal.Message

let private valueOf text = Number.evaluate Number.floats (Number.bind at) (Parse.parse text)

let private errorOf text =
    match Parse.expression text with
    | Ok found -> failwith $"'{text}' was read as {found}"
    | Error error -> error

/// Runs on a small stack, as a server's or a plug-in's thread may have.
let private onSmallStack (run: unit -> unit) =
    let mutable failure: exn option = None

    let guarded () =
        try
            run ()
        with error ->
            failure <- Some error

    let thread = Thread(guarded, 256 * 1024)
    thread.Start()
    thread.Join()
    failure |> Option.iter raise

// ---- what is read

[<Theory>]
[<InlineData("ln(x) + x*y - sin(y)", "log(x) + x*y - sin(y)")>]
[<InlineData("2^3^2", "2^3^2")>]
[<InlineData("2**3**2", "2^3^2")>]
[<InlineData("(2^3)^2", "(2^3)^2")>]
[<InlineData("-x^2", "-x^2")>]
[<InlineData("(-x)^2", "(-x)^2")>]
[<InlineData("x^-y*2", "x^(-y)*2")>]
[<InlineData("x - y - 2", "x - y - 2")>]
[<InlineData("x - (y - 2)", "x - (y - 2)")>]
[<InlineData("x/y/2", "x/y/2")>]
[<InlineData("x - -y", "x - (-y)")>]
[<InlineData("+x", "x")>]
[<InlineData("arctan2(x, y) + arcsin(x)", "atan2(x, y) + asin(x)")>]
[<InlineData("sin (x)", "sin(x)")>]
[<InlineData("if x > y then 1 else 2 + x", "if y < x then 1 else 2 + x")>]
[<InlineData("(if x >= y then 1 else 2) + x", "(if y <= x then 1 else 2) + x")>]
[<InlineData("if x == y then 1 else if x != y then 2 else 3", "if x = y then 1 else if x = y then 3 else 2")>]
[<InlineData("less(x, y, 1, 2) + pow(x, 2)", "(if x < y then 1 else 2) + x^2")>]
[<InlineData("x\n  + y\r\n\t* 2", "x + y*2")>]
let ``text is read as it is meant`` (text: string) (expected: string) = string (Parse.parse text) =! expected

[<Theory>]
[<InlineData("1", 1.0)>]
[<InlineData(".5", 0.5)>]
[<InlineData("1.", 1.0)>]
[<InlineData("1e-3", 1e-3)>]
[<InlineData("2.5E+7", 2.5e7)>]
[<InlineData("pi", 3.141592653589793)>]
[<InlineData("2*e", 5.43656365691809)>]
[<InlineData("-2^2", -4.0)>]
[<InlineData("2^3^2", 512.0)>]
[<InlineData("2^-1", 0.5)>]
[<InlineData("x*y - 3", 7.0)>]
[<InlineData("if x < y then 10 else 20", 10.0)>]
[<InlineData("-Infinity", Double.NegativeInfinity)>]
let ``numbers and rules of precedence have their value`` (text: string) (expected: float) = valueOf text =! expected

[<Fact>]
let ``every row of the table is read by its name`` () =
    for rule in Rules.all do
        let arguments = List.take rule.Arity [ "x"; "y"; "α₁"; "rate_2" ]

        match Parse.parse (rule.Name + "(" + String.concat ", " arguments + ")") with
        | Apply(op, args) ->
            op =! rule.Op
            List.map string args =! arguments
        | other -> failwith $"{rule.Name} was read as {other}"

[<Fact>]
let ``a minus before a number is part of the number, so that x^(-2) has a constant exponent`` () =
    match Parse.parse "(x)^(-2)" with
    | Apply(Pow, [ Var "x"; Const -2.0 ]) -> ()
    | other -> failwith $"{other}"

[<Fact>]
let ``one variable is one node, however often it is written`` () = Graph.size (Parse.parse "x*x + x") =! 3

let private expressions: Arbitrary<Expr> =
    let leaf =
        Gen.frequency
            [
                3, Gen.elements [ "x"; "y"; "α₁"; "rate_2" ] |> Gen.map Var
                1, Gen.elements [ 0.0; -0.0; 1.0; -2.0; 0.5; 1e300; -1e-300; infinity; -infinity; nan ] |> Gen.map Const
                1, ArbMap.defaults |> ArbMap.generate<float> |> Gen.map Const
            ]

    let rec sized depth =
        if depth = 0 then
            leaf
        else
            let node =
                gen {
                    let! rule = Gen.elements Rules.all
                    let! args = Gen.listOfLength rule.Arity (sized (depth - 1))
                    return Apply(rule.Op, args)
                }

            Gen.frequency [ 1, leaf; 4, node ]

    Arb.fromGen (Gen.choose (1, 4) |> Gen.bind sized)

[<Theory>]
[<InlineData("")>]
[<InlineData("de-DE")>]
let ``what ToString writes reads back to the same value, bit for bit`` (culture: string) =
    let before = CultureInfo.CurrentCulture
    CultureInfo.CurrentCulture <- CultureInfo.GetCultureInfo culture

    try
        let readsBack (written: Expr) =
            let read = Parse.parse (string written)
            bits read = bits written && string (Parse.parse (string read)) = string read

        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(1000).WithReplay(Some { Rnd = Rnd 7UL; Size = None }),
            Prop.forAll expressions readsBack
        )
    finally
        CultureInfo.CurrentCulture <- before

// ---- what is refused, and how

[<Theory>]
[<InlineData("2x", 2, "write", "2*x")>]
[<InlineData("2(x+1)", 2, "", "2*(x+1)")>]
[<InlineData("x y", 3, "", "x*y")>]
[<InlineData("(x)(y)", 4, "", "(x)*(y)")>]
[<InlineData("x^2 y", 5, "", "x^2*y")>]
[<InlineData("2exp(x)", 2, "", "2*exp(x)")>]
[<InlineData("x(y+1)", 1, "no function 'x'", "x*(y+1)")>]
[<InlineData("sin", 4, "'sin' stands without", "sin(x)")>]
[<InlineData("atan2 + 1", 7, "'atan2' stands without", "atan2(x, y)")>]
[<InlineData("sine(x)", 1, "no function 'sine'", "did you mean sin?")>]
[<InlineData("Sigmoid(x)", 1, "no function 'Sigmoid'", "did you mean sigmoid?")>]
[<InlineData("1.2.3", 4, "unexpected '.'", "one decimal point")>]
[<InlineData("1,5", 2, "unexpected ','", "decimal point")>]
[<InlineData("x²", 2, "unexpected", "^2")>]
[<InlineData("x·y", 2, "unexpected", "*")>]
[<InlineData("[x]", 1, "unexpected '['", "round brackets")>]
let ``a likely slip is refused with a hint`` (text: string) (column: int) (message: string) (hint: string) =
    let error = errorOf text
    error.Column =! column
    let message = if message = "write" then "unexpected" else message
    test <@ error.Message.Contains message @>
    test <@ error.Hint.Contains hint @>

[<Theory>]
[<InlineData("", 1, "there is no expression", "a number")>]
[<InlineData("  ", 3, "there is no expression", "a number")>]
[<InlineData("x +", 4, "ends too early", "a number")>]
[<InlineData("x + * y", 5, "unexpected '*'", "a name")>]
[<InlineData("(x", 3, "opened in column 1 is not closed", "')'")>]
[<InlineData("max(x, (y", 10, "opened in column 8 is not closed", "')'")>]
[<InlineData("x)", 2, "closes nothing", "the end of the text")>]
[<InlineData("x $ y", 3, "unexpected '$'", "an operator")>]
[<InlineData("x = y", 3, "unexpected '='", "an operator")>]
[<InlineData("sin()", 5, "sin takes 1 argument, but none is given", "a number")>]
[<InlineData("max(x)", 6, "max takes 2 arguments, but only 1 is given", "','")>]
[<InlineData("max(x, y, 1)", 9, "max takes 2 arguments", "')'")>]
[<InlineData("1e", 3, "ends too early", "the digits of the exponent")>]
[<InlineData("1e+*x", 4, "unexpected '*'", "the digits of the exponent")>]
[<InlineData("1e999", 1, "too large", "")>]
[<InlineData("if x < y then 1", 16, "ends too early", "'else'")>]
[<InlineData("if x then 1 else 2", 6, "unexpected 'then'", "a comparison (<, <=, =, >=, >)")>]
[<InlineData("if x < y than 1 else 2", 10, "unexpected 'than'", "'then'")>]
[<InlineData("then", 1, "'then' stands where an operand should", "an operand")>]
let ``an error says where and what was expected`` (text: string) (column: int) (message: string) (expected: string) =
    let error = errorOf text
    error.Column =! column
    test <@ error.Message.Contains message @>
    test <@ expected = "" || Seq.contains expected error.Expected @>

[<Fact>]
let ``an error shows the line and a caret under the place`` () =
    string (errorOf "x +\n  3y")
    =! "line 2, column 4: unexpected 'y'\n      3y\n       ^\nexpected: an operator or the end of the text\nhint: multiplication is written out: 3*y"

[<Fact>]
let ``the caret stands right under letters that take no room of their own, and in a long line`` () =
    let caret (error: ParseError) =
        let lines = (string error).Split '\n'
        StringInfo(lines[1]).SubstringByTextElements(lines[2].Length - 1, 1)

    caret (errorOf "x\u0304 + 𝑥 ? y") =! "?"
    caret (errorOf (String.replicate 200 "x + " + "? + " + String.replicate 200 "x + ")) =! "?"

[<Fact>]
let ``parse throws what expression returns, as a FormatException`` () =
    let thrown = Assert.Throws<ParseException>(fun () -> Parse.parse "2x" |> ignore)
    test <@ thrown :> exn :? FormatException @>
    string thrown.Error =! thrown.Message
    thrown.Error.Column =! 2

[<Fact>]
let ``C# has Parse and TryParse`` () =
    string (Symbolic.Parse "x^2") =! "x^2"
    let mutable found: Expr | null = null
    let mutable error: ParseError | null = null
    Symbolic.TryParse("x^2", &found, &error) =! true
    string (nonNull found) =! "x^2"
    isNull error =! true
    Symbolic.TryParse("2x", &found, &error) =! false
    isNull found =! true
    (nonNull error).Column =! 2
    Symbolic.TryParse("2x", &found) =! false

// ---- depth and length

[<Fact>]
let ``a hundred thousand open brackets, signs, powers or calls are an error, not a crash, on a small stack too`` () =
    onSmallStack (fun () ->
        for piece in [ "("; "-"; "2^"; "2^-"; "sin("; "max(1, "; "if x < 1 then 2 else "; "if if " ] do
            for ending in [ ""; "x"; "x" + String.replicate 100_000 ")" ] do
                let error = errorOf (String.replicate 100_000 piece + ending)
                test <@ error.Message.Contains "inside one another" @>
                test <@ (string error).Length < 400 @>)

[<Fact>]
let ``ten thousand levels are read and differentiated on a small stack`` () =
    onSmallStack (fun () ->
        let deep = Parse.parse (String.replicate 9_999 "sin(" + "x" + String.replicate 9_999 ")")
        Graph.size deep =! 10_000
        let _, slopes = Reverse.gradient Number.floats [ "x" ] (Number.bind at) deep
        test <@ Double.IsFinite slopes[0] @>)

[<Fact>]
let ``a flat sum of a hundred thousand terms is not deep`` () =
    onSmallStack (fun () ->
        let text = String.concat " + " (Seq.init 100_000 (fun i -> if i % 2 = 0 then "x" else "(3)"))
        valueOf text =! 250_000.0)
