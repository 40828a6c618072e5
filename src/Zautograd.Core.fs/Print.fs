/// Expressions in one piece, as they stand, in any language: nothing is named, and shared parts are written as often as they occur.
module Zautograd.Print

open Zautograd.Infix

/// <summary>An expression in a language. What would unfold to more than a page is cut short by an ellipsis.</summary>
/// <example><code>Print.text Notation.latex (x ** 2.0 / 3.0)   // -> \frac{x^{2}}{3}</code></example>
let text (language: Language) (root: Expr) : string =
    let variable =
        match language.Naming with
        | Shown show -> show
        | Identifiers _ -> id

    unfold language.Number variable language.Bracket language.IsSigned (fun op args -> language.Form op args) language.Ellipsis root

/// <summary>The infix text of an expression; the same as its ToString.</summary>
/// <example><code>Print.infix (x ** 2.0 / 3.0)   // -> x^2/3</code></example>
let infix (root: Expr) : string = string root

/// <summary>LaTeX for mathematics mode.</summary>
/// <example><code>Print.latex (x ** 2.0 / 3.0)   // -> \frac{x^{2}}{3}</code></example>
let latex (root: Expr) : string = text Notation.latex root
