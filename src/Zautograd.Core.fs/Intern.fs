// Interned expressions: equal ones are one node, so that equality by reference is structural equality at no cost.
namespace Zautograd

open System
open System.Collections.Generic

/// <summary>A table in which every different expression stands once. It numbers them in the order in which they came.</summary>
/// <example><code>
/// let table = Interned()
/// let one, same = table.Var "x", table.Var "x"
/// obj.ReferenceEquals(one, same)   // -> true
/// </code></example>
type Interned() =
    let constants = Dictionary<int64, Expr>()
    let variables = Dictionary<string, Expr>()
    let applications = Dictionary<struct (Op * int list), Expr>()
    let numbers = Dictionary<Expr, int>(HashIdentity.Reference)

    let commutes op =
        match op with
        | Add
        | Mul
        | Max
        | Min
        | Hypot -> true
        | _ -> false

    let enter (node: Expr) =
        numbers[node] <- numbers.Count
        node

    let findOrEnter (table: Dictionary<'key, Expr>) key make =
        match table.TryGetValue key with
        | true, node -> node
        | _ ->
            let node = enter (make ())
            table[key] <- node
            node

    /// <summary>The number of a node of this table.</summary>
    /// <example><code>
    /// let table = Interned()
    /// table.NumberOf(table.Var "x")   // -> 0
    /// </code></example>
    member _.NumberOf(node: Expr) = numbers[node]

    /// <summary>The one node of a constant.</summary>
    /// <example><code>Interned().Const 2.0   // -> 2</code></example>
    member _.Const(value: float) = findOrEnter constants (BitConverter.DoubleToInt64Bits value) (fun () -> Const value)

    /// <summary>The one node of a variable.</summary>
    /// <example><code>Interned().Var "x"   // -> x</code></example>
    member _.Var(name: string) = findOrEnter variables name (fun () -> Var name)

    /// <summary>The application of an operation to nodes of this table; x*y and y*x are one node, written as it came first.</summary>
    /// <example><code>
    /// let table = Interned()
    /// let a, b = table.Var "a", table.Var "b"
    /// table.Apply(Mul, [ b; a ])   // -> b*a
    /// table.Apply(Mul, [ a; b ])   // -> b*a
    /// </code></example>
    member _.Apply(op: Op, args: Expr list) =
        let keys = args |> List.map (fun arg -> numbers[arg])
        let key = if commutes op then List.sort keys else keys
        findOrEnter applications (struct (op, key)) (fun () -> Apply(op, args))
