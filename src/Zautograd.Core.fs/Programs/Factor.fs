/// What several products of a sum share is multiplied once: t*a + t*b becomes t*(a + b), where the whole statement gets cheaper by it.
module Zautograd.Programs.Factor

open System.Collections.Generic
open Zautograd
open Zautograd.Programs

let private apply op args = Term.number.Apply op args

let rec private factors term =
    match term with
    | Formula(Mul, [ a; b ]) -> factors a @ factors b
    | _ -> [ term ]

/// The products that a sum adds (true) or takes away.
let rec private products plus term =
    match term with
    | Formula(Add, [ a; b ]) -> products plus a @ products plus b
    | Formula(Sub, [ a; b ]) -> products plus a @ products (not plus) b
    | Formula(Neg, [ a ]) -> products (not plus) a
    | _ -> [ plus, term ]

/// The sum of these, what is added before what is taken away.
let private sum (summands: (bool * Term) list) =
    let added, taken = summands |> List.partition fst
    let total terms = terms |> List.map snd |> List.reduce (fun a b -> apply Add [ a; b ])

    match added, taken with
    | [], taken -> apply Neg [ total taken ]
    | added, taken -> (total added, taken) ||> List.fold (fun sum (_, term) -> apply Sub [ sum; term ])

let private product terms = terms |> List.reduce (fun a b -> apply Mul [ a; b ])

let private without factor terms =
    let place = List.findIndex ((=) factor) terms
    List.removeAt place terms

/// The sum with the factors that most of its products share before brackets.
let rec private bracketed term =
    let summands = products true term

    // a product of nothing else would leave a 1 in the brackets
    let shareable (_, term) =
        match factors term with
        | [ _ ] -> []
        | several -> List.distinct several

    let common = summands |> List.collect shareable |> List.countBy id |> List.filter (fun (_, times) -> times > 1)

    match common with
    | [] -> term
    | common ->
        let factor = common |> List.maxBy snd |> fst
        let inside, outside = summands |> List.partition (shareable >> List.contains factor)
        let rest = inside |> List.map (fun (plus, term) -> plus, product (without factor (factors term)))
        let brackets = apply Mul [ factor; bracketed (sum rest) ]

        match brackets, outside with
        | Formula(Neg, [ brackets ]), outside -> bracketed (sum (outside @ [ false, brackets ]))
        | brackets, outside -> bracketed (sum ((true, brackets) :: outside))

/// The sum of contributions. Of two that are the same, as those of x*x, the change is doubled: it may be that of a whole loop.
let total (contributions: Term list) : Term =
    let double (term, times) =
        match term, times with
        | Formula(Mul, [ slope; Formula(Mul, [ Number c; change ]) ]), 2 -> [ apply Mul [ slope; apply Mul [ Number(2.0 * c); change ] ] ]
        | Formula(Mul, [ slope; change ]), 2 -> [ apply Mul [ slope; apply Add [ change; change ] ] ]
        | _ -> List.replicate times term

    contributions |> List.countBy id |> List.collect double |> Number.sum Term.number

/// The operations of these terms, equal ones counted once.
let private cost (terms: Term list) =
    let seen = HashSet<Term>(HashIdentity.Structural)

    let rec count term =
        match term with
        | Formula _ -> if seen.Add term then List.iter count (Term.parts term)
        | _ -> Term.parts term |> List.iter count

    List.iter count terms
    seen.Count

/// Locals, in the order of their use, and totals made with them, with what products share taken out; `kept` are locals that are read elsewhere.
let cheaper (kept: Set<string>) (locals: (string * Term) list) (totals: Term list) : (string * Term) list * Term list =
    let reads name =
        let rec count term =
            match term with
            | Variable read -> if read = name then 1 else 0
            | _ -> Term.parts term |> List.sumBy count

        List.sumBy count (List.map snd locals @ totals)

    let once = locals |> List.map fst |> List.filter (fun name -> not (kept.Contains name) && reads name = 1) |> Set.ofList

    // what is read once stands where it is read, so that its factors are seen
    let rec inside (known: Map<string, Term>) term =
        match term with
        | Variable name when known.ContainsKey name -> known[name]
        | Formula(op, args) ->
            let changed = List.map (inside known) args
            if changed = args then term else apply op changed
        | _ -> Term.map (inside known) term

    let known, others =
        ((Map.empty, []), locals)
        ||> List.fold (fun (known, others) (name, term) ->
            let term = inside known term
            if once.Contains name then Map.add name term known, others else known, (name, bracketed term) :: others)

    let changed = totals |> List.map (inside known >> bracketed)
    let others = List.rev others

    if cost (List.map snd others @ changed) < cost (List.map snd locals @ totals) then
        others, changed
    else
        locals, totals
