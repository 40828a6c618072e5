/// Second derivatives as programs: the tangent of the adjoint along each variable, and the tangent of the tangent along two directions.
module Zautograd.Programs.Hessian

open Zautograd
open Zautograd.Programs
open Zautograd.Programs.Matrix

/// What the Hessian of a function is called.
let nameOf (f: string) = f + "Hessian"

/// What the product of the Hessian with a direction on either side is called.
let productNameOf (f: string) = f + "VectorHessianVector"

/// The gradient and the Hessian of a function with one real result, in a program with the tangents of its adjoints. It takes the function's
/// parameters, an array for the gradient, and one for the matrix, row by row, both of which it writes: variables in the order of the
/// parameters, an array's one behind the other. It returns the value; arrays that the function changes stay as they are.
let ofFunction (f: Function) : Function =
    let names = Names.Of f
    let gradient, matrix = names.Fresh "gradient", names.Fresh "hessian"
    let columns, count = inputs (followed f)
    let isArray (p: Parameter) = p.Type = Reals

    let along (block: Block) column index =
        let site = Site names
        let own = List.map site.Own f.Parameters

        let zeros () =
            [
                for p in followed f do
                    if isArray p then p.Name, site.Zeros p.Name
            ]

        let adjoints, products = zeros (), zeros ()
        let direction = [ for p in followed f -> site.Unit(block, p.Name, isArray p, index) ]
        let scalars = followed f |> List.filter (isArray >> not)
        let places wish = List.zip [ for p in scalars -> p.Name ] (site.Places(wish, [ for _ in scalars -> Real ]))
        let value, slopes = site.Places("value", [ Real ]), places "slope"
        let change, second = site.Places("change", [ Real ]), places "second"
        let results = value @ List.map snd slopes @ change @ List.map snd second
        let arrays found = [ for _, array in found -> Variable array ]
        let args = own @ arrays adjoints @ [ Number 1.0 ] @ direction @ arrays products @ [ Number 0.0 ]

        let at arrays numbers (input: Block) i =
            if input.IsArray then
                Element(dict arrays |> fun found -> found[input.Name], i)
            else
                Variable(dict numbers |> fun found -> found[input.Name])

        site.Call(results, Tangent.nameOf (Adjoint.nameOf f.Name), args)
        @ [
            for input in columns do
                yield!
                    eachOf names input (fun row i ->
                        [
                            Store(gradient, row, at adjoints slopes input i)
                            Store(matrix, plus (Integer(Times, row, count)) column, at products second input i)
                        ])
        ]

    let last = Site names
    let own = List.map last.Own f.Parameters
    let value = last.Places("value", f.Results)
    let written name = { Name = name; Type = Reals; Flow = InOut; Active = true }

    {
        Name = nameOf f.Name
        Parameters = f.Parameters @ [ written gradient; written matrix ]
        Results = f.Results
        Body =
            [
                for block in columns do
                    yield! eachOf names block (along block)
            ]
            @ last.Call(value, f.Name, own)
            @ [ Return(List.map Variable value) ]
    }

/// left * Hessian * right of a function with one real result, in a program with the tangents of its tangents. It takes the function's
/// parameters, a left direction for each active one, then a right one, and returns the value and the product; arrays that the function
/// changes stay as they are.
let productOfFunction (f: Function) : Function =
    let names = Names.Of f
    let directions wish = [ for p in followed f -> { p with Name = names.Fresh(wish + p.Name); Flow = In } ]
    let left, right = directions "left_", directions "right_"
    let site = Site names
    // what the function changes, it changes along each direction, too
    let changed = List.map (fun (p: Parameter) -> p.Name, p.Flow) (followed f) |> dict
    let given (along: Parameter list) = [ for p, d in List.zip (followed f) along -> site.Own { d with Flow = changed[p.Name] } ]
    let own, alongLeft, alongRight = List.map site.Own f.Parameters, given left, given right
    let still = [ for p in followed f -> if p.Type = Reals then Variable(site.Zeros p.Name) else Number 0.0 ]
    let results = site.Places("found", List.replicate 4 Real)
    let twice = Tangent.nameOf (Tangent.nameOf f.Name)

    {
        Name = productNameOf f.Name
        Parameters = f.Parameters @ left @ right
        Results = [ Real; Real ]
        Body =
            site.Call(results, twice, own @ alongLeft @ alongRight @ still)
            @ [ Return [ Variable(List.head results); Variable(List.last results) ] ]
    }

let private add make (name: string) (program: Program) (derived: Program) =
    { Functions = (program.Functions @ derived.Functions |> List.distinctBy _.Name) @ [ make (functionOf name program) ] }
    |> Check.wellFormed

/// The program with the gradient and the Hessian of a function added, and all that these need.
let transform (name: string) (program: Program) : Program = add ofFunction name program (Tangent.transform (Adjoint.transform program))

/// The program with left * Hessian * right of a function added, and all that this needs.
let transformProduct (name: string) (program: Program) : Program =
    add productOfFunction name program (Tangent.transform (Tangent.transform program))
