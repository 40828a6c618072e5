/// Products of a loop's counter become sums that run along with it: i*n in round after round is n more each time.
module Zautograd.Programs.Passes.Strides

open System.Collections.Generic
open Zautograd.Programs

// a continue of this loop would skip the end of its body
let rec private continues block =
    block
    |> List.exists (fun statement ->
        match statement with
        | Continue -> true
        | If(_, yes, no) -> continues yes || continues no
        | _ -> false)

let rec private replace product local term = if term = product then Variable local else Term.map (replace product local) term

let rec private replaceIn product local (block: Statement list) : Statement list =
    block |> Sharing.map (Rewrite.terms (replace product local) >> Rewrite.blocks (replaceIn product local))

/// Products of counters by what does not change in the loop are kept as sums; ints wrap round alike in both.
let run (program: Program) (f: Function) : Function =
    let written = Written program
    let names = lazy (Names.Of f)

    let rec block statements = statements |> Sharing.collect statement

    and statement s =
        match s with
        | For(counter, first, _, step, body) when not (continues body) ->
            let body = block body
            let changed = written.Block body

            let still factor =
                match factor with
                | Whole _ -> true
                | Variable name -> not (changed.Contains name) && name <> counter
                | _ -> false

            let rec products term =
                [
                    match term with
                    | Integer(Times, Variable name, factor)
                    | Integer(Times, factor, Variable name) when name = counter && still factor -> term, factor
                    | _ -> yield! Term.parts term |> List.collect products
                ]

            let found = Statement.all body |> List.collect (Statement.terms >> List.collect products) |> List.distinctBy fst

            let before, inside =
                (([], body), found)
                ||> List.fold (fun (before, body) (product, factor) ->
                    let local = names.Value.Fresh(counter + "_times")

                    let more =
                        match factor with
                        | Whole k -> Whole(k * step)
                        | _ when step = 1 -> factor
                        | _ -> Integer(Times, factor, Whole step)

                    let start =
                        match first with
                        | Whole 0 -> Whole 0
                        | _ -> Integer(Times, first, factor)

                    Declare(local, Int, start) :: before, replaceIn product local body @ [ Increment(local, more) ])

            before @ [ Rewrite.withBlocks [ inside ] s ]
        | _ -> [ Rewrite.blocks block s ]

    Rewrite.body block f
