// Forward mode: a pair (value, tangent) is a number again, so the evaluator needs no second version.
namespace Zautograd

/// A value and its tangent, over any number system; nested, it carries second and higher derivatives.
[<Struct>]
type Tangent<'t> = { Value: 't; Tangent: 't }

module Forward =

    /// The number system of pairs over another one.
    let duals (number: Number<'t>) : Number<Tangent<'t>> =
        {
            Const = fun value -> { Value = number.Const value; Tangent = number.Const 0.0 }
            Apply =
                fun op args ->
                    let value = number.Apply op (args |> List.map _.Value)
                    let slopes = Number.slopes number op (args |> List.map _.Value) value
                    let contributions = List.map2 (fun slope arg -> Number.chain number slope arg.Tangent) slopes args
                    { Value = value; Tangent = Number.sum number contributions }
            IsZero = fun pair -> number.IsZero pair.Value && number.IsZero pair.Tangent
        }

    /// Value and directional derivative of an expression: each variable has a value and a seed tangent.
    let directional (number: Number<'t>) (variable: string -> Tangent<'t>) (root: Expr) : Tangent<'t> =
        Number.evaluate (duals number) variable root

    /// Value and derivative with respect to one variable, all variables bound by name.
    let derivative (number: Number<'t>) (wrt: string) (variable: string -> 't) (root: Expr) : Tangent<'t> =
        let seeded name = { Value = variable name; Tangent = number.Const(if name = wrt then 1.0 else 0.0) }

        directional number seeded root
