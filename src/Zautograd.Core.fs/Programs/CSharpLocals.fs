/// Locals as a person would declare them in C#: none that nobody reads, each where it first gets its value, the bound of a loop before it.
module internal Zautograd.Programs.CSharpLocals

open Zautograd.Programs
open Zautograd.Programs.CSharpTidy

let rec private change (each: Statement -> Statement list) (block: Statement list) : Statement list =
    let inside = change each

    block
    |> List.collect (fun s ->
        each (
            match s with
            | If(condition, yes, no) -> If(condition, inside yes, inside no)
            | While(condition, body) -> While(condition, inside body)
            | For(i, first, last, step, body) -> For(i, first, last, step, inside body)
            | s -> s
        ))

/// The bounds of loops are evaluated once: one that the loop could change gets a name before it.
let bounds (program: Program) (f: Function) : Function =
    let mutable bounds = 0

    let rec stays written term =
        match term with
        | Whole _
        | Length _ -> true
        | Variable name -> not (Set.contains name written)
        | Integer((Plus | Minus), a, b) -> stays written a && stays written b
        | _ -> false

    let each s =
        match s with
        | For(i, first, last, step, body) when not (stays (Statement.written program body) last) ->
            bounds <- bounds + 1
            let bound = $"end\000{bounds}"
            [ Declare(bound, Int, last); For(i, first, Variable bound, step, body) ]
        | s -> [ s ]

    { f with Body = change each f.Body }

/// Without variables that get constants and that nobody reads; what is still popped or returned into them goes nowhere. Their names beside it.
let read (f: Function) : Function * Set<string> =
    let all = Statement.all f.Body
    let read = all |> List.collect Statement.terms |> Term.namesIn

    let declared, used =
        all
        |> List.choose (fun s ->
            match s with
            | Declare(name, _, e) -> Some(name, isConstant e)
            | Assign(name, e) -> Some(name, isConstant e)
            | Increment(name, _) -> Some(name, false)
            | _ -> None)
        |> List.partition snd

    let unread = Set.ofList (List.map fst declared) - Set.ofList (List.map fst used) - read

    let each s =
        match s with
        | Declare(name, _, _)
        | Assign(name, _) when unread.Contains name -> []
        | s -> [ s ]

    { f with Body = change each f.Body }, unread

/// Without declarations whose value is overwritten before anyone sees it: the names that are declared where they are first assigned.
let late (program: Program) (f: Function) : Function * Set<string> =
    let mutable found = Set.empty

    let assigns name s =
        match s with
        | Assign(target, e) -> target = name && not (Term.mentions name e)
        | Pop(_, _, target) -> target = name
        | Call(results, _, args) -> List.contains name results && not (List.exists (Term.names >> Set.contains name) args)
        | _ -> false

    let mentions s = Set.union (Statement.written program [ s ]) (Statement.all [ s ] |> List.collect Statement.terms |> Term.namesIn)

    let rec block (statements: Statement list) =
        let mentioned = statements |> List.map (fun s -> s, lazy (mentions s)) |> Array.ofList

        [
            for index in 0 .. mentioned.Length - 1 do
                match fst mentioned[index] with
                | Declare(name, _, e) as s when isConstant e ->
                    let later = mentioned[index + 1 ..] |> Array.tryFind (fun (_, names) -> names.Value.Contains name)

                    match later with
                    | Some(first, _) when assigns name first -> found <- Set.add name found
                    | _ -> s
                | If(condition, yes, no) -> If(condition, block yes, block no)
                | While(condition, body) -> While(condition, block body)
                | For(i, first, last, step, body) -> For(i, first, last, step, block body)
                | s -> s
        ]

    let body = block f.Body
    { f with Body = body }, found
