/// Every name is declared once, at the top of the function: both sweeps see all variables.
module Zautograd.Programs.Scopes

open System.Collections.Generic
open Zautograd
open Zautograd.Programs

/// Thrown for what a transformation does not support; it is never mis-differentiated.
exception Unsupported of string with
    override refusal.Message = refusal.Data0

// in structural equality it is no equal of itself, so that what is looked up by it is not found again
let private refuseNaN (f: Function) =
    let rec has term =
        match term with
        | Number x -> System.Double.IsNaN x
        | _ -> Term.parts term |> List.exists has

    if Statement.all f.Body |> List.collect Statement.terms |> List.exists has then
        raise (Unsupported $"a constant in '{f.Name}' is not a number: hand it over as a parameter")

/// The program with a function made from each of its own. One that is there already stays; another one of its name is refused. For a function
/// outside of the program, whoever calls it has the function that would be made, and adds it.
let extend (make: Program -> Function -> Function) (program: Program) : Program =
    let program = Check.wellFormed program
    List.iter refuseNaN program.Functions

    let made =
        [
            for f in program.Functions do
                if not (Calls.isOutside f) then make program f
        ]

    for f in made do
        match program.TryFind f.Name with
        | Some other when not (other.Equals f) ->
            raise (Unsupported $"'{f.Name}' is the name of a function that would be made, but the program has one: rename that")
        | _ -> ()

    { Functions = program.Functions @ (made |> List.filter (fun f -> (program.TryFind f.Name).IsNone)) }

let rec private rename (names: Map<string, string>) (term: Term) : Term =
    let now name = Map.tryFind name names |> Option.defaultValue name

    match term with
    | Variable name -> Variable(now name)
    | Length name -> Length(now name)
    | Element(name, index) -> Element(now name, rename names index)
    | _ -> Term.map (rename names) term

// a length may be negative where its array is not reached
let rec private isNatural length =
    match length with
    | Whole n -> n >= 0
    | Length _ -> true
    | Integer(Times, a, b) when a = b -> true
    | Integer((Plus | Times), a, b) -> isNatural a && isNatural b
    | _ -> false

let private atLeastZero length = if isNatural length then length else Choose(Compare(Less, length, Whole 0), Whole 0, length)

/// The function with its declarations taken out of loops and branches; what was a declaration inside is an assignment there.
/// Returned beside it: what each name holds.
let flatten (program: Program) (f: Function) : Function * Map<string, Type> =
    let stacks =
        Statement.all f.Body
        |> List.choose (function
            | Push(stack, _, _)
            | Pop(stack, _, _)
            | PopElement(stack, _, _, _) -> Some stack
            | _ -> None)

    let fresh = Names(HashSet<string>(stacks @ [ for parameter in f.Parameters -> parameter.Name ]))
    let mutable hoisted = []
    let mutable types = Map.ofList [ for parameter in f.Parameters -> parameter.Name, parameter.Type ]
    let parameters = Map.ofList [ for parameter in f.Parameters -> parameter.Name, parameter.Name ]
    let written = lazy (Statement.written program f.Body)
    let mutable lengths = Map.empty
    let mutable starts = Map.empty
    let times = lazy (Statement.all f.Body |> List.collect (Statement.assigned program.TryFind) |> List.countBy id |> Map.ofList)

    // a length in terms of parameters that never change, where there is one
    let rec atStart term =
        match term with
        | Length name when parameters.ContainsKey name -> Some term
        | Length name -> Map.tryFind name lengths
        | Variable name when Map.containsKey name starts -> Some starts[name]
        | Variable name
        | Element(name, _) when not (parameters.ContainsKey name) || written.Value.Contains name -> None
        | _ ->
            let parts = Term.parts term |> List.map atStart

            if List.forall Option.isSome parts then
                let waiting = System.Collections.Generic.Queue<Term>(List.choose id parts)
                Some(Term.map (fun _ -> waiting.Dequeue()) term)
            else
                None

    let declare kind name =
        let unique = fresh.Fresh name
        types <- Map.add unique kind types
        unique

    // an index that reads the array itself is worked out before the array changes
    let indexed array index store =
        if Term.mentions array index then
            let place = declare Int ("at_" + array)
            hoisted <- Declare(place, Int, Whole 0) :: hoisted
            [ Assign(place, index); store (Variable place) ]
        else
            [ store index ]

    let rec block inside (names: Map<string, string>) (statements: Statement list) =
        ((names, []), statements)
        ||> List.fold (fun (names, found) s ->
            let names, changed = statement inside names s
            names, found @ changed)

    and statement inside names s =
        let now name = Map.tryFind name names |> Option.defaultValue name
        let term = rename names
        let body names statements = block true names statements |> snd

        match s with
        | Declare(name, kind, e) ->
            let unique = declare kind name
            let value = term e

            match (if kind = Int && times.Value[name] = 1 && Term.neverStops value then atStart value else None) with
            | Some known when inside ->
                // it has this value from the start
                hoisted <- Declare(unique, Int, known) :: hoisted
                starts <- Map.add unique (Variable unique) starts
                Map.add name unique names, []
            | known ->

                known |> Option.iter (fun known -> starts <- Map.add unique known starts)

                if inside then
                    hoisted <- Declare(unique, kind, Term.zero kind) :: hoisted
                    Map.add name unique names, [ Assign(unique, value) ]
                else
                    Map.add name unique names, [ Declare(unique, kind, value) ]
        | DeclareArray(name, kind, length) ->
            let unique = declare kind name
            let length = term length
            let known = atStart length |> Option.filter (fun known -> not inside || Term.neverStops known)
            known |> Option.iter (fun known -> lengths <- Map.add unique known lengths)

            match known with
            | _ when not inside -> Map.add name unique names, [ DeclareArray(unique, kind, length) ]
            | None ->
                raise (
                    Unsupported
                        $"'{name}' is an array declared inside a loop or a branch whose length is not known at the start of '{f.Name}': declare it at the top, as long as it ever gets"
                )
            | Some length ->
                // one array for all rounds, cleared where it was declared
                hoisted <- DeclareArray(unique, kind, atLeastZero length) :: hoisted
                let counter = declare Int ("i_" + name)
                let nothing = if kind = Reals then Number 0.0 else Whole 0
                Map.add name unique names, [ For(counter, Whole 0, Length unique, 1, [ Store(unique, Variable counter, nothing) ]) ]
        | Assign(name, e) -> names, [ Assign(now name, term e) ]
        | Increment(name, e) -> names, [ Increment(now name, term e) ]
        | Store(array, i, e) -> names, indexed (now array) (term i) (fun i -> Store(now array, i, term e))
        | Accumulate(array, i, e) -> names, indexed (now array) (term i) (fun i -> Accumulate(now array, i, term e))
        | If(condition, yes, no) -> names, [ If(term condition, body names yes, body names no) ]
        | While(condition, inner) -> names, [ While(term condition, body names inner) ]
        | For(counter, first, last, step, inner) ->
            let unique = declare Int counter
            names, [ For(unique, term first, term last, step, body (Map.add counter unique names) inner) ]
        | Call(results, name, args) -> names, [ Call(List.map now results, name, List.map term args) ]
        | Return results -> names, [ Return(List.map term results) ]
        | Outside(method, args) -> names, [ Outside(method, List.map term args) ]
        | Push(stack, kind, e) -> names, [ Push(stack, kind, term e) ]
        | Pop(stack, kind, name) -> names, [ Pop(stack, kind, now name) ]
        | PopElement(stack, kind, array, i) -> names, indexed (now array) (term i) (fun i -> PopElement(stack, kind, now array, i))
        | Break
        | Continue
        | Remark _ -> names, [ s ]

    let body = block false parameters f.Body |> snd
    { f with Body = List.rev hoisted @ body }, types
