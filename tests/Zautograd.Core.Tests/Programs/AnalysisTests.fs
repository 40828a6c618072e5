/// What the analyses of programs say, and that what they allow changes nothing but work and memory.
module Zautograd.Tests.Programs.AnalysisTests

open System
open Swensen.Unquote
open Xunit
open Zautograd
open Zautograd.Programs
open Zautograd.Programs.Interpret
open Zautograd.Tests.Programs.Dsl
open Zautograd.Tests.Programs.Paths

let private entry (program: Program) = program.TryFind("f").Value
let private unfused = Adjoint.transformWith { Adjoint.defaults with FuseLoops = false }
let private near tolerance (a: float) b = a = b || abs (a - b) <= tolerance * (1.0 + abs a)

// ---- the listings

/// A loop that must run in order, and one that need not, with a branch and a temporary.
let private listed =
    single
        [ xs "x"; x "k" ]
        1
        [
            dec "p" (v "k")
            dec "s" (num 0.0)
            dec "t" (num 0.0)
            over "i" "x" [ set "p" (v "p" * at "x" (n "i")) ]
            over "j" "x" [ set "t" (at "x" (n "j") * v "k"); when' (v "t" >. num 0.0) [ inc "s" (v "t" * v "t") ] ]
            // the adjoint of the sum waits for its value: the loop cannot go backwards straight away
            ret [ v "s" * v "s" * v "p" ]
        ]

let private explained = (Adjoint.explain listed (entry listed)).Replace("\r", "")

let private says (part: string) =
    let squeezed =
        String.Join("\n", explained.Split('\n') |> Array.map (fun line -> Text.RegularExpressions.Regex.Replace(line.Trim(), " +", " ")))

    if not (squeezed.Contains part) then failwith $"not said:\n{part}\nbut:\n{squeezed}"

[<Fact>]
let ``activity is told statement by statement`` () =
    says "real s = 0 // varied: k, p, x; useful: k, p, s, x"
    // a constant does not vary, and the temporary is of use inside the loop only
    says "p = p*x[i] // varied: k, p, x; useful: k, p, s, x"
    says "s += t*t // varied: k, p, s, t, x; useful: k, p, s, x"

[<Fact>]
let ``liveness is told statement by statement`` () =
    says "t = x[j]*k // live: k, p, s, t, x"
    says "s += t*t // live: k, p, s, x"
    says "return value1 // live: -"

[<Fact>]
let ``loops say whether their rounds are independent, or why not`` () =
    says "for i from 0 to x.Length (excluded): // in order: one round hands to the next: p"
    says "for j from 0 to x.Length (excluded): // independent; sums: s; private: t; outputs: -"

[<Fact>]
let ``recordings say what comes back, and how`` () =
    says "p = p*x[i] // record p"
    // the temporary is worked out again from what is still there
    says "// each round t again: x[j]*k"

// ---- loops turned by rounds

[<Fact>]
let ``turning loops round by round changes no gradient`` () =
    let mutable turned = 0

    let compare name (program: Program) (args: Item list) tolerance =
        let fused, plain = Adjoint.transform program, unfused program
        if fused <> plain then turned <- turned + 1
        let f = entry program
        let seed = Array.init (primal interpreted program f args).Length (fun i -> 1.0 - 0.3 * float (i % 4))
        let y, gradient = reverse interpreted fused f args seed
        let y', gradient' = reverse interpreted plain f args seed
        let same a b = Array.forall2 (fun a b -> near tolerance a b || Double.IsNaN a && Double.IsNaN b) a b

        if not (same y y' && same gradient gradient') then
            failwith $"{name}: {gradient} with, {gradient'} without"

    for case in Conformance.all do
        compare case.Name case.Program case.Args 1e-11

    let set = turned
    test <@ set >= 15 @>

    for seed in 300_000..300_499 do
        let program, _, args = Generate.program seed

        try
            compare $"seed {seed}" program args 1e-9
        with Scopes.Unsupported _ ->
            ()

    let random = turned - set
    test <@ random >= 25 @>

let private bytes (transform: Program -> Program) (program: Program) (args: Item list) =
    let f = entry program
    (snd (run (transform program) (Adjoint.nameOf f.Name) (adjointArguments f args [| 1.0 |]))).Bytes

let private case name = (Conformance.all |> List.find (fun case -> case.Name = name))
let private some count = RealArray(Array.init count (fun i -> sin (float i) + 0.2))

[<Fact>]
let ``a loop with independent rounds records nothing from one round to the next`` () =
    for name in [ "Gaussian mixture log-likelihood"; "k-means cost"; "k-means cost with branches"; "Student's t log-likelihood" ] do
        let case = case name
        let held count = bytes Adjoint.transform case.Program (some count :: case.Args.Tail)
        if held 50 <> held 5 then failwith $"{name}: {held 5} bytes for 5 rounds, {held 50} for 50"

    // and without this the mixture does
    let mixture = case "Gaussian mixture log-likelihood"
    let held count = bytes unfused mixture.Program (some count :: mixture.Args.Tail)
    test <@ held 50 = 10 * held 5 @>

[<Fact>]
let ``nothing is recorded that is not read again, or is cheaply told`` () =
    let free =
        [
            // linear: the old value is not read
            "linear", single [ xs "x" ] 1 [ dec "s" (num 0.0); over "i" "x" [ set "s" (v "s" * 0.5 + at "x" (n "i")) ]; ret [ v "s" ] ]
            // an int that runs along
            "ints",
            single
                [ xs "x" ]
                1
                [
                    dec "s" (num 0.0)
                    deci "k" (whole 0)
                    over "i" "x" [ inc "s" (sq (at "x" (n "k"))); inci "k" (whole 1) ]
                    ret [ v "s" * v "s" ]
                ]
            // a temporary whose operands stay
            "temporary",
            single
                [ xs "x" ]
                1
                [
                    dec "s" (num 0.0)
                    dec "t" (num 0.0)
                    over "i" "x" [ set "t" (at "x" (n "i") + 1.0); inc "s" (v "t" * v "t") ]
                    ret [ v "s" * v "s" ]
                ]
            // a branch on what stays
            "branch",
            single
                [ xs "x" ]
                1
                [
                    dec "s" (num 0.0)
                    over "i" "x" [ when' (at "x" (n "i") >. num 0.0) [ inc "s" (sq (at "x" (n "i"))) ] ]
                    ret [ v "s" * v "s" ]
                ]
            // a while that runs once has its trips in a local
            "while",
            single
                [ xs "x" ]
                1
                [
                    dec "s" (num 0.0)
                    deci "k" (whole 0)
                    whilst (n "k" <! len "x") [ inc "s" (sq (at "x" (n "k"))); inci "k" (whole 1) ]
                    ret [ v "s" * v "s" ]
                ]
        ]

    for name, program in free do
        let held = bytes Adjoint.transform program [ some 6 ]
        if held <> 0 then failwith $"{name}: {held} bytes"

// ---- strong zero

[<Fact>]
let ``what does not change contributes nothing, even times an infinite slope`` () =
    let table =
        [
            "sqrt of relu at 0", single [ x "x" ] 1 [ ret [ sqrt' (fn1 Relu (v "x")) ] ], [ 0.0 ], [ 1.0 ], [ 0.0 ]
            "0 * sqrt at 0", single [ x "x" ] 1 [ ret [ 0.0 * sqrt' (v "x") ] ], [ 0.0 ], [ 1.0 ], [ 0.0 ]
            "sqrt of a product with 0",
            single [ x "x"; x "y" ] 1 [ ret [ sqrt' (v "x" * v "x" + v "y" * v "y") ] ],
            [ 0.0; 0.0 ],
            [ 0.0 ],
            [ 0.0; 0.0 ]
            "a result not asked for", single [ x "x" ] 2 [ ret [ v "x" * 2.0; sqrt' (v "x") ] ], [ 0.0 ], [ 1.0; 0.0 ], [ 2.0 ]
            "asin at 1, not asked for", single [ x "x" ] 2 [ ret [ sq (v "x"); fn1 Asin (v "x") ] ], [ 1.0 ], [ 1.0; 0.0 ], [ 2.0 ]
            "x^0.5 at 0, not asked for", single [ x "x" ] 2 [ ret [ v "x"; pow' (v "x") (num 0.5) ] ], [ 0.0 ], [ 1.0; 0.0 ], [ 1.0 ]
            "cbrt in a loop",
            single [ x "x" ] 1 [ dec "s" (v "x"); upTo "i" 2 [ set "s" (fn1 Cbrt (v "s")) ]; ret [ v "x" + 0.0 * v "s" ] ],
            [ 0.0 ],
            [ 1.0 ],
            [ 1.0 ]
        ]

    for name, program, point, seed, expected in table do
        let args = List.map RealItem point
        let f = entry program
        let _, gradient = reverse interpreted (Adjoint.transform program) f args (Array.ofList seed)

        if gradient <> Array.ofList expected then failwith $"{name}: reverse {gradient}, not {expected}"

        for i in 0 .. point.Length - 1 do
            let still = Array.init point.Length (fun _ -> 0.0)
            let _, none = forward interpreted (Tangent.transform program) f args still
            if Array.exists ((<>) 0.0) none then failwith $"{name}: where nothing changes, forward gives {none}"

            if not (name.StartsWith "a result" || name.Contains "not asked" || name.StartsWith "sqrt of a product") then
                let change = Array.init point.Length (fun j -> if i = j then 1.0 else 0.0)
                let _, column = forward interpreted (Tangent.transform program) f args change
                if column[0] <> expected[i] then failwith $"{name}: forward {column}, not {expected[i]}"

// ---- several directions at once

[<Fact>]
let ``a tangent along several directions gives each of them its own change`` () =
    let mutable cheaper = 0

    for case in Conformance.all do
        let f = entry case.Program
        let count = 3
        let many, one = Tangent.transformMany count case.Program, Tangent.transform case.Program
        let faults = Check.faults many
        test <@ faults.IsEmpty @>
        let length = (inputs f case.Args).Length
        let directions = [ for nth in 1..count -> Array.init length (fun i -> 0.3 * float nth - 0.2 * float (i % 4)) ]
        let followed = f.Parameters |> List.filter isFollowed
        let shadows direction = List.zip f.Parameters (withInputs f case.Args direction) |> List.filter (fst >> isFollowed) |> List.map snd
        let args = copy case.Args @ List.collect shadows directions
        let results, counts = run many (Tangent.nameOfMany count f.Name) args

        let reals =
            results
            |> List.skip f.Results.Length
            |> List.choose (function
                | RealItem x -> Some x
                | _ -> None)

        let scalars = reals.Length / count
        let mutable work = 0

        directions
        |> List.iteri (fun nth direction ->
            let counting program name args =
                let results, counts = run program name args
                work <- work + counts.Operations
                results

            let _, change = forward counting one f case.Args direction

            let arrays =
                args
                |> List.skip (f.Parameters.Length + nth * followed.Length)
                |> List.truncate followed.Length
                |> List.zip followed
                |> List.collect (fun (p, item) ->
                    match item with
                    | RealArray a when p.Flow = InOut -> List.ofArray a
                    | _ -> [])

            let found = Array.ofList ((reals |> List.skip (nth * scalars) |> List.truncate scalars) @ arrays)
            if found <> change then failwith $"{case.Name}, direction {nth + 1}: {found}, not {change}")

        if counts.Operations < work then cheaper <- cheaper + 1

    // the values are worked out once
    test <@ cheaper >= 150 @>
