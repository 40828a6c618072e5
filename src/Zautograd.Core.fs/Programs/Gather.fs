/// An adjoint of a term, gathered part by part: what goes to each of its leaves, with signs, constants and shared factors where they cost least.
module Zautograd.Programs.Gather

open System.Collections.Generic
open Zautograd
open Zautograd.Programs

/// What the increments are made with: the adjoint of a variable or array (None where it has none), the parts of the term whose values are
/// kept, each in a variable, and fresh names.
type Targets = { Adjoint: string -> string option; Kept: Map<Term, string>; Names: Names }

let rec private reads (targets: Targets) term =
    match term with
    | Variable name
    | Element(name, _) -> (targets.Adjoint name).IsSome
    | Formula(_, args) -> List.exists (reads targets) args
    | Choose(_, a, b) -> reads targets a || reads targets b
    | _ -> false

/// In the place of an operation's value while its slopes are worked out: a value is one thing, which may be kept, and no law takes it apart.
let private itself = Variable "\000"

let private isSimple term =
    match term with
    | Variable _
    | Number _
    | Formula(Neg, [ Variable _ ])
    | Formula(Mul, [ Number _; Variable _ ]) -> true
    | _ -> false

/// The adjoints of a term's parts, equal parts taken as one: locals in the order of their use, what goes to each leaf (a variable or an
/// element), and what each choice among them does.
type Parts = { Locals: (string * Term) list; Leaves: (Term * Term) list; Choices: (Term * Term * Term * Term) list }

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

/// The parts of a term that is seeded with a change of its value; `result` stands for the value where it is at hand.
let gather (targets: Targets) (seed: Term) (result: Term option) (whole: Term) : Parts =
    let contributions = Dictionary<Term, Term list>(HashIdentity.Structural)
    let received part = if contributions.ContainsKey part then contributions[part] else []
    contributions[whole] <- [ seed ]
    let mutable parts = { Locals = []; Leaves = []; Choices = [] }
    let order = ordered targets whole
    let product = productsOf targets order

    // a value that is kept is read where it is kept
    let rec recalled term =
        match Map.tryFind term targets.Kept with
        | Some name -> Variable name
        | None -> Term.map recalled term

    let recall term = if targets.Kept.IsEmpty then term else recalled term
    let contribute part change = contributions[part] <- received part @ [ recall change ]

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
        let total = bind (List.fold (fun total factor -> Term.number.Apply Mul [ recall factor; total ]) total still)

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
            let value = if part = whole then defaultArg result (recall part) else recall part
            let recalled = List.map recall args

            let rec valued term = if term = itself then value else Term.map valued term

            for slope, arg in List.zip (Number.slopes Term.number op recalled itself) args do
                if reads targets arg then contribute arg (valued (Edges.chain op recalled slope factor))
        | total, Choose(condition, a, b) ->
            let factor = bind total
            parts <- { parts with Choices = (recall condition, factor, a, b) :: parts.Choices }
        | total, leaf -> parts <- { parts with Leaves = (leaf, total) :: parts.Leaves }

    let places, totals = List.unzip (List.rev parts.Leaves)
    let asked = Set.unionMany [ for _, factor, _, _ in parts.Choices -> Term.names factor ]
    let locals, totals = Factor.cheaper asked (List.rev parts.Locals) totals
    { Locals = locals; Leaves = List.zip places totals; Choices = List.rev parts.Choices }
