/// The tangent program: beside every assignment, how the assigned value changes.
module Zautograd.Programs.Tangent

open Zautograd
open Zautograd.Programs
open Zautograd.Programs.Scopes

/// What the tangent of a function is called.
let nameOf (f: string) = f + "Tangent"

/// The derivative of a term, given the terms that stand for tangents; `result` is the term's own value where it is at hand.
let rec private change (tangent: Term -> Term) (result: Term option) (term: Term) : Term =
    let number = Term.number

    match term with
    | Variable _
    | Element _ -> tangent term
    | Choose(condition, a, b) ->
        match change tangent None a, change tangent None b with
        | Number 0.0, Number 0.0 -> Number 0.0
        | a, b -> Choose(condition, a, b)
    | Formula(op, args) ->
        let slopes = Number.slopes number op args (defaultArg result term)
        List.map2 (fun slope arg -> Edges.chain op args slope (change tangent None arg)) slopes args |> Number.sum number
    | _ -> Number 0.0

/// The function with the arguments of operations whose slopes can be infinite in variables: what guards them asks for their change twice.
let private apart (f: Function) : Function =
    let names = Names.Of f

    let lift e =
        let before = ResizeArray<Statement>()

        let rec visit e =
            match e with
            | Choose _ -> e
            | Formula(op, args) ->
                let args = List.map visit args

                if Edges.isUnbounded op args then
                    Formula(
                        op,
                        [
                            for arg in args ->
                                match arg with
                                | Formula _
                                | Choose _ ->
                                    let name = names.Fresh "inner"
                                    before.Add(Declare(name, Real, arg))
                                    Variable name
                                | _ -> arg
                        ]
                    )
                else
                    Formula(op, args)
            | _ -> e

        let e = visit e
        List.ofSeq before, e

    let rec block statements = List.collect statement statements

    and statement s =
        let rewritten make e =
            let before, e = lift e
            before @ [ make e ]

        match s with
        | Declare(name, Real, e) -> rewritten (fun e -> Declare(name, Real, e)) e
        | Assign(name, e) -> rewritten (fun e -> Assign(name, e)) e
        | Increment(name, e) -> rewritten (fun e -> Increment(name, e)) e
        | Store(array, i, e) -> rewritten (fun e -> Store(array, i, e)) e
        | Accumulate(array, i, e) -> rewritten (fun e -> Accumulate(array, i, e)) e
        | Return values ->
            let lifted = List.map lift values
            List.collect fst lifted @ [ Return(List.map snd lifted) ]
        | If(condition, yes, no) -> [ If(condition, block yes, block no) ]
        | For(i, first, last, step, body) -> [ For(i, first, last, step, block body) ]
        | While(condition, body) -> [ While(condition, block body) ]
        | s -> [ s ]

    { f with Body = block f.Body }

/// What the tangent of a function along so many directions at once is called.
let nameOfMany count (f: string) = if count = 1 then nameOf f else $"{nameOf f}{count}"

/// The tangent of one function along several directions at once: its parameters, then for each direction a tangent for every active one;
/// it returns its results, then for each direction their tangents. The values are worked out once.
let ofFunctionMany (count: int) (program: Program) (original: Function) : Function =
    if count < 1 then invalidArg (nameof count) "at least one direction is needed"
    let f, types = flatten program (Normalise.exits (apart (Remarks.annotate original)))
    let active = Activity.active program types f
    let names = Names.Of f
    let isReal name = Map.tryFind name types = Some Real

    // one map of names for each direction
    let directions =
        [
            for nth in 1..count ->
                let prefix = if count = 1 then "d_" else $"d{nth}_"
                Map.ofSeq [ for name in active -> name, names.Fresh(prefix + name) ]
        ]

    let changeAlong (tangents: Map<string, string>) =
        change (fun term ->
            match term with
            | Variable name when tangents.ContainsKey name -> Variable tangents[name]
            | Element(name, index) when tangents.ContainsKey name -> Element(tangents[name], index)
            | _ -> Number 0.0)

    // a statement for each direction: what makes it gets the name of the tangent there, and the change of a term.
    let each name make = [ for tangents in directions -> make tangents[name] (changeAlong tangents) ]

    // the value first, if the formula can then still be read; else by way of a local
    let assign name (target: Term) write writeTangent e =
        if Term.mentions name e then
            let local = names.Fresh "value"

            Declare(local, Real, e) :: each name (fun d changeOf -> writeTangent d (changeOf (Some(Variable local)) e))
            @ [ write (Variable local) ]
        else
            write e :: each name (fun d changeOf -> writeTangent d (changeOf (Some target) e))

    // every push has its pop, also where nobody asks for the tangent
    let discard stack =
        let unused = names.Fresh "unused"
        [ Declare(unused, Real, Number 0.0); Pop(stack, Real, unused) ]

    let popped stack name pop =
        directions |> List.collect (fun d -> if d.ContainsKey name then [ pop d[stack] d[name] ] else discard d[stack])

    // what stays as it is needs no remark
    let rec block statements =
        [
            for remark, group in Remarks.groups statements do
                let changed = List.collect statement group

                match changed with
                | [ If _ ]
                | [ For _ ]
                | [ While _ ] -> yield! changed
                | _ when changed = group -> yield! changed
                | _ -> yield! Remarks.above remark changed
        ]

    and statement s =
        match s with
        | Declare(name, Real, e) when active.Contains name ->
            s :: each name (fun d changeOf -> Declare(d, Real, changeOf (Some(Variable name)) e))
        | DeclareArray(name, Reals, length) when active.Contains name -> s :: each name (fun d _ -> DeclareArray(d, Reals, length))
        | Assign(name, e) when isReal name && active.Contains name ->
            assign name (Variable name) (fun e -> Assign(name, e)) (fun d e -> Assign(d, e)) e
        | Increment(name, e) when isReal name && active.Contains name -> each name (fun d changeOf -> Increment(d, changeOf None e)) @ [ s ]
        | Store(array, i, e) when active.Contains array ->
            assign array (Element(array, i)) (fun e -> Store(array, i, e)) (fun d e -> Store(d, i, e)) e
        | Accumulate(array, i, e) when active.Contains array -> each array (fun d changeOf -> Accumulate(d, i, changeOf None e)) @ [ s ]
        | Push(stack, Real, e) when active.Contains stack -> s :: each stack (fun d changeOf -> Push(d, Real, changeOf None e))
        | Pop(stack, Real, name) when active.Contains stack -> s :: popped stack name (fun stack d -> Pop(stack, Real, d))
        | PopElement(stack, Real, array, i) when active.Contains stack ->
            s :: popped stack array (fun stack d -> PopElement(stack, Real, d, i))
        | Pop(_, Real, name) when active.Contains name -> s :: each name (fun d _ -> Assign(d, Number 0.0))
        | PopElement(_, Real, array, i) when active.Contains array -> s :: each array (fun d _ -> Store(d, i, Number 0.0))
        | If(condition, yes, no) -> [ If(condition, block yes, block no) ]
        | While(condition, body) -> [ While(condition, block body) ]
        | For(i, first, last, step, body) -> [ For(i, first, last, step, block body) ]
        | Call(results, name, args) ->
            match program.TryFind name with
            | None -> raise (Unsupported $"'{name}' is called, but it is no function of this program")
            | Some callee -> call callee results args
        | Return values ->
            let changes (changeOf: Term option -> Term -> Term) : Term list =
                [
                    for value, kind in List.zip values f.Results do
                        if kind = Real then changeOf None value
                ]

            [ Return(values @ List.collect (changeAlong >> changes) directions) ]
        | _ -> [ s ]

    and call (callee: Function) (results: string list) args =
        let followed = List.zip callee.Parameters args |> List.filter (fun (p, _) -> p.Active && (p.Type = Real || p.Type = Reals))

        let along (tangents: Map<string, string>) =
            let before, given =
                followed
                |> List.map (fun (p, arg) ->
                    match p.Type, arg with
                    | Reals, Variable array when tangents.ContainsKey array -> [], Variable tangents[array]
                    | Reals, Variable array ->
                        let still = names.Fresh "still"
                        [ DeclareArray(still, Reals, Length array) ], Variable still
                    | _ -> [], changeAlong tangents None arg)
                |> List.unzip

            let unused, changes =
                [
                    for result, kind in List.zip results callee.Results do
                        if kind = Real then
                            match Map.tryFind result tangents with
                            | Some d -> [], d
                            | None ->
                                let unused = names.Fresh "unused"
                                [ Declare(unused, Real, Number 0.0) ], unused
                ]
                |> List.unzip

            List.concat (before @ unused), given, changes

        let before, given, changes = directions |> List.map along |> List.unzip3

        List.concat before @ [ Call(results @ List.concat changes, nameOfMany count callee.Name, args @ List.concat given) ]

    let followed = f.Parameters |> List.filter (fun p -> p.Active && (p.Type = Real || p.Type = Reals))

    {
        Name = nameOfMany count f.Name
        Parameters =
            f.Parameters
            @ [
                for tangents in directions do
                    for p in followed -> { p with Name = tangents[p.Name] }
            ]
        Results = f.Results @ List.collect (fun _ -> List.filter ((=) Real) f.Results) directions
        Body = block f.Body
    }

/// The tangent of one function: its parameters, then a tangent for every active one; it returns its results, then their tangents.
let ofFunction (program: Program) (original: Function) : Function = ofFunctionMany 1 program original

/// The program with the tangent of every function added: each takes, after its own parameters, a tangent for every active one, and
/// returns, after its own results, the tangents of those that are real.
let transform (program: Program) : Program = extend ofFunction program

/// The same for several directions at once.
let transformMany (count: int) (program: Program) : Program = extend (ofFunctionMany count) program
