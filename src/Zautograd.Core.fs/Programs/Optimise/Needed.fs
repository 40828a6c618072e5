/// Which names matter at all: those on which a result, a condition, a call or what may fail depends, in whatever order statements run.
module Zautograd.Programs.Passes.Needed

open System.Collections.Generic
open Zautograd.Programs

/// The names that a term reads; the length of an array is not its elements, but the array must be there.
let rec reads (found: ICollection<string>) term =
    match term with
    | Variable name
    | Length name -> found.Add name
    | Element(name, index) ->
        found.Add name
        reads found index
    | _ -> Term.parts term |> List.iter (reads found)

/// The needed names of a function: the closure of what is read for an effect. A variable that is only read for itself is not among them.
let names (ranges: Ranges) (f: Function) : HashSet<string> =
    let needed = HashSet<string>()
    let waiting = Stack<string>()
    // what a name's value is made of
    let sources = Dictionary<string, List<string>>()

    let need name = if needed.Add name then waiting.Push name

    let needTerm term =
        let found = List() in
        reads found term
        Seq.iter need found

    let flow target term =
        match sources.TryGetValue target with
        | true, found -> reads found term
        | _ ->
            let found = List()
            reads found term
            sources[target] <- found

        if ranges.MayFail term then needTerm term

    let rec block statements =
        for statement in statements do
            match statement with
            | Declare(name, _, e)
            | Assign(name, e)
            | Increment(name, e) -> flow name e
            | Store(name, i, e)
            | Accumulate(name, i, e) ->
                flow name e
                flow name i
                if not (ranges.Holds(name, i)) then needTerm (Element(name, i))
            | DeclareArray(name, _, length) ->
                flow name length

                match length with
                | Whole k when k >= 0 -> ()
                | Length _ -> ()
                | _ -> need name
            | Pop _ -> ()
            | Push(_, _, e) -> needTerm e
            | PopElement(_, _, name, i) -> needTerm (Element(name, i))
            | If(condition, _, _) -> needTerm condition
            | While(condition, _) -> needTerm condition
            | For(_, first, last, _, _) ->
                needTerm first
                needTerm last
            | Call(results, _, args) ->
                List.iter need results
                List.iter needTerm args
            | Outside(_, values)
            | Return values -> List.iter needTerm values
            | Break
            | Continue
            | Remark _ -> ()

            Statement.blocks statement |> List.iter block

    for p in f.Parameters do
        if p.Flow = InOut then need p.Name

    block f.Body

    while waiting.Count > 0 do
        match sources.TryGetValue(waiting.Pop()) with
        | true, found -> Seq.iter need found
        | _ -> ()

    needed
