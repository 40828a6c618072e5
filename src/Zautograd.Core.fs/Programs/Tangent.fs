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
    let prefixes = if count = 1 then [ "d_" ] else [ for nth in 1..count -> $"d{nth}_" ]

    let along (value: Term option) term (tangents: Beside.Companions) =
        change
            (fun term ->
                match term with
                | Variable name when tangents.ContainsKey name -> Variable tangents[name]
                | Element(name, index) when tangents.ContainsKey name -> Element(tangents[name], index)
                | _ -> Number 0.0)
            value
            term

    Beside.ofFunction
        (nameOfMany count)
        prefixes
        (fun _ directions value term -> [], List.map (along value term) directions)
        program
        (apart (Remarks.annotate original))

/// The tangent of one function: its parameters, then a tangent for every active one; it returns its results, then their tangents.
let ofFunction (program: Program) (original: Function) : Function = ofFunctionMany 1 program original

/// The program with the tangent of every function added: each takes, after its own parameters, a tangent for every active one, and
/// returns, after its own results, the tangents of those that are real.
let transform (program: Program) : Program = extend ofFunction program

/// The same for several directions at once.
let transformMany (count: int) (program: Program) : Program = extend (ofFunctionMany count) program
