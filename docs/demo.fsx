(**
# Zautograd in ten minutes

One formula, differentiated in every way that the library knows: by rules with each step named, forward and in reverse with the
tables that explain them, as code and as a compiled function. This page is a script, `docs/demo.fsx`; what stands below a cell was
computed by it.
*)
#load "../scripts/load.fsx"
open Zautograd
(*** hide ***)
#load "page.fsx"

(**
## A formula is a value

`Var` makes a variable, and ordinary arithmetic makes formulas of formulas.
*)
let x, y = Var "x", Var "y"
let z = log x + x * y - sin y
z
(*** include-it ***)

(**
Nothing is simplified behind your back: the formula is the graph of the operations as you wrote them. Its steps are named t1, t2 ...,
and what is used twice is one box.
*)
Drawing.svg z
(*** include-it-raw ***)

(**
## The rules

Each operation has one row in one table: its *slopes*, the derivatives by its arguments a and b. These are the rows that our formula needs.
*)
for op in [ Log; Mul; Sin; Add; Sub ] do
    let rule = Rules.rule op
    let letters = Rules.argumentNames |> List.take rule.Arity |> List.map Var
    let slopes = rule.Slopes |> List.map string |> String.concat ", "
    printfn "%-8O %s" (op.Of(Array.ofList letters)) slopes
(*** include-output ***)

(**
## By hand, each step explained

`Explain.steps` writes the derivation that a student hands in; `Explain.toMarkdown` and `Explain.toLatex` write it for a paper.
*)
printfn "%s" (Explain.toText (Explain.steps "x" z))
(*** include-output ***)

(**
The computed derivative is a formula again.
*)
Differentiate.derivative "x" z
(*** include-it ***)

(**
## Forward mode

At the point x = 2, y = 5 every step has a value, and a *tangent*: how fast it changes when x does. Each tangent follows from those before it.
*)
let at = [ "x", 2.0; "y", 5.0 ]
Trace.forward "x" at z
(*** include-it ***)

(**
The last tangent is the derivative by x. For the derivative by y, walk again.
*)
Trace.forward "y" at z
(*** include-it ***)

(**
## Reverse mode

One walk backwards gives all derivatives at once. Every step has an *adjoint*: how fast the result changes when that step does. What a
variable contributes in several places is added up.
*)
Trace.reverse at z
(*** include-it ***)

(**
Both walks work with any kind of number. With formulas in place of numbers, the same reverse walk gives the gradient as formulas.
*)
Differentiate.gradient [ "x"; "y" ] z
(*** include-it ***)

(**
## Simplifying

The laws are a table as well, and the tests hold each row to it: the value stays the same on its domain. Simplifying never makes a formula larger.
*)
for e in [ sin x ** 2.0 + y + cos x ** 2.0; sqrt (x ** 2.0); x / 3.0 + x / 6.0 ] do
    printfn "%O  ->  %O" e (Simplify.simplify e)
(*** include-output ***)

(**
## More calculus

The Hessian, all second derivatives, of another formula:
*)
let f = x ** 3.0 * y + exp (x * y)
Calculus.hessian [ "x"; "y" ] f
(*** include-it ***)

(**
The Taylor polynomial of order 7 of sin x around 0:
*)
Calculus.taylor "x" (Const 0.0) 7 (sin x)
(*** include-it ***)

(**
The second derivative of y by x on the circle x² + y² = 1, where y is given only by the equation:
*)
Implicit.nth 2 "y" "x" (x ** 2.0 + y ** 2.0 - 1.0)
(*** include-it ***)

(**
## Derivatives do not swell

The logistic map, applied ten times, would fill a page when written out, and its derivative a book. As graphs they share their parts, and what
is shared has a name when it is printed.
*)
let logistic = List.fold (fun l _ -> 4.0 * l * (1.0 - l)) x [ 1..10 ]
let slope = Differentiate.derivative "x" logistic
printfn "%d nodes, the derivative %d" (Graph.size logistic) (Graph.size slope)
(*** include-output ***)

logistic
(*** include-it ***)

(**
## Formulas from text and from code

Text is read as people write it; what is wrong is shown where it stands.
*)
for text in [ "ln(x) + x*y - sin(y)"; "2x + 1" ] do
    match Parse.expression text with
    | Ok e -> printfn "%O has the derivative %O by x\n" e (Differentiate.derivative "x" e)
    | Error error -> printfn "%O" error
(*** include-output ***)

(**
A quotation `<@ ... @>` is F# code that a program can read.
*)
let quoted = Quote.read <@ fun x y -> if x < y then x * y else exp (x - y) @>
quoted.Body
(*** include-it ***)

(**
## Formulas as code

LaTeX, MathML, C#, F#, C and Python come from one table. Here a C# method that computes our formula with both derivatives:
*)
let routine = Write.routine "z" z |> Write.withGradient [ "x"; "y" ]
printfn "%s" (Write.source Notation.csharp [ routine ])
(*** include-output ***)

(**
Or compile it, here and now: the value comes back, the gradient is written to an array.
*)
let compiled = Compile.gradient [ "x"; "y" ] z
let slopes = Array.zeroCreate<float> 2
let value = compiled.Invoke([| 2.0; 5.0 |], slopes)
printfn "z(2, 5) = %.10f, gradient (%.10f, %.10f)" value slopes[0] slopes[1]
(*** include-output ***)

(**
These are the numbers of the tables above, by a fourth way.

## From here

* The other scripts in `scripts/` show one thing each in under 40 lines; `dotnet fsi scripts/calculus.fsx` runs one.
* In C#, `Value` and `Dual` differentiate ordinary arithmetic as it runs, and `MLP` trains networks: see the README and `samples/demo.cs`.
* At the command line: `zautograd derive "ln(x) + x*y - sin(y)" --wrt x --steps`.
*)
