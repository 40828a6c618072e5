/// Remarks: what the user wrote stands beside what is made of it.
module Zautograd.Programs.Remarks

open Zautograd.Programs

/// What stands in a block in groups: a remark and what it speaks of. What stands before the first remark has none.
let groupsBy (statementOf: 'item -> Statement) (block: 'item list) : (Statement list * 'item list) list =
    (block, [])
    ||> List.foldBack (fun item groups ->
        match statementOf item, groups with
        | Remark _ as remark, ([], group) :: others -> ([ remark ], group) :: others
        | Remark _ as remark, _ -> ([ remark ], []) :: groups
        | _, ([], group) :: others -> ([], item :: group) :: others
        | _ -> ([], [ item ]) :: groups)

/// A block in groups.
let groups (block: Statement list) : (Statement list * Statement list) list = groupsBy id block

/// A group with its remark, if there is something to remark on.
let above (remark: Statement list) (group: Statement list) : Statement list = if group.IsEmpty then [] else remark @ group

let rec private block (statements: Statement list) : Statement list =
    (false, statements)
    ||> List.mapFold (fun spoken statement ->
        match statement with
        | Remark _ -> [ statement ], true
        | _ when spoken -> [ inside statement ], true
        | _ -> [ Remark((Show.head statement).TrimEnd ':'); inside statement ], false)
    |> fst
    |> List.concat

and private inside statement =
    match statement with
    | If(condition, yes, no) -> If(condition, block yes, block no)
    | For(i, first, last, step, body) -> For(i, first, last, step, block body)
    | While(condition, body) -> While(condition, block body)
    | other -> other

/// The function with every statement remarked on: those of which no remark speaks yet show themselves.
let annotate (f: Function) : Function = { f with Body = block f.Body }

/// The block without remarks on nothing: what they spoke of is gone, or is the way out alone.
let rec tidy (statements: Statement list) : Statement list =
    groups statements
    |> List.collect (fun (remark, group) ->
        match group with
        | []
        | [ Return _ ] -> group
        | _ -> remark @ List.map tidyInside group)

and private tidyInside statement =
    match statement with
    | If(condition, yes, no) -> If(condition, tidy yes, tidy no)
    | For(i, first, last, step, body) -> For(i, first, last, step, tidy body)
    | While(condition, body) -> While(condition, tidy body)
    | other -> other
