/// What is no part of a program is refused by name, with the piece of code and a way out; it is never read as something else.
module Zautograd.Tests.Programs.QuotedRefusalTests

open System
open Xunit
open Zautograd
open Zautograd.Programs

type private Quotation = FSharp.Quotations.Expr
type private Name = FSharp.Quotations.Var

type private Cell = { mutable Content: float }

let private opaque (x: float) = x + 1.0
let mutable private outside = 0.0

[<ReflectedDefinition>]
let private fillBoth (a: float[]) (b: float[]) =
    a[0] <- b[0]
    b[1] <- a[1]

[<ReflectedDefinition>]
let private copyInto (a: float[]) (b: float[]) =
    for i in 0 .. a.Length - 1 do
        b[i] <- a[i]

[<ReflectedDefinition>]
let rec private endless (f: float -> float) (x: float) : float = if x > 1.0 then f x else endless f (x + 1.0)

[<ReflectedDefinition>]
let rec private halves (xs: float[]) : float[] = if xs[0] < 1.0 then xs else halves (Array.map (fun x -> x / 2.0) xs)

[<ReflectedDefinition>]
let private pick (flag: bool) (a: float[]) (b: float[]) = if flag then a else b

[<ReflectedDefinition>]
let private text (x: float) = string x

let private data = [| 1.0; 2.0 |]

let private refusals: (Quotation * string list) list =
    let no (quotation: Quotation) (fragments: string list) = quotation, fragments
    let compiled = fun x -> x + 1.0
    let cell = { Content = 1.0 }
    let step = 1.5f

    [
        // types
        no <@ fun (x: float32) -> x @> [ "parameter 'x'"; "System.Single"; "Use float" ]
        no <@ fun (x: decimal) -> x @> [ "System.Decimal"; "Use float" ]
        no <@ fun (n: int64) -> n @> [ "System.Int64"; "Use int" ]
        no <@ fun (x: float[,]) -> x[0, 1] @> [ "parameter 'x'"; "System.Double[,]"; "x[i * columns + j]" ]
        no <@ fun (x: float[][]) -> x[0][1] @> [ "System.Double[][]"; "Flatten" ]
        no <@ fun (x: bool[]) -> x[0] @> [ "System.Boolean[]"; "Arrays hold floats or ints" ]
        no <@ fun (x: float list) -> x.Head @> [ "parameter 'x'"; "Use an array" ]
        no <@ fun (s: string) -> s.Length @> [ "System.String"; "no part of a program" ]
        no <@ fun (c: Cell) -> c.Content @> [ "parameter 'c'"; "fields one by one" ]
        no <@ fun (c: float ref) -> c.Value @> [ "parameter 'c'"; "let mutable" ]
        no <@ fun (f: float -> float) -> f 1.0 @> [ "parameter 'f'"; "Variables are float, int, bool" ]
        no <@ fun (x: float) -> string x @> [ "its result"; "System.String" ]
        no <@ fun (x: float[]) -> x @> [ "its result is an array of floats"; "an array that the caller gives" ]
        no <@ fun (x: float[]) -> Array.map sin x, 1.0 @> [ "its result is an array of floats" ]
        // objects, texts, cells
        no <@ fun (x: float) -> (let c = { Content = x } in c.Content) @> [ "record"; "objects are no part" ]
        no
            <@
                fun (x: float) ->
                    cell.Content <- x
                    x
            @>
            [ "changes its own variables" ]
        no
            <@
                fun (x: float) ->
                    outside <- x
                    x
            @>
            [ "outside"; "Return the value" ]
        no <@ fun (x: float) -> (let c = ref x in c.Value) @> [ "Ref(x)"; "let mutable" ]
        no
            <@
                fun (x: float) ->
                    (printfn "%f" x
                     x)
            @>
            [ "PrintFormatLine"; "prints nothing" ]
        no <@ fun (x: float) -> if x > 0.0 then x else failwith "negative" @> [ "FailWith(\"negative\")"; "does not throw" ]
        no
            <@
                fun (x: float) ->
                    (try
                        x
                     with _ ->
                         0.0)
            @>
            [ "(try)"; "does not throw" ]
        no <@ fun (x: float) -> float (text x) @> [ "ToString(x)" ]
        no <@ fun (x: float) -> unbox<float>(box x) @> [ "cannot be read as a program" ]
        // calls
        no <@ fun (x: float) -> opaque x @> [ "opaque(x)"; "[<ReflectedDefinition>]" ]
        no <@ fun (x: float) -> compiled x @> [ "compiled x"; "compiled code" ]
        no <@ fun (x: float) -> endless (fun y -> y * x) x @> [ "endless"; "calls itself"; "takes a function" ]
        no <@ fun (x: float[]) -> Array.sum (halves x) @> [ "halves"; "gives an array" ]
        no <@ fun (x: float[]) -> fillBoth x x @> [ "fillBoth(x, x)"; "2 times"; "Array.copy x" ]
        no
            <@
                fun (x: float[]) ->
                    (let y = x in
                     copyInto x y
                     y[0])
            @>
            [ "copyInto(x, y)"; "the array 'x' 2 times" ]
        no
            <@
                fun (x: float) ->
                    data[0] <- x
                    x
            @>
            [ "the array 'data'"; "captured"; "Array.copy data" ]
        no
            <@
                fun (x: float[]) ->
                    copyInto x data
                    x[0]
            @>
            [ "the array 'data'"; "Make it a parameter" ]
        no
            <@
                fun (x: float) ->
                    (let f = (fun (g: float -> float) -> g x) in
                     let rec go n : float = (if n = 0 then f sin else go (n - 1)) in
                     go 3)
            @>
            [ "'f' around it"; "[<ReflectedDefinition>]" ]
        no
            <@ fun (x: float) -> (let rec go (f: float -> float) n : float = (if n = 0 then f x else go f (n - 1)) in go sin 3) @>
            [ "a parameter of 'go'" ]
        no
            <@ fun (x: float[]) -> (let rec go n : float[] = (if n = 0 then x else go (n - 1)) in (go 3)[0]) @>
            [ "the result of 'go'"; "write it into an array" ]
        no <@ 3.0 @> [ "a program is a function"; "fun ... ->" ]
        // arrays
        no
            <@
                fun (x: float[]) ->
                    (let mutable y = x in
                     y <- Array.copy x
                     y[0])
            @>
            [ "'y' is mutable"; "an array of floats"; "copy elements in a loop" ]
        no
            <@ fun (a: float[]) (b: float[]) (flag: bool) -> (if flag then a else b)[0] @>
            [ "its branches are an array of floats"; "A branch chooses" ]
        no <@ fun (a: float[]) (b: float[]) (flag: bool) -> (pick flag a b)[0] @> [ "its branches are an array" ]
        no <@ fun (x: float[]) -> Array.sum x[1..2] @> [ "GetArraySlice"; "slices" ]
        no <@ fun (x: float[]) -> Array.max x @> [ "Max(x)"; "Write a loop" ]
        no <@ fun (x: float[]) -> Array.map2 (+) x x |> Array.sum @> [ "Map2"; "Write a loop" ]
        no <@ fun (x: float[]) -> (Array.sort x)[0] @> [ "Sort(x)"; "Write a loop" ]
        no <@ fun (x: float) -> (let a = Array.zeroCreate<float[]> 2 in a[0][0] + x) @> [ "ZeroCreate" ]
        no <@ fun (x: float) -> (let a = Array2D.zeroCreate<float> 2 2 in a[0, 0] + x) @> [ "ZeroCreate"; "Flatten" ]
        no <@ fun (n: int) -> [| true; false |].[n] @> [ "System.Boolean[]" ]
        no
            <@
                fun (x: float[]) ->
                    x.Clone() |> ignore
                    x[0]
            @>
            [ "x.Clone()" ]
        no <@ fun (x: float[]) -> x.Rank @> [ "x.Rank"; "an array of floats"; "Length" ]
        no
            <@
                fun (x: float[]) ->
                    Array.fold
                        (fun (a: float[]) y ->
                            a[0] <- y
                            a)
                        x
                        x
                    |> Array.sum
            @>
            [ "state of a fold"; "an array of floats" ]
        // loops
        no
            <@
                fun (x: float) ->
                    (let mutable s = x in

                     (for y in [ 1.0; 2.0 ] do
                         s <- s + y)

                     s)
            @>
            [ "a loop goes over ints, or over an array" ]
        no
            <@
                fun (x: float) n ->
                    (let mutable s = x in

                     (for i in seq { 1..n } do
                         s <- s + float i)

                     s)
            @>
            [ "CreateSequence"; "a loop goes over ints" ]
        no
            <@
                fun (x: float) n k ->
                    (let mutable s = x in

                     (for i in 1..k..n do
                         s <- s + float i)

                     s)
            @>
            [ "its step is known only at run time"; "while" ]
        no
            <@
                fun (x: float) n ->
                    (let mutable s = x in

                     (for i in 1..0..n do
                         s <- s + float i)

                     s)
            @>
            [ "its step is 0" ]
        no
            <@
                fun (x: float) ->
                    (let mutable s = x in

                     (for y in 0.0 .. 0.5 .. x do
                         s <- s + y)

                     s)
            @>
            [ "a loop goes over ints" ]
        no <@ fun (x: float) -> Seq.sum [ x; x ] @> [ "Sum("; "lists and sequences are no part of a program" ]
        no <@ fun (x: float) -> List.length [] |> float |> (+) x @> [ "Length("; "Use an array" ]
        // numbers
        no <@ fun (x: float) -> Math.BitIncrement x @> [ "BitIncrement" ]
        no <@ fun (x: float[]) (y: float) -> x[int y] @> [ "ToInt(y)"; "Compute ints from ints" ]
        no <@ fun (x: float) -> float (1.5f * 2.0f) * x @> [ "(1.5 * 2)" ]
        no <@ fun (x: float) -> x * float step @> [ "ToDouble(step)" ]
        no <@ fun (n: int) -> n &&& 1 @> [ "op_BitwiseAnd" ]
        no <@ fun (n: int) -> pown n 2 @> [ "PowInteger(n, 2)" ]
        no <@ fun (x: float) -> compare x 1.0 @> [ "Compare(x, 1)"; "compare with <" ]
        no <@ fun (x: float) -> Math.Round(x, 2) @> [ "Round(x, 2)" ]
        no <@ fun (n: int) -> Checked.(+) n 1 @> [ "cannot be read as a program" ]
        no <@ fun (a: float[]) (b: float[]) -> a = b @> [ "(a = b)" ]
        no <@ fun (x: float, y: float) -> (x, y) = (y, x) @> [ "cannot be read as a program" ]
        no <@ fun (x: float) -> x.CompareTo 1.0 @> [ "x.CompareTo(1)" ]
        no <@ fun (x: float) -> Functions.Apply(Hypot, x) @> [ "hypot takes 2 argument(s), but 1" ]
        no <@ fun (x: float) -> Some x |> Option.isSome @> [ "Some" ]
    ]

let private refusal (quotation: Quotation) =
    try
        failwith $"this was read:\n{Show.program (Program.read quotation)}"
    with :? UnreadableException as refused ->
        refused.Message

[<Fact>]
let ``what is no part of a program is refused by name`` () =
    if refusals.Length < 60 then failwith $"only {refusals.Length}"

    let missing =
        [
            for quotation, fragments in refusals do
                let message =
                    try
                        refusal quotation
                    with problem ->
                        $"{problem.GetType().Name}: {problem.Message}"

                for fragment in "cannot be read as a program" :: fragments do
                    if not (message.Contains fragment) then $"'{fragment}' is missing in: {message}"
        ]

    if not missing.IsEmpty then failwith (String.concat "\n" missing)

[<Fact>]
let ``nesting deeper than the stack is refused, and the process lives`` () =
    let x = Name("x", typeof<float>)

    let sine =
        match <@ sin 1.0 @> with
        | FSharp.Quotations.Patterns.Call(_, sine, _) -> sine
        | _ -> failwith "no call"

    let nested = (Quotation.Var x, [ 1..300_000 ]) ||> List.fold (fun inner _ -> Quotation.Call(sine, [ inner ]))
    let message = refusal (Quotation.Lambda(x, nested))
    if not (message.Contains "nested too deeply") then failwith message
