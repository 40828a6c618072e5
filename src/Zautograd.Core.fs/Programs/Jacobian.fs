// The Jacobian as a program: the tangent is run along each input, or the adjoint from each output.
namespace Zautograd

/// <summary>How a Jacobian is found.</summary>
/// <example><code>Jacobians.Auto   // -> Auto</code></example>
type Jacobians =
    /// <summary>By the shape: forward where there are few variables for the results; else in reverse.</summary>
    | Auto = 0
    /// <summary>Column by column.</summary>
    | Forward = 1
    /// <summary>Row by row.</summary>
    | Reverse = 2

namespace Zautograd.Programs

open Zautograd
open Zautograd.Programs
open Zautograd.Programs.Matrix

/// The program with the Jacobian of a function added.
module Jacobian =

    /// What the Jacobian of a function is called.
    let nameOf (f: string) = f + "Jacobian"

    /// Column by column, what is written for the place in a row and a column, and the number there.
    let internal forward names (f: Function) (columns: Block list) write =
        [
            for block in columns do
                yield!
                    eachOf names block (fun column index ->
                        let site = Site names
                        let own = List.map site.Own f.Parameters
                        let followed = followed f
                        let along = [ for p in followed -> site.Unit(block, p.Name, (p.Type = Reals), index) ]
                        let values = site.Places("value", f.Results)
                        let changes = site.Places("change", List.filter ((=) Real) f.Results)
                        let arrays = dict [ for p, d in List.zip followed along -> p.Name, d ]
                        let numbers = System.Collections.Generic.Queue changes

                        site.Call(values @ changes, Tangent.nameOf f.Name, own @ along)
                        @ [
                            for output in fst (outputs f) do
                                let found =
                                    if output.IsArray then
                                        fun i -> Element(arrayOf arrays[output.Name], i)
                                    else
                                        let number = Variable(numbers.Dequeue()) in fun _ -> number

                                yield! eachOf names output (fun row i -> write row column (found i))
                        ])
        ]

    let private reverse names (f: Function) (columns: Block list) write =
        let rows = fst (outputs f)

        [
            for block in rows do
                yield!
                    eachOf names block (fun row index ->
                        let site = Site names
                        let own = List.map site.Own f.Parameters
                        let followed = followed f

                        let arrays =
                            [ for p in followed |> List.filter (fun p -> p.Type = Reals) -> p.Name, site.Unit(block, p.Name, true, index) ]

                        let seeds =
                            [
                                for output in rows |> List.filter (fun output -> not output.IsArray) ->
                                    site.Unit(block, output.Name, false, index)
                            ]

                        let values = site.Places("value", f.Results)
                        let scalars = followed |> List.filter (fun p -> p.Type = Real)
                        let adjoints = site.Places("adjoint", [ for _ in scalars -> Real ])
                        let arrayOfName = dict arrays
                        let numberOf = dict (List.zip [ for p in scalars -> p.Name ] adjoints)

                        site.Call(values @ adjoints, Adjoint.nameOf f.Name, own @ List.map snd arrays @ seeds)
                        @ [
                            for input in columns do
                                let found i =
                                    if input.IsArray then Element(arrayOf arrayOfName[input.Name], i) else Variable numberOf[input.Name]

                                yield! eachOf names input (fun column i -> write row column (found i))
                        ])
        ]

    /// The parameters that are differentiated by: those named, as they are named, or all that have derivatives.
    let internal variables (wanted: string list) (f: Function) : Parameter list =
        let followed = followed f

        let find name =
            match followed |> List.tryFind (fun p -> p.Name = name) with
            | Some parameter -> parameter
            | None ->
                let known = followed |> List.map _.Name |> String.concat ", "
                invalidArg "variables" $"'{f.Name}' has no active real parameter '{name}'; it has: {known}."

        match List.countBy id wanted |> List.tryFind (fun (_, several) -> several > 1) with
        | Some(name, several) -> invalidArg "variables" $"'{name}' is given {several} times."
        | None -> if wanted.IsEmpty then followed else List.map find wanted

    /// The Jacobian of one function. It takes the function's parameters and an array for the matrix, row by row, which it writes; a row per real
    /// result and then per element of an active array that the function changes, a column per variable in the order of the parameters or of the names, an
    /// array's one behind the other. It returns what the function returns, and leaves in its arrays what the function leaves there. The program
    /// around it has the function's tangent or adjoint, or both where the shape decides.
    let ofFunction (by: Jacobians) (wanted: string list) (f: Function) : Function =
        let names = Names.Of f
        let matrix = names.Fresh "jacobian"
        let columns, width = inputs (variables wanted f)
        let write row column value = [ Store(matrix, plus (Integer(Times, row, width)) column, value) ]
        let height = snd (outputs f)

        let found =
            match by with
            | Jacobians.Forward -> forward names f columns write
            | Jacobians.Reverse -> reverse names f columns write
            | Jacobians.Auto ->
                // runs forward against sweeps in reverse; recording costs about two more
                let isWide = Compare(Less, plus height (Whole 2), width)
                [ If(isWide, reverse names f columns write, forward names f columns write) ]
            | _ -> raise (System.ArgumentOutOfRangeException(nameof by, by, "A Jacobian is found forward or in reverse."))

        {
            Name = nameOf f.Name
            Parameters = f.Parameters @ [ { Name = matrix; Type = Reals; Flow = InOut; Active = true } ]
            Results = f.Results
            Body = found @ calling names f []
        }

    /// The program with the Jacobian of a function added, and the tangents and adjoints that it needs.
    let transform (by: Jacobians) (wanted: string list) (name: string) (program: Program) : Program =
        let needed =
            [
                if by <> Jacobians.Reverse then Tangent.transform program
                if by <> Jacobians.Forward then Adjoint.transform program
            ]

        let found = ofFunction by wanted (functionOf name program)
        { Functions = (needed |> List.collect _.Functions |> List.distinctBy _.Name) @ [ found ] } |> Check.wellFormed
