/// Which name means which operation: those of the rule table, and a few that differ from it or are a formula of it.
module internal Zautograd.Readable

open System
open System.Collections.Generic
open System.Reflection
open Zautograd.Reading

let private real1 name (f: Expr -> Expr) = (name, 1), fun (args: Expr[]) -> Real(f args[0])

let private real2 name (f: Expr -> Expr -> Expr) = (name, 2), fun (args: Expr[]) -> Real(f args[0] args[1])

let private real3 name (f: Expr -> Expr -> Expr -> Expr) = (name, 3), fun (args: Expr[]) -> Real(f args[0] args[1] args[2])

let private truth2 name (f: Expr -> Expr -> Condition) = (name, 2), fun (args: Expr[]) -> Truth(f args[0] args[1])

/// The names that differ from the rows of the rule table, and the functions that are a formula of rows.
let private named =
    dict
        [
            real1 "op_UnaryNegation" (~-)
            real1 "op_UnaryPlus" id
            real2 "op_Addition" (+)
            real2 "op_Subtraction" (-)
            real2 "op_Multiply" (*)
            real2 "op_Division" (/)
            real2 "op_Modulus" (fun a b -> Rem.Of(a, b))
            real2 "op_Exponentiation" ( ** )
            truth2 "op_LessThan" (fun a b -> Test(Less, a, b))
            truth2 "op_LessThanOrEqual" (fun a b -> Test(LessOrEqual, a, b))
            truth2 "op_GreaterThan" (fun a b -> Test(Less, b, a))
            truth2 "op_GreaterThanOrEqual" (fun a b -> Test(LessOrEqual, b, a))
            truth2 "op_Equality" (fun a b -> Test(Equal, a, b))
            truth2 "op_Inequality" (fun a b -> negate (Test(Equal, a, b)))
            ("IsNaN", 1), (fun args -> Truth(negate (Test(Equal, args[0], args[0]))))
            real1 "LogP1" (fun a -> Log1p.Of a)
            real1 "Exp2" (fun a -> Const 2.0 ** a)
            real1 "Exp10" (fun a -> Const 10.0 ** a)
            real1 "Truncate" (fun a -> (Select Less).Of(a, Const 0.0, ceil a, floor a))
            real2 "Log" (fun a b -> log a / log b)
            real3 "FusedMultiplyAdd" (fun a b c -> a * b + c)
            real3 "Lerp" (fun a b c -> a * (1.0 - c) + b * c)
        ]

let private find (name: string) count =
    match named.TryGetValue((name, count)) with
    | true, build -> Some build
    | _ ->
        match Rules.tryFind (name.ToLowerInvariant()) with
        | Some rule when rule.Arity = count -> Some(fun args -> Real(Apply(rule.Op, List.ofArray args)))
        | _ -> None

let private int1 = dict [ "op_UnaryNegation", Checked.(~-); "op_UnaryPlus", id ]

let private int2 = dict [ "op_Addition", Checked.(+); "op_Subtraction", Checked.(-); "op_Multiply", Checked.(*); "op_Division", (/) ]

// 1/2 is 0, as .NET has it; what would overflow is refused, whether or not .NET would wrap around.
let private ofInts (fail: string -> exn) (compute: unit -> int) =
    try
        Known(compute ())
    with :? ArithmeticException as failure ->
        raise (fail failure.Message)

/// The operator or function of that name, applied; `None` where there is none with so many arguments.
let call (fail: string -> exn) name parts : Part option =
    match name, parts with
    | "Not", [ part ] -> Some(Truth(negate (truth fail part)))
    | "ToDouble", [ part ] -> Some(convert fail part)
    | "PowInteger", [ Real a; Known(:? int as n) ] -> Some(Real(a ** Const(float n)))
    | _, [ Known(:? int as a) ] when int1.ContainsKey name -> Some(ofInts fail (fun () -> int1[name] a))
    | _, [ Known(:? int as a); Known(:? int as b) ] when int2.ContainsKey name -> Some(ofInts fail (fun () -> int2[name] a b))
    | "Apply", [ Known(:? Op as op); Items args ] ->
        let arity = (Rules.rule op).Arity

        if args.Length <> arity then
            raise (fail $"{Infix.name op} takes {arity} argument(s), but {args.Length} are given.")

        Some(Real(Apply(op, args |> List.map (real fail))))
    | _ -> find name parts.Length |> Option.map (fun build -> parts |> List.map (real fail) |> Array.ofList |> build)

let private operators = "Microsoft.FSharp.Core.Operators"

let private homes =
    HashSet
        [
            "System.Math"
            "System.Double"
            string typeof<Functions>
            "Microsoft.FSharp.Core.ExtraTopLevelOperators"
            operators
            operators + "+Checked"
            operators + "+NonStructuralComparison"
        ]

/// Whether a method is one of F#'s own operators and functions: |>, fst, sin ...
let isOperator (method: MethodInfo) =
    match method.DeclaringType with
    | null -> false
    | home -> home.FullName = operators

/// A call of a static method, where its class is one whose functions are in the table and `None` elsewhere.
let callMethod fail (method: MethodInfo) parts =
    match method.DeclaringType with
    | NonNull home when homes.Contains(string home) ->
        match call fail method.Name parts with
        | Some(Real number) when method.ReturnType <> typeof<float> -> Some(Other number)
        | found -> found
    | _ -> None
