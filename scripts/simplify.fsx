// Simplifying: the laws, one per row, and what they make of expressions, before -> after.
#load "load.fsx"

open Zautograd

let x, y = Var "x", Var "y"

printfn "%d laws; the first of them:" Laws.all.Length

for law in List.truncate 5 Laws.all do
    printfn "    %s" law.Name

printfn "\nbefore -> after (nodes)"

let show (e: Expr) =
    let simple = Simplify.simplify e
    printfn "    %O -> %O (%d -> %d)" e simple (Graph.size e) (Graph.size simple)

show (sin x ** 2.0 + y + cos x ** 2.0)
show (log (exp (x * y)))
show (sqrt (x ** 2.0))
show (x + 2.0 * x - x * 3.0)
show (x / 3.0 + x / 6.0)
show (x ** 2.0 * x * y / x)
show ((x - y) * (x - y) / (x - y))

// The value stays the same wherever the law holds.
let at = Number.bind [ "x", 0.7; "y", -1.3 ]
let value e = Number.evaluate Number.floats at e
let e = sin x ** 2.0 + y + cos x ** 2.0
printfn "\nat x = 0.7, y = -1.3: %.15f = %.15f" (value e) (value (Simplify.simplify e))

// No swell: the derivative of the logistic map, ten times iterated, stays small since it shares its parts.
let logistic = List.fold (fun l _ -> 4.0 * l * (1.0 - l)) x [ 1..9 ]
printfn "the logistic map has %d nodes, its derivative %d" (Graph.size logistic) (Graph.size (Differentiate.derivative "x" logistic))
