/// Reads LINQ expression trees, as the C# compiler makes them of lambdas, into expressions.
module internal Zautograd.Lambda

open System
open System.Collections.Generic
open System.Linq.Expressions
open System.Reflection
open System.Runtime.CompilerServices

type private Linq = System.Linq.Expressions.Expression

/// The operators by the names that F# and the table of readable functions give them.
let private operators =
    dict
        [
            ExpressionType.Add, "op_Addition"
            ExpressionType.AddChecked, "op_Addition"
            ExpressionType.Subtract, "op_Subtraction"
            ExpressionType.SubtractChecked, "op_Subtraction"
            ExpressionType.Multiply, "op_Multiply"
            ExpressionType.MultiplyChecked, "op_Multiply"
            ExpressionType.Divide, "op_Division"
            ExpressionType.Modulo, "op_Modulus"
            ExpressionType.Power, "op_Exponentiation"
            ExpressionType.Negate, "op_UnaryNegation"
            ExpressionType.NegateChecked, "op_UnaryNegation"
            ExpressionType.UnaryPlus, "op_UnaryPlus"
            ExpressionType.LessThan, "op_LessThan"
            ExpressionType.LessThanOrEqual, "op_LessThanOrEqual"
            ExpressionType.GreaterThan, "op_GreaterThan"
            ExpressionType.GreaterThanOrEqual, "op_GreaterThanOrEqual"
            ExpressionType.Equal, "op_Equality"
            ExpressionType.NotEqual, "op_Inequality"
            ExpressionType.Not, "Not"
        ]

/// What text shows in place of deep parts, and of the closure objects that hold captured variables.
type private Shorten() =
    inherit ExpressionVisitor()
    let mutable depth = 0

    override _.Visit(node: Linq | null) : Linq | null =
        match node with
        | NonNull deep when depth >= 6 && deep.Type <> typeof<Void> -> Linq.Parameter(deep.Type, "...")
        | _ ->
            depth <- depth + 1
            let visited = base.Visit node
            depth <- depth - 1
            visited

    override _.VisitMember node =
        match node.Expression with
        | :? ConstantExpression -> Linq.Parameter(node.Type, node.Member.Name)
        | _ -> base.VisitMember node

let private text (node: Linq) =
    try
        string (Shorten().Visit node)
    with
    | :? InvalidOperationException
    | :? ArgumentException -> "..." // some nodes cannot be put together again without their parts

let private kind (node: Linq) =
    match node with
    | :? MethodCallExpression as call -> $"call of {Reading.fullName call.Method}"
    | :? MemberExpression as access -> $"access to {Reading.fullName access.Member}"
    | :? BinaryExpression as binary -> $"{node.NodeType} of {binary.Left.Type}"
    | :? UnaryExpression as unary -> $"{node.NodeType} of {unary.Operand.Type}"
    | _ -> $"{node.NodeType} of type {node.Type}"

let private refuse (node: Linq) reason : exn = UnreadableException(text node, kind node, reason)

let private unreadable node =
    refuse
        node
        ("formulas have float arithmetic, comparisons, conditions, captured values and the functions of Math, Double "
         + "and Zautograd.Functions. Write it with these.")

/// Parameters with what they stand for, what was read under them (a node that stands in two places is one), and the lambdas
/// this is inside of.
type private Scope = { Bound: (ParameterExpression * Part) list; Seen: Dictionary<Linq, Part>; Inside: LambdaExpression list }

let private inside bound lambdas = { Bound = bound; Seen = Dictionary(HashIdentity.Reference); Inside = lambdas }

let private isAny (kinds: ExpressionType list) (node: Linq) = List.contains node.NodeType kinds

let rec private part (scope: Scope) (node: Linq) : Part =
    RuntimeHelpers.EnsureSufficientExecutionStack()

    match scope.Seen.TryGetValue node with
    | true, known -> known
    | _ ->
        let found = partOf scope node
        scope.Seen[node] <- found
        found

and private partOf scope (node: Linq) : Part =
    let fail = refuse node

    match node with
    | :? ConstantExpression as constant -> Reading.outside constant.Value
    | :? ParameterExpression as parameter ->
        match scope.Bound |> List.tryFind (fun (bound, _) -> obj.ReferenceEquals(bound, parameter)) with
        | Some(_, meaning) -> meaning
        | None -> raise (fail "it is a parameter of no lambda around it.")
    | :? MemberExpression as access -> accessed scope access
    | :? ConditionalExpression as conditional -> decide scope node conditional.Test conditional.IfTrue conditional.IfFalse
    | :? BinaryExpression as binary when isAny [ ExpressionType.AndAlso; ExpressionType.And ] node ->
        decide scope node binary.Left binary.Right (Linq.Constant false)
    | :? BinaryExpression as binary when isAny [ ExpressionType.OrElse; ExpressionType.Or ] node ->
        decide scope node binary.Left (Linq.Constant true) binary.Right
    | :? BinaryExpression as binary -> operated scope node binary.Method [ binary.Left; binary.Right ]
    | :? UnaryExpression as unary when isAny [ ExpressionType.Convert; ExpressionType.ConvertChecked ] node ->
        if node.Type <> typeof<float> then
            raise (fail $"a conversion to {node.Type}. Convert to double only: formulas are of doubles.")

        match Option.ofObj unary.Method with
        | Some own when own.DeclaringType <> typeof<decimal> -> raise (unreadable node)
        | _ -> Reading.convert fail (part scope unary.Operand)
    | :? UnaryExpression as unary -> operated scope node unary.Method [ unary.Operand ]
    | :? NewArrayExpression as array when isAny [ ExpressionType.NewArrayInit ] node ->
        Items [ for item in array.Expressions -> part scope item ]
    | :? MethodCallExpression as call when isNull call.Object ->
        let parts = [ for argument in call.Arguments -> part scope argument ]

        Readable.callMethod fail call.Method parts |> Option.defaultWith (fun () -> raise (unreadable node))
    | :? InvocationExpression as invocation -> invoked scope invocation
    | _ -> raise (unreadable node)

and private accessed scope (access: MemberExpression) =
    match access.Expression with
    | null -> Reading.valueOf (refuse access) access.Member null
    | target ->
        match part scope target with
        | Known(NonNull value) -> Reading.valueOf (refuse access) access.Member value
        | other -> raise (refuse access $"it is a member of {Reading.describe other}. Members of captured objects can be read.")

and private decide scope node test first second =
    match part scope test with
    | Truth(Always outcome) -> part scope (if outcome then first else second)
    | meaning ->
        let condition = Reading.truth (refuse test) meaning
        Reading.choose (refuse node) condition (part scope first) (part scope second)

and private operated scope node (method: MethodInfo | null) operands =
    let parts = operands |> List.map (part scope)

    let found =
        match Option.ofObj method, operators.TryGetValue node.NodeType with
        | Some method, _ -> Readable.callMethod (refuse node) method parts
        | None, (true, name) -> Readable.call (refuse node) name parts
        | None, _ -> None

    found |> Option.defaultWith (fun () -> raise (unreadable node))

and private invoked scope (invocation: InvocationExpression) =
    match lambdaOf scope invocation.Expression with
    | None ->
        let way = "Capture an Expression<Func<...>> f and write f.Compile()(x)."
        raise (refuse invocation $"a compiled delegate has no readable body. {way}")
    | Some lambda when scope.Inside |> List.exists (fun other -> obj.ReferenceEquals(other, lambda)) ->
        raise (refuse invocation "it invokes the lambda it stands in: recursion has no formula.")
    | Some lambda ->
        let given = [ for argument in invocation.Arguments -> Reading.share (part scope argument) ]

        part (inside (List.zip (List.ofSeq lambda.Parameters) given @ scope.Bound) (lambda :: scope.Inside)) lambda.Body

and private lambdaOf scope (target: Linq) : LambdaExpression option =
    match target with
    | :? LambdaExpression as lambda -> Some lambda
    | :? MethodCallExpression as call when call.Method.Name = "Compile" -> call.Object |> Option.ofObj |> Option.bind (lambdaOf scope)
    | :? MemberExpression
    | :? ConstantExpression ->
        match part scope target with
        | Known(:? LambdaExpression as lambda) -> Some lambda
        | _ -> None
    | _ -> None

/// The function that a lambda is.
let read (lambda: LambdaExpression) : Function =
    let fail = refuse lambda

    let parameters =
        [
            for index, parameter in Seq.indexed lambda.Parameters ->
                let name = Option.ofObj parameter.Name |> Option.defaultValue $"x{index + 1}"
                let meaning, names = Reading.argument fail (Named(name, parameter.Type))
                (parameter, meaning), names
        ]

    let bound, names = List.unzip parameters

    Reading.guarded (kind lambda) (fun () -> part (inside bound [ lambda ]) lambda.Body |> Reading.functionOf fail (List.concat names))
