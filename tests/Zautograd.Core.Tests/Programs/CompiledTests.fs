/// Compiled programs do what the interpreter does, to the last bit; they allocate nothing, and nothing goes wrong after something went wrong.
module Zautograd.Tests.Programs.CompiledTests

open System
open System.Linq.Expressions
open System.Threading.Tasks
open Swensen.Unquote
open Xunit
open Zautograd
open Zautograd.Programs
open Zautograd.Programs.Interpret
open Zautograd.Tests.Programs.Dsl
open Zautograd.Tests.Programs.Paths

let private i = n "i"
let private bits (a: float[]) = a |> Array.map (fun x -> if Double.IsNaN x then 0x7FF8000000000000L else BitConverter.DoubleToInt64Bits x)
let private seeds count = Array.init count (fun i -> 1.0 - 0.37 * float (i % 5))
let private change count = Array.init count (fun i -> 0.3 + 0.2 * float (i % 3))

/// Values, their change and their gradient, as a row of bits.
let private everything (way: Run) (tangents: Program) (adjoints: Program) (program: Program) (f: Function) args =
    let y = primal way program f args
    let values, ahead = forward way tangents f args (change (inputs f args).Length)
    let again, gradient = reverse way adjoints f args (seeds y.Length)
    bits (Array.concat [ y; values; ahead; again; gradient ])

[<Fact>]
let ``compiled is interpreted, bit for bit, on the conformance set`` () =
    let differing =
        [
            for case in Conformance.all do
                let f = case.Program.TryFind("f").Value
                let both way = everything way (Tangent.transform case.Program) (Adjoint.transform case.Program) case.Program f case.Args
                if both interpreted <> both compiled then case.Name
        ]

    differing =! []

[<Fact>]
let ``compiled second derivatives are interpreted ones`` () =
    let differing =
        [
            for place, case in List.indexed Conformance.all do
                if place % 4 = 0 then
                    let f = case.Program.TryFind("f").Value
                    let tangents, adjoints = Tangent.transform case.Program, Adjoint.transform case.Program

                    let all =
                        [ Tangent.transform tangents; Adjoint.transform tangents; Tangent.transform adjoints; Adjoint.transform adjoints ]
                        |> List.collect _.Functions
                        |> List.distinctBy _.Name

                    let count = (inputs f case.Args).Length
                    let seed = seeds (primal interpreted case.Program f case.Args).Length
                    let of' way = second way { Functions = all } f case.Args (change count) (Array.rev (change count)) seed
                    if of' interpreted <> of' compiled then case.Name
        ]

    differing =! []

/// Every so many of the seeds that the random tests run through: a program is compiled three times, at some milliseconds each.
[<Literal>]
let private Every = 4

[<Theory>]
[<InlineData(0)>]
[<InlineData(2000)>]
[<InlineData(4000)>]
[<InlineData(6000)>]
[<InlineData(8000)>]
let ``compiled is interpreted, bit for bit, on random programs`` first =
    let limited: Run = fun program name args -> fst (runWithin 300_000 program name args)
    let mutable compared = 0

    for seed in first..Every .. first + 1999 do
        let program, f, args = Generate.program seed

        try
            let both way = everything way (Tangent.transform program) (Adjoint.transform program) program f args
            let expected = both limited
            let found = both compiled
            compared <- compared + 1

            if found <> expected then
                failwith $"seed {seed}: %A{found} for %A{expected}\n{Show.program program}"
        with Scopes.Unsupported _ ->
            ()

    test <@ compared > 1800 / Every @>

// ---- memory

/// A call without arguments of its own: what it allocates is what the compiled code does.
let private callOf (compiled: Delegate) (args: Item list) : Action =
    let invoke = nonNull (compiled.GetType().GetMethod "Invoke")

    let given: Expression list =
        [
            for arg in args ->
                match arg with
                | RealItem x -> Expression.Constant x
                | IntItem n -> Expression.Constant n
                | LongItem n -> Expression.Constant n
                | BoolItem b -> Expression.Constant b
                | RealArray a -> Expression.Constant a
                | IntArray a -> Expression.Constant a
        ]

    let places =
        [
            for p in Array.skip args.Length (invoke.GetParameters()) -> Expression.Variable(nonNull (p.ParameterType.GetElementType()))
        ]

    let call = Expression.Invoke(Expression.Constant compiled, given @ [ for place in places -> place :> Expression ])
    Expression.Lambda<Action>(Expression.Block(typeof<Void>, places, call)).Compile()

let private allocated (action: Action) =
    let before = GC.GetAllocatedBytesForCurrentThread()
    action.Invoke()
    GC.GetAllocatedBytesForCurrentThread() - before

[<Fact>]
let ``a run in steady state allocates nothing`` () =
    let allocating =
        [
            for case in Conformance.all do
                let f = case.Program.TryFind("f").Value
                let seed = seeds (primal interpreted case.Program f case.Args).Length
                let adjoints = Adjoint.transform case.Program

                for program, name, args in
                    [ case.Program, f.Name, copy case.Args; adjoints, Adjoint.nameOf f.Name, adjointArguments f case.Args seed ] do
                    let arrays =
                        args
                        |> List.choose (function
                            | RealArray a -> Some(a, Array.copy a)
                            | _ -> None)

                    let call = callOf (delegateOf program name) args

                    let again () =
                        for a, original in arrays do
                            Array.Copy(original, a, a.Length)

                        allocated call

                    again () |> ignore
                    again () |> ignore
                    let bytes = again ()
                    if bytes <> 0L then $"{case.Name}, {name}: {bytes}"
        ]

    allocating =! []

[<Fact>]
let ``lengths that change from run to run allocate nothing once each was there`` () =
    let program =
        single
            [ xs "x" ]
            1
            [
                dec "s" (num 0.0)
                over "i" "x" [ arr "w" (i + 1); put "w" i (sq (at "x" i)); set "s" (v "s" * at "w" i + at "w" (whole 0)) ]
                ret [ v "s" ]
            ]

    let f = Compiler.Function<Func<float[], float>>(program, "f")
    let xs = [| for length in [ 3; 100; 1; 70 ] -> Array.create length 0.5 |]

    let run =
        Action(fun () ->
            for x in xs do
                f.Invoke x |> ignore)

    run.Invoke()
    run.Invoke()
    allocated run =! 0L

let private upTo' counter body = For(counter, Whole 0, Variable "n", 1, body)

/// Pushes and pops of every type, as many as asked for, with a division that may go wrong half way. A counted loop asks for room
/// once, a while loop in every round.
let private recordedBy (rounds: Statement list -> Statement list) =
    program
        [
            func
                "f"
                [ int' "n"; int' "trap" ]
                [ Real ]
                [
                    dec "s" (num 0.0)
                    deci "q" (whole 0)
                    decb "b" (B(Truth false))
                    dec "r" (num 0.0)
                    yield!
                        rounds
                            [
                                Push("reals", Real, ToReal(Variable "i"))
                                Push("ints", Int, Variable "i")
                                Push("bools", Bool, Compare(Less, Integer(Remainder, Variable "i", Whole 3), Whole 2))
                                seti "q" (n "q" + whole 1 / n "trap")
                            ]
                    upTo'
                        "j"
                        [
                            Pop("reals", Real, "r")
                            Pop("ints", Int, "q")
                            Pop("bools", Bool, "b")
                            set "s" (v "s" * 0.5 + pick (flag "b") (v "r") (real (n "q") * 2.0))
                        ]
                    ret [ v "s" ]
                ]
        ]

let private recorded = recordedBy (fun body -> [ upTo' "i" body ])

let private recordedByWhile = recordedBy (fun body -> [ deci "i" (whole 0); whilst (i <! n "n") (body @ [ inci "i" (whole 1) ]) ])

[<Fact>]
let ``what was pushed comes back in reverse, over the edges of words and arrays`` () =
    for program in [ recorded; recordedByWhile ] do
        let f = Compiler.Function<Func<int, int, float>>(program, "f")

        for count in [ 0; 1; 62; 63; 64; 126; 127; 128; 129; 1000; 5000 ] do
            Compiler.Release()
            let expected, counts = run program "f" [ IntItem count; IntItem 1 ]
            counts.Left =! 0
            [ RealItem(f.Invoke(count, 1)) ] =! expected

[<Fact>]
let ``an exception in the middle of a run leaves nothing behind`` () =
    let f = Compiler.Function<Func<int, int, float>>(recorded, "f")
    let before = f.Invoke(100, 1)

    for _ in 1..3 do
        raises<DivideByZeroException> <@ f.Invoke(100, 0) @>
        f.Invoke(100, 1) =! before

[<Fact>]
let ``a stack that is not empty at the end is refused, and does not come back`` () =
    let program = single [ int' "n" ] 1 [ upTo' "i" [ Push("left", Real, Number 7.0) ]; ret [ num 1.0 ] ]
    let f = Compiler.Function<Func<int, float>>(program, "f")
    f.Invoke 0 =! 1.0
    let problem = Assert.Throws<InvalidOperationException>(fun () -> f.Invoke 3 |> ignore)
    test <@ problem.Message.Contains "'f' ended with 3 value(s) on a stack" @>
    f.Invoke 0 =! 1.0

[<Fact>]
let ``threads do not meet`` () =
    let case = Conformance.all |> List.find (fun case -> case.Name = "determinant of 4 by recursion")
    let f = case.Program.TryFind("f").Value
    let adjoints = Adjoint.transform case.Program
    let seed = [| 1.0 |]
    let expected = reverse interpreted adjoints f case.Args seed
    delegateOf adjoints (Adjoint.nameOf f.Name) |> ignore
    let found = Array.zeroCreate 200
    Parallel.For(0, found.Length, fun i -> found[i] <- reverse compiled adjoints f case.Args seed) |> ignore
    found |> Array.distinct =! [| expected |]

[<Fact>]
let ``memory that was let go of comes again`` () =
    let f = Compiler.Function<Func<int, int, float>>(recorded, "f")
    let before = f.Invoke(500, 1)
    Compiler.Release()
    f.Invoke(500, 1) =! before

// ---- limits

[<Fact>]
let ``calls without end are an exception, not the end of the process`` () =
    let program = program [ func "f" [ x "x" ] [ Real ] [ dec "y" (num 0.0); Call([ "y" ], "f", [ Variable "x" ]); ret [ v "y" ] ] ]

    let f = Compiler.Function<Func<float, float>>(program, "f")
    raises<InsufficientExecutionStackException> <@ f.Invoke 1.0 @>

[<Fact>]
let ``a function beyond what the JIT optimises is as right as any`` () =
    let body =
        [
            dec "s" (v "x")
            for place in 1..6000 do
                dec $"t{place}" (v "s" * 0.5 + sin' (v "s"))
                set "s" (v $"t{place}" - 0.25)
            ret [ v "s" ]
        ]

    let program = single [ x "x" ] 1 body
    let adjoints = Adjoint.transform program
    let args = [ RealItem 0.3 ]
    compiled program "f" args =! interpreted program "f" args
    compiled adjoints "fAdjoint" (args @ [ RealItem 1.0 ]) =! interpreted adjoints "fAdjoint" (args @ [ RealItem 1.0 ])

[<Fact>]
let ``comparisons with NaN are false`` () =
    for comparison in [ Less; LessOrEqual; Equal ] do
        let program =
            single
                [ x "a"; x "b" ]
                1
                [
                    dec "r" (pick (B(Compare(comparison, Variable "a", Variable "b"))) (num 1.0) (num 2.0))
                    when' (B(Not(Compare(comparison, Variable "a", Variable "b")))) [ inc "r" (num 10.0) ]
                    whilst (B(Compare(comparison, Variable "a", Variable "b")) &&. (v "r" <. num 0.0)) [ inc "r" (num 1.0) ]
                    ret [ v "r" + R(Formula(Select comparison, [ Variable "a"; Variable "b"; Number 100.0; Number 200.0 ])) ]
                ]

        for a in [ nan; 1.0; 2.0 ] do
            for b in [ nan; 1.0; 2.0 ] do
                compiled program "f" [ RealItem a; RealItem b ] =! interpreted program "f" [ RealItem a; RealItem b ]

// ---- the way in

type Swap = delegate of a: float * b: float * second: byref<float> -> float
type Split = delegate of a: float * b: float * first: byref<float> * second: byref<float> -> unit
type Sloped = delegate of x: float[] * rate: float * gradient: float[] * ofRate: byref<float> -> float

let private swap = single [ x "a"; x "b" ] 2 [ ret [ v "b"; v "a" ] ]

[<Fact>]
let ``results come by return, by reference, or as a struct tuple`` () =
    let mutable first, second = 0.0, 0.0
    Compiler.Function<Swap>(swap, "f").Invoke(2.0, 3.0, &second) =! 3.0
    second =! 2.0
    Compiler.Function<Split>(swap, "f").Invoke(5.0, 7.0, &first, &second)
    (first, second) =! (7.0, 5.0)
    Compiler.Function<Func<float, float, struct (float * float)>>(swap, "f").Invoke(2.0, 3.0) =! struct (3.0, 2.0)

let private scaled =
    single
        [ io "x"; x "rate" ]
        1
        [ dec "s" (num 0.0); over "i" "x" [ put "x" i (v "rate" * sq (at "x" i)); inc "s" (at "x" i) ]; ret [ v "s" ] ]

[<Fact>]
let ``a gradient overwrites the caller's array, and leaves what the function changes`` () =
    let gradient = Compiler.Gradient<Sloped>(scaled, "f")
    let x, found = [| 1.0; 2.0; 3.0 |], [| 7.0; 7.0; 7.0 |]
    let mutable ofRate = 7.0

    for _ in 1..2 do
        gradient.Invoke(x, 2.0, found, &ofRate) =! 28.0
        found =! [| 4.0; 8.0; 12.0 |]
        ofRate =! 14.0
        x =! [| 1.0; 2.0; 3.0 |]

let private refusals: (string * (unit -> obj) * string) list =
    let sum = single [ xs "x" ] 1 [ dec "s" (num 0.0); over "i" "x" [ inc "s" (at "x" i) ]; ret [ v "s" ] ]
    let copy = single [ xs "x"; io "y" ] 0 [ over "i" "x" [ put "y" i (at "x" i) ]; Return [] ]
    let two = [| 1.0; 2.0 |]
    let value () = Compiler.Function<Func<float[], float>>(sum, "f")
    let gradient () = Compiler.Gradient<Func<float[], float[], float>>(sum, "f")

    [
        "a function that is not there", (fun () -> Compiler.Function(sum, "g")), "no function 'g'; it has: f"
        "a delegate of other parameters",
        (fun () -> Compiler.Function<Func<float, float>>(sum, "f")),
        "'f' takes (double[] x) and gives double result1"
        "a delegate of another result", (fun () -> Compiler.Function<Func<float[], int>>(sum, "f")), "is no delegate type for that"
        "a gradient without its array", (fun () -> Compiler.Gradient<Func<float[], float>>(sum, "f")), "double[] gradient of x"
        "a gradient of two results", (fun () -> Compiler.Gradient(swap, "f")), "'f' has 2 result(s)"
        "no array", (fun () -> value().Invoke(Unchecked.defaultof<_>)), "x"
        "a gradient of another length", (fun () -> gradient().Invoke(two, [| 0.0 |])), "'gradient of x' needs 2 element(s), but has 1"
        "a gradient into the input", (fun () -> gradient().Invoke(two, two)), "'x' and 'gradient of x' are one array"
        "one array to read and to write",
        (fun () ->
            Compiler.Function<Action<float[], float[]>>(copy, "f").Invoke(two, two)
            "done"),
        "'x' and 'y' are one array, and 'y' is written to"
        "an index out of range",
        (fun () ->
            Compiler.Function<Action<float[], float[]>>(copy, "f").Invoke(two, [| 0.0 |])
            "done"),
        "outside the bounds"
        "an ill-formed program",
        (fun () -> Compiler.Function(single [ x "x" ] 1 [ ret [ v "missing" ] ], "f")),
        "'missing' is not declared here"
        "a length below 0",
        (fun () -> Compiler.Function<Func<int, float>>(single [ int' "n" ] 1 [ arr "w" (n "n"); ret [ num 1.0 ] ], "f").Invoke -1),
        "-1 elements"
        "crossed bounds of a clamp",
        (fun () ->
            Compiler
                .Function<Func<float, float>>(
                    single [ x "x" ] 1 [ ret [ R(Formula(Clamp, [ Variable "x"; Number 2.0; Number 1.0 ])) ] ],
                    "f"
                )
                .Invoke
                1.0),
        "clamp needs low <= high"
    ]

[<Fact>]
let ``what cannot be called is refused by name`` () =
    let wrong =
        [
            for what, attempt, message in refusals do
                try
                    attempt () |> ignore
                    $"{what}: nothing was thrown"
                with
                | Check.IllFormed text when text.Contains message -> ()
                | problem when problem.Message.Contains message -> ()
                | problem -> $"{what}: {problem.Message}"
        ]

    wrong =! []
