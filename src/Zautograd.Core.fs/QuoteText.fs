/// How a message shows a part of a quotation.
module internal Zautograd.QuoteText

open System
open FSharp.Quotations.Patterns

type private Quotation = FSharp.Quotations.Expr

let private symbols =
    dict
        [
            "op_Addition", "+"
            "op_Subtraction", "-"
            "op_Multiply", "*"
            "op_Division", "/"
            "op_Modulus", "%"
            "op_Exponentiation", "**"
            "op_UnaryNegation", "-"
            "op_UnaryPlus", "+"
            "op_LessThan", "<"
            "op_LessThanOrEqual", "<="
            "op_GreaterThan", ">"
            "op_GreaterThanOrEqual", ">="
            "op_Equality", "="
            "op_Inequality", "<>"
            "op_PipeRight", "|>"
            "op_PipeLeft", "<|"
            "op_ComposeRight", ">>"
            "op_ComposeLeft", "<<"
        ]

let rec private textOf depth (quotation: Quotation) : string =
    let text = textOf (depth - 1)

    let texts parts = parts |> List.truncate 8 |> List.map text |> String.concat ", "

    match quotation with
    | _ when depth = 0 -> "..."
    | Var name -> name.Name
    | ValueWithName(_, _, name) -> name
    | Value(null, _) -> "()"
    | Value(:? string as literal, _) -> $"\"{literal}\""
    | Value(:? bool as literal, _) -> if literal then "true" else "false"
    | Value(value, _) -> Convert.ToString(value, Globalization.CultureInfo.InvariantCulture)
    | Call(None, method, [ a; b ]) when symbols.ContainsKey method.Name -> $"({text a} {symbols[method.Name]} {text b})"
    | Call(None, method, [ a ]) when symbols.ContainsKey method.Name -> $"({symbols[method.Name]}{text a})"
    | Call(None, method, args) -> $"{method.Name}({texts args})"
    | Call(Some target, method, args) -> $"{text target}.{method.Name}({texts args})"
    | PropertyGet(None, property, _) -> property.Name
    | PropertyGet(Some target, property, _) -> $"{text target}.{property.Name}"
    | Let(name, value, body) -> $"let {name.Name} = {text value} in {text body}"
    | Lambda(name, body) -> $"fun {name.Name} -> {text body}"
    | IfThenElse(test, first, second) -> $"if {text test} then {text first} else {text second}"
    | Application(target, arg) -> $"{text target} {text arg}"
    | NewTuple items -> $"({texts items})"
    | NewArray(_, items) -> $"[| {texts items} |]"
    | VarSet(name, value) -> $"{name.Name} <- {text value}"
    | Sequential(first, second) -> $"{text first}; {text second}"
    | WhileLoop(test, body) -> $"while {text test} do {text body}"
    | ForIntegerRangeLoop(name, first, last, body) -> $"for {name.Name} in {text first} .. {text last} do {text body}"
    | Coerce(value, kind) -> $"{text value} :> {kind.Name}"
    | LetRecursive(((name, _) :: _), body) -> $"let rec {name.Name} ... in {text body}"
    | _ -> "..."

/// The source text of a quotation, or nearly so; what is deep in it is left out.
let text quotation = textOf 6 quotation

/// What a quotation is, in words.
let kind quotation =
    match quotation with
    | Call(_, method, _) -> $"call of {Reading.fullName method}"
    | PropertyGet(_, property, _) -> $"access to {Reading.fullName property}"
    | VarSet _ -> "assignment"
    | Let(name, _, _) when name.IsMutable -> $"mutable variable {name.Name}"
    | Let _ -> "let"
    | WhileLoop _
    | ForIntegerRangeLoop _ -> "loop"
    | Sequential _ -> "sequence of statements"
    | LetRecursive _ -> "recursive function"
    | Lambda _ -> "function"
    | Application _ -> "application of a function"
    | IfThenElse _ -> "if"
    | Value(_, kind) -> $"value of type {kind}"
    | Coerce(_, kind) -> $"conversion to {kind}"
    | NewArray _ -> "array"
    | NewTuple _ -> "tuple"
    | NewObject(constructor, _) -> $"object of type {constructor.DeclaringType}"
    | NewUnionCase(case, _) -> $"union case {case.Name}"
    | NewRecord(kind, _) -> $"record {kind}"
    | TryWith _
    | TryFinally _ -> "try"
    | _ -> "expression"
