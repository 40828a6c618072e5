/// Loop-invariant motion: what every round of a loop works out alike is worked out before the loop.
module Zautograd.Programs.Passes.Hoist

open System.Collections.Generic
open Zautograd
open Zautograd.Programs

let rec private leaves statement =
    match statement with
    | Break
    | Continue
    | Return _ -> true
    | _ -> Statement.blocks statement |> List.exists (List.exists leaves)


type private Motion(isDear: Term -> bool, program: Program, f: Function) =
    let ranges = Ranges f
    let written = Written program
    let names = lazy (Names.Of f)
    let types = Function.types f

    let local term =
        let local = names.Value.Fresh(Share.nameFor term)
        types[local] <- Function.typeOf types term
        local

    /// The body without what is the same in all its rounds, and the statements for that. What may fail moves only if `failing`,
    /// and only as long as every round comes by.
    let take failing (changed: HashSet<string>) (condition: Term option) (body: Statement list) =
        let before = List<Statement>()
        let changed = HashSet<string>(changed)
        let mutable certain = true

        let isStill term =
            let read = List()
            Term.eachName read term
            not (Seq.exists changed.Contains read)

        let mayMove always term = isStill term && (always || (certain && (failing || not (ranges.MayFail term))))

        let rec term always e =
            if isDear e && mayMove always e then
                let local = local e
                before.Add(Declare(local, types[local], e))
                Variable local
            else
                match e with
                // only what is always worked out
                | Choose(condition, a, b) -> Choose(term always condition, a, b)
                | And(a, b) -> And(term always a, b)
                | Or(a, b) -> Or(term always a, b)
                | _ -> Term.map (term always) e

        // a while loop asks its condition at once, whether it has a round or not
        let condition = condition |> Option.map (term true)

        // how often the body's own statements write a name: a local that is written once, by its declaration, can move as it is
        let writes = Dictionary<string, int>()

        for statement in Statement.all body do
            for name in written.Own statement do
                writes[name] <-
                    (match writes.TryGetValue name with
                     | true, n -> n + 1
                     | _ -> 1)

        let inside =
            [
                for statement in body do
                    match statement with
                    | Declare(local, kind, e) when writes[local] = 1 && isDear e && mayMove false e ->
                        before.Add(Declare(local, kind, e))
                        changed.Remove local |> ignore
                    | While _ -> statement
                    | _ -> Rewrite.terms (term false) statement

                    if leaves statement then certain <- false
            ]

        List.ofSeq before, condition, Sharing.items body inside

    let rec block statements = statements |> Sharing.collect statement

    and statement s =
        match s with
        | If _ -> [ Rewrite.blocks block s ]
        | For(counter, first, last, step, body) ->
            let changed = HashSet<string>(written.Block body)
            changed.Add counter |> ignore
            let body = block body
            // what was moved out of loops inside is declared here
            changed.UnionWith(written.Block body)
            let always = ranges.Runs(first, last, step)
            let before, _, inside = take true changed None body
            let loop = Rewrite.withBlocks [ inside ] s

            if always || not (before |> List.exists (Statement.terms >> List.exists ranges.MayFail)) then
                before @ [ loop ]
            else
                // what may fail waits until there is a round
                let runs = if step > 0 then Compare(Less, first, last) else Compare(Less, last, first)
                [ If(runs, before @ [ loop ], []) ]
        | While(condition, body) ->
            let changed = HashSet<string>(written.Block body)
            let body = block body
            changed.UnionWith(written.Block body)
            let before, condition', inside = take false changed (Some condition) body
            let loop = Rewrite.terms (fun _ -> defaultArg condition' condition) s
            before @ [ Rewrite.withBlocks [ inside ] loop ]
        | _ -> [ s ]

    member _.Run(body: Statement list) : Statement list = block body

/// What does not change in a loop is worked out before it. What may fail is worked out only if the loop has a round, and would fail there.
let run (isDear: Term -> bool) (program: Program) (f: Function) : Function =
    if f.Body |> Statement.exists (fun statement -> statement.IsFor || statement.IsWhile) then
        Rewrite.body (Motion(isDear, program, f).Run) f
    else
        f

/// An element, whatever its index.
let isElement term =
    match term with
    | Element _ -> true
    | _ -> false
