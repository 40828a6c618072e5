// The operations that .NET has no function for, as ordinary functions: they compute when run, and the readers know them.
namespace Zautograd

open System

/// Functions of the rule table to write inside quotations and lambdas that are going to be read. Run as ordinary code, they
/// compute by the same table. A new row needs no line here: `Functions.Apply(op, x)` reaches every one.
/// <example><code>
/// Quote.read &lt;@ fun x -> Functions.Erf x * Functions.Sigmoid(2.0 * x) @>
/// </code></example>
[<AbstractClass; Sealed>]
type Functions =

    /// Any operation of the table: `Functions.Apply(Hypot, x, y)`, in C# `Functions.Apply(Op.Hypot, x, y)`.
    static member Apply(op: Op, [<ParamArray>] args: float[]) : float =
        Number.floats.Apply op (List.ofArray args)

    /// The cube root, also of negative numbers: `Functions.Cbrt -8.0` is -2.
    static member Cbrt(a: float) = Functions.Apply(Cbrt, a)

    /// exp a - 1, exact near 0: `Functions.Expm1 1e-20` is 1e-20.
    static member Expm1(a: float) = Functions.Apply(Expm1, a)

    /// log(1 + a), exact near 0: `Functions.Log1p 1e-20` is 1e-20.
    static member Log1p(a: float) = Functions.Apply(Log1p, a)

    /// The logarithm to base 2: `Functions.Log2 8.0` is 3.
    static member Log2(a: float) = Functions.Apply(Log2, a)

    /// The inverse of sinh: `Functions.Asinh(sinh 1.0)` is 1.
    static member Asinh(a: float) = Functions.Apply(Asinh, a)

    /// The inverse of cosh: `Functions.Acosh(cosh 1.0)` is 1.
    static member Acosh(a: float) = Functions.Apply(Acosh, a)

    /// The inverse of tanh: `Functions.Atanh(tanh 1.0)` is 1.
    static member Atanh(a: float) = Functions.Apply(Atanh, a)

    /// The sign as a float, -1, 0 or 1: `Functions.Sign -3.0` is -1.
    static member Sign(a: float) = Functions.Apply(Sign, a)

    /// a, but not below b nor above c: `Functions.Clamp(7.0, 0.0, 1.0)` is 1.
    static member Clamp(a: float, b: float, c: float) = Functions.Apply(Clamp, a, b, c)

    /// The length of (a, b): `Functions.Hypot(3.0, 4.0)` is 5.
    static member Hypot(a: float, b: float) = Functions.Apply(Hypot, a, b)

    /// The greater of a and 0: `Functions.Relu -3.0` is 0.
    static member Relu(a: float) = Functions.Apply(Relu, a)

    /// 1/(1 + exp(-a)): `Functions.Sigmoid 0.0` is 0.5.
    static member Sigmoid(a: float) = Functions.Apply(Sigmoid, a)

    /// log(1 + exp a), a smooth relu: `Functions.Softplus 0.0` is log 2.
    static member Softplus(a: float) = Functions.Apply(Softplus, a)

    /// The error function: `Functions.Erf 0.0` is 0.
    static member Erf(a: float) = Functions.Apply(Erf, a)
