/// Simplification is one more number system: it gives every operation the smallest expression that means the same.
module Zautograd.Simplify

open System.Collections.Generic

/// <summary>A number system over expressions that simplifies as it builds, its variables, and what it does with whole graphs:
/// `Tidy` gathers sums and products of any length and repeats until nothing changes.</summary>
/// <example><code>
/// let symbols = Simplify.symbols ()
/// symbols.Number.Apply Add [ symbols.Variable "x"; symbols.Number.Const 0.0 ]   // -> x
/// </code></example>
type Symbols =
    { Number: Number<Expr>
      Variable: string -> Expr
      Tidy: Expr list -> Expr list }

let private isZero e =
    match e with
    | Const c -> c = 0.0
    | Var _
    | Apply _ -> false

let private number e =
    match e with
    | Const c -> Some c
    | Var _
    | Apply _ -> None

/// What an operation is gathered into together with its arguments.
type private Chain =
    | Sum
    | Product

let private chainOf e =
    match e with
    | Apply((Add | Sub), _) -> Some Sum
    | Apply((Mul | Div), _) -> Some Product
    | Apply(Neg, [ Apply((Add | Sub), _) ]) -> Some Sum
    | Apply(Neg, _) -> Some Product
    | _ -> None

/// The table, the normal forms and the laws together. `opens` says whether sums that may be shared are opened up and laws
/// that grow are used: it reads better and finds more, but need not be smaller.
type private Engine(opens: bool) as this =
    let table = Interned()
    let products = Products(table, (fun u k -> this.Law(Pow, [ u; table.Const k ])), fun k args -> this.Apply (Select k) args)
    let sums = Sums(table, products, opens, fun k args -> this.Apply (Select k) args)

    let product parts closed =
        match products.Gather(parts, closed) with
        | Apply(Neg, [ u ]) as negative -> sums.TryNegate u |> Option.defaultValue negative
        | other -> other

    let closed op u v =
        if isZero u || isZero v then None else Some(fun () -> table.Apply(op, [ u; v ]))

    member _.Table = table

    member this.Law(op, args) = Laws.tryApply opens table.Const this.Apply op args

    member this.Apply (op: Op) (args: Expr list) : Expr =
        match op, args with
        | Neg, [ u ] -> product [ struct (table.Const -1.0, true); struct (u, true) ] None
        // 0*u is 0 also where u is infinite or NaN: on purpose, a derivative that is 0 stays 0
        | Mul, [ u; v ] -> product [ struct (u, true); struct (v, true) ] (closed op u v)
        | Div, [ u; v ] -> product [ struct (u, true); struct (v, false) ] (closed op u v)
        | Add, [ u; v ] -> sums.Gather([ struct (u, true); struct (v, true) ], closed op u v)
        | Sub, [ u; v ] -> sums.Gather([ struct (u, true); struct (v, false) ], closed op u v)
        | _ ->
            match this.Law(op, args), op, args with
            | Some simple, _, _ -> simple
            | None, Select k, [ Const a; Const b; c; d ] ->
                if Number.floats.Apply (Select k) [ a; b; 1.0; 0.0 ] = 1.0 then c else d
            | None, Select Equal, [ u; Const 0.0; Const 0.0; d ] when this.IsIdleGuard u d -> d
            | None, _, _ -> this.Fold op args

    /// Whether a guard "0 where u is 0" says nothing new, as before n*x^(n - 1) and 2^x*log(2), where only powers are guarded.
    /// Any other guard stays: x*log(x) is not 0 at 0 by itself, and of x alone a later x/x would make 1.
    member _.IsIdleGuard u product =
        let factors = (products.Of product).Factors

        let isFinite e =
            match e with
            | Var _
            | Const _
            | Apply(Pow, _) -> true
            | Apply(Log, [ Const c ]) -> c > 0.0
            | Apply _ -> false

        let isPower e =
            match e with
            | Apply(Pow, _) -> true
            | Var _
            | Const _
            | Apply _ -> false

        factors |> List.forall (fun factor -> factor.Exponent > 0.0 && isFinite factor.Base)
        && factors |> List.exists (fun factor -> obj.ReferenceEquals(factor.Base, u))
        && factors |> List.exists (fun factor -> isPower factor.Base)

    /// Constants are folded where the result is exact.
    member _.Fold op args =
        let numbers = List.choose number args
        let exact = if numbers.Length = List.length args then Exact.fold op numbers else None

        match exact, op, args with
        | Some value, _, _ -> table.Const value
        | None, Pow, [ _; Const k ] when Exact.isWhole k -> product [ struct (table.Apply(Pow, args), true) ] None
        | _ -> table.Apply(op, args)

    /// One walk over a graph. A sum inside a sum that nothing else uses is gathered with it, however long; so with products.
    member this.Walk(roots: Expr list) : Expr list =
        let nodes = Graph.nodesOf roots
        let used = HashSet<Expr>(HashIdentity.Reference)
        let shared = HashSet<Expr>(HashIdentity.Reference)
        let absorbed = HashSet<Expr>(HashIdentity.Reference)
        let values = Dictionary<Expr, Expr>(HashIdentity.Reference)

        let argsOf node =
            match node with
            | Apply(_, args) -> args
            | Const _
            | Var _ -> []

        let useOf node =
            if not (used.Add node) then shared.Add node |> ignore

        List.iter useOf roots

        for node in nodes do
            List.iter useOf (argsOf node)

        for root in roots do
            shared.Add root |> ignore

        for node in nodes do
            match chainOf node with
            | None -> ()
            | chain ->
                for arg in argsOf node do
                    if chainOf arg = chain && not (shared.Contains arg) then absorbed.Add arg |> ignore

        // the operands of a chain in reading order, each with its side: added or subtracted, over or under the line
        let parts root =
            let found = ResizeArray<struct (Expr * bool)>()
            let pending = Stack<struct (Expr * bool)>()
            let mutable isNegative = false

            let openUp node side =
                match node with
                | Apply((Add | Mul), [ a; b ]) ->
                    pending.Push(struct (b, side))
                    pending.Push(struct (a, side))
                | Apply((Sub | Div), [ a; b ]) ->
                    pending.Push(struct (b, not side))
                    pending.Push(struct (a, side))
                | Apply(Neg, [ a ]) when chainOf node = Some Sum -> pending.Push(struct (a, not side))
                | _ ->
                    isNegative <- not isNegative
                    List.iter (fun arg -> pending.Push(struct (arg, side))) (argsOf node)

            openUp root true

            while pending.Count > 0 do
                let struct (node, side) = pending.Pop()
                if absorbed.Contains node then openUp node side else found.Add(struct (values[node], side))

            if isNegative then found.Insert(0, struct (table.Const -1.0, true))
            found

        for node in nodes do
            if not (absorbed.Contains node) then
                values[node] <-
                    match node, chainOf node with
                    | _, Some Sum -> sums.Gather(parts node, None)
                    | _, Some Product -> product (parts node) None
                    | Apply(op, args), None -> this.Apply op (args |> List.map (fun arg -> values[arg]))
                    | Const c, None -> table.Const c
                    | Var name, None -> table.Var name

        roots |> List.map (fun root -> values[root])

    /// Walks until nothing changes.
    member this.Tidy(roots: Expr list) : Expr list =
        let rec settle rounds before =
            let after = this.Walk before

            if rounds = 0 || List.forall2 (fun p q -> obj.ReferenceEquals(p, q)) before after then
                after
            else
                settle (rounds - 1) after

        settle 12 roots

/// <summary>A new number system. Each has a table of its own, in which equal expressions are one node.</summary>
/// <example><code>(Simplify.symbols ()).Variable "x"   // -> x</code></example>
let symbols () : Symbols =
    let engine = Engine true

    {
        Number = { Const = engine.Table.Const; Apply = engine.Apply; IsZero = isZero }
        Variable = engine.Table.Var
        Tidy = engine.Tidy
    }

/// <summary>An expression that means the same and has no more nodes. Simplifying it again gives the same.</summary>
/// <example><code>Simplify.simplify (sin x ** 2.0 + y + cos x ** 2.0)   // -> y + 1</code></example>
let simplify (root: Expr) : Expr =
    let size = Graph.size root

    [ true; false ]
    |> List.tryPick (fun opens ->
        let simple = (Engine opens).Tidy [ root ] |> List.head
        if Graph.size simple <= size then Some simple else None)
    |> Option.defaultValue root
