/// Depth and sharing are data: giants neither overflow a small stack nor blow up. What is wrong is refused by name.
module Zautograd.Tests.RobustnessTests

open System
open System.Threading
open Swensen.Unquote
open Xunit
open Zautograd

let private x = Var "x"
let private million = 1_000_000

/// Runs on a stack of 256 KB, far too small for a recursion over a million nodes.
let private onSmallStack (action: unit -> 'result) : 'result =
    let mutable outcome = Error(exn "did not run")

    let run () =
        outcome <-
            try
                Ok(action ())
            with failure ->
                Error failure

    let thread = Thread(run, 256 * 1024)
    thread.Start()
    thread.Join()

    match outcome with
    | Ok result -> result
    | Error failure -> raise failure

/// Value, forward and reverse derivative of an expression at x = 0.5.
let private allThree expression =
    onSmallStack (fun () ->
        let bind = Number.bind [ "x", 0.5 ]
        let forward = Forward.derivative Number.floats "x" bind expression
        let value, gradient = Reverse.gradient Number.floats [ "x" ] bind expression
        Number.evaluate Number.floats bind expression, (forward.Value, value), forward.Tangent, gradient)

[<Fact>]
let ``a chain of a million operations`` () =
    let mutable chain = x

    for _ in 1 .. million / 2 do
        chain <- -chain + 1.0

    allThree chain =! (0.5, (0.5, 0.5), 1.0, [ 1.0 ])

[<Fact>]
let ``a variable used in a million terms`` () =
    let mutable sum = x

    for _ in 2..million do
        sum <- sum + x

    allThree sum =! (0.5e6, (0.5e6, 0.5e6), 1e6, [ 1e6 ])

[<Fact>]
let ``a hundred thousand variables of one name`` () =
    let mutable sum = x

    for _ in 2..100_000 do
        sum <- sum + Var "x"

    allThree sum =! (0.5e5, (0.5e5, 0.5e5), 1e5, [ 1e5 ])

let rec private squarings step count (e: Expr) = if count = 0 then e else squarings step (count - 1) (step e)

[<Fact>]
let ``sixty squarings of a shared node`` () =
    let at, count = 1.0, 60
    let bind = Number.bind [ "x", at ]
    let squared = squarings (fun e -> e * e) count x
    let expected = 2.0 ** float count

    (Forward.derivative Number.floats "x" bind squared).Tangent =! expected
    snd (Reverse.gradient Number.floats [ "x" ] bind squared) =! [ expected ]
    Number.evaluate Number.floats bind (Differentiate.derivative "x" squared) =! expected
    Number.evaluate Number.floats bind (Differentiate.gradient [ "x" ] squared).Head =! expected

[<Fact>]
let ``symbolic derivatives of shared giants stay small`` () =
    for step in
        [
            (fun (e: Expr) -> e * e)
            (fun e -> e * e + x)
            (fun e -> sin e * e)
            (fun e -> (e + 1.0) / e)
            (fun e -> e ** 2.0 - e)
        ] do
        let giant = squarings step 60 x
        let size = Graph.size (Differentiate.derivative "x" giant)
        test <@ size < 20 * 60 * 4 @>

[<Fact>]
let ``a long chain has a symbolic derivative`` () =
    let chain = squarings (fun e -> sin e) 5_000 x
    let derivative = onSmallStack (fun () -> Differentiate.derivative "x" chain)
    test <@ Graph.size derivative < 5 * 5_000 @>

[<Fact>]
let ``the text of a shared giant stays short`` () =
    let giant = squarings (fun e -> sin (e * e)) 60 x
    test <@ (string giant).Length < 1_000_000 && (string giant).Contains "..." @>
    test <@ (Print.latex giant).Length < 1_000_000 && (Print.latex giant).Contains @"\ldots" @>

[<Fact>]
let ``the text of a hundred thousand terms takes no quadratic memory`` () =
    let sum = [ for i in 1..100_000 -> Var $"x{i}" ] |> List.reduce (+)

    for text in [ string; Print.latex ] do
        let before = GC.GetAllocatedBytesForCurrentThread()
        let length = (text sum).Length
        let allocated = GC.GetAllocatedBytesForCurrentThread() - before
        test <@ length > 1000 && allocated < 1_000_000_000L @>

let private complaint (action: unit -> 'result) = (Assert.ThrowsAny<ArgumentException>(fun () -> action () |> ignore)).Message

[<Fact>]
let ``an argument too many or too few is refused by the operation's name, for every operation`` () =
    for rule in Rules.all do
        for count in [ rule.Arity - 1; rule.Arity + 1 ] do
            let wrong = rule.Op.Of(Array.replicate count x)
            let bind = Number.bind [ "x", 0.5 ]

            for message in
                [
                    complaint (fun () -> Number.evaluate Number.floats bind wrong)
                    complaint (fun () -> Forward.derivative Number.floats "x" bind wrong)
                    complaint (fun () -> Reverse.gradient Number.floats [ "x" ] bind wrong)
                    complaint (fun () -> Differentiate.derivative "x" wrong)
                ] do
                test <@ message.Contains rule.Name && message.Contains(string rule.Arity) && message.Contains(string count) @>

[<Fact>]
let ``a variable without a value is refused by name`` () =
    let message = complaint (fun () -> Number.evaluate Number.floats (Number.bind [ "x", 1.0; "y", 2.0 ]) (x + Var "z"))
    test <@ message.Contains "'z'" && message.Contains "x, y" @>
    test <@ (complaint (fun () -> Symbolic.Evaluate(x + Var "z", struct ("x", 1.0)))).Contains "'z'" @>

[<Fact>]
let ``a null or empty name is refused`` () =
    let nothing: string = Unchecked.defaultof<string>

    for name in [ nothing; ""; "  " ] do
        for message in
            [
                complaint (fun () -> Expr.Variable name)
                complaint (fun () -> Symbolic.Derivative(x, name))
                complaint (fun () -> Symbolic.Gradient(x, "x", name))
                complaint (fun () -> Symbolic.Evaluate(x, struct (name, 1.0)))
                complaint (fun () -> Symbolic.TraceForward(x, name, struct ("x", 1.0)))
            ] do
            test <@ message.Contains "name" || message.Contains "wrt" @>
