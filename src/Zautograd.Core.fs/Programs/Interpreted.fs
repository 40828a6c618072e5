/// Functions of programs as delegates, run by the interpreter: the value, or the value and the gradient.
module internal Zautograd.Programs.Interpreted

open System
open System.Linq.Expressions
open Zautograd.Programs
open Zautograd.Programs.Interpret
open Zautograd.Programs.ReadMeaning

type private Linq = Expression

let private netType kind : NetType =
    match kind with
    | Real -> typeof<float>
    | Int -> typeof<int>
    | Bool -> typeof<bool>
    | Reals -> typeof<float[]>
    | Ints -> typeof<int[]>

let private item (arg: obj) =
    match arg with
    | :? float as x -> RealItem x
    | :? int as n -> IntItem n
    | :? bool as b -> BoolItem b
    | :? (float[]) as xs -> RealArray xs
    | :? (int[]) as ns -> IntArray ns
    | _ -> nullArg "an array"

let private reals items =
    [|
        for item in items do
            match item with
            | RealItem x -> x
            | _ -> ()
    |]

let private find (program: Program) name =
    match program.TryFind name with
    | Some f -> f
    | None -> invalidArg (nameof name) $"The program has no function '{name}'."

let private followed kind (f: Function) = f.Parameters |> List.filter (fun p -> p.Active && p.Type = kind)

/// A delegate that takes these and gives a float, and further floats by reference.
let private make (takes: NetType list) places (run: Func<obj[], float[]>) : Delegate =
    let parameters = [ for kind in takes -> Linq.Parameter kind ]
    let places = [ for _ in 1..places -> Linq.Parameter(typeof<float>.MakeByRefType()) ]
    let found = Linq.Variable typeof<float[]>
    let boxed = [ for p in parameters -> Linq.Convert(p, typeof<obj>) :> Linq ]
    let at index : Linq = Linq.ArrayIndex(found, Linq.Constant(index: int))

    let body =
        [
            Linq.Assign(found, Linq.Invoke(Linq.Constant run, Linq.NewArrayInit(typeof<obj>, boxed))) :> Linq
            for index, place in List.indexed places do
                Linq.Assign(place, at (index + 1))
            at 0
        ]

    let all = parameters @ places

    let kind =
        Linq.GetDelegateType
            [|
                for p in all do
                    (if p.IsByRef then p.Type.MakeByRefType() else p.Type)
                typeof<float>
            |]

    Linq.Lambda(kind, Linq.Block([ found ], body), all).Compile()

/// One array for two parameters, one of which is written to, would be two arrays in a derivative.
let private distinct (written: int -> bool) (args: obj[]) =
    for i in 0 .. args.Length - 1 do
        for j in i + 1 .. args.Length - 1 do
            if args[i] :? Array && obj.ReferenceEquals(args[i], args[j]) && (written i || written j) then
                invalidArg "arguments" "One array is given twice, and written to: give a copy of one."

/// The function's own parameters, in their order; it returns the function's real result, and changes what the function changes.
let value (program: Program) (name: string) : Delegate =
    let f = find program name
    let run (args: obj[]) = run program name (args |> List.ofArray |> List.map item) |> fst |> reals
    make [ for p in f.Parameters -> netType p.Type ] 0 run

/// The function's parameters, then an array for the gradient with respect to each active array; it returns the value, and gives the
/// derivative with respect to each active scalar by reference. Arrays that the function changes stay as they are.
let gradient (program: Program) (name: string) : Delegate =
    let f = find program name
    let adjoints = Adjoint.transform program
    let own = f.Parameters.Length
    let arrays = followed Reals f
    let places = f.Parameters |> List.indexed |> List.filter (fun (_, p) -> p.Active && p.Type = Reals) |> List.map fst

    let run (args: obj[]) =
        distinct (fun index -> index >= own || f.Parameters[index].Flow = InOut) args

        for index, place in List.indexed places do
            let gradient, original = args[own + index] :?> Array, args[place] :?> Array

            if gradient.Length <> original.Length then
                invalidArg
                    $"gradient of {f.Parameters[place].Name}"
                    $"The gradient needs {original.Length} element(s), but has {gradient.Length}."

            Array.Clear(gradient, 0, gradient.Length)

        let copied index (arg: obj) =
            match arg with
            | :? Array as array when index < own && f.Parameters[index].Flow = InOut -> array.Clone()
            | other -> other

        let given = args |> Array.mapi copied |> List.ofArray |> List.map item
        Interpret.run adjoints (Adjoint.nameOf name) (given @ [ RealItem 1.0 ]) |> fst |> reals

    let takes = [ for p in f.Parameters @ arrays -> netType p.Type ]
    make takes (followed Real f).Length run
