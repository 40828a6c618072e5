/// Parts of a term whose values the reverse sweep reads become statements of their own: there they are kept, not worked out again.
module Zautograd.Programs.Lift

open Zautograd
open Zautograd.Programs

/// Roughly, what it costs to work out a term again, in cheap operations.
let rec effort term =
    let own =
        match term with
        | Formula((Neg | Add | Sub | Mul | Max | Min | Abs | Relu | Select _), _) -> 1
        | Formula(Div, _) -> 2
        | Formula _ -> 4
        | _ -> 0

    own + List.sumBy effort (Term.parts term)

/// In a loop a kept value is a recording for every round: cheaper ones are worked out again.
let private dear = 4

let rec private replace (found: Map<Term, string>) term =
    match Map.tryFind term found with
    | Some name -> Variable name
    | None -> Term.map (replace found) term

/// The function with what is worth keeping in variables of its own; `types` grows by them.
let values (active: string -> bool) (types: Map<string, Type>) (f: Function) : Function * Map<string, Type> =
    let names = Names.Of f
    let targets: Spread.Targets = { Adjoint = (fun name -> if active name then Some name else None); Names = Names Set.empty }
    let mutable types = types
    let mutable hoisted = []

    // the value of the whole term is at hand where it is assigned as it is
    let lift inLoop nested whole e =
        let worthwhile = Spread.needed targets e |> List.filter (fun part -> (whole || part <> e) && (not inLoop || effort part >= dear))

        let found =
            [
                for part in worthwhile ->
                    let name = names.Fresh "value"
                    types <- Map.add name Real types
                    if nested then hoisted <- Declare(name, Real, Number 0.0) :: hoisted
                    part, name
            ]

        let before = [ for part, name in found -> if nested then Assign(name, part) else Declare(name, Real, part) ]
        before, replace (Map.ofList found) e

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
        | For(i, first, last, step, body) -> [ For(i, first, last, step, block true true body) ]
        | While(condition, body) -> [ While(condition, block true true body) ]
        | _ -> [ s ]

    let body = block false false f.Body
    { f with Body = hoisted @ body }, types
