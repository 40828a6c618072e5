/// Terms as C#, by the forms and the precedence of the one table; formulas of the table that .NET has no function for become small methods.
module internal Zautograd.Programs.CSharpTerm

open Zautograd
open Zautograd.Infix
open Zautograd.Programs

/// What is computed in floats: their functions are .NET's own, whose last bit no rounding of a double gives.
let private singles =
    let cast pattern places = { delimited pattern with Tightness = Power; Places = List.replicate places (Right Atom) }

    let call op home =
        SingleOf op,
        (fun (args: Text list) ->
            let given = call $"(double){home}.{CodeNotation.dotnetName op}" args.Length
            cast (given.Replace("$", "(float)$")) args.Length)

    [
        Single, (fun _ -> cast "(double)(float)$a" 1)
        call Hypot "float"
        for op in [ Pow; Cbrt; Exp; Log; Log2; Log10; Sin; Cos; Tan; Asin; Acos; Atan; Atan2; Sinh; Cosh; Tanh; Asinh; Acosh; Atanh ] do
            call op "MathF"
    ]

/// The language of expressions, with functions that run without the core.
let language =
    { CodeNotation.csharp with
        Forms =
            Forms.table
                [
                    [ for row in CodeNotation.csharp.Forms -> row.Key, row.Value ]
                    singles
                    Forms.shapes [ Erf, "Zautograd.Runtime.Special.Erf($a)"; Hypot, "Zautograd.Runtime.Special.Hypot($a, $b)" ]
                ]
    }

/// Whether working it out twice costs nothing.
let private isAtom term =
    match term with
    | Variable _
    | Element(_, (Variable _ | Whole _)) -> true
    | _ -> false

/// The operation that needs a method of its own here; a square of something long is one, too.
let private helperOf term =
    match term with
    | Formula(Pow, [ a; Number 2.0 ]) -> if isAtom a then None else Some Pow
    | Formula(op, _) when not (language.Forms.ContainsKey op) ->
        match (Rules.rule op).Meaning with
        | Rules.Formula _ -> Some op
        | Rules.Native _ -> None
    | _ -> None

let rec private helpersIn term : Set<Op> =
    Term.parts term |> List.map helpersIn |> List.fold Set.union (helperOf term |> Option.toList |> Set.ofList)

/// The operations that need methods in a program.
let helpers (program: Program) : Op list =
    [
        for f in program.Functions do
            for statement in Statement.all f.Body do
                yield! Statement.terms statement |> List.map helpersIn
    ]
    |> Set.unionMany
    |> Set.toList

let helperName op = if op = Pow then "Square" else CodeNotation.dotnetName op

/// The method for an operation.
let helper (op: Op) (name: string) : string list =
    let a = Var "a"

    let parameters, body =
        if op = Pow then
            [ "a" ], Apply(Mul, [ a; a ])
        else
            let parameters = List.take (Rules.rule op).Arity Rules.argumentNames
            parameters, Apply(op, List.map Var parameters)

    let text = Write.source language [ { Name = name; Parameters = parameters; Results = [ ("value", body) ] } ]
    [ for line in text.TrimEnd('\n').Split '\n' -> line.Replace("public static", "private static") ]

/// What the names of a program are in C#.
type Names = { Local: string -> string; Function: string -> string; Helper: Op -> string }

let private compose form args = compose language.Bracket language.IsSigned form args
let private loose text = { Text = text; Binds = Piecewise }
let private comparison sign = { choice (Select Less) $"$a {sign} $b" with Tightness = Piecewise }

// nobody knows by heart how tightly they bind
let private bits sign = { delimited $"($a {sign} $b)" with Places = [ Right Atom; Right Atom ] }

let private arithmetic =
    function
    | Plus -> sign Add "$a + $b"
    | Minus -> sign Sub "$a - $b"
    | Times -> sign Mul "$a * $b"
    | Quotient -> sign Div "$a / $b"
    | Remainder -> sign Div "$a % $b"
    | BitAnd -> bits "&"
    | BitOr -> bits "|"
    | BitXor -> bits "^"
    | ShiftLeft -> bits "<<"
    | ShiftRight -> bits ">>"
    | ShiftRightUnsigned -> bits ">>>"

let private cast kind = { delimited $"({kind})$a" with Places = [ Right Atom ] }

let private signOf =
    function
    | Less -> "<"
    | LessOrEqual -> "<="
    | Equal -> "=="

let rec private piece (names: Names) (term: Term) : Text =
    let piece = piece names
    let text term = (piece term).Text

    match term with
    | Number x -> language.Number x
    | Whole n -> numeral (string n)
    | Truth b -> numeral (if b then "true" else "false")
    | Variable name -> numeral (names.Local name)
    | Length array -> numeral $"{names.Local array}.Length"
    | Element(array, index) -> numeral $"{names.Local array}[{text index}]"
    | ToReal a
    | Wide(NearestReal, [ a ]) -> { compose (cast "double") [ piece a ] with Binds = Power }
    | ToInt a
    | Wide(LowInt, [ a ]) -> { compose (cast "int") [ piece a ] with Binds = Power }
    | Wide((OfInt | OfReal), [ a ]) -> { compose (cast "long") [ piece a ] with Binds = Power }
    | Wide(Literal n, _) -> numeral $"{n}L"
    | Wide(Basic op, args) -> compose (arithmetic op) (List.map piece args)
    | Wide _ -> invalidOp (Show.term term)
    | Integer(op, a, b) -> compose (arithmetic op) [ piece a; piece b ]
    | Compare(k, a, b) -> compose (comparison (signOf k)) [ piece a; piece b ]
    | Not(Compare(Equal, a, b)) -> compose (comparison "!=") [ piece a; piece b ]
    | Not a -> { compose { delimited "!$a" with Places = [ Left Atom ] } [ piece a ] with Binds = Power }
    // comparisons need no brackets beside && and ||, everything looser gets some
    | And(a, b) -> loose $"{clause names a} && {clause names b}"
    | Or(a, b) -> loose $"{alternative names a} || {alternative names b}"
    | Choose(condition, a, b) ->
        let branch term = atLeastComparison names term
        loose $"{branch condition} ? {branch a} : {text b}"
    | Formula(Pow, [ a; Number 2.0 ]) when isAtom a -> compose (language.Form Mul []) [ piece a; piece a ]
    | Formula(Pow, [ a; Number 2.0 ]) -> numeral $"{names.Helper Pow}({text a})"
    | Formula(op, args) ->
        match helperOf term with
        | Some op ->
            let args = args |> List.map text |> String.concat ", "
            numeral $"{names.Helper op}({args})"
        | None ->
            let args = List.map piece args
            compose (language.Form op args) args

and private clause names term =
    match term with
    | Or _
    | Choose _ -> bracket (piece names term).Text
    | _ -> (piece names term).Text

and private alternative names term =
    match term with
    | And _
    | Choose _ -> bracket (piece names term).Text
    | _ -> (piece names term).Text

and private atLeastComparison names term =
    match term with
    | Choose _
    | Formula(Select _, _) -> bracket (piece names term).Text
    | _ -> (piece names term).Text

/// The call of a method by its name; or what is written for one whose text has places, $a and so on.
let outside (method: string) (args: string list) : string =
    if method.Contains "$" then
        (method, List.indexed args) ||> List.fold (fun call (place, arg) -> call.Replace("$" + string (char (int 'a' + place)), arg))
    else
        method + "(" + String.concat ", " args + ")"

/// The text of a term.
let text (names: Names) (term: Term) : string = (piece names term).Text

/// The operations on vectors that have no sign.
let private vectorForms = Map.ofList [ Sqrt, delimited "Lanes.Sqrt($a)"; Abs, delimited "Lanes.Abs($a)" ]

/// The text of a term in several rounds of a loop at once: a vector, whose lanes are rounds. A number that is the same in all of them meets
/// a vector as it is in a product, and is spread over the lanes elsewhere. `isOwn` says of a name whether each round has its own.
let vector (names: Names) (isOwn: string -> bool) (term: Term) : string =
    let isVector = Term.names >> Set.exists isOwn
    let spread text = numeral $"Lanes.All({text})"

    let rec lanes term =
        match term with
        | Element(array, index) when isVector term -> numeral $"Lanes.Load({names.Local array}, {text names index})"
        | Formula(op, args) when isVector term ->
            let form = Map.tryFind op vectorForms |> Option.defaultWith (fun () -> language.Form op [])

            compose
                form
                [
                    for place, arg in List.indexed args do
                        let meets = op = Mul || op = Div && place = 1
                        if isVector arg || not meets then lanes arg else piece names arg
                ]
        | _ when isVector term -> piece names term
        | _ -> spread (text names term)

    (lanes term).Text
