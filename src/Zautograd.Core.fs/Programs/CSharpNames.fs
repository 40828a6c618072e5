/// Names in C#: the user's own where the rules of its scopes allow; no local has the name of one in a block around it or inside its own.
module internal Zautograd.Programs.CSharpNames

open System
open System.Collections.Generic
open Zautograd
open Zautograd.Programs

let private language = CodeNotation.csharp

let private identifier =
    match language.Naming with
    | Identifiers(isLetter, keywords, escape, _) ->
        fun (name: string) ->
            let name = Write.identifier isLetter (name.Normalize())
            if keywords.Contains name then escape name else name
    | Shown show -> show

/// The first of name, name2, name3 ... that is free.
let private first isFree (name: string) =
    let numbered n = if Char.IsDigit name[name.Length - 1] then $"{name}_{n}" else $"{name}{n}"
    if isFree name then name else Seq.initInfinite (fun n -> numbered (n + 2)) |> Seq.find isFree

/// What the text itself says: no name may hide it.
let private own = set [ yield! Write.ownWords language; "Math"; "Span"; "ReadOnlySpan"; "System"; "Zautograd"; "Lanes" ]

/// Names beside one another, none of them twice: functions, or the elements of a tuple.
let distinct (taken: Set<string>) (names: string list) : string list =
    let used = HashSet<string>(taken)
    names |> List.map (identifier >> first used.Add)

let ofFunctions (names: string list) : string list = distinct own names

/// The names of one function's locals. A path names the blocks around a declaration, from the outermost: "/", "/1/", "/1/3/" ...
type Locals(reserved: Set<string>) =
    let declared = Dictionary<string, ResizeArray<string>>()
    let given = Dictionary<string, string>()
    let reserved = Set.union own reserved

    let isFree (path: string) name =
        let meets (other: string) = path.StartsWith(other, StringComparison.Ordinal) || other.StartsWith(path, StringComparison.Ordinal)

        not (reserved.Contains name) && (not (declared.ContainsKey name) || not (Seq.exists meets declared[name]))

    member _.Declare(path: string, local: string) =
        let name = first (isFree path) (identifier (CSharpSeparate.wish local))
        if not (declared.ContainsKey name) then declared[name] <- ResizeArray()
        declared[name].Add path
        given[local] <- name

    member _.Item(local: string) = given[local]

/// What a block needs before its first array of a type.
let workspace kind path =
    match kind with
    | Ints -> $"ints\000{path}"
    | _ -> $"reals\000{path}"

/// The vector beside a number, in a loop of which several rounds run at once.
let lanes counter (local: string) = $"{CSharpSeparate.wish local}_lanes\000{counter}\000{local}"

/// The names of everything in a function: parameters, stacks, then locals in the order of its text. Beside them: in which block an array is.
let ofFunction
    (reserved: Set<string>)
    (vectors: Map<string, CSharpLanes.Loop>)
    (f: Function)
    : Locals * IReadOnlyDictionary<string, string> =
    let locals = Locals reserved
    let paths = Dictionary<string, string>()
    let mutable blocks = 0

    let inside path =
        blocks <- blocks + 1
        $"{path}{blocks}/"

    for parameter in f.Parameters do
        locals.Declare("/", parameter.Name)

    f.Body
    |> Statement.iter (fun statement ->
        match statement with
        | Push(stack, _, _)
        | Pop(stack, _, _)
        | PopElement(stack, _, _, _) when not (paths.ContainsKey stack) ->
            paths[stack] <- "/"
            locals.Declare("/", stack)
        | _ -> ())

    let rec block path statements =
        for statement in statements do
            match statement with
            | Declare(name, _, _) -> locals.Declare(path, name)
            | DeclareArray(name, kind, _) ->
                if not (paths.ContainsKey(workspace kind path)) then
                    paths[workspace kind path] <- path
                    locals.Declare(path, workspace kind path)

                locals.Declare(path, name)
                paths[name] <- path
            | For(counter, _, _, _, body) ->
                let inside = inside path

                match Map.tryFind counter vectors with
                | Some loop ->
                    // two loops share it
                    locals.Declare(path, counter)

                    for local in Set.union loop.Outside loop.Sums do
                        locals.Declare(inside, lanes counter local)
                | None -> locals.Declare(inside, counter)

                block inside body
            | _ ->
                for inner in Statement.blocks statement do
                    block (inside path) inner

    block "/" f.Body
    locals, (paths :> IReadOnlyDictionary<string, string>)
