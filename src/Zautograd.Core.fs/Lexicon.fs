/// The words, signs and hints of the text form of expressions, as small FParsec parsers.
module internal Zautograd.Lexicon

open System
open System.Globalization
open FParsec

/// Advice beside an error message.
type Hint = { Text: string }

/// What an operand can begin with.
type Opening =
    | Numeral of string
    | Word of string
    | Open
    | Negative
    | Positive

let aliases =
    dict
        [
            "ln", Log
            "arcsin", Asin
            "arccos", Acos
            "arctan", Atan
            "arctan2", Atan2
            "arcsinh", Asinh
            "arsinh", Asinh
            "arccosh", Acosh
            "arcosh", Acosh
            "arctanh", Atanh
            "artanh", Atanh
            "ceil", Ceiling
        ]

let constants = dict [ "pi", Math.PI; "π", Math.PI; "e", Math.E; "Infinity", infinity; "∞", infinity; "NaN", nan ]
let reserved = set [ "if"; "then"; "else" ]

/// What other languages call the choice between two branches.
let choosing = set [ "select"; "where"; "ifelse"; "iif"; "cond"; "piecewise"; "choose" ]

let comparing = set [ '<'; '>'; '='; '!'; '≤'; '≥' ]
let choiceForm = "a choice is written: if a < b then c else d"

let tryFunction (name: string) =
    match aliases.TryGetValue name with
    | true, op -> Some(Rules.rule op)
    | _ -> Rules.tryFind name

// What text writes with a sign or a word has a name in the table too, but that name is free for a variable.
let isWrittenAsCall (op: Op) =
    match op with
    | Neg
    | Add
    | Sub
    | Mul
    | Div
    | Pow
    | Select _ -> false
    | _ -> true

let startsName (c: char) = Char.IsLetter c || c = '_' || c = '∞' || Char.IsSurrogate c

// x₁ is a name, x² is not
let continuesName (c: char) =
    startsName c
    || Char.IsDigit c
    || (c >= '\u2080' && c <= '\u2089')
    || CharUnicodeInfo.GetUnicodeCategory c = UnicodeCategory.NonSpacingMark

let startsOperand (c: char) = startsName c || isDigit c || c = '.' || c = '('

// ---- words and signs

let blank: Parser<unit, unit> = skipMany (spaces1 <|> skipMany1Satisfy (fun c -> c > ' ' && Char.IsWhiteSpace c))
let digits: Parser<unit, unit> = skipMany1SatisfyL isDigit "a digit"
let mantissa = (digits >>. optional (skipChar '.' >>. skipManySatisfy isDigit)) <|> (skipChar '.' >>. digits)

// the e of 2exp(x) begins a name, the e of 2e-3 an exponent
let exponent =
    let digits parser = parser <?> "the digits of the exponent"

    attempt (skipAnyOf "eE" .>> notFollowedBy (skipSatisfy startsName))
    >>. optional (digits (skipAnyOf "+-"))
    >>. digits (skipMany1Satisfy isDigit)

let numeral = withSkippedString (fun text () -> text) (mantissa >>. optional exponent)

/// The double that a numeral writes; none where it is too large for one.
let tryFloat (text: string) =
    match Double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture) with
    | true, value when not (Double.IsInfinity value) -> Some value
    | _ -> None

let word: Parser<string, unit> = many1Satisfy2 startsName continuesName

let opening: Parser<Opening, unit> =
    choice
        [
            numeral |>> Numeral <?> "a number"
            word |>> Word <?> "a name"
            skipChar '(' >>% Open <?> "'('"
            skipChar '-' >>% Negative <?> "'-'"
            skipChar '+' >>% Positive
        ]

let sign: Parser<Op, unit> =
    choice
        [
            stringReturn "**" Pow
            charReturn '^' Pow
            charReturn '*' Mul
            charReturn '/' Div
            charReturn '+' Add
            charReturn '-' Sub
        ]
    <?> "an operator"

let comparison: Parser<Expr -> Expr -> Expr -> Expr -> Expr, unit> =
    let select op a b c d = (Select op).Of(a, b, c, d)

    choice
        [
            stringReturn "<=" (select LessOrEqual)
            stringReturn ">=" (fun a b c d -> select LessOrEqual b a c d)
            stringReturn "<>" (fun a b c d -> select Equal a b d c)
            stringReturn "!=" (fun a b c d -> select Equal a b d c)
            stringReturn "<" (select Less)
            stringReturn ">" (fun a b c d -> select Less b a c d)
            stringReturn "==" (select Equal)
            stringReturn "=" (select Equal)
        ]
    <?> "a comparison (<, <=, =, >=, >)"

let keyword name = attempt (word >>= fun found -> if found = name then preturn () else pzero) <?> $"'{name}'"

// ---- what is said about errors

/// The part of the text that an operand at this index would be, to show it in a hint.
let operandAt (text: string) (index: int) =
    let rest = text.Substring(index, min 40 (text.Length - index))
    let run = rest |> Seq.takeWhile (fun c -> continuesName c || c = '.') |> Seq.length

    if run < rest.Length && rest[run] = '(' then
        let depths =
            rest.Substring run
            |> Seq.scan
                (fun depth c ->
                    if c = '(' then depth + 1
                    elif c = ')' then depth - 1
                    else depth)
                0

        let closes = depths |> Seq.skip 1 |> Seq.tryFindIndex ((=) 0)

        match closes with
        | Some length -> rest.Substring(0, run + length + 1)
        | None -> rest.Substring(0, run) + "(...)"
    else
        rest.Substring(0, run)

let distance (p: string) (q: string) =
    let mutable row = [| 0 .. q.Length |]

    for c in p do
        let next = Array.create (q.Length + 1) (row[0] + 1)

        for j in 1 .. q.Length do
            next[j] <- min (min (next[j - 1] + 1) (row[j] + 1)) (row[j - 1] + if c = q[j - 1] then 0 else 1)

        row <- next

    row[q.Length]

let nearest (name: string) =
    let known = Seq.append aliases.Keys (Rules.all |> Seq.map _.Name)
    let far = 1 + name.Length / 4

    known
    |> Seq.map (fun other -> distance (name.ToLowerInvariant()) (other.ToLowerInvariant()), other)
    |> Seq.filter (fun (steps, other) -> steps <= far && steps < other.Length)
    |> Seq.sortBy fst
    |> Seq.tryHead
    |> Option.map snd

let hint text = otherError { Text = text }
let both (first: ErrorMessageList) second = mergeErrors first second
let plural count = if count = 1 then "1 argument" else $"{count} arguments"

let signHint (c: char) =
    match c with
    | '×'
    | '·'
    | '⋅' -> "write * for multiplication"
    | '÷' -> "write / for division"
    | '−'
    | '–' -> "write - for minus"
    | '√' -> "write sqrt(x)"
    | '['
    | '{' -> "only round brackets group"
    | '²' -> "write ^2"
    | '³' -> "write ^3"
    | _ when CharUnicodeInfo.GetUnicodeCategory c = UnicodeCategory.OtherNumber -> "write powers with ^"
    | _ -> ""
