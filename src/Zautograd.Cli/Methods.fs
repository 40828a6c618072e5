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

/// Compiled once for an expression; every point then runs machine code.
let private compiled (root: Expr) : Gradient =
    let programs = System.Collections.Generic.Dictionary<string list, CompiledGradient>()

    fun at ->
        let names = List.map fst at

        let program =
            match programs.TryGetValue names with
            | true, known -> known
            | _ ->
                let built = Compile.gradient names root
                programs[names] <- built
                built

        let gradient = Array.zeroCreate names.Length
        let value = program.Invoke([| for _, number in at -> number |], gradient)
        value, List.ofArray gradient

/// All methods by name; the first is the usual one.
let all: (string * (Expr -> Gradient)) list = [ "reverse", reverse; "forward", forward; "symbolic", symbolic; "compiled", compiled ]

let names = List.map fst all

/// A method by name. What a row of the table refuses, as clamp with crossed bounds, every method refuses.
let find (name: string) : Expr -> Gradient =
    let method = all |> List.find (fst >> (=) name) |> snd

    fun root ->
        let compute = method root

        fun at ->
            Number.evaluate Number.floats (Number.bind at) root |> ignore
            compute at

/// The value and the matrix of second derivatives, in the order of the point's variables: reverse mode over forward mode.
let hessian (root: Expr) (at: Point) : float * float list list =
    let duals = Forward.duals Number.floats
    let names = List.map fst at

    let row wrt =
        let seeded name = { Value = Number.bind at name; Tangent = (if name = wrt then 1.0 else 0.0) }

        Reverse.gradient duals names seeded root |> snd |> List.map _.Tangent

    Number.evaluate Number.floats (Number.bind at) root, List.map row names
