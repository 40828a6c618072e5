// The operations that .NET has no function for, as ordinary functions: they compute when run, and the readers know them.
namespace Zautograd

open System

/// <summary>
/// Functions of the rule table to write inside quotations and lambdas that are going to be read. Run as ordinary code, they
/// compute by the same table. A new row needs no line here: `Functions.Apply(op, x)` reaches every one.
/// </summary>
/// <example><code>(Quote.read &lt;@ fun x -> Functions.Erf x * Functions.Sigmoid(2.0 * x) @>).Body   // -> erf(x)*sigmoid(2*x)</code></example>
[<AbstractClass; Sealed>]
type Functions =

    /// <summary>Any operation of the table at numbers.</summary>
    /// <example><code>Functions.Apply(Hypot, 3.0, 4.0)   // -> 5</code></example>
    /// <example><code lang="csharp">Functions.Apply(Op.Hypot, 3.0, 4.0)   // -> 5</code></example>
    static member Apply(op: Op, [<ParamArray>] args: float[]) : float = Number.floats.Apply op (List.ofArray args)

    /// <summary>The cube root, also of negative numbers.</summary>
    /// <example><code>Functions.Cbrt(-8.0)   // -> -2</code></example>
    static member Cbrt(a: float) = Functions.Apply(Cbrt, a)

    /// <summary>exp a - 1, exact near 0.</summary>
    /// <example><code>Functions.Expm1(1e-20)   // -> 1e-20</code></example>
    static member Expm1(a: float) = Functions.Apply(Expm1, a)

    /// <summary>log(1 + a), exact near 0.</summary>
    /// <example><code>Functions.Log1p(1e-20)   // -> 1e-20</code></example>
    static member Log1p(a: float) = Functions.Apply(Log1p, a)

    /// <summary>The logarithm to base 2.</summary>
    /// <example><code>Functions.Log2(8.0)   // -> 3</code></example>
    static member Log2(a: float) = Functions.Apply(Log2, a)

    /// <summary>The inverse of sinh.</summary>
    /// <example><code>Functions.Asinh(sinh 1.0)   // -> 1</code></example>
    static member Asinh(a: float) = Functions.Apply(Asinh, a)

    /// <summary>The inverse of cosh.</summary>
    /// <example><code>Functions.Acosh(cosh 1.0)   // -> 1</code></example>
    static member Acosh(a: float) = Functions.Apply(Acosh, a)

    /// <summary>The inverse of tanh.</summary>
    /// <example><code>Functions.Atanh(tanh 1.0)   // -> 1</code></example>
    static member Atanh(a: float) = Functions.Apply(Atanh, a)

    /// <summary>The sign as a float, -1, 0 or 1.</summary>
    /// <example><code>Functions.Sign(-3.0)   // -> -1</code></example>
    static member Sign(a: float) = Functions.Apply(Sign, a)

    /// <summary>a, but not below b nor above c.</summary>
    /// <example><code>Functions.Clamp(7.0, 0.0, 1.0)   // -> 1</code></example>
    static member Clamp(a: float, b: float, c: float) = Functions.Apply(Clamp, a, b, c)

    /// <summary>The length of (a, b).</summary>
    /// <example><code>Functions.Hypot(3.0, 4.0)   // -> 5</code></example>
    static member Hypot(a: float, b: float) = Functions.Apply(Hypot, a, b)

    /// <summary>The greater of a and 0.</summary>
    /// <example><code>Functions.Relu(-3.0)   // -> 0</code></example>
    static member Relu(a: float) = Functions.Apply(Relu, a)

    /// <summary>1/(1 + exp(-a)).</summary>
    /// <example><code>Functions.Sigmoid(0.0)   // -> 0.5</code></example>
    static member Sigmoid(a: float) = Functions.Apply(Sigmoid, a)

    /// <summary>log(1 + exp a), a smooth relu.</summary>
    /// <example><code>Functions.Softplus(0.0)   // -> 0.6931471805…</code></example>
    static member Softplus(a: float) = Functions.Apply(Softplus, a)

    /// <summary>The error function.</summary>
    /// <example><code>Functions.Erf(0.0)   // -> 0</code></example>
    static member Erf(a: float) = Functions.Apply(Erf, a)
