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

/// A piece of a compiled program: reads x and the workspace, writes the workspace and the results.
type private Piece = delegate of x: float[] * workspace: float[] * values: float[] * derivatives: float[] -> unit

/// The pieces of a program, and how to run them.
/// Products with an adjoint of 0 contribute nothing, even where the slope is infinite. To ask at each product costs more than the
/// product; but where the answer matters, plain products give NaN, and NaN stays NaN down to a variable. So the plain pieces run
/// first, and the careful ones only where NaN comes out.
[<Sealed>]
type private Runner(variables: int, rows: int, size: int, pieces: Piece[], careful: Lazy<Piece[]>) =

    static member private Run(pieces: Piece[], x, workspace, values, derivatives) =
        for piece in pieces do
            piece.Invoke(x, workspace, values, derivatives)

    member private _.Derivatives(x: float[], workspace: float[], values: float[], derivatives: float[]) =
        Runner.Run(pieces, x, workspace, values, derivatives)

        if Machine.HasNaN derivatives then Runner.Run(careful.Value, x, workspace, values, derivatives)

    member _.Value(x: float[]) =
        Machine.Check("x", variables, x.Length)
        let workspace = Machine.Workspace size
        Runner.Run(pieces, x, workspace, workspace, workspace)
        workspace[0]

    member this.Gradient(x: float[], gradient: float[]) =
        Machine.Check("x", variables, x.Length)
        Machine.Check("gradient", variables, gradient.Length)
        let workspace = Machine.Workspace size
        this.Derivatives(x, workspace, workspace, gradient)
        workspace[0]

    member this.Jacobian(x: float[], values: float[], jacobian: float[]) =
        Machine.Check("x", variables, x.Length)
        Machine.Check("values", rows, values.Length)
        Machine.Check("jacobian", rows * variables, jacobian.Length)
        this.Derivatives(x, Machine.Workspace size, values, jacobian)

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

    let private operands instruction =
        match instruction with
        | Number _
        | Input _ -> []
        | Operation(_, args) -> args
        | Chain(slope, change) -> [ slope; change ]

    let private isLeaf instruction =
        match instruction with
        | Number _
        | Input _ -> true
        | Operation _
        | Chain _ -> false

    /// What is needed for the results, cut into pieces; which instruction belongs to which, and what has a slot in the workspace
    /// because another piece needs it.
    type private Layout = { Pieces: int[][]; PieceOf: int[]; Slots: Dictionary<int, int> }

    let private layOut (program: Straight) reserved =
        let count = program.Instructions.Length
        let needed = Array.zeroCreate<bool> count

        for result in program.Values @ program.Derivatives do
            needed[result] <- true

        for place in count - 1 .. -1 .. 0 do
            if needed[place] then
                for operand in operands program.Instructions[place] do
                    needed[operand] <- true

        let work =
            [|
                for place in 0 .. count - 1 do
                    if needed[place] && not (isLeaf program.Instructions[place]) then place
            |]

        let pieces = if work.Length = 0 then [| [||] |] else Array.chunkBySize PieceSize work
        let pieceOf = Array.create count -1

        pieces
        |> Array.iteri (fun piece places ->
            for place in places do
                pieceOf[place] <- piece)

        let slots = Dictionary<int, int>()

        for place in work do
            for operand in operands program.Instructions[place] do
                if pieceOf[operand] >= 0 && pieceOf[operand] <> pieceOf[place] && not (slots.ContainsKey operand) then
                    slots[operand] <- reserved + slots.Count

        { Pieces = pieces; PieceOf = pieceOf; Slots = slots }

    let private parameter (name: string) = Linq.Parameter(typeof<float[]>, name)
    let private at (array: Linq) (index: int) : Linq = Linq.ArrayAccess(array, [ Linq.Constant index :> Linq ])

    /// One piece over these arrays: its locals, its statements so far, and how to get at the value of a place.
    let private translate isCareful (program: Straight) layout piece (x: Linq) (workspace: Linq) =
        let locals, body = List<ParameterExpression>(), List<Linq>()
        let known = Dictionary<int, Linq>()

        let keep place (value: Linq) : Linq =
            let local = Linq.Variable(typeof<float>, $"t{place}")
            locals.Add local
            body.Add(Linq.Assign(local, value))
            known[place] <- local
            local

        let rec valueOf place : Linq =
            match known.TryGetValue place, program.Instructions[place] with
            | (true, found), _ -> found
            | _, Number number -> Linq.Constant number
            | _, Input index -> keep place (at x index)
            | _ when layout.PieceOf[place] <> piece -> keep place (at workspace layout.Slots[place])
            | _, Operation(op, args) -> keep place (Operations.compose op (List.map valueOf args))
            | _, Chain(slope, change) -> keep place (chain isCareful (valueOf slope) (valueOf change))

        for place in layout.Pieces[piece] do
            let value = valueOf place

            match layout.Slots.TryGetValue place with
            | true, slot -> body.Add(Linq.Assign(at workspace slot, value))
            | _ -> ()

        locals, body, valueOf

    /// The pieces of a program as lambdas, and the size of the workspace, of which the first places are reserved.
    let private lambdas isCareful reserved (program: Straight) =
        let layout = layOut program reserved

        let x, workspace, values, derivatives = parameter "x", parameter "workspace", parameter "values", parameter "derivatives"

        // a result is written where it is computed; what is not computed, by the last piece
        let results =
            [
                for target, places in [ values, program.Values; derivatives, program.Derivatives ] do
                    for index, place in List.indexed places -> target, index, place
            ]
            |> List.groupBy (fun (_, _, place) -> if layout.PieceOf[place] < 0 then layout.Pieces.Length - 1 else layout.PieceOf[place])
            |> dict

        let lambda piece =
            let locals, body, valueOf = translate isCareful program layout piece x workspace

            match results.TryGetValue piece with
            | true, results ->
                for target, index, place in results do
                    let value = valueOf place
                    body.Add(Linq.Assign(at target index, value))
            | _ -> ()

            body.Add(Linq.Empty())
            Linq.Lambda<Piece>(Linq.Block(typeof<Void>, locals, body), x, workspace, values, derivatives)

        List.init layout.Pieces.Length lambda, reserved + layout.Slots.Count

    /// A program's pieces, ready to be run in order, and the size of the workspace they need.
    let private assemble isCareful reserved program =
        let lambdas, size = lambdas isCareful reserved program
        size, [| for lambda in lambdas -> lambda.Compile() |]

    let private runner (variables: string list) reserved program =
        let size, pieces = assemble false reserved program

        Runner(variables.Length, program.Values.Length, size, pieces, lazy (snd (assemble true reserved program)))

    /// <summary>The value of an expression, of these variables in this order. Any other variable is refused by name.</summary>
    /// <example><code>
    /// (Compile.value [ "x"; "y" ] (x * y)).Invoke [| 2.0; 5.0 |]   // -> 10
    /// </code></example>
    let value (variables: string list) (root: Expr) : CompiledValue =
        let program = Straight.value variables root
        let count = variables.Length
        let layout = layOut program 0

        match layout.Pieces with
        | [| _ |] ->
            let x = parameter "x"
            let locals, body, valueOf = translate false program layout 0 x x
            let result = valueOf program.Values.Head

            let checkLength =
                Linq.Call(Operations.machine (nameof Machine.Check), Linq.Constant "x", Linq.Constant count, Linq.ArrayLength x)

            let unless: Linq = Linq.IfThen(Linq.NotEqual(Linq.ArrayLength x, Linq.Constant count), checkLength)
            Linq.Lambda<CompiledValue>(Linq.Block(typeof<float>, locals, Seq.append [ unless ] (Seq.append body [ result ])), x).Compile()
        | _ ->
            let runner = runner variables 1 program
            CompiledValue(runner.Value)

    /// <summary>The value of an expression and its gradient with respect to these variables, in this order.</summary>
    /// <example><code>
    /// let gradient = Array.zeroCreate 1
    /// (Compile.gradient [ "x" ] (x ** 3.0)).Invoke([| 2.0 |], gradient)   // -> 8
    /// gradient[0]   // -> 12
    /// </code></example>
    let gradient (variables: string list) (root: Expr) : CompiledGradient =
        let runner = runner variables 1 (Straight.jacobian variables [ root ])
        CompiledGradient(fun x gradient -> runner.Gradient(x, gradient))

    /// <summary>The values of several expressions and their partial derivatives with respect to these variables, in this order.</summary>
    /// <example><code>
    /// let values, jacobian = Array.zeroCreate 2, Array.zeroCreate 4
    /// (Compile.jacobian [ "x"; "y" ] [ x * y; x - y ]).Invoke([| 2.0; 5.0 |], values, jacobian)
    /// values[0]   // -> 10
    /// jacobian[3]   // -> -1
    /// </code></example>
    let jacobian (variables: string list) (roots: Expr list) : CompiledJacobian =
        let runner = runner variables 0 (Straight.jacobian variables roots)
        CompiledJacobian(fun x values jacobian -> runner.Jacobian(x, values, jacobian))

    /// <summary>The methods that `value` and `gradient` compile, for those who want to see or count them.</summary>
    /// <example><code>(fst (Compile.pieces [ "x" ] (x ** 3.0))).Length   // -> 1</code></example>
    let pieces (variables: string list) (root: Expr) : LambdaExpression list * LambdaExpression list =
        let methodsOf program = lambdas false 1 program |> fst |> List.map (fun lambda -> lambda :> LambdaExpression)
        methodsOf (Straight.value variables root), methodsOf (Straight.jacobian variables [ root ])
