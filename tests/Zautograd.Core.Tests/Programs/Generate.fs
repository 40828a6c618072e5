/// Random well-formed programs: nested branches and loops, fuelled whiles, arrays, reassignment, early exits, calls, recursion.
module Zautograd.Tests.Programs.Generate

open System
open Zautograd
open Zautograd.Programs
open Zautograd.Programs.Interpret

/// Every array has this length: an index is safe by construction.
let arrayLength = 4

/// What a statement may use. Names in `Safe` are ints that are indices.
type private Scope =
    {
        Reals: string list
        Fixed: string list
        Ints: string list
        Safe: string list
        Bools: string list
        Arrays: (string * Flow) list
        IntArrays: (string * Flow) list
        Depth: int
        Loops: int
    }

    member scope.Visible =
        scope.Reals @ scope.Fixed @ scope.Ints @ scope.Safe @ scope.Bools @ List.map fst scope.Arrays @ List.map fst scope.IntArrays

type private Writer(random: Random, size: int) =
    let mutable budget = size
    let one (items: 'a list) = items[random.Next items.Length]
    let chance percent = random.Next 100 < percent
    let f1 op a = Formula(op, [ a ])
    let f2 op a b = Formula(op, [ a; b ])
    let number () = Number(Math.Round(random.NextDouble() * 3.0 - 1.5, 2))

    // names are used again in scopes that do not see each other
    let fresh (scope: Scope) prefix =
        let visible = set scope.Visible
        Seq.initInfinite (fun i -> $"{prefix}{i + 1}") |> Seq.find (visible.Contains >> not)

    member w.Int (scope: Scope) depth : Term =
        match random.Next 9 with
        | 0
        | 1 -> Whole(random.Next(-2, 4))
        | 2
        | 3 when not scope.Ints.IsEmpty -> Variable(one scope.Ints)
        | 4 when not scope.Safe.IsEmpty -> Variable(one scope.Safe)
        | 5 when not scope.IntArrays.IsEmpty && depth > 0 -> Element(fst (one scope.IntArrays), w.Index scope (depth - 1))
        | 6 when depth > 0 -> Integer(one [ Plus; Minus; Times ], w.Int scope (depth - 1), w.Int scope (depth - 1))
        | 7 when depth > 0 -> Integer(one [ Quotient; Remainder ], w.Int scope (depth - 1), Whole(one [ 2; 3; -2 ]))
        | 8 when depth > 0 && chance 30 -> Choose(w.Bool scope (depth - 1), w.Int scope (depth - 1), w.Int scope (depth - 1))
        | _ -> Whole(random.Next arrayLength)

    /// An int from 0 to 3, whatever happens.
    member w.Index (scope: Scope) depth : Term =
        match random.Next 8 with
        | 0
        | 1
        | 2
        | 3 when not scope.Safe.IsEmpty -> Variable(one scope.Safe)
        | 4 when depth > 0 ->
            let four = Whole arrayLength
            Integer(Remainder, Integer(Plus, Integer(Remainder, w.Int scope (depth - 1), four), four), four)
        // of what can be anything, the remainder is an index
        | 6 when depth > 0 && not scope.Reals.IsEmpty ->
            let four = Whole arrayLength
            let cut = ToInt(Formula(Mul, [ Number 10.0; f1 Tanh (Variable(one scope.Reals)) ]))
            Integer(Remainder, Integer(Plus, Integer(Remainder, cut, four), four), four)
        | 5 when depth > 0 && chance 40 -> Choose(w.Bool scope (depth - 1), w.Index scope (depth - 1), w.Index scope (depth - 1))
        | _ -> Whole(random.Next arrayLength)

    member w.Bool (scope: Scope) depth : Term =
        match random.Next 8 with
        | 0 when not scope.Bools.IsEmpty -> Variable(one scope.Bools)
        | 1 when depth > 0 -> Not(w.Bool scope (depth - 1))
        | 2 when depth > 0 -> And(w.Bool scope (depth - 1), w.Bool scope (depth - 1))
        | 3 when depth > 0 -> Or(w.Bool scope (depth - 1), w.Bool scope (depth - 1))
        | 4
        | 5 when not (scope.Ints.IsEmpty && scope.Safe.IsEmpty) ->
            Compare(one [ Less; LessOrEqual; Equal ], Variable(one (scope.Ints @ scope.Safe)), w.Int scope 1)
        | _ -> Compare(one [ Less; LessOrEqual ], w.Real scope (min depth 1), w.Real scope 0)

    member w.Real (scope: Scope) depth : Term =
        let leaf () =
            match random.Next 10 with
            | 0 -> number ()
            | 1 when not scope.Fixed.IsEmpty -> Variable(one scope.Fixed)
            | 2 when not scope.Ints.IsEmpty -> ToReal(Integer(Remainder, Variable(one scope.Ints), Whole 3))
            | 3
            | 4
            | 5 when not scope.Arrays.IsEmpty -> Element(fst (one scope.Arrays), w.Index scope 1)
            | _ when not scope.Reals.IsEmpty -> Variable(one scope.Reals)
            | _ -> number ()

        if depth = 0 then
            leaf ()
        else
            let a () = w.Real scope (depth - 1)
            let positive () = let a = a () in f2 Add (Number 1.0) (f2 Mul a a)

            match random.Next 24 with
            | 0
            | 1
            | 2 -> f2 Add (a ()) (a ())
            | 3
            | 4 -> f2 Sub (a ()) (a ())
            | 5
            | 6
            | 7
            | 8 -> f2 Mul (a ()) (a ())
            | 9 -> f2 Div (a ()) (positive ())
            | 10 -> f1 Sqrt (positive ())
            | 11 -> f1 Log (positive ())
            | 12 -> f1 Sin (leaf ())
            | 13 -> f1 Exp (f1 Tanh (a ()))
            | 14 -> f1 (one [ Tanh; Atan; Sigmoid; Cos; Asinh ]) (a ())
            | 15 -> f2 Pow (positive ()) (one [ number (); leaf () |> f1 Tanh; Number 2.0 ])
            | 16 -> f2 Pow (leaf ()) (Number 3.0)
            | 17 -> f2 (one [ Max; Min ]) (a ()) (a ())
            | 18 -> f1 (one [ Abs; Relu; Neg; Neg ]) (a ())
            | 19 -> f2 Hypot (a ()) (positive ())
            | 20
            | 21 -> Choose(w.Bool scope 1, a (), a ())
            | 22 when chance 20 -> Formula(Select Less, [ a (); leaf (); a (); leaf () ])
            | _ -> leaf ()

    /// A term that stays small however often it feeds itself.
    member w.Bounded(scope: Scope) : Term =
        let e = w.Real scope (1 + random.Next 2)

        match random.Next 4 with
        | 0 -> f1 Tanh e
        | 1 -> f2 Div e (f2 Add (Number 1.0) (f2 Mul e e))
        | 2 -> f1 Atan e
        | _ -> f1 Sin (f1 Tanh e)

    // what a variable becomes, often from itself: that is where a reverse sweep goes wrong first
    member private w.Next scope (own: Term) : Term =
        match random.Next 6 with
        | 0 -> f2 Mul own (f1 Cos (w.Real scope 1))
        | 1 -> f2 Div (f2 Mul own (f2 Sub (Number 1.0) own)) (f2 Add (Number 1.0) (f2 Mul own own))
        | 2 -> f2 Add (f2 Mul (Number 0.5) own) (w.Bounded scope)
        | 3 -> f1 (one [ Tanh; Atan; Sigmoid ]) own
        | _ -> w.Bounded scope

    /// Statements, and the last of them perhaps a way out.
    member w.Block (scope: Scope) (functions: Function list) (exit: Scope -> Statement list) (count: int) : Statement list =
        if count <= 0 || budget <= 0 then
            exit scope
        else
            budget <- budget - 1
            let statements, scope = w.Statement scope functions
            statements @ w.Block scope functions exit (count - 1)

    member private w.Inside (scope: Scope) functions loops =
        let exits (scope: Scope) =
            match random.Next 20 with
            | 0
            | 1 when scope.Loops > 0 -> [ Break ]
            | 2
            | 3 when scope.Loops > 0 -> [ Continue ]
            | 4 -> w.Leave scope
            | _ -> []

        w.Block { scope with Depth = scope.Depth + 1; Loops = scope.Loops + loops } functions exits (1 + random.Next 3)

    /// The types of this function's results.
    member val Results: Type list = [] with get, set

    // a sum of all that was worked out, so that nothing of it is without effect
    member private w.Everything(scope: Scope) : Term =
        let variables = [ for name in scope.Reals -> Variable name ]
        let elements = [ for name, _ in scope.Arrays -> Element(name, w.Index scope 0) ]
        variables @ elements |> List.fold (fun sum term -> f2 Add sum (f2 Mul (number ()) term)) (w.Real scope 1)

    member w.Leave(scope: Scope) : Statement list =
        [
            Return
                [
                    for kind in w.Results ->
                        match kind with
                        | Real when chance 60 -> w.Everything scope
                        | Real -> w.Real scope 2
                        | Int -> w.Int scope 1
                        | _ -> w.Bool scope 1
                ]
        ]

    member private w.Statement (scope: Scope) (functions: Function list) : Statement list * Scope =
        let deep = scope.Depth >= 3
        let writable = scope.Arrays |> List.filter (fun (_, flow) -> flow = InOut) |> List.map fst
        let intsWritable = scope.IntArrays |> List.filter (fun (_, flow) -> flow = InOut) |> List.map fst
        // parameters are not assigned: locals are t.., k.., b..
        let locals (prefix: string) names = names |> List.filter (fun (name: string) -> name.StartsWith prefix)
        let reals, ints, bools = locals "t" scope.Reals, locals "k" scope.Ints, locals "b" scope.Bools

        match random.Next 34 with
        | 0
        | 1
        | 2 ->
            let name = fresh scope "t"
            [ Declare(name, Real, w.Real scope 2) ], { scope with Reals = name :: scope.Reals }
        | 3 ->
            let name = fresh scope "k"
            [ Declare(name, Int, w.Int scope 1) ], { scope with Ints = name :: scope.Ints }
        | 4 ->
            let name = fresh scope "b"
            [ Declare(name, Bool, w.Bool scope 1) ], { scope with Bools = name :: scope.Bools }
        | 5 when scope.Depth = 0 || chance 40 ->
            let name = fresh scope "s"

            if chance 75 then
                [ DeclareArray(name, Reals, Whole arrayLength) ], { scope with Arrays = (name, InOut) :: scope.Arrays }
            else
                [ DeclareArray(name, Ints, Whole arrayLength) ], { scope with IntArrays = (name, InOut) :: scope.IntArrays }
        | 6
        | 7
        | 8
        | 9
        | 10 when not reals.IsEmpty ->
            let name = one reals
            [ Assign(name, w.Next scope (Variable name)) ], scope
        | 11
        | 12 when not reals.IsEmpty ->
            let name = one reals
            let others = { scope with Reals = scope.Reals |> List.filter ((<>) name) }
            [ Increment(name, w.Bounded others) ], scope
        | 13 when not ints.IsEmpty -> [ Assign(one ints, Integer(Remainder, w.Int scope 2, Whole 5)) ], scope
        | 14 when not ints.IsEmpty -> [ Increment(one ints, Whole(one [ 1; 2; -1 ])) ], scope
        | 15 when not bools.IsEmpty -> [ Assign(one bools, w.Bool scope 2) ], scope
        | 16
        | 17
        | 18 when not writable.IsEmpty ->
            let array = one writable
            let index = w.Index scope 2
            [ Store(array, index, w.Next scope (Element(array, index))) ], scope
        | 19
        | 20 when not writable.IsEmpty ->
            let array = one writable
            let others = { scope with Arrays = scope.Arrays |> List.filter (fun (name, _) -> name <> array) }
            [ Accumulate(array, w.Index scope 2, w.Bounded others) ], scope
        | 21 when not intsWritable.IsEmpty ->
            let array = one intsWritable

            if chance 50 then
                [ Store(array, w.Index scope 2, Integer(Remainder, w.Int scope 1, Whole 5)) ], scope
            else
                [ Accumulate(array, w.Index scope 2, Whole(one [ 1; -1 ])) ], scope
        | 22
        | 23
        | 24
        | 25 when not deep ->
            let yes = w.Inside scope functions 0
            let no = if chance 50 then w.Inside scope functions 0 else []
            [ If(w.Bool scope 2, yes, no) ], scope
        | 26
        | 27
        | 28 when not deep ->
            let counter = fresh scope "i"
            let body = w.Inside { scope with Safe = counter :: scope.Safe } functions 1

            let first, last, step =
                match random.Next 8 with
                | 0
                | 1 ->
                    Whole 0,
                    Length(fst (one ((("", In) :: scope.Arrays) |> List.filter (fun (name, _) -> scope.Arrays.IsEmpty || name <> "")))),
                    1
                | 2 -> Whole(random.Next 3), Whole(random.Next(1, 5)), 1
                | 3 -> Whole 3, Whole(random.Next(-1, 2)), -1
                | 4 -> Whole 0, Whole(random.Next(2, 5)), 2
                | 5 -> Whole 3, Whole -1, -2
                | 6 -> w.Index scope 1, Whole 4, 1
                | _ -> Whole 0, w.Index scope 2, 1

            let last =
                match last with
                | Length "" -> Whole 4
                | other -> other

            if not ints.IsEmpty && chance 25 then
                // a bound that changes in the loop: it is asked once
                let bound = one ints
                let four = Whole arrayLength
                let last = Integer(Remainder, Integer(Plus, Integer(Remainder, Variable bound, four), four), four)
                [ For(counter, Whole 0, last, 1, Increment(bound, Whole(one [ 1; -1 ])) :: body) ], scope
            else
                [ For(counter, first, last, step, body) ], scope
        | 29
        | 30 when not deep ->
            let fuel = fresh scope "fuel"
            // the fuel is an int that only the loop itself touches
            let body = w.Inside { scope with Safe = fuel :: scope.Safe } functions 1

            [
                Declare(fuel, Int, Whole(random.Next 4))
                While(And(Compare(Less, Whole 0, Variable fuel), w.Bool scope 2), Increment(fuel, Whole -1) :: body)
            ],
            { scope with Safe = fuel :: scope.Safe }
        | 31
        | 32 when not functions.IsEmpty && scope.Loops < 2 -> w.Call scope (one functions) None
        | 33 when scope.Loops > 0 && chance 30 -> [ If(w.Bool scope 1, [ one [ Break; Continue ] ], []) ], scope
        | _ when not reals.IsEmpty ->
            let name = one reals
            [ Assign(name, w.Next scope (Variable name)) ], scope
        | _ ->
            let name = fresh scope "t"
            [ Declare(name, Real, w.Real scope 2) ], { scope with Reals = name :: scope.Reals }

    /// A call, where the scope has what it needs; results go to locals, new ones among them.
    member w.Call (scope: Scope) (callee: Function) (depth: Term option) : Statement list * Scope =
        let mutable free = scope.Arrays
        let mutable freeInts = scope.IntArrays
        let mutable possible = true

        let take flow (from: (string * Flow) list) =
            match from |> List.filter (fun (_, f) -> flow = In || f = InOut) with
            | [] ->
                possible <- false
                "", from
            | candidates ->
                let name, _ = one candidates
                name, List.filter (fun (other, _) -> other <> name) from

        let args =
            [
                for p in callee.Parameters do
                    match p.Type with
                    | Real when p.Active -> w.Real scope 1
                    | Real -> number ()
                    | Int when p.Name = "d" -> defaultArg depth (Whole(random.Next 3))
                    | Int -> w.Int scope 1
                    | Long -> Term.zero Long
                    | Bool -> w.Bool scope 1
                    | Reals ->
                        let name, rest = take p.Flow free
                        free <- rest
                        Variable name
                    | Ints ->
                        let name, rest = take p.Flow freeInts
                        freeInts <- rest
                        Variable name
            ]

        let mutable visible = scope
        let before = ResizeArray()
        let mutable used = Set.empty

        let results =
            [
                for kind in callee.Results do
                    let prefix, names =
                        match kind with
                        | Real -> "t", scope.Reals
                        | Int -> "k", scope.Ints
                        | _ -> "b", scope.Bools

                    let candidates = names |> List.filter (fun name -> name.StartsWith prefix && not (used.Contains name))

                    if candidates.IsEmpty then
                        let name = fresh visible prefix

                        visible <-
                            match kind with
                            | Real -> { visible with Reals = name :: visible.Reals }
                            | Int -> { visible with Ints = name :: visible.Ints }
                            | _ -> { visible with Bools = name :: visible.Bools }

                        before.Add(
                            Declare(
                                name,
                                kind,
                                match kind with
                                | Real -> Number 0.0
                                | Int -> Whole 0
                                | _ -> Truth false
                            )
                        )

                        name
                    else
                        let name = one candidates
                        used <- used.Add name
                        name
            ]

        let call = Call(results, callee.Name, args)

        if possible then List.ofSeq before @ [ call ], visible else [], scope

    member w.Function name (functions: Function list) statements recursive : Function =
        let parameter name kind flow active : Parameter = { Name = name; Type = kind; Flow = flow; Active = active }

        let parameters =
            [
                parameter "x" Real In true
                if chance 60 then parameter "y" Real In true
                if chance 70 then parameter "p" Reals In true
                if chance 60 then parameter "q" Reals InOut true
                if chance 15 then parameter "r" Reals InOut true
                if chance 30 then parameter "c" Real In false
                if chance 30 then parameter "n" Int In false
                if chance 25 then parameter "w" Ints InOut false
                if recursive then parameter "d" Int In false
            ]

        let holds name = parameters |> List.exists (fun p -> p.Name = name)

        w.Results <-
            [
                if not (holds "q") || chance 80 then Real
                if chance 25 then Real
                if chance 15 then Int
                if chance 10 then Bool
            ]

        let scope =
            {
                Reals =
                    [
                        for name in [ "x"; "y" ] do
                            if holds name then name
                    ]
                Fixed = [ if holds "c" then "c" ]
                Ints = [ if holds "n" then "n" ]
                Safe = []
                Bools = []
                Arrays =
                    [
                        for p in parameters do
                            if p.Type = Reals then p.Name, p.Flow
                    ]
                IntArrays = [ if holds "w" then "w", InOut ]
                Depth = 0
                Loops = 0
            }

        let self = { Name = name; Parameters = parameters; Results = w.Results; Body = [] }

        let body =
            if recursive then
                let sometimes = w.Bool scope 0
                let stop = If(Compare(LessOrEqual, Variable "d", Whole 0), w.Leave scope, [])
                let first = w.Block { scope with Depth = 1 } functions (fun _ -> []) (statements / 2)
                let again, scope = w.Call scope self (Some(Integer(Minus, Variable "d", Whole 1)))
                // what `first` declares is not known to what follows, so it goes into a branch of its own
                stop :: If(sometimes, first, []) :: again @ w.Block scope functions w.Leave (statements / 2)
            else
                w.Block scope functions w.Leave statements

        { self with Body = body }

    member _.Refill amount = budget <- amount

/// The program of a seed: the last function is the entry. And what it is run with.
let program (seed: int) : Program * Function * Item list =
    let random = Random(seed)
    let size = 4 + random.Next 14
    let writer = Writer(random, size)
    let mutable functions = []

    for i in 1 .. random.Next 3 do
        writer.Refill(3 + random.Next 6)
        functions <- functions @ [ writer.Function $"g{i}" functions (2 + random.Next 4) (random.Next 4 = 0) ]

    writer.Refill size
    let entry = writer.Function "f" functions (3 + random.Next 8) false
    let real () = Math.Round(random.NextDouble() * 2.4 - 1.2, 3)

    let args =
        entry.Parameters
        |> List.map (fun p ->
            match p.Type with
            | Real -> RealItem(real ())
            | Int -> IntItem(random.Next 4)
            | Long -> LongItem(int64 (random.Next 4))
            | Bool -> BoolItem(random.Next 2 = 0)
            | Reals -> RealArray(Array.init arrayLength (fun _ -> real ()))
            | Ints -> IntArray(Array.init arrayLength (fun _ -> random.Next 4)))

    { Functions = functions @ [ entry ] }, entry, args

// ---- making a failing program smaller

let rec private smallerTerms (term: Term) : Term list =
    let parts = Term.parts term

    let constants =
        match term with
        | Number _
        | Whole _
        | Truth _ -> []
        | _ -> [ Number 0.5; Whole 1; Truth true; Truth false ]

    let inside =
        parts
        |> List.mapi (fun i part ->
            smallerTerms part
            |> List.map (fun smaller ->
                let mutable position = -1

                Term.map
                    (fun other ->
                        position <- position + 1
                        if position = i then smaller else other)
                    term))
        |> List.concat

    parts @ constants @ inside

let private withTerms (statement: Statement) : Statement list =
    let one make term = smallerTerms term |> List.map make

    match statement with
    | Declare(name, kind, e) -> one (fun e -> Declare(name, kind, e)) e
    | Assign(name, e) -> one (fun e -> Assign(name, e)) e
    | Increment(name, e) -> one (fun e -> Increment(name, e)) e
    | Store(a, i, e) -> one (fun e -> Store(a, i, e)) e @ one (fun i -> Store(a, i, e)) i
    | Accumulate(a, i, e) -> one (fun e -> Accumulate(a, i, e)) e @ one (fun i -> Accumulate(a, i, e)) i
    | If(c, yes, no) -> one (fun c -> If(c, yes, no)) c
    | While(c, body) -> one (fun c -> While(c, body)) c
    | For(i, first, last, step, body) -> one (fun e -> For(i, e, last, step, body)) first @ one (fun e -> For(i, first, e, step, body)) last
    | Return values ->
        values
        |> List.mapi (fun i value -> one (fun e -> Return(List.mapi (fun j other -> if i = j then e else other) values)) value)
        |> List.concat
    | Call(results, name, args) ->
        args
        |> List.mapi (fun i arg -> one (fun e -> Call(results, name, List.mapi (fun j other -> if i = j then e else other) args)) arg)
        |> List.concat
    | _ -> []

/// Blocks with one thing less: a statement, a branch, a part of a term.
let rec private smallerBlocks (block: Statement list) : Statement list seq =
    seq {
        let array = Array.ofList block

        let replaced i (statements: Statement list) = [ yield! array[.. i - 1]; yield! statements; yield! array[i + 1 ..] ]

        for i in array.Length - 1 .. -1 .. 0 do
            yield replaced i []

        for i in 0 .. array.Length - 1 do
            for inner in Statement.blocks array[i] do
                yield replaced i inner

            match array[i] with
            | If(c, yes, no) ->
                for smaller in smallerBlocks yes -> replaced i [ If(c, smaller, no) ]
                for smaller in smallerBlocks no -> replaced i [ If(c, yes, smaller) ]
            | While(c, body) -> for smaller in smallerBlocks body -> replaced i [ While(c, smaller) ]
            | For(counter, first, last, step, body) ->
                for smaller in smallerBlocks body -> replaced i [ For(counter, first, last, step, smaller) ]
            | _ -> ()

            for smaller in withTerms array[i] -> replaced i [ smaller ]
    }

/// The smallest program found that still fails; every step is well-formed.
let shrink (fails: Program -> bool) (program: Program) : Program =
    let candidates (program: Program) =
        seq {
            for f in program.Functions do
                if f.Name <> "f" then
                    yield { Functions = program.Functions |> List.filter (fun g -> g.Name <> f.Name) }

            for f in program.Functions do
                for body in smallerBlocks f.Body ->
                    { Functions = program.Functions |> List.map (fun g -> if g.Name = f.Name then { g with Body = body } else g) }
        }

    let mutable tries = 20_000

    let rec go program =
        let next =
            candidates program
            |> Seq.truncate (max tries 0)
            |> Seq.tryFind (fun smaller ->
                tries <- tries - 1
                smaller <> program && List.isEmpty (Check.faults smaller) && fails smaller)

        match next with
        | Some smaller when tries > 0 -> go smaller
        | _ -> program

    go program
