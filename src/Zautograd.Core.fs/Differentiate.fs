/// Symbolic differentiation: one case per shape of expression, slopes from the table, every shared node differentiated once.
module Zautograd.Differentiate

open System.Collections.Generic

/// <summary>The derivatives of several expressions with respect to one variable, on one shared graph, simplified as they are built.</summary>
/// <example><code>Differentiate.derivatives (Simplify.symbols ()) "x" [ x * y; x ** 2.0 ]   // -> [y; 2*x]</code></example>
let derivatives (symbols: Simplify.Symbols) (wrt: string) (roots: Expr list) : Expr list =
    let number = symbols.Number
    let values = Dictionary<Expr, Expr>(HashIdentity.Reference)
    let tangents = Dictionary<Expr, Expr>(HashIdentity.Reference)

    for node in Graph.nodesOf roots do
        let value, tangent =
            match node with
            | Const c -> number.Const c, number.Const 0.0
            | Var name when name = wrt -> symbols.Variable name, number.Const 1.0
            | Var name -> symbols.Variable name, number.Const 0.0
            | Apply(op, args) ->
                let args, changes = args |> List.map (fun arg -> values[arg], tangents[arg]) |> List.unzip
                let result = number.Apply op args
                result, List.map2 (Number.chain number) (Number.slopes number op args result) changes |> Number.sum number

        values[node] <- value
        tangents[node] <- tangent

    roots |> List.map (fun root -> tangents[root])

/// <summary>d root / d wrt, simplified. A variable that does not occur gives 0.</summary>
/// <example><code>Differentiate.derivative "x" (x ** 3.0)   // -> 3*x^2</code></example>
let derivative (wrt: string) (root: Expr) : Expr = derivatives (Simplify.symbols ()) wrt [ root ] |> List.head

/// <summary>The partial derivatives with respect to several variables, by one reverse walk over expressions; they share their terms.</summary>
/// <example><code>Differentiate.gradient [ "x"; "y" ] (x * y)   // -> [y; x]</code></example>
let gradient (wrt: string list) (root: Expr) : Expr list =
    let symbols = Simplify.symbols ()
    Reverse.gradient symbols.Number wrt symbols.Variable root |> snd
