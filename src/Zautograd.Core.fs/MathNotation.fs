/// The languages of people: infix text, LaTeX and MathML, one row of forms, names and numbers each.
module internal Zautograd.MathNotation

open System
open System.Globalization
open System.Security
open System.Text.RegularExpressions
open Zautograd.Infix
open Zautograd.Layout
open Zautograd.Forms

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

/// x1 is x with subscript 1, and x_1 too.
let private stemAndIndex (name: string) =
    let letters = name.TrimEnd [| '0' .. '9' |]
    let stem = letters.TrimEnd '_'
    if stem = "" || letters = name then name, "" else stem, name.Substring letters.Length

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
