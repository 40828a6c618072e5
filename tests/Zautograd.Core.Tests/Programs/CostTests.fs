/// What the adjoint of a statement costs, in operations: signs, shared factors, doubled changes and calls where a careful engineer has them.
module Zautograd.Tests.Programs.CostTests

open Swensen.Unquote
open Xunit
open Zautograd
open Zautograd.Programs
open Zautograd.Programs.Interpret
open Zautograd.Tests.Programs.Dsl
open Zautograd.Tests.Programs.Paths

let private a, b, c, p = v "a", v "b", v "c", v "p"

let private operations program name args = snd (run program name (copy args)) |> _.Operations

let private costs (program: Program) args =
    let f = program.TryFind("f").Value
    let seed = primal interpreted program f args |> Array.map (fun _ -> 0.7)
    let adjoint = Adjoint.transform (Optimise.using Optimise.before program)
    let optimised = Optimise.program adjoint
    let _, slopes = forward interpreted (Tangent.transform program) f args (inputs f args |> Array.map (fun _ -> 1.0))
    let _, gradient = reverse interpreted optimised f args seed
    let expected, found = 0.7 * Array.sum slopes, Array.sum gradient

    if not (abs (expected - found) <= 1e-13 * (1.0 + abs expected)) then
        failwith $"{found} for {expected} in\n{Show.program adjoint}"

    operations program "f" args, operations optimised (Adjoint.nameOf "f") (adjointArguments f args seed), adjoint

/// A term of the active a, b and c and of p, which is constant: the operations of its value, and those of value and gradient.
let private terms =
    [
        "a factor that is constant is multiplied once", p * a * b, 2, 5
        "it may stand anywhere", a * (b * p), 2, 5
        "a factor of two products is multiplied once", a * b * (1.0 - b), 3, 8
        "the change of a square is doubled", sq a, 1, 3
        "a half takes the doubling back", 0.5 * sq a, 2, 3
        "the sign stays with the constant", c - 0.5 * sq a, 3, 5
    ]

[<Fact>]
let ``the adjoint of a term has no operation too many`` () =
    let args = [ RealItem 0.8; RealItem 1.7; RealItem -0.4; RealItem 1.3 ]

    [
        for what, R term, _, _ in terms ->
            let value, both, _ = costs (single [ x "a"; x "b"; x "c"; fixedReal "p" ] 1 [ Return [ term ] ]) args
            what, value, both
    ]
    =! [ for what, _, value, both in terms -> what, value, both ]

[<Fact>]
let ``the doubled change of a sum of squares is that of the whole loop`` () =
    let program = single [ xs "x" ] 1 [ dec "s" (num 0.0); over "i" "x" [ inc "s" (sq (at "x" (n "i"))) ]; ret [ v "s" ] ]
    let value, both, _ = costs program [ RealArray [| 1.0; 2.0; 3.0; 4.0 |] ]
    (value, both) =! (8, 8 + 1 + 8)

[<Fact>]
let ``what is taken away is not negated first`` () =
    let at k = at "x" (whole k)
    let program = single [ xs "x"; fixedReal "p" ] 1 [ ret [ at 0 - p * at 1 * at 2 ] ]
    let value, both, _ = costs program [ RealArray [| 1.0; 2.0; 3.0 |]; RealItem 0.5 ]
    (value, both) =! (3, 3 + 3 + 3)

[<Fact>]
let ``a loop that ends the rounds of another goes backwards with it, and shares its products`` () =
    let i, j = n "i", n "j"
    let inner = [ upTo "j" 3 [ inc "s" (at "x" i * at "a" (i * 3 + j) * at "x" j) ] ]
    let program = single [ xs "a"; xs "x" ] 1 [ dec "s" (num 0.0); upTo "i" 3 inner; ret [ v "s" ] ]
    let value, both, _ = costs program [ RealArray(Array.init 9 float); RealArray [| 1.0; 2.0; 3.0 |] ]
    (value, both) =! (27, 27 + 63)

// ---- calls

/// A function that calls itself, so that nothing puts its statements in the place of its call: a product of the first k elements.
let private products =
    func
        "products"
        [ xs "x"; int' "k" ]
        [ Real; Real ]
        [
            when' (n "k" =!! whole 0) [ ret [ num 1.0; num 0.0 ] ]
            dec "y" (num 0.0)
            dec "sum" (num 0.0)
            Call([ "y"; "sum" ], "products", [ Variable "x"; Integer(Minus, Variable "k", Whole 1) ])
            ret [ v "y" * at "x" (n "k" - 1); v "sum" + v "y" ]
        ]

let private calls (f: Function) =
    [
        for statement in Statement.all f.Body do
            match statement with
            | Call(_, name, _) -> name
            | _ -> ()
    ]

let private calling results statements =
    let declared = [ dec "y" (num 0.0); dec "sum" (num 0.0); Call([ "y"; "sum" ], "products", [ Variable "x"; Whole 3 ]) ]
    program [ products; func "f" [ xs "x"; x "a" ] [ Real ] (declared @ statements @ [ ret [ results ] ]) ]

let private args = [ RealArray [| 0.9; 1.3; 0.7 |]; RealItem 1.1 ]
let private adjointOf (program: Program) = program.TryFind(Adjoint.nameOf "f").Value

[<Fact>]
let ``a call is turned at once where its seeds do not wait for its results`` () =
    for statements, result in
        [
            [], v "y" * 3.0 + v "sum"
            // the one factor's adjoint runs ahead of the call, the other one's behind it
            [ set "y" (v "sum" * v "a") ], v "y"
            [ dec "t" (v "a" * v "y"); dec "u" (v "t" * 3.0) ], v "u" * v "a"
        ] do
        let _, _, adjoint = costs (calling result statements) args
        calls (adjointOf adjoint) =! [ "productsAdjoint" ]

[<Fact>]
let ``a call whose seeds wait for its results runs before them`` () =
    for statements, result in
        [
            [], v "y" * v "y"
            [ dec "t" (v "a" * v "y") ], v "t" * v "t"
            // the second call overwrites what the first one returned
            [ Call([ "y"; "sum" ], "products", [ Variable "x"; Whole 2 ]) ], v "y" + v "a"
            [ set "y" (v "sum" * v "y") ], v "y"
        ] do
        let _, _, adjoint = costs (calling result statements) args
        test <@ List.contains "products" (calls (adjointOf adjoint)) @>

[<Fact>]
let ``results that nobody reads are not worked out`` () =
    let program = calling (v "y" * v "y") []
    let alone = Optimise.using (Optimise.all |> List.filter (fun pass -> pass.Name <> "inline")) program
    calls (alone.TryFind("f").Value) =! [ "productsWithout2" ]
    [ for f in alone.Functions -> f.Name, f.Results.Length ] =! [ "products", 2; "f", 1; "productsWithout2", 1 ]
    (operations program "f" args, operations alone "f" args) =! (7, 4)
