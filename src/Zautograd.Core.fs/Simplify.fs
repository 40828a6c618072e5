/// Simplification is one more number system: it gives every operation the smallest expression that means the same.
module Zautograd.Simplify

open System.Collections.Generic

/// <summary>A number system over expressions that simplifies as it builds, its variables, and what it does with whole graphs:
/// `Times` is a slope times a change, where 0 wins over what is infinite or NaN; `Tidy` gathers sums and products of any length and
/// repeats until nothing changes.</summary>
/// <example><code>
/// let symbols = Simplify.symbols ()
/// symbols.Number.Apply Add [ symbols.Variable "x"; symbols.Number.Const 0.0 ]   // -> x
/// </code></example>
type Symbols = { Number: Number<Expr>; Variable: string -> Expr; Times: Expr -> Expr -> Expr; Tidy: Expr list -> Expr list }

let private isZero e =
    match e with
    | Const c -> c = 0.0
    | Var _
    | Apply _ -> false

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
    let products = Products(table, opens, (fun u k -> this.Law(Pow, [ u; table.Const k ])), fun op args -> this.Apply op args)
    let sums = Sums(table, products, opens, fun op args -> this.Apply op args)

    /// What no law changes, found so already.
    let normal = HashSet<Expr>(HashIdentity.Reference)

    let product parts closed =
        match products.Gather(parts, closed) with
        | Apply(Neg, [ u ]) as negative -> sums.TryNegate u |> Option.defaultValue negative
        | other -> other

    let closed op u v = if isZero u || isZero v then None else Some(fun () -> table.Apply(op, [ u; v ]))

    let (|Valued|_|) e = ValueOption.toOption (table.Facts e).Value

    /// The factors of a node that may be 0 on a whole interval; piecewise ones with few branches look after themselves.
    let vanishing e =
        (products.Of e).Factors
        |> List.filter (fun factor -> factor.Exponent > 0.0 && factor.Facts.Bounds.MayVanish && not (Collect.isShort factor.Base))

    member _.Table = table

    /// A slope times a change: where one of the two is 0 on a whole interval, and the other may be infinite or NaN there, as in
    /// the derivative of sqrt(floor(x)*x), the 0 is asked for first. (At single points a formula stays a formula: sqrt(x^3).)
    member this.Times(slope: Expr, change: Expr) : Expr =
        match slope with
        | Apply(Select _, _) when Collect.isShort slope ->
            Collect.intoBranches this.Apply (fun branch -> this.Guarded(branch, change)) slope
        | _ -> this.Guarded(slope, change)

    member private this.Guarded(slope: Expr, change: Expr) : Expr =
        let product = this.Apply Mul [ slope; change ]
        let guard zero other = if (table.Facts other).Bounds.MayFail then vanishing zero else []

        match guard slope change @ guard change slope with
        | [] -> product
        | factors ->
            let zero = table.Const 0.0
            let asked = factors |> List.map (fun factor -> factor.Base) |> List.distinct |> List.reduce (fun p q -> this.Apply Mul [ p; q ])
            this.Apply (Select Equal) [ asked; zero; zero; product ]

    member this.Law(op, args) : Expr option =
        match Laws.tryApply opens table.Const this.Apply op args, args with
        | None, u :: rest ->
            // -x - y is negative as a whole: the laws about -u are for it, too
            sums.TryPositive u
            |> Option.bind (fun positive -> Laws.tryApply opens table.Const this.Apply op (table.Apply(Neg, [ positive ]) :: rest))
        | found, _ -> found

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
            | None, Select k, [ Valued a; Valued b; c; d ] -> if Number.floats.Apply (Select k) [ a; b; 1.0; 0.0 ] = 1.0 then c else d
            | None, Select k, [ a; b; Apply(Select other, [ p; q; c; _ ]); d ]
            | None, Select k, [ a; b; c; Apply(Select other, [ p; q; _; d ]) ] when
                other = k && obj.ReferenceEquals(p, a) && obj.ReferenceEquals(q, b)
                ->
                this.Apply (Select k) [ a; b; c; d ]
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
        let numbers =
            args
            |> List.choose (function
                | Const c -> Some c
                | _ -> None)

        let exact = if numbers.Length = List.length args then Exact.fold op numbers else None

        match exact, op, args with
        | Some value, _, _ -> table.Const value
        | None, Pow, [ _; Const k ] when Exact.isWhole k -> product [ struct (table.Apply(Pow, args), true) ] None
        | _ ->
            let node = table.Apply(op, args)
            normal.Add node |> ignore
            node

    /// One walk over a graph. A sum inside a sum that nothing else uses is gathered with it, however long; so with products.
    member this.Walk(roots: Expr list) : Expr list =
        let nodes = Array.ofList (Graph.nodesOf roots)
        let places = Dictionary<Expr, int>(nodes.Length, HashIdentity.Reference)
        nodes |> Array.iteri (fun place node -> places[node] <- place)

        let operands =
            nodes
            |> Array.map (function
                | Apply(_, args) -> args |> List.map (fun arg -> places[arg])
                | Const _
                | Var _ -> [])

        let uses = Array.zeroCreate<int> nodes.Length
        operands |> Array.iter (List.iter (fun place -> uses[place] <- uses[place] + 1))
        roots |> List.iter (fun root -> uses[places[root]] <- 2)

        let chains = nodes |> Array.map chainOf
        let absorbed = Array.zeroCreate<bool> nodes.Length

        for place in 0 .. nodes.Length - 1 do
            if chains[place].IsSome then
                for operand in operands[place] do
                    absorbed[operand] <- uses[operand] = 1 && chains[operand] = chains[place]

        let values = Array.zeroCreate<Expr> nodes.Length
        let isUnchanged place = obj.ReferenceEquals(values[place], nodes[place])

        // the operands of a chain in reading order, each with its side: added or subtracted, over or under the line
        let parts root =
            let found = ResizeArray<struct (Expr * bool)>()
            let pending = Stack<struct (int * bool)>()
            let mutable isNegative = false

            let openUp place side =
                match nodes[place], operands[place] with
                | Apply((Add | Mul), _), [ a; b ] ->
                    pending.Push(struct (b, side))
                    pending.Push(struct (a, side))
                | Apply((Sub | Div), _), [ a; b ] ->
                    pending.Push(struct (b, not side))
                    pending.Push(struct (a, side))
                | _, operands ->
                    let flips = chains[place] = Some Sum

                    if not flips then isNegative <- not isNegative

                    operands |> List.iter (fun operand -> pending.Push(struct (operand, side <> flips)))

            openUp root true

            while pending.Count > 0 do
                let struct (place, side) = pending.Pop()
                if absorbed[place] then openUp place side else found.Add(struct (values[place], side))

            if isNegative then found.Insert(0, struct (table.Const -1.0, true))

            found

        for place in 0 .. nodes.Length - 1 do
            if not absorbed[place] then
                values[place] <-
                    match nodes[place], chains[place] with
                    | _, Some Sum -> sums.Gather(parts place, None)
                    | _, Some Product -> product (parts place) None
                    | node, None when normal.Contains node && operands[place] |> List.forall isUnchanged -> node
                    | Apply(op, _), None -> this.Apply op (operands[place] |> List.map (fun operand -> values[operand]))
                    | Const c, None -> table.Const c
                    | Var name, None -> table.Var name

        roots |> List.map (fun root -> values[places[root]])

    /// Whether a graph from elsewhere is written exactly as this node of the table is.
    member _.IsSame (other: Expr) (node: Expr) : bool =
        obj.ReferenceEquals(Graph.fold table.Const table.Var (fun op args -> table.Apply(op, args)) other, node)

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
        Times = fun slope change -> engine.Times(slope, change)
        Tidy = engine.Tidy
    }

/// <summary>An expression that means the same and has no more nodes. Simplifying it again gives the same. The value is kept wherever the
/// expression has one; where it has none, at single points or outside a domain, the result may have one: x^2/x and exp(log(x)) become x, sqrt(x)^2
/// becomes x, 0*u becomes 0. The sign of a zero is kept among numbers, (-2)*0 is -0, and not beside variables: x + 0 is x.</summary>
/// <example><code>Simplify.simplify (sin x ** 2.0 + y + cos x ** 2.0)   // -> y + 1</code></example>
let simplify (root: Expr) : Expr =
    // the open form where it is no larger; it is final. The closed one may have become so small that the open one now serves.
    let rec settle rounds root =
        let size = Graph.size root
        let openly = (Engine true).Tidy [ root ] |> List.head

        if Graph.size openly <= size then
            openly
        else
            let engine = Engine false
            let closely = engine.Tidy [ root ] |> List.head

            match Graph.size closely with
            | grown when grown > size -> root
            | same when rounds = 0 || same = size && engine.IsSame root closely -> closely
            | _ -> settle (rounds - 1) closely

    settle 12 root
