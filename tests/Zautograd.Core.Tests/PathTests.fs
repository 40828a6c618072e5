/// All paths agree, on random expressions over all operations.
module Zautograd.Tests.PathTests

open System.Collections.Generic
open Swensen.Unquote
open Xunit
open Zautograd
open Zautograd.Tests.RandomExpressions
open Zautograd.Tests.Tolerance

/// Agreement of two rows of numbers, relative to the largest of them: entries cancel what others are made of.
let private agree tolerance (expected: float list) (actual: float list) =
    let largest = expected |> List.map abs |> List.max
    List.forall2 (fun p q -> close tolerance p q || abs (p - q) <= tolerance * largest) expected actual

/// The first path that says something else than the first of all, with what both say.
let private dissent tolerance (answers: (string * float list) list) =
    let _, expected = answers.Head

    match answers |> List.filter (fun (_, actual) -> not (agree tolerance expected actual)) with
    | [] -> true
    | others -> failwith $"%A{answers.Head} but %A{others}"

let private gradientOf (case: Case) = (Reverse.gradient Number.floats (List.map fst case.At) (Number.bind case.At) case.Expression |> snd)

/// The derivative of a number that belongs to the case, by differences of two step lengths; nothing where the two are far apart.
let private slope (f: Case -> float) (case: Case) name =
    let moved number = f { case with At = case.At |> List.map (fun (other, old) -> other, (if other = name then number else old)) }

    let x = Number.bind case.At name
    let wide, narrow = differenceBy (1.0 / 1024.0) moved x, differenceBy (1.0 / 8192.0) moved x
    if close 1e-6 wide narrow then Some narrow else None

/// Whether derivatives agree with differences wherever those can judge, which must be nearly everywhere.
let private agreesWithDifferences (judged: int ref) (all: int ref) (f: Case -> float) (case: Case) (derivatives: float list) =
    List.zip case.At derivatives
    |> List.forall (fun ((name, _), derivative) ->
        all.Value <- all.Value + 1

        match slope f case name with
        | None -> true
        | Some difference ->
            judged.Value <- judged.Value + 1
            close 1e-5 difference derivative || failwith $"{name}: difference {difference}, derivative {derivative}")

[<Fact>]
let ``the generator meets every operation, and shares nodes`` () =
    let met = HashSet<Op>()
    let mutable shared = 0

    Points.check 2000 cases (fun case ->
        let args =
            Graph.nodes case.Expression
            |> List.collect (function
                | Apply(op, args) ->
                    met.Add op |> ignore
                    args
                | Const _
                | Var _ -> [])

        if HashSet<Expr>(args, HashIdentity.Reference).Count < args.Length then shared <- shared + 1
        true)

    [
        for rule in Rules.all do
            if rule.Op <> Rem && not (met.Contains rule.Op) then rule.Name // the remainder is left out: RandomExpressions.fs
    ]
    =! []

    let shared = shared
    test <@ shared > 500 @>

[<Fact>]
let ``all paths give the same value and gradient`` () =
    Points.check 2000 cases (fun case ->
        dissent
            Rounding
            [
                for path in Paths.all do
                    let value, gradient = path.Gradient case.Expression case.At
                    path.Name, value :: gradient
            ])

[<Fact>]
let ``all paths give the same second derivatives`` () =
    Points.check 1000 cases (fun case ->
        dissent Rounding [ for path in Paths.second -> path.Name, List.concat (path.Hessian case.Expression case.At) ])

[<Fact>]
let ``the matrix of second derivatives is symmetric`` () =
    Points.check 1000 cases (fun case ->
        Paths.second
        |> List.forall (fun path ->
            let hessian = path.Hessian case.Expression case.At
            agree Rounding (List.concat hessian) (List.concat (List.transpose hessian))))

[<Fact>]
let ``gradients agree with differences of values`` () =
    let judged, all = ref 0, ref 0

    Points.check 1000 cases (fun case -> agreesWithDifferences judged all (fun case -> case.Value case.Expression) case (gradientOf case))

    test <@ judged.Value > all.Value * 9 / 10 @>

[<Fact>]
let ``second derivatives agree with differences of first ones`` () =
    let judged, all = ref 0, ref 0

    Points.check 500 cases (fun case ->
        Paths.second.Head.Hessian case.Expression case.At
        |> List.indexed
        |> List.forall (fun (row, entries) -> agreesWithDifferences judged all (fun case -> List.item row (gradientOf case)) case entries))

    test <@ judged.Value > all.Value * 9 / 10 @>
