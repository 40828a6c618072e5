/// Every row of the table against a central difference, and the proof that a slope bent by a thousandth does not get away.
module Zautograd.Tests.RuleTests

open System
open FsCheck.FSharp
open Swensen.Unquote
open Xunit
open Zautograd

let private margin = 0.05

/// The slopes of a row against central differences of its value, along every argument that is not near a break.
let private agrees (rule: Rules.Rule) (point: float list) =
    let result = Points.valueOf rule point

    rule.Slopes
    |> List.indexed
    |> List.filter (fun (position, _) -> Points.isOffBreaks margin rule point position)
    |> List.forall (fun (position, slope) ->
        let along value = Points.valueOf rule (List.updateAt position value point)
        Tolerance.close Tolerance.Difference (Tolerance.difference along point[position]) (Points.evaluate point result slope))

let private checkRow (rule: Rules.Rule) = Points.check 300 (Points.ofRule rule) (agrees rule)

let private isNoticed (rule: Rules.Rule) =
    try
        checkRow rule
        false
    with _ ->
        true

[<Fact>]
let ``every slope agrees with a central difference`` () = List.iter checkRow Rules.all

[<Fact>]
let ``a slope bent by a thousandth is noticed`` () =
    let bend (slope: Expr) =
        match slope with
        | Const 0.0 -> Const 1e-3
        | Const _
        | Var _
        | Apply _ -> 1.001 * slope

    let unnoticed =
        [
            for rule in Rules.all do
                for position, slope in List.indexed rule.Slopes do
                    if not (isNoticed { rule with Slopes = List.updateAt position (bend slope) rule.Slopes }) then
                        rule.Name, position
        ]

    unnoticed =! []

[<Fact>]
let ``every row has a domain and a value for each of its arguments`` () =
    for rule in Rules.all do
        let name = rule.Name
        (name, rule.Domain.Length) =! (name, rule.Arity)
        let point = Gen.sample 1 (Points.ofRule rule |> Arb.toGen) |> Seq.head
        (name, List.length (Number.slopes Number.floats rule.Op point (Points.valueOf rule point))) =! (name, rule.Arity)

[<Fact>]
let ``a row speaks of its own arguments and its result only`` () =
    for rule in Rules.all do
        let known = Rules.resultName :: List.take rule.Arity Rules.argumentNames

        let formulas =
            match rule.Meaning with
            | Rules.Formula formula -> [ formula ]
            | Rules.Native _ -> []

        for expression in formulas @ rule.Slopes @ rule.Breaks do
            (rule.Name, List.except known (Graph.variables expression)) =! (rule.Name, [])

[<Fact>]
let ``every operation has one row, found by a name of its own`` () =
    Rules.all |> List.map _.Name |> List.distinct |> List.length =! Rules.all.Length

    for rule in Rules.all do
        (Rules.tryFind rule.Name |> Option.map _.Op) =! Some rule.Op
        (Rules.rule rule.Op).Op =! rule.Op

    test <@ (Rules.tryFind "sinus").IsNone @>

/// A row's function in .NET itself, where it has one.
let private native (rule: Rules.Rule) =
    typeof<float>.GetMethod(Emit.CSharp.functionName rule.Op, Array.create rule.Arity typeof<float>)
    |> Option.ofObj
    |> Option.filter (fun found -> found.ReturnType = typeof<float>)
    |> Option.map (fun found point -> found.Invoke(null, [| for number: float in point -> box number |]) :?> float)

// erf and the functions of networks are not in .NET, its operators have other names and its sign is an int
let private notInNet =
    set
        [
            "neg"
            "add"
            "sub"
            "mul"
            "div"
            "rem"
            "sign"
            "relu"
            "sigmoid"
            "softplus"
            "erf"
            "less"
            "lessOrEqual"
            "equal"
        ]

[<Fact>]
let ``every row's value is what .NET computes`` () =
    let missing =
        [
            for rule in Rules.all do
                match native rule with
                | None -> rule.Name
                | Some native ->
                    Points.check 300 (Points.ofRule rule) (fun point -> Tolerance.close 1e-14 (native point) (Points.valueOf rule point))
        ]

    set missing =! notInNet

[<Fact>]
let ``NaN, infinities and zeros go through a row as through .NET's own function`` () =
    let edges = [ nan; infinity; -infinity; 0.0; 1.0; -2.5 ]

    let rec points arity =
        if arity = 0 then
            [ [] ]
        else
            [
                for rest in points (arity - 1) do
                    for edge in edges -> edge :: rest
            ]

    [
        for rule in Rules.all do
            match native rule with
            | Some native when rule.Arity <= 2 ->
                for point in points rule.Arity do
                    let expected, actual = native point, Points.valueOf rule point
                    if not (Tolerance.close 1e-14 expected actual) then rule.Name, point, expected, actual
            | _ -> ()
    ]
    =! []

[<Fact>]
let ``NaN gives NaN`` () =
    [
        for rule in Rules.all do
            if rule.Arity = 1 && not (Double.IsNaN(Points.valueOf rule [ nan ])) then rule.Name
    ]
    =! []
