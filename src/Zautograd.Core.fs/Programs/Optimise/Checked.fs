// Which statements may stop the program: not those whose indices are proved in range, or were used before, on every path, for an array as long.
namespace Zautograd.Programs.Passes

open System.Collections.Generic
open Zautograd
open Zautograd.Programs

/// A statement, whether its own terms may fail, and its blocks.
type Marked = { Statement: Statement; Fails: bool; Blocks: Marked list list }

module Checked =

    let private marked (answer: Statement -> bool) (f: Function) : Marked list =
        let rec block statements =
            statements
            |> List.map (fun s ->
                let fails = answer s
                { Statement = s; Fails = fails; Blocks = Statement.blocks s |> List.map block })

        block f.Body

    // no walk is needed where nothing can fail, whatever was used before
    let private isHarmless statement =
        match statement with
        | Store _
        | Accumulate _
        | PopElement _
        | DeclareArray _ -> false
        | _ -> Statement.terms statement |> List.forall Term.neverStops

    let private walked (twins: Map<string, string>) (program: Program) (f: Function) : Marked list =
        let walk = Walk(program, f)
        Map.iter (fun array twin -> walk.Ranges.Equal(array, twin)) twins
        let known = HashSet<struct (string * int)>()
        let answers = Queue<bool>()

        let length array =
            match walk.Ranges.Length array with
            | Length root -> root
            | other -> Show.term other

        // an index that was used once will do again
        let access always array index (value: int) =
            let fact = struct (length array, value)
            let fails = not (walk.Ranges.Holds(array, index) || known.Contains fact)

            if always && known.Add fact then walk.AtEnd(fun () -> known.Remove fact |> ignore)

            fails

        let rec term always (numbered: Numbered) : bool =
            // what follows a condition may not be worked out
            let isCondition =
                match numbered.Term with
                | Choose _
                | And _
                | Or _ -> true
                | _ -> false

            // every part is asked, so that every use is remembered
            let rec inside always (parts: Numbered list) =
                match parts with
                | [] -> false
                | part :: others ->
                    let fails = term always part
                    inside (always && not isCondition) others || fails

            let fails = inside always numbered.Parts

            match numbered.Term with
            | Element(array, index) -> access always array index numbered.Parts.Head.Value || fails
            | term -> Term.mayStop term || fails

        let statement s =
            let repeated =
                match s with
                | While _ -> false
                | _ -> true

            let terms = Statement.terms s |> List.map (walk.Values.Number >> term repeated) |> List.exists id

            let own =
                match s with
                | Store(array, i, _)
                | Accumulate(array, i, _)
                | PopElement(_, _, array, i) -> access true array i (walk.Values.Number i).Value
                | DeclareArray(_, _, (Length _ | Whole _)) -> false
                | DeclareArray _ -> true
                | _ -> false

            answers.Enqueue(terms || own)
            [], s

        walk.Run statement |> ignore
        marked (fun _ -> answers.Dequeue()) f

    /// The statements of a function, each with the question answered; of twins one array is as long as the other.
    let mark (twins: Map<string, string>) (program: Program) (f: Function) : Marked list =
        if Statement.exists (isHarmless >> not) f.Body then walked twins program f else marked (fun _ -> false) f
