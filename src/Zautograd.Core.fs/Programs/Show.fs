/// Programs as text that a person reads: one statement a line.
module Zautograd.Programs.Show

open Zautograd
open Zautograd.Programs
open Zautograd.Infix

let private atLeast binds (piece: Text) = if piece.Binds >= binds then piece.Text else $"({piece.Text})"

// a sign never follows another: a - (-b)
let private onTheRight binds (piece: Text) = if piece.Text.StartsWith "-" then $"({piece.Text})" else atLeast binds piece

let private infix binds sign left right = { Text = atLeast binds left + sign + onTheRight (binds + 1) right; Binds = binds }

let private arithmetic =
    function
    | Plus -> Sum, " + "
    | Minus -> Sum, " - "
    | Times -> Product, "*"
    | Quotient -> Product, "/"
    | Remainder -> Product, "%"

let private sign =
    function
    | Less -> "<"
    | LessOrEqual -> "<="
    | Equal -> "="

let rec private piece (e: Term) : Text =
    let atom text = { Text = text; Binds = Atom }
    let loose text = { Text = text; Binds = Piecewise }

    match e with
    | Number x -> { Text = number x; Binds = (if x < 0.0 then Product else Atom) }
    | Whole n -> { Text = string n; Binds = (if n < 0 then Product else Atom) }
    | Truth b -> atom (if b then "true" else "false")
    | Variable name -> atom name
    | Element(array, index) -> atom $"{array}[{term index}]"
    | Length array -> atom $"{array}.Length"
    | Integer(op, a, b) ->
        let binds, sign = arithmetic op
        infix binds sign (piece a) (piece b)
    | Compare(k, a, b) -> loose $"{atLeast Sum (piece a)} {sign k} {atLeast Sum (piece b)}"
    | Not a -> loose $"not {atLeast Atom (piece a)}"
    | And(a, b) -> loose $"{atLeast Sum (piece a)} and {atLeast Sum (piece b)}"
    | Or(a, b) -> loose $"{atLeast Sum (piece a)} or {atLeast Sum (piece b)}"
    | Choose(a, b, c) -> loose $"if {term a} then {term b} else {term c}"
    | ToReal a -> atom $"real({term a})"
    | ToInt a -> atom $"int({term a})"
    | Formula(op, args) ->
        // the text of the operation, its arguments as names that stand for their own text
        match op, List.map piece args with
        | Neg, [ a ] -> { Text = "-" + onTheRight Product a; Binds = Product }
        | Add, [ a; b ] -> infix Sum " + " a b
        | Sub, [ a; b ] -> infix Sum " - " a b
        | Mul, [ a; b ] -> infix Product "*" a b
        | Div, [ a; b ] -> infix Product "/" a b
        | Pow, [ a; b ] -> { Text = atLeast Atom a + "^" + onTheRight Power b; Binds = Power }
        | _, args -> atom (name op + "(" + String.concat ", " (args |> List.map _.Text) + ")")

and term (e: Term) : string = (piece e).Text

let private typeName =
    function
    | Real -> "real"
    | Int -> "int"
    | Bool -> "bool"
    | Reals -> "real[]"
    | Ints -> "int[]"

let rec private lines indent (block: Statement list) : string list =
    let inside = lines (indent + "    ")

    [
        for statement in block do
            match statement with
            | Declare(name, kind, e) -> $"{indent}{typeName kind} {name} = {term e}"
            | DeclareArray(name, kind, length) -> $"{indent}{typeName kind} {name} = zeros({term length})"
            | Assign(name, e) -> $"{indent}{name} = {term e}"
            | Increment(name, e) -> $"{indent}{name} += {term e}"
            | Store(array, i, e) -> $"{indent}{array}[{term i}] = {term e}"
            | Accumulate(array, i, e) -> $"{indent}{array}[{term i}] += {term e}"
            | If(condition, yes, no) ->
                $"{indent}if {term condition}:"
                yield! inside yes

                if not no.IsEmpty then
                    $"{indent}else:"
                    yield! inside no
            | For(i, first, last, step, body) ->
                let by = if step = 1 then "" else $" by {step}"
                $"{indent}for {i} from {term first} to {term last} (excluded){by}:"
                yield! inside body
            | While(condition, body) ->
                $"{indent}while {term condition}:"
                yield! inside body
            | Call(results, name, args) ->
                let left = if results.IsEmpty then "" else String.concat ", " results + " = "
                let given = args |> List.map term |> String.concat ", "
                $"{indent}{left}{name}({given})"
            | Outside(method, args) ->
                let given = args |> List.map term |> String.concat ", "
                $"{indent}return outside {method}({given})"
            | Return results -> indent + "return " + String.concat ", " (List.map term results)
            | Break -> indent + "break"
            | Continue -> indent + "continue"
            | Push(stack, _, e) -> $"{indent}push {stack}, {term e}"
            | Pop(stack, _, name) -> $"{indent}{name} = pop {stack}"
            | PopElement(stack, _, array, i) -> $"{indent}{array}[{term i}] = pop {stack}"
            | Remark text -> $"{indent}// {text}"
    ]

/// A block of statements.
let block (statements: Statement list) : string = String.concat "\n" (lines "" statements)

/// The first line of a statement.
let head (statement: Statement) : string =
    match statement with
    | If(condition, _, _) -> block [ If(condition, [], []) ]
    | For(i, first, last, step, _) -> block [ For(i, first, last, step, []) ]
    | While(condition, _) -> block [ While(condition, []) ]
    | line -> block [ line ]

/// A function: its head, then its body.
let func (f: Function) : string =
    let parameter (p: Parameter) =
        (if p.Flow = InOut then "inout " else "") + typeName p.Type + " " + p.Name + (if p.Active then "" else " (constant)")

    let parameters = f.Parameters |> List.map parameter |> String.concat ", "
    let results = f.Results |> List.map typeName |> String.concat ", "
    $"{f.Name}({parameters}) -> {results}:\n" + String.concat "\n" (lines "    " f.Body) + "\n"

/// All functions of a program.
let program (p: Program) : string = p.Functions |> List.map func |> String.concat "\n"
