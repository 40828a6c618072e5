/// Calls of functions outside of the program: what one of them gave is not asked for again.
module Zautograd.Programs.Passes.Once

open System.Collections.Generic
open Zautograd.Programs

/// What a call gave, while its arguments and its results are as they were.
type private Given = { Function: string; Arguments: Term list; Results: string list }

let private without (names: string seq) (known: Given list) =
    let changed = HashSet<string>(names)
    let mentions term = Term.names term |> Set.exists changed.Contains
    known |> List.filter (fun given -> not (List.exists changed.Contains given.Results || List.exists mentions given.Arguments))

/// The function with copies in the place of calls that a call before them answers.
let run (program: Program) (f: Function) : Function =
    let outside = HashSet<string>(program.Functions |> Seq.filter Calls.isOutside |> Seq.map _.Name)
    let written = Written program

    let rec block known statements : Statement list = List.mapFold statement known statements |> fst |> List.concat

    and statement known s =
        match s with
        | Call(results, name, args) when outside.Contains name ->
            let rest = without results known
            let answers given = given.Function = name && given.Arguments = args

            match List.tryFind answers rest with
            | Some given -> List.map2 (fun result value -> Assign(result, Variable value)) results given.Results, rest
            | None -> [ s ], without results [ { Function = name; Arguments = args; Results = results } ] @ rest
        | If _ -> [ Rewrite.blocks (block known) s ], known |> without (Statement.blocks s |> Seq.collect written.Block)
        | For _
        | While _ ->
            // what is known in every round
            let rest = known |> without (Seq.append (written.Own s) (Statement.blocks s |> Seq.collect written.Block))
            [ Rewrite.blocks (block rest) s ], rest
        | _ -> [ s ], without (written.Own s) known

    if outside.Count = 0 then f else { f with Body = block [] f.Body }
