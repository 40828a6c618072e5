/// Reads code as data: an F# quotation or a C# lambda becomes a function of expressions.
module Zautograd.Quote

open System
open System.Linq.Expressions
open System.Reflection
open System.Runtime.CompilerServices
open FSharp.Quotations.Patterns
open FSharp.Reflection

type private Quotation = FSharp.Quotations.Expr
type private Name = FSharp.Quotations.Var

let private refuse quotation reason : exn = UnreadableException(QuoteText.text quotation, QuoteText.kind quotation, reason)

let private unreadable quotation =
    refuse
        quotation
        ("formulas have float arithmetic, comparisons, if, let, tuples, lambdas, captured values, the functions of F#, Math, Double "
         + "and Zautograd.Functions, and functions marked [<ReflectedDefinition>]. Write it with these.")

/// What each name in sight stands for, and the methods whose definitions this is inside of.
type private Scope = { Bound: Map<Name, Part>; Inside: MethodInfo list }

let private fields (kind: Type) : Type list option =
    if FSharpType.IsTuple kind then Some(List.ofArray (FSharpType.GetTupleElements kind))
    elif kind = typeof<unit> then Some []
    else None

/// `fun (a, b) -> ...` is quoted as a function of one tuple, whose body begins by naming its items.
let rec private itemNames tuple body =
    match body with
    | Let(name, TupleGet(Var whole, index), rest) when whole = tuple -> (index, name.Name) :: itemNames tuple rest
    | _ -> []

let rec private parameter name kind names =
    match fields kind with
    | None -> Named(name, kind)
    | Some kinds ->
        let nameOf index = names |> List.tryPick (fun (at, given) -> if at = index then Some given else None)

        kinds |> List.mapi (fun index kind -> parameter (nameOf index |> Option.defaultValue $"{name}{index + 1}") kind []) |> Several

let private apply quotation target arg =
    match target with
    | Closure(_, body) -> body (Reading.share arg)
    | other ->
        let way = "Write it inside the quotation, or mark a top-level function [<ReflectedDefinition>]."

        raise (refuse quotation $"{Reading.describe other} is applied, of which only the compiled code is at hand. {way}")

/// The arguments of a method call, given one by one to its definition, which may take some of them as a tuple.
let rec private give quotation (target: Part) (parameters: ParameterInfo list) (args: Part list) : Part =
    match target, parameters, args with
    | Closure(Several items, body), first :: _, _ when items.Length <= args.Length && Option.isNone (fields first.ParameterType) ->
        let taken, rest = List.splitAt items.Length args
        give quotation (body (Items(List.map Reading.share taken))) (List.skip items.Length parameters) rest
    | Closure(Several [], body), [], [] -> body (Items [])
    | _, _ :: parameters, arg :: args -> give quotation (apply quotation target arg) parameters args
    | _ -> target

let rec private part (scope: Scope) (quotation: Quotation) : Part =
    RuntimeHelpers.EnsureSufficientExecutionStack()
    let fail = refuse quotation

    match quotation with
    | Var name ->
        match scope.Bound.TryFind name with
        | Some meaning -> meaning
        | None -> raise (fail "this variable belongs to no lambda or let of the quotation.")
    | Value(value, _) -> Reading.outside value
    | Let(name, value, body) when not name.IsMutable ->
        part { scope with Bound = scope.Bound.Add(name, Reading.share (part scope value)) } body
    | Lambda(name, body) ->
        Closure(parameter name.Name name.Type (itemNames name body), fun arg -> part { scope with Bound = scope.Bound.Add(name, arg) } body)
    | Application(target, arg) -> apply quotation (part scope target) (part scope arg)
    | IfThenElse(test, first, second) ->
        match part scope test with
        | Truth(Always outcome) -> part scope (if outcome then first else second)
        | meaning ->
            let condition = Reading.truth (refuse test) meaning
            Reading.choose fail condition (part scope first) (part scope second)
    | NewTuple items
    | NewArray(_, items) -> Items(items |> List.map (part scope))
    | TupleGet(tuple, index) ->
        match part scope tuple with
        | Items items -> items[index]
        | other -> raise (fail $"{Reading.describe other} has no items that can be read.")
    | NewUnionCase(case, []) -> Known(FSharpValue.MakeUnion(case, [||]))
    | PropertyGet(None, property, []) -> Reading.valueOf fail property null
    | FieldGet(None, field) -> Reading.valueOf fail field null
    | PropertyGet(Some target, property, []) -> ofObject fail property (part scope target)
    | FieldGet(Some target, field) -> ofObject fail field (part scope target)
    | Call(None, method, args) -> called scope quotation method (args |> List.map (part scope))
    | _ -> raise (unreadable quotation)

and private ofObject fail (it: MemberInfo) target =
    match target with
    | Known(NonNull value) -> Reading.valueOf fail it value
    | other -> raise (fail $"it is a member of {Reading.describe other}. Members of captured objects can be read.")

and private called scope quotation method args =
    match (if Readable.isOperator method then method.Name else ""), args with
    | "op_PipeRight", [ x; f ]
    | "op_PipeLeft", [ f; x ] -> apply quotation f x
    | "op_PipeRight2", [ x; y; f ] -> apply quotation (apply quotation f x) y
    | "op_ComposeRight", [ Closure(parameter, f); g ]
    | "op_ComposeLeft", [ g; Closure(parameter, f) ] -> Closure(parameter, fun x -> apply quotation g (f x))
    | "Identity", [ x ]
    | "Fst", [ Items [ x; _ ] ]
    | "Snd", [ Items [ _; x ] ] -> x
    | _ -> Readable.callMethod (refuse quotation) method args |> Option.defaultWith (fun () -> inlined scope quotation method args)

and private inlined scope quotation method args =
    match Quotation.TryGetReflectedDefinition method with
    | None -> raise (unreadable quotation)
    | Some _ when List.contains method scope.Inside -> raise (refuse quotation $"{method.Name} calls itself: recursion has no formula.")
    | Some definition ->
        let target = part { Bound = Map.empty; Inside = method :: scope.Inside } definition

        give quotation target (List.ofArray (method.GetParameters())) args

/// <summary>
/// The function that a quotation is: of curried or tupled floats, to a float. A `let` is one node, wherever it is used; captured
/// values, fields and properties are read once, now.
/// </summary>
/// <example><code>
/// let f = Quote.read &lt;@ fun x y -> log x + x * y - sin y @>
/// Reverse.gradient Number.floats [ "x"; "y" ] (Number.bind [ "x", 2.0; "y", 5.0 ]) f.Body   // -> (11.6520714552…, [5.5; 1.7163378145…])
/// </code></example>
/// <exception cref="T:Zautograd.UnreadableException">Some part of it is no formula of floats; the message says which.</exception>
[<CompiledName "ReadQuotation">]
let read (quotation: Quotation) : Function =
    let fail = refuse quotation

    let rec functionOf names meaning =
        match meaning with
        | Closure(parameter, body) ->
            let arg, more = Reading.argument fail parameter
            functionOf (names @ more) (body arg)
        | result -> Reading.functionOf fail names result

    Reading.guarded (QuoteText.kind quotation) (fun () -> functionOf [] (part { Bound = Map.empty; Inside = [] } quotation))

/// <summary>
/// The function that a C# lambda is, of any number of doubles, to a double: `Quote.Read((double x, double y) => Math.Log(x) + x * y)`.
/// Captured variables, fields and properties are read once, now.
/// </summary>
/// <example><code lang="csharp">
/// Quote.Read((double x, double y) => Math.Log(x) + x * y).Body   // -> log(x) + x*y
/// Expression&lt;Func&lt;double, double>> square = x => x * x;
/// Quote.Read(square)   // -> (x) => x*x
/// </code></example>
/// <exception cref="T:Zautograd.UnreadableException">Some part of it is no formula of doubles; the message says which.</exception>
let Read (lambda: LambdaExpression) : Function = Lambda.read lambda
