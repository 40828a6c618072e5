/// What a stack holds at most, in terms of a function's parameters: then no push asks for room, and no call for more stands in a loop.
module internal Zautograd.Programs.Capacity

open Zautograd
open Zautograd.Programs

/// A sum of products: the factors, and how often. Of a polynomial they are terms that never change; of a count, the rounds of loops.
type private Sum<'factor when 'factor: comparison> = Map<'factor list, int64>

let private constant n : Sum<'factor> = if n = 0L then Map.empty else Map.ofList [ [], n ]

let private plus (a: Sum<'factor>) (b: Sum<'factor>) : Sum<'factor> =
    (a, b)
    ||> Map.fold (fun sum factors n ->
        match n + (Map.tryFind factors sum |> Option.defaultValue 0L) with
        | 0L -> Map.remove factors sum
        | total -> Map.add factors total sum)

let private times (a: Sum<'factor>) (b: Sum<'factor>) : Sum<'factor> =
    (Map.empty,
     [
         for KeyValue(f, n) in a do
             for KeyValue(g, m) in b -> Map.ofList [ List.sort (f @ g), n * m ]
     ])
    ||> List.fold plus

/// A stack's growth over a block: the most at any time, and what is left at the end.
type private Growth = { Most: Sum<Sum<Term>>; Net: Sum<Sum<Term>> }

let private nothing = { Most = Map.empty; Net = Map.empty }

let private atom (term: Term) : Sum<Term> option = Some(Map.ofList [ [ term ], 1L ])

/// An int term as a polynomial; what its variables and lengths are is found.
let rec private sums (find: Term -> Sum<Term> option) (term: Term) : Sum<Term> option =
    match term with
    | Whole n -> Some(constant (int64 n))
    | Integer(Plus, a, b) -> Option.map2 plus (sums find a) (sums find b)
    | Integer(Minus, a, b) -> Option.map2 plus (sums find a) (sums find b |> Option.map (times (constant -1L)))
    | Integer(Times, a, b) -> Option.map2 times (sums find a) (sums find b)
    | _ -> find term

/// An int term as a polynomial in int parameters and lengths that never change.
let private polynomial (f: Function) (written: Map<string, int>) : Term -> Sum<Term> option =
    let parameters = Map.ofList [ for p in f.Parameters -> p.Name, p.Type ]
    let isFixed name = not (written.ContainsKey name)

    let definitions =
        Map.ofList
            [
                for s in f.Body do
                    match s with
                    | Declare(name, Int, value) when written[name] = 1 -> name, value
                    | _ -> ()
            ]

    let lengths =
        Map.ofList
            [
                for s in f.Body do
                    match s with
                    | DeclareArray(name, _, length) -> name, length
                    | _ -> ()
            ]

    let rec find term =
        match term with
        | Variable name when parameters.ContainsKey name -> if isFixed name then atom term else None
        | Length name when parameters.ContainsKey name -> atom term
        | Variable name -> Map.tryFind name definitions |> Option.bind (sums find)
        | Length name -> Map.tryFind name lengths |> Option.bind (sums find)
        | _ -> None

    sums find

/// How a stack grows where every push is made in loops whose rounds are known; None where something else decides.
let private growth (read: Term -> Sum<Term> option) stack (body: Statement list) : Growth option =
    let mentions s =
        match s with
        | Push(name, _, _)
        | Pop(name, _, _)
        | PopElement(name, _, _, _) -> name = stack
        | _ -> false

    let rounds first last step =
        match step with
        | 1 -> read (Integer(Minus, last, first))
        | -1 -> read (Integer(Minus, first, last))
        | _ -> None

    let rec block statements =
        (Some nothing, statements)
        ||> List.fold (fun sum s -> Option.map2 (fun a b -> { Most = plus a.Most b.Most; Net = plus a.Net b.Net }) sum (statement s))

    and statement s =
        match s with
        | Push _ when mentions s -> Some { Most = constant 1L; Net = constant 1L }
        | _ when mentions s -> Some { nothing with Net = constant -1L }
        | For(_, first, last, step, body) when Statement.all body |> List.exists mentions ->
            match block body, rounds first last step with
            | Some round, Some count ->
                let net = times (Map.ofList [ [ count ], 1L ]) round.Net

                if round.Net |> Map.forall (fun _ n -> n > 0L) then Some { Most = plus net round.Most; Net = net }
                elif round.Net |> Map.forall (fun _ n -> n < 0L) then Some { Most = round.Most; Net = net }
                else None
            | _ -> None
        | _ when Statement.blocks s |> List.concat |> Statement.all |> List.exists mentions -> None
        | _ -> Some nothing

    let leaves =
        Statement.all body
        |> List.exists (function
            | Break
            | Continue -> true
            | _ -> false)

    if leaves then None else block body

let private termOf (sum: Sum<Term>) : Term =
    let product (factors: Term list, n: int64) =
        match factors with
        | [] -> Whole(int n)
        | first :: rest ->
            let product = (first, rest) ||> List.fold (fun a b -> Integer(Times, a, b))
            if n = 1L then product else Integer(Times, Whole(int n), product)

    match Map.toList sum |> List.sortBy (fun (factors, n) -> n < 0L, factors.IsEmpty) with
    | [] -> Whole 0
    | first :: rest ->
        (product first, rest)
        ||> List.fold (fun a (factors, n) ->
            if n < 0L then Integer(Minus, a, product (factors, -n)) else Integer(Plus, a, product (factors, n)))

let private counts (growth: Growth) : (int64 * Term list) list = [ for KeyValue(rounds, n) in growth.Most -> n, rounds |> List.map termOf ]

/// What a stack of a function holds at most: a sum of products of a number and the rounds of loops, a negative number of which is none.
let ofFunction (program: Program) (f: Function) (stack: string) : (int64 * Term list) list option =
    let written = Statement.all f.Body |> List.collect (Statement.assigned program.TryFind) |> List.countBy id |> Map.ofList
    growth (polynomial f written) stack f.Body |> Option.map counts

/// What a loop adds to a stack at most, in terms of what it does not change itself.
let ofLoop (assigned: Statement -> string list) (loop: Statement) (stack: string) : (int64 * Term list) list option =
    let changed = Statement.all [ loop ] |> List.collect assigned |> Set.ofList

    let find term =
        match term with
        | Variable name when not (changed.Contains name) -> atom term
        | Length _ -> atom term
        | _ -> None

    growth (sums find) stack [ loop ] |> Option.map counts
