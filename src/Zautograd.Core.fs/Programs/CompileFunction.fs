/// One function of a program as a lambda: locals are locals, loops test at their end, what it needs of memory comes in as a parameter.
module internal Zautograd.Programs.CompileFunction

open System
open System.Collections.Generic
open System.Linq.Expressions
open System.Runtime.CompilerServices
open Zautograd
open Zautograd.Programs
open Zautograd.Programs.CompileTerm

/// How a function is called: memory first if it needs it, then its parameters, then a place for every result but the first, which it returns.
type Callee =
    {
        Function: Function
        NeedsMemory: bool
        /// It may come to call itself.
        IsRecursive: bool
        Delegate: NetType
        /// Where the compiled delegate is once there is one.
        Target: Linq
    }

let resultType (f: Function) =
    match f.Results with
    | [] -> typeof<Void>
    | first :: _ -> typeOf first

/// The call of a function; results go into fresh locals, so that no local of the caller's is one whose address is known.
let call (memory: Linq) (callee: Callee) (args: Linq list) (assignResults: Linq list -> Linq list) : Linq =
    let results = [ for kind in callee.Function.Results -> Linq.Variable(typeOf kind, "result") ]
    let others = results |> List.skip (min 1 results.Length) |> List.map (fun result -> result :> Linq)
    let invoked: Linq = Linq.Invoke(callee.Target, (if callee.NeedsMemory then [ memory ] else []) @ args @ others)

    match results with
    | [] -> Linq.Block(typeof<Void>, invoked :: assignResults [])
    | first :: _ ->
        let assigned = assignResults [ for result in results -> result :> Linq ]
        Linq.Block(typeof<Void>, results, (Linq.Assign(first, invoked) :> Linq) :: assigned)

type private Loop = { Break: LabelTarget; Continue: LabelTarget }

/// The place of a statement: what names stand for, the loop around it, stacks that have room for all that is pushed before the next loop.
type private Place = { Scope: Scope; Loop: Loop option; Reserved: Set<string> }

type private Writer(callees: IReadOnlyDictionary<string, Callee>, f: Function) =
    let memory = Linq.Parameter(typeof<Memory>, "memory")
    let everything = Statement.all f.Body
    let exit = Linq.Label "exit"
    let steady = Steady.ofFunction { Functions = [ for callee in callees.Values -> callee.Function ] } f
    let results = f.Results |> List.mapi (fun i kind -> Linq.Variable(typeOf kind, $"result{i + 1}"))

    let stacks =
        everything
        |> List.choose (function
            | Push(stack, kind, _)
            | Pop(stack, kind, _)
            | PopElement(stack, kind, _, _) -> Some(stack, kind)
            | _ -> None)
        |> List.distinct
        |> List.map (fun (stack, kind) -> stack, CompileStack.make memory stack kind)
        |> Map.ofList

    // arrays that the function declares: they come back to memory at its end
    let arrays = List<ParameterExpression * Linq>()

    let assign (target: Linq) (value: Linq) : Linq = Linq.Assign(target, value)

    let statements (locals: ParameterExpression seq) (all: Linq list) : Linq =
        match all with
        | [] -> Linq.Empty()
        | all -> Linq.Block(typeof<Void>, locals, all)

    let rec block (place: Place) (body: Statement list) : Linq =
        let locals, written = List<ParameterExpression>(), List<Linq>()

        let rooms =
            [
                for KeyValue(name, stack) in stacks do
                    if stack.Word.IsNone && not (place.Reserved.Contains name) then
                        for before, more in Room.stretches name body do
                            before, CompileStack.room stack more
            ]

        (place, List.indexed body)
        ||> List.fold (fun place (position, statement) ->
            written.AddRange
                [
                    for before, room in rooms do
                        if before = position then room
                ]

            let changed, code = one locals place statement
            written.AddRange code
            changed)
        |> ignore

        statements locals (List.ofSeq written)

    and one (locals: List<ParameterExpression>) (place: Place) (s: Statement) : Place * Linq list =
        let value = term place.Scope
        let target name : Linq = place.Scope[name]

        match s with
        | Declare(name, kind, e) ->
            let local = Linq.Variable(typeOf kind, name)
            locals.Add local
            { place with Scope = Map.add name local place.Scope }, [ assign local (value e) ]
        | DeclareArray(name, kind, length) ->
            let local = Linq.Variable(typeOf kind, name)

            let home =
                nonNull (
                    Linq.Property(
                        memory,
                        (if kind = Reals then nameof Unchecked.defaultof<Memory>.Reals else nameof Unchecked.defaultof<Memory>.Ints)
                    )
                )

            arrays.Add(local, home)
            let rented = Linq.Call(home, "Renew", null, local, value length)
            { place with Scope = Map.add name local place.Scope }, [ assign local rented ]
        | _ -> place, [ plain place value target s ]

    and plain place value target (s: Statement) : Linq =
        match s with
        | Assign(name, e) -> assign (target name) (value e)
        | Increment(name, e) -> assign (target name) (Linq.Add(target name, value e))
        | Store(array, index, Formula(Sub, [ Element(own, same); e ])) when own = array && same = index ->
            CompileSum.less (Linq.ArrayAccess(target array, value index)) (value e)
        | Store(array, index, e) -> assign (Linq.ArrayAccess(target array, value index)) (value e)
        | Accumulate(array, index, e) -> CompileSum.add (Linq.ArrayAccess(target array, value index)) (value e)
        | If(condition, yes, no) ->
            let reserved = stacks |> Map.filter (fun name _ -> (Room.atMost name s).IsSome)
            let place = { place with Reserved = Set.ofSeq reserved.Keys }

            if no.IsEmpty then
                Linq.IfThen(value condition, block place yes)
            else
                Linq.IfThenElse(value condition, block place yes, block place no)
        | While(condition, body) ->
            let test, top = Linq.Label "test", Linq.Label "top"
            let loop = { Break = Linq.Label "break"; Continue = test }

            statements
                []
                [
                    Linq.Goto test
                    Linq.Label top
                    block { place with Loop = Some loop; Reserved = Set.empty } body
                    Linq.Label test
                    Linq.IfThen(value condition, Linq.Goto top)
                    Linq.Label loop.Break
                ]
        | For(counter, first, last, step, body) ->
            let last = if step > 0 then CompileExtent.bound steady counter last body else last
            counted place counter (value first) (value last) step body
        | Call(names, name, args) -> call memory callees[name] (List.map value args) (List.map2 assign (List.map target names))
        | Return values -> statements [] ((List.map2 (fun result e -> assign result (value e)) results values) @ [ Linq.Goto exit ])
        | Outside(method, _) -> raise (Scopes.Unsupported $"'{method}' stands outside of the program: write the program as C#")
        | Remark _ -> Linq.Empty()
        | Break -> Linq.Goto place.Loop.Value.Break
        | Continue -> Linq.Goto place.Loop.Value.Continue
        | Push(stack, _, e) -> CompileStack.push stacks[stack] (value e)
        | Pop(stack, _, name) -> CompileStack.pop stacks[stack] (target name)
        | PopElement(stack, _, array, index) -> CompileStack.pop stacks[stack] (Linq.ArrayAccess(target array, value index))
        | Declare _
        | DeclareArray _ -> invalidOp "A declaration belongs to a block."

    // the test at the end of a round is all that a round costs
    and counted place counter (first: Linq) (last: Linq) step body : Linq =
        let i = Linq.Variable(typeof<int>, counter)
        let loop = { Break = Linq.Label "break"; Continue = Linq.Label "continue" }
        let top = Linq.Label "top"

        let reserved =
            [
                for KeyValue(name, stack) in stacks do
                    match Room.exactly name body with
                    | Some each when each > 0 && stack.Word.IsNone -> name, (fun last -> CompileStack.reserve stack i last step each)
                    | _ -> ()
            ]

        let place = { Scope = Map.add counter i place.Scope; Loop = Some loop; Reserved = Set.ofList (List.map fst reserved) }

        let rounds (last: Linq) : Linq =
            let goesOn: Linq = if step > 0 then Linq.LessThan(i, last) else Linq.GreaterThan(i, last)

            statements
                [ i ]
                [
                    assign i first
                    Linq.IfThen(
                        goesOn,
                        statements
                            []
                            [
                                for _, reserve in reserved do
                                    reserve last
                                Linq.Label top
                                block place body
                                Linq.Label loop.Continue
                                assign i (Linq.Add(i, Linq.Constant step))
                                Linq.IfThen(goesOn, Linq.Goto top)
                                Linq.Label loop.Break
                            ]
                    )
                ]

        // the length of an array is as good as a local, and tells the JIT that the counter is an index of it
        if last.NodeType = ExpressionType.ArrayLength || last.NodeType = ExpressionType.Constant then
            rounds last
        else
            // worked out once, whatever the rounds change
            let limit = Linq.Variable(typeof<int>, "limit")
            statements [ limit ] [ assign limit last; rounds limit ]

    /// The function as a lambda of the callee's type.
    member _.Lambda(callee: Callee) : LambdaExpression =
        let parameters = [ for p in f.Parameters -> Linq.Parameter(typeOf p.Type, p.Name) ]
        let scope = Map.ofList [ for p, parameter in List.zip f.Parameters parameters -> p.Name, parameter ]
        let body = block { Scope = scope; Loop = None; Reserved = Set.empty } f.Body

        let places = [ for result in List.skip (min 1 results.Length) results -> Linq.Parameter(result.Type.MakeByRefType(), result.Name) ]

        let code =
            [
                if callee.IsRecursive then
                    Linq.Call(typeof<RuntimeHelpers>, nameof RuntimeHelpers.EnsureSufficientExecutionStack, null) :> Linq
                for KeyValue(_, stack) in stacks do
                    yield! CompileStack.openUp stack
                for array, _ in arrays do
                    assign array (Linq.Constant(null, array.Type))
                body
                Linq.Label exit
                for array, home in Seq.rev arrays do
                    Linq.Call(home, "Return", null, array)
                for KeyValue(_, stack) in List.rev (List.ofSeq stacks) do
                    CompileStack.close f.Name stack
                for result, place in Seq.zip (Seq.skip (min 1 results.Length) results) places do
                    assign place result
                for result in List.truncate 1 results do
                    result
            ]

        let locals =
            [
                yield! results
                yield! Seq.map fst arrays
                for KeyValue(_, stack) in stacks do
                    yield! stack.Locals
            ]

        Linq.Lambda(
            callee.Delegate,
            Linq.Block(resultType f, locals, code),
            f.Name,
            (if callee.NeedsMemory then [ memory ] else []) @ parameters @ places
        )

/// One function as a lambda, its calls going to these.
let lambda (callees: IReadOnlyDictionary<string, Callee>) (callee: Callee) : LambdaExpression =
    Writer(callees, callee.Function).Lambda callee
