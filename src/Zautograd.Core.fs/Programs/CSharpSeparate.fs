/// Every local gets a name of its own, so that what is done to a program for C# need not think of scopes.
module internal Zautograd.Programs.CSharpSeparate

open System.Collections.Generic
open Zautograd.Programs

/// The wish behind a name of its own: in C# it may be shared again, where scopes do not meet.
let wish (name: string) = name.Split('\000')[0]

let rec private rename (now: string -> string) term =
    match term with
    | Variable name -> Variable(now name)
    | Length name -> Length(now name)
    | Element(name, index) -> Element(now name, rename now index)
    | _ -> Term.map (rename now) term

/// The function with no name declared twice; and what each name holds.
let separate (f: Function) : Function * Map<string, Type> =
    let times = Dictionary<string, int>()
    let mutable types = Map.ofList [ for parameter in f.Parameters -> parameter.Name, parameter.Type ]

    let declare kind name =
        let time =
            match times.TryGetValue name with
            | true, time -> time + 1
            | _ -> 1

        times[name] <- time
        let own = if time = 1 then name else $"{name}\000{time}"
        types <- Map.add own kind types
        own

    let rec block (names: Map<string, string>) statements = List.mapFold statement names statements |> fst

    and statement names s =
        let now name = Map.tryFind name names |> Option.defaultValue name
        let term = rename now

        match s with
        | Declare(name, kind, e) ->
            let own = declare kind name
            Declare(own, kind, term e), Map.add name own names
        | DeclareArray(name, kind, length) ->
            let own = declare kind name
            DeclareArray(own, kind, term length), Map.add name own names
        | Assign(name, e) -> Assign(now name, term e), names
        | Increment(name, e) -> Increment(now name, term e), names
        | Store(array, i, e) -> Store(now array, term i, term e), names
        | Accumulate(array, i, e) -> Accumulate(now array, term i, term e), names
        | If(condition, yes, no) -> If(term condition, block names yes, block names no), names
        | While(condition, body) -> While(term condition, block names body), names
        | For(counter, first, last, step, body) ->
            let own = declare Int counter
            For(own, term first, term last, step, block (Map.add counter own names) body), names
        | Call(results, name, args) -> Call(List.map now results, name, List.map term args), names
        | Return values -> Return(List.map term values), names
        | Outside(method, args) -> Outside(method, List.map term args), names
        | Push(stack, kind, e) -> Push(stack, kind, term e), names
        | Pop(stack, kind, name) -> Pop(stack, kind, now name), names
        | PopElement(stack, kind, array, i) -> PopElement(stack, kind, now array, term i), names
        | Break
        | Continue
        | Remark _ -> s, names

    for parameter in f.Parameters do
        times[parameter.Name] <- 1

    let body = block Map.empty f.Body
    { f with Body = body }, types
