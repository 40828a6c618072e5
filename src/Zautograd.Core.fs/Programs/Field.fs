/// Divergence, curl and Laplacian as programs: what tangents say along each variable, added up.
module Zautograd.Programs.Field

open Zautograd
open Zautograd.Programs
open Zautograd.Programs.Matrix

/// What the divergence of a function is called.
let divergenceNameOf (f: string) = f + "Divergence"

/// What the curl of a function is called.
let curlNameOf (f: string) = f + "Curl"

/// What the Laplacian of a function is called.
let laplacianNameOf (f: string) = f + "Laplacian"

/// The divergence of one function, by some of its parameters: each real result and each element of an active array that the function changes,
/// by the variable in its place. It takes the function's parameters and returns what the function returns and then the divergence.
let private divergenceOf (wanted: string list) (f: Function) : Function =
    let names = Names.Of f
    let total = names.Fresh "divergence"

    let add row column value =
        match row, column with
        | Whole a, Whole b -> if a = b then [ Increment(total, value) ] else []
        | _ -> [ If(Compare(Equal, row, column), [ Increment(total, value) ], []) ]

    {
        Name = divergenceNameOf f.Name
        Parameters = f.Parameters
        Results = f.Results @ [ Real ]
        Body =
            Declare(total, Real, Number 0.0) :: Jacobian.forward names f (fst (inputs (Jacobian.variables wanted f))) add
            @ calling names f [ total ]
    }

/// The curl of one function, by some of its parameters, in two or three variables. It takes the function's parameters and an array for the curl,
/// which it writes: three numbers, or dQ/dx - dP/dy of (P, Q). It returns what the function returns.
let private curlOf (wanted: string list) (f: Function) : Function =
    let names = Names.Of f
    let curl, jacobian = names.Fresh "curl", names.Fresh "jacobian"
    let columns, width = inputs (Jacobian.variables wanted f)
    let place row column = plus (Integer(Times, row, width)) column
    let slope row column = Element(jacobian, place (Whole row) (Whole column))
    let turn a b = Formula(Sub, [ slope b a; slope a b ])

    {
        Name = curlNameOf f.Name
        Parameters = f.Parameters @ [ { Name = curl; Type = Reals; Flow = InOut; Active = true } ]
        Results = f.Results
        Body =
            DeclareArray(jacobian, Reals, Integer(Times, width, width))
            :: Jacobian.forward names f columns (fun row column value -> [ Store(jacobian, place row column, value) ])
            @ [
                If(
                    Compare(Equal, width, Whole 3),
                    [ for k in 0..2 -> Store(curl, Whole k, turn ((k + 1) % 3) ((k + 2) % 3)) ],
                    [ Store(curl, Whole 0, turn 0 1) ]
                )
            ]
            @ calling names f []
    }

/// The Laplacian of one function with one real result: along each variable the tangent of the tangent, added up. It takes the function's parameters,
/// and returns the value and the Laplacian; arrays that the function changes stay as they are.
let private laplacianOf (f: Function) : Function =
    let names = Names.Of f
    let total = names.Fresh "laplacian"

    let along (block: Block) _ index =
        let site = Site names
        let own = List.map site.Own f.Parameters
        let unit () = [ for p in followed f -> site.Unit(block, p.Name, (p.Type = Reals), index) ]
        let left, right = unit (), unit ()
        let found = site.Places("found", [ Real; Real ])

        site.Call(found, Hessian.productNameOf f.Name, own @ left @ right) @ [ Increment(total, Variable(List.last found)) ]

    let last = Site names
    let own = List.map last.Own f.Parameters
    let value = last.Places("value", [ Real ])

    {
        Name = laplacianNameOf f.Name
        Parameters = f.Parameters
        Results = [ Real; Real ]
        Body =
            [
                Declare(total, Real, Number 0.0)
                for block in fst (inputs (followed f)) do
                    yield! eachOf names block (along block)
                yield! last.Call(value, f.Name, own)
                Return(List.map Variable (value @ [ total ]))
            ]
    }

let private add (made: Function) (program: Program) = { Functions = program.Functions @ [ made ] } |> Check.wellFormed

/// The program with the divergence of a function added, and the tangents that it needs.
let divergence (wanted: string list) (name: string) (program: Program) : Program =
    Tangent.transform program |> add (divergenceOf wanted (functionOf name program))

/// The program with the curl of a function added, and the tangents that it needs.
let curl (wanted: string list) (name: string) (program: Program) : Program =
    Tangent.transform program |> add (curlOf wanted (functionOf name program))

/// The program with the Laplacian of a function added, and all that this needs.
let laplacian (name: string) (program: Program) : Program =
    Hessian.transformProduct name program |> add (laplacianOf (functionOf name program))
