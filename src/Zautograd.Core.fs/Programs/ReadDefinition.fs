/// Functions of a program, from lambdas.
module internal Zautograd.Programs.ReadDefinition

open System.Collections.Generic
open Zautograd
open Zautograd.Programs
open Zautograd.Programs.ReadMeaning
open Zautograd.Programs.ReadRefusal
open Zautograd.Programs.ReadLibrary
open Zautograd.Programs.ReadScope
open FSharp.Quotations
open FSharp.Quotations.Patterns

/// A lambda's parameters out of a row of meanings: what names stand for in its body, and the body.
let rec give (row: Queue<Meaning>) first bound quotation =
    match quotation with
    | Lambda(name, body) when row.Count > 0 || (first && name.Type = typeof<unit>) ->
        give row false (Map.add name (take name.Type row) bound) body
    | NamedItem bound (name, meaning, body) when row.Count > 0 -> give row first (Map.add name meaning bound) body
    | body -> bound, body

/// New parameters, of the shape of a meaning.
let rec likewise (block: Block) wish meaning =
    match meaning with
    | Scalar(kind, _) -> Scalar(kind, Variable(block.Fresh wish))
    | Array(kind, _) ->
        let name = block.Fresh wish
        block.Locals.Arrays.Add name |> ignore
        Array(kind, name)
    | Items items -> Items(items |> List.mapi (fun i item -> likewise block $"{wish}{i + 1}" item))
    | other -> other

/// New parameters, of the shape of a type.
let rec private ofType quotation (block: Block) (names: string list) (kind: NetType) =
    match kind with
    | Held held when isArray held -> likewise block names.Head (Array(held, ""))
    | Held held -> likewise block names.Head (Scalar(held, Truth true))
    | Tuple kinds ->
        let nameOf i = if names.Length > 1 then names[i] else $"{names.Head}{i + 1}"
        Items(kinds |> List.mapi (fun i kind -> ofType quotation block [ nameOf i ] kind))
    | _ -> raise (unsupportedType quotation $"its parameter '{names.Head}'" kind)

let private parameterOf meaning : Parameter option =
    match meaning with
    | Array(kind, name) -> Some { Name = name; Type = kind; Flow = In; Active = (kind = Reals) }
    | Scalar(kind, Variable name) -> Some { Name = name; Type = kind; Flow = In; Active = (kind = Real) }
    | _ -> None

/// What a function gets before its own arguments: what names stand for inside, and the parameters among that.
type Surroundings = Block -> Map<Var, Meaning> * Meaning list

let alone: Surroundings = fun _ -> Map.empty, []

/// A function of a program.
let functionOf read (library: Library) name (surroundings: Surroundings) (definition: Quotation) : Function =
    let block = Block(library.Locals(), None)

    let rec enter bound parameters quotation =
        match quotation with
        | Lambda(name, body) ->
            let meaning = ofType quotation block (namesFor name body) name.Type
            enter (Map.add name meaning bound) (parameters @ leaves meaning) body
        | NamedItem bound (name, meaning, body) -> enter (Map.add name meaning bound) parameters body
        | body -> bound, parameters, body

    let bound, given = surroundings block
    let bound, parameters, body = enter bound given definition

    if not (isHeld body.Type) then raise (unsupportedType body "its result" body.Type)

    let found = part { Bound = bound; Block = block; Wish = [ "result" ]; Inside = []; Library = library; Read = read } body

    let results =
        [
            for meaning in leaves found do
                match meaning with
                | Scalar(kind, term) -> kind, term
                | other -> raise (refuse body $"its result is {describe other}. Write it into an array that the caller gives.")
        ]

    if not results.IsEmpty then block.Add(Return(List.map snd results))

    {
        Name = name
        Parameters = List.choose parameterOf parameters
        Results = List.map fst results
        Body = block.Statements
    }
