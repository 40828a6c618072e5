/// Arrays that each round of a loop fills anew get a row for every round: what a round needs on the way back is still there, unrecorded.
module Zautograd.Programs.Widen

open Zautograd.Programs

// terms and the places of elements changed, wherever they stand
let rec private change (term: Term -> Term) (place: string -> Term -> Term) (statement: Statement) : Statement =
    let block = List.map (change term place)

    match statement with
    | DeclareArray(name, kind, length) -> DeclareArray(name, kind, term length)
    | Declare(name, kind, e) -> Declare(name, kind, term e)
    | Assign(name, e) -> Assign(name, term e)
    | Increment(name, e) -> Increment(name, term e)
    | Store(name, index, e) -> Store(name, place name (term index), term e)
    | Accumulate(name, index, e) -> Accumulate(name, place name (term index), term e)
    | PopElement(stack, kind, name, index) -> PopElement(stack, kind, name, place name (term index))
    | Push(stack, kind, e) -> Push(stack, kind, term e)
    | If(condition, yes, no) -> If(term condition, block yes, block no)
    | For(counter, first, until, step, body) -> For(counter, term first, term until, step, block body)
    | While(condition, body) -> While(term condition, block body)
    | Call(results, name, args) -> Call(results, name, List.map term args)
    | Return values -> Return(List.map term values)
    | Outside _
    | Pop _
    | Break
    | Continue
    | Remark _ -> statement

/// The array's length told by the term that it was declared with.
let private withLength array length (f: Function) : Function =
    let rec term e =
        match e with
        | Length name when name = array -> length
        | _ -> Term.map term e

    { f with Body = f.Body |> List.map (change term (fun _ index -> index)) }

let private withRows array (row: Steady.Row) last (f: Function) : Function =
    let place name index = if name = array then Steady.inRow row index else index

    let rec term e =
        match Term.map term e with
        | Element(name, index) -> Element(name, place name index)
        | other -> other

    let body = f.Body |> List.map (change term place)

    { f with
        Body =
            body
            |> List.map (function
                | DeclareArray(name, kind, length) when name = array -> DeclareArray(name, kind, Integer(Times, last, length))
                | other -> other)
    }

// the innermost loop in a loop whose rounds have the array to themselves
let private loopOf (f: Function) (found: Map<int, Result<Independence.Rounds, string>>) (steady: Steady.Steady) array length =
    let parameters = f.Parameters |> List.map _.Name |> Set.ofList
    let isTold (last: Term) = Set.isSubset (Term.names last) parameters && Set.isSubset (Term.values last) steady.Names
    let all = Steady.touches f.Body |> List.filter (fun (name, _) -> name = array)

    let rec visit depth (items: Listing.Numbered list) =
        items
        |> List.collect (fun item ->
            let own =
                match item.Statement, Map.tryFind item.Id found with
                | For(counter, Whole 0, last, 1, body), Some(Ok rounds) when depth > 0 && rounds.Private.Contains array && isTold last ->
                    let inside = Steady.touches body |> List.filter (fun (name, _) -> name = array)
                    let isInside = Steady.isInside f.Body length

                    let isIn (_, index) =
                        match index with
                        | Some index -> isInside index
                        | None -> false

                    if inside.Length = all.Length && List.forall isIn inside then [ counter, last ] else []
                | _ -> []

            let isLoop =
                match item.Statement with
                | If _ -> 0
                | _ -> 1

            own @ (item.Blocks |> List.collect (visit (depth + isLoop))))

    visit 0 (Listing.number f.Body) |> List.tryLast

/// The function with a row for every round, for those of the arrays that the rounds of a loop inside a loop have to themselves.
let rows (program: Program) (f: Function) (arrays: Set<string>) : Function =
    (f, arrays)
    ||> Set.fold (fun f array ->
        match Map.tryFind array (Steady.ofFunction program f).Lengths with
        | None -> f
        | Some length ->
            let told = withLength array length f

            match loopOf told (Independence.find program told) (Steady.ofFunction program told) array length with
            | Some(counter, last) -> withRows array { Counter = counter; Length = length } last told
            | None -> f)

/// The arrays of which a plan records elements in loops at the top that are turned round by round.
let recorded (plan: Plan.Plan) (f: Function) : Set<string> =
    let rec visit (items: Listing.Numbered list) =
        items
        |> List.collect (fun item ->
            match item.Statement with
            | Store(array, _, _)
            | Accumulate(array, _, _) when plan.Restore item.Id array = Workshop.Recorded -> [ array ]
            | _ -> List.collect visit item.Blocks)

    Listing.number f.Body
    |> List.filter (fun item -> plan.ByRounds item.Id)
    |> List.collect (fun item -> List.collect visit item.Blocks)
    |> Set.ofList
