/// What goes backwards straight away inside branches and rounds: each way to it is taken, and what only looks like it is not.
module Zautograd.Tests.Programs.StraightTests

open Swensen.Unquote
open Xunit
open Zautograd
open Zautograd.Programs
open Zautograd.Programs.Interpret
open Zautograd.Tests.Programs.Dsl
open Zautograd.Tests.Programs.Paths

let private entry (program: Program) = program.TryFind("f").Value
let private i, j, k = n "i", n "j", n "k"

/// A function that calls itself, so that nothing puts its statements in the place of its call.
let private power =
    func
        "power"
        [ xs "x"; int' "k" ]
        [ Real ]
        [
            when' (k =!! whole 0) [ ret [ num 1.0 ] ]
            dec "y" (num 0.0)
            Call([ "y" ], "power", [ Variable "x"; Integer(Minus, Variable "k", Whole 1) ])
            ret [ sin' (v "y") * at "x" (k - 1) ]
        ]

let private calls result (I count) = Call([ result ], "power", [ Variable "x"; count ])
let private locals = [ dec "s" (num 0.0); dec "t" (num 1.5); dec "y" (num 0.0); deci "place" (whole 0) ]
let private f body result = program [ power; func "f" [ xs "x"; x "a"; int' "k" ] [ Real ] (locals @ body @ [ ret [ result ] ]) ]
let private args = [ RealArray [| 0.7; 1.3; -0.4 |]; RealItem 1.1; IntItem 2 ]
let private squares = over "i" "x" [ inc "s" (sq (at "x" i)) ]

/// The adjoint; its values must be those of the program, bit for bit, and its gradient that of the tangent.
let private right name (program: Program) =
    let f = entry program
    let adjoints, tangents = Adjoint.transform program, Tangent.transform program
    let values, gradient = reverse interpreted adjoints f args [| 0.7 |]
    values =! primal interpreted program f args

    for at in 0 .. gradient.Length - 1 do
        let direction = Array.init gradient.Length (fun other -> if other = at then 1.0 else 0.0)
        let expected = 0.7 * Array.sum (snd (forward interpreted tangents f args direction))

        if not (abs (gradient[at] - expected) <= 1e-12 * (1.0 + abs expected)) then
            failwith $"{name}: derivative {at} is {gradient[at]}, not {expected}, in\n{Show.program adjoints}"

    adjoints.TryFind(Adjoint.nameOf "f").Value

let private all (f: Function) = Statement.all f.Body

let private primalCalls f =
    all f
    |> List.filter (function
        | Call(_, "power", _) -> true
        | _ -> false)
    |> List.length

let private pushes f = all f |> List.filter _.IsPush |> List.length

/// How often a program's adjoint still calls the function itself; 0 where every call is turned straight away.
let private table =
    [
        "a call in a branch", f [ ifelse (k <! whole 3) [ calls "y" k; inc "s" (v "y" * v "a") ] [ set "s" (v "a") ] ] (v "s"), 0
        "in both branches, in a branch",
        f
            [
                when'
                    (k <! whole 3)
                    [
                        ifelse
                            (v "a" <. num 1.0)
                            [ calls "y" k; inc "s" (v "y" * v "a") ]
                            [ calls "y" (whole 1); set "s" (v "y" * at "x" (whole 1)) ]
                        inc "s" (sq (v "a"))
                    ]
            ]
            (v "s" + v "y"),
        0
        // what the branch leaves is read afterwards, and its reverse brings another value back
        "restored in a branch",
        f
            [
                when' (k <! whole 3) [ loop "j" (whole 0) k [ set "t" (v "t" * v "a" * v "t") ]; calls "y" k; inc "s" (v "y") ]
                inc "s" (v "t")
            ]
            (v "s" + v "t"),
        1
        "the branch's own square", f [ when' (k <! whole 3) [ calls "y" k; inc "s" (v "y") ] ] (sq (v "s")), 1
        "a call in a round", f [ over "i" "x" [ calls "y" i; inc "s" (v "y" * at "x" i) ] ] (v "s"), 0
        "in a branch in a round", f [ over "i" "x" [ when' (i <! k) [ calls "y" i; inc "s" (v "y" * at "x" i) ] ] ] (v "s"), 0
        "a square in a round", f [ over "i" "x" [ calls "y" i; inc "s" (sq (v "y")) ] ] (v "s"), 1
        "one waits for the other", f [ over "i" "x" [ calls "y" i; calls "t" k; inc "s" (v "y" * v "t") ] ] (v "s"), 1
        "a sign is handed on", f [ over "i" "x" [ calls "y" i; inc "s" (v "t" * v "y"); set "t" (-(v "t")) ] ] (v "s"), 0
        "a number and a place are handed on",
        f
            [
                over "i" "x" [ calls "y" i; inc "s" (v "t" * v "y" * at "x" (n "place")); set "t" (v "t" * 0.5); inci "place" (whole 1) ]
            ]
            (v "s" + v "t"),
        0
        "what is handed on varies",
        f [ set "t" (v "a"); over "i" "x" [ calls "y" i; inc "s" (v "t" * v "y"); set "t" (v "t" * 0.5) ] ] (v "s"),
        1
        "handed on, and read again in the round",
        f [ over "i" "x" [ calls "y" i; inc "s" (v "t" * v "y"); set "t" (v "t" * 0.5); inc "s" (v "t" * at "x" i) ] ] (v "s"),
        1
        "handed on, made of the counter", f [ over "i" "x" [ calls "y" i; inc "s" (v "t" * v "y"); set "t" (real i * 0.5) ] ] (v "s"), 0
    ]

[<Fact>]
let ``calls in branches and rounds are turned straight away where their seeds do not wait`` () =
    for name, program, expected in table do
        let found = primalCalls (right name program)
        if found <> expected then failwith $"{name}: {found} calls forwards, not {expected}"

[<Fact>]
let ``what is handed on is not recorded`` () =
    let signs = f [ over "i" "x" [ inc "s" (v "t" * sq (at "x" i)); set "t" (-(v "t")) ] ]
    pushes (right "a sign" (signs (v "s"))) =! 0
    test <@ pushes (right "a sign, recorded" (signs (v "s" * v "s" * v "s"))) > 0 @>

[<Fact>]
let ``a branch goes backwards at once with the loops in it`` () =
    let loops body = f [ ifelse (k <! whole 3) body [ set "s" (v "a") ] ]

    let branches result = all (right "loops in a branch" (loops [ squares ] result)) |> List.filter _.IsIf |> List.length

    (branches (v "s"), branches (sq (v "s"))) =! (1, 2)

[<Fact>]
let ``an adjoint that a later loop reads is not added to before`` () =
    // y reads t, to which the second loop adds afterwards
    for between in [ v "s" + v "t"; v "t" * 2.0; v "a" ] do
        let program =
            f
                [ set "t" (v "a" * 2.0); squares; set "y" between; over "j" "x" [ inc "t" (sq (at "x" j) * at "x" j) ] ]
                (v "t" + v "y" + v "s")

        right "two loops" program |> ignore

    // the second loop reads what the first one adds up: it goes backwards first
    right "a sum of sums" (f [ squares; over "j" "x" [ inc "t" (v "s" * sq (at "x" j)) ] ] (v "t")) |> ignore

/// A matrix filled row by row in every round, of which a call reads all.
let private filled length first last at =
    program
        [
            power
            func
                "f"
                [ xs "x"; x "a"; int' "k" ]
                [ Real ]
                [
                    dec "s" (num 0.0)
                    dec "y" (num 0.0)
                    when'
                        (k >! whole 0)
                        [
                            deci "d" (k + 1)
                            arr "w" length
                            loop
                                "c"
                                (whole 0)
                                (whole 3)
                                [
                                    loop "i" first (n "d") [ loop "j" (whole 0) last [ put "w" at (v "a" * real (n "c" + i + j)) ] ]
                                    Call([ "y" ], "power", [ Variable "w"; Variable "k" ])
                                    inc "s" (v "y")
                                ]
                        ]
                    ret [ v "s" ]
                ]
        ]

[<Fact>]
let ``an array filled row by row is a round's own`` () =
    let d = n "d"

    for name, program, expected in
        [
            "rows", filled (d * d) (whole 0) d (i * d + j), 0
            "longer", filled (d * d + 1) (whole 0) d (i * d + j), 1
            "from the second row on", filled (d * d) (whole 1) d (i * d + j), 1
            "short rows", filled (d * d) (whole 0) k (i * d + j), 1
            "columns", filled (d * d) (whole 0) d (j * d + i), 1
        ] do
        let found = primalCalls (right name program)
        if found <> expected then failwith $"{name}: {found} calls forwards, not {expected}"

/// The operations of an adjoint, for one of its program.
let private ratio size =
    let f = entry Conformance.minors
    let matrix = RealArray(Array.init (size * size) (fun at -> sin (float (3 * at + 1))))
    let args = [ matrix; IntItem size ]
    let operations program name args = float (snd (run program name (copy args))).Operations
    let adjoints = Adjoint.transform Conformance.minors
    operations adjoints (Adjoint.nameOf f.Name) (adjointArguments f args [| 1.0 |]) / operations Conformance.minors f.Name args

[<Fact>]
let ``the adjoint of a recursion costs a constant factor at every depth`` () =
    test <@ [ 2..6 ] |> List.forall (fun size -> ratio size < 3.0) @>
