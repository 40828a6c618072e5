// How a page shows what F# Interactive prints: mathematics as MathML, in a notebook as LaTeX, and trace tables as tables. For fsdocs.
#load "../scripts/load.fsx"

#if HAS_FSI_ADDHTMLPRINTER
open System
open Zautograd

let private isNotebook = Environment.GetEnvironmentVariable "ZAUTOGRAD_NOTEBOOK" = "1"
let private join (between: string) (parts: string list) = String.Join(between, parts)
let private element name (content: string list) = $"<{name}>" + join "" content + $"</{name}>"

let private formula (e: Expr) = if isNotebook then "$$" + Write.latex e + "$$" else Write.mathml e

let private matrix (rows: Expr list list) =
    if isNotebook then
        "$$\\begin{pmatrix}" + join " \\\\ " [ for row in rows -> row |> List.map Print.latex |> join " & " ] + "\\end{pmatrix}$$"
    else
        let cells = [ for row in rows -> element "mtr" [ for e in row -> element "mtd" [ Print.text Notation.mathml e ] ] ]
        element "math" [ element "mrow" [ "<mo>(</mo>"; element "mtable" cells; "<mo>)</mo>" ] ]

let private table (trace: Trace.Table) =
    let row cell (texts: string list) = element "tr" [ for text in texts -> element cell [ Net.WebUtility.HtmlEncode text ] ]
    let rows = Trace.rows trace
    element "table" (element "caption" [ trace.Title ] :: row "th" rows.Head :: List.map (row "td") rows.Tail)

let private none: (string * string) seq = Seq.empty
fsi.AddHtmlPrinter(fun (e: Expr) -> none, formula e)
fsi.AddHtmlPrinter(fun (row: Expr list) -> none, matrix [ row ])
fsi.AddHtmlPrinter(fun (rows: Expr list list) -> none, matrix rows)
fsi.AddHtmlPrinter(fun (trace: Trace.Table) -> none, table trace)
#endif
