/// The rule table as Markdown: what every operation computes, its slopes, and what holds where it is not smooth.
module Zautograd.RuleTable

let private arguments (rule: Rules.Rule) = List.take rule.Arity Rules.argumentNames |> List.map Var

let private row (rule: Rules.Rule) =
    let slopes = rule.Slopes |> List.map (sprintf "`%O`") |> String.concat ", "

    let domain =
        List.zip (arguments rule) rule.Domain
        |> List.filter (fun (_, interval) -> interval <> (-infinity, infinity))
        |> List.map (fun (argument, (low, high)) -> if high = infinity then $"{argument} > {low}" else $"{low} < {argument} < {high}")
        |> String.concat ", "

    $"| `{Apply(rule.Op, arguments rule)}` | {slopes} | {domain} | {rule.Convention} |"

/// <summary>One row per operation: its value, its slopes (y is the result), its domain, its kinks.</summary>
/// <example><code>RuleTable.markdown().Split('\n') |> Array.find (fun row -> row.Contains "relu")   // -> | `relu(a)` | `if 0 &lt; a then 1 else 0` |  | slope 0 at 0 |</code></example>
let markdown () : string =
    "| operation | slopes (y is the result) | domain | where it is not smooth |" :: "|---|---|---|---|" :: List.map row Rules.all
    |> String.concat "\n"
    |> fun table -> table + "\n"
