/// Numbers from outside: values, gradients and second derivatives that another system computed with 25 digits.
module Zautograd.Tests.DataTests

open System.Globalization
open System.IO
open System.Text.Json
open Swensen.Unquote
open Xunit
open Zautograd

type private Line = { Expression: Expr; At: Paths.Point; Value: float; Gradient: float list; Hessian: float list list option }

let private parse (text: string | null) = System.Double.Parse(nonNull text, CultureInfo.InvariantCulture)
let private numbers (array: JsonElement) = [ for number in array.EnumerateArray() -> parse (number.GetString()) ]

let private line (text: string) =
    let json = JsonDocument.Parse(text).RootElement

    {
        Expression = Reader.read (nonNull (json.GetProperty("expr").GetString()))
        At = [ for variable in json.GetProperty("at").EnumerateObject() -> variable.Name, variable.Value.GetDouble() ]
        Value = parse (json.GetProperty("value").GetString())
        Gradient = [ for entry in json.GetProperty("gradient").EnumerateObject() -> parse (entry.Value.GetString()) ]
        Hessian =
            match json.TryGetProperty "hessian" with
            | true, rows -> Some [ for row in rows.EnumerateArray() -> numbers row ]
            | _ -> None
    }

let private lines =
    lazy (File.ReadAllLines(Path.Combine(__SOURCE_DIRECTORY__, "..", "data", "expressions.jsonl")) |> Seq.map line |> List.ofSeq)

// Where terms cancel, x - x, the other system saw no x: any value will do.
let private everyVariable (line: Line) =
    line.At @ [ for name in List.except (List.map fst line.At) (Graph.variables line.Expression) -> name, 1.5 ]

// 1e-12 relative to 1 + the expected number's size: some hundred roundings
let private isClose (expected: float) (actual: float) = abs (actual - expected) <= 1e-12 * (1.0 + abs expected)

[<Fact>]
let ``values and gradients are those that another system computed`` () =
    [
        for line in lines.Value do
            for path in Paths.all do
                let value, gradient = path.Gradient line.Expression (everyVariable line)
                let gradient = List.truncate line.Gradient.Length gradient

                if not (List.forall2 isClose (line.Value :: line.Gradient) (value :: gradient)) then
                    path.Name, string line.Expression, line.At, line.Value :: line.Gradient, value :: gradient
    ]
    =! []

[<Fact>]
let ``second derivatives are those that another system computed`` () =
    [
        for line in lines.Value do
            for path in Paths.second do
                match line.Hessian with
                | Some expected when not (List.forall2 (List.forall2 isClose) expected (path.Hessian line.Expression line.At)) ->
                    path.Name, string line.Expression, line.At, expected, path.Hessian line.Expression line.At
                | _ -> ()
    ]
    =! []

[<Fact>]
let ``there are enough numbers from outside`` () =
    let count, hessians = lines.Value.Length, lines.Value |> List.filter _.Hessian.IsSome |> List.length
    test <@ count >= 60 && hessians >= 20 @>
