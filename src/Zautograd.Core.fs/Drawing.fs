/// Draws a computational graph as SVG: one column per level, few crossings, arrows that go round the boxes between.
module Zautograd.Drawing

open System
open System.Collections.Generic
open System.Globalization
open System.Net
open System.Text.RegularExpressions

/// How many boxes are still drawn; a larger graph is a job for Graphviz.
[<Literal>]
let private Largest = 500

// Something that takes room in a column: a box, or the place where a long arrow passes.
type private Item = { Key: string; Lines: string list; Column: int; Width: float; Height: float }

let private lineHeight = 18.0
let private charWidth = 7.9
let private padding = 12.0
let private gap = 18.0
let private corridor = 56.0

let private shorten (text: string) = if text.Length <= 36 then text else text.Substring(0, 35) + "…"

let private boxItem (lines: Diagram.Box -> string list) (box: Diagram.Box) =
    let lines = lines box |> List.map shorten
    let longest = lines |> List.map _.Length |> List.max

    {
        Key = box.Name
        Lines = lines
        Column = box.Level
        Width = float (max longest 3) * charWidth + 2.0 * padding
        Height = float lines.Length * lineHeight + padding
    }

/// The arrow's stations: the box it comes from, one passing place per column between, the box it goes to.
let private route (levels: IDictionary<string, int>) (source: string) (target: Diagram.Box) =
    let passing = [ for column in levels[source] + 1 .. target.Level - 1 -> $"{source}>{target.Name}>{column}" ]
    source :: passing @ [ target.Name ]

let private mean (values: float list) fallback = if values.IsEmpty then fallback else List.average values

/// Orders every column by where its neighbours stand, sweeping to and fro.
let private order (columns: string[][]) (neighbours: string -> string list) =
    let place = Dictionary<string, float>()

    for column in columns do
        column |> Array.iteri (fun index key -> place[key] <- float index)

    for sweep in 1..6 do
        let numbers = [ 0 .. columns.Length - 1 ]

        for number in (if sweep % 2 = 0 then List.rev numbers else numbers) do
            columns[number] <- columns[number] |> Array.sortBy (fun key -> mean [ for near in neighbours key -> place[near] ] place[key])
            columns[number] |> Array.iteri (fun index key -> place[key] <- float index)

/// Heights: each item as near to its neighbours as the order of its column allows.
let private settle (columns: string[][]) (neighbours: string -> string list) (height: string -> float) =
    let y = Dictionary<string, float>()

    for column in columns do
        column |> Array.iteri (fun index key -> y[key] <- float index * 60.0)

    for _ in 1..24 do
        for column in columns do
            let wanted = column |> Array.map (fun key -> mean [ for near in neighbours key -> y[near] ] y[key])
            let placed = Array.copy wanted

            for index in 1 .. column.Length - 1 do
                let room = (height column[index - 1] + height column[index]) / 2.0 + gap
                placed[index] <- max placed[index] (placed[index - 1] + room)

            let shift = Array.average (Array.map2 (-) wanted placed)
            column |> Array.iteri (fun index key -> y[key] <- placed[index] + shift)

    y

let private digits (value: float) = value.ToString("0.#", CultureInfo.InvariantCulture)
let private escape (text: string) : string = nonNull (WebUtility.HtmlEncode text)

// A combining bar stands badly over a digit in most fonts: a line over the name does not.
let private withBars (text: string) =
    Regex.Replace(escape text, @"([\p{L}\p{Nd}_]+)\u0304", "<tspan text-decoration=\"overline\">$1</tspan>")

let private style =
    """<style>
.graph { --line: #64748b; --box: #ffffff; --input: #dbeafe; --result: #dcfce7; --ink: #0f172a; }
@media (prefers-color-scheme: dark) { .graph { --line: #94a3b8; --box: #1e293b; --input: #1e3a5f; --result: #14532d; --ink: #e2e8f0; } }
.graph text { font: 13px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; fill: var(--ink); }
.graph rect { fill: var(--box); stroke: var(--line); stroke-width: 1.25; }
.graph .input rect { fill: var(--input); }
.graph .result rect { fill: var(--result); stroke-width: 2; }
.graph .arrow { fill: none; stroke: var(--line); stroke-width: 1.5; }
.graph marker path { fill: var(--line); }
</style>"""

/// <summary>The graph with these lines of text in each box. Boxes carry data-step, arrows data-from and data-to.</summary>
/// <example><code>(Drawing.svgWith (fun box -> [ box.Name; "so far" ]) (sin x)).Contains "data-from=\"x\" data-to=\"t1\""   // -> true</code></example>
let svgWith (lines: Diagram.Box -> string list) (root: Expr) : string =
    let boxes = Diagram.boxes root

    if boxes.Length > Largest then
        invalidArg (nameof root) $"the graph has {boxes.Length} boxes; up to {Largest} are drawn. Graphviz draws more: use the format dot."

    let levels = dict [ for box in boxes -> box.Name, box.Level ]

    let routes =
        [
            for box in boxes do
                for input in box.Inputs -> route levels input box
        ]

    let items = Dictionary<string, Item>()

    for box in boxes do
        items[box.Name] <- boxItem lines box

    for route in routes do
        route
        |> List.iteri (fun index key ->
            if not (items.ContainsKey key) then
                items[key] <- { Key = key; Lines = []; Column = levels[route.Head] + index; Width = 0.0; Height = 8.0 })

    let near = Dictionary<string, List<string>>()

    for key in items.Keys do
        near[key] <- List<string>()

    for route in routes do
        for source, target in List.pairwise route do
            near[source].Add target
            near[target].Add source

    let neighbours key = List.ofSeq near[key]
    let count = 1 + (items.Values |> Seq.map _.Column |> Seq.max)

    let columns =
        [|
            for number in 0 .. count - 1 ->
                [|
                    for item in items.Values do
                        if item.Column = number then item.Key
                |]
        |]
        |> Array.filter (Array.isEmpty >> not)

    order columns neighbours
    let y = settle columns neighbours (fun key -> items[key].Height)
    let top = items.Values |> Seq.map (fun item -> y[item.Key] - item.Height / 2.0) |> Seq.min
    let bottom = items.Values |> Seq.map (fun item -> y[item.Key] + item.Height / 2.0) |> Seq.max
    let middle key = y[key] - top + padding

    let left = Dictionary<string, float>()
    let mutable edge = padding

    for column in columns do
        let width = column |> Array.map (fun key -> items[key].Width) |> Array.max

        for key in column do
            // a long arrow passes straight, as far as the widest box of the column goes
            if items[key].Lines.IsEmpty then items[key] <- { items[key] with Width = width }
            left[key] <- edge + (width - items[key].Width) / 2.0

        edge <- edge + width + corridor

    let width, height = edge - corridor + padding, bottom - top + 2.0 * padding

    let arrow (route: string list) =
        let curve (source, target) =
            let x0, x1 = left[source] + items[source].Width, left[target] - (if target = List.last route then 7.0 else 0.0)
            let turn = (x0 + x1) / 2.0
            let y0, y1 = digits (middle source), digits (middle target)
            $"L{digits x0},{y0} C{digits turn},{y0} {digits turn},{y1} {digits x1},{y1}"

        let path = (List.pairwise route |> List.map curve |> String.concat " ").Substring 1
        let source, target = escape route.Head, escape (List.last route)
        $"<path class=\"arrow\" data-from=\"{source}\" data-to=\"{target}\" d=\"M{path}\" marker-end=\"url(#head)\"/>"

    let drawn (box: Diagram.Box) =
        let item = items[box.Name]

        let kind =
            if box.Level = 0 then "input"
            elif box.IsResult then "result"
            else "step"

        let x, y = left[box.Name], middle box.Name - item.Height / 2.0
        let across = digits (x + item.Width / 2.0)

        let text index line =
            $"<text class=\"line{index}\" x=\"{across}\" y=\"{digits (y + 18.5 + float index * lineHeight)}\" text-anchor=\"middle\">{withBars line}</text>"

        let frame = $"x=\"{digits x}\" y=\"{digits y}\" width=\"{digits item.Width}\" height=\"{digits item.Height}\" rx=\"8\""

        $"<g class=\"box {kind}\" data-step=\"{escape box.Name}\"><title>{escape box.Label}</title><rect {frame}/>"
        + String.concat "" (List.mapi text item.Lines)
        + "</g>"

    let size = $"viewBox=\"0 0 {digits width} {digits height}\" width=\"{digits width}\" height=\"{digits height}\""

    [
        $"<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"graph\" role=\"img\" aria-label=\"computational graph\" {size}>"
        style
        "<defs><marker id=\"head\" viewBox=\"0 0 8 8\" refX=\"1\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" markerUnits=\"userSpaceOnUse\" orient=\"auto\"><path d=\"M0,0.5 L7,4 L0,7.5 z\"/></marker></defs>"
        for route in routes do
            arrow route
        for box in boxes do
            drawn box
        "</svg>"
        ""
    ]
    |> String.concat "\n"

/// <summary>The graph of an expression as one SVG picture: inputs on the left, the result on the right, light or dark as the reader's screen.</summary>
/// <example><code>(Drawing.svg (sin x)).Contains "t1 = sin(x)"   // -> true</code></example>
let svg (root: Expr) : string = svgWith (fun box -> [ box.Label ]) root
