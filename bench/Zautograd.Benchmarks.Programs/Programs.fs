/// The four programs whose gradients are measured, as a person writes them: matrices by rows in one array, matrix by matrix.
module Zautograd.Benchmarks.Programs

open Zautograd
open Zautograd.Programs
open Zautograd.Tests.Programs.Dsl

let private i, j, c, r, t = n "i", n "j", n "c", n "r", n "t"

/// log(sum(exp x)), its largest term taken out.
let logSumExp =
    single [ xs "x" ] 1 [
        dec "top" (at "x" (whole 0))
        loop "i" (whole 1) (len "x") [ set "top" (max' (v "top") (at "x" i)) ]
        dec "sum" (num 0.0)
        over "j" "x" [ inc "sum" (exp' (at "x" j - v "top")) ]
        ret [ v "top" + log' (v "sum") ]
    ]

/// The Rosenbrock function of many variables.
let rosenbrock =
    single [ xs "x" ] 1 [
        dec "sum" (num 0.0)
        loop "i" (whole 0) (len "x" - 1) [ dec "bend" (at "x" (i + 1) - sq (at "x" i)); inc "sum" (100.0 * sq (v "bend") + sq (1.0 - at "x" i)) ]
        ret [ v "sum" ]
    ]

/// The log-likelihood of a mixture of Gaussians with a Wishart prior, but for what does not depend on the parameters. The inverse square
/// root of a covariance is lower triangular: exp(q) on the diagonal, l below it, column by column.
let gaussianMixture =
    let d, k = n "d", n "k"
    let below = d * (d - 1) / 2

    single [ xs "alpha"; xs "mean"; xs "q"; xs "l"; fixedReals "x"; int' "d"; int' "k"; int' "n"; fixedReal "gamma"; fixedReal "m" ] 1 [
        arr "scale" (k * d)
        arr "sumQ" k
        arr "term" k
        arr "centred" d
        arr "turned" d
        dec "like" (num 0.0)
        dec "s" (num 0.0)
        dec "top" (num 0.0)
        loop "c" (whole 0) k [ loop "j" (whole 0) d [ acc "sumQ" c (at "q" (c * d + j)); put "scale" (c * d + j) (exp' (at "q" (c * d + j))) ] ]
        loop "i" (whole 0) (n "n") [
            loop "c" (whole 0) k [
                loop "j" (whole 0) d [ put "centred" j (at "x" (i * d + j) - at "mean" (c * d + j)); put "turned" j (at "scale" (c * d + j) * at "centred" j) ]
                loop "j" (whole 0) d [ deci "start" (c * below + j * (d * 2 - j - 1) / 2 - j - 1); loop "r" (j + 1) d [ acc "turned" r (at "l" (n "start" + r) * at "centred" j) ] ]
                set "s" (num 0.0)
                loop "j" (whole 0) d [ inc "s" (sq (at "turned" j)) ]
                put "term" c (at "alpha" c + at "sumQ" c - 0.5 * v "s")
            ]
            set "top" (at "term" (whole 0))
            loop "c" (whole 1) k [ set "top" (max' (v "top") (at "term" c)) ]
            set "s" (num 0.0)
            loop "c" (whole 0) k [ inc "s" (exp' (at "term" c - v "top")) ]
            inc "like" (v "top" + log' (v "s"))
        ]
        set "top" (at "alpha" (whole 0))
        loop "c" (whole 1) k [ set "top" (max' (v "top") (at "alpha" c)) ]
        set "s" (num 0.0)
        loop "c" (whole 0) k [ inc "s" (exp' (at "alpha" c - v "top")) ]
        inc "like" (-(real (n "n") * (v "top" + log' (v "s"))))
        set "s" (num 0.0)
        over "i" "scale" [ inc "s" (sq (at "scale" i)) ]
        over "i" "l" [ inc "s" (sq (at "l" i)) ]
        inc "like" (-(0.5 * sq (v "gamma") * v "s"))
        loop "c" (whole 0) k [ inc "like" (v "m" * at "sumQ" c) ]
        ret [ v "like" ]
    ]

/// The sum of squared reprojection errors of a bundle of observations: each of a camera (rotation, centre, focal length, shift, distortion)
/// and a point, with a weight.
let bundleAdjustment =
    let cam k = at "cameras" (n "cam" + k)
    let rot = cam

    single [ xs "cameras"; xs "points"; xs "weights"; fixedReals "features"; ints "camera"; ints "point" ] 1 [
        dec "cost" (num 0.0)
        over "i" "weights" [
            deci "cam" (iat "camera" i * 11)
            deci "pt" (iat "point" i * 3)
            dec "y1" (at "points" (n "pt") - cam 3)
            dec "y2" (at "points" (n "pt" + 1) - cam 4)
            dec "y3" (at "points" (n "pt" + 2) - cam 5)
            dec "square" (sq (rot 0) + sq (rot 1) + sq (rot 2))
            dec "z1" (num 0.0)
            dec "z2" (num 0.0)
            dec "z3" (num 0.0)
            ifelse (num 0.0 <. v "square") [
                dec "angle" (sqrt' (v "square"))
                dec "cosine" (cos' (v "angle"))
                dec "sine" (sin' (v "angle"))
                dec "a1" (rot 0 / v "angle")
                dec "a2" (rot 1 / v "angle")
                dec "a3" (rot 2 / v "angle")
                dec "along" ((v "a1" * v "y1" + v "a2" * v "y2" + v "a3" * v "y3") * (1.0 - v "cosine"))
                set "z1" (v "y1" * v "cosine" + (v "a2" * v "y3" - v "a3" * v "y2") * v "sine" + v "a1" * v "along")
                set "z2" (v "y2" * v "cosine" + (v "a3" * v "y1" - v "a1" * v "y3") * v "sine" + v "a2" * v "along")
                set "z3" (v "y3" * v "cosine" + (v "a1" * v "y2" - v "a2" * v "y1") * v "sine" + v "a3" * v "along")
            ] [
                set "z1" (v "y1" + rot 1 * v "y3" - rot 2 * v "y2")
                set "z2" (v "y2" + rot 2 * v "y1" - rot 0 * v "y3")
                set "z3" (v "y3" + rot 0 * v "y2" - rot 1 * v "y1")
            ]
            dec "p" (v "z1" / v "z3")
            dec "q" (v "z2" / v "z3")
            dec "r2" (sq (v "p") + sq (v "q"))
            dec "bend" (1.0 + cam 9 * v "r2" + cam 10 * sq (v "r2"))
            dec "w" (at "weights" i)
            dec "e1" (v "w" * (v "p" * v "bend" * cam 6 + cam 7 - at "features" (i * 2)))
            dec "e2" (v "w" * (v "q" * v "bend" * cam 6 + cam 8 - at "features" (i * 2 + 1)))
            inc "cost" (sq (v "e1") + sq (v "e2") + sq (1.0 - sq (v "w")))
        ]
        ret [ v "cost" ]
    ]

/// A long short-term memory with elementwise weights, layer upon layer, over a sequence: the loss of predicting each next row. Of a layer
/// there are eight rows of parameters: weights, then biases, of the forget, in, out and change gates; then three rows more.
let lstm =
    let b, layers = n "b", n "layers"
    let weight row = at "p" (n "base" + b * whole row + j)
    let extra row = at "p" (layers * 8 * b + b * whole row + j)

    single [ xs "p"; fixedReals "start"; fixedReals "seq"; int' "b"; int' "layers"; int' "rows" ] 1 [
        arr "hidden" (layers * b)
        arr "cell" (layers * b)
        arr "input" b
        arr "out" b
        dec "total" (num 0.0)
        dec "s" (num 0.0)
        loop "i" (whole 0) layers [ loop "j" (whole 0) b [ put "hidden" (i * b + j) (at "start" (i * 2 * b + j)); put "cell" (i * b + j) (at "start" (i * 2 * b + b + j)) ] ]
        loop "t" (whole 0) (n "rows" - 1) [
            loop "j" (whole 0) b [ put "input" j (at "seq" (t * b + j) * extra 0) ]
            loop "i" (whole 0) layers [
                deci "base" (i * 8 * b)
                loop "j" (whole 0) b [
                    dec "old" (at "hidden" (i * b + j))
                    dec "forget" (sigmoid' (at "input" j * weight 0 + weight 4))
                    dec "in" (sigmoid' (v "old" * weight 1 + weight 5))
                    dec "outgate" (sigmoid' (at "input" j * weight 2 + weight 6))
                    dec "change" (tanh' (v "old" * weight 3 + weight 7))
                    dec "now" (at "cell" (i * b + j) * v "forget" + v "in" * v "change")
                    put "cell" (i * b + j) (v "now")
                    put "hidden" (i * b + j) (v "outgate" * tanh' (v "now"))
                    put "input" j (at "hidden" (i * b + j))
                ]
            ]
            set "s" (num 2.0)
            loop "j" (whole 0) b [ put "out" j (at "input" j * extra 1 + extra 2); inc "s" (exp' (at "out" j)) ]
            set "s" (log' (v "s"))
            loop "j" (whole 0) b [ inc "total" (at "seq" ((t + 1) * b + j) * (at "out" j - v "s")) ]
        ]
        ret [ -(v "total" / real ((n "rows" - 1) * b)) ]
    ]
