/// Taylor polynomials: the power series of an expression around a point, exact where it is rational, refused where there is none.
module Zautograd.Taylor

open System
open System.Collections.Generic

/// The value of an expression without variables; `None` where a variable is left.
let private valueOf (e: Expr) = if List.isEmpty (Graph.variables e) then Some(Number.evaluate Number.floats (fun _ -> nan) e) else None

// A kink, jump or pole on the way from the variable to the result, at the point: the operation that has it. Where a piecewise
// expression takes one branch, the other is not looked at.
let private broken (symbols: Simplify.Symbols) (wrt: string) (around: Expr) (order: int) (root: Expr) : Rules.Rule option =
    let number = symbols.Number
    let heads = Dictionary<Expr, Expr>(HashIdentity.Reference)
    let moves = HashSet<Expr>(HashIdentity.Reference)

    for node in Graph.nodes root do
        match node with
        | Const c -> heads[node] <- number.Const c
        | Var name ->
            heads[node] <- if name = wrt then around else symbols.Variable name

            if name = wrt then moves.Add node |> ignore
        | Apply(op, args) ->
            heads[node] <- number.Apply op (args |> List.map (fun arg -> heads[arg]))

            if args |> List.exists moves.Contains then moves.Add node |> ignore

    let breaks op args result =
        let bind = Number.bind ((Rules.resultName, result) :: List.zip (List.truncate (List.length args) Rules.argumentNames) args)

        match op, args |> List.map valueOf with
        // of a whole power there is no end; of another one at 0 there are fewer derivatives than its exponent says
        | Pow, [ at; Some k ] when k >= 0.0 -> not (Exact.isWhole k) && at = Some 0.0 && float order >= k
        | _ -> (Rules.rule op).Breaks |> List.exists (fun condition -> valueOf (Number.evaluate number bind condition) = Some 0.0)

    let visited = HashSet<Expr>(HashIdentity.Reference)
    let pending = Stack<Expr>([ root ])
    let mutable found = None

    while found.IsNone && pending.Count > 0 do
        match pending.Pop() with
        | Apply(op, args) as node when moves.Contains node && visited.Add node ->
            let values = args |> List.map (fun arg -> heads[arg])

            match op, args, List.map valueOf values with
            | Select k, [ a; b; c; d ], Some left :: Some right :: _ ->
                if left = right && (moves.Contains a || moves.Contains b) then
                    found <- Some(Rules.rule op)
                else
                    pending.Push(if Number.floats.Apply (Select k) [ left; right; 1.0; 0.0 ] = 1.0 then c else d)
            | _ when breaks op values heads[node] -> found <- Some(Rules.rule op)
            | _ -> args |> List.iter pending.Push
        | _ -> ()

    found

let private refuse (wrt: string) (around: Expr) (root: Expr) reason : 'a =
    invalidArg (nameof around) $"{root} has no Taylor polynomial around {wrt} = {around}: {reason}."

/// How many nodes a coefficient without variables may have before its value stands for it: exp(1)/2 stays, a long sum does not.
let private readable = 12

// As a person would note it down: 0.25/2 as 1/8, a long expression without variables as its value.
let private noted (symbols: Simplify.Symbols) (coefficient: Expr) =
    let number = symbols.Number
    let scaled (value: float) = [ 1.0; 2.0; 4.0; 8.0; 16.0; 32.0; 64.0 ] |> List.tryFind (fun scale -> Exact.isWhole (scale * value))

    match
        coefficient,
        (match coefficient with
         | Const value -> scaled value
         | Var _
         | Apply _ -> None)
    with
    | Const value, Some scale when scale > 1.0 -> number.Apply Div [ number.Const(scale * value); number.Const scale ]
    | _ ->
        match valueOf coefficient with
        | Some value when Graph.size coefficient > readable -> number.Const value
        | _ -> coefficient

// Roots, sigmoid(0) and their like have values of few binary places where they are rational; Simplify folds the whole ones only.
let private folding (number: Number<Expr>) =
    { number with
        Apply =
            fun op args ->
                match op, number.Apply op args with
                | (Neg | Add | Sub | Mul | Div), result -> result
                | _, (Apply _ as result) ->
                    match valueOf result with
                    | Some value when 64.0 * value = Math.Floor(64.0 * value) && abs value < 1e9 -> number.Const value
                    | _ -> result
                | _, result -> result
    }

let private expand (symbols: Simplify.Symbols) wrt around order (root: Expr) =
    if order < 0 then
        invalidArg (nameof order) $"the order of a Taylor polynomial cannot be negative, but is {order}."

    if Graph.variables around |> List.contains wrt then
        invalidArg (nameof around) $"the point to expand around must not contain '{wrt}', but is {around}."

    let number = symbols.Number
    let enter = Number.evaluate number symbols.Variable
    let simple, point = enter root, enter around

    match broken symbols wrt point order simple with
    | Some rule -> refuse wrt around root $"'{rule.Name}' is not smooth there ({rule.Convention})"
    | None ->
        let coefficients = Series.expand (folding number) order wrt point symbols.Variable simple

        for k, coefficient in List.indexed coefficients do
            match valueOf coefficient with
            | Some value when Double.IsNaN value || Double.IsInfinity value -> refuse wrt around root $"coefficient {k} is not finite"
            | _ -> ()

        point, coefficients |> List.map (noted symbols)

/// <summary>The coefficients c0, c1 ... of the Taylor polynomial c0 + c1*(x - x0) + c2*(x - x0)^2 + ... of an order, around x0.
/// They are found by power series arithmetic, not by differentiating again and again, and are exact where they are rational and
/// their numerators and denominators are doubles without rounding (as 1/18! is); exp(1)/2 stays so, and a longer expression without
/// variables becomes its value.
/// Around a kink, a jump or a pole there is none, and an ArgumentException names the operation that has it. Where x0 contains
/// variables, or the expression has other variables, it is taken for granted that their values stay clear of such points.</summary>
/// <example><code>
/// Taylor.coefficients "x" (Const 0.0) 3 (sin (Var "x")) |> List.map string |> String.concat ", "   // -> 0, 1, 0, -1/6
/// </code></example>
let coefficients (wrt: string) (around: Expr) (order: int) (root: Expr) : Expr list =
    expand (Simplify.symbols ()) wrt around order root |> snd

/// <summary>The Taylor polynomial of an order as an expression in (x - x0), lowest power first; see `coefficients` for what is refused.</summary>
/// <example><code>
/// Taylor.polynomial "x" (Const 0.0) 3 (sin (Var "x")) |> string   // -> x - x^3/6
/// </code></example>
let polynomial (wrt: string) (around: Expr) (order: int) (root: Expr) : Expr =
    let symbols = Simplify.symbols ()
    let number = symbols.Number
    let point, coefficients = expand symbols wrt around order root
    let step = number.Apply Sub [ symbols.Variable wrt; point ]

    let rec isNegative coefficient =
        match coefficient with
        | Const value -> value < 0.0
        | Apply(Neg, _) -> true
        | Apply((Mul | Div), [ first; _ ]) -> isNegative first
        | Var _
        | Apply _ -> false

    let terms =
        [
            for k, c in List.indexed coefficients do
                if not (number.IsZero c) then
                    let size = if isNegative c then number.Apply Neg [ c ] else c
                    isNegative c, number.Apply Mul [ size; number.Apply Pow [ step; number.Const(float k) ] ]
        ]

    // written term by term: simplified once more, 3 + (x - 2) would become x + 1 and no longer show its coefficients
    match terms with
    | [] -> number.Const 0.0
    | (negative, first) :: rest ->
        ((if negative then number.Apply Neg [ first ] else first), rest)
        ||> List.fold (fun total (negative, term) -> if negative then total - term else total + term)
