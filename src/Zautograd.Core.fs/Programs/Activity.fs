/// Which variables carry derivatives: those that depend on an active input and on which an output depends.
module Zautograd.Programs.Activity

open Zautograd.Programs
open Zautograd.Programs.Scopes

/// The real variables and arrays on whose values a term depends smoothly: not those in conditions and indices.
let rec smooth (types: Map<string, Type>) (term: Term) : Set<string> =
    match term with
    | Variable name when Map.tryFind name types = Some Real -> Set.singleton name
    | Element(name, _) when Map.tryFind name types = Some Reals -> Set.singleton name
    | Formula(_, args) -> args |> List.map (smooth types) |> Set.unionMany
    | Choose(_, a, b) -> Set.union (smooth types a) (smooth types b)
    | _ -> Set.empty

/// How values flow: (from, to) for every assignment of a block. A stack is a variable here.
let private flows (program: Program) types (block: Statement list) : (Set<string> * string) list =
    Statement.all block
    |> List.collect (fun statement ->
        match statement with
        | Declare(name, Real, e)
        | Assign(name, e)
        | Increment(name, e)
        | Push(name, Real, e)
        | Store(name, _, e)
        | Accumulate(name, _, e) -> [ smooth types e, name ]
        | Pop(stack, Real, name)
        | PopElement(stack, Real, name, _) -> [ Set.singleton stack, name ]
        | Call(results, name, args) ->
            match program.TryFind name with
            | None -> []
            | Some callee ->
                // any active argument may change any result and any array that the callee may change
                let pairs = List.zip callee.Parameters args

                let sources =
                    [
                        for parameter, arg in pairs do
                            match arg with
                            | Variable array when parameter.Active && parameter.Type = Reals -> Set.singleton array
                            | _ when parameter.Active && parameter.Type = Real -> smooth types arg
                            | _ -> Set.empty
                    ]
                    |> Set.unionMany

                let targets =
                    [
                        for result, kind in List.zip results callee.Results do
                            if kind = Real then result
                    ]
                    @ [
                        for parameter, arg in pairs do
                            match parameter.Flow, parameter.Type, arg with
                            | InOut, Reals, Variable array when parameter.Active -> array
                            | _ -> ()
                    ]

                [ for target in targets -> sources, target ]
        | _ -> [])

let private close (step: Set<string> -> Set<string>) (start: Set<string>) =
    let mutable known = start
    let mutable next = step start

    while next <> known do
        known <- next
        next <- step known

    known

/// Variables that depend on an active parameter.
let varied program types (f: Function) : Set<string> =
    let flows = flows program types f.Body

    let start =
        Set.ofList
            [
                for parameter in f.Parameters do
                    if parameter.Active && (parameter.Type = Real || parameter.Type = Reals) then parameter.Name
            ]

    start
    |> close (fun known ->
        (known, flows)
        ||> List.fold (fun known (sources, target) -> if Set.isEmpty (Set.intersect sources known) then known else Set.add target known))

/// Variables on which a result, or an array that the caller sees, depends.
let useful program types (f: Function) : Set<string> =
    let flows = flows program types f.Body

    let results =
        Statement.all f.Body
        |> List.collect (fun statement ->
            match statement with
            | Return values -> values |> List.map (smooth types)
            | _ -> [])

    let arrays =
        [
            for parameter in f.Parameters do
                if parameter.Active && parameter.Type = Reals && parameter.Flow = InOut then
                    Set.singleton parameter.Name
        ]

    Set.unionMany (results @ arrays)
    |> close (fun known ->
        (known, flows) ||> List.fold (fun known (sources, target) -> if Set.contains target known then Set.union sources known else known))

// what is called constant must be constant: a derivative is never dropped in silence
let private refuseConstants (program: Program) types (f: Function) (varied: Set<string>) =
    for parameter in f.Parameters do
        if not parameter.Active && varied.Contains parameter.Name then
            raise (
                Unsupported
                    $"'{parameter.Name}' of '{f.Name}' is constant, but what is stored in it depends on an active input: make it active, or store it elsewhere"
            )

    for statement in Statement.all f.Body do
        match statement with
        | Call(_, name, args) ->
            for parameter, arg in program.TryFind name |> Option.map (fun g -> List.zip g.Parameters args) |> Option.defaultValue [] do
                let given =
                    match arg with
                    | Variable name -> Set.singleton name
                    | _ -> smooth types arg

                if not parameter.Active && not (Set.isEmpty (Set.intersect given varied)) then
                    raise (
                        Unsupported
                            $"'{parameter.Name}' of '{name}' is constant, but '{f.Name}' gives it {Show.term arg}, which depends on an active input: make it active"
                    )
        | _ -> ()

/// Variables that need an adjoint or a tangent. Parameters that are active have one in any case.
let active program types (f: Function) : Set<string> =
    let parameters =
        Set.ofList
            [
                for parameter in f.Parameters do
                    if parameter.Active && (parameter.Type = Real || parameter.Type = Reals) then parameter.Name
            ]

    let varied = varied program types f
    refuseConstants program types f varied
    Set.union parameters (Set.intersect varied (useful program types f))
