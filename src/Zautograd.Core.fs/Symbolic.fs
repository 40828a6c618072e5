// The symbolic core as C# sees it: extension methods on expressions, in .NET's own types.
namespace Zautograd

open System
open System.Collections.Generic
open System.Runtime.CompilerServices

/// <summary>
/// Symbolic calculus for C#: `f.Derivative("x")`, `f.Evaluate(("x", 2), ("y", 5))`, `f.ToLatex()`.
/// F# users have the modules behind it: Differentiate, Number, Trace, Print.
/// </summary>
/// <example><code lang="csharp">formula.Derivative("x").Evaluate(("x", 2), ("y", 5))   // -> 5.5</code></example>
[<AbstractClass; Sealed; Extension>]
type Symbolic =

    static member private pairs(at: struct (string * float)[]) = [ for struct (name, value) in at -> name, value ]

    /// <summary>The names of the variables, in the order in which they first occur.</summary>
    /// <example><code lang="csharp">formula.Variables()   // -> [x, y]</code></example>
    [<Extension>]
    static member Variables(expression: Expr) : IReadOnlyList<string> = ResizeArray(Graph.variables expression)

    /// <summary>The value at a point. A variable without a value is refused by an ArgumentException that names it.</summary>
    /// <example><code lang="csharp">
    /// formula.Evaluate(("x", 2), ("y", 5))   // -> 11.6520714552…
    /// formula.Evaluate(("x", 2))   // -> throws ArgumentException: 'y' is not bound to a value; the bound names are: x. …
    /// </code></example>
    [<Extension>]
    static member Evaluate(expression: Expr, [<ParamArray>] at: struct (string * float)[]) : float =
        Number.evaluate Number.floats (Number.bind (Symbolic.pairs at)) expression

    /// <summary>The derivative with respect to one variable, simplified.</summary>
    /// <example><code lang="csharp">formula.Derivative("x")   // -> 1/x + y</code></example>
    [<Extension>]
    static member Derivative(expression: Expr, wrt: string) : Expr = Differentiate.derivative wrt expression

    /// <summary>The partial derivatives with respect to the named variables, simplified, sharing their terms.</summary>
    /// <example><code lang="csharp">Quote.Read((double x, double y) => x * y).Body.Gradient("x", "y")   // -> [y, x]</code></example>
    [<Extension>]
    static member Gradient(expression: Expr, [<ParamArray>] wrt: string[]) : IReadOnlyList<Expr> =
        ResizeArray(Differentiate.gradient (List.ofArray wrt) expression)

    /// <summary>An expression that means the same and has no more nodes.</summary>
    /// <example><code lang="csharp">Quote.Read((double x) => x + x + x).Body.Simplify()   // -> 3*x</code></example>
    [<Extension>]
    static member Simplify(expression: Expr) : Expr = Simplify.simplify expression

    /// <summary>LaTeX for mathematics mode.</summary>
    /// <example><code lang="csharp">Quote.Read((double x) => x * x / 3).Body.ToLatex()   // -> \frac{x \, x}{3}</code></example>
    [<Extension>]
    static member ToLatex(expression: Expr) : string = Print.latex expression

    /// <summary>The forward trace table as text: every step with its value and its tangent, for the derivative with respect to one variable.</summary>
    /// <example><code lang="csharp">Console.WriteLine(formula.TraceForward("x", ("x", 2), ("y", 5)));</code></example>
    [<Extension>]
    static member TraceForward(expression: Expr, wrt: string, [<ParamArray>] at: struct (string * float)[]) : string =
        Trace.toText (Trace.forward wrt (Symbolic.pairs at) expression)

    /// <summary>The forward trace table as Markdown.</summary>
    /// <example><code lang="csharp">Console.WriteLine(formula.TraceForwardAsMarkdown("x", ("x", 2), ("y", 5)));</code></example>
    [<Extension>]
    static member TraceForwardAsMarkdown(expression: Expr, wrt: string, [<ParamArray>] at: struct (string * float)[]) : string =
        Trace.toMarkdown (Trace.forward wrt (Symbolic.pairs at) expression)

    /// <summary>The reverse trace table as text: every step with its value and its adjoint.</summary>
    /// <example><code lang="csharp">Console.WriteLine(formula.TraceReverse(("x", 2), ("y", 5)));</code></example>
    [<Extension>]
    static member TraceReverse(expression: Expr, [<ParamArray>] at: struct (string * float)[]) : string =
        Trace.toText (Trace.reverse (Symbolic.pairs at) expression)

    /// <summary>The reverse trace table as Markdown.</summary>
    /// <example><code lang="csharp">Console.WriteLine(formula.TraceReverseAsMarkdown(("x", 2), ("y", 5)));</code></example>
    [<Extension>]
    static member TraceReverseAsMarkdown(expression: Expr, [<ParamArray>] at: struct (string * float)[]) : string =
        Trace.toMarkdown (Trace.reverse (Symbolic.pairs at) expression)
