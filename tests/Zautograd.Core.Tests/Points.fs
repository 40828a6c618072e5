/// Points inside the domain of a row of the table, and how far they are from its breaks.
module Zautograd.Tests.Points

open System
open FsCheck
open FsCheck.FSharp
open Zautograd

/// Every property runs from a fixed seed: a failure can be seen again.
let fixedSeed = Config.QuickThrowOnFailure.WithReplay(Some { Rnd = Rnd(20240229UL, 7UL); Size = None }).WithQuietOnSuccess(true)

/// Runs a property over so many cases.
let check count (cases: Arbitrary<'t>) (property: 't -> bool) = Check.One(fixedSeed.WithMaxTest count, Prop.forAll cases property)

/// A number inside an open interval; where the interval does not end, one within a few units.
let inside (low: float, high: float) : Gen<float> =
    let from, until =
        match Double.IsInfinity low, Double.IsInfinity high with
        | true, _ -> -3.0, 3.0
        | _, true -> low, low + 4.0
        | _ -> low, high

    Gen.choose (1, 999_999) |> Gen.map (fun millionths -> from + (until - from) * float millionths / 1e6)

/// An expression of a row, with numbers for the arguments and the result.
let evaluate (point: float list) (result: float) (expression: Expr) =
    let named = (Rules.resultName, result) :: List.zip (List.take point.Length Rules.argumentNames) point
    Number.evaluate Number.floats (Number.bind named) expression

/// The row's value, or NaN where it refuses the arguments (clamp with its bounds swapped).
let valueOf (rule: Rules.Rule) (point: float list) =
    try
        Number.floats.Apply rule.Op point
    with :? ArgumentException ->
        nan

/// Whether every break that an argument has a say in is further than a margin.
let isOffBreaks margin (rule: Rules.Rule) (point: float list) (position: int) =
    let mentions (break': Expr) =
        let names = Graph.variables break'
        List.contains Rules.argumentNames[position] names || List.contains Rules.resultName names

    let result = valueOf rule point
    rule.Breaks |> List.forall (fun break' -> not (mentions break') || abs (evaluate point result break') > margin)

/// Points of a row at which it has a value. Every fourth has its second argument equal to the first: piecewise rows show their other side there.
let ofRule (rule: Rules.Rule) : Arbitrary<float list> =
    gen {
        let! point = rule.Domain |> List.map inside |> Gen.sequenceToList
        let! tied = Gen.frequency [ 1, Gen.constant (rule.Arity > 1); 3, Gen.constant false ]
        return if tied then List.updateAt 1 (List.head point) point else point
    }
    |> Gen.filter (fun point -> Double.IsFinite(valueOf rule point))
    |> Arb.fromGen
