// Products and sums in normal form: like factors gather in powers, like terms under one coefficient.
namespace Zautograd

open System
open System.Collections.Generic
open Zautograd.Exact

/// Products of one table. `law` is what Pow rewrites to; `apply` builds a node with all its laws.
/// `isOpen` says to write quotients as a person does, 1/x^2; else the power x^(-2) stays, which is smaller.
type Products(table: Interned, isOpen: bool, law: Expr -> float -> Expr option, apply: Op -> Expr list -> Expr) =

    /// How many factors are opened up at once where a node may be shared: a bound keeps the work linear and the sharing intact.
    let widest = 8

    let known = Dictionary<Expr, Product>(HashIdentity.Reference)
    let mutable nesting = 0
    let make op args = table.Apply(op, args)
    let factor e exponent = { Base = e; Facts = table.Facts e; Exponent = exponent }

    let isVar =
        function
        | Var _ -> true
        | Const _
        | Apply _ -> false

    /// Numbers, then variables by name, then sums, then all else.
    let place (factor: Factor) =
        if factor.Facts.Variable = "" then 0
        elif isVar factor.Base then 1
        elif factor.Facts.Kind = Kind.Polynomial then 2
        else 3

    let order (p: Factor) (q: Factor) =
        match (place p).CompareTo(place q) with
        | 0 ->
            match String.CompareOrdinal(p.Facts.Variable, q.Facts.Variable) with
            | 0 -> table.Compare (p.Base, p.Facts) (q.Base, q.Facts)
            | byName -> byName
        | byPlace -> byPlace

    let rec isSorted factors =
        match factors with
        | p :: (q :: _ as rest) -> order p q <= 0 && isSorted rest
        | _ -> true

    let sorted factors = if isSorted factors then factors else List.sortWith order factors

    /// The factors of a node; a node that came from elsewhere is a factor itself.
    member _.Of(e: Expr) : Product =
        match known.TryGetValue e, e with
        | (true, product), _ -> product
        | _, Const c when c <> 0.0 && (table.Facts e).IsFinite -> { Coefficient = reduce c 1.0; Factors = [] }
        | _, Apply(Pow, [ a; Const k ]) when isWhole k -> { Coefficient = one; Factors = [ factor a k ] }
        | _ -> { Coefficient = one; Factors = [ factor e 1.0 ] }

    /// The factors of a term without its number; a number there is one that could not be multiplied exactly.
    member this.FactorsOf(e: Expr) : Factor list =
        match this.Of e with
        | product when isOne product.Coefficient -> product.Factors
        | _ -> [ factor e 1.0 ]

    /// The product as a person writes it: sign, then coefficient, then factors, then one division.
    member _.Write(product: Product) : Expr =
        let power exponent (factor: Factor) = if exponent = 1.0 then factor.Base else make Pow [ factor.Base; table.Const exponent ]
        let chain factors = factors |> List.reduce (fun product factor -> make Mul [ product; factor ])
        let withNumber value factors = if value = 1.0 && not (List.isEmpty factors) then factors else table.Const value :: factors

        let over =
            [
                for factor in product.Factors do
                    if factor.Exponent > 0.0 then power factor.Exponent factor
            ]

        let under =
            [
                for factor in product.Factors do
                    if factor.Exponent < 0.0 then power -factor.Exponent factor
            ]

        let numerator = chain (withNumber (abs product.Coefficient.Over) over)

        let whole =
            match product.Factors with
            | [ { Base = e; Exponent = k } ] when not isOpen && k < -1.0 && isOne product.Coefficient -> make Pow [ e; table.Const k ]
            | _ ->

                match (if product.Coefficient.Under = 1.0 then under else table.Const product.Coefficient.Under :: under) with
                | [] -> numerator
                | factors -> make Div [ numerator; chain factors ]

        let written =
            match whole with
            | Const value when product.Coefficient.Over < 0.0 -> table.Const -value
            | _ when product.Coefficient.Over < 0.0 -> make Neg [ whole ]
            | _ -> whole

        let isBare =
            match product.Factors with
            | [ { Exponent = 1.0 } ] -> isOne product.Coefficient
            | _ -> false

        if not isBare && List.truncate (widest + 1) product.Factors |> List.length <= widest then
            known[written] <- product

        written

    /// The product of nodes, each over (true) or under (false) the line, in normal form.
    /// `closed` is what to write where nothing merges and the factors are too many to be opened at every step.
    member this.Gather(parts: struct (Expr * bool) seq, closed: (unit -> Expr) option) : Expr =
        let gathered = Gathered<Factor>()
        let mutable coefficient = one
        let mutable numbers, merged, isZero, isPole = 0, false, false, false

        let enter (factor: Factor) =
            let add place = Exact.sum gathered.Items[place].Exponent factor.Exponent |> Option.map (fun total -> place, total)

            match gathered.PlacesOf factor.Base |> List.tryPick add with
            | Some(place, total) ->
                gathered.Items[place] <- { factor with Exponent = total }
                merged <- true
            | None -> gathered.Add(factor.Base, factor.Facts.IsFinite, factor)

        let enterNumber (ratio: Ratio) =
            if not (isOne ratio) then
                numbers <- numbers + 1

                match times coefficient ratio with
                | Some product -> coefficient <- product
                | None ->
                    // 3*0.1 stays two numbers, the greater first
                    let signed = { coefficient with Over = coefficient.Over * float (sign ratio.Over) }
                    let size = { ratio with Over = abs ratio.Over }
                    let isGreater = size.Over * signed.Under > abs signed.Over * size.Under
                    let kept, other = if isGreater then { size with Over = size.Over * float (sign signed.Over) }, signed else signed, size
                    coefficient <- kept
                    if abs other.Over <> 1.0 then enter (factor (table.Const(abs other.Over)) 1.0)
                    if other.Under <> 1.0 then enter (factor (table.Const other.Under) -1.0)

        let enterProduct (product: Product) isOver =
            enterNumber (if isOver then product.Coefficient else reduce product.Coefficient.Under product.Coefficient.Over)

            for factor in product.Factors do
                enter (if isOver then factor else { factor with Exponent = -factor.Exponent })

        for struct (part, isOver) in parts do
            match part with
            | Const 0.0 when isOver -> isZero <- true
            | _ ->
                if
                    not isOver
                    && (match part with
                        | Const 0.0 -> true
                        | _ -> false)
                then
                    isPole <- true

                enterProduct (this.Of part) isOver

        // powers that a law says otherwise, such as sqrt(u)^2, enter as what they become
        let rec settle rounds =
            let changed =
                [
                    for index in 0 .. gathered.Items.Count - 1 do
                        let factor = gathered.Items[index]

                        if abs factor.Exponent > 1.0 then
                            match law factor.Base (abs factor.Exponent) with
                            | Some power -> index, power, factor.Exponent > 0.0
                            | None -> ()
                ]

            if not changed.IsEmpty && rounds > 0 then
                // all are taken out before any enters: what sqrt(u)^2 becomes may be the base of another, u^2
                for index, _, _ in changed do
                    gathered.Items[index] <- { gathered.Items[index] with Exponent = 0.0 }

                for _, power, isOver in changed do
                    enterProduct (this.Of power) isOver

                merged <- true
                settle (rounds - 1)

        settle 4

        for power, isOver in Collect.powers table this.IsRatio apply gathered do
            enterProduct (this.Of power) isOver
            merged <- true

        if isZero && isPole then
            make Div [ table.Const 0.0; table.Const 0.0 ]
        elif isZero then
            this.Zero parts
        else
            match closed with
            | Some node when not merged && numbers < 2 && gathered.Items.Count > widest -> node ()
            | _ ->
                let factors =
                    [
                        for factor in gathered.Items do
                            if factor.Exponent <> 0.0 then factor
                    ]

                this.WriteChosen { Coefficient = coefficient; Factors = sorted factors }

    /// 0*u is 0, whatever u; of numbers alone it has their sign, which atan2 and 1/u would see.
    member private _.Zero(parts: struct (Expr * bool) seq) : Expr =
        let value =
            parts
            |> Seq.fold
                (fun value (struct (part, isOver)) ->
                    let factor = ValueOption.defaultValue nan (table.Facts part).Value
                    if isOver then value * factor else value / factor)
                1.0

        table.Const(if value = 0.0 then value else 0.0)

    /// Whether a node is a number, or a ratio of two, without rounding.
    member this.IsRatio(e: Expr) : bool =
        match e with
        | Const 0.0 -> true
        | _ -> (this.Of e).Factors.IsEmpty

    /// A branch that contributes nothing keeps contributing nothing, even where the other factors are not finite there.
    member private this.WriteChosen(product: Product) : Expr =
        let isMore (factor: Factor) = product.Factors |> List.exists (fun other -> not (obj.ReferenceEquals(other.Base, factor.Base)))

        let choice =
            product.Factors
            |> List.tryPick (fun factor ->
                match factor with
                | { Base = Apply(Select k, [ a; b; c; d ]); Exponent = 1.0 } ->
                    match c, d with
                    | Const 0.0, _ -> Some(factor, fun times -> apply (Select k) [ a; b; c; times d ])
                    | _, Const 0.0 -> Some(factor, fun times -> apply (Select k) [ a; b; times c; d ])
                    | _ when isOpen && isMore factor && Collect.isShort factor.Base ->
                        Some(factor, fun times -> Collect.intoBranches apply times factor.Base)
                    | _ -> None
                | _ -> None)

        match choice, product with
        | Some(factor, build), _ when not (product.Factors.Length = 1 && isOne product.Coefficient) && nesting < widest ->
            let others = product.Factors |> List.filter (fun other -> not (obj.ReferenceEquals(other.Base, factor.Base)))
            let rest = this.Write { product with Factors = others }
            nesting <- nesting + 1
            let chosen = build (fun branch -> this.Gather([ struct (rest, true); struct (branch, true) ], None))
            nesting <- nesting - 1
            chosen
        | _ -> this.Write product
