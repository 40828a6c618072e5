// What a pass is, and what every pass asks of a function: its types, what a block writes, how a program is rebuilt.
namespace Zautograd.Programs.Passes

open System.Collections.Generic
open Zautograd.Programs

/// One optimisation: a name, what it does in one sentence, and the function that does it. The result of every run stays the same.
type Pass =
    {
        Name: string
        What: string
        /// Every name of a function is declared once.
        Run: Program -> Program
    }

module Pass =

    /// A pass that looks at one function at a time; the program says what a call may change.
    let each (name: string) (what: string) (run: Program -> Function -> Function) : Pass =
        let over (program: Program) = { Functions = program.Functions |> List.map (run program) }
        { Name = name; What = what; Run = over }

module Function =

    /// What every name of a function holds; names are declared once.
    let types (f: Function) : Dictionary<string, Type> =
        let types = Dictionary<string, Type>()

        for p in f.Parameters do
            types[p.Name] <- p.Type

        let rec block statements =
            for statement in statements do
                match statement with
                | Declare(name, kind, _)
                | DeclareArray(name, kind, _) -> types[name] <- kind
                | For(counter, _, _, _, _) -> types[counter] <- Int
                | _ -> ()

                Statement.blocks statement |> List.iter block

        block f.Body
        types

    /// The type of a well-formed term.
    let rec typeOf (types: Dictionary<string, Type>) term : Type =
        match term with
        | Number _
        | Formula _
        | ToReal _ -> Real
        | Whole _
        | Length _
        | ToInt _
        | Integer _ -> Int
        | Truth _
        | Compare _
        | Not _
        | And _
        | Or _ -> Bool
        | Variable name -> types[name]
        | Element(array, _) -> if types[array] = Reals then Real else Int
        | Choose(_, a, _) -> typeOf types a

/// What blocks write, each block asked once.
type Written(program: Program) =
    let known = Dictionary<Statement list, HashSet<string>>(HashIdentity.Reference)

    let callee = dict [ for f in program.Functions |> List.distinctBy _.Name -> f.Name, f ]

    let find name =
        match callee.TryGetValue name with
        | true, f -> Some f
        | _ -> None

    /// The arrays that a call may change.
    member _.Changed(name: string, args: Term list) : string list = Statement.changed (find name) args

    /// The names that a statement writes itself, without its blocks.
    member _.Own(statement: Statement) : string list = Statement.assigned find statement

    /// The names that a block writes, with all that is inside. Not to be changed.
    member written.Block(block: Statement list) : HashSet<string> =
        match known.TryGetValue block with
        | true, names -> names
        | _ ->
            let names = HashSet<string>()

            for statement in block do
                names.UnionWith(written.Own statement)

                for inner in Statement.blocks statement do
                    names.UnionWith(written.Block inner)

            if not block.IsEmpty then known[block] <- names
            names

module Rewrite =

    /// The statement with its own terms changed, its blocks as they are.
    let terms (change: Term -> Term) (statement: Statement) : Statement =
        match statement with
        | Declare(name, kind, e) -> Declare(name, kind, change e)
        | DeclareArray(name, kind, length) -> DeclareArray(name, kind, change length)
        | Assign(name, e) -> Assign(name, change e)
        | Increment(name, e) -> Increment(name, change e)
        | Store(array, i, e) -> Store(array, change i, change e)
        | Accumulate(array, i, e) -> Accumulate(array, change i, change e)
        | If(condition, yes, no) -> If(change condition, yes, no)
        | For(counter, first, last, step, body) -> For(counter, change first, change last, step, body)
        | While(condition, body) -> While(change condition, body)
        | Call(results, name, args) -> Call(results, name, List.map change args)
        | Return values -> Return(List.map change values)
        | Outside(method, args) -> Outside(method, List.map change args)
        | Push(stack, kind, e) -> Push(stack, kind, change e)
        | PopElement(stack, kind, array, i) -> PopElement(stack, kind, array, change i)
        | Pop _
        | Break
        | Continue
        | Remark _ -> statement

    /// The statement with its blocks changed.
    let blocks (change: Statement list -> Statement list) (statement: Statement) : Statement =
        match statement with
        | If(condition, yes, no) -> If(condition, change yes, change no)
        | For(counter, first, last, step, body) -> For(counter, first, last, step, change body)
        | While(condition, body) -> While(condition, change body)
        | other -> other

    /// The statement with names changed wherever they stand, outside of its terms and blocks.
    let names (change: string -> string) (statement: Statement) : Statement =
        match statement with
        | Declare(name, kind, e) -> Declare(change name, kind, e)
        | DeclareArray(name, kind, length) -> DeclareArray(change name, kind, length)
        | Assign(name, e) -> Assign(change name, e)
        | Increment(name, e) -> Increment(change name, e)
        | Store(array, i, e) -> Store(change array, i, e)
        | Accumulate(array, i, e) -> Accumulate(change array, i, e)
        | For(counter, first, last, step, body) -> For(change counter, first, last, step, body)
        | Call(results, name, args) -> Call(List.map change results, name, args)
        | Pop(stack, kind, name) -> Pop(stack, kind, change name)
        | PopElement(stack, kind, array, i) -> PopElement(stack, kind, change array, i)
        | If _
        | While _
        | Return _
        | Outside _
        | Push _
        | Break
        | Continue
        | Remark _ -> statement
