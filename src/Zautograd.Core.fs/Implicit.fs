/// Derivatives of functions that are given by equations F(x, y) = 0, found without solving them.
///
/// Limits of use: the result holds at points that satisfy the equation and where F_y is not 0 (there y need not be a function of x).
/// It is written in x and y; which of several branches y means is decided by the y that is put in.
module Zautograd.Implicit

open System.Collections.Generic

let private apply (symbols: Simplify.Symbols) op args = symbols.Number.Apply op args

let private differ (y: string) (wrt: string list) =
    if List.contains y wrt then invalidArg (nameof wrt) $"'{y}' cannot be a function of itself."

// 0, not -0
let private negative (symbols: Simplify.Symbols) e = if symbols.Number.IsZero e then e else symbols.Number.Apply Neg [ e ]

let private unknownSlopes (symbols: Simplify.Symbols) (equation: Expr) (y: string) =
    if not (Graph.variables equation |> List.contains y) then
        invalidArg (nameof y) $"'{y}' does not occur in the equation {equation} = 0, so that the equation does not define it."

    let simple = Number.evaluate symbols.Number symbols.Variable equation
    let slope = Differentiate.derivatives symbols y [ simple ] |> List.head

    if symbols.Number.IsZero slope then
        invalidArg
            (nameof equation)
            $"the derivative of {equation} with respect to '{y}' is 0 everywhere, so that the equation does not define '{y}'."

    simple, slope

/// <summary>The partial derivatives of y with respect to several variables, where the equation F(x1, x2, ..., y) = 0 makes y a function of them.</summary>
/// <example><code>
/// let w = Var "w"
/// Implicit.gradient "w" [ "x"; "y" ] (x ** 2.0 + y ** 2.0 + w ** 2.0 - 1.0) |> List.map string |> String.concat ", "   // -> -x/w, -y/w
/// </code></example>
let gradient (y: string) (wrt: string list) (equation: Expr) : Expr list =
    differ y wrt
    let symbols = Simplify.symbols ()
    let simple, slope = unknownSlopes symbols equation y

    Differentiate.slopes symbols wrt simple |> List.map (fun partial -> negative symbols (apply symbols Div [ partial; slope ]))

/// <summary>The n-th derivative of y by x, where the equation F(x, y) = 0 makes y a function of x. Each order differentiates the one before as a
/// whole, y with it: d/dx g(x, y) = g_x + g_y * y'.</summary>
/// <example><code>
/// Implicit.nth 2 "y" "x" (x ** 2.0 + y ** 2.0 - 1.0) |> string   // -> -x^2/y^3 - 1/y
/// </code></example>
let nth (order: int) (y: string) (x: string) (equation: Expr) : Expr =
    differ y [ x ]

    if order < 1 then
        invalidArg (nameof order) $"the order of an implicit derivative is at least 1, but is {order}."

    let symbols = Simplify.symbols ()
    let simple, slope = unknownSlopes symbols equation y
    let by name e = Differentiate.derivatives symbols name [ e ] |> List.head
    let first = negative symbols (apply symbols Div [ by x simple; slope ])

    (first, [ 2..order ])
    ||> List.fold (fun e _ -> Number.sum symbols.Number [ by x e; Number.chain symbols.Number (fun () -> by y e) first ])

/// <summary>dy/dx = -F_x/F_y, where the equation F(x, y) = 0 makes y a function of x.</summary>
/// <example><code>
/// Implicit.derivative "y" "x" (x ** 2.0 + y ** 2.0 - 1.0) |> string   // -> -x/y
/// </code></example>
let derivative (y: string) (x: string) (equation: Expr) : Expr = nth 1 y x equation

/// A determinant by rows, where equal subproblems - the rows from here on, these columns - are solved once; 2^n of them: for few unknowns.
let private determinant (number: Number<Expr>) (rows: Expr[][]) =
    let known = Dictionary<int, Expr>()

    let rec expand row (columns: int) =
        if row = rows.Length then
            number.Const 1.0
        else
            match known.TryGetValue columns with
            | true, value -> value
            | _ ->
                let free =
                    [
                        for column in 0 .. rows.Length - 1 do
                            if columns &&& (1 <<< column) = 0 then column
                    ]

                let term position column =
                    let size = Number.chain number (fun () -> expand (row + 1) (columns ||| (1 <<< column))) (rows[row][column])
                    if position % 2 = 0 then size else number.Apply Neg [ size ]

                let value = free |> List.mapi term |> Number.sum number
                known[columns] <- value
                value

    expand 0 0

/// <summary>The partial derivatives of several unknowns that several equations F1 = 0, F2 = 0 ... define together: one row per unknown, one
/// column per variable, by Cramer's rule. Meant for a handful of unknowns.</summary>
/// <example><code>
/// // x = u*cos(v), y = u*sin(v) define u and v as functions of x and y
/// let u, v = Var "u", Var "v"
/// Implicit.system [ "u"; "v" ] [ "x"; "y" ] [ u * cos v - x; u * sin v - y ]
/// </code></example>
let system (unknowns: string list) (wrt: string list) (equations: Expr list) : Expr list list =
    if unknowns.Length <> equations.Length || unknowns.Length > 12 then
        invalidArg
            (nameof equations)
            $"there must be as many equations as unknowns, at most 12, but there are {equations.Length} equation(s) for {unknowns.Length} unknown(s)."

    unknowns |> List.iter (fun unknown -> differ unknown wrt)
    let symbols = Simplify.symbols ()
    let number = symbols.Number
    let roots = Graph.foldAll number.Const symbols.Variable number.Apply equations
    let slopes name = Differentiate.derivatives symbols name roots |> Array.ofList
    let columns = unknowns |> List.map slopes |> Array.ofList
    let whole = determinant number (Array.transpose columns)

    if number.IsZero whole then
        let names = String.concat ", " unknowns
        invalidArg (nameof equations) $"the equations do not define {names}: the determinant of their derivatives is 0 everywhere."

    let partial column right =
        let replaced = columns |> Array.mapi (fun index slopes -> if index = column then right else slopes)
        negative symbols (number.Apply Div [ determinant number (Array.transpose replaced); whole ])

    let rights = wrt |> List.map slopes
    [ for column in 0 .. columns.Length - 1 -> rights |> List.map (partial column) ]
