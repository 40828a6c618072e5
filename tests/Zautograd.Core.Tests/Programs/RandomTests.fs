/// Random programs: forward against reverse against differences, first and second order; what fails shrinks and prints itself.
module Zautograd.Tests.Programs.RandomTests

open System
open System.Threading
open Xunit
open Zautograd.Programs
open Zautograd.Programs.Interpret
open Zautograd.Tests.Programs.Paths

/// Thousands of these: no program by construction runs longer.
let private fuel = 300_000

type private Outcome =
    | Agrees of compared: bool
    /// Too large a number for a comparison to mean anything.
    | Wild
    | Refused of string
    | Fails of string

let private dot (a: float[]) (b: float[]) = Array.fold2 (fun sum x y -> sum + x * y) 0.0 a b
let private weight (a: float[]) (b: float[]) = Array.fold2 (fun sum x y -> sum + abs (x * y)) 0.0 a b
let private direction (random: Random) count = Array.init count (fun _ -> Math.Round(random.NextDouble() * 2.0 - 1.0, 2))

let private near tolerance scale a b = abs (a - b) <= tolerance * (1.0 + scale)

let private wellFormed (program: Program) =
    match Check.faults program with
    | [] -> ()
    | faults -> failwith ("ill-formed: " + String.concat "; " (faults |> List.truncate 3 |> List.map string))

// runs that must leave nothing on their stacks
let private emptied (program: Program) name args =
    let results, counts = runWithin fuel program name args
    if counts.Left <> 0 then failwith $"{counts.Left} items are left on the stacks of {name}"
    results

let private firstOrder (program: Program) (args: Item list) seed : Outcome =
    let f = program.TryFind("f").Value
    let both = Adjoint.transform program
    wellFormed both
    let ahead = Tangent.transform program
    wellFormed ahead
    let random = Random(seed + 1)
    let point = inputs f args
    let change = direction random point.Length
    let y = primal emptied program f args
    let seeds = direction random y.Length
    let y1, dy = forward emptied ahead f args change
    let _, gradient = reverse emptied both f args seeds
    let y2, _ = reverse emptied both f args seeds
    let scale = weight seeds dy + weight gradient change

    if not (Array.forall Double.IsFinite y) || not (Double.IsFinite scale) || scale > 1e5 then
        if Array.forall Double.IsFinite y && Array.forall (fun v -> abs v < 1e3) y && not (Double.IsFinite scale) then
            Fails "a derivative is not finite"
        else
            Wild
    elif y1 <> y then
        Fails $"the tangent's own results differ: {y1} for {y}"
    elif y2 <> Array.truncate y2.Length y then
        Fails $"the adjoint's own results differ: {y2} for {y}"
    elif not (near 1e-10 scale (dot seeds dy) (dot gradient change)) then
        Fails $"forward {dot seeds dy}, reverse {dot gradient change}"
    else
        let path values = snd (runWithin fuel program f.Name (withInputs f args values)) |> _.Path
        let home = path point
        let moved h = path (Array.map2 (fun x d -> x + h * d) point change)

        let smooth = List.forall (fun h -> moved h = home) [ 4e-4; -4e-4; 1e-4; -1e-4 ]
        let outputs values = primal emptied program f (withInputs f args values)

        match if smooth then differences outputs point change seeds else None with
        | Some slope when not (near 1e-5 (abs slope) slope (dot seeds dy)) -> Fails $"differences {slope}, forward {dot seeds dy}"
        | slope -> Agrees slope.IsSome

let private secondOrder (program: Program) (args: Item list) seed : Outcome =
    let f = program.TryFind("f").Value
    let random = Random(seed + 2)
    let count = (inputs f args).Length
    let p, q = direction random count, direction random count
    let y = primal emptied program f args
    let seeds = direction random y.Length
    let tangents, adjoints = Tangent.transform program, Adjoint.transform program

    let everything =
        {
            Functions =
                [
                    for part in
                        [ Tangent.transform tangents; Adjoint.transform tangents; Tangent.transform adjoints; Adjoint.transform adjoints ] do
                        yield! part.Functions
                ]
                |> List.distinctBy _.Name
        }

    wellFormed everything
    let ways = second emptied everything f args p q seeds
    let values = List.map snd ways

    if not (List.forall Double.IsFinite values) || List.exists (fun v -> abs v > 1e6) values then
        if Array.forall Double.IsFinite y && Array.forall (fun v -> abs v < 1e3) y && not (List.forall Double.IsFinite values) then
            Fails $"a second derivative is not finite: %A{ways}"
        else
            Wild
    elif List.exists (fun v -> not (near 1e-8 (abs values.Head) v values.Head)) values then
        Fails $"%A{ways}"
    else
        let point = inputs f args
        let path values = snd (runWithin fuel program f.Name (withInputs f args values)) |> _.Path
        let home = path point
        let moved h = path (Array.map2 (fun x d -> x + h * d) point q)
        let smooth = List.forall (fun h -> moved h = home) [ 4e-4; -4e-4; 1e-4; -1e-4 ]
        let outputs values = forward emptied tangents f (withInputs f args values) p |> snd

        match if smooth then differences outputs point q seeds else None with
        | Some slope when not (near 1e-4 (abs slope) slope values.Head) -> Fails $"differences {slope}, but %A{ways}"
        | slope -> Agrees slope.IsSome

let private guarded check program args seed =
    try
        check program args seed
    with
    | Scopes.Unsupported message -> Refused message
    | ProgramError message -> Fails message
    | Check.IllFormed message -> Fails message
    | Failure message -> Fails message
    | other -> Fails(string other)

let private fails outcome =
    match outcome with
    | Fails _ -> true
    | _ -> false

let private report check what seed program args message =
    // a smaller program may fail in its own way; it should not be because it never ends
    let stillFails program =
        match guarded check program args seed with
        | Fails message -> not (message.Contains "stopped after")
        | _ -> false

    let smallest = if stillFails program then Generate.shrink stillFails program else program

    let now =
        match guarded check smallest args seed with
        | Fails message -> message
        | _ -> "(passes)"

    $"seed {seed} ({what}): {message}\nsmallest:\n{Show.program smallest}\nwith %A{args}: {now}\nreproduce: RandomTests.{what} {seed}"

let private sweep check what (seeds: int seq) =
    let mutable compared, wild, refused = 0, 0, 0
    let reports = Collections.Concurrent.ConcurrentBag<string>()

    let one seed =
        let program, _, args = Generate.program seed

        match Check.faults program with
        | fault :: _ -> reports.Add $"seed {seed}: the generator made an ill-formed program: {fault}\n{Show.program program}"
        | [] ->
            match guarded check program args seed with
            | Agrees true -> Interlocked.Increment &compared |> ignore
            | Agrees false -> ()
            | Wild -> Interlocked.Increment &wild |> ignore
            | Refused _ -> Interlocked.Increment &refused |> ignore
            | Fails message -> if reports.Count < 3 then reports.Add(report check what seed program args message)

    Tasks.Parallel.ForEach(seeds, (fun seed -> one seed)) |> ignore

    {| Compared = compared; Wild = wild; Refused = refused; Reports = List.ofSeq reports |}

let private mustAgree check what first count =
    let found = sweep check what (seq { first .. first + count - 1 })

    if not found.Reports.IsEmpty then failwith (String.concat "\n\n" found.Reports)

    // the seeds are worth something only if most of them are compared with differences
    if found.Compared < count / 2 || found.Refused > count / 10 then
        failwith
            $"of {count} programs only {found.Compared} were compared with differences, {found.Wild} were wild, {found.Refused} refused"

    TestContext.Current.TestOutputHelper
    |> Option.ofObj
    |> Option.iter (fun output ->
        output.WriteLine $"{what}: {count} seeds, {found.Compared} against differences, {found.Wild} wild, {found.Refused} refused")

/// One seed again, after a failure.
let firstOrderOf seed = mustAgree firstOrder "firstOrderOf" seed 1

let secondOrderOf seed = mustAgree secondOrder "secondOrderOf" seed 1

[<Theory>]
[<InlineData(0)>]
[<InlineData(1000)>]
[<InlineData(2000)>]
[<InlineData(3000)>]
[<InlineData(4000)>]
[<InlineData(5000)>]
[<InlineData(6000)>]
[<InlineData(7000)>]
[<InlineData(8000)>]
[<InlineData(9000)>]
let ``forward, reverse and differences agree on random programs`` first = mustAgree firstOrder "firstOrderOf" first 1000

[<Theory>]
[<InlineData(100000)>]
[<InlineData(100250)>]
let ``second derivatives agree in four ways on random programs`` first = mustAgree secondOrder "secondOrderOf" first 250

// ---- the tests themselves are tested: an adjoint bent in one place must be noticed

/// The function without its nth statement that could be left out, counted through all blocks; and how many there are.
let private without (nth: int) (f: Function) : Function * int =
    let mutable seen = 0

    let rec block statements =
        statements
        |> List.choose (fun statement ->
            let drop =
                match statement with
                | Assign _
                | Increment _
                | Store _
                | Accumulate _ ->
                    seen <- seen + 1
                    seen - 1 = nth
                | _ -> false

            if drop then
                None
            else
                match statement with
                | If(c, yes, no) -> Some(If(c, block yes, block no))
                | For(i, first, last, step, body) -> Some(For(i, first, last, step, block body))
                | While(c, body) -> Some(While(c, block body))
                | other -> Some other)

    { f with Body = block f.Body }, seen

[<Fact>]
let ``an adjoint that lacks one statement is noticed`` () =
    let mutable bent, noticed = 0, 0

    for seed in 200_000..200_399 do
        let program, f, args = Generate.program seed
        let random = Random seed
        let adjoints, tangents = Adjoint.transform program, Tangent.transform program
        let adjoint = adjoints.TryFind(Adjoint.nameOf f.Name).Value
        let _, count = without -1 adjoint

        if count > 0 then
            let changed, _ = without (random.Next count) adjoint

            let mutant = { Functions = adjoints.Functions |> List.map (fun g -> if g.Name = adjoint.Name then changed else g) }

            let change = direction random (inputs f args).Length
            let y, dy = forward emptied tangents f args change
            let seeds = direction random y.Length
            bent <- bent + 1

            // an endless loop, an empty stack, another result: all of them are noticed
            let same =
                try
                    let values, gradient = reverse (fun program name args -> fst (runWithin 30_000 program name args)) mutant f args seeds
                    values = Array.truncate values.Length y && near 1e-10 (weight seeds dy) (dot seeds dy) (dot gradient change)
                with ProgramError _ ->
                    false

            if not same then noticed <- noticed + 1

    // the others stand in branches not taken, in loops without rounds, or behind slopes of 0
    if noticed * 5 < bent * 2 then failwith $"of {bent} bent adjoints only {noticed} were noticed"

    TestContext.Current.TestOutputHelper
    |> Option.ofObj
    |> Option.iter (fun output -> output.WriteLine $"{noticed} of {bent} bent adjoints were noticed")
