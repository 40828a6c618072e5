/// Derivatives along directions, matrices of them and sums of these, as delegates: a function that was made beside the user's, whose arguments have
/// names and lengths.
module internal Zautograd.Programs.CompileMatrix

open System
open System.Linq.Expressions
open Zautograd
open Zautograd.Programs
open Zautograd.Programs.CompileTerm
open Zautograd.Programs.CompileEntry
open Zautograd.Programs.CompileDerivative

/// A function that was made of the user's: what it takes behind the user's own parameters, what it gives, and what it writes.
type private Made = { Of: Function; Name: string; Behind: (string * NetType) list; Gives: (string * NetType) list; Written: string list }

/// The delegate for it, and what is checked of its arguments, which are found by name.
let private compile (made: Made) (delegated: NetType option) (program: Program) (checks: (string -> Linq) -> Linq list) : Delegate =
    let _, needed = CompileProgram.find program made.Name
    let callee = (CompileProgram.functions (Optimise.program needed))[made.Name]

    let shape =
        {
            Owner = made.Of.Name
            Takes = [ for p in made.Of.Parameters -> p.Name, typeOf p.Type ] @ made.Behind
            Gives = made.Gives
        }

    make (delegated |> Option.defaultValue (typeOfShape shape)) shape made.Written (fun parameters keep ->
        let given = dict (List.zip (List.map fst shape.Takes) parameters)

        [
            yield! checks (fun name -> given[name])
            calling callee (Set.ofList [ for p in callee.Function.Parameters -> p.Name ]) parameters keep
        ])

let private find program name =
    let f, program = CompileProgram.find program name
    f, prepared program

let private namesOf (parameters: Parameter list) = [ for p in parameters -> p.Name ]
let private directions what (f: Function) = [ for p in Matrix.followed f -> what + p.Name, typeOf p.Type ]

/// A direction is as long as its parameter.
let private alongLengths what (f: Function) (given: string -> Linq) : Linq list =
    [
        for p in Matrix.followed f do
            if p.Type = Reals then sameLength (what + p.Name) (given (what + p.Name)) (given p.Name)
    ]

let private extent (blocks: Matrix.Block list) (given: string -> Linq) : Linq =
    let lengthOf (block: Matrix.Block) : Linq = if block.IsArray then Linq.ArrayLength(given block.Name) else Linq.Constant 1
    blocks |> List.fold (fun sum block -> Linq.Add(sum, lengthOf block) :> Linq) (Linq.Constant 0)

/// How many rows and how many columns a Jacobian has.
let private sizes wanted (f: Function) (given: string -> Linq) =
    extent (fst (Matrix.outputs f)) given, extent (fst (Matrix.inputs (Jacobian.variables wanted f))) given

/// The results, and how they change along a direction: the tangent.
let jvp (delegated: NetType option) (program: Program) (name: string) : Delegate =
    let f, program = find program name
    let direction = "direction of "

    let made =
        {
            Of = f
            Name = Tangent.nameOf name
            Behind = directions direction f
            Gives =
                resultsOf f
                @ [ for name, kind in List.filter (fun (_, kind) -> kind = typeof<float>) (resultsOf f) -> "change of " + name, kind ]
            Written = namesOf (changedBy f) @ [ for p in List.filter Activity.isFollowed (changedBy f) -> direction + p.Name ]
        }

    compile made delegated (Tangent.transform program) (alongLengths direction f)

/// A function that was made of the user's and writes to an array behind all else; and what this is called.
let private writing name behind (f: Function) (derived: Program) : Made * string =
    let array = (List.last (derived.TryFind(name).Value).Parameters).Name

    {
        Of = f
        Name = name
        Behind = behind @ [ array, typeof<float[]> ]
        Gives = resultsOf f
        Written = array :: namesOf (changedBy f)
    },
    array

/// The results and the Jacobian.
let jacobian (by: Jacobians) (wanted: string list) (delegated: NetType option) (program: Program) (name: string) : Delegate =
    let f, program = find program name
    let derived = Jacobian.transform by wanted name program
    let made, matrix = writing (Jacobian.nameOf name) [] f derived

    compile made delegated derived (fun given ->
        let rows, columns = sizes wanted f given
        [ hasLength matrix (given matrix) (Linq.Multiply(rows, columns)) ])

/// Value, gradient and Hessian.
let hessian (delegated: NetType option) (program: Program) (name: string) : Delegate =
    let f, program = find program name
    ofOneReal "Hessian" f
    let derived = Hessian.transform name program
    let arrays = derived.TryFind(Hessian.nameOf name).Value.Parameters |> List.skip f.Parameters.Length |> namesOf

    let made =
        {
            Of = f
            Name = Hessian.nameOf name
            Behind = [ for array in arrays -> array, typeof<float[]> ]
            Gives = resultsOf f
            Written = arrays @ namesOf (changedBy f)
        }

    let columns = fst (Matrix.inputs (Matrix.followed f))

    compile made delegated derived (fun given ->
        let count = extent columns given
        let lengths: Linq list = [ count; Linq.Multiply(count, count) ]
        List.map2 (fun array length -> hasLength array (given array) length) arrays lengths)

/// Value, and left * Hessian * right.
let vectorHessianVector (delegated: NetType option) (program: Program) (name: string) : Delegate =
    let f, program = find program name
    ofOneReal "vector-Hessian-vector product" f
    let left, right = "left direction of ", "right direction of "

    let made =
        {
            Of = f
            Name = Hessian.productNameOf name
            Behind = directions left f @ directions right f
            Gives = resultsOf f @ [ "product", typeof<float> ]
            Written = namesOf (changedBy f)
        }

    compile made delegated (Hessian.transformProduct name program) (fun given -> alongLengths left f given @ alongLengths right f given)

/// Fields of numbers alone are checked at once, those of arrays when their lengths are known.
let private checkField what wanted (f: Function) check =
    let rows, columns = fst (Matrix.outputs f), fst (Matrix.inputs (Jacobian.variables wanted f))

    if rows @ columns |> List.forall (fun block -> not block.IsArray) then
        Refusal.Square(what, f.Name, rows.Length, columns.Length)
        check columns.Length

/// The results and the divergence.
let divergence (wanted: string list) (delegated: NetType option) (program: Program) (name: string) : Delegate =
    let f, program = find program name
    checkField "divergence" wanted f ignore

    let made =
        {
            Of = f
            Name = Field.divergenceNameOf name
            Behind = []
            Gives = resultsOf f @ [ "divergence", typeof<float> ]
            Written = namesOf (changedBy f)
        }

    compile made delegated (Field.divergence wanted name program) (fun given -> [ sizes wanted f given ||> isSquare "divergence" name ])

/// The results and the curl.
let curl (wanted: string list) (delegated: NetType option) (program: Program) (name: string) : Delegate =
    let f, program = find program name
    checkField "curl" wanted f (fun count -> Refusal.Turning(name, count))
    let derived = Field.curl wanted name program
    let made, curl = writing (Field.curlNameOf name) [] f derived

    compile made delegated derived (fun given ->
        let rows, columns = sizes wanted f given
        let length = Linq.Condition(Linq.Equal(columns, Linq.Constant 3), Linq.Constant 3, Linq.Constant 1)
        [ isSquare "curl" name rows columns; hasCurl name columns; hasLength curl (given curl) length ])

/// Value and Laplacian.
let laplacian (delegated: NetType option) (program: Program) (name: string) : Delegate =
    let f, program = find program name
    ofOneReal "Laplacian" f

    let made =
        {
            Of = f
            Name = Field.laplacianNameOf name
            Behind = []
            Gives = resultsOf f @ [ "laplacian", typeof<float> ]
            Written = namesOf (changedBy f)
        }

    compile made delegated (Field.laplacian name program) (fun _ -> [])

/// The results and their Taylor coefficients along a line.
let taylor (order: int) (delegated: NetType option) (program: Program) (name: string) : Delegate =
    let f, program = find program name
    let derived = Jet.transform order name program
    let direction = "direction of "
    let made, coefficients = writing (Jet.coefficientsNameOf order name) (directions direction f) f derived

    compile made delegated derived (fun given ->
        let length = Linq.Multiply(extent (fst (Matrix.outputs f)) given, Linq.Constant(order + 1))
        hasLength coefficients (given coefficients) length :: alongLengths direction f given)
