/// Names for the parts of a large expression, so that what is written about it grows with its graph and not with its unfolded text.
module Zautograd.Abbreviate

open System.Collections.Generic

/// Letters that no variable begins with, the customary ones first.
let letters (customary: string list) (taken: string list) : string list =
    customary @ [ for letter in 'a' .. 'z' -> string letter ] @ [ "part"; "step"; "term"; "piece"; "thing" ]
    |> List.distinct
    |> List.filter (fun letter -> taken |> List.forall (fun name -> not (name.StartsWith letter)))

let private operations = 1.0

/// How many operations an expression has when written out, a shared one as often as it is used.
let unfolded (root: Expr) : float = Graph.fold (fun _ -> 0.0) (fun _ -> 0.0) (fun _ args -> operations + List.sum args) root

/// <summary>The expression cut into parts of at most some operations, arguments first: (name, definition), where a definition speaks of earlier
/// parts by their names, and what is left of the expression. A part used twice is named even when it is small.</summary>
/// <example><code>
/// let s = sin (x * y)
/// Abbreviate.parts "u" 10.0 (s * exp s)   // -> ([(u1, sin(x*y))], u1*exp(u1))
/// </code></example>
let parts (letter: string) (largest: float) (root: Expr) : (string * Expr) list * Expr =
    let nodes = Graph.nodes root
    let uses = Dictionary<Expr, int>(HashIdentity.Reference)

    for node in nodes do
        match node with
        | Apply(_, args) ->
            for arg in args do
                uses[arg] <-
                    1
                    + (match uses.TryGetValue arg with
                       | true, count -> count
                       | _ -> 0)
        | Const _
        | Var _ -> ()

    let named = List<string * Expr>()
    let written = Dictionary<Expr, struct (Expr * float)>(HashIdentity.Reference)

    for node in nodes do
        written[node] <-
            match node with
            | Const _
            | Var _ -> struct (node, 0.0)
            | Apply(op, args) ->
                let pieces, sizes = args |> List.map (fun arg -> let struct (piece, size) = written[arg] in piece, size) |> List.unzip
                let size = operations + List.sum sizes

                let whole =
                    if List.forall2 (fun arg piece -> obj.ReferenceEquals(arg, piece)) args pieces then
                        node
                    else
                        Apply(op, pieces)

                if not (obj.ReferenceEquals(node, root)) && (size > largest || (size > operations && uses[node] > 1)) then
                    named.Add((letter + string (named.Count + 1), whole))
                    struct (Var(fst named[named.Count - 1]), 0.0)
                else
                    struct (whole, size)

    let struct (rest, _) = written[root]
    List.ofSeq named, rest
