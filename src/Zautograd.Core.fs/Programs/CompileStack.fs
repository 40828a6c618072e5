/// Pushes and pops as LINQ expressions: a stack is an array and a count in locals; bools go by 63 into a word, which is a local as well.
module internal Zautograd.Programs.CompileStack

open System
open System.Linq.Expressions
open Zautograd
open Zautograd.Programs

/// A stack in locals. The word is there for bools: those pushed last, below a 1 that says where they end.
type Stack =
    {
        Home: Linq
        Array: ParameterExpression
        Count: ParameterExpression
        Word: ParameterExpression option
    }

    member stack.Locals = stack.Array :: stack.Count :: Option.toList stack.Word

let private assign (target: Linq) (value: Linq) : Linq = Linq.Assign(target, value)
let private noBools: Linq = Linq.Constant 1UL
let private one: Linq = Linq.Constant 1
let private plus (a: Linq) (n: int) : Linq = Linq.Add(a, Linq.Constant n)
let private statements (all: Linq list) : Linq = Linq.Block(typeof<Void>, all)

let make (memory: Linq) name kind : Stack =
    let home, element =
        match kind with
        | Real -> nameof Unchecked.defaultof<Memory>.RealStacks, typeof<float>
        | Int -> nameof Unchecked.defaultof<Memory>.IntStacks, typeof<int>
        | Long -> nameof Unchecked.defaultof<Memory>.LongStacks, typeof<int64>
        | Bool -> nameof Unchecked.defaultof<Memory>.BoolStacks, typeof<uint64>
        | Reals
        | Ints -> invalidOp $"stack '{name}' would hold arrays"

    {
        Home = Linq.Property(memory, home)
        Array = Linq.Variable(element.MakeArrayType(), name)
        Count = Linq.Variable(typeof<int>, name + "Count")
        Word = if kind = Bool then Some(Linq.Variable(typeof<uint64>, name + "Word")) else None
    }

/// The stack at the start of a run.
let openUp (stack: Stack) : Linq list =
    [
        assign stack.Array (Linq.Call(stack.Home, "Rent", null))
        assign stack.Count (Linq.Constant 0)
        yield! [ for word in Option.toList stack.Word -> assign word noBools ]
    ]

/// The stack at the end of a run, when it must be empty.
let close (owner: string) (stack: Stack) : Linq =
    let left: Linq =
        match stack.Word with
        | Some word -> Linq.Condition(Linq.Equal(word, noBools), stack.Count, plus stack.Count 1)
        | None -> stack.Count

    Linq.Call(stack.Home, "Return", null, stack.Array, left, Linq.Constant owner)

/// Room for so many values more: asked for once before a stretch of code, whichever of its branches are taken.
let room (stack: Stack) (more: int) : Linq =
    let free = Linq.Subtract(Linq.ArrayLength stack.Array, stack.Count)
    let grown = Linq.Call(stack.Home.Type, "Grow", null, stack.Array, stack.Count, Linq.Constant more)
    Linq.IfThen(Linq.LessThan(free, Linq.Constant more), assign stack.Array grown)

let private pushItem (stack: Stack) (value: Linq) : Linq =
    statements [ assign (Linq.ArrayAccess(stack.Array, stack.Count)) value; assign stack.Count (plus stack.Count 1) ]

let private popItem (stack: Stack) : Linq =
    Linq.Block(assign stack.Count (Linq.Subtract(stack.Count, one)), Linq.ArrayIndex(stack.Array, stack.Count))

/// One more value, for which there is room; a word of bools sees to that itself.
let push (stack: Stack) (value: Linq) : Linq =
    match stack.Word with
    | Some word ->
        let bit: Linq =
            match value with
            | :? ConstantExpression as known -> Linq.Constant(if unbox known.Value then 1UL else 0UL)
            | _ -> Linq.Condition(value, Linq.Constant 1UL, Linq.Constant 0UL)

        let isFull = Linq.GreaterThanOrEqual(word, Linq.Constant(1UL <<< 63))

        statements
            [
                Linq.IfThen(isFull, statements [ room stack 1; pushItem stack word; assign word noBools ])
                assign word (Linq.Or(Linq.LeftShift(word, one), bit))
            ]
    | None -> pushItem stack value

/// The value pushed last goes into a target.
let pop (stack: Stack) (target: Linq) : Linq =
    match stack.Word with
    | Some word ->
        statements
            [
                Linq.IfThen(Linq.Equal(word, noBools), assign word (popItem stack))
                assign target (Linq.NotEqual(Linq.And(word, Linq.Constant 1UL), Linq.Constant 0UL))
                assign word (Linq.RightShift(word, one))
            ]
    | None -> assign target (popItem stack)

/// Room for what a counted loop is going to push, so many values in every round.
let reserve (stack: Stack) (first: Linq) (last: Linq) (step: int) (each: int) : Linq =
    assign
        stack.Array
        (Linq.Call(stack.Home.Type, "Reserve", null, stack.Array, stack.Count, first, last, Linq.Constant step, Linq.Constant each))
