/// Copy and constant propagation: a variable that holds a constant is read as the constant, a copy as what it is a copy of.
/// The length of a parameter counts as a constant, and so does a condition inside a branch on it.
module Zautograd.Programs.Passes.Propagate

open Zautograd.Programs

/// Reads of constants and copies become reads of what they stand for.
let run (program: Program) (f: Function) : Function =
    let walk = Walk(program, f)
    let values = walk.Values

    let rec known (numbered: Numbered) : Term =
        match numbered.Term, values.Constant numbered.Value with
        | Variable name, _ when walk.Types[name] = Reals || walk.Types[name] = Ints -> numbered.Term
        // an element that is known was stored just there: its index is in range
        | (Variable _ | Element _), Some constant -> constant
        | Variable name, None when (values.Truth numbered.Value).IsNone ->
            match values.Holder numbered.Value with
            | Some holder when holder <> name -> Variable holder
            | _ -> numbered.Term
        | (Variable _ | Compare _ | Not _ | And _ | Or _), _ when (values.Truth numbered.Value).IsSome ->
            Truth (values.Truth numbered.Value).Value
        | _ -> Numbered.map known numbered

    walk.Run(fun statement -> [], Rewrite.terms (values.Number >> known) statement)
