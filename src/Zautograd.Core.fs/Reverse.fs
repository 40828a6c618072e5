// Reverse mode: one walk up for the values, one walk down that multiplies slopes and adds; it knows no operation.
namespace Zautograd

open System.Collections.Generic

/// <summary>A value and the adjoints of every node that has one: d result / d node.</summary>
/// <example><code>
/// let found = Reverse.adjoints Number.floats (Number.bind at) (x * y)
/// found.Value   // -> 10
/// </code></example>
type Adjoints<'t> = { Value: 't; Values: IReadOnlyDictionary<Expr, 't>; Adjoints: IReadOnlyDictionary<Expr, 't> }

/// <summary>Reverse mode: adjoints, from the result down.</summary>
/// <example><code>Reverse.gradient Number.floats [ "x"; "y" ] (Number.bind at) (x * y)   // -> (10, [5; 2])</code></example>
module Reverse =

    /// `adjoints`, where slope and adjoint are multiplied by the caller's own product.
    let internal adjointsBy (times: 't -> 't -> 't) (number: Number<'t>) (variable: string -> 't) (root: Expr) : Adjoints<'t> =
        let nodes = Graph.nodes root
        let values = Dictionary<Expr, 't>(HashIdentity.Reference)
        let adjoints = Dictionary<Expr, 't>(HashIdentity.Reference)

        for node in nodes do
            values[node] <-
                match node with
                | Const value -> number.Const value
                | Var name -> variable name
                | Apply(op, args) -> number.Apply op (args |> List.map (fun arg -> values[arg]))

        let contribute node contribution =
            match adjoints.TryGetValue node with
            // the walk goes backwards: what comes later stood earlier, and a sum of expressions is to read forwards
            | true, adjoint -> adjoints[node] <- Number.sum number [ contribution; adjoint ]
            | _ -> adjoints[node] <- contribution

        contribute root (number.Const 1.0)

        for node in List.rev nodes do
            match node, adjoints.TryGetValue node with
            | Apply(op, args), (true, adjoint) when not (number.IsZero adjoint) ->
                let slopes = Number.slopes number op (args |> List.map (fun arg -> values[arg])) values[node]

                for slope, arg in List.zip slopes args do
                    match arg with
                    | Const _ -> ()
                    | Var _
                    | Apply _ -> contribute arg (Number.chainBy times number slope adjoint)
            | _ -> ()

        { Value = values[root]; Values = values; Adjoints = adjoints }

    /// <summary>Values and adjoints of all nodes of an expression, in any number system.</summary>
    /// <example><code>
    /// let found = Reverse.adjoints Number.floats (Number.bind at) (x * y)
    /// found.Adjoints[x]   // -> 5
    /// </code></example>
    let adjoints (number: Number<'t>) (variable: string -> 't) (root: Expr) : Adjoints<'t> =
        adjointsBy (fun slope adjoint -> number.Apply Mul [ slope; adjoint ]) number variable root

    /// The gradient that adjoints hold.
    let internal gradientOf (number: Number<'t>) (wrt: string list) (found: Adjoints<'t>) : 't list =

        // One name may stand in several nodes: each Var "x" that the user wrote is a node of its own.
        let byName = Dictionary<string, 't>()

        for entry in found.Adjoints do
            match entry.Key with
            | Var name ->
                match byName.TryGetValue name with
                | true, before -> byName[name] <- Number.sum number [ entry.Value; before ]
                | _ -> byName[name] <- entry.Value
            | Const _
            | Apply _ -> ()

        let slope name =
            match byName.TryGetValue name with
            | true, adjoint -> adjoint
            | _ -> number.Const 0.0

        List.map slope wrt

    /// <summary>Value and gradient with respect to the named variables; a variable that does not occur has derivative 0.</summary>
    /// <example><code>Reverse.gradient Number.floats [ "x"; "y" ] (Number.bind at) z   // -> (11.6520714552…, [5.5; 1.7163378145…])</code></example>
    let gradient (number: Number<'t>) (wrt: string list) (variable: string -> 't) (root: Expr) : 't * 't list =
        let found = adjoints number variable root
        found.Value, gradientOf number wrt found
