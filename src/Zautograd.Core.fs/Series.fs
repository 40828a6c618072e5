// A power series is a number again: y' = slope * a' gives its coefficients, so that no operation needs a series rule of its own.
namespace Zautograd

open System.Collections.Generic

/// A power series a0 + a1*t + a2*t^2 + ... over any number system, each coefficient found when first asked for.
/// A constant one is known to be constant, all through.
type Series<'t> = internal { Coefficients: int -> 't; Constant: bool }

module Series =

    /// The k-th coefficient.
    let coefficient (k: int) (series: Series<'t>) = series.Coefficients k

    /// A series that does not change.
    let constant (number: Number<'t>) value = { Coefficients = (fun k -> if k = 0 then value else number.Const 0.0); Constant = true }

    /// Found in the order 0, 1, 2 ..., each once: a coefficient may ask for those before it.
    let internal growing (find: (int -> 't) -> int -> 't) =
        let known = List<'t>()

        let rec coefficients k =
            while known.Count <= k do
                known.Add(find coefficients known.Count)

            known[k]

        { Coefficients = coefficients; Constant = false }

    /// value + t.
    let variable (number: Number<'t>) (value: 't) = growing (fun _ k -> if k = 0 then value else number.Const(if k = 1 then 1.0 else 0.0))

    // by the operation and by the very series it is applied to
    let private known () =
        Dictionary<struct (Op * Series<'t> list), Series<'t>>(
            HashIdentity.FromFunctions
                (fun (struct (op, args)) -> args |> List.fold (fun code arg -> 31 * code + LanguagePrimitives.PhysicalHash arg) (hash op))
                (fun (struct (op, args)) (struct (other, others)) ->
                    op = other && args.Length = others.Length && List.forall2 LanguagePrimitives.PhysicalEquality args others)
        )

    /// The number system of power series over another one. Arithmetic and choices are told what they mean for series; of every other operation
    /// y = f(a, b, ...) the table's slopes are series too, and y' = slope_a * a' + slope_b * b' + ... gives the next coefficient. An operation on
    /// the same series is worked out once: the slopes of slopes come back to what is there, as those of the sine to the sine. Only those of other
    /// powers than squares are new ones each time, so that their cost grows with the cube of the order.
    /// The product of two coefficients is the caller's own.
    let internal numbersBy (times: 't -> 't -> 't) (number: Number<'t>) : Number<Series<'t>> =
        let constants, known = Dictionary<int64, Series<'t>>(), known ()

        let remember (made: Dictionary<'key, Series<'t>>) key make =
            match made.TryGetValue key with
            | true, series -> series
            | _ ->
                let series = make ()
                made[key] <- series
                series

        let numeral (value: float) =
            remember constants (System.BitConverter.DoubleToInt64Bits value) (fun () -> constant number (number.Const value))

        let isZero series = series.Constant && number.IsZero(series.Coefficients 0)
        let is value series = series.Constant && number.IsZero(number.Apply Sub [ series.Coefficients 0; number.Const value ])

        // sum of left_i * right_(k-i) for i in first..k, in which zeros cost nothing
        let convolution (left: int -> 't) (right: int -> 't) first k =
            [ for i in first..k -> Number.chainBy times number (fun () -> left i) (right (k - i)) ] |> Number.sum number

        let differentiated (series: Series<'t>) k = Number.chain number (fun () -> number.Const(float (k + 1))) (series.Coefficients(k + 1))
        let each op (args: Series<'t> list) = growing (fun _ k -> number.Apply op (args |> List.map (coefficient k)))

        let rec apply op args =
            remember known (struct (op, args)) (fun () ->
                match op, args with
                | _ when args |> List.forall _.Constant -> constant number (number.Apply op (args |> List.map (coefficient 0)))
                | Neg, [ a ] ->
                    let negative = each op args
                    known[struct (Neg, [ negative ])] <- a
                    negative
                | (Add | Sub), _ -> each op args
                // a value is a product as any other: only in changes does a zero win
                | Mul, [ a; b ] ->
                    growing (fun _ k ->
                        if k = 0 then
                            number.Apply op [ a.Coefficients 0; b.Coefficients 0 ]
                        else
                            convolution a.Coefficients b.Coefficients 0 k)
                | Div, [ a; b ] ->
                    growing (fun y k ->
                        let taken = convolution b.Coefficients y 1 k
                        let rest = if number.IsZero taken then a.Coefficients k else number.Apply Sub [ a.Coefficients k; taken ]
                        number.Apply Div [ rest; b.Coefficients 0 ])
                | Pow, [ _; exponent ] when isZero exponent -> numeral 1.0
                | Pow, [ a; exponent ] when is 1.0 exponent -> a
                | Pow, [ a; exponent ] when is 2.0 exponent -> apply Mul [ a; a ]
                | Select _, [ a; b; c; d ] ->
                    growing (fun _ k -> number.Apply op [ a.Coefficients 0; b.Coefficients 0; c.Coefficients k; d.Coefficients k ])
                | _ -> bySlopes op args)

        and bySlopes op args =
            let mutable slopes = Unchecked.defaultof<_>

            let y =
                growing (fun _ k ->
                    if k = 0 then
                        number.Apply op (args |> List.map (coefficient 0))
                    else
                        let changes =
                            [
                                for arg, (slope: Lazy<Series<'t>>) in List.zip args slopes do
                                    if not arg.Constant && not (isZero slope.Value) then
                                        convolution slope.Value.Coefficients (differentiated arg) 0 (k - 1)
                            ]

                        match Number.sum number changes with
                        | zero when number.IsZero zero -> zero
                        | change -> number.Apply Div [ change; number.Const(float k) ])

            slopes <- Number.slopes (system ()) op args y |> List.map (fun slope -> lazy (slope ()))
            y

        and system () = { Const = numeral; IsZero = isZero; Apply = apply }

        system ()

    /// The same with ordinary products.
    let numbers (number: Number<'t>) : Number<Series<'t>> = numbersBy (fun a b -> number.Apply Mul [ a; b ]) number

    /// <summary>The coefficients 0 .. order of an expression as a series in t, where one variable is value + t and the others are constants.</summary>
    /// <example><code>
    /// Series.expand Number.floats 2 "x" 0.0 (fun _ -> nan) (exp x) |> List.map string |> String.concat ", "   // -> 1, 1, 0.5
    /// </code></example>
    let expand (number: Number<'t>) (order: int) (wrt: string) (value: 't) (others: string -> 't) (root: Expr) : 't list =
        let series = numbers number
        let moving = variable number value
        let variable name = if name = wrt then moving else constant number (others name)

        // a node's coefficients are all found before the next node's, so that the stack does not grow with the graph
        let apply op args =
            let result = series.Apply op args
            result.Coefficients order |> ignore
            result

        let result = Graph.fold series.Const variable apply root
        [ for k in 0..order -> result.Coefficients k ]
