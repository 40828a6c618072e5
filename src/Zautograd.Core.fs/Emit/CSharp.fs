/// Expressions as C# source text; what an expression uses twice becomes a local variable.
module Zautograd.Emit.CSharp

open System.Collections.Generic
open Zautograd
open Zautograd.Infix

/// How a kind of C# number writes its constants and where its functions live.
type Dialect = { Constant: float -> string; FunctionsOf: Op -> string }

/// The name of an operation among .NET's mathematical functions.
let functionName (op: Op) =
    match op with
    | Expm1 -> "ExpM1"
    | Log1p -> "LogP1"
    | _ -> sprintf "%A" op

/// Over `double` and `Math`.
let doubles =
    {
        Constant = fun value -> if value = floor value && abs value < 1e15 then number value + ".0" else number value
        FunctionsOf = fun op -> if op = Erf || op = Hypot then "Functions" else "Math"
    }

/// Over any type T of generic math.
let generic =
    {
        Constant =
            function
            | 0.0 -> "T.Zero"
            | 1.0 -> "T.One"
            | -1.0 -> "T.NegativeOne"
            | value -> $"T.CreateChecked({number value})"
        FunctionsOf = fun op -> if op = Erf then "Special" else "T"
    }

let private apply (dialect: Dialect) op args =
    match op, args with
    | Neg, [ a ] -> { Text = "-" + onTheRight Power a; Binds = Product }
    | Add, [ a; b ] -> infix Sum " + " a b
    | Sub, [ a; b ] -> infix Sum " - " a b
    | Mul, [ a; b ] -> infix Product " * " a b
    | Div, [ a; b ] -> infix Product " / " a b
    | Select comparison, [ a; b; c; d ] ->
        let sign =
            match comparison with
            | Less -> "<"
            | LessOrEqual -> "<="
            | Equal -> "=="

        { Text = $"{atLeast Sum a} {sign} {atLeast Sum b} ? {atLeast Sum c} : {d.Text}"; Binds = Piecewise }
    | _ ->
        let arguments = args |> List.map _.Text |> String.concat ", "
        { Text = $"{dialect.FunctionsOf op}.{functionName op}({arguments})"; Binds = Atom }

/// The expressions with squares as products and the table's formulas in place of what C# has no function for; equal parts are one node.
let private lower (roots: Expr list) : Expr list =
    let interned = Interned()

    let rec lowered: Number<Expr> =
        {
            Const = interned.Const
            Apply =
                fun op args ->
                    match op, args with
                    | Pow, [ u; Const 2.0 ] -> interned.Apply(Mul, [ u; u ])
                    | _ -> Number.formula lowered op args |> Option.defaultWith (fun () -> interned.Apply(op, args))
            IsZero = fun _ -> false
        }

    Graph.foldAll interned.Const interned.Var lowered.Apply roots

/// Assignments, in order, that compute named expressions; a local (`t1`, `t2` ...) stands before the first expression that needs it.
/// An expression may use the names of those before it as variables.
let assignments (dialect: Dialect) (named: (string * Expr) list) : (string * string) list =
    let roots = lower (List.map snd named)
    let uses = Dictionary<Expr, int>(HashIdentity.Reference)

    let count node =
        uses[node] <-
            1
            + (match uses.TryGetValue node with
               | true, number -> number
               | _ -> 0)

    for node in Graph.nodesOf roots do
        match node with
        | Apply(_, args) -> List.iter count args
        | Const _
        | Var _ -> ()

    List.iter count roots
    let texts = Dictionary<Expr, Text>(HashIdentity.Reference)
    let written = List<string * string>()
    let mutable locals = 0

    let write node =
        match node with
        | Const value -> { Text = dialect.Constant value; Binds = if value < 0.0 then Product else Atom }
        | Var name -> { Text = name; Binds = Atom }
        | Apply(op, args) ->
            let text = apply dialect op (args |> List.map (fun arg -> texts[arg]))

            if uses[node] = 1 then
                text
            else
                locals <- locals + 1
                written.Add(($"t{locals}", text.Text))
                { Text = $"t{locals}"; Binds = Atom }

    for (name, _), root in List.zip named roots do
        for node in Graph.nodes root do
            if not (texts.ContainsKey node) then texts[node] <- write node

        written.Add((name, texts[root].Text))

    List.ofSeq written
