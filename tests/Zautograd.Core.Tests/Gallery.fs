/// What the writers are shown: every operation, brackets, numbers, names, conditions, derivatives, shared and deep graphs, random ones.
module Zautograd.Tests.Gallery

open System
open Zautograd

/// A function to write, and the points at which the written one is compared with evaluation, in the order of its parameters.
type Piece =
    {
        Routine: Write.Routine
        Points: float list list
    }

    /// The values of the results at a point.
    member piece.At(point: float list) =
        let value = Number.bind (List.zip piece.Routine.Parameters point)
        [ for _, result in piece.Routine.Results -> Number.evaluate Number.floats value result ]

let private x, y, z = Var "x", Var "y", Var "z"
let private less a b c d = (Select Less).Of(a, b, c, d)
let private orEqual a b c d = (Select LessOrEqual).Of(a, b, c, d)
let private equal a b c d = (Select Equal).Of(a, b, c, d)

/// All points whose coordinates are among these.
let rec private grid (values: float list) count =
    match count with
    | 0 -> [ [] ]
    | _ ->
        [
            for first in values do
                for rest in grid values (count - 1) -> first :: rest
        ]

let private edges = [ 0.7; -2.0; 0.0; -0.0; infinity; -infinity; nan; 3.0 ]

let private many = edges @ [ 1.0; -1.0; 0.3; -0.3; 0.5; 1.5; 2.5; -2.5; 1e-9; -1e-9; 12.0; 709.0; 750.0; -750.0; 1e300; 1e-310 ]

let private points count =
    match count with
    | 0
    | 1 -> grid many count
    | 2 -> grid edges count
    | _ -> grid [ 0.7; -2.0; nan; 3.0; 0.0 ] count

let private piece (expression: Expr) =
    let routine = Write.routine "f" expression

    {
        Routine = routine
        Points =
            points (min 3 routine.Parameters.Length)
            |> List.map (fun point -> point @ List.replicate (max 0 (routine.Parameters.Length - 3)) 0.25)
    }

/// Every operation of the table in a call.
let operations =
    [
        for rule in Rules.all do
            let calls = piece (Apply(rule.Op, List.take rule.Arity [ "a"; "b"; "c"; "d" ] |> List.map Var))
            // the table's clamp refuses bounds in the wrong order
            match rule.Op with
            | Clamp -> { calls with Points = calls.Points |> List.filter (fun point -> not (point[1] > point[2])) }
            | _ -> calls
    ]

let brackets =
    [
        x - (y - z)
        x - y - z
        x - (y + z)
        x / (y / z)
        x / y / z
        x / (y * z)
        x * (y / z)
        x * (y + z)
        (x + y) * z
        -x ** Const 2.0
        (-x) ** 2.0
        -(x ** 2.0)
        -(-x)
        -(x + y)
        -(x * y)
        x - -y
        x + -y
        x * -y
        x / -y
        x ** -y
        Const 2.0 ** -x
        -x * y
        (-x) / y
        x ** y ** z
        (x ** y) ** z
        (x * y) ** z
        (x / y) ** 3.0
        (x + y) ** 2.0
        sqrt x ** 3.0
        exp x ** y
        abs x ** 3.0
        sin x ** 2.0
        sin (cos (-x))
        sin (-2.0 * x)
        (sin x + sin y) ** 2.0 / exp (-x)
        x * Const -2.0
        x - Const -2.0
        Const -2.0 ** x
        Const -2.0 * x
        x * Const 2.0
        x * Const 1e-7
        Const 1e20 * x / Const -1e20
        x ** Const 1e-3
        x / (Const 0.5 - Const 0.5)
        Max.Of(x, -y) - Min.Of(-x, y) * Clamp.Of(x, Const -1.0, Const 1.0)
    ]
    |> List.map piece

let conditions =
    [
        less x y (x + 1.0) (y - 1.0) * 2.0 - less y x x y
        less (less x y x y) (orEqual x z x z) (equal x y z x) (less y z (less x z x z) y)
        less x (Const 0.0) (less y (Const 0.0) x y) (less y (Const 0.0) y (less z x z x))
        -(less x y x y)
        2.0 * less x y x y + 1.0
        less x y x y ** 2.0
        sin (less x y (-x) (-y))
        less (-x) (-y) (-x) (-y)
        x / less x y x y
        equal x x y z
        orEqual (x * y) (x * y) y z
        less x x y z
        // the branch that is not taken divides by zero, and what both branches share stands before them
        equal x (Const 0.0) (Const 0.0) (y / x + sin (y / x))
        less x (Const 0.0) (Const 1.0) (sqrt x + log x * sqrt x)
    ]
    |> List.map piece

let private numbers =
    [
        0.1
        0.0
        -0.0
        1.0
        -1.0
        2.0
        1e-320
        Double.Epsilon
        1e300
        -1e300
        Double.MaxValue
        1e15
        999999999999999.0
        9007199254740993.0
        123456789012345678.0
        0.30000000000000004
        -1.5e-7
        1.0 / 3.0
        Math.PI
        infinity
        -infinity
        nan
    ]

/// Functions without parameters, whose values must come back bit for bit.
let constants = [ for number in numbers -> piece (Const number) ]

let private inNumbers =
    [
        for number in numbers do
            piece (x - Const number)
            piece (Const 1.0 / Const number + x)
            piece (-(Const number) * x)
            piece (less x (Const number) (Const number) x)
    ]

/// Names that mean something in one of the languages, that are no identifiers, or that look like ours.
let names =
    [
        "class"
        "let"
        "lambda"
        "double"
        "register"
        "Math"
        "math"
        "System"
        "Zautograd"
        "sin"
        "log"
        "pow"
        "_div"
        "maximum"
        "infinity"
        "inf"
        "nan"
        "t1"
        "t2"
        "value"
        "Value"
        "dx"
        "x'"
        "x_"
        "\u03b1"
        "alpha2"
        "rate_max"
        "my var"
        "1x"
        "_"
        "e"
        "f"
        "50%"
        "a^b"
        "<&>"
        "{"
        "#1"
        "~"
        "\\"
        "Omega"
        "omicron"
    ]

let private inNames =
    let escaped = [ for name in names -> Var name ]
    let product = List.reduce (*) [ for index, name in List.indexed escaped -> name + float index ]
    let shared = sin product

    [
        yield! [ for name in names -> piece (sin (Var name + 1.0) * exp (sin (Var name + 1.0))) ]
        {
            Routine = Write.routine "f" (shared * exp shared)
            Points = [ List.init names.Length (fun index -> 0.1 * float index) ]
        }
        {
            Routine = Write.routine "f" (shared * Var "x" + shared) |> Write.withGradient [ "x"; "class"; "t1"; "value" ]
            Points = [ List.init (names.Length + 1) (fun index -> 0.1 * float index) ]
        }
    ]

/// Value and gradient of a dozen formulas.
let derivatives =
    let formulas =
        [
            log x + x * y - sin y
            (x ** 2.0 + 4.0) * y - x / y
            exp (-(x ** 2.0)) * cos y
            x ** y
            sqrt (x ** 2.0 + y ** 2.0)
            less x y (x * y) (log x * x)
            Sigmoid.Of(x * y + 1.0) * Softplus.Of(x - y)
            Erf.Of(x) * Expm1.Of(y) - Log1p.Of(x * y)
            atan2 y x + Hypot.Of(x, y)
            Max.Of(x, y) * Min.Of(x * x, y) + Relu.Of(x - y)
            tanh (x / y) / (1.0 + cosh x)
            Cbrt.Of(x) + Asinh.Of(y) * Log2.Of(x + y) - log10 x
            Acosh.Of(x + 1.0) * Atanh.Of(y / 10.0) + asin (x / 5.0) - acos (y / 5.0)
            sin (x * y) * exp (sin (x * y)) / (1.0 + sin (x * y))
            x / (Const 1.0 + exp (-y)) ** 2.0
        ]

    [
        for f in formulas ->
            let routine = Write.routine "f" f |> Write.withGradient (Graph.variables f)
            { Routine = routine; Points = grid [ 0.5; 1.25; 2.0; 3.5 ] routine.Parameters.Length }
    ]

let shared =
    let doubled steps start = List.fold (fun s _ -> s + sin s) start [ 1..steps ]
    let nested = List.fold (fun s _ -> sin s) x [ 1..400 ]
    let powers = List.fold (fun s _ -> (s * s + y) / (s + 2.0)) x [ 1..25 ]
    let chain = List.fold (fun sum index -> sum + x * float index) y [ 1..1500 ]
    let rightChain = List.fold (fun sum index -> x - float index * sum / 1500.0) y [ 1..300 ]
    let conditions = List.fold (fun s index -> less (s * x) (Const(float index)) (s + y) (s - y)) x [ 1..60 ]

    [ doubled 30 x; nested; powers; chain; rightChain; conditions; nested * nested + exp nested ]
    |> List.map (fun expression ->
        let routine = Write.routine "f" expression
        { Routine = routine; Points = grid [ 0.5; 1.25; -0.75 ] routine.Parameters.Length })

/// Floats with a little noise on every result: where this shows, two correct libraries may differ as well.
let private noisy seed : Number<float> =
    let random = Random(seed: int)

    { Number.floats with
        Apply =
            fun op args ->
                let value = Number.floats.Apply op args
                value * (1.0 + float (random.Next(-2, 3)) * 2.2e-16)
    }

let private isStable (expression: Expr) (at: (string * float) list) =
    let value number = Number.evaluate number (Number.bind at) expression

    try
        let exact = value Number.floats

        [ 1..6 ]
        |> List.forall (fun seed ->
            let other = value (noisy seed)
            exact.Equals other || abs (exact - other) <= 2e-14 * abs exact)
    with :? ArgumentException ->
        false // clamp with bounds in the wrong order

/// Expressions grown at random, each over what there is, so that parts are shared; at points where rounding does not matter.
let random =
    let random = Random 20251
    let one (list: 't list) = list[random.Next list.Length]
    let number () = Math.Round(random.NextDouble() * 6.0 - 3.0, random.Next(0, 6))

    let grow () =
        let step pool =
            let op = (one Rules.all).Op
            let latest () = one (List.truncate 3 pool)
            let any () = if random.Next 4 = 0 then Const(number ()) else one pool
            let args = [ for _ in 1 .. (Rules.rule op).Arity -> if random.Next 2 = 0 then latest () else any () ]
            Apply(op, args) :: pool

        List.fold (fun pool _ -> step pool) [ x; y; z ] [ 1 .. random.Next(3, 22) ] |> List.head

    let candidate _ =
        let routine = Write.routine "f" (grow ())

        let stable =
            [ for _ in 1..6 -> [ for _ in routine.Parameters -> number () ] ]
            |> List.filter (fun point -> isStable (snd routine.Results.Head) (List.zip routine.Parameters point))

        { Routine = routine; Points = List.truncate 4 stable }

    // most of them must have a finite value somewhere, else there is little to compare
    let isFinite piece = piece.Points |> List.exists (fun point -> piece.At point |> List.forall Double.IsFinite)

    Seq.initInfinite candidate |> Seq.filter isFinite |> Seq.truncate 400 |> List.ofSeq

/// All of it, each under a name of its own.
let all =
    operations @ brackets @ conditions @ constants @ inNumbers @ inNames @ derivatives @ shared @ random
    |> List.mapi (fun index piece -> { piece with Routine = { piece.Routine with Name = $"f{index}" } })

/// Every expression of the gallery.
let expressions =
    [
        for piece in all do
            for _, result in piece.Routine.Results -> result
    ]
