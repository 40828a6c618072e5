/// What each pass does, on a program small enough to read; and what none of them may do.
module Zautograd.Tests.Programs.OptimisePassTests

open System
open Swensen.Unquote
open Xunit
open Zautograd
open Zautograd.Programs
open Zautograd.Programs.Passes
open Zautograd.Programs.Interpret
open Zautograd.Tests.Programs.Dsl

let private i, j = n "i", n "j"

/// A pass, a program, and what the pass alone makes of it.
let private effects: (string * Parameter list * Statement list * string list) list =
    [
        "fold",
        [ x "x" ],
        [
            dec "s" (num 2.0 * num 3.0)
            when' (whole 1 <! whole 2) [ set "s" (v "x" * 1.0 - -(v "s")) ]
            loop "i" (whole 3) (whole 3) [ inc "s" (v "x") ]
            ret [ v "s" ]
        ],
        [ "real s = 6"; "s += x"; "return s" ]
        "recordings",
        [ x "x" ],
        [
            dec "t" (v "x")
            Push("old", Real, Variable "t")
            set "t" (sin' (v "t"))
            Push("kept", Real, Variable "t")
            Pop("old", Real, "t")
            ret [ v "t" ]
        ],
        [ "real t = x"; "real recorded = t"; "t = sin(t)"; "push kept, t"; "t = recorded"; "return t" ]
        "propagate",
        [ x "x" ],
        [ dec "a" (v "x"); dec "b" (num 2.0); dec "s" (v "a" * v "b"); set "b" (v "s"); ret [ v "a" * v "b" ] ],
        [ "real a = x"; "real b = 2"; "real s = x*2"; "b = s"; "return x*s" ]
        "first",
        [ io "y"; x "x" ],
        [
            dec "s" (num 0.0)
            inc "s" (v "x" * v "x")
            inc "s" (v "x")
            put "y" (whole 1) (num 0.0)
            acc "y" (whole 1) (v "s")
            ret [ v "s" ]
        ],
        [ "real s = 0"; "s = x*x"; "s += x"; "y[1] = 0"; "y[1] = s"; "return s" ]
        "strength",
        [ io "y"; x "x" ],
        [ dec "s" (v "x" / 4.0); inc "s" (-(v "x")); acc "y" (whole 0) (-(v "s")); ret [ pow' (v "s") (num 2.0) ] ],
        [ "real s = x*0.25"; "s = s - x"; "y[0] = y[0] - s"; "return s*s" ]
        "share",
        [ x "x" ],
        [
            dec "s" (exp' (v "x") * 2.0)
            set "s" (v "s" + exp' (v "x"))
            when' (v "s" <. num 1.0) [ set "s" (exp' (v "x")) ]
            ret [ v "s" ]
        ],
        [ "real exp_x = exp(x)"; "real s = exp_x*2"; "s = s + exp_x"; "if s < 1:"; "    s = exp_x"; "return s" ]
        "hoist",
        [ x "x"; xs "p" ],
        [ dec "s" (num 0.0); over "i" "p" [ inc "s" (at "p" i / log' (v "x")) ]; ret [ v "s" ] ],
        [ "real s = 0"; "real log_x = log(x)"; "for i from 0 to p.Length (excluded):"; "    s += p[i]/log_x"; "return s" ]
        "loads",
        [ xs "w"; xs "p" ],
        [ dec "s" (num 0.0); over "i" "p" [ inc "s" (at "w" (whole 0) * at "p" i * sin' (at "p" i)) ]; ret [ v "s" ] ],
        [
            "real s = 0"
            "if 0 < p.Length:"
            "    real w_here = w[0]"
            "    for i from 0 to p.Length (excluded):"
            "        real p_here = p[i]"
            "        s += w_here*p_here*sin(p_here)"
            "return s"
        ]
        "strides",
        [ xs "a"; int' "d" ],
        [
            dec "s" (num 0.0)
            loop "i" (whole 0) (n "d") [ loop "j" (whole 0) (n "d") [ inc "s" (at "a" (i * n "d" + j)) ] ]
            ret [ v "s" ]
        ],
        [
            "real s = 0"
            "int i_times = 0"
            "for i from 0 to d (excluded):"
            "    for j from 0 to d (excluded):"
            "        s += a[i_times + j]"
            "    i_times += d"
            "return s"
        ]
        "scalars",
        [ io "y"; xs "p" ],
        [
            arr "w" (whole 2)
            put "w" (whole 0) (at "p" (whole 0))
            over "i" "p" [ acc "y" (whole 2) (at "p" i); acc "w" (whole 1) (at "p" i) ]
            ret [ at "w" (whole 0) * at "w" (whole 1) ]
        ],
        [
            "real w_0 = 0"
            "real w_1 = 0"
            "w_0 = p[0]"
            "if 0 < p.Length:"
            "    real y_kept = y[2]"
            "    for i from 0 to p.Length (excluded):"
            "        y_kept += p[i]"
            "        w_1 += p[i]"
            "    y[2] = y_kept"
            "return w_0*w_1"
        ]
        "stores",
        [ io "y"; x "x" ],
        [
            put "y" (whole 1) (num 0.0)
            dec "t" (sin' (v "x"))
            put "y" (whole 1) (v "t")
            put "y" (whole 1) (v "t")
            ret [ at "y" (whole 0) ]
        ],
        [ "real t = sin(x)"; "y[1] = t"; "return y[0]" ]
        "dead",
        [ x "x"; xs "p" ],
        [
            dec "s" (exp' (v "x"))
            set "s" (v "x")
            dec "t" (sin' (v "x"))
            over "i" "p" [ inc "t" (v "x") ]
            // this may fail, and must go on to fail
            dec "u" (sin' (at "p" (whole 0)))
            ret [ v "s" ]
        ],
        [ "real s = 0"; "s = x"; "real u = p[0]"; "return s" ]
    ]

let private body (program: Program) = program.TryFind("f").Value.Body

let private after names program =
    program |> Optimise.using (Optimise.all |> List.filter (fun pass -> List.contains pass.Name (names: string list)))

[<Fact>]
let ``every pass does what it says`` () =
    // these two change calls, and have tests of their own
    "inline" :: "unread" :: (effects |> List.map (fun (name, _, _, _) -> name)) |> List.sort
    =! (Optimise.all |> List.map _.Name |> List.sort)

    for name, parameters, statements, expected in effects do
        let found = Show.block (body (after [ name ] (single parameters 1 statements)))
        if found.Split('\n') <> Array.ofList expected then failwith $"{name}:\n{found}"

[<Fact>]
let ``inline puts the statements of small functions in the place of their calls, under names of their own`` () =
    let term (R e) = e

    let f =
        func
            "f"
            [ io "y"; x "x" ]
            [ Real ]
            [
                dec "s" (num 1.0)
                Call([ "s" ], "half", [ term (v "x" * v "s"); Variable "y" ])
                Call([ "s" ], "own", [ Variable "s" ])
                Call([ "s" ], "down", [ Variable "s" ])
                ret [ v "s" ]
            ]

    let half = func "half" [ x "x"; io "a" ] [ Real ] [ dec "s" (v "x" * 0.5); put "a" (whole 0) (v "s"); ret [ v "s" + 1.0 ] ]
    let own = func "own" [ x "x" ] [ Real ] [ DeclareArray("t", Reals, Whole 1); ret [ v "x" ] ]

    let down =
        func
            "down"
            [ x "x" ]
            [ Real ]
            [ dec "t" (v "x"); when' (num 0.0 <. v "x") [ Call([ "t" ], "down", [ term (v "x" - 1.0) ]) ]; ret [ v "t" ] ]

    let program = Check.wellFormed { Functions = [ f; half; own; down ] }

    (Show.block (body (after [ "inline" ] program))).Split '\n'
    =! [|
        "real s = 1"
        "real x2 = x*s"
        "real s2 = x2*0.5"
        "y[0] = s2"
        "s = s2 + 1"
        "s = own(s)"
        "s = down(s)"
        "return s"
    |]

let private operations program args = snd (run program "f" args) |> _.Operations

[<Fact>]
let ``one operation in place of many, where the passes work together`` () =
    // r = sqrt(x*x + y*y) is written out three times, in a loop that does not change it
    let r = sqrt' (sq (v "x") + sq (v "y"))
    let program = single [ x "x"; x "y" ] 1 [ dec "s" (num 0.0); upTo "i" 10 [ inc "s" (r * r + sin' r) ]; ret [ v "s" ] ]
    let args = [ RealItem 0.3; RealItem 0.4 ]
    operations program args =! 160
    // four for r, then r*r, sin r and a sum, and ten times the sum of them
    operations (Optimise.program program) args =! 17

// ---- what must stay

let private unchanged name parameters statements =
    let program = single parameters 1 statements
    body (after [ name ] program) =! body program

[<Fact>]
let ``laws that are wrong for a NaN, an infinity or a zero with a sign are not applied`` () =
    for term in
        [
            v "x" * 0.0
            v "x" + 0.0
            0.0 + v "x"
            v "x" - v "x"
            v "x" / v "x"
            0.0 - v "x"
            num 2.0 * (v "x" * 3.0)
            v "x" / 3.0
        ] do
        for name in [ "fold"; "strength" ] do
            unchanged name [ x "x" ] [ ret [ term ] ]

[<Fact>]
let ``ints divided by zero are left to fail`` () =
    let program = single [ x "x" ] 1 [ deci "k" (whole 1 / whole 0); ret [ v "x" ] ]
    raises<ProgramError> <@ run (Optimise.program program) "f" [ RealItem 1.0 ] @>

/// What stops the program, of ints i = 0, longs l = 0 and the least of both, of NaN and of an array of one element.
let private stopping: (string * Type * Term) list =
    let long name = Variable name
    let literal k = Wide(Literal k, [])
    let by op a b = Wide(Basic op, [ a; b ])

    [
        for op in [ Quotient; Remainder ] do
            $"{op} of ints by a variable", Int, Integer(op, Whole 7, Variable "i")
            $"{op} of ints by 0", Int, Integer(op, Variable "i", Whole 0)
            $"{op} of longs by a variable", Long, by op (literal 7L) (long "l")
            $"{op} of longs by 0", Long, by op (long "l") (literal 0L)
            $"{op} of longs inside of a conversion", Real, Wide(NearestReal, [ by op (literal 7L) (long "l") ])
        "an element of another index", Real, Element("p", Variable "five")
        "an element behind the end", Real, Element("p", Whole 1)
        "an element before the first", Real, Formula(Sin, [ Element("p", Whole -1) ])
        "a clamp between bounds in no order", Real, Formula(Clamp, [ Variable "x"; Number 2.0; Number 1.0 ])
    ]

[<Fact>]
let ``what may stop the program does so if nobody needs it, and does not in a branch or a loop that is not reached`` () =
    let arguments = [ RealItem nan; RealArray [| 1.0 |]; IntItem 0; IntItem 5; LongItem 0L; BoolItem false ]
    let parameters = [ x "x"; xs "p"; int' "i"; int' "five"; long' "l"; bool' "never" ]

    for name, kind, term in stopping do
        /// Whether a program is stopped, as it stands and optimised.
        let stops statements =
            let program = single parameters 1 (Declare("t", kind, Term.zero kind) :: statements @ [ ret [ num 1.0 ] ])

            [ program; Optimise.program program; Optimise.using Optimise.before program ]
            |> List.map (fun program ->
                try
                    run program "f" arguments |> ignore
                    false
                with
                | :? ProgramError
                | :? ArgumentException -> true)
            |> List.distinct

        let needless = [ Declare("u", kind, term) ]
        let used = [ Assign("t", term) ]

        for statements in [ needless; used ] do
            if stops statements <> [ true ] then failwith $"{name} does not stop {Show.block statements}"

        for waiting in
            [
                [ If(Variable "never", needless, []) ]
                [ If(Variable "never", used, []) ]
                [ Assign("t", Choose(Variable "never", term, Term.zero kind)) ]
                [ For("k", Whole 0, Variable "i", 1, used) ]
                [ While(Variable "never", used) ]
                [ For("k", Whole 0, Whole 3, 1, [ If(Variable "never", used, []) ]) ]
                [ For("k", Whole 0, Whole 3, 1, [ Assign("t", Choose(Variable "never", term, Term.zero kind)) ]) ]
                [ For("k", Whole 0, Whole 3, 1, If(Not(Variable "never"), [ Continue ], []) :: used) ]
                [ For("k", Whole 0, Whole 3, 1, Break :: used) ]
            ] do
            if stops waiting <> [ false ] then failwith $"{name} stops {Show.block waiting}"

[<Fact>]
let ``an element that is not there is not read for a loop without rounds`` () =
    let program = single [ xs "w"; xs "p" ] 1 [ dec "s" (num 0.0); over "i" "p" [ inc "s" (at "w" (whole 5) * at "p" i) ]; ret [ v "s" ] ]
    let w = RealArray [| 1.0 |]
    fst (run (Optimise.program program) "f" [ w; RealArray [||] ]) =! [ RealItem 0.0 ]
    raises<ProgramError> <@ run (Optimise.program program) "f" [ w; RealArray [| 1.0 |] ] @>

[<Fact>]
let ``an element that nobody needs is asked for where it may not be there, and only there`` () =
    let reading index length = single [ xs "p" ] 1 [ arr "w" (whole length); dec "t" (at "w" (whole index)); ret [ at "p" (whole 0) ] ]
    let program = reading 3 3
    raises<ProgramError> <@ run (Optimise.program program) "f" [ RealArray [| 1.0 |] ] @>
    body (Optimise.program (reading 2 3)) =! [ ret [ at "p" (whole 0) ] ]

[<Fact>]
let ``a zero keeps its sign where a divisor shows it`` () =
    let program = single [ x "x" ] 1 [ dec "s" (num 0.0); inc "s" (v "x"); dec "t" (v "s" * 2.0); ret [ 1.0 / v "t" ] ]
    fst (run (Optimise.program program) "f" [ RealItem -0.0 ]) =! [ RealItem Double.PositiveInfinity ]

[<Fact>]
let ``what a call changes is read again, and what a store may change`` () =
    let change = func "change" [ io "a" ] [] [ put "a" (whole 0) (num 5.0); Return [] ]

    let program =
        program
            [
                change
                func
                    "f"
                    [ io "y"; int' "k" ]
                    [ Real ]
                    [
                        dec "s" (at "y" (n "k"))
                        Call([], "change", [ Variable "y" ])
                        inc "s" (at "y" (n "k"))
                        put "y" (n "k" - 1) (num 7.0)
                        inc "s" (at "y" (n "k"))
                        put "y" (whole 0) (num 9.0)
                        inc "s" (at "y" (n "k"))
                        ret [ v "s" ]
                    ]
            ]

    // k = 1: the store to k - 1 is another element, the store to 0 as well; k = 0 is read anew after it
    let at k = [ RealArray [| 1.0; 2.0 |]; IntItem k ]
    fst (run (Optimise.program program) "f" (at 1)) =! [ RealItem 8.0 ]
    raises<ProgramError> <@ run (Optimise.program program) "f" (at 0) @>

[<Fact>]
let ``a variable changed in a loop is not known in its next round`` () =
    let program =
        single
            [ x "x" ]
            1
            [
                dec "s" (num 1.0)
                dec "t" (v "x" * v "s")
                upTo "i" 3 [ inc "t" (v "x" * v "s"); set "s" (v "s" * 2.0) ]
                ret [ v "t" ]
            ]

    fst (run (Optimise.program program) "f" [ RealItem 1.0 ]) =! [ RealItem 8.0 ]

[<Fact>]
let ``a branch that leaves the loop says nothing of what follows`` () =
    let program =
        single
            [ xs "p" ]
            1
            [
                dec "s" (num 1.0)
                over "i" "p" [ ifelse (at "p" i <. num 0.0) [ set "s" (num 2.0); Break ] [ set "s" (num 3.0) ]; inc "s" (at "p" i) ]
                ret [ v "s" ]
            ]

    let result values = fst (run (Optimise.program program) "f" [ RealArray values ])
    result [| 1.0; -1.0 |] =! [ RealItem 2.0 ]
    result [| 1.0 |] =! [ RealItem 4.0 ]
    result [||] =! [ RealItem 1.0 ]

[<Fact>]
let ``a stack that a loop or a way out leaves uneven keeps its recordings`` () =
    for between in [ upTo "i" 2 [ Push("old", Real, Variable "x") ]; when' (v "x" <. num 0.0) [ ret [ v "x" ] ] ] do
        unchanged
            "recordings"
            [ x "x" ]
            [ dec "t" (num 0.0); Push("old", Real, Variable "x"); between; Pop("old", Real, "t"); ret [ v "t" ] ]

[<Fact>]
let ``ill-formed programs are refused, not optimised`` () =
    let program = single [ x "x" ] 1 [ ret [ v "missing" ] ]
    raises<Check.IllFormed> <@ Optimise.program program @>

[<Fact>]
let ``loops that count with one name go on to do so`` () =
    let rounds = [ over "i" "p" [ inc "s" (sin' (at "p" i)) ]; over "i" "p" [ over "j" "p" [ inc "s" (at "p" i * at "p" j) ] ] ]
    let program = single [ xs "p" ] 1 (dec "s" (num 0.0) :: rounds @ [ ret [ v "s" ] ])
    (Optimise.using [] program).Equals program =! true

/// What a program returns, bit for bit; a NaN is a NaN.
let private returned program args =
    fst (run program "f" args)
    |> List.map (function
        | RealItem x when Double.IsNaN x -> 0L, "NaN"
        | RealItem x -> BitConverter.DoubleToInt64Bits x, string x
        | item -> 0L, string item)

[<Fact>]
let ``every law of reals holds bit for bit at zeros, infinities and NaN`` () =
    let leaves = [ v "x"; v "y"; num 0.0; num -0.0; num 1.0; num -1.0; num 4.0 ]

    let scaled =
        [
            for a in [ v "x"; v "y" ] do
                yield! [ -a; 3.0 * a; a / -0.5; pick (v "x" <. v "y") (num 1.0) (num 0.0) * a ]
        ]

    let terms = leaves @ scaled

    let pairs =
        [
            for a in terms do
                for b in terms do
                    yield! [ a + b; a - b; a * b; a / b; -(a * b); pow' a b ]
        ]

    let program = single [ x "x"; x "y" ] pairs.Length [ ret pairs ]
    let values = [ 0.0; -0.0; 1.0; -2.5; infinity; -infinity; nan; 1e-310; 1.7e308 ]

    for name in [ "fold"; "strength"; "share" ] do
        let changed = after [ name ] program
        // something is done: the laws are there to be seen
        test <@ body changed <> body program @>

        for p in values do
            for q in values do
                let args = [ RealItem p; RealItem q ]

                for term, expected, found in List.zip3 pairs (returned program args) (returned changed args) do
                    if expected <> found then
                        failwith $"{name}: %A{term} at {p}, {q} is {snd found}, not {snd expected}"

[<Fact>]
let ``every law of ints holds, also where they wrap round`` () =
    let k = n "k"
    let once = [ k; k + 2; k - 2; whole 3 + k; k * 1; k * 0; k / 1; k % 3; whole 0 + k ]

    let twice =
        [
            for a in once do
                yield! [ a + 2; a - 2; a + 5; a - 5; a * 3; a / 2; whole 4 + a; a - a; a * a ]
        ]

    let program = { Functions = [ func "f" [ int' "k" ] (List.replicate twice.Length Int) [ Return [ for I term in twice -> term ] ] ] }

    for name in [ "fold"; "share" ] do
        let changed = after [ name ] program

        for value in [ 0; 1; -7; Int32.MaxValue; Int32.MinValue; Int32.MinValue + 1 ] do
            returned changed [ IntItem value ] =! returned program [ IntItem value ]
