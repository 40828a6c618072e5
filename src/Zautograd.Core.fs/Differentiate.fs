/// Symbolic differentiation: one case per shape of expression, slopes from the table, every shared node differentiated once.
module Zautograd.Differentiate

open System.Collections.Generic

/// The expressions as nodes of one table, simplified: what is differentiated is abs(u), not sqrt(u^2), whose slopes are infinity times 0 at 0.
let internal enter (symbols: Simplify.Symbols) (roots: Expr list) : Expr list =
    Graph.foldAll symbols.Number.Const symbols.Variable symbols.Number.Apply roots

/// The partial derivatives of an entered expression, by one reverse walk.
let internal slopes (symbols: Simplify.Symbols) (wrt: string list) (root: Expr) : Expr list =
    // the adjoint comes from further out: what it asks is asked first
    Reverse.adjointsBy (fun slope adjoint -> symbols.Times adjoint slope) symbols.Number symbols.Variable root
    |> Reverse.gradientOf symbols.Number wrt

/// <summary>The derivatives of several expressions with respect to one variable, on one shared graph, simplified as they are built.</summary>
/// <example><code>
/// let symbols = Simplify.symbols ()
/// Differentiate.derivatives symbols "x" [ x * y; x ** 2.0 ] |> List.map string |> String.concat ", "   // -> y, 2*x
/// </code></example>
let derivatives (symbols: Simplify.Symbols) (wrt: string) (roots: Expr list) : Expr list =
    let number = symbols.Number
    let zero = number.Const 0.0
    let values = Dictionary<Expr, Expr>(HashIdentity.Reference)
    let tangents = Dictionary<Expr, Expr>(HashIdentity.Reference)

    for node in Graph.nodesOf roots do
        let value, tangent =
            match node with
            | Const c -> number.Const c, zero
            | Var name when name = wrt -> symbols.Variable name, number.Const 1.0
            | Var name -> symbols.Variable name, zero
            | Apply(op, args) ->
                let args, changes = args |> List.map (fun arg -> values[arg], tangents[arg]) |> List.unzip
                let result = number.Apply op args

                // the slopes first: they refuse an argument too many or too few
                let slopes = Number.slopes number op args result

                if List.forall number.IsZero changes then
                    result, zero
                else
                    result, List.map2 (Number.chainBy symbols.Times number) slopes changes |> Number.sum number

        values[node] <- value
        tangents[node] <- tangent

    roots |> List.map (fun root -> tangents[root])

/// <summary>d root / d wrt, simplified. A variable that does not occur gives 0.</summary>
/// <example><code>
/// Differentiate.derivative "x" (x ** 3.0)   // -> 3*x^2
/// </code></example>
let derivative (wrt: string) (root: Expr) : Expr =
    let symbols = Simplify.symbols ()
    derivatives symbols wrt (enter symbols [ root ]) |> symbols.Tidy |> List.head

/// <summary>The partial derivatives of one expression that are not 0, by variable, in one reverse walk on a shared graph: all at the
/// price of a few. What it takes depends on the expression alone, not on how many variables there are elsewhere.</summary>
/// <example><code>(Differentiate.partials (Simplify.symbols ()) (x * y)).Length   // -> 2</code></example>
let partials (symbols: Simplify.Symbols) (root: Expr) : (string * Expr) list =
    let simple = enter symbols [ root ] |> List.head
    let names = Graph.variables simple
    List.zip names (slopes symbols names simple) |> List.filter (snd >> symbols.Number.IsZero >> not)

/// <summary>The same for several expressions on one shared graph, tidied together: the rows of a sparse Jacobian.</summary>
/// <example><code>
/// (Differentiate.rows (Simplify.symbols ()) [ x * y; y ** 2.0 ]).Length   // -> 2
/// </code></example>
let rows (symbols: Simplify.Symbols) (roots: Expr list) : (string * Expr) list list =
    let found = roots |> List.map (partials symbols)
    let tidy = found |> List.concat |> List.map snd |> symbols.Tidy |> Queue

    found
    |> List.map (List.map (fun (name, _) -> name, tidy.Dequeue()))
    |> List.map (List.filter (snd >> symbols.Number.IsZero >> not))

/// <summary>The rows of a sparse Hessian, one for each variable that the gradient depends on: its partial derivatives, the whole on one shared graph.</summary>
/// <example><code>
/// (Differentiate.hessianRows (Simplify.symbols ()) (x ** 2.0 * y)).Length   // -> 2
/// </code></example>
let hessianRows (symbols: Simplify.Symbols) (root: Expr) : (string * (string * Expr) list) list =
    match rows symbols [ root ] with
    | [ gradient ] -> List.zip (List.map fst gradient) (rows symbols (List.map snd gradient))
    | _ -> []

/// <summary>The partial derivatives with respect to several variables, by one reverse walk over expressions; they share their terms.</summary>
/// <example><code>Differentiate.gradient [ "x"; "y" ] z |> List.map string |> String.concat ", "   // -> 1/x + y, x - cos(y)</code></example>
let gradient (wrt: string list) (root: Expr) : Expr list =
    let symbols = Simplify.symbols ()
    enter symbols [ root ] |> List.head |> slopes symbols wrt |> symbols.Tidy
