// A walk over a function in the order of execution, that knows at every statement which values are the same.
namespace Zautograd.Programs.Passes

open System.Collections.Generic
open Zautograd
open Zautograd.Programs

/// Walks a function once; `change` sees every statement before it runs (a loop's condition with what each of its rounds may have changed)
/// and returns the statement to stand there, its blocks untouched, with what comes before it.
type Walk(program: Program, f: Function) =
    let types = Function.types f
    let ranges = Ranges f
    let values = Values(f, types, ranges)
    let written = Written program
    // what is to be done where the innermost block ends
    let mutable atEnd: List<unit -> unit> = List()
    let mutable reached = true

    let forget (names: string seq) = Seq.iter values.Forget names

    let number term = values.Number(term).Value

    let effect statement =
        match statement with
        | Declare(name, _, e)
        | Assign(name, e) -> values.Set(name, number e)
        | Increment(name, e) ->
            let more = number e

            let total = if types[name] = Type.Real then values.Apply(Add, values.Of name, more) else values.Sum(values.Of name, more)

            values.Set(name, total)
        | DeclareArray(name, _, _) -> values.Clear name
        | Store(array, i, e) ->
            let index, value = number i, number e
            values.Store(array, index, Some value)
        | Accumulate(array, i, e) ->
            let index, more = number i, number e
            let old = values.Element(array, index)

            let total = if types[array] = Reals then values.Apply(Add, old, more) else values.Sum(old, more)

            values.Store(array, index, Some total)
        | PopElement(_, _, array, i) -> values.Store(array, number i, None)
        | Break
        | Continue
        | Return _
        | Outside _ -> reached <- false
        | For _
        | While _
        | If _
        | Push _
        | Remark _ -> ()
        | Pop _
        | Call _ -> forget (written.Own statement)

    member _.Types = types
    member _.Ranges = ranges
    member _.Values = values
    member _.Written = written

    /// Something to be done where the innermost block ends.
    member _.AtEnd(action: unit -> unit) = atEnd.Add action

    // an increment by what has come to read the variable itself is an assignment
    member private walk.Legal(statement: Statement) : Statement =
        let plus kind a b =
            match kind with
            | Type.Int
            | Ints -> Integer(Plus, a, b)
            | _ -> Formula(Add, [ a; b ])

        match statement with
        | Increment(name, e) when Term.mentions name e -> Assign(name, plus types[name] (Variable name) e)
        | Accumulate(name, i, e) when Term.mentions name e -> Store(name, i, plus types[name] (Element(name, i)) e)
        | other -> other

    member private walk.Block change (block: Statement list) : Statement list =
        let outer = atEnd
        atEnd <- List()
        let changed = List<Statement>()

        for statement in block do
            walk.Statement change changed statement

            match statement with
            | Declare(name, _, _)
            | DeclareArray(name, _, _) -> atEnd.Add(fun () -> values.Forget name)
            | _ -> ()

        // the last first: what was declared inside is forgotten, names and all
        for i in atEnd.Count - 1 .. -1 .. 0 do
            atEnd[i]()

        atEnd <- outer
        Sharing.items block changed

    // the statement changed, with what comes before it
    member private walk.Statement (change: Statement -> Statement list * Statement) (into: List<Statement>) statement : unit =
        match statement with
        | If(condition, yes, no) ->
            let before, head = change statement
            let condition = number condition
            let known = values.Truth condition
            let mark = values.Mark

            let side holds block =
                values.Assume(condition, holds)
                let block' = walk.Block change block

                match known with
                | Some truth -> values.Assume(condition, truth)
                | None -> values.Release condition

                block'

            let yes' = side true yes
            let afterYes, yesReached = values.Undo mark, reached
            reached <- true
            let no' = side false no
            let noReached = reached
            reached <- yesReached || noReached

            if yesReached && not noReached then
                values.Undo mark |> ignore

                for KeyValue(name, value) in afterYes do
                    values.Set(name, value)
            elif yesReached then
                let afterNo = values.Undo mark
                let names = HashSet<string>(afterYes.Keys)
                names.UnionWith afterNo.Keys

                for name in names do
                    let after (branch: Dictionary<string, int>) =
                        match branch.TryGetValue name with
                        | true, value -> value
                        | _ -> values.Of name

                    values.Choose(name, condition, after afterYes, after afterNo)

            into.AddRange before

            match head with
            | If _ -> into.Add(Rewrite.withBlocks [ yes'; no' ] head)
            | other -> invalidOp $"an if became '{Show.block [ other ]}'"
        | For(counter, _, _, _, body) ->
            let before, head = change statement
            let changed = written.Block body
            forget changed
            values.Forget counter
            let body' = walk.Block change body
            forget changed
            values.Forget counter
            reached <- true

            into.AddRange before

            match head with
            | For _ -> into.Add(Rewrite.withBlocks [ body' ] head)
            | other -> invalidOp $"a loop became '{Show.block [ other ]}'"
        | While(_, body) ->
            let changed = written.Block body
            forget changed
            let before, head = change statement
            let body' = walk.Block change body
            forget changed
            reached <- true

            into.AddRange before

            match head with
            | While _ -> into.Add(Rewrite.withBlocks [ body' ] head)
            | other -> invalidOp $"a loop became '{Show.block [ other ]}'"
        | _ ->
            let before, changed = change statement
            effect statement
            into.AddRange before
            into.Add(walk.Legal changed)

    /// The function with every statement changed.
    member walk.Run(change: Statement -> Statement list * Statement) : Function = Rewrite.body (walk.Block change) f
