/// The functions of a program as delegates that call one another.
module internal Zautograd.Programs.CompileProgram

open System
open System.Collections.Generic
open System.Linq.Expressions
open System.Runtime.CompilerServices
open Zautograd
open Zautograd.Programs
open Zautograd.Programs.CompileTerm
open Zautograd.Programs.CompileFunction

let private called (f: Function) =
    Statement.all f.Body
    |> List.choose (function
        | Call(_, name, _) -> Some name
        | _ -> None)
    |> List.distinct

/// The names of the functions that some of them come to call, themselves among them.
let private reachable (program: Program) (names: string list) : Set<string> =
    let rec visit found names =
        match names with
        | [] -> found
        | name :: rest when Set.contains name found -> visit found rest
        | name :: rest -> visit (Set.add name found) ((program.TryFind name |> Option.map called |> Option.defaultValue []) @ rest)

    visit Set.empty names

/// The function of a name, and a program of just those that it needs.
let find (program: Program) (name: string) : Function * Program =
    match program.TryFind name with
    | None ->
        let known = program.Functions |> List.map _.Name |> String.concat ", "
        invalidArg (nameof name) $"The program has no function '{name}'; it has: {known}."
    | Some f ->
        let needed = reachable program [ name ]
        f, Check.wellFormed { Functions = program.Functions |> List.filter (fun f -> needed.Contains f.Name) }

let private usesMemory (f: Function) =
    Statement.all f.Body
    |> List.exists (function
        | DeclareArray _
        | Push _
        | Pop _
        | PopElement _ -> true
        | _ -> false)

let private delegateOf needsMemory (f: Function) =
    Linq.GetDelegateType
        [|
            if needsMemory then typeof<Memory>
            for p in f.Parameters do
                typeOf p.Type
            for kind in List.skip (min 1 f.Results.Length) f.Results do
                (typeOf kind).MakeByRefType()
            resultType f
        |]

/// Every function of a program compiled, ready to be called by their names.
let functions (program: Program) : IReadOnlyDictionary<string, Callee> =
    let boxes = Dictionary<string, IStrongBox>()
    let callees = Dictionary<string, Callee>()

    for f in program.Functions do
        let below = reachable program (called f)
        let needsMemory = usesMemory f || program.Functions |> List.exists (fun g -> below.Contains g.Name && usesMemory g)
        let delegated = delegateOf needsMemory f
        let box = nonNull (Activator.CreateInstance(typedefof<StrongBox<_>>.MakeGenericType delegated))
        boxes[f.Name] <- box :?> IStrongBox

        callees[f.Name] <-
            {
                Function = f
                NeedsMemory = needsMemory
                IsRecursive = below.Contains f.Name
                Delegate = delegated
                Target = Linq.Field(Linq.Constant box, "Value")
            }

    for callee in callees.Values do
        boxes[callee.Function.Name].Value <- (lambda callees callee).Compile()

    callees
