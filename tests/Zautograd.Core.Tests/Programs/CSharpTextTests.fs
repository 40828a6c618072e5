/// What the C# text looks like, what C# would warn of or refuse, and what a call costs.
module Zautograd.Tests.Programs.CSharpTextTests

open System
open Swensen.Unquote
open Xunit
open Zautograd
open Zautograd.Programs
open Zautograd.Programs.Interpret
open Zautograd.Tests
open Zautograd.Tests.Programs
open Zautograd.Tests.Programs.Dsl

let private i = n "i"

let private steps =
    single
        [ xs "x"; x "rate" ]
        1
        [
            dec "s" (num 0.0)
            over
                "i"
                "x"
                [
                    dec "step" (v "rate" * at "x" i - v "s")
                    ifelse (v "step" <. num 0.0) [ inc "s" (v "step" * v "step") ] [ set "s" (v "s" * cos' (v "step")) ]
                ]
            ret [ v "s" * v "s" ]
        ]

[<Fact>]
let ``a program reads as a person would write it`` () =
    CSharpText.source steps
    =! "public static double f(ReadOnlySpan<double> x, double rate)
{
    double s = 0.0;
    for (int i = 0; i < x.Length; i++)
    {
        double step = rate * x[i] - s;
        if (step < 0.0)
        {
            s += step * step;
        }
        else
        {
            s *= Math.Cos(step);
        }
    }
    return s * s;
}
"

/// The lines of a text from one that contains a piece on.
let private from (piece: string) (text: string) =
    text.Split('\n') |> Array.skipWhile (fun line -> not (line.Contains piece)) |> Array.map _.Trim() |> List.ofArray

[<Fact>]
let ``every statement that has a derivative stands as a comment above it, last first`` () =
    CSharpText.source (Adjoint.transform steps) |> from "fAdjoint" |> List.filter _.StartsWith("//")
    =! [
        "// return s*s"
        "// for i from 0 to x.Length (excluded)"
        "// if step < 0"
        "// s += step*step"
        "// s = s*cos(step)"
        "// real step = rate*x[i] - s"
        "// real s = 0"
    ]

[<Fact>]
let ``a remark of the user's reader stands in place of the statement`` () =
    let body = [ Remark "var y = Math.Sin(x);"; dec "y" (sin' (v "x")); ret [ v "y" * v "y" ] ]
    let text = CSharpText.source (Adjoint.transform (single [ x "x" ] 1 body))
    test <@ text.Contains "// var y = Math.Sin(x);" @>
    test <@ not (text.Contains "// real y") @>

let private t, f' = Truth true, Truth false
let private huge = whole Int32.MaxValue

/// Programs that are right, but of which C# would complain if they were written as they stand.
let private difficult: (string * Program * Item list) list =
    let case name parameters results body args = name, single parameters results body, args
    let one name body = case name [ x "x" ] 1 body [ RealItem 0.7 ]

    [
        one
            "keywords and words of the text"
            [
                dec "double" (v "x" + 1.0)
                dec "Math" (sin' (v "double"))
                dec "value" (v "Math")
                dec "x'" (v "value" * 2.0)
                dec "x_" (v "x'" * 3.0)
                dec "_" (v "x_")
                dec "f" (num 2.0)
                ret [ v "_" + v "f" ]
            ]
        one
            "constant conditions"
            [
                dec "y" (v "x")
                If(t, [ inc "y" (num 1.0) ], [ inc "y" (num 2.0) ])
                If(f', [ inc "y" (num 4.0) ], [])
                If(Compare(Less, Formula(Add, [ Number 1.0; Number 1.0 ]), Number 1.5), [ inc "y" (num 8.0) ], [])
                If(And(Compare(Less, Variable "x", Number 1.0), f'), [ inc "y" (num 16.0) ], [])
                While(Not t, [ inc "y" (num 32.0) ])
                ret [ pick (B t) (v "y") (v "x") ]
            ]
        one
            "what no path reaches"
            [
                dec "y" (v "x")
                While(t, [ inc "y" (num 1.0); when' (v "y" >. num 3.0) [ Break; set "y" (num 0.0) ] ])
                ifelse (v "y" >. num 0.0) [ ret [ v "y" ]; inc "y" (num 1.0) ] [ ret [ v "x" ] ]
                inc "y" (num 2.0)
                ret [ v "y" ]
            ]
        one
            "a loop without end before the end"
            [ dec "y" (v "x"); While(t, [ inc "y" (num 1.0); when' (v "y" >. num 3.0) [ ret [ v "y" ] ] ]) ]
        one
            "compared and assigned with itself"
            [
                dec "y" (v "x")
                set "y" (v "y")
                deci "k" (whole 0)
                when' (v "y" <=. v "y") [ inci "k" (whole 1) ]
                when' (v "y" <. v "y") [ inci "k" (whole 2) ]
                when' (n "k" =!! n "k") [ inci "k" (whole 4) ]
                ret [ pick (B(Compare(Equal, Variable "y", Variable "y"))) (real (n "k")) (v "x") ]
            ]
        one
            "NaN is not like itself"
            [
                dec "y" (log' (v "x" - 2.0))
                deci "k" (whole 0)
                when' (v "y" <=. v "y") [ inci "k" (whole 1) ]
                ifelse (not' (v "y" <. num 0.0)) [ inci "k" (whole 2) ] [ inci "k" (whole 4) ]
                ret [ real (n "k") ]
            ]
        one
            "values that nobody reads"
            [
                dec "a" (num 1.0)
                set "a" (num 2.0)
                decb "b" (B t)
                deci "k" (whole 3)
                upTo "i" 3 [ dec "c" (num 1.0) ]
                ret [ v "x" ]
            ]
        one
            "ints that wrap around"
            [
                deci "k" (huge + 1)
                seti "k" (n "k" - (whole 2 * huge) - whole -1)
                ret [ real (n "k") * v "x" + real (huge * huge) ]
            ]
        one
            "loops that end at a constant"
            [
                dec "y" (v "x")
                loopBy -1 "i" (whole 3) (whole -1) [ inc "y" (real i) ]
                loopBy -2 "j" (whole 3) (whole Int32.MaxValue) [ inc "y" (num 1.0) ]
                loopBy 3 "k" (whole -3) (whole 4) [ set "y" (v "y" - real (n "k")) ]
                ret [ v "y" ]
            ]
        one
            "a loop of one round"
            [
                dec "y" (v "x")
                upTo "i" 3 [ inc "y" (num 1.0); ifelse (v "y" <. num 0.0) [ ret [ v "y" ] ] [ inc "y" (real i); Break ] ]
                upTo "j" 3 [ inc "y" (num 1.0); ifelse (v "y" <. num 2.0) [ Continue ] [ Break ] ]
                whilst (v "y" <. num 9.0) [ inc "y" (num 0.5); Break ]
                ret [ v "y" ]
            ]
        case
            "a bound that the loop changes"
            [ xs "x" ]
            1
            [
                deci "m" (len "x")
                dec "y" (num 0.0)
                loop "i" (whole 0) (n "m") [ seti "m" (n "m" + 1); inc "y" (at "x" i) ]
                ret [ v "y" * real (n "m") ]
            ]
            [ RealArray [| 1.0; 2.0; 3.0 |] ]
        one
            "one name in several scopes"
            [
                dec "y" (v "x")
                upTo "i" 2 [ dec "t" (v "y" * 2.0); set "y" (v "t") ]
                upTo "i" 3 [ deci "t" (i * 2); inc "y" (real (n "t")) ]
                decb "t" (v "y" <. num 3.0)
                deci "i" (whole 7)
                when' (flag "t") [ inc "y" (real i) ]
                ret [ v "y" ]
            ]
        "functions that are named like locals",
        program
            [
                func "g" [ x "f" ] [ Real; Real; Int ] [ dec "g" (v "f" * 2.0); Return [ Variable "g"; Variable "f"; Whole 3 ] ]
                func
                    "f"
                    [ x "x" ]
                    [ Real ]
                    [
                        dec "g" (num 0.0)
                        dec "h" (num 0.0)
                        deci "k" (whole 0)
                        Call([ "g"; "h"; "k" ], "g", [ Variable "x" ])
                        ret [ v "g" + v "x" ]
                    ]
            ],
        [ RealItem 0.7 ]
        one "a long line" [ ret [ List.init 40 (fun k -> sin' (v "x" * float k)) |> List.reduce (+) ] ]
        one
            "an else without an if, and nothing at all"
            [
                dec "y" (v "x")
                ifelse (v "x" <. num 0.0) [] [ inc "y" (num 1.0) ]
                ifelse (v "x" <. num 0.0) [] []
                upTo "i" 0 []
                ret [ v "y" ]
            ]
        one "remarks of several lines" [ Remark "one\u2028two\r\nthree */ \\"; Remark ""; dec "y" (v "x"); ret [ v "y" ] ]
        case
            "arrays in loops and of ints"
            [ xs "x" ]
            1
            [
                dec "y" (num 0.0)
                over
                    "i"
                    "x"
                    [ arr "t" (i + 1); arri "u" (i + 1); put "t" i (at "x" i); puti "u" i (i * i); inc "y" (at "t" i * real (iat "u" i)) ]
                ret [ v "y" ]
            ]
            [ RealArray [| 1.0; 2.0; 3.0 |] ]
    ]

[<Fact>]
let ``what C# would warn of is tidied away, and means the same`` () =
    let printed = Printed.compile [ for _, program, _ in difficult -> program ]

    for (name, program, args), call in List.zip difficult printed do
        let expected = run program "f" args |> fst
        let actual = call "f" args
        if not (Printed.sameItems expected actual) then failwith $"{name}: %A{actual} for %A{expected}"

[<Fact>]
let ``every operation of the table gives the same bits`` () =
    let rows =
        [
            for rule in Rules.all do
                let parameters = List.take rule.Arity [ "a"; "b"; "c"; "d" ]
                let inside (low, high) number = low < number && number < high

                for offset in 0..3 do
                    let points =
                        rule.Domain
                        |> List.mapi (fun index range ->
                            [ 0.3; 0.75; 1.25; 2.5; -0.6; 3.0; 7.0 ] |> List.skip ((index + offset) % 4) |> List.find (inside range))

                    let points = if rule.Op = Clamp then List.sort points else points

                    single [ for name in parameters -> x name ] 1 [ Return [ Formula(rule.Op, List.map Variable parameters) ] ],
                    List.map RealItem points
        ]

    let printed = Printed.compile (List.map fst rows)

    for (program, args), call in List.zip rows printed do
        let expected, _ = run program "f" args

        if not (Printed.sameItems expected (call "f" args)) then
            failwith $"{Show.program program} at %A{args}: %A{call}"

[<Fact>]
let ``a division by 0 that C# would not compile is refused by name`` () =
    let program = single [ x "x" ] 1 [ deci "k" (whole 3); seti "k" (n "k" / whole 0); ret [ v "x" ] ]

    let message =
        try
            CSharpText.source program
        with Scopes.Unsupported message ->
            "refused: " + message

    test <@ message.StartsWith "refused: 'k/0' is a division by 0" @>

/// Recorded in loops, with a copy of the array in every call of the callee, and recursion.
let private recording =
    program
        [
            func
                "g"
                [ io "u"; int' "depth" ]
                [ Real ]
                [
                    dec "s" (num 1.0)
                    over "i" "u" [ put "u" i (at "u" i * sin' (at "u" i)); set "s" (v "s" * (at "u" i + 2.0)) ]
                    dec "more" (num 0.0)
                    when' (n "depth" >! whole 0) [ Call([ "more" ], "g", [ Variable "u"; Integer(Minus, Variable "depth", Whole 1) ]) ]
                    ret [ v "s" + v "more" ]
                ]
            func
                "f"
                [ xs "x"; int' "n" ]
                [ Real ]
                [
                    arr "w" (len "x")
                    over "i" "x" [ put "w" i (at "x" i * at "x" i) ]
                    dec "s" (num 0.0)
                    Call([ "s" ], "g", [ Variable "w"; Whole 2 ])
                    upTo "i" 3 [ set "s" (v "s" * at "x" i) ]
                    loop "i" (whole 0) (n "n") [ set "s" (v "s" * sin' (at "x" i)) ]
                    ret [ v "s" ]
                ]
        ]

let private measured =
    let methods = CSharpText.source (Adjoint.transform recording)

    $"using System;
public static class Written
{{
{methods}
    public static double[] Gradient(double[] x, int n)
    {{
        var gradient = new double[x.Length];
        fAdjoint(x, n, gradient, 1.0);
        return gradient;
    }}

    public static long Allocated(double[] x, int n)
    {{
        var gradient = new double[x.Length];
        for (int i = 0; i < 3; i++) fAdjoint(x, n, gradient, 1.0);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10; i++) fAdjoint(x, n, gradient, 1.0);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }}
}}"

let private written = lazy (nonNull ((Roslyn.compile measured).GetType "Written"))
let private invoke name (args: obj[]) = (nonNull (written.Value.GetMethod name)).Invoke(null, args)
let private point = Array.init 5000 (fun i -> 0.3 + 0.1 * sin (float i))

[<Fact>]
let ``after the first calls, an adjoint with stacks, arrays and recursion allocates nothing`` () =
    invoke "Allocated" [| point; 9 |] |> nonNull |> unbox =! 0L

[<Fact>]
let ``a call that an exception ended leaves nothing behind for the next`` () =
    let gradient () = invoke "Gradient" [| point; 9 |] |> nonNull |> unbox<float[]>
    let before = gradient ()
    // the index leaves the array after much has been recorded
    let failure = Assert.Throws<Reflection.TargetInvocationException>(fun () -> invoke "Gradient" [| point; point.Length + 1 |] |> ignore)
    test <@ failure.InnerException :? IndexOutOfRangeException @>
    test <@ Printed.same before (gradient ()) @>
