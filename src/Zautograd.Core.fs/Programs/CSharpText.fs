/// Programs as C# source text: names kept, remarks as comments, no warning with nullable on, 0 bytes allocated per call in steady state.
module Zautograd.Programs.CSharpText

open System.Collections.Generic
open Zautograd
open Zautograd.Programs
open Zautograd.Programs.CSharpStatement

let private parameterType (p: Parameter) =
    match p.Type, p.Flow with
    | (Reals | Ints), In -> $"ReadOnlySpan<{elementName p.Type}>"
    | (Reals | Ints), InOut -> $"Span<{elementName p.Type}>"
    | kind, _ -> typeName kind

/// What a function returns: the elements of a tuple have the names of the variables that are returned.
let private resultType (name: string -> string) (f: Function) =
    let returned =
        Statement.all f.Body
        |> List.choose (function
            | Return values -> Some values
            | _ -> None)
        |> List.tryLast

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

let private routine
    (access: string)
    (exact: (Function -> Set<string>) option)
    (program: Program)
    (functions: Map<string, string>)
    (helpers: Map<Op, string>)
    (f: Function)
    =
    let f, types = CSharpSeparate.separate f
    let f = CSharpTidy.reachable types f |> CSharpLocals.bounds program
    let f, unread = CSharpLocals.read f
    let reserved = Set.ofSeq (Seq.append functions.Values helpers.Values)

    let vectors =
        match exact with
        | Some exact -> CSharpLanes.find types (exact f) f
        | None -> Map.empty

    let f = CSharpLanes.upward vectors f
    let names, blocks = CSharpNames.ofFunction reserved vectors f
    let f, late = CSharpLocals.late program f
    let name local = names[local]

    let stacks =
        Statement.all f.Body
        |> List.choose (function
            | Push(stack, kind, _)
            | Pop(stack, kind, _)
            | PopElement(stack, kind, _, _) -> Some(stack, kind)
            | _ -> None)
        |> List.distinct

    let capacities = stacks |> List.map (fun (stack, _) -> stack, Capacity.ofFunction program f stack)

    let termNames: CSharpTerm.Names = { Local = name; Function = (fun f -> functions[f]); Helper = (fun op -> helpers[op]) }

    let writer =
        {
            Text = CSharpTerm.text termNames
            Names = termNames
            Name = name
            Callee = fun callee -> functions[callee]
            Types = types
            Assigned = Statement.assigned program.TryFind
            Blocks = blocks
            Unread = unread
            Late = HashSet<string>(late)
            Vectors = vectors
            Growing =
                Set.ofList
                    [
                        for stack, capacity in capacities do
                            if capacity.IsNone then stack
                    ]
        }

    let body =
        match List.tryLast f.Body with
        | Some(Return []) -> List.truncate (f.Body.Length - 1) f.Body
        | _ -> f.Body

    let parameters = f.Parameters |> List.map (fun p -> $"{parameterType p} {name p.Name}") |> String.concat ", "

    let lines =
        [
            for stack, kind in stacks do
                $"using var {name stack} = Zautograd.Runtime.Recording<{typeName kind}>.Rent();"

            for stack, capacity in capacities do
                yield! capacity |> Option.map (CSharpStatement.reserve writer stack) |> Option.toList

            yield! block writer Set.empty body
        ]

    [
        $"{access} static {resultType name f} {functions[f.Name]}({parameters})"
        "{"
        yield! CSharpLayout.aired lines |> List.map (fun line -> if line = "" then "" else "    " + line)
        "}"
    ]
    |> List.collect CSharpLayout.broken

let private write (access: string) (exact: (Function -> Set<string>) option) (program: Program) : string =
    let program = Check.wellFormed program
    let helpers = CSharpTerm.helpers program
    let names = [ for f in program.Functions -> f.Name ]
    let functions, helperNames = CSharpNames.ofFunctions (names @ List.map CSharpTerm.helperName helpers) |> List.splitAt names.Length
    let functions, helperNames = Map.ofList (List.zip names functions), Map.ofList (List.zip helpers helperNames)

    [
        for f in program.Functions -> routine access exact program functions helperNames f
        for op in helpers -> CSharpTerm.helper op helperNames[op]
    ]
    |> List.map (fun lines -> String.concat "\n" lines + "\n")
    |> String.concat "\n"

/// <summary>
/// The functions of a program as static methods of C#, for a class in a file that uses System. Arrays that are only read are taken as
/// ReadOnlySpan, arrays that change as Span; several results are a tuple. Stacks and local arrays come from `Zautograd.Runtime`.
/// </summary>
let methods (access: string) (program: Program) : string = write access None program

/// <summary>
/// The same, with several rounds of a loop at once in the lanes of a vector where no round waits for another, for a file that uses
/// Zautograd.Runtime, too. Every number is what it would be round by round, but for sums in the adjoint of `primal` that neither its
/// results nor any decision depends on: they are added up lane by lane.
/// </summary>
let vectors (access: string) (primal: Function) (program: Program) : string =
    let outputs = CSharpLanes.outputs primal
    let adjoint = Adjoint.nameOf primal.Name

    let exact (f: Function) =
        if f.Name = adjoint then
            CSharpLanes.exact f primal.Results.Length outputs
        else
            CSharpLanes.exact f f.Results.Length (CSharpLanes.outputs f)

    write access (Some exact) program

/// The functions of a program as public static methods of C#.
let source (program: Program) : string = methods "public" program
