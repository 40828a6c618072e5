(**
# How a program is differentiated

A formula is differentiated by rules. A *program*, with loops, branches and variables that change, is differentiated by making
another program of it: one that computes the derivative beside the value. This page is a script, `docs/programs.fsx`; what stands
below a cell was computed by it.
*)
#load "../scripts/load.fsx"

open Zautograd
open Zautograd.Programs

(**
## A program is data

What does a line y = w x cost at some points, if a small error counts with its square and a large one in proportion?
Statements and terms are cases of two unions. (Nobody needs to write them by hand: readers make them of code.)
*)
let w, e = Variable "w", Variable "e"
let at array = Element(array, Variable "i")
let op operation args = Formula(operation, args)

let body =
    [
        Declare("e", Real, op Sub [ op Mul [ w; at "x" ]; at "y" ])
        If(
            Compare(Less, op Abs [ e ], Number 1.0),
            [ Increment("s", op Div [ op Mul [ e; e ]; Number 2.0 ]) ],
            [ Increment("s", op Sub [ op Abs [ e ]; Number 0.5 ]) ]
        )
    ]

let parameter name kind active = { Name = name; Type = kind; Flow = In; Active = active }

let cost =
    {
        Name = "Cost"
        Parameters = [ parameter "x" Reals false; parameter "y" Reals false; parameter "w" Real true ]
        Results = [ Real ]
        Body = [ Declare("s", Real, Number 0.0); For("i", Whole 0, Length "x", 1, body); Return [ Variable "s" ] ]
    }

let program = Check.wellFormed { Functions = [ cost ] }
printfn "%s" (Show.program program)
(*** include-output ***)

(**
The points are constant here, w is *active*: we want the derivative by w. The checker refuses what is not well-formed, by name.
*)
let wrong = { cost with Body = [ Return [ Variable "total" ] ] }
Check.faults { Functions = [ wrong ] } |> List.iter (printfn "%O")
(*** include-output ***)

(**
## What has a derivative

A variable needs one if it depends on an active parameter (*varied*) and if the result depends on it (*useful*). For all others no
code is made.
*)
let flat, types = Scopes.flatten program cost
let list (names: Set<string>) = String.concat ", " names
printfn "varied: %s" (list (Activity.varied program types flat))
printfn "useful: %s" (list (Activity.useful program types flat))
printfn "active: %s" (list (Activity.active program types flat))
(*** include-output ***)

(**
## The tangent: forward

Beside every variable v stands its tangent d_v, how fast v changes when the input does; before every statement stands one for the
tangents. Loops and branches stay what they are. The statement that each derivative belongs to is kept as a remark.
*)
printfn "%s" (Show.func (Tangent.ofFunction program cost))
(*** include-output ***)

(**
## The adjoint: in reverse

One run gives the derivatives by all inputs, however many they are. The program runs as it is, and keeps what it overwrites on a
stack. Then every statement comes again in reverse order, last first: d_v says how fast the result changes with v, and each
statement hands its variable's adjoint on to what it read. A loop runs backwards, a branch goes where it went, and what was kept
comes back from the stack.
*)
printfn "%s" (Show.func (Adjoint.ofFunction program cost))
(*** include-output ***)

(**
## Run

The interpreter is slow and obvious: everything else is tested against it. The adjoint takes the parameters and the adjoint of the
result, and returns the result and the adjoint of w; differences say the same.
*)
open Zautograd.Programs.Interpret

let x, y = RealArray [| 1.0; 2.0; 3.0 |], RealArray [| 1.5; 1.0; 8.0 |]
let value at = run program "Cost" [ x; y; RealItem at ] |> fst
let adjoint, counts = run (Adjoint.transform program) "CostAdjoint" [ x; y; RealItem 1.0; RealItem 1.0 ]
printfn "cost: %A" (value 1.0)
printfn "cost and slope: %A, in %d operations" adjoint counts.Operations

let costs =
    [
        for at in [ 1.0 + 1e-6; 1.0 - 1e-6 ] do
            match value at with
            | [ RealItem cost ] -> cost
            | _ -> ()
    ]

printfn "by differences: %.6f" ((costs[0] - costs[1]) / 2e-6)
(*** include-output ***)

(**
## As C#

The same adjoint as source text: arrays that are only read are spans, names are kept, each derivative stands below the statement
that it belongs to. The stack comes from a pool of the thread, so that a call allocates nothing.
*)
printfn "%s" (CSharpText.source { Functions = [ Adjoint.ofFunction program cost ] })
(*** include-output ***)
