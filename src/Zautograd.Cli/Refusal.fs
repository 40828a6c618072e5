/// The two ways in which a request ends badly, and the exit code of each.
module Zautograd.Cli.Refusal

open System
open Zautograd

/// The command was not given what it needs; exit code 2. (A text that is no expression is a ParseException; exit code 1.)
exception BadUsage of Text: string with
    override refusal.Message = refusal.Text

let badUsage text : 'a = raise (BadUsage text)

/// The exit code and the message of what a user did wrong; `None` for a fault of the program.
let (|Refused|_|) (error: exn) =
    match error with
    | BadUsage text -> Some(2, text)
    | :? ParseException -> Some(1, error.Message)
    // a row of the table refuses its arguments, as clamp does; what .NET appends is the name of a parameter in its source
    | :? ArgumentException as refused ->
        let appended = $" (Parameter '{refused.ParamName}')"

        Some(
            1,
            (if refused.Message.EndsWith appended then
                 refused.Message.Remove(refused.Message.Length - appended.Length)
             else
                 refused.Message)
        )
    | _ -> None
