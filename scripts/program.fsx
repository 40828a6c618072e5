// A loop with a branch, transformed: the program, its analyses, its tangent, its adjoint, the optimised adjoint, and that as C#.
#load "load.fsx"

open Zautograd
open Zautograd.Programs

// what a line through 0 costs: the square of an error that is small, in proportion to one that is large
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
let section title (text: string) = printfn "---- %s\n%s\n" title (text.TrimEnd())
section "the program" (Show.program program)
section "the analyses" (Adjoint.explain program f)
section "the tangent" (Show.func (Tangent.ofFunction program f))
section "the adjoint" (Show.func (Adjoint.ofFunction program f))

let optimised = Optimise.program (Adjoint.transform (Optimise.using Optimise.before program))
section "the optimised program and its adjoint" (Show.program optimised)
section "the same in C#" (CSharpText.source optimised)

let struct (value, _, _, slope) = cost.ValueAndGradient([| 1.0; 2.0; 3.0 |], [| 1.5; 1.0; 8.0 |], 1.0)
printfn "at w = 1: %g, and its derivative: %g" value slope
