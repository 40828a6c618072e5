/// Dead stores: an element that is overwritten before anybody reads its array, or that is given the value it has.
module Zautograd.Programs.Passes.Stores

open System.Collections.Generic
open Zautograd.Programs

// whether the array's elements may be seen, or the index may change, when this statement runs
let private meets (written: Written) array (names: List<string>) statement =
    let read = List()
    Statement.terms statement |> List.iter (Term.eachName read)

    read.Contains array
    || written.Own statement |> List.exists (fun name -> names.Contains name)
    || (match statement with
        | If _
        | For _
        | While _
        | Call _
        | Return _
        | Break
        | Continue -> true
        | _ -> false)

/// How far a store looks for the one that overwrites it: further on in straight code there are hardly any.
let private reach = 24

/// Stores that the same block overwrites go. An array that stands in nothing between the two is not seen between them.
let private overwritten (program: Program) (f: Function) : Function =
    let written = Written program

    let rec later array index names left block =
        match block with
        | Store(name, i, e) :: _ when name = array && i = index -> not (Term.mentions array e)
        | statement :: rest when left > 0 && not (meets written array names statement) -> later array index names (left - 1) rest
        | _ -> false

    let rec isInts term =
        match term with
        | Formula _
        | Number _ -> false
        | _ -> Term.parts term |> List.forall isInts

    let rec block statements = Sharing.items statements (left statements)

    and left statements =
        let rec from kept statements =
            match statements with
            | [] -> List.rev kept
            | Store(array, index, e) :: rest when isInts index && isInts' e && overwrites array index rest -> from kept rest
            | statement :: rest -> from (Rewrite.blocks block statement :: kept) rest

        from [] statements

    // its own term must not fail: the index is asked again by the other store
    and isInts' term =
        match term with
        | Element _
        | Integer _ -> false
        | _ -> Term.parts term |> List.forall isInts'

    and overwrites array index rest =
        let names = List()
        Term.eachName names index
        not (names.Contains array) && later array index names reach rest

    Rewrite.body block f

let private copies statement =
    match statement with
    | Store(_, _, Variable _) -> true
    | _ -> false

/// Stores of what is there already go.
let private same (program: Program) (f: Function) : Function =
    let walk = Walk(program, f)
    let values = walk.Values
    let nothing = If(Truth false, [], [])

    let changed =
        walk.Run(fun statement ->
            [],
            match statement with
            | Store(array, i, (Variable _ as e)) when values.Element(array, (values.Number i).Value) = (values.Number e).Value -> nothing
            | other -> other)

    let rec block statements =
        statements |> Sharing.collect (fun s -> if obj.ReferenceEquals(s, nothing) then [] else [ Rewrite.blocks block s ])

    Rewrite.body block changed

/// Stores that change nothing that anybody sees go.
let run (program: Program) (f: Function) : Function =
    let f = overwritten program f
    if Statement.exists copies f.Body then same program f else f
