/// THE NOTATION TABLE: for every language one row of forms, names and numbers. What it does not say follows from the rule table.
module Zautograd.Notation

open System
open System.Collections.Generic
open System.Globalization
open System.Security
open System.Text.RegularExpressions
open Zautograd.Infix
open Zautograd.Layout

/// What may be a name: anything that can be shown, or an identifier that is no word of the language.
type internal Naming =
    | Shown of (string -> string)
    | Identifiers of isLetter: (char -> bool) * keywords: Set<string> * escape: (string -> string) * ofResult: (string -> string)

/// A language. The forms are those that differ from a call of `Function`; an operation that has no form here and a formula in
/// the rule table is written by that formula where `Formulas` says so. Helpers are definitions by name that go before their users.
/// A shared piece gets a name when its text is longer than `Short`, any piece when its text is longer than `Long`.
type Language =
    internal
        {
            Number: float -> Text
            Forms: IReadOnlyDictionary<Op, Text list -> Form>
            Function: Op -> string
            Formulas: bool
            Bracket: string -> string
            IsSigned: string -> bool
            Naming: Naming
            Short: int
            Long: int
            Helpers: (string * string list) list
            Ellipsis: string
            Layout: (string list -> Written list -> string list)
        }

    /// A constant as text.
    member language.Constant(value: float) = (language.Number value).Text

    member internal language.Form (op: Op) (args: Text list) =
        match language.Forms.TryGetValue op with
        | true, form -> form args
        | _ -> delimited (call (language.Function op) args.Length)

let private table (rows: (Op * (Text list -> Form)) list list) : IReadOnlyDictionary<Op, Text list -> Form> =
    let forms = Dictionary()

    for op, form in List.concat rows do
        forms[op] <- form

    forms

let private signs rows : (Op * (Text list -> Form)) list = [ for op, pattern in rows -> op, (fun _ -> sign op pattern) ]
let private shapes rows : (Op * (Text list -> Form)) list = [ for op, pattern in rows -> op, (fun _ -> delimited pattern) ]

// A glyph that needs no brackets beside other factors, but some to carry an exponent: a fraction, a root.
let private glyphs rows : (Op * (Text list -> Form)) list =
    [ for op, pattern in rows -> op, (fun _ -> { delimited pattern with Tightness = Power }) ]

/// The three comparisons: the pattern with ~ for the sign.
let private piecewise (pattern: string) less lessOrEqual equal =
    [ Less, less; LessOrEqual, lessOrEqual; Equal, equal ]
    |> List.map (fun (comparison, sign: string) -> Select comparison, pattern.Replace("~", sign))

// In code, -(a*b) keeps its brackets: a reader need not know that -a*b is the same.
let private negation place : (Op * (Text list -> Form)) list = [ (Neg, fun _ -> { sign Neg "-$a" with Places = [ Right place ] }) ]
let private arithmetic = signs [ Add, "$a + $b"; Sub, "$a - $b"; Mul, "$a * $b"; Div, "$a / $b" ]

/// A number with a point or an exponent, and the words for what has no digits.
let private real infinity negativeInfinity notANumber (value: float) =
    if Double.IsNaN value then
        notANumber
    elif Double.IsInfinity value then
        if value > 0.0 then infinity else negativeInfinity
    else
        let text = number value
        if text |> Seq.forall (fun c -> Char.IsDigit c || c = '-') then text + ".0" else text

let private isAscii (c: char) = c < '\128'
let private anyLetter (_: char) = true
let private startsWithDigit (text: string) = text <> "" && Char.IsDigit text[0]

let private callIn home name = fun op -> home + name op

// ---------------------------------------------------------------------------------------------------------------- C#

/// The name of an operation among .NET's mathematical functions.
let internal dotnetName (op: Op) =
    match op with
    | Expm1 -> "ExpM1"
    | Log1p -> "LogP1"
    | _ -> caseName op

/// <summary>C# over `double` and `Math`; it needs `using System;`, and a reference to Zautograd for erf and hypot, which .NET lacks for doubles.</summary>
/// <example><code>Print.text Notation.csharp (sin x * 2.0)   // -> Math.Sin(x) * 2.0</code></example>
let csharp =
    {
        Number = real "double.PositiveInfinity" "double.NegativeInfinity" "double.NaN" >> numeral
        Forms =
            table
                [
                    arithmetic
                    negation Power
                    signs (piecewise "$a ~ $b ? $c : $d" "<" "<=" "==")
                    shapes [ Erf, "Zautograd.Functions.Erf($a)"; Hypot, "Zautograd.Functions.Hypot($a, $b)" ]
                ]
        Function = callIn "Math." dotnetName
        Formulas = true
        Bracket = bracket
        IsSigned = isSigned
        Naming = Identifiers(anyLetter, csharpWords, (fun word -> "@" + word), pascal)
        Short = 0
        Long = 400
        Helpers = []
        Ellipsis = "..."
        Layout = csharpLayout
    }

/// C# over any type T of generic math, inside this library.
let internal csharpGeneric =
    { csharp with
        Number =
            (function
            | 0.0 -> "T.Zero"
            | 1.0 -> "T.One"
            | -1.0 -> "T.NegativeOne"
            | value when Double.IsNaN value -> "T.NaN"
            | value when Double.IsPositiveInfinity value -> "T.PositiveInfinity"
            | value when Double.IsNegativeInfinity value -> "T.NegativeInfinity"
            | value -> $"T.CreateChecked({number value})")
            >> numeral
        Forms = table [ [ for row in csharp.Forms -> row.Key, row.Value ]; shapes [ Erf, "Special.Erf($a)"; Hypot, "T.Hypot($a, $b)" ] ]
        Function = callIn "T." dotnetName
        Naming = Shown id
    }

// ---------------------------------------------------------------------------------------------------------------- F#

/// The operations that F# has functions for; the others are among .NET's.
let private fsharpFunctions = [ Sin; Cos; Tan; Asin; Acos; Atan; Sinh; Cosh; Tanh; Exp; Log; Log10; Sqrt; Abs; Floor; Round ]

let private fsharpFunction op = if List.contains op fsharpFunctions then name op else "System.Math." + dotnetName op

// The last branch of a condition would take what follows the comma with it.
let private fsharpCalls: (Op * (Text list -> Form)) list =
    [
        for rule in Rules.all do
            match rule.Meaning with
            | Rules.Native _ when rule.Arity > 1 ->
                let places = List.replicate rule.Arity (Left Sum)
                rule.Op, (fun _ -> { delimited (call (fsharpFunction rule.Op) rule.Arity) with Places = places })
            | _ -> ()
    ]

/// <summary>F# over `float`; it needs a reference to Zautograd.Core for erf and hypot, which .NET lacks for doubles.</summary>
/// <example><code>Print.text Notation.fsharp (sin x * 2.0)   // -> sin(x) * 2.0</code></example>
let fsharp =
    {
        Number = real "infinity" "-infinity" "nan" >> numeral
        Forms =
            table
                [
                    fsharpCalls
                    arithmetic
                    negation Atom // -a ** b is (-a) ** b
                    signs (piecewise "if $a ~ $b then $c else $d" "<" "<=" "=")
                    signs [ (Pow, "$a ** $b") ]
                    shapes [ (Ceiling, "ceil($a)") ]
                    shapes [ (Erf, "Zautograd.Functions.Erf($a)") ]
                    [ (Hypot, fun _ -> { delimited "Zautograd.Functions.Hypot($a, $b)" with Places = [ Left Sum; Left Sum ] }) ]
                ]
        Function = fsharpFunction
        Formulas = true
        Bracket = bracket
        IsSigned = isSigned
        Naming = Identifiers(anyLetter, fsharpWords, (fun word -> "``" + word + "``"), id)
        Short = 0
        Long = 400
        Helpers = []
        Ellipsis = "..."
        Layout = fsharpLayout
    }

// ----------------------------------------------------------------------------------------------------------------- C

/// <summary>C, from C99 on, with its mathematical library.</summary>
/// <example><code>Print.text Notation.c (abs x)   // -> fabs(x)</code></example>
let c =
    {
        Number = real "INFINITY" "-INFINITY" "NAN" >> numeral
        Forms =
            table
                [
                    arithmetic
                    negation Power
                    signs (piecewise "$a ~ $b ? $c : $d" "<" "<=" "==")
                    shapes
                        [
                            Expm1, "expm1($a)"
                            Log1p, "log1p($a)"
                            Abs, "fabs($a)"
                            Ceiling, "ceil($a)"
                            Round, "rint($a)"
                            Max, "maximum($a, $b)"
                            Min, "minimum($a, $b)"
                        ]
                ]
        Function = name
        Formulas = true
        Bracket = bracket
        IsSigned = isSigned
        Naming = Identifiers(isAscii, cWords, (fun word -> word + "_"), id)
        Short = 0
        Long = 400
        Helpers = cHelpers
        Ellipsis = "..."
        Layout = cLayout
    }

// ------------------------------------------------------------------------------------------------------------ Python

let private pythonFunction =
    let helpers = set (List.map fst pythonHelpers)

    fun op ->
        if helpers.Contains("_" + name op) then "_" + name op
        elif op = Abs then "math.fabs"
        else "math." + name op

let private isNonzeroNumeral (text: string) =
    startsWithDigit (text.TrimStart '-')
    && (match Double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture) with
        | true, value -> value <> 0.0
        | _ -> false)

/// <summary>Python 3 with its math module; math.cbrt came with 3.11.</summary>
/// <example><code>Print.text Notation.python (tanh x / 2.0)   // -> math.tanh(x) / 2.0</code></example>
let python =
    let division: Text list -> Form =
        function
        | [ _; divisor ] when isNonzeroNumeral divisor.Text -> sign Div "$a / $b"
        | _ -> delimited "_div($a, $b)"

    {
        Number = real "math.inf" "-math.inf" "math.nan" >> numeral
        Forms =
            table
                [
                    arithmetic
                    negation Power
                    [ (Div, division) ]
                    [
                        for op, pattern in piecewise "($c if $a ~ $b else $d)" "<" "<=" "==" ->
                            op, (fun _ -> { sign op pattern with Tightness = Atom })
                    ]
                    shapes [ Expm1, "_expm1($a)"; Log1p, "_log1p($a)" ]
                ]
        Function = pythonFunction
        Formulas = true
        Bracket = bracket
        IsSigned = isSigned
        Naming = Identifiers(isAscii, pythonWords, (fun word -> word + "_"), id)
        Short = 0
        Long = 400
        Helpers = pythonHelpers
        Ellipsis = "..."
        Layout = pythonLayout
    }

// ------------------------------------------------------------------------------------- infix, LaTeX, MathML: for people

/// <summary>Infix text as the core prints and reads it.</summary>
/// <example><code>Print.text Notation.infix (x * y)   // -> x*y</code></example>
let infix =
    {
        Number = number >> numeral
        Forms = table [ [ for rule in Rules.all -> rule.Op, (fun args -> form rule.Op (List.length args)) ] ]
        Function = name
        Formulas = false
        Bracket = bracket
        IsSigned = isSigned
        Naming = Shown id
        Short = 20
        Long = 1000
        Helpers = []
        Ellipsis = "..."
        Layout = infixLayout
    }

let private greekLetters =
    "Alpha Beta Gamma Delta Epsilon Zeta Eta Theta Iota Kappa Lambda Mu Nu Xi Omicron Pi Rho - Sigma Tau Upsilon Phi Chi Psi Omega".Split
        ' '

/// The Greek letters by name, in both cases.
let private greek =
    dict
        [
            for index, letter in Array.indexed greekLetters do
                letter.ToLowerInvariant(), 0x3B1 + index
                letter, 0x391 + index
        ]

let private greekByCode = dict [ for letter in greek -> letter.Value, letter.Key ]

// LaTeX has commands for those that do not look like Latin ones.
let private latexGreek =
    set
        [
            for letter in greekLetters do
                if not (List.contains letter [ "-"; "Omicron" ]) then letter.ToLowerInvariant()
            yield! [ "Gamma"; "Delta"; "Theta"; "Lambda"; "Xi"; "Pi"; "Sigma"; "Upsilon"; "Phi"; "Psi"; "Omega" ]
        ]

/// x1 is x with subscript 1.
let private stemAndIndex (name: string) =
    let stem = name.TrimEnd [| '0' .. '9' |]
    if stem = "" then name, "" else stem, name.Substring stem.Length

// x is a letter, rate an upright word, mu the Greek letter.
let private latexVariable (primed: string) =
    let name = primed.TrimEnd '\''
    let primes = primed.Substring name.Length
    let stem, index = stemAndIndex name

    let escape (c: char) =
        match c with
        | '\\' -> "\\backslash "
        | '^' -> "\\hat{\\ }"
        | '~' -> "\\tilde{\\ }"
        | '_'
        | '#'
        | '$'
        | '%'
        | '&'
        | '{'
        | '}' -> "\\" + string c
        | ' ' -> "\\ "
        | _ when Char.IsControl c -> ""
        | _ when Char.GetUnicodeCategory c = UnicodeCategory.PrivateUse -> string c // someone's stand-in for a piece of LaTeX
        | _ when greekByCode.ContainsKey(int c) && latexGreek.Contains greekByCode[int c] -> "\\" + greekByCode[int c] + " "
        | _ when not (isAscii c) -> $"\\text{{{c}}}"
        | _ -> string c

    let letter =
        if latexGreek.Contains stem then "\\" + stem
        elif stem.Length = 1 then escape stem[0]
        else "\\mathrm{" + String.collect escape stem + "}"

    (if index = "" then letter else letter + "_{" + index + "}") + primes

/// Digits and exponent of a number in powers of ten; `None` for one that is written without.
let private scientific (value: float) =
    match (number value).Split 'E' with
    | [| digits; exponent |] -> Some(digits, string (int exponent))
    | _ -> None

let private latexNumber (value: float) =
    match scientific value with
    | Some(digits, exponent) -> { Text = $"{digits} \\cdot 10^{{{exponent}}}"; Binds = Product }
    | None when Double.IsNaN value -> { Text = "\\mathrm{NaN}"; Binds = Atom }
    | None -> numeral ((number value).Replace("Infinity", "\\infty"))

/// Names of functions as mathematicians write them.
let private mathName (op: Op) =
    match op with
    | Log -> "ln"
    | Asin -> "arcsin"
    | Acos -> "arccos"
    | Atan -> "arctan"
    | _ -> name op

let private latexFunction (op: Op) =
    match op with
    | Log
    | Sin
    | Cos
    | Tan
    | Asin
    | Acos
    | Atan
    | Sinh
    | Cosh
    | Tanh
    | Max
    | Min -> "\\" + mathName op
    | Log2 -> "\\log_{2}"
    | Log10 -> "\\log_{10}"
    | _ -> "\\operatorname{" + mathName op + "}"

/// <summary>LaTeX for mathematics mode.</summary>
/// <example><code>Print.text Notation.latex (sqrt x)   // -> \sqrt{x}</code></example>
let latex =
    let times: Text list -> Form =
        // a digit after a factor would read as one number with it
        function
        | [ _; factor ] when startsWithDigit factor.Text -> sign Mul "$a \\cdot $b"
        | _ -> sign Mul "$a \\, $b"

    // every function takes its arguments in brackets that grow with them
    let calls =
        [
            for rule in Rules.all ->
                rule.Op,
                (fun args ->
                    let inner = call "" (List.length args)
                    delimited (latexFunction rule.Op + "\\left( " + inner.Substring(1, inner.Length - 2) + " \\right)"))
        ]

    {
        Number = latexNumber
        Forms =
            table
                [
                    calls
                    signs [ Neg, "-$a"; Add, "$a + $b"; Sub, "$a - $b" ]
                    [ (Mul, times) ]
                    [ (Pow, fun _ -> { sign Pow "$a^{$b}" with Places = [ Left Atom ] }) ]
                    glyphs [ Div, "\\frac{$a}{$b}"; Sqrt, "\\sqrt{$a}"; Cbrt, "\\sqrt[3]{$a}"; Exp, "e^{$a}" ]
                    shapes
                        [
                            Abs, "\\left| $a \\right|"
                            Floor, "\\left\\lfloor $a \\right\\rfloor"
                            Ceiling, "\\left\\lceil $a \\right\\rceil"
                        ]
                    [
                        for op, pattern in
                            piecewise "\\begin{cases} $c & \\text{if } $a ~ $b \\\\ $d & \\text{otherwise} \\end{cases}" "<" "\\le" "=" ->
                            op, (fun _ -> choice op pattern)
                    ]
                ]
        Function = latexFunction
        Formulas = false
        Bracket = fun text -> "\\left( " + text + " \\right)"
        IsSigned = isSigned
        Naming = Shown latexVariable
        Short = 25
        Long = 1000
        Helpers = []
        Ellipsis = "\\ldots"
        Layout = latexLayout
    }

let private mi text = $"<mi>{text}</mi>"
let private mo text = $"<mo>{text}</mo>"
let private mn text = $"<mn>{text}</mn>"
let private mrow (parts: string list) = "<mrow>" + String.concat "" parts + "</mrow>"

// A sign before the number is an operator, as it is before a variable.
let private mathmlSigned (text: string) = if isSigned text then mrow [ mo "-"; mn (text.Substring 1) ] else mn text

let private mathmlNumber (value: float) =
    match scientific value with
    | Some(digits, exponent) ->
        { Text = mrow [ mathmlSigned digits; mo "&#xB7;"; $"<msup>{mn 10}{mathmlSigned exponent}</msup>" ]; Binds = Product }
    | None when Double.IsPositiveInfinity value -> { Text = mi "&#x221E;"; Binds = Atom }
    | None when Double.IsNegativeInfinity value -> { Text = mrow [ mo "-"; mi "&#x221E;" ]; Binds = Product }
    | None when Double.IsNaN value -> { Text = mi "NaN"; Binds = Atom }
    | None -> { Text = mathmlSigned (number value); Binds = (numeral (number value)).Binds }

let private mathmlVariable (name: string) =
    let stem, index = stemAndIndex name

    let letter =
        match greek.TryGetValue stem with
        | true, code -> mi $"&#x{code:X};"
        | _ -> mi (SecurityElement.Escape(String.filter (Char.IsControl >> not) stem))

    if index = "" then letter else $"<msub>{letter}{mn index}</msub>"

let private mathmlFunction (op: Op) =
    match op with
    | Log2 -> "<msub><mi>log</mi><mn>2</mn></msub>"
    | Log10 -> "<msub><mi>log</mi><mn>10</mn></msub>"
    | _ -> mi (mathName op)

/// <summary>MathML, every piece one element, for pages; a file of its own must name MathML's namespace on the outermost element.</summary>
/// <example><code>Print.text Notation.mathml (sqrt x)   // -> &lt;msqrt>&lt;mi>x&lt;/mi>&lt;/msqrt></code></example>
let mathml =
    let bracket text = mrow [ mo "("; text; mo ")" ]
    let between left right = mrow [ mo left; "$a"; mo right ]
    let startsWith pattern = let regex = Regex pattern in fun (text: string) -> regex.IsMatch text
    let startsWithNumber = startsWith "^(<mrow>|<msup>)*<mn>"
    let infix op sign' = op, mrow [ "$a"; mo sign'; "$b" ]

    let times: Text list -> Form =
        function
        | [ _; factor ] when startsWithNumber factor.Text -> sign Mul (snd (infix Mul "&#xB7;"))
        | _ -> sign Mul (snd (infix Mul "&#x2062;"))

    let calls =
        [
            for rule in Rules.all ->
                rule.Op,
                (fun args ->
                    let places = List.init (List.length args) (fun index -> "$" + string (char (int 'a' + index)))
                    let inner = String.concat (mo ",") places
                    delimited (mrow [ mathmlFunction rule.Op; mo "&#x2061;"; mrow [ mo "("; inner; mo ")" ] ]))
        ]

    let cases =
        mrow
            [
                mo "{"
                "<mtable columnalign=\"left\"><mtr><mtd>$c</mtd><mtd><mrow><mtext>if&#xA0;</mtext>$a<mo>~</mo>$b</mrow></mtd></mtr>"
                "<mtr><mtd>$d</mtd><mtd><mtext>otherwise</mtext></mtd></mtr></mtable>"
            ]

    {
        Number = mathmlNumber
        Forms =
            table
                [
                    calls
                    signs [ Neg, mrow [ mo "-"; "$a" ]; infix Add "+"; infix Sub "-" ]
                    [ (Mul, times) ]
                    [ (Pow, fun _ -> { sign Pow "<msup>$a$b</msup>" with Places = [ Left Atom ] }) ]
                    glyphs
                        [
                            Div, "<mfrac>$a$b</mfrac>"
                            Sqrt, "<msqrt>$a</msqrt>"
                            Cbrt, "<mroot>$a<mn>3</mn></mroot>"
                            Exp, "<msup><mi>e</mi>$a</msup>"
                        ]
                    shapes [ Abs, between "|" "|"; Floor, between "&#x230A;" "&#x230B;"; Ceiling, between "&#x2308;" "&#x2309;" ]
                    [ for op, pattern in piecewise cases "&lt;" "&#x2264;" "=" -> op, (fun _ -> choice op pattern) ]
                ]
        Function = mathmlFunction
        Formulas = false
        Bracket = bracket
        IsSigned = startsWith "^(<mrow>)*<mo>-"
        Naming = Shown mathmlVariable
        Short = 150
        Long = 5000
        Helpers = []
        Ellipsis = "<mi>&#x2026;</mi>"
        Layout = mathmlLayout
    }
