/// Tables for people, through Spectre.Console; plain where the output is no terminal.
module Zautograd.Cli.Terminal

open System
open System.IO
open Spectre.Console
open Zautograd

/// Where a run reads and writes. IsPlain: no colours, no width to keep to.
type Streams = { In: TextReader; Out: TextWriter; Error: TextWriter; IsPlain: bool }

let private console (streams: Streams) =
    let settings = AnsiConsoleSettings(Out = AnsiConsoleOutput streams.Out)

    if streams.IsPlain then
        // said outright: a build server's environment variables would switch colours on
        settings.Ansi <- AnsiSupport.No
        settings.ColorSystem <- ColorSystemSupport.NoColors
        settings.Interactive <- InteractionSupport.No
        settings.Enrichment.UseDefaultEnrichers <- false

    let console = AnsiConsole.Create settings
    if streams.IsPlain then console.Profile.Width <- 10_000
    console

/// A table: a name column on the left, numbers on the right.
let table (streams: Streams) (headers: string list) (rows: string list list) : unit =
    let table = Table(Border = (if streams.IsPlain then TableBorder.Ascii2 else TableBorder.Rounded))

    headers
    |> List.iteri (fun index header ->
        let column = TableColumn(Markup.Escape header)
        column.Alignment <- Nullable(if index = 0 then Justify.Left else Justify.Right)
        table.AddColumn column |> ignore)

    for row in rows do
        table.AddRow(row |> List.map Markup.Escape |> Array.ofList) |> ignore

    (console streams).Write table

let number = Infix.number
