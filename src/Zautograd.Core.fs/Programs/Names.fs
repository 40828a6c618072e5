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
        let stacks =
            Statement.all f.Body
            |> List.choose (fun statement ->
                match statement with
                | Push(stack, _, _)
                | Pop(stack, _, _)
                | PopElement(stack, _, _, _) -> Some stack
                | _ -> None)

        let read = Statement.all f.Body |> List.collect Statement.terms |> List.map Term.names |> Set.unionMany
        let written = Statement.written { Functions = [] } f.Body
        Names(Set.unionMany [ read; written; Set.ofList stacks; Set.ofList [ for parameter in f.Parameters -> parameter.Name ] ])
