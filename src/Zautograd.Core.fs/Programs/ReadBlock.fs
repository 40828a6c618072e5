// A block of statements while it is being read: the names in sight, and values kept before later statements change what they read.
namespace Zautograd.Programs

open System.Collections.Generic
open Zautograd
open Zautograd.Programs

/// What is known about the names of one function.
[<Sealed>]
type internal Locals(given: HashSet<string>, shared: HashSet<string>) =
    /// Every name that a local of any function got: what all functions share keeps away from it.
    member _.Given = given
    /// Names that all functions share: captured arrays.
    member _.Shared = shared
    /// Scalars that are assigned after their declaration.
    member val Mutable = HashSet<string>()
    /// Scalars that the reader declared for a value, and that nobody has named yet.
    member val Nameless = HashSet<string>()
    member val Arrays = HashSet<string>()

[<Sealed>]
type internal Block(locals: Locals, outer: Block option) =
    let statements = ResizeArray<Statement>()
    let own = HashSet<string>()
    let inner = HashSet<string>()

    let rec valuesRead term : Set<string> =
        match term with
        | Length _ -> Set.empty
        | Variable name -> Set.singleton name
        | Element(name, index) -> Set.add name (valuesRead index)
        | _ -> Term.parts term |> List.map valuesRead |> Set.unionMany

    let written (part: Statement list) =
        let inCalls =
            Statement.all part
            |> List.collect (function
                | Call(_, _, args) ->
                    [
                        for arg in args do
                            match arg with
                            | Variable name when locals.Arrays.Contains name -> name
                            | _ -> ()
                    ]
                | _ -> [])

        Set.union (Statement.written { Functions = [] } part) (Set.ofList inCalls)

    member _.Locals = locals
    member _.Count = statements.Count
    member _.Statements = List.ofSeq statements
    member _.Add(statement: Statement) = statements.Add statement

    member private _.Sees name = own.Contains name || (outer |> Option.exists (fun (block: Block) -> block.Sees name))

    /// The wished name, or one like it that is new here, in the blocks around and in those already inside.
    member block.Fresh(wish: string) =
        let isNew name = not (block.Sees name || inner.Contains name || locals.Shared.Contains name)
        let name = if isNew wish then wish else Seq.initInfinite (fun n -> $"{wish}{n + 2}") |> Seq.find isNew
        own.Add name |> ignore
        locals.Given.Add name |> ignore
        locals.Nameless.Remove name |> ignore // another block may have used this name for something else
        name

    /// A block inside this one. `Close` it before this one declares anything.
    member block.Inside() = Block(locals, Some block)

    member private _.Names = Seq.append own inner

    member _.Close(inside: Block) = inner.UnionWith inside.Names

    member block.Declare(wish: string, kind: Type, value: Term) =
        let name = block.Fresh wish
        statements.Add(Declare(name, kind, value))
        name

    /// A variable for what the reader itself computes. Who reads it next may give it its name for good.
    member block.Nameless(wish: string, kind: Type) =
        let name = block.Declare(wish, kind, Term.zero kind)
        locals.Nameless.Add name |> ignore
        name

    member block.DeclareArray(wish: string, kind: Type, length: Term) =
        let name = block.Fresh wish
        locals.Arrays.Add name |> ignore
        statements.Add(DeclareArray(name, kind, length))
        name

    /// A term that is one word, and whose value no statement changes.
    member _.IsSettled(term: Term) =
        match term with
        | Number _
        | Whole _
        | Truth _
        | Length _ -> true
        | Variable name -> not (locals.Mutable.Contains name)
        | _ -> false

    /// The term, as a word that keeps its value.
    member block.Settle(wish: string, kind: Type, term: Term) =
        match term with
        | Variable name -> locals.Nameless.Remove name |> ignore
        | _ -> ()

        if block.IsSettled term then term else Variable(block.Declare(wish, kind, term))

    /// Terms that were read before the statements from a place on, and that are evaluated after them: those that would then see something
    /// else are kept in locals before that place.
    member block.Keep(place: int, terms: (Type * Term) list) : Term list =
        let changed = written (List.ofSeq (Seq.skip place statements))
        let mutable place = place

        [
            for kind, term in terms do
                if Set.isEmpty (Set.intersect changed (valuesRead term)) then
                    term
                else
                    let name = block.Fresh "kept"
                    statements.Insert(place, Declare(name, kind, term))
                    place <- place + 1
                    Variable name
        ]

    /// Assigns a scalar; adding to itself is an increment.
    member _.Assign(name: string, value: Term) =
        let own = Variable name
        let free term = not (Term.mentions name term)

        statements.Add(
            match value with
            | Formula(Add, [ a; b ]) when a = own && free b -> Increment(name, b)
            | Formula(Add, [ a; b ]) when b = own && free a -> Increment(name, a)
            | Formula(Sub, [ a; b ]) when a = own && free b -> Increment(name, Formula(Neg, [ b ]))
            | Integer(Plus, a, b) when a = own && free b -> Increment(name, b)
            | Integer(Plus, a, b) when b = own && free a -> Increment(name, a)
            | Integer(Minus, a, Whole b) when a = own -> Increment(name, Whole -b)
            | _ -> Assign(name, value)
        )

    /// Stores into an array; adding to the element itself is an increment.
    member _.Store(array: string, index: Term, value: Term) =
        let own = Element(array, index)
        let free term = not (Term.mentions array term)

        statements.Add(
            match value with
            | Formula(Add, [ a; b ]) when a = own && free b -> Accumulate(array, index, b)
            | Formula(Add, [ a; b ]) when b = own && free a -> Accumulate(array, index, a)
            | Formula(Sub, [ a; b ]) when a = own && free b -> Accumulate(array, index, Formula(Neg, [ b ]))
            | Integer(Plus, a, b) when a = own && free b -> Accumulate(array, index, b)
            | Integer(Plus, a, b) when b = own && free a -> Accumulate(array, index, a)
            | Integer(Minus, a, Whole b) when a = own -> Accumulate(array, index, Whole -b)
            | _ -> Store(array, index, value)
        )
