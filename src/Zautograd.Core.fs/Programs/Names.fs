// Fresh names: what a transformation adds never collides with what the user wrote.
namespace Zautograd.Programs

open System.Collections.Generic

/// Gives out names that a function does not use yet.
type Names(taken: Set<string>) =
    let used = HashSet<string>(taken)

    /// The wished name, or that name with the first number behind it that makes it new.
    member _.Fresh(wish: string) = if used.Add wish then wish else Seq.initInfinite (fun n -> $"{wish}{n + 2}") |> Seq.find used.Add

    /// A generator that knows every name of a function.
    static member Of(f: Function) =
        let mentioned =
            Statement.all f.Body
            |> List.collect (fun statement ->
                let declared =
                    match statement with
                    | Declare(name, _, _)
                    | DeclareArray(name, _, _)
                    | Assign(name, _)
                    | Increment(name, _)
                    | Store(name, _, _)
                    | Accumulate(name, _, _)
                    | For(name, _, _, _, _)
                    | Push(name, _, _) -> [ name ]
                    | Pop(stack, _, name)
                    | PopElement(stack, _, name, _) -> [ stack; name ]
                    | Call(results, _, _) -> results
                    | If _
                    | While _
                    | Return _
                    | Break
                    | Continue -> []

                declared @ List.collect (Term.names >> List.ofSeq) (Statement.terms statement))

        Names(Set.ofList (mentioned @ [ for parameter in f.Parameters -> parameter.Name ]))
