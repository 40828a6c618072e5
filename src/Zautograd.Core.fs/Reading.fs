// What the readers of quotations and lambdas share: what a part of the source stands for.
namespace Zautograd

open System
open System.Collections.Generic
open System.Reflection
open System.Runtime.CompilerServices

/// <summary>A function that was read from code: the names of its parameters in order, and its body, in which each is a variable.</summary>
/// <example><code>
/// let f = Quote.read &lt;@ fun x y -> log x + x * y - sin y @>
/// f.ParameterNames   // -> [x; y]
/// f.Body   // -> log(x) + x*y - sin(y)
/// </code></example>
[<ReferenceEquality>]
type Function =
    {
        ParameterNames: IReadOnlyList<string>
        Body: Expr
    }

    /// <summary>As a lambda: `(x, y) => log(x) + x*y - sin(y)`.</summary>
    /// <example><code>string (Quote.read &lt;@ fun (x: float) y -> x * y @>)   // -> (x, y) => x*y</code></example>
    override f.ToString() =
        let names = String.Join(", ", f.ParameterNames)
        $"({names}) => {f.Body}"

/// <summary>Thrown for code that is no formula of floats, or no program; the message shows the part in question, says why, and what to write
/// instead.</summary>
/// <example><code>
/// Quote.read &lt;@ fun x -> System.Math.BitIncrement x @>   // -> throws UnreadableException: 'BitIncrement(x)' (…
/// </code></example>
[<Sealed>]
type UnreadableException internal (wanted: string, node: string, kind: string, reason: string) =
    inherit NotSupportedException($"'{node}' ({kind}) cannot be read as a {wanted}: {reason}")

    new(node, kind, reason) = UnreadableException("formula", node, kind, reason)

    /// The source text of the part that cannot be read.
    member _.Node = node

    /// What that part is: a loop, a call of such and such a method ...
    member _.Kind = kind

/// A condition, kept as a decision until it is known what it decides between.
type internal Condition =
    | Always of bool
    | Test of Comparison * Expr * Expr
    | If of Condition * Condition * Condition

/// What a parameter is called; a tuple has several names, unit has none.
type internal Parameter =
    | Named of string * Type
    | Several of Parameter list

/// What a part of the source stands for.
type internal Part =
    | Real of Expr
    /// A number of another type that depends on the parameters, such as the int `sign x`: only a conversion to float can use it.
    | Other of Expr
    | Truth of Condition
    /// A value from outside that is neither float nor bool.
    | Known of objnull
    | Items of Part list
    | Closure of Parameter * (Part -> Part)

module internal Reading =

    /// c where the condition holds and d elsewhere. `not` swaps these two, never the comparison: so it stays right with NaN.
    let rec select condition c d =
        RuntimeHelpers.EnsureSufficientExecutionStack()

        match condition with
        | Always true -> c
        | Always false -> d
        | Test(comparison, a, b) -> (Select comparison).Of(a, b, c, d)
        | If(first, second, third) -> select first (select second c d) (select third c d)

    let negate condition =
        match condition with
        | Always outcome -> Always(not outcome)
        | _ -> If(condition, Always false, Always true)

    /// What is used twice is one node: a composed condition becomes a number that is 1 where it holds.
    let rec share part =
        match part with
        | Truth(Always _ | Test _ | If(Test _, Always _, Always _)) -> part
        | Truth condition -> Truth(Test(Equal, select condition (Const 1.0) (Const 0.0), Const 1.0))
        | Items parts -> Items(List.map share parts)
        | Real _
        | Other _
        | Known _
        | Closure _ -> part

    /// A value from outside: a literal or a captured one.
    let outside (value: objnull) =
        match value with
        | :? float as number -> Real(Const number)
        | :? bool as truth -> Truth(Always truth)
        | other -> Known other

    /// How a message speaks of a part.
    let describe part =
        match part with
        | Real _ -> "a float"
        | Other _ -> "a number that is no float"
        | Truth _ -> "a condition"
        | Known null -> "null"
        | Known value -> $"a value of type {value.GetType()}"
        | Items parts -> $"a tuple of {parts.Length}"
        | Closure _ -> "a function"

    let private numeric =
        HashSet
            [
                typeof<sbyte>
                typeof<byte>
                typeof<int16>
                typeof<uint16>
                typeof<int>
                typeof<uint32>
                typeof<int64>
                typeof<uint64>
                typeof<float32>
                typeof<decimal>
            ]

    let (|Number|_|) part =
        match part with
        | Other number -> Some number
        | Known(NonNull value) when numeric.Contains(value.GetType()) -> Some(Const(Convert.ToDouble value))
        | _ -> None

    /// The part as a float, as `float n` and `(double)n` say it.
    let convert (fail: string -> exn) part =
        match part with
        | Real _ -> part
        | Number number -> Real number
        | _ -> raise (fail $"{describe part} does not convert to a float.")

    let real (fail: string -> exn) part =
        match part with
        | Real number -> number
        | _ -> raise (fail $"a float is needed, and this is {describe part}. Convert numbers with 'float' or '(double)'.")

    let truth (fail: string -> exn) part =
        match part with
        | Truth condition -> condition
        | _ -> raise (fail $"a comparison of floats is needed, and this is {describe part}.")

    /// `if`, of whatever both branches are.
    let rec choose (fail: string -> exn) condition first second =
        match first, second with
        | Real a, Real b -> Real(select condition a b)
        | Truth a, Truth b -> Truth(If(condition, a, b))
        | Number a, Number b -> Other(select condition a b)
        | Items a, Items b when a.Length = b.Length ->
            match share (Truth condition) with
            | Truth shared -> Items(List.map2 (choose fail shared) a b)
            | part -> part
        | _ -> raise (fail $"its branches are {describe first} and {describe second}. Let both be floats.")

    let fullName (it: MemberInfo) =
        match it.DeclaringType with
        | null -> it.Name
        | home -> $"{home.FullName}.{it.Name}"

    /// The value of a field or property, as it is now.
    let valueOf (fail: string -> exn) (it: MemberInfo) (target: objnull) =
        try
            match it with
            | :? FieldInfo as field -> outside (field.GetValue target)
            | :? PropertyInfo as property -> outside (property.GetValue target)
            | _ -> raise (fail "it is neither a field nor a property.")
        with :? TargetInvocationException as failure ->
            raise (fail $"reading it failed: {(Option.ofObj failure.InnerException |> Option.defaultValue failure).Message}")

    /// A parameter as variables, and their names.
    let rec argument (fail: string -> exn) parameter =
        match parameter with
        | Named(name, kind) when kind = typeof<float> -> Real(Var name), [ name ]
        | Named(name, kind) ->
            raise (fail $"its parameter '{name}' is of type {kind}. Parameters are floats: say so, ({name}: float), and capture the rest.")
        | Several parameters ->
            let parts, names = parameters |> List.map (argument fail) |> List.unzip
            Items parts, List.concat names

    /// The function with these parameters, which must have different names, and this result, which must be a float.
    let functionOf fail (names: string list) result : Function =
        for name, several in List.countBy id names do
            if several > 1 then
                raise (fail $"two of its parameters are called '{name}'. Give them different names.")

        { ParameterNames = names; Body = real fail result }

    /// Reads on this stack as far as it goes: what is nested deeper is refused, and does not end the process.
    let guardedAs wanted wayOut kind (read: unit -> 't) : 't =
        try
            read ()
        with :? InsufficientExecutionStackException ->
            raise (UnreadableException(wanted, "...", kind, $"it is nested too deeply for the stack. {wayOut}"))

    let guarded kind (read: unit -> Function) = guardedAs "formula" "Name parts of it with 'let', or build the Expr in a loop." kind read
