// From a quoted F# function to its value and its gradient.
namespace Zautograd

open System
open System.Collections.Concurrent
open FSharp.Quotations
open Zautograd.Programs

/// What is compiled for an order, once for each.
[<Sealed>]
type internal ByOrder<'Delegate>(compile: int -> 'Delegate) =
    let found = ConcurrentDictionary<int, 'Delegate>()

    /// The coefficients 0 .. order: written by the delegate into room for them.
    member _.Coefficients(order: int, call: 'Delegate -> float[] -> float) : float[] =
        let compiled = found.GetOrAdd(order, compile)
        let coefficients = Array.zeroCreate (order + 1)
        call compiled coefficients |> ignore
        coefficients

/// <summary>A function of one parameter, with its gradient. Made by `Gradient.compile`; it may be called from any thread.</summary>
[<Sealed>]
type Differentiable<'A> internal (code: GradientCode) =
    let kinds = [ typeof<'A> ]
    let value = lazy code.Value<Func<'A, float>> kinds
    let both = lazy code.ValueAndGradient<Func<'A, struct (float * 'A)>>(kinds, typeof<struct (float * 'A)>)
    let into = lazy code.Into<Func<'A, 'A, float>> kinds
    let product = lazy code.HessianVector<Func<'A, 'A, 'A>>(kinds, typeof<'A>)
    let jvp = lazy code.Jvp<Func<'A, 'A, struct (float * float)>> kinds
    let hessian = lazy code.Hessian<Func<'A, float[,]>> kinds
    let twice = lazy code.VectorHessianVector<Func<'A, 'A, 'A, float>> kinds
    let laplacian = lazy code.Laplacian<Func<'A, float>> kinds
    let taylor = ByOrder(fun order -> code.TaylorCoefficients<Func<'A, 'A, float[], float>>(kinds, order))

    /// The program that was read: to be shown, transformed or written.
    member _.Program = code.Program
    /// The value. Arrays that the function changes are changed.
    member _.Value(a: 'A) : float = value.Value.Invoke a
    /// The value, and the derivatives in the shape of the parameter. Arrays that the function changes stay as they are.
    member _.ValueAndGradient(a: 'A) : struct (float * 'A) = both.Value.Invoke a
    /// The value; the derivatives are written into the arrays of the caller.
    member _.Into(a: 'A, gradientOfA: 'A) : float = into.Value.Invoke(a, gradientOfA)
    /// The matrix of second derivatives times a direction, in the shape of the parameters.
    member _.HessianVector(a: 'A, directionOfA: 'A) : 'A = product.Value.Invoke(a, directionOfA)

    /// The value, and its change along a direction, which has the shape of the parameter.
    member _.Jvp(a: 'A, directionOfA: 'A) : struct (float * float) = jvp.Value.Invoke(a, directionOfA)

    /// The matrix of second derivatives: the numbers of the parameters that are differentiated, in their order, an array's one behind the other.
    member _.Hessian(a: 'A) : float[,] = hessian.Value.Invoke(a)

    /// The matrix of second derivatives with a direction on either side.
    member _.VectorHessianVector(a: 'A, leftOfA: 'A, rightOfA: 'A) : float = twice.Value.Invoke(a, leftOfA, rightOfA)

    /// The sum of the second derivatives by each number of the parameters that are differentiated.
    member _.Laplacian(a: 'A) : float = laplacian.Value.Invoke(a)

    /// The coefficients of t^0 ... t^order in the value along a line, whose direction has the shape of the parameter. For each order code is
    /// compiled at the first call, which grows with its square.
    member _.TaylorCoefficients(a: 'A, directionOfA: 'A, order: int) : float[] =
        taylor.Coefficients(order, fun compiled room -> compiled.Invoke(a, directionOfA, room))

    /// The text of the program.
    override _.ToString() = Show.program code.Program

/// <summary>A function of two parameters, with its gradient; see `Differentiable` of one.</summary>
[<Sealed>]
type Differentiable<'A, 'B> internal (code: GradientCode) =
    let kinds = [ typeof<'A>; typeof<'B> ]
    let value = lazy code.Value<Func<'A, 'B, float>> kinds
    let both = lazy code.ValueAndGradient<Func<'A, 'B, struct (float * 'A * 'B)>>(kinds, typeof<struct (float * 'A * 'B)>)
    let into = lazy code.Into<Func<'A, 'B, 'A, 'B, float>> kinds
    let product = lazy code.HessianVector<Func<'A, 'B, 'A, 'B, struct ('A * 'B)>>(kinds, typeof<struct ('A * 'B)>)
    let jvp = lazy code.Jvp<Func<'A, 'B, 'A, 'B, struct (float * float)>> kinds
    let hessian = lazy code.Hessian<Func<'A, 'B, float[,]>> kinds
    let twice = lazy code.VectorHessianVector<Func<'A, 'B, 'A, 'B, 'A, 'B, float>> kinds
    let laplacian = lazy code.Laplacian<Func<'A, 'B, float>> kinds
    let taylor = ByOrder(fun order -> code.TaylorCoefficients<Func<'A, 'B, 'A, 'B, float[], float>>(kinds, order))

    /// The program that was read: to be shown, transformed or written.
    member _.Program = code.Program
    /// The value. Arrays that the function changes are changed.
    member _.Value(a: 'A, b: 'B) : float = value.Value.Invoke(a, b)
    /// The value, and the derivatives in the shape of the parameters. Arrays that the function changes stay as they are.
    member _.ValueAndGradient(a: 'A, b: 'B) : struct (float * 'A * 'B) = both.Value.Invoke(a, b)
    /// The value; the derivatives are written into the arrays of the caller.
    member _.Into(a: 'A, b: 'B, gradientOfA: 'A, gradientOfB: 'B) : float = into.Value.Invoke(a, b, gradientOfA, gradientOfB)

    /// The matrix of second derivatives times a direction, in the shape of the parameters.
    member _.HessianVector(a: 'A, b: 'B, directionOfA: 'A, directionOfB: 'B) : struct ('A * 'B) =
        product.Value.Invoke(a, b, directionOfA, directionOfB)

    /// The value, and its change along a direction, which has the shape of the parameters.
    member _.Jvp(a: 'A, b: 'B, directionOfA: 'A, directionOfB: 'B) : struct (float * float) =
        jvp.Value.Invoke(a, b, directionOfA, directionOfB)

    /// The matrix of second derivatives: the numbers of the parameters that are differentiated, in their order, an array's one behind the other.
    member _.Hessian(a: 'A, b: 'B) : float[,] = hessian.Value.Invoke(a, b)

    /// The matrix of second derivatives with a direction on either side.
    member _.VectorHessianVector(a: 'A, b: 'B, leftOfA: 'A, leftOfB: 'B, rightOfA: 'A, rightOfB: 'B) : float =
        twice.Value.Invoke(a, b, leftOfA, leftOfB, rightOfA, rightOfB)

    /// The sum of the second derivatives by each number of the parameters that are differentiated.
    member _.Laplacian(a: 'A, b: 'B) : float = laplacian.Value.Invoke(a, b)

    /// The coefficients of t^0 ... t^order in the value along a line, whose direction has the shape of the parameters. For each order code is
    /// compiled at the first call, which grows with its square.
    member _.TaylorCoefficients(a: 'A, b: 'B, directionOfA: 'A, directionOfB: 'B, order: int) : float[] =
        taylor.Coefficients(order, fun compiled room -> compiled.Invoke(a, b, directionOfA, directionOfB, room))

    /// The text of the program.
    override _.ToString() = Show.program code.Program

/// <summary>A function of three parameters, with its gradient; see `Differentiable` of one.</summary>
[<Sealed>]
type Differentiable<'A, 'B, 'C> internal (code: GradientCode) =
    let kinds = [ typeof<'A>; typeof<'B>; typeof<'C> ]
    let value = lazy code.Value<Func<'A, 'B, 'C, float>> kinds
    let both = lazy code.ValueAndGradient<Func<'A, 'B, 'C, struct (float * 'A * 'B * 'C)>>(kinds, typeof<struct (float * 'A * 'B * 'C)>)
    let into = lazy code.Into<Func<'A, 'B, 'C, 'A, 'B, 'C, float>> kinds
    let product = lazy code.HessianVector<Func<'A, 'B, 'C, 'A, 'B, 'C, struct ('A * 'B * 'C)>>(kinds, typeof<struct ('A * 'B * 'C)>)
    let jvp = lazy code.Jvp<Func<'A, 'B, 'C, 'A, 'B, 'C, struct (float * float)>> kinds
    let hessian = lazy code.Hessian<Func<'A, 'B, 'C, float[,]>> kinds
    let twice = lazy code.VectorHessianVector<Func<'A, 'B, 'C, 'A, 'B, 'C, 'A, 'B, 'C, float>> kinds
    let laplacian = lazy code.Laplacian<Func<'A, 'B, 'C, float>> kinds
    let taylor = ByOrder(fun order -> code.TaylorCoefficients<Func<'A, 'B, 'C, 'A, 'B, 'C, float[], float>>(kinds, order))

    /// The program that was read: to be shown, transformed or written.
    member _.Program = code.Program
    /// The value. Arrays that the function changes are changed.
    member _.Value(a: 'A, b: 'B, c: 'C) : float = value.Value.Invoke(a, b, c)
    /// The value, and the derivatives in the shape of the parameters. Arrays that the function changes stay as they are.
    member _.ValueAndGradient(a: 'A, b: 'B, c: 'C) : struct (float * 'A * 'B * 'C) = both.Value.Invoke(a, b, c)

    /// The value; the derivatives are written into the arrays of the caller.
    member _.Into(a: 'A, b: 'B, c: 'C, gradientOfA: 'A, gradientOfB: 'B, gradientOfC: 'C) : float =
        into.Value.Invoke(a, b, c, gradientOfA, gradientOfB, gradientOfC)

    /// The matrix of second derivatives times a direction, in the shape of the parameters.
    member _.HessianVector(a: 'A, b: 'B, c: 'C, directionOfA: 'A, directionOfB: 'B, directionOfC: 'C) : struct ('A * 'B * 'C) =
        product.Value.Invoke(a, b, c, directionOfA, directionOfB, directionOfC)

    /// The value, and its change along a direction, which has the shape of the parameters.
    member _.Jvp(a: 'A, b: 'B, c: 'C, directionOfA: 'A, directionOfB: 'B, directionOfC: 'C) : struct (float * float) =
        jvp.Value.Invoke(a, b, c, directionOfA, directionOfB, directionOfC)

    /// The matrix of second derivatives: the numbers of the parameters that are differentiated, in their order, an array's one behind the other.
    member _.Hessian(a: 'A, b: 'B, c: 'C) : float[,] = hessian.Value.Invoke(a, b, c)

    /// The matrix of second derivatives with a direction on either side.
    member _.VectorHessianVector
        (a: 'A, b: 'B, c: 'C, leftOfA: 'A, leftOfB: 'B, leftOfC: 'C, rightOfA: 'A, rightOfB: 'B, rightOfC: 'C)
        : float =
        twice.Value.Invoke(a, b, c, leftOfA, leftOfB, leftOfC, rightOfA, rightOfB, rightOfC)

    /// The sum of the second derivatives by each number of the parameters that are differentiated.
    member _.Laplacian(a: 'A, b: 'B, c: 'C) : float = laplacian.Value.Invoke(a, b, c)

    /// The coefficients of t^0 ... t^order in the value along a line, whose direction has the shape of the parameters. For each order code is
    /// compiled at the first call, which grows with its square.
    member _.TaylorCoefficients(a: 'A, b: 'B, c: 'C, directionOfA: 'A, directionOfB: 'B, directionOfC: 'C, order: int) : float[] =
        taylor.Coefficients(order, fun compiled room -> compiled.Invoke(a, b, c, directionOfA, directionOfB, directionOfC, room))

    /// The text of the program.
    override _.ToString() = Show.program code.Program

/// <summary>A function of four parameters, with its gradient; see `Differentiable` of one.</summary>
[<Sealed>]
type Differentiable<'A, 'B, 'C, 'D> internal (code: GradientCode) =
    let kinds = [ typeof<'A>; typeof<'B>; typeof<'C>; typeof<'D> ]
    let value = lazy code.Value<Func<'A, 'B, 'C, 'D, float>> kinds

    let both =
        lazy
            code.ValueAndGradient<Func<'A, 'B, 'C, 'D, struct (float * 'A * 'B * 'C * 'D)>>(
                kinds,
                typeof<struct (float * 'A * 'B * 'C * 'D)>
            )

    let into = lazy code.Into<Func<'A, 'B, 'C, 'D, 'A, 'B, 'C, 'D, float>> kinds

    let product =
        lazy code.HessianVector<Func<'A, 'B, 'C, 'D, 'A, 'B, 'C, 'D, struct ('A * 'B * 'C * 'D)>>(kinds, typeof<struct ('A * 'B * 'C * 'D)>)

    let jvp = lazy code.Jvp<Func<'A, 'B, 'C, 'D, 'A, 'B, 'C, 'D, struct (float * float)>> kinds
    let hessian = lazy code.Hessian<Func<'A, 'B, 'C, 'D, float[,]>> kinds
    let twice = lazy code.VectorHessianVector<Func<'A, 'B, 'C, 'D, 'A, 'B, 'C, 'D, 'A, 'B, 'C, 'D, float>> kinds
    let laplacian = lazy code.Laplacian<Func<'A, 'B, 'C, 'D, float>> kinds
    let taylor = ByOrder(fun order -> code.TaylorCoefficients<Func<'A, 'B, 'C, 'D, 'A, 'B, 'C, 'D, float[], float>>(kinds, order))

    /// The program that was read: to be shown, transformed or written.
    member _.Program = code.Program
    /// The value. Arrays that the function changes are changed.
    member _.Value(a: 'A, b: 'B, c: 'C, d: 'D) : float = value.Value.Invoke(a, b, c, d)
    /// The value, and the derivatives in the shape of the parameters. Arrays that the function changes stay as they are.
    member _.ValueAndGradient(a: 'A, b: 'B, c: 'C, d: 'D) : struct (float * 'A * 'B * 'C * 'D) = both.Value.Invoke(a, b, c, d)

    /// The value; the derivatives are written into the arrays of the caller.
    member _.Into(a: 'A, b: 'B, c: 'C, d: 'D, gradientOfA: 'A, gradientOfB: 'B, gradientOfC: 'C, gradientOfD: 'D) : float =
        into.Value.Invoke(a, b, c, d, gradientOfA, gradientOfB, gradientOfC, gradientOfD)

    /// The matrix of second derivatives times a direction, in the shape of the parameters.
    member _.HessianVector
        (a: 'A, b: 'B, c: 'C, d: 'D, directionOfA: 'A, directionOfB: 'B, directionOfC: 'C, directionOfD: 'D)
        : struct ('A * 'B * 'C * 'D) =
        product.Value.Invoke(a, b, c, d, directionOfA, directionOfB, directionOfC, directionOfD)

    /// The value, and its change along a direction, which has the shape of the parameters.
    member _.Jvp
        (a: 'A, b: 'B, c: 'C, d: 'D, directionOfA: 'A, directionOfB: 'B, directionOfC: 'C, directionOfD: 'D)
        : struct (float * float) =
        jvp.Value.Invoke(a, b, c, d, directionOfA, directionOfB, directionOfC, directionOfD)

    /// The matrix of second derivatives: the numbers of the parameters that are differentiated, in their order, an array's one behind the other.
    member _.Hessian(a: 'A, b: 'B, c: 'C, d: 'D) : float[,] = hessian.Value.Invoke(a, b, c, d)

    /// The matrix of second derivatives with a direction on either side.
    member _.VectorHessianVector
        (
            a: 'A,
            b: 'B,
            c: 'C,
            d: 'D,
            leftOfA: 'A,
            leftOfB: 'B,
            leftOfC: 'C,
            leftOfD: 'D,
            rightOfA: 'A,
            rightOfB: 'B,
            rightOfC: 'C,
            rightOfD: 'D
        ) : float =
        twice.Value.Invoke(a, b, c, d, leftOfA, leftOfB, leftOfC, leftOfD, rightOfA, rightOfB, rightOfC, rightOfD)

    /// The sum of the second derivatives by each number of the parameters that are differentiated.
    member _.Laplacian(a: 'A, b: 'B, c: 'C, d: 'D) : float = laplacian.Value.Invoke(a, b, c, d)

    /// The coefficients of t^0 ... t^order in the value along a line, whose direction has the shape of the parameters. For each order code is
    /// compiled at the first call, which grows with its square.
    member _.TaylorCoefficients
        (a: 'A, b: 'B, c: 'C, d: 'D, directionOfA: 'A, directionOfB: 'B, directionOfC: 'C, directionOfD: 'D, order: int)
        : float[] =
        taylor.Coefficients(
            order,
            fun compiled room -> compiled.Invoke(a, b, c, d, directionOfA, directionOfB, directionOfC, directionOfD, room)
        )

    /// The text of the program.
    override _.ToString() = Show.program code.Program

/// <summary>
/// Gradients of F# functions with loops, branches, arrays and calls, by reverse mode. What a quotation may contain is said at
/// `Program.read`; the types of its parameters are written out. Functions of up to four parameters, each of which may be a tuple, are
/// compiled; ints and bools among them have no derivative: their places hold 0 and false.
/// </summary>
/// <example><code>
/// let loss = Gradient.compile &lt;@ fun (w: float[]) (x: float[]) ->
///                                     let mutable s = 0.0
///                                     for i in 0 .. w.Length - 1 do
///                                         s &lt;- s + w[i] * x[i]
///                                     s * s @>
/// loss.Value([| 1.0; 2.0 |], [| 3.0; 4.0 |])   // -> 121
/// let struct (value, gradientOfW, gradientOfX) = loss.ValueAndGradient([| 1.0; 2.0 |], [| 3.0; 4.0 |])
/// gradientOfW   // -> [66; 88]
/// gradientOfX   // -> [22; 44]
/// let struct (ofW, _) = loss.HessianVector([| 1.0; 2.0 |], [| 3.0; 4.0 |], [| 1.0; 0.0 |], [| 0.0; 0.0 |])
/// ofW   // -> [18; 24]
/// loss.VectorHessianVector([| 1.0; 2.0 |], [| 3.0; 4.0 |], [| 1.0; 0.0 |], [| 0.0; 0.0 |], [| 0.0; 1.0 |], [| 0.0; 0.0 |])   // -> 24
/// (loss.Hessian([| 1.0; 2.0 |], [| 3.0; 4.0 |]))[0, 1]   // -> 24
/// let struct (_, change) = loss.Jvp([| 1.0; 2.0 |], [| 3.0; 4.0 |], [| 1.0; 0.0 |], [| 0.0; 1.0 |])
/// change   // -> 110
/// loss.Laplacian([| 1.0; 2.0 |], [| 3.0; 4.0 |])   // -> 60
/// loss.TaylorCoefficients([| 1.0; 2.0 |], [| 3.0; 4.0 |], [| 1.0; 0.0 |], [| 0.0; 1.0 |], 3)   // -> [121; 110; 25; 0]
/// </code></example>
/// <exception cref="T:Zautograd.UnreadableException">Some part of the quotation is no part of a program; the message says which.</exception>
[<AbstractClass; Sealed>]
type Gradient =

    /// <summary>A function of one parameter. A tuple counts as one: its gradient is a tuple.</summary>
    /// <example><code>
    /// let f = Gradient.compile &lt;@ fun (x: float, n: int) -> (let mutable p = 1.0 in (for _ in 1 .. n do p &lt;- p * x); p) @>
    /// let struct (value, (slope, _)) = f.ValueAndGradient((2.0, 5))
    /// slope   // -> 80
    /// </code></example>
    static member compile(f: Expr<'A -> float>) = Differentiable<'A>(GradientCode(f, None))

    /// <summary>A function of two parameters.</summary>
    /// <example><code>(Gradient.compile &lt;@ fun (x: float) (y: float) -> x * y @>).Value(2.0, 5.0)   // -> 10</code></example>
    static member compile(f: Expr<'A -> 'B -> float>) = Differentiable<'A, 'B>(GradientCode(f, None))

    /// <summary>A function of three parameters.</summary>
    /// <example><code>(Gradient.compile &lt;@ fun (x: float) (y: float) (n: int) -> pown (x * y) n @>).Value(2.0, 5.0, 2)   // -> 100</code></example>
    static member compile(f: Expr<'A -> 'B -> 'C -> float>) = Differentiable<'A, 'B, 'C>(GradientCode(f, None))

    /// <summary>A function of four parameters.</summary>
    /// <example><code>(Gradient.compile &lt;@ fun (a: float) (b: float) (c: float) (d: float) -> a * b + c * d @>).Value(1.0, 2.0, 3.0, 4.0)   // -> 14</code></example>
    static member compile(f: Expr<'A -> 'B -> 'C -> 'D -> float>) = Differentiable<'A, 'B, 'C, 'D>(GradientCode(f, None))

    /// <summary>The same, with derivatives for some of the parameters only: the others are constant. In the place of a gradient that was not
    /// asked for stands an empty array, or NaN.</summary>
    /// <example><code>
    /// let f = Gradient.compileFor([ "x" ], &lt;@ fun (x: float, y: float) -> x * y @>)
    /// let struct (_, (slopeOfX, slopeOfY)) = f.ValueAndGradient((2.0, 5.0))
    /// slopeOfX   // -> 5
    /// Double.IsNaN slopeOfY   // -> true
    /// </code></example>
    static member compileFor(wanted: string list, f: Expr<'A -> float>) = Differentiable<'A>(GradientCode(f, Some wanted))

    /// <summary>The same for two parameters.</summary>
    /// <example><code>Gradient.compileFor([ "x" ], &lt;@ fun (x: float) (y: float) -> x * y @>).Value(2.0, 5.0)   // -> 10</code></example>
    static member compileFor(wanted: string list, f: Expr<'A -> 'B -> float>) = Differentiable<'A, 'B>(GradientCode(f, Some wanted))

    /// <summary>The same for three parameters.</summary>
    /// <example><code>Gradient.compileFor([ "x" ], &lt;@ fun (x: float) (y: float) (n: int) -> pown (x * y) n @>).Value(2.0, 5.0, 2)   // -> 100</code></example>
    static member compileFor(wanted: string list, f: Expr<'A -> 'B -> 'C -> float>) =
        Differentiable<'A, 'B, 'C>(GradientCode(f, Some wanted))

    /// <summary>The same for four parameters.</summary>
    /// <example><code>Gradient.compileFor([ "x" ], &lt;@ fun (x: float) (b: float) (c: float) (d: float) -> x * b + c * d @>).Value(1.0, 2.0, 3.0, 4.0)   // -> 14</code></example>
    static member compileFor(wanted: string list, f: Expr<'A -> 'B -> 'C -> 'D -> float>) =
        Differentiable<'A, 'B, 'C, 'D>(GradientCode(f, Some wanted))
