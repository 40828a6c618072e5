/// Dead code: assignments that nobody reads, declarations of what is never mentioned, branches and loops that do nothing.
module Zautograd.Programs.Passes.Dead

open System.Collections.Generic
open Zautograd
open Zautograd.Programs

let private read (live: HashSet<string>) terms = List.iter (Term.eachName live) terms

let private leaves statement =
    match statement with
    | Return _
    | Outside _
    | Break
    | Continue -> true
    | _ -> false

/// What of a dead value may still stop the program: an operation on reals never does.
let rec private remains (ranges: Ranges) term =
    match term with
    | Formula(op, args) when op <> Clamp && op <> Sign ->
        match args |> List.filter ranges.MayFail with
        | [ only ] -> remains ranges only
        | _ -> term
    | _ -> term

/// The elements with fixed indices that the statements of a function's body certainly use: the highest of each array, for where that is, the
/// lower ones are, too.
type private Uses() =
    let highest = Dictionary<string, int>()

    let note array index =
        match index with
        | Whole k when not (highest.ContainsKey array) || highest[array] < k -> highest[array] <- k
        | _ -> ()

    let rec noteTerm term =
        match term with
        | Element(array, index) -> note array index
        | _ -> ()

        match term with
        | Choose(first, _, _)
        | And(first, _)
        | Or(first, _) -> noteTerm first
        | _ -> Term.parts term |> List.iter noteTerm

    member _.Note(statement: Statement) =
        match statement with
        | Store(array, index, _)
        | Accumulate(array, index, _) -> note array index
        | _ -> ()

        Statement.terms statement |> List.iter noteTerm

    member _.Reach(array: string, index: Term) =
        match index, highest.TryGetValue array with
        | Whole k, (true, last) -> 0 <= k && k <= last
        | _ -> false

/// Where a break, a continue and a return go on: what is read there.
type private Exits = { Broken: HashSet<string>; Continued: HashSet<string> }

let private nowhere = { Broken = HashSet(); Continued = HashSet() }

type private Liveness(program: Program, spent: Map<string, string>, f: Function) =
    let shared =
        [
            for p in f.Parameters do
                if p.Flow = InOut && not (spent.ContainsKey p.Name) then p.Name
        ]

    let ranges = Ranges f
    do Map.iter (fun array twin -> ranges.Equal(array, twin)) spent
    let types = Function.types f
    let needed = Needed.names ranges shared f
    let written = Written program
    let exposed = Dictionary<Statement list, HashSet<string>>(HashIdentity.Reference)
    // names that the statements kept so far mention: declarations come before all of them
    let mentioned = HashSet<string>()

    // what is used after a statement whatever happens, if the function has but one end
    let later = Uses()
    let mutable depth = 0

    let hasOneEnd =
        lazy
            (f.Body
             |> Statement.exists (function
                 | Return _
                 | Outside _ as last -> not (obj.ReferenceEquals(last, List.last f.Body))
                 | _ -> false)
             |> not)

    let isOutside name = program.TryFind name |> Option.exists Calls.isOutside
    let isDead (live: HashSet<string>) name = not (live.Contains name && needed.Contains name)

    // what a statement without blocks reads and writes
    let transfer (live: HashSet<string>) (exits: Exits) statement =
        match statement with
        | Declare(name, _, _)
        | DeclareArray(name, _, _)
        | Assign(name, _)
        | Pop(_, _, name) -> live.Remove name |> ignore
        | Increment(name, _)
        | Accumulate(name, _, _) -> live.Add name |> ignore
        | Call(results, name, args) ->
            live.ExceptWith results
            live.UnionWith(written.Changed(name, args))
        | Return _ ->
            live.Clear()
            live.UnionWith shared
        | Break ->
            live.Clear()
            live.UnionWith exits.Broken
        | Continue ->
            live.Clear()
            live.UnionWith exits.Continued
        | _ -> ()

        read live (Statement.terms statement)

    // what is read before a block, given what is read after it; nothing of the block is taken out
    member private liveness.Scan (live: HashSet<string>) (block: Statement list) =
        for statement in List.rev block do
            match statement with
            | If(condition, yes, no) ->
                let other = HashSet<string>(live)
                liveness.Scan live yes
                liveness.Scan other no
                live.UnionWith other
                read live [ condition ]
            | For(_, _, _, _, body)
            | While(_, body) ->
                live.UnionWith(liveness.Exposed body)
                read live (Statement.terms statement)
            | Declare(name, _, e)
            | Assign(name, e)
            | Increment(name, e) when not (needed.Contains name || ranges.MayFail e) -> ()
            | _ -> transfer live nowhere statement

    /// What a block reads before it writes it: what is read in the next round of a loop.
    member private liveness.Exposed(block: Statement list) : HashSet<string> =
        match exposed.TryGetValue block with
        | true, found -> found
        | _ ->
            let live = HashSet<string>()
            liveness.Scan live block
            if not block.IsEmpty then exposed[block] <- live
            live

    /// The statements that are needed; `live` is what is read after them, and becomes what is read before them.
    member private liveness.Block (live: HashSet<string>) exits (block: Marked list) : Statement list =
        let reached =
            match List.tryFindIndex (fun marked -> leaves marked.Statement) block with
            | Some position -> List.truncate (position + 1) block
            | None -> block

        let mutable kept = []
        depth <- depth + 1

        for marked in List.rev reached do
            match liveness.Statement live exits marked with
            | Some statement ->
                if depth = 1 then later.Note statement
                read mentioned (Statement.terms statement)
                mentioned.UnionWith(written.Own statement)
                kept <- statement :: kept
            | None -> ()

        depth <- depth - 1
        kept

    /// Whether what may stop the evaluation of a term does so later, too.
    member private liveness.FailsLater(term: Term) : bool =
        match term with
        | _ when not (ranges.MayFail term) -> true
        | Element(array, index) -> later.Reach(array, index)
        | _ -> not (Term.mayStop term) && Term.parts term |> List.forall liveness.FailsLater

    /// Whether what may stop a store into an array that nobody reads afterwards does so later, too: the same index of an array as long.
    member private liveness.IsStoppedLater(array: string, index: Term, value: Term) : bool =
        match spent.TryFind array with
        | Some twin -> hasOneEnd.Value && later.Reach(twin, index) && liveness.FailsLater value
        | None -> false

    member private liveness.Statement (live: HashSet<string>) exits (marked: Marked) : Statement option =
        let keep statement =
            transfer live exits statement
            Some statement

        let shorter name e =
            let rest = remains ranges e
            if Function.typeOf types rest = types[name] then rest else e

        match marked.Statement, marked.Blocks with
        | (Declare(name, _, _) | DeclareArray(name, _, _)), _ when not (mentioned.Contains name) && not marked.Fails -> None
        | Declare(name, kind, _), _ when isDead live name ->
            keep (Rewrite.terms (fun e -> if marked.Fails then shorter name e else Sharing.equal e (Term.zero kind)) marked.Statement)
        | (Assign(name, _) | Increment(name, _) | Store(name, _, _) | Accumulate(name, _, _)), _ when isDead live name && not marked.Fails ->
            None
        | (Store(name, i, e) | Accumulate(name, i, e)), _ when isDead live name && liveness.IsStoppedLater(name, i, e) -> None
        | Assign(name, _), _ when isDead live name -> keep (Rewrite.terms (shorter name) marked.Statement)
        | Increment(name, e), _ when isDead live name -> keep (Assign(name, shorter name e))
        | Call(results, name, args), _ when isOutside name && List.forall (isDead live) results && not (List.exists ranges.MayFail args) ->
            None
        | If(condition, _, _), [ yes; no ] ->
            let other = HashSet<string>(live)
            let yes = liveness.Block live exits yes
            let no = liveness.Block other exits no
            live.UnionWith other

            if yes.IsEmpty && no.IsEmpty && not marked.Fails then
                None
            else
                read live [ condition ]
                Some(Rewrite.withBlocks [ yes; no ] marked.Statement)
        | (For(_, _, _, _, body) | While(_, body)), [ inner ] ->
            let condition =
                match marked.Statement with
                | While(condition, _) -> [ condition ]
                | _ -> []

            let after = HashSet<string>(live)
            let round = HashSet<string>(live)
            round.UnionWith(liveness.Exposed body)
            read round condition
            let start = HashSet<string>(round)
            let inner = liveness.Block start { Broken = after; Continued = round } inner
            live.UnionWith start

            match marked.Statement with
            | For(_, _, _, _, _) when inner.IsEmpty && not marked.Fails ->
                live.Clear()
                live.UnionWith after
                None
            | For(counter, first, last, _, _) ->
                live.Remove counter |> ignore
                read live [ first; last ]
                Some(Rewrite.withBlocks [ inner ] marked.Statement)
            | _ ->
                read live condition
                Some(Rewrite.withBlocks [ inner ] marked.Statement)
        | statement, _ -> keep statement

    member liveness.Run(body: Marked list) : Statement list =
        let live = HashSet<string>(shared)
        liveness.Block live nowhere body

/// What nobody reads goes, unless it may stop the program; `spent` tells the arrays of a function that its caller does not read afterwards, each
/// with one that is as long.
let runWith (spent: string -> Map<string, string>) (program: Program) (f: Function) : Function =
    let left = Liveness(program, spent f.Name, f).Run(Checked.mark (spent f.Name) program f)
    Rewrite.body (fun body -> Sharing.items body left) f

/// The same where callers read whatever a function changes.
let run: Program -> Function -> Function = runWith (fun _ -> Map.empty)
