/// Well-formed or refused: types, scopes, calls and exits of a program are checked before anything is made of it.
module Zautograd.Programs.Check

open Zautograd
open Zautograd.Programs

/// Something wrong with a program: in which function, at which statement, what, and what to do about it.
type Fault =
    {
        Function: string
        Statement: string
        Wrong: string
        WayOut: string
    }

    override fault.ToString() =
        let at = if fault.Statement = "" then "" else $", at '{fault.Statement}'"
        $"{fault.Function}{at}: {fault.Wrong}; {fault.WayOut}."

/// Thrown for an ill-formed program, with everything that is wrong with it.
exception IllFormed of string with
    override fault.Message = fault.Data0

/// What a name stands for. Only some may be assigned.
type private Known = { Type: Type; Locked: string option }

let private isScalar kind =
    match kind with
    | Real
    | Int
    | Bool -> true
    | Reals
    | Ints -> false

let private elementOf kind =
    match kind with
    | Reals -> Real
    | Ints -> Int
    | scalar -> scalar

let private says kind =
    match kind with
    | Real -> "a real"
    | Int -> "an int"
    | Bool -> "a bool"
    | Reals -> "an array of reals"
    | Ints -> "an array of ints"

/// Whether the end of a block is never reached, because every path leaves before.
let rec private leaves (block: Statement list) =
    block
    |> List.exists (fun statement ->
        match statement with
        | Return _
        | Outside _
        | Break
        | Continue -> true
        | If(_, yes, no) -> leaves yes && leaves no
        | While(Truth true, body) -> not (hasBreak body)
        | _ -> false)

// a break that belongs to the loop around the block
and private hasBreak (block: Statement list) =
    block
    |> List.exists (fun statement ->
        match statement with
        | Break -> true
        | If(_, yes, no) -> hasBreak yes || hasBreak no
        | _ -> false)

let private ofFunction (program: Program) (f: Function) : Fault list =
    let faults = ResizeArray<Fault>()
    let stacks = System.Collections.Generic.Dictionary<string, Type>()
    let mutable at = ""
    let refuse wrong wayOut = faults.Add { Function = f.Name; Statement = at; Wrong = wrong; WayOut = wayOut }

    let find (scope: Map<string, Known>) name =
        match Map.tryFind name scope with
        | Some known -> Some known
        | None ->
            refuse $"'{name}' is not declared here" "declare it before, in this block or in one around it"
            None

    // the type of a term; None where something in it was refused already
    let rec typeOf scope term : Type option =
        let wants kind part =
            match typeOf scope part with
            | Some found when found <> kind ->
                refuse
                    $"'{Show.term part}' is {says found}, where {says kind} is wanted"
                    (if kind = Real && found = Int then "write real(...) round it" else "change its type or the place")

                false
            | found -> found.IsSome

        let arrayOf name =
            match find scope name with
            | Some known when isScalar known.Type ->
                refuse $"'{name}' is {says known.Type}, not an array" "use its value without an index"
                None
            | known -> known |> Option.map _.Type

        match term with
        | Number _ -> Some Real
        | Whole _ -> Some Int
        | Truth _ -> Some Bool
        | Variable name ->
            match find scope name with
            | Some known when not (isScalar known.Type) ->
                refuse $"'{name}' is {says known.Type}, where a scalar is wanted" $"write {name}[i], or pass it to a function"
                None
            | known -> known |> Option.map _.Type
        | Length name -> arrayOf name |> Option.map (fun _ -> Int)
        | Element(name, index) ->
            let array = arrayOf name
            wants Int index |> ignore
            array |> Option.map elementOf
        | Formula(op, args) ->
            let rule = Rules.rule op

            if rule.Arity <> args.Length then
                refuse $"{rule.Name} takes {rule.Arity} argument(s), but {args.Length} were given" "give it as many as the table says"

            for arg in args do
                wants Real arg |> ignore

            Some Real
        | Integer(_, a, b) ->
            wants Int a |> ignore
            wants Int b |> ignore
            Some Int
        | Compare(_, a, b) ->
            match typeOf scope a, typeOf scope b with
            | Some left, Some right when left <> right ->
                refuse $"{says left} is compared with {says right} in '{Show.term term}'" "write real(...) round the int"
            | Some Bool, Some Bool -> refuse $"bools are compared in '{Show.term term}'" "write it with and, or, not"
            | _ -> ()

            Some Bool
        | Not a ->
            wants Bool a |> ignore
            Some Bool
        | And(a, b)
        | Or(a, b) ->
            wants Bool a |> ignore
            wants Bool b |> ignore
            Some Bool
        | Choose(condition, a, b) ->
            wants Bool condition |> ignore

            match typeOf scope a, typeOf scope b with
            | Some yes, Some no when yes <> no ->
                refuse $"one branch of '{Show.term term}' is {says yes}, the other {says no}" "make both the same"
                None
            | yes, no -> Option.orElse no yes
        | ToReal a ->
            wants Int a |> ignore
            Some Real
        | ToInt a ->
            wants Real a |> ignore
            Some Int

    let wants scope kind term =
        match typeOf scope term with
        | Some found when found <> kind ->
            refuse
                $"'{Show.term term}' is {says found}, where {says kind} is wanted"
                (if kind = Real && found = Int then "write real(...) round it" else "change its type or the place")
        | _ -> ()

    // a variable or array that is about to change
    let target scope name =
        match find scope name with
        | Some { Locked = Some why } ->
            refuse $"'{name}' {why} and is not assigned" "assign a local copy of it"
            None
        | known -> known |> Option.map _.Type

    let scalarTarget scope name =
        match target scope name with
        | Some kind when not (isScalar kind) ->
            refuse $"'{name}' is {says kind} and cannot be assigned as a whole" "assign its elements in a loop"
            None
        | kind -> kind

    let arrayTarget scope name =
        match target scope name with
        | Some kind when isScalar kind ->
            refuse $"'{name}' is {says kind}, not an array" "assign it without an index"
            None
        | kind -> kind

    let declare (scope: Map<string, Known>) name kind locked =
        if scope.ContainsKey name then
            refuse $"'{name}' is declared already" "give one of the two another name"

        Map.add name { Type = kind; Locked = locked } scope

    let ownTerm name term =
        if Set.contains name (Term.names term) then
            refuse $"'{name}' is increased by a term that reads it" $"write {name} = {name} + ..., or read it into a local first"

    let stack scope name kind =
        if Map.containsKey name scope then
            refuse $"'{name}' is a stack and a variable" "give one of the two another name"

        if not (isScalar kind) then refuse $"stack '{name}' would hold {says kind}" "push its elements"

        match stacks.TryGetValue name with
        | true, known when known <> kind ->
            refuse $"stack '{name}' holds {says known} elsewhere and {says kind} here" "use a stack for each type"
        | _ -> stacks[name] <- kind

    let rec block scope inLoop (statements: Statement list) =
        (scope, statements) ||> List.fold (fun scope s -> statement scope inLoop s) |> ignore

    and statement (scope: Map<string, Known>) inLoop (s: Statement) : Map<string, Known> =
        at <- Show.head s

        match s with
        | Declare(name, kind, e) ->
            if isScalar kind then
                wants scope kind e
            else
                refuse $"'{name}' is {says kind}, and has no value as a whole" "declare it by its length"

            declare scope name kind None
        | DeclareArray(name, kind, length) ->
            wants scope Int length

            if isScalar kind then refuse $"'{name}' is {says kind}, and has no length" "declare it by its value"

            declare scope name kind None
        | Assign(name, e) ->
            match scalarTarget scope name with
            | Some kind -> wants scope kind e
            | None -> ()

            scope
        | Increment(name, e) ->
            match scalarTarget scope name with
            | Some Bool -> refuse $"'{name}' is a bool, and bools are not added" "assign it"
            | Some kind -> wants scope kind e
            | None -> ()

            ownTerm name e
            scope
        | Store(array, index, e)
        | Accumulate(array, index, e) ->
            wants scope Int index

            match arrayTarget scope array with
            | Some kind -> wants scope (elementOf kind) e
            | None -> ()

            match s with
            | Accumulate _ -> ownTerm array e
            | _ -> ()

            scope
        | If(condition, yes, no) ->
            wants scope Bool condition
            block scope inLoop yes
            block scope inLoop no
            scope
        | For(counter, first, last, step, body) ->
            wants scope Int first
            wants scope Int last

            if step = 0 then refuse "the step of the loop is 0" "step by another number, or write a while loop"

            block (declare scope counter Int (Some "counts a loop")) true body
            scope
        | While(condition, body) ->
            wants scope Bool condition
            block scope true body
            scope
        | Call(results, name, args) ->
            call scope results name args
            scope
        | Return values ->
            if values.Length <> f.Results.Length then
                refuse $"{values.Length} value(s) are returned, but {f.Results.Length} are promised" "return one value for every result"
            else
                List.iter2 (wants scope) f.Results values

            scope
        | Outside(_, args) ->
            if f.Body.Length > 1 then
                refuse "a function that stands outside has a body" "call that function from another one"

            for arg in args do
                match arg with
                | Variable name -> find scope name |> ignore
                | _ -> typeOf scope arg |> ignore

            scope
        | Break
        | Continue ->
            if not inLoop then refuse "there is no loop around it" "put it into a loop, or return"

            scope
        | Remark _ -> scope
        | Push(name, kind, e) ->
            stack scope name kind
            wants scope kind e
            scope
        | Pop(name, kind, variable) ->
            stack scope name kind

            match scalarTarget scope variable with
            | Some found when found <> kind ->
                refuse $"{says kind} is popped into '{variable}', which is {says found}" "pop into a variable of the stack's type"
            | _ -> ()

            scope
        | PopElement(name, kind, array, index) ->
            stack scope name kind
            wants scope Int index

            match arrayTarget scope array with
            | Some found when elementOf found <> kind ->
                refuse $"{says kind} is popped into '{array}', which is {says found}" "pop into an array of the stack's type"
            | _ -> ()

            scope

    and call scope results name args =
        match program.TryFind name with
        | None -> refuse $"there is no function '{name}'" "add it to the program"
        | Some callee ->
            if callee.Parameters.Length <> args.Length then
                refuse $"'{name}' takes {callee.Parameters.Length} argument(s), but {args.Length} were given" "give one for every parameter"
            else
                for parameter, arg in List.zip callee.Parameters args do
                    argument scope parameter arg

                let arrays =
                    [
                        for parameter, arg in List.zip callee.Parameters args do
                            match arg with
                            | Variable array when not (isScalar parameter.Type) -> array, parameter.Flow
                            | _ -> ()
                    ]

                for array, uses in List.groupBy fst arrays do
                    if uses.Length > 1 && List.exists (fun (_, flow) -> flow = InOut) uses then
                        refuse
                            $"'{name}' gets the array '{array}' more than once, and changes it"
                            "pass a copy, or write the function for one array"

            if callee.Results.Length <> results.Length then
                refuse $"'{name}' returns {callee.Results.Length} value(s), but {results.Length} are received" "receive every result"
            else
                for result, kind in List.zip results callee.Results do
                    match scalarTarget scope result with
                    | Some found when found <> kind ->
                        refuse
                            $"a result of '{name}' is {says kind}, but '{result}' is {says found}"
                            "receive it in a variable of its own type"
                    | _ -> ()

            if (List.distinct results).Length < results.Length then
                refuse "two results are received by the same variable" "receive them in different variables"

    and argument scope parameter arg =
        match arg with
        | _ when isScalar parameter.Type -> wants scope parameter.Type arg
        | Variable array ->
            match if parameter.Flow = InOut then target scope array else find scope array |> Option.map _.Type with
            | Some kind when kind <> parameter.Type ->
                refuse
                    $"'{array}' is {says kind}, but the parameter '{parameter.Name}' is {says parameter.Type}"
                    "pass an array of the same type"
            | _ -> ()
        | _ ->
            refuse
                $"'{Show.term arg}' is passed for '{parameter.Name}', which is {says parameter.Type}"
                "pass an array by its name; copy what is computed into one"

    let parameters =
        (Map.empty, f.Parameters)
        ||> List.fold (fun scope parameter ->
            let locked =
                match parameter.Flow with
                | InOut -> None
                | In -> Some "is a parameter that is only read"

            if parameter.Flow = InOut && isScalar parameter.Type then
                refuse $"the parameter '{parameter.Name}' is a scalar that would be changed for the caller" "return it as a result"

            declare scope parameter.Name parameter.Type locked)

    for kind in f.Results do
        if not (isScalar kind) then refuse $"a result is {says kind}" "make it a parameter that is changed"

    block parameters false f.Body
    at <- ""

    if not f.Results.IsEmpty && not (leaves f.Body) then
        refuse "a path ends without a return" "return on every path"

    for name in stacks.Keys do
        if
            Statement.all f.Body
            |> List.exists (fun s ->
                match s with
                | Declare(declared, _, _)
                | DeclareArray(declared, _, _)
                | For(declared, _, _, _, _) -> declared = name
                | _ -> false)
        then
            refuse $"'{name}' is a stack and a variable" "give one of the two another name"

    List.ofSeq faults |> List.distinct

/// Everything that is wrong with a program, in the order of its text; nothing for a well-formed one.
let faults (program: Program) : Fault list =
    let twice =
        [
            for name, same in program.Functions |> List.groupBy _.Name do
                if same.Length > 1 then
                    {
                        Function = name
                        Statement = ""
                        Wrong = $"{same.Length} functions have this name"
                        WayOut = "give them different names"
                    }
        ]

    twice @ List.collect (ofFunction program) program.Functions

/// The program itself where it is well-formed; otherwise an `IllFormed` that says what is wrong.
let wellFormed (program: Program) : Program =
    match faults program with
    | [] -> program
    | found -> raise (IllFormed(found |> List.map string |> String.concat "\n"))
