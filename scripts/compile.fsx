// Compiling: a formula and its gradient as machine code, checked against the two walks over the graph.
#load "load.fsx"

open Zautograd

let x, y = Var "x", Var "y"
let f = log x + x * y - sin y
let variables = [ "x"; "y" ]

let value = Compile.value variables f
let gradient = Compile.gradient variables f
let slopes = Array.zeroCreate<float> 2

for point in [ [| 2.0; 5.0 |]; [| 0.5; -1.0 |]; [| 10.0; 3.0 |] ] do
    let result = gradient.Invoke(point, slopes)
    let walked, expected = Reverse.gradient Number.floats variables (Number.bind (List.zip variables (List.ofArray point))) f
    printfn "at %A: value %.15f, gradient %.15f, %.15f" point (value.Invoke point) slopes[0] slopes[1]
    printfn "    the reverse walk says %.15f, %.15f" expected[0] expected[1]

    for p, q in List.zip (result :: List.ofArray slopes) (walked :: expected) do
        if abs (p - q) > 1e-13 * abs q then failwith $"compiled {p}, but walked {q}"

// Several formulas at once: their values and their Jacobian, row by row.
let values, rows = Array.zeroCreate<float> 2, Array.zeroCreate<float> 4
(Compile.jacobian variables [ x * y; x - y ]).Invoke([| 2.0; 5.0 |], values, rows)
printfn "(x*y, x - y) at (2, 5): values %A, Jacobian %A" values rows

// Large formulas are cut into methods that the JIT compiler optimises; shared parts are computed once.
let large = List.fold (fun e index -> sin (e + x * float index)) y [ 1..500 ]
let ofValue, ofGradient = Compile.pieces variables large
printfn "%d nodes: the value is %d methods, the gradient %d" (Graph.size large) ofValue.Length ofGradient.Length
