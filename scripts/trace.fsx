// The tables that explain forward and reverse mode: the worked example z = ln x + x*y - sin y at (2, 5).
#load "load.fsx"

open Zautograd

let x, y = Var "x", Var "y"
let z = log x + x * y - sin y
let at = [ "x", 2.0; "y", 5.0 ]

printfn "%s" (Trace.toText (Trace.forward "x" at z))
printfn "%s" (Trace.toText (Trace.forward "y" at z))
printfn "%s" (Trace.toText (Trace.reverse at z))
printfn "%s" (Trace.toMarkdown (Trace.reverse at z))
