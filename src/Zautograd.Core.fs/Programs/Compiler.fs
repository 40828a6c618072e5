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

    /// <summary>Lets go of the memory that this thread keeps for the next runs of compiled programs: as much as the largest needed.</summary>
    static member Release() : unit = Memory.Forget()
