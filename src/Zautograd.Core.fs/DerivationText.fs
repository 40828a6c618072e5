/// How a line of a derivation and the rules behind it read, as text and as LaTeX.
module internal Zautograd.DerivationText

open System.Collections.Generic
open Zautograd.Derivation
open Zautograd.ExplainSteps

/// How a kind of text writes an expression, an open derivative by a variable, and the derivative of an expression in a law.
type Notation = { Expression: Expr -> string; Open: string -> string -> string; Primed: Expr -> string }

// An open derivative enters a line's expression as a variable of one private letter, which its text then takes the place of: the
// printers need not know of lines.
let private firstPrivate = 0xE000

let write (notation: Notation) wrt (line: Line) : string =
    let texts = List<string>()

    let rec enter line =
        match line with
        | Known e -> e
        | Derivative e ->
            texts.Add(notation.Open wrt (notation.Expression e))
            Var(string (char (firstPrivate + texts.Count - 1)))
        | Operation(op, args) -> Apply(op, args |> List.map enter)

    let frame = notation.Expression(enter line)

    (frame, List.indexed (List.ofSeq texts))
    ||> List.fold (fun text (index, inside) -> text.Replace(string (char (firstPrivate + index)), inside))

let plain: Notation =
    {
        Expression = string
        Open = fun wrt e -> $"d/d{wrt}[{e}]"
        Primed =
            function
            | Var name -> name + "'"
            | Const _
            | Apply _ as e -> $"({e})'"
    }

// u' is the letter with a prime, not a word of two letters.
let latex: Notation =
    let print (e: Expr) =
        let primed = Graph.variables e |> List.filter (fun name -> name.EndsWith "'")
        let stand = primed |> List.mapi (fun index name -> name, string (char (firstPrivate + 0x1000 + index)))
        let text = Print.latex (Calculus.substitute (stand |> List.map (fun (name, letter) -> name, Var letter)) e)

        (text, stand) ||> List.fold (fun text (name, letter) -> text.Replace(letter, Print.latex (Var(name.TrimEnd '\'')) + "'"))

    {
        Expression = print
        Open = fun wrt e -> $"\\frac{{d}}{{d{Print.latex (Var wrt)}}}\\left[ {e} \\right]"
        Primed =
            function
            | Var _ as e -> print e + "'"
            | Const _
            | Apply _ as e -> $"\\left( {print e} \\right)'"
    }

// A rule in pieces of words and formulas: "product rule with u = x, v = sin(x): (u*v)' = u'*v + u*v'".
let says notation (rule: string -> string) (words: string -> string) (formula: string -> string) (step: Step) =
    let equation left right = formula $"{left} = {notation.Expression right}"

    let say saying =
        match saying with
        | Letting(name, is) -> equation (notation.Expression(Var name)) is
        | Inner(name, is) -> words "inner " + equation (notation.Expression(Var name)) is
        | Outer e -> words "outer " + formula (notation.Expression e)
        | Law(left, right) -> equation (notation.Primed left) right
        | Slope(wrt, e, is) -> equation (notation.Open wrt (notation.Expression e)) is

    let isLetting =
        function
        | Letting _
        | Inner _
        | Outer _ -> true
        | Law _
        | Slope _ -> false

    let reason (reason: Reason) =
        let lettings, laws = reason.Sayings |> List.partition isLetting
        let listed sayings = sayings |> List.map say |> String.concat (words ", ")

        rule reason.Rule
        + (if List.isEmpty lettings then "" else words " with " + listed lettings)
        + (if List.isEmpty laws then "" else words ": " + listed laws)

    step.Reasons |> List.map reason |> String.concat (words "; ")
