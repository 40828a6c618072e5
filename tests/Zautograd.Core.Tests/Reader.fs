/// Reads infix text back into an expression, by precedence climbing; written apart from the printer, so that the two can check each other.
module Zautograd.Tests.Reader

open System
open System.Collections.Generic
open System.Globalization
open System.Text.RegularExpressions
open Zautograd

let private token = Regex @"\G\s*((?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[A-Za-z_]\w*|<=|[-+*/^<=(),])"

let private tokens (text: string) =
    let rec from position found =
        if position >= text.TrimEnd().Length then
            List.rev found
        else
            let next = token.Match(text, position)
            if not next.Success then failwith $"cannot read '{text.Substring position}'"
            from (position + next.Length) (next.Groups[1].Value :: found)

    from 0 []

// sign, how tightly it binds, whether it groups from the left
let private operators =
    dict [ "+", (Add, 1, true); "-", (Sub, 1, true); "*", (Mul, 2, true); "/", (Div, 2, true); "^", (Pow, 3, false) ]

let private comparisons = dict [ "<", Less; "<=", LessOrEqual; "=", Equal ]

let read (text: string) : Expr =
    let rest = Queue<string>(tokens text)
    let next () = rest.Dequeue()
    let isNext sign = rest.Count > 0 && rest.Peek() = sign
    let expect sign = if next () <> sign then failwith $"'{sign}' is missing in '{text}'"

    let rec climb least =
        let mutable left = primary ()

        let binds () =
            rest.Count > 0
            && (match operators.TryGetValue(rest.Peek()) with
                | true, (_, tightness, _) -> tightness >= least
                | _ -> false)

        while binds () do
            let op, tightness, fromLeft = operators[next ()]
            left <- op.Of(left, climb (if fromLeft then tightness + 1 else tightness))

        left

    and primary () =
        match next () with
        | "-" -> Neg.Of(climb 3) // tighter than a product, looser than a power: -x*y is (-x)*y, -x^2 is -(x^2)
        | "(" ->
            let inner = climb 1
            expect ")"
            inner
        | "if" ->
            let a = climb 1
            let comparison = comparisons[next ()]
            let b = climb 1
            expect "then"
            let c = climb 1
            expect "else"
            (Select comparison).Of(a, b, c, climb 1)
        | "Infinity" -> Const infinity
        | "NaN" -> Const nan
        | number when Char.IsDigit number[0] || number[0] = '.' -> Const(Double.Parse(number, CultureInfo.InvariantCulture))
        | name when isNext "(" ->
            let name = if name = "ln" then "log" else name
            expect "("
            let args = List<Expr>([ climb 1 ])

            while isNext "," do
                expect ","
                args.Add(climb 1)

            expect ")"

            match Rules.tryFind name with
            | Some rule -> rule.Op.Of(args.ToArray())
            | None -> failwith $"no operation is called '{name}'"
        | name -> Var name

    let whole = climb 1
    if rest.Count > 0 then failwith $"'{rest.Peek()}' is left over in '{text}'"
    whole
