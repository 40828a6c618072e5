/// What is written in other languages is compiled and run there, and gives what evaluation gives.
module Zautograd.Tests.WriterTests

open System
open System.Diagnostics
open System.Globalization
open System.IO
open System.Runtime.CompilerServices
open System.Text.Json
open System.Text.RegularExpressions
open System.Xml.Linq
open Swensen.Unquote
open Xunit
open Zautograd
open Zautograd.Tests.Gallery

let private x, y = Var "x", Var "y"

// ------------------------------------------------------------------------------------------------------- comparison

/// Relative difference; 0 where both are NaN, the same infinity, or zeros of the same sign.
let private difference (expected: float) (actual: float) =
    if expected = 0.0 && actual = 0.0 then
        if Double.IsNegative expected = Double.IsNegative actual then 0.0 else infinity
    elif expected.Equals actual then
        0.0
    elif Double.IsFinite expected && Double.IsFinite actual then
        abs (expected - actual) / max (abs expected) (abs actual)
    else
        infinity

/// Where C and Python are right and the table's function, which is MathNet's, is not: erf's sign at -0.
let private isKnown (expression: Expr) (point: float list) =
    match expression with
    | Apply(Erf, [ Var _ ]) -> point = [ 0.0 ]
    | _ -> false

/// Compares the numbers that a language gave, in the order of the gallery, with evaluation.
let private compare language tolerance (actual: float list) =
    let expected =
        [
            for piece in all do
                for point in piece.Points do
                    for index, value in List.indexed (piece.At point) -> piece, point, index, value
        ]

    test <@ actual.Length = expected.Length @>
    let differences = List.map2 (fun (_, _, _, value) number -> difference value number) expected actual

    let wrong =
        [
            for (piece, point, index, value), number, difference in List.zip3 expected actual differences do
                let expression = snd piece.Routine.Results[index]

                let tolerance =
                    (match expression with
                     | Const _ -> 0.0
                     | _ -> tolerance)

                if difference > tolerance && not (language <> "C#" && language <> "F#" && isKnown expression point) then
                    let result = string expression
                    let shown = if result.Length > 300 then result.Substring(0, 300) + " ..." else result
                    $"{piece.Routine.Name}.{index} at {point}: %.17g{value} in floats, %.17g{number} in {language} ({difference:E1}), {shown}"
        ]

    let line =
        $"{language}: {all.Length} functions, {actual.Length} numbers, largest relative difference {differences |> List.filter Double.IsFinite |> List.max:E1}"

    match Option.ofObj TestContext.Current.TestOutputHelper with
    | Some output -> output.WriteLine line
    | None -> ()

    if not wrong.IsEmpty then
        let shown = List.truncate 40 wrong |> String.concat "\n"
        failwith $"{wrong.Length} of {line}\n{shown}"

let private number (text: string) =
    match text.Trim() with
    | "inf"
    | "Infinity" -> infinity
    | "-inf"
    | "-Infinity" -> -infinity
    | "nan"
    | "-nan"
    | "NaN" -> nan
    | digits -> Double.Parse(digits, CultureInfo.InvariantCulture)

// ---------------------------------------------------------------------------------------------------------- programs

/// What a program writes; an error holds what it complains of. `None` where there is no such program.
let private tryRun (program: string) (arguments: string list) (folder: string) =
    let start =
        ProcessStartInfo(program, arguments, WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true)

    start.Environment["LC_ALL"] <- "C"

    try
        use running = Process.Start start |> Option.ofObj |> Option.get
        let errors = running.StandardError.ReadToEndAsync()
        let output = running.StandardOutput.ReadToEnd()
        running.WaitForExit()
        Some(if running.ExitCode = 0 then Ok output else Error(output + errors.Result))
    with :? ComponentModel.Win32Exception ->
        None

let private run program arguments folder =
    match tryRun program arguments folder with
    | Some(Ok output) -> output
    | Some(Error complaint) -> failwith $"{program} failed:\n{complaint.Substring(0, min 4000 complaint.Length)}"
    | None -> failwith $"{program} cannot be started."

let private skipWithout (program: string) =
    match tryRun program [ "--version" ] "." with
    | Some(Ok _) -> ()
    | _ -> Assert.Skip $"this machine has no {program}, so what is written for it was not run."

let private inFolder (act: string -> 't) =
    let folder = Directory.CreateTempSubdirectory("zautograd-writers-").FullName

    try
        act folder
    finally
        Directory.Delete(folder, true)

let private numbers (output: string) = [ for line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries) -> number line ]

let private literals (language: Language) (between: string) point = point |> List.map language.Constant |> String.concat between
let private routines = [ for piece in all -> piece.Routine ]

// ---------------------------------------------------------------------------------------------------------- languages

[<Fact>]
let ``C# compiles without a warning and gives what evaluation gives`` () =
    let source = Write.source Notation.csharp routines

    let home =
        (Roslyn.compile $"using System;\npublic static class Gallery\n{{\n{source}\n}}").GetType "Gallery" |> Option.ofObj |> Option.get

    compare
        "C#"
        1e-13
        [
            for piece in all do
                let written = home.GetMethod piece.Routine.Name |> Option.ofObj |> Option.get

                for point in piece.Points do
                    match written.Invoke(null, [| for value in point -> box value |]) with
                    | :? ITuple as results ->
                        for index in 0 .. results.Length - 1 do
                            unbox<float> results[index]
                    | result -> unbox<float> result
        ]

[<Fact>]
let ``F# runs without a warning and gives what evaluation gives`` () =
    let source =
        [
            for assembly in [ typeof<Expr>.Assembly; typeof<MathNet.Numerics.SpecialFunctions>.Assembly ] do
                $"#r @\"{assembly.Location}\""

            "let show (value: float) = System.Console.WriteLine(value.ToString(\"R\", System.Globalization.CultureInfo.InvariantCulture))"
            Write.source Notation.fsharp routines

            for piece in all do
                let routine = piece.Routine
                let results = [ for index in 0 .. routine.Results.Length - 1 -> $"r{index}" ]
                let arguments = [ for index in 0 .. routine.Parameters.Length - 1 -> $" p[{index}]" ] |> String.concat ""
                let arguments = if arguments = "" then "()" else arguments
                let points = [ for point in piece.Points -> "[| " + literals Notation.fsharp "; " point + " |]" ] |> String.concat "; "
                $"for p: float[] in [| {points} |] do"
                "    let " + String.concat ", " results + $" = {routine.Name} {arguments}"
                if routine.Parameters.IsEmpty then "    ignore p"

                for result in results do
                    $"    show {result}"
        ]

    inFolder (fun folder ->
        let script = Path.Combine(folder, "gallery.fsx")
        File.WriteAllLines(script, source)
        let dotnet = Environment.GetEnvironmentVariable "DOTNET_HOST_PATH" |> Option.ofObj |> Option.defaultValue "dotnet"
        run dotnet [ "fsi"; "--nologo"; "--quiet"; "--warnaserror+"; script ] folder |> numbers |> compare "F#" 1e-13)

[<Fact>]
let ``C compiles without a warning and gives what evaluation gives`` () =
    skipWithout "gcc"

    let source =
        [
            "#include <stdio.h>"
            Write.source Notation.c routines
            "int main(void) {"

            for piece in all do
                let routine = piece.Routine
                let arguments = [ for index in 0 .. routine.Parameters.Length - 1 -> $"p[i][{index}]" ]
                let points = [ for point in piece.Points -> "{ " + (if point.IsEmpty then "0" else literals Notation.c ", " point) + " }" ]
                let body = String.concat ", " points

                $"    {{ const double p[][{max 1 arguments.Length}] = {{ {body} }};"
                $"      for (int i = 0; i < {points.Length}; i++) {{"
                $"        double r[{routine.Results.Length}];"

                match routine.Results with
                | [ _ ] -> "        r[0] = " + routine.Name + "(" + String.concat ", " arguments + ");"
                | several ->
                    let pointers = [ for index in 0 .. several.Length - 1 -> $"&r[{index}]" ]
                    "        " + routine.Name + "(" + String.concat ", " (arguments @ pointers) + ");"

                $"        for (int k = 0; k < {routine.Results.Length}; k++) {{ printf(\"%%.17g\\n\", r[k]); }} }} (void)p; }}"

            "    return 0;"
            "}"
        ]

    inFolder (fun folder ->
        File.WriteAllLines(Path.Combine(folder, "gallery.c"), source)
        run "gcc" [ "-std=c99"; "-O1"; "-ffp-contract=off"; "-Wall"; "-Werror"; "gallery.c"; "-o"; "gallery"; "-lm" ] folder |> ignore
        run (Path.Combine(folder, "gallery")) [] folder |> numbers |> compare "C" 1e-13)

[<Fact>]
let ``Python gives what evaluation gives, without an exception`` () =
    skipWithout "python3"

    let source =
        [
            Write.source Notation.python routines

            for piece in all do
                let points =
                    [
                        for point in piece.Points ->
                            "(" + String.concat "" [ for value in point -> Notation.python.Constant value + ", " ] + ")"
                    ]

                "for p in [" + String.Join(", ", points) + "]:"
                $"    r = {piece.Routine.Name}(*p)"
                "    for v in (r if isinstance(r, tuple) else (r,)):"
                "        print(repr(v))"
        ]

    inFolder (fun folder ->
        File.WriteAllLines(Path.Combine(folder, "gallery.py"), source)
        run "python3" [ "-W"; "error"; "gallery.py" ] folder |> numbers |> compare "Python" 1e-13)

// ----------------------------------------------------------------------------------------------------- LaTeX, MathML

let rec private upTo (file: string) (folder: string) =
    if File.Exists(Path.Combine(folder, file)) then
        folder
    else
        match Option.ofObj (Path.GetDirectoryName folder) with
        | Some parent -> upTo file parent
        | None -> failwith $"{file} is in no folder above"

let private katex = lazy (Path.Combine(upTo "Zautograd.sln" AppContext.BaseDirectory, "tests", "katex"))

[<Fact>]
let ``KaTeX takes every formula of the gallery, strictly`` () =
    skipWithout "node"

    if not (Directory.Exists(Path.Combine(katex.Value, "node_modules", "katex"))) then
        match tryRun "npm" [ "ci"; "--no-audit"; "--no-fund" ] katex.Value with
        | Some(Ok _) -> ()
        | Some(Error complaint) -> Assert.Skip $"npm could not fetch KaTeX: {complaint}"
        | None -> Assert.Skip "this machine has no npm, so the LaTeX was not checked by KaTeX."

    let formulas =
        [
            for expression in expressions do
                Write.latex expression
                let whole = Print.latex expression
                if whole.Length < 2000 then whole
        ]
        |> List.distinct

    inFolder (fun folder ->
        let file = Path.Combine(folder, "formulas.json")
        File.WriteAllText(file, JsonSerializer.Serialize formulas)
        let verdict = run "node" [ "check.mjs"; file ] katex.Value
        verdict.Trim() =! $"{formulas.Length} parsed, 0 refused"
        // and it does refuse: else the line above would say nothing
        File.WriteAllText(file, JsonSerializer.Serialize [ "\\frac{x" ])

        test
            <@
                match tryRun "node" [ "check.mjs"; file ] katex.Value with
                | Some(Error _) -> true
                | _ -> false
            @>)

/// How many children each element of MathML must have; -1 for any number.
let private children =
    dict
        [
            for element in [ "mi"; "mo"; "mn"; "mtext" ] -> element, 0
            for element in [ "mfrac"; "msup"; "msub"; "mroot" ] -> element, 2
            for element in [ "math"; "msqrt"; "mtd" ] -> element, 1
            for element in [ "mrow"; "mtable"; "mtr" ] -> element, -1
        ]

[<Fact>]
let ``MathML is well formed, and every element has as many children as it must`` () =
    let wrong =
        [
            for expression in expressions do
                let text = Write.mathml expression

                for element in (XDocument.Parse text).Descendants() do
                    let wanted = children[element.Name.LocalName]

                    if wanted >= 0 && Seq.length (element.Elements()) <> wanted || (wanted = 0 && element.Value = "") then
                        element.ToString()
        ]

    wrong =! []

[<Fact>]
let ``MathML as a page takes it`` () =
    [
        x ** 2.0 / 3.0, "<mfrac><msup><mi>x</mi><mn>2</mn></msup><mn>3</mn></mfrac>"
        -(x + y), "<mrow><mo>-</mo><mrow><mo>(</mo><mrow><mi>x</mi><mo>+</mo><mi>y</mi></mrow><mo>)</mo></mrow></mrow>"
        x - Const -1.0, "<mrow><mi>x</mi><mo>-</mo><mrow><mo>(</mo><mrow><mo>-</mo><mn>1</mn></mrow><mo>)</mo></mrow></mrow>"
        sqrt (Var "alpha1"), "<msqrt><msub><mi>&#x3B1;</mi><mn>1</mn></msub></msqrt>"
        Var "<&>", "<mi>&lt;&amp;&gt;</mi>"
    ]
    |> List.map (fun (expression, text) -> Write.mathml expression, $"<math>{text}</math>")
    |> List.filter (fun (actual, expected) -> actual <> expected)
    =! []

// -------------------------------------------------------------------------------------------------------------- text

let private sineProduct = sin (x * y + 1.0)

[<Fact>]
let ``what is shared and long gets a name, what is short does not`` () =
    Write.infix (x ** 2.0 + sin (x ** 2.0)) =! "x^2 + sin(x^2)"

    Write.infix (sin (x * y * x * y * x * y + 10.0) + exp (sin (x * y * x * y * x * y + 10.0)))
    =! "let t1 = sin(x*y*x*y*x*y + 10)\nt1 + exp(t1)"
    // a name that the user has is not given again
    let t = Var "t1"

    Write.infix (sin (x * t * x * t * x + 10.0) + exp (sin (x * t * x * t * x + 10.0)))
    =! "let t2 = sin(x*t1*x*t1*x + 10)\nt2 + exp(t2)"

    Write.latex (sineProduct * exp sineProduct)
    =! @"\begin{aligned} &\text{let } t_{1} = \sin\left( x \, y + 1 \right) \\ &t_{1} \, e^{t_{1}} \end{aligned}"

[<Fact>]
let ``a graph that unfolds to 2^n is written in n lines, by every writer`` () =
    let graph = List.fold (fun s _ -> s + sin s) x [ 1..200 ]

    for text in
        [
            Write.infix graph
            Write.latex graph
            Write.mathml graph
            Write.csharp "f" graph
            Write.fsharp "f" graph
            Write.c "f" graph
            Write.python "f" graph
        ] do
        test <@ text.Length < 60_000 @>

    test <@ (Print.latex graph).Length <= Infix.Longest @>

[<Fact>]
let ``a function as each language writes it`` () =
    let f = sineProduct * exp sineProduct - x ** 2.0 / y

    Write.csharp "f" f
    =! "public static double f(double x, double y)\n{\n    var t1 = Math.Sin(x * y + 1.0);\n    return t1 * Math.Exp(t1) - x * x / y;\n}\n"

    Write.fsharp "f" f =! "let f (x: float) (y: float) : float =\n    let t1 = sin(x * y + 1.0)\n    t1 * exp(t1) - x * x / y\n"

    Write.c "f" f
    =! "#include <math.h>\n\ndouble f(double x, double y) {\n    const double t1 = sin(x * y + 1.0);\n    return t1 * exp(t1) - x * x / y;\n}\n"

    (Write.python "f" f).EndsWith "def f(x, y):\n    t1 = _sin(x * y + 1.0)\n    return t1 * _exp(t1) - _div(x * x, y)\n" =! true

[<Fact>]
let ``keywords are escaped as each language has it`` () =
    let f = Var "class" + Var "let" + Var "lambda" + Var "t1" * sin (x * y) / exp (sin (x * y))
    let signature (text: string) = text.Split('\n') |> Array.find (fun line -> line.Contains " f" && line.Contains "class")

    signature (Write.csharp "f" f)
    =! "public static double f(double @class, double let, double lambda, double t1, double x, double y)"

    signature (Write.fsharp "f" f)
    =! "let f (``class``: float) (``let``: float) (lambda: float) (t1: float) (x: float) (y: float) : float ="

    signature (Write.c "f" f) =! "double f(double class_, double let, double lambda, double t1, double x, double y) {"
    signature (Write.python "f" f) =! "def f(class_, let, lambda_, t1, x, y):"
    (Write.csharp "f" f).Contains "var t2 = " =! true

[<Fact>]
let ``the culture changes nothing`` () =
    let written () =
        [
            for expression in List.truncate 250 expressions do
                string expression
                Write.infix expression
                Write.latex expression
                Write.mathml expression
                Write.csharp "f" expression
                Write.fsharp "f" expression
                Write.c "f" expression
                Write.python "f" expression
            Emit.Facade.text.Value
            for value in [ 1.5; -2.0; 1e300; 1e-7 ] do
                Emit.CSharp.generic.Constant value
        ]

    let before = CultureInfo.CurrentCulture
    let plain = written ()

    try
        let comma = CultureInfo("de-DE")
        comma.NumberFormat.NegativeSign <- "\u2212"
        CultureInfo.CurrentCulture <- comma
        test <@ (1.5).ToString().Contains ',' @> // the culture is in force
        test <@ written () = plain @>
    finally
        CultureInfo.CurrentCulture <- before

[<Fact>]
let ``brackets stand where they must and nowhere else, in code`` () =
    let a, b, c = Var "a", Var "b", Var "c"
    let body (text: string) = Regex.Match(text, @"return (.*);").Groups[1].Value

    [
        a - (b - c), "a - (b - c)"
        a - b - c, "a - b - c"
        a / (b / c), "a / (b / c)"
        a / b / c, "a / b / c"
        -(a * b), "-(a * b)"
        a * -b, "a * (-b)"
        a - Const -0.0, "a - (-0.0)"
        (Select Less).Of(a, b, c, a) + 1.0, "(a < b ? c : a) + 1.0"
        (Select Less).Of(a, b, (Select Equal).Of(a, c, a, b), (Select Less).Of(a, c, a, b)), "a < b ? (a == c ? a : b) : a < c ? a : b"
    ]
    |> List.map (fun (expression, text) -> body (Write.csharp "f" expression), text)
    |> List.filter (fun (actual, expected) -> actual <> expected)
    =! []

[<Fact>]
let ``a variable that is no parameter is refused by name`` () =
    let incomplete: Write.Routine = { Name = "f"; Parameters = [ "x" ]; Results = [ "value", x + y ] }

    let message =
        try
            Write.source Notation.c [ incomplete ]
        with :? ArgumentException as refusal ->
            refusal.Message

    test <@ message.Contains "'y'" @>

[<Fact>]
let ``C# callers write by extension methods`` () =
    let f = log x + x * y
    f.ToMathML() =! Write.mathml f
    f.ToLatex() =! Write.latex f
    f.ToCSharp("f") =! Write.csharp "f" f
    f.ToFSharp("f") =! Write.fsharp "f" f
    f.ToC("f") =! Write.c "f" f
    f.ToPython("f") =! Write.python "f" f
    test <@ f.ToCSharp("f", "x", "y").StartsWith "public static (double Value, double Dx, double Dy) f(double x, double y)" @>
    test <@ f.ToC("f", "x").Contains "void f(double x, double y, double *value, double *dx) {" @>
