/// Parts of a term whose values the reverse sweep reads become statements of their own: there they are kept, not worked out again.
module Zautograd.Programs.Lift

open System.Collections.Generic
open Zautograd
open Zautograd.Programs

/// Roughly, what it costs to work out a term again, in cheap operations.
let rec effort term =
    let own =
        match term with
        | Formula((Neg | Add | Sub | Mul | Max | Min | Abs | Relu | Single | Select _), _) -> 1
        | Formula(Div, _) -> 2
        | Formula _ -> 4
        | _ -> 0

    own + List.sumBy effort (Term.parts term)

/// In a loop a kept value is a recording for every round: cheaper ones are worked out again.
let private dear = 2

/// A function with what is worth keeping in variables of its own, and what each of these was worked out from.
type Lifted = { Function: Function; Types: Map<string, Type>; Kept: Map<string, Term> }

/// The function with what is worth keeping kept. In a loop that is turned `round` by round a value is kept for a round only, and costs nothing.
let values (active: string -> bool) (round: Statement -> bool) (types: Map<string, Type>) (f: Function) : Lifted =
    let names = Names.Of f

    let targets: Gather.Targets =
        { Adjoint = (fun name -> if active name then Some name else None); Kept = Map.empty; Names = Names(HashSet()) }

    let mutable types = types
    let mutable kept = Map.empty
    let mutable hoisted = []

    // the value of the whole term is at hand where it is assigned as it is; parts of a part that is kept are kept before it
    let lift inLoop nested whole e =
        let found = Dictionary<Term, string>(HashIdentity.Structural)
        let before = ResizeArray<Statement>()
        let partsOf e = Spread.needed targets e |> List.filter (fun part -> not inLoop || effort part >= dear)

        let rec replace term =
            match found.TryGetValue term with
            | true, name -> Variable name
            | _ -> Term.map replace term

        let rec keep part =
            if not (found.ContainsKey part) then
                // not by `<>`: a term with a NaN in it differs from itself there
                partsOf part |> List.filter (part.Equals >> not) |> List.iter keep
                let name = names.Fresh "value"
                types <- Map.add name Real types
                let value = replace part

                if nested then
                    hoisted <- Declare(name, Real, Number 0.0) :: hoisted
                    before.Add(Assign(name, value))
                else
                    before.Add(Declare(name, Real, value))

                found[part] <- name
                kept <- Map.add name value kept

        partsOf e |> List.filter (fun part -> whole || not (part.Equals e)) |> List.iter keep
        List.ofSeq before, replace e

    let rec block inLoop nested statements = List.collect (statement inLoop nested) statements

    and statement inLoop nested s =
        let assigned name whole make e =
            if active name then
                let before, e = lift inLoop nested whole e
                before @ [ make e ]
            else
                [ s ]

        match s with
        | Declare(name, Real, e) -> assigned name false (fun e -> Declare(name, Real, e)) e
        | Assign(name, e) -> assigned name false (fun e -> Assign(name, e)) e
        | Increment(name, e) -> assigned name true (fun e -> Increment(name, e)) e
        | Store(array, i, e) -> assigned array false (fun e -> Store(array, i, e)) e
        | Accumulate(array, i, e) -> assigned array true (fun e -> Accumulate(array, i, e)) e
        | If(condition, yes, no) -> [ If(condition, block inLoop true yes, block inLoop true no) ]
        | For(i, first, last, step, body) -> [ For(i, first, last, step, block (inLoop || not (round s)) true body) ]
        | While(condition, body) -> [ While(condition, block true true body) ]
        | _ -> [ s ]

    let body = block false false f.Body
    { Function = { f with Body = hoisted @ body }; Types = types; Kept = kept }
