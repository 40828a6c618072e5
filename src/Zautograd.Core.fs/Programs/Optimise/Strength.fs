/// Strength reduction: an operation becomes a cheaper one with the same bits.
module Zautograd.Programs.Passes.Strength

open System
open Zautograd
open Zautograd.Programs

// 2^k whose reciprocal is exact: all bits but those of the exponent are 0
let private isPowerOfTwo (x: float) =
    let bits = BitConverter.DoubleToInt64Bits x
    bits &&& 0xFFFFFFFFFFFFFL = 0L && abs x > 1e-300 && abs x < 1e300

let rec private isFree term =
    match term with
    | Formula _ -> false
    | _ -> Term.parts term |> List.forall isFree

let rec private cheaper (term: Term) : Term =
    match Term.map cheaper term with
    | Formula(Div, [ a; Number x ]) when isPowerOfTwo x -> Formula(Mul, [ a; Number(1.0 / x) ])
    // the table says so: a^2 is a*a
    | Formula(Pow, [ Variable _ as a; Number 2.0 ]) -> Formula(Mul, [ a; a ])
    | other -> other

let rec private statement s =
    match Rewrite.terms cheaper s |> Rewrite.blocks (Sharing.map statement) with
    // x += -e has two operations, x = x - e has one
    | Increment(name, Formula(Neg, [ e ])) -> Assign(name, Formula(Sub, [ Variable name; e ]))
    | Accumulate(array, i, Formula(Neg, [ e ])) when isFree i -> Store(array, i, Formula(Sub, [ Element(array, i); e ]))
    | other -> other

/// Divisions by powers of two become products, squares products, and what is taken away is not negated first.
let run (_: Program) (f: Function) : Function = Rewrite.body (Sharing.map statement) f
