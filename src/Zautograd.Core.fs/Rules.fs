// THE TABLE: for every operation one row that says its value, its slopes, its domain and what holds where it is not smooth.
module Zautograd.Rules

open System
open MathNet.Numerics

/// <summary>How the value of an operation is found: by the machine, or by a formula in the arguments a, b, c, d.</summary>
/// <example><code>
/// match (Rules.rule Relu).Meaning with
/// | Rules.Formula formula -> string formula
/// | Rules.Native _ -> "the machine knows"   // -> max(a, 0)
/// </code></example>
type Meaning =
    | Native of (float list -> float)
    | Formula of Expr

/// <summary>
/// One row. The slopes (partial derivatives, one per argument) are expressions in the arguments a, b, c, d and the result y.
/// Domain: an open interval per argument. Breaks: the operation has a kink, a jump or a pole where one of these is 0.
/// </summary>
/// <example><code>(Rules.rule Mul).Slopes   // -> [b; a]</code></example>
type Rule =
    { Op: Op
      Meaning: Meaning
      Slopes: Expr list
      Domain: (float * float) list
      Breaks: Expr list
      Convention: string }

    /// <summary>What text and tables call the operation.</summary>
    /// <example><code>(Rules.rule Log1p).Name   // -> log1p</code></example>
    member rule.Name = Infix.name rule.Op
    /// <summary>How many arguments it takes.</summary>
    /// <example><code>(Rules.rule Hypot).Arity   // -> 2</code></example>
    member rule.Arity = rule.Slopes.Length

/// <summary>The names by which a row speaks of its arguments and its result.</summary>
/// <example><code>Rules.argumentNames   // -> [a; b; c; d]</code></example>
let argumentNames = [ "a"; "b"; "c"; "d" ]
/// <summary>The name by which a row speaks of its result.</summary>
/// <example><code>
/// Rules.resultName   // -> y
/// (Rules.rule Exp).Slopes   // -> [y]
/// </code></example>
let resultName = "y"

let private a, private b, private c, private y = Var "a", Var "b", Var "c", Var resultName
let private zero, private one, private half, private two = Const 0.0, Const 1.0, Const 0.5, Const 2.0

let private line = Double.NegativeInfinity, Double.PositiveInfinity
let private positive = 0.0, Double.PositiveInfinity
let private unit = -1.0, 1.0
let private aboveOne = 1.0, Double.PositiveInfinity
let private aboveMinusOne = -1.0, Double.PositiveInfinity

let private f1 (f: float -> float) = Native(function [ a ] -> f a | _ -> invalidOp "one argument")
let private f2 (f: float -> float -> float) = Native(function [ a; b ] -> f a b | _ -> invalidOp "two arguments")

let private less a b c d = (Select Less).Of(a, b, c, d)
let private equal a b c d = (Select Equal).Of(a, b, c, d)

let internal clamp args =
    match args with
    | [ _; low; high ] when low > high -> invalidArg (nameof low) $"clamp needs low <= high, but low is {low} and high is {high}."
    | [ a; low; high ] -> if a < low then low elif a > high then high else a
    | _ -> invalidOp "three arguments"

// MathNet's hypotenuse loses NaN beside 0, and makes NaN of two infinities.
let internal hypot (a: float) (b: float) =
    if Double.IsInfinity a || Double.IsInfinity b then Double.PositiveInfinity
    elif Double.IsNaN a || Double.IsNaN b then nan
    else SpecialFunctions.Hypotenuse(a, b)

// MathNet's loses the sign of a zero
let internal erf x = if x = 0.0 then x else SpecialFunctions.Erf x

// What two slopes of a row share, and the slope of a^b for a: 0 at 0^0, where b * a^(b-1) would be 0 * infinity.
let private radius = Hypot.Of(a, b)
let private power = let slope = b * a ** (b - one) in equal a zero (equal b zero zero slope) slope

/// The machine's own function where the running framework has it (netstandard2.0 does not promise it), else MathNet's.
let private machine (name: string) (other: float -> float) =
    match Option.ofObj (typeof<Math>.GetMethod(name, [| typeof<float> |])) with
    | Some found -> f1 (found.CreateDelegate typeof<Func<float, float>> :?> Func<float, float>).Invoke
    | None -> f1 other

let private smooth = ([]: Expr list), ""
let private row meaning slopes domain (breaks, convention) =
    fun op -> { Op = op; Meaning = meaning; Slopes = slopes; Domain = domain; Breaks = breaks; Convention = convention }

let private rounded meaning =
    match meaning with
    | Native compute -> Native(compute >> float32 >> float)
    | Formula _ -> invalidOp "MathF has no such function"

let rec private write (op: Op) : Rule =
    op
    |> match op with
       //            value                                              slopes                                           domain             where it is not smooth
       | Neg      -> row (f1 (~-))                                      [ Const -1.0 ]                                   [ line ]           smooth
       | Add      -> row (f2 (+))                                       [ one; one ]                                     [ line; line ]     smooth
       | Sub      -> row (f2 (-))                                       [ one; Const -1.0 ]                              [ line; line ]     smooth
       | Mul      -> row (f2 (*))                                       [ b; a ]                                         [ line; line ]     smooth
       | Div      -> row (f2 (/))                                       [ one / b; -y / b ]                              [ line; line ]     ([ b ], "pole at b = 0")
       | Rem      -> row (f2 (%))                                       [ one; Round.Of((y - a) / b) ]                   [ line; line ]     ([ b / a; a - b * Round.Of(a / b) ], "jumps where a is a multiple of b; the sign is that of a, slope for b is -truncate(a/b)")
       | Pow      -> row (f2 (fun a b -> if b = 2.0 then a * a else Math.Pow(a, b))) [ power; equal y zero zero (y * log a) ]          [ positive; line ] ([ a ], "a constant b never goes through log a, so a may be negative; slope for a 0 at 0^0, where that for b is -infinity; slope for b 0 where a^b = 0")
       | Sqrt     -> row (f1 sqrt)                                      [ one / (two * y) ]                              [ positive ]       ([ a ], "slope +infinity at 0, which times 0 counts as 0")
       | Cbrt     -> row (machine "Cbrt" (fun a -> float (sign a) * Math.Pow(abs a, 1.0 / 3.0))) [ one / (3.0 * y ** two) ] [ line ]        ([ a ], "slope +infinity at 0, which times 0 counts as 0")
       | Exp      -> row (f1 exp)                                       [ y ]                                            [ line ]           smooth
       | Expm1    -> row (Formula(less a (Const -40.0) (Const -1.0) (two * exp (a / two) * sinh (a / two)))) [ exp a ]   [ line ]           smooth
       | Log      -> row (f1 log)                                       [ one / a ]                                      [ positive ]       ([ a ], "pole at 0")
       | Log1p    -> row (Formula(less (abs a) half (two * Atanh.Of(a / (two + a))) (log (one + a)))) [ one / (one + a) ] [ aboveMinusOne ] ([ one + a ], "pole at -1")
       | Log2     -> row (machine "Log2" (fun a -> log a / log 2.0))    [ one / (a * Const(log 2.0)) ]                   [ positive ]       ([ a ], "pole at 0")
       | Log10    -> row (f1 log10)                                     [ one / (a * Const(log 10.0)) ]                  [ positive ]       ([ a ], "pole at 0")
       | Sin      -> row (f1 sin)                                       [ cos a ]                                        [ line ]           smooth
       | Cos      -> row (f1 cos)                                       [ -(sin a) ]                                     [ line ]           smooth
       | Tan      -> row (f1 tan)                                       [ one + y ** two ]                               [ line ]           ([ cos a ], "poles where cos a = 0")
       | Asin     -> row (f1 asin)                                      [ one / sqrt ((one - a) * (one + a)) ]           [ unit ]           ([ one - a; one + a ], "slope +infinity at -1 and 1")
       | Acos     -> row (f1 acos)                                      [ Const -1.0 / sqrt ((one - a) * (one + a)) ]    [ unit ]           ([ one - a; one + a ], "slope -infinity at -1 and 1")
       | Atan     -> row (f1 atan)                                      [ one / (one + a ** two) ]                       [ line ]           smooth
       | Atan2    -> row (f2 (fun a b -> Math.Atan2(a, b)))             [ b / radius / radius; -a / radius / radius ]    [ line; line ]     ([ Hypot.Of(a, b); less b zero a one ], "jump at a = 0 where b < 0; no slope at (0, 0)")
       | Sinh     -> row (f1 sinh)                                      [ cosh a ]                                       [ line ]           smooth
       | Cosh     -> row (f1 cosh)                                      [ sinh a ]                                       [ line ]           smooth
       | Tanh     -> row (f1 tanh)                                      [ (one / cosh a) ** two ]                        [ line ]           smooth
       | Asinh    -> row (machine "Asinh" Trig.Asinh)                   [ one / Hypot.Of(one, a) ]                       [ line ]           smooth
       | Acosh    -> row (machine "Acosh" Trig.Acosh)                   [ one / (sqrt (a - one) * sqrt (a + one)) ]      [ aboveOne ]       ([ a - one ], "slope +infinity at 1")
       | Atanh    -> row (machine "Atanh" Trig.Atanh)                   [ one / ((one - a) * (one + a)) ]                [ unit ]           ([ one - a; one + a ], "poles at -1 and 1")
       | Abs      -> row (f1 abs)                                       [ Sign.Of(a) ]                                    [ line ]           ([ a ], "slope 0 at 0")
       | Sign     -> row (Formula(less zero a one (less a zero (Const -1.0) (zero * a)))) [ zero ]                                [ line ]           ([ a ], "slope 0 everywhere; sign 0 = 0")
       | Floor    -> row (f1 floor)                                     [ zero ]                                         [ line ]           ([ a - Round.Of(a) ], "slope 0 everywhere")
       | Ceiling  -> row (f1 ceil)                                      [ zero ]                                         [ line ]           ([ a - Round.Of(a) ], "slope 0 everywhere")
       | Round    -> row (f1 Math.Round)                                [ zero ]                                         [ line ]           ([ a - floor a - half ], "slope 0 everywhere; halves go to the even neighbour")
       | Max      -> row (f2 (fun a b -> Math.Max(a, b)))               [ less b a one (less a b zero half); less b a zero (less a b one half) ] [ line; line ] ([ a - b ], "slopes 1/2 each where a = b")
       | Min      -> row (f2 (fun a b -> Math.Min(a, b)))               [ less a b one (less b a zero half); less a b zero (less b a one half) ] [ line; line ] ([ a - b ], "slopes 1/2 each where a = b")
       | Clamp    -> row (Native clamp)           [ less a b zero (less c a zero one); less a b one zero; less a b zero (less c a one zero) ] [ line; line; line ] ([ a - b; a - c; b - c ], "slope 1 for a at both bounds")
       | Hypot    -> row (f2 hypot)                                   [ equal y zero zero (a / y); equal y zero zero (b / y) ] [ line; line ] ([ y ], "slopes 0 at (0, 0)")
       | Relu     -> row (Formula(Max.Of(a, zero)))                     [ less zero a one zero ]                         [ line ]           ([ a ], "slope 0 at 0")
       | Sigmoid  -> row (Formula(one / (one + exp -a)))                [ (half / cosh (a / two)) ** two ]               [ line ]           smooth
       | Softplus -> row (Formula(Max.Of(a, zero) + Log1p.Of(exp -(abs a)))) [ Sigmoid.Of(a) ]                            [ line ]           smooth
       | Erf      -> row (f1 erf)                                       [ Const(2.0 / sqrt Math.PI) * exp -(a ** two) ]  [ line ]           smooth
       | Select k -> row (Native(function [ a; b; c; d ] -> (if (match k with Less -> a < b | LessOrEqual -> a <= b | Equal -> a = b) then c else d) | _ -> invalidOp "four arguments"))
                         [ zero; zero; op.Of(a, b, one, zero); op.Of(a, b, zero, one) ]                                  [ line; line; line; line ] ([ a - b ], "follows the branch taken")
       | Single   -> row (f1 (float32 >> float))                        [ one ]                                          [ line ]           ([], "slope 1, as if nothing were rounded")
       | SingleOf op -> let own = write op in row (rounded own.Meaning) own.Slopes own.Domain (own.Breaks, own.Convention)

/// <summary>
/// Every operation, in the order of the union; but for those on floats, which have no row of their own: they are those of the reals, rounded.
/// </summary>
/// <example><code>Rules.all |> List.exists (fun rule -> rule.Name = "softplus")   // -> true</code></example>
let all: Rule list =
    FSharp.Reflection.FSharpType.GetUnionCases typeof<Op>
    |> List.ofArray
    |> List.collect (fun case ->
        match case.Name with
        | nameof Select -> [ Select Less; Select LessOrEqual; Select Equal ]
        | nameof Single
        | nameof SingleOf -> []
        | _ -> [ unbox<Op> (FSharp.Reflection.FSharpValue.MakeUnion(case, [||])) ])
    |> List.map write

/// The rows and those made of them: operations on floats.
let internal withFloats: Rule list =
    let ofFloats =
        all
        |> List.choose (fun row ->
            match row.Meaning with
            | Native _ -> Some(write (SingleOf row.Op))
            | Formula _ -> None)

    all @ write Op.Single :: ofFloats

let private byOp = dict [ for row in withFloats -> row.Op, row ]

/// <summary>The row of an operation.</summary>
/// <example><code>(Rules.rule Sqrt).Slopes   // -> [1/(2*y)]</code></example>
let rule (op: Op) : Rule = byOp[op]

let private byName = dict [ for row in all -> row.Name, row ]

/// <summary>The row of the operation with this name; `None` when no operation is called so.</summary>
/// <example><code>
/// Rules.tryFind "tanh" |> Option.map _.Arity   // -> Some(1)
/// Rules.tryFind "no such thing"   // -> None
/// </code></example>
let tryFind (name: string) =
    match byName.TryGetValue name with
    | true, row -> Some row
    | _ -> None
