// The symbolic core as C# sees it: extension methods on expressions, in .NET's own types.
namespace Zautograd

open System
open System.Collections.Generic
open System.Runtime.CompilerServices
open System.Runtime.InteropServices

/// Symbolic calculus for C#: `f.Derivative("x")`, `f.Evaluate(("x", 2), ("y", 5))`, `f.ToLatex()`.
/// F# users have the modules behind it: Differentiate, Number, Trace, Print.
[<AbstractClass; Sealed; Extension>]
type Symbolic =

    // C# may pass null where it should not
    static member private named(parameter: string, name: string) =
        if String.IsNullOrWhiteSpace name then invalidArg parameter "a variable's name is missing"
        name

    static member private pairs(at: struct (string * float)[]) =
        [ for struct (name, value) in at -> Symbolic.named (nameof at, name), value ]

    /// The expression that a text writes: `Symbolic.Parse("ln(x) + x*y - sin(y)")`. Other text is refused by a ParseException, which
    /// is a FormatException, that shows the place and what was expected there.
    static member Parse(text: string) : Expr = Parse.parse text

    /// The same without an exception: false where the text is no expression.
    static member TryParse(text: string, [<Out>] expression: byref<Expr | null>) : bool =
        match Parse.expression text with
        | Ok found ->
            expression <- found
            true
        | Error _ ->
            expression <- null
            false

    /// The same, saying why: where, and what was expected there.
    static member TryParse(text: string, [<Out>] expression: byref<Expr | null>, [<Out>] error: byref<ParseError | null>) : bool =
        match Parse.expression text with
        | Ok found ->
            expression <- found
            error <- null
            true
        | Error why ->
            expression <- null
            error <- why
            false

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
