/// Explanations: every line is worth the same as the one before, the last one is the derivative, and three of them are read by eye.
module Zautograd.Tests.ExplainTests

open System
open Swensen.Unquote
open Xunit
open Zautograd
open Zautograd.Derivation
open Zautograd.ExplainSteps
open Zautograd.Tests.CalculusTests

let private x, y = Var "x", Var "y"
let private names = [ "x"; "y"; "z" ]

let private textOf e = Explain.toText (Explain.steps "x" e)

let private joined (lines: string list) = String.concat "\n" lines + "\n"

// ---- read by eye

[<Fact>]
let ``the product rule on x*sin(x)`` () =
    let expected =
        joined
            [
                "d/dx[x*sin(x)]"
                "  = d/dx[x]*sin(x) + x*d/dx[sin(x)]    product rule with u = x, v = sin(x): (u*v)' = u'*v + u*v'"
                "  = 1*sin(x) + x*cos(x)                variable: d/dx[x] = 1; table: d/dx[sin(x)] = cos(x)"
                "  = sin(x) + x*cos(x)                  leave out 0 and 1"
                "  = x*cos(x) + sin(x)                  simplify"
            ]

    test <@ textOf (x * sin x) = expected @>

[<Fact>]
let ``the quotient rule on (x^2 + 1)/(x - 1)`` () =
    let expected =
        joined
            [
                "d/dx[(x^2 + 1)/(x - 1)]"
                "  = (d/dx[x^2 + 1]*(x - 1) - (x^2 + 1)*d/dx[x - 1])/(x - 1)^2"
                "      quotient rule with u = x^2 + 1, v = x - 1: (u/v)' = (u'*v - u*v')/v^2"
                "  = ((d/dx[x^2] + d/dx[1])*(x - 1) - (x^2 + 1)*(d/dx[x] - d/dx[1]))/(x - 1)^2"
                "      sum rule: (u + v)' = u' + v'; difference rule: (u - v)' = u' - v'"
                "  = ((2*x + 0)*(x - 1) - (x^2 + 1)*(1 - 0))/(x - 1)^2"
                "      power rule: d/dx[x^2] = 2*x; constant: d/dx[1] = 0; variable: d/dx[x] = 1"
                "  = (2*x*(x - 1) - (x^2 + 1))/(x - 1)^2"
                "      leave out 0 and 1"
                "  = 2*x/(x - 1) - (x^2 + 1)/(x - 1)^2"
                "      divide term by term and simplify"
            ]

    test <@ textOf ((x ** 2.0 + 1.0) / (x - 1.0)) = expected @>

let private bell = exp (-(x ** 2.0))

[<Fact>]
let ``the chain rule on exp(-x^2), as text, Markdown and LaTeX`` () =
    let text =
        joined
            [
                "d/dx[exp(-x^2)]"
                "  = exp(-x^2)*d/dx[-x^2]      chain rule with outer exp(u), inner u = -x^2: d/du[exp(u)] = exp(u)"
                "  = exp(-x^2)*(-d/dx[x^2])    constant factor rule: (-u)' = -u'"
                "  = exp(-x^2)*(-2*x)          power rule: d/dx[x^2] = 2*x"
                "  = -2*x*exp(-x^2)            simplify"
            ]

    let markdown =
        joined
            [
                "1. `d/dx[exp(-x^2)]`"
                "2. `= exp(-x^2)*d/dx[-x^2]`  "
                "   **chain rule** with outer `exp(u)`, inner `u = -x^2`: `d/du[exp(u)] = exp(u)`"
                "3. `= exp(-x^2)*(-d/dx[x^2])`  "
                "   **constant factor rule**: `(-u)' = -u'`"
                "4. `= exp(-x^2)*(-2*x)`  "
                "   **power rule**: `d/dx[x^2] = 2*x`"
                "5. `= -2*x*exp(-x^2)`  "
                "   **simplify**"
            ]

    let latex =
        joined
            [
                @"\begin{aligned}"
                @"\frac{d}{dx}\left[ e^{-x^{2}} \right] &= e^{-x^{2}} \, \frac{d}{dx}\left[ -x^{2} \right] && \text{chain rule with outer }e^{u}\text{, inner }u = -x^{2}\text{: }\frac{d}{du}\left[ e^{u} \right] = e^{u} \\"
                @" &= e^{-x^{2}} \, \left( -\frac{d}{dx}\left[ x^{2} \right] \right) && \text{constant factor rule: }\left( -u \right)' = -u' \\"
                @" &= e^{-x^{2}} \, \left( -2 \, x \right) && \text{power rule: }\frac{d}{dx}\left[ x^{2} \right] = 2 \, x \\"
                @" &= -2 \, x \, e^{-x^{2}} && \text{simplify}"
                @"\end{aligned}"
            ]

    test <@ textOf bell = text @>
    test <@ Explain.toMarkdown (Explain.steps "x" bell) = markdown @>
    test <@ Explain.toLatex (Explain.steps "x" bell) = latex @>

// ---- for every expression

let private mustHold (e: Expr) (at: (string * float) list) =
    let explanation = Explain.steps "x" e

    for lines in Explain.values at explanation do
        for line in lines do
            if not (close lines.Head line) then
                failwith $"a line is worth {line}, the first {lines.Head}, at %A{at}:\n{Explain.toText explanation}"

    let expected = (Forward.derivative Number.floats "x" (Number.bind at) e).Tangent
    let found = (Explain.values at explanation |> List.last).Head
    test <@ close expected found @>

    match (List.last explanation.Steps).Line with
    | Known result -> test <@ string result = string (Differentiate.derivative "x" e) @>
    | Derivative _
    | Operation _ -> failwith $"the derivation of {e} does not end"

    for part in
        ([
            for part in explanation.Parts do
                if part.Steps <> [] then part.Steps
         ]
         @ [ explanation.Steps ]) do
        test
            <@ part.Tail |> List.forall (fun step -> step.Reasons <> [] && step.Reasons |> List.forall (fun reason -> reason.Rule <> "")) @>

[<Fact>]
let ``every line is worth the same as the one before, and the last is the derivative`` () =
    for seed in 1..150 do
        let random = Random seed
        mustHold (smooth random names (1 + seed % 12)) (somewhere random names)

[<Fact>]
let ``every operation of the table is explained, of the variable and of inner expressions`` () =
    for rule in Rules.all do
        let shift = if (fst rule.Domain.Head) = 1.0 then 1.5 else 0.0
        let args = [ shift + 0.3 * x; 0.9 + 0.1 * x; 1.7 * x; x ** 2.0 ] |> List.truncate rule.Arity
        mustHold (Apply(rule.Op, args)) [ "x", 0.8 ]
        mustHold (Apply(rule.Op, x :: List.tail args)) [ "x", (if shift > 0.0 then 1.7 else 0.7) ]

[<Fact>]
let ``powers, quotients and factors in every mixture of constant and variable`` () =
    let pieces = [ x; y; Const 3.0; 2.0 * x; sin x; y ** 2.0 ]

    for a in pieces do
        for b in pieces do
            for op in [ Add; Sub; Mul; Div; Pow ] do
                mustHold (Apply(op, [ a; b ])) [ "x", 0.7; "y", 1.3 ]

[<Fact>]
let ``a wrong line shows in the values`` () =
    let right = Explain.steps "x" (x * sin x)
    let wrong = { right with Steps = right.Steps @ [ { Reasons = []; Line = Known(sin x - x * cos x) } ] }
    let last = (Explain.values [ "x", 0.7 ] wrong).Head |> List.last
    test <@ not (close (Explain.values [ "x", 0.7 ] right).Head.Head last) @>

// ---- large expressions

let private tower (floors: int) = (x, [ 1..floors ]) ||> List.fold (fun e _ -> sin e * e + y)

[<Fact>]
let ``what is shared gets a name, and the explanation grows with the graph`` () =
    let lengths write = [ for floors in [ 50; 100; 200 ] -> String.length (write (Explain.steps "x" (tower floors))) ]

    for write in [ Explain.toText; Explain.toMarkdown; Explain.toLatex ] do
        match lengths write with
        | [ small; middle; large ] ->
            test <@ float middle < 2.3 * float small && float large < 2.3 * float middle @>
            test <@ large < 200 * 4000 @>
        | _ -> failwith "three lengths"

    let text = textOf (tower 12)
    test <@ text.Contains "let t3 = sin(t2)*t2 + y\nt3' = d/dx[sin(t2)*t2 + y]\n" @>

[<Fact>]
let ``a named part without the variable has no derivation`` () =
    let heavy = (y, [ 1..9 ]) ||> List.fold (fun e _ -> sin e * 2.0)
    let text = textOf (heavy * x + heavy * exp x + x ** 3.0 * heavy)
    test <@ text.StartsWith "let t1 = " && text.Contains "(does not depend on x)" && not (text.Contains "t1'") @>
    mustHold (heavy * x + heavy * exp x + x ** 3.0 * heavy) [ "x", 0.7; "y", 1.3 ]

[<Fact>]
let ``letters of laws and parts keep clear of the user's variables`` () =
    let u, v, c, t = Var "u", Var "v", Var "c", Var "t1"
    let text = Explain.toText (Explain.steps "u" (u * sin (u * v) + c * u))
    test <@ text.Contains "(w*p)' = w'*p + w*p'" && text.Contains "(k*w)' = k*w'" @>
    let large = Explain.steps "u" (Calculus.substitute [ "x", u; "y", t ] (tower 12))
    test <@ large.Parts |> List.forall (fun part -> part.Name.StartsWith "s") @>

[<Fact>]
let ``LaTeX is balanced`` () =
    for seed in 1..20 do
        let latex = Explain.toLatex (Explain.steps "x" (smooth (Random seed) names (seed % 15 + 1)))
        let count (piece: string) = latex.Split(piece).Length
        test <@ count "{" = count "}" && count @"\left" = count @"\right" @>
        test <@ latex |> Seq.forall (fun letter -> letter < '\uE000') @>

// ---- as C# sees it

[<Fact>]
let ``the extension methods for C# speak .NET`` () =
    let offenders =
        [
            for method in typeof<Symbolic>.GetMethods() do
                for used in method.ReturnType :: [ for parameter in method.GetParameters() -> parameter.ParameterType ] do
                    if (string used).Contains "FSharp" then $"{method.Name}: {used}"
        ]

    test <@ offenders = [] @>

[<Fact>]
let ``the extension methods for C# are the functions for F#`` () =
    let f = x ** 2.0 * y
    test <@ f.Explain "x" = textOf f @>
    test <@ f.ExplainAsMarkdown "x" = Explain.toMarkdown (Explain.steps "x" f) @>
    test <@ f.ExplainAsLatex "x" = Explain.toLatex (Explain.steps "x" f) @>
    test <@ string (f.Derivative("x", 2)) = "2*y" @>
    test <@ string (f.MixedDerivative("x", "y")) = "2*x" @>
    test <@ string (f.DirectionalDerivative(struct ("x", Const 1.0), struct ("y", Const 2.0))) = "2*x^2 + 2*x*y" @>

    test
        <@
            [ for row in Symbolic.Jacobian([| f; x |], "x", "y") -> [ for entry in row -> string entry ] ] =
                [ [ "2*x*y"; "x^2" ]; [ "1"; "0" ] ]
        @>

    test <@ [ for row in f.Hessian("x", "y") -> [ for entry in row -> string entry ] ] = [ [ "2*y"; "2*x" ]; [ "2*x"; "0" ] ] @>
    test <@ [ for entry in f.HessianEntries("x", "y") -> entry.Row, entry.Column ] = [ 0, 0; 0, 1; 1, 0 ] @>
    test <@ string (Symbolic.Divergence([| f; y |], "x", "y")) = "2*x*y + 1" @>
    test <@ [ for c in Symbolic.Curl([| -y; x |], "x", "y") -> string c ] = [ "2" ] @>
    test <@ string (f.Laplacian("x", "y")) = "2*y" @>
    test <@ string ((exp x).Taylor("x", Const 0.0, 2)) = "1 + x + x^2/2" @>
    test <@ string (f.Substitute(struct ("x", y), struct ("y", x))) = "y^2*x" @>
    test <@ string ((x * y - 1.0).ImplicitDerivative("y", "x")) = "-y/x" @>
    test <@ string ((x * y - 1.0).ImplicitDerivative("y", "x", 2)) = "2*y/x^2" @>
