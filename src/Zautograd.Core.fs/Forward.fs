// Forward mode: a pair (value, tangent) is a number again, so the evaluator needs no second version.
namespace Zautograd

/// <summary>A value and its tangent, over any number system; nested, it carries second and higher derivatives.</summary>
/// <example><code>let seeded: Tangent&lt;float> = { Value = 2.0; Tangent = 1.0 }</code></example>
[<Struct>]
type Tangent<'t> = { Value: 't; Tangent: 't }

/// <summary>Forward mode: values and tangents, from the variables up.</summary>
/// <example><code>(Forward.derivative Number.floats "x" (Number.bind at) z).Tangent   // -> 5.5</code></example>
module Forward =

    /// `duals`, where slope and change are multiplied by the caller's own product.
    let internal dualsBy (times: 't -> 't -> 't) (number: Number<'t>) : Number<Tangent<'t>> =
        {
            Const = fun value -> { Value = number.Const value; Tangent = number.Const 0.0 }
            Apply =
                fun op args ->
                    let value = number.Apply op (args |> List.map _.Value)
                    let slopes = Number.slopes number op (args |> List.map _.Value) value
                    let contributions = List.map2 (fun slope arg -> Number.chainBy times number slope arg.Tangent) slopes args
                    { Value = value; Tangent = Number.sum number contributions }
            IsZero = fun pair -> number.IsZero pair.Value && number.IsZero pair.Tangent
        }

    /// <summary>The number system of pairs over another one.</summary>
    /// <example><code>((Forward.duals Number.floats).Apply Mul [ { Value = 2.0; Tangent = 1.0 }; { Value = 5.0; Tangent = 0.0 } ]).Tangent   // -> 5</code></example>
    let duals (number: Number<'t>) : Number<Tangent<'t>> = dualsBy (fun slope change -> number.Apply Mul [ slope; change ]) number

    /// <summary>Value and directional derivative of an expression: each variable has a value and a seed tangent.</summary>
    /// <example><code>
    /// // x and y both move at speed 1
    /// let seeded name = { Value = Number.bind at name; Tangent = 1.0 }
    /// (Forward.directional Number.floats seeded (x * y)).Tangent   // -> 7
    /// </code></example>
    let directional (number: Number<'t>) (variable: string -> Tangent<'t>) (root: Expr) : Tangent<'t> =
        Number.evaluate (duals number) variable root

    /// <summary>Value and derivative with respect to one variable, all variables bound by name.</summary>
    /// <example><code>(Forward.derivative Number.floats "x" (Number.bind at) (x * y)).Tangent   // -> 5</code></example>
    let derivative (number: Number<'t>) (wrt: string) (variable: string -> 't) (root: Expr) : Tangent<'t> =
        let seeded name = { Value = variable name; Tangent = number.Const(if name = wrt then 1.0 else 0.0) }

        directional number seeded root
