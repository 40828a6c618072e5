/// Any subset of passes leaves every result as it is, bit for bit, and every failure a failure.
module Zautograd.Tests.Programs.OptimiseTests

open System
open Swensen.Unquote
open Xunit
open Zautograd.Programs
open Zautograd.Programs.Passes
open Zautograd.Programs.Interpret
open Zautograd.Tests.Programs.Paths

/// What of a run can be seen. A NaN is a NaN, whatever its payload; the pass `first` may change the sign of a zero, and says so.
type private Outcome =
    | Ended of int64 list * left: int
    | Failed

let private fuel = 300_000

/// Today's costs of adjoints over the conformance set, in operations of the program as it was written; a change that makes them worse must say so here.
let private worstAllowed, meanAllowed, sumAllowed, dearerAllowed = 3.57, 2.48, 2.48, 12

let private bits zerosAreZeros (x: float) =
    if Double.IsNaN x then BitConverter.DoubleToInt64Bits nan
    elif zerosAreZeros && x = 0.0 then 0L
    else BitConverter.DoubleToInt64Bits x

let private seen zerosAreZeros item =
    match item with
    | RealItem x -> [ bits zerosAreZeros x ]
    | IntItem k -> [ int64 k ]
    | LongItem k -> [ k ]
    | BoolItem b -> [ Convert.ToInt64 b ]
    | RealArray a -> [ for x in a -> bits zerosAreZeros x ]
    | IntArray a -> [ for k in a -> int64 k ]

/// What is seen of a run, and its operations.
let private run zerosAreZeros program name args =
    let args = copy args

    try
        let results, counts = runWithin fuel program name args
        Ended(results @ args |> List.collect (seen zerosAreZeros), counts.Left), counts.Operations
    with
    | ProgramError _
    | :? ArgumentException -> Failed, 0

let private named names = Optimise.all |> List.filter (fun pass -> List.contains pass.Name names)

/// Every pass alone, some subsets by a seed, all passes, those that come before differentiating.
let private subsets seed count =
    let random = Random seed

    [ for pass in Optimise.all -> [ pass ] ]
    @ [ for _ in 1..count -> Optimise.all |> List.filter (fun _ -> random.Next 2 = 0) ]
    @ [ Optimise.all; Optimise.before ]

let private label passes = passes |> List.map (fun pass -> pass.Name) |> String.concat ", "

let private isFirst pass = pass.Name = "first"

/// What is wrong with a program after these passes; nothing where it is as it should be.
let private differences (program: Program) name args passes : string list =
    let zerosAreZeros = List.exists isFirst passes
    let optimised = Optimise.using passes program
    let expected, operations = run zerosAreZeros program name args
    let found, after = run zerosAreZeros optimised name args
    let mayCost = passes |> List.exists (fun pass -> pass.Name = "hoist" || pass.Name = "loads")

    [
        yield! Check.faults optimised |> List.map string

        if found <> expected then $"%A{found} for %A{expected} in\n{Show.program optimised}"

        // a loop without rounds may make what was moved out of it dearer
        if after > operations && not mayCost then
            $"{after} operations for {operations} in\n{Show.program optimised}"
    ]
    |> List.map (fun wrong -> $"{name} after {label passes}: {wrong}")

let private entry (program: Program) = program.TryFind("f").Value

let private weights count = Array.init count (fun i -> 1.0 - 0.37 * float (i % 5))

/// The program, its tangent and its adjoint, each with arguments.
let private family (program: Program) args =
    let f = entry program
    let shadows = List.zip f.Parameters args |> List.filter (fst >> isFollowed) |> List.map snd
    let seeds = f.Results |> List.filter ((=) Real) |> List.mapi (fun i _ -> RealItem((weights (i + 1))[i]))

    [
        program, "f", args
        Tangent.transform program, Tangent.nameOf "f", args @ shadows
        Adjoint.transform program,
        Adjoint.nameOf "f",
        args
        @ (shadows
           |> List.filter (function
               | RealArray _ -> true
               | _ -> false))
        @ seeds
    ]

let private mustBeRight (found: string list) =
    if not found.IsEmpty then
        let shown = found |> List.truncate 3 |> String.concat "\n\n"
        failwith $"{found.Length} differences:\n{shown}"

[<Fact>]
let ``any subset of passes leaves every result on the conformance set`` () =
    mustBeRight
        [
            for index, case in List.indexed Conformance.all do
                for program, name, args in family case.Program case.Args do
                    for passes in subsets index 3 do
                        yield! differences program name args passes |> List.map (fun wrong -> $"{case.Name}: {wrong}")
        ]

// an array that is too short, an index that is too large: a run that fails must fail
let private spoiled seed args =
    args
    |> List.map (function
        | RealArray a -> RealArray(Array.truncate (seed % 5) a)
        | IntArray a -> IntArray(a |> Array.map (fun k -> k + seed % 2))
        | scalar -> scalar)

[<Theory>]
[<InlineData(0)>]
[<InlineData(1000)>]
[<InlineData(2000)>]
[<InlineData(3000)>]
let ``any subset of passes leaves every result and every failure of random programs`` first =
    let mutable failures = 0

    mustBeRight
        [
            for seed in first .. first + 99 do
                let program, _, args = Generate.program seed

                let programs =
                    try
                        family program args @ family program (spoiled seed args)
                    with Scopes.Unsupported _ ->
                        []

                for program, name, args in programs do
                    if fst (run false program name args) = Failed then failures <- failures + 1

                    for passes in List.item (seed % Optimise.all.Length) (subsets seed 1) :: List.skip Optimise.all.Length (subsets seed 1) do
                        yield! differences program name args passes |> List.map (fun wrong -> $"seed {seed}: {wrong}")
        ]

    // the failures are worth something only if there are some
    test <@ failures > 50 @>

[<Fact>]
let ``the passes have names, say what they do, and those before differentiating are among all`` () =
    let names = Optimise.all |> List.map _.Name
    test <@ List.distinct names = names @>
    test <@ Optimise.all |> List.forall (fun pass -> pass.What <> "") @>
    test <@ Optimise.before |> List.forall (fun pass -> List.contains pass.Name names) @>

[<Fact>]
let ``what is optimised is differentiated like what is not`` () =
    mustBeRight
        [
            for case in Conformance.all do
                let f = entry case.Program
                let seed = weights (primal interpreted case.Program f case.Args).Length
                let gradientOf program = reverse interpreted (Adjoint.transform program) f case.Args seed |> snd
                let plain, optimised = gradientOf case.Program, gradientOf (Optimise.using Optimise.before case.Program)

                for a, b in Seq.zip plain optimised do
                    if abs (a - b) > 1e-11 * (1.0 + abs a) then $"{case.Name}: {b}, not {a}"
        ]

[<Fact>]
let ``what is optimised settles: another time changes nothing`` () =
    mustBeRight
        [
            for case in Conformance.all do
                let once = Optimise.program (Adjoint.transform case.Program)
                if not ((Optimise.program once).Equals once) then case.Name
        ]

[<Fact>]
let ``two scopes with one name are two variables`` () =
    let sides name = Declare(name, Real, Formula(Zautograd.Sin, [ Variable "x" ]))
    let body = [ If(Truth true, [ sides "t" ], [ sides "t" ]); Return [ Variable "x" ] ]
    let f = (entry (Dsl.single [ Dsl.x "x" ] 1 body))
    (Unique.run f).Body =! [ If(Truth true, [ sides "t" ], [ sides "t2" ]); Return [ Variable "x" ] ]

/// A program of so many statements, none like the other, in blocks of loops and branches.
let private long count =
    let block i =
        let name = $"t{i}"

        [
            Declare(name, Real, Formula(Zautograd.Sin, [ Formula(Zautograd.Mul, [ Variable "x"; Number(float i) ]) ]))
            For(
                $"i{i}",
                Whole 0,
                Length "p",
                1,
                [
                    Increment(name, Formula(Zautograd.Mul, [ Element("p", Variable $"i{i}"); Variable "x" ]))
                    If(
                        Compare(Zautograd.Less, Variable name, Number 1.0),
                        [ Increment("s", Formula(Zautograd.Mul, [ Variable name; Variable "x" ])) ],
                        [ Assign("s", Formula(Zautograd.Exp, [ Variable "s" ])) ]
                    )
                ]
            )
        ]

    Dsl.single [ Dsl.x "x"; Dsl.xs "p" ] 1 (Dsl.dec "s" (Dsl.num 0.0) :: List.collect block [ 1 .. count / 6 ] @ [ Dsl.ret [ Dsl.v "s" ] ])

[<Fact>]
let ``ten thousand statements are optimised`` () =
    let program = long 10_000
    let count (program: Program) = Statement.all (entry program).Body |> List.length
    test <@ count program >= 8_000 @>
    test <@ count (Optimise.program program) >= 8_000 @>

// ---- what it is worth

/// Operations of the program, of its adjoint as it is made and as it is optimised (value and gradient, and the gradient alone), and what the textbook has.
type private Worth = { Case: string; Primal: int; Before: int; After: int; Alone: int; Textbook: int }

/// The adjoint of `f` as a caller has it who asks for a gradient: what is added to is zero when it is called.
let private forGradients (program: Program) =
    let f = entry program
    let adjoint = Adjoint.transform (Optimise.using Optimise.before program)
    let made = adjoint.TryFind(Adjoint.nameOf f.Name).Value
    Optimise.calledWith (Adjoint.receivers f made) (Adjoint.spent f made) made.Name adjoint

/// The same without the program's own results.
let private alone (program: Program) (f: Function) =
    let adjoint = program.TryFind(Adjoint.nameOf f.Name).Value
    let results = adjoint.Results |> List.mapi (fun i kind -> $"result {i}", kind)

    let zero kind =
        match kind with
        | Int -> Whole 0
        | Bool -> Truth false
        | _ -> Number 0.0

    let body =
        [ for name, kind in results -> Declare(name, kind, zero kind) ]
        @ [ Call(List.map fst results, adjoint.Name, [ for p in adjoint.Parameters -> Variable p.Name ]) ]
        @ [ Return [ for name, _ in List.skip f.Results.Length results -> Variable name ] ]

    let caller = { adjoint with Name = "alone"; Results = List.skip f.Results.Length adjoint.Results; Body = body }
    Optimise.program { Functions = program.Functions @ [ caller ] }

[<Fact>]
let ``the adjoint costs less after optimisation, and on the mean no more than by the textbook`` () =
    let cost program name args = snd (runWithin fuel program name (copy args)) |> _.Operations

    let worth (case: Conformance.Case) =
        let f = entry case.Program
        let args = adjointArguments f case.Args (weights (primal interpreted case.Program f case.Args).Length)
        let adjoint = forGradients case.Program

        {
            Case = case.Name
            Primal = cost case.Program f.Name case.Args
            Before = cost (Adjoint.transform case.Program) (Adjoint.nameOf f.Name) args
            After = cost adjoint (Adjoint.nameOf f.Name) args
            Alone = cost (alone adjoint f) "alone" args
            Textbook = Textbook.cost case.Program f case.Args
        }

    let ratio count worth = float (count worth) / float worth.Primal
    // of whole numbers and remainders, where what is integral has no slope: they came to the set after its goals were set, and are tested as all others are
    let later = [ "remainders of reals"; "longs divided in a while loop"; "numbers that look random" ]

    let rows =
        Conformance.all
        |> List.filter (fun case -> not (List.contains case.Name later))
        |> List.map worth
        |> List.filter (fun row -> row.Primal >= 10)
        |> List.sortByDescending (ratio _.After)

    let mean count = rows |> List.averageBy (ratio count)
    let sum count = float (List.sumBy count rows) / float (rows |> List.sumBy _.Primal)
    // the textbook knows the run: which contribution comes first, and which way the branches go
    let dearer = rows |> List.filter (fun row -> ratio _.After row > 1.15 * ratio _.Textbook row)
    let counts = [ "before", _.Before; "after", _.After; "gradient alone", _.Alone; "textbook", _.Textbook ]

    let text =
        [
            "| program | operations | adjoint | optimised | gradient alone | textbook |"
            "| --- | ---: | ---: | ---: | ---: | ---: |"
            for row in rows do
                $"| {row.Case} | {row.Primal} |" + String.concat "" [ for _, count in counts -> $" {ratio count row:F2} |" ]
            for name, count in counts do
                $"{name}: mean {mean count:F3}, all together {sum count:F3}, worst {rows |> List.map (ratio count) |> List.max:F2}"
            $"dearer than the textbook by more than 15 %%: {dearer.Length} of {rows.Length}"
        ]
        |> String.concat "\n"

    TestContext.Current.TestOutputHelper |> Option.ofObj |> Option.iter (fun output -> output.WriteLine text)
    test <@ mean _.After <= meanAllowed && sum _.After <= sumAllowed && ratio _.After rows.Head <= worstAllowed @>
    test <@ mean _.After <= mean _.Textbook && dearer.Length <= dearerAllowed @>
    rows |> List.filter (fun row -> row.After > row.Before) |> List.map _.Case =! []

[<Fact>]
let ``who hands over zeros and does not read what the function changed gets the same, or the same failure`` () =
    let mutable failures = 0

    let wrong name (program: Program) args =
        let f = entry program
        let followed = List.zip f.Parameters args |> List.filter (fst >> isFollowed) |> List.map snd
        let seeds = List.sumBy (seen true >> List.length) followed + f.Results.Length
        let given = adjointArguments f args (weights seeds)

        // results and gradients
        let results program =
            let args = copy given

            try
                let results, _ = runWithin fuel program (Adjoint.nameOf f.Name) args
                results @ List.skip f.Parameters.Length args |> List.collect (seen true) |> Some
            with
            | ProgramError _
            | :? ArgumentException -> None

        let plain, optimised = Adjoint.transform (Optimise.using Optimise.before program), forGradients program
        let expected = results plain
        if expected.IsNone then failures <- failures + 1

        [
            yield! Check.faults optimised |> List.map string
            if results optimised <> expected then $"{name}:\n{Show.program optimised}"
        ]

    mustBeRight
        [
            for case in Conformance.all do
                yield! wrong case.Name case.Program case.Args

            for seed in 5000..5299 do
                let program, _, args = Generate.program seed

                yield!
                    try
                        wrong $"seed {seed}" program args @ wrong $"seed {seed}, spoiled" program (spoiled seed args)
                    with Scopes.Unsupported _ ->
                        []
        ]

    test <@ failures >= 20 @>

[<Fact>]
let ``an array that a caller does not read afterwards is not written`` () =
    let flowOf body =
        let made = forGradients (Dsl.program [ Dsl.func "f" [ Dsl.x "a"; Dsl.xs "x"; Dsl.io "y" ] [] (body @ [ Dsl.ret [] ]) ])
        made.TryFind(Adjoint.nameOf "f").Value.Parameters |> List.find (fun p -> p.Name = "y") |> _.Flow

    let element i = Dsl.at "x" (Dsl.whole i)
    let put i value = Dsl.put "y" (Dsl.whole i) value
    In =! flowOf [ put 0 (element 0 * element 1); put 1 (Dsl.sin' (element 0)) ]
    In =! flowOf [ Dsl.over "i" "y" [ Dsl.acc "y" (Dsl.n "i") (Dsl.v "a" * Dsl.v "a") ] ]
    // what stands at the other end is needed
    let other = Dsl.at "y" (Dsl.len "y" - Dsl.n "i" - Dsl.whole 1)
    InOut =! flowOf [ Dsl.over "i" "y" [ Dsl.put "y" (Dsl.n "i") (other * Dsl.at "x" (Dsl.n "i")) ] ]
