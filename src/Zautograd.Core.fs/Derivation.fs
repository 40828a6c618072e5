/// The rules a student names, one at a time: from the derivative of an expression to a line with derivatives of its parts.
module Zautograd.Derivation

/// A line of a derivation: an expression in which some derivatives are still to be worked out.
type Line =
    | Known of Expr
    | Derivative of Expr
    | Operation of Op * Line list

/// What a rule says: what a letter stands for; which function is the outer one; a law in general letters, (u*v)' = u'*v + u*v';
/// a derivative, d/dx[x^2] = 2*x.
type Saying =
    | Letting of Name: string * Is: Expr
    | Inner of Name: string * Is: Expr
    | Outer of Expr
    | Law of Expr * Expr
    | Slope of Wrt: string * Of: Expr * Is: Expr

/// The name of a rule and what it says here.
type Reason = { Rule: string; Sayings: Saying list }

/// How a rule is applied: to all sums and factors of a line at once, to one product or composition at a time, to all that is elementary at the end.
type Pace =
    | Together
    | Alone
    | Last

/// A rule applied to one derivative.
type Move = { Pace: Pace; Reason: Reason; Result: Line }

/// What the rules must know: the variable, what depends on it, the derivatives of named parts, and free letters for the laws.
type Setting = { Wrt: string; DependsOn: Expr -> bool; Letters: Expr list; Factor: Expr }

/// The name of the derivative of something named.
let primed (name: string) = name + "'"

let private prime letter =
    match letter with
    | Var name -> Var(primed name)
    | Const _
    | Apply _ -> invalidArg (nameof letter) "a law speaks of letters"

let private move pace rule sayings result = { Pace = pace; Reason = { Rule = rule; Sayings = sayings }; Result = result }

let private add a b = Operation(Add, [ a; b ])
let private subtract a b = Operation(Sub, [ a; b ])
let private multiply a b = Operation(Mul, [ a; b ])
let private divide a b = Operation(Div, [ a; b ])
let private negate a = Operation(Neg, [ a ])

/// The derivative of an operation by one of its arguments, from the rule table, simplified, at letters for the arguments.
let private tableSlope (op: Op) (letters: Expr list) (position: int) : Expr =
    let symbols = Simplify.symbols ()
    let args = letters |> List.map (Number.evaluate symbols.Number symbols.Variable)
    Number.slopes symbols.Number op args (symbols.Number.Apply op args) |> List.item position |> (fun slope -> slope ())

let private nameOf =
    function
    | Var name -> name
    | Const _
    | Apply _ -> invalidOp "a letter is a variable"

let private at (letters: Expr list) (args: Expr list) (e: Expr) = Calculus.substitute (List.zip (List.map nameOf letters) args) e

// n * u^(n - 1) as it is written by hand: 2*u, 3*u^2
let private powerSlope (u: Expr) (exponent: Expr) =
    match exponent with
    | Const 1.0 -> Const 1.0
    | Const 2.0 -> 2.0 * u
    | Const n -> exponent * u ** (n - 1.0)
    | Var _
    | Apply _ -> exponent * u ** (exponent - 1.0)

/// Sums and differences all the way down, their terms' derivatives in their places.
let rec private termwise (setting: Setting) (e: Expr) =
    match e with
    | Apply((Add | Sub) as op, [ a; b ]) when setting.DependsOn e -> Operation(op, [ termwise setting a; termwise setting b ])
    | _ -> Derivative e

let rec private operationsOf line =
    match line with
    | Operation(op, args) -> op :: List.collect operationsOf args
    | Known _
    | Derivative _ -> []

/// The rule for the derivative of an expression.
let rule (setting: Setting) (e: Expr) : Move =
    let u, v, c = setting.Letters[0], setting.Letters[1], setting.Factor
    let u', v' = prime u, prime v
    let fixed' e = not (setting.DependsOn e)
    let derivative is = [ Slope(setting.Wrt, e, is) ]
    let elementary name is = move Last name (derivative is) (Known is)
    let letting letters args = List.map2 (fun letter arg -> Letting(nameOf letter, arg)) letters args

    // outer(u) with its slope at the inner expression; where that is the variable itself there is nothing left to chain
    let compose name elementaryName inner outer slope =
        let inside = at [ u ] [ inner ] slope

        match inner, inside with
        | _, Const 0.0 -> elementary elementaryName inside
        | Var name', _ when name' = setting.Wrt -> elementary elementaryName inside
        | _ ->
            move
                Alone
                name
                [ Outer outer; Inner(nameOf u, inner); Slope(nameOf u, outer, slope) ]
                (multiply (Known inside) (Derivative inner))

    match e with
    | _ when fixed' e -> elementary "constant" (Const 0.0)
    | Const _ -> elementary "constant" (Const 0.0)
    | Var name when name = setting.Wrt -> elementary "variable" (Const 1.0)
    | Var name -> elementary "found above" (Var(primed name))
    | Apply((Add | Sub), _) ->
        let line = termwise setting e

        match operationsOf line |> List.distinct with
        | [ Add ] -> move Together "sum rule" [ Law(u + v, u' + v') ] line
        | [ Sub ] -> move Together "difference rule" [ Law(u - v, u' - v') ] line
        | _ -> move Together "sum and difference rule" [ Law(u + v, u' + v'); Law(u - v, u' - v') ] line
    | Apply(Neg, [ a ]) -> move Together "constant factor rule" [ Law(-u, -u') ] (negate (Derivative a))
    | Apply(Mul, [ a; b ]) when fixed' a -> move Together "constant factor rule" [ Law(c * u, c * u') ] (multiply (Known a) (Derivative b))
    | Apply(Mul, [ a; b ]) when fixed' b -> move Together "constant factor rule" [ Law(u * c, u' * c) ] (multiply (Derivative a) (Known b))
    | Apply(Mul, [ a; b ]) ->
        add (multiply (Derivative a) (Known b)) (multiply (Known a) (Derivative b))
        |> move Alone "product rule" (Law(u * v, u' * v + u * v') :: letting [ u; v ] [ a; b ])
    | Apply(Div, [ a; b ]) when fixed' b -> move Together "constant factor rule" [ Law(u / c, u' / c) ] (divide (Derivative a) (Known b))
    | Apply(Div, [ Const 1.0; b ]) ->
        divide (negate (Derivative b)) (Known(b ** 2.0))
        |> move Alone "reciprocal rule" (Law(1.0 / u, -u' / u ** 2.0) :: letting [ u ] [ b ])
    | Apply(Div, [ a; b ]) when fixed' a ->
        divide (negate (multiply (Known a) (Derivative b))) (Known(b ** 2.0))
        |> move Alone "reciprocal rule" (Law(c / u, -(c * u') / u ** 2.0) :: letting [ c; u ] [ a; b ])
    | Apply(Div, [ a; b ]) ->
        divide (subtract (multiply (Derivative a) (Known b)) (multiply (Known a) (Derivative b))) (Known(b ** 2.0))
        |> move Alone "quotient rule" (Law(u / v, (u' * v - u * v') / v ** 2.0) :: letting [ u; v ] [ a; b ])
    | Apply(Pow, [ _; Const 0.0 ]) -> elementary "constant" (Const 0.0)
    | Apply(Pow, [ a; n ]) when fixed' n -> compose "chain and power rule" "power rule" a (u ** n) (powerSlope u n)
    | Apply(Pow, [ a; b ]) when fixed' a -> compose "chain rule" "exponential" b (a ** u) (a ** u * log a)
    | Apply(Pow, [ a; b ]) ->
        add (multiply (Derivative b) (Known(log a))) (divide (multiply (Known b) (Derivative a)) (Known a))
        |> multiply (Known e)
        |> move Alone "logarithmic differentiation" (Law(u ** v, u ** v * (v' * log u + v * u' / u)) :: letting [ u; v ] [ a; b ])
    | Apply(Select _ as op, [ a; b; whenTrue; otherwise ]) ->
        move Alone "piecewise: each branch by itself" [] (Operation(op, [ Known a; Known b; Derivative whenTrue; Derivative otherwise ]))
    | Apply(op, [ a ]) -> compose "chain rule" "table" a (op.Of u) (tableSlope op [ u ] 0)
    | Apply(op, args) ->
        let letters = setting.Letters |> List.truncate args.Length
        let outer = Apply(op, letters)

        let terms =
            [
                for position, arg in List.indexed args do
                    if setting.DependsOn arg then
                        let slope = tableSlope op letters position
                        Slope(nameOf letters[position], outer, slope), multiply (Known(at letters args slope)) (Derivative arg)
            ]

        move Alone "chain rule" (Outer outer :: letting letters args @ List.map fst terms) (terms |> List.map snd |> List.reduce add)
