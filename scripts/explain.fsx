// A derivative explained, each step with its rule: as text, as Markdown and as LaTeX, ready to be handed in.
#load "load.fsx"

open Zautograd

let x, y = Var "x", Var "y"
let z = log x + x * y - sin y
let product = x ** 2.0 * sin (3.0 * x)

printfn "%s" (Explain.toText (Explain.steps "x" z))

let explanation = Explain.steps "x" product
printfn "%s" (Explain.toText explanation)
printfn "%s" (Explain.toMarkdown explanation)
printfn "%s" (Explain.toLatex explanation)

// No step changes the value: what each line is worth at x = 0.5, its own steps after those of named parts.
for values in Explain.values [ "x", 0.5 ] explanation do
    printfn "%s" (values |> List.map (sprintf "%.12f") |> String.concat " = ")
