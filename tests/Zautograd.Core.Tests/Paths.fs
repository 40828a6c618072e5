/// Every way from an expression to its derivatives. A test that walks these lists holds on all paths.
module Zautograd.Tests.Paths

open Zautograd

type Point = (string * float) list

/// A path to the value and to the derivatives with respect to the point's variables, in their order.
type Path = { Name: string; Gradient: Expr -> Point -> float * float list }

/// One forward evaluation per variable.
let private forward name (number: Number<'t>) (pair: float -> float -> 't) (valueOf: 't -> float) (tangentOf: 't -> float) =
    let gradient expression (at: Point) =
        let along wrt = Number.evaluate number (fun name -> pair (Number.bind at name) (if name = wrt then 1.0 else 0.0)) expression

        let results = at |> List.map (fst >> along)
        valueOf results.Head, List.map tangentOf results

    { Name = name; Gradient = gradient }

let private value (at: Point) = Number.evaluate Number.floats (Number.bind at)

let private symbolic name (derivatives: string list -> Expr -> Expr list) =
    {
        Name = name
        Gradient = fun expression at -> value at expression, derivatives (List.map fst at) expression |> List.map (value at)
    }

let private backward expression (at: Point) =
    let leaves = [ for name, number in at -> name, Value number ]

    let bind = Number.bind [ for name, leaf in leaves -> name, FacadeNumbers.Recorded leaf ]

    match Number.evaluate FacadeNumbers.values bind expression with
    | FacadeNumbers.Recorded result ->
        result.Backward()
        result.Data, [ for _, leaf in leaves -> leaf.Grad ]
    | FacadeNumbers.Plain constant -> constant, [ for _ in leaves -> 0.0 ]

/// All paths to first derivatives. (Reading the expression from a quotation or a lambda belongs here: one more row.)
let all: Path list =
    [
        forward "forward" (Forward.duals Number.floats) (fun v t -> { Value = v; Tangent = t }) _.Value _.Tangent
        {
            Name = "reverse"
            Gradient = fun expression at -> Reverse.gradient Number.floats (List.map fst at) (Number.bind at) expression
        }
        symbolic "symbolic derivative" (fun wrt expression -> wrt |> List.map (fun name -> Differentiate.derivative name expression))
        symbolic "symbolic gradient" Differentiate.gradient
        forward "Dual" FacadeNumbers.duals<Dual<float>> (fun v t -> Dual<float>(v, t)) _.Value _.Tangent
        { Name = "Value"; Gradient = backward }
        forward "Elementals" FacadeNumbers.pairs (fun v t -> struct (v, t)) (fun (struct (v, _)) -> v) (fun (struct (_, t)) -> t)
    ]

/// A path to the matrix of second derivatives.
type SecondPath = { Name: string; Hessian: Expr -> Point -> float list list }

/// One evaluation in duals of duals for each pair of variables.
let private nested name (number: Number<'t>) (dual: float -> float -> float -> 't) (second: 't -> float) =
    let entry expression (at: Point) outer inner =
        let seed name wrt = if name = wrt then 1.0 else 0.0
        Number.evaluate number (fun name -> dual (Number.bind at name) (seed name outer) (seed name inner)) expression |> second

    {
        Name = name
        Hessian = fun expression at -> [ for outer, _ in at -> [ for inner, _ in at -> entry expression at outer inner ] ]
    }

let private overDuals expression (at: Point) =
    let duals = Forward.duals Number.floats

    [
        for wrt, _ in at do
            let variable name = { Value = Number.bind at name; Tangent = (if name = wrt then 1.0 else 0.0) }
            [ for adjoint in snd (Reverse.gradient duals (List.map fst at) variable expression) -> adjoint.Tangent ]
    ]

/// All paths to second derivatives.
let second: SecondPath list =
    [
        nested
            "duals of duals"
            (Forward.duals (Forward.duals Number.floats))
            (fun v o i -> { Value = { Value = v; Tangent = i }; Tangent = { Value = o; Tangent = 0.0 } })
            _.Tangent.Tangent
        nested
            "Dual of Dual"
            FacadeNumbers.duals<Dual<Dual<float>>>
            (fun v o i -> Dual<Dual<float>>(Dual<float>(v, i), Dual<float>(o, 0.0)))
            _.Tangent.Tangent
        { Name = "reverse over duals"; Hessian = overDuals }
        {
            Name = "symbolic twice"
            Hessian =
                fun expression at ->
                    [
                        for outer, _ in at do
                            let first = Differentiate.derivative outer expression
                            [ for inner, _ in at -> value at (Differentiate.derivative inner first) ]
                    ]
        }
        {
            Name = "symbolic gradient of gradients"
            Hessian =
                fun expression at ->
                    let wrt = List.map fst at
                    [ for first in Differentiate.gradient wrt expression -> Differentiate.gradient wrt first |> List.map (value at) ]
        }
    ]
