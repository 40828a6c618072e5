/// Which array a loop runs along: the JIT drops the checks of an index only where it sees the counter end at the length of that array.
module internal Zautograd.Programs.CompileExtent

open System.Collections.Generic
open Zautograd.Programs

let private alongIn counter (body: Statement list) : Dictionary<string, int> =
    let found = Dictionary<string, int>()

    let meet array index =
        if index = Variable counter then
            found[array] <-
                (match found.TryGetValue array with
                 | true, times -> times + 1
                 | _ -> 1)

    let rec term e =
        match e with
        | Element(array, index) -> meet array index
        | _ -> ()

        Term.parts e |> List.iter term

    for s in Statement.all body do
        Statement.terms s |> List.iter term

        match s with
        | Store(array, index, _)
        | Accumulate(array, index, _)
        | PopElement(_, _, array, index) -> meet array index
        | _ -> ()

    found

/// The bound of an upward loop, told by the array that the loop runs along if one is known to be just as long: the one used most often.
let bound (steady: Steady.Steady) counter (last: Term) (body: Statement list) : Term =
    let rec isAsLong array =
        match Map.tryFind array steady.Lengths with
        | Some length when length = last -> true
        | Some(Length other) -> isAsLong other
        | _ -> false

    let long =
        [
            for KeyValue(array, times) in alongIn counter body do
                if isAsLong array then array, times
        ]

    if long.IsEmpty then last else Length(fst (List.maxBy snd long))
