// Prints the rule table as Markdown: what every operation computes, its slopes, and what holds where it is not smooth.
#load "load.fsx"

open Zautograd

let arguments (rule: Rules.Rule) = List.take rule.Arity Rules.argumentNames |> List.map Var

printfn "| operation | slopes (y is the result) | domain | where it is not smooth |"
printfn "|---|---|---|---|"

for rule in Rules.all do
    let slopes = rule.Slopes |> List.map (sprintf "`%O`") |> String.concat ", "

    let domain =
        List.zip (arguments rule) rule.Domain
        |> List.filter (fun (_, interval) -> interval <> (-infinity, infinity))
        |> List.map (fun (argument, (low, high)) -> if high = infinity then $"{argument} > {low}" else $"{low} < {argument} < {high}")
        |> String.concat ", "

    printfn "| `%O` | %s | %s | %s |" (Apply(rule.Op, arguments rule)) slopes domain rule.Convention
