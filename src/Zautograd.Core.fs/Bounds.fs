// What the shape of an expression says about its values: where they may be 0 all along, and where they may be no number.
namespace Zautograd

/// What is known of the sign of every value.
type Least =
    | Unknown = 0
    | NotNegative = 1
    | Positive = 2

/// What holds of an expression wherever its variables are finite, as far as it can be seen.
[<Struct>]
type Bounds =
    {
        Least: Least
        /// An operation with a kink or a jump is in it. One without is 0 at single points only, or everywhere.
        HasKinks: bool
        /// It may be 0 on a whole interval, as floor(x) is.
        MayVanish: bool
        /// It may be infinite or NaN somewhere.
        MayFail: bool
    }

module internal Bounds =

    let ofConst (value: float) =
        {
            Least =
                if value > 0.0 then Least.Positive
                elif value = 0.0 then Least.NotNegative
                else Least.Unknown
            HasKinks = false
            MayVanish = (value = 0.0)
            MayFail = System.Double.IsNaN value || System.Double.IsInfinity value
        }

    let ofVar = { Least = Least.Unknown; HasKinks = false; MayVanish = false; MayFail = false }

    let private isEven (k: float) = k % 2.0 = 0.0
    let private lower (p: Least) (q: Least) = if int p < int q then p else q
    let private higher (p: Least) (q: Least) = if int p > int q then p else q
    let private isNotNegative (b: Bounds) = b.Least <> Least.Unknown
    let private isPositive (b: Bounds) = (b.Least = Least.Positive)

    let private hasKink op =
        match op with
        | Abs
        | Sign
        | Floor
        | Ceiling
        | Round
        | Rem
        | Max
        | Min
        | Clamp
        | Relu
        | Select _ -> true
        | _ -> false

    let private least op args (known: Bounds list) =
        match op, args, known with
        | Add, _, [ p; q ] when isNotNegative p && isNotNegative q -> higher p.Least q.Least
        | (Mul | Div), _, [ p; q ] -> lower p.Least q.Least
        | Pow, [ _; Const k ], [ p; _ ] when isEven k -> higher Least.NotNegative p.Least
        | Pow, _, [ p; _ ]
        | (Sqrt | Cbrt | Sinh | Expm1 | Asinh | Tanh | Atan | Erf | Relu | Sign), _, [ p ] when isNotNegative p -> p.Least
        | (Exp | Cosh | Sigmoid | Softplus), _, _ -> Least.Positive
        | Abs, _, [ p ] -> higher Least.NotNegative p.Least
        | Hypot, _, [ p; q ] -> higher Least.NotNegative (higher p.Least q.Least)
        | (Sqrt | Relu), _, _ -> Least.NotNegative
        | Max, _, [ p; q ] -> higher p.Least q.Least
        | Min, _, [ p; q ]
        | Select _, _, [ _; _; p; q ] -> lower p.Least q.Least
        | _ -> Least.Unknown

    let private mayVanish op args (known: Bounds list) =
        let somewhere = known |> List.exists _.MayVanish

        match op, known with
        | (Floor | Ceiling | Round | Rem | Relu), _ -> true
        | (Neg | Mul | Max | Min | Clamp | Sqrt | Cbrt | Expm1 | Log1p | Sin | Tan | Asin | Atan | Sinh | Tanh | Asinh | Atanh | Abs | Sign | Erf),
          _ -> somewhere
        | Pow, _ ->
            match args with
            | [ _; Const k ] when k < 0.0 -> false
            | _ -> known.Head.MayVanish
        | (Div | Atan2), numerator :: _ -> numerator.MayVanish
        | Hypot, _ -> known |> List.forall _.MayVanish
        | Select _, [ _; _; c; d ] -> c.MayVanish || d.MayVanish
        | (Exp | Cosh | Sigmoid | Softplus), _ -> false
        | _ -> known |> List.exists _.HasKinks // differences, log u, cos u: 0 where u is some number all along

    let private mayFail op args (known: Bounds list) =
        List.exists _.MayFail known
        || match op, args, known with
           | (Div | Rem), _, [ _; q ] -> not (isPositive q)
           | Pow, [ _; Const k ], [ p; _ ] -> (k < 0.0 && not (isPositive p)) || (k <> System.Math.Floor k && not (isNotNegative p))
           | (Pow | Log | Log2 | Log10), _, p :: _ -> not (isPositive p)
           | (Sqrt | Log1p), _, [ p ] -> not (isNotNegative p)
           | (Asin | Acos | Acosh | Atanh), _, _ -> true
           | _ -> false

    let ofApplication op args (known: Bounds list) =
        let least = least op args known

        {
            Least = least
            HasKinks = hasKink op || List.exists _.HasKinks known
            MayVanish = least <> Least.Positive && mayVanish op args known
            MayFail = mayFail op args known
        }
