// Places in arrays as sums of loop counters and lengths: where a loop goes in an array, and whether two places can be one.
namespace Zautograd.Programs.Passes

open System.Collections.Generic
open Zautograd.Programs

/// A sum of names, each so many times, and a number.
type Affine = { Parts: Map<string, int64>; Constant: int64 }

module Affine =

    let number k : Affine = { Parts = Map.empty; Constant = k }
    let one (name: string) : Affine = { Parts = Map.ofList [ name, 1L ]; Constant = 0L }
    let times (a: Affine) (name: string) : int64 = Map.tryFind name a.Parts |> Option.defaultValue 0L

    let scale (k: int64) (a: Affine) : Affine =
        if k = 0L then number 0L else { Parts = Map.map (fun _ n -> n * k) a.Parts; Constant = a.Constant * k }

    let add (a: Affine) (b: Affine) : Affine =
        let sum (parts: Map<string, int64>) name n =
            match n + (Map.tryFind name parts |> Option.defaultValue 0L) with
            | 0L -> Map.remove name parts
            | total -> Map.add name total parts

        { Parts = Map.fold sum a.Parts b.Parts; Constant = a.Constant + b.Constant }

    let minus (a: Affine) (b: Affine) : Affine = add a (scale -1L b)

    // larger ones could wrap round
    let small (a: Affine) : Affine option =
        let fits k = abs k < 1_000_000L
        if fits a.Constant && Map.forall (fun _ n -> fits n) a.Parts then Some a else None

/// A counted loop: the values that its counter cannot go below and above, and its step.
type Sweep = { Low: Affine; High: Affine; Step: int }

/// The places that statements write to, as sums of the counters of the loops around them, of parameters and of lengths.
type Places(program: Program, f: Function) =
    let ranges = Ranges f
    let written = Written program
    let places = Dictionary<Statement, Affine option>(HashIdentity.Reference)
    let sweeps = Dictionary<string, Sweep>()
    // what stays as it is from start to end
    let fixedInts = HashSet<string>(f.Parameters |> Seq.filter (fun p -> p.Type = Int) |> Seq.map _.Name)
    do fixedInts.ExceptWith(written.Block f.Body)

    let fixedArrays =
        HashSet<string>(
            [
                for p in f.Parameters do
                    p.Name
                for statement in f.Body do
                    match statement with
                    | DeclareArray(name, _, _) -> name
                    | _ -> ()
            ]
        )

    // `known` are counters and ints that are sums now
    let rec sum (known: Map<string, Affine>) term : Affine option =
        match term with
        | Whole k -> Some(Affine.number (int64 k))
        | Variable name when known.ContainsKey name -> Some known[name]
        | Variable name when fixedInts.Contains name -> Some(Affine.one name)
        | Length array ->
            match ranges.Length array with
            | Length root when fixedArrays.Contains root -> Some(Affine.one ("length of " + root))
            | Length _ -> None
            | length -> sum known length
        | Integer(Plus, a, b) -> Option.map2 Affine.add (sum known a) (sum known b)
        | Integer(Minus, a, b) -> Option.map2 Affine.minus (sum known a) (sum known b)
        | Integer(Times, a, Whole k)
        | Integer(Times, Whole k, a) -> sum known a |> Option.map (Affine.scale (int64 k))
        | _ -> None
        |> Option.bind Affine.small

    let forget (names: HashSet<string>) known = known |> Map.filter (fun name _ -> not (names.Contains name))

    let rec block known statements = (known, statements) ||> List.fold statement |> ignore

    and statement known s =
        match s with
        | Store(_, index, _)
        | Accumulate(_, index, _)
        | PopElement(_, _, _, index) ->
            // a statement that stands in two places has no place
            places[s] <- if places.ContainsKey s then None else sum known index
            known
        | Declare(name, Int, e)
        | Assign(name, e) ->
            match sum known e with
            | Some place -> Map.add name place known
            | None -> Map.remove name known
        | For(counter, first, last, step, body) ->
            match sum known first, sum known last with
            | Some first, Some last when step > 0 ->
                sweeps[counter] <- { Low = first; High = Affine.minus last (Affine.number 1L); Step = step }
            | Some first, Some last -> sweeps[counter] <- { Low = Affine.add last (Affine.number 1L); High = first; Step = step }
            | _ -> ()

            let known = forget (written.Block body) known
            block (Map.add counter (Affine.one counter) known) body
            known
        | While(_, body) ->
            let known = forget (written.Block body) known
            block known body
            known
        | If(_, yes, no) ->
            block known yes
            block known no
            known |> forget (written.Block yes) |> forget (written.Block no)
        | other -> known |> forget (HashSet(written.Own other))

    do block Map.empty f.Body

    // the sum where this counter is as far down as it goes, or as far up
    let put (down: bool) (place: Affine) counter : Affine option =
        match Affine.times place counter with
        | 0L -> Some place
        | times ->
            match sweeps.TryGetValue counter with
            | true, sweep ->
                let rest = { place with Parts = Map.remove counter place.Parts }
                let bound = if down = (times > 0L) then sweep.Low else sweep.High
                Affine.add rest (Affine.scale times bound) |> Affine.small
            | _ -> None

    let rec least (place: Affine) : int64 option =
        // a counter's bounds may mention those of the loops around it, never those inside
        match place.Parts |> Map.tryFindKey (fun name _ -> sweeps.ContainsKey name) with
        | Some counter when place.Parts.Count < 16 -> put true place counter |> Option.bind least
        | Some _ -> None
        | None ->
            let isLength (name: string) = name.StartsWith "length of "
            if place.Parts |> Map.forall (fun name n -> n > 0L && isLength name) then Some place.Constant else None

    /// Where a statement writes to, if that is known.
    member _.Of(statement: Statement) : Affine option =
        match places.TryGetValue statement with
        | true, place -> place
        | _ -> None

    /// How a counter runs, if that is known.
    member _.Sweep(counter: string) : Sweep option =
        match sweeps.TryGetValue counter with
        | true, sweep -> Some sweep
        | _ -> None

    /// A number that the sum never goes below.
    member _.Least(place: Affine) : int64 option = least place

    /// Whether the first is certainly never above the second.
    member _.IsOrdered(a: Affine, b: Affine) : bool =
        match least (Affine.minus b a) with
        | Some least -> least >= 0L
        | None -> false

    /// The lowest and the highest place while these counters run, the innermost named first.
    member _.Extent(low: Affine, high: Affine, counters: string list) : (Affine * Affine) option =
        let reach down place =
            (Some place, counters) ||> List.fold (fun place counter -> place |> Option.bind (fun place -> put down place counter))

        Option.map2 (fun low high -> low, high) (reach true low) (reach false high)
