/// Reads what is applied and called: lambdas, operators, functions of Array, functions with a definition, functions inside functions.
module internal Zautograd.Programs.ReadCall

open System.Collections.Generic
open System.Reflection
open Zautograd
open Zautograd.Programs
open Zautograd.Programs.ReadMeaning
open Zautograd.Programs.ReadRefusal
open Zautograd.Programs.ReadLibrary
open Zautograd.Programs.ReadScope
open FSharp.Quotations
open FSharp.Quotations.Patterns
open FSharp.Reflection

let apply scope quotation (block: Block) target arg : Meaning =
    let fail = refuse quotation

    match target with
    | Closure body -> body block arg
    | Lifted(name, [ _ ], result, given) -> ReadLibrary.call fail scope.Library block scope.Wish name (given @ leaves arg) result
    | Lifted(name, _ :: rest, result, given) -> Lifted(name, rest, result, given @ leaves (settle block [ "value" ] arg))
    | other ->
        let way = "Write it inside the quotation, or mark a top-level function [<ReflectedDefinition>]."
        raise (fail $"{describe other} is applied, of which only the compiled code is at hand. {way}")

/// Arguments that were all evaluated before, given one after the other: what one application changes, the next arguments do not see.
let rec applyAll scope quotation (block: Block) target args : Meaning =
    match args with
    | [] -> target
    | arg :: rest ->
        let place = block.Count
        let applied = apply scope quotation block target arg
        applyAll scope quotation block applied (if block.Count > place then keep block place rest else rest)

/// What the functions of Array need to know.
let context scope quotation : ReadArrays.Context =
    { Block = scope.Block; Wish = scope.Wish; Fail = refuse quotation; Apply = applyAll scope quotation }

/// An array that is written out.
let literal scope quotation (kind: NetType) items =
    match kind.MakeArrayType() with
    | Held held when isArray held -> ReadArrays.literal (context scope quotation) held (operands scope items)
    | array -> raise (unsupportedType quotation "it" array)

let private isProgramFunction (method: MethodInfo) =
    let result = leafTypes method.ReturnType
    let parameters = method.GetParameters() |> Array.forall (fun p -> isHeld p.ParameterType)
    parameters && isHeld method.ReturnType && not (List.exists isArray result)

/// A call of a function whose definition is at hand: of a function of the program; or it is read in its place, where it takes or gives
/// what functions of a program do not.
let private defined scope quotation (method: MethodInfo) args =
    match Expr.TryGetReflectedDefinition method with
    | None -> raise (unreadable quotation)
    | Some definition when isProgramFunction method ->
        let read name = ReadDefinition.functionOf scope.Read scope.Library name ReadDefinition.alone definition
        let name = scope.Library.Of(method, read)
        ReadLibrary.call (refuse quotation) scope.Library scope.Block scope.Wish name (List.collect leaves args) method.ReturnType
    | Some _ when List.contains method scope.Inside ->
        let why = "it calls itself, but takes a function or gives an array"
        raise (refuse quotation $"{why}: let its parameters be floats, ints, bools and arrays, and write the result into one.")
    | Some definition ->
        let names = [ for p in method.GetParameters() -> Option.ofObj p.Name |> Option.defaultValue "value" ]
        let nameOf index = names |> List.tryItem index |> Option.defaultValue "value"
        let row = Queue(args |> List.collect leaves |> List.mapi (fun i arg -> settle scope.Block [ nameOf i ] arg))
        let bound, body = ReadDefinition.give row true Map.empty definition
        part { scope with Bound = bound; Inside = method :: scope.Inside } body

let called scope quotation (method: MethodInfo) args : Meaning =
    let block = scope.Block

    match (if Readable.isOperator method then method.Name else ""), args with
    | "op_PipeRight", [ x; f ]
    | "op_PipeLeft", [ f; x ] -> apply scope quotation block f x
    | "op_PipeRight2", [ x; y; f ] -> applyAll scope quotation block f [ x; y ]
    | "op_ComposeRight", [ f; g ]
    | "op_ComposeLeft", [ g; f ] -> Closure(fun inside x -> apply scope quotation inside g (apply scope quotation inside f x))
    | "Identity", [ x ]
    | "Fst", [ Items [ x; _ ] ]
    | "Snd", [ Items [ _; x ] ] -> x
    | _ ->
        ReadFormula.call (refuse quotation) block method args
        |> Option.orElseWith (fun () -> ReadArrays.call (context scope quotation) method args)
        |> Option.defaultWith (fun () -> defined scope quotation method args)

let rec private signature (kind: NetType) (body: Quotation) =
    match body with
    | Lambda(name, body) ->
        let rest, result = signature (kind.GetGenericArguments()[1]) body
        name.Type :: rest, result
    | Let(_, TupleGet _, body) when FSharpType.IsFunction kind -> signature kind body
    | _ -> [], kind

let private checkSignature quotation (name: Var) (parameters: NetType list, result) =
    for kind in parameters do
        if not (isHeld kind) then raise (unsupportedType quotation $"a parameter of '{name.Name}'" kind)

    if not (isHeld result) || List.exists isArray (leafTypes result) then
        raise (
            refuse
                quotation
                $"the result of '{name.Name}' is of type {result}. Let it be floats, ints and bools, or write it into an array."
        )

/// What functions inside a function use of what stands around them: scalars and arrays.
let private surroundings scope quotation (functions: (Var * Quotation) list) =
    let own = List.map fst functions

    let used =
        [
            for _, body in functions do
                yield! body.GetFreeVars()
        ]
        |> List.distinct
        |> List.filter (fun name -> not (List.contains name own))

    let isPassed leaf =
        match leaf with
        | Scalar _
        | Array _ -> true
        | _ -> false

    [
        for name in used do
            match scope.Bound.TryFind name with
            | Some meaning when List.forall isPassed (leaves meaning) -> name, meaning
            | _ ->
                raise (refuse quotation $"it uses the function '{name.Name}' around it. Mark that, at top level, [<ReflectedDefinition>].")
    ]

/// `let rec` inside a function: each becomes a function of the program that gets, before its own arguments, what it uses from around it.
let recursive scope quotation (functions: (Var * Quotation) list) =
    let around = surroundings scope quotation functions
    let signatures = [ for name, body in functions -> name, signature name.Type body ]

    for name, found in signatures do
        checkSignature quotation name found

    let names = Dictionary<Var, string>()

    let group bound given =
        (bound, signatures)
        ||> List.fold (fun bound (name, (parameters, result)) -> Map.add name (Lifted(names[name], parameters, result, given)) bound)

    // inside of them, what they use is a parameter
    let inside (block: Block) =
        let own = [ for name, meaning in around -> name, ReadDefinition.likewise block name.Name meaning ]
        let given = own |> List.collect (snd >> leaves)
        group (Map.ofList own) given, given

    for name, body in functions do
        names[name] <- scope.Library.Later(name.Name, fun own -> ReadDefinition.functionOf scope.Read scope.Library own inside body)

    { scope with Bound = group scope.Bound (around |> List.collect (snd >> leaves)) }
