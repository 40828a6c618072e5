/// Programs made cheaper: the passes in their order, each of them optional; the result of every run stays the same.
module Zautograd.Programs.Optimise

open System.Collections.Generic
open Zautograd.Programs
open Zautograd.Programs.Passes

/// THE TABLE: every pass, in the order in which they run.
let all: Pass list =
    let pass name what run = { Name = name; What = what; Run = run }

    [
        pass "inline" "puts the statements of a small function in the place of its call" (WholeProgram Inline.run)
        pass "unread" "calls a variant of a function that does not work out what nobody reads of it" (WholeProgram Unread.run)
        pass
            "fold"
            "works out constants, branches and loops whose conditions are known, and laws that change no bit"
            (EachFunction Fold.run)
        pass "recordings" "keeps in locals what is popped in the block that pushed it" (EachFunction Recordings.run)
        pass "propagate" "reads constants and copies from where they come" (EachFunction Propagate.run)
        pass "first" "turns the first increment of a zero into an assignment" (WholeProgram First.run)
        pass "strength" "puts a cheaper operation for one that gives the same bits" (EachFunction Strength.run)
        pass "share" "keeps in a local what is worked out twice" (EachFunction(Share.run Share.isOperation))
        pass "hoist" "works out before a loop what all its rounds work out alike" (EachFunction(Hoist.run Share.isOperation))
        pass
            "loads"
            "reads an element once where it does not change, before the loop if it can"
            (EachFunction(fun program f -> f |> Share.run Share.isLoad program |> Hoist.run Hoist.isElement program))
        pass "strides" "turns products of loop counters into running sums" (EachFunction Strides.run)
        pass "scalars" "keeps elements of arrays in locals where nobody can tell" (EachFunction Scalars.run)
        pass "stores" "takes out stores that are overwritten unread, or change nothing" (EachFunction Stores.run)
        pass "dead" "takes out what nobody reads" (EachFunction Dead.run)
    ]

/// The passes that are worth running before differentiating. The others make what is harder to take back: a running sum in the
/// place of an index must be recorded, a difference is an assignment where an increment was, and what is kept of an array in a
/// local has an adjoint of its own, which must be added to the array's; and a variant of a function has an adjoint of its own.
let before: Pass list =
    all |> List.filter (fun pass -> not (List.contains pass.Name [ "unread"; "strength"; "loads"; "strides"; "scalars" ]))

// those that know how a function is called: its arrays of zeros, and those that its caller does not read afterwards
let private knowing zeros spent (passes: Pass list) =
    passes
    |> List.map (fun pass ->
        match pass.Name with
        | "first" -> { pass with Run = WholeProgram(First.runWith zeros) }
        | "dead" -> { pass with Run = EachFunction(Dead.runWith spent) }
        | _ -> pass)

// What one pass leaves may be work for another: so many rounds at most.
let private rounds = 8

/// The program after these passes, repeated until nothing changes. Its functions have their names, parameters and results still.
let using (passes: Pass list) (program: Program) : Program =
    let workers = passes |> List.map Worker

    let rec settle left (program: Program) =
        let next = (program, workers) ||> List.fold (fun program worker -> worker.Run program)

        if left = 0 || obj.ReferenceEquals(next, program) || next.Equals program then next else settle (left - 1) next

    let original = (Check.wellFormed program).Functions
    let settled = settle rounds { Functions = original |> List.map Unique.run }

    // variants that passes have added come last
    let restored = List.map2 Unique.restore original (List.truncate original.Length settled.Functions)
    let added = List.skip original.Length settled.Functions |> List.map (fun f -> Unique.restore f f)

    { Functions = [ for f in restored @ added -> { f with Body = Remarks.tidy f.Body } ] } |> Unread.reached original

/// The program after all passes: every run of it gives the same results, bit for bit (but for the sign of a zero, see `first`), and
/// fails where the program failed. What compiles and prints programs begins here; before differentiating, `using before`.
let program (program: Program) : Program = using all program

/// The same for callers of a function who hand the arrays `zeros` over full of zeros, as they do who ask for a gradient: what would be added to
/// an element first is assigned to it; and who do not read the arrays `spent` afterwards, each of which has one beside it that is as long: one
/// that is not changed any more is an input then. A function that the program calls itself, too, is left as it is.
let calledWith (zeros: Set<string>) (spent: Map<string, string>) (name: string) (program: Program) : Program =
    let isCalled =
        program.Functions
        |> List.exists (fun f ->
            f.Body
            |> Statement.exists (function
                | Call(_, callee, _) -> callee = name
                | _ -> false))

    if isCalled then
        using all program
    else
        let zeros f = if f = name then zeros else Set.empty
        let spentOf f = if f = name then spent else Map.empty
        let optimised = using (knowing zeros spentOf all) program

        let asInputs (f: Function) =
            let changed = (Written optimised).Block f.Body
            let flow (p: Parameter) = if spent.ContainsKey p.Name && not (changed.Contains p.Name) then In else p.Flow
            { f with Parameters = [ for p in f.Parameters -> { p with Flow = flow p } ] }

        { Functions = [ for f in optimised.Functions -> if f.Name = name then asInputs f else f ] }
