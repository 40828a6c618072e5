/// A counted loop run a second time: backwards, or round by round without what it adds to its sums.
module Zautograd.Programs.Rerun

open Zautograd.Programs

/// A counted loop run backwards: the same counters, last first.
let backwards counter first last step body =
    // first + ((last - first + step -+ 1)/step - 1)*step, simplified where the step is 1
    let minus a b = Integer(Minus, a, b)

    match step with
    | 1 -> For(counter, minus last (Whole 1), minus first (Whole 1), -1, body)
    | -1 -> For(counter, Integer(Plus, last, Whole 1), Integer(Plus, first, Whole 1), 1, body)
    | _ ->
        let rounding = if step > 0 then step - 1 else step + 1
        let trips = Integer(Quotient, Integer(Plus, minus last first, Whole rounding), Whole step)
        let start = Integer(Plus, first, Integer(Times, minus trips (Whole 1), Whole step))
        For(counter, start, minus first (Whole step), -step, body)

/// The block without what is added to the sums of a loop, and what was worked out just for that: for a second run.
let withoutSums (types: Map<string, Type>) (rounds: Independence.Rounds) (loop: Statement list -> Statement) forward backward =
    let rec drop block =
        block
        |> List.choose (fun s ->
            match Exposed.adding s, s with
            | Some(name, _), _ when rounds.Sums.Contains name -> None
            | _, If(condition, yes, no) -> Some(If(condition, drop yes, drop no))
            | _, For(i, first, last, step, body) -> Some(For(i, first, last, step, drop body))
            | _, While(condition, body) -> Some(While(condition, drop body))
            | _ -> Some s)

    let seen = Statement.written { Functions = [] } (drop forward @ backward) |> Set.filter (rounds.Private.Contains >> not)

    // what the caller of this piece sees: everything but what is private to a round
    let piece =
        {
            Name = ""
            Parameters =
                [
                    for name in Set.union seen (Set.ofSeq types.Keys |> Set.filter (rounds.Private.Contains >> not)) ->
                        { Name = name; Type = Reals; Flow = InOut; Active = false }
                ]
            Results = []
            Body = [ loop (drop forward @ backward) ]
        }

    (Lean.withoutDead rounds.Private.Contains piece).Body
