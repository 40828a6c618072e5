// Value numbering: two terms with the same number have the same value at that point of the run, bit for bit.
namespace Zautograd.Programs.Passes

open System
open System.Collections.Generic
open Zautograd
open Zautograd.Programs

/// What a value is made of, its parts by their numbers.
type Shape =
    | RealOf of bits: int64
    | WholeOf of int
    | TruthOf of bool
    | Extent of array: string
    | Loaded of version: int * index: int
    /// An operation and its arguments; 0, the number of no value, stands for those that it has not.
    | Applied of Op * int * int * int * int
    | Arithmetic of Arithmetic * int * int
    | Compared of Comparison * int * int
    | Negated of int
    | Both of int * int
    | Either of int * int
    | Chosen of int * int * int
    | Converted of int
    | WideOf of LongOp * int list

/// A term with its number, and those of its parts. Place counts all terms of a walk, so that another walk finds the term again.
[<ReferenceEquality>]
type Numbered = { Term: Term; Value: int; Place: int; Parts: Numbered list }

/// The names that have held a value, the first first. They are few: most values have none or one.
[<AllowNullLiteral>]
type private Holder(name: string) =
    member _.Name = name
    member val Next: Holder = null with get, set

/// What the variables of a function hold, as numbers, at one point of a walk in the order of execution.
type Values(f: Function, types: Dictionary<string, Type>, ranges: Ranges) =
    // arrays that are there from start to end
    let parameters = HashSet<string>(f.Parameters |> Seq.map _.Name)
    let numbers = Dictionary<Shape, int>(64)
    let constants = Dictionary<int, Term>()
    // by the value; there is none of number 0
    let holders = List<Holder>([ null ])
    let current = Dictionary<string, int>(32)
    // what an array was before its last store: version -> (version before, index)
    let before = Dictionary<int, struct (int * int)>()
    // int sums: number -> (number of the rest, what is added)
    let offsets = Dictionary<int, struct (int * int)>()
    // versions of arrays that are zero all through
    let zeros = HashSet<int>()
    let undo = Stack<struct (string * int)>()
    // by the condition of a branch: the names that held one value behind one of its sides and another behind the other
    let chosen = Dictionary<int, List<struct (string * int * int * int)>>()
    // conditions that are known to hold, or not to
    let truths = Dictionary<int, bool>()
    let mutable places = 0

    let fresh () =
        holders.Add null
        holders.Count - 1

    let number shape =
        match numbers.TryGetValue shape with
        | true, value -> value
        | _ ->
            let value = fresh ()
            numbers[shape] <- value
            value

    let isArray name =
        match types.TryGetValue name with
        | true, (Reals | Ints) -> true
        | _ -> false

    let hold value name =
        let rec behind (last: Holder) = if last.Name <> name then if isNull last.Next then last.Next <- Holder name else behind last.Next

        match holders[value] with
        | null -> holders[value] <- Holder name
        | first -> behind first

    let now name =
        match current.TryGetValue name with
        | true, value -> value
        | _ ->
            let value = fresh ()
            current[name] <- value
            hold value name
            value

    let set name value =
        undo.Push(struct (name, now name))
        current[name] <- value

        // a constant needs no holder
        if not (isArray name || constants.ContainsKey value) then hold value name

    let constant value term =
        constants[value] <- term
        value

    let affine value =
        match offsets.TryGetValue value with
        | true, found -> found
        | _ ->
            match constants.TryGetValue value with
            | true, Whole k -> struct (0, k)
            | _ -> struct (value, 0)

    // the same rest and another number added: never equal, also where ints wrap round
    let differ a b =
        let struct (restOfA, addedToA) = affine a
        let struct (restOfB, addedToB) = affine b
        restOfA = restOfB && addedToA <> addedToB

    // an element as it was before stores to other elements
    let rec load steps version index =
        match numbers.TryGetValue(Loaded(version, index)) with
        | true, value -> value
        | _ ->
            match before.TryGetValue version with
            | true, struct (older, stored) when steps > 0 && differ stored index -> load (steps - 1) older index
            | _ -> number (Loaded(version, index))

    let sum op a b =
        let value = number (Arithmetic(op, a, b))

        if not (offsets.ContainsKey value) then
            let struct (rest, added) = affine a

            match op, affine b with
            | Plus, struct (0, k) -> offsets[value] <- struct (rest, added + k)
            | Plus, struct (other, k) when rest = 0 -> offsets[value] <- struct (other, added + k)
            | Minus, struct (0, k) -> offsets[value] <- struct (rest, added - k)
            | _ -> ()

        value

    // the value of a term, from those of its parts
    let combine term (parts: Numbered list) =
        match term with
        | Number x -> constant (number (RealOf(BitConverter.DoubleToInt64Bits x))) term
        | Whole k -> constant (number (WholeOf k)) term
        | Truth b -> constant (number (TruthOf b)) term
        | Variable name -> now name
        | Length name ->
            match ranges.Length name with
            | Whole k as length -> constant (number (WholeOf k)) length
            | Length root when parameters.Contains root -> constant (number (Extent root)) (Length root)
            | Length root -> number (Extent root)
            | _ -> number (Extent name)
        | Wide(Literal _ as literal, _) -> constant (number (WideOf(literal, []))) term
        | Wide(op, _) -> number (WideOf(op, parts |> List.map _.Value))
        | _ ->
            let a = parts.Head.Value
            let others = parts.Tail
            let b = if others.IsEmpty then 0 else others.Head.Value

            match term with
            | Element(name, _) -> load 8 (now name) a
            // the table says so: a^2 is a*a
            | Formula(Pow, [ _; Number 2.0 ]) -> number (Applied(Mul, a, a, 0, 0))
            | Formula((Add | Mul) as op, _) -> number (Applied(op, min a b, max a b, 0, 0))
            | Formula(op, _) ->
                let more = if others.IsEmpty then [] else others.Tail |> List.map _.Value

                match more with
                | [] -> number (Applied(op, a, b, 0, 0))
                | [ c ] -> number (Applied(op, a, b, c, 0))
                | c :: d :: _ -> number (Applied(op, a, b, c, d))
            | Integer((Plus | Times) as op, _, _) -> sum op (min a b) (max a b)
            | Integer(op, _, _) -> sum op a b
            | Compare(Equal, _, _) -> number (Compared(Equal, min a b, max a b))
            | Compare(comparison, _, _) -> number (Compared(comparison, a, b))
            | Not _ -> number (Negated a)
            | And _ -> number (Both(a, b))
            | Or _ -> number (Either(a, b))
            | Choose _ -> number (Chosen(a, b, others.Tail.Head.Value))
            | ToReal _
            | ToInt _ -> number (Converted a)
            | _ -> fresh ()

    member values.Number(term: Term) : Numbered =
        let parts =
            match term with
            | Integer(_, a, b)
            | Compare(_, a, b)
            | And(a, b)
            | Or(a, b)
            | Formula(_, [ a; b ]) ->
                let a = values.Number a
                [ a; values.Number b ]
            | _ -> Term.parts term |> List.map values.Number

        places <- places + 1
        { Term = term; Value = combine term parts; Place = places; Parts = parts }

    /// What the variable holds, or the array.
    member _.Of(name: string) : int = now name

    /// The constant that a value is.
    member _.Constant(value: int) : Term option =
        match constants.TryGetValue value with
        | true, term -> Some term
        | _ -> None

    /// The variable that has held a value for the longest time and still holds it.
    member _.Holder(value: int) : string option =
        let rec find (holder: Holder) =
            match holder with
            | null -> None
            | holder when current[holder.Name] = value -> Some holder.Name
            | holder -> find holder.Next

        find holders[value]

    /// The variable holds the value from here on.
    member _.Set(name: string, value: int) = set name value

    /// Nothing is known of the variable from here on.
    member _.Forget(name: string) = set name (fresh ())

    /// The value of one operation, without a term for it.
    member _.Apply(op: Op, a: int, b: int) : int = number (Applied(op, min a b, max a b, 0, 0))

    member _.Sum(a: int, b: int) : int = sum Plus (min a b) (max a b)

    /// An element has the value from here on; elements that are certainly others keep theirs.
    member _.Store(array: string, index: int, value: int option) =
        let older = now array
        let version = fresh ()
        before[version] <- struct (older, index)
        value |> Option.iter (fun value -> numbers[Loaded(version, index)] <- value)
        set array version

    /// The value of an element.
    member _.Element(array: string, index: int) : int = load 8 (now array) index

    /// The array is zero all through from here on.
    member _.Clear(array: string) =
        let version = fresh ()
        zeros.Add version |> ignore
        set array version

    /// Whether an element, if there is one of this index, is zero.
    member _.IsZero(array: string, index: int) : bool =
        let rec look steps version =
            match numbers.TryGetValue(Loaded(version, index)) with
            | true, value when constants.ContainsKey value -> constants[value] = Number 0.0 || constants[value] = Whole 0
            | true, _ -> false
            | _ when zeros.Contains version -> true
            | _ ->
                match before.TryGetValue version with
                | true, struct (older, stored) when steps > 0 && differ stored index -> look (steps - 1) older
                | _ -> false

        look 8 (now array)

    /// Behind a branch: the name holds the one value where the condition held, and the other where not.
    member _.Choose(name: string, condition: int, yes: int, no: int) =
        if yes = no then
            set name yes
        else
            let merged = number (Chosen(condition, yes, no))

            match chosen.TryGetValue condition with
            | true, names -> names.Add(struct (name, merged, yes, no))
            | _ -> chosen[condition] <- List [ struct (name, merged, yes, no) ]

            set name merged

    /// On one side of a branch: the condition holds, or not, and names hold what they held behind that side of an earlier branch on it.
    member _.Assume(condition: int, holds: bool) =
        truths[condition] <- holds

        match chosen.TryGetValue condition with
        | true, names ->
            for i in 0 .. names.Count - 1 do
                let struct (name, merged, yes, no) = names[i]
                if now name = merged then set name (if holds then yes else no)
        | _ -> ()

    /// Nothing is assumed of the condition any more.
    member _.Release(condition: int) = truths.Remove condition |> ignore

    /// Whether a condition is known to hold, or not to.
    member _.Truth(condition: int) : bool option =
        match truths.TryGetValue condition with
        | true, holds -> Some holds
        | _ -> None

    /// A place to come back to.
    member _.Mark = undo.Count

    /// Everything as it was at the place; returned is what was undone: the names, with what they held.
    member _.Undo(mark: int) : Dictionary<string, int> =
        let undone = Dictionary<string, int>()

        while undo.Count > mark do
            let struct (name, old) = undo.Pop()
            if not (undone.ContainsKey name) then undone[name] <- current[name]
            current[name] <- old

        undone

module Numbered =

    /// The term with its direct parts changed; the term itself where none of them changes.
    let map (change: Numbered -> Term) (numbered: Numbered) : Term =
        if numbered.Parts.IsEmpty then
            numbered.Term
        else
            let mutable waiting = numbered.Parts

            numbered.Term
            |> Term.map (fun _ ->
                let next = waiting.Head
                waiting <- waiting.Tail
                change next)
