// Programs as delegates: a function of a program, or its value together with its gradient.
namespace Zautograd.Programs

open System
open System.Linq.Expressions
open Zautograd
open Zautograd.Programs
open Zautograd.Programs.CompileTerm
open Zautograd.Programs.CompileEntry

/// <summary>Compiles functions of programs. A compiled function may be called from any thread, allocates nothing once a thread has called it
/// for inputs of a size, and does operation by operation what the interpreter does; gradients are optimised before and after differentiating. Indices are checked as .NET checks them.</summary>
/// <example><code>
/// open Zautograd.Programs
/// let a: Parameter = { Name = "a"; Type = Reals; Flow = In; Active = true }
/// let body =
///     [ Declare("p", Real, Number 1.0)
///       For("i", Whole 0, Length "a", 1, [ Assign("p", Formula(Mul, [ Variable "p"; Element("a", Variable "i") ])) ])
///       Return [ Variable "p" ] ]
/// let program = { Functions = [ { Name = "product"; Parameters = [ a ]; Results = [ Real ]; Body = body } ] }
/// let product = Compiler.Function&lt;Func&lt;float[], float&gt;&gt;(program, "product")
/// product.Invoke [| 2.0; 3.0; 5.0 |]   // -> 30
/// let gradient = Array.zeroCreate 3
/// Compiler.Gradient&lt;Func&lt;float[], float[], float&gt;&gt;(program, "product").Invoke([| 2.0; 3.0; 5.0 |], gradient)   // -> 30
/// gradient   // -> [15; 10; 6]
/// let along, times = [| 1.0; 0.0; 0.0 |], Array.zeroCreate 3
/// let second = Compiler.HessianVector&lt;Func&lt;float[], float[], float[], float[], float&gt;&gt;(program, "product")
/// second.Invoke([| 2.0; 3.0; 5.0 |], along, gradient, times)   // -> 30
/// times   // -> [0; 5; 3]
/// </code></example>
[<AbstractClass; Sealed>]
type Compiler =

    static member private Value(delegated: NetType option, program: Program, name: string) : Delegate =
        let f, program = CompileProgram.find program name
        let callee = (CompileProgram.functions program)[name]

        let shape =
            {
                Owner = f.Name
                Takes = [ for p in f.Parameters -> p.Name, typeOf p.Type ]
                Gives = [ for i, kind in List.indexed f.Results -> $"result{i + 1}", typeOf kind ]
            }

        let written = f.Parameters |> List.filter (fun p -> p.Flow = InOut) |> List.map _.Name

        make (delegated |> Option.defaultValue (typeOfShape shape)) shape written (fun parameters keep ->
            [ enter callee.NeedsMemory (fun memory -> [ CompileFunction.call memory callee parameters keep ]) ])

    static member private Named(variables: string[]) : string list =
        if isNull (box variables) then nullArg (nameof variables)
        List.ofArray variables

    /// <summary>A function of a program. The delegate has the function's parameters, in their order; it returns the first result, and has
    /// a place by reference for each further one behind the parameters (or it is void and has a place for every result, or it
    /// returns all of them as a struct tuple).</summary>
    static member Function<'Delegate when 'Delegate :> Delegate>(program: Program, name: string) : 'Delegate =
        downcast box (Compiler.Value(Some typeof<'Delegate>, program, name))

    /// <summary>A function of a program, as a delegate of the type that it suggests.</summary>
    static member Function(program: Program, name: string) : Delegate = Compiler.Value(None, program, name)

    /// <summary>The value and the gradient of a function with one real result. The delegate has the function's parameters and behind
    /// them an array for the gradient with respect to each active array, which it overwrites; it returns the value, and has a
    /// place by reference for the derivative with respect to each active scalar. Arrays that the function changes stay as they are.</summary>
    static member Gradient<'Delegate when 'Delegate :> Delegate>(program: Program, name: string) : 'Delegate =
        downcast box (CompileDerivative.gradient (Some typeof<'Delegate>) program name)

    /// <summary>The value and the gradient of a function, as a delegate of the type that it suggests.</summary>
    static member Gradient(program: Program, name: string) : Delegate = CompileDerivative.gradient None program name

    /// <summary>Value, gradient and Hessian-vector product of a function with one real result, by the tangent of its adjoint:
    /// one sweep, whatever the number of variables. The delegate has the function's parameters, then a direction for each active one, then an
    /// array for the gradient with respect to each active array and such an array for the product, which it overwrites; it returns the value, and
    /// has a place by reference for the derivative with respect to each active scalar, then such places for the products.
    /// Arrays that the function changes stay as they are.</summary>
    static member HessianVector<'Delegate when 'Delegate :> Delegate>(program: Program, name: string) : 'Delegate =
        downcast box (CompileDerivative.hessianVector (Some typeof<'Delegate>) program name)

    /// <summary>Value, gradient and Hessian-vector product of a function, as a delegate of the type that it suggests.</summary>
    static member HessianVector(program: Program, name: string) : Delegate = CompileDerivative.hessianVector None program name

    /// <summary>The results of a function, and how they change along a direction. The delegate has the function's parameters and then a direction
    /// for each active one; it gives the results, and then the change of each real one. An array that the function changes is changed,
    /// and its direction becomes how it changes.</summary>
    /// <example><code>
    /// open Zautograd.Programs
    /// let program = Program.read &lt;@ fun (x: float) (y: float) -> x * y @>
    /// let struct (value, change) = Compiler.Jvp&lt;Func&lt;float, float, float, float, struct (float * float)>>(program, "f").Invoke(2.0, 5.0, 1.0, 0.0)
    /// change   // -> 5
    /// </code></example>
    static member Jvp<'Delegate when 'Delegate :> Delegate>(program: Program, name: string) : 'Delegate =
        downcast box (CompileMatrix.jvp (Some typeof<'Delegate>) program name)

    /// <summary>The results of a function and their change along a direction, as a delegate of the type that it suggests.</summary>
    static member Jvp(program: Program, name: string) : Delegate = CompileMatrix.jvp None program name

    /// <summary>The results of a function, and the gradient of their sum weighted by the given adjoints. The delegate has the function's
    /// parameters, then an array for the gradient with respect to each active array, then an adjoint for each real result. It gives the
    /// results, and then the derivative with respect to each active scalar. The gradient of an array that the function changes is handed
    /// over with the adjoints of what the function leaves there; the others are overwritten. Arrays that the function changes stay as they are.</summary>
    /// <example><code>
    /// open Zautograd.Programs
    /// let program = Program.read &lt;@ fun (x: float[]) -> x[0] * x[1] @>
    /// let gradient = Array.zeroCreate 2
    /// Compiler.Vjp&lt;Func&lt;float[], float[], float, float>>(program, "f").Invoke([| 2.0; 5.0 |], gradient, 3.0)   // -> 10
    /// gradient   // -> [15; 6]
    /// </code></example>
    static member Vjp<'Delegate when 'Delegate :> Delegate>(program: Program, name: string) : 'Delegate =
        downcast box (CompileDerivative.vjp (Some typeof<'Delegate>) program name)

    /// <summary>The results of a function and the gradient of their weighted sum, as a delegate of the type that it suggests.</summary>
    static member Vjp(program: Program, name: string) : Delegate = CompileDerivative.vjp None program name

    /// <summary>The results of a function and their partial derivatives, by the shape of each call column by column or row by row. The delegate
    /// has the function's parameters and then an array for the matrix, row by row, which it overwrites: a row per real result, and then
    /// per element of each active array that the function changes; a column per number among the active parameters, in their order. It gives the results,
    /// and leaves in arrays what the function leaves there.</summary>
    /// <example><code>
    /// open Zautograd.Programs
    /// let x: Parameter = { Name = "x"; Type = Reals; Flow = In; Active = true }
    /// let y = { x with Name = "y"; Flow = InOut }
    /// let square = Formula(Mul, [ Element("x", Variable "i"); Element("x", Variable "i") ])
    /// let body = [ For("i", Whole 0, Length "x", 1, [ Store("y", Variable "i", square) ]) ]
    /// let program = { Functions = [ { Name = "squares"; Parameters = [ x; y ]; Results = []; Body = body } ] }
    /// let jacobian = Compiler.Jacobian&lt;Action&lt;float[], float[], float[]>>(program, "squares", Jacobians.Forward, "x")
    /// let values, slopes = Array.zeroCreate 2, Array.zeroCreate 4
    /// jacobian.Invoke([| 3.0; 4.0 |], values, slopes)
    /// values   // -> [9; 16]
    /// slopes   // -> [6; 0; 0; 8]
    /// </code></example>
    static member Jacobian<'Delegate when 'Delegate :> Delegate>(program: Program, name: string) : 'Delegate =
        downcast box (CompileMatrix.jacobian Jacobians.Auto [] (Some typeof<'Delegate>) program name)

    /// <summary>The same in the direction that is asked for, by some of the parameters only, where they are named, in the order of the names: an array
    /// that the function fills, whatever it held before, would have columns of zeros.</summary>
    static member Jacobian<'Delegate when 'Delegate :> Delegate>
        (program: Program, name: string, by: Jacobians, [<ParamArray>] variables: string[])
        : 'Delegate =
        downcast box (CompileMatrix.jacobian by (Compiler.Named variables) (Some typeof<'Delegate>) program name)

    /// <summary>The results of a function and their partial derivatives, as a delegate of the type that it suggests.</summary>
    static member Jacobian(program: Program, name: string) : Delegate = CompileMatrix.jacobian Jacobians.Auto [] None program name

    /// <summary>The same in the direction that is asked for, by some of the parameters only, where they are named.</summary>
    static member Jacobian(program: Program, name: string, by: Jacobians, [<ParamArray>] variables: string[]) : Delegate =
        CompileMatrix.jacobian by (Compiler.Named variables) None program name

    /// <summary>Value, gradient and Hessian of a function with one real result, by the tangent of its adjoint along each variable. The delegate
    /// has the function's parameters, then an array for the gradient and one for the Hessian, row by row, which it overwrites; the
    /// variables are the numbers among the active parameters, in their order. It returns the value. Arrays that the function changes stay as they are.</summary>
    /// <example><code>
    /// open Zautograd.Programs
    /// let program = Program.read &lt;@ fun (x: float) (y: float) -> x * y * y @>
    /// let gradient, hessian = Array.zeroCreate 2, Array.zeroCreate 4
    /// Compiler.Hessian&lt;Func&lt;float, float, float[], float[], float>>(program, "f").Invoke(2.0, 3.0, gradient, hessian)   // -> 18
    /// gradient   // -> [9; 12]
    /// hessian   // -> [0; 6; 6; 4]
    /// </code></example>
    static member Hessian<'Delegate when 'Delegate :> Delegate>(program: Program, name: string) : 'Delegate =
        downcast box (CompileMatrix.hessian (Some typeof<'Delegate>) program name)

    /// <summary>Value, gradient and Hessian of a function, as a delegate of the type that it suggests.</summary>
    static member Hessian(program: Program, name: string) : Delegate = CompileMatrix.hessian None program name

    /// <summary>The value of a function with one real result, and left * Hessian * right, by one run of the tangent of its tangent. The delegate has
    /// the function's parameters, then a left direction for each active one, then a right one; it gives the value and the product. Arrays that
    /// the function changes stay as they are.</summary>
    /// <example><code>
    /// open Zautograd.Programs
    /// let program = Program.read &lt;@ fun (x: float[]) -> x[0] * x[1] @>
    /// let product = Compiler.VectorHessianVector&lt;Func&lt;float[], float[], float[], struct (float * float)>>(program, "f")
    /// let struct (value, times) = product.Invoke([| 2.0; 5.0 |], [| 1.0; 0.0 |], [| 0.0; 1.0 |])
    /// times   // -> 1
    /// </code></example>
    static member VectorHessianVector<'Delegate when 'Delegate :> Delegate>(program: Program, name: string) : 'Delegate =
        downcast box (CompileMatrix.vectorHessianVector (Some typeof<'Delegate>) program name)

    /// <summary>The value of a function and left * Hessian * right, as a delegate of the type that it suggests.</summary>
    static member VectorHessianVector(program: Program, name: string) : Delegate = CompileMatrix.vectorHessianVector None program name

    /// <summary>The results of a function and the divergence: each result by the variable in its place, by one run of the tangent for each
    /// variable. The delegate has the function's parameters; it gives the results and then the divergence, and leaves in arrays what the function leaves
    /// there. Results are the real ones, and then the elements of each active array that the function changes; variables are the numbers among the
    /// active parameters, in their order, or among those that are named, in the order of the names. There must be as many of both.</summary>
    /// <example><code>
    /// open Zautograd.Programs
    /// let x: Parameter = { Name = "x"; Type = Real; Flow = In; Active = true }
    /// let times a b = Formula(Mul, [ Variable a; Variable b ])
    /// let field = { Name = "field"; Parameters = [ x; { x with Name = "y" } ]; Results = [ Real; Real ]; Body = [ Return [ times "x" "x"; times "x" "y" ] ] }
    /// let divergence = Compiler.Divergence&lt;Func&lt;float, float, struct (float * float * float)>>({ Functions = [ field ] }, "field")
    /// let struct (_, _, value) = divergence.Invoke(2.0, 5.0)
    /// value   // -> 6
    /// </code></example>
    static member Divergence<'Delegate when 'Delegate :> Delegate>
        (program: Program, name: string, [<ParamArray>] variables: string[])
        : 'Delegate =
        downcast box (CompileMatrix.divergence (Compiler.Named variables) (Some typeof<'Delegate>) program name)

    /// <summary>The results of a function and the divergence, as a delegate of the type that it suggests.</summary>
    static member Divergence(program: Program, name: string, [<ParamArray>] variables: string[]) : Delegate =
        CompileMatrix.divergence (Compiler.Named variables) None program name

    /// <summary>The results of a function and the curl in three variables, or dQ/dx - dP/dy of (P, Q) in two. The delegate has the function's
    /// parameters and then an array for the curl, three numbers or one, which it overwrites; it gives the results, and leaves in arrays what the
    /// function leaves there. Results and variables are those of a divergence.</summary>
    /// <example><code>
    /// open Zautograd.Programs
    /// let x: Parameter = { Name = "x"; Type = Reals; Flow = In; Active = true }
    /// let y = { x with Name = "y"; Flow = InOut }
    /// let at i = Element("x", Whole i)
    /// let body = [ Store("y", Whole 0, Formula(Neg, [ at 1 ])); Store("y", Whole 1, at 0); Store("y", Whole 2, Number 0.0) ]
    /// let program = { Functions = [ { Name = "turn"; Parameters = [ x; y ]; Results = []; Body = body } ] }
    /// let curl = Array.zeroCreate 3
    /// Compiler.Curl&lt;Action&lt;float[], float[], float[]>>(program, "turn", "x").Invoke([| 1.0; 2.0; 3.0 |], Array.zeroCreate 3, curl)
    /// curl   // -> [0; 0; 2]
    /// </code></example>
    static member Curl<'Delegate when 'Delegate :> Delegate>
        (program: Program, name: string, [<ParamArray>] variables: string[])
        : 'Delegate =
        downcast box (CompileMatrix.curl (Compiler.Named variables) (Some typeof<'Delegate>) program name)

    /// <summary>The results of a function and the curl, as a delegate of the type that it suggests.</summary>
    static member Curl(program: Program, name: string, [<ParamArray>] variables: string[]) : Delegate =
        CompileMatrix.curl (Compiler.Named variables) None program name

    /// <summary>The value of a function with one real result and its Laplacian, the sum of the second derivatives by each variable, by one run of the
    /// tangent of its tangent for each. The delegate has the function's parameters; it gives the value and the Laplacian. Variables are the numbers
    /// among the active parameters. Arrays that the function changes stay as they are.</summary>
    /// <example><code>
    /// open Zautograd.Programs
    /// let program = Program.read &lt;@ fun (x: float[]) -> x[0] * x[0] * x[1] @>
    /// let struct (value, laplacian) = Compiler.Laplacian&lt;Func&lt;float[], struct (float * float)>>(program, "f").Invoke [| 2.0; 5.0 |]
    /// laplacian   // -> 10
    /// </code></example>
    static member Laplacian<'Delegate when 'Delegate :> Delegate>(program: Program, name: string) : 'Delegate =
        downcast box (CompileMatrix.laplacian (Some typeof<'Delegate>) program name)

    /// <summary>The value of a function and its Laplacian, as a delegate of the type that it suggests.</summary>
    static member Laplacian(program: Program, name: string) : Delegate = CompileMatrix.laplacian None program name

    /// <summary>The results of a function and the coefficients of t^0 ... t^order in its value at x + t * direction. They are found by power series
    /// arithmetic, in code that grows with the square of the order, that of powers with the cube. The delegate has the function's parameters, then a direction for each active one,
    /// then an array for the coefficients, which it overwrites: order + 1 numbers for each real result, and then for each element of each active
    /// array that the function changes. It gives the results, and leaves in arrays what the function leaves there. At kinks and branches it is the
    /// series of what is computed there.</summary>
    /// <exception cref="T:System.ArgumentOutOfRangeException">The order is negative.</exception>
    /// <example><code>
    /// open Zautograd.Programs
    /// let program = Program.read &lt;@ fun (x: float) -> 1.0 / x @>
    /// let coefficients = Array.zeroCreate 5
    /// Compiler.TaylorCoefficients&lt;Func&lt;float, float, float[], float>>(program, "f", 4).Invoke(1.0, 1.0, coefficients)   // -> 1
    /// coefficients   // -> [1; -1; 1; -1; 1]
    /// </code></example>
    static member TaylorCoefficients<'Delegate when 'Delegate :> Delegate>(program: Program, name: string, order: int) : 'Delegate =
        downcast box (CompileMatrix.taylor order (Some typeof<'Delegate>) program name)

    /// <summary>The results of a function and their Taylor coefficients, as a delegate of the type that it suggests.</summary>
    static member TaylorCoefficients(program: Program, name: string, order: int) : Delegate = CompileMatrix.taylor order None program name

    /// <summary>Lets go of the memory that this thread keeps for the next runs of compiled programs: as much as the largest needed.</summary>
    static member Release() : unit = Memory.Forget()
