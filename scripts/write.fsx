// Writers: one formula as infix text, LaTeX, MathML, C#, F#, C and Python; and with its gradient, what is shared computed once.
#load "load.fsx"

open Zautograd

let x, y = Var "x", Var "y"
let f = sqrt (x ** 2.0 + y ** 2.0) / (1.0 + exp -(x * y))

for name, text in
    [
        "infix", Write.infix f
        "LaTeX", Write.latex f
        "MathML", Write.mathml f
        "C#", Write.csharp "f" f
        "F#", Write.fsharp "f" f
        "C", Write.c "f" f
        "Python", Write.python "f" f
    ] do
    printfn "--- %s\n%s" name (text.TrimEnd())

// A function and its partial derivatives in one routine: value, dx, dy.
let routine = Write.routine "f" f |> Write.withGradient [ "x"; "y" ]
printfn "--- C#, with the gradient\n%s" (Write.source Notation.csharp [ routine ])
