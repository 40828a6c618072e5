// What a pass is, and what every pass asks of a function: its types, what a block writes, how a program is rebuilt.
namespace Zautograd.Programs.Passes

open System.Collections.Generic
open Zautograd.Programs

/// What a pass looks at.
type Scope =
    /// One function at a time. The program says what a call may change, and nothing else.
    | EachFunction of (Program -> Function -> Function)
    | WholeProgram of (Program -> Program)

/// One optimisation: a name, what it does in one sentence, and the function that does it. The result of every run stays the same. Every name of a
/// function is declared once, and no statement stands in two places.
type Pass = { Name: string; What: string; Run: Scope }

/// A pass at work, which remembers what it has left as it was, so as not to look at it again.
type Worker(pass: Pass) =
    let settled = HashSet<Function>(HashIdentity.Reference)
    let mutable whole = []

    let isSame (a: Function) (b: Function) = obj.ReferenceEquals(a, b)

    let again (run: Function -> Function) (f: Function) =
        if settled.Contains f then
            f
        else
            let next = run f

            if isSame next f then settled.Add f |> ignore
            next

    /// The program after the pass; the program itself where it changes nothing.
    member _.Run(program: Program) : Program =
        match pass.Run with
        | EachFunction run ->
            Sharing.one (Sharing.map (again (run program))) program program.Functions (fun functions -> { Functions = functions })
        | WholeProgram _ when whole.Length = program.Functions.Length && List.forall2 isSame whole program.Functions -> program
        | WholeProgram run ->
            let next = run program

            if obj.ReferenceEquals(next, program) then whole <- program.Functions
            next

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
        | Wide(op, _) -> Term.typeOfLong op
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

    let callee = lazy (dict [ for f in program.Functions |> List.distinctBy _.Name -> f.Name, f ])

    let find name =
        match callee.Value.TryGetValue name with
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

    /// The statement with its own terms changed, its blocks as they are; the statement itself where none of them changes.
    let terms (change: Term -> Term) (statement: Statement) : Statement =
        match statement with
        | Declare(name, kind, e) -> Sharing.one change statement e (fun e -> Declare(name, kind, e))
        | DeclareArray(name, kind, length) -> Sharing.one change statement length (fun length -> DeclareArray(name, kind, length))
        | Assign(name, e) -> Sharing.one change statement e (fun e -> Assign(name, e))
        | Increment(name, e) -> Sharing.one change statement e (fun e -> Increment(name, e))
        | Store(array, i, e) -> Sharing.two change statement i e (fun i e -> Store(array, i, e))
        | Accumulate(array, i, e) -> Sharing.two change statement i e (fun i e -> Accumulate(array, i, e))
        | If(condition, yes, no) -> Sharing.one change statement condition (fun condition -> If(condition, yes, no))
        | For(counter, first, last, step, body) ->
            Sharing.two change statement first last (fun first last -> For(counter, first, last, step, body))
        | While(condition, body) -> Sharing.one change statement condition (fun condition -> While(condition, body))
        | Call(results, name, args) -> Sharing.one (Sharing.map change) statement args (fun args -> Call(results, name, args))
        | Return values -> Sharing.one (Sharing.map change) statement values Return
        | Outside(method, args) -> Sharing.one (Sharing.map change) statement args (fun args -> Outside(method, args))
        | Push(stack, kind, e) -> Sharing.one change statement e (fun e -> Push(stack, kind, e))
        | PopElement(stack, kind, array, i) -> Sharing.one change statement i (fun i -> PopElement(stack, kind, array, i))
        | Pop _
        | Break
        | Continue
        | Remark _ -> statement

    /// The statement with its blocks changed; the statement itself where none of them changes.
    let blocks (change: Statement list -> Statement list) (statement: Statement) : Statement =
        match statement with
        | If(condition, yes, no) -> Sharing.two change statement yes no (fun yes no -> If(condition, yes, no))
        | For(counter, first, last, step, body) -> Sharing.one change statement body (fun body -> For(counter, first, last, step, body))
        | While(condition, body) -> Sharing.one change statement body (fun body -> While(condition, body))
        | other -> other

    /// The statement with these blocks in the place of its own; the statement itself where they are the same.
    let withBlocks (blocks': Statement list list) (statement: Statement) : Statement =
        let mutable waiting = blocks'

        statement
        |> blocks (fun block ->
            let next = waiting.Head
            waiting <- waiting.Tail
            Sharing.items block next)

    /// The function with its body changed; the function itself where it does not change.
    let body (change: Statement list -> Statement list) (f: Function) : Function =
        Sharing.one change f f.Body (fun body -> { f with Body = body })

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
