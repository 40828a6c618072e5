/// Scalar replacement: small local arrays with constant indices become locals; an element that a loop keeps changing is a local in it.
module Zautograd.Programs.Passes.Scalars

open System.Collections.Generic
open Zautograd
open Zautograd.Programs

/// How an array is used by a function or a loop.
type private Use =
    {
        /// The indices by which elements are read or written.
        Indices: HashSet<Term>
        mutable Stores: int
        /// Passed to a function, or asked for its length.
        mutable AsWhole: bool
    }

let private uses (block: Statement list) : Dictionary<string, Use> =
    let found = Dictionary<string, Use>()

    let useOf array =
        match found.TryGetValue array with
        | true, known -> known
        | _ ->
            let fresh = { Indices = HashSet(HashIdentity.Structural); Stores = 0; AsWhole = false }
            found[array] <- fresh
            fresh

    let rec term e =
        match e with
        | Element(array, i) -> (useOf array).Indices.Add i |> ignore
        | Length array -> (useOf array).AsWhole <- true
        | _ -> ()

        Term.parts e |> List.iter term

    block
    |> Statement.iter (fun statement ->
        Statement.terms statement |> List.iter term

        match statement with
        | Store(array, i, _)
        | Accumulate(array, i, _)
        | PopElement(_, _, array, i) ->
            let known = useOf array
            known.Indices.Add i |> ignore
            known.Stores <- known.Stores + 1
        | DeclareArray(array, _, _) -> (useOf array).AsWhole <- true
        | Call(_, _, args) ->
            for arg in args do
                match arg with
                | Variable name -> (useOf name).AsWhole <- true
                | _ -> ()
        | _ -> ())

    found

// elements of one array, by their index, become variables
let private replace (array: string) (local: Term -> string option) (block: Statement list) : Statement list =
    let rec term e =
        match e with
        | Element(name, i) when name = array ->
            match local i with
            | Some local -> Variable local
            | None -> e
        | _ -> Term.map term e

    let rec statement s =
        match Rewrite.terms term s, s with
        | Store(_, _, e), Store(name, i, _) when name = array && (local i).IsSome -> Assign((local i).Value, e)
        | Accumulate(_, _, e), Accumulate(name, i, _) when name = array && (local i).IsSome -> Increment((local i).Value, e)
        | PopElement(stack, kind, _, _), PopElement(_, _, name, i) when name = array && (local i).IsSome ->
            Pop(stack, kind, (local i).Value)
        | other, _ -> Rewrite.blocks (Sharing.map statement) other

    Sharing.map statement block

// more locals than this are no gain
let private mostElements = 16

/// Local arrays of a few elements, used by constant indices only, become locals.
let private small (f: Function) : Function =
    let names = lazy (Names.Of f)
    let used = uses f.Body

    let isSmall array length =
        let known = used[array]

        length <= mostElements
        && known.Indices
           |> Seq.forall (fun index ->
               match index with
               | Whole k -> 0 <= k && k < length
               | _ -> false)

    // declared once, and nowhere as a whole but there
    let candidates =
        [
            for statement in Statement.all f.Body do
                match statement with
                | DeclareArray(array, kind, Whole length) when isSmall array length -> array, kind, length
                | _ -> ()
        ]

    let asWhole = HashSet<string>()

    let rec lengths e =
        match e with
        | Length array -> asWhole.Add array |> ignore
        | _ -> Term.parts e |> List.iter lengths

    f.Body
    |> Statement.iter (fun statement ->
        Statement.terms statement |> List.iter lengths

        match statement with
        | Call(_, _, args) ->
            for arg in args do
                match arg with
                | Variable name -> asWhole.Add name |> ignore
                | _ -> ()
        | _ -> ())

    let apart (body: Statement list) (array, kind, length) =
        let locals = [| for k in 0 .. length - 1 -> names.Value.Fresh $"{array}_{k}" |]

        let local index =
            match index with
            | Whole k -> Some locals[k]
            | _ -> None

        let scalar, zero = if kind = Reals then Real, Number 0.0 else Int, Whole 0

        let rec declare statements =
            statements
            |> List.collect (fun s ->
                match s with
                | DeclareArray(name, _, _) when name = array -> [ for local in locals -> Declare(local, scalar, zero) ]
                | _ -> [ Rewrite.blocks declare s ])

        declare (replace array local body)

    let chosen = candidates |> List.filter (fun (array, _, _) -> not (asWhole.Contains array))
    if chosen.IsEmpty then f else { f with Body = List.fold apart f.Body chosen }

let rec private leaves statement =
    match statement with
    | Return _ -> true
    | _ -> Statement.blocks statement |> List.exists (List.exists leaves)

let rec private jumps statement =
    match statement with
    | Break
    | Continue
    | Return _ -> true
    | _ -> Statement.blocks statement |> List.exists (List.exists jumps)

/// An element that is the only one of its array in a loop, and is changed there, is kept in a local.
let private kept (program: Program) (f: Function) : Function =
    let ranges = Ranges f
    let written = Written program
    let names = lazy (Names.Of f)
    let types = Function.types f

    // the element is used in every round, before anything may leave it
    let touched array (body: Statement list) =
        body
        |> List.takeWhile (jumps >> not)
        |> List.exists (fun statement ->
            match statement with
            | Store(name, _, _)
            | Accumulate(name, _, _) -> name = array
            | _ -> false)

    let rec block statements = statements |> Sharing.collect statement

    and statement s =
        match s with
        | For(counter, first, last, step, body) when not (List.exists leaves body) ->
            let body = block body
            let changed = written.Block body
            let always = ranges.Runs(first, last, step)

            // an index of ints alone is the same term only where it is the same int
            let rec isInts term =
                match term with
                | Formula _
                | Number _ -> false
                | _ -> Term.parts term |> List.forall isInts

            let isStill index =
                let read = List()
                Term.eachName read index
                not (read.Contains counter || Seq.exists changed.Contains read)

            let chosen =
                [
                    for KeyValue(array, known) in uses body do
                        if known.Stores > 0 && not known.AsWhole && known.Indices.Count = 1 then
                            let index = Seq.head known.Indices

                            if isInts index && isStill index && (ranges.Holds(array, index) || touched array body) then
                                array, index
                ]

            let body, before, after =
                ((body, [], []), chosen)
                ||> List.fold (fun (body, before, after) (array, index) ->
                    let local = names.Value.Fresh(array + "_kept")
                    let scalar = if types[array] = Reals then Real else Int

                    replace array (fun _ -> Some local) body,
                    before @ [ Declare(local, scalar, Element(array, index)) ],
                    Store(array, index, Variable local) :: after)

            let loop = Rewrite.withBlocks [ body ] s
            let around = before @ [ loop ] @ after

            if chosen.IsEmpty then
                [ loop ]
            elif always || chosen |> List.forall ranges.Holds then
                around
            else
                // without a round there may be no such element
                [ If((if step > 0 then Compare(Less, first, last) else Compare(Less, last, first)), around, []) ]
        | _ -> [ Rewrite.blocks block s ]

    Rewrite.body block f

/// Elements that are variables in all but their writing become variables.
let run (program: Program) (f: Function) : Function = small f |> kept program
