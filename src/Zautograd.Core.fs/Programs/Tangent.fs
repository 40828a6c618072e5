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
        List.map2 (fun slope arg -> Number.chain number slope (change tangent None arg)) slopes args |> Number.sum number
    | _ -> Number 0.0

/// The tangent of one function: its parameters, then a tangent for every active one; it returns its results, then their tangents.
let ofFunction (program: Program) (original: Function) : Function =
    let f, types = flatten program (Normalise.exits (Remarks.annotate original))
    let active = Activity.active program types f
    let names = Names.Of f
    let tangents = Map.ofSeq [ for name in active -> name, names.Fresh("d_" + name) ]
    let isReal name = Map.tryFind name types = Some Real

    let tangent term =
        match term with
        | Variable name when tangents.ContainsKey name -> Variable tangents[name]
        | Element(name, index) when tangents.ContainsKey name -> Element(tangents[name], index)
        | _ -> Number 0.0

    let changeOf = change tangent

    // the value first, if the formula can then still be read; else by way of a local
    let assign (target: Term) write writeTangent e =
        let mentioned = Term.names e

        let own =
            match target with
            | Variable name
            | Element(name, _) -> name
            | _ -> ""

        if mentioned.Contains own then
            let local = names.Fresh "value"
            [ Declare(local, Real, e); writeTangent (changeOf (Some(Variable local)) e); write (Variable local) ]
        else
            [ write e; writeTangent (changeOf (Some target) e) ]

    // every push has its pop, also where nobody asks for the tangent
    let discard stack =
        let unused = names.Fresh "unused"
        [ Declare(unused, Real, Number 0.0); Pop(stack, Real, unused) ]

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
        | Declare(name, Real, e) when tangents.ContainsKey name ->
            [ Declare(name, Real, e); Declare(tangents[name], Real, changeOf (Some(Variable name)) e) ]
        | DeclareArray(name, Reals, length) when tangents.ContainsKey name -> [ s; DeclareArray(tangents[name], Reals, length) ]
        | Assign(name, e) when isReal name && tangents.ContainsKey name ->
            assign (Variable name) (fun e -> Assign(name, e)) (fun e -> Assign(tangents[name], e)) e
        | Increment(name, e) when isReal name && tangents.ContainsKey name -> [ Increment(tangents[name], changeOf None e); s ]
        | Store(array, i, e) when tangents.ContainsKey array ->
            assign (Element(array, i)) (fun e -> Store(array, i, e)) (fun e -> Store(tangents[array], i, e)) e
        | Accumulate(array, i, e) when tangents.ContainsKey array -> [ Accumulate(tangents[array], i, changeOf None e); s ]
        | Push(stack, Real, e) when tangents.ContainsKey stack -> [ s; Push(tangents[stack], Real, changeOf None e) ]
        | Pop(stack, Real, name) when tangents.ContainsKey stack ->
            match Map.tryFind name tangents with
            | Some d -> [ s; Pop(tangents[stack], Real, d) ]
            | None -> s :: discard tangents[stack]
        | PopElement(stack, Real, array, i) when tangents.ContainsKey stack ->
            match Map.tryFind array tangents with
            | Some d -> [ s; PopElement(tangents[stack], Real, d, i) ]
            | None -> s :: discard tangents[stack]
        | Pop(_, Real, name) when tangents.ContainsKey name -> [ s; Assign(tangents[name], Number 0.0) ]
        | PopElement(_, Real, array, i) when tangents.ContainsKey array -> [ s; Store(tangents[array], i, Number 0.0) ]
        | If(condition, yes, no) -> [ If(condition, block yes, block no) ]
        | While(condition, body) -> [ While(condition, block body) ]
        | For(i, first, last, step, body) -> [ For(i, first, last, step, block body) ]
        | Call(results, name, args) ->
            match program.TryFind name with
            | None -> raise (Unsupported $"'{name}' is called, but it is no function of this program")
            | Some callee ->
                let pairs = List.zip callee.Parameters args
                let followed = pairs |> List.filter (fun (p, _) -> p.Active && (p.Type = Real || p.Type = Reals))

                let before, given =
                    followed
                    |> List.map (fun (p, arg) ->
                        match p.Type, arg with
                        | Reals, Variable array when tangents.ContainsKey array -> [], Variable tangents[array]
                        | Reals, Variable array ->
                            let still = names.Fresh "still"
                            [ DeclareArray(still, Reals, Length array) ], Variable still
                        | _ -> [], changeOf None arg)
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

                List.concat before @ List.concat unused @ [ Call(results @ changes, nameOf name, args @ given) ]
        | Return values ->
            [
                Return(
                    values
                    @ [
                        for value, kind in List.zip values f.Results do
                            if kind = Real then changeOf None value
                    ]
                )
            ]
        | _ -> [ s ]

    let followed = f.Parameters |> List.filter (fun p -> p.Active && (p.Type = Real || p.Type = Reals))

    {
        Name = nameOf f.Name
        Parameters = f.Parameters @ [ for p in followed -> { p with Name = tangents[p.Name] } ]
        Results = f.Results @ List.filter ((=) Real) f.Results
        Body = block f.Body
    }

/// The program with the tangent of every function added: each takes, after its own parameters, a tangent for every active one, and
/// returns, after its own results, the tangents of those that are real.
let transform (program: Program) : Program = extend ofFunction program
