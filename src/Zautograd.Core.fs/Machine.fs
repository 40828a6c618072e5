// What compiled code calls: the functions of the table that Math lacks, and for every operation the LINQ expression that computes it.
namespace Zautograd

open System
open System.Collections.Generic
open System.Linq.Expressions
open System.Reflection

type internal Linq = System.Linq.Expressions.Expression

/// What compiled programs call, beside Math.
[<AbstractClass; Sealed>]
type internal Machine =

    [<ThreadStatic; DefaultValue>]
    static val mutable private memory: float[] | null

    /// Room for what one piece leaves to another. One array per thread, which all compiled programs use in turn and which grows to
    /// what the largest needs: so calls on many threads do not meet, and a call allocates nothing.
    static member Workspace(size: int) : float[] =
        match Machine.memory with
        | null -> Machine.Grow size
        | memory when memory.Length < size -> Machine.Grow size
        | memory -> memory

    static member private Grow(size: int) =
        let memory = Array.zeroCreate size
        Machine.memory <- memory
        memory

    static member Chain(slope: float, change: float) = if slope = 0.0 || change = 0.0 then 0.0 else slope * change

    /// As in the table, but crossed bounds give NaN: a branch not taken must not throw.
    static member Clamp(a: float, low: float, high: float) =
        if low > high then nan
        elif a < low then low
        elif a > high then high
        else a

    /// As in the table, refusal and all: for code that computes only the branch taken.
    static member StrictClamp(a: float, low: float, high: float) =
        if low > high then Rules.clamp [ a; low; high ] else Machine.Clamp(a, low, high)

    static member Pow(a: float, b: float) = if b = 2.0 then a * a else Math.Pow(a, b)

    // The two that Math lacks: by the table's own functions, without its lists of arguments.
    static member Hypot(a: float, b: float) = Rules.hypot a b
    static member Erf(a: float) = Rules.erf a

    /// Four sums, so that no addition waits for the one before. Infinities may cancel to NaN as well: then each number is asked.
    static member HasNaN(numbers: float[]) =
        let mutable a, b, c, d = 0.0, 0.0, 0.0, 0.0
        let mutable index = 3

        while index < numbers.Length do
            a <- a + numbers[index]
            b <- b + numbers[index - 1]
            c <- c + numbers[index - 2]
            d <- d + numbers[index - 3]
            index <- index + 4

        for last in index - 3 .. numbers.Length - 1 do
            a <- a + numbers[last]

        Double.IsNaN(a + b + c + d) && System.Array.Exists(numbers, Predicate Double.IsNaN)

    static member Check(argument: string, expected: int, given: int) =
        if given <> expected then
            invalidArg argument $"{expected} number(s) are needed, but {given} are given."

    static member CheckArray(argument: string, expected: int, given: float[]) =
        if isNull (box given) then nullArg argument
        Machine.Check(argument, expected, given.Length)

/// Every operation of the machine as a LINQ expression; a call where there is a function, else the table's own.
module internal Operations =

    let private everything = BindingFlags.Static ||| BindingFlags.Public ||| BindingFlags.NonPublic

    /// A function of the machine by its name.
    let machine name = nonNull (typeof<Machine>.GetMethod(name, everything))

    /// The fast paths: operations for which the table calls just the function of that name in Math, where the framework has it.
    let private ofMath =
        HashSet
            [
                Sqrt
                Cbrt
                Exp
                Log
                Log2
                Log10
                Sin
                Cos
                Tan
                Asin
                Acos
                Atan
                Atan2
                Sinh
                Cosh
                Tanh
                Asinh
                Acosh
                Atanh
                Abs
                Floor
                Ceiling
                Round
                Max
                Min
            ]

    /// The method to call for an operation, where there is one.
    let private methods =
        dict
            [
                for rule in Rules.all do
                    let floats = Array.replicate rule.Arity typeof<float>

                    let find (home: Type) = Option.ofObj (home.GetMethod(string rule.Op, everything, null, floats, null))

                    let math = if ofMath.Contains rule.Op then find typeof<Math> else None
                    rule.Op, math |> Option.orElse (find typeof<Machine>)
            ]

    /// Any other operation of the machine, by the table's own function.
    let private callTable op (args: Linq list) : Linq =
        match (Rules.rule op).Meaning with
        | Rules.Formula _ -> invalidOp $"{op} is a formula."
        | Rules.Native compute ->
            let call (delegated: Delegate) : Linq = Linq.Invoke(Linq.Constant delegated, args)

            match args with
            | [ _ ] -> call (Func<float, float>(fun a -> compute [ a ]))
            | [ _; _ ] -> call (Func<float, float, float>(fun a b -> compute [ a; b ]))
            | [ _; _; _ ] -> call (Func<float, float, float, float>(fun a b c -> compute [ a; b; c ]))
            | _ -> call (Func<float, float, float, float, float>(fun a b c d -> compute [ a; b; c; d ]))

    /// The expression that computes an operation. Those of the table that are formulas are not known here.
    let compose op (args: Linq list) : Linq =
        match op, args with
        | Neg, [ a ] -> Linq.Negate a
        | Add, [ a; b ] -> Linq.Add(a, b)
        | Sub, [ a; b ] -> Linq.Subtract(a, b)
        | Mul, [ a; b ] -> Linq.Multiply(a, b)
        | Div, [ a; b ] -> Linq.Divide(a, b)
        | Rem, [ a; b ] -> Linq.Modulo(a, b)
        | Select Less, [ a; b; c; d ] -> Linq.Condition(Linq.LessThan(a, b), c, d)
        | Select LessOrEqual, [ a; b; c; d ] -> Linq.Condition(Linq.LessThanOrEqual(a, b), c, d)
        | Select Equal, [ a; b; c; d ] -> Linq.Condition(Linq.Equal(a, b), c, d)
        | _ ->
            match methods.TryGetValue op with
            | true, Some method -> Linq.Call(method, args)
            | _ -> callTable op args
