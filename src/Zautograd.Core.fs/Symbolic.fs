// The symbolic core as C# sees it: extension methods on expressions, in .NET's own types.
namespace Zautograd

open System
open System.Collections.Generic
open System.Runtime.CompilerServices

/// Symbolic calculus for C#: `f.Derivative("x")`, `f.Evaluate(("x", 2), ("y", 5))`, `f.ToLatex()`.
/// F# users have the modules behind it: Differentiate, Number, Trace, Print.
[<AbstractClass; Sealed; Extension>]
type Symbolic =

    static member private pairs(at: struct (string * float)[]) = [ for struct (name, value) in at -> name, value ]

    /// The names of the variables, in the order in which they first occur.
    [<Extension>]
    static member Variables(expression: Expr) : IReadOnlyList<string> = ResizeArray(Graph.variables expression)

    /// The value at a point. A variable without a value is refused by an ArgumentException that names it.
    [<Extension>]
    static member Evaluate(expression: Expr, [<ParamArray>] at: struct (string * float)[]) : float =
        Number.evaluate Number.floats (Number.bind (Symbolic.pairs at)) expression

    /// The derivative with respect to one variable, simplified.
    [<Extension>]
    static member Derivative(expression: Expr, wrt: string) : Expr = Differentiate.derivative wrt expression

    /// The partial derivatives with respect to the named variables, simplified, sharing their terms.
    [<Extension>]
    static member Gradient(expression: Expr, [<ParamArray>] wrt: string[]) : IReadOnlyList<Expr> =
        ResizeArray(Differentiate.gradient (List.ofArray wrt) expression)

    /// An expression that means the same and has no more nodes.
    [<Extension>]
    static member Simplify(expression: Expr) : Expr = Simplify.simplify expression

    /// Machine code for the value, of these variables in this order: `f.Compile("x", "y").Invoke([2, 5])`.
    [<Extension>]
    static member Compile(expression: Expr, [<ParamArray>] variables: string[]) : CompiledValue =
        Compile.value (List.ofArray variables) expression

    /// Machine code for the value and the partial derivatives with respect to these variables, in this order.
    [<Extension>]
    static member CompileGradient(expression: Expr, [<ParamArray>] variables: string[]) : CompiledGradient =
        Compile.gradient (List.ofArray variables) expression

    /// Machine code for the values of several expressions and their partial derivatives, row by row.
    [<Extension>]
    static member CompileJacobian(expressions: IEnumerable<Expr>, [<ParamArray>] variables: string[]) : CompiledJacobian =
        Compile.jacobian (List.ofArray variables) (List.ofSeq expressions)

    /// LaTeX for mathematics mode.
    [<Extension>]
    static member ToLatex(expression: Expr) : string = Print.latex expression

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
