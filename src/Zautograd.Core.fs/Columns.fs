/// Rows of cells as aligned text or as a Markdown table; the first row is the header.
module Zautograd.Columns

open System
open System.Globalization

// A combining mark (the bar of an adjoint) takes no room.
let private width (text: string) =
    text |> Seq.filter (fun c -> CharUnicodeInfo.GetUnicodeCategory c <> UnicodeCategory.NonSpacingMark) |> Seq.length

let private lines (left: string) (between: string) (right: string) (fill: string) (rows: string list list) =
    let widths = rows |> List.transpose |> List.map (List.map width >> List.max)

    let line cells =
        left + String.concat between (List.map2 (fun (cell: string) room -> cell + String(' ', room - width cell)) cells widths) + right

    let rule = left + String.concat between (widths |> List.map (fun room -> String.replicate room fill)) + right

    match rows with
    | header :: body -> (line header).TrimEnd() :: rule.TrimEnd() :: (body |> List.map (fun cells -> (line cells).TrimEnd()))
    | [] -> []

/// <summary>Plain text, columns aligned.</summary>
/// <example><code>
/// Columns.text [ [ "x"; "square" ]; [ "2"; "4" ] ]
/// // -> x  square
/// // -> -  ------
/// // -> 2  4
/// </code></example>
let text (rows: string list list) : string = String.concat "\n" (lines "" "  " "" "-" rows) + "\n"

/// <summary>A Markdown table; what Markdown would take for a sign of its own is escaped.</summary>
/// <example><code>
/// Columns.markdown [ [ "x"; "square" ]; [ "2"; "4" ] ]
/// // -> | x | square |
/// // -> | - | ------ |
/// // -> | 2 | 4      |
/// </code></example>
let markdown (rows: string list list) : string =
    let escape (cell: string) = cell.Replace("|", "\\|").Replace("*", "\\*")
    String.concat "\n" (lines "| " " | " " |" "-" (rows |> List.map (List.map escape))) + "\n"
