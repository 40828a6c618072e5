/// Every construct that programs can be read from, as F# functions that run as they are and are read by their definitions.
[<ReflectedDefinition>]
module Zautograd.Tests.Programs.QuotedConstructs

open System
open Zautograd

// ---- locals and branches

let locals (x: float) (y: float) =
    let a = x * y
    let mutable b = a + 1.0
    b <- b * b - a
    b <- b + sin a
    b <- b - x
    b <- y + b
    a / b

let branches (x: float) (y: float) =
    let mutable r = 0.0

    if x > y then r <- x * x
    elif x = y then r <- 3.0
    else r <- y * x

    if not (r > 1.0) && x <> 0.5 || y >= 10.0 then r <- r * 2.0

    r + (if x <= 0.0 then -x else x * x)

let branchesWithStatements (x: float) (y: float) =
    let z =
        if x > y then
            let mutable t = x
            t <- t * t
            t + y
        else
            x

    let u, v = if z > 1.0 then (z, x) else (let s = z * x in s, s + 1.0)
    u * v - z

let negatedBranch (x: float) =
    let mutable r = x

    if x > 100.0 then () else r <- r * x

    r

let shadowed (x: float) =
    let x = x * x
    let x = x + 1.0
    let mutable y = x

    if y > 2.0 then
        let x = y * 0.5
        y <- x

    let t = (let x = y * 3.0 in x + 1.0)
    x * y * t

let bools (x: float) (flag: bool) (n: int) =
    let big = x > 1.0
    let mutable other = flag = big
    other <- other <> (n % 2 = 0)
    if other && (big || flag) then x * x else x

let matches (n: int) (x: float) =
    match n, x > 1.0 with
    | 0, _ -> x
    | 1, true -> x * x
    | 1, false -> 2.0 * x
    | k, _ when k > 5 -> x * float k
    | _ -> 1.0

let tuples (x: float) (y: float) =
    let a, b = x + y, x * y
    let (c, d), e = (a * b, b), a
    let mutable p, q = c, d
    p <- p + q * e
    q <- p
    let pair = p * q, q
    let (r, s) as both = (x + p, y)
    fst pair - snd pair + r * s + snd both

let swapped (x: float) (y: float) =
    let mutable a, b = x, y * y
    let b', a' = a, b * 3.0
    a <- a' + b
    b <- b' * a
    a * b - a'

let structTuples (x: float) (n: int) =
    let struct (a, k) = struct (x * x, n + 1)
    struct (a * float k, k, a > 1.0)

let several (x: float) (y: float) = x * y, (x + y, x > y), 3

// ---- ints

let ints (x: float) (n: int) =
    let mutable k = n * 3 - 7
    k <- k / 2 + n % 4
    k <- k - 1
    k <- -k
    let low, high = min k n, max (k + 1) (n - 2)
    let far = abs (low - high) + sign k + sign x
    x * float k + double far + (if low < high then x ** 2.0 else pown x 3)

let powers (x: float) (n: int) = pown x n + x ** 2.5 + Math.Pow(x, 3.0) + pown x 2 * x ** float n

// ---- functions

let functions (x: float) (y: float) =
    let a = sin x + cos y + tan (x * 0.3) + exp (-x) + log (1.0 + x * x) + sqrt (x + 3.0) + abs (x - y)
    let b = Math.Sin x + Math.Cosh y + Math.Tanh x + atan2 x y + Math.Atan2(y, x) + max x y + Math.Min(x, y * 0.1)
    let c = floor x + ceil y + round (x * 3.7) + truncate (y * 2.9) + log10 (x + 5.0) + Math.Log(x + 4.0, 3.0)
    a * b + c + float (sign x)

let ownFunctions (x: float) (y: float) =
    Functions.Sigmoid x * Functions.Erf y
    + Functions.Hypot(x, y)
    + Functions.Apply(Softplus, x * y)
    + Math.Clamp(x, -1.0, 1.0)
    + Functions.Relu(x - y)
    + (if Double.IsNaN x then 0.0 else x)

let pipes (x: float) (y: float) =
    let scale k z = k * z + y
    let both = sin >> scale 2.0
    x |> scale 3.0 |> both |> (fun z -> z * z) |> id |> ignore
    (x, y) ||> (fun a b -> scale a b) |> exp |> min 3.0

let constants (x: float) = x * Math.PI + 1e-3 - -2.0 * x + Math.E / -0.5

// ---- loops

let upward (xs: float[]) =
    let mutable s = 0.0

    for i in 0 .. xs.Length - 1 do
        s <- s + xs[i] * float (i + 1)

    for i = 1 to 3 do
        s <- s * xs[0] + float i

    s

let downward (xs: float[]) =
    let mutable p = 1.0

    for i in xs.Length - 1 .. -1 .. 0 do
        p <- p * 0.5 + xs[i]

    p

let inSteps (xs: float[]) (first: int) =
    let mutable s = 1.0

    for i in first..2 .. xs.Length - 1 do
        s <- s + s * xs[i]

    for i in xs.Length - 1 .. -3 .. first do
        s <- s - xs[i] * xs[i]

    s

let emptyLoops (x: float) (n: int) =
    let mutable s = x

    for i in n .. n - 1 do
        s <- s * float i

    for i in n .. -1 .. n + 1 do
        s <- s * float i

    for _ in 1..2 do
        s <- s * x

    s

let overArray (xs: float[]) (ks: int[]) =
    let mutable s = 0.0

    for x in xs do
        s <- s + x * x

    for k in ks do
        s <- s * xs[k]

    s

let boundsOnce (x: float) =
    let mutable n = 4
    let mutable s = x

    for i in 1..n do
        n <- 2
        s <- s * x + float i

    s + float n

let whiles (x: float) =
    let mutable a = x
    let mutable n = 0

    while a > 1.0 && n < 20 do
        a <- a * 0.7
        n <- n + 1

    a * float n

let nested (xs: float[]) (n: int) =
    let mutable s = 0.0

    for i in 0 .. xs.Length - 1 do
        let mutable a = xs[i]

        for j in i..n do
            if j % 2 = 0 then a <- a * a else a <- a * 0.5

            while a > 1.0 do
                a <- a / 2.0

        s <- s + a

    s

// ---- arrays

let inPlace (xs: float[]) (k: int) =
    xs[k] <- xs[k] + 2.0
    xs[k] <- xs[k] - xs[0] * xs[1]
    xs[0] <- xs[k] * xs[0]
    xs.[1] <- xs.[1] + xs.[1]

let made (x: float) (n: int) =
    let a: float[] = Array.zeroCreate n
    let b = Array.create n x
    let c = Array.copy b
    let d = Array.init n (fun i -> x * float i)
    let e = [| x; x * x; 1.0 |]
    let f: int[] = Array.zeroCreate 2
    f[0] <- 2
    a[0] <- b[0] * c[1] + d[n - 1] + e[f[0]] + e[f[1]]
    c[0] <- 5.0
    a[0] + c[0] * b[0] + float (Array.length e) + float f.Length

let aliases (xs: float[]) =
    let ys = xs
    let zs = Array.copy ys
    ys[0] <- ys[0] * 2.0
    xs[0] * zs[0] + ys[1]

let arrayFunctions (xs: float[]) (ks: int[]) =
    let squares = xs |> Array.map (fun x -> x * x)
    let shifted = Array.mapi (fun i x -> x + float i) squares
    Array.set shifted 0 (Array.get shifted 1 * 2.0)
    let mutable s = Array.sum shifted + float (Array.sum ks) + (ks |> Array.sumBy (fun k -> xs[k]))
    let low, high = Array.fold (fun (a, b) x -> min a x, max b x) (xs[0], xs[0]) xs
    xs |> Array.iteri (fun i x -> squares[i] <- squares[i] + x)
    xs |> Array.iter (fun x -> shifted[0] <- shifted[0] + x)
    s <- s * (high - low)
    let doubled = Array.map (fun k -> 2 * k) ks
    s + squares[1] + shifted[0] + Array.fold (fun t x -> t * x) 1.0 xs + float doubled[0]

let indexOfIndex (xs: float[]) (ks: int[]) =
    let copy = Array.copy ks
    copy[copy[0]] <- copy[copy[0]] + 1
    xs[copy[0]] * xs[ks[ks[0]]]

let freshInLoop (xs: float[]) =
    let mutable s = 0.0

    for i in 0 .. xs.Length - 1 do
        let w = Array.zeroCreate xs.Length
        w[i] <- xs[i] * xs[i]

        for a in w do
            s <- s + a * xs[i]

    s

// ---- calls

let square (x: float) = x * x
let rec power (x: float) n = if n = 0 then 1.0 else x * power x (n - 1)

let rec isEven n = if n = 0 then true else isOdd (n - 1)
and isOdd n = if n = 0 then false else isEven (n - 1)

let bump (xs: float[]) i =
    xs[i] <- xs[i] * 1.5
    xs[i]

let scaleAll (xs: float[]) (k: float) =
    for i in 0 .. xs.Length - 1 do
        xs[i] <- xs[i] * k

let quotient (a: float, b: float) (k: int) =
    let q = floor (a / b)
    q * float k, a - q * b

let ofPair (p: float * float) = fst p * snd p
let twice f (x: float) : float = f (f x)
let scaled (k: float) (xs: float[]) = Array.map (fun x -> k * x) xs
let half () = 0.5

let calls (x: float) (y: float) (n: int) =
    let q, r = quotient (x * 3.0, y) n
    let p = ofPair (x, r)
    let s = square (power x n) + (if isEven n then q else p)
    s + twice (fun z -> z * y + x) 2.0 + half () * p

let callsThatChange (xs: float[]) =
    let work = scaled 2.0 xs
    scaleAll work (xs[1] + bump work 0)
    Array.sum work * bump xs 0 + xs[0]

/// The order of evaluation shows: every operand changes what the others read.
let order (xs: float[]) =
    let a = xs[0] + bump xs 0 * xs[0] - bump xs 0
    let mutable b = a

    let c =
        b
        * (b <- b + 1.0
           b)
        + (if bump xs 1 > 0.0 && bump xs 1 > 1e9 || bump xs 0 > 0.0 then b else -b)

    xs[1] <- xs[0] + bump xs 1

    let d =
        (xs[0],
         (xs[0] <- 7.0
          xs[0]),
         xs[0])

    let e, f, g = d
    (c, bump xs 1) ||> (fun u v -> u * xs[1] + v) |> fun t -> t + e * f - g

/// What a call gave has an owner, and a mutable copy of it is another variable.
let owners (x: float) =
    let changed y =
        let mutable z = y
        z <- z + 1.0
        z * y

    let a, b = quotient (x * 3.0, 0.7) 2
    let mutable c = a
    c <- c * b + b
    changed (power x 2) + c * a

/// Named like functions that the reader knows.
let Get (xs: float[]) (i: int) = xs[i] * 2.0
let Max (x: float) (y: float) = x - y

let namesakes (xs: float[]) =
    let partly a =
        xs[0] <- a
        fun b -> b + xs[0]

    Get xs 1 + Max xs[0] 1.0 + partly 5.0 xs[0]

let conditionWithCalls (xs: float[]) =
    let mutable n = 0

    while bump xs 0 < 20.0 && n < 10 do
        n <- n + 1
        xs[1] <- xs[1] + xs[0]

    xs[1] * float n

let inner (x: float) (ys: float[]) =
    let k = x * 2.0

    let rec go acc i = if i = ys.Length then acc else go (acc * k + ys[i]) (i + 1)

    let rec ping n = if n <= 0 then x else pong (n - 1) * k
    and pong n = if n <= 0 then k else ping (n - 1) + ys[0]

    go 1.0 0 + ping 3

let lambdas (x: float) (y: float) =
    let f a b = a * x + b
    let g = f y
    let add (a, b) = a + b
    g 2.0 * add (f x 1.0, g y)

let rec determinant (a: float[]) (n: int) : float =
    if n = 1 then
        a[0]
    else
        let minor: float[] = Array.zeroCreate ((n - 1) * (n - 1))
        let mutable total = 0.0

        for column in 0 .. n - 1 do
            for i in 1 .. n - 1 do
                let mutable at = 0

                for j in 0 .. n - 1 do
                    if j <> column then
                        minor[(i - 1) * (n - 1) + at] <- a[i * n + j]
                        at <- at + 1

            let s = if column % 2 = 0 then 1.0 else -1.0
            total <- total + s * a[column] * determinant minor (n - 1)

        total
