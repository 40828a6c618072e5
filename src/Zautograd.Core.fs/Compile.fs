// Expressions, their gradients and Jacobians as machine code: a straight program, cut into pieces that the JIT still optimises.
namespace Zautograd

open System
open System.Collections.Generic
open System.Linq.Expressions

/// A compiled expression: its value at x, one number per variable, in their order.
type CompiledValue = delegate of x: float[] -> float

/// A compiled expression: returns its value at x and writes its partial derivatives to gradient.
type CompiledGradient = delegate of x: float[] * gradient: float[] -> float

/// Compiled expressions: writes their values at x, and their partial derivatives row by row: that of expression i with respect to
/// variable j stands at jacobian[i * variables + j].
type CompiledJacobian = delegate of x: float[] * values: float[] * jacobian: float[] -> unit

/// A compiled expression: writes its gradient at x and the Hessian times the direction, and returns the derivative along the direction.
type CompiledHessianVector = delegate of x: float[] * direction: float[] * gradient: float[] * product: float[] -> float

/// A compiled expression: its second derivatives at x with a direction on either side, left * Hessian * right.
type CompiledVectorHessianVector = delegate of x: float[] * left: float[] * right: float[] -> float

/// Compiled expressions: writes their values at x.
type CompiledValues = delegate of x: float[] * values: float[] -> unit

/// Compiled expressions: writes their values at x, and how they change along the direction.
type CompiledJvp = delegate of x: float[] * direction: float[] * values: float[] * tangents: float[] -> unit

/// Compiled expressions: writes their values at x, and the gradient of their sum weighted by the adjoints.
type CompiledVjp = delegate of x: float[] * adjoints: float[] * values: float[] * gradient: float[] -> unit

/// A compiled expression: returns its value at x, writes its gradient, and its second derivatives row by row: that with respect to the variables
/// i and j stands at hessian[i * variables + j].
type CompiledHessian = delegate of x: float[] * gradient: float[] * hessian: float[] -> float

/// A piece of a compiled program: reads the inputs, x and then the direction (or the adjoints), and the workspace; writes the workspace, of which the first
/// places are the values, and the derivatives, `slopes` and then `more`, which is a second direction where there are two.
type private Piece = delegate of workspace: float[] * x: float[] * direction: float[] * slopes: float[] * more: float[] -> unit

/// The pieces of a program, and how to run them.
/// Products with an adjoint of 0 contribute nothing, even where the slope is infinite. To ask at each product costs more than the
/// product; but where the answer matters, plain products give NaN, and NaN stays NaN down to a variable. So the plain pieces run
/// first, and the careful ones only where NaN comes out.
[<Sealed>]
type private Runner(variables: int, rows: int, size: int, pieces: Piece[], careful: Lazy<Piece[]>) =

    static member private Run(pieces: Piece[], workspace, x, direction, slopes, more) =
        for piece in pieces do
            piece.Invoke(workspace, x, direction, slopes, more)

    /// Derivatives are written while inputs are still read: an input that they overwrite is read from a copy.
    static member private Apart(input: float[], slopes: float[], more: float[]) =
        if obj.ReferenceEquals(input, slopes) || obj.ReferenceEquals(input, more) then Array.copy input else input

    member private _.Derivatives(x: float[], direction: float[], slopes: float[], more: float[]) =
        let workspace = Machine.Workspace size
        let x, direction = Runner.Apart(x, slopes, more), Runner.Apart(direction, slopes, more)
        Runner.Run(pieces, workspace, x, direction, slopes, more)

        if Machine.HasNaN slopes || not (obj.ReferenceEquals(more, slopes)) && Machine.HasNaN more then
            Runner.Run(careful.Value, workspace, x, direction, slopes, more)

        workspace

    member _.Value(x: float[]) =
        Machine.CheckArray("x", variables, x)
        let workspace = Machine.Workspace size
        Runner.Run(pieces, workspace, x, x, workspace, workspace)
        workspace[0]

    member this.Gradient(x: float[], gradient: float[]) =
        Machine.CheckArray("x", variables, x)
        Machine.CheckArray("gradient", variables, gradient)
        this.Derivatives(x, x, gradient, gradient)[0]

    member this.Jacobian(x: float[], values: float[], jacobian: float[]) =
        Machine.CheckArray("x", variables, x)
        Machine.CheckArray("values", rows, values)
        Machine.CheckArray("jacobian", rows * variables, jacobian)
        Array.Copy(this.Derivatives(x, x, jacobian, jacobian), values, rows)

    member _.Values(x: float[], values: float[]) =
        Machine.CheckArray("x", variables, x)
        Machine.CheckArray("values", rows, values)
        let x = Runner.Apart(x, values, values)
        Runner.Run(pieces, Machine.Workspace size, x, x, values, values)

    member this.Jvp(x: float[], direction: float[], values: float[], tangents: float[]) =
        Machine.CheckArray("x", variables, x)
        Machine.CheckArray("direction", variables, direction)
        Machine.CheckArray("values", rows, values)
        Machine.CheckArray("tangents", rows, tangents)
        Array.Copy(this.Derivatives(x, direction, tangents, tangents), values, rows)

    member this.Vjp(x: float[], adjoints: float[], values: float[], gradient: float[]) =
        Machine.CheckArray("x", variables, x)
        Machine.CheckArray("adjoints", rows, adjoints)
        Machine.CheckArray("values", rows, values)
        Machine.CheckArray("gradient", variables, gradient)
        Array.Copy(this.Derivatives(x, adjoints, gradient, gradient), values, rows)

    member this.Hessian(x: float[], gradient: float[], hessian: float[]) =
        Machine.CheckArray("x", variables, x)
        Machine.CheckArray("gradient", variables, gradient)
        Machine.CheckArray("hessian", variables * variables, hessian)
        this.Derivatives(x, x, gradient, hessian)[0]

    /// Of the derivative along a direction: its slopes by x are the product, those by the direction the gradient.
    member this.HessianVector(x: float[], direction: float[], gradient: float[], product: float[]) =
        Machine.CheckArray("x", variables, x)
        Machine.CheckArray("direction", variables, direction)
        Machine.CheckArray("gradient", variables, gradient)
        Machine.CheckArray("product", variables, product)
        this.Derivatives(x, direction, product, gradient)[0]

    member _.VectorHessianVector(x: float[], left: float[], right: float[]) =
        Machine.CheckArray("x", variables, x)
        Machine.CheckArray("left", variables, left)
        Machine.CheckArray("right", variables, right)
        let workspace = Machine.Workspace size
        Runner.Run(pieces, workspace, x, left, workspace, right)
        if Double.IsNaN workspace[0] then Runner.Run(careful.Value, workspace, x, left, workspace, right)
        workspace[0]

/// <summary>Compiles expressions by way of LINQ expression trees. Common subexpressions are computed once, derivatives share what the values
/// compute, and the result is exactly that of `Number.floats`, operation by operation. A compiled function may be called from any
/// thread. All branches of piecewise expressions are computed, one is taken.</summary>
/// <example><code>
/// let f = Compile.gradient [ "x"; "y" ] (log x + x * y - sin y)
/// let gradient = Array.zeroCreate 2
/// f.Invoke([| 2.0; 5.0 |], gradient)   // -> 11.65…
/// gradient[0]   // -> 5.5
/// </code></example>
module Compile =

    /// Operations in one piece. The JIT stops optimising a method above 60,000 bytes of IL or 8,000 references to locals, and its work
    /// grows faster than the method well before.
    [<Literal>]
    let PieceSize = 300

    let private chain (isCareful: bool) (slope: Linq) (change: Linq) : Linq =
        if isCareful then
            Linq.Call(Operations.machine (nameof Machine.Chain), slope, change)
        else
            Linq.Multiply(slope, change)

    /// The work, cut into pieces; which instruction belongs to which, and what has a slot in the workspace because another piece needs it.
    type private Layout = { Pieces: int[][]; PieceOf: int[]; Slots: Dictionary<int, int> }

    let private cut (program: Straight) (work: int[]) =
        let pieces = if work.Length = 0 then [| [||] |] else Array.chunkBySize PieceSize work
        let pieceOf = Array.create program.Instructions.Length -1

        pieces
        |> Array.iteri (fun piece places ->
            for place in places do
                pieceOf[place] <- piece)

        let slots = Dictionary<int, int>()

        for place in work do
            for operand in Schedule.operands program.Instructions[place] do
                if pieceOf[operand] >= 0 && pieceOf[operand] <> pieceOf[place] && not (slots.ContainsKey operand) then
                    slots[operand] <- program.Values.Length + slots.Count

        { Pieces = pieces; PieceOf = pieceOf; Slots = slots }

    /// Terms of a sum have their derivatives at once and leave hardly anything to other pieces. Where adjoints come from far up, or go to
    /// variables of many terms, something is left in either order: then the one as written, which computes independent things together.
    let private layOut program =
        let asWritten, together = cut program (Schedule.asWritten program), cut program (Schedule.together program)
        if 2 * together.Slots.Count < asWritten.Slots.Count then together else asWritten

    let private parameter (name: string) = Linq.Parameter(typeof<float[]>, name)

    /// A method as it grows.
    type private Method() =
        let highest = Dictionary<Linq, int>(HashIdentity.Reference)

        member val Locals = List<ParameterExpression>()
        member val Body = List<Linq>()

        member _.At(array: Linq, index: int) : Linq =
            highest[array] <-
                match highest.TryGetValue array with
                | true, before -> max before index
                | _ -> index

            Linq.ArrayAccess(array, [ Linq.Constant index :> Linq ])

        /// To ask for the last element first spares asking at every other whether there is one.
        member this.Statements: Linq list =
            [ for entry in highest -> Linq.ArrayAccess(entry.Key, [ Linq.Constant entry.Value :> Linq ]) ] @ List.ofSeq this.Body

    /// Arrays one behind the other: all but the last have this length.
    type private Row = { Arrays: ParameterExpression list; Length: int }

    /// The arrays that a method is over.
    type private Arrays = { Workspace: ParameterExpression; Inputs: Row; Derivatives: Row }

    let private element (row: Row) index : Linq * int =
        let place = if row.Length = 0 then 0 else min (index / row.Length) (row.Arrays.Length - 1)
        row.Arrays[place], index - place * row.Length

    /// One piece over these arrays, and how to get at the value of a place. A result is written where it is computed.
    let private translate isCareful (program: Straight) layout (results: IReadOnlyDictionary<int, (Linq * int) list>) piece arrays =
        let method = Method()
        let known = Dictionary<int, Linq>()

        let keep place (value: Linq) : Linq =
            let local = Linq.Variable(typeof<float>, $"t{place}")
            method.Locals.Add local
            method.Body.Add(Linq.Assign(local, value))
            known[place] <- local
            local

        let rec valueOf place : Linq =
            match known.TryGetValue place, program.Instructions[place] with
            | (true, found), _ -> found
            | _, Number number -> Linq.Constant number
            | _, Input index -> keep place (method.At(element arrays.Inputs index))
            | _ when layout.PieceOf[place] <> piece -> keep place (method.At(arrays.Workspace, layout.Slots[place]))
            | _, Operation(op, args) -> keep place (Operations.compose op (List.map valueOf args))
            | _, Chain(slope, change) -> keep place (chain isCareful (valueOf slope) (valueOf change))

        let write place =
            let value = valueOf place

            match results.TryGetValue place with
            | true, targets ->
                for target in targets do
                    method.Body.Add(Linq.Assign(method.At target, value))
            | _ -> ()

            match layout.Slots.TryGetValue place with
            | true, slot -> method.Body.Add(Linq.Assign(method.At(arrays.Workspace, slot), value))
            | _ -> ()

        Array.iter write layout.Pieces[piece]
        method, valueOf, write

    /// The pieces of a program over so many variables as lambdas, and the size of the workspace.
    let private lambdas isCareful variables (program: Straight) =
        let layout = layOut program
        let workspace, x, direction = parameter "workspace", parameter "x", parameter "direction"
        let slopes, more = parameter "slopes", parameter "more"

        let arrays =
            {
                Workspace = workspace
                Inputs = { Arrays = List.truncate (1 + program.Directions) [ x; direction; more ]; Length = variables }
                Derivatives = { Arrays = [ slopes; more ]; Length = program.Values.Length * variables }
            }

        let results =
            [
                for index, place in List.indexed program.Values -> place, (workspace :> Linq, index)
                for index, place in List.indexed program.Derivatives -> place, element arrays.Derivatives index
            ]
            |> List.groupBy fst
            |> List.map (fun (place, targets) -> place, List.map snd targets)

        let targets = readOnlyDict results

        let lambda piece =
            let method, _, write = translate isCareful program layout targets piece arrays

            // what is not computed
            if piece = layout.Pieces.Length - 1 then
                for place, _ in results do
                    if layout.PieceOf[place] < 0 then write place

            let body = Linq.Block(typeof<Void>, method.Locals, method.Statements @ [ Linq.Empty() ])
            Linq.Lambda<Piece>(body, workspace, x, direction, slopes, more)

        List.init layout.Pieces.Length lambda, program.Values.Length + layout.Slots.Count

    /// A program's pieces, ready to be run in order, and the size of the workspace they need.
    let private assemble isCareful variables program =
        let lambdas, size = lambdas isCareful variables program
        size, [| for lambda in lambdas -> lambda.Compile() |]

    let private runnerOf rows (variables: string list) program =
        let size, pieces = assemble false variables.Length program

        Runner(variables.Length, rows, size, pieces, lazy (snd (assemble true variables.Length program)))

    let private runner variables program = runnerOf program.Values.Length variables program

    /// <summary>The value of an expression, of these variables in this order. Any other variable is refused by name.</summary>
    /// <example><code>
    /// (Compile.value [ "x"; "y" ] (x * y)).Invoke [| 2.0; 5.0 |]   // -> 10
    /// </code></example>
    let value (variables: string list) (root: Expr) : CompiledValue =
        let program = Straight.value variables root
        let count = variables.Length
        let layout = layOut program

        match layout.Pieces with
        | [| _ |] ->
            let x = parameter "x"
            let row = { Arrays = [ x ]; Length = count }
            let arrays = { Workspace = x; Inputs = row; Derivatives = row }
            let method, valueOf, _ = translate false program layout (readOnlyDict []) 0 arrays
            let result = valueOf program.Values.Head

            let checkLength =
                Linq.Call(Operations.machine (nameof Machine.Check), Linq.Constant "x", Linq.Constant count, Linq.ArrayLength x)

            let unless: Linq = Linq.IfThen(Linq.NotEqual(Linq.ArrayLength x, Linq.Constant count), checkLength)
            Linq.Lambda<CompiledValue>(Linq.Block(typeof<float>, method.Locals, unless :: method.Statements @ [ result ]), x).Compile()
        | _ ->
            let runner = runner variables program
            CompiledValue(runner.Value)

    /// <summary>The value of an expression and its gradient with respect to these variables, in this order.</summary>
    /// <example><code>
    /// let gradient = Array.zeroCreate 1
    /// (Compile.gradient [ "x" ] (x ** 3.0)).Invoke([| 2.0 |], gradient)   // -> 8
    /// gradient[0]   // -> 12
    /// </code></example>
    let gradient (variables: string list) (root: Expr) : CompiledGradient =
        let runner = runner variables (Straight.jacobian variables [ root ])
        CompiledGradient(fun x gradient -> runner.Gradient(x, gradient))

    /// <summary>The values of several expressions and their partial derivatives with respect to these variables, in this order.</summary>
    /// <example><code>
    /// let values, jacobian = Array.zeroCreate 2, Array.zeroCreate 4
    /// (Compile.jacobian [ "x"; "y" ] [ x * y; x - y ]).Invoke([| 2.0; 5.0 |], values, jacobian)
    /// values[0]   // -> 10
    /// jacobian[3]   // -> -1
    /// </code></example>
    let jacobian (variables: string list) (roots: Expr list) : CompiledJacobian =
        let runner = runner variables (Straight.jacobian variables roots)
        CompiledJacobian(fun x values jacobian -> runner.Jacobian(x, values, jacobian))

    /// Whether a change along a direction is written with sums and products alone. Unbounded slopes need a branch where it is 0, which is none of the
    /// function's, and whose other side an adjoint of it would lose.
    let private isWithoutBranch (directions: string list) along =
        let named, moving = HashSet<string> directions, HashSet<Expr>(HashIdentity.Reference)

        Graph.nodesOf [ along ]
        |> List.forall (fun node ->
            match node with
            | Var name when named.Contains name -> moving.Add node
            | Apply(op, args) when List.exists moving.Contains args -> moving.Add node && List.contains op [ Add; Sub; Neg; Mul; Div ]
            | _ -> true)

    /// The adjoint of the tangent, which is shorter; or, where that has a branch of its own, the tangent of the adjoint.
    let private alongDirection variables root =
        let directions = variables |> List.map (fun name -> $"direction of {name}")
        let along = Calculus.directional (List.zip variables (List.map Var directions)) root

        if isWithoutBranch directions along then
            Straight.jacobian (variables @ directions) [ along ]
        else
            Straight.hessianVector variables root

    /// <summary>Gradient and Hessian-vector product of an expression, of these variables in this order. It returns the derivative along the
    /// direction.</summary>
    /// <example><code>
    /// let gradient, product = Array.zeroCreate 2, Array.zeroCreate 2
    /// (Compile.hessianVector [ "x"; "y" ] (x * y)).Invoke([| 2.0; 5.0 |], [| 1.0; 0.0 |], gradient, product)   // -> 5
    /// gradient   // -> [5; 2]
    /// product   // -> [0; 1]
    /// </code></example>
    let hessianVector (variables: string list) (root: Expr) : CompiledHessianVector =
        let runner = runner variables (alongDirection variables root)
        CompiledHessianVector(fun x direction gradient product -> runner.HessianVector(x, direction, gradient, product))

    /// <summary>The Hessian of an expression with a direction on either side, left * Hessian * right, by one forward walk over a forward walk.</summary>
    /// <example><code>
    /// (Compile.vectorHessianVector [ "x"; "y" ] (x * y)).Invoke([| 2.0; 5.0 |], [| 1.0; 0.0 |], [| 0.0; 1.0 |])   // -> 1
    /// </code></example>
    let vectorHessianVector (variables: string list) (root: Expr) : CompiledVectorHessianVector =
        let runner = runner variables (Straight.vectorHessianVector variables root)
        CompiledVectorHessianVector(fun x left right -> runner.VectorHessianVector(x, left, right))

    /// <summary>The values of several expressions, of these variables in this order. So is compiled what was derived: a curl, Taylor coefficients.</summary>
    /// <example><code>
    /// let values = Array.zeroCreate 3
    /// (Compile.values [ "x" ] (Calculus.coefficients 2 "x" (x ** 3.0))).Invoke([| 2.0 |], values)
    /// values   // -> [8; 12; 6]
    /// </code></example>
    let values (variables: string list) (roots: Expr list) : CompiledValues =
        let runner = runnerOf roots.Length variables (Straight.derived variables [] roots)
        CompiledValues(fun x values -> runner.Values(x, values))

    /// <summary>The values of several expressions and how they change along a direction, by one forward walk.</summary>
    /// <example><code>
    /// let values, tangents = Array.zeroCreate 2, Array.zeroCreate 2
    /// (Compile.jvp [ "x"; "y" ] [ x * y; x - y ]).Invoke([| 2.0; 5.0 |], [| 1.0; 0.0 |], values, tangents)
    /// tangents   // -> [5; 1]
    /// </code></example>
    let jvp (variables: string list) (roots: Expr list) : CompiledJvp =
        let runner = runner variables (Straight.jvp variables roots)
        CompiledJvp(fun x direction values tangents -> runner.Jvp(x, direction, values, tangents))

    /// <summary>The values of several expressions and the gradient of their sum weighted by adjoints, by one reverse walk.</summary>
    /// <example><code>
    /// let values, gradient = Array.zeroCreate 2, Array.zeroCreate 2
    /// (Compile.vjp [ "x"; "y" ] [ x * y; x - y ]).Invoke([| 2.0; 5.0 |], [| 1.0; 10.0 |], values, gradient)
    /// gradient   // -> [15; -8]
    /// </code></example>
    let vjp (variables: string list) (roots: Expr list) : CompiledVjp =
        let runner = runner variables (Straight.vjp variables roots)
        CompiledVjp(fun x adjoints values gradient -> runner.Vjp(x, adjoints, values, gradient))

    /// <summary>The value of an expression, its gradient and its second derivatives: those are derived first, each pair once, and then compiled.</summary>
    /// <example><code>
    /// let gradient, hessian = Array.zeroCreate 2, Array.zeroCreate 4
    /// (Compile.hessian [ "x"; "y" ] (x * y ** 2.0)).Invoke([| 2.0; 3.0 |], gradient, hessian)   // -> 18
    /// hessian   // -> [0; 6; 6; 4]
    /// </code></example>
    let hessian (variables: string list) (root: Expr) : CompiledHessian =
        let derivatives = Calculus.gradient variables root @ List.concat (Calculus.hessian variables root)
        let runner = runner variables (Straight.derived variables [ root ] derivatives)
        CompiledHessian(fun x gradient hessian -> runner.Hessian(x, gradient, hessian))

    /// <summary>The methods that `value` and `gradient` compile, for those who want to see or count them.</summary>
    /// <example><code>(fst (Compile.pieces [ "x" ] (x ** 3.0))).Length   // -> 1</code></example>
    let pieces (variables: string list) (root: Expr) : LambdaExpression list * LambdaExpression list =
        let methodsOf program = lambdas false variables.Length program |> fst |> List.map (fun lambda -> lambda :> LambdaExpression)
        methodsOf (Straight.value variables root), methodsOf (Straight.jacobian variables [ root ])
