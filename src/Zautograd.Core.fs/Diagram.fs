/// The computational graph of an expression as boxes and arrows: for Graphviz, for Mermaid, and laid out for drawing.
module Zautograd.Diagram

/// A variable or a step. Constants have no box: they stand in the formulas.
type Box =
    {
        Name: string
        Formula: string
        Inputs: string list
        Level: int
        IsResult: bool
    }

    /// `x`, or `t1 = log(x)`.
    member box.Label = if box.Formula = box.Name then box.Name else $"{box.Name} = {box.Formula}"

/// <summary>The boxes, arguments before results; a node that is used twice is one box. Names and numbers are those of the trace tables.</summary>
/// <example><code>[ for box in Diagram.boxes (sin x * x) -> box.Label ]   // -> [x; t1 = sin(x); t2 = t1*x]</code></example>
let boxes (root: Expr) : Box list =
    let steps, name = Trace.named root
    let levels = System.Collections.Generic.Dictionary<string, int>()

    let isConstant =
        function
        | Const _ -> true
        | Var _
        | Apply _ -> false

    let box (node: Expr) =
        let inputs =
            match node with
            | Apply(_, args) -> args |> List.filter (isConstant >> not) |> List.map name |> List.distinct
            | Const _
            | Var _ -> []

        let level =
            match node, inputs with
            | Apply _, [] -> 1
            | _, [] -> 0
            | _ -> 1 + (inputs |> List.map (fun input -> levels[input]) |> List.max)

        levels[name node] <- level

        {
            Name = name node
            Formula = Trace.formula name node
            Inputs = inputs
            Level = level
            IsResult = (name node = name root)
        }

    let leaves = if isConstant root then [ root ] else Graph.variables root |> List.map Var

    leaves @ steps |> List.map box

/// <summary>The graph as Graphviz reads it.</summary>
/// <example><code>
/// let lines = (Diagram.dot (sin x)).Split '\n'
/// lines[5].Trim()   // -> "x" -&gt; "t1";
/// </code></example>
let dot (root: Expr) : string =
    let quote (text: string) = "\"" + text.Replace("\\", "\\\\").Replace("\"", "\\\"") + "\""

    let shape box =
        if box.Inputs.IsEmpty && box.Level = 0 then ", style=\"rounded,filled\", fillcolor=\"#dbeafe\""
        elif box.IsResult then ", style=\"rounded,bold\""
        else ""

    let boxes = boxes root

    [
        "digraph expression {"
        "  rankdir=LR;"
        "  node [shape=box, style=rounded, fontname=\"monospace\"];"
        for box in boxes do
            $"  {quote box.Name} [label={quote box.Label}{shape box}];"
        for box in boxes do
            for input in box.Inputs do
                $"  {quote input} -> {quote box.Name};"
        "}"
        ""
    ]
    |> String.concat "\n"

/// <summary>The graph as Mermaid, which Markdown pages show.</summary>
/// <example><code>
/// Diagram.mermaid (sin x)
/// // -> graph LR
/// // ->   n0(["x"])
/// // ->   n1("t1 = sin(x)")
/// // ->   n0 --&gt; n1
/// </code></example>
let mermaid (root: Expr) : string =
    let boxes = boxes root
    let number = boxes |> List.mapi (fun index box -> box.Name, $"n{index}") |> dict

    let escape (text: string) =
        text.Replace("#", "#35;").Replace("\"", "#quot;").Replace("<", "#lt;").Replace(">", "#gt;").Replace("&", "#amp;")

    [
        "graph LR"
        for box in boxes do
            let left, right = if box.Level = 0 then "([", "])" else "(", ")"
            $"  {number[box.Name]}{left}\"{escape box.Label}\"{right}"
        for box in boxes do
            for input in box.Inputs do
                $"  {number[input]} --> {number[box.Name]}"
        ""
    ]
    |> String.concat "\n"
