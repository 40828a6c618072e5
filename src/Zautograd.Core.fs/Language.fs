// What a language of expressions is: for every operation its form, its names, its numbers.
namespace Zautograd

open System
open System.Collections.Generic
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

/// What the rows of the languages are made of.
module internal Forms =

    let table (rows: (Op * (Text list -> Form)) list list) : IReadOnlyDictionary<Op, Text list -> Form> =
        let forms = Dictionary()

        for op, form in List.concat rows do
            forms[op] <- form

        forms

    let signs rows : (Op * (Text list -> Form)) list = [ for op, pattern in rows -> op, (fun _ -> sign op pattern) ]
    let shapes rows : (Op * (Text list -> Form)) list = [ for op, pattern in rows -> op, (fun _ -> delimited pattern) ]

    // A glyph that needs no brackets beside other factors, but some to carry an exponent: a fraction, a root.
    let glyphs rows : (Op * (Text list -> Form)) list =
        [ for op, pattern in rows -> op, (fun _ -> { delimited pattern with Tightness = Power }) ]

    /// The three comparisons: the pattern with ~ for the sign.
    let piecewise (pattern: string) less lessOrEqual equal =
        [ Less, less; LessOrEqual, lessOrEqual; Equal, equal ]
        |> List.map (fun (comparison, sign: string) -> Select comparison, pattern.Replace("~", sign))

    // In code, -(a*b) keeps its brackets: a reader need not know that -a*b is the same.
    let negation place : (Op * (Text list -> Form)) list = [ (Neg, fun _ -> { sign Neg "-$a" with Places = [ Right place ] }) ]
    let arithmetic = signs [ Add, "$a + $b"; Sub, "$a - $b"; Mul, "$a * $b"; Div, "$a / $b" ]

    /// A number with a point or an exponent, and the words for what has no digits.
    let real infinity negativeInfinity notANumber (value: float) =
        if Double.IsNaN value then
            notANumber
        elif Double.IsInfinity value then
            if value > 0.0 then infinity else negativeInfinity
        else
            let text = number value
            if text |> Seq.forall (fun c -> Char.IsDigit c || c = '-') then text + ".0" else text

    let isAscii (c: char) = c < '\128'
    let anyLetter (_: char) = true
    let startsWithDigit (text: string) = text <> "" && Char.IsDigit text[0]

    let callIn (home: string) (name: Op -> string) = fun op -> home + name op
