// Fresh names: what a transformation adds never collides with what the user wrote.
namespace Zautograd.Programs

open System.Collections.Generic

/// Gives out names that a function does not use yet.
type Names(taken: HashSet<string>) =
    // beside what is taken, which is never changed and never copied
    let used = HashSet<string>()
    let isNew name = not (taken.Contains name) && used.Add name

    /// The wished name, or that name with the first number behind it that makes it new.
    member _.Fresh(wish: string) = if isNew wish then wish else Seq.initInfinite (fun n -> wish + string (n + 2)) |> Seq.find isNew

    /// A generator that knows every name of a function.
    static member Of(f: Function) =
        let taken = HashSet<string>(f.Parameters |> Seq.map _.Name)

        for statement in Statement.all f.Body do
            Statement.terms statement |> List.iter (Term.eachName taken)
            Statement.assigned (fun _ -> None) statement |> List.iter (taken.Add >> ignore)

            match statement with
            | Push(stack, _, _)
            | Pop(stack, _, _)
            | PopElement(stack, _, _, _) -> taken.Add stack |> ignore
            | _ -> ()

        Names taken
