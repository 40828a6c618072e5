/// The functions that are read and run, with arguments for each.
module Zautograd.Tests.Programs.Quoted

open System
open System.Reflection
open FSharp.Quotations
open FSharp.Reflection
open Zautograd.Programs.Interpret
open Zautograd.Tests.Programs

type Case = { Name: string; Quotation: Expr; Method: MethodInfo; Args: Item list }

let rec private methodOf quotation =
    match quotation with
    | Patterns.Lambda(_, body)
    | Patterns.Let(_, _, body) -> methodOf body
    | Patterns.Call(_, method, _) -> method
    | other -> failwith $"no call: {other}"

let private case (quotation: Expr) (args: Item list list) =
    let method = methodOf quotation

    [
        for index, args in List.indexed args -> { Name = $"{method.Name} {index + 1}"; Quotation = quotation; Method = method; Args = args }
    ]

let private r x = RealItem x
let private k n = IntItem n
let private a xs = RealArray(Array.ofList xs)
let private ks ns = IntArray(Array.ofList ns)
let private some n offset = a [ for i in 0 .. n - 1 -> Math.Round(sin (float (3 * i + offset) * 1.7) * 0.9 + 0.1, 4) ]
let private above n offset = a [ for i in 0 .. n - 1 -> Math.Round(1.5 + sin (float (3 * i + offset) * 1.7), 4) ]

let private boxed item =
    match item with
    | RealItem x -> box x
    | IntItem n -> box n
    | LongItem n -> box n
    | BoolItem b -> box b
    | RealArray xs -> box xs
    | IntArray ns -> box ns

let rec private items (value: objnull) : Item list =
    match value with
    | null -> []
    | :? float as x -> [ RealItem x ]
    | :? int as n -> [ IntItem n ]
    | :? bool as b -> [ BoolItem b ]
    | tuple -> FSharpValue.GetTupleFields tuple |> List.ofArray |> List.collect items

let isArray item =
    match item with
    | RealArray _
    | IntArray _ -> true
    | _ -> false

/// What the function gives when it runs as the code that it is: its results, then its arrays.
let asCode (case: Case) : Item list =
    let args = Paths.copy case.Args
    let results = case.Method.Invoke(null, [| for arg in args -> boxed arg |])
    items results @ List.filter isArray args

let private constructs =
    let spd n = a [ for i in 0 .. n * n - 1 -> (if i % (n + 1) = 0 then 4.0 else 0.3 + 0.1 * float (min (i / n) (i % n))) ]

    List.concat
        [
            case <@ QuotedConstructs.locals @> [ [ r 0.7; r 1.3 ] ]
            case <@ QuotedConstructs.branches @> [ [ r 2.0; r 1.0 ]; [ r 0.6; r 1.5 ]; [ r -1.0; r 2.0 ]; [ r -1.0; r 20.0 ] ]
            case <@ QuotedConstructs.branchesWithStatements @> [ [ r 2.0; r 1.0 ]; [ r 0.5; r 1.5 ] ]
            case <@ QuotedConstructs.negatedBranch @> [ [ r 2.0 ]; [ r 200.0 ] ]
            case <@ QuotedConstructs.shadowed @> [ [ r 2.0 ]; [ r 0.2 ] ]
            case
                <@ QuotedConstructs.bools @>
                [
                    for x in [ 0.5; 2.0 ] do
                        for flag in [ true; false ] do
                            for n in [ 1; 2 ] -> [ r x; BoolItem flag; k n ]
                ]
            case <@ QuotedConstructs.matches @> [ [ k 0; r 2.0 ]; [ k 1; r 2.0 ]; [ k 1; r 0.5 ]; [ k 7; r 2.0 ]; [ k 3; r 2.0 ] ]
            case <@ QuotedConstructs.tuples @> [ [ r 0.7; r 1.3 ] ]
            case <@ QuotedConstructs.swapped @> [ [ r 0.7; r 1.3 ] ]
            case <@ QuotedConstructs.structTuples @> [ [ r 1.5; k 3 ] ]
            case <@ QuotedConstructs.several @> [ [ r 1.5; r 0.4 ] ]
            case <@ QuotedConstructs.ints @> [ [ r 1.5; k 5 ]; [ r -0.5; k -9 ]; [ r 2.5; k 2 ] ]
            case <@ QuotedConstructs.powers @> [ [ r 1.5; k 5 ]; [ r 0.5; k -2 ]; [ r 2.5; k 0 ] ]
            case <@ QuotedConstructs.functions @> [ [ r 0.7; r 1.3 ]; [ r 1.9; r -0.4 ] ]
            case <@ QuotedConstructs.ownFunctions @> [ [ r 0.7; r 1.3 ]; [ r 1.9; r -0.4 ] ]
            case <@ QuotedConstructs.pipes @> [ [ r 0.7; r 0.3 ]; [ r 1.9; r 2.4 ] ]
            case <@ QuotedConstructs.constants @> [ [ r 0.7 ] ]
            case <@ QuotedConstructs.upward @> [ [ some 4 1 ]; [ some 1 2 ] ]
            case <@ QuotedConstructs.downward @> [ [ some 4 1 ]; [ a [] ] ]
            case <@ QuotedConstructs.inSteps @> [ [ some 7 1; k 1 ]; [ some 6 1; k 2 ]; [ some 3 1; k 3 ] ]
            case <@ QuotedConstructs.emptyLoops @> [ [ r 1.3; k 3 ] ]
            case <@ QuotedConstructs.overArray @> [ [ some 4 1; ks [ 2; 0; 2 ] ]; [ some 4 1; ks [] ] ]
            case <@ QuotedConstructs.boundsOnce @> [ [ r 1.3 ] ]
            case <@ QuotedConstructs.whiles @> [ [ r 0.9 ]; [ r 7.0 ]; [ r 7000.0 ] ]
            case <@ QuotedConstructs.nested @> [ [ above 4 1; k 5 ]; [ some 2 1; k 0 ] ]
            case <@ QuotedConstructs.inPlace @> [ [ some 4 1; k 2 ]; [ some 4 1; k 0 ] ]
            case <@ QuotedConstructs.made @> [ [ r 1.2; k 3 ] ]
            case <@ QuotedConstructs.aliases @> [ [ some 3 1 ] ]
            case <@ QuotedConstructs.arrayFunctions @> [ [ some 4 1; ks [ 3; 1 ] ] ]
            case <@ QuotedConstructs.indexOfIndex @> [ [ some 4 1; ks [ 0; 2 ] ]; [ some 4 1; ks [ 1; 2 ] ] ]
            case <@ QuotedConstructs.freshInLoop @> [ [ some 4 1 ] ]
            case <@ QuotedConstructs.calls @> [ [ r 0.7; r 1.3; k 3 ]; [ r 1.7; r 0.31; k 4 ] ]
            case <@ QuotedConstructs.callsThatChange @> [ [ some 3 1 ] ]
            case <@ QuotedConstructs.order @> [ [ above 3 1 ]; [ a [ -1.0; -2.0 ] ] ]
            case <@ QuotedConstructs.owners @> [ [ r 0.8 ] ]
            case <@ QuotedConstructs.namesakes @> [ [ above 3 1 ] ]
            case <@ QuotedConstructs.conditionWithCalls @> [ [ above 2 1 ]; [ a [ 30.0; 1.0 ] ]; [ a [ 0.01; 1.0 ] ] ]
            case <@ QuotedConstructs.inner @> [ [ r 0.7; some 3 1 ] ]
            case <@ QuotedConstructs.lambdas @> [ [ r 0.7; r 1.4 ] ]
            case <@ QuotedConstructs.determinant @> [ [ spd 1; k 1 ]; [ spd 3; k 3 ] ]
            case <@ QuotedPrograms.cholesky @> [ [ spd 3; k 3 ] ]
            case <@ QuotedPrograms.solve @> [ [ spd 3; some 3 1 ] ]
        ]

let private programs =
    List.concat
        [
            case <@ QuotedPrograms.horner @> [ [ some 5 1; r 0.8 ] ]
            case <@ QuotedPrograms.logistic @> [ for n in [ 0; 1; 4; 9 ] -> [ r 0.3; r 3.7; k n ] ]
            case <@ QuotedPrograms.newtonRoot @> [ [ r 2.0 ]; [ r 0.3 ] ]
            case <@ QuotedPrograms.bisection @> [ [ r 5.0 ] ]
            case <@ QuotedPrograms.prefixSums @> [ [ some 5 1 ]; [ a [] ] ]
            case <@ QuotedPrograms.dot @> [ [ some 4 1; some 4 2 ] ]
            case <@ QuotedPrograms.matrixVector @> [ [ some 6 1; some 3 2; some 2 3 ] ]
            case <@ QuotedPrograms.logSumExp @> [ [ some 5 1 ] ]
            case <@ QuotedPrograms.rungeKutta @> [ [ r 10.0; r 5.0; r 0.05; k 4 ] ]
            case <@ QuotedPrograms.kMeans @> [ [ some 8 1; some 4 2; k 2 ] ]
            case <@ QuotedPrograms.bubbleSort @> [ [ some 5 1 ] ]
            case <@ QuotedPrograms.histogram @> [ [ some 5 1; ks [ 0; 1; 2; 1; 5 ]; some 4 2 ] ]
            case <@ QuotedPrograms.recurrentCell @> [ [ some 8 1; some 4 2 ] ]
            case <@ QuotedPrograms.mixture @> [ [ some 2 1; some 2 2; above 2 3; some 4 4 ] ]
            case <@ QuotedPrograms.regression @> [ [ some 3 1; some 8 2; a [ 0.1; 3.0; -2.0; 0.4 ] ] ]
            case <@ QuotedPrograms.network @> [ [ some 9 1; some 4 2; some 2 3; r 0.3 ] ]
            case <@ QuotedPrograms.viterbi @> [ [ some 6 1; some 4 2; k 2 ] ]
            case <@ QuotedPrograms.blackScholes @> [ [ r 100.0; r 95.0; r 0.02; r 0.3; r 0.5 ] ]
            case <@ QuotedPrograms.heat @> [ [ some 6 1; r 0.2; k 3 ] ]
            case <@ QuotedPrograms.simpson @> [ [ r 0.1; r 1.4; k 6 ] ]
            case <@ QuotedPrograms.continuedFraction @> [ [ r 0.8; k 5 ] ]
            case <@ QuotedPrograms.ackermannLike @> [ [ r 0.8; k 4 ] ]
            case <@ QuotedPrograms.collatz @> [ [ r 0.8; k 7 ] ]
            case <@ QuotedPrograms.softmaxLoss @> [ [ some 6 1; some 2 2; k 1 ] ]
        ]

let all: Case list = constructs @ programs
