// What is said about text that is no expression: where, what was expected there, and how to write it instead.
namespace Zautograd

open System
open System.Collections.Generic
open System.Globalization

/// Why a text is no expression. Line and Column count from 1; Source is that line; Hint is empty where there is none.
type ParseError =
    {
        Message: string
        Line: int
        Column: int
        Source: string
        Expected: IReadOnlyList<string>
        Hint: string
    }

    /// <summary>The message, the line with a caret under the place, what was expected and the hint.</summary>
    /// <example><code>
    /// match Parse.expression "2x" with
    /// | Ok _ -> ""
    /// | Error error -> string error
    /// // -> line 1, column 2: unexpected 'x'
    /// // ->     2x
    /// // ->      ^
    /// // -> expected: an operator or the end of the text
    /// // -> hint: multiplication is written out: 2*x
    /// </code></example>
    override error.ToString() =
        let place = error.Column - 1
        let first = if place > 60 then place - 50 else 0
        let length = min 80 (error.Source.Length - first)
        let before = if first > 0 then "..." else ""
        let after = if first + length < error.Source.Length then "..." else ""
        let shown = before + error.Source.Substring(first, length) + after

        // what takes no room on the line above takes none here, and a tab takes as much as there
        let takesRoom (c: char) = CharUnicodeInfo.GetUnicodeCategory c <> UnicodeCategory.NonSpacingMark && not (Char.IsLowSurrogate c)

        let lead =
            before + error.Source.Substring(first, min length (place - first))
            |> Seq.filter takesRoom
            |> Seq.map (fun c -> if c = '\t' then c else ' ')
            |> Seq.toArray
            |> String

        let expected =
            match List.ofSeq error.Expected with
            | [] -> []
            | [ only ] -> [ "expected: " + only ]
            | several ->
                let last = List.last several
                [ "expected: " + String.concat ", " (several |> List.filter ((<>) last)) + " or " + last ]

        [ $"line {error.Line}, column {error.Column}: {error.Message}"; "    " + shown; "    " + lead + "^" ]
        @ expected
        @ (if error.Hint = "" then [] else [ "hint: " + error.Hint ])
        |> String.concat "\n"

/// Text that is no expression; the message shows the place.
type ParseException(error: ParseError) =
    inherit FormatException(string error)

    /// What is wrong, where, and what was expected.
    member _.Error = error
