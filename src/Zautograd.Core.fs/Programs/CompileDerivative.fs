/// Derivatives of a function of a program as delegates: the transformed program, called as the caller of a derivative expects it.
module internal Zautograd.Programs.CompileDerivative

open System
open System.Linq.Expressions
open Zautograd
open Zautograd.Programs
open Zautograd.Programs.CompileTerm
open Zautograd.Programs.CompileEntry

let private ofOneReal what (f: Function) =
    if f.Results <> [ Real ] then
        invalidArg "program" $"A {what} is that of one real result, but '{f.Name}' has {f.Results.Length} result(s)."

let private isFollowed (p: Parameter) = p.Active && (p.Type = Real || p.Type = Reals)

let private changedBy (f: Function) = f.Parameters |> List.filter (fun p -> p.Flow = InOut)

/// The adjoint of a function of a program, and a program of just those that it needs.
let private adjointIn (f: Function) program = CompileProgram.find (Adjoint.transform program) (Adjoint.nameOf f.Name)

/// The adjoint arrays of a function: its caller wants what they hold.
let private addedTo (f: Function) (adjoint: Function) =
    adjoint.Parameters |> List.skip f.Parameters.Length |> List.filter (fun p -> p.Type = Reals) |> List.map _.Name |> Set.ofList

/// The call of a function with these arguments, and with memory if it needs some: of other arrays that it changes it gets copies.
let private calling (callee: CompileFunction.Callee) (wanted: Set<string>) (given: Linq list) keep =
    let isCopied (p: Parameter) = p.Flow = InOut && not (wanted.Contains p.Name)
    let parameters = callee.Function.Parameters

    enter (callee.NeedsMemory || List.exists isCopied parameters) (fun memory ->
        let argument p given = if isCopied p then copied memory given else kept given
        [ callWith (List.map2 argument parameters given) (fun arguments -> CompileFunction.call memory callee arguments keep) ])

/// The value and the gradient: the adjoint, with arrays full of zeros and a seed of 1.
let gradient (delegated: NetType option) (program: Program) (name: string) : Delegate =
    let f, program = CompileProgram.find program name

    ofOneReal "gradient" f
    let adjoint, needed = program |> Optimise.using Optimise.before |> adjointIn f
    // the gradients are cleared before the call
    let needed = Optimise.calledWith (Adjoint.receivers f adjoint) (Adjoint.spent f adjoint) adjoint.Name needed
    let callee = (CompileProgram.functions needed)[adjoint.Name]
    let followed kind = f.Parameters |> List.filter (fun p -> p.Active && p.Type = kind)
    let gradientOf (p: Parameter) = "gradient of " + p.Name, typeOf p.Type
    let arrays = followed Reals |> List.map gradientOf

    let shape =
        {
            Owner = f.Name
            Takes = [ for p in f.Parameters -> p.Name, typeOf p.Type ] @ arrays
            Gives = ("value", typeof<float>) :: List.map gradientOf (followed Real)
        }

    // what the function changes is copied; given twice, it would be two arrays then
    let written = List.map fst arrays @ [ for p in changedBy f -> p.Name ]

    make (delegated |> Option.defaultValue (typeOfShape shape)) shape written (fun parameters keep ->
        let own, gradients = List.splitAt f.Parameters.Length parameters
        let originals = List.zip f.Parameters own |> List.filter (fun (p, _) -> p.Active && p.Type = Reals) |> List.map snd

        [
            for (name, _), gradient, original in List.zip3 arrays gradients originals do
                sameLength name gradient original
                clear gradient
            calling callee (addedTo f adjoint) (own @ gradients @ [ Linq.Constant 1.0 ]) keep
        ])

/// The same, and the Hessian times a direction: the tangent of the adjoint, along the direction of each parameter.
let hessianVector (delegated: NetType option) (program: Program) (name: string) : Delegate =
    let f, program = CompileProgram.find program name
    ofOneReal "Hessian-vector product" f
    let adjoint, reverse = program |> Optimise.using Optimise.before |> adjointIn f
    let along = Tangent.nameOf adjoint.Name
    let made, needed = CompileProgram.find (reverse |> Optimise.using Optimise.before |> Tangent.transform) along
    let tangents = List.zip (List.filter isFollowed adjoint.Parameters) (List.skip adjoint.Parameters.Length made.Parameters)

    let tangentOf = Map.ofList [ for p, tangent in tangents -> p.Name, tangent.Name ]
    let withTangents names = names + Set.map (fun name -> tangentOf[name]) names
    let own = Map.toList (Adjoint.spent f adjoint)
    let spent = own @ [ for name, twin in own -> tangentOf[name], tangentOf[twin] ] |> Map.ofList
    let needed = Optimise.calledWith (withTangents (Adjoint.receivers f adjoint)) spent along needed
    let callee = (CompileProgram.functions needed)[along]

    let followed = f.Parameters |> List.filter isFollowed
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
