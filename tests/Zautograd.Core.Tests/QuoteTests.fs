/// Code that is read means what it means when it is run.
module Zautograd.Tests.QuoteTests

open System
open System.Linq.Expressions
open FSharp.Linq.RuntimeHelpers
open FSharp.Quotations
open Swensen.Unquote
open Xunit
open Zautograd

type private Linq = System.Linq.Expressions.Expression
type private Quotation = FSharp.Quotations.Expr
type private Name = FSharp.Quotations.Var

// ---- how to compare

let private same p q = Double.IsNaN p && Double.IsNaN q || p = q || abs (p - q) <= 1e-12 * (1.0 + abs p + abs q)

let private evaluate (f: Function) (args: float list) = Number.evaluate Number.floats (Number.bind (Seq.zip f.ParameterNames args)) f.Body

/// Every list of so many numbers out of these, NaN among them.
let rec private grid count =
    if count = 0 then
        [ [] ]
    else
        [
            for first in [ -2.5; -1.0; -0.3; 0.0; 0.4; 1.0; 1.7; nan ] do
                for rest in grid (count - 1) -> first :: rest
        ]

let private mustAgree (what: string) (f: Function) (plain: float list -> float) =
    for args in grid f.ParameterNames.Count do
        let expected, actual = plain args, evaluate f args

        if not (same expected actual) then
            failwith $"{what}, read as {f}, at %A{args}: expected {expected}, was {actual}"

let private run (quotation: Expr<'t>) = LeafExpressionConverter.EvaluateQuotation quotation :?> 't

let private agree1 (quotation: Expr<float -> float>) =
    let plain = run quotation
    mustAgree (string quotation) (Quote.read quotation) (fun args -> plain args[0])

let private agree2 (quotation: Expr<float -> float -> float>) =
    let plain = run quotation
    mustAgree (string quotation) (Quote.read quotation) (fun args -> plain args[0] args[1])

let private textOf (quotation: Quotation) = string (Quote.read quotation).Body

// ---- every operation

let private variables count = [ for i in 1..count -> Linq.Parameter(typeof<float>, $"x{i}") ]

let private lambdaOf (parameters: ParameterExpression list) (body: Linq) =
    let body = if body.Type = typeof<float> then body else Linq.Convert(body, typeof<float>) :> Linq

    Linq.Lambda(body, parameters)

let private mustAgreeWithItself (lambda: LambdaExpression) =
    let f = Quote.Read lambda
    let compiled = lambda.Compile()
    mustAgree (string lambda) f (fun args -> compiled.DynamicInvoke [| for arg in args -> box arg |] :?> float)
    f

let private isFloat kind = kind = typeof<float>

/// The static functions of floats that .NET and Zautograd offer, and those that are read.
let private methods =
    [
        for home in [ typeof<Math>; typeof<Double>; typeof<Functions> ] do
            for method in home.GetMethods() do
                let kinds = [ for parameter in method.GetParameters() -> parameter.ParameterType ]

                if
                    method.IsStatic
                    && not kinds.IsEmpty
                    && List.forall isFloat kinds
                    && (isFloat method.ReturnType || method.ReturnType = typeof<int>)
                then
                    method
    ]

let private isReadable (lambda: LambdaExpression) =
    try
        Quote.Read lambda |> ignore
        true
    with :? UnreadableException ->
        false

let private calls =
    [
        for method in methods do
            let parameters = variables (method.GetParameters().Length)
            lambdaOf parameters (Linq.Call(method, parameters |> List.map (fun it -> it :> Linq)))
    ]
    |> List.filter isReadable

let private operators =
    let x, y = Linq.Parameter(typeof<float>, "x"), Linq.Parameter(typeof<float>, "y")
    let binary kind = Linq.MakeBinary(kind, x, y)

    [
        for kind in
            [
                ExpressionType.Add
                ExpressionType.AddChecked
                ExpressionType.Subtract
                ExpressionType.SubtractChecked
                ExpressionType.Multiply
                ExpressionType.MultiplyChecked
                ExpressionType.Divide
                ExpressionType.Modulo
                ExpressionType.Power
            ] do
            lambdaOf [ x; y ] (binary kind)
        for kind in [ ExpressionType.Negate; ExpressionType.NegateChecked; ExpressionType.UnaryPlus ] do
            lambdaOf [ x ] (Linq.MakeUnary(kind, x, typeof<float>))
        for kind in
            [
                ExpressionType.LessThan
                ExpressionType.LessThanOrEqual
                ExpressionType.GreaterThan
                ExpressionType.GreaterThanOrEqual
                ExpressionType.Equal
                ExpressionType.NotEqual
            ] do
            lambdaOf [ x; y ] (Linq.Condition(binary kind, Linq.Constant 1.0, y))
            lambdaOf [ x; y ] (Linq.Condition(Linq.Not(binary kind), Linq.Constant 1.0, y))
    ]

[<Fact>]
let ``every operation of the table is readable, and every function of Math, Double and Functions that is read means the same`` () =
    // .NET refuses bounds in the wrong order and the sign of NaN, has NaN for the bases 0 and 1, and lets NaN through hypot
    let total (lambda: LambdaExpression) =
        [ "Clamp("; "Sign("; "Log(x1, x2)"; "Hypot(" ] |> List.forall (fun name -> not ((string lambda).Contains name))

    let functions = [ for lambda in calls @ operators -> if total lambda then mustAgreeWithItself lambda else Quote.Read lambda ]

    let found =
        [
            for f in functions do
                for node in Graph.nodes f.Body do
                    match node with
                    | Apply(op, _) -> op
                    | Const _
                    | Var _ -> ()
        ]

    for rule in Rules.all do
        if not (List.contains rule.Op found) then failwith $"no function that is read means {rule.Name}"

    test <@ calls.Length >= 80 @>

[<Fact>]
let ``the partial functions agree where .NET lets them`` () =
    let clamp = Quote.read <@ fun x -> Math.Clamp(x, -1.0, 0.5) @>
    mustAgree "clamp" clamp (fun args -> Math.Clamp(args[0], -1.0, 0.5))
    agree1 <@ fun x -> Math.Log(x, 3.0) @>
    agree1 <@ fun x -> if x = x then Double.Hypot(x, 0.5) else x @>
    let sign = Quote.read <@ fun x -> float (sign x) @>
    test <@ [ -3.0; 0.0; 2.0 ] |> List.map (fun x -> evaluate sign [ x ]) = [ -1.0; 0.0; 1.0 ] @>

[<Fact>]
let ``a new row is reached by Functions.Apply, from F# and from C#`` () =
    for rule in Rules.all do
        let parameters = variables rule.Arity
        let apply = nonNull (typeof<Functions>.GetMethod "Apply")

        let args = Linq.NewArrayInit(typeof<float>, parameters |> Seq.map (fun it -> it :> Linq))

        let lambda = lambdaOf parameters (Linq.Call(apply, Linq.Constant rule.Op, args))

        // clamp refuses bounds that are the wrong way round, which the grid of points has among them
        let f = if rule.Op = Clamp then Quote.Read lambda else mustAgreeWithItself lambda

        match f.Body with
        | Apply(op, args) -> test <@ op = rule.Op && args.Length = rule.Arity @>
        | other -> failwith $"{rule.Name} was read as {other}"

    agree1 <@ fun x -> Functions.Apply(Erf, x) @>
    agree2 <@ fun x y -> Functions.Apply(Hypot, x, y) @>

[<Fact>]
let ``F# functions and operators mean the same`` () =
    List.iter
        agree1
        [
            <@ fun x -> -x + +x @>
            <@ fun x -> abs x + acos x @>
            <@ fun x -> asin x * atan x - ceil x @>
            <@ fun x -> cos x / cosh x @>
            <@ fun x -> exp x + floor x @>
            <@ fun x -> log x + log10 x @>
            <@ fun x -> round x + truncate x @>
            <@ fun x -> sin x + sinh x + sqrt x + tan x + tanh x @>
            <@ fun x -> pown x 3 + pown x -2 @>
            <@ fun x -> x ** 3.0 + 2.0 ** x @>
            <@ fun x -> Math.PI * x + Math.E - nan + infinity @>
            <@ fun x -> float 3 * x + double 2 + float 1.5f + float 2L @>
            <@ fun x -> float (1 / 2) + float (7 / 2 * 3 - 1) * x @>
            <@ fun x -> float (if x < 1.0 then 1 else -1) @>
            <@ fun x -> Math.FusedMultiplyAdd(x, x, 1.0) + Math.Log(x, 3.0) + Double.Lerp(x, 2.0, 0.3) @>
            <@ fun x -> if Double.IsNaN x then 1.0 else x @>
            <@ fun x -> Checked.(+) x (Checked.(*) x 2.0) @>
        ]

    List.iter agree2 [ <@ fun x y -> atan2 x y - y @>; <@ fun x y -> x ** y @>; <@ fun x y -> x * y / (x - y) @> ]

[<Fact>]
let ``max and min mean Math.Max and Math.Min, as F# compiles them`` () =
    // not agree2: where a quotation is run, FSharp.Core takes a generic max that has NaN wrong
    mustAgree "max" (Quote.read <@ fun (x: float) y -> max x y @>) (fun args -> max args[0] args[1])
    mustAgree "min" (Quote.read <@ fun (x: float) y -> x |> min y @>) (fun args -> min args[1] args[0])

// ---- NaN and conditions

[<Fact>]
let ``comparisons, not, && and || follow .NET, also with NaN`` () =
    List.iter
        agree2
        [
            <@ fun x y -> if x < y then 1.0 else 2.0 @>
            <@ fun x y -> if x <= y then 1.0 else 2.0 @>
            <@ fun x y -> if x > y then 1.0 else 2.0 @>
            <@ fun x y -> if x >= y then 1.0 else 2.0 @>
            <@ fun x y -> if x = y then 1.0 else 2.0 @>
            <@ fun x y -> if x <> y then 1.0 else 2.0 @>
            <@ fun x y -> if not (x < y) then 1.0 else 2.0 @>
            <@ fun x y -> if not (x >= y) then 1.0 else 2.0 @>
            <@ fun x y -> if not (not (x <> y)) then 1.0 else 2.0 @>
            <@ fun x y -> if x < y && y < 1.0 then 1.0 else 2.0 @>
            <@ fun x y -> if x < y || y < 1.0 then 1.0 else 2.0 @>
            <@
                fun x y ->
                    if not (x < y || y < 1.0) && (x = 1.0 || x <> y) then x
                    elif y > 0.0 then y
                    else 3.0
            @>
            <@
                fun x y ->
                    let below = x < y in

                    if below && not (y < 0.0) then 1.0
                    elif below then 2.0
                    else 3.0
            @>
            <@ fun x y -> let inner = 0.0 < x && x < 1.0 in (if inner then 1.0 else 2.0) + (if inner || y < 0.0 then 3.0 else 4.0) @>
            <@ fun x y -> let a, b = (if x < y && 0.0 < x then (x, y) else (y, x)) in a - 2.0 * b @>
            <@
                fun x y ->
                    match x with
                    | 0.0 -> y
                    | _ when x > 1.0 -> 2.0
                    | z -> z * y
            @>
        ]

[<Fact>]
let ``a greater-than is a less-than of swapped arguments, and not swaps the branches`` () =
    textOf <@ fun (x: float) y -> if x > y then 1.0 else 2.0 @> =! "if y < x then 1 else 2"

    textOf <@ fun (x: float) y -> if x >= y then 1.0 else 2.0 @> =! "if y <= x then 1 else 2"

    textOf <@ fun (x: float) y -> if x <> y then 1.0 else 2.0 @> =! "if x = y then 2 else 1"

    textOf <@ fun (x: float) y -> if not (x < y) then 1.0 else 2.0 @> =! "if x < y then 2 else 1"

[<Fact>]
let ``and, or and composed conditions share the branches they choose between`` () =
    let f = Quote.read <@ fun x y -> if (x < y && y < 1.0) || x < 0.0 then sin x else cos y @>
    // x, y, 1.0, 0.0, sin x, cos y and three selects; the names and literals are written anew at each place
    test
        <@
            (Graph.nodes f.Body
             |> List.filter (function
                 | Apply(Sin, _)
                 | Apply(Cos, _) -> true
                 | _ -> false))
                .Length
                =
                2
        @>

[<Fact>]
let ``a chain of parities stays as small as it is written`` () =
    let parity =
        <@
            fun x ->
                let c = x < 1.0
                let c = if x < 2.0 then c else not c
                let c = if x < 3.0 then c else not c
                let c = if x < 4.0 then c else not c
                let c = if x < 5.0 then c else not c
                let c = if x < 6.0 then c else not c
                let c = if x < 7.0 then c else not c
                let c = if x < 8.0 then c else not c
                let c = if x < 9.0 then c else not c
                if c then 1.0 else 2.0
        @>

    agree1 parity
    test <@ Graph.size (Quote.read parity).Body < 100 @>

// ---- let, lambdas, tuples

[<ReflectedDefinition>]
let private squared x = x * x

[<ReflectedDefinition>]
let private hypotenuse (a, b) = sqrt (squared a + squared b)

[<ReflectedDefinition>]
let private between (point: float * float) (scale: float) = scale * (fst point - snd point)

[<ReflectedDefinition>]
let private half () = 0.5

let private rate = 0.25
let private opaque (x: float) = x + 1.0

type internal Settings = { Rate: float; Steps: int; Eager: bool }

let internal settings = { Rate = 1.5; Steps = 3; Eager = true }

[<Fact>]
let ``lambdas, pipelines, tuples and reflected definitions are inlined`` () =
    let weight = 0.75

    List.iter
        agree1
        [
            <@ fun x -> x |> sin |> fun y -> y * x @>
            <@ fun x -> x |> atan2 0.5 |> (sin >> cos >> fun y -> y + 1.0) @>
            <@ fun x -> (exp << sin) x + (sin <| x) + id x @>
            <@ fun x -> (fun a b -> a - b) 1.0 x @>
            <@ fun x -> let f y = y * x in f 2.0 + f (f x) @>
            <@ fun x -> let a, b = x, sin x in a * b @>
            <@ fun x -> (x, 2.0 * x) ||> fun a b -> a - b @>
            <@ fun x -> let pair = (x, 2.0) in fst pair / snd pair @>
            <@ fun x -> weight * x + rate @>
            <@ fun x -> settings.Rate * x + float settings.Steps @>
            <@ fun x -> if settings.Eager then x else sin x @>
        ]

    List.iter agree2 [ <@ fun x y -> hypotenuse (x, squared y) + half () @>; <@ fun x y -> between (x, y) 2.0 + between (y, x) x @> ]

[<Fact>]
let ``the README's function is read with its names in order`` () =
    let f = Quote.read <@ fun x y -> log x + x * y - sin y @>
    List.ofSeq f.ParameterNames =! [ "x"; "y" ]
    string f =! "(x, y) => log(x) + x*y - sin(y)"

[<Fact>]
let ``tupled, curried, composed and partly applied functions have their parameters`` () =
    let names (quotation: Quotation) = List.ofSeq (Quote.read quotation).ParameterNames

    names <@ fun (x, y) z -> x + y + z + 0.0 @> =! [ "x"; "y"; "z" ]

    names <@ fun (pair: float * float) -> fst pair * snd pair @> =! [ "pair1"; "pair2" ]

    names <@ let a = 2.0 in fun x -> a * x @> =! [ "x" ]
    names <@ (sin: float -> float) >> cos @> =! [ "value" ]
    names <@ hypotenuse @> =! [ "a"; "b" ]
    names <@ fun () -> 1.0 @> =! []
    mustAgree "tupled" (Quote.read <@ fun (x, y) -> x - 2.0 * y @>) (fun args -> args[0] - 2.0 * args[1])

[<Fact>]
let ``a let is one node, wherever it is used`` () =
    // x, sin x, four squares
    let f =
        Quote.read
            <@
                fun (x: float) ->
                    let a = sin x in
                    let b = a * a in
                    let c = b * b in
                    let d: float = c * c in
                    d * d
            @>

    Graph.size f.Body =! 6

    let g = Quote.read <@ fun (x: float) -> let s = sin x in (s |> fun (y: float) -> y * y) + s @>

    Graph.size g.Body =! 4

[<Fact>]
let ``a node that stands in two places of a LINQ tree is one`` () =
    let x = Linq.Parameter(typeof<float>, "x")
    let doubled = (x :> Linq, [ 1..60 ]) ||> List.fold (fun sum _ -> Linq.Add(sum, sum))
    let f = Quote.Read(Linq.Lambda(doubled, x))
    Graph.size f.Body =! 61
    evaluate f [ 1.0 ] =! 2.0 ** 60.0

[<Fact>]
let ``captured variables are read once, when the code is read`` () =
    let cell = ref 2.0
    let f = Quote.read <@ fun x -> cell.Value * x @>
    cell.Value <- 100.0
    evaluate f [ 3.0 ] =! 6.0

// ---- random programs

let rec private randomQuotation (random: Random) depth (x: Expr<float>) (y: Expr<float>) : Expr<float> =
    let next () = randomQuotation random (depth - 1) x y

    match (if depth = 0 then random.Next 3 else random.Next 12) with
    | 0 -> x
    | 1 -> y
    | 2 -> let number = Math.Round(4.0 * random.NextDouble() - 2.0, 2) in <@ number @>
    | 3 -> <@ %(next ()) + %(next ()) @>
    | 4 -> <@ %(next ()) - %(next ()) @>
    | 5 -> <@ %(next ()) * %(next ()) @>
    | 6 -> <@ tanh %(next ()) / (2.0 + cos %(next ())) @>
    | 7 -> <@ let a = %(next ()) in a * sin a @>
    | 8 -> <@ if %(next ()) < %(next ()) && not (%(next ()) >= 0.5) then %(next ()) else %(next ()) @>
    | 9 -> <@ if %(next ()) = %(next ()) || %(next ()) > %(next ()) then %(next ()) else -(%(next ())) @>
    | 10 -> <@ (fun a b -> max a b - b) %(next ()) %(next ()) @>
    | _ -> <@ %(next ()) |> Functions.Softplus @>

[<Fact>]
let ``random functions mean what they mean when run`` () =
    for seed in 1..150 do
        let random = Random seed
        let x, y = Name("x", typeof<float>), Name("y", typeof<float>)

        let body = randomQuotation random 4 (Quotation.Cast(Quotation.Var x)) (Quotation.Cast(Quotation.Var y))

        agree2 (Quotation.Cast(Quotation.Lambda(x, Quotation.Lambda(y, body))))

let rec private randomTree (random: Random) depth (leaves: Linq list) : Linq =
    let next () = randomTree random (depth - 1) leaves

    match (if depth = 0 then 0 else random.Next 8) with
    | 0 -> leaves[random.Next leaves.Length]
    | 1 -> Linq.Add(next (), next ())
    | 2 -> Linq.Subtract(next (), next ())
    | 3 -> Linq.MultiplyChecked(next (), next ())
    | 4 -> Linq.Call(nonNull (typeof<Math>.GetMethod "Tanh"), next ())
    | 5 -> Linq.Condition(Linq.AndAlso(Linq.LessThan(next (), next ()), Linq.NotEqual(next (), next ())), next (), next ())
    | 6 -> Linq.Condition(Linq.OrElse(Linq.Not(Linq.GreaterThan(next (), next ())), Linq.Equal(next (), next ())), next (), next ())
    | _ ->
        let a = Linq.Parameter(typeof<float>, "a")
        Linq.Invoke(Linq.Lambda(randomTree random (depth - 1) (a :> Linq :: leaves), a), next ())

[<Fact>]
let ``random LINQ trees mean what they mean when compiled`` () =
    for seed in 1..150 do
        let x, y = Linq.Parameter(typeof<float>, "x"), Linq.Parameter(typeof<float>, "y")

        let body = randomTree (Random seed) 5 [ x; y; Linq.Constant 0.5; Linq.Constant -1.25 ]

        mustAgreeWithItself (Linq.Lambda(body, x, y)) |> ignore

// ---- what is read in part, or only just

[<Fact>]
let ``a branch that a captured bool leaves out is not read`` () =
    textOf <@ fun x -> if not settings.Eager then opaque x else 2.0 * x @> =! "2*x"

[<Fact>]
let ``integers are divided as .NET divides them`` () =
    let x = Linq.Parameter(typeof<float>, "x")

    let half = Linq.Convert(Linq.Divide(Linq.Constant 1, Linq.Constant 2), typeof<float>)

    evaluate (mustAgreeWithItself (Linq.Lambda(Linq.Multiply(x, half), x))) [ 8.0 ] =! 0.0

[<Fact>]
let ``what is deep but fits is read`` () =
    let x = Linq.Parameter(typeof<float>, "x")
    let tree = (x :> Linq, [ 1..500 ]) ||> List.fold (fun sum _ -> Linq.Add(sum, x))
    evaluate (Quote.Read(Linq.Lambda(tree, x))) [ 1.0 ] =! 501.0
