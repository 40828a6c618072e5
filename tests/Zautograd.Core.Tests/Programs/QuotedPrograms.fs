/// Programs that a person would write, in F#, as it is.
[<ReflectedDefinition>]
module Zautograd.Tests.Programs.QuotedPrograms

open System

let horner (c: float[]) (x: float) =
    let mutable p = 0.0

    for i in c.Length - 1 .. -1 .. 0 do
        p <- p * x + c[i]

    p

let logistic (v0: float) (rate: float) (n: int) =
    let mutable v = v0

    for _ in 1..n do
        v <- rate * v * (1.0 - v)

    v

let newtonRoot (a: float) =
    let mutable x = a

    while abs (x * x - a) > 1e-13 * a do
        x <- 0.5 * (x + a / x)

    x

let bisection (c: float) =
    let mutable low = 0.0
    let mutable high = 4.0

    for _ in 1..60 do
        let middle = 0.5 * (low + high)
        if middle * middle * middle < c then low <- middle else high <- middle

    // one step of Newton carries the derivative, which the search itself has none of
    low - (low * low * low - c) / (3.0 * low * low)

let prefixSums (xs: float[]) =
    for i in 1 .. xs.Length - 1 do
        xs[i] <- xs[i] + xs[i - 1]

let dot (a: float[]) (b: float[]) =
    let mutable s = 0.0

    for i in 0 .. a.Length - 1 do
        s <- s + a[i] * b[i]

    s

let matrixVector (a: float[]) (x: float[]) (y: float[]) =
    for i in 0 .. y.Length - 1 do
        let mutable s = 0.0

        for j in 0 .. x.Length - 1 do
            s <- s + a[i * x.Length + j] * x[j]

        y[i] <- s

let logSumExp (xs: float[]) =
    let mutable top = xs[0]

    for x in xs do
        top <- max top x

    let mutable s = 0.0

    for x in xs do
        s <- s + exp (x - top)

    top + log s

let lotkaVolterra (prey: float, predators: float) =
    let a, b, c, d = 1.1, 0.4, 0.4, 0.1
    a * prey - b * prey * predators, d * prey * predators - c * predators

let rungeKutta (x0: float) (y0: float) (h: float) (steps: int) =
    let mutable x, y = x0, y0

    for _ in 1..steps do
        let ax, ay = lotkaVolterra (x, y)
        let bx, by = lotkaVolterra (x + h / 2.0 * ax, y + h / 2.0 * ay)
        let cx, cy = lotkaVolterra (x + h / 2.0 * bx, y + h / 2.0 * by)
        let dx, dy = lotkaVolterra (x + h * cx, y + h * cy)
        x <- x + h / 6.0 * (ax + 2.0 * bx + 2.0 * cx + dx)
        y <- y + h / 6.0 * (ay + 2.0 * by + 2.0 * cy + dy)

    x, y

let kMeans (points: float[]) (centres: float[]) (dimension: int) =
    let mutable cost = 0.0

    for i in 0 .. points.Length / dimension - 1 do
        let mutable best = infinity

        for k in 0 .. centres.Length / dimension - 1 do
            let mutable distance = 0.0

            for d in 0 .. dimension - 1 do
                let difference = points[i * dimension + d] - centres[k * dimension + d]
                distance <- distance + difference * difference

            if distance < best then best <- distance

        cost <- cost + best

    cost

let bubbleSort (xs: float[]) =
    for last in xs.Length - 1 .. -1 .. 1 do
        for i in 0 .. last - 1 do
            if xs[i] > xs[i + 1] then
                let t = xs[i]
                xs[i] <- xs[i + 1]
                xs[i + 1] <- t

let histogram (xs: float[]) (bins: int[]) (sums: float[]) =
    for i in 0 .. xs.Length - 1 do
        let bin = (bins[i] * 7 + 1) % sums.Length
        sums[bin] <- sums[bin] + xs[i] * xs[i]

let cholesky (a: float[]) (n: int) =
    for j in 0 .. n - 1 do
        let mutable s = a[j * n + j]

        for k in 0 .. j - 1 do
            s <- s - a[j * n + k] * a[j * n + k]

        a[j * n + j] <- sqrt s

        for i in j + 1 .. n - 1 do
            let mutable t = a[i * n + j]

            for k in 0 .. j - 1 do
                t <- t - a[i * n + k] * a[j * n + k]

            a[i * n + j] <- t / a[j * n + j]

let solve (a: float[]) (b: float[]) =
    let n = b.Length
    let m = Array.copy a
    let y = Array.copy b

    for k in 0 .. n - 1 do
        for i in k + 1 .. n - 1 do
            let f = m[i * n + k] / m[k * n + k]

            for j in k .. n - 1 do
                m[i * n + j] <- m[i * n + j] - f * m[k * n + j]

            y[i] <- y[i] - f * y[k]

    for i in n - 1 .. -1 .. 0 do
        for j in i + 1 .. n - 1 do
            y[i] <- y[i] - m[i * n + j] * y[j]

        y[i] <- y[i] / m[i * n + i]

    Array.sum y

let sigmoid (x: float) = 1.0 / (1.0 + exp -x)

let recurrentCell (weights: float[]) (inputs: float[]) =
    let mutable hidden, cell = 0.0, 0.0

    for x in inputs do
        let forget = sigmoid (weights[0] * x + weights[1] * hidden)
        let input = sigmoid (weights[2] * x + weights[3] * hidden)
        let output = sigmoid (weights[4] * x + weights[5] * hidden)
        cell <- forget * cell + input * tanh (weights[6] * x + weights[7] * hidden)
        hidden <- output * tanh cell

    hidden * hidden

let mixture (weights: float[]) (means: float[]) (widths: float[]) (xs: float[]) =
    let density k x =
        let z = (x - means[k]) / widths[k]
        weights[k] - log widths[k] - 0.5 * z * z

    let mutable total = 0.0

    for x in xs do
        total <- total + logSumExp (Array.init means.Length (fun k -> density k x))

    total - float xs.Length * logSumExp weights

let regression (w: float[]) (xs: float[]) (ys: float[]) =
    let columns = w.Length - 1
    let mutable loss = 0.0

    for i in 0 .. ys.Length - 1 do
        let mutable p = w[columns]

        for j in 0 .. columns - 1 do
            p <- p + w[j] * xs[i * columns + j]

        let miss = p - ys[i]
        loss <- loss + (if abs miss < 1.0 then 0.5 * miss * miss else abs miss - 0.5)

    loss / float ys.Length

let layer (w: float[]) (x: float[]) (outputs: int) =
    Array.init outputs (fun o ->
        let start = o * (x.Length + 1)
        let mutable s = w[start + x.Length]

        for i in 0 .. x.Length - 1 do
            s <- s + w[start + i] * x[i]

        tanh s)

let network (first: float[]) (second: float[]) (x: float[]) (target: float) =
    let hidden = layer first x 3
    let out = layer second hidden 1
    let miss = out[0] - target
    miss * miss

let viterbi (scores: float[]) (change: float[]) (states: int) =
    let best = Array.init states (fun s -> scores[s])
    let next: float[] = Array.zeroCreate states

    for t in 1 .. scores.Length / states - 1 do
        for s in 0 .. states - 1 do
            let mutable top = best[0] + change[s]

            for r in 1 .. states - 1 do
                top <- max top (best[r] + change[r * states + s])

            next[s] <- top + scores[t * states + s]

        for s in 0 .. states - 1 do
            best[s] <- next[s]

    Array.fold max best[0] best

let blackScholes (spot: float) (strike: float) (rate: float) (volatility: float) (time: float) =
    let normal (x: float) = 0.5 * (1.0 + Zautograd.Functions.Erf(x / sqrt 2.0))
    let spread = volatility * sqrt time
    let d1 = (log (spot / strike) + (rate + volatility * volatility / 2.0) * time) / spread
    spot * normal d1 - strike * exp (-rate * time) * normal (d1 - spread)

let heat (u: float[]) (c: float) (steps: int) =
    let v = Array.copy u

    for _ in 1..steps do
        let mutable left = v[0]

        for i in 1 .. v.Length - 2 do
            let here = v[i]
            v[i] <- here + c * (left - 2.0 * here + v[i + 1])
            left <- here

    dot v v

let simpson (a: float) (b: float) (n: int) =
    let f x = exp (-x * x) * cos x
    let h = (b - a) / float n
    let mutable s = f a + f b

    for i in 1 .. n - 1 do
        let weight = if i % 2 = 1 then 4.0 else 2.0
        s <- s + weight * f (a + h * float i)

    s * h / 3.0

let continuedFraction (x: float) (n: int) =
    let rec tail k = if k > n then 0.0 else x / (float k + tail (k + 1))
    1.0 + tail 1

let rec ackermannLike (x: float) (n: int) : float =
    if n <= 0 then
        x
    else
        let a = ackermannLike (0.5 * x) (n - 1)
        a * ackermannLike (a + x) (n - 2) + 1.0

let collatz (x: float) (start: int) =
    let mutable n = start
    let mutable v = x

    while n <> 1 do
        if n % 2 = 0 then
            n <- n / 2
            v <- v * 0.9
        else
            n <- 3 * n + 1
            v <- v + x * x

    v

let softmaxLoss (w: float[]) (x: float[]) (label: int) =
    let score c =
        let mutable s = 0.0

        for i in 0 .. x.Length - 1 do
            s <- s + w[c * x.Length + i] * x[i]

        s

    let scores = Array.init (w.Length / x.Length) score
    logSumExp scores - scores[label]
