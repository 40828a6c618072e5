/// Compiled expressions compute what the interpreter computes, share what can be shared, and stay within what the JIT optimises.
module Zautograd.Tests.CompileTests

open System
open System.Collections.Generic
open System.Globalization
open System.IO
open System.Linq.Expressions
open System.Text.Json
open System.Text.RegularExpressions
open System.Threading.Tasks
open Swensen.Unquote
open Xunit
open Zautograd

let private names = [ "x"; "y"; "z" ]
let private x, y, z = Var "x", Var "y", Var "z"
let private bind (at: float[]) = Number.bind (Seq.zip names at)

// ---- random expressions: every operation, shared nodes, numbers of every kind

/// An expression over x, y and z of so many operations, each over the latest results mostly; it may be undefined at a point.
let private wild (random: Random) operations =
    let pool = List<Expr> [ x; y; z; Const 0.0; Const -0.0; Const 1.0; Const 2.0; Const -1.5; Const 1e300; Const infinity; Const nan ]

    let ops = Rules.all |> List.map _.Op |> List.filter (fun op -> op <> Clamp && op <> Rem) |> Array.ofList

    for _ in 1..operations do
        let op = ops[random.Next ops.Length]

        let argument _ = pool[if random.Next 2 = 0 then random.Next pool.Count else random.Next(max 0 (pool.Count - 3), pool.Count)]

        pool.Add(Apply(op, List.init (Rules.rule op).Arity argument))

    pool[pool.Count - 1]

/// The same, of smooth operations at moderate sizes, so that rounding errors stay small.
let private tame (random: Random) operations (at: float[]) =
    let value = Number.evaluate Number.floats (bind at)
    let pool = List<struct (Expr * float)> [ for node in [ x; y; z; Const 2.0; Const 0.5 ] -> struct (node, value node) ]

    let ops =
        Rules.all
        |> List.filter (fun rule -> rule.Arity <= 2 && rule.Breaks.IsEmpty || List.contains rule.Op [ Div; Log; Sqrt; Hypot; Max; Relu ])
        |> List.map _.Op
        |> Array.ofList

    while pool.Count < operations + 5 do
        let op = ops[random.Next ops.Length]
        let args = List.init (Rules.rule op).Arity (fun _ -> pool[random.Next(max 0 (pool.Count - 12), pool.Count)])
        let numbers = args |> List.map (fun (struct (_, number)) -> number)
        let result = Number.floats.Apply op numbers

        let slopes = Number.slopes Number.floats op numbers result |> List.map (fun slope -> abs (slope ()))

        if abs result < 4.0 && abs result > 0.1 && List.forall (fun slope -> slope < 3.0) slopes then
            pool.Add(struct (Apply(op, args |> List.map (fun (struct (node, _)) -> node)), result))

    let struct (root, _) = pool[pool.Count - 1]
    root

let private odd = [| 0.0; -0.0; 1.0; -1.0; 0.3; -2.5; 1e-300; 1e300; infinity; -infinity; nan |]

let private isSame (p: float) (q: float) =
    BitConverter.DoubleToInt64Bits p = BitConverter.DoubleToInt64Bits q || Double.IsNaN p && Double.IsNaN q

let private valueIsSame (f: CompiledValue) root at =
    let expected, actual = Number.evaluate Number.floats (bind at) root, f.Invoke at

    if not (isSame expected actual) then
        failwith $"{root} at %A{at}: compiled {actual:R}, interpreted {expected:R}"

[<Fact>]
let ``the compiled value is the interpreted one to the last bit, for random expressions at odd points`` () =
    let random = Random 1

    for operations in [ for _ in 1..150 -> random.Next(1, 40) ] @ [ 700; 2000 ] do
        let root = wild random operations
        let f = Compile.value names root

        for _ in 1..20 do
            valueIsSame f root [| for _ in names -> odd[random.Next odd.Length] |]

        valueIsSame f root [| for _ in names -> 4.0 * random.NextDouble() - 2.0 |]

[<Fact>]
let ``every row compiles, by a fast path or the table's own function, to the last bit`` () =
    for rule in Rules.all do
        let letters = List.take rule.Arity Rules.argumentNames
        let root = Apply(rule.Op, List.map Var letters)
        let f = Compile.value letters root

        for trial in 0..2000 do
            let random = Random trial
            let args = [| for _ in letters -> if trial % 2 = 0 then odd[random.Next odd.Length] else 20.0 * random.NextDouble() - 10.0 |]
            let isCrossed = rule.Op = Clamp && args[1] > args[2]
            let expected = if isCrossed then nan else Number.floats.Apply rule.Op (List.ofArray args)

            if not (isSame expected (f.Invoke args)) then
                failwith $"{root} at %A{args}: {f.Invoke args:R}, not {expected:R}"

let private close (scale: float) (p: float) (q: float) = p = q || Double.IsNaN p && Double.IsNaN q || abs (p - q) <= 1e-12 * (1.0 + scale)

[<Fact>]
let ``the compiled gradient is that of the reverse walk`` () =
    let random = Random 2

    for operations in [ for _ in 1..100 -> random.Next(1, 60) ] @ [ 1000; 3000 ] do
        let at = [| for _ in names -> 0.3 + random.NextDouble() |]
        let root = tame random operations at
        let gradient = Array.zeroCreate 3
        let value = (Compile.gradient names root).Invoke(at, gradient)
        let adjoints = Reverse.adjoints Number.floats (bind at) root
        let scale = adjoints.Adjoints.Values |> Seq.map abs |> Seq.max
        let _, expected = Reverse.gradient Number.floats names (bind at) root
        value =! adjoints.Value

        if not (List.forall2 (close scale) expected (List.ofArray gradient)) then
            failwith $"{root} at %A{at}: %A{gradient}, not %A{expected} (largest adjoint {scale})"

[<Fact>]
let ``a Jacobian has the gradients as rows, whether it is wide or high`` () =
    let random = Random 3

    for rows in [ 1; 2; 3; 4; 9 ] do
        let at = [| for _ in names -> 0.3 + random.NextDouble() |]
        let roots = List.init rows (fun _ -> tame random 40 at)
        let values, jacobian = Array.zeroCreate rows, Array.zeroCreate (3 * rows)
        (Compile.jacobian names roots).Invoke(at, values, jacobian)

        for row, root in List.indexed roots do
            let adjoints = Reverse.adjoints Number.floats (bind at) root
            let scale = adjoints.Adjoints.Values |> Seq.map abs |> Seq.max
            let value, gradient = Reverse.gradient Number.floats names (bind at) root
            values[row] =! value
            test <@ List.forall2 (close scale) gradient (List.ofArray jacobian[3 * row .. 3 * row + 2]) @>

[<Fact>]
let ``the compiled Hessian-vector product is that of the reverse walk over duals`` () =
    let random = Random 4

    for operations in [ for _ in 1..60 -> random.Next(1, 40) ] @ [ 300 ] do
        let at, along = [| for _ in names -> 0.3 + random.NextDouble() |], [| for _ in names -> random.NextDouble() - 0.5 |]
        let root = tame random operations at
        let gradient, product = Array.zeroCreate 3, Array.zeroCreate 3
        let tangent = (Compile.hessianVector names root).Invoke(at, along, gradient, product)
        let duals = Seq.map2 (fun value tangent -> { Value = value; Tangent = tangent }) at along
        let found = Reverse.adjoints (Forward.duals Number.floats) (Number.bind (Seq.zip names duals)) root
        let value, expected = Reverse.gradient (Forward.duals Number.floats) names (Number.bind (Seq.zip names duals)) root
        let sizes = found.Adjoints.Values |> Seq.map (fun adjoint -> max (abs adjoint.Value) (abs adjoint.Tangent))
        // the expression is simplified, and sums of large terms come out otherwise
        let near p q = close (1e3 * Seq.max sizes) p q
        let left = [| for _ in names -> random.NextDouble() - 0.5 |]
        let times = Seq.map2 (fun l (slope: Tangent<float>) -> l * slope.Tangent) left expected |> Seq.sum

        if
            not (
                near value.Tangent tangent
                && near times ((Compile.vectorHessianVector names root).Invoke(at, left, along))
                && List.forall2 near (List.map _.Value expected) (List.ofArray gradient)
                && List.forall2 near (List.map _.Tangent expected) (List.ofArray product)
            )
        then
            failwith $"{root} at %A{at} along %A{along}: {tangent}, %A{gradient}, %A{product}, not {value.Tangent}, %A{expected}"

[<Fact>]
let ``compiled products with a Jacobian are those of the matrix, forward and in reverse`` () =
    let random = Random 5

    for rows in [ 1; 2; 4; 9 ] do
        let at, along = [| for _ in names -> 0.3 + random.NextDouble() |], [| for _ in names -> random.NextDouble() - 0.5 |]
        let roots = List.init rows (fun _ -> tame random 40 at)
        let roots = if rows > 2 then roots[0] :: roots.Tail.Tail @ [ roots[0] ] else roots // the same twice
        let adjoints = [| for _ in roots -> random.NextDouble() - 0.5 |]
        let values, jacobian = Array.zeroCreate rows, Array.zeroCreate (3 * rows)
        (Compile.jacobian names roots).Invoke(at, values, jacobian)
        let ahead, tangents = Array.zeroCreate rows, Array.zeroCreate rows
        (Compile.jvp names roots).Invoke(at, along, ahead, tangents)
        let back, gradient = Array.zeroCreate rows, Array.zeroCreate 3
        (Compile.vjp names roots).Invoke(at, adjoints, back, gradient)
        let scale = 3.0 * Array.sumBy abs jacobian
        (ahead, back) =! (values, values)

        for row in 0 .. rows - 1 do
            let expected = Seq.sum (seq { for j in 0..2 -> jacobian[3 * row + j] * along[j] })
            test <@ close scale expected tangents[row] @>

        for j in 0..2 do
            let expected = Seq.sum (seq { for row in 0 .. rows - 1 -> jacobian[3 * row + j] * adjoints[row] })
            test <@ close scale expected gradient[j] @>

[<Fact>]
let ``the columns of the compiled Hessian are its products with unit vectors`` () =
    let random = Random 6

    for operations in [ for _ in 1..40 -> random.Next(1, 40) ] do
        let at = [| for _ in names -> 0.3 + random.NextDouble() |]
        let root = tame random operations at
        let gradient, hessian = Array.zeroCreate 3, Array.zeroCreate 9
        let value = (Compile.hessian names root).Invoke(at, gradient, hessian)
        let product = Compile.hessianVector names root
        value =! (Compile.value names root).Invoke at
        let same, ignored, column = Array.zeroCreate 3, Array.zeroCreate 3, Array.zeroCreate 3
        (Compile.gradient names root).Invoke(at, same) =! value
        let scale = 1e3 * Array.sumBy abs (Array.append same hessian)
        test <@ Array.forall2 (close scale) same gradient @>

        for j in 0..2 do
            product.Invoke(at, Array.init 3 (fun i -> if i = j then 1.0 else 0.0), ignored, column) |> ignore
            test <@ Array.forall2 (close scale) column [| for i in 0..2 -> hessian[3 * i + j] |] @>

/// Where a direction has zeros, a product must not take a change of 0 for a branch: an unbounded slope is behind it.
[<Fact>]
let ``beside a product along any direction stands the gradient, whatever is composed`` () =
    let at = [| 0.7; 1.3; 0.4 |]
    let orders arity = if arity = 1 then [ [ x ] ] else [ [ x; y ]; [ y; x ] ]

    let composed =
        [
            for rule in Rules.all |> List.filter (fun rule -> rule.Arity <= 2) do
                for args in orders rule.Arity do
                    let inner = Apply(rule.Op, args)
                    inner
                    inner / y
                    inner ** y
                    y * sqrt (inner * inner)
        ]

    for root in composed do
        let expected, gradient, product = Array.zeroCreate 3, Array.zeroCreate 3, Array.zeroCreate 3
        (Compile.gradient names root).Invoke(at, expected) |> ignore
        let along = Compile.hessianVector names root

        for direction in [ [| 0.0; 0.0; 0.0 |]; [| 1.0; 0.0; 0.0 |]; [| 0.0; 1.0; 0.0 |]; [| 0.0; 0.0; 1.0 |] ] do
            along.Invoke(at, direction, gradient, product) |> ignore
            let near (p: float) q = p.Equals q || abs (p - q) <= 1e-9 * (1.0 + abs p)

            if not (Array.forall2 near expected gradient) then
                failwith $"{root} along %A{direction}: %A{gradient}, not %A{expected}"

[<Fact>]
let ``what is derived is compiled: fields, higher derivatives and coefficients`` () =
    let field = [ x * x * y; sin y * z; x * exp z ]
    let at = [| 0.5; -1.2; 0.3 |]
    let values, jacobian = Array.zeroCreate 3, Array.zeroCreate 9
    (Compile.jacobian names field).Invoke(at, values, jacobian)
    let near (a: float) b = abs (a - b) < 1e-12 * (1.0 + abs a)
    test <@ near (jacobian[0] + jacobian[4] + jacobian[8]) (field.CompileDivergence("x", "y", "z").Invoke at) @>
    let turns = Array.zeroCreate 3
    field.CompileCurl("x", "y", "z").Invoke(at, turns)
    let expected = [| jacobian[7] - jacobian[5]; jacobian[2] - jacobian[6]; jacobian[3] - jacobian[1] |]
    test <@ Array.forall2 near expected turns @>
    let hessian = Array.zeroCreate 9
    (Compile.hessian names field[1]).Invoke(at, Array.zeroCreate 3, hessian) |> ignore
    test <@ near (hessian[0] + hessian[4] + hessian[8]) (field[1].CompileLaplacian("x", "y", "z").Invoke at) @>
    let f = exp (x * y) / z
    let coefficients = Array.zeroCreate 4
    f.CompileTaylor("x", 3, "x", "y", "z").Invoke(at, coefficients)
    let series = [| for n in 0..3 -> at[1] ** float n / float (List.fold (*) 1 [ 1..n ]) * exp (at[0] * at[1]) / at[2] |]
    test <@ Array.forall2 near series coefficients @>
    test <@ near (6.0 * series[3]) (f.CompileDerivative("x", 3, "x", "y", "z").Invoke at) @>
    let gradient, slopes = Array.zeroCreate 3, Array.zeroCreate 3
    (Compile.gradient names f).Invoke(at, gradient) |> ignore
    (Compile.values names (Calculus.gradient names f)).Invoke(at, slopes)
    test <@ Array.forall2 near gradient slopes @>

[<Fact>]
let ``compiled products have no NaN from where nothing changes, and refuse wrong lengths by name`` () =
    let roots = [ sqrt x * y; z ]
    let values, tangents, gradient = Array.zeroCreate 2, Array.zeroCreate 2, Array.zeroCreate 3
    (Compile.jvp names roots).Invoke([| 0.0; 0.0; 1.0 |], [| 0.0; 1.0; 2.0 |], values, tangents)
    tangents =! [| 0.0; 2.0 |]
    (Compile.vjp names roots).Invoke([| 0.0; 0.0; 1.0 |], [| 1.0; 3.0 |], values, gradient)
    gradient =! [| 0.0; 0.0; 3.0 |]
    let x = [| 2.0; 3.0; 4.0 |]
    (Compile.values names [ y; z; Var "x" ]).Invoke(x, x) // input and result at once
    x =! [| 3.0; 4.0; 2.0 |]
    let refused (action: unit -> unit) = (Assert.Throws<ArgumentException> action).ParamName
    let two, three = [| 0.0; 0.0 |], [| 0.0; 0.0; 0.0 |]
    refused (fun () -> (Compile.jvp names roots).Invoke(three, two, two, two)) =! "direction"
    refused (fun () -> (Compile.jvp names roots).Invoke(three, three, two, three)) =! "tangents"
    refused (fun () -> (Compile.vjp names roots).Invoke(three, three, two, three)) =! "adjoints"
    refused (fun () -> (Compile.vjp names roots).Invoke(three, two, two, two)) =! "gradient"
    refused (fun () -> (Compile.values names roots).Invoke(three, three)) =! "values"
    refused (fun () -> (Compile.hessian names roots.Head).Invoke(three, three, three) |> ignore) =! "hessian"
    refused (fun () -> Calculus.coefficients -1 "x" roots.Head |> ignore) =! "order"

// ---- policies

let private gradientAt (root: Expr) (at: float list) =
    let gradient = Array.zeroCreate 3
    let value = (Compile.gradient names root).Invoke(Array.ofList at, gradient)
    value, List.ofArray gradient

[<Fact>]
let ``no NaN leaks from a branch not taken, and nothing there throws`` () =
    let safeLog = (Select Less).Of(Const 0.0, x, log x, Const 0.0)
    gradientAt safeLog [ 0.0; 0.0; 0.0 ] =! (0.0, [ 0.0; 0.0; 0.0 ])
    gradientAt safeLog [ -1.0; 0.0; 0.0 ] =! (0.0, [ 0.0; 0.0; 0.0 ])
    gradientAt safeLog [ 2.0; 0.0; 0.0 ] =! (log 2.0, [ 0.5; 0.0; 0.0 ])
    let crossed = (Select Less).Of(x, y, x * y, Clamp.Of(x, Const 1.0, y))
    gradientAt crossed [ -3.0; -2.0; 0.0 ] =! (6.0, [ -2.0; -3.0; 0.0 ])

[<Fact>]
let ``a zero adjoint wins over an infinite slope, as in the reverse walk`` () =
    let root = sqrt x * y + z
    let value, gradient = gradientAt root [ 0.0; 0.0; 1.0 ]
    (value, gradient) =! (1.0, [ 0.0; 0.0; 1.0 ])
    Reverse.gradient Number.floats names (bind [| 0.0; 0.0; 1.0 |]) root =! (1.0, [ 0.0; 0.0; 1.0 ])
    gradientAt (sqrt x) [ 0.0; 0.0; 0.0 ] =! (0.0, [ infinity; 0.0; 0.0 ])

/// Rosenbrock's function: a sum of terms, each over two neighbours.
let private rosenbrock count =
    let names = [ for index in 0 .. count - 1 -> $"x{index}" ]

    let term (a, b) =
        let bend = Var b - Var a * Var a
        let rest = Const 1.0 - Var a
        Const 100.0 * (bend * bend) + rest * rest

    names, List.pairwise names |> List.map term |> List.reduce (+)

[<Fact>]
let ``derivatives may overwrite the numbers they are taken at`` () =
    for count in [ 3; 100 ] do // one piece, and several
        let names, root = rosenbrock count
        let at () = Array.init count (fun index -> 0.3 + 0.7 * sin (float index))
        let along () = Array.init count (fun index -> cos (float index))
        let gradient, product = Array.zeroCreate count, Array.zeroCreate count
        (Compile.hessianVector names root).Invoke(at (), along (), gradient, product) |> ignore
        let x, v = at (), along ()
        (Compile.hessianVector names root).Invoke(x, v, x, v) |> ignore
        (x, v) =! (gradient, product)
        let first = Compile.gradient names root
        first.Invoke(at (), gradient) |> ignore
        let x = at ()
        first.Invoke(x, x) |> ignore
        x =! gradient

    // here infinity times 0 is NaN at first, and everything is computed again with care
    let numbers = [| 0.0; 0.0; 1.0 |]
    (Compile.gradient names (sqrt x * y + z)).Invoke(numbers, numbers) |> ignore
    numbers =! [| 0.0; 0.0; 1.0 |]
    let still = [| 0.0; 0.0; 1.0 |]
    (Compile.vectorHessianVector names (sqrt x * y + z * z)).Invoke(still, still, still) =! 2.0

[<Fact>]
let ``an unknown variable, a repeated one and a wrong length are refused by name`` () =
    let message (action: unit -> unit) =
        try
            action ()
            "nothing was thrown"
        with :? ArgumentException as refused ->
            refused.Message

    let contains (part: string) (text: string) = text.Contains part

    test
        <@ message (fun () -> Compile.value [ "x"; "y" ] (x * Var "speed") |> ignore) |> contains "'speed' is not among the variables: x, y" @>

    test <@ message (fun () -> x.CompileTaylor("q", 2, "x", "y") |> ignore) |> contains "'q' is not among the variables: x, y" @>
    test <@ message (fun () -> x.CompileDerivative("q", 2, "x") |> ignore) |> contains "'q' is not among the variables: x" @>

    raises<ArgumentNullException>
        <@ (Compile.vectorHessianVector names x).Invoke(Array.zeroCreate 3, Unchecked.defaultof<float[]>, Array.zeroCreate 3) @>

    test <@ message (fun () -> Compile.gradient [ "x"; "x" ] x |> ignore) |> contains "'x' is given 2 times" @>
    test <@ message (fun () -> (Compile.value names x).Invoke [| 1.0 |] |> ignore) |> contains "3 number(s) are needed, but 1" @>
    test <@ message (fun () -> (Compile.gradient names x).Invoke([| 1.0; 2.0; 3.0 |], [||]) |> ignore) |> contains "gradient" @>
    let three = [| 1.0; 2.0; 3.0 |]

    for wrong, arrays in List.indexed [ "x"; "direction"; "gradient"; "product" ] do
        let given = [ for place in 0..3 -> if place = wrong then [||] else Array.copy three ]

        test
            <@
                message (fun () -> (Compile.hessianVector names x).Invoke(given[0], given[1], given[2], given[3]) |> ignore)
                |> contains arrays
            @>

    for wrong, arrays in List.indexed [ "x"; "left"; "right" ] do
        let given = [ for place in 0..2 -> if place = wrong then [||] else three ]

        test
            <@ message (fun () -> (Compile.vectorHessianVector names x).Invoke(given[0], given[1], given[2]) |> ignore) |> contains arrays @>

[<Fact>]
let ``constants, variables and variables that do not occur compile`` () =
    gradientAt (Const 7.0) [ 1.0; 2.0; 3.0 ] =! (7.0, [ 0.0; 0.0; 0.0 ])
    gradientAt y [ 1.0; 2.0; 3.0 ] =! (2.0, [ 0.0; 1.0; 0.0 ])
    (Compile.value [] (Const 7.0)).Invoke [||] =! 7.0

// ---- sharing and size

let private countOf (node: Linq.Expressions.Expression) : int =
    let mutable calls = 0

    { new ExpressionVisitor() with
        override _.VisitMethodCall call =
            calls <- calls + 1
            base.VisitMethodCall call
    }
        .Visit(node)
    |> ignore

    calls

[<Fact>]
let ``what occurs twice is computed once, and derivatives take what the value has`` () =
    let twice = exp (x * y) + sin z * exp (x * y) + exp (x * y)
    let values, gradients = Compile.pieces names twice
    List.sumBy countOf [ for piece in values -> piece :> Expression ] =! 2 // exp and sin
    List.sumBy countOf [ for piece in gradients -> piece :> Expression ] =! 3 // and cos

let private sum operations =
    let random = Random operations
    let mutable total = x

    for step in 1 .. operations / 2 do
        total <- total + (if random.Next 2 = 0 then y * Const(float step) else z - Const(float step)) // two operations each

    total

/// The accesses to an array's elements, in the order of the method.
let private accesses (lambda: LambdaExpression) =
    let found = List<struct (string * int)>()

    { new ExpressionVisitor() with
        override _.VisitIndex access =
            match access.Object, access.Arguments[0] with
            | :? ParameterExpression as array, (:? ConstantExpression as index) ->
                found.Add(struct (nonNull array.Name, unbox<int> index.Value))
            | _ -> ()

            base.VisitIndex access
    }
        .Visit(lambda.Body)
    |> ignore

    List.ofSeq found

[<Fact>]
let ``the terms of a sum have their derivatives at once, and leave hardly anything to other methods`` () =
    let names, root = rosenbrock 400
    let _, gradients = Compile.pieces names root
    test <@ gradients.Length > 15 @>

    for piece in gradients do
        let kept = accesses piece |> List.filter (fun (struct (array, _)) -> array = "workspace") |> List.length
        test <@ kept <= 20 @>

[<Fact>]
let ``the last element that a method needs of an array is asked for first, so that there is no asking at the others`` () =
    for root in [ snd (rosenbrock 100); sum 2_000 ] do
        let values, gradients = Compile.pieces (Graph.variables root) root

        for piece in values @ gradients do
            for array, places in accesses piece |> List.groupBy (fun (struct (array, _)) -> array) do
                let places = places |> List.map (fun (struct (_, place)) -> place)
                if places.Head <> List.max places then failwith $"{array}: %A{places}"

[<Fact>]
let ``a term of Rosenbrock's function is 15 operations with its gradient`` () =
    let count variables =
        let mutable operations = 0

        { new ExpressionVisitor() with
            override _.VisitBinary node =
                if node.NodeType <> ExpressionType.Assign then operations <- operations + 1
                base.VisitBinary node

            override _.VisitUnary node =
                operations <- operations + 1
                base.VisitUnary node
        }
        |> fun counter -> rosenbrock variables ||> Compile.pieces |> snd |> List.iter (fun piece -> counter.Visit piece |> ignore)

        operations

    count 11 - count 10 =! 15

/// Nodes, locals and references to locals of a method.
let private sizeOf (lambda: LambdaExpression) =
    let mutable nodes, references = 0, 0

    { new ExpressionVisitor() with
        override _.Visit(node: Expression | null) =
            nodes <- nodes + 1
            base.Visit node

        override _.VisitParameter node =
            references <- references + 1
            base.VisitParameter node
    }
        .Visit(lambda.Body)
    |> ignore

    nodes, references

[<Fact>]
let ``no method is larger than what the JIT optimises, and the number of methods grows as the expression`` () =
    let count operations =
        let values, gradients = Compile.pieces names (sum operations)

        for piece in values @ gradients do
            let nodes, references = sizeOf piece
            // an instruction takes at most 10 bytes of IL per node: a load of an element (1 + 5 + 1) and a store
            test <@ references <= 8_000 / 4 && nodes * 10 <= 60_000 && (piece.Body :?> BlockExpression).Variables.Count <= 900 @>

        values.Length, gradients.Length

    let values, gradients = count 10_000
    let values', gradients' = count 100_000
    test <@ values' >= 8 * values && values' <= 11 * values && gradients' <= 11 * gradients @>
    test <@ values' >= 100_000 / Compile.PieceSize && values' <= 100_000 / Compile.PieceSize + 2 @>

[<Fact>]
let ``an expression of 20,000 operations compiles and computes the same`` () =
    let root = sum 20_000
    valueIsSame (Compile.value names root) root [| 1.5; 0.25; -2.0 |]

[<Fact>]
let ``a call allocates nothing, also across pieces`` () =
    let root = sum 2_000
    let f, g, h = Compile.value names root, Compile.gradient names root, Compile.hessianVector names root
    let twice = Compile.vectorHessianVector names root
    let at, gradient, product = [| 1.5; 0.25; -2.0 |], Array.zeroCreate 3, Array.zeroCreate 3
    let run () = f.Invoke at + g.Invoke(at, gradient) + h.Invoke(at, at, gradient, product) + twice.Invoke(at, at, at) |> ignore

    for _ in 1..100 do
        run ()

    let before = GC.GetAllocatedBytesForCurrentThread()

    for _ in 1..100 do
        run ()

    let allocated = GC.GetAllocatedBytesForCurrentThread() - before
    test <@ allocated < 1_000L @>

[<Fact>]
let ``one compiled gradient serves many threads at once`` () =
    let root = sum 2_000 * exp (x * y)
    let g = Compile.gradient names root
    let at i = [| 0.1 + 0.001 * float i; 0.25; -2.0 |]

    let both i =
        let gradient = Array.zeroCreate 3
        g.Invoke(at i, gradient), List.ofArray gradient

    let expected = [| for i in 0..99 -> both i |]
    let actual = Array.zeroCreate 100

    Parallel.For(
        0,
        100,
        (fun i ->
            for _ in 1..20 do
                actual[i] <- both i)
    )
    |> ignore

    actual =! expected

[<Fact>]
let ``C# sees it without F# types`` () =
    let f = log x + x * y - sin y
    let gradient = Array.zeroCreate 2
    Symbolic.Compile(f, "x", "y").Invoke [| 2.0; 5.0 |] =! log 2.0 + 10.0 - sin 5.0
    Symbolic.CompileGradient(f, "x", "y").Invoke([| 2.0; 5.0 |], gradient) |> ignore
    gradient[0] =! 5.5
    let values, jacobian = Array.zeroCreate 2, Array.zeroCreate 4
    Symbolic.CompileJacobian([| x * y; x + y |], "x", "y").Invoke([| 2.0; 5.0 |], values, jacobian)
    List.ofArray jacobian =! [ 5.0; 2.0; 1.0; 1.0 ]

// ---- numbers from outside

/// The file's expressions: every operand in brackets, functions by name.
let private read (text: string) =
    let tokens = Queue(Regex.Matches(text, @"\d+\.?\d*(?:e-?\d+)?|\w+|[-+*/^(),]") |> Seq.map _.Value)

    let rec expression () =
        let left = operand ()

        if tokens.Count > 0 && "+-*/^".Contains(tokens.Peek()) then
            let op = dict [ "+", Add; "-", Sub; "*", Mul; "/", Div; "^", Pow ]
            let sign = tokens.Dequeue()
            op[sign].Of(left, operand ())
        else
            left

    and operand () =
        match tokens.Dequeue() with
        | "-" -> Neg.Of(operand ())
        | "(" ->
            let inner = expression ()
            tokens.Dequeue() =! ")"
            inner
        | token when Char.IsDigit token[0] -> Const(Double.Parse(token, CultureInfo.InvariantCulture))
        | name when tokens.Count > 0 && tokens.Peek() = "(" ->
            let args = List<Expr>()

            while tokens.Dequeue() <> ")" do
                args.Add(expression ())

            (Rules.tryFind (if name = "ln" then "log" else name) |> Option.get).Op.Of(args.ToArray())
        | name -> Var name

    let root = expression ()
    tokens.Count =! 0
    root

[<Fact>]
let ``compiled values and gradients are those that another system computed`` () =
    let parse (number: JsonElement) = Double.Parse(nonNull (number.GetString()), CultureInfo.InvariantCulture)
    let lines = File.ReadAllLines(Path.Combine(__SOURCE_DIRECTORY__, "..", "data", "expressions.jsonl"))
    test <@ lines.Length >= 60 @>

    for line in lines do
        let json = JsonDocument.Parse(line).RootElement
        let at = [ for variable in json.GetProperty("at").EnumerateObject() -> variable.Name, variable.Value.GetDouble() ]
        let root = read (nonNull (json.GetProperty("expr").GetString()))
        // the outside system lists only what its simplified expression depends on: (acosh(y)) * ((x) - (x)) is 0 for any y > 1
        let others = [ for name in List.except (List.map fst at) (Graph.variables root) -> name, 1.5 ]
        let names, numbers = List.unzip (at @ others)
        let gradient = Array.zeroCreate names.Length
        let value = (Compile.gradient names root).Invoke(Array.ofList numbers, gradient)
        let expected = [ for entry in json.GetProperty("gradient").EnumerateObject() -> parse entry.Value ]

        for p, q in List.zip (parse (json.GetProperty "value") :: expected) (value :: List.ofArray gradient[.. at.Length - 1]) do
            if not (abs (p - q) <= 1e-12 * (1.0 + abs p)) then failwith $"{line}: {value}, %A{gradient}"
