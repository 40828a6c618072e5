/// Arrays that each round of a loop has to itself: when they are seen as such, when they must not be, and that no gradient changes.
module Zautograd.Tests.Programs.PrivateArrayTests

open System
open Swensen.Unquote
open Xunit
open Zautograd
open Zautograd.Programs
open Zautograd.Programs.Interpret
open Zautograd.Tests.Programs.Dsl
open Zautograd.Tests.Programs.Paths

let private entry (program: Program) = program.TryFind("f").Value
let private i, j, c = n "i", n "j", n "c"

/// For every point a row of distances to centres, in an array that all points share; then what `inside` and `after` make of it.
let private shared fill inside after =
    single
        [ xs "x"; xs "m"; int' "k" ]
        1
        ([
            arr "w" (n "k")
            dec "s" (num 0.0)
            dec "t" (num 0.0)
            over "i" "x" ([ loop "j" (whole 0) (n "k") fill; set "t" (num 0.0) ] @ inside @ [ inc "s" (log' (1.0 + sq (v "t"))) ])
         ]
         @ after
         @ [ ret [ v "s" ] ])

let private wholly = [ put "w" j (at "x" i * at "m" j) ]
let private sumOfSquares = [ loop "j" (whole 0) (n "k") [ inc "t" (sq (at "w" j)) ] ]

/// What is said of the loop over the points, and why.
let private cases =
    [
        "wholly overwritten", shared wholly sumOfSquares [], true
        "read at a place", shared wholly [ inc "t" (sq (at "w" (whole 0))) ] [], true
        "read from the second on", shared wholly [ loop "j" (whole 1) (n "k") [ inc "t" (at "w" j * at "w" (j - 1)) ] ] [], true
        // the first element is the last round's
        "partly overwritten", shared [ when' (j >! whole 0) wholly ] sumOfSquares [], false
        "overwritten from the second on",
        single
            [ xs "x"; xs "m"; int' "k" ]
            1
            [
                arr "w" (n "k")
                dec "s" (num 0.0)
                dec "t" (num 0.0)
                over
                    "i"
                    "x"
                    [
                        loop "j" (whole 1) (n "k") wholly
                        set "t" (num 0.0)
                        loop "j" (whole 0) (n "k") [ inc "t" (sq (at "w" j)); put "w" (whole 0) (v "t") ]
                        inc "s" (log' (1.0 + sq (v "t")))
                    ]
                ret [ v "s" ]
            ],
        false
        "read before it is overwritten", shared [ inc "s" (sq (at "w" j)); put "w" j (at "x" i * at "m" j) ] [] [], false
        "read after the loop", shared wholly sumOfSquares [ inc "s" (sq (at "w" (whole 1))) ], false
        // an element more than the loop fills
        "longer than the loop",
        single
            [ xs "x"; xs "m"; int' "k" ]
            1
            [
                arr "w" (n "k" + 1)
                dec "s" (num 0.0)
                over
                    "i"
                    "x"
                    [ loop "j" (whole 0) (n "k") wholly; inc "s" (sq (at "w" (n "k")) + sq (at "w" (whole 0))); put "w" (n "k") (at "x" i) ]
                ret [ v "s" ]
            ],
        false
    ]

let private args = [ RealArray [| 0.7; -1.3; 0.4; 2.1 |]; RealArray [| 0.3; 1.9; -0.6 |]; IntItem 3 ]

/// The gradient of the sum of all results: with everything, without turning loops round by round, and forward.
let private agree name (program: Program) args =
    let f = entry program
    let seed = Array.create (primal interpreted program f args).Length 1.0
    let _, gradient = reverse interpreted (Adjoint.transform program) f args seed
    let plain = Adjoint.transformWith { Adjoint.defaults with FuseLoops = false } program
    let _, unfused = reverse interpreted plain f args seed
    let optimised = Optimise.program (Adjoint.transform (Optimise.using Optimise.before program))
    let _, compact = reverse interpreted optimised f args seed
    let tangent = Tangent.transform program

    for at in 0 .. gradient.Length - 1 do
        let direction = Array.init gradient.Length (fun i -> if i = at then 1.0 else 0.0)
        let expected = Array.sum (snd (forward interpreted tangent f args direction))

        for path, found in [ "fused", gradient[at]; "unfused", unfused[at]; "optimised", compact[at] ] do
            if not (abs (found - expected) <= 1e-11 * (1.0 + abs expected)) then
                failwith $"{name}, {path}: derivative {at} is {found}, not {expected}"

[<Fact>]
let ``an array is a round's own only if it is wholly overwritten before it is read, and not read after the loop`` () =
    for name, program, isOwn in cases do
        let f, _ = Adjoint.prepare program (entry program)
        let text = Independence.show program f
        let line = text.Split('\n') |> Array.find (fun line -> line.Contains "for i ")
        let says = line.Contains "independent" && line.Substring(line.IndexOf "private").Contains "w"
        if says <> isOwn then failwith $"{name}: {line}"

[<Fact>]
let ``gradients through such arrays are right, and through those that only look like them`` () =
    for name, program, _ in cases do
        agree name program args

// ---- rows

/// For every point and every centre a row of k differences, filled anew, of which the reverse needs all.
let private nested fill inside =
    single
        [ xs "x"; xs "m"; int' "k"; int' "d" ]
        1
        [
            arr "w" (n "d")
            arr "term" (n "k")
            dec "s" (num 0.0)
            dec "t" (num 0.0)
            over
                "i"
                "x"
                [
                    loop "c" (whole 0) (n "k") [ loop "j" (whole 0) (n "d") fill; set "t" (num 0.0); inside; put "term" c (v "t") ]
                    set "t" (num 0.0)
                    loop "c" (whole 0) (n "k") [ inc "t" (sq (at "term" c)) ]
                    inc "s" (log' (1.0 + v "t"))
                ]
            ret [ v "s" ]
        ]

let private differences = [ put "w" j (sin' (at "x" i - at "m" (c * n "d" + j))) ]
let private squares = loop "j" (whole 0) (n "d") [ inc "t" (at "w" j * at "w" j * at "w" j) ]

let private nestedCases =
    [
        "squares", nested differences squares, true
        // what was stored is needed, and overwritten in the same round
        "overwritten twice",
        nested
            differences
            (loop
                "j"
                (whole 0)
                (n "d")
                [ inc "t" (sq (at "w" j) * at "w" j); put "w" j (sq (at "w" j)); inc "t" (sq (at "w" j) * at "w" j) ]),
        true
        "a triangle",
        nested
            differences
            (loop "j" (whole 0) (n "d") [ loop "r" (j + 1) (n "d") [ acc "w" (n "r") (sq (at "m" j)) ]; inc "t" (sq (at "w" j) * at "w" j) ]),
        true
        // an index that nobody proves to be in the row would touch the next one
        "a neighbour", nested differences (loop "j" (whole 1) (n "d") [ inc "t" (sq (at "w" (j - 1)) * at "w" j) ]), false
        "the last one", nested differences (loop "j" (whole 0) (n "d") [ inc "t" (sq (at "w" (n "d" - 1)) * at "w" j) ]), false
    ]

let private nestedArgs = [ RealArray [| 0.7; -1.3; 0.4; 2.1 |]; RealArray [| 0.3; 1.9; -0.6; 0.8; -0.2; 1.1 |]; IntItem 2; IntItem 3 ]

[<Fact>]
let ``what a round fills anew has a row for every round, where every index is proved to stay in it`` () =
    for name, program, inRows in nestedCases do
        let adjoint = Adjoint.ofFunction program (entry program)

        let width =
            adjoint.Body
            |> List.pick (function
                | DeclareArray("w", _, length) -> Some length
                | _ -> None)

        let isWide = width <> Variable "d"
        if isWide <> inRows then failwith $"{name}: w has {Show.term width} elements"
        agree name program nestedArgs

[<Fact>]
let ``an array in rows is not recorded from one round to the next`` () =
    let bytes k =
        let program = nested differences squares
        let f = entry program
        let args = [ nestedArgs[0]; RealArray(Array.init (3 * k) (fun i -> cos (float i))); IntItem k; IntItem 3 ]
        (snd (run (Adjoint.transform program) (Adjoint.nameOf f.Name) (adjointArguments f args [| 1.0 |]))).Bytes

    test <@ bytes 7 = bytes 2 @>

// ---- what runs ahead of a loop

[<Fact>]
let ``statements after a loop wait until all is run, unless the loop needs their adjoints`` () =
    let loops tail =
        single
            [ xs "x"; x "k" ]
            1
            ([
                dec "s" (num 0.0)
                dec "t" (num 0.0)
                over "i" "x" [ set "t" (exp' (at "x" i * v "k")); inc "s" (v "t" * v "t" * v "t") ]
             ]
             @ tail
             @ [ ret [ v "s" ] ])

    let records program =
        let f = entry program
        (snd (run (Adjoint.transform program) (Adjoint.nameOf f.Name) (adjointArguments f [ args[0]; RealItem 0.3 ] [| 1.0 |]))).Bytes > 0

    let table =
        [
            "nothing", [], false
            // t again, and its value is read on the way back
            "a term of its own", [ set "t" (sin' (v "k")); set "t" (v "t" * v "t" * v "t"); inc "s" (exp' (v "t")) ], false
            "a factor", [ set "s" (v "s" * 3.0) ], false
            "the sum's own square", [ set "s" (v "s" * v "s") ], true
            "the sum in a term", [ inc "s" (sin' (v "t")); set "s" (exp' (v "s" * 0.01)) ], true
        ]

    for name, tail, expected in table do
        let program = loops tail
        agree name program [ args[0]; RealItem 0.3 ]

        if records program <> expected && name <> "a term of its own" then
            failwith $"{name}: recorded is {records program}"

[<Fact>]
let ``rounds that do not know of each other are taken back first things first`` () =
    let program = single [ xs "x" ] 1 [ dec "s" (num 0.0); over "i" "x" [ inc "s" (sq (at "x" i)) ]; ret [ v "s" * v "s" ] ]
    let inOrder = single [ xs "x" ] 1 [ dec "p" (num 1.0); over "i" "x" [ set "p" (v "p" * at "x" i) ]; ret [ v "p" ] ]

    let downward program =
        Statement.all (Adjoint.ofFunction program (entry program)).Body
        |> List.exists (function
            | For(_, _, _, step, _) -> step < 0
            | _ -> false)

    test <@ not (downward program) && downward inOrder @>
    agree "independent" program [ args[0] ]
    agree "in order" inOrder [ args[0] ]
