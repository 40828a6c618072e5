/// The heart of the reverse sweep: an adjoint of a term becomes increments of the adjoints of what it reads.
module Zautograd.Programs.Spread

open System.Collections.Generic
open Zautograd
open Zautograd.Programs
open Zautograd.Programs.Gather

/// What is worked out in several places of these terms is worked out once, in a local before its first use.
let private shared (names: Names) (locals: (string * Term) list) (leaves: (Term * Term) list) =
    let uses = Dictionary<Term, int>(HashIdentity.Structural)

    // only what is evaluated in any case: nothing inside the branches of a choice
    let rec count term =
        match term with
        | Formula(_, args) when not (uses.ContainsKey term) ->
            uses[term] <- 1
            List.iter count args
        | Formula _ -> uses[term] <- uses[term] + 1
        | Choose(Compare(_, a, b), _, _) ->
            count a
            count b
        | _ -> ()

    for term in List.map snd locals @ List.map snd leaves do
        count term

    let known = Dictionary<Term, string>(HashIdentity.Structural)
    let declarations = ResizeArray<Statement>()

    let rec inside term =
        match term with
        | Formula(op, args) -> Formula(op, List.map rewrite args)
        | Choose(Compare(comparison, a, b), yes, no) -> Choose(Compare(comparison, rewrite a, rewrite b), recall yes, recall no)
        | _ -> term

    and recall term =
        match term with
        | Formula _ when known.ContainsKey term -> Variable known[term]
        | _ -> Term.map recall term

    and rewrite term =
        match term with
        | Formula _ when known.ContainsKey term -> Variable known[term]
        | Formula _ when uses.ContainsKey term && uses[term] > 1 -> declare (names.Fresh "shared") term
        | _ -> inside term

    and declare name term =
        let value = inside term
        known[term] <- name
        declarations.Add(Declare(name, Real, value))
        Variable name

    for name, term in locals do
        if known.ContainsKey term then
            declarations.Add(Declare(name, Real, Variable known[term]))
        else
            declare name term |> ignore

    let leaves = [ for leaf, total in leaves -> leaf, rewrite total ]
    List.ofSeq declarations, leaves

/// A contribution added to the adjoint of a leaf.
let rec private add (targets: Targets) (leaf: Term) (total: Term) : Statement list =
    match leaf, total with
    | _, Number 0.0 -> []
    | _, Choose(condition, a, b) ->
        match add targets leaf a, add targets leaf b with
        | [], no -> [ If(Not condition, no, []) ]
        | yes, no -> [ If(condition, yes, no) ]
    | Variable name, total ->
        match targets.Adjoint name, total with
        | Some adjoint, Formula(Neg, [ e ]) -> [ Assign(adjoint, Formula(Sub, [ Variable adjoint; e ])) ]
        | Some adjoint, e -> [ Increment(adjoint, e) ]
        | None, _ -> []
    | Element(name, index), total ->
        match targets.Adjoint name, total with
        | Some adjoint, Formula(Neg, [ e ]) -> [ Store(adjoint, index, Formula(Sub, [ Element(adjoint, index); e ])) ]
        | Some adjoint, e -> [ Accumulate(adjoint, index, e) ]
        | None, _ -> []
    | _ -> []

let rec private choices (targets: Targets) parts =
    parts.Choices
    |> List.collect (fun (condition, factor, a, b) ->
        match spread targets factor None a, spread targets factor None b with
        | [], [] -> []
        | yes, no -> [ If(condition, yes, no) ])

/// Statements that add seed * d term / d leaf to the adjoint of every leaf. `result` stands for the term's own value where it is at hand.
and spread (targets: Targets) (seed: Term) (result: Term option) (term: Term) : Statement list =
    let parts = gather targets seed result term
    let locals, leaves = shared targets.Names parts.Locals parts.Leaves
    locals @ List.collect (fun (leaf, total) -> add targets leaf total) leaves @ choices targets parts

/// The same where the term has overwritten one of the leaves, whose adjoint was read into the seed: it is `set` to what is left of it first.
let overwrite (targets: Targets) (own: Term) (set: Term -> Statement) (seed: Term) (result: Term option) (term: Term) : Statement list =
    let parts = gather targets seed result term
    let locals, leaves = shared targets.Names parts.Locals parts.Leaves
    let mine, others = leaves |> List.partition (fun (leaf, _) -> leaf = own)
    let left = mine |> List.map snd |> List.tryHead |> Option.defaultValue (Number 0.0)
    // where the slope is 1, it stays what it is
    let set = if left = seed then [] else [ set left ]
    locals @ set @ List.collect (fun (leaf, total) -> add targets leaf total) others @ choices targets parts

/// The parts of a term, as large as they can be, whose values its reverse reads: they are worth keeping.
let needed (targets: Targets) (term: Term) : Term list =
    let parts = gather targets (Variable "") None term
    let own = HashSet<Term>(HashIdentity.Structural)

    let rec enter term =
        match term with
        | Formula(_, args) ->
            own.Add term |> ignore
            List.iter enter args
        | _ -> ()

    let rec find term =
        if own.Contains term then
            [ term ]
        else
            match term with
            | Choose(Compare(_, a, b), _, _) -> find a @ find b
            | Choose _ -> []
            | _ -> Term.parts term |> List.collect find

    enter term
    List.map snd parts.Locals @ List.map snd parts.Leaves |> List.collect find |> List.distinct

/// Whether an operation's slopes use its result.
let usesResult term =
    match term with
    | Formula(op, _) -> (Rules.rule op).Slopes |> List.exists (fun slope -> List.contains Rules.resultName (Graph.variables slope))
    | _ -> false
