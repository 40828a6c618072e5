/// Operators and functions on scalars, as terms: those of floats as the reader of formulas knows them, and those of ints and bools.
module internal Zautograd.Programs.ReadFormula

open System.Reflection
open Zautograd
open Zautograd.Programs
open Zautograd.Programs.ReadMeaning

/// A formula whose variables are the numbers of arguments.
let rec private ofFormula (args: Term[]) (formula: Expr) : Term =
    match formula with
    | Const value -> Number value
    | Var place -> args[System.Int32.Parse place]
    | Apply(Select comparison, [ a; b; c; d ]) ->
        Choose(Compare(comparison, ofFormula args a, ofFormula args b), ofFormula args c, ofFormula args d)
    | Apply(op, parts) -> Formula(op, List.map (ofFormula args) parts)

let rec private ofCondition args condition : Term =
    match condition with
    | Condition.Always value -> Truth value
    | Condition.Test(comparison, a, b) -> Compare(comparison, ofFormula args a, ofFormula args b)
    | Condition.If(test, Condition.Always false, Condition.Always true) -> Not(ofCondition args test)
    | Condition.If(test, yes, no) -> Choose(ofCondition args test, ofCondition args yes, ofCondition args no)

let rec private times place term =
    match term with
    | Variable name when name = place -> 1
    | _ -> Term.parts term |> List.sumBy (times place)

/// Arguments that a formula uses more than once become words.
let private shared (block: Block) (args: Term list) (build: Term[] -> Term) : Term =
    let place i = $"{i}"
    let pattern = build (Array.init args.Length (place >> Variable))
    build [| for i, arg in List.indexed args -> if times (place i) pattern > 1 then block.Settle("value", Real, arg) else arg |]

let private ofReals (fail: string -> exn) block (method: MethodInfo) parts (args: Term list) : Meaning option =
    match Readable.callMethod fail method parts with
    | Some(Part.Real formula) -> Some(real (shared block args (fun args -> ofFormula args formula)))
    | Some(Part.Truth condition) -> Some(bool (shared block args (fun args -> ofCondition args condition)))
    | _ -> None

/// Arithmetic of ints; literals are computed, as .NET computes them.
let integer op a b : Term =
    match op, a, b with
    | Plus, Whole a, Whole b -> Whole(a + b)
    | Minus, Whole a, Whole b -> Whole(a - b)
    | Times, Whole a, Whole b -> Whole(a * b)
    | (Plus | Minus), a, Whole 0 -> a
    | Plus, Integer(Minus, a, b), c
    | Minus, Integer(Plus, a, b), c when b = c -> a
    | _ -> Integer(op, a, b)

let private less a b = Compare(Less, a, b)

let private ofInts (block: Block) name (args: Term list) : Meaning option =
    let word term = block.Settle("n", Int, term)

    let smaller a b =
        let a, b = word a, word b
        fun c d -> int (Choose(less a b, c a b, d a b))

    match name, args with
    | "op_Addition", [ a; b ] -> Some(int (integer Plus a b))
    | "op_Subtraction", [ a; b ] -> Some(int (integer Minus a b))
    | "op_Multiply", [ a; b ] -> Some(int (integer Times a b))
    | "op_Division", [ a; b ] -> Some(int (Integer(Quotient, a, b)))
    | "op_Modulus", [ a; b ] -> Some(int (Integer(Remainder, a, b)))
    | "op_UnaryNegation", [ a ] -> Some(int (integer Minus (Whole 0) a))
    | "op_UnaryPlus", [ a ]
    | "ToInt", [ a ] -> Some(int a)
    | "ToDouble", [ Whole a ] -> Some(real (Number(float a)))
    | "ToDouble", [ a ] -> Some(real (ToReal a))
    | "Min", [ a; b ] -> Some(smaller a b (fun a _ -> a) (fun _ b -> b))
    | "Max", [ a; b ] -> Some(smaller a b (fun _ b -> b) (fun a _ -> a))
    | "Abs", [ a ] -> Some(smaller a (Whole 0) (fun a _ -> integer Minus (Whole 0) a) (fun a _ -> a))
    | "Sign", [ a ] ->
        let a = word a
        Some(int (Choose(less (Whole 0) a, Whole 1, Choose(less a (Whole 0), Whole -1, Whole 0))))
    | "op_LessThan", [ a; b ] -> Some(bool (less a b))
    | "op_LessThanOrEqual", [ a; b ] -> Some(bool (Compare(LessOrEqual, a, b)))
    | "op_GreaterThan", [ a; b ] -> Some(bool (less b a))
    | "op_GreaterThanOrEqual", [ a; b ] -> Some(bool (Compare(LessOrEqual, b, a)))
    | "op_Equality", [ a; b ] -> Some(bool (Compare(Equal, a, b)))
    | "op_Inequality", [ a; b ] -> Some(bool (Not(Compare(Equal, a, b))))
    | _ -> None

let private ofBools (block: Block) name (args: Term list) : Meaning option =
    match name, args with
    | "Not", [ Truth a ] -> Some(bool (Truth(not a)))
    | "Not", [ a ] -> Some(bool (Not a))
    | "op_Equality", [ a; Truth b ] -> Some(bool (if b then a else Not a))
    | "op_Inequality", [ a; Truth b ] -> Some(bool (if b then Not a else a))
    | ("op_Equality" | "op_Inequality"), [ a; b ] ->
        let b = block.Settle("test", Bool, b)
        let same, different = if name = "op_Equality" then b, Not b else Not b, b
        Some(bool (Choose(a, same, different)))
    | _ -> None

let private homes =
    set
        [
            "Microsoft.FSharp.Core.Operators"
            "Microsoft.FSharp.Core.Operators+NonStructuralComparison"
            "Microsoft.FSharp.Core.ExtraTopLevelOperators"
            "System.Math"
        ]

let private signOf (block: Block) a =
    let a = block.Settle("value", Real, a)
    int (Choose(less (Number 0.0) a, Whole 1, Choose(less a (Number 0.0), Whole -1, Whole 0)))

/// A call of an operator or a function of numbers; `None` where it is none that programs know.
let call (fail: string -> exn) (block: Block) (method: MethodInfo) (args: Meaning list) : Meaning option =
    let own = homes.Contains(string method.DeclaringType)

    let termsOf kind =
        let found =
            args
            |> List.choose (function
                | Scalar(k, term) when k = kind -> Some term
                | _ -> None)

        if found.Length = args.Length && not found.IsEmpty then Some found else None

    match method.Name, args with
    | "PowInteger", [ Scalar(Real, a); Scalar(Int, Whole n) ] when own -> Some(real (Formula(Pow, [ a; Number(float n) ])))
    | "PowInteger", [ Scalar(Real, a); Scalar(Int, n) ] when own -> Some(real (Formula(Pow, [ a; ToReal n ])))
    | "Sign", [ Scalar(Real, a) ] when own -> Some(signOf block a)
    | "ToDouble", [ Scalar(Real, _) as same ] when own -> Some same
    | "Ignore", [ _ ] when own -> Some nothing
    | "Apply", [ Outside(:? Op as op); Items items ] when method.DeclaringType = typeof<Functions> ->
        let args = items |> List.map (realOf fail)
        let places = [ for i in 0 .. args.Length - 1 -> Part.Real(Var $"{i}") ]
        ofReals fail block method [ Part.Known op; Part.Items places ] args
    | name, _ ->
        match termsOf Int, termsOf Bool, termsOf Real with
        | Some ints, _, _ -> if own then ofInts block name ints else None
        | _, Some bools, _ -> if own then ofBools block name bools else None
        | _, _, Some reals -> ofReals fail block method [ for i in 0 .. reals.Length - 1 -> Part.Real(Var $"{i}") ] reals
        | _ -> None
