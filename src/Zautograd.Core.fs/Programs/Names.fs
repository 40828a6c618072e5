// Fresh names: what a transformation adds never collides with what the user wrote.
namespace Zautograd.Programs

open System.Collections.Generic

/// Gives out names that a function does not use yet.
type Names(taken: HashSet<string>) =
    // beside what is taken, which is never changed and never copied
    let used = HashSet<string>()
    let isNew name = not (taken.Contains name) && used.Add name

    // by wish: the numbers below this one are taken; to try them all again each time would be quadratic
    let next = Dictionary<string, int>()

    /// The wished name, or that name with the first number behind it that makes it new.
    member _.Fresh(wish: string) : string =
        if isNew wish then
            wish
        else
            let mutable number =
                match next.TryGetValue wish with
                | true, number -> number
                | _ -> 2

            while not (isNew (wish + string number)) do
                number <- number + 1

            next[wish] <- number + 1
            wish + string number

    /// A generator that knows every name of a function.
    static member Of(f: Function) =
        let taken = HashSet<string>(f.Parameters |> Seq.map _.Name)

        f.Body
        |> Statement.iter (fun statement ->
            Statement.terms statement |> List.iter (Term.eachName taken)
            Statement.assigned (fun _ -> None) statement |> List.iter (taken.Add >> ignore)

            match statement with
            | Push(stack, _, _)
            | Pop(stack, _, _)
            | PopElement(stack, _, _, _) -> taken.Add stack |> ignore
            | _ -> ())

        Names taken
