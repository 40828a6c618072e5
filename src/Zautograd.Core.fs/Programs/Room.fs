/// Where a stack must be asked for room: before a stretch of statements or before a counted loop, not at every push.
module internal Zautograd.Programs.Room

open Zautograd.Programs

let private mentions stack (s: Statement) =
    match s with
    | Push(name, _, _)
    | Pop(name, _, _)
    | PopElement(name, _, _, _) -> name = stack
    | _ -> false

let private sum counts = (Some 0, counts) ||> List.fold (Option.map2 (+))

/// What a block pushes each time it runs; None where that depends on what happens, or where it pops as well.
let rec exactly stack (block: Statement list) : int option =
    block
    |> List.map (fun s ->
        match s with
        | Push _ when mentions stack s -> Some 1
        | If(_, yes, no) ->
            let yes, no = exactly stack yes, exactly stack no
            if yes = no then yes else None
        | For(_, _, _, _, body)
        | While(_, body) -> if Statement.all body |> List.exists (mentions stack) then None else Some 0
        | Return _
        | Break
        | Continue -> None
        | _ when mentions stack s -> None
        | _ -> Some 0)
    |> sum

/// The most that a statement pushes; None where a loop decides.
let rec atMost stack (s: Statement) : int option =
    match s with
    | Push _ when mentions stack s -> Some 1
    | If(_, yes, no) -> Option.map2 max (yes |> List.map (atMost stack) |> sum) (no |> List.map (atMost stack) |> sum)
    | For(_, _, _, _, body)
    | While(_, body) -> if Statement.all body |> List.exists (mentions stack) then None else Some 0
    | _ -> Some 0

/// Before which statements of a block there must be room, and for how many values.
let stretches stack (block: Statement list) : (int * int) list =
    let rec walk start found needed statements =
        let close () = if needed > 0 then (start, needed) :: found else found

        match statements with
        | [] -> List.rev (close ())
        | (place, s) :: rest ->
            match atMost stack s with
            | None -> walk (place + 1) (close ()) 0 rest
            | Some 0 when needed = 0 -> walk (place + 1) found 0 rest
            | Some more -> walk start found (needed + more) rest

    walk 0 [] 0 (List.indexed block)
