// Calculus with formulas: higher and mixed derivatives, gradient, Jacobian, Hessian, fields, Taylor, implicit functions, substitution.
#load "load.fsx"

open Zautograd
open Zautograd.Calculus

let x, y, r = Var "x", Var "y", Var "r"
let show (name: string) (e: Expr) = printfn "%-28s %O" name e
let list (expressions: Expr list) = "[" + String.concat "; " (List.map string expressions) + "]"

let f = x ** 3.0 * y + exp (x * y)
show "f" f
show "d2f/dx2" (nth 2 "x" f)
show "d2f/dx dy" (mixed [ "x"; "y" ] f)
printfn "%-28s %s" "gradient" (list (gradient [ "x"; "y" ] f))
show "along (3, 4)" (directional [ "x", Const 3.0; "y", Const 4.0 ] f)

printfn "\nJacobian of (x*y, x - y, sin x), one row per component"
jacobian [ "x"; "y" ] [ x * y; x - y; sin x ] |> List.iter (list >> printfn "    %s")

printfn "Hessian of f"
hessian [ "x"; "y" ] f |> List.iter (list >> printfn "    %s")

printfn "\nfields (x^2, x*y) and x^2 + y^3"
show "divergence" (divergence [ "x"; "y" ] [ x ** 2.0; x * y ])
printfn "%-28s %s" "curl" (list (curl [ "x"; "y" ] [ x ** 2.0; x * y ]))
show "Laplacian" (laplacian [ "x"; "y" ] (x ** 2.0 + y ** 3.0))

printfn "\nTaylor, implicit functions, substitution"
show "sin x to order 5 at 0" (taylor "x" (Const 0.0) 5 (sin x))
show "log x to order 2 at 1" (taylor "x" (Const 1.0) 2 (log x))
show "x^2 + y^2 = 1: dy/dx" (Implicit.derivative "y" "x" (x ** 2.0 + y ** 2.0 - 1.0))
show "x^2 + y^2 = 1: d2y/dx2" (Implicit.nth 2 "y" "x" (x ** 2.0 + y ** 2.0 - 1.0))
show "f at y = r - x" (substitute [ "y", r - x ] f)
