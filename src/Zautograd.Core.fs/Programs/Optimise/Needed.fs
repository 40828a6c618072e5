/// Which names matter at all: those on which a result, a condition, a call or what may fail depends, in whatever order statements run.
module Zautograd.Programs.Passes.Needed

open System.Collections.Generic
open Zautograd
open Zautograd.Programs

/// The needed names of a function: the closure of what is read for an effect, and of the arrays that its caller reads afterwards. A variable that
/// is only read for itself is not among them.
let names (ranges: Ranges) (shared: string list) (f: Function) : HashSet<string> =
    let needed = HashSet<string>()
    let given = HashSet<string>(f.Parameters |> Seq.map _.Name)
    let waiting = Stack<string>()
    // what a name's value is made of
    let sources = Dictionary<string, List<string>>()

    let need name = if needed.Add name then waiting.Push name

    // how long a parameter is, is nobody's work
    let eachName: List<string> -> Term -> unit = Term.eachNameWith (given.Contains >> not)

    let needTerm term =
        let found = List() in
        eachName found term
        Seq.iter need found

    // an element of a parameter fails by its index
    let rec needIfFailing term =
        if ranges.MayFail term then
            match term with
            | Element(name, index) when given.Contains name -> needTerm index
            | Element _
            | Choose _
            | And _
            | Or _ -> needTerm term
            | _ when Term.mayStop term -> needTerm term
            | _ -> Term.parts term |> List.iter needIfFailing

    let flow target term =
        match sources.TryGetValue target with
        | true, found -> eachName found term
        | _ ->
            let found = List()
            eachName found term
            sources[target] <- found

        needIfFailing term

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
                needIfFailing (Element(name, i))
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

    List.iter need shared

    block f.Body

    while waiting.Count > 0 do
        match sources.TryGetValue(waiting.Pop()) with
        | true, found -> Seq.iter need found
        | _ -> ()

    needed
