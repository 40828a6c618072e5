/// Derivatives of every shape - higher, mixed, of vectors, along a direction - all results of one call on one shared graph.
///
/// Limits of use, the same for every function here. Derivatives are those of the formula. At a kink they follow the rule table
/// (abs'(0) = 0, ties of max share 1/2 each), so what stands there is a convention, not a limit; of a piecewise expression they are
/// the derivatives of its branches. A jump contributes nothing: sign, floor and an `if` have derivative 0 beside it, and the
/// impulse at it (a delta distribution) is not seen; so the second derivative of abs is 0 everywhere. Mixed derivatives do not depend on
/// their order where the expression is smooth, and only there. A variable that does not occur has derivative 0.
module Zautograd.Calculus

open System
open System.Collections.Generic

/// One table for a whole call, and the expressions entered into it.
let private shared (roots: Expr list) =
    let symbols = Simplify.symbols ()
    symbols, Differentiate.enter symbols roots

let private names (variables: string list) = String.Join(", ", variables)

let private distinct (parameter: string) (variables: string list) =
    match variables |> List.countBy id |> List.tryFind (fun (_, count) -> count > 1) with
    | Some(name, _) -> invalidArg parameter $"'{name}' is named twice in {names variables}."
    | None -> ()

let private sameCount (what: string) (variables: string list) (components: Expr list) =
    if variables.Length <> components.Length then
        invalidArg
            "components"
            $"{what} needs one component per variable, but there are {components.Length} component(s) for {variables.Length} variable(s): {names variables}."

let private derivative symbols wrt root = Differentiate.derivatives symbols wrt [ root ] |> List.head

/// <summary>The derivative with respect to several variables, one after the other: ["x"; "y"; "x"] is d/dx d/dy d/dx.</summary>
/// <example><code>
/// Calculus.mixed [ "x"; "y" ] (x ** 2.0 * y ** 3.0) |> string   // -> 6*x*y^2
/// </code></example>
let mixed (wrt: string list) (root: Expr) : Expr =
    let symbols, roots = shared [ root ]
    (List.head roots, wrt) ||> List.fold (fun e name -> derivative symbols name e)

/// The n-th derivative as n! times the n-th coefficient of the power series around the variable itself.
let private bySeries (symbols: Simplify.Symbols) order wrt (root: Expr) =
    let coefficient = Series.expand symbols.Number order wrt (symbols.Variable wrt) symbols.Variable root |> List.last
    symbols.Number.Apply Mul [ symbols.Number.Const(List.fold (*) 1.0 [ 1.0 .. float order ]); coefficient ]

/// <summary>The coefficients of t^0 ... t^order in the power series of f(x + t): functions of x, which are made of one another.</summary>
/// <example><code>
/// Calculus.coefficients 2 "x" (x ** 3.0) |> List.map string |> String.concat ", "   // -> x^3, 3*x^2, 3*x
/// </code></example>
let coefficients (order: int) (wrt: string) (root: Expr) : Expr list =
    if order < 0 then
        invalidArg (nameof order) $"the order of a power series cannot be negative, but is {order}."

    let symbols, roots = shared [ root ]
    Series.expand symbols.Number order wrt (symbols.Variable wrt) symbols.Variable roots.Head

/// <summary>The n-th derivative; the 0-th is the expression itself, simplified. It is differentiated n times; where that swells, by a factor with
/// each order, it is taken from the power series around x, whose coefficients are made of one another and grow by a few nodes.</summary>
/// <example><code>
/// Calculus.nth 3 "x" (x ** 5.0) |> string   // -> 60*x^2
/// </code></example>
let nth (order: int) (wrt: string) (root: Expr) : Expr =
    if order < 0 then
        invalidArg (nameof order) $"the order of a derivative cannot be negative, but is {order}."

    let symbols, roots = shared [ root ]
    let swollen = 400 + 20 * Graph.size roots.Head

    let rec differentiate k e =
        if Graph.size e > swollen then bySeries symbols order wrt roots.Head
        elif k = order then e
        else differentiate (k + 1) (derivative symbols wrt e)

    differentiate 0 roots.Head

/// <summary>The partial derivatives with respect to several variables, by one reverse walk.</summary>
/// <example><code>
/// Calculus.gradient [ "x"; "y" ] (x * y) |> List.map string |> String.concat ", "   // -> y, x
/// </code></example>
let gradient (wrt: string list) (root: Expr) : Expr list = Differentiate.gradient wrt root

/// <summary>The derivative along a direction, by one forward walk: the gradient times the direction, which is taken as it is, not scaled to length 1.
/// A variable without a component does not move.</summary>
/// <example><code>
/// Calculus.directional [ "x", Const 3.0; "y", Const 4.0 ] (x * y) |> string   // -> 4*x + 3*y
/// </code></example>
let directional (direction: (string * Expr) list) (root: Expr) : Expr =
    distinct (nameof direction) (List.map fst direction)
    let symbols, entered = shared (root :: List.map snd direction)
    let component' = dict (List.zip (List.map fst direction) entered.Tail)

    let seed name : Tangent<Expr> =
        match component'.TryGetValue name with
        | true, tangent -> { Value = symbols.Variable name; Tangent = tangent }
        | _ -> { Value = symbols.Variable name; Tangent = symbols.Number.Const 0.0 }

    (Number.evaluate (Forward.dualsBy symbols.Times symbols.Number) seed entered.Head).Tangent

/// The derivatives of entered expressions by one variable; those in which it does not occur cost nothing.
let private column (symbols: Simplify.Symbols) (occurring: HashSet<string> list) wrt roots : Expr list =
    let zero = symbols.Number.Const 0.0
    let touched = List.zip roots occurring |> List.filter (fun (_, variables: HashSet<string>) -> variables.Contains wrt) |> List.map fst
    let found = Queue(Differentiate.derivatives symbols wrt touched)
    occurring |> List.map (fun variables -> if variables.Contains wrt then found.Dequeue() else zero)

let private occurring roots = roots |> List.map (fun root -> HashSet<string>(Graph.variables root))

/// <summary>The partial derivatives of several expressions, one row per expression, one column per variable. Few variables go forward, all
/// expressions at once; few expressions go in reverse, all variables at once.</summary>
/// <example><code>
/// Calculus.jacobian [ "x"; "y" ] [ x * y; x + y ] |> List.map (List.map string >> String.concat ", ") |> String.concat "; "   // -> y, x; 1, 1
/// </code></example>
let jacobian (wrt: string list) (components: Expr list) : Expr list list =
    let symbols, roots = shared components

    if wrt.Length <= roots.Length then
        let occurring = occurring roots

        match wrt with
        | [] -> roots |> List.map (fun _ -> [])
        | _ -> wrt |> List.map (fun name -> column symbols occurring name roots) |> List.transpose
    else
        roots |> List.map (Differentiate.slopes symbols wrt)

/// An entry of a matrix, numbered from 0.
[<Struct>]
type Entry = { Row: int; Column: int; Value: Expr }

/// <summary>The entries of the Hessian that are not 0, by row, then column. Both halves are listed; the upper is the lower's mirror image and
/// made of the same expressions. An entry in which a variable does not occur costs nothing.</summary>
/// <example><code>
/// (Calculus.hessianSparse [ "x"; "y" ] (x * y)).Length   // -> 2
/// </code></example>
let hessianSparse (wrt: string list) (root: Expr) : Entry list =
    distinct (nameof wrt) wrt
    let symbols, roots = shared [ root ]
    let slopes = Differentiate.slopes symbols wrt roots.Head
    let place = dict (wrt |> List.mapi (fun index name -> name, index))
    let rowsOf = Array.init wrt.Length (fun _ -> List<struct (int * Expr)>())

    for row, slope in List.indexed slopes do
        for name in Graph.variables slope do
            match place.TryGetValue name with
            | true, column when column <= row -> rowsOf[column].Add(struct (row, slope))
            | _ -> ()

    [
        for column, name in List.indexed wrt do
            let rows = List.ofSeq rowsOf[column]

            for struct (row, _), value in
                List.zip rows (Differentiate.derivatives symbols name (rows |> List.map (fun struct (_, slope) -> slope))) do
                if not (symbols.Number.IsZero value) then
                    { Row = row; Column = column; Value = value }

                    if row <> column then { Row = column; Column = row; Value = value }
    ]
    |> List.sortBy (fun entry -> entry.Row, entry.Column)

/// <summary>The second derivatives, one row per variable; each pair is derived once.</summary>
/// <example><code>
/// Calculus.hessian [ "x"; "y" ] (x * y) |> List.map (List.map string >> String.concat ", ") |> String.concat "; "   // -> 0, 1; 1, 0
/// </code></example>
let hessian (wrt: string list) (root: Expr) : Expr list list =
    let entries = dict [ for entry in hessianSparse wrt root -> struct (entry.Row, entry.Column), entry.Value ]
    let zero = Const 0.0

    [
        for row in 0 .. wrt.Length - 1 ->
            [
                for column in 0 .. wrt.Length - 1 ->
                    match entries.TryGetValue(struct (row, column)) with
                    | true, value -> value
                    | _ -> zero
            ]
    ]

/// <summary>The divergence of a vector field: each component by its own variable, added up.</summary>
/// <example><code>
/// Calculus.divergence [ "x"; "y" ] [ x ** 2.0; x * y ] |> string   // -> 3*x
/// </code></example>
let divergence (wrt: string list) (components: Expr list) : Expr =
    sameCount "a divergence" wrt components
    distinct (nameof wrt) wrt
    let symbols, roots = shared components
    List.map2 (derivative symbols) wrt roots |> Number.sum symbols.Number

/// <summary>The curl of a vector field: three components in three variables, or one in two variables, dQ/dx - dP/dy of (P, Q).</summary>
/// <example><code>
/// Calculus.curl [ "x"; "y"; "z" ] [ -y; x; Const 0.0 ] |> List.map string |> String.concat ", "   // -> 0, 0, 2
/// </code></example>
let curl (wrt: string list) (components: Expr list) : Expr list =
    sameCount "a curl" wrt components
    distinct (nameof wrt) wrt
    let symbols, roots = shared components

    let turn (first, p) (second, q) = symbols.Number.Apply Sub [ derivative symbols first q; derivative symbols second p ]

    match List.zip wrt roots with
    | [ x; y ] -> [ turn x y ]
    | [ x; y; z ] -> [ turn y z; turn z x; turn x y ]
    | _ -> invalidArg (nameof wrt) $"a curl is defined in 2 or 3 variables, but there are {wrt.Length}: {names wrt}."

/// <summary>The Laplacian: the second derivatives by each variable, added up.</summary>
/// <example><code>
/// Calculus.laplacian [ "x"; "y" ] (x ** 2.0 + y ** 3.0) |> string   // -> 6*y + 2
/// </code></example>
let laplacian (wrt: string list) (root: Expr) : Expr =
    distinct (nameof wrt) wrt
    let symbols, roots = shared [ root ]
    let slopes = Differentiate.slopes symbols wrt roots.Head
    List.map2 (derivative symbols) wrt slopes |> Number.sum symbols.Number

/// <summary>The Taylor polynomial of an order around a point, in powers of (x - x0); see `Taylor.polynomial`.</summary>
/// <example><code>
/// Calculus.taylor "x" (Const 0.0) 2 (exp x) |> string   // -> 1 + x + x^2/2
/// </code></example>
let taylor (wrt: string) (around: Expr) (order: int) (root: Expr) : Expr = Taylor.polynomial wrt around order root

/// <summary>Variables replaced by expressions, all at the same time: x for y and y for x swaps them. Nothing is simplified, and what does not
/// change keeps its nodes. A name that does not occur changes nothing.</summary>
/// <example><code>
/// Calculus.substitute [ "x", y; "y", x ] (x - 2.0 * y) |> string   // -> y - 2*x
/// </code></example>
let substitute (replacements: (string * Expr) list) (root: Expr) : Expr =
    distinct (nameof replacements) (List.map fst replacements)
    let replacement = dict replacements
    let changed = Dictionary<Expr, Expr>(HashIdentity.Reference)

    for node in Graph.nodes root do
        changed[node] <-
            match node with
            | Const _ -> node
            | Var name ->
                match replacement.TryGetValue name with
                | true, other -> other
                | _ -> node
            | Apply(op, args) ->
                let replaced = args |> List.map (fun arg -> changed[arg])

                if List.forall2 (fun arg other -> obj.ReferenceEquals(arg, other)) args replaced then
                    node
                else
                    Apply(op, replaced)

    changed[root]
