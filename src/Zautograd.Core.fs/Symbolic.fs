// The symbolic core as C# sees it: extension methods on expressions, in .NET's own types.
namespace Zautograd

open System
open System.Collections.Generic
open System.Runtime.CompilerServices

/// Symbolic calculus for C#: `f.Derivative("x")`, `f.Evaluate(("x", 2), ("y", 5))`, `f.ToLatex()`.
/// F# users have the modules behind it: Differentiate, Number, Trace, Write.
[<AbstractClass; Sealed; Extension>]
type Symbolic =

    // C# may pass null where it should not
    static member private named(parameter: string, name: string) =
        if String.IsNullOrWhiteSpace name then invalidArg parameter "a variable's name is missing"
        name

    static member private pairs(at: struct (string * float)[]) =
        [ for struct (name, value) in at -> Symbolic.named (nameof at, name), value ]

    /// The names of the variables, in the order in which they first occur.
    [<Extension>]
    static member Variables(expression: Expr) : IReadOnlyList<string> = ResizeArray(Graph.variables expression)

    /// The value at a point. A variable without a value is refused by an ArgumentException that names it.
    [<Extension>]
    static member Evaluate(expression: Expr, [<ParamArray>] at: struct (string * float)[]) : float =
        Number.evaluate Number.floats (Number.bind (Symbolic.pairs at)) expression

    /// The derivative with respect to one variable, simplified.
    [<Extension>]
    static member Derivative(expression: Expr, wrt: string) : Expr = Differentiate.derivative (Symbolic.named (nameof wrt, wrt)) expression

    /// The partial derivatives with respect to the named variables, simplified, sharing their terms.
    [<Extension>]
    static member Gradient(expression: Expr, [<ParamArray>] wrt: string[]) : IReadOnlyList<Expr> =
        ResizeArray(Differentiate.gradient [ for name in wrt -> Symbolic.named (nameof wrt, name) ] expression)

    /// An expression that means the same and has no more nodes.
    [<Extension>]
    static member Simplify(expression: Expr) : Expr = Simplify.simplify expression

    static member private Source(language, expression: Expr, name: string, wrt: string[]) =
        let routine = Write.routine name expression
        Write.source language [ (if wrt.Length = 0 then routine else routine |> Write.withGradient (List.ofArray wrt)) ]

    /// LaTeX for mathematics mode; what is shared and long has a name, on a line before.
    /// <example><code>
    /// (x.Pow(2) / 3).ToLatex() // \frac{x^{2}}{3}
    /// </code></example>
    [<Extension>]
    static member ToLatex(expression: Expr) : string = Write.latex expression

    /// Presentation MathML, an element `math` for a page; what is shared and long has a name, on a line before.
    [<Extension>]
    static member ToMathML(expression: Expr) : string = Write.mathml expression

    /// A C# method of doubles; with variables given, of the value and the derivatives by them, as a tuple (Value, Dx, ...).
    /// Its file needs `using System;`.
    /// <example><code>
    /// f.ToCSharp("f")           // public static double f(double x, double y) { ... }
    /// f.ToCSharp("f", "x", "y") // public static (double Value, double Dx, double Dy) f(double x, double y) { ... }
    /// </code></example>
    [<Extension>]
    static member ToCSharp(expression: Expr, name: string, [<ParamArray>] wrt: string[]) : string =
        Symbolic.Source(Notation.csharp, expression, name, wrt)

    /// An F# function of floats; with variables given, of the value and the derivatives by them, as a tuple.
    [<Extension>]
    static member ToFSharp(expression: Expr, name: string, [<ParamArray>] wrt: string[]) : string =
        Symbolic.Source(Notation.fsharp, expression, name, wrt)

    /// A C function of doubles; with variables given, the value and the derivatives by them go to pointers: double *value, double *dx ...
    [<Extension>]
    static member ToC(expression: Expr, name: string, [<ParamArray>] wrt: string[]) : string =
        Symbolic.Source(Notation.c, expression, name, wrt)

    /// A Python function; with variables given, of the value and the derivatives by them, as a tuple.
    /// Where Python would raise, as for 1/0, it gives infinity or NaN like all others.
    [<Extension>]
    static member ToPython(expression: Expr, name: string, [<ParamArray>] wrt: string[]) : string =
        Symbolic.Source(Notation.python, expression, name, wrt)

    /// The forward trace table as text: every step with its value and its tangent, for the derivative with respect to one variable.
    [<Extension>]
    static member TraceForward(expression: Expr, wrt: string, [<ParamArray>] at: struct (string * float)[]) : string =
        Trace.toText (Trace.forward wrt (Symbolic.pairs at) expression)

    /// The forward trace table as Markdown.
    [<Extension>]
    static member TraceForwardAsMarkdown(expression: Expr, wrt: string, [<ParamArray>] at: struct (string * float)[]) : string =
        Trace.toMarkdown (Trace.forward wrt (Symbolic.pairs at) expression)

    /// The reverse trace table as text: every step with its value and its adjoint.
    [<Extension>]
    static member TraceReverse(expression: Expr, [<ParamArray>] at: struct (string * float)[]) : string =
        Trace.toText (Trace.reverse (Symbolic.pairs at) expression)

    /// The reverse trace table as Markdown.
    [<Extension>]
    static member TraceReverseAsMarkdown(expression: Expr, [<ParamArray>] at: struct (string * float)[]) : string =
        Trace.toMarkdown (Trace.reverse (Symbolic.pairs at) expression)
