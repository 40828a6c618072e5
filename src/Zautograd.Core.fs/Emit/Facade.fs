/// The part of the C# facade that is one row per operation, written from the table: a new primitive needs no line of C#.
module Zautograd.Emit.Facade

open System.Security
open Zautograd

let private letters = [ "a"; "b"; "c" ]
let private upper (letter: string) = letter.ToUpperInvariant()

/// The facade's users write conditions as conditions, so the piecewise operations have no function there.
let private rows =
    Rules.all
    |> List.filter (fun rule ->
        match rule.Op with
        | Select _ -> false
        | _ -> true)

/// .NET's and F#'s sign is an int, which the hand-written parts of the number types offer; its slope is 0 anyway.
let private numbers = rows |> List.filter (fun rule -> rule.Op <> Sign)

/// What a record calls the operation.
let private operation op =
    match op with
    | Select comparison -> string comparison
    | _ -> CSharp.functionName op

let private operator op =
    match op with
    | Neg
    | Sub -> Some "-"
    | Add -> Some "+"
    | Mul -> Some "*"
    | Div -> Some "/"
    | Rem -> Some "%"
    | _ -> None

let private argumentsOf (rule: Rules.Rule) = List.take rule.Arity letters
let private join parts = String.concat ", " parts

/// The formula of a call, for people: `pow(a, b)`.
let private formula (rule: Rules.Rule) = string (Apply(rule.Op, argumentsOf rule |> List.map Var))

let private summary (rule: Rules.Rule) =
    let slopes =
        match rule.Slopes with
        | [ slope ] -> $"slope <c>{SecurityElement.Escape(string slope)}</c>"
        | slopes -> "slopes " + join (slopes |> List.map (fun slope -> $"<c>{SecurityElement.Escape(string slope)}</c>"))

    let result =
        if rule.Slopes |> List.exists (fun slope -> List.contains Rules.resultName (Graph.variables slope)) then
            ", where y is the result"
        else
            ""

    let convention = if rule.Convention = "" then "" else $"; {SecurityElement.Escape rule.Convention}"
    $"/// <summary><c>{formula rule}</c>; {slopes}{result}{convention}.</summary>"

/// The operation at numbers inside its domain, and what comes out; cut short, for machines differ in the last digits.
let private example (rule: Rules.Rule) (call: string list -> string) (result: string -> string -> string) =
    let inside (low, high) number = low < number && number < high
    let points = rule.Domain |> List.mapi (fun index range -> [ 0.75; 1.25; 2.0 ] |> List.skip index |> List.find (inside range))

    let digits number =
        let text = Infix.number number
        if text.Length > 12 then text.Substring(0, 12) + "…" else text

    let along = points |> List.mapi (fun index point -> { Value = point; Tangent = (if index = 0 then 1.0 else 0.0) })
    let found = (Forward.duals Number.floats).Apply rule.Op along
    let text = $"{call (List.map digits points)}   // -> {result (digits found.Value) (digits found.Tangent)}"
    "/// <example><code>" + text.Replace("<", "&lt;") + "</code></example>"

/// The call of an operation on arguments given as text.
let private called (rule: Rules.Rule) owner (arguments: string list) =
    match operator rule.Op, arguments with
    | Some sign, [ a ] -> $"{sign}{a}"
    | Some sign, _ -> String.concat $" {sign} " arguments
    | None, _ -> $"{owner}.{CSharp.functionName rule.Op}({join arguments})"

/// Operations that generic math has no function for, or none that is exact: a number that brings its own, a dual, is asked for it, so
/// that its derivative comes from the row's slopes and not from the formula for the value.
let private own =
    numbers
    |> List.filter (fun rule ->
        match rule.Meaning with
        | Rules.Formula _ -> true
        | Rules.Native _ -> rule.Op = Erf)

let private dualType = "Dual<T>"
let private dualOwner = "IElementary<Dual<T>>."

let private activeType = "Active<T, TTangent>"
let private activeOwner = $"IElementary<{activeType}>."
let private opName (op: Op) = $"Op.%A{op}"

let private ownMember kind owner (rule: Rules.Rule) =
    let others = [ for a in List.tail (argumentsOf rule) -> $"{kind} {a}" ] |> join
    $"{kind} {owner}{CSharp.functionName rule.Op}({others})"

/// Value and slopes, over any number of generic math.
let private slopes (rule: Rules.Rule) =
    let arguments = argumentsOf rule
    let name = CSharp.functionName rule.Op
    let parameters = [ for a in arguments -> $"T {a}" ] @ [ for a in arguments -> $"out T slope{upper a}" ]

    let value =
        match rule.Meaning with
        | Rules.Formula formula -> formula
        | Rules.Native _ -> Apply(rule.Op, arguments |> List.map Var)

    let head name parameters = [ $"public static T {name}<T>({join parameters})"; "    where T : IFloatingPointIeee754<T>"; "{" ]

    let write named =
        [
            for target, text in CSharp.assignments CSharp.generic named ->
                if target.StartsWith "slope" then $"    {target} = {text};" else $"    var {target} = {text};"
        ]

    let named = List.zip [ for a in arguments -> $"slope{upper a}" ] rule.Slopes

    match rule.Meaning with
    | Rules.Formula _ when own |> List.exists (fun other -> other.Op = rule.Op) ->
        let passed = arguments |> List.tail |> join

        head name parameters
        @ [ $"    var y = a is IElementary<T> ? ((IElementary<T>)a).{name}({passed}) : {name}Value({join arguments});" ]
        @ write named
        @ [ "    return y;"; "}"; "" ]
        @ [ for line in head $"{name}Value" [ for a in arguments -> $"T {a}" ] -> line.Replace("public", "private") ]
        @ write [ Rules.resultName, value ]
        @ [ "    return y;"; "}" ]
    | _ -> head name parameters @ write ((Rules.resultName, value) :: named) @ [ "    return y;"; "}" ]

/// The value of an operation that is known only at run time, at any number.
let private chosen =
    let value (rule: Rules.Rule) =
        let name, arguments = CSharp.functionName rule.Op, argumentsOf rule
        let call = CSharp.assignments CSharp.generic [ Rules.resultName, Apply(rule.Op, List.map Var arguments) ] |> List.last |> snd

        match rule.Meaning with
        | Rules.Formula _ ->
            $"a is IElementary<T> ? ((IElementary<T>)a).{name}({arguments |> List.tail |> join}) : {name}Value({join arguments})"
        | Rules.Native _ -> call

    [
        "public static T Value<T>(Operation operation, T a, T b, T c)"
        "    where T : IFloatingPointIeee754<T> =>"
        "    operation switch"
        "    {"
        for rule in numbers do
            $"        Operation.{CSharp.functionName rule.Op} => {value rule},"
        "        _ => throw new NotSupportedException($\"{operation} is not a number's operation\"),"
        "    };"
    ]

/// Value and slopes of an operation that is known only at run time, at any number.
let private chosenSlopes =
    let outs arguments = [ for a in arguments -> $"out slope{upper a}" ]

    [
        "public static T Of<T>(Operation operation, T a, T b, T c, out T slopeA, out T slopeB, out T slopeC)"
        "    where T : IFloatingPointIeee754<T>"
        "{"
        "    slopeA = slopeB = slopeC = T.Zero;"
        "    return operation switch"
        "    {"
        for rule in numbers do
            let name, arguments = CSharp.functionName rule.Op, argumentsOf rule
            $"        Operation.{name} => {name}({join (arguments @ outs arguments)}),"
        "        _ => throw new NotSupportedException($\"{operation} is not a number's operation\"),"
        "    };"
        "}"
    ]

let private lanesType = "Vector512<double>"

/// Value and slopes over lanes, for plans: each slope by itself, for an argument that is a constant needs none.
let private laneRule (rule: Rules.Rule) =
    let arguments = argumentsOf rule
    let parameters names = join [ for name in names -> $"{lanesType} {name}" ]

    let value =
        match rule.Meaning with
        | Rules.Formula formula -> formula
        | Rules.Native _ -> Apply(rule.Op, arguments |> List.map Var)

    let method name names result =
        [
            $"    public static {lanesType} {name}({parameters names})"
            "    {"
            for target, text in CSharp.assignments CSharp.lanes [ "result", result ] do
                if target = "result" then $"        return {text};" else $"        var {target} = {text};"
            "    }"
        ]

    [
        $"internal readonly struct {CSharp.functionName rule.Op} : ILaneRule{rule.Arity}"
        "{"
        "    public static bool IsSmooth => " + (if rule.Breaks.IsEmpty then "true;" else "false;")
        ""
    ]
    @ method "Value" arguments value
    @ List.concat
        [
            for a, slope in List.zip arguments rule.Slopes -> "" :: method $"Slope{upper a}" (arguments @ [ Rules.resultName ]) slope
        ]
    @ [ "}"; "" ]

/// The instruction of a plan for each operation.
let private laneInstructions =
    [
        "public static Instruction Instruction(Operation operation, Operand[] arguments, int result) =>"
        "    operation switch"
        "    {"
        for rule in rows do
            let name = CSharp.functionName rule.Op
            $"        Operation.{name} => new Instruction{rule.Arity}<{name}>(arguments, result),"
        "        _ => throw new ArgumentOutOfRangeException(nameof(operation), operation, \"no operation of the table\"),"
        "    };"
        ""
    ]

/// How each argument of an overload is given: as a variable that is followed, or as a plain double.
let rec private choices arity =
    match arity with
    | 0 -> [ [] ]
    | _ ->
        [
            for rest in choices (arity - 1) do
                true :: rest
                false :: rest
        ]
        |> List.filter (List.length >> (=) arity)

let private overloads (rule: Rules.Rule) =
    match rule.Arity with
    | 1 -> [ [ true ] ]
    | 2 -> [ [ true; true ]; [ true; false ]; [ false; true ] ]
    | arity -> choices arity |> List.filter (List.exists id)

let private declaration (kind: string) (rule: Rules.Rule) parameters =
    match operator rule.Op with
    | Some sign -> $"public static {kind} operator {sign}({join parameters})"
    | None -> $"public static {kind} {CSharp.functionName rule.Op}({join parameters})"

/// A record on the tape per operation; arguments given as plain doubles are not recorded.
let private value (rule: Rules.Rule) =
    let name = CSharp.functionName rule.Op

    let first = List.replicate rule.Arity "Value" |> join
    let cref = operator rule.Op |> Option.map (fun sign -> $"operator {sign}") |> Option.defaultValue name

    [
        for followed in overloads rule do
            let arguments = List.zip (argumentsOf rule) followed
            let parameters = [ for a, isValue in arguments -> (if isValue then "Value " else "double ") + a ]
            let data = [ for a, isValue in arguments -> if isValue then $"{a}.Number" else a ]
            let outs = [ for a, isValue in arguments -> if isValue then $"out var slope{upper a}" else "out _" ]

            let recorded =
                if rule.Arity <= 2 then
                    join [ for a, isValue in arguments -> if isValue then $"{a}, slope{upper a}" else a ]
                else
                    let values = [ for a, isValue in arguments -> if isValue then a else "default" ]
                    let slopes = [ for a, isValue in arguments -> if isValue then $"slope{upper a}" else "0" ]
                    $"[{join values}], [{join slopes}], [{join data}]"

            if List.forall id followed then
                summary rule
                let call points = called rule "Value" [ for point in points -> $"new Value({point})" ]

                example
                    rule
                    (fun points -> if (operator rule.Op).IsSome then $"({call points}).Data" else $"{call points}.Data")
                    (fun data _ -> data)
            else
                $"/// <inheritdoc cref=\"{cref}({first})\"/>"

            declaration "Value" rule parameters + " =>"
            let values = arguments |> List.filter snd |> List.map fst
            let tape = if rule.Arity <= 2 then $"Tape.Of({join values}), " else ""
            $"    Tape.Record({tape}Operation.{name}, Slopes.{name}({join (data @ outs)}), {recorded});"
            ""

            // the same as a method of its first argument: x.Sin(), x.Pow(2)
            if List.head followed && (operator rule.Op).IsNone then
                let others = List.tail parameters |> join
                let passed = "this" :: List.tail (argumentsOf rule) |> join
                $"/// <inheritdoc cref=\"{cref}({first})\"/>"
                $"public Value {name}({others}) => {name}({passed});"
                ""
    ]

/// Value and tangent in one go: the slopes times the arguments' tangents, added.
let private forward (rule: Rules.Rule) (declared: string) (make: string) (shown: string) =
    let arguments = argumentsOf rule

    let constant slope =
        match slope with
        | Const value -> Some value
        | Var _
        | Apply _ -> None

    let outs =
        [
            for a, slope in List.zip arguments rule.Slopes -> if (constant slope).IsSome then "out _" else $"out var slope{upper a}"
        ]

    let terms =
        [
            for a, slope in List.zip arguments rule.Slopes do
                match constant slope with
                | Some 0.0 -> ()
                | Some 1.0 -> " + ", $"{a}.Tangent"
                | Some -1.0 -> " - ", $"{a}.Tangent"
                | _ -> " + ", $"Strong.Multiply(slope{upper a}, {a}.Tangent)"
        ]

    let tangent =
        match terms with
        | [] -> "default"
        | (sign, first) :: rest -> (if sign = " - " then "-" else "") + first + String.concat "" [ for sign, term in rest -> sign + term ]

    let values = [ for a in arguments -> $"{a}.Value" ]

    [
        summary rule
        shown
        declared
        "{"
        $"    var y = Slopes.{CSharp.functionName rule.Op}({join (values @ outs)});"
        $"    return {make}(y, {tangent});"
        "}"
        ""
    ]

let private dual (rule: Rules.Rule) =
    let call points = called rule "Dual<double>" ($"Dual.Variable({List.head points})" :: List.tail points)

    example rule call (fun value tangent -> $"Dual(value={value}, tangent={tangent})")
    |> forward rule (declaration "Dual<T>" rule [ for a in argumentsOf rule -> $"Dual<T> {a}" ]) "new"

/// The same for a number whose tangent is of a kind of its own: the slopes go to that tangent's chain rule, with what they belong to.
let private active (rule: Rules.Rule) =
    let arguments = argumentsOf rule
    let parameters = [ for a in arguments -> $"{activeType} {a}" ]
    let values = [ for a in arguments -> $"{a}.Value" ]

    let number slope =
        match slope with
        | Const value -> Some value
        | Var _
        | Apply _ -> None

    let known = List.map number rule.Slopes

    let chain =
        match known with
        | [ Some 0.0 ] -> "default"
        | [ Some -1.0 ] -> "TTangent.Negate(a)"
        | [ Some 1.0; Some 1.0 ] -> "TTangent.Add(a, b)"
        | [ Some 1.0; Some -1.0 ] -> "TTangent.Subtract(a, b)"
        | _ -> $"TTangent.Chain({opName rule.Op}, " + join [ for a in arguments -> $"{a}, slope{upper a}" ] + ")"

    let outs = [ for a in arguments -> if chain.Contains $"slope{upper a}" then $"out var slope{upper a}" else "out _" ]

    [
        declaration activeType rule parameters
        "{"
        $"    var y = Slopes.{CSharp.functionName rule.Op}({join (values @ outs)});"
        $"    return new(y, {chain});"
        "}"
        ""
    ]

let private elemental (rule: Rules.Rule) =
    let pair = "(double Value, double Tangent)"
    let parameters = [ for a in argumentsOf rule -> $"{pair} {a}" ]
    let call points = join (points |> List.mapi (fun index point -> if index = 0 then $"({point}, 1)" else $"({point}, 0)"))

    example rule (fun points -> $"Elementals.{CSharp.functionName rule.Op}({call points})") (fun value tangent -> $"({value}, {tangent})")
    |> forward rule $"public static {pair} {CSharp.functionName rule.Op}({join parameters})" ""

let private section (heading: string list) (bodies: string list list) =
    let lines = List.concat bodies

    let trimmed =
        lines |> List.rev |> List.skipWhile ((=) "") |> List.rev |> List.map (fun line -> if line = "" then "" else "    " + line)

    heading @ [ "{" ] @ trimmed @ [ "}"; "" ]

/// The whole generated file of the C# facade.
let text: Lazy<string> =
    lazy
        ([
            "// <auto-generated>"
            "// Written from the rule table (Rules.fs) by scripts/facade.fsx; a test fails when it is stale. Do not edit."
            "// </auto-generated>"
            "#nullable enable"
            "using System.Numerics;"
            "using System.Runtime.Intrinsics;"
            "using Zautograd.Plans;"
            ""
            "namespace Zautograd;"
            ""
         ]
         @ section
             [
                 "/// <summary>What a record computes: the operations of the rule table in its order, comparisons too, and those of any arity.</summary>"
                 "internal enum Operation : byte"
             ]
             [ [ for rule in Rules.all -> $"{operation rule.Op}," ] @ [ "Sum,"; "Dot,"; "LogSumExp,"; "Custom," ] ]
         @ section
             [
                 "/// <summary>Value and slopes of every operation of the rule table, over any number of generic math.</summary>"
                 "internal static class Slopes"
             ]
             ([ for rule in rows -> slopes rule @ [ "" ] ] @ [ chosen @ [ "" ] @ chosenSlopes ])
         @ section
             [
                 "/// <summary>Value and slopes of every operation of the rule table, over lanes.</summary>"
                 "internal static class LaneRules"
             ]
             (laneInstructions :: List.map laneRule rows)
         @ section
             [
                 "/// <summary>A number that brings functions of its own: those that generic math lacks, or that lose digits there.</summary>"
                 "internal interface IElementary<T>"
             ]
             [ for rule in own -> [ ownMember "T" "" rule + ";" ] ]
         @ section [ "public readonly partial struct Value" ] (List.map value numbers)
         @ section [ "public readonly partial struct Dual<T>" ] (List.map dual numbers)
         @ section
             [ "public readonly partial struct Dual<T> : IElementary<Dual<T>>" ]
             [
                 for rule in own do
                     let passed = "this" :: List.tail (argumentsOf rule) |> join
                     [ $"{ownMember dualType dualOwner rule} => {CSharp.functionName rule.Op}({passed});"; "" ]
             ]
         @ section [ "internal readonly partial struct Active<T, TTangent>" ] (List.map active numbers)
         @ section
             [ $"internal readonly partial struct {activeType} : IElementary<{activeType}>" ]
             [
                 for rule in own do
                     let passed = "this" :: List.tail (argumentsOf rule) |> join
                     [ $"{ownMember activeType activeOwner rule} => {CSharp.functionName rule.Op}({passed});"; "" ]
             ]
         @ section [ "public static partial class Elementals" ] (List.map elemental rows)
         |> String.concat "\n")

/// The files with the parts of Dual that are put together from its functions, and so mean the same for every kind of tangent.
let composedParts = [ "Dual.Arithmetic.cs"; "Dual.Bits.cs"; "Dual.Comparisons.cs"; "Dual.Functions.cs" ]

/// What answers a question about numbers, or hands one out, passes by the tangent: it may want to know what the program is told.
let private told (line: string) =
    let body = " => "

    let answers =
        [ "    public static bool "; "    public static int "; "    public int " ]
        |> List.exists (fun (head: string) -> line.StartsWith head)

    match line.IndexOf body with
    | at when answers && at >= 0 && line.EndsWith ";" ->
        let start = at + body.Length
        $"{line.Substring(0, start)}TTangent.Answer({line.Substring(start).TrimEnd ';'});"
    | _ ->
        line
            .Replace("=> Value.", "=> TTangent.Shown(Value).")
            .Replace("        Value.TryWrite", "        TTangent.Shown(Value).TryWrite")
            .Replace("<TInteger>(value.Value)", "<TInteger>(TTangent.Shown(value.Value))")

/// One such part for a number whose tangent is of a kind of its own: the same text.
let composed (dual: string) : string =
    let lines =
        dual.Replace("\r\n", "\n").Replace(dualType, activeType).Replace("public readonly partial", "internal readonly partial").Split('\n')
        |> Array.filter (fun line -> not (line.TrimStart().StartsWith "///"))
        |> Array.map told

    String.concat "\n" lines

/// Where those parts are written: in one file, its text from the texts of theirs.
let composedText (duals: string list) : string =
    let usings = "using System.Numerics;"
    let bodies = [ for dual in duals -> (composed dual).Replace(usings + "\n\n", "").Replace("namespace Zautograd;\n", "") ]

    String.concat
        "\n"
        [
            "// <auto-generated>"
            "// Written from the parts of Dual by scripts/facade.fsx; a test fails when it is stale. Do not edit."
            "// </auto-generated>"
            "#nullable enable"
            usings
            ""
            "namespace Zautograd;"
            String.concat "" bodies
        ]
