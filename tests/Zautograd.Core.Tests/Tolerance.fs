/// How close two numbers must be and why, and the numeric derivative that all others are measured against.
module Zautograd.Tests.Tolerance

open System

/// Whether two numbers differ by no more than a tolerance, relative to 1 + their sizes; NaN agrees with NaN, an infinity with itself.
let close (tolerance: float) (p: float) (q: float) =
    p = q || Double.IsNaN p && Double.IsNaN q || abs (p - q) <= tolerance * (1.0 + abs p + abs q)

/// For the same formula computed along another path: a few hundred roundings of 1e-16, grown by slopes of at most 20 each.
[<Literal>]
let Rounding = 1e-9

/// For a central difference: below 1e-7 where the fifth derivative is below 1e7, which is so at points that keep away from breaks.
[<Literal>]
let Difference = 1e-6

/// The derivative of f at x from four values near x: two central differences, extrapolated (Richardson), which errs by h^4/480 times the
/// fifth derivative.
let differenceBy (step: float) (f: float -> float) (x: float) =
    let central h = (f (x + h) - f (x - h)) / (2.0 * h)
    (4.0 * central (step / 2.0) - central step) / 3.0

/// The step is a power of two, so that x + h and x - h are mostly exact.
let difference = differenceBy (1.0 / 1024.0)
