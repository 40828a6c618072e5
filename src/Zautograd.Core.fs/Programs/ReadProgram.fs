// Programs out of F# quotations.
namespace Zautograd.Programs

open Zautograd
open Zautograd.Programs
open Zautograd.Programs.ReadMeaning
open Zautograd.Programs.ReadRefusal
open FSharp.Quotations
open FSharp.Quotations.Patterns

/// A program that was read, its function that the quotation is, and the arrays that it captured: those are its last parameters.
type internal ReadProgram = { Program: Program; Function: Function; Captured: (string * obj) list }

module internal ReadProgram =

    /// A quotation of just the name of a function with a definition is a lambda that calls it with its own parameters. That function is meant.
    let private named (quotation: Quotation) =
        let rec enter (paths: Map<Var, string>) (expected: string list) quotation =
            match quotation with
            | Lambda(name, body) ->
                let path = $"{paths.Count}"

                let own =
                    match name.Type with
                    | Tuple [] -> []
                    | Tuple kinds -> kinds |> List.mapi (fun i _ -> $"{path}.{i}")
                    | _ -> [ path ]

                enter (paths.Add(name, path)) (expected @ own) body
            | Let(name, TupleGet(Var tuple, i), body) when paths.ContainsKey tuple ->
                enter (paths.Add(name, $"{paths[tuple]}.{i}")) expected body
            | Call(None, method, args) ->
                let given =
                    [
                        for arg in args do
                            match arg with
                            | Var name -> Map.tryFind name paths |> Option.defaultValue ""
                            | TupleGet(Var name, i) when paths.ContainsKey name -> $"{paths[name]}.{i}"
                            | _ -> ""
                    ]

                if given = expected then Some method else None
            | _ -> None

        match quotation with
        | Lambda _ -> enter Map.empty [] quotation
        | _ -> None

    let read (quotation: Quotation) : ReadProgram =
        let library = ReadLibrary.Library()

        let definition (definition: Quotation) name = ReadDefinition.functionOf Reader.read library name ReadDefinition.alone definition

        match quotation, named quotation |> Option.map (fun method -> method, Expr.TryGetReflectedDefinition method) with
        | _, Some(method, Some found) -> library.Of(method, definition found) |> ignore
        | Lambda _, _ -> library.Later("f", definition quotation) |> ignore
        | _ -> raise (refuse quotation "a program is a function. Write <@ fun ... -> ... @>.")

        let changes name =
            refuse
                quotation
                $"it changes the array '{name}', which is captured from outside. Make it a parameter, or change a copy: Array.copy {name}."

        let wayOut = "Name parts of it with 'let', or split it into functions."
        let program = Reading.guardedAs "program" wayOut (QuoteText.kind quotation) (fun () -> ReadLibrary.finish library changes)
        let f = program.Functions.Head

        {
            Program = program
            Function = f
            Captured =
                [
                    for p in f.Parameters do
                        for struct (array, _, name) in library.Captured do
                            if name = p.Name then name, array
                ]
        }

/// <summary>
/// Programs from F# code. A quotation may use `let`, `let mutable`, `&lt;-`, `if`, `for` (up, down and in steps, and over an array),
/// `while`, floats, ints, bools, arrays of floats and ints, tuples, lambdas, captured values, the functions of F#, Math, Double and
/// `Functions`, and functions marked `[&lt;ReflectedDefinition>]`, which become functions of the program and may be recursive. Of Array
/// it may use length, get, set, zeroCreate, create, init, copy, map, mapi, iter, iteri, fold, sum and sumBy. What else there is in F#
/// is refused with an `UnreadableException` that shows the piece of code and says what to write instead.
/// </summary>
[<RequireQualifiedAccess; CompilationRepresentation(CompilationRepresentationFlags.ModuleSuffix)>]
module Program =

    /// <summary>
    /// The program that a quotation is. Its first function is the quotation's own: called `f`, or by its name where it has one. Captured
    /// numbers are read once, now; captured arrays become constant parameters at the end.
    /// </summary>
    /// <example><code>
    /// open Zautograd.Programs
    /// let program = Program.read &lt;@ fun (x: float[]) -> (let mutable s = 0.0 in (for a in x do s &lt;- s + a * a); sqrt s) @>
    /// program.Functions.Head.Name   // -> f
    /// Interpret.run program "f" [ Interpret.RealArray [| 3.0; 4.0 |] ] |> fst   // -> [RealItem 5.0]
    /// </code></example>
    /// <exception cref="T:Zautograd.UnreadableException">Some part of it is no part of a program; the message says which.</exception>
    let read (quotation: Quotation) : Program = (ReadProgram.read quotation).Program
