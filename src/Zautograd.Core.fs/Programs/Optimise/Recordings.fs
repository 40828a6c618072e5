/// Recordings that are taken back in the block that made them become locals: nothing is pushed, nothing popped.
module Zautograd.Programs.Passes.Recordings

open System.Collections.Generic
open Zautograd.Programs

let rec private jumps statement =
    match statement with
    | Break
    | Continue
    | Return _ -> true
    | _ -> Statement.blocks statement |> List.exists (List.exists jumps)

let private stackOf statement =
    match statement with
    | Push(stack, _, _)
    | Pop(stack, _, _)
    | PopElement(stack, _, _, _) -> Some stack
    | _ -> None

/// The stacks that a block uses otherwise than taking back what it pushed itself, block by block.
let rec private unbalanced (block: Statement list) : HashSet<string> =
    let found = HashSet<string>()
    let depth = Dictionary<string, int>()

    let height stack =
        match depth.TryGetValue stack with
        | true, height -> height
        | _ -> 0

    for statement in block do
        match statement, stackOf statement with
        | Push _, Some stack -> depth[stack] <- height stack + 1
        | _, Some stack -> if height stack = 0 then found.Add stack |> ignore else depth[stack] <- height stack - 1
        | _ ->
            for inner in Statement.blocks statement do
                found.UnionWith(unbalanced inner)

    for KeyValue(stack, height) in depth do
        if height > 0 then found.Add stack |> ignore

    found

/// Pushes whose value is popped in the same block, with nothing left or taken in between.
let run (_: Program) (f: Function) : Function =
    let names = lazy (Names.Of f)
    // the stacks that a statement leaves otherwise than it found them, asked once
    let known = Dictionary<Statement, HashSet<string>>(HashIdentity.Reference)

    let touched statement =
        match known.TryGetValue statement with
        | true, stacks -> stacks
        | _ ->
            let stacks = HashSet<string>()

            for inner in Statement.blocks statement do
                stacks.UnionWith(unbalanced inner)

            known[statement] <- stacks
            stacks

    // where what is on a stack was pushed, the last first; all of it in this block
    let matches (statements: Statement[]) : Dictionary<int, int> =
        let found = Dictionary<int, int>()
        let pushed = Dictionary<string, Stack<int>>()

        let above stack =
            match pushed.TryGetValue stack with
            | true, places -> places
            | _ ->
                let places = Stack<int>()
                pushed[stack] <- places
                places

        statements
        |> Array.iteri (fun place statement ->
            match statement, stackOf statement with
            | Push _, Some stack -> (above stack).Push place
            | _, Some stack ->
                let places = above stack
                if places.Count > 0 then found[places.Pop()] <- place
            | _ when jumps statement -> pushed.Clear()
            | _ ->
                for stack in touched statement do
                    (above stack).Clear())

        found

    let rec block (statements: Statement list) : Statement list =
        let statements = Sharing.map (Rewrite.blocks block) statements

        if not (List.exists (stackOf >> Option.isSome) statements) then
            statements
        else
            let popped = matches (Array.ofList statements)
            let locals = Dictionary<int, string>()
            let mutable place = -1

            statements
            |> Sharing.map (fun statement ->
                place <- place + 1

                match statement with
                | Push(_, kind, e) when popped.ContainsKey place ->
                    let local = names.Value.Fresh "recorded"
                    locals[popped[place]] <- local
                    Declare(local, kind, e)
                | Pop(_, _, name) when locals.ContainsKey place -> Assign(name, Variable locals[place])
                | PopElement(_, _, array, i) when locals.ContainsKey place -> Store(array, i, Variable locals[place])
                | other -> other)

    if Statement.exists (stackOf >> Option.isSome) f.Body then Rewrite.body block f else f
