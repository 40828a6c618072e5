/// Every name of a function is declared once: what two scopes call the same gets two names.
module Zautograd.Programs.Passes.Unique

open System.Collections.Generic
open Zautograd.Programs

let rec internal rename (names: Map<string, string>) (term: Term) : Term =
    let now name = Map.tryFind name names |> Option.defaultValue name

    match term with
    | Variable name -> Variable(now name)
    | Length name -> Length(now name)
    | Element(name, index) -> Element(now name, rename names index)
    | _ -> Term.map (rename names) term

let internal declared statement =
    match statement with
    | Declare(name, _, _)
    | DeclareArray(name, _, _)
    | For(name, _, _, _, _) -> Some name
    | _ -> None

// statements that are told apart by reference stand in one place each
let rec private apart (statements: Statement list) : Statement list =
    statements
    |> List.map (fun statement ->
        match statement with
        | If(condition, yes, no) -> If(condition, apart yes, apart no)
        | For(counter, first, last, step, body) -> For(counter, first, last, step, apart body)
        | While(condition, body) -> While(condition, apart body)
        | other -> Rewrite.names id other)

/// The function with the second and later declarations of a name renamed; each of its statements stands in one place.
let run (f: Function) : Function =
    let seen = HashSet<string>(f.Parameters |> Seq.map _.Name)

    let rec twice block =
        block
        |> List.exists (fun statement ->
            (match declared statement with
             | Some name -> not (seen.Add name)
             | None -> false)
            || List.exists twice (Statement.blocks statement))

    if not (twice f.Body) then
        { f with Body = apart f.Body }
    else
        let fresh = Names.Of f
        let used = HashSet<string>(f.Parameters |> Seq.map _.Name)
        let unique name = if used.Add name then name else fresh.Fresh name

        let rec block names statements =
            ((names, []), statements)
            ||> List.fold (fun (names, done') statement ->
                let renamed = Rewrite.terms (rename names) statement

                let names =
                    match declared statement with
                    | Some name -> Map.add name (unique name) names
                    | None -> names

                let now name = Map.tryFind name names |> Option.defaultValue name
                names, (renamed |> Rewrite.names now |> Rewrite.blocks (block names)) :: done')
            |> snd
            |> List.rev

        { f with Body = block Map.empty f.Body }

let rec private visit (counters: HashSet<string>) (visible: Set<string>) (statements: Statement list) : Statement list =
    ((visible, []), statements)
    ||> List.fold (fun (visible, seen) statement ->
        let inside = visit counters

        match statement with
        | For(counter, first, last, step, body) ->
            let declaredInside = Statement.all body |> List.choose declared
            let free name = counters.Contains name && not (visible.Contains name || List.contains name declaredInside)

            // i2 was i, and i12 was i1
            let plain =
                Seq.initInfinite (fun digits -> counter.Length - digits)
                |> Seq.takeWhile (fun length -> length = counter.Length || (length > 0 && System.Char.IsDigit counter[length]))
                |> Seq.map (fun length -> counter.Substring(0, length))
                |> Seq.tryFind free
                |> Option.defaultValue counter

            let renamed = if plain = counter then body else renameIn counter plain body
            visible, For(plain, first, last, step, inside (Set.add plain visible) renamed) :: seen
        | _ ->
            let statement = Rewrite.blocks (inside visible) statement

            (match declared statement with
             | Some name -> Set.add name visible
             | None -> visible),
            statement :: seen)
    |> snd
    |> List.rev

and private renameIn before after block =
    block |> List.map (Rewrite.terms (rename (Map.ofList [ before, after ])) >> Rewrite.blocks (renameIn before after))

/// Loops that follow one another count with one name again, where the function as it was written has loops of that name.
let restore (original: Function) (f: Function) : Function =
    let counters =
        Statement.all original.Body
        |> List.choose (function
            | For(counter, _, _, _, _) -> Some counter
            | _ -> None)

    { f with Body = visit (HashSet<string>(counters)) (Set.ofList [ for p in f.Parameters -> p.Name ]) f.Body }
