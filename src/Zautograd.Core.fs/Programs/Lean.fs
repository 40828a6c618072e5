/// What a reverse sweep writes in excess is taken out: sums onto adjoints that are known to be 0, and clearing what is not read again.
module Zautograd.Programs.Lean

open Zautograd
open Zautograd.Programs

let rec private substitute (zeros: Set<string>) term : Term =
    match term with
    | Variable name when zeros.Contains name -> Number 0.0
    | Formula(op, args) ->
        let changed = List.map (substitute zeros) args
        if changed = args then term else Term.number.Apply op changed
    | Choose(condition, a, b) ->
        match substitute zeros a, substitute zeros b with
        | Number 0.0, Number 0.0 -> Number 0.0
        | a, b -> Choose(condition, a, b)
    | _ -> term

/// Sums onto zeros become assignments. `own` are the names that the transformation made; nothing else is touched.
let private withoutZeros (own: string -> bool) (body: Statement list) : Statement list =
    let rec block zeros statements =
        ((zeros, []), statements)
        ||> List.fold (fun (zeros, found) s ->
            let zeros, changed = statement zeros s
            zeros, List.rev changed @ found)
        |> fun (zeros, found) -> zeros, List.rev found

    and assign (zeros: Set<string>) name make e =
        match substitute zeros e with
        | Number 0.0 when zeros.Contains name -> zeros, []
        | Number 0.0 -> zeros.Add name, [ make (Number 0.0) ]
        | e -> zeros.Remove name, [ make e ]

    // what is 0 before every round: less and less, until it stays
    and settle zeros counter body =
        let zeros = Set.difference zeros counter
        let after, _ = block zeros body
        let still = Set.intersect zeros after
        if still = zeros then zeros else settle still counter body

    and loop zeros counter make body =
        let entry = settle zeros counter body
        let _, changed = block entry body
        entry, (if changed.IsEmpty && not body.IsEmpty then [] else [ make changed ])

    and statement (zeros: Set<string>) s =
        match s with
        | Declare(name, Real, e) when own name -> assign (zeros.Remove name) name (fun e -> Declare(name, Real, e)) e
        | Assign(name, e) when own name -> assign zeros name (fun e -> Assign(name, e)) e
        | Increment(name, e) when own name ->
            match substitute zeros e with
            | Number 0.0 -> zeros, []
            | e when zeros.Contains name -> zeros.Remove name, [ Assign(name, e) ]
            | e -> zeros.Remove name, [ Increment(name, e) ]
        | Accumulate(array, i, e) when own array ->
            match substitute zeros e with
            | Number 0.0 -> zeros, []
            | e -> zeros, [ Accumulate(array, i, e) ]
        | Store(array, i, e) when own array ->
            match substitute zeros e with
            | Element(same, j) when same = array && i = j -> zeros, []
            | e -> zeros, [ Store(array, i, e) ]
        | If(condition, yes, no) ->
            let zerosYes, yes' = block zeros yes
            let zerosNo, no' = block zeros no
            let gone = yes'.IsEmpty && no'.IsEmpty && not (yes.IsEmpty && no.IsEmpty)
            Set.intersect zerosYes zerosNo, (if gone then [] else [ If(condition, yes', no') ])
        | For(counter, first, last, step, body) ->
            loop zeros (Set.singleton counter) (fun body -> For(counter, first, last, step, body)) body
        | While(condition, body) -> loop zeros Set.empty (fun body -> While(condition, body)) body
        | Push(stack, Real, e) -> zeros, [ Push(stack, Real, substitute zeros e) ]
        | Pop(_, _, name) -> zeros.Remove name, [ s ]
        | Call(results, _, _) -> Set.difference zeros (Set.ofList results), [ s ]
        | _ -> zeros, [ s ]

    block Set.empty body |> snd

/// Without assignments to own variables that nobody reads.
let withoutDead (own: string -> bool) (f: Function) : Function =
    let live = Liveness.after f

    let rec block (items: Listing.Numbered list) = items |> List.collect statement

    and statement item =
        let dead name = own name && not ((live item.Id).Contains name)

        match item.Statement with
        | Assign(name, _)
        | Increment(name, _) when dead name -> []
        | If(condition, _, _) ->
            match List.map block item.Blocks with
            | [ []; [] ] when not (List.forall List.isEmpty item.Blocks) -> []
            | [ yes; no ] -> [ If(condition, yes, no) ]
            | _ -> [ item.Statement ]
        | For(counter, first, last, step, _) ->
            match block item.Blocks.Head with
            | [] when not item.Blocks.Head.IsEmpty -> []
            | body -> [ For(counter, first, last, step, body) ]
        | While(condition, _) -> [ While(condition, block item.Blocks.Head) ]
        | s -> [ s ]

    let body = block (Listing.number f.Body)

    // declarations of what is not mentioned any more
    let rec mentioned statements =
        statements
        |> List.map (fun s ->
            let target =
                match s with
                | Assign(name, _)
                | Increment(name, _)
                | Pop(_, _, name) -> Set.singleton name
                | Call(results, _, _) -> Set.ofList results
                | _ -> Set.empty

            Set.unionMany (target :: List.map Term.names (Statement.terms s) @ List.map mentioned (Statement.blocks s)))
        |> Set.unionMany

    let rec declared body =
        let mentioned = mentioned body

        let rec keep statements =
            statements
            |> List.choose (fun s ->
                match s with
                | Declare(name, Real, _) when own name && not (mentioned.Contains name) -> None
                | If(condition, yes, no) -> Some(If(condition, keep yes, keep no))
                | For(i, first, last, step, body) -> Some(For(i, first, last, step, keep body))
                | While(condition, body) -> Some(While(condition, keep body))
                | s -> Some s)

        let fewer = keep body
        // by their number: a term with a NaN in it is no equal of itself
        if (Statement.all fewer).Length = (Statement.all body).Length then body else declared fewer

    { f with Body = declared body }

/// The function without the excess around the variables and arrays that a transformation made itself.
let adjoints (own: string -> bool) (f: Function) : Function = withoutDead own { f with Body = withoutZeros own f.Body }
