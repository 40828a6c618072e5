/// Reads any part of quoted code: what computes becomes terms, what does something becomes statements, in the order in which it happens.
module internal Zautograd.Programs.Reader

open System.Runtime.CompilerServices
open Zautograd
open Zautograd.Programs
open Zautograd.Programs.ReadMeaning
open Zautograd.Programs.ReadRefusal
open Zautograd.Programs.ReadScope
open FSharp.Quotations
open FSharp.Quotations.Patterns

/// A value from outside. An array is captured as it is, not copied.
let private captured scope wish value =
    match outside value with
    | Outside(:? (float[]) as array) -> Array(Reals, scope.Library.Capture(array, Reals, wish))
    | Outside(:? (int[]) as array) -> Array(Ints, scope.Library.Capture(array, Ints, wish))
    | other -> other

/// A tuple of which only the items have names: the variables that it is settled in are theirs.
let private takenApart (block: Block) names tuple =
    let owned meaning =
        leaves meaning
        |> List.choose (function
            | Scalar(_, Variable name) when not (block.Locals.Nameless.Contains name) -> Some name
            | _ -> None)

    let before = owned tuple
    let settled = settle block names tuple
    block.Locals.Nameless.UnionWith(List.except before (owned settled))
    settled

/// What a name stands for from its `let` on.
let private declared scope quotation (name: Var) value body : Meaning =
    let block = scope.Block

    let own variable =
        if name.IsMutable then block.Locals.Mutable.Add variable |> ignore
        variable

    let names = namesFor name body

    match part { scope with Wish = names } value, value with
    | Scalar(_, term) as meaning, TupleGet _ when not name.IsMutable && block.IsSettled term -> settle block names meaning
    | Scalar(kind, Variable variable), _ when block.Locals.Nameless.Remove variable -> Scalar(kind, Variable(own variable))
    | Scalar(kind, term), _ -> Scalar(kind, Variable(own (block.Declare(name.Name, kind, term))))
    | meaning, _ when name.IsMutable ->
        let wayOut =
            match meaning with
            | Array _ -> "Bind it with 'let', and copy elements in a loop."
            | _ -> "Let it be a float, an int or a bool."

        raise (refuse quotation $"the variable '{name.Name}' is mutable, and holds {describe meaning}. {wayOut}")
    | meaning, _ when isOnlyTakenApart name body -> takenApart block names meaning
    | meaning, _ -> settle block names meaning

let private assign scope quotation (name: Var) value =
    let meaning = part (named "value" scope) value

    match scope.Bound.TryFind name, meaning with
    | Some(Scalar(kind, Variable own)), Scalar(found, term) when kind = found && scope.Block.Locals.Mutable.Contains own ->
        scope.Block.Assign(own, term)
        nothing
    | _ -> raise (refuse quotation $"'{name.Name}' cannot become {describe meaning}.")

let private ofObject scope quotation (it: System.Reflection.MemberInfo) target =
    match part (named "value" scope) target with
    | Array(_, name) when it.Name = "Length" -> int (Length name)
    | Outside(NonNull value) -> captured scope it.Name (Reading.valueOf (refuse quotation) it value)
    | other ->
        raise (refuse quotation $"it is a member of {describe other}. Members of captured objects can be read, and the Length of arrays.")

let private lambda scope (name: Var) body =
    Closure(fun inside arg -> part { bind name (settle inside (namesFor name body) arg) scope with Block = inside } body)

let rec private spine quotation =
    match quotation with
    | Application(target, arg) -> spine target @ [ arg ]
    | target -> [ target ]

let rec read (scope: Scope) (quotation: Quotation) : Meaning =
    RuntimeHelpers.EnsureSufficientExecutionStack()
    let fail = refuse quotation

    match quotation with
    | Var name ->
        match scope.Bound.TryFind name with
        | Some meaning -> meaning
        | None -> raise (fail "this variable belongs to no lambda or let of the quotation.")
    | ValueWithName(value, _, name) -> captured scope name (Reading.outside value)
    | Value(_, kind) when kind = typeof<unit> -> nothing
    | Value(value, _) -> captured scope "numbers" (Reading.outside value)
    | ReadControl.Enumeration(source, name, body) -> ReadControl.enumerate scope source name body
    | Let(name, value, body) -> read (bind name (declared scope quotation name value body) scope) body
    | LetRecursive(functions, body) -> read (ReadCall.recursive scope quotation functions) body
    | Lambda(name, body) -> lambda scope name body
    | Application _ ->
        // all arguments are evaluated before anything is applied
        match operands scope (spine quotation) with
        | target :: args -> ReadCall.applyAll scope quotation scope.Block target args
        | [] -> nothing
    | IfThenElse(test, first, second) -> ReadControl.choose scope quotation test first second
    | NewTuple items -> Items(operands scope items)
    | NewArray(kind, items) -> ReadCall.literal scope quotation kind items
    | TupleGet(tuple, index) ->
        match read (named "value" scope) tuple with
        | Items items -> items[index]
        | other -> raise (fail $"{describe other} has no items that can be read.")
    | Sequential(first, second) ->
        read (named "ignored" scope) first |> ignore
        read scope second
    | VarSet(name, value) -> assign scope quotation name value
    | ForIntegerRangeLoop(name, first, last, body) -> ReadControl.range scope name first last body
    | WhileLoop(test, body) -> ReadControl.repeat scope test body
    | PropertyGet(Some target, property, []) -> ofObject scope quotation property target
    | FieldGet(Some target, field) -> ofObject scope quotation field target
    | PropertyGet(None, property, []) -> captured scope property.Name (Reading.valueOf fail property null)
    | FieldGet(None, field) -> captured scope field.Name (Reading.valueOf fail field null)
    | NewUnionCase(case, []) when case.DeclaringType = typeof<Op> -> Outside(FSharp.Reflection.FSharpValue.MakeUnion(case, [||]))
    | Call(None, method, [ op; NewArray(_, items) ]) when method.DeclaringType = typeof<Functions> ->
        ReadCall.called scope quotation method [ read scope op; Items(operands scope items) ]
    | Call(_, method, _) when (hopeless method).IsSome -> raise (unreadable quotation)
    | Call(None, method, args) -> ReadCall.called scope quotation method (operands scope args)
    | _ -> raise (unreadable quotation)
