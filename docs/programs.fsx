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
The function is written as code, in a quotation; reading it gives a program.
*)
let cost =
    Gradient.compileFor (
        [ "w" ],
        <@
            fun (x: float[]) (y: float[]) (w: float) ->
                let mutable s = 0.0

                for i in 0 .. x.Length - 1 do
                    let e = w * x[i] - y[i]
                    if abs e < 1.0 then s <- s + e * e / 2.0 else s <- s + (abs e - 0.5)

                s
        @>
    )

let program = cost.Program
let f = program.Functions.Head
printfn "%s" (Show.program program)
(*** include-output ***)

(**
The points are constant here, w is *active*: we want the derivative by w. The checker refuses what is not well-formed, by name.
*)
let wrong = { f with Body = [ Return [ Variable "total" ] ] }
Check.faults { Functions = [ wrong ] } |> List.iter (printfn "%O")
(*** include-output ***)

(**
## What the analyses find

A variable needs a derivative if it depends on an active parameter (*varied*) and if the result depends on it (*useful*); for all
others no code is made. A value is recorded only if the way back reads it and cannot work it out again. The rounds of this loop are
independent but for the sum they add to: each can be reversed right after it has run, and nothing is recorded at all.
*)
printfn "%s" (Adjoint.explain program f)
(*** include-output ***)

(**
## The tangent: forward

Beside every variable v stands its tangent d_v, how fast v changes when the input does; before every statement stands one for the
tangents. Loops and branches stay what they are. The statement that each derivative belongs to is kept as a remark.
*)
printfn "%s" (Show.func (Tangent.ofFunction program f))
(*** include-output ***)

(**
## The adjoint: in reverse

One run gives the derivatives by all inputs, however many they are. First the program as a whole, so that one sees how a loop is
turned when its rounds may not be taken one by one: it runs as it is, and what it overwrites goes onto a stack. Then every statement
comes again in reverse order, last first: d_v says how fast the result changes with v, and each statement hands its variable's adjoint
on to what it read. A loop runs backwards, a branch goes where it went, and what was kept comes back from the stack.
*)
printfn "%s" (Show.func (Adjoint.ofFunctionWith { Adjoint.defaults with FuseLoops = false } program f))
(*** include-output ***)

(**
But these rounds may be taken one by one.
*)
printfn "%s" (Show.func (Adjoint.ofFunction program f))
(*** include-output ***)

(**
## Optimised

Passes over programs, each of which is optional, take out what is worked out twice or read by nobody. No result changes.
*)
let optimised = Optimise.program (Adjoint.transform (Optimise.using Optimise.before program))

for pass in Optimise.all do
    printfn "%-10s %s" pass.Name pass.What

printfn "\n%s" (Show.func (optimised.TryFind(Adjoint.nameOf f.Name).Value))
(*** include-output ***)

(**
## Run

The interpreter is slow and obvious, and counts operations; everything else is tested against it. `Gradient.compile` makes machine
code of the optimised adjoint. Differences say the same.
*)
open Zautograd.Programs.Interpret

let x, y = [| 1.0; 2.0; 3.0 |], [| 1.5; 1.0; 8.0 |]
let interpreted, counts = run optimised (Adjoint.nameOf f.Name) [ RealArray x; RealArray y; RealItem 1.0; RealItem 1.0 ]
printfn "interpreted: %A, in %d operations" interpreted counts.Operations

let struct (value, _, _, slope) = cost.ValueAndGradient(x, y, 1.0)
printfn "compiled: %g and %g" value slope
printfn "by differences: %.6f" ((cost.Value(x, y, 1.0 + 1e-6) - cost.Value(x, y, 1.0 - 1e-6)) / 2e-6)
(*** include-output ***)

(**
## As C#

The same adjoint as source text: arrays that are only read are spans, names are kept, each derivative stands below the statement
that it belongs to. Where a stack is needed, it comes from a pool of the thread, so that a call allocates nothing.
*)
printfn "%s" (CSharpText.source optimised)
(*** include-output ***)
