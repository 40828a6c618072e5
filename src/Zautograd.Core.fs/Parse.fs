/// Reads text as an expression: `ln(x) + x*y - sin(y)`. What waits for its operand stands on an explicit stack, because depth is data.
module Zautograd.Parse

open System
open System.Collections.Generic
open FParsec
open Zautograd.Lexicon

/// How deep brackets, signs and powers may nest. A long flat sum is not deep.
[<Literal>]
let private Deepest = 10_000

/// What has been opened and waits: a sign for its operand, a bracket for its end, a choice for its parts.
/// `Start` is the index in the text at which it begins.
type private Pending =
    | Minus
    | Left of Op: Op * Operand: Expr * Start: int64
    | Bracket of Start: int64
    | Call of Name: string * Rule: Rules.Rule * Args: Expr list * Start: int64
    | If of Start: int64
    | Than of (Expr -> Expr -> Expr -> Expr) * Start: int64
    | Then of (Expr -> Expr -> Expr) * Start: int64
    | Else of (Expr -> Expr) * Start: int64

type private Next =
    | WantsOperand
    | HasOperand of Expr * Start: int64
    | Finished of Expr
    | Failed of ErrorMessageList

let private binds (op: Op) =
    match op with
    | Add
    | Sub -> 1
    | Mul
    | Div -> 2
    | Neg -> 3
    | _ -> 4

/// Reads one text. One variable is one node, however often it is written.
type private Reader(text: string, stream: CharStream<unit>) =
    let pending = Stack<Pending>()
    let variables = Dictionary<string, Expr>()

    let variable name =
        match variables.TryGetValue name with
        | true, known -> known
        | _ ->
            let fresh = Var name
            variables[name] <- fresh
            fresh

    let skipBlank () = blank stream |> ignore

    let start =
        function
        | Minus -> 0L
        | Left(_, _, start)
        | Bracket start
        | Call(_, _, _, start)
        | If start
        | Than(_, start)
        | Then(_, start)
        | Else(_, start) -> start

    let openUp frame =
        if pending.Count >= Deepest then
            Failed(messageError $"more than {Deepest} brackets, signs or powers stand inside one another")
        else
            pending.Push frame
            WantsOperand

    /// Applies what waits for this operand and binds it at least so tightly.
    let reduce tightness (operand: Expr) (from: int64) =
        let mutable operand, from = operand, from
        let mutable isDone = false

        while not isDone do
            match (if pending.Count = 0 then If 0L else pending.Peek()) with
            | Minus when binds Neg >= tightness ->
                pending.Pop() |> ignore

                operand <-
                    match operand with
                    | Const value -> Const -value // -2 is a number, so that x^(-2) has a constant exponent
                    | Var _
                    | Apply _ -> -operand
            | Left(op, left, start) when binds op >= tightness ->
                pending.Pop() |> ignore
                operand <- Apply(op, [ left; operand ])
                from <- start
            | _ -> isDone <- true

        operand, from

    let failAt (state: CharStreamState<unit>) error =
        stream.BacktrackTo state
        Failed error

    let named (name: string) (before: CharStreamState<unit>) (from: int64) =
        skipBlank ()
        let isCalled = stream.Peek() = '('

        match tryFunction name with
        | _ when reserved.Contains name && name <> "if" ->
            failAt before (both (messageError $"'{name}' stands where an operand should") (expected "an operand"))
        | _ when name = "if" -> openUp (If from)
        | Some rule when isCalled ->
            stream.Skip()
            openUp (Call(name, rule, [], from))
        | None when isCalled ->
            let written = text.Substring(int from, int (stream.Index - from)).TrimEnd()

            let advice =
                match nearest name with
                | _ when choosing.Contains name -> choiceForm
                | Some other when name.Length > 1 -> $"did you mean {other}?"
                | _ -> $"to multiply, write {written}*{operandAt text (int stream.Index)}"

            failAt before (both (messageError $"there is no function '{name}'") (hint advice))
        | Some rule when isWrittenAsCall rule.Op ->
            let example = name + "(" + String.concat ", " (List.take rule.Arity [ "x"; "y"; "z"; "w" ]) + ")"

            [ messageError $"the function '{name}' stands without its argument"; expected "'('"; hint $"write {example}" ]
            |> List.reduce both
            |> Failed
        | _ ->
            match constants.TryGetValue name with
            | true, value -> HasOperand(Const value, from)
            | _ -> HasOperand(variable name, from)

    let operand () =
        skipBlank ()
        let before, from = stream.State, stream.Index
        let reply = opening stream

        match reply.Status, (if reply.Status = ReplyStatus.Ok then reply.Result else Open) with
        | ReplyStatus.Ok, Numeral digits ->
            match tryFloat digits with
            | Some value -> HasOperand(Const value, from)
            | None -> failAt before (messageError "this number is too large for a double")
        | ReplyStatus.Ok, Word name -> named name before from
        | ReplyStatus.Ok, Open -> openUp (Bracket from)
        | ReplyStatus.Ok, Negative -> openUp Minus
        | ReplyStatus.Ok, Positive -> WantsOperand
        | _ ->
            match (if pending.Count = 0 then Minus else pending.Peek()), stream.Peek() with
            | Call(name, rule, [], _), ')' -> Failed(both reply.Error (messageError $"{name} takes {plural rule.Arity}, but none is given"))
            | _, next ->
                let advice = signHint next
                Failed(if advice = "" then reply.Error else both reply.Error (hint advice))

    /// What closes the innermost open thing did not come.
    let notClosed (operator: ErrorMessageList) (closing: ErrorMessageList) (from: int64) =
        let here = int stream.Index
        let next = stream.Peek()
        let wanted = both operator closing

        let ahead = if startsName next then text.Substring here |> Seq.takeWhile continuesName |> Seq.toArray |> String else ""

        if stream.IsEndOfStream && pending.Count > 0 then
            match pending.Peek() with
            | Bracket start
            | Call(_, _, _, start) ->
                let before = text.Substring(0, int start)
                let line = 1 + (before |> Seq.filter ((=) '\n') |> Seq.length)
                let column = int start - (before.LastIndexOf '\n')
                let place = if line = 1 then $"column {column}" else $"line {line}, column {column}"
                both wanted (messageError $"the text ends, but the bracket opened in {place} is not closed")
            | _ -> wanted
        elif next = '.' && here > 0 && Char.IsDigit text[here - 1] then
            both wanted (hint "a number has one decimal point")
        elif startsOperand next && not (reserved.Contains ahead) then
            let left = text.Substring(int from, here - int from).TrimEnd()
            let short = if left.Length > 40 then "..." else left
            let product = $"multiplication is written out: {short}*{operandAt text here}"
            both wanted (hint (if left = "let" then "lines of let are for people; an expression is written in one piece" else product))
        elif comparing.Contains next && (pending |> Seq.exists (fun frame -> frame.IsIf || frame.IsBracket)) then
            both wanted (hint choiceForm)
        elif next = ',' && not (pending |> Seq.exists _.IsCall) then
            both wanted (hint "numbers have a decimal point, and commas stand between the arguments of a function")
        elif next = ')' && pending.Count = 0 then
            both wanted (messageError "this bracket closes nothing")
        else
            let advice = signHint next
            if advice = "" then wanted else both wanted (hint advice)

    let operator (value: Expr) (from: int64) =
        skipBlank ()
        let reply = sign stream

        if reply.Status = ReplyStatus.Ok then
            let op = reply.Result
            let left, start = reduce (if op = Pow then binds Pow + 1 else binds op) value from
            openUp (Left(op, left, start))
        else
            let chainStart =
                match (if pending.Count = 0 then Minus else pending.Peek()) with
                | Left(Pow, _, start) -> start
                | _ -> from

            let mutable whole, whence = reduce 0 value from
            let mutable closed = false

            while not closed && pending.Count > 0 do
                match pending.Peek() with
                | Else(choose, start) ->
                    pending.Pop() |> ignore
                    let operand, from = reduce 0 (choose whole) start
                    whole <- operand
                    whence <- from
                | _ -> closed <- true

            let closing (parser: Parser<'t, unit>) (next: 't -> Next) =
                let closer = parser stream

                if closer.Status = ReplyStatus.Ok then
                    pending.Pop() |> ignore
                    next closer.Result
                else
                    Failed(notClosed reply.Error closer.Error chainStart)

            if pending.Count = 0 then
                let ending = (eof <?> "the end of the text") stream

                if ending.Status = ReplyStatus.Ok then
                    Finished whole
                else
                    Failed(notClosed reply.Error ending.Error chainStart)
            else
                let start = start (pending.Peek())

                match pending.Peek() with
                | Bracket _ -> closing (skipChar ')' <?> "')'") (fun () -> HasOperand(whole, start))
                | Call(name, rule, args, _) ->
                    let args = whole :: args

                    match stream.Peek() with
                    | ')' when args.Length = rule.Arity ->
                        closing (skipChar ')') (fun () -> HasOperand(Apply(rule.Op, List.rev args), start))
                    | ',' when args.Length < rule.Arity -> closing (skipChar ',') (fun () -> openUp (Call(name, rule, args, start)))
                    | ','
                    | ')' as next ->
                        let wanted = if next = ')' then "','" else "')'"
                        let given = if next = ')' then $", but only {args.Length} is given" else ""
                        Failed(both (messageError $"{name} takes {plural rule.Arity}{given}") (expected wanted))
                    | _ ->
                        let wanted = if args.Length = rule.Arity then "')'" else "','"
                        Failed(notClosed reply.Error (expected wanted) chainStart)
                | If _ -> closing comparison (fun choose -> openUp (Than(choose whole, start)))
                | Than(choose, _) -> closing (keyword "then") (fun () -> openUp (Then(choose whole, start)))
                | Then(choose, _) -> closing (keyword "else") (fun () -> openUp (Else(choose whole, start)))
                | Else _
                | Left _
                | Minus -> invalidOp "these have been reduced"

    member _.Read() : Reply<Expr> =
        let mutable next = WantsOperand
        let mutable reply = Reply<Expr>()

        while reply.Status = ReplyStatus.Error && isNull reply.Error do
            match next with
            | WantsOperand -> next <- operand ()
            | HasOperand(value, from) -> next <- operator value from
            | Finished value -> reply <- Reply value
            | Failed error -> reply <- Reply(ReplyStatus.Error, error)

        reply

let private describe (text: string) (error: ParserError) : ParseError =
    let messages = ErrorMessageList.ToSortedArray error.Messages |> List.ofArray
    let source = text.Replace("\r\n", "\n").Replace('\r', '\n').Split('\n')[int error.Position.Line - 1]
    let place = int error.Position.Column - 1

    let said =
        messages
        |> List.choose (function
            | Message message -> Some message
            | _ -> None)

    let found =
        if text.Trim() = "" then
            "there is no expression"
        elif place >= source.Length then
            "the text ends too early"
        elif startsName source[place] then
            let word = source.Substring place |> Seq.takeWhile continuesName |> Seq.truncate 40 |> Seq.toArray |> String
            $"unexpected '{word}'"
        else
            $"unexpected '{source[place]}'"

    {
        Message = (if List.isEmpty said then found else String.concat "; " said)
        Line = int error.Position.Line
        Column = place + 1
        Source = source
        Expected =
            ResizeArray(
                messages
                |> List.choose (function
                    | Expected label -> Some label
                    | _ -> None)
            )
        Hint =
            messages
            |> List.tryPick (function
                | OtherErrorMessage(:? Hint as hint) -> Some hint.Text
                | _ -> None)
            |> Option.defaultValue ""
    }

/// <summary>
/// The expression that a text writes, or why it is none.
///
/// Numbers are written as 2, .5, 1e-3; `^` or `**` is the power, from the right and tighter than a sign; multiplication is
/// written out; `log` and `ln` are the natural logarithm; `pi`, `e`, `Infinity` and `NaN` are numbers, any other name is a variable;
/// every function of the rule table is known by its name; `if a &lt; b then c else d` chooses.
/// What an expression's ToString writes, this reads back.
/// </summary>
/// <example><code>
/// match Parse.expression "ln(x) + x*y - sin(y)" with
/// | Ok z -> string (Differentiate.derivative "x" z)
/// | Error error -> string error
/// // -> 1/x + y
/// </code></example>
let expression (text: string) : Result<Expr, ParseError> =
    match runParserOnString (fun stream -> Reader(text, stream).Read()) () "" text with
    | Success(found, _, _) -> Result.Ok found
    | Failure(_, error, _) -> Result.Error(describe text error)

/// <summary>The expression that a text writes; any other text is refused by a ParseException that shows the place.</summary>
/// <example><code>
/// Parse.parse "2*x + x**2"   // -> 2*x + x^2
/// Parse.parse "2x"   // -> throws ParseException: line 1, column 2: unexpected 'x'…
/// </code></example>
let parse (text: string) : Expr =
    match expression text with
    | Result.Ok found -> found
    | Result.Error error -> raise (ParseException error)
