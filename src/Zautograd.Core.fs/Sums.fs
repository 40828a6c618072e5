// Sums in normal form: like terms gather under one coefficient, in the order in which a person writes them.
namespace Zautograd

open System
open System.Collections.Generic
open Zautograd.Exact

/// A coefficient and the product it belongs to, itself without one, and what the table knows of that.
[<Struct>]
type Term = { Times: Ratio; Of: Expr; Facts: Facts }

/// Sums of one table. `isOpen` says whether a sum that may be shared is opened up; `apply` builds a node with all its laws.
type Sums(table: Interned, products: Products, isOpen: bool, apply: Op -> Expr list -> Expr) =

    /// How many terms are opened up at once where a node may be shared: a bound keeps the work linear and the sharing intact.
    let widest = 8

    let known = Dictionary<Expr, Term list>(HashIdentity.Reference)
    let make op args = table.Apply(op, args)
    let isNegative (term: Term) = term.Times.Over < 0.0
    let flip (term: Term) = { term with Times = negate term.Times }

    let isNumber (term: Term) =
        match term.Of with
        | Const 1.0 -> true
        | _ -> false

    let termOf times e = { Times = times; Of = e; Facts = table.Facts e }
    let monic factors = if List.isEmpty factors then table.Const 1.0 else products.Write { Coefficient = one; Factors = factors }

    /// The terms of a node; a node that came from elsewhere, or is too long, is a term itself.
    let termsOf (e: Expr) : Term list =
        match e, known.TryGetValue e with
        | Const 0.0, _ -> []
        | _, (true, terms) when isOpen -> terms
        | _ ->
            let product = products.Of e

            match product.Factors with
            | [ { Base = inner; Exponent = 1.0 } ] when isOne (negate product.Coefficient) && isOpen && known.ContainsKey inner ->
                known[inner] |> List.map flip
            | factors when isOne product.Coefficient && not factors.IsEmpty -> [ termOf one e ]
            | factors -> [ termOf product.Coefficient (monic factors) ]

    /// By the first variable; there polynomials before quotients before functions, and high degrees first.
    let order (p: Term) (q: Term) =
        let p', q' = p.Facts, q.Facts
        let byName = String.CompareOrdinal(p'.Variable, q'.Variable)

        if byName <> 0 then byName
        elif p'.Kind <> q'.Kind then compare (int p'.Kind) (int q'.Kind)
        elif p'.Degree <> q'.Degree then q'.Degree.CompareTo p'.Degree
        elif p'.Lead <> q'.Lead then q'.Lead.CompareTo p'.Lead
        else table.Compare (p.Of, p') (q.Of, q')

    /// A number goes where a person puts it: behind the last power, x^2 + 4 + x/y^2, else first, 1 + exp(-x). A positive term leads.
    let arrange (terms: Term list) =
        let numbers, others = terms |> List.sortWith order |> List.partition (fun term -> term.Facts.Variable = "")
        let isPolynomial (term: Term) = term.Facts.Kind = Kind.Polynomial

        let arranged =
            match numbers, List.tryFindIndexBack isPolynomial others with
            | [], _ -> others
            | _, Some index -> List.insertManyAt (index + 1) numbers others
            | _, None -> numbers @ others

        match List.tryFindIndex (isNegative >> not) arranged with
        | None
        | Some 0 -> arranged
        | Some index -> arranged[index] :: List.removeAt index arranged

    let writeTerm (term: Term) =
        if isOne term.Times then
            term.Of
        else
            let factors = if isNumber term then [] else products.FactorsOf term.Of
            products.Write { Coefficient = term.Times; Factors = factors }

    let write (terms: Term list) : Expr =
        match arrange terms with
        | [] -> table.Const 0.0
        | [ term ] -> writeTerm term
        | first :: rest ->
            let add total (term: Term) =
                if isNegative term then make Sub [ total; writeTerm (flip term) ] else make Add [ total; writeTerm term ]

            let written = List.fold add (writeTerm first) rest
            if rest.Length < widest then known[written] <- terms
            written

    /// -(x - y) is y - x, and -(x + y) is -x - y.
    member _.TryNegate(e: Expr) : Expr option =
        match known.TryGetValue e with
        | true, terms -> Some(write (List.map flip terms))
        | _ -> None

    /// For -x - y, which the laws about -u want to see as -(x + y): x + y.
    member this.TryPositive(e: Expr) : Expr option =
        match known.TryGetValue e with
        | true, terms when List.forall isNegative terms -> this.TryNegate e
        | _ -> None

    /// The sum of nodes, each added (true) or subtracted, in normal form.
    /// `closed` is what to write where nothing merges and the terms are too many to be opened at every step.
    member this.Gather(parts: struct (Expr * bool) seq, closed: (unit -> Expr) option) : Expr =
        let gathered = Gathered<Term>()
        let mutable merged = false
        let isLive (term: Term) = term.Times.Over <> 0.0
        let erase index = gathered.Items[index] <- { gathered.Items[index] with Times = { Over = 0.0; Under = 1.0 } }

        let rec enter (term: Term) =
            // 0.1*x and 0.2*x stay two terms, as their sum would be rounded; a few such are tried
            let places = gathered.PlacesOf term.Of |> List.filter (fun place -> isLive gathered.Items[place]) |> List.truncate widest

            let alike =
                places |> List.tryPick (fun place -> plus gathered.Items[place].Times term.Times |> Option.map (fun total -> place, total))

            match alike with
            | None -> gathered.Add(term.Of, term.Facts.IsFinite, term)
            | Some(index, total) ->
                merged <- true
                erase index
                if total.Over <> 0.0 then enter { term with Times = total }

        for struct (part, isAdded) in parts do
            for term in termsOf part do
                enter (if isAdded then term else flip term)

        // 2*(x + y) - x: a number times a short sum is multiplied out where that gathers something
        for index in 0 .. gathered.Items.Count - 1 do
            let term = gathered.Items[index]

            match known.TryGetValue term.Of with
            | true, inner when
                isOpen
                && isLive term
                && inner.Length <= 3
                && inner |> List.exists (fun (t: Term) -> gathered.PlacesOf t.Of |> List.exists (fun place -> isLive gathered.Items[place]))
                ->
                let outer =
                    inner |> List.choose (fun t -> times term.Times t.Times |> Option.map (fun product -> { t with Times = product }))

                if outer.Length = inner.Length then
                    erase index
                    List.iter enter outer
            | _ -> ()

        // 1e16*x + x stays two terms; a third is rounded, or high derivatives would gather ever more of them. What is exact comes first: of
        // 1 + 1e300 - 1e300 the 1 is left
        let rec roundOff index =
            if index < gathered.Items.Count then
                let term = gathered.Items[index]

                if isLive term && isHuge term.Times.Over then
                    let others = gathered.PlacesOf term.Of |> List.filter (fun place -> place <> index && isLive gathered.Items[place])

                    let rounded =
                        others
                        |> List.tryPick (fun place ->
                            roundedPlus gathered.Items[place].Times term.Times |> Option.map (fun total -> place, total))

                    match rounded with
                    | Some(place, total) when others.Length > 1 ->
                        merged <- true
                        erase place
                        erase index
                        enter { term with Times = total }
                    | _ -> ()

                roundOff (index + 1)

        roundOff 0

        // sin^2 + cos^2 and the other laws of two terms
        let rec pairUp (index: int) =
            if index < gathered.Items.Count then
                let term = gathered.Items[index]

                let find (square: Factor) (pair: Laws.Pair) =
                    let others =
                        products.FactorsOf term.Of |> List.filter (fun factor -> not (obj.ReferenceEquals(factor.Base, square.Base)))

                    let withSquareOf op =
                        match op, square.Base with
                        | Some op, Apply(_, args) ->
                            let power = make Pow [ make op args; table.Const 2.0 ]
                            products.Gather([ struct (monic others, true); struct (power, true) ], None)
                        | _ -> monic others

                    let wanted = if pair.Sign < 0.0 then negate term.Times else term.Times

                    gathered.PlacesOf(withSquareOf pair.Partner)
                    |> List.tryFind (fun place -> gathered.Items[place].Times = wanted)
                    |> Option.map (fun place ->
                        place, termOf (if pair.ResultSign < 0.0 then negate term.Times else term.Times) (withSquareOf pair.Result))

                let found =
                    if not (isLive term) || not term.Facts.IsFinite then
                        None
                    else
                        products.FactorsOf term.Of
                        |> List.tryPick (fun factor ->
                            match factor with
                            | { Base = Apply(op, [ _ ]); Exponent = 2.0 } -> Laws.pairsOf op |> List.tryPick (find factor)
                            | _ -> None)

                match found with
                | Some(place, result) ->
                    erase index
                    erase place
                    merged <- true
                    enter result
                | None -> ()

                pairUp (index + 1)

        pairUp 0

        let terms =
            [
                for term in gathered.Items do
                    if isLive term then term
            ]

        let isMinusZero (struct (part, isAdded)) =
            match part with
            | Const zero -> zero = 0.0 && isAdded = (1.0 / zero < 0.0)
            | Var _
            | Apply _ -> false

        match closed with
        | _ when terms.IsEmpty && not (Seq.isEmpty parts) && Seq.forall isMinusZero parts -> table.Const -0.0
        | Some node when not merged && terms.Length > widest -> node ()
        | _ -> this.WriteChosen terms

    /// Piecewise terms that ask the same question are one: if a < b then c + c' else d + d'.
    member private this.WriteChosen(terms: Term list) : Expr =
        let question (term: Term) =
            match term.Of with
            | Apply(Select k, [ a; b; _; _ ]) -> Some(k, (table.Facts a).Number, (table.Facts b).Number)
            | _ -> None

        let asked = terms |> List.filter (question >> Option.isSome)

        match asked |> List.groupBy question |> List.tryFind (fun (_, alike) -> not alike.Tail.IsEmpty) with
        | Some(_, alike) ->
            let branch pick =
                this.Gather(
                    [
                        for term in alike do
                            match pick term.Of with
                            | Const 0.0 -> ()
                            | chosen ->
                                let times = writeTerm { term with Of = table.Const 1.0 }
                                struct (products.Gather([ struct (times, true); struct (chosen, true) ], None), true)
                    ],
                    None
                )

            let part place e =
                match e with
                | Apply(_, args) -> List.item place args
                | Const _
                | Var _ -> e

            match alike.Head.Of with
            | Apply(Select k, [ a; b; _; _ ]) ->
                let merged = apply (Select k) [ a; b; branch (part 2); branch (part 3) ]

                let rest =
                    terms |> List.filter (fun term -> not (List.exists (fun (other: Term) -> obj.ReferenceEquals(other.Of, term.Of)) alike))

                if rest.IsEmpty then
                    merged
                else
                    this.Gather([ for term in rest -> struct (writeTerm term, true) ] @ [ struct (merged, true) ], None)
            | _ -> write terms
        | None -> write terms
