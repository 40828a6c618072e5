/// Code that cannot be read is refused by name, and code that is hard to read does not end the process.
module Zautograd.Tests.QuoteRefusalTests

open System
open System.Linq.Expressions
open FSharp.Linq.RuntimeHelpers
open FSharp.Quotations
open Swensen.Unquote
open Xunit
open Zautograd
open Zautograd.Tests.QuoteTests

type private Linq = System.Linq.Expressions.Expression
type private Quotation = FSharp.Quotations.Expr
type private Name = FSharp.Quotations.Var

[<ReflectedDefinition>]
let rec private factorial x : float = if x <= 1.0 then 1.0 else x * factorial (x - 1.0)

let private opaque (x: float) = x + 1.0

let private refusal (read: unit -> Function) =
    try
        failwith $"this was read: {read ()}"
    with :? UnreadableException as refused ->
        refused.Message

let private mustName (fragments: string list) message =
    for fragment in fragments do
        if not ((message: string).Contains fragment) then failwith $"'{fragment}' is missing in: {message}"

let private refusals: (Quotation * string list) list =
    let f = fun x -> x + 1.0
    let text = "text"
    let numbers = [| 1.0; 2.0 |]
    let no (quotation: Quotation) (fragments: string list) = quotation, fragments

    [
        no <@ fun x -> Math.BitIncrement x @> [ "BitIncrement"; "(x)" ]
        no <@ fun x -> opaque x @> [ "opaque(x)"; "call of Zautograd.Tests.QuoteRefusalTests.opaque"; "[<ReflectedDefinition>]" ]
        no <@ fun x -> f x @> [ "f x"; "compiled code"; "inside the quotation" ]
        no <@ fun x -> float text * x @> [ "ToDouble(text)"; "System.String" ]
        no <@ fun (x: float) -> string x @> [ "call of Microsoft.FSharp.Core.Operators.ToString" ]
        no <@ fun x -> numbers[0] * x @> [ "GetArray(numbers, 0)" ]
        no <@ fun x -> x * [| 1.0 |].[0] @> [ "GetArray([| 1 |], 0)" ]
        no
            <@
                fun (x: float) ->
                    (let mutable a = x in
                     a <- a + 1.0
                     a)
            @>
            [ "mutable variable a"; "let a = x" ]
        no
            <@
                fun (x: float) ->
                    (while x < 0.0 do
                        ())

                    x
            @>
            [ "while (x < 0) do"; "sequence of statements" ]
        no
            <@
                fun (x: float) ->
                    (for i in 1..3 do
                        ignore i)

                    x
            @>
            [ "for i in 1 .. 3"; "sequence of statements" ]
        no <@ fun (n: int) -> float n @> [ "parameter 'n'"; "System.Int32" ]
        no <@ fun (x: float[]) -> x[0] @> [ "parameter 'x'"; "System.Double[]" ]
        no <@ fun (x: float, n: int) -> x * float n @> [ "parameter 'n'"; "System.Int32" ]
        no <@ fun (x: float32) -> x * 2.0f @> [ "parameter 'x'"; "System.Single" ]
        no <@ fun x -> float (1.5f * 2.0f) * x @> [ "(1.5 * 2)"; "System.Single" ]
        no <@ fun x -> x * float (1 / 0) @> [ "(1 / 0)"; "zero" ]
        no <@ fun x -> x * float (2147483647 + 1) @> [ "(2147483647 + 1)"; "overflow" ]
        no <@ fun x -> x * float (7 % 2) @> [ "(7 % 2)" ]
        no <@ fun (x: float) -> float (sign x / 2) @> [ "(Sign(x) / 2)"; "number that is no float" ]
        no <@ fun (x: float) -> sign x @> [ "number that is no float" ]
        no <@ fun (x: float) -> float (int x) @> [ "ToInt(x)"; "Operators.ToInt" ]
        no <@ fun x -> if settings.Steps > 2 then x else 0.0 @> [ "(settings.Steps > 2)"; "System.Int32" ]
        no <@ fun x -> if text = "text" then x else 0.0 @> [ "(text = \"text\")"; "System.String" ]
        no <@ fun x -> if (x < 1.0) = true then x else 0.0 @> [ "((x < 1) = true)"; "a condition" ]
        no <@ fun (x: float) -> x.Equals 1.0 @> [ "x.Equals(1)"; "System.Double.Equals" ]
        no <@ fun x -> factorial x @> [ "factorial((x - 1))"; "recursion" ]
        no
            <@
                fun (x: float) ->
                    (let rec loop y : float = (if y > 10.0 then y else loop (y + 1.0)) in

                     loop x)
            @>
            [ "let rec loop"; "recursive function" ]
        no <@ fun x -> x < 1.0 @> [ "a condition"; "a float is needed" ]
        no <@ fun (x: float) -> x, x @> [ "a tuple of 2" ]
        no
            <@
                fun (x: float) ->
                    (try
                        x
                     with _ ->
                         0.0)
            @>
            [ "(try)" ]
        no <@ fun (x: float) -> Math.Round(x, 2) @> [ "Round(x, 2)"; "System.Math.Round" ]
        no <@ fun x -> Math.IEEERemainder(x, 2.0) @> [ "System.Math.IEEERemainder" ]
        no <@ fun (x: float) -> Functions.Apply(Hypot, x) @> [ "hypot takes 2 argument(s), but 1"; "Zautograd.Functions.Apply" ]
        no <@ fun (x: float) -> float (decimal x) @> [ "ToDecimal(x)" ]
        no <@ fun x -> pown x (sign (x: float)) @> [ "PowInteger(x, Sign(x))" ]
        no <@ fun (x: float) -> let x' = box x in unbox<float> x' @> [ "x" ]
        no <@ fun x -> if x > 0.0 then failwith "no" else x @> [ "FailWith(\"no\")" ]
        no <@ DateTime.Now.AddDays @> [ "AddDays" ]
    ]

[<Fact>]
let ``what cannot be read is refused by name`` () =
    for quotation, fragments in refusals do
        refusal (fun () -> Quote.read quotation) |> mustName fragments

[<Fact>]
let ``what cannot be read in a LINQ tree is refused by name`` () =
    let x = Linq.Parameter(typeof<float>, "x")
    let n = Linq.Parameter(typeof<int>, "n")

    let refused (body: Linq) fragments = refusal (fun () -> Quote.Read(Linq.Lambda(body, x))) |> mustName fragments

    let delegated = Func<float, float>(fun y -> y)

    refused (Linq.Decrement x) [ "Decrement(x)"; "Decrement" ]
    refused (Linq.Block(x, x)) [ "Block" ]
    refused (Linq.Assign(x, x)) [ "Assign" ]
    refused (Linq.Convert(Linq.Convert(x, typeof<int>), typeof<float>)) [ "Convert"; "System.Int32" ]
    refused (Linq.Convert(x, typeof<float32>)) [ "System.Single" ]
    refused (Linq.Invoke(Linq.Constant delegated, x)) [ "Invoke"; "compiled delegate"; "Expression<Func<...>>" ]
    refused (Linq.Convert(Linq.Divide(Linq.Constant 1, Linq.Constant 0), typeof<float>)) [ "(1 / 0)"; "zero" ]
    refused (Linq.Coalesce(Linq.Constant(null, typeof<Nullable<float>>), x)) [ "Coalesce" ]
    refused (Linq.ArrayIndex(Linq.Constant [| 1.0 |], Linq.Constant 0)) [ "ArrayIndex" ]
    refused (Linq.Parameter(typeof<float>, "stray")) [ "stray"; "no lambda around it" ]
    refused (Linq.Call(x, "CompareTo", null, x)) [ "System.Double.CompareTo"; "x" ]
    refused (Linq.Condition(Linq.Equal(Linq.Constant "a", Linq.Constant "b"), x, x)) [ "System.String" ]

    refusal (fun () -> Quote.Read(Linq.Lambda(x, x, n))) |> mustName [ "parameter 'n'"; "System.Int32" ]

    refusal (fun () -> Quote.Read(Linq.Lambda(x, x, Linq.Parameter(typeof<float>, "x"))))
    |> mustName [ "two of its parameters are called 'x'" ]

[<Fact>]
let ``a node whose text cannot be shortened is still refused`` () =
    let x = Linq.Parameter(typeof<float>, "x")

    for depth in 0..8 do
        let list = Linq.ListInit(Linq.New(typeof<ResizeArray<float>>), [ x :> Linq ])
        let deep = (Linq.Property(list, "Count") :> Linq, [ 1..depth ]) ||> List.fold (fun inner _ -> Linq.Negate inner)
        refusal (fun () -> Quote.Read(Linq.Lambda(Linq.Block(deep, x), x))) |> mustName [ "Block of type System.Double" ]

[<Fact>]
let ``nesting deeper than the stack is refused, and the process lives`` () =
    let depth = 300_000
    let x = Linq.Parameter(typeof<float>, "x")
    let tree = (x :> Linq, [ 1..depth ]) ||> List.fold (fun sum _ -> Linq.Add(sum, x))

    refusal (fun () -> Quote.Read(Linq.Lambda(tree, x))) |> mustName [ "nested too deeply"; "let" ]

    let notRead = Linq.Decrement tree

    refusal (fun () -> Quote.Read(Linq.Lambda(notRead, x))) |> mustName [ "nested too deeply" ]

    let v = Name("x", typeof<float>)

    let sine =
        match <@ sin 1.0 @> with
        | Patterns.Call(_, sine, _) -> sine
        | _ -> failwith "no call"

    let nested = (Quotation.Var v, [ 1..depth ]) ||> List.fold (fun inner _ -> Quotation.Call(sine, [ inner ]))

    refusal (fun () -> Quote.read (Quotation.Lambda(v, nested))) |> mustName [ "nested too deeply"; "let" ]
