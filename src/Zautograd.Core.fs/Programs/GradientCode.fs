/// A quoted function as typed delegates: tuples of arguments are taken apart, and gradients are put together in the same shape.
namespace Zautograd.Programs

open System
open System.Collections.Generic
open System.Linq.Expressions
open Zautograd.Programs
open Zautograd.Programs.ReadMeaning

/// What the delegates call.
[<AbstractClass; Sealed>]
type internal GradientParts =
    static member Like(name: string, array: float[] | null) : float[] =
        match array with
        | null -> nullArg name
        | array -> Array.zeroCreate array.Length

    static member Length(name: string, array: float[] | null) : int =
        match array with
        | null -> nullArg name
        | array -> array.Length

    static member Square(numbers: float[], count: int) : float[,] =
        Array2D.init count count (fun row column -> numbers[row * count + column])

[<Sealed>]
type internal GradientCode(quotation: FSharp.Quotations.Expr, wanted: string list option) =
    let read = ReadProgram.read quotation
    let name = read.Function.Name
    let own = read.Function.Parameters |> List.truncate (read.Function.Parameters.Length - read.Captured.Length)

    let isWanted (p: Parameter) =
        match wanted with
        | None -> true
        | Some names -> List.contains p.Name names

    do
        for name in Option.defaultValue [] wanted do
            match own |> List.tryFind (fun p -> p.Name = name) with
            | None ->
                let names = own |> List.map _.Name |> String.concat ", "
                invalidArg "wanted" $"There is no parameter '{name}'; there are: {names}."
            | Some p when not p.Active ->
                invalidArg "wanted" $"The parameter '{name}' is no float and no array of floats: it has no derivative."
            | Some _ -> ()

    let follow (p: Parameter) = { p with Active = p.Active && isWanted p }

    let program =
        {
            Functions =
                [ for f in read.Program.Functions -> if f.Name = name then { f with Parameters = List.map follow f.Parameters } else f ]
        }

    let parameters = List.map follow own
    let captured = [ for _, array in read.Captured -> Expression.Constant array :> Expression ]

    let value = lazy (Compiler.Function(Optimise.program program, name))

    let derivative what (compile: Program * string -> Delegate) =
        lazy
            (try
                compile (program, name)
             with Scopes.Unsupported reason ->
                 raise (NotSupportedException $"The {what} of '{name}' cannot be taken: {reason}."))

    let gradient = derivative "gradient" Compiler.Gradient
    let hessianVector = derivative "Hessian-vector product" Compiler.HessianVector
    let jvp = derivative "change along a direction" Compiler.Jvp
    let hessian = derivative "Hessian" Compiler.Hessian
    let vectorHessianVector = derivative "vector-Hessian-vector product" Compiler.VectorHessianVector
    let laplacian = derivative "Laplacian" Compiler.Laplacian

    /// A variable for the derivative with respect to each parameter.
    let slots () = [ for p in parameters -> p, Expression.Variable(if p.Active && p.Type = Real then typeof<float> else typeof<float[]>) ]

    static let row (kinds: NetType list) = [ for kind in kinds -> Expression.Parameter kind ]
    static let parts (parameters: ParameterExpression list) = [ for parameter in parameters -> parameter :> Expression ]

    /// The scalars and arrays in a value.
    static let rec apart (value: Expression) : Expression list =
        match value.Type with
        | Tuple kinds ->
            if kinds.Length > 7 then
                invalidArg "quotation" $"A parameter is a tuple of {kinds.Length}. Give them one by one, or in an array."

            kinds |> List.mapi (fun i _ -> apart (Expression.PropertyOrField(value, $"Item{i + 1}"))) |> List.concat
        | _ -> [ value ]

    /// The value of a type, made of scalars and arrays.
    static let rec together (parts: Queue<Expression>) (kind: NetType) : Expression =
        match kind with
        | Tuple [] -> Expression.Constant(null, kind)
        | Tuple kinds -> Expression.New(nonNull (kind.GetConstructor(Array.ofList kinds)), [ for kind in kinds -> together parts kind ])
        | _ -> parts.Dequeue()

    /// What stands in the place of a gradient that was not asked for, or that does not exist.
    static let absent (p: Parameter) : Expression =
        match p.Type with
        | Real -> Expression.Constant nan
        | Int -> Expression.Constant 0
        | Long -> Expression.Constant 0L
        | Bool -> Expression.Constant false
        | Reals -> Expression.Constant(Array.empty<float>)
        | Ints -> Expression.Constant(Array.empty<int>)

    static let call (target: Delegate) (args: Expression list) : Expression = Expression.Invoke(Expression.Constant target, args)

    static let isGiven kind (p: Parameter) = p.Active && p.Type = kind

    static let slotsOf kind slots = slots |> List.filter (fst >> isGiven kind) |> List.map snd

    static let asPlaces slots = [ for slot: ParameterExpression in slots -> slot :> Expression ]

    /// Arrays of zeros, as long as those that the parts of the arguments hold.
    static let makeRoom (slots: (Parameter * ParameterExpression) list) parts =
        [
            for (p, slot), part in List.zip slots parts do
                if isGiven Reals p then
                    let zeros = Expression.Call(typeof<GradientParts>, "Like", null, Expression.Constant p.Name, part)
                    Expression.Assign(slot, zeros) :> Expression
        ]

    /// What the slots hold, in the shapes of the parameters.
    static let inShape kinds (slots: (Parameter * ParameterExpression) list) =
        let filled =
            Queue
                [
                    for p, slot in slots do
                        if p.Active then slot :> Expression else absent p
                ]

        [ for kind in kinds -> together filled kind ]

    /// The scalars and arrays of a direction that go to parameters with derivatives.
    let followed direction =
        [
            for p, part in List.zip parameters (List.collect apart direction) do
                if p.Active then part
        ]

    /// From the arguments, and so many directions in their shape, to what is made of the value and of what is found along the directions.
    let along (delegated: NetType) (compiled: Lazy<Delegate>) count (kinds: NetType list) (make: Expression -> Expression -> Expression) =
        let args, directions = row kinds, List.init count (fun _ -> row kinds)
        let value, found = Expression.Variable typeof<float>, Expression.Variable typeof<float>
        let given = List.collect apart (parts args) @ captured @ List.collect (parts >> followed) directions @ [ found ]
        let assigned = Expression.Assign(value, call compiled.Value given) :> Expression
        let body = Expression.Block([ value; found ], [ assigned; make value found ])
        Expression.Lambda(delegated, body, args @ List.concat directions).Compile()

    /// The program, as it is differentiated: parameters that are not wanted are constant.
    member _.Program = program

    /// From the arguments to the value.
    member _.Value<'Delegate when 'Delegate :> Delegate>(kinds: NetType list) : 'Delegate =
        let args = [ for kind in kinds -> Expression.Parameter kind ]
        let body = call value.Value ((args |> List.collect apart) @ captured)
        downcast box (Expression.Lambda(typeof<'Delegate>, body, args).Compile())

    /// From the arguments to the value and, in their shape, the gradient.
    member _.ValueAndGradient<'Delegate when 'Delegate :> Delegate>(kinds: NetType list, result: NetType) : 'Delegate =
        let args = [ for kind in kinds -> Expression.Parameter kind ]
        let parts = args |> List.collect apart
        let slots = slots ()
        let given = parts @ captured @ asPlaces (slotsOf Reals slots @ slotsOf Real slots)
        let found = Expression.Variable typeof<float>
        let assigned = Expression.Assign(found, call gradient.Value given) :> Expression

        let made =
            let types = Array.ofList (typeof<float> :: kinds)
            Expression.New(nonNull (result.GetConstructor types), (found :> Expression) :: inShape kinds slots)

        let variables = found :: slotsOf Reals slots @ slotsOf Real slots
        let body = Expression.Block(variables, makeRoom slots parts @ [ assigned; made ])
        downcast box (Expression.Lambda(typeof<'Delegate>, body, args).Compile())

    /// From the arguments, and a direction in their shape, to the product of the Hessian with it, in that shape.
    member _.HessianVector<'Delegate when 'Delegate :> Delegate>(kinds: NetType list, result: NetType) : 'Delegate =
        let args, along = [ for kind in kinds -> Expression.Parameter kind ], [ for kind in kinds -> Expression.Parameter kind ]
        let parts, directions = List.collect apart args, List.collect apart along
        let slopes, products = slots (), slots ()
        let arrays, scalars = slotsOf Reals slopes @ slotsOf Reals products, slotsOf Real slopes @ slotsOf Real products

        let followed =
            [
                for p, direction in List.zip parameters directions do
                    if p.Active then direction
            ]

        let called = call hessianVector.Value (parts @ captured @ followed @ asPlaces (arrays @ scalars))

        let made: Expression =
            match inShape kinds products with
            | [ one ] -> one
            | several -> Expression.New(nonNull (result.GetConstructor(Array.ofList kinds)), several)

        let room = makeRoom slopes parts @ makeRoom products parts
        let body = Expression.Block(arrays @ scalars, room @ [ called; made ])
        downcast box (Expression.Lambda(typeof<'Delegate>, body, args @ along).Compile())

    /// From the arguments, and a direction in their shape, to the value and its change.
    member _.Jvp<'Delegate when 'Delegate :> Delegate>(kinds: NetType list) : 'Delegate =
        let both = nonNull (typeof<struct (float * float)>.GetConstructor [| typeof<float>; typeof<float> |])
        downcast box (along typeof<'Delegate> jvp 1 kinds (fun value change -> Expression.New(both, value, change)))

    /// From the arguments, and two directions in their shape, to the product of the Hessian with both.
    member _.VectorHessianVector<'Delegate when 'Delegate :> Delegate>(kinds: NetType list) : 'Delegate =
        downcast box (along typeof<'Delegate> vectorHessianVector 2 kinds (fun _ product -> product))

    /// From the arguments to the Laplacian.
    member _.Laplacian<'Delegate when 'Delegate :> Delegate>(kinds: NetType list) : 'Delegate =
        downcast box (along typeof<'Delegate> laplacian 0 kinds (fun _ laplacian -> laplacian))

    /// From the arguments, a direction in their shape, and room for the coefficients, to the value.
    member _.TaylorCoefficients<'Delegate when 'Delegate :> Delegate>(kinds: NetType list, order: int) : 'Delegate =
        let coefficients = derivative "Taylor polynomial" (fun (program, name) -> Compiler.TaylorCoefficients(program, name, order))
        let args, direction, room = row kinds, row kinds, Expression.Parameter typeof<float[]>
        let given = List.collect apart (parts args) @ captured @ followed (parts direction) @ [ room ]
        downcast box (Expression.Lambda(typeof<'Delegate>, call coefficients.Value given, args @ direction @ [ room ]).Compile())

    /// From the arguments to the Hessian.
    member _.Hessian<'Delegate when 'Delegate :> Delegate>(kinds: NetType list) : 'Delegate =
        let args = [ for kind in kinds -> Expression.Parameter kind ]
        let parts = args |> List.collect apart

        let size (p: Parameter, part: Expression) : Expression =
            match p.Type with
            | Reals -> Expression.Call(typeof<GradientParts>, "Length", null, Expression.Constant p.Name, part)
            | _ -> Expression.Constant 1

        let sizes = List.zip parameters parts |> List.filter (fun (p, _) -> p.Active) |> List.map size
        let count, matrix = Expression.Variable typeof<int>, Expression.Variable typeof<float[]>
        let numbers (length: Expression) : Expression = Expression.NewArrayBounds(typeof<float>, length)
        let total = sizes |> List.fold (fun sum size -> Expression.Add(sum, size) :> Expression) (Expression.Constant 0)

        let body: Expression list =
            [
                Expression.Assign(count, total)
                Expression.Assign(matrix, numbers (Expression.Multiply(count, count)))
                call hessian.Value (parts @ captured @ [ numbers count; matrix ])
                Expression.Call(typeof<GradientParts>, "Square", null, matrix, count)
            ]

        downcast box (Expression.Lambda(typeof<'Delegate>, Expression.Block([ count; matrix ], body), args).Compile())

    /// From the arguments, and arrays in their shape that receive the gradient, to the value.
    member _.Into<'Delegate when 'Delegate :> Delegate>(kinds: NetType list) : 'Delegate =
        for p in parameters do
            if isGiven Real p then
                let way = "Take ValueAndGradient, or put it into an array."
                raise (NotSupportedException $"The parameter '{p.Name}' is a float: there is no place to write its derivative to. {way}")

        let args = [ for kind in kinds -> Expression.Parameter kind ]
        let places = [ for kind in kinds -> Expression.Parameter kind ]

        let gradients =
            [
                for p, place in List.zip parameters (places |> List.collect apart) do
                    if isGiven Reals p then place
            ]

        let body = call gradient.Value ((args |> List.collect apart) @ captured @ gradients)
        downcast box (Expression.Lambda(typeof<'Delegate>, body, args @ places).Compile())
