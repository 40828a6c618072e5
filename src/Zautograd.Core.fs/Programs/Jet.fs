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

/// The coefficients 1 .. order of a term, where its variables have these. Each operation's are worked out once, in locals.
let private expand (names: Names) (coefficients: Beside.Companions list) (term: Term) : Statement list * Term list =
    let order = coefficients.Length
    let mutable body = ResizeArray<Statement>()
    let number = Term.number

    let keep wish term =
        let local = names.Fresh wish
        body.Add(Declare(local, Real, term))
        Variable local

    let bound term =
        match term with
        | Formula _
        | Choose _ -> keep "part" term
        | term -> term

    let bounded = { number with Apply = fun op args -> bound (number.Apply op args) }
    let series = Series.numbersBy (fun op args slope change -> bound (Edges.product op args slope change)) bounded

    // all coefficients are found here and now: what follows may be in another branch
    let known (found: Series<Term>) =
        found.Coefficients order |> ignore
        found

    let moves name = coefficients.Head.ContainsKey name
    let given make name = Series.growing (fun _ k -> make (if k = 0 then name else coefficients[k - 1].[name]))

    let rec visit term : Series<Term> =
        match term with
        | Variable name when moves name -> given Variable name
        | Element(array, index) when moves array -> given (fun array -> Element(array, index)) array
        | Formula(op, args) -> known (series.Apply op (List.map visit args))
        | Choose(condition, a, b) -> choose condition a b
        | term -> Series.constant bounded term

    and choose condition a b =
        let outer = body

        let branch term =
            body <- ResizeArray()
            let found = known (visit term)
            found, body

        let (yes, before), (no, beforeNo) = branch a, branch b
        body <- outer

        if yes.Constant && no.Constant then
            Series.constant bounded (bound (Choose(condition, a, b)))
        else
            let locals = [ for _ in 0..order -> names.Fresh "branch" ]
            let assign (found: Series<Term>) = [ for k, local in List.indexed locals -> Assign(local, found.Coefficients k) ]
            body.AddRange [ for local in locals -> Declare(local, Real, Number 0.0) ]
            body.Add(If(condition, List.ofSeq before @ assign yes, List.ofSeq beforeNo @ assign no))
            Series.growing (fun _ k -> Variable locals[k])

    let found = if order = 0 then Series.constant bounded term else visit term
    let terms = [ for k in 1..order -> found.Coefficients k ]
    if List.forall number.IsZero terms then [], terms else List.ofSeq body, terms

/// The jet of one function: its parameters, then for each order a coefficient for every active one; it returns its results, then for each
/// order the coefficients of those that are real.
let ofFunction (order: int) (program: Program) (original: Function) : Function =
    Beside.ofFunction
        (nameOf order)
        [ for k in 1..order -> $"c{k}_" ]
        (fun names coefficients _ term -> expand names coefficients term)
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
    let first = [ for p, d in List.zip (followed f) directions -> site.Own { d with Flow = flows[p.Name] } ]
    let still () = [ for p in followed f -> if p.Type = Reals then Variable(site.Zeros p.Name) else Number 0.0 ]

    let coefficients = [ for k in 1..order -> if k = 1 then first else still () ]

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
        Functions = (Scopes.extend (ofFunction order) program).Functions @ [ coefficientsOf order (functionOf name program) ]
    }
    |> Check.wellFormed
