/// Every operation against references with 50 digits, at 1,000 points each: tests/data/accuracy.csv.gz, made by accuracy.py beside it.
module Zautograd.Tests.AccuracyTests

open System
open System.IO
open Swensen.Unquote
open Xunit
open Zautograd
open Zautograd.Tests.Accuracy

let private errorsOfTable = lazy ([ for rule in Rules.all -> rule.Op, errors table rule ])

let private errorsOfFacade = lazy ([ for rule in Rules.all |> List.filter isOfFacade -> rule.Op, errors facade rule ])

let private all = lazy (List.collect snd errorsOfTable.Value @ List.collect snd errorsOfFacade.Value)

let private mustBeAllowed (errors: Error list) =
    let wrong = errors |> List.filter (fun error -> not (isAllowed error) && (excuse error).IsNone)

    if not wrong.IsEmpty then
        let shown =
            wrong
            |> List.truncate 20
            |> List.map (fun it ->
                $"{it.Of} of {Infix.name it.Op} at %A{it.Args}: {it.Computed:R}, not {it.Reference:R}: {it.Ulps} ulp, condition {it.Condition}")

        failwith ($"{wrong.Length} errors are too large:\n" + String.Join("\n", shown))

[<Fact>]
let ``every operation has 1,000 points, most of them with results that count`` () =
    for rule in Rules.all do
        test <@ points.Value.ContainsKey rule.Name && points.Value[rule.Name].Length = 1000 @>
        let values = errors table rule |> List.filter (fun it -> it.Of = "value")
        test <@ values.Length > 500 @>

[<Fact>]
let ``the table is right to 8 ulp where the problem is well conditioned`` () = mustBeAllowed (List.collect snd errorsOfTable.Value)

[<Fact>]
let ``the facade is right to 8 ulp where the problem is well conditioned`` () = mustBeAllowed (List.collect snd errorsOfFacade.Value)

[<Fact>]
let ``the facade has all operations but sign and the conditions`` () =
    [
        for rule in Rules.all do
            if not (isOfFacade rule) then rule.Name
    ]
    =! [ "sign"; "less"; "lessOrEqual"; "equal" ]

[<Fact>]
let ``every named exception is needed`` () =
    let needed = all.Value |> List.filter (isAllowed >> not) |> List.choose excuse

    [
        for it in exceptions do
            if not (needed |> List.exists (fun other -> obj.ReferenceEquals(it, other))) then
                Infix.name it.Op, it.Of
    ]
    =! []

[<Fact>]
let ``a slope bent by 16 ulp is found`` () =
    for op in [ Exp; Sin; Div; Tanh; Log1p; Sqrt ] do
        let bent (rule: Rules.Rule) args =
            let computed = table.Compute rule.Op args
            { computed with First = [ for slope in computed.First -> slope * (1.0 + 16.0 / 4503599627370496.0) ] }

        let rule = Rules.rule op
        let found = errors { Name = "bent"; Compute = fun _ args -> bent rule args } rule
        test <@ found |> List.exists (fun it -> not (isAllowed it) && (excuse it).IsNone) @>

/// The worst errors as a page, written by this test when ZAUTOGRAD_WRITE_DOCS is set: other machines round some functions differently.
[<Fact>]
let ``the page of accuracies can be written`` () =
    let worst op what (errors: (Op * Error list) list) =
        match errors |> List.tryFind (fun (other, _) -> other = op) with
        | None -> "-"
        | Some(_, errors) ->
            let own = errors |> List.filter (fun it -> it.Of = what && it.Condition <= wellConditioned)
            let plain = own |> List.filter isAllowed
            let mark = if plain.Length < own.Length then " \\*" else ""
            if plain.IsEmpty then "-" else $"{plain |> List.map _.Ulps |> List.max}{mark}"

    let page =
        [
            "# Accuracy"
            ""
            "Written by AccuracyTests.fs (`ZAUTOGRAD_WRITE_DOCS=1 dotnet test`), from tests/data/accuracy.csv.gz. Do not edit."
            ""
            "The largest error in units in the last place over 1,000 points per operation, from 1e-323 to 1e308 and near singularities,"
            "against references with 50 digits. Counted are points where the problem is well conditioned, the sum of |a * slope / result|"
            "over the arguments being at most 8 (the result is the value, or the derivative in question), and where neither the result"
            "nor the lower derivatives overflow or are subnormal. A star: there are larger errors, of the exceptions named below. Where the condition is larger, one ulp per unit of condition is"
            "allowed. Left: the rule table by duals of duals; right: the facade's `Dual<Dual<double>>`."
            ""
            "| operation | value | first derivatives | second derivatives |"
            "|---|---|---|---|"
            for rule in Rules.all do
                let cell what = $"{worst rule.Op what errorsOfTable.Value} / {worst rule.Op what errorsOfFacade.Value}"

                $"""| {rule.Name} | {cell "value"} | {cell "first"} | {cell "second"} |"""
            ""
            "## Exceptions"
            ""
            for it in exceptions do
                $"- {Infix.name it.Op}, {it.Of} derivative: {it.Reason}."
            ""
        ]

    if not (isNull (Environment.GetEnvironmentVariable "ZAUTOGRAD_WRITE_DOCS")) then
        let docs = Path.Combine(__SOURCE_DIRECTORY__, "..", "..", "docs")
        Directory.CreateDirectory docs |> ignore
        File.WriteAllText(Path.Combine(docs, "accuracy.md"), String.Join("\n", page))

    test <@ page.Length > Rules.all.Length @>
