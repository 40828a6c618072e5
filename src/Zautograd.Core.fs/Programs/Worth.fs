/// Whether a loop is rather run a second time, round by round, than recorded.
module Zautograd.Programs.Worth

open Zautograd.Programs
open Zautograd.Programs.Listing

/// A program that is so much longer than what it saves from being recorded is rather recorded.
let private effortPerRecording = 4

/// How often a statement in a loop counts against one outside, where nobody knows the number of rounds.
let private perLoop = 8

let rec private effortOf (block: Statement list) =
    block
    |> List.sumBy (fun s ->
        let own = Statement.terms s |> List.sumBy Lift.effort

        match s with
        | If(_, yes, no) -> own + max (effortOf yes) (effortOf no)
        | For(_, _, _, _, body)
        | While(_, body) -> own + perLoop * effortOf body
        | _ -> own)

/// What a loop records: `atEnds` at the end of a round, `ways` for the branches taken; by the statement's number.
let rec private recordings (atEnds: int -> int) (ways: int -> int) (items: Numbered list) : int =
    items
    |> List.sumBy (fun item ->
        match item.Statement with
        | For _
        | While _ -> perLoop * (atEnds item.Id + recordings atEnds ways item.Blocks.Head)
        | If _ -> ways item.Id + (item.Blocks |> List.map (recordings atEnds ways) |> List.max)
        | _ -> 0)

/// Whether a second run of a loop costs less than what it would record at the ends of its rounds and for its branches.
let again (atEnds: int -> int) (ways: int -> int) (loop: Numbered) : bool =
    let body = Statement.blocks loop.Statement |> List.concat
    perLoop * effortOf body <= effortPerRecording * recordings atEnds ways [ loop ]
