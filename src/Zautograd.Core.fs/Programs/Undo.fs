/// One statement without blocks, forwards with what it records, and backwards: old values come back, then adjoints go to what it read.
module Zautograd.Programs.Undo

open Zautograd
open Zautograd.Programs
open Zautograd.Programs.Scopes
open Zautograd.Programs.Gather
open Zautograd.Programs.Spread
open Zautograd.Programs.Workshop

/// The variables that keep parts of a statement's terms, and parts of these parts, each with all that its part was.
let private partsIn (shop: Workshop) (s: Statement) : (string * Term) list =
    let rec whole term =
        match term with
        | Variable name when shop.Kept.ContainsKey name -> whole shop.Kept[name]
        | _ -> Term.map whole term

    let rec inside (names: Set<string>) =
        [
            for name in Set.filter shop.Kept.ContainsKey names do
                name, whole shop.Kept[name]
                yield! inside (Term.names shop.Kept[name])
        ]

    Statement.terms s |> Term.namesIn |> inside

/// A statement without blocks. `varied` before it and `useful` after it decide which adjoints it moves; a call is turned at once where `straight`.
let statement straight (shop: Workshop) (varied: Set<string>) (useful: Set<string>) (restore: string -> Restore) (s: Statement) : Undone =
    let names = shop.Names
    let adjointOf name = Map.tryFind name shop.Adjoints
    let kept = partsIn shop s

    let targets =
        {
            Adjoint = (fun name -> if varied.Contains name then adjointOf name else None)
            Kept = Map.ofList [ for name, part in kept -> part, name ]
            Names = names
        }

    // the term as it was before parts of it were kept
    let whole =
        let parts = Map.ofList kept

        let rec whole term =
            match term with
            | Variable name when parts.ContainsKey name -> parts[name]
            | _ -> Term.map whole term

        if kept.IsEmpty then id else whole

    let plain = { Forward = [ s ]; Result = []; Restore = []; Spread = [] }

    // the adjoint of what is assigned, if anything can have gone there
    let target name kind =
        match adjointOf name with
        | Some adjoint when useful.Contains name && (Map.tryFind name shop.Types |> Option.defaultValue Real) = kind -> Some adjoint
        | _ -> None

    // the value just assigned, kept in a local while the old one comes back
    let result pops (value: Term) e =
        if not (usesResult (whole e)) then
            [], None
        elif List.isEmpty pops then
            [], Some value
        else
            let local = names.Fresh "result"
            [ Declare(local, Real, value) ], Some(Variable local)

    // t = d_v; d_v = what goes to the old v, or 0; then d_u += t * slope for all other u that e reads
    let overwritten (own: Term) (read: Term) (set: Term -> Statement) result e =
        let local = names.Fresh "adjoint"

        match overwrite targets own set (Variable local) result (whole e) with
        | [ clear ] when clear = set (Number 0.0) -> [ clear ]
        | statements -> Declare(local, Real, read) :: statements

    let assign name e push pop =
        match target name Real with
        | Some adjoint ->
            let before, value = result pop (Variable name) e

            {
                Forward = push @ [ s ]
                Result = before
                Restore = pop
                Spread = overwritten (Variable name) (Variable adjoint) (fun e -> Assign(adjoint, e)) value e
            }
        | None -> { plain with Forward = push @ [ s ]; Restore = pop }

    match s with
    | Remark _ -> plain
    // declared once, at the top: there is no old value to come back to
    | Declare(name, _, e) -> assign name e [] []
    | DeclareArray(name, _, _) ->
        match adjointOf name with
        | Some adjoint -> { plain with Forward = [ s; DeclareArray(adjoint, Reals, Length name) ] }
        | None -> plain
    | Assign(name, e) ->
        let push, pop = scalar shop name (restore name)
        assign name e push pop
    | Increment(name, e) when restore name = Inverse -> { plain with Restore = [ Increment(name, minus e) ] }
    | Increment(name, e) ->
        let push, pop = scalar shop name (restore name)

        let increments =
            match target name Real with
            | Some adjoint -> spread targets (Variable adjoint) None (whole e)
            | None -> []

        { plain with Forward = push @ [ s ]; Restore = pop; Spread = increments }
    | Store(array, index, e) ->
        let push, pop = element shop array index (restore array)

        match target array Reals with
        | Some adjoint ->
            let before, value = result pop (Element(array, index)) e

            {
                Forward = push @ [ s ]
                Result = before
                Restore = pop
                Spread = overwritten (Element(array, index)) (Element(adjoint, index)) (fun e -> Store(adjoint, index, e)) value e
            }
        | None -> { plain with Forward = push @ [ s ]; Restore = pop }
    | Accumulate(array, index, e) when restore array = Inverse -> { plain with Restore = [ Accumulate(array, index, minus e) ] }
    | Accumulate(array, index, e) ->
        let push, pop = element shop array index (restore array)

        let increments =
            match target array Reals with
            | Some adjoint ->
                let local = names.Fresh "adjoint"

                match spread targets (Variable local) None (whole e) with
                | [] -> []
                | increments -> Declare(local, Real, Element(adjoint, index)) :: increments
            | None -> []

        { plain with Forward = push @ [ s ]; Restore = pop; Spread = increments }
    | Call(results, name, args) ->
        match shop.Program.TryFind name with
        | None -> raise (Unsupported $"'{name}' is called, but it is no function of this program")
        | Some callee when straight -> UndoCall.atOnce shop targets useful callee results args
        | Some callee -> UndoCall.call shop targets useful restore callee results args
    | Push(stack, Real, e) when shop.Adjoints.ContainsKey stack ->
        let local = names.Fresh "adjoint"

        { plain with
            Spread = [ Declare(local, Real, Number 0.0); Pop(shop.Adjoints[stack], Real, local) ] @ spread targets (Variable local) None e
        }
    | Push _ -> plain
    | Pop(stack, kind, name) ->
        let push, pop = scalar shop name (restore name)

        let back =
            match kind, adjointOf stack, adjointOf name with
            | Real, Some stack, Some adjoint -> [ Push(stack, Real, Variable adjoint); Assign(adjoint, Number 0.0) ]
            | Real, Some stack, None -> [ Push(stack, Real, Number 0.0) ]
            | Real, None, Some adjoint -> [ Assign(adjoint, Number 0.0) ]
            | _ -> []

        { plain with Forward = push @ [ s ]; Restore = pop; Spread = back }
    | PopElement(stack, kind, array, index) ->
        let push, pop = element shop array index (restore array)

        let back =
            match kind, adjointOf stack, adjointOf array with
            | Real, Some stack, Some adjoint -> [ Push(stack, Real, Element(adjoint, index)); Store(adjoint, index, Number 0.0) ]
            | Real, Some stack, None -> [ Push(stack, Real, Number 0.0) ]
            | Real, None, Some adjoint -> [ Store(adjoint, index, Number 0.0) ]
            | _ -> []

        { plain with Forward = push @ [ s ]; Restore = pop; Spread = back }
    | Return _
    | Outside _
    | Break
    | Continue -> raise (Unsupported "a way out was not normalised")
    | If _
    | For _
    | While _ -> invalidOp "a statement with blocks is not undone at once"
