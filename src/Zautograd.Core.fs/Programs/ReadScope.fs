/// Where a part of the code stands, and how it reads its own parts: one after the other, in the order in which they are evaluated.
module internal Zautograd.Programs.ReadScope

open System.Collections.Generic
open System.Reflection
open System.Runtime.CompilerServices
open Zautograd
open Zautograd.Programs
open Zautograd.Programs.ReadMeaning
open Zautograd.Programs.ReadLibrary
open FSharp.Quotations
open FSharp.Quotations.Patterns

/// What names stand for, where statements go, what a new variable is to be called, the methods that this is inside of - and the reader
/// of any part, which uses the readers of constructs and is used by them.
type Scope =
    {
        Bound: Map<Var, Meaning>
        Block: Block
        Wish: string list
        Inside: MethodInfo list
        Library: Library
        Read: Scope -> Quotation -> Meaning
    }

let part scope quotation = scope.Read scope quotation
let named wish scope = { scope with Wish = [ wish ] }
let bind name meaning scope = { scope with Bound = Map.add name meaning scope.Bound }

/// `fun (a, b) -> ...` and `let a, b = ...` are quoted as one tuple, whose items are named at the start of the body.
let rec private itemNames tuple body =
    match body with
    | Let(name, TupleGet(Var whole, index), rest) when whole = tuple -> (index, name.Name) :: itemNames tuple rest
    | _ -> []

/// What a name's value is called: a tuple's items have names of their own.
let namesFor (name: Var) body =
    match name.Type with
    | Tuple kinds when kinds.Length > 1 ->
        let given = dict (itemNames name body)

        [
            for index in 0 .. kinds.Length - 1 ->
                match given.TryGetValue index with
                | true, given -> given
                | _ -> $"{name.Name}{index + 1}"
        ]
    | _ -> [ name.Name ]

let rec private timesUsed (name: Var) quotation =
    RuntimeHelpers.EnsureSufficientExecutionStack()

    match quotation with
    | ExprShape.ShapeVar other -> if other = name then 1 else 0
    | ExprShape.ShapeLambda(_, body) -> timesUsed name body
    | ExprShape.ShapeCombination(_, parts) -> List.sumBy (timesUsed name) parts

/// Whether the body of a `let` does nothing with the tuple but name its items.
let isOnlyTakenApart (tuple: Var) body =
    let names = itemNames tuple body
    not names.IsEmpty && timesUsed tuple body = names.Length

/// A tuple, or an item of one, that a name stands for.
let rec item (bound: Map<Var, Meaning>) quotation =
    match quotation with
    | Var name -> bound.TryFind name
    | TupleGet(tuple, index) ->
        match item bound tuple with
        | Some(Items items) -> Some items[index]
        | _ -> None
    | _ -> None

/// `let` of an item that is known already, as patterns are quoted.
let (|NamedItem|_|) bound quotation =
    match quotation with
    | Let(name, (TupleGet _ as value), body) -> item bound value |> Option.map (fun meaning -> name, meaning, body)
    | _ -> None

/// Meanings that were found before the statements from a place on; what those change is kept.
let keep (block: Block) place (found: Meaning list) =
    let scalars =
        List.collect leaves found
        |> List.choose (function
            | Scalar(kind, term) -> Some(kind, term)
            | _ -> None)

    let kept = Queue(block.Keep(place, scalars))

    let rec rebuilt meaning =
        match meaning with
        | Scalar(kind, _) -> Scalar(kind, kept.Dequeue())
        | Items items -> Items(List.map rebuilt items)
        | other -> other

    List.map rebuilt found

/// Parts that are evaluated one after the other and then used together.
let operands scope (parts: Quotation list) : Meaning list =
    ([], parts)
    ||> List.fold (fun found quotation ->
        let place = scope.Block.Count
        let meaning = part (named "value" scope) quotation
        (if scope.Block.Count > place then keep scope.Block place found else found) @ [ meaning ])
