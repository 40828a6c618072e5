/// Exact arithmetic on doubles: a result that rounding would change is no result.
module Zautograd.Exact

open System

/// Beyond what doubles can count by ones.
let isHuge (x: float) = abs x >= 9007199254740992.0

let isWhole (x: float) = x = Math.Floor x && not (isHuge x)

/// The product if it is exact in doubles (Dekker's error term is zero).
let product (x: float) (y: float) =
    let split (v: float) =
        let t = 134217729.0 * v
        let high = t - (t - v)
        struct (high, v - high)

    if x = 1.0 then
        Some y
    elif y = 1.0 then
        Some x
    else
        let p = x * y
        let struct (xh, xl) = split x
        let struct (yh, yl) = split y
        let error = ((xh * yh - p) + xh * yl + xl * yh) + xl * yl
        // near the smallest doubles the error term itself is rounded away
        if error = 0.0 && abs p > 1e-250 then Some p else None

/// The sum if it is exact in doubles (Knuth's error term is zero).
let sum (x: float) (y: float) =
    let s = x + y
    let v = s - x
    let error = (x - (s - v)) + (y - v)
    if error = 0.0 then Some s else None

/// Whether both are whole and beyond what doubles can count by ones. Such numbers come of multiplying again and again, as in high
/// derivatives, and are rounded as any evaluation rounds them: kept apart, they would double what there is at every step.
let private areHuge (x: float) (y: float) (result: float) =
    x = Math.Floor x && y = Math.Floor y && isHuge result && not (Double.IsInfinity result)

let private roundedProduct (x: float) (y: float) =
    product x y |> Option.orElseWith (fun () -> if areHuge x y (x * y) then Some(x * y) else None)

/// An exact number: a ratio, reduced where both are whole, its denominator positive.
[<Struct>]
type Ratio = { Over: float; Under: float }

let one = { Over = 1.0; Under = 1.0 }
let isOne (ratio: Ratio) = ratio.Over = 1.0 && ratio.Under = 1.0
let negate (ratio: Ratio) = { ratio with Over = -ratio.Over }

let rec private divisor (p: float) (q: float) = if q = 0.0 then abs p else divisor q (Math.IEEERemainder(p, q))

let reduce (over: float) (under: float) =
    // halves, quarters ... over something are ratios of whole numbers as well; tenths are not, in doubles
    let scale = 1024.0
    let scales = under <> 1.0 && not (isWhole over && isWhole under) && isWhole (scale * over) && isWhole (scale * under)
    let over, under = if scales then scale * over, scale * under else over, under
    let sign = if under < 0.0 then -1.0 else 1.0

    let common =
        if over <> 0.0 && isWhole over && isWhole under then divisor over under
        elif abs over = abs under then abs over
        else 1.0

    { Over = sign * over / common; Under = sign * under / common }

let times (p: Ratio) (q: Ratio) =
    match roundedProduct p.Over q.Over, roundedProduct p.Under q.Under with
    | Some over, Some under -> Some(reduce over under)
    | _ -> None

let plus (p: Ratio) (q: Ratio) =
    match product p.Over q.Under, product q.Over p.Under, product p.Under q.Under with
    | Some left, Some right, Some under -> sum left right |> Option.map (fun over -> reduce over under)
    | _ -> None

/// The sum of two of many huge whole numbers, rounded.
let roundedPlus (p: Ratio) (q: Ratio) =
    let total = p.Over + q.Over

    if
        p.Under = 1.0 && q.Under = 1.0 && (areHuge p.Over q.Over p.Over || areHuge p.Over q.Over q.Over) && not (Double.IsInfinity total)
    then
        Some { Over = total; Under = 1.0 }
    else
        None

let rec private power (x: float) (k: float) =
    match k with
    | 1.0 -> Some x
    | _ -> power x (k - 1.0) |> Option.bind (product x)

/// The value of an operation at numbers where it is exact; sin(2) and 2^0.5 stay as they are written.
let fold (op: Op) (args: float list) : float option =
    match op, args with
    | (Abs | Sign | Floor | Ceiling | Round | Max | Min | Relu), _ -> Some(Number.floats.Apply op args)
    | Clamp, [ _; low; high ] when low <= high -> Some(Number.floats.Apply op args)
    | Sqrt, [ a ] -> Some(sqrt a) |> Option.filter (fun root -> product root root = Some a)
    | Cbrt, [ a ] -> Some(Number.floats.Apply op args) |> Option.filter (fun root -> power root 3.0 = Some a)
    | Pow, [ a; k ] when a <> 0.0 && k >= 1.0 && k <= 64.0 && isWhole k -> power a k
    | Hypot, [ a; b ] ->
        match product a a, product b b with
        | Some aa, Some bb ->
            Some(Number.floats.Apply op args) |> Option.filter (fun radius -> product radius radius = sum aa bb && (sum aa bb).IsSome)
        | _ -> None
    | _ -> None
