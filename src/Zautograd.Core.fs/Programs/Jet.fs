/// The jet of a program: beside every real the coefficients of its Taylor polynomial along a curve.
module Zautograd.Programs.Jet

open System
open Zautograd
open Zautograd.Programs
open Zautograd.Programs.Matrix

/// What the jet of a function to an order is called.
let nameOf (order: int) (f: string) = $"{f}Jet{order}"

/// What the Taylor coefficients of a function are called.
let coefficientsNameOf (order: int) (f: string) = $"{f}Taylor{order}"

let private isFinite term = Compare(Less, Formula(Abs, [ term ]), Number infinity)

// what a choice among numbers multiplies is chosen as well: what is not chosen may be infinite
let rec private isConstant term =
    match term with
    | Number c -> abs c < infinity
    | Choose(_, a, b) -> isConstant a && isConstant b
    | _ -> false

/// Operations that have a finite value somewhere, but a coefficient that is no number where 0 times infinity is none: asked of the table, at the
/// points where its rows have their edges, and far out.
let private edged: Lazy<Set<Op>> =
    let points = [ -1.0; 0.0; 1.0; 1e3 ]
    let strong, plain = Number.floats, { Number.floats with IsZero = fun _ -> false }

    let isEdged op (line: (float * float) list) =
        let curve = Apply(op, [ for at, along in line -> Apply(Add, [ Const at; Apply(Mul, [ Const along; Var "t" ]) ]) ])
        let along number = Series.expand number 2 "t" 0.0 (fun _ -> nan) curve
        let exact = along strong

        abs exact.Head < infinity && List.exists2 (fun exact plain -> Double.IsNaN plain && not (Double.IsNaN exact)) exact (along plain)

    let edgedAlong op arity directions =
        let lines = List.allPairs points directions

        if arity = 1 then
            lines |> List.exists (fun line -> isEdged op [ line ])
        else
            List.allPairs lines lines |> List.exists (fun (a, b) -> isEdged op [ a; b ])

    lazy
        (Set.ofList
            [
                for rule in Rules.all do
                    if rule.Arity <= 2 && edgedAlong rule.Op rule.Arity [ 0.0; 1.0 ] then rule.Op
            ])

let rec private hasEdges term =
    match term with
    // whole powers come down to 1
    | Formula((Pow | SingleOf Pow), [ a; Number exponent ]) when exponent >= 0.0 && exponent = Math.Floor exponent -> hasEdges a
    | Formula(SingleOf op, args) -> hasEdges (Formula(op, args))
    | Formula(op, args) -> edged.Value.Contains op || List.exists hasEdges args
    | term -> Term.parts term |> List.exists hasEdges

/// Whether a program has such operations: to ask at each product whether a factor is 0 doubles its time.
let private isEdged (program: Program) =
    program.Functions
    |> List.exists (fun f -> f.Body |> Statement.exists (fun statement -> Statement.terms statement |> List.exists hasEdges))

/// The coefficients 1 .. order of a term, where its variables have these. Each operation's are worked out once, in locals.
let private expand isEdged (names: Names) (coefficients: Beside.Companions list) (term: Term) : Statement list * Term list =
    let order = coefficients.Length
    let number = Term.number
    let mutable body = ResizeArray<Statement>()

    let bound term =
        match term with
        | Formula _
        | Choose _ when not (isConstant term) ->
            let local = names.Fresh "part"
            body.Add(Declare(local, Real, term))
            Variable local
        | term -> term

    let numbers = { number with Apply = fun op args -> bound (number.Apply op args) }

    // what does not change contributes nothing, even times infinity. Where the product is finite it is taken as it is: this program may be
    // differentiated again, and a factor of 0 may change.
    let times a b =
        let product = number.Apply Mul [ a; b ]
        let isZero term = Compare(Equal, term, Number 0.0)

        if not isEdged || isConstant a || isConstant b then
            bound product
        else
            let product = bound product
            bound (Choose(isFinite product, product, Choose(Or(isZero a, isZero b), Number 0.0, product)))

    let mutable series = Series.numbersBy times numbers
    let moves name = coefficients.Head.ContainsKey name
    let from variable name = Series.growing (fun _ k -> variable (if k = 0 then name else coefficients[k - 1].[name]))

    // all coefficients are found here and now: what follows may be in another branch
    let complete (found: Series<Term>) =
        found.Coefficients order |> ignore
        found

    let rec visit term : Series<Term> =
        match term with
        | Variable name when moves name -> from Variable name
        | Element(array, index) when moves array -> from (fun array -> Element(array, index)) array
        | Formula(Select comparison, [ a; b; c; d ]) -> choose (Compare(comparison, a, b)) c d
        | Formula(op, args) -> complete (series.Apply op (List.map visit args))
        | Choose(condition, a, b) -> choose condition a b
        | term -> Series.constant numbers term

    /// What is worked out in a branch is known there alone.
    and branch term =
        let outer, outerSeries = body, series
        body <- ResizeArray()
        series <- Series.numbersBy times numbers
        let found, inner = complete (visit term), body
        body <- outer
        series <- outerSeries
        found, inner

    and choose condition a b =
        let (yes, before), (no, beforeNo) = branch a, branch b

        if yes.Constant && no.Constant then
            Series.constant numbers (bound (Choose(condition, a, b)))
        else
            let locals = [ for _ in 0..order -> names.Fresh "branch" ]
            let assign (chosen: Series<Term>) = [ for k, local in List.indexed locals -> Assign(local, chosen.Coefficients k) ]
            body.AddRange [ for local in locals -> Declare(local, Real, Number 0.0) ]
            body.Add(If(condition, List.ofSeq before @ assign yes, List.ofSeq beforeNo @ assign no))
            Series.growing (fun _ k -> Variable locals[k])

    let expanded = if order = 0 then Series.constant numbers term else visit term
    let terms = [ for k in 1..order -> expanded.Coefficients k ]
    if List.forall number.IsZero terms then [], terms else List.ofSeq body, terms

/// The jet of one function: its parameters, then for each order a coefficient for every active one; it returns its results, then for each
/// order the coefficients of those that are real.
let private ofFunction isEdged (order: int) (program: Program) (original: Function) : Function =
    Beside.ofFunction
        (nameOf order)
        [ for k in 1..order -> $"c{k}_" ]
        (fun names coefficients _ term -> expand isEdged names coefficients term)
        program
        (Remarks.annotate original)

/// The Taylor coefficients of a function along a line, in a program with its jet. It takes the function's parameters, a direction for each
/// active one, and an array for the coefficients, which it writes: a row per real result and then per element of an active array that the
/// function changes, of order + 1 each. It returns what the function returns, and leaves in its arrays what the function leaves there.
let private coefficientsOf (order: int) (f: Function) : Function =
    let names = Names.Of f
    let directions = [ for p in followed f -> { p with Name = names.Fresh("direction_" + p.Name); Flow = In } ]
    let written = names.Fresh "coefficients"
    let site = Site names
    let flows = dict [ for p in f.Parameters -> p.Name, p.Flow ]
    let own () = [ for p, d in List.zip (followed f) directions -> site.Own { d with Flow = flows[p.Name] } ]
    let still () = [ for p in followed f -> if p.Type = Reals then Variable(site.Zeros p.Name) else Number 0.0 ]
    let coefficients = [ for k in 1..order -> if k = 1 then own () else still () ]
    let values = site.Places("value", f.Results)
    let changes = [ for k in 1..order -> site.Places($"coefficient{k}_", List.filter ((=) Real) f.Results) ]
    let real = List.zip values f.Results |> List.filter (snd >> (=) Real) |> List.map fst
    let numbers = real :: changes |> List.transpose |> Collections.Generic.Queue

    let arrays name =
        [
            for given in coefficients -> List.zip (followed f) given |> List.find (fun (p, _) -> p.Name = name) |> snd |> arrayOf
        ]

    let write row k value = Store(written, plus (Integer(Times, row, Whole(order + 1))) (Whole k), value)

    {
        Name = coefficientsNameOf order f.Name
        Parameters = f.Parameters @ directions @ [ { Name = written; Type = Reals; Flow = InOut; Active = true } ]
        Results = f.Results
        Body =
            site.Call(
                values @ List.concat changes,
                nameOf order f.Name,
                [ for p in f.Parameters -> Variable p.Name ] @ List.concat coefficients
            )
            @ [
                for output in fst (outputs f) do
                    let found =
                        if output.IsArray then
                            let rows = output.Name :: arrays output.Name
                            fun i -> [ for array in rows -> Element(array, i) ]
                        else
                            let row = numbers.Dequeue()
                            fun _ -> List.map Variable row

                    yield! eachOf names output (fun row i -> found i |> List.mapi (write row))
                Return(List.map Variable values)
            ]
    }

/// The program with the Taylor coefficients of a function added, and the jets that these need.
let transform (order: int) (name: string) (program: Program) : Program =
    if order < 0 then
        raise (ArgumentOutOfRangeException(nameof order, order, "The order of a Taylor polynomial cannot be negative."))

    {
        Functions =
            (Scopes.extend (ofFunction (isEdged program) order) program).Functions @ [ coefficientsOf order (functionOf name program) ]
    }
    |> Check.wellFormed
