// An expression is a graph: as dot (Graphviz), as Mermaid and as SVG; what is shared is one box.
#load "load.fsx"

open System.IO
open Zautograd

let x, y = Var "x", Var "y"
let z = log x + x * y - sin y
let shared = x * y

let both = sin shared + shared

printfn "%O has %d nodes\n\n%s" z (Graph.size z) (Diagram.dot z)
printfn "%O has %d nodes: x*y is one of them\n\n%s" both (Graph.size both) (Diagram.mermaid both)

let picture = Drawing.svg z
let file = Path.Combine(Path.GetTempPath(), "zautograd-graph.svg")
File.WriteAllText(file, picture)
printfn "an SVG of %d characters, written to %s" picture.Length file
