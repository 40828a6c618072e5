/// Every name of a function is declared once: what two scopes call the same gets two names.
module Zautograd.Programs.Optimise.Unique

open System.Collections.Generic
open Zautograd.Programs

let rec private rename (names: Map<string, string>) (term: Term) : Term =
    let now name = Map.tryFind name names |> Option.defaultValue name

    match term with
    | Variable name -> Variable(now name)
    | Length name -> Length(now name)
    | Element(name, index) -> Element(now name, rename names index)
    | _ -> Term.map (rename names) term

let private declared statement =
    match statement with
    | Declare(name, _, _)
    | DeclareArray(name, _, _)
    | For(name, _, _, _, _) -> Some name
    | _ -> None

/// The function with the second and later declarations of a name renamed; a function without such declarations is returned as it is.
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
        f
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
