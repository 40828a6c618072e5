/// The first increment of a zero is an assignment: `x = 0; x += e` becomes `x = e`, for variables and for elements.
module Zautograd.Programs.Passes.First

open Zautograd
open Zautograd.Programs

// what the pass may change: a walk costs much more than this question
let private isSum statement =
    match statement with
    | Increment _
    | Accumulate _
    | Assign(_, Formula((Add | Sub), [ Number 0.0; _ ])) -> true
    | _ -> false

/// What is added to a zero is assigned; `zeros` tells the parameters of a function that are arrays of zeros when it is called. 0 + (-0) is 0, so
/// the sign of a zero may change: done only where it flows into no divisor, no angle and no power, so that all that can be seen of it is the sign
/// of a zero among the results.
let runWith (zeros: string -> Set<string>) (program: Program) : Program =
    let visible = lazy (ZeroSign.visible program)

    let ofFunction (f: Function) =
        let walk = Walk(program, f)
        let values = walk.Values
        let untouched = Untouched.find program (zeros f.Name) f

        let free name =
            match walk.Types[name] with
            | Type.Real
            | Reals -> not (visible.Value.Contains(struct (f.Name, name)))
            | _ -> true

        let isZero name =
            match values.Constant(values.Of name) with
            | Some(Number 0.0)
            | Some(Whole 0) -> true
            | _ -> false

        walk.Run(fun statement ->
            [],
            match statement with
            | Increment(name, e) when isZero name && free name -> Assign(name, e)
            | Assign(name, Formula(Add, [ Number 0.0; e ])) when free name -> Assign(name, e)
            | Assign(name, Formula(Sub, [ Number 0.0; e ])) when free name -> Assign(name, Formula(Neg, [ e ]))
            | Accumulate(array, i, e) when (untouched.Contains statement || values.IsZero(array, (values.Number i).Value)) && free array ->
                Store(array, i, e)
            | other -> other)

    let run (f: Function) = if Statement.exists isSum f.Body then ofFunction f else f
    Sharing.one (Sharing.map run) program program.Functions (fun functions -> { Functions = functions })

/// The same where no array among the parameters is known to be zero.
let run (program: Program) : Program = runWith (fun _ -> Set.empty) program
