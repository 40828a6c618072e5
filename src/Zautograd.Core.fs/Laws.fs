/// THE LAWS: one algebraic law per row, left side, right side, where it holds; and the matcher that applies them.
module Zautograd.Laws

open System
open System.Collections.Generic

/// Which constants a law speaks of: `k` and `j` stand for numbers, every other name for any expression.
type Constants = { Says: string; Allow: float -> float -> bool }

/// One law. The left side has the value of the right side where `u` lies in the domain.
/// `Grows` marks the few whose right side is larger: they are for derivatives, where it pays, and not for simplifying.
type Law =
    { Left: Expr
      Right: Expr
      Domain: float * float
      Constants: Constants
      Grows: bool }

    /// The law as text: `log(exp(u)) = u`.
    member law.Name = $"{law.Left} = {law.Right}" + (if law.Constants.Says = "" then "" else $", {law.Constants.Says}")

let private u, v, w, k, j = Var "u", Var "v", Var "w", Var "k", Var "j"
let private zero, one, two = Const 0.0, Const 1.0, Const 2.0

let private line = Double.NegativeInfinity, Double.PositiveInfinity
let private positive = 0.0, Double.PositiveInfinity
let private unit = -1.0, 1.0
let private aboveOne = 1.0, Double.PositiveInfinity
let private aboveMinusOne = -1.0, Double.PositiveInfinity

let private isEven (x: float) = x % 2.0 = 0.0
let private any = { Says = ""; Allow = fun _ _ -> true }
let private even = { Says = "k even"; Allow = fun k _ -> isEven k }
let private odd = { Says = "k odd"; Allow = fun k _ -> isEven (k - 1.0) }
let private nonZero = { Says = "k whole, not 0"; Allow = fun k _ -> Exact.isWhole k && k <> 0.0 }
let private whole = { Says = "k whole, k*j exact"; Allow = fun k j -> Exact.isWhole k && (Exact.product k j).IsSome }

let private row left right domain constants = { Left = left; Right = right; Domain = domain; Constants = constants; Grows = false }
let private less a b c d = (Select Less).Of(a, b, c, d)

let private singles: Law list =
    [ //    left                              right                  u in           constants
      row   (log (exp u))                     u                      line           any
      row   (exp (log u))                     u                      positive       any
      row   (Log1p.Of(Expm1.Of u))            u                      line           any
      row   (Expm1.Of(Log1p.Of u))            u                      aboveMinusOne  any
      row   (Log2.Of(two ** u))               u                      line           any
      row   (two ** Log2.Of u)                u                      positive       any
      row   (Log10.Of(Const 10.0 ** u))       u                      line           any
      row   (Const 10.0 ** Log10.Of u)        u                      positive       any
      row   (sin (asin u))                    u                      unit           any
      row   (cos (acos u))                    u                      unit           any
      row   (tan (atan u))                    u                      line           any
      row   (sinh (Asinh.Of u))               u                      line           any
      row   (Asinh.Of(sinh u))                u                      line           any
      row   (cosh (Acosh.Of u))               u                      aboveOne       any
      row   (Acosh.Of(cosh u))                (abs u)                line           any
      row   (tanh (Atanh.Of u))               u                      unit           any
      row   (Atanh.Of(tanh u))                u                      (-3.0, 3.0)    any
      row   (Const Math.E ** u)               (exp u)                line           any
      row   (log (Const Math.E))              one                    line           any
      row   (u ** zero)                       one                    line           any
      row   (u ** one)                        u                      line           any
      row   (one ** u)                        one                    line           any
      row   (sqrt (u ** two))                 (abs u)                line           any
      row   (sqrt u ** k)                     (u ** (k / two))       positive       even
      row   (Cbrt.Of(u ** Const 3.0))         u                      line           any
      row   (Cbrt.Of u ** Const 3.0)          u                      line           any
      row   ((u ** j) ** k)                   (u ** (k * j))         positive       whole
      row   ((one / u) ** k)                  (one / u ** k)         positive       nonZero
      row   ((-u) ** k)                       (u ** k)               line           even
      row   ((-u) ** k)                       (-(u ** k))            line           odd
      row   (abs u ** k)                      (u ** k)               line           even
      row   (abs (u ** k))                    (u ** k)               line           even
      { row (Hypot.Of(u, v) ** two)           (u ** two + v ** two)  line           any with Grows = true }
      row   (Hypot.Of(u, zero))               (abs u)                line           any
      row   (Hypot.Of(zero, u))               (abs u)                line           any
      row   (Sigmoid.Of zero)                 (Const 0.5)            line           any
      // (u = u and u <= u are not laws: they are false for NaN, and that is what some ask them for)
      row   (less u u v w)                    w                      line           any ]

/// Laws that several operations share.
let private families: Law list =
    let each (ops: Op list) write = ops |> List.map write
    let nearest = [ Floor; Ceiling; Round ]

    List.concat
        [ //                                                                        left                right         u in      constants
          each [ Sin; Tan; Asin; Atan; Sinh; Tanh ]                   (fun f -> row (f.Of -u)           (-(f.Of u))   unit      any)
          each [ Asinh; Atanh; Erf; Cbrt; Sign ]                      (fun f -> row (f.Of -u)           (-(f.Of u))   unit      any)
          each [ Cos; Cosh; Abs ]                                     (fun f -> row (f.Of -u)           (f.Of u)      line      any)
          each [ Abs; Exp; Sqrt; Cosh; Sigmoid; Softplus; Relu ]      (fun f -> row (abs (f.Of u))      (f.Of u)      positive  any)
          each [ Hypot ]                                              (fun f -> row (abs (f.Of(u, v)))  (f.Of(u, v))  line      any)
          each [ Relu; Sign ]                                         (fun f -> row (f.Of(f.Of u))      (f.Of u)      line      any)
          each nearest (fun g -> each nearest                         (fun f -> row (f.Of(g.Of u))      (g.Of u)      line      any)) |> List.concat
          each [ Max; Min ]                                           (fun f -> row (f.Of(u, u))        u             line      any)
          each [ Select Less; Select LessOrEqual; Select Equal ]      (fun f -> row (f.Of(u, v, w, w))  w             line      any)
          each [ Sin; Tan; Asin; Atan; Sinh; Tanh; Asinh; Atanh ]     (fun f -> row (f.Of zero)         zero          line      any)
          each [ Erf; Cbrt; Sqrt; Expm1; Log1p ]                      (fun f -> row (f.Of zero)         zero          line      any)
          each [ Exp; Cos; Cosh ]                                     (fun f -> row (f.Of zero)         one           line      any)
          each [ Log; Log2; Log10; Acos; Acosh ]                      (fun f -> row (f.Of one)          zero          line      any) ]

/// Laws that replace one expression by another, tried from the top.
let rewrites: Law list = singles @ families

/// Laws of two terms of a sum, wherever they stand in it, under any common factor.
let pairs: Law list =
    [ row   (sin u ** two + cos u ** two)     one                    line           any
      row   (cosh u ** two - sinh u ** two)   one                    (-3.0, 3.0)    any
      row   (one - sin u ** two)              (cos u ** two)         line           any
      row   (one - cos u ** two)              (sin u ** two)         line           any
      row   (sinh u ** two + one)             (cosh u ** two)        line           any
      row   (cosh u ** two - one)             (sinh u ** two)        line           any ]

/// Laws of two factors of a product, wherever they stand in it, over or under its line, to any whole powers.
let factors: Law list =
    [ row   (sin u / cos u)                   (tan u)                unit           any
      row   (tan u * cos u)                   (sin u)                unit           any
      row   (tan u / sin u)                   (one / cos u)          positive       any
      row   (sinh u / cosh u)                 (tanh u)               unit           any
      row   (tanh u * cosh u)                 (sinh u)               unit           any
      row   (tanh u / sinh u)                 (one / cosh u)         positive       any
      row   (Sign.Of u * abs u)               u                      line           any
      row   (Sign.Of u / abs u)               (one / u)              positive       any ]

/// What the normal forms of sums and products (Algebra) do. They are listed for readers and tests: no matcher finds like terms far apart.
let normalForms: Law list =
    [ row   (u + zero)                        u                      line           any
      row   (u - zero)                        u                      line           any
      row   (zero - u)                        (-u)                   line           any
      row   (u - u)                           zero                   line           any
      row   (u + u)                           (two * u)              line           any
      row   (k * u + u)                       ((k + one) * u)        line           { Says = "k + 1 exact"; Allow = fun k _ -> (Exact.sum k 1.0).IsSome }
      row   (k * u - k * u)                   zero                   line           any
      row   (u + (-v))                        (u - v)                line           any
      row   (u - (-v))                        (u + v)                line           any
      row   (-(u - v))                        (v - u)                line           any
      row   (-(-u))                           u                      line           any
      row   (u * one)                         u                      line           any
      row   (u * zero)                        zero                   line           any
      row   (zero / u)                        zero                   positive       any
      row   (u / one)                         u                      line           any
      row   (u / u)                           one                    positive       any
      row   (u * u)                           (u ** two)             line           any
      row   (u ** k * u)                      (u ** (k + one))       positive       { Says = "k whole"; Allow = fun k _ -> Exact.isWhole k }
      row   (u ** k * u ** j)                 (u ** (k + j))         positive       { Says = "k + j exact"; Allow = fun k j -> (Exact.sum k j).IsSome }
      row   (u ** (v - one) * u)              (u ** v)               positive       any
      row   (u ** v * u ** w)                 (u ** (v + w))         positive       any
      row   (u / sqrt u)                      (sqrt u)               positive       any
      row   (sqrt u / u)                      (one / sqrt u)         positive       any
      row   (u * (v / u))                     v                      positive       any
      row   (u / (u * v))                     (one / v)              positive       any
      row   ((-u) * (-v))                     (u * v)                line           any
      row   (u * (-v))                        (-(u * v))             line           any
      row   (less u v (less u v w k) j)       (less u v w j)         line           any
      row   (less u v k (less u v j w))       (less u v k w)         line           any
      row   (k * u / k)                       u                      line           { Says = "k not 0"; Allow = fun k _ -> k <> 0.0 } ]

/// Every law there is.
let all: Law list = rewrites @ pairs @ factors @ normalForms

let private slot name = List.findIndex ((=) name) [ "u"; "v"; "w"; "k"; "j" ]
// 0 is not -0, where it is divided by
let private isSame (p: float) (c: float) = p = c && 1.0 / p = 1.0 / c
let private isConstant name = name = "k" || name = "j"

/// Whether arguments have the patterns' outermost shape, which nearly always says no, and at once.
let rec private mayMatch patterns args =
    match patterns, args with
    | Apply(op, _) :: patterns, Apply(other, _) :: args -> op = other && mayMatch patterns args
    | Const p :: patterns, Const c :: args -> isSame p c && mayMatch patterns args
    | Var name :: patterns, arg :: args -> (not (isConstant name) || arg.IsConst) && mayMatch patterns args
    | [], [] -> true
    | _ -> false

/// What the law's variables stand for in arguments of the patterns' shape. A name that comes twice means the same node twice.
let private matches (patterns: Expr list) (args: Expr list) : Expr option[] option =
    let bound = Array.create 5 None

    let rec fits pattern e =
        match pattern, e with
        | Const p, Const c -> isSame p c
        | Var name, Const _ -> binds (slot name) e
        | Var name, _ -> not (isConstant name) && binds (slot name) e
        | Apply(op, patterns), Apply(other, args) -> op = other && fitAll patterns args
        | _ -> false

    and fitAll patterns args = List.length patterns = List.length args && List.forall2 fits patterns args

    and binds place e =
        match bound[place] with
        | Some before -> obj.ReferenceEquals(before, e)
        | None ->
            bound[place] <- Some e
            true

    if fitAll patterns args then Some bound else None

/// The operation on the left of a law, and its arguments.
let private top (law: Law) =
    match law.Left with
    | Apply(op, args) -> op, args
    | Const _
    | Var _ -> invalidOp $"The law {law.Name} has no operation on its left."

let private byOp =
    let table = Dictionary<Op, (Law * Expr list) list>()

    for op, laws in rewrites |> List.groupBy (top >> fst) do
        table[op] <- laws |> List.map (fun law -> law, snd (top law))

    table

let private write (constant: float -> Expr) (apply: Op -> Expr list -> Expr) (bound: Expr option[]) =
    let rec instance pattern =
        match pattern with
        | Const c -> constant c
        | Var name -> bound[slot name].Value
        | Apply(op, args) -> apply op (args |> List.map instance)

    instance

let private number (bound: Expr option[]) name =
    match bound[slot name] with
    | Some(Const c) -> c
    | _ -> nan

/// The right side of the first law that fits an application; the operations of the right side are applied by the caller's own means.
let tryApply (grow: bool) (constant: float -> Expr) (apply: Op -> Expr list -> Expr) (op: Op) (args: Expr list) : Expr option =
    match byOp.TryGetValue op with
    | true, laws ->
        laws
        |> List.tryPick (fun (law, patterns) ->
            if law.Grows && not grow || not (mayMatch patterns args) then
                None
            else
                matches patterns args
                |> Option.filter (fun bound -> law.Constants.Allow (number bound "k") (number bound "j"))
                |> Option.map (fun bound -> write constant apply bound law.Right))
    | _ -> None

/// A law of two terms, read for the normal form of sums: where a term holds f(u)^2, and another is the same but for the partner
/// in its place and `Sign` times its coefficient, the two are `ResultSign` times the first with the result in its place.
type Pair = { Square: Op; Partner: Op option; Sign: float; Result: Op option; ResultSign: float }

let private squareOf e =
    match e with
    | Apply(Pow, [ Apply(op, _); Const 2.0 ]) -> Some op
    | _ -> None

/// The pairs of laws in which the square of this operation comes.
let pairsOf: Op -> Pair list =
    let read (law: Law) =
        match top law with
        | op, [ a; b ] ->
            let sign = if op = Add then 1.0 else -1.0

            match squareOf a with
            | Some square -> { Square = square; Partner = squareOf b; Sign = sign; Result = squareOf law.Right; ResultSign = 1.0 }
            | None -> { Square = (squareOf b).Value; Partner = None; Sign = sign; Result = squareOf law.Right; ResultSign = sign }
        | _ -> invalidOp $"The law {law.Name} is not about two terms."

    let table = dict (pairs |> List.map read |> List.groupBy _.Square)

    fun op ->
        match table.TryGetValue op with
        | true, found -> found
        | _ -> []

/// A law of two factors, read for the normal form of products: where `First` and `Second` of one argument are factors, the second
/// on the same side of the line as the first (1) or on the other (-1), a power of the result, u itself where there is none, takes their place, on that side.
type Partners = { First: Op; Second: Op; Side: float; Result: Op option; ResultSide: float }

/// The laws of factors in which this operation comes first.
let partnersOf: Op -> Partners list =
    let read (law: Law) =
        let operation e =
            match e with
            | Apply(op, _) -> Some op
            | Const _
            | Var _ -> None

        let result, resultSide =
            match law.Right with
            | Apply(Div, [ _; under ]) -> operation under, -1.0
            | over -> operation over, 1.0

        match law.Left with
        | Apply(op, [ Apply(first, _); Apply(second, _) ]) ->
            { First = first; Second = second; Side = (if op = Mul then 1.0 else -1.0); Result = result; ResultSide = resultSide }
        | _ -> invalidOp $"The law {law.Name} is not about two factors."

    let table = dict (factors |> List.map read |> List.groupBy _.First)

    fun op ->
        match table.TryGetValue op with
        | true, found -> found
        | _ -> []
