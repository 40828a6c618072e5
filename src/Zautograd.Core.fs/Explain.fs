/// Derivations as text, Markdown and LaTeX: what a student hands in.
module Zautograd.Explain

open System.Collections.Generic
open System.Text.RegularExpressions
open Zautograd.Derivation
open Zautograd.ExplainSteps
open Zautograd.DerivationText

/// <summary>The derivation of d expression / d wrt, step by step; see `ExplainSteps.steps`.</summary>
/// <example><code>(Explain.steps "x" (x * sin x)).Steps.Length   // -> 5</code></example>
let steps (wrt: string) (root: Expr) : Explanation = ExplainSteps.steps wrt root

/// <summary>What the lines are worth at a point, those of the named parts first: equal numbers in each list, rounding aside.</summary>
/// <example><code>Explain.steps "x" (x ** 2.0) |> Explain.values [ "x", 3.0 ] |> List.concat |> List.distinct |> List.length   // -> 1</code></example>
let values (at: (string * float) list) (explanation: Explanation) : float list list =
    let value, tangent = Dictionary<string, float>(), Dictionary<string, float>()

    for name, number in at do
        value[name] <- number

    tangent[explanation.Wrt] <- 1.0

    let known e = Number.evaluate Number.floats (fun name -> Number.bind (Seq.map (|KeyValue|) value) name) e

    let derivative e =
        let seed name : Tangent<float> =
            {
                Value = known (Var name)
                Tangent =
                    (match tangent.TryGetValue name with
                     | true, t -> t
                     | _ -> 0.0)
            }

        (Forward.directional Number.floats seed e).Tangent

    let rec worth line =
        match line with
        | Known e -> known e
        | Derivative e -> derivative e
        | Operation(op, args) -> Number.floats.Apply op (args |> List.map worth)

    let partByPart =
        [
            for part in explanation.Parts do
                let change = derivative part.Definition
                value[part.Name] <- known part.Definition
                value[primed part.Name] <- change
                tangent[part.Name] <- change
                part.Steps |> List.map (fun step -> worth step.Line)
        ]

    partByPart @ [ explanation.Steps |> List.map (fun step -> worth step.Line) ]

/// The parts in order, then the whole: what is let, and the lines.
let private chapters (explanation: Explanation) =
    [
        for part in explanation.Parts do
            $"{part.Name} = {part.Definition}", $"{primed part.Name} = ", part.Steps

        "", "", explanation.Steps
    ]

/// How wide lines with their reasons beside them may be; beyond, the reasons stand below.
let private widest = 120

// What a line may be when written out. Beyond it, its shared parts are named below.
let private longest = 60.0

let private abbreviated (explanation: Explanation) (line: Line) =
    match line with
    | Known e when Abbreviate.unfolded e > longest ->
        let taken = Graph.variables e @ (explanation.Parts |> List.map _.Name)
        let letter = Abbreviate.letters [ "g"; "h"; "m" ] taken |> List.head
        let named, rest = Abbreviate.parts letter 8.0 e
        Known rest, named
    | Known _
    | Derivative _
    | Operation _ -> line, []

/// <summary>Plain text: one line per step, the rule beside it, or below it where the lines are long.</summary>
/// <example><code>(Explain.steps "x" (x ** 2.0) |> Explain.toText).Contains "power rule"   // -> true</code></example>
let toText (explanation: Explanation) : string =
    let lines start (steps: Step list) =
        let rows =
            [
                for index, step in List.indexed steps do
                    let line, named = abbreviated explanation step.Line
                    let text = (if index = 0 then start else "  = ") + write plain explanation.Wrt line
                    text, says plain id id id step, [ for name, definition in named -> $"      {name} = {definition}" ]
            ]

        let left = rows |> List.map (fun (text, _, _) -> text.Length) |> List.max
        let right = rows |> List.map (fun (_, reason, _) -> reason.Length) |> List.max

        [
            for text, reason, named in rows do
                if left + 4 + right <= widest then
                    (text.PadRight(left + 4) + reason).TrimEnd()
                else
                    text

                    if reason <> "" then "      " + reason

                yield! named
        ]

    [
        for letting, start, steps in chapters explanation do
            if letting <> "" then
                if List.isEmpty steps then $"let {letting} (does not depend on {explanation.Wrt})" else $"let {letting}"

            if not (List.isEmpty steps) then yield! lines start steps

            ""
    ]
    |> String.concat "\n"
    |> fun text -> text.TrimEnd() + "\n"

/// <summary>Markdown: one numbered item per step, its rules in bold.</summary>
/// <example><code>(Explain.steps "x" (x ** 2.0) |> Explain.toMarkdown).Contains "**"   // -> true</code></example>
let toMarkdown (explanation: Explanation) : string =
    let code text = $"`{text}`"

    let item start index (step: Step) =
        let line, named = abbreviated explanation step.Line
        let text = write plain explanation.Wrt line

        [
            if index = 0 then
                $"{index + 1}. {code (start + text)}"
            else
                let text' = code ("= " + text)
                $"{index + 1}. {text'}  "
                "   " + says plain (fun rule -> $"**{rule}**") id code step

            for name, definition in named do
                "   - " + code $"{name} = {definition}"
        ]

    [
        for letting, start, steps in chapters explanation do
            if letting <> "" then
                if List.isEmpty steps then
                    $"Let {code letting}, which does not depend on {code explanation.Wrt}."
                else
                    $"Let {code letting}."

                ""

            if not (List.isEmpty steps) then
                yield! steps |> List.mapi (item start) |> List.concat
                ""
    ]
    |> String.concat "\n"
    |> fun text -> text.TrimEnd() + "\n"

/// <summary>LaTeX for mathematics mode, for KaTeX and MathJax too: an `aligned` block, each rule at the right of its line.</summary>
/// <example><code>(Explain.steps "x" (x ** 2.0) |> Explain.toLatex).StartsWith "\\begin{aligned}"   // -> true</code></example>
let toLatex (explanation: Explanation) : string =
    let words (text: string) = $"\\text{{{text}}}"
    let equation left right reason = if reason = "" then $"{left} &= {right}" else $"{left} &= {right} && {reason}"

    let lines start (steps: Step list) =
        let texts = steps |> List.map (fun step -> abbreviated explanation step.Line)

        [
            for (line, named), step in List.zip texts.Tail steps.Tail do
                let left =
                    if obj.ReferenceEquals(step, steps.Tail.Head) then
                        start + write latex explanation.Wrt (fst texts.Head)
                    else
                        ""

                equation left (write latex explanation.Wrt line) (says latex words words id step)

                for name, definition in named do
                    equation (latex.Expression(Var name)) (latex.Expression definition) ""
        ]

    [
        for part in explanation.Parts do
            let name = words "let " + latex.Expression(Var part.Name)
            let moves = not (List.isEmpty part.Steps)
            let still = if moves then "" else words "does not depend on " + latex.Expression(Var explanation.Wrt)
            equation name (latex.Expression part.Definition) still

            if moves then yield! lines (latex.Expression(Var(primed part.Name)) + " = ") part.Steps

        yield! lines "" explanation.Steps
    ]
    |> String.concat " \\\\\n"
    // what stands side by side is one text
    |> fun body -> Regex.Replace(body, @"(?<=\\text\{[^{}]*)\}\\text\{", "")
    |> fun body -> "\\begin{aligned}\n" + body + "\n\\end{aligned}\n"
