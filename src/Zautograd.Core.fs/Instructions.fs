// Expressions and their derivatives as one straight program: a list of instructions, equal ones once, operands before results.
namespace Zautograd

open System
open System.Collections.Generic

/// What one instruction computes; operands are the places of earlier instructions.
type internal Instruction =
    | Number of float
    | Input of int
    | Operation of Op * int list
    /// slope * change, in which a zero on either side wins even over infinity and NaN.
    | Chain of slope: int * change: int

/// A straight program that grows. Two number systems write to it: `Values` computes exactly what `Number.floats` does, operation by
/// operation; `Derivatives` also has laws that save work, but takes what the program has already as it is.
type internal Instructions() as this =
    let instructions = List<Instruction>()
    let numbers = Dictionary<int64, int>()
    let places = Dictionary<Instruction, int>(HashIdentity.Structural)

    let enter instruction =
        instructions.Add instruction
        instructions.Count - 1

    let number (value: float) =
        let bits = BitConverter.DoubleToInt64Bits value

        match numbers.TryGetValue bits with
        | true, place -> place
        | _ ->
            let place = enter (Number value)
            numbers[bits] <- place
            place

    let findOrEnter instruction =
        match places.TryGetValue instruction with
        | true, place -> place
        | _ ->
            let place = enter instruction
            places[instruction] <- place
            place

    let operation op args =
        match op with
        | Add
        | Mul -> Operation(op, List.sort args) // these two commute to the last bit
        | _ -> Operation(op, args)

    let (|Is|_|) value place =
        match instructions[place] with
        | Number number -> number = value
        | _ -> false

    let (|Applied|_|) place =
        match instructions[place] with
        | Operation(op, args) -> Some(op, args)
        | _ -> None

    let constants args =
        let found =
            args
            |> List.choose (fun arg ->
                match instructions[arg] with
                | Number value -> Some value
                | _ -> None)

        if List.length found = List.length args then Some found else None

    // clamp refuses crossed bounds: a program cannot refuse, its branches not taken are computed, too
    let fold op args =
        try
            Number.floats.Apply op args
        with :? ArgumentException ->
            nan

    let exact op args =
        match op, args, constants args with
        | _, _, Some values -> number (fold op values)
        | Pow, [ u; Is 2.0 ], _ -> findOrEnter (operation Mul [ u; u ]) // as the table's row does
        | _ -> findOrEnter (operation op args)

    let values op args = Number.formula this.Values op args |> Option.defaultWith (fun () -> exact op args)

    let reciprocal place =
        match places.TryGetValue(Operation(Div, [ number 1.0; place ])) with
        | true, found -> Some found
        | _ -> None

    let rec derived op args =
        let apply op args = derived op args

        match op, args with
        | _ when places.ContainsKey(operation op args) -> places[operation op args]
        | Neg, [ Applied(Neg, [ u ]) ]
        | Add, ([ Is 0.0; u ] | [ u; Is 0.0 ])
        | Mul, ([ Is 1.0; u ] | [ u; Is 1.0 ])
        | Sub, [ u; Is 0.0 ]
        | (Div | Pow), [ u; Is 1.0 ] -> u
        | Mul, ([ Is 0.0 as zero; _ ] | [ _; Is 0.0 as zero ]) -> zero
        | Mul, ([ Is -1.0; u ] | [ u; Is -1.0 ]) -> apply Neg [ u ]
        | Sub, [ Is 0.0; u ] -> apply Neg [ u ]
        | Mul, ([ Applied(Neg, [ u ]); v ] | [ v; Applied(Neg, [ u ]) ]) -> apply Neg [ apply Mul [ u; v ] ]
        | Div, [ Applied(Neg, [ u ]); v ] -> apply Neg [ apply Div [ u; v ] ]
        | Add, ([ Applied(Neg, [ u ]); v ] | [ v; Applied(Neg, [ u ]) ]) -> apply Sub [ v; u ]
        | Sub, [ u; Applied(Neg, [ v ]) ] -> apply Add [ u; v ]
        | Sub, [ Applied(Neg, [ u ]); v ] -> apply Neg [ apply Add [ u; v ] ]
        | Div, [ u; v ] when (reciprocal v).IsSome && (constants args).IsNone -> apply Mul [ u; (reciprocal v).Value ]
        | Select _, [ _; _; c; d ] when c = d -> c
        | Select Equal, [ a; b; c; _ ] when a = b && (constants [ a ]).IsSome -> c
        | Select _, [ a; b; c; d ] when (constants [ a; b ]).IsSome ->
            match fold op (List.append (constants [ a; b ]).Value [ 1.0; 0.0 ]) with
            | 1.0 -> c
            | _ -> d
        | _ -> Number.formula this.Derivatives op args |> Option.defaultWith (fun () -> exact op args)

    /// slope * change.
    let rec chain slope change =
        match slope, change with
        | Is 0.0, _
        | _, Is 0.0 -> number 0.0
        | Is 1.0, u
        | u, Is 1.0 -> u
        | Is -1.0, u
        | u, Is -1.0 -> derived Neg [ u ]
        | Applied(Neg, [ u ]), v
        | u, Applied(Neg, [ v ]) -> derived Neg [ chain u v ]
        // a branch that contributes nothing stays a branch
        | Applied(Select k, [ a; b; Is 1.0; Is 0.0 as zero ]), u -> derived (Select k) [ a; b; u; zero ]
        | Applied(Select k, [ a; b; Is 0.0 as zero; Is 1.0 ]), u -> derived (Select k) [ a; b; zero; u ]
        | _ ->
            match constants [ slope; change ] with
            | Some values -> number (List.reduce (*) values)
            | None -> findOrEnter (Chain(slope, change))

    let system apply = { Const = number; Apply = apply; IsZero = fun place -> (|Is|_|) 0.0 place }

    member val Values: Number<int> = system values
    member val Derivatives: Number<int> = system derived
    member _.Input(index: int) = findOrEnter (Input index)
    member _.Chain(slope: int, change: int) = chain slope change
    member _.All: IReadOnlyList<Instruction> = instructions

/// A finished program: its instructions, where the values of what it was made from are, and where the results are. The derivatives are given
/// row by row, one row per value. The inputs are the variables, and then so many directions, if they are read at all, or one array of adjoints.
type internal Straight = { Instructions: Instruction[]; Directions: int; Roots: int list; Values: int list; Derivatives: int list }

/// The reverse and the forward walk over expressions, in which a number is a place in a straight program.
module internal Straight =

    type private Meaning = { Program: Instructions; Nodes: Expr list; Value: IReadOnlyDictionary<Expr, int>; Changes: HashSet<Expr> }

    let private placesOf (variables: string list) = dict (List.indexed variables |> List.map (fun (index, name) -> name, index))

    let private read (variables: string list) (roots: Expr list) =
        let indices = placesOf variables

        for name, several in List.countBy id variables do
            if several > 1 then invalidArg (nameof variables) $"'{name}' is given {several} times."

        let program = Instructions()
        let value = Dictionary<Expr, int>(HashIdentity.Reference)
        let changes = HashSet<Expr>(HashIdentity.Reference)
        let nodes = Graph.nodesOf roots

        for node in nodes do
            value[node] <-
                match node with
                | Const number -> program.Values.Const number
                | Var name ->
                    match indices.TryGetValue name with
                    | true, index ->
                        changes.Add node |> ignore
                        program.Input index
                    | _ ->
                        let known = String.concat ", " variables
                        invalidArg (nameof variables) $"'{name}' is not among the variables: {known}."
                | Apply(op, args) ->
                    if args |> List.exists changes.Contains then changes.Add node |> ignore
                    program.Values.Apply op (args |> List.map (fun arg -> value[arg]))

        { Program = program; Nodes = nodes; Value = value; Changes = changes }

    let private slopes (meaning: Meaning) node op (args: Expr list) =
        Number.slopes meaning.Program.Derivatives op (args |> List.map (fun arg -> meaning.Value[arg])) meaning.Value[node]

    let private add (program: Instructions) (place: int option) term =
        match place with
        | Some place -> program.Derivatives.Apply Add [ place; term ]
        | None -> term

    /// The gradient of roots, each with its adjoint: the derivative for each variable.
    let private reverse (meaning: Meaning) (variables: string list) (seeds: (Expr * int) list) =
        let program = meaning.Program
        let adjoints = Dictionary<Expr, int>(HashIdentity.Reference)

        let find node =
            match adjoints.TryGetValue node with
            | true, adjoint -> Some adjoint
            | _ -> None

        for root, seed in seeds do
            adjoints[root] <- add program (find root) seed

        let found = Dictionary<string, int>()

        for node in List.rev (Graph.nodesOf (List.map fst seeds)) do
            match node, find node with
            | Apply(op, args), Some adjoint ->
                for slope, arg in List.zip (slopes meaning node op args) args do
                    if meaning.Changes.Contains arg then
                        adjoints[arg] <- add program (find arg) (program.Chain(slope (), adjoint))
            | Var name, Some adjoint ->
                let before =
                    match found.TryGetValue name with
                    | true, place -> Some place
                    | _ -> None

                found[name] <- add program before adjoint
            | _ -> ()

        variables
        |> List.map (fun name ->
            match found.TryGetValue name with
            | true, place -> place
            | _ -> program.Derivatives.Const 0.0)

    /// How the roots change where variables have these tangents.
    let private forward (meaning: Meaning) (roots: Expr list) (seed: string -> int) =
        let program = meaning.Program
        let zero = program.Derivatives.Const 0.0
        let tangents = Dictionary<Expr, int>(HashIdentity.Reference)

        for node in meaning.Nodes do
            tangents[node] <-
                match node with
                | Const _ -> zero
                | Var name -> seed name
                | Apply _ when not (meaning.Changes.Contains node) -> zero
                | Apply(op, args) ->
                    (zero, List.zip (slopes meaning node op args) args)
                    ||> List.fold (fun sum (slope, arg) ->
                        if tangents[arg] = zero then
                            sum
                        else
                            program.Derivatives.Apply Add [ sum; program.Chain(slope (), tangents[arg]) ])

        roots |> List.map (fun root -> tangents[root])

    /// Equal expressions become one node, so that the walks meet each of them once.
    let private merge (roots: Expr list) =
        let interned = Interned()
        Graph.foldAll interned.Const interned.Var (fun op args -> interned.Apply(op, args)) roots

    let private finish (meaning: Meaning) roots derivatives =
        let values = roots |> List.map (fun root -> meaning.Value[root])

        {
            Instructions = Array.ofSeq meaning.Program.All
            Directions = 1
            Roots = values
            Values = values
            Derivatives = derivatives
        }

    let value variables root =
        let roots = merge [ root ]
        finish (read variables roots) roots []

    /// Values and all derivatives, by as many reverse or forward walks as there are rows or columns, whichever are fewer.
    let jacobian (variables: string list) roots =
        let roots = merge roots
        let meaning = read variables roots

        let zero, one = meaning.Program.Derivatives.Const 0.0, meaning.Program.Derivatives.Const 1.0

        let derivatives =
            if roots.Length <= variables.Length then
                roots |> List.collect (fun root -> reverse meaning variables [ root, one ])
            else
                variables
                |> List.map (fun variable -> forward meaning roots (fun name -> if name = variable then one else zero))
                |> List.transpose
                |> List.concat

        finish meaning roots derivatives

    /// Values, and how they change along a direction: its elements are the inputs behind the variables.
    let jvp (variables: string list) roots =
        let roots = merge roots
        let meaning = read variables roots
        let place = placesOf variables
        finish meaning roots (forward meaning roots (fun name -> meaning.Program.Input(variables.Length + place[name])))

    /// Values, and the gradient of their weighted sum: the weights are the inputs behind the variables.
    let vjp (variables: string list) roots =
        let roots = merge roots
        let meaning = read variables roots
        let seeds = roots |> List.mapi (fun index root -> root, meaning.Program.Input(variables.Length + index))
        finish meaning roots (reverse meaning variables seeds)

    /// How the instructions so far change along a direction: a product with an adjoint of 0 changes as its factors do.
    let private along (program: Instructions) (seed: int -> int) : int[] =
        let derivatives = program.Derivatives
        let tangents = Array.create program.All.Count (derivatives.Const 0.0)

        let changeOf slope place = if derivatives.IsZero tangents[place] then None else Some(program.Chain(slope (), tangents[place]))

        for place in 0 .. tangents.Length - 1 do
            tangents[place] <-
                match program.All[place] with
                | Number _ -> tangents[place]
                | Input index -> seed index
                | Chain(slope, change) ->
                    derivatives.Apply Add [ program.Chain(tangents[slope], change); program.Chain(slope, tangents[change]) ]
                | Operation(op, args) ->
                    (Number.slopes derivatives op args place, args)
                    ||> List.map2 changeOf
                    |> List.choose id
                    |> List.fold (fun sum change -> derivatives.Apply Add [ sum; change ]) tangents[place]

        tangents

    /// The derivative of a root along a direction, whose elements are the inputs behind the variables; then in the place of derivatives how the
    /// gradient changes along it, and the gradient.
    let hessianVector (variables: string list) root =
        let roots = merge [ root ]
        let meaning = read variables roots
        let program = meaning.Program
        let gradient = reverse meaning variables [ roots.Head, program.Derivatives.Const 1.0 ]
        let direction index = program.Input(variables.Length + index)
        let tangents = along program direction

        let change =
            (program.Derivatives.Const 0.0, List.indexed gradient)
            ||> List.fold (fun sum (index, slope) -> program.Derivatives.Apply Add [ sum; program.Chain(slope, direction index) ])

        { finish meaning roots ([ for slope in gradient -> tangents[slope] ] @ gradient) with Values = [ change ] }

    /// The Hessian of a root with a direction on either side, which are the inputs behind the variables: how the change along the right one changes
    /// along the left one.
    let vectorHessianVector (variables: string list) root =
        let roots = merge [ root ]
        let meaning = read variables roots
        let program = meaning.Program
        let count = variables.Length
        let place = placesOf variables
        let change = forward meaning roots (fun name -> program.Input(2 * count + place[name])) |> List.head
        let still = program.Derivatives.Const 0.0
        let tangents = along program (fun index -> if index < count then program.Input(count + index) else still)
        { finish meaning roots [] with Directions = 2; Values = [ tangents[change] ] }

    /// Values, and in the place of derivatives expressions that were derived before.
    let derived variables roots (derivatives: Expr list) =
        let both = merge (roots @ derivatives)
        let meaning = read variables both
        let roots, derivatives = List.splitAt (List.length roots) both
        finish meaning roots [ for derivative in derivatives -> meaning.Value[derivative] ]
