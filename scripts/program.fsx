// A loop with a branch, transformed: the program, its analyses, its tangent, its adjoint, and both as C#.
#load "load.fsx"

open Zautograd
open Zautograd.Programs

// what a line through 0 costs: the square of an error that is small, in proportion to one that is large
let w, e = Variable "w", Variable "e"
let at array = Element(array, Variable "i")
let op operation args = Formula(operation, args)
let error = Declare("e", Real, op Sub [ op Mul [ w; at "x" ]; at "y" ])
let small, large = Increment("s", op Div [ op Mul [ e; e ]; Number 2.0 ]), Increment("s", op Sub [ op Abs [ e ]; Number 0.5 ])
let body = [ error; If(Compare(Less, op Abs [ e ], Number 1.0), [ small ], [ large ]) ]
let parameter name kind active = { Name = name; Type = kind; Flow = In; Active = active }

let cost =
    {
        Name = "Cost"
        Parameters = [ parameter "x" Reals false; parameter "y" Reals false; parameter "w" Real true ]
        Results = [ Real ]
        Body = [ Declare("s", Real, Number 0.0); For("i", Whole 0, Length "x", 1, body); Return [ Variable "s" ] ]
    }

let program = Check.wellFormed { Functions = [ cost ] }
let section title text = printfn "---- %s\n%s" title text
section "the program" (Show.program program)

let flat, types = Scopes.flatten program cost
let list (names: Set<string>) = String.concat ", " names + "\n"
section "varied: what depends on an active parameter" (list (Activity.varied program types flat))
section "useful: what the result depends on" (list (Activity.useful program types flat))
section "active: what has a derivative" (list (Activity.active program types flat))

section "the tangent" (Show.func (Tangent.ofFunction program cost))
section "the adjoint" (Show.func (Adjoint.ofFunction program cost))
section "the program and its adjoint in C#" (CSharpText.source (Adjoint.transform program))
