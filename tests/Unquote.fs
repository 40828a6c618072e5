/// The names of the package Unquote that the tests use, over FSharp.Linq.RuntimeHelpers; see CONTRIBUTING.md, "Unquote".
module Swensen.Unquote

open FSharp.Linq.RuntimeHelpers
open FSharp.Quotations

/// Passes when the quoted condition is true; otherwise shows the condition.
let test (condition: Expr<bool>) =
    if not (LeafExpressionConverter.EvaluateQuotation condition :?> bool) then
        failwith $"not true:\n%A{condition.Raw}"

/// Passes when both sides are equal.
let (=!) (actual: 'a) (expected: 'a) = if actual <> expected then failwith $"expected %A{expected}, but was %A{actual}"

/// Passes when the quoted expression throws the given exception (or one derived from it).
let raises<'exn when 'exn :> exn> (expression: Expr) =
    let outcome =
        try
            Ok(LeafExpressionConverter.EvaluateQuotation expression)
        with
        | :? System.Reflection.TargetInvocationException as wrapped ->
            Error(Option.ofObj wrapped.InnerException |> Option.defaultValue wrapped)
        | other -> Error other

    match outcome with
    | Error(:? 'exn) -> ()
    | Error other -> failwith $"expected %s{typeof<'exn>.Name}, but this was thrown: %O{other}"
    | Ok _ -> failwith $"expected %s{typeof<'exn>.Name}, but nothing was thrown by\n%A{expression}"
