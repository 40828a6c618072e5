/// The walk of forward mode: beside every assignment to a real, assignments to the variables that accompany it.
module Zautograd.Programs.Beside

open Zautograd
open Zautograd.Programs
open Zautograd.Programs.Scopes

/// The variables, arrays and stacks that accompany others, by the names of those.
type Companions = Map<string, string>

/// What the companions of a term's value are: statements that prepare it, and a term for each. The value itself is given where it is at hand.
type Companionship = Names -> Companions list -> Term option -> Term -> Statement list * Term list

/// A function whose reals have companions, so many as there are prefixes for their names: its parameters, then for each prefix a companion for
/// every active one; it returns its results, then for each prefix the companions of those that are real. The values are worked out
/// once. Functions that it calls go by the names that are made of theirs.
let ofFunction
    (nameOf: string -> string)
    (prefixes: string list)
    (companionsOf: Companionship)
    (program: Program)
    (original: Function)
    : Function =
    let f, types = flatten program (Normalise.exits original)
    let active = Activity.active program types f
    let names = Names.Of f
    let isReal name = Map.tryFind name types = Some Real
    let several: Companions list = [ for prefix in prefixes -> Map.ofSeq [ for name in active -> name, names.Fresh(prefix + name) ] ]
    let found value term = companionsOf names several value term

    // a statement for each companion of a name
    let each name make = [ for companions in several -> make companions[name] ]

    // the same for what a term gives; before them what prepares that
    let eachOf name write value term =
        let before, terms = found value term
        before, [ for companions, term in List.zip several terms -> write companions[name] term ]

    // the value first, if the formula can then still be read; else by way of a local
    let assign name (target: Term) write writeCompanion e =
        if Term.mentions name e then
            let local = names.Fresh "value"
            let before, companions = eachOf name writeCompanion (Some(Variable local)) e
            before @ Declare(local, Real, e) :: companions @ [ write (Variable local) ]
        else
            let before, companions = eachOf name writeCompanion (Some target) e
            before @ write e :: companions

    // every push has its pop, also where nobody asks for the companions
    let discard stack =
        let unused = names.Fresh "unused"
        [ Declare(unused, Real, Number 0.0); Pop(stack, Real, unused) ]

    let popped stack name pop =
        several
        |> List.collect (fun companions ->
            if companions.ContainsKey name then [ pop companions[stack] companions[name] ] else discard companions[stack])

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
            let before, companions = eachOf name (fun d e -> Declare(d, Real, e)) (Some(Variable name)) e
            before @ s :: companions
        | DeclareArray(name, Reals, length) when active.Contains name -> s :: each name (fun d -> DeclareArray(d, Reals, length))
        | Assign(name, e) when isReal name && active.Contains name ->
            assign name (Variable name) (fun e -> Assign(name, e)) (fun d e -> Assign(d, e)) e
        | Increment(name, e) when isReal name && active.Contains name ->
            let before, companions = eachOf name (fun d e -> Increment(d, e)) None e
            before @ companions @ [ s ]
        | Store(array, i, e) when active.Contains array ->
            assign array (Element(array, i)) (fun e -> Store(array, i, e)) (fun d e -> Store(d, i, e)) e
        | Accumulate(array, i, e) when active.Contains array ->
            let before, companions = eachOf array (fun d e -> Accumulate(d, i, e)) None e
            before @ companions @ [ s ]
        | Push(stack, Real, e) when active.Contains stack ->
            let before, companions = eachOf stack (fun d e -> Push(d, Real, e)) None e
            before @ s :: companions
        | Pop(stack, Real, name) when active.Contains stack -> s :: popped stack name (fun stack d -> Pop(stack, Real, d))
        | PopElement(stack, Real, array, i) when active.Contains stack ->
            s :: popped stack array (fun stack d -> PopElement(stack, Real, d, i))
        | Pop(_, Real, name) when active.Contains name -> s :: each name (fun d -> Assign(d, Number 0.0))
        | PopElement(_, Real, array, i) when active.Contains array -> s :: each array (fun d -> Store(d, i, Number 0.0))
        | If(condition, yes, no) -> [ If(condition, block yes, block no) ]
        | While(condition, body) -> [ While(condition, block body) ]
        | For(i, first, last, step, body) -> [ For(i, first, last, step, block body) ]
        | Call(results, name, args) ->
            match program.TryFind name with
            | None -> raise (Unsupported $"'{name}' is called, but it is no function of this program")
            | Some callee -> call callee results args
        | Return values ->
            let before, companions =
                [
                    for value, kind in List.zip values f.Results do
                        if kind = Real then found None value
                ]
                |> List.unzip

            List.concat before @ [ Return(values @ List.concat (List.transpose companions)) ]
        | _ -> [ s ]

    and call (callee: Function) (results: string list) args =
        let array name (companions: Companions) =
            match Map.tryFind name companions with
            | Some companion -> [], Variable companion
            | None ->
                let still = names.Fresh "still"
                [ DeclareArray(still, Reals, Length name) ], Variable still

        let given (p: Parameter, arg) =
            match p.Type, arg with
            | Reals, Variable name ->
                let before, arrays = several |> List.map (array name) |> List.unzip
                List.concat before, arrays
            | _ -> found None arg

        let receiver (companions: Companions) result =
            match Map.tryFind result companions with
            | Some companion -> [], companion
            | None ->
                let unused = names.Fresh "unused"
                [ Declare(unused, Real, Number 0.0) ], unused

        let followed = List.zip callee.Parameters args |> List.filter (fst >> Activity.isFollowed)
        let before, handed = followed |> List.map given |> List.unzip
        let real = List.zip results callee.Results |> List.filter (snd >> (=) Real) |> List.map fst

        let places, receivers =
            List.allPairs several real |> List.map (fun (companions, result) -> receiver companions result) |> List.unzip

        List.concat (before @ places) @ [ Call(results @ receivers, nameOf callee.Name, args @ List.concat (List.transpose handed)) ]

    {
        Name = nameOf f.Name
        Parameters =
            f.Parameters
            @ [
                for companions in several do
                    for p in List.filter Activity.isFollowed f.Parameters -> { p with Name = companions[p.Name] }
            ]
        Results = f.Results @ List.collect (fun _ -> List.filter ((=) Real) f.Results) several
        Body = block f.Body
    }
