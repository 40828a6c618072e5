/// The ways to a derivative, one beside the other: all of them must agree. A new way (a compiled delegate, printed C#) is one line in `ways`.
module Zautograd.Tests.Programs.Paths

open Zautograd.Programs
open Zautograd.Programs.Interpret

/// How a program is run; the interpreter is the reference.
type Run = Program -> string -> Item list -> Item list

let interpreted: Run = fun program name args -> fst (run program name args)

let private delegates =
    System.Runtime.CompilerServices.ConditionalWeakTable<Program, System.Collections.Generic.Dictionary<string, System.Delegate>>()

/// The function as a delegate, compiled once for a program.
let delegateOf (program: Program) name : System.Delegate =
    let known = delegates.GetOrCreateValue program

    match known.TryGetValue name with
    | true, found -> found
    | _ ->
        let made = Compiler.Function(program, name)
        known[name] <- made
        made

/// An item as a delegate takes it.
let boxed item =
    match item with
    | RealItem x -> box x
    | IntItem n -> box n
    | LongItem n -> box n
    | BoolItem b -> box b
    | RealArray a -> box a
    | IntArray a -> box a

let compiled: Run =
    fun program name args ->
        let f = program.TryFind(name).Value

        let values: (obj | null)[] =
            [|
                for arg in args -> boxed arg
                for kind in List.skip (min 1 f.Results.Length) f.Results ->
                    match kind with
                    | Real -> box 0.0
                    | Int -> box 0
                    | Long -> box 0L
                    | _ -> box false
            |]

        let returned = (delegateOf program name).DynamicInvoke values

        [ returned; yield! values[args.Length ..] ]
        |> List.truncate f.Results.Length
        |> List.map (fun value ->
            match value with
            | :? float as x -> RealItem x
            | :? int as n -> IntItem n
            | :? bool as b -> BoolItem b
            | other -> failwith $"{other} is no scalar")

/// THE PLACE TO ADD A PATH: ways of running a program that must give what the interpreter gives, for the program itself,
/// its tangent and its adjoint. Each runs over the whole conformance set.
let ways: (string * Run) list = [ "compiled", compiled ]

let copy items =
    items
    |> List.map (function
        | RealArray a -> RealArray(Array.copy a)
        | IntArray a -> IntArray(Array.copy a)
        | scalar -> scalar)

let isFollowed (p: Parameter) = p.Active && (p.Type = Real || p.Type = Reals)

let private reals items =
    items
    |> List.collect (function
        | RealItem x -> [ x ]
        | _ -> [])

let private changed (f: Function) (arrays: Item list) =
    [
        for p, item in List.zip f.Parameters arrays do
            match item with
            | RealArray a when isFollowed p && p.Flow = InOut -> yield! a
            | _ -> ()
    ]

/// The active inputs of a call, laid out in a row.
let inputs (f: Function) (args: Item list) : float[] =
    [|
        for p, item in List.zip f.Parameters args do
            match item with
            | RealItem x when isFollowed p -> x
            | RealArray a when isFollowed p -> yield! a
            | _ -> ()
    |]

/// The arguments with their active inputs replaced.
let withInputs (f: Function) (args: Item list) (values: float[]) : Item list =
    let mutable position = 0

    let next () =
        position <- position + 1
        values[position - 1]

    [
        for p, item in List.zip f.Parameters args do
            match item with
            | RealItem _ when isFollowed p -> RealItem(next ())
            | RealArray a when isFollowed p -> RealArray(Array.init a.Length (fun _ -> next ()))
            | other -> other
    ]
    |> copy

/// The outputs in a row: real results, then the active arrays that the function changes.
let primal (run: Run) program (f: Function) args : float[] =
    let args = copy args
    let results = run program f.Name args
    Array.ofList (reals results @ changed f args)

/// The items for the active parameters alone, from a row.
let private shadows f args values = List.zip f.Parameters (withInputs f args values) |> List.filter (fst >> isFollowed) |> List.map snd

/// Outputs and their change for a change of the inputs, by the tangent program.
let forward (run: Run) program (f: Function) args (change: float[]) : float[] * float[] =
    let args = copy args
    let tangents = shadows f args change
    let results = run program (Tangent.nameOf f.Name) (args @ tangents)
    let values, changes = List.splitAt f.Results.Length results

    let all =
        let waiting = System.Collections.Generic.Queue<Item>(tangents)
        [ for p, item in List.zip f.Parameters args -> if isFollowed p then waiting.Dequeue() else item ]

    Array.ofList (reals values @ changed f args), Array.ofList (reals changes @ changed f all)

let private realResults (f: Function) = f.Results |> List.filter ((=) Real) |> List.length

/// The arguments of the adjoint function, for seeds in the order of the outputs.
let adjointArguments (f: Function) args (seed: float[]) : Item list =
    let mutable position = realResults f

    let arrays =
        [
            for p, item in List.zip f.Parameters args do
                match item with
                | RealArray a when isFollowed p ->
                    if p.Flow = InOut then
                        RealArray seed[position .. position + a.Length - 1]
                        position <- position + a.Length
                    else
                        RealArray(Array.zeroCreate a.Length)
                | _ -> ()
        ]

    copy args @ arrays @ [ for i in 0 .. realResults f - 1 -> RealItem seed[i] ]

/// The adjoint's outputs, arrays of the call after the run: results of the program, then the gradient in the order of the inputs.
let private gradientOf (f: Function) (results: Item list) (arrays: Item list) =
    let scalars = System.Collections.Generic.Queue<float>(results |> List.skip f.Results.Length |> reals)
    let arrays = System.Collections.Generic.Queue<Item>(arrays)

    [|
        for p in f.Parameters do
            if isFollowed p then
                if p.Type = Real then
                    scalars.Dequeue()
                else
                    match arrays.Dequeue() with
                    | RealArray a -> yield! a
                    | _ -> ()
    |]

/// Results and the seeds' gradient, by the adjoint program.
let reverse (run: Run) program (f: Function) args (seed: float[]) : float[] * float[] =
    let given = adjointArguments f args seed
    let results = run program (Adjoint.nameOf f.Name) given
    let arrays = given |> List.skip f.Parameters.Length
    Array.ofList (results |> List.truncate f.Results.Length |> reals), gradientOf f results arrays

/// seed * (outputs' change) where the inputs move by step * change, smoothed twice (Richardson); None where two steps do not tell the
/// same: a kink or a jump is near.
let differences (outputs: float[] -> float[]) (point: float[]) (change: float[]) (seed: float[]) : float option =
    let moved step =
        let y = outputs (Array.map2 (fun x d -> x + step * d) point change)
        Array.fold2 (fun sum u y -> sum + u * y) 0.0 seed y

    let central h = (moved h - moved -h) / (2.0 * h)
    let richardson near far = (4.0 * near - far) / 3.0

    let at h =
        let a, b, c = central h, central (h / 2.0), central (h / 4.0)
        let first, second = richardson b a, richardson c b
        // and one order further
        if abs (first - second) <= 1e-7 * (1.0 + abs first) then Some((16.0 * second - first) / 15.0) else None

    [ 1e-2; 2e-3; 4e-4; 8e-5; 1e-5; 2e-6 ] |> List.tryPick at

/// The second derivative seed * f''(x)[p, q] in four ways: tangent of tangent, tangent of adjoint, adjoint of tangent, adjoint of adjoint.
/// The program holds the transformations of its transformations.
let second (run: Run) (program: Program) (f: Function) args (p: float[]) (q: float[]) (seed: float[]) : (string * float) list =
    let dot a b = Array.fold2 (fun sum x y -> sum + x * y) 0.0 a b
    let zeros count = Array.zeroCreate<float> count
    let tangent, adjoint = (program.TryFind(Tangent.nameOf f.Name)).Value, (program.TryFind(Adjoint.nameOf f.Name)).Value
    let count = p.Length
    let scalars = realResults f

    // tangent functions: inputs x then dx; outputs y, dy, then arrays y, dy
    let tangentArgs = copy args @ shadows f args p

    // the inputs of a tangent function are grouped by parameters: all values first, then all changes
    let tangentOfTangent =
        let _, change = forward run program tangent tangentArgs (Array.append q (zeros count))
        let arrays = (change.Length - 2 * scalars) / 2
        let relevant = Array.append change[scalars .. 2 * scalars - 1] change[2 * scalars + arrays ..]
        dot seed relevant

    let seedOfTangent =
        let arrays = seed[scalars..]
        Array.concat [ zeros scalars; seed[.. scalars - 1]; zeros arrays.Length; arrays ]

    let adjointOfTangent =
        let _, gradient = reverse run program tangent tangentArgs seedOfTangent
        dot q gradient[.. count - 1]

    let adjointArgs = adjointArguments f args seed
    let followed = f.Parameters |> List.filter isFollowed
    let scalarInputs = followed |> List.filter (fun p -> p.Type = Real) |> List.length
    let changedArrays = seed.Length - scalars

    // where the gradient stands among the outputs of the adjoint function, in the order of the inputs
    let places =
        let mutable scalar = scalars
        let mutable element = scalars + scalarInputs + changedArrays

        [|
            for parameter, item in List.zip f.Parameters args do
                match item with
                | RealItem _ when isFollowed parameter ->
                    scalar
                    scalar <- scalar + 1
                | RealArray a when isFollowed parameter ->
                    yield! [ element .. element + a.Length - 1 ]
                    element <- element + a.Length
                | _ -> ()
        |]

    let inputsOfAdjoint = (inputs adjoint adjointArgs).Length

    let tangentOfAdjoint =
        let _, change = forward run program adjoint adjointArgs (Array.append q (zeros (inputsOfAdjoint - count)))
        dot p (places |> Array.map (fun place -> change[place]))

    let adjointOfAdjoint =
        let outputs = scalars + changedArrays + count
        let seeds = zeros outputs
        Array.iter2 (fun place d -> seeds[place] <- d) places p
        let _, gradient = reverse run program adjoint adjointArgs seeds
        dot q gradient[.. count - 1]

    [
        "tangent of tangent", tangentOfTangent
        "adjoint of tangent", adjointOfTangent
        "tangent of adjoint", tangentOfAdjoint
        "adjoint of adjoint", adjointOfAdjoint
    ]
