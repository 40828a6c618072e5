/// What the statements of a function are turned with, and the ways in which an overwritten value comes back.
module Zautograd.Programs.Workshop

open Zautograd
open Zautograd.Programs

/// How the value that a statement overwrites comes back.
type Restore =
    /// Nobody asks for it.
    | Nothing
    /// It is pushed before, and popped.
    | Recorded
    /// It is worked out once more.
    | Again of Term
    /// What was added to an int is taken off.
    | Inverse

/// What a statement becomes: before it and itself; then backwards, in this order: what reads the new value, what brings the old
/// values back, and what reads those.
type Undone = { Forward: Statement list; Result: Statement list; Restore: Statement list; Spread: Statement list }

/// What the statements of a function are turned with.
type Workshop =
    {
        Program: Program
        Types: Map<string, Type>
        Names: Names
        /// The variables that keep parts of terms, with these parts: they have no adjoints, what the parts are made of has.
        Kept: Map<string, Term>
        /// The adjoints of variables, arrays and stacks, by name.
        Adjoints: Map<string, string>
        /// The stack for a type.
        Stack: Type -> string
        AdjointName: string -> string
    }

/// What an array holds; a scalar's own type.
let elementOf kind =
    match kind with
    | Reals -> Real
    | Ints -> Int
    | kind -> kind

/// A push and what undoes it, for a scalar.
let scalar (shop: Workshop) name restore =
    let kind = Map.tryFind name shop.Types |> Option.defaultValue Real

    match restore with
    | Recorded -> [ Push(shop.Stack kind, kind, Variable name) ], [ Pop(shop.Stack kind, kind, name) ]
    | Again e -> [], [ Assign(name, e) ]
    | Inverse
    | Nothing -> [], []

/// The same for an element of an array.
let element (shop: Workshop) array index restore =
    let kind = elementOf shop.Types[array]

    match restore with
    | Recorded -> [ Push(shop.Stack kind, kind, Element(array, index)) ], [ PopElement(shop.Stack kind, kind, array, index) ]
    | _ -> [], []

/// The term with the other sign.
let minus term =
    match term with
    | Whole n -> Whole -n
    | e -> Integer(Minus, Whole 0, e)

/// For i over an array, or back.
let each (names: Names) array backwards body =
    let i = names.Fresh "i"

    if backwards then
        For(i, Integer(Minus, Length array, Whole 1), Whole -1, -1, body (Variable i))
    else
        For(i, Whole 0, Length array, 1, body (Variable i))
