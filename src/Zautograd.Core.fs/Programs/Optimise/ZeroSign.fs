/// Where the sign of a zero can be seen: in a divisor, in an angle, in the base of a power, and in what flows there.
module Zautograd.Programs.Passes.ZeroSign

open System.Collections.Generic
open Zautograd
open Zautograd.Programs

// in these places 0 and -0 give different numbers, not just zeros of different signs
let rec private exposed term : Term list =
    let own =
        match term with
        | Formula(Div, [ _; b ]) -> [ b ]
        | Formula((Atan2 | SingleOf Atan2), args) -> args
        | Formula((Pow | SingleOf Pow), [ _; Number n ]) when n >= 0.0 && n = floor n -> []
        | Formula((Pow | SingleOf Pow), a :: _) -> [ a ]
        | _ -> []

    own @ List.collect exposed (Term.parts term)

/// The names of each function (function, name) whose zeros must keep their sign for the results to stay the same, up to the sign of a zero.
let visible (program: Program) : HashSet<struct (string * string)> =
    let found = HashSet<struct (string * string)>()
    let waiting = Stack<struct (string * string)>()
    let sources = Dictionary<struct (string * string), List<struct (string * string)>>()
    let see name = if found.Add name then waiting.Push name

    let namesIn owner term =
        let names = List()
        Term.eachName names term
        [ for name in names -> struct (owner, name) ]

    let flow target names =
        match sources.TryGetValue target with
        | true, known -> known.AddRange names
        | _ -> sources[target] <- List(names: struct (string * string) list)

    for f in program.Functions do
        let own name = struct (f.Name, name)
        let names = namesIn f.Name

        f.Body
        |> Statement.iter (fun statement ->
            for term in Statement.terms statement do
                exposed term |> List.collect names |> List.iter see

            match statement with
            | Declare(name, _, e)
            | Assign(name, e)
            | Increment(name, e)
            | Push(name, _, e)
            | Store(name, _, e)
            | Accumulate(name, _, e) -> flow (own name) (names e)
            | Pop(stack, _, name)
            | PopElement(stack, _, name, _) -> flow (own name) [ own stack ]
            | Return values -> values |> List.iteri (fun i value -> flow (own $"return {i}") (names value))
            | Call(results, name, args) ->
                results |> List.iteri (fun i result -> flow (own result) [ struct (name, $"return {i}") ])

                for parameter, arg in program.TryFind name |> Option.map (fun g -> List.zip g.Parameters args) |> Option.defaultValue [] do
                    flow (struct (name, parameter.Name)) (names arg)

                    match arg with
                    | Variable array when parameter.Flow = InOut -> flow (own array) [ struct (name, parameter.Name) ]
                    | _ -> ()
            | _ -> ())

    while waiting.Count > 0 do
        match sources.TryGetValue(waiting.Pop()) with
        | true, names -> Seq.iter see names
        | _ -> ()

    found
