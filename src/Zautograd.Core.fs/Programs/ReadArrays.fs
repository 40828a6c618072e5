/// The functions of Array that programs have, as loops.
module internal Zautograd.Programs.ReadArrays

open System.Reflection
open Zautograd
open Zautograd.Programs
open Zautograd.Programs.ReadMeaning

/// Where the loops go, what the result is to be called, and how a function is applied to arguments.
type Context = { Block: Block; Wish: string list; Fail: string -> exn; Apply: Block -> Meaning -> Meaning list -> Meaning }

let private loop (block: Block) (count: Term) (body: Block -> Term -> unit) =
    let inside = block.Inside()
    let counter = inside.Fresh "i"
    body inside (Variable counter)
    block.Close inside
    block.Add(For(counter, Whole 0, count, 1, inside.Statements))

let private at (kind, name) index = Scalar(elementOf kind, Element(name, index))

let private termOf fail kind meaning =
    match kind with
    | Reals -> realOf fail meaning
    | _ -> intOf fail meaning

/// A new array, each element computed.
let private fill context kind length (element: Block -> Term -> Meaning) =
    let name = context.Block.DeclareArray(context.Wish.Head, kind, length)

    loop context.Block (Length name) (fun inside i -> inside.Store(name, i, termOf context.Fail kind (element inside i)))

    Array(kind, name)

/// An array that is written out.
let literal context kind (items: Meaning list) =
    let name = context.Block.DeclareArray(context.Wish.Head, kind, Whole items.Length)

    for i, item in List.indexed items do
        context.Block.Store(name, Whole i, termOf context.Fail kind item)

    Array(kind, name)

/// Goes through a loop with a state: of one or several scalars.
let private fold context count (start: Meaning) (next: Block -> Meaning -> Term -> Meaning) =
    let size = leaves start |> List.length
    let mutable index = -1

    let rec declare meaning =
        match meaning with
        | Scalar(kind, term) ->
            index <- index + 1
            Scalar(kind, Variable(context.Block.Declare(wished context.Wish size index, kind, term)))
        | Items items -> Items(List.map declare items)
        | other -> raise (context.Fail $"the state of a fold is {describe other}. Let it be floats, ints and bools.")

    // nothing but the end of a round assigns it
    let state = declare start

    loop context.Block count (fun inside i ->
        let found = next inside state i |> leaves

        // all new values before the first is assigned
        let found =
            if size > 1 then
                [
                    for meaning in found do
                        match meaning with
                        | Scalar(kind, term) -> Scalar(kind, Variable(inside.Declare("next", kind, term)))
                        | other -> other
                ]
            else
                found

        for target, value in List.zip (leaves state) found do
            match target, value with
            | Scalar(_, Variable name), Scalar(_, term) -> inside.Assign(name, term)
            | _, other -> raise (context.Fail $"the next state of a fold is {describe other}."))

    for result in leaves state do
        match result with
        | Scalar(_, Variable name) -> context.Block.Locals.Nameless.Add name |> ignore
        | _ -> ()

    state

let private sum context kind count element =
    let zero = if kind = Reals then real (Number 0.0) else int (Whole 0)

    fold context count zero (fun inside state i ->
        match state, element inside i with
        | Scalar(Real, total), Scalar(Real, value) -> real (Formula(Add, [ total; value ]))
        | Scalar(_, total), Scalar(Int, value) -> int (Integer(Plus, total, value))
        | _, other -> raise (context.Fail $"it adds up {describe other}."))

/// The array that holds values of a generic argument of the function.
let private kindOf (method: MethodInfo) (place: int) =
    match (method.GetGenericArguments()[place]).MakeArrayType() with
    | Held kind when isArray kind -> Some kind
    | _ -> None

/// A call of a function of Array; `None` where programs do not have it.
let call (context: Context) (method: MethodInfo) (args: Meaning list) : Meaning option =
    let fail, block = context.Fail, context.Block
    let apply inside f args = context.Apply inside f args
    let index meaning = intOf fail meaning
    let home = string method.DeclaringType
    let own = home = "Microsoft.FSharp.Collections.ArrayModule"
    let intrinsic = own || home.EndsWith("+IntrinsicFunctions", System.StringComparison.Ordinal)

    match method.Name, args with
    | ("GetArray" | "Get"), [ Array(kind, name); i ] when intrinsic -> Some(at (kind, name) (index i))
    | ("SetArray" | "Set"), [ Array(kind, name); i; value ] when intrinsic ->
        block.Store(name, index i, termOf fail kind value)
        Some nothing
    | _ when not own -> None
    | "Length", [ Array(_, name) ] -> Some(int (Length name))
    | "ZeroCreate", [ length ] ->
        kindOf method 0 |> Option.map (fun kind -> Array(kind, block.DeclareArray(context.Wish.Head, kind, index length)))
    | "Create", [ length; value ] ->
        kindOf method 0
        |> Option.map (fun kind ->
            let value = settle block [ "value" ] value
            fill context kind (index length) (fun _ _ -> value))
    | "Initialize", [ length; f ] ->
        kindOf method 0 |> Option.map (fun kind -> fill context kind (index length) (fun inside i -> apply inside f [ int i ]))
    | "Copy", [ Array(kind, name) ] -> Some(fill context kind (Length name) (fun _ i -> at (kind, name) i))
    | "Map", [ f; Array(kind, name) ] ->
        kindOf method 1
        |> Option.map (fun result -> fill context result (Length name) (fun inside i -> apply inside f [ at (kind, name) i ]))
    | "MapIndexed", [ f; Array(kind, name) ] ->
        kindOf method 1
        |> Option.map (fun result -> fill context result (Length name) (fun inside i -> apply inside f [ int i; at (kind, name) i ]))
    | "Iterate", [ f; Array(kind, name) ] ->
        loop block (Length name) (fun inside i -> apply inside f [ at (kind, name) i ] |> ignore)
        Some nothing
    | "IterateIndexed", [ f; Array(kind, name) ] ->
        loop block (Length name) (fun inside i -> apply inside f [ int i; at (kind, name) i ] |> ignore)
        Some nothing
    | "Fold", [ f; start; Array(kind, name) ] ->
        Some(fold context (Length name) start (fun inside state i -> apply inside f [ state; at (kind, name) i ]))
    | "Sum", [ Array(kind, name) ] -> Some(sum context kind (Length name) (fun _ i -> at (kind, name) i))
    | "SumBy", [ f; Array(kind, name) ] ->
        kindOf method 1
        |> Option.map (fun result -> sum context result (Length name) (fun inside i -> apply inside f [ at (kind, name) i ]))
    | _ -> None
