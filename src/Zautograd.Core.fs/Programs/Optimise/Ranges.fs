// What cannot fail: indices that counted loops and lengths prove to be in range, ints that are not divided by 0.
namespace Zautograd.Programs.Passes

open System.Collections.Generic
open Zautograd
open Zautograd.Programs

/// Bounds of the loop counters and lengths of the arrays of a function whose names are declared once.
type Ranges(f: Function) =
    let counters = Dictionary<string, struct (Term * Term * int)>()
    let lengths = Dictionary<string, Term>()

    // arrays declared by the length of another are as long as that one
    let rec lengthOf array =
        match lengths.TryGetValue array with
        | true, Length other -> lengthOf other
        | true, Whole n -> Whole n
        | _ -> Length array

    let rec collect block =
        for statement in block do
            match statement with
            | For(counter, first, last, step, _) -> counters[counter] <- struct (first, last, step)
            | DeclareArray(name, _, length) -> lengths[name] <- length
            | _ -> ()

            Statement.blocks statement |> List.iter collect

    do collect f.Body

    // bounds are ints far from overflow: an array is not longer than an int
    let shift offset = Option.map (fun bound -> bound + int64 offset)

    /// A number that the int term never goes below.
    let rec lower term : int64 option =
        match term with
        | Whole k -> Some(int64 k)
        | Length _ -> Some 0L
        | Variable name ->
            match counters.TryGetValue name with
            | true, struct (first, _, step) when step > 0 -> lower first
            | true, struct (_, last, _) -> lower last |> shift 1
            | _ -> None
        | Integer(Plus, a, Whole k) -> lower a |> shift k
        | Integer(Minus, a, Whole k) when k > -1000000 -> lower a |> shift -k
        | Integer(Remainder, a, Whole k) when k > 0 -> lower a |> Option.bind (fun a -> if a >= 0L then Some 0L else None)
        | _ -> None

    /// A length (None for 0) and a number, the sum of which the int term never goes above.
    let rec upper term : (string option * int64) option =
        let shifted offset = Option.map (fun (length, bound) -> length, bound + int64 offset)

        match term with
        | Whole k -> Some(None, int64 k)
        | Length array ->
            match lengthOf array with
            | Length root -> Some(Some root, 0L)
            | Whole n -> Some(None, int64 n)
            | _ -> None
        | Variable name ->
            match counters.TryGetValue name with
            | true, struct (_, last, step) when step > 0 -> upper last |> shifted -1
            | true, struct (first, _, _) -> upper first
            | _ -> None
        | Integer(Plus, a, Whole k) -> upper a |> shifted k
        | Integer(Minus, a, Whole k) when k > -1000000 -> upper a |> shifted -k
        | Integer(Remainder, _, Whole k) when k > 0 -> Some(None, int64 k - 1L)
        | _ -> None

    /// From now on known: one array is as long as the other.
    member _.Equal(array: string, other: string) : unit = if lengthOf array <> lengthOf other then lengths[array] <- Length other

    /// The length of an array as far as it is known: a number, or the length of the array from which it was taken.
    member _.Length(array: string) : Term = lengthOf array

    /// Whether the index is always one of the array's.
    member _.Holds(array: string, index: Term) : bool =
        match lower index, upper index, lengthOf array with
        | Some low, Some(None, high), Whole n -> low >= 0L && high < int64 n
        | Some low, Some(Some root, offset), Length own -> low >= 0L && offset < 0L && root = own
        | _ -> false

    /// Whether a counted loop has at least one round.
    member _.Runs(first: Term, last: Term, step: int) : bool =
        match first, last with
        | Whole first, Whole last -> if step > 0 then first < last else first > last
        | _ -> false

    /// Whether the evaluation of a term may stop the program.
    member ranges.MayFail(term: Term) : bool =
        match term with
        | Element(array, index) -> ranges.MayFail index || not (ranges.Holds(array, index))
        | _ -> Term.mayStop term || Term.parts term |> List.exists ranges.MayFail
