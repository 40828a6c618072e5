/// Symbolic differentiation: one case per shape of expression, slopes from the table, every shared node differentiated once.
module Zautograd.Differentiate

open System.Collections.Generic

/// The derivatives of several expressions with respect to one variable, on one shared graph, simplified as they are built.
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

/// d root / d wrt, simplified. A variable that does not occur gives 0.
/// <example><code>
/// let x = Var "x"
/// derivative "x" (x ** 3.0) |> string     // 3*x^2
/// </code></example>
let derivative (wrt: string) (root: Expr) : Expr = derivatives (Simplify.symbols ()) wrt [ root ] |> List.head

/// The partial derivatives with respect to several variables, by one reverse walk over expressions; they share their terms.
let gradient (wrt: string list) (root: Expr) : Expr list =
    let symbols = Simplify.symbols ()
    Reverse.gradient symbols.Number wrt symbols.Variable root |> snd
