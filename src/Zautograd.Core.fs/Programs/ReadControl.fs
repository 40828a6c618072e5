/// Reads if, while and for.
module internal Zautograd.Programs.ReadControl

open System.Collections.Generic
open Zautograd
open Zautograd.Programs
open Zautograd.Programs.ReadMeaning
open Zautograd.Programs.ReadRefusal
open Zautograd.Programs.ReadScope
open FSharp.Quotations
open FSharp.Quotations.Patterns

// what a new variable holds anyway; -0 is another number
let private isZero term =
    match term with
    | Number value -> System.BitConverter.DoubleToInt64Bits value = 0L
    | Whole value -> value = 0
    | Truth value -> not value
    | _ -> false

/// One value of what both branches end with: a new variable that each of them assigns.
let private join (scope: Scope) quotation wish (yes: Meaning, yesBlock: Block) (no: Meaning, noBlock: Block) =
    match yes, no with
    | Scalar(kind, a), Scalar(other, b) when kind = other ->
        let name = scope.Block.Nameless(wish, kind)
        if not (isZero a) then yesBlock.Add(Assign(name, a))
        if not (isZero b) then noBlock.Add(Assign(name, b))
        Scalar(kind, Variable name)
    | Array(kind, a), Array(_, b) when a = b -> Array(kind, a)
    | _ ->
        let wayOut = "A branch chooses between floats, ints, bools and tuples of them."
        raise (refuse quotation $"its branches are {describe yes} and {describe no}. {wayOut}")

let private branches scope quotation condition first second : Meaning =
    let block = scope.Block

    let branch quotation =
        let inside = block.Inside()
        part { named "value" scope with Block = inside } quotation, inside

    let (yes, yesBlock), (no, noBlock) = branch first, branch second
    block.Close yesBlock
    block.Close noBlock

    match yes, no with
    | Scalar(kind, a), Scalar(other, b) when kind = other && yesBlock.Count + noBlock.Count = 0 ->
        match a, b with
        | Truth false, Truth true -> bool (Not condition)
        | a, Truth false -> bool (And(condition, a))
        | Truth true, b -> bool (Or(condition, b))
        | a, b -> Scalar(kind, Choose(condition, a, b))
    | _ ->
        let yesLeaves, noLeaves = leaves yes, leaves no

        if yesLeaves.Length <> noLeaves.Length then
            raise (refuse quotation $"its branches are {describe yes} and {describe no}.")

        let wish index = wished scope.Wish yesLeaves.Length index

        let found =
            [
                for index, (a, b) in List.indexed (List.zip yesLeaves noLeaves) ->
                    join scope quotation (wish index) (a, yesBlock) (b, noBlock)
            ]

        match yesBlock.Statements, noBlock.Statements with
        | [], [] -> ()
        | [], statements -> block.Add(If(Not condition, statements, []))
        | statements, others -> block.Add(If(condition, statements, others))

        match found with
        | [ one ] -> one
        | several -> take quotation.Type (Queue several)

/// `if`, as a statement or as an expression; also && and ||, which are quoted as such.
let choose scope quotation test first second : Meaning =
    match boolOf (refuse test) (part (named "test" scope) test) with
    | Truth outcome -> part scope (if outcome then first else second)
    | condition -> branches scope quotation condition first second

/// `while`. A condition that needs statements stands at the start of the body, and the loop is left where it fails.
let repeat scope test body =
    let inside = scope.Block.Inside()
    let inner = { scope with Block = inside }
    let condition = boolOf (refuse test) (part (named "test" inner) test)
    let simple = inside.Count = 0

    if not simple then inside.Add(If(Not condition, [ Break ], []))

    part (named "ignored" inner) body |> ignore
    scope.Block.Close inside
    scope.Block.Add(While((if simple then condition else Truth true), inside.Statements))
    nothing

let private counted scope (name: Var) first last step body =
    let inside = scope.Block.Inside()
    let counter = inside.Fresh name.Name
    part (named "ignored" { bind name (int (Variable counter)) scope with Block = inside }) body |> ignore
    scope.Block.Close inside
    let beyond = ReadFormula.integer (if step > 0 then Plus else Minus) last (Whole 1)
    scope.Block.Add(For(counter, first, beyond, step, inside.Statements))
    nothing

/// `for i in first .. last`, and `for x in xs` over an array, which is quoted as such.
let range scope name first last body =
    match operands scope [ first; last ] with
    | [ a; b ] -> counted scope name (intOf (refuse first) a) (intOf (refuse last) b) 1 body
    | _ -> nothing

/// The loops that are quoted by way of an enumerator: source, loop variable, body.
let (|Enumeration|_|) quotation =
    match quotation with
    | Let(_,
          source,
          Let(enumerator,
              Call(Some _, start, []),
              TryFinally(WhileLoop(Call(Some(Var other), next, []), Let(name, PropertyGet(Some(Var it), _, []), body)), _))) when
        it = enumerator && other = enumerator && start.Name = "GetEnumerator" && next.Name = "MoveNext"
        ->
        Some(source, name, body)
    | _ -> None

/// `for i in first .. step .. last`.
let enumerate scope source (name: Var) body =
    match source with
    | Call(None, method, [ first; step; last ]) when Readable.isOperator method && method.Name = "op_RangeStep" && name.Type = typeof<int> ->
        match operands scope [ first; step; last ] with
        | [ _; Scalar(_, Whole 0); _ ] -> raise (refuse source "its step is 0.")
        | [ Scalar(Int, first); Scalar(_, Whole step); Scalar(Int, last) ] -> counted scope name first last step body
        | _ -> raise (refuse source "its step is known only at run time. Let it be a literal or a captured int, or write a while loop.")
    | _ -> raise (refuse source "a loop goes over ints, or over an array. Write 'for i in first .. step .. last', or use an array.")
