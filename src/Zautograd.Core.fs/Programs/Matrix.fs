/// What matrices of derivatives are written with: rows and columns that are laid out one behind the other, and calls that leave arrays as they are.
module internal Zautograd.Programs.Matrix

open Zautograd
open Zautograd.Programs

/// The parameters that have derivatives.
let followed (f: Function) = List.filter Activity.isFollowed f.Parameters

/// A function of a program by its name.
let functionOf (name: string) (program: Program) =
    program.TryFind name |> Option.defaultWith (fun () -> invalidArg (nameof name) $"The program has no function '{name}'.")

let plus a b =
    match a, b with
    | Whole 0, other
    | other, Whole 0 -> other
    | Whole a, Whole b -> Whole(a + b)
    | a, b -> Integer(Plus, a, b)

/// A number or an array among the rows or the columns: where it begins, and how long it is.
type Block = { Name: string; IsArray: bool; First: Term }

/// The numbers and the arrays one behind the other, and how many places they have together.
let layOut (parts: (string * bool) list) : Block list * Term =
    (Whole 0, parts)
    ||> List.mapFold (fun first (name, isArray) ->
        { Name = name; IsArray = isArray; First = first }, plus first (if isArray then Length name else Whole 1))

/// The parameters that have derivatives, as they are laid out.
let inputs (parameters: Parameter list) = layOut [ for p in parameters -> p.Name, p.Type = Reals ]

/// The rows: real results, then the active arrays that the function changes.
let outputs (f: Function) =
    layOut
        [
            for i, kind in List.indexed f.Results do
                if kind = Real then $"result {i + 1}", false
            for p in followed f do
                if p.Flow = InOut then p.Name, true
        ]

/// What is done at each place of a block: it is given the place, and the index within the array.
let eachOf (names: Names) (block: Block) (work: Term -> Term -> Statement list) : Statement list =
    if block.IsArray then
        let i = names.Fresh "i"
        [ For(i, Whole 0, Length block.Name, 1, work (plus block.First (Variable i)) (Variable i)) ]
    else
        work block.First (Whole 0)

/// A call as it is prepared: the arrays that the function changes are copies of those given, or begin at zero.
[<Sealed>]
type Site(names: Names) =
    let before = ResizeArray<Statement>()

    /// An array of zeros, as long as another one.
    member _.Zeros(array: string) : string =
        let zeros = names.Fresh("zeros" + array)
        before.Add(DeclareArray(zeros, Reals, Length array))
        zeros

    member _.Store(array: string, index: Term, value: float) = before.Add(Store(array, index, Number value))

    /// What is handed over for a parameter of the caller's.
    member _.Own(p: Parameter) : Term =
        if p.Flow = In then
            Variable p.Name
        else
            let copy, i = names.Fresh("copy" + p.Name), names.Fresh "i"
            before.Add(DeclareArray(copy, p.Type, Length p.Name))
            before.Add(For(i, Whole 0, Length p.Name, 1, [ Store(copy, Variable i, Element(p.Name, Variable i)) ]))
            Variable copy

    /// Zero, or an array of zeros with, if the place is in this block, a one.
    member site.Unit(block: Block, name: string, isArray: bool, index: Term) : Term =
        if isArray then
            let zeros = site.Zeros name
            if name = block.Name then site.Store(zeros, index, 1.0)
            Variable zeros
        else
            Number(if name = block.Name then 1.0 else 0.0)

    /// Places for results.
    member _.Places(wish: string, kinds: Type list) : string list =
        [
            for kind in kinds ->
                let name = names.Fresh wish
                before.Add(Declare(name, kind, Term.zero kind))
                name
        ]

    member _.Call(results: string list, callee: string, args: Term list) : Statement list =
        List.ofSeq before @ [ Call(results, callee, args) ]

/// The function itself, at the end: what it returns is returned, and then others, and what it leaves in its arrays is left there.
let calling names (f: Function) (others: string list) : Statement list =
    let site = Site names
    let values = site.Places("result", f.Results)

    site.Call(values, f.Name, [ for p in f.Parameters -> Variable p.Name ]) @ [ Return(List.map Variable (values @ others)) ]

/// What a term for an array stands for.
let arrayOf term =
    match term with
    | Variable name -> name
    | other -> invalidOp $"{other} is no array"
