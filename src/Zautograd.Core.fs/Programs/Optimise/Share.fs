/// Common subexpressions: what was worked out once is kept in a local where it is needed again, in this block or in those inside.
module Zautograd.Programs.Passes.Share

open System.Collections.Generic
open Zautograd
open Zautograd.Programs

/// Worth a local: an operation, or a product of ints.
let rec isOperation term =
    match term with
    | Formula _
    | Integer((Times | Quotient | Remainder), _, _) -> true
    | Choose(_, a, b) -> isOperation a || isOperation b
    | _ -> false

/// A load by an index that varies.
let isLoad term =
    match term with
    | Element(_, Whole _) -> false
    | Element _ -> true
    | _ -> false

/// A name that says what the local holds.
let nameFor term =
    match term with
    | Element(array, _) -> array + "_here"
    | Formula(Mul, _)
    | Integer(Times, _, _) -> "product"
    | Formula(Div, _) -> "quotient"
    | Formula(Pow, _) -> "power"
    | Formula(Add, _) -> "sum"
    | Formula(Sub, _) -> "difference"
    | Formula(op, [ Variable name ]) -> Infix.name op + "_" + name
    | Formula(op, _) -> Infix.name op
    | _ -> "shared"

/// For every value that is worked out again: the place that works it out first. And whether a local holds one of them already.
let private plan isDear program f : HashSet<int> * bool =
    let walk = Walk(program, f)
    let values = walk.Values
    let first = Dictionary<int, int>()
    let planned = HashSet<int>()
    let mutable isHeld = false

    // `always`: whether it is worked out in any case; what a while loop's condition works out is not kept
    let rec visit mayKeep always (numbered: Numbered) =
        let value = numbered.Value

        if not (isDear numbered.Term) then
            inside mayKeep always numbered
        elif (values.Holder value).IsSome then
            isHeld <- true
        else
            match first.TryGetValue value with
            | true, where -> planned.Add where |> ignore
            | _ ->
                inside mayKeep always numbered

                if always && mayKeep then
                    first[value] <- numbered.Place
                    walk.AtEnd(fun () -> first.Remove value |> ignore)

    and inside mayKeep always numbered =
        match numbered.Term, numbered.Parts with
        | (Choose _ | And _ | Or _), condition :: others ->
            visit mayKeep always condition
            others |> List.iter (visit mayKeep false)
        | _, parts ->
            for part in parts do
                visit mayKeep always part

    let statement (s: Statement) =
        for term in Statement.terms s do
            visit (not s.IsWhile) true (values.Number term)

        [], s

    walk.Run statement |> ignore
    planned, isHeld

let private shared isDear (planned: HashSet<int>) program f : Function =
    let walk = Walk(program, f)
    let values = walk.Values
    let names = lazy (Names.Of f)

    let statement s =
        let before = List<Statement>()

        let rec reuse (numbered: Numbered) : Term =
            match values.Holder numbered.Value with
            | Some name when isDear numbered.Term -> Variable name
            | _ ->
                let term = Numbered.map reuse numbered

                if planned.Contains numbered.Place then
                    let local = names.Value.Fresh(nameFor numbered.Term)
                    let kind = Function.typeOf walk.Types numbered.Term
                    walk.Types[local] <- kind
                    before.Add(Declare(local, kind, term))
                    values.Set(local, numbered.Value)
                    walk.AtEnd(fun () -> values.Forget local)
                    Variable local
                else
                    term

        let changed = Rewrite.terms (values.Number >> reuse) s
        List.ofSeq before, changed

    walk.Run statement

let rec private hasDear isDear term = isDear term || Term.parts term |> List.exists (hasDear isDear)

/// Every value that is worked out twice by terms that are worth a local gets one, and is read from there.
let run (isDear: Term -> bool) (program: Program) (f: Function) : Function =
    // a walk costs much more than these questions
    if Statement.exists (Statement.terms >> List.exists (hasDear isDear)) f.Body then
        let planned, isHeld = plan isDear program f
        if isHeld || planned.Count > 0 then shared isDear planned program f else f
    else
        f
