// Symbolic derivation: write a formula, get its derivative as a formula.
#load "load.fsx"

open Zautograd
open Zautograd.Differentiate

let x, y = Var "x", Var "y"

let show (name: string) (f: Expr) =
    printfn "%s = %O" name f

    for variable in Graph.variables f do
        let derivative = derivative variable f
        printfn "    d/d%s = %O" variable derivative
        printfn "    LaTeX: %s" (Print.latex derivative)

show "f" ((x ** 2.0 + 4.0) * y - x / y)
show "z" (log x + x * y - sin y)
show "bell" (exp (-(x ** 2.0)))
show "power" (x ** Var "n")
show "distance" (sqrt (x ** 2.0 + y ** 2.0))
show "branch" ((Select Less).Of(x, Const 0.0, log -x, x * y))

// A derivative is an expression again.
let f = sin x * exp (x * y)
printfn "second derivative of %O:\n    %O" f (derivative "x" (derivative "x" f))

// It can be evaluated, and checked against a difference.
let at h = Number.evaluate Number.floats (Number.bind [ "x", 0.5 + h; "y", 2.0 ])

printfn "at (0.5, 2): %.10f, by differences: %.10f" (at 0.0 (derivative "x" f)) ((at 1e-6 f - at -1e-6 f) / 2e-6)
