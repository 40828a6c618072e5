/// The commands: what they print, their exit codes, and their numbers against digits from outside.
module Zautograd.Tests.CommandTests

open System
open System.Globalization
open System.IO
open System.Text.Json
open Swensen.Unquote
open Xunit
open Zautograd
open Zautograd.Cli
open Zautograd.Tests.Runs

let private worked = "ln(x) + x*y - sin(y)"

let private ok args =
    let run = run args
    if run.Code <> 0 then failwith $"exit code {run.Code}: {run.Error}"
    run.Out

let private json (text: string) = JsonDocument.Parse(text).RootElement
let private digits (text: string) = Double.Parse(text, CultureInfo.InvariantCulture)

// ---- each command

[<Fact>]
let ``derive writes the derivative`` () =
    ok [ "derive"; "x^2*y"; "--wrt"; "x" ] =! "2*x*y\n"
    ok [ "derive"; "x^3"; "--wrt"; "x"; "--order"; "2" ] =! "6*x\n"
    ok [ "derive"; "x^3"; "--wrt"; "x"; "--format"; "latex" ] =! "3 \\, x^{2}\n"
    ok [ "derive"; "-x^2"; "--wrt"; "x" ] =! "-2*x\n"
    ok [ "derive"; "-h*2"; "--wrt"; "h" ] =! "-2\n"

[<Fact>]
let ``derive with steps names the rules and ends with the derivative`` () =
    let steps format = ok [ "derive"; "x*sin(x)"; "--wrt"; "x"; "--order"; "2"; "--steps"; "--format"; format ]
    test <@ (steps "text").Contains "product rule" @>
    test <@ (steps "text").EndsWith("\n\n" + ok [ "derive"; "x*sin(x)"; "--wrt"; "x"; "--order"; "2" ]) @>
    test <@ (steps "latex").StartsWith "\\begin{aligned}" @>

[<Fact>]
let ``code is a function of all variables of the expression, and the steps before it are comments`` () =
    let derive format = ok [ "derive"; "y^2 + x*sin(x)"; "--wrt"; "x"; "--steps"; "--format"; format ]
    test <@ (derive "csharp").Contains "double derivative(double y, double x)" @>

    for format, comment in [ "csharp", "//"; "fsharp", "//"; "c", "//"; "python", "#"; "mathml", "<!--" ] do
        let lines = (derive format).Split '\n'
        let steps = lines |> Array.takeWhile ((<>) "")
        test <@ steps.Length > 2 && steps |> Array.forall (fun line -> line.StartsWith comment) @>

[<Fact>]
let ``a variable that does not occur gives 0 and a note`` () =
    let run = run [ "derive"; "x^2"; "--wrt"; "z" ]
    run.Out =! "0\n"
    test <@ run.Error.Contains "z does not occur" @>

[<Fact>]
let ``gradient by every method, as JSON`` () =
    for method in Methods.names do
        let answer = json (ok [ "gradient"; worked; "--at"; "x=2,y=5"; "--method"; method; "--json" ])
        abs (answer.GetProperty("value").GetDouble() - 11.652071455223084) < 1e-14 =! true
        answer.GetProperty("gradient").GetProperty("x").GetDouble() =! 5.5
        abs (answer.GetProperty("gradient").GetProperty("y").GetDouble() - 1.7163378145367738) < 1e-15 =! true

[<Fact>]
let ``a variable that cancels out needs no value`` () =
    ok [ "gradient"; "x + (z - z)/y*y"; "--at"; "x=2"; "--json" ] =! """{"value":2,"gradient":{"x":1}}""" + "\n"

[<Fact>]
let ``gradient and hessian as tables name the variables and show round-trip numbers`` () =
    let gradient = ok [ "gradient"; worked; "--at"; "x=2,y=5" ]
    test <@ gradient.StartsWith "value = 11.652071455223084\n" @>
    test <@ gradient.Contains "| y        |  5 | 1.7163378145367738 |" @>
    let hessian = ok [ "hessian"; worked; "--at"; "x=2,y=5" ]
    test <@ hessian.Contains "| x | -0.25 |                   1 |" @>

[<Fact>]
let ``hessian as JSON is in the order of the point's variables`` () =
    ok [ "hessian"; "x^2*y"; "--at"; "y=5,x=2"; "--json" ] =! """{"value":20,"variables":["y","x"],"hessian":[[0,4],[4,10]]}""" + "\n"

[<Fact>]
let ``what JSON has no number for is a string, in both directions`` () =
    ok [ "gradient"; "1/x + y"; "--at"; "x=0,y=NaN"; "--json" ] =! """{"value":"NaN","gradient":{"x":"-Infinity","y":1}}""" + "\n"

    (withInput """{"expr": "x", "at": {"x": "-Infinity"}}""" [ "gradient"; "--jsonl" ]).Out
    =! """{"value":"-Infinity","gradient":{"x":1}}""" + "\n"

[<Fact>]
let ``the value of a variable may be a formula without variables`` () =
    ok [ "gradient"; "x"; "--at"; "x = -pi/2"; "--json" ] =! """{"value":-1.5707963267948966,"gradient":{"x":1}}""" + "\n"

[<Fact>]
let ``trace in every format`` () =
    let trace mode format = ok [ "trace"; worked; "--at"; "x=2,y=5"; "--mode"; mode; "--wrt"; "x"; "--format"; format ]
    test <@ (trace "forward" "text").Contains "t2    x*y       10        y*dx + x*dy  5" @>

    test
        <@ (trace "reverse" "markdown").Contains "| x    | input    | 2        | y\\*t2\u0304 + t1\u0304/x       | 5 + 0.5 = 5.5          |" @>

    test <@ (trace "reverse" "csv").Contains "t1,log(x),0.6931471805599453,t4\u0304,1\n" @>
    test <@ (trace "reverse" "latex").Contains @"$t_{1}$ & $\ln\left( x \right)$ & $0.69315$ & $\bar{t}_{4}$ & $1$ \\" @>
    test <@ (trace "forward" "latex").Contains @"$t_{4}$ & $t_{1} + t_{2}$ & $10.69315$ & $\dot{t}_{1} + \dot{t}_{2}$ & $5.5$ \\" @>
    test <@ (trace "forward" "html").StartsWith "<!doctype html>" @>

[<Fact>]
let ``graph in every format draws a shared node once`` () =
    let count (part: string) (text: string) = text.Split(part).Length - 1
    let graph format = ok [ "graph"; "x*x + sin(x)"; "--format"; format ]
    count "[label=" (graph "dot") =! 4
    count "\"x\" -> " (graph "dot") =! 2
    count "n0 --> " (graph "mermaid") =! 2
    count "<rect " (graph "svg") =! 4
    count "class=\"arrow\"" (graph "svg") =! 4

[<Fact>]
let ``a picture is well-formed and none of its boxes overlap`` () =
    for text in [ "3"; "x"; worked; "if x < y then x else sin(x)"; String.concat " + " [ for i in 1..40 -> $"sin(x{i})*x" ] ] do
        let picture = Xml.Linq.XDocument.Parse(Drawing.svg (Parse.parse text))

        let boxes =
            [
                for rect in picture.Descendants() do
                    if rect.Name.LocalName = "rect" then
                        [
                            for name in [ "x"; "y"; "width"; "height" ] ->
                                digits ((nonNull (rect.Attribute(Xml.Linq.XName.Get name))).Value)
                        ]
            ]

        for i, p in List.indexed boxes do
            for q in List.skip (i + 1) boxes do
                match p, q with
                | [ x; y; w; h ], [ x'; y'; w'; h' ] ->
                    let apart = x + w <= x' || x' + w' <= x || y + h <= y' || y' + h' <= y
                    if not apart then failwith $"%A{p} and %A{q} overlap in the picture of {text}"
                | _ -> failwith "four numbers"

[<Fact>]
let ``a graph too large to draw is refused, and Graphviz is named`` () =
    let text = String.concat " + " [ for i in 1..400 -> $"x{i}" ]
    let run = run [ "graph"; text; "--format"; "svg" ]
    run.Code =! 1
    test <@ run.Error.Contains "dot" @>
    (Runs.run [ "graph"; text; "--format"; "dot" ]).Code =! 0

[<Fact>]
let ``rules prints every row`` () =
    let table = ok [ "rules" ]

    for rule in Rules.all do
        test <@ table.Contains rule.Convention @>

    table.TrimEnd('\n').Split('\n').Length =! Rules.all.Length + 2

// ---- exit codes

let private shaped (text: string) = text.Split ' ' |> List.ofArray |> List.map (fun word -> word.Replace("_", " "))

[<Theory>]
[<InlineData("derive 2x --wrt x", 1, "multiplication is written out: 2*x")>]
[<InlineData("gradient (x --at x=1", 1, "not closed")>]
[<InlineData("gradient clamp(x,2,1) --at x=1", 1, "clamp needs low <= high")>]
[<InlineData("hessian foo(x) --at x=1", 1, "no function 'foo'")>]
[<InlineData("trace x+ --at x=1 --mode reverse", 1, "ends too early")>]
[<InlineData("graph x+", 1, "ends too early")>]
[<InlineData("", 2, "zautograd --help")>]
[<InlineData("foo", 2, "foo")>]
[<InlineData("derive x", 2, "--wrt")>]
[<InlineData("gradient clamp(x,2,1) --at x=1 --method compiled", 1, "clamp needs low <= high")>]
[<InlineData("gradient clamp(x,2,1) --at x=1 --method symbolic", 1, "clamp needs low <= high")>]
[<InlineData("derive let_t1_=_x --wrt x", 1, "in one piece")>]
[<InlineData("derive x*y --wrt x,y", 2, "one variable")>]
[<InlineData("derive x*e --wrt e", 2, "e is a number")>]
[<InlineData("derive select(x<y,x,y) --wrt x", 1, "if a < b then c else d")>]
[<InlineData("derive if(x<y,x,y) --wrt x", 1, "if a < b then c else d")>]
[<InlineData("derive (x<y) --wrt x", 1, "if a < b then c else d")>]
[<InlineData("gradient x*e --at x=1,e=2", 2, "e is a number")>]
[<InlineData("gradient x --at x=1,", 2, "nothing between")>]
[<InlineData("derive x --wrt x --order 0", 2, "--order")>]
[<InlineData("derive x --wrt x --order two", 2, "two")>]
[<InlineData("derive x --wrt x --format word", 2, "word")>]
[<InlineData("derive x --wrt x --bogus", 2, "--bogus")>]
[<InlineData("gradient", 2, "expression is missing")>]
[<InlineData("gradient x*y --at x=1", 2, "no value for y")>]
[<InlineData("gradient x*y", 2, "no value for x, y")>]
[<InlineData("gradient x --at x=1,z=2", 2, "value for z")>]
[<InlineData("gradient x --at x=1,x=2", 2, "x has 2 values")>]
[<InlineData("gradient x --at x", 2, "x=2")>]
[<InlineData("gradient x --at x=z", 2, "value of x")>]
[<InlineData("gradient x --at x=1_2", 2, "no value for x")>]
[<InlineData("gradient x --at x=1 --method magic", 2, "magic")>]
[<InlineData("gradient x --jsonl", 2, "--jsonl")>]
[<InlineData("trace x --at x=1", 2, "--mode")>]
[<InlineData("trace x*y --at x=1,y=2 --mode forward", 2, "one of x, y")>]
[<InlineData("trace x --at x=1 --mode forward --wrt z", 2, "z is no variable")>]
let ``a bad expression ends with 1, bad usage with 2, and nothing is printed but the reason`` (line: string) (code: int) (said: string) =
    let run = run (if line = "" then [] else shaped line)
    run.Code =! code
    run.Out =! ""
    test <@ run.Error.Contains said && not (run.Error.Contains "(Parameter") @>

[<Fact>]
let ``help ends with 0`` () =
    test <@ (ok [ "--help" ]).Contains "gradient" @>
    test <@ (ok [ "trace"; "--help" ]).Contains "--mode" @>

// ---- lines of JSON

[<Fact>]
let ``a bad line is answered by an error, in its place, and the rest go on`` () =
    let lines =
        [
            """{"expr": "x*y", "at": {"x": 2, "y": 5}}"""
            """{"expr": "2x", "at": {"x": 2}}"""
            "no JSON"
            ""
            "[1]"
            """{"at": {"x": 2}}"""
            """{"expr": "x", "at": {"x": "two"}}"""
            """{"expr": "x*y", "at": {"x": 2}}"""
            """{"expr": "x", "at": {"x": 2, "z": 1}}"""
            """{"expr": "x", "at": {"x": 2, "x": 3}}"""
            """{"expr": "clamp(x, 2, 1)", "at": {"x": 2}}"""
            """{"expr": "x\ud800", "at": {"x": 2}}"""
            """{"expr": "x", "at": {"x": 1e999}}"""
            """{"expr": "x", "at": {"x\ud800": 2}}"""
            """{"expr": "x", "at": {"x": "\ud800"}}"""
            """{"expr": "α^2", "at": {"α": 3}}"""
        ]

    let run = withInput (String.concat "\n" lines) [ "gradient"; "--jsonl" ]
    run.Code =! 0
    let answers = run.Out.TrimEnd('\n').Split '\n'
    answers.Length =! lines.Length
    answers[0] =! """{"value":10,"gradient":{"x":5,"y":2}}"""
    Array.last answers =! """{"value":9,"gradient":{"α":6}}"""

    for answer in answers[1 .. answers.Length - 2] do
        test <@ answer.StartsWith "{\"error\":" @>

    (withInput lines[0] [ "hessian"; "--jsonl" ]).Out =! """{"value":10,"variables":["x","y"],"hessian":[[0,1],[1,0]]}""" + "\n"

// ---- numbers from outside

/// 25 digits from an arbitrary-precision program; what underflows there counts as 0 here.
let private close (actual: float) (expected: string) =
    let expected = digits expected
    abs (actual - expected) <= 1e-12 * (1.0 + abs expected)

[<Fact>]
let ``every method agrees with the digits of an arbitrary-precision program`` () =
    for line in File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "expressions.jsonl")) do
        let request = json line
        let expected = request.GetProperty "gradient"

        for method in Methods.names do
            let answer = json ((withInput line [ "gradient"; "--jsonl"; "--method"; method ]).Out)
            let found = answer.GetProperty "gradient"

            if not (close (answer.GetProperty("value").GetDouble()) (nonNull (request.GetProperty("value").GetString()))) then
                failwith $"{method}: {line}\n{answer}"

            for property in expected.EnumerateObject() do
                if not (close (found.GetProperty(property.Name).GetDouble()) (nonNull (property.Value.GetString()))) then
                    failwith $"{method}, {property.Name}: {line}\n{answer}"

        match request.TryGetProperty "hessian" with
        | true, rows ->
            let answer = json ((withInput line [ "hessian"; "--jsonl" ]).Out)

            for i, row in Seq.indexed (rows.EnumerateArray()) do
                for j, entry in Seq.indexed (row.EnumerateArray()) do
                    if not (close (answer.GetProperty("hessian").[i].[j].GetDouble()) (nonNull (entry.GetString()))) then
                        failwith $"hessian {i}, {j}: {line}\n{answer}"
        | _ -> ()

// ---- as a process

[<Fact>]
let ``a culture with decimal commas changes nothing`` () =
    let before = CultureInfo.CurrentCulture

    let all () =
        [
            ok [ "derive"; "0.5*x^2.5"; "--wrt"; "x" ]
            ok [ "gradient"; "x/y"; "--at"; "x=0.5,y=1e-3" ]
            ok [ "hessian"; "x/y"; "--at"; "x=0.5,y=1e-3"; "--json" ]
            ok [ "trace"; "x/y"; "--at"; "x=0.5,y=1e-3"; "--mode"; "reverse"; "--format"; "html" ]
            ok [ "trace"; "x/y"; "--at"; "x=0.5,y=1e-3"; "--mode"; "reverse"; "--format"; "csv" ]
            ok [ "rules" ]
        ]

    let plain = all ()
    CultureInfo.CurrentCulture <- CultureInfo.GetCultureInfo "de-DE"

    try
        all () =! plain
    finally
        CultureInfo.CurrentCulture <- before

[<Fact>]
let ``piped output has no escape codes, whatever the environment promises`` () =
    let promises =
        [
            "TERM", "xterm-256color"
            "COLORTERM", "truecolor"
            "GITHUB_ACTIONS", "true"
            "CLICOLOR_FORCE", "1"
            "FORCE_COLOR", "1"
        ]

    for args, code in
        [
            [ "gradient"; worked; "--at"; "x=2,y=5" ], 0
            [ "hessian"; worked; "--at"; "x=2,y=5" ], 0
            [ "gradient"; "2x"; "--at"; "x=2" ], 1
            [ "gradient"; "x"; "--bogus" ], 2
        ] do
        let run = asProcess promises "" args
        run.Code =! code
        test <@ not ((run.Out + run.Error).Contains '\u001b') @>

[<Fact>]
let ``a process answers lines of JSON in UTF-8`` () =
    (asProcess [] "{\"expr\": \"α^2\", \"at\": {\"α\": 3}}\n{\n" [ "gradient"; "--jsonl" ]).Out.Split('\n')[0]
    =! """{"value":9,"gradient":{"α":6}}"""
