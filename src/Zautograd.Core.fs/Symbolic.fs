// The symbolic core as C# sees it: extension methods on expressions, in .NET's own types.
namespace Zautograd

open System
open System.Collections.Generic
open System.Runtime.CompilerServices
open System.Runtime.InteropServices

/// <summary>
/// Symbolic calculus for C#: `f.Derivative("x")`, `f.Evaluate(("x", 2), ("y", 5))`, `f.ToLatex()`.
/// F# users have the modules behind it: Differentiate, Number, Trace, Write.
/// </summary>
/// <example><code lang="csharp">formula.Derivative("x").Evaluate(("x", 2), ("y", 5))   // -> 5.5</code></example>
[<AbstractClass; Sealed; Extension>]
type Symbolic =

    // C# may pass null where it should not
    static member private named(parameter: string, name: string) =
        if String.IsNullOrWhiteSpace name then invalidArg parameter "a variable's name is missing"
        name

    // derived by a variable that a function does not have, everything is 0: more likely its name is misspelt
    static member private Among(wrt: string, variables: string[]) =
        if not (Array.contains wrt variables) then
            let known = String.concat ", " variables
            invalidArg (nameof wrt) $"'{wrt}' is not among the variables: {known}."

    static member private pairs(at: struct (string * 't)[]) = [ for struct (name, value) in at -> Symbolic.named (nameof at, name), value ]

    static member private rows(matrix: Expr list list) : IReadOnlyList<IReadOnlyList<Expr>> =
        ResizeArray [ for row in matrix -> ResizeArray row :> IReadOnlyList<Expr> ]

    /// <summary>
    /// The expression that a text writes; see the module Parse for what text may contain. Other text is refused by a ParseException, which
    /// is a FormatException, that shows the place and what was expected there.
    /// </summary>
    /// <example><code lang="csharp">
    /// Symbolic.Parse("2*x + x**2")   // -> 2*x + x^2
    /// Symbolic.Parse("2x")   // -> throws ParseException: line 1, column 2: unexpected 'x'…
    /// </code></example>
    static member Parse(text: string) : Expr = Parse.parse text

    /// <summary>The same without an exception: false where the text is no expression.</summary>
    /// <example><code lang="csharp">Symbolic.TryParse("2x", out var unread)   // -> false</code></example>
    static member TryParse(text: string, [<Out>] expression: byref<Expr | null>) : bool =
        match Parse.expression text with
        | Ok found ->
            expression <- found
            true
        | Error _ ->
            expression <- null
            false

    /// <summary>The same, saying why: where, and what was expected there.</summary>
    /// <example><code lang="csharp">Symbolic.TryParse("2x", out var none, out var error) ? "read" : error.Hint   // -> multiplication is written out: 2*x</code></example>
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
    static member Derivative(expression: Expr, wrt: string) : Expr = Differentiate.derivative (Symbolic.named (nameof wrt, wrt)) expression

    /// <summary>The partial derivatives with respect to the named variables, simplified, sharing their terms.</summary>
    /// <example><code lang="csharp">Quote.Read((double x, double y) => x * y).Body.Gradient("x", "y")   // -> [y, x]</code></example>
    [<Extension>]
    static member Gradient(expression: Expr, [<ParamArray>] wrt: string[]) : IReadOnlyList<Expr> =
        ResizeArray(Differentiate.gradient [ for name in wrt -> Symbolic.named (nameof wrt, name) ] expression)

    /// <summary>The derivative of some order with respect to one variable, simplified.</summary>
    /// <example><code lang="csharp">formula.Derivative("x", 2)   // -> -1/x^2</code></example>
    [<Extension>]
    static member Derivative(expression: Expr, wrt: string, order: int) : Expr = Calculus.nth order wrt expression

    /// <summary>The derivative with respect to several variables, one after the other.</summary>
    /// <example><code lang="csharp">formula.MixedDerivative("x", "y")   // -> 1</code></example>
    [<Extension>]
    static member MixedDerivative(expression: Expr, [<ParamArray>] wrt: string[]) : Expr = Calculus.mixed (List.ofArray wrt) expression

    /// <summary>The derivative along a direction, which is taken as it is, not scaled to length 1.</summary>
    /// <example><code lang="csharp">Quote.Read((double x, double y) => x * y).Body.DirectionalDerivative(("x", 3), ("y", 4)).Evaluate(("x", 2), ("y", 5))   // -> 23</code></example>
    [<Extension>]
    static member DirectionalDerivative(expression: Expr, [<ParamArray>] direction: struct (string * Expr)[]) : Expr =
        Calculus.directional (Symbolic.pairs direction) expression

    /// <summary>The partial derivatives of several expressions, one row per expression, sharing their terms.</summary>
    /// <example><code lang="csharp">new[] { formula }.Jacobian("x", "y")[0][0]   // -> 1/x + y</code></example>
    [<Extension>]
    static member Jacobian(components: IReadOnlyList<Expr>, [<ParamArray>] wrt: string[]) : IReadOnlyList<IReadOnlyList<Expr>> =
        Symbolic.rows (Calculus.jacobian (List.ofArray wrt) (List.ofSeq components))

    /// <summary>The second derivatives, one row per variable; each pair is derived once.</summary>
    /// <example><code lang="csharp">formula.Hessian("x", "y")[0][1]   // -> 1</code></example>
    [<Extension>]
    static member Hessian(expression: Expr, [<ParamArray>] wrt: string[]) : IReadOnlyList<IReadOnlyList<Expr>> =
        Symbolic.rows (Calculus.hessian (List.ofArray wrt) expression)

    /// <summary>The entries of the Hessian that are not 0, by row and column; those where a variable does not occur cost nothing.</summary>
    /// <example><code lang="csharp">Quote.Read((double x, double y) => x * y).Body.HessianEntries("x", "y").Count   // -> 2</code></example>
    [<Extension>]
    static member HessianEntries(expression: Expr, [<ParamArray>] wrt: string[]) : IReadOnlyList<Calculus.Entry> =
        ResizeArray(Calculus.hessianSparse (List.ofArray wrt) expression)

    /// <summary>The divergence of a vector field, one component per variable.</summary>
    /// <example><code lang="csharp">new[] { Expr.Variable("x"), Expr.Variable("y") }.Divergence("x", "y")   // -> 2</code></example>
    [<Extension>]
    static member Divergence(components: IReadOnlyList<Expr>, [<ParamArray>] wrt: string[]) : Expr =
        Calculus.divergence (List.ofArray wrt) (List.ofSeq components)

    /// <summary>The curl of a vector field: three components in three variables, one in two.</summary>
    /// <example><code lang="csharp">new[] { -Expr.Variable("y"), Expr.Variable("x") }.Curl("x", "y")[0]   // -> 2</code></example>
    [<Extension>]
    static member Curl(components: IReadOnlyList<Expr>, [<ParamArray>] wrt: string[]) : IReadOnlyList<Expr> =
        ResizeArray(Calculus.curl (List.ofArray wrt) (List.ofSeq components))

    /// <summary>The Laplacian: the second derivatives by each variable, added up.</summary>
    /// <example><code lang="csharp">Quote.Read((double x, double y) => x * y).Body.Laplacian("x", "y")   // -> 0</code></example>
    [<Extension>]
    static member Laplacian(expression: Expr, [<ParamArray>] wrt: string[]) : Expr = Calculus.laplacian (List.ofArray wrt) expression

    /// <summary>The Taylor polynomial of an order around a point. A kink, jump or pole there is refused by an ArgumentException.</summary>
    /// <example><code lang="csharp">Quote.Read((double x) => Math.Exp(x)).Body.Taylor("x", 0.0, 2).Evaluate(("x", 1))   // -> 2.5</code></example>
    [<Extension>]
    static member Taylor(expression: Expr, wrt: string, around: Expr, order: int) : Expr = Calculus.taylor wrt around order expression

    /// <summary>Variables replaced by expressions, all at the same time.</summary>
    /// <example><code lang="csharp">Quote.Read((double x, double y) => x * y).Body.Substitute(("x", 3.0))   // -> 3*y</code></example>
    [<Extension>]
    static member Substitute(expression: Expr, [<ParamArray>] replacements: struct (string * Expr)[]) : Expr =
        Calculus.substitute (Symbolic.pairs replacements) expression

    /// <summary>dy/dx where the equation `expression = 0` makes y a function of x.</summary>
    /// <example><code lang="csharp">Quote.Read((double x, double y) => x * x + y * y - 1).Body.ImplicitDerivative("y", "x")   // -> -x/y</code></example>
    [<Extension>]
    static member ImplicitDerivative(equation: Expr, y: string, x: string) : Expr = Implicit.derivative y x equation

    /// <summary>The derivative of some order of y by x where the equation `expression = 0` makes y a function of x.</summary>
    /// <example><code lang="csharp">Quote.Read((double x, double y) => x * x + y * y - 1).Body.ImplicitDerivative("y", "x", 1)   // -> -x/y</code></example>
    [<Extension>]
    static member ImplicitDerivative(equation: Expr, y: string, x: string, order: int) : Expr = Implicit.nth order y x equation

    /// <summary>The derivation of the derivative as a student hands it in, each step with its rule, as text.</summary>
    /// <example><code lang="csharp">formula.Explain("x").Contains("d/dx")   // -> true</code></example>
    [<Extension>]
    static member Explain(expression: Expr, wrt: string) : string = Explain.toText (Explain.steps wrt expression)

    /// <summary>The derivation as Markdown.</summary>
    /// <example><code lang="csharp">Console.WriteLine(formula.ExplainAsMarkdown("x"));</code></example>
    [<Extension>]
    static member ExplainAsMarkdown(expression: Expr, wrt: string) : string = Explain.toMarkdown (Explain.steps wrt expression)

    /// <summary>The derivation as LaTeX for mathematics mode.</summary>
    /// <example><code lang="csharp">Console.WriteLine(formula.ExplainAsLatex("x"));</code></example>
    [<Extension>]
    static member ExplainAsLatex(expression: Expr, wrt: string) : string = Explain.toLatex (Explain.steps wrt expression)

    /// <summary>An expression that means the same and has no more nodes.</summary>
    /// <example><code lang="csharp">Quote.Read((double x) => x + x + x).Body.Simplify()   // -> 3*x</code></example>
    [<Extension>]
    static member Simplify(expression: Expr) : Expr = Simplify.simplify expression

    /// <summary>Machine code for the value, of these variables in this order.</summary>
    /// <example><code lang="csharp">Quote.Read((double x, double y) => x * y).Body.Compile("x", "y").Invoke([2, 5])   // -> 10</code></example>
    [<Extension>]
    static member Compile(expression: Expr, [<ParamArray>] variables: string[]) : CompiledValue =
        Compile.value (List.ofArray variables) expression

    /// <summary>Machine code for the value and the partial derivatives with respect to these variables, in this order.</summary>
    /// <example><code lang="csharp">
    /// var compiled = Quote.Read((double x, double y) => x * y).Body.CompileGradient("x", "y");
    /// var gradient = new double[2];
    /// compiled.Invoke([2, 5], gradient)   // -> 10
    /// gradient[0]   // -> 5
    /// </code></example>
    [<Extension>]
    static member CompileGradient(expression: Expr, [<ParamArray>] variables: string[]) : CompiledGradient =
        Compile.gradient (List.ofArray variables) expression

    /// <summary>Compiles gradient and Hessian-vector product, of these variables in this order: the adjoint of the tangent.</summary>
    /// <example><code lang="csharp">
    /// double[] gradient = new double[2], product = new double[2];
    /// formula.CompileHessianVector("x", "y").Invoke([2, 0], [0, 1], gradient, product)   // -> 1
    /// gradient   // -> [0.5, 1]
    /// product   // -> [1, 0]
    /// </code></example>
    [<Extension>]
    static member CompileHessianVector(expression: Expr, [<ParamArray>] variables: string[]) : CompiledHessianVector =
        Compile.hessianVector (List.ofArray variables) expression

    /// <summary>Machine code for the Hessian with a direction on either side, of these variables in this order.</summary>
    /// <example><code lang="csharp">formula.CompileVectorHessianVector("x", "y").Invoke([2, 0], [0, 1], [1, 0])   // -> 1</code></example>
    [<Extension>]
    static member CompileVectorHessianVector(expression: Expr, [<ParamArray>] variables: string[]) : CompiledVectorHessianVector =
        Compile.vectorHessianVector (List.ofArray variables) expression

    /// <summary>Machine code for the values of several expressions and their partial derivatives, row by row.</summary>
    /// <example><code lang="csharp">var jacobian = new[] { Expr.Variable("x"), Expr.Variable("y") }.CompileJacobian("x", "y");</code></example>
    [<Extension>]
    static member CompileJacobian(expressions: IEnumerable<Expr>, [<ParamArray>] variables: string[]) : CompiledJacobian =
        Compile.jacobian (List.ofArray variables) (List.ofSeq expressions)

    /// <summary>Machine code for the values of several expressions, of these variables in this order.</summary>
    /// <example><code lang="csharp">
    /// var values = new double[2];
    /// formula.Gradient("x", "y").CompileValues("x", "y").Invoke([2, 0], values);
    /// values   // -> [0.5, 1]
    /// </code></example>
    [<Extension>]
    static member CompileValues(expressions: IEnumerable<Expr>, [<ParamArray>] variables: string[]) : CompiledValues =
        Compile.values (List.ofArray variables) (List.ofSeq expressions)

    /// <summary>Machine code for the values of several expressions and how they change along a direction.</summary>
    /// <example><code lang="csharp">
    /// double[] values = new double[1], tangents = new double[1];
    /// new[] { formula }.CompileJvp("x", "y").Invoke([2, 0], [0, 1], values, tangents);
    /// tangents   // -> [1]
    /// </code></example>
    [<Extension>]
    static member CompileJvp(expressions: IEnumerable<Expr>, [<ParamArray>] variables: string[]) : CompiledJvp =
        Compile.jvp (List.ofArray variables) (List.ofSeq expressions)

    /// <summary>Machine code for the values of several expressions and the gradient of their sum weighted by given adjoints.</summary>
    /// <example><code lang="csharp">
    /// double[] values = new double[1], gradient = new double[2];
    /// new[] { formula }.CompileVjp("x", "y").Invoke([2, 0], [10], values, gradient);
    /// gradient   // -> [5, 10]
    /// </code></example>
    [<Extension>]
    static member CompileVjp(expressions: IEnumerable<Expr>, [<ParamArray>] variables: string[]) : CompiledVjp =
        Compile.vjp (List.ofArray variables) (List.ofSeq expressions)

    /// <summary>Machine code for the value, the gradient and the second derivatives, row by row.</summary>
    /// <example><code lang="csharp">
    /// double[] gradient = new double[2], hessian = new double[4];
    /// formula.CompileHessian("x", "y").Invoke([2, 0], gradient, hessian);
    /// hessian   // -> [-0.25, 1, 1, 0]
    /// </code></example>
    [<Extension>]
    static member CompileHessian(expression: Expr, [<ParamArray>] variables: string[]) : CompiledHessian =
        Compile.hessian (List.ofArray variables) expression

    /// <summary>Machine code for the derivative of some order with respect to one variable, of these variables in this order.</summary>
    /// <example><code lang="csharp">formula.CompileDerivative("x", 2, "x", "y").Invoke([2, 0])   // -> -0.25</code></example>
    [<Extension>]
    static member CompileDerivative(expression: Expr, wrt: string, order: int, [<ParamArray>] variables: string[]) : CompiledValue =
        Symbolic.Among(wrt, variables)
        Compile.value (List.ofArray variables) (Calculus.nth order wrt expression)

    /// <summary>Machine code for the coefficients of t^0 ... t^order in the expression's power series, with `wrt + t` for one of the variables.</summary>
    /// <example><code lang="csharp">
    /// var coefficients = new double[3];
    /// Quote.Read((double x) => x * x * x).Body.CompileTaylor("x", 2, "x").Invoke([2], coefficients);
    /// coefficients   // -> [8, 12, 6]
    /// </code></example>
    [<Extension>]
    static member CompileTaylor(expression: Expr, wrt: string, order: int, [<ParamArray>] variables: string[]) : CompiledValues =
        Symbolic.Among(wrt, variables)
        Compile.values (List.ofArray variables) (Calculus.coefficients order wrt expression)

    /// <summary>Machine code for the second derivatives by each of these variables, added up.</summary>
    /// <example><code lang="csharp">Quote.Read((double x, double y) => x * x + y * y * y).Body.CompileLaplacian("x", "y").Invoke([2, 5])   // -> 32</code></example>
    [<Extension>]
    static member CompileLaplacian(expression: Expr, [<ParamArray>] variables: string[]) : CompiledValue =
        Compile.value (List.ofArray variables) (Calculus.laplacian (List.ofArray variables) expression)

    /// <summary>Machine code for the divergence of a vector field, one component per variable.</summary>
    /// <example><code lang="csharp">new[] { formula, Expr.Variable("y") }.CompileDivergence("x", "y").Invoke([2, 5])   // -> 6.5</code></example>
    [<Extension>]
    static member CompileDivergence(components: IEnumerable<Expr>, [<ParamArray>] variables: string[]) : CompiledValue =
        Compile.value (List.ofArray variables) (Calculus.divergence (List.ofArray variables) (List.ofSeq components))

    /// <summary>Machine code for the curl of a vector field: three values in three variables, one in two.</summary>
    /// <example><code lang="csharp">
    /// var turns = new double[1];
    /// new[] { -Expr.Variable("y"), Expr.Variable("x") }.CompileCurl("x", "y").Invoke([2, 5], turns);
    /// turns   // -> [2]
    /// </code></example>
    [<Extension>]
    static member CompileCurl(components: IEnumerable<Expr>, [<ParamArray>] variables: string[]) : CompiledValues =
        Compile.values (List.ofArray variables) (Calculus.curl (List.ofArray variables) (List.ofSeq components))

    static member private Source(language, expression: Expr, name: string, wrt: string[]) =
        let routine = Write.routine name expression
        Write.source language [ (if wrt.Length = 0 then routine else routine |> Write.withGradient (List.ofArray wrt)) ]

    /// <summary>LaTeX for mathematics mode; what is shared and long has a name, on a line before.</summary>
    /// <example><code lang="csharp">Quote.Read((double x) => x * x / 3).Body.ToLatex()   // -> \frac{x \, x}{3}</code></example>
    [<Extension>]
    static member ToLatex(expression: Expr) : string = Write.latex expression

    /// <summary>Presentation MathML, an element `math` for a page; what is shared and long has a name, on a line before.</summary>
    /// <example><code lang="csharp">Quote.Read((double x, double y) => x * y).Body.ToMathML().StartsWith("&lt;math")   // -> true</code></example>
    [<Extension>]
    static member ToMathML(expression: Expr) : string = Write.mathml expression

    /// <summary>A C# method of doubles; with variables given, of the value and the derivatives by them, as a tuple (Value, Dx, ...).
    /// Its file needs `using System;`.</summary>
    /// <example><code lang="csharp">Quote.Read((double x, double y) => x * y).Body.ToCSharp("f").Contains("double f(double x, double y)")   // -> true</code></example>
    [<Extension>]
    static member ToCSharp(expression: Expr, name: string, [<ParamArray>] wrt: string[]) : string =
        Symbolic.Source(Notation.csharp, expression, name, wrt)

    /// <summary>An F# function of floats; with variables given, of the value and the derivatives by them, as a tuple.</summary>
    /// <example><code lang="csharp">Quote.Read((double x, double y) => x * y).Body.ToFSharp("f").Contains("let f")   // -> true</code></example>
    [<Extension>]
    static member ToFSharp(expression: Expr, name: string, [<ParamArray>] wrt: string[]) : string =
        Symbolic.Source(Notation.fsharp, expression, name, wrt)

    /// <summary>A C function of doubles; with variables given, the value and the derivatives by them go to pointers: double *value, double *dx ...</summary>
    /// <example><code lang="csharp">Quote.Read((double x, double y) => x * y).Body.ToC("f", "x").Contains("double *dx")   // -> true</code></example>
    [<Extension>]
    static member ToC(expression: Expr, name: string, [<ParamArray>] wrt: string[]) : string =
        Symbolic.Source(Notation.c, expression, name, wrt)

    /// <summary>A Python function; with variables given, of the value and the derivatives by them, as a tuple.
    /// Where Python would raise, as for 1/0, it gives infinity or NaN like all others.</summary>
    /// <example><code lang="csharp">Quote.Read((double x, double y) => x * y).Body.ToPython("f").Contains("def f(x, y)")   // -> true</code></example>
    [<Extension>]
    static member ToPython(expression: Expr, name: string, [<ParamArray>] wrt: string[]) : string =
        Symbolic.Source(Notation.python, expression, name, wrt)

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
