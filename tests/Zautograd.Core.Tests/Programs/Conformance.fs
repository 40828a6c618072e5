/// The conformance set: programs that a person would write, each with inputs. Every way to a derivative must agree on all of them.
module Zautograd.Tests.Programs.Conformance

open Zautograd
open Zautograd.Programs
open Zautograd.Programs.Interpret
open Zautograd.Tests.Programs.Dsl

type Case = { Name: string; Program: Program; Args: Item list }

let private case name program args = { Name = name; Program = program; Args = args }
let private r x = RealItem x
let private a values = RealArray(Array.ofList values)
let private k n = IntItem n
let private zeros n = RealArray(Array.zeroCreate n)
// numbers without a pattern, the same in every run
let private some n offset = RealArray(Array.init n (fun i -> System.Math.Round(sin (float (3 * i + offset) * 1.7) * 0.9 + 0.1, 4)))
let private above n offset = RealArray(Array.init n (fun i -> System.Math.Round(1.5 + sin (float (3 * i + offset) * 1.7), 4)))
let private i, j, l = n "i", n "j", n "l"

// ---- loops over arrays

let private products =
    let body = [ dec "p" (num 1.0); over "i" "x" [ set "p" (v "p" * at "x" i) ]; ret [ v "p" ] ]

    let runningSums =
        [ dec "s" (num 0.0); dec "t" (num 0.0); over "i" "x" [ inc "s" (at "x" i); inc "t" (sq (v "s")) ]; ret [ v "t"; v "s" ] ]

    [
        for length in [ 0; 1; 2; 5 ] do
            case $"product of {length}" (single [ xs "x" ] 1 body) [ above length 1 ]
            case $"running sum of {length}, squared" (single [ xs "x" ] 2 runningSums) [ some length 2 ]
        case "product with a zero in it" (single [ xs "x" ] 1 body) [ a [ 2.0; 0.0; 3.0 ] ]
        case "product backwards by 2" (single [ xs "x" ] 1 [ dec "p" (num 1.0); loopBy -2 "i" (len "x" - 1) (whole -1) [ set "p" (v "p" * at "x" i) ]; ret [ v "p" ] ]) [ above 5 3 ]
        case
            "product by 3, bounds that change"
            (single [ xs "x" ] 1 [ deci "m" (len "x"); dec "p" (num 1.0); loopBy 3 "i" (whole 1) (n "m") [ set "p" (v "p" * at "x" i); seti "m" (n "m" - 1) ]; ret [ v "p" * real (n "m") ] ])
            [ above 9 3 ]
    ]

let logistic n = single [ x "v0"; x "rate" ] 1 [ dec "v" (v "v0"); upTo "i" n [ set "v" (v "rate" * v "v" * (1.0 - v "v")) ]; ret [ v "v" ] ]

let private logistics = [ for n in 1..10 -> case $"logistic map, {n} steps" (logistic n) [ r 0.3; r 4.0 ] ]

let private arrays =
    [
        case "prefix sums in place" (single [ io "x" ] 0 [ loop "i" (whole 1) (len "x") [ put "x" i (at "x" i + at "x" (i - 1)) ]; Return [] ]) [ some 6 1 ]
        case "prefix products in place" (single [ io "x" ] 0 [ loop "i" (whole 1) (len "x") [ put "x" i (at "x" i * at "x" (i - 1)) ]; Return [] ]) [ above 6 1 ]
        case "each element squared, twice" (single [ io "x" ] 0 [ upTo "t" 2 [ over "i" "x" [ put "x" i (sq (at "x" i)) ] ]; Return [] ]) [ some 4 1 ]
        case
            "array reversed in place"
            (single [ io "x" ] 1 [
                dec "t" (num 0.0)
                deci "m" (len "x")
                loop "i" (whole 0) (n "m" / 2) [ set "t" (at "x" i); put "x" i (at "x" (n "m" - 1 - i)); put "x" (n "m" - 1 - i) (v "t") ]
                ret [ at "x" (whole 0) * v "t" ]
            ])
            [ some 5 1 ]
        case "dot product, accumulated into the last element" (single [ xs "x"; io "y" ] 0 [ over "i" "x" [ acc "y" (len "y" - 1) (at "x" i * sin' (at "x" i)) ]; Return [] ]) [ some 4 1; some 3 2 ]
        case "moving average, two arrays" (single [ xs "x"; io "y" ] 0 [ loop "i" (whole 1) (len "x" - 1) [ put "y" i ((at "x" (i - 1) + at "x" i + at "x" (i + 1)) / 3.0) ]; Return [] ]) [
            some 6 1
            some 6 2
        ]
        case
            "stencil, five sweeps"
            (single [ io "u"; x "c" ] 0 [
                upTo "t" 5 [
                    arr "w" (len "u")
                    loop "i" (whole 1) (len "u" - 1) [ put "w" i (at "u" i + v "c" * (at "u" (i - 1) - 2.0 * at "u" i + at "u" (i + 1))) ]
                    loop "i" (whole 1) (len "u" - 1) [ put "u" i (at "w" i) ]
                ]
                Return []
            ])
            [ some 6 1; r 0.2 ]
        case
            "Burgers' equation"
            (single [ io "u"; x "dt" ] 1 [
                dec "old" (num 0.0)
                dec "new" (num 0.0)
                upTo "t" 4 [
                    set "old" (at "u" (whole 0))
                    loop "i" (whole 1) (len "u") [ set "new" (at "u" i - v "dt" * at "u" i * (at "u" i - v "old")); set "old" (at "u" i); put "u" i (v "new") ]
                ]
                ret [ v "old" ]
            ])
            [ above 5 1; r 0.1 ]
        case "polynomial by its coefficients (Horner)" (single [ xs "c"; x "x" ] 1 [ dec "s" (num 0.0); loopBy -1 "i" (len "c" - 1) (whole -1) [ set "s" (v "s" * v "x" + at "c" i) ]; ret [ v "s" ] ]) [
            some 6 1
            r 0.7
        ]
        case
            "polynomial and derivative"
            (single [ xs "c"; x "x" ] 2 [
                dec "s" (num 0.0)
                dec "d" (num 0.0)
                loopBy -1 "i" (len "c" - 1) (whole -1) [ set "d" (v "d" * v "x" + v "s"); set "s" (v "s" * v "x" + at "c" i) ]
                ret [ v "s"; v "d" ]
            ])
            [ some 5 1; r 0.7 ]
        case "polynomial by powers" (single [ xs "c"; x "x" ] 1 [ dec "s" (num 0.0); dec "p" (num 1.0); over "i" "c" [ inc "s" (at "c" i * v "p"); set "p" (v "p" * v "x") ]; ret [ v "s" ] ]) [
            some 5 1
            r 0.7
        ]
        case
            "Chebyshev series (Clenshaw)"
            (single [ xs "c"; x "x" ] 1 [
                dec "b1" (num 0.0)
                dec "b2" (num 0.0)
                dec "t" (num 0.0)
                loopBy -1 "i" (len "c" - 1) (whole 0) [ set "t" (2.0 * v "x" * v "b1" - v "b2" + at "c" i); set "b2" (v "b1"); set "b1" (v "t") ]
                ret [ v "x" * v "b1" - v "b2" + at "c" (whole 0) ]
            ])
            [ some 6 1; r 0.3 ]
        case "continued fraction" (single [ xs "c" ] 1 [ dec "s" (at "c" (len "c" - 1)); loopBy -1 "i" (len "c" - 2) (whole -1) [ set "s" (at "c" i + 1.0 / v "s") ]; ret [ v "s" ] ]) [ above 5 1 ]
        case
            "Fibonacci with swaps"
            (single [ x "a"; x "b" ] 1 [ dec "p" (v "a"); dec "q" (v "b"); dec "t" (num 0.0); upTo "i" 7 [ set "t" (v "p" + sin' (v "q")); set "p" (v "q"); set "q" (v "t") ]; ret [ v "q" ] ])
            [ r 0.3; r 0.5 ]
        case "geometric mean" (single [ xs "x" ] 1 [ dec "s" (num 0.0); over "i" "x" [ inc "s" (log' (at "x" i)) ]; ret [ exp' (v "s" / real (len "x")) ] ]) [ above 4 1 ]
        case
            "mean and variance, one pass (Welford)"
            (single [ xs "x" ] 2 [
                dec "m" (num 0.0)
                dec "s" (num 0.0)
                dec "d" (num 0.0)
                over "i" "x" [ set "d" (at "x" i - v "m"); inc "m" (v "d" / real (i + 1)); inc "s" (v "d" * (at "x" i - v "m")) ]
                ret [ v "m"; v "s" / real (len "x" - 1) ]
            ])
            [ some 6 1 ]
        case "softmax in place" (single [ io "x" ] 0 [ dec "s" (num 0.0); over "i" "x" [ put "x" i (exp' (at "x" i)); inc "s" (at "x" i) ]; over "j" "x" [ put "x" j (at "x" j / v "s") ]; Return [] ]) [
            some 4 1
        ]
        case "indices from an array" (single [ xs "x"; ints "k" ] 1 [ dec "s" (num 1.0); over "i" "k" [ set "s" (v "s" * at "x" (iat "k" i) + at "x" i) ]; ret [ v "s" ] ]) [
            some 4 1
            IntArray [| 3; 0; 0; 2 |]
        ]
        case
            "histogram with computed indices"
            (single [ xs "x"; ints "bin"; io "h" ] 0 [
                over "i" "x" [ acc "h" (iat "bin" i) (sq (at "x" i)); when' (at "h" (iat "bin" i) >. num 1.0) [ put "h" (iat "bin" i) (sqrt' (at "h" (iat "bin" i))) ] ]
                Return []
            ])
            [ above 6 1; IntArray [| 0; 2; 2; 1; 0; 2 |]; above 3 4 ]
        case "histogram by distance, soft" (single [ xs "x"; io "h" ] 0 [ over "i" "x" [ over "j" "h" [ acc "h" j (exp' (-sq(at "x" i - real j))) ] ]; Return [] ]) [ above 4 1; zeros 3 ]
        case
            "permutation followed, then cleared"
            (single [ io "x"; work "p" ] 1 [
                dec "s" (num 1.0)
                deci "q" (whole 0)
                upTo "t" 3 [ set "s" (v "s" * at "x" (n "q")); put "x" (n "q") (v "s"); seti "q" (iat "p" (n "q")); puti "p" (n "q") (iat "p" (n "q") + 0) ]
                ret [ v "s" ]
            ])
            [ above 4 1; IntArray [| 2; 0; 1; 3 |] ]
        case
            "an index that reads its own array"
            (single [ xs "x"; work "p" ] 1 [
                dec "s" (num 1.0)
                upTo "t" 3 [ puti "p" (iat "p" (whole 0)) (iat "p" (whole 1)); set "s" (v "s" * at "x" (iat "p" (whole 2)) + at "x" (iat "p" (whole 0))) ]
                ret [ v "s" ]
            ])
            [ above 4 1; IntArray [| 2; 0; 1; 3 |] ]
        case
            "an index that depends on the stored array"
            (single [ io "x" ] 0 [ upTo "t" 3 [ put "x" (ipick (at "x" (whole 0) <. num 0.5) (whole 0) (whole 1)) (sq (at "x" (whole 0)) + at "x" (whole 1)) ]; Return [] ])
            [ a [ 0.2; 0.6; 1.0 ] ]
        case
            "last seen maximum, and where"
            (single [ xs "x" ] 1 [
                dec "m" (at "x" (whole 0))
                deci "w" (whole 0)
                over "i" "x" [ when' (at "x" i >. v "m") [ set "m" (at "x" i); seti "w" i ] ]
                ret [ v "m" * at "x" ((n "w" + 1) % len "x") ]
            ])
            [ some 5 1 ]
        case "maximum by max" (single [ xs "x" ] 1 [ dec "m" (at "x" (whole 0)); over "i" "x" [ set "m" (max' (v "m") (at "x" i)) ]; ret [ sq (v "m") ] ]) [ some 5 1 ]
        case
            "log-sum-exp with max"
            (single [ xs "x" ] 1 [
                dec "m" (at "x" (whole 0))
                loop "i" (whole 1) (len "x") [ set "m" (max' (v "m") (at "x" i)) ]
                dec "s" (num 0.0)
                over "i" "x" [ inc "s" (exp' (at "x" i - v "m")) ]
                ret [ v "m" + log' (v "s") ]
            ])
            [ some 5 1 ]
        case "convolution" (single [ xs "x"; xs "h"; io "y" ] 0 [ over "i" "x" [ over "j" "h" [ acc "y" (i + j) (at "x" i * at "h" j) ] ]; Return [] ]) [ some 4 1; some 3 2; zeros 6 ]
        case
            "zero rounds"
            (single [ x "x"; xs "a" ] 1 [
                dec "s" (v "x")
                loop "i" (whole 3) (whole 3) [ set "s" (num 7.0) ]
                loop "i" (whole 5) (whole 2) [ set "s" (num 7.0) ]
                over "i" "a" [ set "s" (num 7.0) ]
                ret [ sq (v "s") ]
            ])
            [ r 0.3; zeros 0 ]
        case "triangular loops" (single [ xs "x" ] 1 [ dec "s" (num 0.0); over "i" "x" [ loop "j" (whole 0) i [ loop "l" j i [ inc "s" (at "x" i * at "x" j * at "x" l) ] ] ]; ret [ v "s" ] ]) [
            some 4 1
        ]
    ]

// ---- linear algebra, matrices flattened by rows

let private m array row column = at array (row * n "d" + column)
let private dimension = deci "d" (whole 3)

let private choleskyBody =
    [
        arr "c" (whole 9)
        dimension
        dec "s" (num 0.0)
        upTo "i" 3 [
            loop "j" (whole 0) (i + 1) [
                set "s" (m "a" i j)
                loop "l" (whole 0) j [ set "s" (v "s" - m "c" i l * m "c" j l) ]
                ifelse (i =!! j) [ put "c" (i * n "d" + j) (sqrt' (v "s")) ] [ put "c" (i * n "d" + j) (v "s" / m "c" j j) ]
            ]
        ]
    ]

// b is overwritten by the solution
let private luBody =
    [
        dimension
        dec "q" (num 0.0)
        upTo "l" 3 [
            loop "i" (l + 1) (n "d") [ set "q" (m "a" i l / m "a" l l); loop "j" l (n "d") [ put "a" (i * n "d" + j) (m "a" i j - v "q" * m "a" l j) ]; put "b" i (at "b" i - v "q" * at "b" l) ]
        ]
        loopBy -1 "i" (whole 2) (whole -1) [ loop "j" (i + 1) (n "d") [ put "b" i (at "b" i - m "a" i j * at "b" j) ]; put "b" i (at "b" i / m "a" i i) ]
    ]

let private spd = a [ 4.0; 1.0; 0.5; 1.0; 3.0; 0.2; 0.5; 0.2; 2.0 ]

let determinant =
    // by recursion over minors: rows from `row` on, columns not yet used
    program [
        func "det" [ xs "a"; work "used"; int' "row"; int' "d" ] [ Real ] [
            when' (n "row" =!! n "d") [ ret [ num 1.0 ] ]
            dec "s" (num 0.0)
            dec "sign" (num 1.0)
            dec "minor" (num 0.0)
            loop "j" (whole 0) (n "d") [
                when' (iat "used" j =!! whole 0) [
                    puti "used" j (whole 1)
                    Call([ "minor" ], "det", [ Variable "a"; Variable "used"; Integer(Plus, Variable "row", Whole 1); Variable "d" ])
                    puti "used" j (whole 0)
                    inc "s" (v "sign" * at "a" (n "row" * n "d" + j) * v "minor")
                    set "sign" (-(v "sign"))
                ]
            ]
            ret [ v "s" ]
        ]
        func "f" [ xs "a"; work "used"; int' "d" ] [ Real ] [ dec "value" (num 0.0); Call([ "value" ], "det", [ Variable "a"; Variable "used"; Whole 0; Variable "d" ]); ret [ v "value" ] ]
    ]

let minors =
    // by recursion over minors, each an array of its own
    program [
        func "f" [ xs "a"; int' "size" ] [ Real ] [
            when' (n "size" =!! whole 1) [ ret [ at "a" (whole 0) ] ]
            deci "rest" (n "size" - 1)
            arr "minor" (n "rest" * n "rest")
            dec "sum" (num 0.0)
            dec "sign" (num 1.0)
            loop "column" (whole 0) (n "size") [
                loop "i" (whole 0) (n "rest") [ loop "j" (whole 0) (n "rest") [ put "minor" (i * n "rest" + j) (at "a" ((i + 1) * n "size" + ipick (j <! n "column") j (j + 1))) ] ]
                dec "below" (num 0.0)
                Call([ "below" ], "f", [ Variable "minor"; Variable "rest" ])
                inc "sum" (v "sign" * at "a" (n "column") * v "below")
                set "sign" (-(v "sign"))
            ]
            ret [ v "sum" ]
        ]
    ]

let private algebra =
    [
        case "matrix times vector" (single [ xs "a"; xs "x"; io "y" ] 0 [ dimension; upTo "i" 3 [ put "y" i (num 0.0); upTo "j" 3 [ acc "y" i (m "a" i j * at "x" j) ] ]; Return [] ]) [
            some 9 1
            some 3 2
            some 3 5
        ]
        case "quadratic form" (single [ xs "a"; xs "x" ] 1 [ dimension; dec "s" (num 0.0); upTo "i" 3 [ upTo "j" 3 [ inc "s" (at "x" i * m "a" i j * at "x" j) ] ]; ret [ v "s" ] ]) [
            some 9 1
            some 3 2
        ]
        case
            "matrix product"
            (single [ xs "a"; xs "b"; io "c" ] 0 [
                dimension
                upTo "i" 3 [ upTo "j" 3 [ dec "s" (num 0.0); upTo "l" 3 [ inc "s" (m "a" i l * m "b" l j) ]; put "c" (i * n "d" + j) (v "s") ] ]
                Return []
            ])
            [ some 9 1; some 9 2; zeros 9 ]
        case
            "power iteration"
            (single [ xs "a"; io "x" ] 1 [
                dimension
                arr "y" (whole 3)
                dec "norm" (num 0.0)
                upTo "t" 6 [
                    set "norm" (num 0.0)
                    upTo "i" 3 [ put "y" i (num 0.0); upTo "j" 3 [ acc "y" i (m "a" i j * at "x" j) ]; inc "norm" (sq (at "y" i)) ]
                    set "norm" (sqrt' (v "norm"))
                    upTo "i" 3 [ put "x" i (at "y" i / v "norm") ]
                ]
                ret [ v "norm" ]
            ])
            [ spd; a [ 1.0; 0.4; 0.3 ] ]
        case "Cholesky, log determinant" (single [ xs "a" ] 1 (choleskyBody @ [ dec "t" (num 0.0); upTo "i" 3 [ inc "t" (2.0 * log' (m "c" i i)) ]; ret [ v "t" ] ])) [ spd ]
        case "Cholesky, the last row" (single [ xs "a" ] 3 (choleskyBody @ [ ret [ m "c" (whole 2) (whole 0); m "c" (whole 2) (whole 1); m "c" (whole 2) (whole 2) ] ])) [ spd ]
        case "LU solve" (single [ io "a"; io "b" ] 0 (luBody @ [ Return [] ])) [ spd; some 3 1 ]
        case "LU solve, then a norm" (single [ io "a"; io "b" ] 1 (luBody @ [ dec "s" (num 0.0); over "i" "b" [ inc "s" (sq (at "b" i)) ]; ret [ sqrt' (v "s") ] ])) [ spd; some 3 2 ]
        case
            "Gram-Schmidt"
            (single [ io "a" ] 0 [
                dimension
                dec "s" (num 0.0)
                upTo "i" 3 [
                    loop "l" (whole 0) i [
                        set "s" (num 0.0)
                        upTo "j" 3 [ inc "s" (m "a" i j * m "a" l j) ]
                        upTo "j" 3 [ acc "a" (i * n "d" + j) (num 0.0); put "a" (i * n "d" + j) (m "a" i j - v "s" * m "a" l j) ]
                    ]
                    set "s" (num 0.0)
                    upTo "j" 3 [ inc "s" (sq (m "a" i j)) ]
                    set "s" (sqrt' (v "s"))
                    upTo "j" 3 [ put "a" (i * n "d" + j) (m "a" i j / v "s") ]
                ]
                Return []
            ])
            [ spd ]
        case
            "Jacobi sweeps"
            (single [ xs "a"; xs "b" ] 1 [
                dimension
                arr "x" (whole 3)
                arr "y" (whole 3)
                dec "s" (num 0.0)
                upTo "t" 5 [
                    upTo "i" 3 [ set "s" (at "b" i); upTo "j" 3 [ when' (not' (i =!! j)) [ set "s" (v "s" - m "a" i j * at "x" j) ] ]; put "y" i (v "s" / m "a" i i) ]
                    upTo "i" 3 [ put "x" i (at "y" i) ]
                ]
                ret [ at "x" (whole 0) * at "x" (whole 2) ]
            ])
            [ spd; some 3 1 ]
        for d in 1..4 do
            case $"determinant of {d} by recursion" determinant [ some (d * d) 1; IntArray(Array.zeroCreate d); k d ]
        for d in [ 3; 5 ] do
            case $"determinant of {d} by minors" minors [ some (d * d) 1; k d ]
        for length in [ 2; 4; 6 ] do
            case
                $"tridiagonal solve of {length} (Thomas)"
                (single [ xs "lower"; io "diagonal"; xs "upper"; io "b" ] 0 [
                    dec "w" (num 0.0)
                    loop "i" (whole 1) (len "b") [
                        set "w" (at "lower" i / at "diagonal" (i - 1))
                        put "diagonal" i (at "diagonal" i - v "w" * at "upper" (i - 1))
                        put "b" i (at "b" i - v "w" * at "b" (i - 1))
                    ]
                    put "b" (len "b" - 1) (at "b" (len "b" - 1) / at "diagonal" (len "b" - 1))
                    loopBy -1 "i" (len "b" - 2) (whole -1) [ put "b" i ((at "b" i - at "upper" i * at "b" (i + 1)) / at "diagonal" i) ]
                    Return []
                ])
                [ some length 1; RealArray(Array.create length 3.0); some length 2; some length 3 ]
    ]

// ---- whiles and ways out

let private newton =
    [
        dec "s" (v "x")
        dec "old" (num 0.0)
        whilst (abs' (v "s" - v "old") >. num 1e-12) [ set "old" (v "s"); set "s" (0.5 * (v "s" + v "x" / v "s")) ]
        ret [ v "s" ]
    ]

let private whiles =
    [
        for value in [ 0.3; 1.3; 2.0; 50.0 ] do
            case $"Newton's square root of {value}" (single [ x "x" ] 1 newton) [ r value ]
        for level in [ 2.5; 3.5 ] do
            case
                $"root of x^3 + x = {level} by Newton"
                (single [ x "c" ] 1 [
                    dec "x" (num 1.0)
                    deci "t" (whole 0)
                    whilst ((n "t" <! whole 30) &&. (abs' (sq (v "x") * v "x" + v "x" - v "c") >. num 1e-13)) [
                        set "x" (v "x" - (sq (v "x") * v "x" + v "x" - v "c") / (3.0 * sq (v "x") + 1.0))
                        inci "t" (whole 1)
                    ]
                    ret [ v "x" ]
                ])
                [ r level ]
        // the halves themselves depend on the ends, and where they lie does not
        case
            "bisection between two ends"
            (single [ x "low"; x "high" ] 2 [
                dec "a" (v "low")
                dec "b" (v "high")
                dec "m" (num 0.0)
                whilst (v "b" - v "a" >. num 0.1) [ set "m" (0.5 * (v "a" + v "b")); ifelse (sq (v "m") <. num 2.0) [ set "a" (v "m") ] [ set "b" (v "m") ] ]
                ret [ v "a"; v "b" ]
            ])
            [ r 0.03; r 3.1 ]
        case
            "secant method"
            (single [ x "a"; x "b" ] 1 [
                dec "p" (v "a")
                dec "q" (v "b")
                dec "t" (num 0.0)
                upTo "i" 3 [ set "t" (v "q" - (sq (v "q") - 2.0) * (v "q" - v "p") / (sq (v "q") - sq (v "p"))); set "p" (v "q"); set "q" (v "t") ]
                ret [ v "q" ]
            ])
            [ r 1.0; r 2.0 ]
        case
            "arithmetic-geometric mean"
            (single [ x "a"; x "b" ] 1 [
                dec "p" (v "a")
                dec "q" (v "b")
                dec "t" (num 0.0)
                whilst (abs' (v "p" - v "q") >. num 1e-13) [ set "t" (0.5 * (v "p" + v "q")); set "q" (sqrt' (v "p" * v "q")); set "p" (v "t") ]
                ret [ v "p" ]
            ])
            [ r 1.0; r 3.0 ]
        case
            "Collatz, a real along with it"
            (single [ x "x"; int' "start" ] 1 [
                dec "s" (v "x")
                deci "c" (n "start")
                whilst (whole 1 <! n "c") [
                    ifelse (n "c" % 2 =!! whole 0) [ seti "c" (n "c" / 2); set "s" (sin' (v "s") + v "x") ] [ seti "c" (3 |> whole |> fun three -> three * n "c" + 1); set "s" (v "s" * cos' (v "s")) ]
                ]
                ret [ v "s" ]
            ])
            [ r 0.6; k 7 ]
        case
            "greatest common divisor, a real along with it"
            (single [ x "x"; int' "m"; int' "k" ] 1 [
                deci "a" (n "m")
                deci "b" (n "k")
                deci "t" (whole 0)
                dec "s" (num 1.0)
                whilst (not' (n "b" =!! whole 0)) [ seti "t" (n "a" % n "b"); seti "a" (n "b"); seti "b" (n "t"); set "s" (v "s" * (v "x" + real (n "a"))) ]
                ret [ v "s" ]
            ])
            [ r 0.6; k 84; k 36 ]
        case "a while that is never entered" (single [ x "x" ] 1 [ dec "s" (v "x"); whilst (v "s" >. num 100.0) [ set "s" (v "s" * 0.5) ]; ret [ sq (v "s") ] ]) [ r 2.0 ]
        for value in [ 0.4; 3.0; 11.0 ] do
            case
                $"halved until below 1, from {value}"
                (single [ x "x" ] 1 [ dec "s" (v "x"); dec "steps" (num 1.0); whilst (v "s" >. num 1.0) [ set "s" (v "s" / 2.0); set "steps" (v "steps" * v "s") ]; ret [ v "s" * v "steps" ] ])
                [ r value ]
        for stop in [ 0; 2; 9 ] do
            case $"break at {stop}" (single [ xs "x"; int' "stop" ] 1 [ dec "s" (num 1.0); over "i" "x" [ when' (i =!! n "stop") [ Break ]; set "s" (v "s" * at "x" i) ]; ret [ sq (v "s") ] ]) [
                above 5 1
                k stop
            ]

            case
                $"continue at multiples of {stop + 1}"
                (single [ xs "x"; int' "stop" ] 1 [
                    dec "s" (num 1.0)
                    over "i" "x" [ set "s" (sin' (v "s")); when' ((i % (n "stop" + 1)) =!! whole 0) [ inc "s" (at "x" i); Continue ]; set "s" (v "s" * at "x" i) ]
                    ret [ v "s" ]
                ])
                [ above 5 1; k stop ]

            case
                $"return from two loops at {stop}"
                (single [ xs "x"; int' "stop" ] 1 [
                    dec "s" (num 1.0)
                    over "i" "x" [
                        over "j" "x" [ set "s" (v "s" * at "x" i + sin' (at "x" j)); when' (i * 3 + j =!! n "stop") [ ret [ v "s" * at "x" j ] ] ]
                        set "s" (sqrt' (1.0 + sq (v "s")))
                    ]
                    ret [ v "s" ]
                ])
                [ above 3 1; k stop ]
        case
            "first element above a level, searched"
            (single [ xs "x" ] 1 [
                deci "i" (whole 0)
                whilst ((i <! len "x") &&. (at "x" i <. num 0.7)) [ inci "i" (whole 1) ]
                ifelse (i <! len "x") [ ret [ sq (at "x" i) ] ] [ ret [ num 0.0 ] ]
            ])
            [ a [ 0.1; 0.3; 0.9; 2.0 ] ]
        case
            "while true with three ways out"
            (single [ x "x" ] 1 [
                dec "s" (v "x")
                deci "t" (whole 0)
                whilst (B(Truth true)) [
                    inci "t" (whole 1)
                    when' (n "t" =!! whole 12) [ Break ]
                    when' (n "t" % 3 =!! whole 0) [ set "s" (sq (v "s")); Continue ]
                    when' (v "s" >. num 5.0) [ ret [ v "s" * 0.5 ] ]
                    set "s" (v "s" * 1.5)
                ]
                ret [ v "s" * v "x" ]
            ])
            [ r 0.4 ]
        case
            "nested breaks"
            (single [ xs "x" ] 1 [
                dec "s" (num 0.3)
                over "i" "x" [
                    over "j" "x" [ when' (j >! i) [ Break ]; when' (at "x" j <. num 0.0) [ Continue ]; set "s" (v "s" * at "x" j + at "x" i) ]
                    when' (v "s" >. num 20.0) [ Break ]
                ]
                ret [ v "s" ]
            ])
            [ some 5 1 ]
        case "dead code after a way out" (single [ x "x" ] 1 [ dec "s" (v "x"); upTo "i" 3 [ set "s" (sq (v "s")); Continue; ret [ num 5.0 ] ]; ret [ v "s" ]; set "s" (num 3.0) ]) [ r 0.9 ]
    ]

// ---- branches

let private branches =
    let huber =
        single [ x "x"; x "d" ] 1 [ ifelse (abs' (v "x") <=. v "d") [ ret [ 0.5 * sq (v "x") ] ] [ ret [ v "d" * (abs' (v "x") - 0.5 * v "d") ] ] ]

    let overwritten =
        single [ x "x"; x "y" ] 2 [
            dec "a" (v "x")
            dec "b" (v "y")
            when' (v "a" >. v "b") [ set "a" (sq (v "b")); set "b" (sin' (v "a")) ]
            ifelse (v "a" * v "b" >. num 0.5) [ set "a" (v "a" * v "a") ] [ set "b" (v "a" * v "b"); when' (v "b" <. num 0.0) [ set "b" (exp' (v "b")) ] ]
            ret [ v "a"; v "b" ]
        ]

    [
        for at in [ 0.4; 3.0; -5.0 ] do
            case $"Huber loss at {at}" huber [ r at; r 1.0 ]
        for p, q in [ 1.0, 0.5; 0.2, 0.9; -1.0, 0.4; 2.0, 1.5 ] do
            case $"branches on what they overwrite, at {p}, {q}" overwritten [ r p; r q ]
        case
            "bubble sort of active values"
            (single [ io "x" ] 1 [
                dec "t" (num 0.0)
                over "i" "x" [ loop "j" (whole 0) (len "x" - 1 - i) [ when' (at "x" (j + 1) <. at "x" j) [ set "t" (at "x" j); put "x" j (at "x" (j + 1)); put "x" (j + 1) (v "t") ] ] ]
                ret [ at "x" (whole 0) * at "x" (len "x" - 1) ]
            ])
            [ some 6 1 ]
        case
            "insertion sort"
            (single [ io "x" ] 0 [
                dec "t" (num 0.0)
                deci "j" (whole 0)
                loop "i" (whole 1) (len "x") [
                    set "t" (at "x" i)
                    seti "j" (i - 1)
                    whilst ((whole 0 <=! j) &&. (v "t" <. at "x" (ipick (j <! whole 0) (whole 0) j))) [ put "x" (j + 1) (at "x" j); seti "j" (j - 1) ]
                    put "x" (j + 1) (v "t")
                ]
                Return []
            ])
            [ some 6 2 ]
        case "clipped walk" (single [ xs "x" ] 1 [ dec "s" (num 0.0); over "i" "x" [ inc "s" (at "x" i); set "s" (R(Formula(Clamp, [ Variable "s"; Number -0.5; Number 0.8 ]))) ]; ret [ sq (v "s") ] ]) [
            some 5 1
        ]
        case "choice inside a term" (single [ x "x"; x "y" ] 1 [ dec "s" (pick (v "x" <. v "y") (v "x" * v "y") (sin' (v "x"))); ret [ v "s" * pick (v "s" <. num 0.2) (v "x") (v "y" * v "s") ] ]) [
            r 0.3
            r 0.8
        ]
        case
            "no NaN from the branch not taken"
            (single [ x "x" ] 1 [
                dec "s" (num 0.0)
                ifelse (v "x" <=. num 0.0) [ set "s" (v "x" * 2.0) ] [ set "s" (sqrt' (v "x")) ]
                ret [ v "s" + pick (v "x" <. num 0.0) (num 1.0) (log' (v "x")) ]
            ])
            [ r 0.7 ]
        case "no NaN from the term not chosen" (single [ x "x" ] 1 [ ret [ pick (v "x" <. num 0.0) (v "x" * 2.0) (sqrt' (v "x")) ] ]) [ r -0.7 ]
        case
            "a bool kept for later"
            (single [ x "x" ] 1 [
                dec "s" (v "x")
                decb "big" (v "s" >. num 1.0)
                set "s" (sq (v "s"))
                when' (flag "big") [ set "s" (sqrt' (v "s") + 1.0) ]
                setb "big" (not' (flag "big") ||. (v "s" <. num 0.0))
                when' (flag "big") [ set "s" (v "s" * v "x") ]
                ret [ v "s" ]
            ])
            [ r 1.3 ]
        case "relu layer" (single [ xs "w"; xs "x" ] 1 [ dec "s" (num 0.0); over "i" "w" [ inc "s" (fn1 Relu (at "w" i * at "x" i)) ]; ret [ v "s" ] ]) [ some 5 1; some 5 2 ]
        case
            "short circuit guards an index"
            (single [ xs "x" ] 1 [
                dec "s" (num 1.0)
                loop "i" (whole -1) (len "x" + 1) [
                    when' ((whole 0 <=! i) &&. (i <! len "x") &&. (at "x" (ipick ((whole 0 <=! i) &&. (i <! len "x")) i (whole 0)) >. num 0.0)) [ set "s" (v "s" * at "x" i) ]
                ]
                ret [ v "s" ]
            ])
            [ some 5 1 ]
    ]

// ---- systems that evolve

let private rungeKutta steps =
    let stage name p q = [ dec ("p" + name) q; dec ("q" + name) (-(v "k" * p) - v "c" * q) ]
    let next name = v "p" + v "h" * 0.5 * v ("p" + name), v "q" + v "h" * 0.5 * v ("q" + name)
    let p2, q2 = next "1"
    let p3, q3 = next "2"
    let p4, q4 = v "p" + v "h" * v "p3", v "q" + v "h" * v "q3"

    single [ x "p0"; x "q0"; x "k"; x "c" ] 2 [
        dec "p" (v "p0")
        dec "q" (v "q0")
        dec "h" (num 0.1)
        upTo
            "i"
            steps
            (stage "1" (v "p") (v "q")
             @ stage "2" p2 q2
             @ stage "3" p3 q3
             @ stage "4" p4 q4
             @ [
                 set "p" (v "p" + v "h" / 6.0 * (v "p1" + 2.0 * v "p2" + 2.0 * v "p3" + v "p4"))
                 set "q" (v "q" + v "h" / 6.0 * (v "q1" + 2.0 * v "q2" + 2.0 * v "q3" + v "q4"))
             ])
        ret [ v "p"; v "q" ]
    ]

let private lstm steps =
    // one cell; weights: 4 gates of (input, hidden, bias)
    let gate g f = fn1 f (at "w" (whole (3 * g)) * at "x" i + at "w" (whole (3 * g + 1)) * v "h" + at "w" (whole (3 * g + 2)))

    single [ xs "w"; xs "x" ] 2 [
        dec "h" (num 0.0)
        dec "c" (num 0.0)
        dec "forget" (num 0.0)
        dec "input" (num 0.0)
        dec "output" (num 0.0)
        dec "cell" (num 0.0)
        upTo "i" steps [
            set "forget" (gate 0 Sigmoid)
            set "input" (gate 1 Sigmoid)
            set "output" (gate 2 Sigmoid)
            set "cell" (gate 3 Tanh)
            set "c" (v "forget" * v "c" + v "input" * v "cell")
            set "h" (v "output" * tanh' (v "c"))
        ]
        ret [ v "h"; v "c" ]
    ]

let private systems =
    [
        for steps in [ 1; 4; 12 ] do
            case $"Runge-Kutta 4, {steps} steps" (rungeKutta steps) [ r 1.0; r 0.2; r 2.0; r 0.3 ]
            case $"LSTM cell over {steps}" (lstm steps) [ some 12 1; some steps 2 ]
        case
            "Lotka-Volterra by Euler"
            (single [ x "p0"; x "q0"; xs "c" ] 2 [
                dec "p" (v "p0")
                dec "q" (v "q0")
                dec "old" (num 0.0)
                upTo "i" 10 [
                    set "old" (v "p")
                    set "p" (v "p" + 0.05 * v "p" * (at "c" (whole 0) - at "c" (whole 1) * v "q"))
                    set "q" (v "q" + 0.05 * v "q" * (at "c" (whole 2) * v "old" - at "c" (whole 3)))
                ]
                ret [ v "p"; v "q" ]
            ])
            [ r 1.0; r 0.5; above 4 1 ]
        case
            "leapfrog pendulum"
            (single [ x "angle"; x "speed"; x "length" ] 2 [
                dec "a" (v "angle")
                dec "s" (v "speed")
                upTo "i" 8 [ set "s" (v "s" - 0.05 * sin' (v "a") / v "length"); set "a" (v "a" + 0.1 * v "s"); set "s" (v "s" - 0.05 * sin' (v "a") / v "length") ]
                ret [ v "a"; v "s" ]
            ])
            [ r 0.8; r 0.1; r 1.4 ]
        case
            "bouncing ball"
            (single [ x "height"; x "bounce" ] 2 [
                dec "y" (v "height")
                dec "s" (num 0.0)
                upTo "i" 25 [ inc "s" (num -0.5); inc "y" (0.1 * v "s"); when' (v "y" <. num 0.0) [ set "y" (-(v "bounce" * v "y")); set "s" (-(v "bounce" * v "s")) ] ]
                ret [ v "y"; v "s" ]
            ])
            [ r 1.03; r 0.8 ]
        case
            "gradient descent inside"
            (single [ x "rate"; x "goal" ] 1 [ dec "x" (num 0.2); upTo "i" 10 [ set "x" (v "x" - v "rate" * 2.0 * (sin' (v "x") - v "goal") * cos' (v "x")) ]; ret [ sq (sin' (v "x") - v "goal") ] ])
            [ r 0.2; r 0.7 ]
        case
            "recurrent net over a sequence"
            (single [ xs "w"; xs "x" ] 1 [ dec "h" (num 0.0); over "i" "x" [ set "h" (tanh' (at "w" (whole 0) * v "h" + at "w" (whole 1) * at "x" i + at "w" (whole 2))) ]; ret [ sq (v "h" - 0.5) ] ])
            [ some 3 1; some 6 2 ]
        case
            "two-layer net"
            (single [ xs "w"; xs "x" ] 1 [
                arr "h" (whole 3)
                dec "s" (num 0.0)
                upTo "i" 3 [ dec "z" (num 0.0); upTo "j" 2 [ inc "z" (at "w" (i * 2 + j) * at "x" j) ]; put "h" i (tanh' (v "z")) ]
                upTo "i" 3 [ inc "s" (at "w" (i + 6) * at "h" i) ]
                ret [ sigmoid' (v "s") ]
            ])
            [ some 9 1; some 2 2 ]
        case
            "hidden Markov model, forward"
            (single [ xs "t"; xs "e" ] 1 [
                dec "a" (num 0.6)
                dec "b" (num 0.4)
                dec "old" (num 0.0)
                dec "like" (num 0.0)
                over "i" "e" [
                    set "old" (v "a")
                    set "a" ((v "old" * at "t" (whole 0) + v "b" * at "t" (whole 1)) * at "e" i)
                    set "b" ((v "old" * at "t" (whole 2) + v "b" * at "t" (whole 3)) * (2.0 - at "e" i * 0.5))
                    set "old" (v "a" + v "b")
                    inc "like" (log' (v "old"))
                    set "a" (v "a" / v "old")
                    set "b" (v "b" / v "old")
                ]
                ret [ v "like" ]
            ])
            [ above 4 1; above 5 2 ]
        case
            "dynamic time warping"
            (single [ xs "x"; xs "y" ] 1 [
                arr "d" (whole 25)
                over "i" "x" [
                    over "j" "y" [
                        dec "best" (num 0.0)
                        when' ((whole 0 <! i) &&. (whole 0 <! j)) [ set "best" (min' (at "d" ((i - 1) * 5 + j - 1)) (min' (at "d" ((i - 1) * 5 + j)) (at "d" (i * 5 + j - 1)))) ]
                        when' ((i =!! whole 0) &&. (whole 0 <! j)) [ set "best" (at "d" (j - 1)) ]
                        when' ((j =!! whole 0) &&. (whole 0 <! i)) [ set "best" (at "d" ((i - 1) * 5)) ]
                        put "d" (i * 5 + j) (v "best" + sq (at "x" i - at "y" j))
                    ]
                ]
                ret [ at "d" (len "x" * 5 - 6 + len "y" - 4) ]
            ])
            [ some 5 1; some 5 4 ]
    ]

// ---- statistics

let private statistics =
    [
        case
            "k-means cost"
            (single [ xs "x"; xs "c" ] 1 [
                dec "s" (num 0.0)
                dec "best" (num 0.0)
                over "i" "x" [ set "best" (sq (at "x" i - at "c" (whole 0))); loop "j" (whole 1) (len "c") [ set "best" (min' (v "best") (sq (at "x" i - at "c" j))) ]; inc "s" (v "best") ]
                ret [ v "s" ]
            ])
            [ some 7 1; a [ -0.6; 0.1; 0.8 ] ]
        case
            "k-means cost with branches"
            (single [ xs "x"; xs "c" ] 1 [
                dec "s" (num 0.0)
                dec "best" (num 0.0)
                dec "d" (num 0.0)
                over "i" "x" [ set "best" (num 1e6); over "j" "c" [ set "d" (sq (at "x" i - at "c" j)); when' (v "d" <. v "best") [ set "best" (v "d") ] ]; inc "s" (v "best") ]
                ret [ v "s" ]
            ])
            [ some 7 1; a [ -0.6; 0.1; 0.8 ] ]
        case
            "one k-means step"
            (single [ xs "x"; io "c" ] 0 [
                arr "sum" (len "c")
                arr "count" (len "c")
                deci "w" (whole 0)
                over "i" "x" [
                    seti "w" (whole 0)
                    loop "j" (whole 1) (len "c") [ when' (sq (at "x" i - at "c" j) <. sq (at "x" i - at "c" (n "w"))) [ seti "w" j ] ]
                    acc "sum" (n "w") (at "x" i)
                    acc "count" (n "w") (num 1.0)
                ]
                over "j" "c" [ when' (at "count" j >. num 0.0) [ put "c" j (at "sum" j / at "count" j) ] ]
                Return []
            ])
            [ some 7 1; a [ -0.6; 0.1; 0.8 ] ]
        case
            "Gaussian mixture log-likelihood"
            (single [ xs "x"; xs "mean"; xs "width"; xs "weight" ] 1 [
                dec "like" (num 0.0)
                arr "t" (len "mean")
                over "i" "x" [
                    dec "top" (num -1e9)
                    over "j" "mean" [ put "t" j (at "weight" j - 0.5 * sq ((at "x" i - at "mean" j) / at "width" j) - log' (at "width" j)); set "top" (max' (v "top") (at "t" j)) ]
                    dec "s" (num 0.0)
                    over "j" "mean" [ inc "s" (exp' (at "t" j - v "top")) ]
                    inc "like" (v "top" + log' (v "s"))
                ]
                ret [ v "like" ]
            ])
            [ some 6 1; a [ -0.5; 0.7 ]; a [ 0.4; 0.6 ]; a [ 0.1; -0.2 ] ]
        case
            "logistic regression"
            (single [ xs "w"; fixedReals "x"; fixedReals "y" ] 1 [
                dec "s" (num 0.0)
                over "i" "y" [ dec "z" (at "w" (whole 0) + at "w" (whole 1) * at "x" i); inc "s" (fn1 Softplus (v "z") - at "y" i * v "z") ]
                ret [ v "s" / real (len "y") ]
            ])
            [ some 2 1; some 5 2; a [ 0.0; 1.0; 1.0; 0.0; 1.0 ] ]
        case
            "ridge regression"
            (single [ xs "w"; fixedReals "x"; fixedReals "y"; x "penalty" ] 1 [
                dec "s" (num 0.0)
                dec "p" (num 0.0)
                over "i" "y" [ set "p" (num 0.0); over "j" "w" [ inc "p" (at "w" j * at "x" (i * len "w" + j)) ]; inc "s" (sq (v "p" - at "y" i)) ]
                over "j" "w" [ inc "s" (v "penalty" * sq (at "w" j)) ]
                ret [ v "s" ]
            ])
            [ some 2 1; some 8 2; some 4 3; r 0.1 ]
        case "Rosenbrock" (single [ xs "x" ] 1 [ dec "s" (num 0.0); loop "i" (whole 0) (len "x" - 1) [ inc "s" (100.0 * sq (at "x" (i + 1) - sq (at "x" i)) + sq (1.0 - at "x" i)) ]; ret [ v "s" ] ]) [
            some 5 1
        ]
        case
            "Lennard-Jones energy"
            (single [ xs "p" ] 1 [
                dec "s" (num 0.0)
                upTo "i" 3 [
                    loop "j" (i + 1) (whole 3) [
                        dec "r2" (num 0.0)
                        upTo "l" 2 [ inc "r2" (sq (at "p" (i * 2 + l) - at "p" (j * 2 + l))) ]
                        dec "q" (1.0 / (v "r2" * v "r2" * v "r2"))
                        inc "s" (4.0 * (sq (v "q") - v "q"))
                    ]
                ]
                ret [ v "s" ]
            ])
            [ a [ 0.0; 0.0; 1.2; 0.1; 0.5; 1.1 ] ]
        case
            "Student's t log-likelihood"
            (single [ xs "x"; x "mean"; x "width" ] 1 [
                dec "s" (num 0.0)
                over "i" "x" [ inc "s" (-(2.5 * fn1 Log1p (sq ((at "x" i - v "mean") / v "width") / 4.0)) - log' (v "width")) ]
                ret [ v "s" ]
            ])
            [ some 5 1; r 0.2; r 0.7 ]
        case
            "option price by a binomial tree"
            (single [ x "spot"; x "up"; x "strike" ] 1 [
                arr "p" (whole 6)
                dec "q" ((1.0 - 1.0 / v "up") / (v "up" - 1.0 / v "up"))
                upTo "i" 6 [ put "p" i (max' (v "spot" * pow' (v "up") (real (i * 2 - 5)) - v "strike") (num 0.0)) ]
                loopBy -1 "t" (whole 5) (whole 0) [ loop "i" (whole 0) (n "t") [ put "p" i (0.99 * (v "q" * at "p" (i + 1) + (1.0 - v "q") * at "p" i)) ] ]
                ret [ at "p" (whole 0) ]
            ])
            [ r 1.0; r 1.1; r 0.93 ]
        case
            "simulated option, fixed shocks"
            (single [ x "spot"; x "vol"; fixedReals "z" ] 1 [
                dec "sum" (num 0.0)
                upTo "i" 4 [ dec "s" (v "spot"); upTo "j" 3 [ set "s" (v "s" * exp' (v "vol" * at "z" (i * 3 + j) - 0.5 * sq (v "vol"))) ]; inc "sum" (max' (v "s" - 1.0) (num 0.0)) ]
                ret [ v "sum" / 4.0 ]
            ])
            [ r 1.02; r 0.3; some 12 1 ]
    ]

// ---- calls

let private calls =
    let power =
        // x^p by squaring, recursive
        program [
            func "power" [ x "x"; int' "p" ] [ Real ] [
                when' (n "p" =!! whole 0) [ ret [ num 1.0 ] ]
                dec "h" (num 0.0)
                Call([ "h" ], "power", [ Variable "x"; Integer(Quotient, Variable "p", Whole 2) ])
                ifelse (n "p" % 2 =!! whole 0) [ ret [ sq (v "h") ] ] [ ret [ sq (v "h") * v "x" ] ]
            ]
            func "f" [ x "x"; int' "p" ] [ Real ] [ dec "y" (num 0.0); Call([ "y" ], "power", [ Formula(Sin, [ Variable "x" ]); Variable "p" ]); ret [ v "y" * v "x" ] ]
        ]

    let evenOdd =
        program [
            func "even" [ x "x"; int' "n" ] [ Real ] [
                when' (n "n" =!! whole 0) [ ret [ v "x" ] ]
                dec "t" (num 0.0)
                Call([ "t" ], "odd", [ Formula(Mul, [ Variable "x"; Variable "x" ]); Integer(Minus, Variable "n", Whole 1) ])
                ret [ v "t" + v "x" ]
            ]
            func "odd" [ x "x"; int' "n" ] [ Real ] [
                when' (n "n" =!! whole 0) [ ret [ -(v "x") ] ]
                dec "t" (num 0.0)
                Call([ "t" ], "even", [ Formula(Sin, [ Variable "x" ]); Integer(Minus, Variable "n", Whole 1) ])
                ret [ v "t" * v "x" ]
            ]
            func "f" [ x "x"; int' "n" ] [ Real ] [ dec "t" (num 0.0); Call([ "t" ], "even", [ Variable "x"; Variable "n" ]); ret [ v "t" ] ]
        ]

    let step =
        func "step" [ io "x"; x "rate" ] [ Real ] [ dec "s" (num 0.0); over "i" "x" [ inc "s" (sq (at "x" i)); put "x" i (at "x" i * (1.0 - v "rate" * at "x" i)) ]; ret [ v "s" ] ]

    let dot = func "dot" [ xs "p"; xs "q" ] [ Real ] [ dec "s" (num 0.0); over "i" "p" [ inc "s" (at "p" i * at "q" i) ]; ret [ v "s" ] ]
    let swap = func "swap" [ x "a"; x "b" ] [ Real; Real ] [ ret [ v "b"; v "a" ] ]

    let trace =
        func "trace" [ x "a"; fixedReal "c"; int' "n" ] [ Real; Int; Bool ] [
            Return [ Formula(Mul, [ Variable "a"; Variable "c" ]); Integer(Plus, Variable "n", Whole 1); Compare(Less, Variable "a", Number 0.0) ]
        ]

    [
        for p in [ 0; 1; 5; 10 ] do
            case $"power {p} by recursion" power [ r 0.7; k p ]
        for depth in [ 0; 1; 4 ] do
            case $"mutual recursion, {depth} deep" evenOdd [ r 0.7; k depth ]
        case
            "array changed by a callee, in a loop"
            (program [
                step
                func "f" [ io "x"; x "rate" ] [ Real ] [
                    dec "t" (num 0.0)
                    dec "s" (num 0.0)
                    upTo "k" 4 [ Call([ "s" ], "step", [ Variable "x"; Variable "rate" ]); set "t" (v "t" * v "s" + v "s") ]
                    ret [ v "t" ]
                ]
            ])
            [ some 4 1; r 0.3 ]
        case
            "local array changed by a callee"
            (program [
                step
                func "f" [ x "a" ] [ Real ] [
                    arr "w" (whole 3)
                    dec "s" (num 0.0)
                    over "i" "w" [ put "w" i (v "a" * real (i + 1)) ]
                    upTo "k" 3 [ Call([ "s" ], "step", [ Variable "w"; Variable "s" ]) ]
                    ret [ v "s" * at "w" (whole 1) ]
                ]
            ])
            [ r 0.2 ]
        case "the same array twice, only read" (program [ dot; func "f" [ xs "x" ] [ Real ] [ dec "s" (num 0.0); Call([ "s" ], "dot", [ Variable "x"; Variable "x" ]); ret [ fn1 Sqrt (v "s") ] ] ]) [
            some 4 1
        ]
        case
            "two results, swapped in a loop"
            (program [
                swap
                func "f" [ x "x"; x "y" ] [ Real; Real ] [
                    dec "a" (v "x")
                    dec "b" (v "y")
                    upTo "i" 3 [ Call([ "a"; "b" ], "swap", [ Formula(Mul, [ Variable "a"; Variable "b" ]); Formula(Sin, [ Variable "a" ]) ]) ]
                    ret [ v "a"; v "b" ]
                ]
            ])
            [ r 0.8; r 1.4 ]
        case
            "results of three types"
            (program [
                trace
                func "f" [ x "x" ] [ Real ] [
                    dec "a" (v "x")
                    deci "n" (whole 0)
                    decb "negative" (B(Truth false))
                    upTo "i" 3 [
                        Call([ "a"; "n"; "negative" ], "trace", [ Formula(Sin, [ Variable "a" ]); Number 1.5; Variable "n" ])
                        when' (flag "negative") [ set "a" (v "a" * real (n "n")) ]
                    ]
                    ret [ v "a" ]
                ]
            ])
            [ r -0.8 ]
        case
            "a result into an argument of its own"
            (program [
                swap
                func "f" [ x "x" ] [ Real ] [
                    dec "a" (v "x")
                    dec "b" (num 0.0)
                    upTo "i" 2 [ Call([ "a"; "b" ], "swap", [ Formula(Exp, [ Variable "b" ]); Formula(Mul, [ Variable "a"; Variable "a" ]) ]) ]
                    ret [ v "a" * v "b" ]
                ]
            ])
            [ r 0.8 ]
        case
            "call in a branch, early exit after it"
            (program [
                dot
                func "f" [ xs "x"; xs "y" ] [ Real ] [
                    dec "s" (num 0.0)
                    over "i" "x" [ when' (at "x" i >. num 0.0) [ Call([ "s" ], "dot", [ Variable "x"; Variable "y" ]); when' (v "s" >. num 0.0) [ Break ] ]; set "s" (v "s" + at "x" i) ]
                    ret [ v "s" * v "s" ]
                ]
            ])
            [ some 4 2; some 4 1 ]
    ]

// ---- every operation of the table, in a loop that feeds it its own result

let private operations =
    [
        for op, start in
            [
                Sqrt, 1.3
                Cbrt, 1.3
                Exp, -0.4
                Expm1, 0.2
                Log, 9.0
                Log1p, 2.0
                Log2, 9.0
                Log10, 90.0
                Sin, 0.8
                Cos, 0.8
                Tan, 0.4
                Asin, 0.3
                Acos, 0.6
                Atan, 0.7
                Sinh, 0.4
                Cosh, 0.3
                Tanh, 0.5
                Asinh, 0.7
                Atanh, 0.3
                Sigmoid, 0.3
                Softplus, 0.3
                Erf, 0.4
            ] do
            case $"{Infix.name op} of its own result" (single [ x "x"; x "c" ] 1 [ dec "s" (v "x"); upTo "i" 2 [ set "s" (fn1 op (v "s") * v "c") ]; ret [ v "s" ] ]) [
                r start
                r (if op = Acos then 0.6 else 1.1)
            ]
        for op in [ Pow; Hypot; Atan2; Max; Min; Div ] do
            case
                $"{Infix.name op} of two that feed each other"
                (single [ x "x"; x "y" ] 2 [ dec "s" (v "x"); dec "t" (v "y"); upTo "i" 3 [ set "s" (fn2 op (v "s") (v "t")); set "t" (fn2 op (v "t") (v "s") + 0.5) ]; ret [ v "s"; v "t" ] ])
                [ r 0.8; r 1.4 ]
    ]

// ---- whole numbers of 64 bits, and bits

let private wholes =
    let lit n = Wide(LongOp.Literal n, [])
    let long name = Variable name
    let wide op a b = Wide(Basic op, [ a; b ])
    let setl name e = Assign(name, e)

    // a generator of numbers that look random: what is overwritten is needed on the way back
    let hashed =
        [
            Declare("h", Long, wide Plus (Wide(OfInt, [ Variable "k" ])) (lit 0x9E3779B97F4A7C15L))
            dec "p" (num 1.0)
            over "i" "x" [
                setl "h" (wide Times (wide BitXor (long "h") (wide ShiftRightUnsigned (long "h") (Whole 27))) (lit 0x94D049BB133111EBL))
                set "p" (v "p" * at "x" i * (R(Wide(NearestReal, [ wide ShiftRight (long "h") (Whole 11) ])) * 1e-16 + 1.5))
                If(Compare(Less, long "h", lit 0L), [ set "p" (sin' (v "p")) ], [ seti "k" (I(Wide(LowInt, [ wide BitAnd (long "h") (lit 3L) ]))) ])
                set "p" (v "p" + at "x" i * real (n "k"))
            ]
            ret [ v "p" ]
        ]

    let divided =
        [
            Declare("q", Long, lit 1_000_000_000_000L)
            dec "p" (v "x")
            Declare("rest", Long, lit 0L)
            While(
                Compare(Less, lit 1L, long "q"),
                [
                    setl "rest" (wide Remainder (wide ShiftLeft (long "q") (Whole 3)) (lit 7L))
                    setl "q" (wide Quotient (long "q") (wide Plus (lit 90L) (long "rest")))
                    set "p" (v "p" * v "x" + R(Wide(NearestReal, [ long "rest" ])))
                ]
            )
            ret [ v "p" * R(Wide(NearestReal, [ Wide(OfReal, [ Number 3.7 ]) ])) ]
        ]

    let bits op = ret [ v "x" * real (I(Integer(op, Variable "k", Whole 5))) ]

    [
        case "numbers that look random" (single [ xs "x"; int' "k0" ] 1 (deci "k" (n "k0") :: hashed)) [ above 5 1; k 3 ]
        case "longs divided in a while loop" (single [ x "x" ] 1 divided) [ r 0.7 ]
        for op in [ BitAnd; BitOr; BitXor; ShiftLeft; ShiftRight; ShiftRightUnsigned ] do
            case $"{op} of an int" (single [ x "x"; int' "k" ] 1 [ bits op ]) [ r 0.7; k -1234567 ]
        case "remainders of reals" (single [ x "x"; x "y" ] 1 [ dec "s" (fn2 Rem (7.3 * v "x") (v "y")); upTo "i" 3 [ set "s" (fn2 Rem (3.1 * v "s") (v "y") + v "x") ]; ret [ v "s" * v "y" ] ]) [
            r 0.83
            r 1.4
        ]
    ]

let all: Case list =
    List.concat [ wholes; products; logistics; arrays; algebra; whiles; branches; systems; statistics; calls; operations ]
