/// Expressions as LaTeX. (Infix text is what an expression's own ToString gives.)
module Zautograd.Print

open System
open Zautograd.Infix

/// <summary>The lone infix text of an expression; the same as its ToString.</summary>
/// <example><code>Print.infix (x ** 2.0 / 3.0)   // -> x^2/3</code></example>
let infix (root: Expr) = Infix.text root

let private greek =
    set
        [
            "alpha"
            "beta"
            "gamma"
            "delta"
            "epsilon"
            "zeta"
            "eta"
            "theta"
            "kappa"
            "lambda"
            "mu"
            "nu"
            "xi"
            "pi"
            "rho"
            "sigma"
            "tau"
            "phi"
            "chi"
            "psi"
            "omega"
        ]

// x1 is x with subscript 1, rate is an upright word, mu is the Greek letter.
let private variable (name: string) =
    let stem = name.TrimEnd([| '0' .. '9' |])
    let index = name.Substring stem.Length
    let escaped = stem.Replace("_", "\\_")

    let letter =
        if greek.Contains stem then "\\" + stem
        elif stem.Length = 1 then stem
        else $"\\mathrm{{{escaped}}}"

    { Text = (if index = "" then letter else letter + "_{" + index + "}"); Binds = Atom }

let private constant (value: float) =
    let text =
        if Double.IsPositiveInfinity value then
            "\\infty"
        elif Double.IsNegativeInfinity value then
            "-\\infty"
        elif Double.IsNaN value then
            "\\mathrm{NaN}"
        else
            match (number value).Split 'E' with
            | [| digits; exponent |] -> $"{digits} \\cdot 10^{{{int exponent}}}"
            | _ -> number value

    { Text = text; Binds = if text.StartsWith "-" || text.Contains "cdot" then Product else Atom }

let private atom text = { Text = text; Binds = Atom }
let private between left right (a: Text) = atom $"\\left{left} {a.Text} \\right{right}"

let private call name (args: Text list) =
    between "(" ")" { Text = args |> List.map _.Text |> String.concat ", "; Binds = Atom } |> fun inner -> atom (name + inner.Text)

let private bracket binds a = if a.Binds >= binds then a.Text else $"\\left( {a.Text} \\right)"
let private bracketRight binds a = if a.Text.StartsWith "-" then $"\\left( {a.Text} \\right)" else bracket binds a

let private apply op args =
    match op, args with
    | Neg, [ a ] -> { Text = "-" + bracketRight Product a; Binds = Product }
    | Add, [ a; b ] -> { Text = bracket Sum a + " + " + bracketRight Product b; Binds = Sum }
    | Sub, [ a; b ] -> { Text = bracket Sum a + " - " + bracketRight Product b; Binds = Sum }
    | Mul, [ a; b ] ->
        let right = bracketRight Power b
        // a digit after a factor would read as one number with it
        let sign = if Char.IsDigit right[0] then " \\cdot " else " \\, "
        { Text = bracket Product a + sign + right; Binds = Product }
    | Div, [ a; b ] -> atom $"\\frac{{{a.Text}}}{{{b.Text}}}"
    | Pow, [ a; b ] ->
        // a fraction or a root is one glyph, but not one that can carry an exponent
        let carried =
            if a.Text.StartsWith "\\" && not (a.Text.StartsWith "\\left") && a.Text.Contains "{" then
                $"\\left( {a.Text} \\right)"
            else
                bracket Atom a

        { Text = $"{carried}^{{{b.Text}}}"; Binds = Power }
    | Sqrt, [ a ] -> atom $"\\sqrt{{{a.Text}}}"
    | Cbrt, [ a ] -> atom $"\\sqrt[3]{{{a.Text}}}"
    | Exp, [ a ] -> { Text = $"e^{{{a.Text}}}"; Binds = Power }
    | Log, _ -> call "\\ln" args
    | Log2, _ -> call "\\log_{2}" args
    | Log10, _ -> call "\\log_{10}" args
    | Abs, [ a ] -> between "|" "|" a
    | Floor, [ a ] -> between "\\lfloor" "\\rfloor" a
    | Ceiling, [ a ] -> between "\\lceil" "\\rceil" a
    | Asin, _ -> call "\\arcsin" args
    | Acos, _ -> call "\\arccos" args
    | Atan, _ -> call "\\arctan" args
    | (Sin | Cos | Tan | Sinh | Cosh | Tanh | Max | Min), _ -> call ("\\" + name op) args
    | Select comparison, [ a; b; c; d ] ->
        let sign =
            match comparison with
            | Less -> "<"
            | LessOrEqual -> "\\le"
            | Equal -> "="

        atom $"\\begin{{cases}} {c.Text} & \\text{{if }} {a.Text} {sign} {b.Text} \\\\ {d.Text} & \\text{{otherwise}} \\end{{cases}}"
    | _ -> call $"\\operatorname{{{name op}}}" args

/// <summary>LaTeX for mathematics mode.</summary>
/// <example><code>Print.latex (x ** 2.0 / 3.0)   // -> \frac{x^{2}}{3}</code></example>
let latex (root: Expr) : string = (Graph.fold constant variable (fun op args -> shorten "\\ldots" (apply op args)) root).Text
