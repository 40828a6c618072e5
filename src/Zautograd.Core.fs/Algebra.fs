/// Products and sums in normal form: like factors gather in powers, like terms under one coefficient.
module Zautograd.Algebra

open System

/// How many factors or terms are opened up at once. A bound keeps the work on shared graphs linear and their sharing intact.
let widest = 8

let private isInteger (x: float) = x = Math.Floor x && abs x < 9007199254740992.0

/// The product if it is exact in doubles (Dekker's error term is zero), so that folding constants never rounds.
let private exactProduct (x: float) (y: float) =
    let split (v: float) =
        let t = 134217729.0 * v
        let high = t - (t - v)
        high, v - high

    let p = x * y
    let (xh, xl), (yh, yl) = split x, split y
    let error = ((xh * yh - p) + xh * yl + xl * yh) + xl * yl
    if error = 0.0 && p <> 0.0 then Some p else None

let private exactSum (x: float) (y: float) =
    let s = x + y
    let v = s - x
    let error = (x - (s - v)) + (y - v)
    if error = 0.0 then Some s else None

/// An exact coefficient: a ratio, reduced where both are integers, its denominator positive.
[<Struct>]
type Ratio = { Over: float; Under: float }

let private reduce over under =
    let rec divisor (p: float) (q: float) = if q = 0.0 then abs p else divisor q (Math.IEEERemainder(p, q))
    let sign = if under < 0.0 then -1.0 else 1.0
    let common = if isInteger over && isInteger under && over <> 0.0 then divisor over under else 1.0
    { Over = sign * over / common; Under = sign * under / common }

let private one = { Over = 1.0; Under = 1.0 }

let private times (p: Ratio) (q: Ratio) =
    match exactProduct p.Over q.Over, exactProduct p.Under q.Under with
    | Some over, Some under -> Some(reduce over under)
    | _ -> None

let private plus (p: Ratio) (q: Ratio) =
    match exactProduct p.Over q.Under, exactProduct q.Over p.Under, exactProduct p.Under q.Under with
    | Some left, Some right, Some under -> exactSum left right |> Option.map (fun over -> reduce over under)
    | _ -> None

/// coefficient * base1^exponent1 * base2^exponent2 ...
type Product = { Coefficient: Ratio; Factors: (Expr * float) list }

let private include' (factor: Expr, exponent: float) (product: Product) =
    let same, others = product.Factors |> List.partition (fun (other, _) -> obj.ReferenceEquals(other, factor))

    match same with
    | [] -> { product with Factors = product.Factors @ [ (factor, exponent) ] }
    | (_, old) :: _ when old + exponent = 0.0 -> { product with Factors = others }
    | (_, old) :: _ ->
        let grown = product.Factors |> List.map (fun (f, e) -> if obj.ReferenceEquals(f, factor) then f, old + exponent else f, e)
        { product with Factors = grown }

let private negate (product: Product) = { product with Coefficient = { product.Coefficient with Over = -product.Coefficient.Over } }

/// The product that an interned expression is, opened up to a depth.
let rec private gather depth (product: Product) (power: float) (e: Expr) : Product =
    match e with
    | Const c when c <> 0.0 && not (Double.IsNaN c || Double.IsInfinity c) ->
        let ratio = if power > 0.0 then reduce c 1.0 else reduce 1.0 c

        match times product.Coefficient ratio with
        | Some coefficient -> { product with Coefficient = coefficient }
        | None -> include' (e, power) product
    | Apply(Neg, [ a ]) when depth > 0 -> gather (depth - 1) (negate product) power a
    | Apply(Mul, [ a; b ]) when depth > 0 -> gather (depth - 1) (gather (depth - 1) product power a) power b
    | Apply(Div, [ a; b ]) when depth > 0 -> gather (depth - 1) (gather (depth - 1) product power a) -power b
    | Apply(Pow, [ a; Const k ]) when isInteger k -> include' (a, k * power) product
    | _ -> include' (e, power) product

let productOf (e: Expr) = gather widest { Coefficient = one; Factors = [] } 1.0 e

/// A product with one more factor, or divided by it.
let including (product: Product) (power: float) (factor: Expr) = gather widest product power factor

/// left * right, or left / right, gathered.
let multiply (left: Expr) (power: float) (right: Expr) = including (productOf left) power right

/// Writes a product as a person would: sign, then coefficient, then factors, then one division.
let writeProduct (apply: Op -> Expr list -> Expr) (constant: float -> Expr) (product: Product) : Expr =
    let power (factor, exponent) = if exponent = 1.0 then factor else apply Pow [ factor; constant exponent ]
    let chain factors = factors |> List.reduce (fun product factor -> apply Mul [ product; factor ])

    // variables by name, then everything else in the order in which it came: 2*x*y*sin(x)
    let factors =
        product.Factors
        |> List.sortWith (fun (p, _) (q, _) ->
            match p, q with
            | Var p, Var q -> String.CompareOrdinal(p, q)
            | Var _, _ -> -1
            | _, Var _ -> 1
            | _ -> 0)

    let over =
        [
            for factor, exponent in factors do
                if exponent > 0.0 then power (factor, exponent)
        ]

    let under =
        [
            for factor, exponent in factors do
                if exponent < 0.0 then power (factor, -exponent)
        ]

    let withCoefficient value factors = if value = 1.0 && not (List.isEmpty factors) then factors else constant value :: factors

    let numerator = chain (withCoefficient (abs product.Coefficient.Over) over)

    let whole =
        match (if product.Coefficient.Under = 1.0 then under else constant product.Coefficient.Under :: under) with
        | [] -> numerator
        | factors -> apply Div [ numerator; chain factors ]

    match whole with
    | Const value when product.Coefficient.Over < 0.0 -> constant -value
    | _ when product.Coefficient.Over < 0.0 -> apply Neg [ whole ]
    | _ -> whole

/// A sum's terms, each a product, like ones under one coefficient. `Merged` says whether any two were alike.
type Sum = { Terms: Product list; Merged: bool }

let rec private termsOf (positive: bool) (room: int) (e: Expr) : Product list =
    match e with
    | Const 0.0 -> []
    | Apply(Add, [ a; b ]) when room > 1 ->
        let left = termsOf positive (room - 1) a
        left @ termsOf positive (room - left.Length) b
    | Apply(Sub, [ a; b ]) when room > 1 ->
        let left = termsOf positive (room - 1) a
        left @ termsOf (not positive) (room - left.Length) b
    | Apply(Neg, [ a ]) when room > 1 -> termsOf (not positive) (room - 1) a
    | _ -> [ (if positive then productOf e else negate (productOf e)) ]

/// left + right, or left - right, with like terms gathered.
let add (numberOf: Expr -> int) (left: Expr) (right: Expr) (positive: bool) : Sum =
    let key (product: Product) = product.Factors |> List.map (fun (factor, exponent) -> numberOf factor, exponent) |> List.sort
    let room = widest

    let enter (sum: Sum) (term: Product) =
        let wanted = key term

        match sum.Terms |> List.tryFindIndex (fun other -> key other = wanted) with
        | None -> { sum with Terms = sum.Terms @ [ term ] }
        | Some index ->
            match plus sum.Terms[index].Coefficient term.Coefficient with
            | None -> { sum with Terms = sum.Terms @ [ term ] }
            | Some ratio when ratio.Over = 0.0 -> { Terms = List.removeAt index sum.Terms; Merged = true }
            | Some ratio -> { Terms = List.updateAt index { term with Coefficient = ratio } sum.Terms; Merged = true }

    termsOf true room left @ termsOf positive room right |> List.fold enter { Terms = []; Merged = false }

/// Writes a sum as a person would: a positive term first, then additions and subtractions.
let writeSum (apply: Op -> Expr list -> Expr) (constant: float -> Expr) (sum: Sum) : Expr =
    let isNegative (term: Product) = term.Coefficient.Over < 0.0

    let ordered =
        match List.tryFindIndex (isNegative >> not) sum.Terms with
        | Some index -> sum.Terms[index] :: List.removeAt index sum.Terms
        | None -> sum.Terms

    match ordered with
    | [] -> constant 0.0
    | first :: rest ->
        let write = writeProduct apply constant

        (write first, rest)
        ||> List.fold (fun total term ->
            let size = write { term with Coefficient = { term.Coefficient with Over = abs term.Coefficient.Over } }
            apply (if isNegative term then Sub else Add) [ total; size ])
