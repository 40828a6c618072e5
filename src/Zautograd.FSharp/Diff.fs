/// Derivatives of F# functions: the function first, the point last, so that both partial application and pipelines read well.
/// Functions of one variable run on duals, functions of many on values; what they compute is ordinary F# arithmetic (`sin v.[0] * v.[1]`).
[<RequireQualifiedAccess>]
module Zautograd.Diff

open System

let private onValues (f: Value[] -> 'result) = Func<Value[], 'result> f

/// <summary>The derivative of a function of one variable, at any number: at a dual of an outer derivative it is an inner one.</summary>
/// <example><code>
/// 2.0 |> Diff.derivative (fun x -> x * x * x)   // -> 12
/// 3.0 |> Diff.derivative (fun x -> x * (Dual&lt;float> 2.0 |> Diff.derivative (fun y -> Dual&lt;Dual&lt;float>> x * y)))   // -> 6
/// </code></example>
let derivative (f: Dual<'number> -> Dual<'number>) (x: 'number) : 'number = Derivatives.Derivative(Func<_, _> f, x)

/// <summary>Value and derivative of a function of one variable.</summary>
/// <example><code>2.0 |> Diff.valueAndDerivative (fun x -> x * x * x)   // -> (8, 12)</code></example>
let valueAndDerivative (f: Dual<'number> -> Dual<'number>) (x: 'number) : struct ('number * 'number) =
    Derivatives.ValueAndDerivative(Func<_, _> f, x)

/// <summary>The second derivative of a function of one variable.</summary>
/// <example><code>2.0 |> Diff.secondDerivative (fun x -> x * x * x)   // -> 12</code></example>
let secondDerivative (f: Dual<Dual<'number>> -> Dual<Dual<'number>>) (x: 'number) : 'number = Derivatives.SecondDerivative(Func<_, _> f, x)

/// <summary>The n-th derivative of a function of one variable.</summary>
/// <example><code>1.0 |> Diff.nthDerivative (fun x -> x * x * x * x * x) 3   // -> 60</code></example>
let nthDerivative (f: Value -> Value) (order: int) (x: float) : float = Derivatives.NthDerivative(Func<_, _> f, x, order)

/// <summary>The coefficients of t^0 ... t^order in f(x + t).</summary>
/// <example><code>0.0 |> Diff.taylor exp 2   // -> [1; 1; 0.5]</code></example>
let taylor (f: Value -> Value) (order: int) (x: float) : float[] = Derivatives.TaylorCoefficients(Func<_, _> f, x, order)

/// <summary>The coefficients of t^0 ... t^order in f(x + t * direction), of a function of many variables.</summary>
/// <example><code>[| 2.0; 5.0 |] |> Diff.taylorAlong (fun v -> v[0] * v[1]) [| 1.0; 1.0 |] 3   // -> [10; 7; 1; 0]</code></example>
let taylorAlong (f: Value[] -> Value) (direction: float[]) (order: int) (x: float[]) : float[] =
    Derivatives.TaylorCoefficients(onValues f, x, direction, order)

/// <summary>Value and gradient of a function of many variables.</summary>
/// <example><code>[| 2.0; 5.0 |] |> Diff.valueAndGradient (fun v -> v[0] * v[1])   // -> (10, [5; 2])</code></example>
let valueAndGradient (f: Value[] -> Value) (x: float[]) : struct (float * float[]) = Derivatives.ValueAndGradient(onValues f, x)

/// <summary>The partial derivatives of a function of many variables.</summary>
/// <example><code>[| 2.0; 5.0 |] |> Diff.gradient (fun v -> v[0] * v[1])   // -> [5; 2]</code></example>
let gradient (f: Value[] -> Value) (x: float[]) : float[] = Derivatives.Gradient(onValues f, x)

/// <summary>The value, and the derivative along a direction.</summary>
/// <example><code>[| 2.0; 5.0 |] |> Diff.jvp (fun v -> v[0] * v[1]) [| 1.0; 0.0 |]   // -> (10, 5)</code></example>
let jvp (f: Value[] -> Value) (direction: float[]) (x: float[]) : struct (float * float) = Derivatives.Jvp(onValues f, x, direction)

/// <summary>The results, and how they change along a direction.</summary>
/// <example><code>[| 2.0; 5.0 |] |> Diff.jvpVector (fun v -> [| v[0] * v[1]; v[1] |]) [| 1.0; 0.0 |]   // -> ([10; 5], [5; 0])</code></example>
let jvpVector (f: Value[] -> Value[]) (direction: float[]) (x: float[]) : struct (float[] * float[]) =
    Derivatives.JvpVector(onValues f, x, direction)

/// <summary>The results, and the gradient of their sum weighted by the given adjoints.</summary>
/// <example><code>[| 2.0; 5.0 |] |> Diff.vjp (fun v -> [| v[0] * v[1]; v[1] |]) [| 1.0; 0.0 |]   // -> ([10; 5], [5; 2])</code></example>
let vjp (f: Value[] -> Value[]) (adjoints: float[]) (x: float[]) : struct (float[] * float[]) = Derivatives.Vjp(onValues f, x, adjoints)

/// <summary>The Jacobian, a row per result and a column per variable.</summary>
/// <example><code>([| 2.0; 5.0 |] |> Diff.jacobian (fun v -> [| v[0] * v[1]; v[1] |]))[0, 0]   // -> 5</code></example>
let jacobian (f: Value[] -> Value[]) (x: float[]) : float[,] = Derivatives.Jacobian(onValues f, x)

/// <summary>The Jacobian, forward or in reverse as asked for.</summary>
/// <example><code>([| 2.0; 5.0 |] |> Diff.jacobianBy Jacobians.Reverse (fun v -> [| v[0] * v[1]; v[1] |]))[0, 1]   // -> 2</code></example>
let jacobianBy (by: Jacobians) (f: Value[] -> Value[]) (x: float[]) : float[,] = Derivatives.Jacobian(onValues f, x, by)

/// <summary>The results and the Jacobian, a row per result and a column per variable.</summary>
/// <example><code>
/// let struct (values, jacobian) = [| 2.0; 5.0 |] |> Diff.valuesAndJacobian (fun v -> [| v[0] * v[1]; v[1] |])
/// values   // -> [10; 5]
/// jacobian[0, 1]   // -> 2
/// </code></example>
let valuesAndJacobian (f: Value[] -> Value[]) (x: float[]) : struct (float[] * float[,]) = Derivatives.ValuesAndJacobian(onValues f, x)

/// <summary>The results and the Jacobian, forward or in reverse as asked for.</summary>
/// <example><code>
/// let struct (values, jacobian) = [| 2.0; 5.0 |] |> Diff.valuesAndJacobianBy Jacobians.Forward (fun v -> [| v[0] * v[1]; v[1] |])
/// jacobian[0, 0]   // -> 5
/// </code></example>
let valuesAndJacobianBy (by: Jacobians) (f: Value[] -> Value[]) (x: float[]) : struct (float[] * float[,]) =
    Derivatives.ValuesAndJacobian(onValues f, x, by)

/// <summary>The second derivatives, row by row.</summary>
/// <example><code>([| 2.0; 5.0 |] |> Diff.hessian (fun v -> v[0] * v[1]))[0, 1]   // -> 1</code></example>
let hessian (f: Value[] -> Value) (x: float[]) : float[,] = Derivatives.Hessian(onValues f, x)

/// <summary>The Hessian times a direction.</summary>
/// <example><code>[| 2.0; 5.0 |] |> Diff.hessianVector (fun v -> v[0] * v[1]) [| 1.0; 0.0 |]   // -> [0; 1]</code></example>
let hessianVector (f: Value[] -> Value) (direction: float[]) (x: float[]) : float[] = Derivatives.HessianVector(onValues f, x, direction)

/// <summary>left * Hessian * right.</summary>
/// <example><code>[| 2.0; 5.0 |] |> Diff.vectorHessianVector (fun v -> v[0] * v[1]) [| 1.0; 0.0 |] [| 0.0; 1.0 |]   // -> 1</code></example>
let vectorHessianVector (f: Value[] -> Value) (left: float[]) (right: float[]) (x: float[]) : float =
    Derivatives.VectorHessianVector(onValues f, x, left, right)

/// <summary>The second derivatives by each variable, added up.</summary>
/// <example><code>[| 2.0; 5.0 |] |> Diff.laplacian (fun v -> v[0] * v[0] + v[1] * v[1])   // -> 4</code></example>
let laplacian (f: Value[] -> Value) (x: float[]) : float = Derivatives.Laplacian(onValues f, x)

/// <summary>The derivatives of each result by its own variable, added up.</summary>
/// <example><code>[| 2.0; 5.0 |] |> Diff.divergence (fun v -> [| v[0] * v[1]; v[1] |])   // -> 6</code></example>
let divergence (f: Value[] -> Value[]) (x: float[]) : float = Derivatives.Divergence(onValues f, x)

/// <summary>How a vector field of two or three variables turns.</summary>
/// <example><code>[| 2.0; 5.0 |] |> Diff.curl (fun v -> [| -v[1]; v[0] |])   // -> [2]</code></example>
let curl (f: Value[] -> Value[]) (x: float[]) : float[] = Derivatives.Curl(onValues f, x)
