// Interned expressions: equal ones are one node, so that equality by reference is structural equality at no cost.
namespace Zautograd

open System
open System.Collections.Generic
open System.Text.RegularExpressions

/// What a node is made of, as far as sums and products go.
type Kind =
    | Polynomial = 0
    | Rational = 1
    | Other = 2

/// What a table knows of a node, found once from what it knows of the arguments; all but `Number` depend on the expression alone.
type Facts =
    {
        /// Nodes are numbered in the order in which they came.
        Number: int
        /// The first variable in it, by name; "" when it has none. Digits are padded: x2 comes before x10.
        Variable: string
        Kind: Kind
        Degree: float
        /// The degree in the first variable.
        Lead: float
        /// No infinity and no NaN stands in it.
        IsFinite: bool
        Bounds: Bounds
        /// The value of an expression without variables.
        Value: float voption
        Rank: int
        /// How many operations stand on top of each other.
        Height: int
        Hash: int64
    }

/// A table in which every different expression stands once.
type Interned() =
    let constants = Dictionary<int64, Expr>()
    let variables = Dictionary<string, Expr>()
    let applications = Dictionary<struct (int * int * int), Expr>()
    let longer = Dictionary<struct (int * int list), Expr>()
    let facts = Dictionary<Expr, Facts>(HashIdentity.Reference)

    static let ranks =
        let table = Dictionary<Op, int>()
        Rules.all |> List.iteri (fun rank rule -> table[rule.Op] <- rank)
        table

    static let mix (hash: int64) (next: int64) =
        let mixed = (hash ^^^ next) * 0x100000001B3L
        mixed ^^^ (mixed >>> 29)

    static let paddedName (name: string) = Regex.Replace(name, "[0-9]+", (fun (digits: Match) -> digits.Value.PadLeft(12, '0')))

    static let higher (p: Kind) (q: Kind) = if int p > int q then p else q

    static let commutes op =
        match op with
        | Max
        | Min
        | Hypot -> true
        | _ -> false

    static let isWhole (k: float) = k = Math.Floor k

    /// Kind, degree and degree in the first variable, all three as for a product of powers; functions count as numbers.
    static let measure op args (known: Facts list) (variable: string) =
        let lead (f: Facts) = if f.Variable = variable then f.Lead else 0.0
        let kind = known |> List.fold (fun kind f -> higher kind f.Kind) Kind.Polynomial

        match op, args, known with
        | Neg, _, [ f ] -> struct (kind, f.Degree, f.Lead)
        | (Add | Sub), _, [ f; g ] -> struct (kind, max f.Degree g.Degree, max (lead f) (lead g))
        | Mul, _, [ f; g ] -> struct (kind, f.Degree + g.Degree, lead f + lead g)
        | Div, [ _; Const _ ], [ f; _ ] -> struct (kind, f.Degree, f.Lead)
        | Div, _, [ f; g ] -> struct (higher kind Kind.Rational, f.Degree - g.Degree, lead f - lead g)
        | Pow, [ _; Const k ], [ f; _ ] when isWhole k ->
            struct ((if k < 0.0 then higher kind Kind.Rational else kind), k * f.Degree, k * f.Lead)
        | _ -> struct (Kind.Other, 0.0, 0.0)

    let enter node known =
        facts[node] <- { known with Number = facts.Count }
        node

    // clamp refuses crossed bounds, which may stand in a branch not taken
    let valueOf op (known: Facts list) =
        if known |> List.exists _.Value.IsNone then
            ValueNone
        else
            try
                ValueSome(Number.floats.Apply op (known |> List.map _.Value.Value))
            with :? ArgumentException ->
                ValueNone

    let leaf variable degree isFinite bounds value hash =
        {
            Number = 0
            Variable = variable
            Kind = Kind.Polynomial
            Degree = degree
            Lead = degree
            IsFinite = isFinite
            Bounds = bounds
            Value = value
            Rank = -1
            Height = 0
            Hash = hash
        }

    let enterApplication op rank args (known: Facts list) =
        let first (p: string) (q: string) = if p = "" || (q <> "" && String.CompareOrdinal(q, p) < 0) then q else p
        let variable = known |> List.fold (fun variable f -> first variable f.Variable) ""
        let struct (kind, degree, lead) = measure op args known variable

        enter
            (Apply(op, args))
            {
                Number = 0
                Variable = variable
                Kind = kind
                Degree = degree
                Lead = lead
                IsFinite = known |> List.forall _.IsFinite
                Bounds = known |> List.map _.Bounds |> Bounds.ofApplication op args
                Value = if variable = "" then valueOf op known else ValueNone
                Rank = rank
                Height = 1 + (known |> List.fold (fun height f -> max height f.Height) 0)
                Hash = known |> List.fold (fun hash f -> mix hash f.Hash) (mix 77L (int64 rank))
            }

    /// What is known of a node of this table.
    member _.Facts(node: Expr) : Facts = facts[node]

    member _.Const(value: float) =
        let bits = BitConverter.DoubleToInt64Bits value

        match constants.TryGetValue bits with
        | true, node -> node
        | _ ->
            let isFinite = not (Double.IsNaN value || Double.IsInfinity value)
            let node = enter (Const value) (leaf "" 0.0 isFinite (Bounds.ofConst value) (ValueSome value) (mix 11L bits))
            constants[bits] <- node
            node

    member _.Var(name: string) =
        match variables.TryGetValue name with
        | true, node -> node
        | _ ->
            let hash = name |> Seq.fold (fun hash letter -> mix hash (int64 letter)) 23L
            let node = enter (Var name) (leaf (paddedName name) 1.0 true Bounds.ofVar ValueNone hash)
            variables[name] <- node
            node

    /// The application of an operation to nodes of this table; max(x, y) and max(y, x) are one node, written as it came first.
    /// (Sums and products have a normal form, so that x*y and y*x are one node as well.)
    member _.Apply(op: Op, args: Expr list) =
        let known = args |> List.map (fun arg -> facts[arg])
        let rank = ranks[op]

        let findOrEnter (table: Dictionary<'key, Expr>) key =
            match table.TryGetValue key with
            | true, node -> node
            | _ ->
                let node = enterApplication op rank args known
                table[key] <- node
                node

        match known with
        | [ f ] -> findOrEnter applications (struct (rank, f.Number, -1))
        | [ f; g ] when f.Number > g.Number && commutes op -> findOrEnter applications (struct (rank, g.Number, f.Number))
        | [ f; g ] -> findOrEnter applications (struct (rank, f.Number, g.Number))
        | _ -> findOrEnter longer (struct (rank, known |> List.map _.Number))

    /// The order in which a person writes: numbers, variables by name, then operations as the table of rules lists them, simple
    /// arguments first. It looks a few levels deep; what differs only further down is told apart by its hash, which no run changes.
    member _.Compare (p: Expr, p': Facts) (q: Expr, q': Facts) : int =
        let rec compare depth (p: Expr) (p': Facts) (q: Expr) (q': Facts) =
            match p, q with
            | _ when obj.ReferenceEquals(p, q) -> 0
            | Const c, Const d -> c.CompareTo d
            | Const _, _ -> -1
            | _, Const _ -> 1
            | Var _, Var _ -> String.CompareOrdinal(p'.Variable, q'.Variable)
            | Var _, Apply _ -> -1
            | Apply _, Var _ -> 1
            | Apply(_, ps), Apply(_, qs) ->
                if p'.Rank <> q'.Rank then p'.Rank.CompareTo q'.Rank
                elif p'.Height <> q'.Height then p'.Height.CompareTo q'.Height
                elif depth = 0 then 0
                else compareAll (depth - 1) ps qs

        and compareAll depth ps qs =
            match ps, qs with
            | p :: ps, q :: qs ->
                match compare depth p facts[p] q facts[q] with
                | 0 -> compareAll depth ps qs
                | order -> order
            | _ -> 0

        match compare 4 p p' q q' with
        | 0 -> p'.Hash.CompareTo q'.Hash
        | order -> order
