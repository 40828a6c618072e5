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

/// What a function gets for a parameter: a copy, where it changes that.
let private argument memory (p: Parameter) (given: Linq) = if p.Flow = InOut then copied memory given else kept given

/// The value and the gradient: the adjoint, with arrays full of zeros and a seed of 1.
let gradient (delegated: NetType option) (program: Program) (name: string) : Delegate =
    let f, program = CompileProgram.find program name

    ofOneReal "gradient" f
    let adjoint, needed = program |> Optimise.using Optimise.before |> adjointIn f
    // the gradients are cleared before the call
    let needed = Optimise.fromZeros adjoint.Name (Adjoint.receivers f adjoint) needed
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
    let changed = changedBy f
    let written = List.map fst arrays @ [ for p in changed -> p.Name ]

    make (delegated |> Option.defaultValue (typeOfShape shape)) shape written (fun parameters keep ->
        let own, gradients = List.splitAt f.Parameters.Length parameters
        let originals = List.zip f.Parameters own |> List.filter (fun (p, _) -> p.Active && p.Type = Reals) |> List.map snd

        [
            for (name, _), gradient, original in List.zip3 arrays gradients originals do
                sameLength name gradient original
                clear gradient
            enter (callee.NeedsMemory || not changed.IsEmpty) (fun memory ->
                let given = List.map2 (argument memory) f.Parameters own @ List.map kept (gradients @ [ Linq.Constant 1.0 ])
                [ callWith given (fun arguments -> CompileFunction.call memory callee arguments keep) ])
        ])

/// The same, and the Hessian times a direction: the tangent of the adjoint, along the direction of each parameter.
let hessianVector (delegated: NetType option) (program: Program) (name: string) : Delegate =
    let f, program = CompileProgram.find program name
    ofOneReal "Hessian-vector product" f
    let adjoint, reverse = program |> Optimise.using Optimise.before |> adjointIn f
    let along = Tangent.nameOf adjoint.Name
    let made, needed = CompileProgram.find (reverse |> Optimise.using Optimise.before |> Tangent.transform) along
    let tangents = List.zip (List.filter isFollowed adjoint.Parameters) (List.skip adjoint.Parameters.Length made.Parameters)
    let receivers = Adjoint.receivers f adjoint
    let receiving = tangents |> List.filter (fun (p, _) -> receivers.Contains p.Name) |> List.map (fun (_, tangent) -> tangent.Name)
    let needed = Optimise.fromZeros along (receivers + Set.ofList receiving) needed
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

    let changed = changedBy f
    let written = List.map (called gradient) arrays @ List.map (called product) arrays @ List.map (called "") changed

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
            enter (callee.NeedsMemory || not changed.IsEmpty) (fun memory ->
                let both what seed (own: Parameter list) results =
                    [ for p in own -> argument memory p (part what p) ]
                    @ [ for p in arrays -> kept (part results p) ]
                    @ [ kept (Linq.Constant seed) ]

                let arguments = both "" 1.0 f.Parameters gradient @ both direction 0.0 followed product
                [ callWith arguments (fun arguments -> CompileFunction.call memory callee arguments keep) ])
        ])
