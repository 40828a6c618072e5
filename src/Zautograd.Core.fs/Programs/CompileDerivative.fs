/// Derivatives of a function of a program as delegates: the transformed program, called as the caller of a derivative expects it.
module internal Zautograd.Programs.CompileDerivative

open System
open System.Linq.Expressions
open Zautograd
open Zautograd.Programs
open Zautograd.Programs.CompileTerm
open Zautograd.Programs.CompileEntry

let ofOneReal what (f: Function) =
    if f.Results <> [ Real ] then
        invalidArg "program" $"A {what} is that of one real result, but '{f.Name}' has {f.Results.Length} result(s)."

let changedBy (f: Function) = f.Parameters |> List.filter (fun p -> p.Flow = InOut)

/// A program as it is differentiated: optimised, but for one that has derivatives of its own functions already. Those that would be made of it must
/// be those that are there.
let prepared (program: Program) : Program =
    let isDerived (f: Function) (other: Function) =
        [ Tangent.nameOf; Adjoint.nameOf ] |> List.exists (fun nameOf -> other.Name.StartsWith(nameOf f.Name, StringComparison.Ordinal))

    if List.allPairs program.Functions program.Functions |> List.exists (fun (f, other) -> isDerived f other) then
        program
    else
        Optimise.using Optimise.before program

/// The adjoint of a function of a program, and a program of just those that it needs.
let private adjointIn (f: Function) program = CompileProgram.find (Adjoint.transform program) (Adjoint.nameOf f.Name)

/// The adjoint arrays of a function: its caller wants what they hold.
let private addedTo (f: Function) (adjoint: Function) =
    adjoint.Parameters |> List.skip f.Parameters.Length |> List.filter (fun p -> p.Type = Reals) |> List.map _.Name |> Set.ofList

/// The call of a function with these arguments, and with memory if it needs some: of other arrays that it changes it gets copies.
let calling (callee: CompileFunction.Callee) (wanted: Set<string>) (given: Linq list) keep =
    let isCopied (p: Parameter) = p.Flow = InOut && not (wanted.Contains p.Name)
    let parameters = callee.Function.Parameters

    enter (callee.NeedsMemory || List.exists isCopied parameters) (fun memory ->
        let argument p given = if isCopied p then copied memory given else kept given
        [ callWith (List.map2 argument parameters given) (fun arguments -> CompileFunction.call memory callee arguments keep) ])

/// What a function gives, by name.
let resultsOf (f: Function) =
    match f.Results with
    | [ kind ] -> [ "value", typeOf kind ]
    | kinds -> [ for i, kind in List.indexed kinds -> $"result{i + 1}", typeOf kind ]

/// The adjoint, with arrays full of zeros but for those that hold seeds, and the seeds of results, which the caller gives or which are 1.
let private sweep isSeeded (f: Function) (program: Program) (delegated: NetType option) : Delegate =
    let adjoint, needed = program |> prepared |> adjointIn f
    // the gradients are cleared before the call
    let needed = Optimise.calledWith (Adjoint.receivers f adjoint) (Adjoint.spent f adjoint) adjoint.Name needed
    let callee = (CompileProgram.functions needed)[adjoint.Name]
    let arrays, scalars = f.Parameters |> List.filter Activity.isFollowed |> List.partition (fun p -> p.Type = Reals)
    let gradientOf (p: Parameter) = "gradient of " + p.Name, typeOf p.Type
    let gradients = List.map gradientOf arrays

    let seeds =
        [
            for (name, _), kind in List.zip (resultsOf f) f.Results do
                if isSeeded && kind = Real then "adjoint of " + name, typeof<float>
        ]

    let shape =
        {
            Owner = f.Name
            Takes = [ for p in f.Parameters -> p.Name, typeOf p.Type ] @ gradients @ seeds
            Gives = resultsOf f @ List.map gradientOf scalars
        }

    // what the function changes is copied; given twice, it would be two arrays then
    let written = List.map fst gradients @ [ for p in changedBy f -> p.Name ]

    make (delegated |> Option.defaultValue (typeOfShape shape)) shape written (fun parameters keep ->
        let own, behind = List.splitAt f.Parameters.Length parameters
        let given = dict (List.zip [ for p in f.Parameters -> p.Name ] own)

        [
            for p, gradient in List.zip arrays (List.truncate arrays.Length behind) do
                sameLength (fst (gradientOf p)) gradient given[p.Name]
                if not isSeeded || p.Flow = In then clear gradient
            calling callee (addedTo f adjoint) (own @ behind @ (if isSeeded then [] else [ Linq.Constant 1.0 ])) keep
        ])

/// The value and the gradient: the adjoint with a seed of 1.
let gradient (delegated: NetType option) (program: Program) (name: string) : Delegate =
    let f, program = CompileProgram.find program name
    ofOneReal "gradient" f
    sweep false f program delegated

/// The results, and the gradient of their sum weighted by the adjoints that the caller gives.
let vjp (delegated: NetType option) (program: Program) (name: string) : Delegate =
    let f, program = CompileProgram.find program name
    sweep true f program delegated

/// The same, and the Hessian times a direction: the tangent of the adjoint, along the direction of each parameter.
let hessianVector (delegated: NetType option) (program: Program) (name: string) : Delegate =
    let f, program = CompileProgram.find program name
    ofOneReal "Hessian-vector product" f
    let adjoint, reverse = program |> prepared |> adjointIn f
    let along = Tangent.nameOf adjoint.Name
    let made, needed = CompileProgram.find (reverse |> Optimise.using Optimise.before |> Tangent.transform) along
    let tangents = List.zip (List.filter Activity.isFollowed adjoint.Parameters) (List.skip adjoint.Parameters.Length made.Parameters)

    let tangentOf = Map.ofList [ for p, tangent in tangents -> p.Name, tangent.Name ]
    let withTangents names = names + Set.map (fun name -> tangentOf[name]) names
    let own = Map.toList (Adjoint.spent f adjoint)
    let spent = own @ [ for name, twin in own -> tangentOf[name], tangentOf[twin] ] |> Map.ofList
    let needed = Optimise.calledWith (withTangents (Adjoint.receivers f adjoint)) spent along needed
    let callee = (CompileProgram.functions needed)[along]

    let followed = f.Parameters |> List.filter Activity.isFollowed
    let arrays, scalars = followed |> List.partition (fun p -> p.Type = Reals)
    let called what (p: Parameter) = what + p.Name
    let typed what (p: Parameter) = called what p, typeOf p.Type
    let direction, gradient, product = "direction of ", "gradient of ", "product of "
    let takes = [ "", f.Parameters; direction, followed; gradient, arrays; product, arrays ]

    let shape =
        {
            Owner = f.Name
            Takes =
                [
                    for what, parameters in takes do
                        yield! List.map (typed what) parameters
                ]
            Gives = ("value", typeof<float>) :: List.map (typed gradient) scalars @ List.map (typed product) scalars
        }

    let written = List.map (called gradient) arrays @ List.map (called product) arrays @ List.map (called "") (changedBy f)

    make (delegated |> Option.defaultValue (typeOfShape shape)) shape written (fun parameters keep ->
        let given = Map.ofList (List.zip (List.map fst shape.Takes) parameters)
        let part what p = given[called what p]

        // the value and the scalars' gradient, then how they change; how the value does is gradient times direction
        let keep results =
            let values, changes = List.splitAt (1 + scalars.Length) results
            keep (values @ List.tail changes)

        [
            for p in arrays do
                for what in [ direction; gradient; product ] do
                    sameLength (called what p) (part what p) (part "" p)

                clear (part gradient p)
                clear (part product p)
            let both what seed (own: Parameter list) results : Linq list =
                [ for p in own -> part what p ] @ [ for p in arrays -> part results p ] @ [ Linq.Constant seed ]

            calling
                callee
                (withTangents (addedTo f adjoint))
                (both "" 1.0 f.Parameters gradient @ both direction 0.0 followed product)
                keep
        ])
