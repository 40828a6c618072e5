/// What is to be recorded: an overwritten value comes back on the way back only if the reverse sweep still reads it.
module Zautograd.Programs.Record

open System.Collections.Generic
open Zautograd
open Zautograd.Programs
open Zautograd.Programs.Listing
open Zautograd.Programs.Plan
open Zautograd.Programs.Workshop

let private isScalar (types: Map<string, Type>) name =
    match Map.tryFind name types with
    | Some(Real | Int | Long | Bool) -> true
    | _ -> false

/// The plan for a function with one way out and one scope. `undo` says how a statement is undone, for given restores.
/// `independent` are the loops that may be turned by rounds where they would record else; `straight` those that are turned so in any case, and
/// the calls and branches that are turned straight away, each in the numbers that `ends` tells: what is before the end of a round, and the end.
let plan
    (program: Program)
    (independent: int -> Independence.Rounds option)
    (straight: Set<int>)
    (ends: Numbered -> Numbered list * Numbered list)
    (types: Map<string, Type>)
    (undo: int -> (string -> Restore) -> Statement -> Undone)
    (f: Function)
    (live: int -> Set<string>)
    : Plan =
    let restores = Dictionary<struct (int * string), Restore>()
    let marked, rounds, before = Dictionary<int, bool>(), Dictionary<int, (string * Restore) list>(), Dictionary<int, Set<string>>()
    let byRounds, kept = HashSet<int>(), Dictionary<int, (string * Restore) list>()
    let failed = ref Set.empty<int>
    // the small set is walked and the large one asked: the other way each statement would cost as much as all names
    let among (large: Set<string>) small = Set.filter large.Contains small
    let reads block = valuesReadBy block |> Set.filter types.ContainsKey
    let moves = Dictionary<int, bool>()
    let undone = Dictionary<int * Map<string, Restore> option, Undone * Set<string> * Set<string>>()

    // a statement undone, what is read before the old values are back, and what after; None: all of them recorded
    let undo id restores s =
        match undone.TryGetValue((id, restores)) with
        | true, found -> found
        | _ ->
            let restore name =
                match restores with
                | None -> Recorded
                | Some found -> Map.tryFind name found |> Option.defaultValue Nothing

            let found = undo id restore s
            let found = found, reads found.Result, reads (found.Restore @ found.Spread)
            undone[(id, restores)] <- found
            found

    let written block = Statement.written program block

    let steady = Steady.ofFunction program f
    let isSteady = steady.Names.Contains
    let stands needed term = Term.values term |> Set.forall (fun name -> isSteady name || Set.contains name needed)

    let learn s available = Again.learn types (written [ s ]) s available

    let how needed available name s =
        match s with
        | Call _ -> Recorded
        | Increment(own, _)
        | Accumulate(own, _, _) when own = name && (types[name] = Int || types[name] = Ints) -> Inverse
        | _ ->
            match Again.find types (fun part -> isSteady part || Set.contains part needed) available name with
            | Some e -> Again e
            | None -> Recorded

    let changes (written: Set<string>) term = not (Set.isEmpty (Set.intersect written (Term.values term)))
    let moved (items: Numbered list) = items |> List.exists (fun item -> moves[item.Id])

    // arrays do not come back as a whole
    let overwrites (needed: Set<string>) changed = among needed changed |> Set.exists (isScalar types >> not)
    let within = ref false
    let own = ref Set.empty<string * string>

    let isOwn array index =
        match Steady.place steady array index with
        | Variable counter -> own.Value.Contains(array, counter)
        | _ -> false

    let atEnds id =
        match rounds.TryGetValue id with
        | true, ends -> ends |> List.filter (fun (_, restore) -> restore = Recorded) |> List.length
        | _ -> 0

    let ways id =
        match marked.TryGetValue id with
        | true, true -> 1
        | _ -> 0

    let rec block (needed: Set<string>, available: Again.Available) (items: Numbered list) =
        ((needed, available), items) ||> List.fold (fun (needed, available) item -> statement needed available item)

    and statement needed available item : Set<string> * Again.Available =
        before[item.Id] <- needed

        match item.Statement, item.Blocks with
        | If _, branches when straight.Contains item.Id -> turned needed available item Set.empty [ for branch in branches -> branch, [] ]
        | If(condition, _, _), [ yes; no ] ->
            let changed = written (List.map _.Statement (yes @ no))
            let afterYes, availableYes = block (needed, available) yes
            let afterNo, availableNo = block (needed, available) no
            let after = Set.union afterYes afterNo
            let silent = not (moved yes || moved no)
            let told = not (changes changed condition) && stands after condition
            moves[item.Id] <- not silent
            marked[item.Id] <- not silent && not told
            let available = Again.both availableYes availableNo
            (if silent || not told then after else Set.union after (Term.values condition)), available
        | For(counter, first, last, step, body), [ inner ] ->
            let bounds = Set.union (Term.values first) (Term.values last)
            let changed = written body
            byRounds.Remove item.Id |> ignore

            if straight.Contains item.Id then
                if changes changed first || changes changed last then failed.Value <- failed.Value.Add item.Id
                turned needed available item (Set.singleton counter) [ ends item ]
            else
                let after, available' =
                    loop needed available item (Set.singleton counter) (Steady.covered steady counter first last step body) body inner

                let outside = Set.difference (reads body) (changed.Add counter)

                let worth =
                    not within.Value
                    && (independent item.Id).IsSome
                    && Set.isEmpty (Set.intersect changed bounds)
                    && not (overwrites needed changed)
                    && Set.union outside bounds |> Set.forall (fun name -> isSteady name || needed.Contains name)
                    && Worth.again atEnds ways item

                if worth then
                    let after, available = turned needed available item (Set.singleton counter) [ inner, [] ]
                    Set.unionMany [ after; outside; bounds ], available
                else
                    let told = [ first; last ] |> List.forall (fun bound -> not (changes changed bound) && stands after bound)
                    marked[item.Id] <- moves[item.Id] && not told
                    (if moves[item.Id] && told then Set.union after bounds else after), available'
        | While(_, body), [ inner ] -> loop needed available item Set.empty Set.empty body inner
        | Call _, _ when straight.Contains item.Id ->
            let changed = written [ item.Statement ]
            if not (Set.isEmpty (Set.intersect needed changed)) then failed.Value <- failed.Value.Add item.Id
            moves[item.Id] <- true
            needed, Again.forget changed available
        | s, _ ->
            let targets = written [ s ] |> Set.toList

            // the first reading takes everything for recorded: what is read behind the restores is the old value
            let _, _, old = undo item.Id None s
            let old = Set.union needed old

            let decided =
                match s with
                | Declare _
                | DeclareArray _ -> Map.empty
                | Store(array, index, _) when isOwn array index -> Map.empty
                | _ -> Map.ofList [ for name in targets -> name, (if old.Contains name then how needed available name s else Nothing) ]

            for name in targets do
                restores.Remove(struct (item.Id, name)) |> ignore

            for KeyValue(name, restore) in decided do
                restores[struct (item.Id, name)] <- restore

            let restoreOf name = Map.tryFind name decided |> Option.defaultValue Nothing
            let undone, early, late = undo item.Id (Some decided) s
            moves[item.Id] <- not (undone.Result.IsEmpty && undone.Restore.IsEmpty && undone.Spread.IsEmpty)

            let gone =
                Set.ofList
                    [
                        for name in targets do
                            match restoreOf name with
                            | Inverse -> ()
                            | _ when isScalar types name -> name
                            | _ -> ()
                    ]

            // where nothing comes back, what is read is the new value
            let read =
                if List.isEmpty undone.Restore then
                    Set.unionMany [ Set.difference needed gone; early; late ]
                else
                    Set.union (Set.difference (Set.union needed late) gone) early

            read, learn s available

    // each block's reverse follows at once, before its end: nothing is needed before it, and nothing is left for later
    and turned needed available item counter blocks =
        let changed = Set.union counter (written [ item.Statement ])
        if overwrites needed changed then failed.Value <- failed.Value.Add item.Id
        let outer = within.Value
        within.Value <- true

        for main, ending in blocks do
            block (Set.empty, Again.forget changed available) main |> ignore
            block (Set.empty, Again.nothing) ending |> ignore

        within.Value <- outer
        rounds[item.Id] <- []
        marked[item.Id] <- false
        moves[item.Id] <- blocks |> List.exists (fst >> moved)
        byRounds.Add item.Id |> ignore
        let back = among needed changed |> Set.filter (isScalar types)
        kept[item.Id] <- [ for name in back -> name, how (Set.difference needed back) available name Break ]
        Set.difference needed (Set.filter (isScalar types) changed), Again.forget changed available

    and loop needed available item counter (covered: Set<string>) body inner =
        let changed = Set.union counter (written body)
        let available = Again.forget changed available
        let outer = own.Value

        // arrays in rows: what other rounds left there stays
        let apart =
            Set.difference
                (Set.ofList
                    [
                        for KeyValue(array, row) in steady.Rows do
                            if Set.contains row.Counter counter then array
                    ])
                needed

        // what no round but its own touches, and nobody needs from before the loop
        let clean head =
            own.Value <-
                Set.unionMany
                    [
                        outer
                        for counter in counter do
                            for array in Exposed.ownElements program steady counter body do
                                if not (Set.contains array needed) then Set.singleton (array, counter)
                    ]

            head

        let rec settle head =
            let after, availableAfter = block (clean (Set.difference head apart), available) inner
            own.Value <- outer

            // what the round leaves behind, and no other round or later statement reads
            let over =
                match List.tryLast inner with
                | None -> Set.empty
                | Some last ->
                    Set.difference (Set.intersect after (Set.difference changed counter)) (Set.union (live last.Id) needed)
                    |> Set.filter (isScalar types)

            let ends = [ for name in over -> name, how (Set.union (Set.difference after over) counter) availableAfter name Break ]

            let again =
                ends
                |> List.map (fun (_, restore) ->
                    match restore with
                    | Again e -> Term.values e
                    | _ -> Set.empty)
                |> Set.unionMany

            rounds[item.Id] <- ends
            moves[item.Id] <- moved inner || not ends.IsEmpty
            let next = Set.union head (Set.difference (Set.union after again) (Set.union over counter))
            if next = head then head else settle next

        let head = settle needed

        if covered.IsEmpty then
            head, available
        else
            // what these arrays held is recorded by the end of the loop; is what they hold then needed?
            let still, _ = block (clean (Set.difference head (Set.union covered apart)), available) inner
            own.Value <- outer
            Set.difference (settle head) (Set.difference covered still), available

    block (Set.empty, Again.nothing) (number f.Body) |> ignore

    {
        Restore =
            fun id name ->
                match restores.TryGetValue(struct (id, name)) with
                | true, restore -> restore
                | _ -> Nothing
        Marked = fun id -> marked.ContainsKey id && marked[id]
        Rounds = fun id -> if rounds.ContainsKey id then rounds[id] else []
        ByRounds = byRounds.Contains
        Kept = fun id -> if byRounds.Contains id then kept[id] else []
        Failed = failed.Value
        Needed = fun id -> if before.ContainsKey id then before[id] else Set.empty
    }
