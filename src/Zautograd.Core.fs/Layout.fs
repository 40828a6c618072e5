/// What surrounds expressions in each language: its words, helpers that its own library lacks, and how a function is laid out.
module internal Zautograd.Layout

open System
open System.Text.RegularExpressions
open Zautograd.Infix

/// A function ready to be laid out: everything is text of the language already.
type Written = { Name: string; Parameters: string list; Locals: (string * string) list; Results: (string * string) list }

let private words (text: string) = text.Split([| ' '; '\n' |], StringSplitOptions.RemoveEmptyEntries) |> set
let private join (parts: string list) = String.concat ", " parts

let csharpWords =
    words
        "abstract as base bool break byte case catch char checked class const continue decimal default delegate do double else enum event
     explicit extern false finally fixed float for foreach goto if implicit in int interface internal is lock long namespace new null
     object operator out override params private protected public readonly ref return sbyte sealed short sizeof stackalloc static
     string struct switch this throw true try typeof uint ulong unchecked unsafe ushort using virtual void volatile while
     record await var dynamic nameof field file scoped required when where yield partial async"

// .NET writes the names of a tuple's elements with a capital, and keeps a few for itself.
let pascal (name: string) =
    let capital = name.Substring(0, 1).ToUpperInvariant() + name.Substring 1

    if Regex.IsMatch(capital, "^(Item[0-9]+|Rest|ToString|Equals|GetHashCode|CompareTo|Deconstruct)$") then
        capital + "_"
    else
        capital

let csharpLayout _ (routines: Written list) =
    [
        for routine in routines do
            let kind, result =
                match routine.Results with
                | [ (_, text) ] -> "double", text
                | several -> "(" + join [ for name, _ in several -> "double " + name ] + ")", bracket (join (List.map snd several))

            let parameters = join [ for name in routine.Parameters -> "double " + name ]
            $"public static {kind} {routine.Name}({parameters})"
            "{"

            for name, text in routine.Locals do
                $"    var {name} = {text};"

            $"    return {result};"
            "}"
            ""
    ]

let fsharpWords =
    words
        "abstract and as assert base begin class default delegate do done downcast downto elif else end exception extern false finally
     fixed for fun function global if in inherit inline interface internal lazy let match member module mutable namespace new not
     null of open or override private public rec return sig static struct then to true try type upcast use val void when while with
     yield const component constraint include mixin parallel process protected pure sealed tailcall trait virtual atomic break
     checked constructor event external functor method object measure volatile asr land lor lsl lsr lxor mod"

let fsharpLayout _ (routines: Written list) =
    [
        for routine in routines do
            let kind = String.concat " * " [ for _ in routine.Results -> "float" ]
            let parameters = [ for name in routine.Parameters -> $"({name}: float)" ]
            let parameters = if parameters.IsEmpty then "()" else String.concat " " parameters
            $"let {routine.Name} {parameters} : {kind} ="

            for name, text in routine.Locals do
                $"    let {name} = {text}"

            // in a tuple, the last branch of a condition would take the rest with it
            let piece (text: string) = if text.StartsWith("if ", StringComparison.Ordinal) then bracket text else text

            match routine.Results with
            | [ (_, text) ] -> "    " + text
            | several -> "    " + join [ for _, text in several -> piece text ]

            ""
    ]

let cWords =
    words
        "alignas alignof auto bool break case char const constexpr continue default do double else enum extern false float for goto if
     inline int long nullptr register restrict return short signed sizeof static static_assert struct switch thread_local true
     typedef typeof typeof_unqual union unsigned void volatile while asm class delete explicit export friend mutable namespace new
     operator private protected public template this throw try catch typename using virtual and or not xor bitand bitor compl
     INFINITY NAN NULL isnan signbit linux unix main"

// C's fmax and fmin pass over NaN; the table's max and min do not.
let cHelpers =
    [
        "maximum",
        [
            "static double maximum(double a, double b) {"
            "    if (isnan(a) || isnan(b)) return a + b;"
            "    return a > b || (a == b && !signbit(a)) ? a : b;"
            "}"
            ""
        ]
        "minimum",
        [
            "static double minimum(double a, double b) {"
            "    if (isnan(a) || isnan(b)) return a + b;"
            "    return a < b || (a == b && signbit(a)) ? a : b;"
            "}"
            ""
        ]
        "clamp",
        [
            "static double clamp(double a, double low, double high) {"
            "    return a < low ? low : a > high ? high : a;"
            "}"
            ""
        ]
    ]

let cLayout (helpers: string list) (routines: Written list) =
    [
        "#include <math.h>"
        ""
        yield! helpers

        for routine in routines do
            let parameters = [ for name in routine.Parameters -> "double " + name ]

            let kind, pointers, ending =
                match routine.Results with
                | [ (_, text) ] -> "double", [], [ $"    return {text};" ]
                | several ->
                    "void", [ for name, _ in several -> "double *" + name ], [ for name, text in several -> $"    *{name} = {text};" ]

            let parameters = if routine.Parameters.IsEmpty && pointers.IsEmpty then "void" else join (parameters @ pointers)
            $"{kind} {routine.Name}({parameters}) {{"

            for name, text in routine.Locals do
                $"    const double {name} = {text};"

            yield! ending
            "}"
            ""
    ]

let pythonWords =
    words
        "False None True and as assert async await break class continue def del elif else except finally for from global if import in is
     lambda nonlocal not or pass raise return try while with yield math abs float round"

// Python raises where IEEE 754 has infinity or NaN, and its floor, ceil and round give integers.
let pythonHelpers =
    let line (op: Op) body =
        let name = "_" + name op
        name, [ $"def {name}(a):"; $"    return {body}"; ""; "" ]

    let several name parameters lines = name, [ $"def {name}({parameters}):"; yield! lines |> List.map (fun line -> "    " + line); ""; "" ]

    [
        line Sqrt "math.sqrt(a) if a >= 0.0 else math.nan"
        line Exp "math.inf if a > 709.782712893384 else math.exp(a)"
        line Expm1 "math.inf if a > 709.782712893384 else math.expm1(a)"
        line Log "math.log(a) if a > 0.0 else -math.inf if a == 0.0 else math.nan"
        line Log1p "math.log1p(a) if a > -1.0 else -math.inf if a == -1.0 else math.nan"
        line Log2 "math.log2(a) if a > 0.0 else -math.inf if a == 0.0 else math.nan"
        line Log10 "math.log10(a) if a > 0.0 else -math.inf if a == 0.0 else math.nan"
        line Sin "math.sin(a) if math.isfinite(a) else math.nan"
        line Cos "math.cos(a) if math.isfinite(a) else math.nan"
        line Tan "math.tan(a) if math.isfinite(a) else math.nan"
        line Asin "math.asin(a) if abs(a) <= 1.0 else math.nan"
        line Acos "math.acos(a) if abs(a) <= 1.0 else math.nan"
        line Sinh "math.copysign(math.inf, a) if abs(a) > 710.4758600739439 else math.sinh(a)"
        line Cosh "math.inf if abs(a) > 710.4758600739439 else math.cosh(a)"
        line Acosh "math.acosh(a) if a >= 1.0 else math.nan"
        line Atanh "math.atanh(a) if abs(a) < 1.0 else math.copysign(math.inf, a) if abs(a) == 1.0 else math.nan"
        line Floor "math.copysign(float(math.floor(a)), a) if math.isfinite(a) else a"
        line Ceiling "math.copysign(float(math.ceil(a)), a) if math.isfinite(a) else a"
        line Round "math.copysign(float(round(a)), a) if math.isfinite(a) else a"
        several
            "_div"
            "a, b"
            [
                "if b != 0.0:"
                "    return a / b"
                "return math.copysign(math.inf, a) * math.copysign(1.0, b) if a < 0.0 or a > 0.0 else math.nan"
            ]
        several "_rem" "a, b" [ "return math.fmod(a, b) if math.isfinite(a) and b != 0.0 else math.nan" ]
        several
            "_pow"
            "a, b"
            [
                "odd = abs(math.fmod(b, 2.0)) == 1.0 if math.isfinite(b) else False"
                "try:"
                "    return math.pow(a, b)"
                "except OverflowError:"
                "    return -math.inf if a < 0.0 and odd else math.inf"
                "except ValueError:"
                "    return math.nan if a != 0.0 else math.copysign(math.inf, a) if odd else math.inf"
            ]
        several
            "_max"
            "a, b"
            [ "if a != a or b != b:"; "    return math.nan"; "return a if a > b or a == b and math.copysign(1.0, a) > 0.0 else b" ]
        several
            "_min"
            "a, b"
            [ "if a != a or b != b:"; "    return math.nan"; "return a if a < b or a == b and math.copysign(1.0, a) < 0.0 else b" ]
        several "_clamp" "a, low, high" [ "return low if a < low else high if a > high else a" ]
    ]

let pythonLayout (helpers: string list) (routines: Written list) =
    let body =
        [
            yield! helpers

            for routine in routines do
                $"def {routine.Name}({join routine.Parameters}):"

                for name, text in routine.Locals do
                    $"    {name} = {text}"

                "    return " + join (List.map snd routine.Results)
                ""
                ""
        ]

    if body |> List.exists (fun line -> line.Contains "math.") then [ "import math"; ""; "" ] @ body else body

/// Lines that name what is shared, and then the result, or the results by their names.
let infixLayout _ (routines: Written list) =
    [
        for routine in routines do
            for name, text in routine.Locals do
                $"let {name} = {text}"

            match routine.Results with
            | [ (_, text) ] -> text
            | several ->
                for name, text in several do
                    $"{name} = {text}"
    ]

/// Several lines as one display.
let latexLayout _ (routines: Written list) =
    [
        for routine in routines do
            let lines =
                [
                    for name, text in routine.Locals do
                        $"&\\text{{let }} {name} = {text}"

                    match routine.Results with
                    | [ (_, text) ] -> "&" + text
                    | several ->
                        for name, text in several do
                            $"&{name} = {text}"
                ]

            match lines with
            | [ one ] -> one.Substring 1
            | _ -> "\\begin{aligned} " + String.concat " \\\\ " lines + " \\end{aligned}"
    ]

let mathmlLayout _ (routines: Written list) =
    [
        for routine in routines do
            let rows =
                [
                    for name, text in routine.Locals do
                        $"<mrow><mtext>let&#xA0;</mtext>{name}<mo>=</mo>{text}</mrow>"

                    match routine.Results with
                    | [ (_, text) ] -> text
                    | several ->
                        for name, text in several do
                            $"<mrow>{name}<mo>=</mo>{text}</mrow>"
                ]

            match rows with
            | [ one ] -> $"<math>{one}</math>"
            | _ ->
                let rows = rows |> List.map (fun row -> $"<mtr><mtd>{row}</mtd></mtr>")
                "<math><mtable columnalign=\"left\">" + String.concat "" rows + "</mtable></math>"
    ]
