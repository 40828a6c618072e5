/// What a part of a quoted program stands for, and what of it .NET's types say.
module internal Zautograd.Programs.ReadMeaning

open System.Collections.Generic
open FSharp.Reflection
open Zautograd
open Zautograd.Programs

type NetType = System.Type
type Quotation = FSharp.Quotations.Expr

/// What a part stands for: a value as program text, or what the reader itself works out.
type Meaning =
    | Scalar of Type * Term
    /// An array by its name: two names that are bound to one array mean one array.
    | Array of Type * Name: string
    /// A tuple; unit has no items.
    | Items of Meaning list
    /// A function whose body is read where it is applied.
    | Closure of (Block -> Meaning -> Meaning)
    /// A function of the program, with the arguments that are still to be given and those that it always gets.
    | Lifted of Name: string * Parameters: NetType list * Result: NetType * Always: Meaning list
    /// A value from outside that is no part of the language.
    | Outside of objnull

let nothing = Items []
let real term = Scalar(Real, term)
let int term = Scalar(Int, term)
let bool term = Scalar(Bool, term)

let private types = dict [ typeof<float>, Real; typeof<int>, Int; typeof<bool>, Bool; typeof<float[]>, Reals; typeof<int[]>, Ints ]

let isArray kind = kind = Reals || kind = Ints
let elementOf kind = if kind = Reals then Real else Int

let (|Held|_|) (kind: NetType) =
    match types.TryGetValue kind with
    | true, held -> Some held
    | _ -> None

let (|Tuple|_|) (kind: NetType) =
    if kind = typeof<unit> || kind = typeof<System.Void> then Some []
    elif FSharpType.IsTuple kind then Some(List.ofArray (FSharpType.GetTupleElements kind))
    else None

/// Whether programs can hold such a value: scalars, arrays, tuples of them.
let rec isHeld (kind: NetType) =
    match kind with
    | Held _ -> true
    | Tuple kinds -> List.forall isHeld kinds
    | _ -> false

/// The types of the scalars and arrays in a value.
let rec leafTypes (kind: NetType) : Type list =
    match kind with
    | Held held -> [ held ]
    | Tuple kinds -> List.collect leafTypes kinds
    | _ -> []

let rec leaves meaning : Meaning list =
    match meaning with
    | Items items -> List.collect leaves items
    | leaf -> [ leaf ]

/// A value of a type, out of a row of leaves.
let rec take (kind: NetType) (row: Queue<Meaning>) : Meaning =
    match kind with
    | Tuple kinds -> Items [ for kind in kinds -> take kind row ]
    | _ -> row.Dequeue()

let private nameOfType =
    function
    | Real -> "a float"
    | Int -> "an int"
    | Long -> "a long"
    | Bool -> "a bool"
    | Reals -> "an array of floats"
    | Ints -> "an array of ints"

/// How a message speaks of what a part stands for.
let describe meaning =
    match meaning with
    | Scalar(kind, _)
    | Array(kind, _) -> nameOfType kind
    | Items [] -> "nothing"
    | Items items -> $"a tuple of {items.Length}"
    | Closure _
    | Lifted _ -> "a function"
    | Outside null -> "null"
    | Outside value -> $"a value of type {value.GetType()}"

let private wanted (fail: string -> exn) kind meaning =
    match meaning with
    | Scalar(found, term) when found = kind -> term
    | Scalar(Int, _) when kind = Real -> raise (fail "a float is needed, and this is an int. Convert it: 'float n'.")
    | other -> raise (fail $"{nameOfType kind} is needed, and this is {describe other}.")

let realOf fail meaning = wanted fail Real meaning
let intOf fail meaning = wanted fail Int meaning
let boolOf fail meaning = wanted fail Bool meaning

let arrayOf (fail: string -> exn) meaning =
    match meaning with
    | Array(kind, name) -> kind, name
    | other -> raise (fail $"an array is needed, and this is {describe other}.")

/// A value from outside, read now. Arrays are told apart by the caller.
let outside (part: Part) =
    match part with
    | Part.Real(Const value) -> real (Number value)
    | Part.Truth(Condition.Always value) -> bool (Truth value)
    | Part.Known(:? Microsoft.FSharp.Core.int as value) -> int (Whole value)
    | Part.Known value -> Outside value
    | other -> Outside(box other)

/// What one of several values is called, where names are wished for: as many as there are values, or one for all.
let wished (names: string list) count index =
    if count = 1 then names.Head
    elif names.Length = count then names[index]
    else $"{names.Head}{index + 1}"

/// Scalars as words that keep their value, and that have an owner from now on.
let rec settle (block: Block) (names: string list) meaning : Meaning =
    match meaning with
    | Scalar(kind, term) -> Scalar(kind, block.Settle(names.Head, kind, term))
    | Items items -> Items(items |> List.mapi (fun index item -> settle block [ wished names items.Length index ] item))
    | other -> other
