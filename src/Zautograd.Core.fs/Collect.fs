/// Laws of the factors of a product that see two of them at once: powers of one base, sines over cosines, u over its root.
module internal Zautograd.Collect

open System
open System.Collections.Generic

/// The branches of a piecewise expression, as far as they lie near.
let rec private branches depth e =
    match e with
    | Apply(Select _, [ _; _; c; d ]) when depth > 0 -> branches (depth - 1) c @ branches (depth - 1) d
    | _ -> [ e ]

/// Whether a piecewise expression has few branches, and one of them is 0: a product with it goes into the branches, so that
/// nothing infinite comes out of one that is not taken.
let isShort e =
    let found = branches 4 e

    found.Length <= 4
    && found
       |> List.exists (function
           | Const 0.0 -> true
           | _ -> false)

/// A product with a piecewise expression, branch by branch.
let rec intoBranches (apply: Op -> Expr list -> Expr) (times: Expr -> Expr) e =
    match e with
    | Apply(Select k, [ a; b; c; d ]) -> apply (Select k) [ a; b; intoBranches apply times c; intoBranches apply times d ]
    | Const 0.0 -> e
    | _ -> times e

/// How many terms a sum is written with.
let private terms e =
    let rec count found depth e =
        match e with
        | Apply((Add | Sub), [ a; b ]) when depth > 0 -> count (count found (depth - 1) a) (depth - 1) b
        | _ -> found + 1

    count 0 16 e

let private set (gathered: Gathered<Factor>) place exponent = gathered.Items[place] <- { gathered.Items[place] with Exponent = exponent }

let private live (gathered: Gathered<Factor>) (e: Expr) =
    gathered.PlacesOf e |> List.filter (fun place -> gathered.Items[place].Exponent <> 0.0)

/// x^0.5*x^0.5, x*x^(n - 1), x^n*x^m: powers of one base whose exponents are not whole numbers.
let private sameBase (isRatio: Expr -> bool) (table: Interned) (apply: Op -> Expr list -> Expr) (gathered: Gathered<Factor>) =
    let powers =
        [
            for place in 0 .. gathered.Items.Count - 1 do
                match gathered.Items[place] with
                | { Base = Apply(Pow, [ u; k ]); Exponent = exponent } as factor when exponent <> 0.0 && factor.Facts.IsFinite ->
                    place, u, k, exponent
                | _ -> ()
        ]

    [
        for u, alike in
            powers
            |> List.groupBy (fun (_, u, _, _) -> (table.Facts u).Number)
            |> List.map (fun (_, alike) -> let _, u, _, _ = alike.Head in u, alike) do
            let plain = live gathered u

            if alike.Length + plain.Length > 1 then
                let exponents =
                    [
                        for _, _, k, times in alike -> apply Mul [ table.Const times; k ]
                        for place in plain -> table.Const gathered.Items[place].Exponent
                    ]

                let total = exponents |> List.reduce (fun sum k -> apply Add [ sum; k ])
                let isNumber = (table.Facts total).Variable = ""
                let isOne = plain |> List.exists (fun place -> abs gathered.Items[place].Exponent = 1.0)

                // x*x^n is shorter than x^(n + 1)
                if (if isNumber then isRatio total else not isOne || terms total < List.sumBy terms exponents) then
                    for place in plain @ [ for place, _, _, _ in alike -> place ] do
                        set gathered place 0.0

                    apply Pow [ u; total ], true
    ]

/// x/sqrt(x) is sqrt(x), and sqrt(x)/x is 1/sqrt(x).
let private roots (gathered: Gathered<Factor>) =
    for place in 0 .. gathered.Items.Count - 1 do
        match gathered.Items[place] with
        | { Base = Apply(Sqrt, [ u ]); Exponent = root } when abs root = 1.0 ->
            match live gathered u with
            | [ other ] when gathered.Items[other].Exponent * root < 0.0 && Exact.isWhole gathered.Items[other].Exponent ->
                set gathered other (gathered.Items[other].Exponent + root)
                set gathered place -root
            | _ -> ()
        | _ -> ()

/// The laws of two factors.
let private partners (table: Interned) (apply: Op -> Expr list -> Expr) (gathered: Gathered<Factor>) =
    [
        for place in 0 .. gathered.Items.Count - 1 do
            match gathered.Items[place].Base with
            | Apply(op, [ u ]) ->
                for law in Laws.partnersOf op do
                    let first = gathered.Items[place].Exponent

                    match live gathered (table.Apply(law.Second, [ u ])) with
                    | [ other ] when first <> 0.0 && gathered.Items[other].Exponent * first * law.Side > 0.0 ->
                        let second = gathered.Items[other].Exponent
                        let times = min (abs first) (abs second)
                        let side = float (sign first)
                        set gathered place (first - side * times)
                        set gathered other (second - float (sign second) * times)
                        let result = law.Result |> Option.map (fun op -> apply op [ u ]) |> Option.defaultValue u
                        apply Pow [ result; table.Const times ], side * law.ResultSide > 0.0
                    | _ -> ()
            | _ -> ()
    ]

/// Applies these laws to gathered factors. What they make of some stands for them: powers, each over (true) or under (false) the line.
let powers (table: Interned) (isRatio: Expr -> bool) (apply: Op -> Expr list -> Expr) (gathered: Gathered<Factor>) : (Expr * bool) list =
    if gathered.Items.Count < 2 then
        []
    else
        let found = sameBase isRatio table apply gathered @ partners table apply gathered
        roots gathered
        found
