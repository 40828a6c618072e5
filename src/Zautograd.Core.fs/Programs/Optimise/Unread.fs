/// Results that a caller does not read: it calls a variant of the function that does not return them, nor work them out.
module Zautograd.Programs.Passes.Unread

open System.Collections.Generic
open Zautograd.Programs

let private namesRead (f: Function) : HashSet<string> =
    let read = List()

    f.Body
    |> Statement.iter (fun statement ->
        Statement.terms statement |> List.iter (Term.eachName read)

        // what is added to is read; an element that is written needs its array
        match statement with
        | Increment(name, _) -> read.Add name
        | _ -> ())

    HashSet read

let private keep (kept: bool list) items = List.zip kept items |> List.filter fst |> List.map snd

let rec private mapped change statements = statements |> Sharing.map (fun statement -> change statement |> Rewrite.blocks (mapped change))

/// The calls whose results are not all read go to variants, which are added to the program; a variant's own calls do so too.
let run (program: Program) : Program =
    let variants = Dictionary<struct (string * bool list), string>()
    let made = List<Function>()
    let taken = HashSet<string>(program.Functions |> Seq.map _.Name)

    let nameFor (callee: Function) kept =
        let numbers = kept |> List.indexed |> List.filter (snd >> not) |> List.map (fun (i, _) -> string (i + 1))
        let wanted = callee.Name + "Without" + String.concat "And" numbers
        let tries = Seq.append [ wanted ] (Seq.initInfinite (fun i -> $"{wanted}v{i + 2}"))
        tries |> Seq.find taken.Add

    let rec variantOf (callee: Function) kept =
        match variants.TryGetValue(struct (callee.Name, kept)) with
        | true, name -> name
        | _ ->
            let name = nameFor callee kept
            variants[struct (callee.Name, kept)] <- name

            let fewer statement =
                match statement with
                | Return values -> Return(keep kept values)
                | other -> other

            made.Add(called { callee with Name = name; Results = keep kept callee.Results; Body = mapped fewer callee.Body })
            name

    and called (f: Function) : Function =
        let read = lazy (namesRead f)

        let change statement =
            match statement with
            | Call(results, name, args) when not (List.forall read.Value.Contains results) ->
                match program.TryFind name with
                | Some callee when not (Calls.isOutside callee) ->
                    let kept = results |> List.map read.Value.Contains
                    Call(keep kept results, variantOf callee kept, args)
                | _ -> statement
            | other -> other

        Rewrite.body (mapped change) f

    let functions = Sharing.map called program.Functions
    if made.Count = 0 then program else { Functions = functions @ List.ofSeq made }

/// The program without the functions that are neither of these nor called by one of them, in any number of steps.
let reached (roots: Function list) (program: Program) : Program =
    let seen = HashSet<string>()

    let rec visit name =
        if seen.Add name then
            match program.TryFind name with
            | Some f ->
                f.Body
                |> Statement.iter (fun statement ->
                    match statement with
                    | Call(_, callee, _) -> visit callee
                    | _ -> ())
            | None -> ()

    for root in roots do
        visit root.Name

    { Functions = program.Functions |> List.filter (fun f -> seen.Contains f.Name) }
