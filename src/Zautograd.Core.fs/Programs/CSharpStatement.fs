/// Statements as lines of C#.
module internal Zautograd.Programs.CSharpStatement

open System
open System.Collections.Generic
open Zautograd
open Zautograd.Programs

/// A type, where it is no parameter's.
let typeName kind =
    match kind with
    | Real -> "double"
    | Int -> "int"
    | Long -> "long"
    | Bool -> "bool"
    | Reals -> "double[]"
    | Ints -> "int[]"

let elementName kind = if kind = Ints || kind = Int then "int" else "double"

/// A function ready to be written: how its names read, which values nobody wants, which variables are declared where they are first assigned.
type Writer =
    {
        Text: Term -> string
        Names: CSharpTerm.Names
        Name: string -> string
        Callee: string -> string
        Types: Map<string, Type>
        Assigned: Statement -> string list
        Blocks: IReadOnlyDictionary<string, string>
        Unread: Set<string>
        /// Those that are not declared yet.
        Late: HashSet<string>
        /// Loops of which several rounds run at once, by their counters.
        Vectors: Map<string, CSharpLanes.Loop>
        /// Stacks that grow as they are filled; the others have room for all from the start.
        Growing: Set<string>
    }

/// v = v + e as v += e.
let private assignment (text: Term -> string) target (own: Term) e =
    match e with
    | Integer(Plus, a, Whole 1) when a = own -> $"{target}++;"
    | Integer(Plus, a, Whole -1)
    | Integer(Minus, a, Whole 1) when a = own -> $"{target}--;"
    | Formula(Add, [ a; Formula(Neg, [ b ]) ]) when a = own -> $"{target} -= {text b};"
    | Formula(Add, [ a; b ])
    | Integer(Plus, a, b) when a = own -> $"{target} += {text b};"
    | Formula(Sub, [ a; b ])
    | Integer(Minus, a, b) when a = own -> $"{target} -= {text b};"
    | Formula(Mul, [ a; b ])
    | Integer(Times, a, b) when a = own -> $"{target} *= {text b};"
    | Formula(Div, [ a; b ]) when a = own -> $"{target} /= {text b};"
    | Formula(Rem, [ a; b ]) when a = own -> target + " %= " + text b + ";"
    | _ -> $"{target} = {text e};"

let private increment kind own e = if kind = Int || kind = Ints then Integer(Plus, own, e) else Formula(Add, [ own; e ])

/// for (int i = first; i < last; i++)
let private header (start: string) (text: Term -> string) i last step isOnce =
    let condition =
        match last with
        | Whole bound when step < 0 && bound < Int32.MaxValue -> $"{i} >= {bound + 1}"
        | _ -> i + (if step > 0 then " < " else " > ") + text last

    let next =
        match step with
        | _ when isOnce -> ""
        | 1 -> $"{i}++"
        | -1 -> $"{i}--"
        | _ when step > 0 || step = Int32.MinValue -> $"{i} += {step}"
        | _ -> $"{i} -= {-step}"

    $"for ({start}; {condition}; {next}".TrimEnd() + ")"

/// Room for all that a stack will hold: 1 * 2 * 3 as a long where there are several factors.
let reserve (w: Writer) stack (capacity: (int64 * Term list) list) =
    let isNatural rounds =
        match rounds with
        | Length _ -> true
        | Whole n -> n >= 0
        | _ -> false

    let factor rounds = if isNatural rounds then w.Text rounds else $"Math.Max(0, {w.Text rounds})"

    let product (times: int64, rounds) =
        match times, List.map factor rounds with
        | times, [] -> string times
        | 1L, [ only ] -> only
        | 1L, several -> "(long)" + String.concat " * " several
        | times, several -> $"{times}L * " + String.concat " * " several

    let sum = capacity |> List.map product |> String.concat " + "
    $"{w.Name stack}.Reserve({sum});"

/// The lines of a block. Of the stacks that grow, some have been given room for it.
let rec block (w: Writer) (reserved: Set<string>) (statements: Statement list) : string list =
    let text, name = w.Text, w.Name
    let growing = Set.difference w.Growing reserved

    let rooms =
        [
            for stack in growing do
                for before, more in Room.stretches stack statements do
                    before, $"{name stack}.Reserve({more});"
        ]

    let started = HashSet<string>()
    let declared local = if w.Late.Remove local then typeName w.Types[local] + " " else ""

    [
        for position, s in List.indexed statements do
            for before, room in rooms do
                if before = position then room

            match s with
            | Remark remark -> yield! CSharpLayout.comment remark
            | Declare(local, kind, e) -> $"{typeName kind} {name local} = {text e};"
            | DeclareArray(local, kind, length) ->
                let workspace = CSharpNames.workspace kind w.Blocks[local]

                if started.Add workspace then
                    $"using var {name workspace} = Zautograd.Runtime.Workspace<{elementName kind}>.Rent();"

                $"Span<{elementName kind}> {name local} = {name workspace}.Zeros({text length});"
            | Assign(local, e) -> declared local + assignment text (name local) (Variable local) e
            | Increment(local, e) -> assignment text (name local) (Variable local) (increment w.Types[local] (Variable local) e)
            | Store(array, i, e) ->
                let place = Element(array, i)
                assignment text (text place) place e
            | Accumulate(array, i, e) ->
                let place = Element(array, i)
                assignment text (text place) place (increment w.Types[array] place e)
            | If(condition, yes, no) ->
                let reserved = w.Growing |> Set.filter (fun stack -> (Room.atMost stack s).IsSome)
                yield! branches w reserved "if" condition yes no
            | While(condition, body) ->
                $"while ({text condition})"
                yield! braces w Set.empty body
            | For(i, first, last, step, body) ->
                let pushing = [ for stack in growing -> stack, Capacity.ofLoop w.Assigned s stack, Room.exactly stack body ]

                for stack, capacity, each in pushing do
                    match capacity, each with
                    | Some [], _ -> ()
                    | Some capacity, _ -> reserve w stack capacity
                    | None, Some each when each > 0 -> $"{name stack}.Reserve({text first}, {text last}, {step}, {each});"
                    | _ -> ()

                let closed =
                    [
                        for stack, capacity, each in pushing do
                            if capacity.IsSome || each.IsSome then stack
                    ]

                let start = $"int {name i} = {text first}"

                match Map.tryFind i w.Vectors with
                | Some loop ->
                    start + ";"
                    yield! CSharpVector.rounds w.Names w.Unread loop i last step
                    header "" text (name i) last step false
                | None -> header start text (name i) last step (CSharpTidy.isOnce body)

                yield! braces w (Set.union reserved (Set.ofList closed)) body
            | Call(results, callee, args) ->
                let given = args |> List.map (argument w) |> String.concat ", "

                let targets = [ for local in results -> if w.Unread.Contains local then "_" else declared local + name local ]

                let left =
                    match targets with
                    | [ target ] when target <> "_" -> target + " = "
                    | _ when List.forall ((=) "_") targets -> ""
                    | _ -> "(" + String.concat ", " targets + ") = "

                $"{left}{w.Callee callee}({given});"
            | Return [] -> "return;"
            | Return [ value ] -> $"return {text value};"
            | Return values -> "return (" + String.concat ", " (List.map text values) + ");"
            | Outside(method, args) -> $"return {CSharpTerm.outside method (List.map (argument w) args)};"
            | Break -> "break;"
            | Continue -> "continue;"
            | Push(stack, _, e) -> $"{name stack}.Push({text e});"
            | Pop(stack, _, local) when w.Unread.Contains local -> $"{name stack}.Pop();"
            | Pop(stack, _, local) -> $"{declared local}{name local} = {name stack}.Pop();"
            | PopElement(stack, _, array, i) -> $"{text (Element(array, i))} = {name stack}.Pop();"
    ]

and private argument w term =
    match term with
    | Variable local -> w.Name local
    | _ -> w.Text term

and private braces w reserved body = [ "{"; yield! block w reserved body |> List.map (fun line -> "    " + line); "}" ]

and private branches w reserved word condition yes no =
    [
        $"{word} ({w.Text condition})"
        yield! braces w reserved yes

        match no with
        | [] -> ()
        | [ If(other, yes, no) ] -> yield! branches w reserved "else if" other yes no
        | _ ->
            "else"
            yield! braces w reserved no
    ]
