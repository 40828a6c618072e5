/// Which variables carry derivatives: those that depend on an active input and on which an output depends.
module Zautograd.Programs.Activity

open System.Collections.Generic
open Zautograd.Programs
open Zautograd.Programs.Listing
open Zautograd.Programs.Scopes

/// The real variables and arrays on whose values a term depends smoothly: not those in conditions and indices.
let rec smooth (types: Map<string, Type>) (term: Term) : Set<string> =
    match term with
    | Variable name when Map.tryFind name types = Some Real -> Set.singleton name
    | Element(name, _) when Map.tryFind name types = Some Reals -> Set.singleton name
    | Formula(_, args) -> args |> List.map (smooth types) |> Set.unionMany
    | Choose(_, a, b) -> Set.union (smooth types a) (smooth types b)
    | _ -> Set.empty

/// What an analysis of activity found. A stack of reals is a variable here.
type Found =
    {
        /// By the statement's number: what depends on an active input before it.
        VariedBefore: int -> Set<string>
        /// By the statement's number: on what an output depends after it.
        UsefulAfter: int -> Set<string>
        /// What needs an adjoint or a tangent somewhere. Parameters that are active have one in any case.
        Active: Set<string>
        /// What depends on an active input anywhere.
        Varied: Set<string>
    }

/// Whether a parameter has derivatives.
let isFollowed (p: Parameter) = p.Active && (p.Type = Real || p.Type = Reals)

let private followed (f: Function) = f.Parameters |> List.filter isFollowed |> List.map _.Name |> Set.ofList

// from any active argument to any result, and to any array that the callee may change
let private callFlows (program: Program) types (results: string list) name args =
    match program.TryFind name with
    | None -> Set.empty, []
    | Some callee ->
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

        sources, targets

let private stackOf statement =
    match statement with
    | Push(stack, _, _)
    | Pop(stack, _, _)
    | PopElement(stack, _, _, _) -> [ stack ]
    | _ -> []

/// What of a function carries derivatives, statement by statement. The function has one way out and one scope.
let find (program: Program) (types: Map<string, Type>) (f: Function) : Found =
    let before, after = Dictionary<int, Set<string>>(), Dictionary<int, Set<string>>()
    let everVaried, everUseful = HashSet<string>(followed f), HashSet<string>(followed f)
    let smooth = smooth types
    let meets a b = not (Set.isEmpty (Set.intersect a b))

    let rec settle step known =
        let next = Set.union known (step known)
        if next = known then known else settle step next

    let rec varied (known: Set<string>) (items: Numbered list) = List.fold variedBy known items

    and variedBy known item =
        before[item.Id] <- known
        let scalar name e = if meets (smooth e) known then Set.add name known else Set.remove name known
        let more sources name = if meets sources known then Set.add name known else known

        let next =
            match item.Statement with
            | Declare(name, Real, e)
            | Assign(name, e) -> scalar name e
            | Increment(name, e)
            | Push(name, Real, e)
            | Store(name, _, e)
            | Accumulate(name, _, e) -> more (smooth e) name
            | Pop(stack, Real, name) -> if known.Contains stack then known.Add name else known.Remove name
            | PopElement(stack, Real, name, _) -> more (Set.singleton stack) name
            | DeclareArray(name, _, _) -> known.Remove name
            | Call(results, name, args) ->
                let sources, targets = callFlows program types results name args
                let known' = Set.difference known (Set.ofList results)
                if meets sources known then Set.union known' (Set.ofList targets) else known'
            | If _ -> item.Blocks |> List.map (varied known) |> Set.unionMany
            | For _
            | While _ -> known |> settle (fun known -> varied known item.Blocks.Head)
            | _ -> known

        // only what the statement itself writes is new: whole sets, joined at every statement, would be quadratic
        for name in stackOf item.Statement @ Statement.assigned program.TryFind item.Statement do
            if next.Contains name then everVaried.Add name |> ignore

        next

    let rec useful (items: Numbered list) (known: Set<string>) = List.foldBack usefulBy items known

    and usefulBy item known =
        after[item.Id] <- known
        let reads name e = if Set.contains name known then Set.union known (smooth e) else known

        let next =
            match item.Statement with
            | Declare(name, Real, e)
            | Assign(name, e) -> if known.Contains name then Set.union (known.Remove name) (smooth e) else known
            | Increment(name, e)
            | Push(name, Real, e)
            | Store(name, _, e)
            | Accumulate(name, _, e) -> reads name e
            | Pop(stack, Real, name)
            | PopElement(stack, Real, name, _) ->
                reads name (Variable stack) |> fun next -> if known.Contains name then next.Add stack else next
            | DeclareArray(name, _, _) -> known.Remove name
            | Call(results, name, args) ->
                let sources, targets = callFlows program types results name args
                let known' = Set.difference known (Set.ofList results)
                if meets (Set.ofList targets) known then Set.union known' sources else known'
            | Return values -> Set.union known (values |> List.map smooth |> Set.unionMany)
            | If _ -> item.Blocks |> List.map (fun block -> useful block known) |> Set.unionMany
            | For _
            | While _ -> known |> settle (useful item.Blocks.Head)
            | _ -> known

        let named = List<string>(stackOf item.Statement)
        Statement.terms item.Statement |> List.iter (Term.eachName named)

        for name in named do
            if next.Contains name then everUseful.Add name |> ignore

        next

    let items = number f.Body
    varied (followed f) items |> ignore
    let outputs = f.Parameters |> List.filter (fun p -> p.Flow = InOut) |> List.map _.Name |> Set.ofList |> Set.intersect (followed f)
    everUseful.UnionWith outputs
    useful items outputs |> ignore
    let everVaried = Set.ofSeq everVaried
    let at (facts: Dictionary<int, Set<string>>) id = if facts.ContainsKey id then facts[id] else Set.empty

    {
        VariedBefore = at before
        UsefulAfter = at after
        Active = Set.union (followed f) (everVaried |> Set.filter everUseful.Contains)
        Varied = everVaried
    }

// what is called constant must be constant: a derivative is never dropped in silence
let private refuseConstants (program: Program) types (f: Function) (varied: Set<string>) =
    for parameter in f.Parameters do
        if not parameter.Active && varied.Contains parameter.Name then
            raise (
                Unsupported
                    $"'{parameter.Name}' of '{f.Name}' is constant, but what is stored in it depends on an active input: make it active, or store it elsewhere"
            )

    f.Body
    |> Statement.iter (fun statement ->
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
        | _ -> ())

/// The same, where nothing that is called constant would lose a derivative; otherwise it is refused.
let analyse program types (f: Function) : Found =
    let found = find program types f
    refuseConstants program types f found.Varied
    found

/// Variables that need an adjoint or a tangent. Parameters that are active have one in any case.
let active program types (f: Function) : Set<string> = (analyse program types f).Active

/// The listing: what depends on an input before each statement, and on what an output depends after it.
let show program types (f: Function) : string =
    let found = find program types f
    Listing.show (fun id -> $"varied: {names (found.VariedBefore id)}; useful: {names (found.UsefulAfter id)}") f
