/// What is added to an element first is assigned, wherever the loops go, and nothing else is.
module Zautograd.Tests.Programs.UntouchedTests

open Swensen.Unquote
open Xunit
open Zautograd.Programs
open Zautograd.Programs.Passes
open Zautograd.Programs.Interpret
open Zautograd.Tests.Programs.Dsl

let private i, j = n "i", n "j"
let private add place = acc "w" place (v "x" + real place)
let private clear place = put "w" place (num 0.0)

/// Loops over an array of 12 zeros, and how many of their sums are sums still.
let private loops =
    [
        "each element once", [ over "i" "w" [ add i ] ], 0
        "some elements once", [ loopBy 3 "i" (whole 1) (len "w") [ add i ] ], 0
        "once more", [ upTo "i" 12 [ add i; add i ] ], 1
        "the next element is new, upwards", [ upTo "i" 11 [ add i; add (i + 1) ] ], 1
        "and it is the other one downwards", [ loopBy -1 "i" (whole 10) (whole -1) [ add i; add (i + 1) ] ], 1
        "neither of them is where the rounds leave one out and meet it again", [ upTo "i" 10 [ add (i + 2); add i ] ], 1
        "places that never meet", [ upTo "i" 6 [ add (i * 2); add (i * 2 + 1) ] ], 0
        "rows", [ upTo "i" 3 [ upTo "j" 4 [ add (i * 4 + j) ] ] ], 0
        "rows of a triangle", [ upTo "i" 3 [ loop "j" (whole 0) (i + 1) [ add (i * 3 + j) ] ] ], 0
        "rows that overlap", [ upTo "i" 3 [ upTo "j" 4 [ add (i * 3 + j) ] ] ], 1
        "one element in many rounds", [ upTo "i" 3 [ upTo "j" 4 [ add i ] ] ], 1
        "a loop after another, elsewhere", [ upTo "i" 4 [ add i ]; loop "i" (whole 4) (len "w") [ add i ] ], 0
        "a loop after another, here", [ upTo "i" 4 [ add i ]; upTo "i" 4 [ add i ] ], 1
        "one element, then all others", [ add (whole 0); loop "i" (whole 1) (len "w") [ add i ] ], 0
        "one element, then all", [ add (whole 3); over "i" "w" [ add i ] ], 1
        "cleared at the end of each round", [ upTo "t" 2 [ over "i" "w" [ add i ]; over "i" "w" [ inc "s" (at "w" i); clear i ] ] ], 0
        "cleared by the loop that adds", [ upTo "t" 2 [ over "i" "w" [ add i; inc "s" (at "w" i); clear i ] ] ], 0
        "cleared, then added to", [ upTo "t" 2 [ over "i" "w" [ clear i; add i ] ] ], 0
        "cleared in part", [ upTo "t" 2 [ over "i" "w" [ add i ]; upTo "i" 6 [ clear i ] ] ], 1
        "cleared up to a way out", [ upTo "t" 2 [ over "i" "w" [ add i ]; over "i" "w" [ when' (v "s" <. v "x") [ Break ]; clear i ] ] ], 1
        "cleared now and then", [ upTo "t" 2 [ over "i" "w" [ add i ]; over "i" "w" [ when' (v "s" <. v "x") [ clear i ] ] ] ], 1
        "one way or the other", [ over "i" "w" [ ifelse (i <! whole 5) [ add i ] [ add i ] ] ], 0
        "one way, then both", [ over "i" "w" [ when' (i <! whole 5) [ add i ]; add i ] ], 1
        "rounds of a while loop", [ deci "t" (whole 0); whilst (n "t" <! whole 2) [ over "i" "w" [ add i ]; inci "t" (whole 1) ] ], 1
        "a place that is a variable", [ deci "m" (whole 0); upTo "i" 12 [ seti "m" ((i * 7) % whole 5); add (n "m") ] ], 1
        "a place worked out in the round", [ deci "m" (whole 0); upTo "i" 3 [ seti "m" (i * 4); upTo "j" 4 [ add (n "m" + j) ] ] ], 0
        "a place that changes between the rounds",
        [ deci "m" (whole 0); upTo "i" 12 [ add (n "m"); when' (i <! whole 5) [ seti "m" i ] ] ],
        1
        "an array that another loop declares anew",
        [ upTo "t" 2 [ arr "u" (whole 3); upTo "i" 3 [ acc "u" i (v "x"); inc "s" (at "u" i) ] ] ],
        0
    ]

[<Fact>]
let ``what is added to an element first is assigned, in any loop`` () =
    let sums (program: Program) = Statement.all program.Functions.Head.Body |> List.filter _.IsAccumulate |> List.length

    [
        for what, statements, _ in loops do
            let body =
                [ dec "s" (num 0.0); arr "w" (whole 12) ]
                @ statements
                @ [ over "k" "w" [ inc "s" (at "w" (n "k") * real (n "k" + 1)) ]; ret [ v "s" ] ]

            let program = { Functions = [ Unique.run (single [ x "x" ] 1 body).Functions.Head ] }
            let changed = First.run program
            let result program = fst (run program "f" [ RealItem 0.7 ])
            test <@ (what, result changed) = (what, result program) @>
            what, sums changed
    ]
    =! [ for what, _, left in loops -> what, left ]
