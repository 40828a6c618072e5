/// A trace as one self-contained page: the graph, the table, and the arrow keys that move through both.
module Zautograd.Cli.Page

open System.IO
open System.Net
open System.Reflection
open System.Text.Json
open System.Text.RegularExpressions
open Zautograd

/// One step of the page: the box it is about, what it finds there, which arrows it uses, and what is said, as HTML.
type PageStep = { box: string; finds: string list; arrows: string; says: string }

let private template =
    lazy
        (use stream = nonNull (Assembly.GetExecutingAssembly().GetManifestResourceStream "Page.html")
         use reader = new StreamReader(stream)
         reader.ReadToEnd())

let private escape (text: string) : string = nonNull (WebUtility.HtmlEncode text)

/// The text as HTML, a line over a name for its combining bar, which stands badly over a digit in most fonts.
let private withBars (text: string) = Regex.Replace(escape text, @"([\p{L}\p{Nd}_]+)\u0304", "<span class=\"bar\">$1</span>")

let private isReverse (table: Trace.Table) = List.contains "adjoint" table.Headers

// d and a bar are what the tables themselves write
let private changeName (table: Trace.Table) (name: string) = if isReverse table then name + "\u0304" else "d" + name

let private cellsOf (table: Trace.Table) =
    List.zip table.Steps (List.tail (Trace.rows table)) |> List.map (fun (step, cells) -> step.Name, cells) |> dict

let private steps (table: Trace.Table) (boxes: Diagram.Box list) : PageStep list =
    let cells = cellsOf table
    let rule name = List.item 3 cells[name]
    let change name = List.item 4 cells[name]
    let value (box: Diagram.Box) = $"{box.Label} = {List.item 2 cells[box.Name]}"

    let changeText name =
        match rule name with
        | "seed" -> $"{changeName table name} = {change name} (the seed)"
        | "1" when isReverse table -> $"{changeName table name} = 1 (the result itself)"
        | "0" -> $"{changeName table name} = 0"
        | rule -> $"{changeName table name} = {rule} = {change name}"

    if isReverse table then
        [
            for box in boxes do
                { box = box.Name; finds = [ "value" ]; arrows = "in"; says = withBars (value box) }
            for step in table.Steps do
                { box = step.Name; finds = [ "change" ]; arrows = "out"; says = withBars (changeText step.Name) }
        ]
    else
        [
            for box in boxes do
                {
                    box = box.Name
                    finds = [ "value"; "change" ]
                    arrows = "in"
                    says = withBars (value box + ";   " + changeText box.Name)
                }
        ]

let private row (step: Trace.Step) (cells: string list) =
    let kinds = [ ""; ""; "value"; ""; "change" ]
    let cell kind text = $"<td class=\"{kind}\">{withBars text}</td>"
    $"<tr data-step=\"{escape step.Name}\">" + String.concat "" (List.map2 cell kinds cells) + "</tr>"

let private explain (table: Trace.Table) =
    if isReverse table then
        "Reverse mode first computes the value of every step, from the inputs to the result. Then it goes back: the adjoint of a step "
        + "(a bar over its name) says how much the result changes when that step does. One way back gives the derivative with respect to every input."
    else
        "Forward mode computes the value of every step and, with it, its tangent (a d before its name): how much the step changes when the "
        + "chosen input does. The result's tangent is the derivative."

/// The page for a table of an expression at a point. `mode` names the method, as the page's second line says it.
let html (mode: string) (at: Methods.Point) (root: Expr) (table: Trace.Table) : string =
    let boxes = Diagram.boxes root
    let cells = cellsOf table
    let rows = Trace.rows table

    let lines (box: Diagram.Box) =
        // a sum of contributions ends in its total
        let change = ((List.item 4 cells[box.Name]).Split '=' |> Array.last).Trim()
        [ box.Label; List.item 2 cells[box.Name]; $"{changeName table box.Name} = {change}" ]

    let point = at |> List.map (fun (name, value) -> $"{name} = {Infix.number value}") |> String.concat ", "

    let parts =
        [
            "title", escape $"{Print.infix root}: {mode}"
            "expression", escape (Print.infix root)
            "point", escape point
            "mode", escape mode
            "explanation", explain table
            "graph", Drawing.svgWith lines root
            "headers", rows.Head |> List.map (fun header -> $"<th>{escape header}</th>") |> String.concat ""
            "rows", List.map2 row table.Steps rows.Tail |> String.concat "\n"
            // System.Text.Json escapes < and >, so that no formula can end the script element
            "steps", JsonSerializer.Serialize(steps table boxes)
        ]

    // the template is cut once, so that a formula which looks like a placeholder stays one
    template.Value.Split "{{"
    |> Array.mapi (fun index piece ->
        if index = 0 then
            piece
        else
            let name = piece.Substring(0, piece.IndexOf "}}")
            let _, text = parts |> List.find (fst >> (=) name)
            text + piece.Substring(name.Length + 2))
    |> String.concat ""
