/// Inlining: the call of a small function becomes its statements.
module Zautograd.Programs.Passes.Inline

open System.Collections.Generic
open Zautograd.Programs

/// Beyond so many statements, what a call costs does not matter.
[<Literal>]
let private Small = 60

let private callees (f: Function) =
    Statement.all f.Body
    |> List.choose (function
        | Call(_, name, _) -> Some name
        | _ -> None)

/// Whether a function comes to call itself.
let private isRecursive (program: Program) (f: Function) =
    let seen = HashSet<string>()

    let rec reaches name =
        name = f.Name || seen.Add name && (program.TryFind name |> Option.map callees |> Option.defaultValue [] |> List.exists reaches)

    callees f |> List.exists reaches

let private isPlain (f: Function) =
    let statements = Statement.all f.Body

    let isIts own =
        match own with
        | DeclareArray _
        | Push _
        | Pop _
        | PopElement _ -> true
        | _ -> false

    let isReturn (statement: Statement) = statement.IsReturn
    let returns = statements |> List.filter isReturn

    statements.Length <= Small
    && returns.Length = (if f.Results.IsEmpty then 0 else 1)
    && List.forall isReturn (List.truncate returns.Length (List.rev f.Body))
    // arrays and stacks of its own are new at each call
    && not (List.exists isIts statements)
    // what is constant to the function would have a derivative in its caller
    && f.Parameters |> List.forall (fun p -> p.Active || p.Type <> Real && p.Type <> Reals)

let private isArray (p: Parameter) = p.Type = Reals || p.Type = Ints

let private inlined (fresh: Names) (callee: Function) (results: string list) (args: Term list) : Statement list =
    let callee = Unique.run callee
    let given = List.zip callee.Parameters args

    let own =
        [
            for p in callee.Parameters do
                if not (isArray p) then p.Name
        ]
        @ List.choose Unique.declared (Statement.all callee.Body)

    let names =
        Map.ofList
            [
                for p, arg in given do
                    match arg with
                    | Variable array when isArray p -> p.Name, array
                    | _ -> ()
                for name in own do
                    name, fresh.Fresh name
            ]

    let now name = Map.tryFind name names |> Option.defaultValue name

    let rec block statements = statements |> List.map (Rewrite.terms (Unique.rename names) >> Rewrite.names now >> Rewrite.blocks block)

    [
        for p, arg in given do
            if not (isArray p) then Declare(now p.Name, p.Type, arg)
        for statement in block callee.Body do
            match statement with
            | Return values -> yield! List.map2 (fun result value -> Assign(result, value)) results values
            | other -> other
    ]

/// The program with the statements of small functions in the place of their calls.
let run (program: Program) : Program =
    let candidates =
        lazy
            (dict
                [
                    for callee in program.Functions |> List.distinctBy _.Name do
                        if isPlain callee && not (isRecursive program callee) then callee.Name, callee
                ])

    let isSmall statement =
        match statement with
        | Call(results, name, _) -> candidates.Value.ContainsKey name && (List.distinct results).Length = results.Length
        | _ -> false

    let ofFunction (f: Function) =
        if not (Statement.exists isSmall f.Body) then
            f
        else
            let fresh = Names.Of f

            let rec block statements =
                statements
                |> Sharing.collect (fun statement ->
                    match statement with
                    | Call(results, name, args) when isSmall statement -> inlined fresh candidates.Value[name] results args
                    | other -> [ Rewrite.blocks block other ])

            { f with Body = block f.Body }

    Sharing.one (Sharing.map ofFunction) program program.Functions (fun functions -> { Functions = functions })
