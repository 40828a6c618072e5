/// What is decided about recordings, statement by statement, and how it is shown.
module Zautograd.Programs.Plan

open System.Collections.Generic
open Zautograd
open Zautograd.Programs
open Zautograd.Programs.Listing
open Zautograd.Programs.Workshop

/// What was decided, by the statement's number.
type Plan =
    {
        /// How the value that a statement overwrites in a name comes back.
        Restore: int -> string -> Restore
        /// Whether a branch taken, or the bounds of a loop, are recorded because they cannot be told later.
        Marked: int -> bool
        /// What comes back at the end of each round of a loop, before the next one overwrites it.
        Rounds: int -> (string * Restore) list
        /// Loops that are turned round by round: each round forwards and at once backwards.
        ByRounds: int -> bool
        /// What a loop turned by rounds overwrites, and how it comes back before the loop.
        Kept: int -> (string * Restore) list
        /// Loops that were to be turned by rounds straight away, and cannot.
        Failed: Set<int>
        /// The names whose values before the statement the reverse sweep reads when it is back there.
        Needed: int -> Set<string>
    }

/// Names whose values a block reads.
let valuesReadBy (block: Statement list) : Set<string> =
    let mentioned, read = List(), List()

    block
    |> Statement.iter (fun statement ->
        match statement with
        | Call(_, _, args) -> mentioned.AddRange args
        | Increment(name, _)
        | Accumulate(name, _, _) -> mentioned.Add(Variable name)
        | _ -> ()

        read.AddRange(Statement.terms statement))

    Set.union (Term.namesIn (List.ofSeq mentioned)) (Term.valuesIn (List.ofSeq read))

/// The listing: how each overwritten value comes back, if it does.
let show (program: Program) (plan: Plan) (f: Function) : string =
    let says name restore =
        match restore with
        | Nothing -> []
        | Recorded -> [ $"record {name}" ]
        | Again e -> [ $"{name} again: {Show.term e}" ]
        | Inverse -> [ $"{name} backwards" ]

    let statements = Dictionary<int, Statement>()

    let rec fill (items: Numbered list) =
        for item in items do
            statements[item.Id] <- item.Statement
            List.iter fill item.Blocks

    fill (number f.Body)

    Listing.show
        (fun id ->
            [
                match statements[id] with
                | If _
                | For _ when plan.Marked id -> "record the way"
                | For _ when plan.ByRounds id ->
                    "round by round"

                    for name, restore in plan.Kept id do
                        yield! says name restore
                | If _
                | For _
                | While _ -> ()
                | s ->
                    for name in Statement.written program [ s ] do
                        yield! says name (plan.Restore id name)

                for name, restore in plan.Rounds id do
                    yield! says name restore |> List.map (fun text -> "each round " + text)
            ]
            |> String.concat ", ")
        f
