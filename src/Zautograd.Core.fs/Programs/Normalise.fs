/// One way in and one way out: break, continue and early return become conditions, scopes become one, so that a sweep can run backwards.
module Zautograd.Programs.Normalise

open Zautograd
open Zautograd.Programs

/// What may leave a statement other than by its end.
type private Leaves = { Breaks: bool; Continues: bool; Returns: bool }

let private none = { Breaks = false; Continues = false; Returns = false }

let private either a b = { Breaks = a.Breaks || b.Breaks; Continues = a.Continues || b.Continues; Returns = a.Returns || b.Returns }

let rec private leaves statement =
    let inside blocks = blocks |> List.collect id |> List.map leaves |> List.fold either none

    match statement with
    | Break -> { none with Breaks = true }
    | Continue -> { none with Continues = true }
    | Return _ -> { none with Returns = true }
    | If(_, yes, no) -> inside [ yes; no ]
    | For(_, _, _, _, body)
    | While(_, body) -> { none with Returns = (inside [ body ]).Returns }
    | _ -> none

let private leavesOf block = block |> List.map leaves |> List.fold either none

/// Whether the end of a block is never reached.
let rec private neverEnds block =
    match List.tryLast block with
    | Some(Break | Continue | Return _) -> true
    | Some(If(_, yes, no)) -> neverEnds yes && neverEnds no
    | _ -> false

/// Without what no path reaches: it would count as a way out.
let rec private reachable block =
    let rec from passed block =
        match block with
        | [] -> List.rev passed
        | first :: rest ->
            let first =
                match first with
                | If(condition, yes, no) -> If(condition, reachable yes, reachable no)
                | For(i, first, last, step, body) -> For(i, first, last, step, reachable body)
                | While(condition, body) -> While(condition, reachable body)
                | other -> other

            if neverEnds [ first ] then List.rev (first :: passed) else from (first :: passed) rest

    from [] block

/// The flags of the loop around a statement, and of the function; a flag that nobody needs is None.
type private Context =
    {
        Broke: string option
        Skipped: string option
        Returned: string option
        /// Nothing of the loop's body, or of the function, follows: no flag needs to be set to skip the rest.
        Last: bool
        InLoop: bool
        /// Where the function's results go.
        Results: string list
    }

let private set flag = Assign(flag, Truth true)

let private conjunction terms =
    match terms with
    | [] -> Truth true
    | first :: rest -> List.fold (fun all term -> And(all, term)) first rest

let rec private block (names: Names) (context: Context) (statements: Statement list) : Statement list =
    let straight = statements |> List.takeWhile (fun s -> leaves s = none)

    List.collect (statement names { context with Last = false }) straight
    @ leaving names context (List.skip straight.Length statements)

/// Statements of which the first may leave.
and private leaving names context statements =
    match statements with
    | [] -> []
    | [ only ] -> statement names context only
    | (Break | Continue | Return _) as leaving :: _ -> statement names context leaving
    | If(condition, yes, no) :: rest when neverEnds yes -> statement names context (If(condition, yes, no @ rest))
    | If(condition, yes, no) :: rest when neverEnds no -> statement names context (If(condition, yes @ rest, no))
    | first :: rest ->
        let left = leaves first
        let changed = statement names { context with Last = false } first
        let others = block names context rest

        let flags =
            [
                if left.Breaks then yield! Option.toList context.Broke
                if left.Continues then yield! Option.toList context.Skipped
                if left.Returns then yield! Option.toList context.Returned
            ]

        if flags.IsEmpty then
            changed @ others
        else
            changed @ [ If(conjunction [ for flag in flags -> Not(Variable flag) ], others, []) ]

and private statement names context (s: Statement) : Statement list =
    match s with
    | Break -> context.Broke |> Option.map set |> Option.toList
    | Continue -> if context.Last then [] else context.Skipped |> Option.map set |> Option.toList
    | Return values ->
        let results = List.map2 (fun name value -> Assign(name, value)) context.Results values

        if context.Last && not context.InLoop then
            results
        else
            results @ (context.Returned |> Option.map set |> Option.toList)
    | If(condition, yes, no) -> [ If(condition, block names context yes, block names context no) ]
    | While(condition, body) -> loop names context condition body []
    | For(i, first, last, step, body) ->
        let left = leavesOf body

        if not left.Breaks && not left.Returns then
            let inner, before = enter names context body
            [ For(i, first, last, step, before @ block names inner body) ]
        else
            // a loop that may be left early is a while loop over the same counter
            let position, bound = names.Fresh("at_" + i), names.Fresh("end_" + i)

            let condition =
                if step > 0 then
                    Compare(Less, Variable position, Variable bound)
                else
                    Compare(Less, Variable bound, Variable position)

            [ Declare(position, Int, first); Declare(bound, Int, last) ]
            @ loop names context condition (Declare(i, Int, Variable position) :: body) [ Increment(position, Whole step) ]
    | _ -> [ s ]

/// The context of a loop's body, and the declarations at its start.
and private enter names context body =
    let left = leavesOf body
    let skipped = if left.Continues then Some(names.Fresh "skipped") else None

    { context with Broke = None; Skipped = skipped; Last = true; InLoop = true },
    [ for flag in Option.toList skipped -> Declare(flag, Bool, Truth false) ]

and private loop names context condition body after =
    let left = leavesOf body
    let inner, before = enter names context body
    let broke = if left.Breaks then Some(names.Fresh "broke") else None
    let inner = { inner with Broke = broke; Last = inner.Last && after.IsEmpty }

    let flags = Option.toList broke @ (if left.Returns then Option.toList context.Returned else [])
    let going = conjunction ([ for flag in flags -> Not(Variable flag) ] @ [ condition ])

    [ for flag in Option.toList broke -> Declare(flag, Bool, Truth false) ]
    @ [ While(going, before @ block names inner body @ after) ]

/// The function with one return at its end and no break or continue.
let exits (f: Function) : Function =
    let f = { f with Body = reachable f.Body }
    let early = List.truncate (f.Body.Length - 1) f.Body |> leavesOf
    let last = List.tryLast f.Body |> Option.map leaves |> Option.defaultValue none

    let inLoops =
        Statement.all f.Body
        |> List.exists (function
            | Break
            | Continue -> true
            | _ -> false)

    let lastIsReturn =
        match List.tryLast f.Body with
        | Some(Return _) -> true
        | _ -> f.Results.IsEmpty && not last.Returns

    if lastIsReturn && not early.Returns && not inLoops then
        f
    else
        let names = Names.Of f
        let results = f.Results |> List.mapi (fun i _ -> names.Fresh(if f.Results.Length = 1 then "result" else $"result{i + 1}"))
        let returned = names.Fresh "returned"

        let context = { Broke = None; Skipped = None; Returned = Some returned; Last = true; InLoop = false; Results = results }

        let body = block names context f.Body

        let needed =
            Statement.all body
            |> List.exists (fun s ->
                match s with
                | Assign(name, _) -> name = returned
                | _ -> false)

        { f with
            Body =
                List.map2 (fun name kind -> Declare(name, kind, Term.zero kind)) results f.Results
                @ (if needed then [ Declare(returned, Bool, Truth false) ] else [])
                @ body
                @ [ Return(List.map Variable results) ]
        }
