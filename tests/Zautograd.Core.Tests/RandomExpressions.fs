/// Random expressions over all operations, each grown at a point at which every step is defined, smooth and of moderate size.
module Zautograd.Tests.RandomExpressions

open System
open FsCheck.FSharp
open Zautograd

/// An expression and a value for each of its variables.
[<StructuredFormatDisplay("{Text}")>]
type Case =
    {
        Expression: Expr
        At: (string * float) list
    }

    member case.Text = $"%O{case.Expression} at %A{case.At}"

    /// The value of an expression at the case's point.
    member case.Value(expression: Expr) = Number.evaluate Number.floats (Number.bind case.At) expression

// What keeps rounding errors small enough to compare different paths: no step multiplies an error by more than this.
let private moderate = 20.0
let private margin = 0.02

/// Whether a step is defined and smooth at its arguments. Slopes towards constants do not matter: a constant power may have a negative base.
let private isSmooth (op: Op) (args: Expr list) (values: float list) =
    let rule = Rules.rule op
    let result = Points.valueOf rule values
    let isModerate number = abs number <= moderate // false for NaN

    let slopesAreModerate =
        List.zip args (Number.slopes Number.floats op values result)
        |> List.forall (fun (arg, slope) ->
            match arg with
            | Const _ -> true
            | Var _
            | Apply _ -> isModerate (slope ()))

    isModerate result && slopesAreModerate && List.forall (Points.isOffBreaks margin rule values) [ 0 .. rule.Arity - 1 ]

/// Whether every step of a case is defined and smooth at its point.
let isSmoothThroughout (case: Case) =
    Graph.nodes case.Expression
    |> List.forall (function
        | Apply(op, args) -> isSmooth op args (args |> List.map case.Value)
        | Const _
        | Var _ -> true)

let private constants = [ 1.0; 2.0; 3.0; -1.0; 0.5; -2.0; 0.1; 4.0 ] |> List.map Const

/// One more node over those there are (the latest first), preferring the latest, shared as it comes; a step that does not fit is left out.
let private grow fits (pool: Expr list) =
    gen {
        // a remainder jumps too often to be compared with differences
        let! op = Rules.all |> List.map _.Op |> List.filter ((<>) Rem) |> Gen.elements
        let latest = Gen.elements (List.truncate 3 pool)
        let any = Gen.oneof [ Gen.elements pool; Gen.elements constants ]
        let args = Gen.listOfLength (Rules.rule op).Arity (Gen.oneof [ latest; any ])
        let! tries = Gen.listOfLength 8 args

        return
            match tries |> List.tryFind (fits op) with
            | Some args -> Apply(op, args) :: pool
            | None -> pool
    }

let rec private growTimes steps fits pool =
    if steps = 0 then Gen.constant (List.head pool) else grow fits pool |> Gen.bind (growTimes (steps - 1) fits)

/// Expressions over the variables of a point, smooth there.
let growAt (at: (string * float) list) : FsCheck.Gen<Expr> =
    let value = Number.evaluate Number.floats (Number.bind at)
    let fits op args = isSmooth op args (List.map value args)
    Gen.choose (1, 14) |> Gen.bind (fun steps -> growTimes steps fits [ for name, _ in at -> Var name ])

/// Every way to make an expression smaller: one of its nodes gives way to an argument of its, wherever it is shared.
let shrink (root: Expr) =
    let replace (node: Expr) (by: Expr) =
        let replaced = Collections.Generic.Dictionary<Expr, Expr>(HashIdentity.Reference)

        for each in Graph.nodes root do
            replaced[each] <-
                match each with
                | _ when obj.ReferenceEquals(each, node) -> by
                | Apply(op, args) -> Apply(op, args |> List.map (fun arg -> replaced[arg]))
                | Const _
                | Var _ -> each

        replaced[root]

    seq {
        for node in List.rev (Graph.nodes root) do
            match node with
            | Apply(_, args) ->
                for arg in args do
                    replace node arg
            | Const _
            | Var _ -> ()
    }

let private shrinkCase (case: Case) =
    shrink case.Expression |> Seq.map (fun smaller -> { case with Expression = smaller }) |> Seq.filter isSmoothThroughout

/// A point for x, y and z.
let points = Gen.listOfLength 3 (Points.inside (-infinity, infinity)) |> Gen.map (fun numbers -> List.zip [ "x"; "y"; "z" ] numbers)

/// Expressions over x, y and z, smooth at their points.
let cases =
    let generate =
        gen {
            let! at = points
            let! expression = growAt at
            return { Expression = expression; At = at }
        }

    Arb.fromGenShrink (generate, shrinkCase)

/// Expressions of any shape at any point, whether they make sense there or not; numbers of every kind among the constants.
let wild =
    let odd = [ 0.0; -0.0; -1.5; 1e-7; 12345.678; 1e300; -2e-300; 0.1 + 0.2; infinity; nan ] |> List.map Const

    let generate =
        gen {
            let! at = points
            let! steps = Gen.choose (1, 12)
            let! numbers = Gen.elements odd |> Gen.listOfLength 2
            let! expression = growTimes steps (fun _ _ -> true) ([ for name, _ in at -> Var name ] @ numbers)
            return { Expression = expression; At = at }
        }

    Arb.fromGenShrink (generate, (fun case -> shrink case.Expression |> Seq.map (fun smaller -> { case with Expression = smaller })))
