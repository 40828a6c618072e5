/// The functions of a program that is being read, and the arrays that it captures: both are found on the way, and settled at the end.
module internal Zautograd.Programs.ReadLibrary

open System.Collections.Generic
open System.Reflection
open Zautograd.Programs
open Zautograd.Programs.ReadMeaning

[<Sealed>]
type Library() =
    let methods = Dictionary<MethodInfo, string>()
    let names = HashSet<string>()
    let waiting = Queue<unit -> unit>()
    let functions = ResizeArray<Function>()
    let captured = ResizeArray<struct (obj * Type * string)>()
    let given = HashSet<string>()
    let shared = HashSet<string>()
    let twice = ResizeArray<struct (exn * string * int list)>()

    let fresh (taken: string -> bool) wish =
        if not (taken wish) then wish else Seq.initInfinite (fun n -> $"{wish}{n + 2}") |> Seq.find (taken >> not)

    /// Names for one more function.
    member _.Locals() = Locals(given, shared)

    /// A name for a function that is read later, with what reads it.
    member _.Later(wish: string, read: string -> Function) =
        let name = fresh names.Contains wish
        names.Add name |> ignore
        waiting.Enqueue(fun () -> functions.Add(read name))
        name

    /// The function that a method becomes; the first call of it says how it is read.
    member library.Of(method: MethodInfo, read: string -> Function) =
        match methods.TryGetValue method with
        | true, name -> name
        | _ ->
            let name = library.Later(method.Name, read)
            methods[method] <- name
            name

    /// An array from outside: the same one has the same name wherever it is used.
    member _.Capture(array: obj, kind: Type, wish: string) =
        match captured |> Seq.tryFind (fun struct (known, _, _) -> obj.ReferenceEquals(known, array)) with
        | Some(struct (_, _, name)) -> name
        | None ->
            let name = fresh (fun name -> given.Contains name || shared.Contains name) wish
            shared.Add name |> ignore
            captured.Add(struct (array, kind, name))
            name

    /// Remembers a call that gets one array at several places, and what to say if it changes it there.
    member _.GetsTwice(refusal: exn, name: string, places: int list) = twice.Add(struct (refusal, name, places))

    member _.Captured = List.ofSeq captured
    member _.Twice = List.ofSeq twice

    /// Reads what waits until nothing does.
    member _.Finish() =
        while waiting.Count > 0 do
            waiting.Dequeue () ()

        List.ofSeq functions

/// A call of a function of the program; its results are new variables.
let call (fail: string -> exn) (library: Library) (block: Block) (wish: string list) name (args: Meaning list) (result: NetType) : Meaning =
    let terms =
        [
            for arg in args do
                match arg with
                | Scalar(_, term) -> term
                | Array(_, array) -> Variable array
                | other -> raise (fail $"it gets {describe other}. Functions of a program take floats, ints, bools and arrays.")
        ]

    let arrays =
        [
            for place, arg in List.indexed args do
                match arg with
                | Array(_, array) -> array, place
                | _ -> ()
        ]

    for array, uses in List.groupBy fst arrays do
        if uses.Length > 1 then
            let refusal = fail $"it gets the array '{array}' {uses.Length} times, and changes it. Pass a copy: Array.copy {array}."
            library.GetsTwice(refusal, name, List.map snd uses)

    let kinds = leafTypes result
    let results = kinds |> List.mapi (fun i kind -> block.Nameless(wished wish kinds.Length i, kind))
    block.Add(Call(results, name, terms))
    take result (Queue(List.map2 (fun kind name -> Scalar(kind, Variable name)) kinds results))

let private callsOf (f: Function) =
    Statement.all f.Body
    |> List.choose (function
        | Call(_, name, args) -> Some(name, args)
        | _ -> None)

/// Repeats a step until it adds nothing.
let rec private close (step: Set<'t> -> Set<'t>) known =
    let more = Set.union known (step known)
    if more = known then known else close step more

/// The functions with the captured arrays that they and those they call use, as constant parameters at the end.
let private withCaptured (library: Library) (functions: Function list) : Function list =
    let shared = [ for struct (_, kind, name) in library.Captured -> { Name = name; Type = kind; Flow = In; Active = false } ]

    let mentions (f: Function) =
        let inTerms = Statement.all f.Body |> List.collect Statement.terms |> Term.namesIn
        Set.union inTerms (Statement.written { Functions = [] } f.Body)

    let own =
        set
            [
                for f in functions do
                    let mentioned = mentions f

                    for p in shared do
                        if mentioned.Contains p.Name then f.Name, p.Name
            ]

    let all =
        own
        |> close (fun known ->
            set
                [
                    for f in functions do
                        for callee, _ in callsOf f do
                            for user, name in known do
                                if user = callee then f.Name, name
                ])

    let used name = shared |> List.filter (fun p -> Set.contains (name, p.Name) all)

    let rec give statement =
        match statement with
        | Call(results, name, args) -> Call(results, name, args @ [ for p in used name -> Variable p.Name ])
        | If(condition, yes, no) -> If(condition, List.map give yes, List.map give no)
        | For(i, first, last, step, body) -> For(i, first, last, step, List.map give body)
        | While(condition, body) -> While(condition, List.map give body)
        | other -> other

    [ for f in functions -> { f with Parameters = f.Parameters @ used f.Name; Body = List.map give f.Body } ]

/// The functions with what they change, or what those change that they call, marked.
let private withFlows (functions: Function list) : Function list =
    let changed =
        set
            [
                for f in functions do
                    let written = Statement.written { Functions = [] } f.Body

                    for p in f.Parameters do
                        if isArray p.Type && written.Contains p.Name then f.Name, p.Name
            ]
        |> close (fun known ->
            set
                [
                    for f in functions do
                        for callee, args in callsOf f do
                            for g in functions do
                                if g.Name = callee then
                                    for p, arg in List.zip g.Parameters args do
                                        match arg with
                                        | Variable array when known.Contains(callee, p.Name) -> f.Name, array
                                        | _ -> ()
                ])

    let flow (f: Function) (p: Parameter) = if changed.Contains(f.Name, p.Name) then InOut else In
    [ for f in functions -> { f with Parameters = [ for p in f.Parameters -> { p with Flow = flow f p } ] } ]

/// Everything that was found, as one program; the first function is the one that was asked for.
let finish (library: Library) (refuseChange: string -> exn) : Program =
    let functions = library.Finish() |> withCaptured library |> withFlows

    for f in functions do
        for p in f.Parameters do
            if p.Flow = InOut && library.Captured |> List.exists (fun struct (_, _, name) -> name = p.Name) then
                raise (refuseChange p.Name)

    let program = { Functions = functions }

    for struct (refusal, name, places) in library.Twice do
        let parameters = (program.TryFind name |> Option.map _.Parameters |> Option.defaultValue [])

        if places |> List.exists (fun place -> parameters[place].Flow = InOut) then raise refusal

    Check.wellFormed program
