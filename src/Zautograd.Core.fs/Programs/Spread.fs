/// The heart of the reverse sweep: an adjoint of a term becomes increments of the adjoints of what it reads.
module Zautograd.Programs.Spread

open System.Collections.Generic
open Zautograd
open Zautograd.Programs

/// What the increments are made with: the adjoint of a variable or array (None where it has none), and fresh names.
type Targets = { Adjoint: string -> string option; Names: Names }

let rec private reads (targets: Targets) term =
    match term with
    | Variable name
    | Element(name, _) -> (targets.Adjoint name).IsSome
    | Formula(_, args) -> List.exists (reads targets) args
    | Choose(_, a, b) -> reads targets a || reads targets b
    | _ -> false

let private isSimple term =
    match term with
    | Variable _
    | Number _
    | Formula(Neg, [ Variable _ ])
    | Formula(Mul, [ Number _; Variable _ ]) -> true
    | _ -> false

/// The adjoints of a term's parts, equal parts taken as one: locals in the order of their use, what goes to each leaf (a variable or an
/// element), and what each choice among them does.
type private Parts = { Locals: (string * Term) list; Leaves: (Term * Term) list; Choices: (Term * Term * Term * Term) list }

/// The parts of a term that carry derivatives, each once, parts before the whole.
let private ordered targets term =
    let seen = HashSet<Term>(HashIdentity.Structural)
    let order = ResizeArray<Term>()

    let rec visit term =
        if reads targets term && seen.Add term then
            match term with
            | Formula(_, args) -> List.iter visit args
            | _ -> ()

            order.Add term

    visit term
    List.ofSeq order

/// What does not vary of a product, and what does, where it has some of the one and several of the other. Factors that are products themselves
/// are taken apart where nothing else reads them.
let private productsOf targets (order: Term list) =
    let readers = order |> List.collect Term.parts |> List.countBy id |> dict

    let rec factors term =
        match term with
        | Formula(Mul, args) when reads targets term -> args |> List.collect (fun arg -> if isOwn arg then factors arg else [ arg ])
        | _ -> [ term ]

    and isOwn arg =
        match readers.TryGetValue arg with
        | true, times -> times = 1
        | _ -> true

    fun part ->
        match part with
        | Formula(Mul, _) ->
            match factors part |> List.partition (reads targets) with
            | _ :: _ :: _ as moving, (_ :: _ as still) -> Some(still, moving)
            | _ -> None
        | _ -> None

let private (|Product|_|) (productOf: Term -> (Term list * Term list) option) part = productOf part

let private gather (targets: Targets) (seed: Term) (result: Term option) (whole: Term) : Parts =
    let contributions = Dictionary<Term, Term list>(HashIdentity.Structural)
    let received part = if contributions.ContainsKey part then contributions[part] else []
    contributions[whole] <- [ seed ]
    let mutable parts = { Locals = []; Leaves = []; Choices = [] }
    let order = ordered targets whole
    let product = productsOf targets order
    let contribute part change = contributions[part] <- received part @ [ change ]

    let local total =
        let factor = targets.Names.Fresh "factor"
        parts <- { parts with Locals = (factor, total) :: parts.Locals }
        Variable factor

    let positive total = if isSimple total then total else local total

    // the sign goes on to where it costs nothing: what is added is taken away instead
    let bind total =
        match total with
        | Formula(Neg, [ Formula(Mul, [ Number c; e ]) ]) -> positive (Formula(Mul, [ Number -c; e ]))
        | Formula(Neg, [ e ]) -> Formula(Neg, [ positive e ])
        | total -> positive total

    // what does not vary is multiplied once, for all the factors that do
    let multiply still moving total =
        let total = bind (List.fold (fun total factor -> Term.number.Apply Mul [ factor; total ]) total still)

        let rec spread total factors =
            match factors with
            | [] -> ()
            | [ factor ] -> contribute factor total
            | last :: others ->
                contribute last (Term.number.Apply Mul [ List.reduceBack (fun b a -> Term.number.Apply Mul [ a; b ]) others; total ])
                let next = Term.number.Apply Mul [ last; total ]
                spread (if others.Tail.IsEmpty then next else bind next) others

        spread total (List.rev moving)

    for part in List.rev order do
        match Factor.total (received part), part with
        | Number 0.0, _ -> ()
        | total, Product product (still, moving) -> multiply still moving total
        | total, Formula(op, args) ->
            let factor = bind total
            let value = if part = whole then defaultArg result part else part

            for slope, arg in List.zip (Number.slopes Term.number op args value) args do
                if reads targets arg then contribute arg (Edges.chain op args slope factor)
        | total, Choose(condition, a, b) ->
            let factor = bind total
            parts <- { parts with Choices = (condition, factor, a, b) :: parts.Choices }
        | total, leaf -> parts <- { parts with Leaves = (leaf, total) :: parts.Leaves }

    let places, totals = List.unzip (List.rev parts.Leaves)
    let asked = Set.unionMany [ for _, factor, _, _ in parts.Choices -> Term.names factor ]
    let locals, totals = Factor.cheaper asked (List.rev parts.Locals) totals
    { Locals = locals; Leaves = List.zip places totals; Choices = List.rev parts.Choices }

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
