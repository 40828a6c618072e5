/// Several rounds of a loop at once: only where no round waits for another, for every number of rounds, and the same bits.
module Zautograd.Tests.Programs.VectorTests

open System
open Swensen.Unquote
open Xunit
open Zautograd
open Zautograd.Programs
open Zautograd.Programs.Interpret
open Zautograd.Tests.Programs
open Zautograd.Tests.Programs.Dsl

let private i = n "i"
let private down body = loopBy -1 "i" (len "x" - 1) (whole -1) body
let private from first last body = loop "i" (whole first) last body

let private free, waits = true, false

/// Loops over x, which is read, and y, which is changed and has two elements more; s and c are reals, k is an int.
let private loops: (string * bool * Statement list) list =
    [
        "an element each", free, [ over "i" "x" [ put "y" i (v "s" * at "x" i + at "y" i / v "s") ] ]
        "an addition each", free, [ over "i" "x" [ acc "y" i (v "s" - at "x" i) ] ]
        "a subtraction each", free, [ over "i" "x" [ put "y" i (at "y" i - at "x" i * at "x" i) ] ]
        "one number for all", free, [ over "i" "x" [ put "y" i (v "s" * v "s") ] ]
        "roots, absolutes, negations", free, [ over "i" "x" [ put "y" i (sqrt' (abs' (at "x" i)) - abs' (-(at "y" i))) ] ]
        "negated zeros", free, [ over "i" "x" [ put "y" i (-(at "x" i * 0.0)) ] ]
        "downwards", free, [ down [ put "y" i (at "x" i * v "s") ] ]
        "two behind one another", free, [ over "i" "x" [ put "y" i (at "x" i + 1.0); acc "y" i (at "x" i) ] ]
        "a neighbour that nobody writes", free, [ from 1 (len "x") [ put "y" i (at "x" (i - 1) * at "x" i) ] ]
        "a place further on", free, [ over "i" "x" [ put "y" (i + n "k" - 1) (at "x" i + v "s") ] ]
        "an int of the round", free, [ over "i" "x" [ deci "at" (n "k" + i); put "y" (n "at") (at "x" i * 2.0) ] ]
        "a real of the round", free, [ over "i" "x" [ dec "t" (at "x" i * v "s"); inc "t" (v "s"); put "y" i (v "t") ] ]
        "a sum", free, [ over "i" "x" [ inc "s" (at "x" i * at "x" i) ] ]
        "a difference", free, [ over "i" "x" [ set "s" (v "s" - at "x" i / 3.0); put "y" i (at "x" i) ] ]
        "a real that the next round makes anew", free, [ over "i" "x" [ set "c" (at "x" i * 3.0); put "y" i (v "c") ]; set "c" (num 1.0) ]
        "recorded",
        free,
        [
            over "i" "x" [ Push("r", Real, Element("x", Variable "i")) ]
            down [ Pop("r", Real, "c"); put "y" i (v "c") ]
            set "c" (num 1.0)
        ]
        "an element of the round before", waits, [ from 1 (len "x") [ put "y" i (at "y" (i - 1) * at "x" i) ] ]
        "an element of the next round", waits, [ over "i" "x" [ put "y" i (at "y" (i + 1) * at "x" i) ] ]
        "an element of all rounds", waits, [ over "i" "x" [ put "y" i (at "x" i + at "y" (whole 0)) ] ]
        "an element for all rounds", waits, [ over "i" "x" [ put "y" (whole 0) (at "x" i) ] ]
        "two places of one array", waits, [ over "i" "x" [ put "y" i (at "x" i); put "y" (i + 1) (at "x" i * 2.0) ] ]
        "every second place", waits, [ over "i" "x" [ put "y" (i / whole 2 * 2) (at "x" i) ] ]
        "backwards", waits, [ over "i" "x" [ put "y" (len "x" - i) (at "x" i) ] ]
        "every second round", waits, [ loopBy 2 "i" (whole 0) (len "x") [ put "y" i (at "x" i) ] ]
        "a real handed to the next round", waits, [ over "i" "x" [ put "y" i (v "c"); set "c" (at "x" i) ] ]
        "a product", waits, [ over "i" "x" [ set "c" (v "c" * at "x" i) ] ]
        "a sum that a round reads", waits, [ over "i" "x" [ inc "c" (at "x" i); put "y" i (v "c") ] ]
        "a sum downwards, in order", waits, [ down [ inc "c" (at "x" i * 0.1) ] ]
        "a real that is read after the loop", waits, [ over "i" "x" [ set "c" (at "x" i * 3.0); put "y" i (v "c") ] ]
        "a decision", waits, [ over "i" "x" [ when' (at "x" i >. num 0.5) [ put "y" i (at "x" i) ] ] ]
        "a function without vectors", waits, [ over "i" "x" [ put "y" i (exp' (at "x" i)) ] ]
        "the counter as a real", waits, [ over "i" "x" [ put "y" i (real i * at "x" i) ] ]
        "a few rounds", waits, [ loop "i" (whole 0) (whole 2) [ acc "y" i (v "s") ] ]
    ]

let private programs =
    [
        for name, isFree, body in loops ->
            name,
            isFree,
            single [ xs "x"; io "y"; x "rate"; int' "k" ] 1 [ dec "s" (v "rate"); dec "c" (num 0.25); yield! body; ret [ v "s" + v "c" ] ]
    ]

let private f (program: Program) = program.Functions.Head

/// All of it in the order of its text.
let private inOrder program = CSharpText.vectors "public" { f program with Name = "other" } program

let private args length =
    [
        RealArray(Array.init length (fun i -> 0.3 + 0.7 * cos (float i * 1.3)))
        RealArray(Array.init (length + 2) (fun i -> if i % 5 = 3 then -0.0 else sin (float i)))
        RealItem 1.7
        IntItem 1
    ]

let private cases = [ for name, _, program in programs -> name, program ]

[<Fact>]
let ``rounds run at once only where none waits for another`` () =
    [ for name, _, program in programs -> name, (inOrder program).Contains "Lanes.Fit" ]
    =! [ for name, isFree, _ in programs -> name, isFree ]

[<Fact>]
let ``for every number of rounds the bits are those of the rounds one by one`` () =
    let printed = Printed.compileAs inOrder (List.map snd cases)

    for (name, program), call in List.zip cases printed do
        for length in 0..17 do
            let found run = Paths.primal run program (f program) (args length)

            if not (Printed.same (found Paths.interpreted) (found (fun _ -> call))) then
                failwith $"{name}, {length}: %A{found (fun _ -> call)} for %A{found Paths.interpreted}"

[<Fact>]
let ``adjoints have the value to the bit and the gradient but for the order of sums`` () =
    let adjoints =
        [
            for name, program in cases do
                if name <> "recorded" then name, program
        ]

    // all of them have the same parameters and results
    let write = CSharpText.vectors "public" (f (snd cases.Head))
    let printed = Printed.compileAs write [ for _, program in adjoints -> Optimise.program (Adjoint.transform program) ]

    for (name, program), call in List.zip adjoints printed do
        let adjoint = Adjoint.transform program

        for length in 1..17 do
            let point = args length
            let seed = Array.create (length + 3) 0.7
            let value, gradient = Paths.reverse Paths.interpreted adjoint (f program) point seed
            let value', gradient' = Paths.reverse (fun _ -> call) adjoint (f program) point seed
            let close p q = abs (p - q) <= 1e-13 * (1.0 + abs p) || p.Equals q

            if not (Printed.same value value' && Array.forall2 close gradient gradient') then
                failwith $"{name}, {length}: %A{value'}, %A{gradient'} for %A{value}, %A{gradient}"

[<Fact>]
let ``a sum of the gradient is added up lane by lane, a sum of the value in order`` () =
    let program =
        single [ xs "x"; x "rate" ] 1 [ dec "s" (num 0.0); over "i" "x" [ inc "s" (v "rate" * at "x" i * at "x" i) ]; ret [ sin' (v "s") ] ]

    let text = CSharpText.vectors "public" (f program) (Optimise.program (Adjoint.transform program))
    test <@ text.Contains "s = Lanes.InOrder(s, " @>
    test <@ text.Contains "d_rate += Lanes.Sum(d_rate_lanes);" @>
    test <@ not (text.Contains "Lanes.InOrder(d_rate") @>

[<Fact>]
let ``a sum that decides is added up in order`` () =
    let body = [ dec "s" (num 0.0); over "i" "x" [ inc "s" (at "x" i * at "x" i) ]; ret [ pick (v "s" <. num 2.0) (v "s") (num 2.0) ] ]

    let program = single [ xs "x" ] 1 body
    let text = CSharpText.vectors "public" { f program with Name = "other"; Results = [] } program
    test <@ text.Contains "Lanes.InOrder(s" @>
