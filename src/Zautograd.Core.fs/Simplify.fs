/// Simplification is one more number system: it gives every operation the smallest expression that means the same.
module Zautograd.Simplify

open System

let private isEven (k: float) = k % 2.0 = 0.0

/// Whether a guard "0 where u is 0" says nothing new, as before n*x^(n - 1) and 2^x*log(2), where only powers are guarded.
/// Any other guard stays: x*log(x) is not 0 at 0 by itself, and of x alone a later x/x would make 1.
let private isIdleGuard (u: Expr) (product: Expr) =
    let isFinite factor =
        match factor with
        | Var _
        | Const _
        | Apply(Pow, _) -> true
        | Apply(Log, [ Const c ]) -> c > 0.0
        | Apply _ -> false

    let isPower factor =
        match factor with
        | Apply(Pow, _) -> true
        | Var _
        | Const _
        | Apply _ -> false

    let factors = (Algebra.productOf product).Factors

    factors |> List.forall (fun (factor, exponent) -> exponent > 0.0 && isFinite factor)
    && factors |> List.exists (fun (factor, _) -> obj.ReferenceEquals(factor, u))
    && factors |> List.exists (fun (factor, _) -> isPower factor)

/// <summary>A number system over expressions, and its variables.</summary>
/// <example><code>
/// let symbols = Simplify.symbols ()
/// symbols.Number.Apply Add [ symbols.Variable "x"; symbols.Number.Const 0.0 ]   // -> x
/// </code></example>
type Symbols = { Number: Number<Expr>; Variable: string -> Expr }

/// <summary>
/// A number system over expressions that simplifies as it builds. Each has a table of its own, in which equal expressions are one node.
/// 0*u is 0 also where u is infinite or NaN: on purpose, a derivative that is 0 stays 0.
/// </summary>
/// <example><code>
/// let symbols = Simplify.symbols ()
/// Number.evaluate symbols.Number symbols.Variable (x * 1.0 + 0.0)   // -> x
/// </code></example>
let symbols () : Symbols =
    let interned = Interned()
    let constant = interned.Const
    let make op args = interned.Apply(op, args)

    let rec product left power right =
        match left, power, right with
        // a branch that contributes nothing keeps contributing nothing, even where the other factor is not finite there
        | Apply(Select k, [ a; b; Const 0.0; d ]), _, u -> apply (Select k) [ a; b; constant 0.0; product d power u ]
        | Apply(Select k, [ a; b; c; Const 0.0 ]), _, u -> apply (Select k) [ a; b; product c power u; constant 0.0 ]
        | u, 1.0, (Apply(Select _, [ _; _; Const 0.0; _ ]) as choice)
        | u, 1.0, (Apply(Select _, [ _; _; _; Const 0.0 ]) as choice) -> product choice 1.0 u
        | _ -> Algebra.multiply left power right |> settle |> Algebra.writeProduct power' constant

    // a power that is no power when it is written, sqrt(u)^2 = u, is gathered with the other factors
    and settle (gathered: Algebra.Product) =
        let settled =
            gathered.Factors
            |> List.tryPick (fun (factor, exponent) ->
                match factor with
                | Apply((Sqrt | Hypot | Abs), _) when abs exponent = 2.0 -> Some(factor, exponent, pow factor (constant 2.0))
                | Apply _
                | Var _
                | Const _ -> None)

        match settled with
        | Some(factor, exponent, written) ->
            match written with
            | Apply(Pow, [ same; _ ]) when obj.ReferenceEquals(same, factor) -> gathered
            | _ ->
                let others = gathered.Factors |> List.filter (fun (other, _) -> not (obj.ReferenceEquals(other, factor)))
                settle (Algebra.including { gathered with Factors = others } (exponent / 2.0) written)
        | None -> gathered

    and power' op args =
        match op, args with
        | Pow, [ a; b ] -> pow a b
        | _ -> make op args

    and sum left right positive =
        match left, right with
        | Apply(Select k, [ a; b; c; d ]), Apply(Select k', [ a'; b'; c'; d' ]) when
            k = k' && obj.ReferenceEquals(a, a') && obj.ReferenceEquals(b, b')
            ->
            apply (Select k) [ a; b; sum c c' positive; sum d d' positive ]
        | _ ->
            let terms = Algebra.add interned.NumberOf left right positive
            let written = Algebra.writeSum make constant

            // a long sum is opened only where that gathers something
            if terms.Merged || terms.Terms.Length < Algebra.widest then
                written terms
            else
                make (if positive then Add else Sub) [ left; right ]

    and pow a b =
        match a, b with
        | _, Const 0.0 -> constant 1.0
        | u, Const 1.0 -> u
        | Const 1.0, _ -> constant 1.0
        | Apply(Sqrt, [ u ]), Const 2.0 -> u
        | Apply(Hypot, [ u; v ]), Const 2.0 -> apply Add [ apply Pow [ u; b ]; apply Pow [ v; b ] ]
        | Apply((Neg | Abs), [ u ]), Const k when isEven k -> apply Pow [ u; b ]
        | Apply(Neg, [ u ]), Const k when isEven (k - 1.0) -> apply Neg [ apply Pow [ u; b ] ]
        | Apply(Pow, [ u; Const j ]), Const k when k = Math.Floor k -> pow u (constant (j * k))
        | u, Const k when k < 0.0 && k = Math.Floor k -> apply Div [ constant 1.0; pow u (constant -k) ]
        | _ -> make Pow [ a; b ]

    and apply op args =
        match op, args with
        | Neg, [ u ] -> product (constant -1.0) 1.0 u
        | Mul, [ Const 0.0; _ ]
        | Mul, [ _; Const 0.0 ]
        | Div, [ Const 0.0; _ ] -> constant 0.0
        | Mul, [ u; v ] -> product u 1.0 v
        | Div, [ u; v ] -> product u -1.0 v
        | Add, [ u; v ] -> sum u v true
        | Sub, [ u; v ] -> sum u v false
        | Pow, [ u; v ] when not (isConstant args) -> pow u v
        | Log, [ Apply(Exp, [ u ]) ]
        | Exp, [ Apply(Log, [ u ]) ] -> u
        | Sqrt, [ Apply(Pow, [ u; Const 2.0 ]) ] -> apply Abs [ u ]
        | Abs, [ Apply((Abs | Exp | Sqrt | Cosh), _) as u ] -> u
        | (Max | Min), [ u; v ] when obj.ReferenceEquals(u, v) -> u
        | Select _, [ _; _; c; d ] when obj.ReferenceEquals(c, d) -> c
        | Select k, [ Const a; Const b; c; d ] ->
            match Number.floats.Apply (Select k) [ a; b; 1.0; 0.0 ] with
            | 1.0 -> c
            | _ -> d
        | Select Equal, [ u; Const 0.0; Const 0.0; d ] when isIdleGuard u d -> d
        | (Sin | Tan | Asin | Atan | Sinh | Tanh | Asinh | Atanh | Erf | Cbrt | Sign), [ Apply(Neg, [ u ]) ] -> apply Neg [ apply op [ u ] ]
        | (Cos | Cosh | Abs), [ Apply(Neg, [ u ]) ] -> apply op [ u ]
        | _ when isConstant args -> fold op args
        | _ -> make op args

    and isConstant args =
        args
        |> List.forall (function
            | Const _ -> true
            | Var _
            | Apply _ -> false)

    // Constants are folded where the result is a whole number; sin(2) and 2^0.5 stay as they are written.
    // So does what refuses its arguments (clamp with its bounds swapped): it will refuse them when it is evaluated.
    and fold op args =
        let numbers =
            args
            |> List.map (function
                | Const value -> value
                | Var _
                | Apply _ -> nan)

        let value =
            try
                Number.floats.Apply op numbers
            with :? ArgumentException ->
                nan

        if value = Math.Floor value && abs value < 1e15 then constant value else make op args

    {
        Number =
            {
                Const = constant
                Apply = apply
                IsZero =
                    function
                    | Const 0.0 -> true
                    | Const _
                    | Var _
                    | Apply _ -> false
            }
        Variable = interned.Var
    }

/// <summary>An expression that means the same and has no more nodes.</summary>
/// <example><code>Simplify.simplify (x + x - 2.0 * x + y)   // -> y</code></example>
let simplify (root: Expr) : Expr =
    let symbols = symbols ()
    let simple = Number.evaluate symbols.Number symbols.Variable root
    if Graph.size simple <= Graph.size root then simple else root
