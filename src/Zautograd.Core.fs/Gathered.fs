// Factors and terms, gathered by what they are made of.
namespace Zautograd

open System.Collections.Generic
open Zautograd.Exact

/// A base, what the table knows of it, and its exponent.
[<Struct>]
type Factor = { Base: Expr; Facts: Facts; Exponent: float }

/// coefficient * base1^exponent1 * base2^exponent2 ...
type Product = { Coefficient: Ratio; Factors: Factor list }

/// Factors or terms, found by base: a few by looking at all, many by a table, so that a thousand of them take a thousand steps.
type Gathered<'t>() =
    let few = 12
    let bases = ResizeArray<Expr>()
    let items = ResizeArray<'t>()
    let mutable places: Dictionary<Expr, int list> voption = ValueNone

    let enter (places: Dictionary<Expr, int list>) index e =
        places[e] <-
            match places.TryGetValue e with
            | true, before -> index :: before
            | _ -> [ index ]

    member _.Items = items

    /// Where items of this base are, the latest first.
    member _.PlacesOf(e: Expr) : int list =
        match places with
        | ValueSome places ->
            match places.TryGetValue e with
            | true, found -> found
            | _ -> []
        | ValueNone ->
            let mutable found = []

            for index in 0 .. bases.Count - 1 do
                if obj.ReferenceEquals(bases[index], e) then found <- index :: found

            found

    member _.Add(e: Expr, isFinite: bool, item: 't) =
        // what holds an infinity or NaN is never like anything, not even itself: inf - inf is not 0
        bases.Add(if isFinite then e else Const nan)
        items.Add item

        match places with
        | ValueSome places -> enter places (items.Count - 1) bases[bases.Count - 1]
        | ValueNone when items.Count > few ->
            let found = Dictionary<Expr, int list>(HashIdentity.Reference)
            bases |> Seq.iteri (enter found)
            places <- ValueSome found
        | ValueNone -> ()
