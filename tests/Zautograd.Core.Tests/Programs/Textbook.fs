/// What reverse mode costs as the textbook tells it: every operation of a run that depends on an input is taken back, one after the other.
module Zautograd.Tests.Programs.Textbook

open System.Collections.Generic
open Zautograd
open Zautograd.Programs
open Zautograd.Programs.Interpret

/// A real and the place on the trace where its adjoint is gathered; -1 for what does not depend on an input.
type private Traced = { Value: float; Place: int }

type private Cell =
    | RealCell of Traced
    | IntCell of int
    | LongCell of int64
    | BoolCell of bool
    | RealCells of Traced[]
    | IntCells of int[]

/// An operation on the trace: what its slopes cost together with the products, and where contributions go, each with whether its slope is -1.
type private Entry = { Result: int; Cost: int; Goes: (int * bool) list }

type private Exit =
    | Onward
    | Broke
    | Continued
    | Returned of Cell list

/// What it costs to multiply a change by the slopes of an operation with respect to its arguments of these places, what they share counted once;
/// and whether a contribution is taken away. A choice costs the cheapest of its branches.
let private chained op (args: Term list) (places: int list) : int * (int * bool) list =
    let names =
        args
        |> List.mapi (fun i arg ->
            match arg with
            | Number _ -> arg
            | _ -> Variable $"argument {i}")

    let seen = HashSet<Term>(HashIdentity.Structural)

    let rec cost term =
        match term with
        | Choose(_, a, b) -> min (cost a) (cost b)
        | Formula _ -> if seen.Add term then 1 + List.sumBy cost (Term.parts term) else 0
        | _ -> 0

    let contributions =
        [
            for slope, place in List.zip (Number.slopes Term.number op names (Variable "result")) places do
                if place >= 0 then
                    match Number.chain Term.number slope (Variable "change") with
                    | Number 0.0 -> ()
                    | Formula(Neg, [ product ]) -> product, (place, true)
                    | product -> product, (place, false)
        ]

    List.sumBy (fst >> cost) contributions, List.map snd contributions

type private Tracer(program: Program) =
    let trace = List<Entry>()
    let mutable operations = 0
    let mutable places = 0

    let fresh () =
        places <- places + 1
        places - 1

    let real cell =
        match cell with
        | RealCell x -> x
        | other -> failwith $"a real was expected, not {other}"

    let int cell =
        match cell with
        | IntCell k -> k
        | other -> failwith $"an int was expected, not {other}"

    let bool cell =
        match cell with
        | BoolCell b -> b
        | other -> failwith $"a bool was expected, not {other}"

    let apply op (terms: Term list) (args: Traced list) : Traced =
        operations <- operations + 1
        let value = Number.floats.Apply op (args |> List.map _.Value)

        if args |> List.forall (fun arg -> arg.Place < 0) then
            { Value = value; Place = -1 }
        else
            let place = fresh ()
            let cost, goes = chained op terms (args |> List.map _.Place)
            trace.Add { Result = place; Cost = cost; Goes = goes }
            { Value = value; Place = place }

    let still value = { Value = value; Place = -1 }

    let rec eval (scope: Dictionary<string, Cell>) term : Cell =
        let eval = eval scope

        match term with
        | Number x -> RealCell(still x)
        | Whole k -> IntCell k
        | Truth b -> BoolCell b
        | Variable name -> scope[name]
        | Length name ->
            match scope[name] with
            | RealCells a -> IntCell a.Length
            | IntCells a -> IntCell a.Length
            | other -> failwith $"{other} has no length"
        | Element(name, index) ->
            match scope[name] with
            | RealCells a -> RealCell a[int (eval index)]
            | IntCells a -> IntCell a[int (eval index)]
            | other -> failwith $"{other} has no elements"
        | Formula(op, args) -> RealCell(apply op args (args |> List.map (eval >> real)))
        | Integer(op, a, b) ->
            let a, b = int (eval a), int (eval b)

            match op with
            | Plus -> IntCell(a + b)
            | Minus -> IntCell(a - b)
            | Times -> IntCell(a * b)
            | Quotient -> IntCell(a / b)
            | Remainder -> IntCell(a % b)
            | BitAnd -> IntCell(a &&& b)
            | BitOr -> IntCell(a ||| b)
            | BitXor -> IntCell(a ^^^ b)
            | ShiftLeft -> IntCell(a <<< (b &&& 31))
            | ShiftRight -> IntCell(a >>> (b &&& 31))
            | ShiftRightUnsigned -> IntCell(Operators.int (uint32 a >>> (b &&& 31)))
        | Compare(comparison, a, b) ->
            match comparison, eval a, eval b with
            | Less, RealCell a, RealCell b -> BoolCell(a.Value < b.Value)
            | LessOrEqual, RealCell a, RealCell b -> BoolCell(a.Value <= b.Value)
            | Equal, RealCell a, RealCell b -> BoolCell((a.Value = b.Value))
            | Less, LongCell a, LongCell b -> BoolCell(a < b)
            | LessOrEqual, LongCell a, LongCell b -> BoolCell(a <= b)
            | Equal, LongCell a, LongCell b -> BoolCell((a = b))
            | Less, a, b -> BoolCell(int a < int b)
            | LessOrEqual, a, b -> BoolCell(int a <= int b)
            | Equal, a, b -> BoolCell((int a = int b))
        | Not a -> BoolCell(not (bool (eval a)))
        | And(a, b) -> if bool (eval a) then eval b else BoolCell false
        | Or(a, b) -> if bool (eval a) then BoolCell true else eval b
        | Choose(condition, a, b) -> if bool (eval condition) then eval a else eval b
        | Wide(op, args) ->
            let literal arg =
                match eval arg with
                | LongCell n -> Wide(Literal n, [])
                | IntCell k -> Whole k
                | RealCell x -> Number x.Value
                | other -> failwith $"{other} is no operand of longs"

            match Term.wide op (List.map literal args) with
            | Wide(Literal n, []) -> LongCell n
            | Whole k -> IntCell k
            | Number x -> RealCell(still x)
            | other -> failwith $"{other} fails"
        | ToReal a -> RealCell(still (float (int (eval a))))
        | ToInt a -> IntCell(Term.whole (real (eval a)).Value)

    let more old added =
        match old, added with
        | RealCell a, RealCell b -> RealCell(apply Add [ Variable "sum"; Variable "more" ] [ a; b ])
        | a, b -> IntCell(int a + int b)

    let rec run (scope: Dictionary<string, Cell>) block : Exit =
        match block with
        | [] -> Onward
        | statement :: rest ->
            match step scope statement with
            | Onward -> run scope rest
            | exit -> exit

    and step scope statement : Exit =
        let eval = eval scope

        let store array index cell =
            match scope[array], cell with
            | RealCells a, RealCell x -> a[index] <- x
            | IntCells a, IntCell k -> a[index] <- k
            | _ -> failwith $"{cell} cannot be stored in {array}"

        match statement with
        | Declare(name, _, e)
        | Assign(name, e) -> scope[name] <- eval e
        | DeclareArray(name, Reals, length) -> scope[name] <- RealCells(Array.create (int (eval length)) (still 0.0))
        | DeclareArray(name, _, length) -> scope[name] <- IntCells(Array.zeroCreate (int (eval length)))
        | Increment(name, e) -> scope[name] <- more scope[name] (eval e)
        | Store(array, index, e) ->
            let cell = eval e
            store array (int (eval index)) cell
        | Accumulate(array, index, e) ->
            let cell = eval e
            store array (int (eval index)) (more (eval (Element(array, index))) cell)
        | Call(results, name, args) ->
            for result, cell in List.zip results (call name (List.map eval args)) do
                scope[result] <- cell
        | _ -> ()

        let rec rounds next =
            if not (next ()) then
                Onward
            else
                match run scope (Statement.blocks statement).Head with
                | Broke -> Onward
                | Returned cells -> Returned cells
                | _ -> rounds next

        match statement with
        | If(condition, yes, no) -> run scope (if bool (eval condition) then yes else no)
        | For(counter, first, last, step, _) ->
            let last = int (eval last)
            let mutable i = int (eval first) - step

            rounds (fun () ->
                i <- i + step
                scope[counter] <- IntCell i
                if step > 0 then i < last else i > last)
        | While(condition, _) -> rounds (fun () -> bool (eval condition))
        | Break -> Broke
        | Continue -> Continued
        | Return values -> Returned(List.map eval values)
        | _ -> Onward

    and call name (args: Cell list) : Cell list =
        let f = (program.TryFind name).Value
        let scope = Dictionary<string, Cell>()

        for p, cell in List.zip f.Parameters args do
            scope[p.Name] <- cell

        match run scope f.Body with
        | Returned cells -> cells
        | _ -> []

    /// The operations of the run itself and of its reverse.
    member _.Cost(f: Function, args: Item list) : int =
        let input (p: Parameter) x = { Value = x; Place = (if p.Active then fresh () else -1) }

        let cells =
            [
                for p, item in List.zip f.Parameters args do
                    match item with
                    | RealItem x -> RealCell(input p x)
                    | RealArray a -> RealCells(Array.map (input p) a)
                    | IntItem k -> IntCell k
                    | BoolItem b -> BoolCell b
                    | IntArray a -> IntCells(Array.copy a)
                    | LongItem n -> LongCell n
            ]

        let results = call f.Name cells
        let primal = operations

        // how many contributions have come to each place; the seeds are the first
        let received = Array.zeroCreate<int> places
        let mutable reverse = 0

        let contribute (place, isTaken) =
            // a first one that is taken away is negated, any later one is one more sum
            if received[place] > 0 || isTaken then reverse <- reverse + 1
            received[place] <- received[place] + 1

        let seed (x: Traced) = if x.Place >= 0 then contribute (x.Place, false)

        for p, cell in List.zip f.Parameters cells do
            match cell with
            | RealCells a when p.Flow = InOut && p.Active -> Array.iter seed a
            | _ -> ()

        for cell in results do
            match cell with
            | RealCell x -> seed x
            | _ -> ()

        for i in trace.Count - 1 .. -1 .. 0 do
            let entry = trace[i]

            if received[entry.Result] > 0 then
                reverse <- reverse + entry.Cost
                List.iter contribute entry.Goes

        primal + reverse

/// The operations of a run together with those of its reverse, by the textbook: all that depends on an input is taken back, operation by operation;
/// a product for every slope that is not 1 or -1, a sum for every contribution but the first, and what the slopes themselves cost where they are
/// neither an argument nor the result. Nothing is kept for a second operation, nothing left out.
let cost (program: Program) (f: Function) (args: Item list) : int = Tracer(program).Cost(f, args)
