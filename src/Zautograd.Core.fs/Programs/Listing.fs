/// Statements with numbers, in the order of the text: what an analysis finds is keyed to them, and shown beside them.
module Zautograd.Programs.Listing

open Zautograd.Programs

/// A statement, its place in the text, and the blocks inside with their own.
type Numbered = { Id: int; Statement: Statement; Blocks: Numbered list list }

/// The statements of a block, numbered from 0 in the order of its text.
let number (block: Statement list) : Numbered list =
    let mutable next = -1

    let rec one statement =
        next <- next + 1
        let id = next
        { Id = id; Statement = statement; Blocks = [ for inner in Statement.blocks statement -> List.map one inner ] }

    List.map one block

let rec private rows indent (block: Numbered list) : (string * int option) list =
    [
        // what stands without derivatives is its own remark
        for item in block |> List.filter (fun item -> not item.Statement.IsRemark) do
            (indent + (Show.block [ item.Statement ]).Split('\n')[0], Some item.Id)

            match item.Blocks with
            | [ yes; no ] ->
                yield! rows (indent + "    ") yes

                if not no.IsEmpty then
                    (indent + "else:", None)
                    yield! rows (indent + "    ") no
            | blocks -> yield! blocks |> List.collect (rows (indent + "    "))
    ]

/// The text of a function's body, with what was found about each statement behind it.
let show (found: int -> string) (f: Function) : string =
    let rows = rows "" (number f.Body)
    let width = rows |> List.map (fun (text, _) -> text.Length) |> List.fold max 0 |> min 60

    rows
    |> List.map (fun (text, id) ->
        match id |> Option.map found |> Option.defaultValue "" with
        | "" -> text
        | note -> text.PadRight width + "   // " + note)
    |> String.concat "\n"

/// Names in a row, for a listing.
let names (set: Set<string>) = if set.IsEmpty then "-" else String.concat ", " set
