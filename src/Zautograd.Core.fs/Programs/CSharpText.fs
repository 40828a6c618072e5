/// Programs as C# source text: names kept, remarks as comments, no warning with nullable on, 0 bytes allocated per call in steady state.
module Zautograd.Programs.CSharpText

open System
open System.Collections.Generic
open Zautograd
open Zautograd.Programs

let private typeName kind =
    match kind with
    | Real -> "double"
    | Int -> "int"
    | Bool -> "bool"
    | Reals -> "double[]"
    | Ints -> "int[]"

let private elementName kind = if kind = Ints || kind = Int then "int" else "double"

/// A function ready to be written: how its names read, which values nobody wants, which variables are declared where they are first assigned.
type private Writer =
    {
        Text: Term -> string
        Name: string -> string
        Callee: string -> string
        Types: Map<string, Type>
        Blocks: IReadOnlyDictionary<string, string>
        Unread: Set<string>
        Late: Set<string>
    }

/// A comment ends where C# sees the end of a line.
let private comment (text: string) =
    [ for line in text.Split([| "\r\n"; "\r"; "\n"; "\u0085"; "\u2028"; "\u2029" |], StringSplitOptions.None) -> ("// " + line).TrimEnd() ]

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
    | _ -> $"{target} = {text e};"

let private increment kind own e = if kind = Int || kind = Ints then Integer(Plus, own, e) else Formula(Add, [ own; e ])

/// for (int i = first; i < last; i++)
let private header (text: Term -> string) i first last step =
    let condition =
        match last with
        | Whole bound when step < 0 && bound < Int32.MaxValue -> $"{i} >= {bound + 1}"
        | _ -> i + (if step > 0 then " < " else " > ") + text last

    let next =
        match step with
        | 1 -> $"{i}++"
        | -1 -> $"{i}--"
        | _ when step > 0 || step = Int32.MinValue -> $"{i} += {step}"
        | _ -> $"{i} -= {-step}"

    $"for (int {i} = {text first}; {condition}; {next})"

let rec private block (w: Writer) (statements: Statement list) : string list =
    let text, name = w.Text, w.Name
    let started = HashSet<string>()
    let declared local = if w.Late.Contains local then typeName w.Types[local] + " " else ""

    [
        for s in statements do
            match s with
            | Remark remark -> yield! comment remark
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
            | If(condition, yes, no) -> yield! branches w "if" condition yes no
            | While(condition, body) ->
                $"while ({text condition})"
                yield! braces w body
            | For(i, first, last, step, body) ->
                header text (name i) first last step
                yield! braces w body
            | Call(results, callee, args) ->
                let given = args |> List.map (argument w) |> String.concat ", "

                let targets =
                    [ for local in results -> if w.Unread.Contains local then "_" else declared local + name local ]

                let left =
                    match targets with
                    | [ target ] when target <> "_" -> target + " = "
                    | _ when List.forall ((=) "_") targets -> ""
                    | _ -> "(" + String.concat ", " targets + ") = "

                $"{left}{w.Callee callee}({given});"
            | Return [] -> "return;"
            | Return [ value ] -> $"return {text value};"
            | Return values -> "return (" + String.concat ", " (List.map text values) + ");"
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

and private braces w body = [ "{"; yield! block w body |> List.map (fun line -> "    " + line); "}" ]

and private branches w word condition yes no =
    [
        $"{word} ({w.Text condition})"
        yield! braces w yes

        match no with
        | [] -> ()
        | [ If(other, yes, no) ] -> yield! branches w "else if" other yes no
        | _ ->
            "else"
            yield! braces w no
    ]

/// A comment of the outermost block has an empty line before it.
let private aired (lines: string list) =
    let isComment (line: string) = line.StartsWith("//", StringComparison.Ordinal)

    [
        for before, line in List.pairwise ("//" :: lines) do
            if isComment line && not (isComment before) then ""
            line
    ]

let private longest = 130
let private signs = set [ "+"; "-"; "*"; "/"; "%"; "?"; ":"; "&&"; "||" ]

/// A long line is broken where the fewest brackets are open: before a sign, or behind a comma.
let rec private broken (line: string) : string list =
    let start = line.Length - line.TrimStart().Length

    if line.Length <= longest || line.Substring(start).StartsWith("//", StringComparison.Ordinal) then
        [ line ]
    else
        let depths =
            line |> Seq.scan (fun depth c -> if c = '(' || c = '[' then depth + 1 elif c = ')' || c = ']' then depth - 1 else depth) 0 |> Array.ofSeq

        let isBreak index =
            line[index] = ' '
            && (line[index - 1] = ','
                || signs.Contains(line.Substring(index + 1).Split(' ')[0]))

        match [ start + longest / 3 .. longest - 1 ] |> List.filter isBreak with
        | [] -> [ line ]
        | places ->
            let place = places |> List.minBy (fun index -> depths[index], -index)
            line.Substring(0, place) :: broken (String(' ', start + 4) + line.Substring(place + 1))

let private parameterType (p: Parameter) =
    match p.Type, p.Flow with
    | (Reals | Ints), In -> $"ReadOnlySpan<{elementName p.Type}>"
    | (Reals | Ints), InOut -> $"Span<{elementName p.Type}>"
    | kind, _ -> typeName kind

/// What a function returns: the elements of a tuple have the names of the variables that are returned.
let private resultType (name: string -> string) (f: Function) =
    let returned = Statement.all f.Body |> List.choose (function Return values -> Some values | _ -> None) |> List.tryLast

    match f.Results, returned with
    | [], _ -> "void"
    | [ kind ], _ -> typeName kind
    | kinds, returned ->
        let wished =
            match returned with
            | Some values ->
                values
                |> List.mapi (fun i value ->
                    match value with
                    | Variable local -> Layout.pascal ((name local).TrimStart '@')
                    | _ -> $"Value{i + 1}")
            | None -> kinds |> List.mapi (fun i _ -> $"Value{i + 1}")

        let elements = List.map2 (fun kind element -> $"{typeName kind} {element}") kinds (CSharpNames.distinct Set.empty wished)
        "(" + String.concat ", " elements + ")"

let private routine (access: string) (program: Program) (functions: Map<string, string>) (helpers: Map<Op, string>) (f: Function) =
    let f, types = CSharpTidy.separate f
    let f = CSharpTidy.reachable types f |> CSharpTidy.bounds program
    let f, unread = CSharpTidy.read f
    let reserved = Set.ofSeq (Seq.append functions.Values helpers.Values)
    let names, blocks = CSharpNames.ofFunction reserved f
    let f, late = CSharpTidy.late program f
    let name local = names[local]

    let writer =
        {
            Text = CSharpTerm.text { Local = name; Function = (fun f -> functions[f]); Helper = (fun op -> helpers[op]) }
            Name = name
            Callee = fun callee -> functions[callee]
            Types = types
            Blocks = blocks
            Unread = unread
            Late = late
        }

    let stacks =
        Statement.all f.Body
        |> List.choose (function
            | Push(stack, kind, _)
            | Pop(stack, kind, _)
            | PopElement(stack, kind, _, _) -> Some(stack, kind)
            | _ -> None)
        |> List.distinct

    let body =
        match List.tryLast f.Body with
        | Some(Return []) -> List.truncate (f.Body.Length - 1) f.Body
        | _ -> f.Body

    let parameters = f.Parameters |> List.map (fun p -> $"{parameterType p} {name p.Name}") |> String.concat ", "

    let lines =
        [
            for stack, kind in stacks do
                $"using var {name stack} = Zautograd.Runtime.Recording<{typeName kind}>.Rent();"

            yield! block writer body
        ]

    [
        $"{access} static {resultType name f} {functions[f.Name]}({parameters})"
        "{"
        yield! aired lines |> List.map (fun line -> if line = "" then "" else "    " + line)
        "}"
    ]
    |> List.collect broken

/// <summary>
/// The functions of a program as static methods of C#, for a class in a file that uses System. Arrays that are only read are taken as
/// ReadOnlySpan, arrays that change as Span; several results are a tuple. Stacks and local arrays come from `Zautograd.Runtime`.
/// </summary>
let methods (access: string) (program: Program) : string =
    let program = Check.wellFormed program
    let helpers = CSharpTerm.helpers program
    let names = [ for f in program.Functions -> f.Name ]
    let functions, helperNames = CSharpNames.ofFunctions (names @ List.map CSharpTerm.helperName helpers) |> List.splitAt names.Length
    let functions, helperNames = Map.ofList (List.zip names functions), Map.ofList (List.zip helpers helperNames)

    [
        for f in program.Functions -> routine access program functions helperNames f
        for op in helpers -> CSharpTerm.helper op helperNames[op]
    ]
    |> List.map (fun lines -> String.concat "\n" lines + "\n")
    |> String.concat "\n"

/// The functions of a program as public static methods of C#.
let source (program: Program) : string = methods "public" program
