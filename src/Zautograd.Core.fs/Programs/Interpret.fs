/// The reference: a slow and obvious interpreter that counts what it does. Every writer is tested against it.
module Zautograd.Programs.Interpret

open System
open System.Collections.Generic
open System.Runtime.CompilerServices
open Zautograd
open Zautograd.Programs

/// What a variable can hold. Arrays are shared by reference, as they are when a program is compiled.
type Item =
    | RealItem of float
    | IntItem of int
    | BoolItem of bool
    | RealArray of float[]
    | IntArray of int[]

/// What a run did: floating-point operations (each op of the table is one), pushes, the most bytes that its stacks held at once (8 for a
/// real, 4 for an int, 1 for a bool), and what is left on the stacks at the end.
/// Path is a fingerprint of the branches taken: runs with different ones went different ways.
type Counts = { Operations: int; Pushes: int; Bytes: int; Left: int; Path: int }

/// Thrown when a program does what no program may: an index out of range, an endless loop.
exception ProgramError of string

type private Exit =
    | Onward
    | Broke
    | Continued
    | Returned of Item list

type private Machine(program: Program, fuel: int) =
    let mutable operations = 0
    let mutable pushes = 0
    let mutable held = 0
    let mutable most = 0
    let mutable steps = 0
    let mutable left = 0
    let mutable path = 17

    let fail message = raise (ProgramError message)

    let real item =
        match item with
        | RealItem x -> x
        | _ -> fail $"a real was expected, not {item}"

    let int item =
        match item with
        | IntItem n -> n
        | _ -> fail $"an int was expected, not {item}"

    let bool item =
        match item with
        | BoolItem b -> b
        | _ -> fail $"a bool was expected, not {item}"

    let size item =
        match item with
        | RealItem _ -> 8
        | IntItem _ -> 4
        | _ -> 1

    let branch item =
        let taken = bool item
        path <- path * 31 + (if taken then 1 else 2)
        taken

    let find (scope: Dictionary<string, Item>) name =
        match scope.TryGetValue name with
        | true, item -> item
        | _ -> fail $"'{name}' has no value here"

    let at name (array: 'a[]) index =
        if index < 0 || index >= array.Length then
            fail $"index {index} is outside of '{name}', which has {array.Length} elements"

    member _.Counts = { Operations = operations; Pushes = pushes; Bytes = most; Left = left; Path = path }

    member private machine.Eval (scope: Dictionary<string, Item>) (term: Term) : Item =
        let eval = machine.Eval scope

        match term with
        | Number x -> RealItem x
        | Whole n -> IntItem n
        | Truth b -> BoolItem b
        | Variable name -> find scope name
        | Length name ->
            match find scope name with
            | RealArray array -> IntItem array.Length
            | IntArray array -> IntItem array.Length
            | _ -> fail $"'{name}' is no array"
        | Element(name, index) ->
            let index = int (eval index)

            match find scope name with
            | RealArray array ->
                at name array index
                RealItem array[index]
            | IntArray array ->
                at name array index
                IntItem array[index]
            | _ -> fail $"'{name}' is no array"
        | Formula(op, args) ->
            operations <- operations + 1
            RealItem(Number.floats.Apply op (args |> List.map (eval >> real)))
        | Integer(op, a, b) ->
            let a, b = int (eval a), int (eval b)

            match op with
            | Plus -> IntItem(a + b)
            | Minus -> IntItem(a - b)
            | Times -> IntItem(a * b)
            | Quotient when b <> 0 -> IntItem(a / b)
            | Remainder when b <> 0 -> IntItem(a % b)
            | Quotient
            | Remainder -> fail "an int is divided by 0"
        | Compare(comparison, a, b) ->
            match comparison, eval a, eval b with
            | Less, RealItem a, RealItem b -> BoolItem(a < b)
            | LessOrEqual, RealItem a, RealItem b -> BoolItem(a <= b)
            | Equal, RealItem a, RealItem b -> BoolItem((a = b))
            | Less, IntItem a, IntItem b -> BoolItem(a < b)
            | LessOrEqual, IntItem a, IntItem b -> BoolItem(a <= b)
            | Equal, IntItem a, IntItem b -> BoolItem((a = b))
            | _, a, b -> fail $"{a} and {b} cannot be compared"
        | Not a -> BoolItem(not (bool (eval a)))
        | And(a, b) -> if bool (eval a) then eval b else BoolItem false
        | Or(a, b) -> if bool (eval a) then BoolItem true else eval b
        | Choose(condition, a, b) -> if branch (eval condition) then eval a else eval b
        | ToReal a -> RealItem(float (int (eval a)))
        | ToInt a -> IntItem(Term.whole (real (eval a)))

    member private machine.Run (scope: Dictionary<string, Item>) (stacks: Dictionary<string, Stack<Item>>) (block: Statement list) : Exit =
        match block with
        | [] -> Onward
        | Remark _ :: rest -> machine.Run scope stacks rest
        | statement :: rest ->
            match machine.Step scope stacks statement with
            | Onward -> machine.Run scope stacks rest
            | exit -> exit

    member private machine.Step scope stacks statement : Exit =
        let eval = machine.Eval scope
        steps <- steps + 1

        if steps > fuel then fail $"the program was stopped after {fuel} steps"

        let add name term =
            match find scope name, eval term with
            | RealItem old, RealItem more ->
                operations <- operations + 1
                scope[name] <- RealItem(old + more)
            | IntItem old, IntItem more -> scope[name] <- IntItem(old + more)
            | old, more -> fail $"{more} cannot be added to {old}"

        let store name index item change =
            match find scope name, item with
            | RealArray array, RealItem x ->
                at name array index
                array[index] <- change array[index] x
            | IntArray array, IntItem n ->
                at name array index
                array[index] <- (if change 1.0 1.0 = 2.0 then array[index] + n else n)
            | array, _ -> fail $"{item} cannot be stored in '{name}', which is {array}"

        let stack name =
            match stacks.TryGetValue name with
            | true, stack -> stack
            | _ ->
                let stack = Stack<Item>()
                stacks[name] <- stack
                stack

        let pop name =
            let stack = stack name
            if stack.Count = 0 then fail $"stack '{name}' is empty"
            let item = stack.Pop()
            held <- held - size item
            item

        match statement with
        | Declare(name, _, e)
        | Assign(name, e) ->
            scope[name] <- eval e
            Onward
        | DeclareArray(name, kind, length) ->
            let length = int (eval length)
            if length < 0 then fail $"'{name}' would have {length} elements"
            scope[name] <- (if kind = Reals then RealArray(Array.zeroCreate length) else IntArray(Array.zeroCreate length))
            Onward
        | Increment(name, e) ->
            add name e
            Onward
        | Store(name, index, e) ->
            let item = eval e
            store name (int (eval index)) item (fun _ x -> x)
            Onward
        | Accumulate(name, index, e) ->
            let item = eval e
            operations <- operations + 1
            store name (int (eval index)) item (+)
            Onward
        | If(condition, yes, no) -> machine.Run scope stacks (if branch (eval condition) then yes else no)
        | For(counter, first, last, step, body) ->
            let last = int (eval last)
            let mutable i = int (eval first)
            let mutable exit = Onward

            while (if step > 0 then i < last else i > last)
                  && (match exit with
                      | Onward -> true
                      | _ -> false) do
                scope[counter] <- IntItem i

                exit <-
                    match machine.Run scope stacks body with
                    | Continued -> Onward
                    | exit -> exit

                i <- i + step

            match exit with
            | Broke -> Onward
            | exit -> exit
        | While(condition, body) ->
            let mutable exit = Onward

            while (match exit with
                   | Onward -> branch (eval condition)
                   | _ -> false) do
                steps <- steps + 1

                if steps > fuel then fail $"the program was stopped after {fuel} steps"

                exit <-
                    match machine.Run scope stacks body with
                    | Continued -> Onward
                    | exit -> exit

            match exit with
            | Broke -> Onward
            | exit -> exit
        | Call(results, name, args) ->
            let found = machine.Call name (List.map eval args)

            for result, item in List.zip results found do
                scope[result] <- item

            Onward
        | Return results -> Returned(List.map eval results)
        | Outside(method, _) -> fail $"'{method}' stands outside of the program, and cannot be interpreted"
        | Break -> Broke
        | Continue -> Continued
        | Remark _ -> Onward
        | Push(name, _, e) ->
            pushes <- pushes + 1
            let item = eval e
            (stack name).Push item
            held <- held + size item
            most <- max most held
            Onward
        | Pop(name, _, target) ->
            scope[target] <- pop name
            Onward
        | PopElement(name, _, array, index) ->
            store array (int (eval index)) (pop name) (fun _ x -> x)
            Onward

    member machine.Call (name: string) (args: Item list) : Item list =
        match program.TryFind name with
        | None -> fail $"there is no function '{name}'"
        | Some f when f.Parameters.Length <> args.Length ->
            fail $"'{name}' takes {f.Parameters.Length} arguments, but {args.Length} were given"
        | Some f ->
            try
                RuntimeHelpers.EnsureSufficientExecutionStack()
            with :? InsufficientExecutionStackException ->
                fail $"the calls of '{name}' are nested too deeply"

            let scope = Dictionary<string, Item>()
            let stacks = Dictionary<string, Stack<Item>>()

            for parameter, arg in List.zip f.Parameters args do
                scope[parameter.Name] <- arg

            let exit = machine.Run scope stacks f.Body

            for stack in stacks.Values do
                left <- left + stack.Count

            match exit with
            | Returned results -> results
            | _ when f.Results.IsEmpty -> []
            | _ -> fail $"'{name}' ended without a return"

/// The results of a function, and what the run did; stopped after so many steps.
let runWithin (fuel: int) (program: Program) (name: string) (args: Item list) : Item list * Counts =
    let machine = Machine(program, fuel)
    let results = machine.Call name args
    results, machine.Counts

/// The results of a function, and what the run did. Arrays among the arguments may be changed by it.
let run (program: Program) (name: string) (args: Item list) : Item list * Counts = runWithin 50_000_000 program name args
