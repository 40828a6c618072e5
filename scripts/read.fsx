// Readers: formulas from F# quotations and from text; what is no formula is refused, with the place and a way out.
#load "load.fsx"

open Zautograd

[<ReflectedDefinition>]
let square (a: float) = a * a

printfn "%O" (Quote.read <@ fun x y -> log x + x * y - sin y @>)
printfn "%O" (Quote.read <@ fun (x, y) -> if x < y then square x else Functions.Erf y @>)

let shared = Quote.read <@ fun x -> (let u = sin x in u * exp u) @>
printfn "%O has %d nodes: a let is one node; its derivative is" shared (Graph.size shared.Body)
printfn "    %O" (Differentiate.derivative "x" shared.Body)

try
    printfn "%O" (Quote.read <@ fun x -> x % 2.0 @>)
with :? UnreadableException as problem ->
    printfn "refused: %s" problem.Message

printfn "\ntext"

for text in [ "ln(x) + x*y - sin(y)"; "-x^2^n"; "2x + 1"; "sin(x + "; "x + sine(y)" ] do
    match Parse.expression text with
    | Ok e -> printfn "%s\n    = %O\n    d/dx = %O" text e (Differentiate.derivative "x" e)
    | Error error -> printfn "%O" error
