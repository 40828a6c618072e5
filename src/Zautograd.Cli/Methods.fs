/// The ways to a gradient, side by side: each takes an expression apart once and then answers for any point.
module Zautograd.Cli.Methods

open Zautograd

type Point = (string * float) list

/// The value and the partial derivatives, in the order of the point's variables.
type Gradient = Point -> float * float list

let private forward (root: Expr) (at: Point) =
    let derivative wrt = Forward.derivative Number.floats wrt (Number.bind at) root
    let value = Number.evaluate Number.floats (Number.bind at) root
    value, at |> List.map (fun (name, _) -> (derivative name).Tangent)

let private reverse (root: Expr) (at: Point) = Reverse.gradient Number.floats (List.map fst at) (Number.bind at) root

let private symbolic (root: Expr) (at: Point) =
    let derivatives = Differentiate.gradient (List.map fst at) root
    let numbers = Graph.foldAll Number.floats.Const (Number.bind at) Number.floats.Apply (root :: derivatives)
    List.head numbers, List.tail numbers

let private compiled (_root: Expr) (_at: Point) : float * float list = Refusal.badUsage "--method compiled is not in this build."

/// All methods by name; the first is the usual one.
let all: (string * (Expr -> Gradient)) list = [ "reverse", reverse; "forward", forward; "symbolic", symbolic; "compiled", compiled ]

let names = List.map fst all

let find (name: string) : Expr -> Gradient = all |> List.find (fst >> (=) name) |> snd

/// The value and the matrix of second derivatives, in the order of the point's variables: reverse mode over forward mode.
let hessian (root: Expr) (at: Point) : float * float list list =
    let duals = Forward.duals Number.floats
    let names = List.map fst at

    let row wrt =
        let seeded name = { Value = Number.bind at name; Tangent = (if name = wrt then 1.0 else 0.0) }

        Reverse.gradient duals names seeded root |> snd |> List.map _.Tangent

    Number.evaluate Number.floats (Number.bind at) root, List.map row names
