/// How far every operation is from references with 50 digits: reads tests/data/accuracy.csv.gz, made by accuracy.py beside it.
module Zautograd.Tests.Accuracy

open System
open System.Collections.Generic
open System.Globalization
open System.IO
open System.IO.Compression
open System.Reflection
open Zautograd

/// One point: arguments, and the references for the value and the derivatives. Each is the double next to the 50 digits.
type Point =
    {
        Args: float list
        Value: float
        First: float list
        /// The upper triangle of the second derivatives, row by row.
        Second: float list
    }

/// The points of one operation after the other, in the file's order.
let points: Lazy<IReadOnlyDictionary<string, Point list>> =
    lazy
        (let found = Dictionary<string, Point list>()
         use file = File.OpenRead(Path.Combine(__SOURCE_DIRECTORY__, "..", "data", "accuracy.csv.gz"))
         use lines = new StreamReader(new GZipStream(file, CompressionMode.Decompress))

         // what is too small for a double is not 0: it stays apart as the smallest double
         let parse (text: string) =
             match Double.Parse(text, CultureInfo.InvariantCulture) with
             | 0.0 when text <> "0" -> Double.Epsilon
             | value -> value

         for line in Seq.initInfinite (fun _ -> lines.ReadLine()) |> Seq.takeWhile (isNull >> not) do
             let parts = (nonNull line).Split ','
             let numbers = parts[1..] |> Array.map parse |> List.ofArray
             let arity = (Rules.tryFind parts[0] |> Option.get).Arity

             let point =
                 {
                     Args = numbers[.. arity - 1]
                     Value = numbers[arity]
                     First = numbers[arity + 1 .. 2 * arity]
                     Second = numbers[2 * arity + 1 ..]
                 }

             match found.TryGetValue parts[0] with
             | true, others -> found[parts[0]] <- point :: others
             | _ -> found[parts[0]] <- [ point ]

         found :> IReadOnlyDictionary<string, Point list>)

/// The pairs (i, j), i <= j, in the order of the second derivatives.
let pairs arity =
    [
        for i in 0 .. arity - 1 do
            for j in i .. arity - 1 -> i, j
    ]

let private seed position wanted = if position = wanted then 1.0 else 0.0

/// What is computed for an operation at a point: its value, first and second derivatives.
type Computed = { Value: float; First: float list; Second: float list }

/// A way to compute them.
type Method = { Name: string; Compute: Op -> float list -> Computed }

let private collect arity (at: int -> int -> struct (float * float * float)) =
    let entries = dict [ for i, j in pairs arity -> (i, j), at i j ]
    let struct (value, _, _) = entries[(0, 0)]

    {
        Value = value
        First =
            [
                for i in 0 .. arity - 1 ->
                    let struct (_, first, _) = entries[(i, i)]
                    first
            ]
        Second =
            [
                for pair in pairs arity ->
                    let struct (_, _, second) = entries[pair]
                    second
            ]
    }

let private once = Forward.duals Number.floats
let private twice = Forward.duals once
let private thrice = Forward.duals twice

/// The rule table, by duals of duals.
let table =
    {
        Name = "table"
        Compute =
            fun op args ->
                collect args.Length (fun i j ->
                    let y =
                        twice.Apply
                            op
                            [
                                for k, a in List.indexed args ->
                                    { Value = { Value = a; Tangent = seed k i }; Tangent = { Value = seed k j; Tangent = 0.0 } }
                            ]

                    struct (y.Value.Value, y.Tangent.Value, y.Tangent.Tangent))
    }

let private facadeName op =
    match op with
    | Neg -> "op_UnaryNegation"
    | Add -> "op_Addition"
    | Sub -> "op_Subtraction"
    | Mul -> "op_Multiply"
    | Div -> "op_Division"
    | Rem -> "op_Modulus"
    | _ -> Emit.CSharp.functionName op

let private number = typeof<Dual<Dual<float>>>

let private facadeMethod op arity = number.GetMethod(facadeName op, Array.replicate arity number) |> Option.ofObj

/// Whether the facade has this operation as a function of duals; conditions and signs are .NET's own there.
let isOfFacade (rule: Rules.Rule) = rule.Op <> Sign && (facadeMethod rule.Op rule.Arity).IsSome

/// The C# facade: `Dual<Dual<double>>`.
let facade =
    {
        Name = "facade"
        Compute =
            fun op args ->
                let method = (facadeMethod op args.Length).Value

                collect args.Length (fun i j ->
                    let dual k a = Dual<Dual<float>>(Dual<float>(a, seed k i), Dual<float>(seed k j, 0.0)) |> box

                    let y =
                        method.Invoke(null, BindingFlags.DoNotWrapExceptions, null, args |> List.mapi dual |> Array.ofList, null)
                        |> unbox<Dual<Dual<float>>>

                    struct (y.Value.Value, y.Tangent.Value, y.Tangent.Tangent))
    }

/// The third derivative along i, j and k, for the conditioning of second derivatives only.
let private third op (args: float list) (i, j) k =
    let pair value tangent : Tangent<'t> = { Value = value; Tangent = tangent }

    (thrice.Apply
        op
        [
            for position, a in List.indexed args ->
                pair (pair (pair a (seed position i)) (pair (seed position j) 0.0)) (pair (pair (seed position k) 0.0) (pair 0.0 0.0))
        ])
        .Tangent.Tangent.Tangent

let private ordered (value: float) =
    let bits = BitConverter.DoubleToInt64Bits value
    if bits < 0L then Int64.MinValue - bits else bits

/// How many doubles lie between two: the error in units in the last place; NaN for NaN.
let ulps (reference: float) (computed: float) : float =
    if Double.IsNaN computed then nan
    elif computed = reference then 0.0
    elif (computed < 0.0) <> (reference < 0.0) then abs (float (ordered computed) - float (ordered reference))
    else float (abs (ordered computed - ordered reference))

/// An error: of what, how large, and how ill the problem is conditioned there.
type Error =
    {
        Op: Op
        /// "value", "first" or "second".
        Of: string
        Args: float list
        Reference: float
        Computed: float
        Ulps: float
        Condition: float
    }

/// Results whose last place means something: neither overflowing nor subnormal.
let isNormal (value: float) = value = 0.0 || abs value > 1e-305 && abs value < 1e305

// The sum over the arguments of |a * slope / result|: by what factor a relative error of the arguments grows.
let private condition (args: float list) (slopes: float list) (result: float) =
    let sum = List.map2 (fun a slope -> if slope = 0.0 then 0.0 else abs a * (abs slope / abs result)) args slopes |> List.sum

    if Double.IsNaN sum then infinity else sum

/// The errors of an operation by a method, at the points where all references are normal numbers.
let errors (method: Method) (rule: Rules.Rule) : Error list =
    let op, arity = rule.Op, rule.Arity

    [
        for point in points.Value[rule.Name] do
            let computed = method.Compute op point.Args
            let secondOf i j = List.item (pairs arity |> List.findIndex ((=) (min i j, max i j))) point.Second

            let error what reference computed slopes =
                if isNormal reference then
                    [
                        {
                            Op = op
                            Of = what
                            Args = point.Args
                            Reference = reference
                            Computed = computed
                            Ulps = ulps reference computed
                            Condition = if reference = 0.0 then 0.0 else condition point.Args (slopes ()) reference
                        }
                    ]
                else
                    []

            yield! error "value" point.Value computed.Value (fun () -> point.First)

            if isNormal point.Value then
                for i in 0 .. arity - 1 do
                    yield! error "first" point.First[i] computed.First[i] (fun () -> [ for j in 0 .. arity - 1 -> secondOf i j ])

                if List.forall isNormal point.First then
                    for index, pair in List.indexed (pairs arity) do
                        yield!
                            error "second" point.Second[index] computed.Second[index] (fun () ->
                                [ for k in 0 .. arity - 1 -> third op point.Args pair k ])
    ]

/// Where a row or the machine keeps a larger error than allowed, why, and how large it may be there, as an absolute number.
type Exception = { Op: Op; Of: string; Reason: string; Bound: Error -> float }

/// What an operation may err by: 8 ulp where the condition is at most 8, and one ulp per unit of condition beyond.
let wellConditioned = 8.0

let private epsilon = 1.0 / 4503599627370496.0
let private leg (error: Error) = (1.0 - error.Args[0]) * (1.0 + error.Args[0])
let private radius (error: Error) = Number.floats.Apply Hypot error.Args

/// The named exceptions.
let exceptions: Exception list =
    let cancels = "near 0 the derivative of (1 - a)*(1 + a) cancels: exact to the last place of 1, not of a"

    [
        { Op = Asin; Of = "second"; Reason = cancels; Bound = fun error -> 2.0 * epsilon * leg error ** -1.5 }
        { Op = Acos; Of = "second"; Reason = cancels; Bound = fun error -> 2.0 * epsilon * leg error ** -1.5 }
        { Op = Atanh; Of = "second"; Reason = cancels; Bound = fun error -> 4.0 * epsilon * leg error ** -2.0 }
        {
            Op = Hypot
            Of = "second"
            Reason = "along the longer side, (1 - (a/y)^2)/y cancels: exact to the last place of 1/y"
            Bound = fun error -> 4.0 * epsilon / radius error
        }
        {
            Op = Cbrt
            Of = "second"
            Reason = "a fifth power of the machine's cube root, which is itself off by up to 1 ulp: up to 24 ulp"
            Bound = fun error -> 24.0 * epsilon * abs error.Reference
        }
        {
            Op = Pow
            Of = "first"
            Reason = "b - 1 is rounded, and the power magnifies that by log a"
            Bound = fun error -> (abs (log error.Args[0]) + error.Condition) * epsilon * abs error.Reference
        }
        {
            Op = Pow
            Of = "second"
            Reason = "b - 1 is rounded, and the power magnifies that by log a"
            Bound = fun error -> (8.0 + abs (log error.Args[0]) + error.Condition) * epsilon * abs error.Reference
        }
        {
            Op = Atan
            Of = "second"
            Reason = "beyond 1e76 a step underflows: results below 1e-225 are lost"
            Bound = fun _ -> 1e-225
        }
        {
            Op = Atan2
            Of = "second"
            Reason =
                "beyond 1e76 a step underflows: results below 1e-225 lose digits; elsewhere up to 16 ulp, for a dozen roundings, and 2 per unit of condition"
            Bound = fun error -> 1e-225 + (16.0 + 2.0 * error.Condition) * epsilon * abs error.Reference
        }
        {
            Op = Softplus
            Of = "second"
            Reason = "below -350, in duals of duals of the facade, a step of the inner sigmoid underflows: results below 1e-150 are lost"
            Bound = fun _ -> 1e-150
        }
    ]

/// Whether an error is allowed without any exception.
let isAllowed (error: Error) = error.Ulps <= max 8.0 (error.Condition / wellConditioned * 8.0)

/// The exception that covers an error.
let excuse (error: Error) =
    exceptions
    |> List.tryFind (fun it -> it.Op = error.Op && it.Of = error.Of && abs (error.Computed - error.Reference) <= it.Bound error)
