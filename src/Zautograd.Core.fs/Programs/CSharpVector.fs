/// Several rounds of a loop at once, as C#: vectors whose lanes are rounds.
module internal Zautograd.Programs.CSharpVector

open System.Collections.Generic
open Zautograd
open Zautograd.Programs

/// Where the counter goes down, it is that of the last round of several.
let private fromFirst counter step (term: Term) =
    let rec change term =
        match term with
        | Variable name when name = counter -> Integer(Minus, term, Variable "Lanes.Last")
        | _ -> Term.map change term

    if step > 0 then term else change term

/// The lines of the loop over as many rounds as fit, which the same loop round by round goes on with.
let rounds (names: CSharpTerm.Names) (unread: Set<string>) (loop: CSharpLanes.Loop) counter last step : string list =
    let named local =
        match local with
        | "Lanes.Last" -> local
        | _ when loop.Outside.Contains local || loop.Sums.Contains local -> names.Local(CSharpNames.lanes counter local)
        | _ -> names.Local local

    let inVector = { names with CSharpTerm.Names.Local = named }
    let text term = CSharpTerm.vector inVector (fun name -> name = counter || loop.Own.Contains name) (fromFirst counter step term)
    let index term = CSharpTerm.text inVector (fromFirst counter step term)
    let started = HashSet<string>()
    let target local = (if started.Add local then "var " else "") + named local

    let body =
        [
            for s in loop.Body do
                match s with
                | Remark remark -> yield! CSharpLayout.comment remark
                | Declare(local, _, e)
                | Assign(local, e) -> $"{target local} = {text e};"
                | Increment(local, Formula(Neg, [ e ])) when loop.Own.Contains local || loop.Sums.Contains local ->
                    $"{named local} -= {text e};"
                | Increment(local, e) when loop.Own.Contains local || loop.Sums.Contains local -> $"{named local} += {text e};"
                | Increment(local, e) -> $"{named local} = Lanes.InOrder({named local}, {text e});"
                | Store(array, i, e) -> $"Lanes.Store({named array}, {index i}, {text e});"
                | Accumulate(array, i, e) -> $"Lanes.Add({named array}, {index i}, {text e});"
                | Push(stack, _, e) -> $"{named stack}.Push({text e});"
                | Pop(stack, _, local) when unread.Contains local -> $"{named stack}.PopLanes();"
                | Pop(stack, _, local) -> $"{target local} = {named stack}.PopLanes();"
                | PopElement(stack, _, array, i) -> $"Lanes.Store({named array}, {index i}, {named stack}.PopLanes());"
                | _ -> ()
        ]

    let counter, last = names.Local counter, CSharpTerm.text names last
    let fit = if step > 0 then $"Lanes.Fit({counter}, {last})" else $"Lanes.Fit({last}, {counter})"
    let indent = List.map (fun line -> "    " + line)
    let next = if step > 0 then "+=" else "-="
    let several = [ $"for (; {fit}; {counter} {next} Lanes.Count)"; "{"; yield! indent body; "}" ]
    let sums = Set.toList loop.Sums

    if sums.IsEmpty then
        several
    else
        [
            $"if ({fit})"
            "{"
            for sum in sums do
                $"    var {named sum} = Lanes.All(0.0);"
            yield! indent several
            for sum in sums do
                $"    {names.Local sum} += Lanes.Sum({named sum});"
            "}"
        ]
