/// The languages of programs: C#, F#, C and Python, one row of forms, names and numbers each. What a row does not say follows from the rule table.
module internal Zautograd.CodeNotation

open System
open System.Globalization
open Zautograd.Infix
open Zautograd.Layout
open Zautograd.Forms

// ---------------------------------------------------------------------------------------------------------------- C#

/// The name of an operation among .NET's mathematical functions.
let dotnetName (op: Op) =
    match op with
    | Expm1 -> "ExpM1"
    | Log1p -> "LogP1"
    | _ -> caseName op

let csharp =
    {
        Number = real "double.PositiveInfinity" "double.NegativeInfinity" "double.NaN" >> numeral
        Forms =
            table
                [
                    arithmetic
                    negation Power
                    signs (piecewise "$a ~ $b ? $c : $d" "<" "<=" "==")
                    signs [ (Rem, "$a % $b") ]
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
let csharpGeneric =
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

/// C# over lanes, many numbers at once, inside this library.
let csharpLanes =
    { csharpGeneric with
        Number =
            (function
            | 0.0 -> "Lanes.Zero"
            | 1.0 -> "Lanes.One"
            | value -> $"Lanes.Of({number value})")
            >> numeral
        Forms =
            table
                [
                    [ for row in csharpGeneric.Forms -> row.Key, row.Value ]
                    shapes
                        [
                            Select Less, "Lanes.Less($a, $b, $c, $d)"
                            Select LessOrEqual, "Lanes.LessOrEqual($a, $b, $c, $d)"
                            Select Equal, "Lanes.Equal($a, $b, $c, $d)"
                            Erf, "Lanes.Erf($a)"
                            Hypot, "Lanes.Hypot($a, $b)"
                            Rem, "Lanes.Rem($a, $b)"
                        ]
                ]
        Function = callIn "Lanes." dotnetName
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
                    signs [ Pow, "$a ** $b"; Rem, "$a % $b" ]
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
                            Rem, "fmod($a, $b)"
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
