/// What does not change contributes nothing, even times infinity: guards around slopes that can be infinite where the value is not.
module Zautograd.Programs.Edges

open System
open Zautograd
open Zautograd.Programs

let private isFinite x = not (Double.IsNaN x || Double.IsInfinity x)

/// Operations that have a finite value somewhere at which a slope of theirs is not: asked of the table, at the points where its rows
/// have their edges.
let private unbounded: Set<Op> =
    let points = [ -1.0; 0.0; 0.5; 1.0 ]

    let rec all arity =
        if arity = 0 then
            [ [] ]
        else
            [
                for point in points do
                    for rest in all (arity - 1) -> point :: rest
            ]

    Set.ofList
        [
            for rule in Rules.withFloats do
                if rule.Arity <= 2 then
                    let blowsUp args =
                        let value = Number.floats.Apply rule.Op args
                        let slopes = Number.slopes Number.floats rule.Op args value
                        isFinite value && slopes |> List.exists (fun slope -> not (isFinite (slope ())))

                    if List.exists blowsUp (all rule.Arity) then rule.Op
        ]

/// Whether a slope of an operation can be infinite, or no number, at arguments where the value is finite.
let isUnbounded op args =
    match op, args with
    // a power of 1 or more has finite slopes
    | (Pow | SingleOf Pow), [ _; Number exponent ] -> exponent < 1.0
    | _ -> unbounded.Contains op

let private guarded slope change product =
    match slope, change with
    | Number _, _
    | _, Number _ -> product
    | _ ->
        let isFinite = Compare(Less, Formula(Abs, [ slope ]), Number infinity)
        Choose(And(Compare(Equal, change, Number 0.0), Not isFinite), Number 0.0, product)

/// slope * change for an operation at these arguments; 0 where the change is 0 and the slope is not finite. Where it is finite the product is
/// taken as it is: this program may be differentiated again, and a change of 0 may change.
let chain op args (slope: unit -> Term) (change: Term) : Term =
    match Number.chain Term.number slope change with
    | Number 0.0 -> Number 0.0
    | product when isUnbounded op args -> guarded (slope ()) change product
    | product -> product

let rec private isQuotient term =
    match term with
    | Formula(Div, _) -> true
    | _ -> Term.parts term |> List.exists isQuotient

/// The same for a slope from elsewhere, which can be infinite where it divides.
let times (slope: Term) (change: Term) : Term =
    let product = Number.chain Term.number (fun () -> slope) change
    if isQuotient slope then guarded slope change product else product
