// The language of expressions: a constant, a variable, or an operation applied to expressions; how to walk it, how it reads.
namespace rec Zautograd

open System.Collections.Generic
open System.Globalization
open System.Text
open FSharp.Reflection

/// <summary>What a piecewise expression asks about its first two arguments. The other comparisons are these with arguments or branches swapped.</summary>
/// <example><code>string ((Select Less).Of(x, y, 1.0, 0.0))   // -> if x &lt; y then 1 else 0</code></example>
type Comparison =
    | Less
    | LessOrEqual
    | Equal

/// <summary>The primitive operations. What each of them means stands in one row of `Rules.rule`, and nowhere else.</summary>
/// <example><code>Number.floats.Apply Hypot [ 3.0; 4.0 ]   // -> 5</code></example>
type Op =
    | Neg
    | Add
    | Sub
    | Mul
    | Div
    | Rem
    | Pow
    | Sqrt
    | Cbrt
    | Exp
    | Expm1
    | Log
    | Log1p
    | Log2
    | Log10
    | Sin
    | Cos
    | Tan
    | Asin
    | Acos
    | Atan
    | Atan2
    | Sinh
    | Cosh
    | Tanh
    | Asinh
    | Acosh
    | Atanh
    | Abs
    | Sign
    | Floor
    | Ceiling
    | Round
    | Max
    | Min
    | Clamp
    | Hypot
    | Relu
    | Sigmoid
    | Softplus
    | Erf
    /// The nearest number of 24 bits, which is what a float of .NET holds; its slope counts as 1.
    | Single
    /// An operation as .NET's MathF has it: on floats, with a float as its result. Its slopes are those of the operation.
    | SingleOf of Op
    /// `Select Less` of (a, b, c, d) is c where a < b, and d elsewhere.
    | Select of Comparison

    /// <summary>This operation applied to arguments: `Erf.Of x`. An argument too many or too few is refused where the rules are known.</summary>
    /// <example><code>string (Erf.Of x)   // -> erf(x)</code></example>
    member op.Of([<System.ParamArray>] args: Expr[]) = Apply(op, List.ofArray args)

/// <summary>
/// An expression. Equality is by reference: structural equality would walk a shared graph 2^n times.
/// Operators build exactly what is written and simplify nothing, so that a trace shows the user's own steps.
/// </summary>
/// <example><code>
/// let x, y = Var "x", Var "y"
/// log x + x * y - sin y   // -> log(x) + x*y - sin(y)
/// </code></example>
[<ReferenceEquality>]
type Expr =
    | Const of Value: float
    | Var of Name: string
    | Apply of Op: Op * Args: Expr list

    /// <summary>A variable; the name a C# caller would look for.</summary>
    /// <example><code>Expr.Variable "x"   // -> x</code></example>
    static member Variable(name: string) =
        if System.String.IsNullOrWhiteSpace name then invalidArg (nameof name) "a variable needs a name"
        Var name

    /// <summary>A constant; C# finds it where a number stands beside an expression.</summary>
    /// <example><code>Expr.op_Implicit 2.0 * x   // -> 2*x</code></example>
    static member op_Implicit(number: float) = Const number

    static member (~-)(a: Expr) = Apply(Neg, [ a ])
    static member (+)(a: Expr, b: Expr) = Apply(Add, [ a; b ])
    static member (-)(a: Expr, b: Expr) = Apply(Sub, [ a; b ])
    static member (*)(a: Expr, b: Expr) = Apply(Mul, [ a; b ])
    static member (/)(a: Expr, b: Expr) = Apply(Div, [ a; b ])
    static member (+)(a: Expr, b: float) = a + Const b
    static member (-)(a: Expr, b: float) = a - Const b
    static member (*)(a: Expr, b: float) = a * Const b
    static member (/)(a: Expr, b: float) = a / Const b
    static member (+)(a: float, b: Expr) = Const a + b
    static member (-)(a: float, b: Expr) = Const a - b
    static member (*)(a: float, b: Expr) = Const a * b
    static member (/)(a: float, b: Expr) = Const a / b

    // What F#'s own sin, exp, ** ... look for; every other operation is written Op.Of.
    static member Pow(a: Expr, b: Expr) = Apply(Pow, [ a; b ])
    static member Pow(a: Expr, b: float) = Apply(Pow, [ a; Const b ])
    static member Sqrt(a: Expr) = Apply(Sqrt, [ a ])
    static member Exp(a: Expr) = Apply(Exp, [ a ])
    static member Log(a: Expr) = Apply(Log, [ a ])
    static member Log10(a: Expr) = Apply(Log10, [ a ])
    static member Sin(a: Expr) = Apply(Sin, [ a ])
    static member Cos(a: Expr) = Apply(Cos, [ a ])
    static member Tan(a: Expr) = Apply(Tan, [ a ])
    static member Asin(a: Expr) = Apply(Asin, [ a ])
    static member Acos(a: Expr) = Apply(Acos, [ a ])
    static member Atan(a: Expr) = Apply(Atan, [ a ])
    static member Atan2(a: Expr, b: Expr) = Apply(Atan2, [ a; b ])
    static member Sinh(a: Expr) = Apply(Sinh, [ a ])
    static member Cosh(a: Expr) = Apply(Cosh, [ a ])
    static member Tanh(a: Expr) = Apply(Tanh, [ a ])
    static member Abs(a: Expr) = Apply(Abs, [ a ])
    static member Floor(a: Expr) = Apply(Floor, [ a ])
    static member Ceiling(a: Expr) = Apply(Ceiling, [ a ])
    static member Round(a: Expr) = Apply(Round, [ a ])

    /// <summary>Infix text, as a person would write it: `log(x) + x*y - sin(y)`.</summary>
    /// <example><code>string (2.0 * (x + y))   // -> 2*(x + y)</code></example>
    override e.ToString() = Infix.text e

/// Walks over expressions as graphs: every node once, arguments before results, on an explicit stack because depth is data.
module Graph =

    /// <summary>The nodes that the roots are made of, each once (by reference), arguments before results.</summary>
    /// <example><code>Graph.nodesOf [ x; x * y ]   // -> [x; y; x*y]</code></example>
    let nodesOf (roots: Expr seq) : Expr list =
        let seen = HashSet<Expr>(HashIdentity.Reference)
        let ordered = List<Expr>()
        let pending = Stack<struct (Expr * bool)>()

        for root in roots do
            pending.Push(struct (root, false))

            while pending.Count > 0 do
                match pending.Pop() with
                | struct (node, true) -> ordered.Add node
                | struct (node, false) when seen.Add node ->
                    pending.Push(struct (node, true))

                    match node with
                    | Apply(_, args) -> args |> List.rev |> List.iter (fun arg -> pending.Push(struct (arg, false)))
                    | Const _
                    | Var _ -> ()
                | _ -> ()

        List.ofSeq ordered

    /// <summary>The nodes of one expression, arguments before results.</summary>
    /// <example><code>Graph.nodes (x * y)   // -> [x; y; x*y]</code></example>
    let nodes (root: Expr) = nodesOf [ root ]

    /// <summary>How many different nodes an expression has; a shared one counts once.</summary>
    /// <example><code>
    /// let square = x * x
    /// Graph.size (square + square)   // -> 3
    /// </code></example>
    let size (root: Expr) = List.length (nodes root)

    /// <summary>The names of the variables, in the order in which they first occur.</summary>
    /// <example><code>Graph.variables (y * x + y)   // -> [y; x]</code></example>
    let variables (root: Expr) =
        nodes root
        |> List.choose (function
            | Var name -> Some name
            | Const _
            | Apply _ -> None)
        |> List.distinct

    /// <summary>Gives every node a meaning, from the leaves up, and returns the roots': each shared node is computed once.</summary>
    /// <example><code>
    /// // how deep two expressions are
    /// Graph.foldAll (fun _ -> 0) (fun _ -> 0) (fun _ args -> 1 + List.max args) [ x; x * y + 1.0 ]   // -> [0; 2]
    /// </code></example>
    let foldAll (constant: float -> 't) (variable: string -> 't) (apply: Op -> 't list -> 't) (roots: Expr list) : 't list =
        let meaning = Dictionary<Expr, 't>(HashIdentity.Reference)

        for node in nodesOf roots do
            meaning[node] <-
                match node with
                | Const number -> constant number
                | Var name -> variable name
                | Apply(op, args) -> apply op (args |> List.map (fun arg -> meaning[arg]))

        roots |> List.map (fun root -> meaning[root])

    /// <summary>The same for one expression.</summary>
    /// <example><code>Graph.fold (fun _ -> 0) (fun _ -> 0) (fun _ args -> 1 + List.max args) (x * y + 1.0)   // -> 2</code></example>
    let fold constant variable apply (root: Expr) = foldAll constant variable apply [ root ] |> List.head

/// How expressions become text in any language: one table says how tightly each sign binds, and forms say what is written.
module Infix =

    /// <summary>A piece of text and how tightly its outermost operator binds.</summary>
    /// <example><code>({ Text = "a + b"; Binds = Infix.Sum }: Infix.Text).Binds   // -> 1</code></example>
    type Text = { Text: string; Binds: int }

    /// <summary>The precedence of `if`: it binds least.</summary>
    /// <example><code>Infix.Piecewise   // -> 0</code></example>
    [<Literal>]
    let Piecewise = 0

    /// <summary>The precedence of + and -.</summary>
    /// <example><code>Infix.Sum   // -> 1</code></example>
    [<Literal>]
    let Sum = 1

    /// <summary>The precedence of *, / and of a sign.</summary>
    /// <example><code>Infix.Product   // -> 2</code></example>
    [<Literal>]
    let Product = 2

    /// <summary>The precedence of ^.</summary>
    /// <example><code>Infix.Power   // -> 3</code></example>
    [<Literal>]
    let Power = 3

    /// <summary>The precedence of a name, a number or a call: it needs no brackets.</summary>
    /// <example><code>Infix.Atom   // -> 4</code></example>
    [<Literal>]
    let Atom = 4

    /// What a form asks of an operand: nothing, where it stands between delimiters; to bind as tightly as that, or be put in
    /// brackets; and on the right of a sign moreover to have no sign in front, since a sign never follows another: a - (-b), 2*(-x).
    type internal Place =
        | Open
        | Left of int
        | Right of int

    /// How an operation is written: a pattern in which $a, $b, $c, $d stand for its operands, and how tightly the whole binds.
    /// Operands for which there is no place stand between delimiters.
    type internal Form = { Pattern: string; Tightness: int; Places: Place list }

    /// The form of an operation that is written with a sign: THE TABLE OF PRECEDENCE, for every language.
    let internal sign op pattern =
        let tightness, places =
            match op with
            | Select _ -> Piecewise, [ Left Sum; Left Sum; Left Sum; Left Piecewise ]
            | Add
            | Sub -> Sum, [ Left Sum; Right Product ]
            | Neg -> Product, [ Right Product ]
            | Mul
            | Div
            | Rem -> Product, [ Left Product; Right Power ]
            | Pow -> Power, [ Left Atom; Right Power ]
            | _ -> Atom, []

        { Pattern = pattern; Tightness = tightness; Places = places }

    /// The form of something that brings its own delimiters.
    let internal delimited pattern = { Pattern = pattern; Tightness = Atom; Places = [] }

    /// The form of a condition whose branches stand between words.
    let internal choice op pattern = { sign op pattern with Places = [ Left Sum; Left Sum ] }

    /// The pattern of a function's call.
    let internal call name count = name + "(" + String.concat ", " [ for index in 0 .. count - 1 -> $"${char (int 'a' + index)}" ] + ")"

    /// Whether an operand needs brackets in its place.
    let private needsBrackets (isSigned: string -> bool) (form: Form) index (piece: Text) =
        match List.tryItem index form.Places |> Option.defaultValue Open with
        | Open -> false
        | Left least -> piece.Binds < least
        | Right least -> piece.Binds < least || isSigned piece.Text

    /// A form as a list: texts between operands, and operands by their index.
    let private pieces (text: string -> 'piece) (operand: int -> 'piece list) (form: Form) : 'piece list =
        let parts = form.Pattern.Split '$'

        [
            for index in 0 .. parts.Length - 1 do
                let part = parts[index]

                if index > 0 then yield! operand (int part[0] - int 'a')

                if index = 0 then text part
                elif part.Length > 1 then text (part.Substring 1)
        ]

    /// The operands in their places.
    let internal compose (bracket: string -> string) (isSigned: string -> bool) (form: Form) (args: Text list) : Text =
        let operand index =
            let piece = List.item index args
            [ (if needsBrackets isSigned form index piece then bracket piece.Text else piece.Text) ]

        { Text = String.concat "" (pieces id operand form); Binds = form.Tightness }

    /// <summary>A number that reads back as the same double, whatever the culture and the framework.</summary>
    /// <example><code>Infix.number 0.1   // -> 0.1</code></example>
    let number (value: float) = if value = 0.0 && 1.0 / value < 0.0 then "-0" else value.ToString("R", CultureInfo.InvariantCulture)

    let internal isSigned (text: string) = text.Length > 0 && text[0] = '-'

    /// A number in code or plain text: one with a sign is no atom.
    let internal numeral (text: string) = { Text = text; Binds = if isSigned text then Product else Atom }

    let private caseNames = [| for case in FSharpType.GetUnionCases typeof<Op> -> case.Name |]
    let private caseOf = FSharpValue.PreComputeUnionTagReader typeof<Op>

    /// The name of an operation's case in the union: Sin, Log1p, Max ...
    let internal caseName (op: Op) = caseNames[caseOf op]

    /// <summary>The name of an operation as text and tables show it: sin, log1p, max ...</summary>
    /// <example><code>Infix.name Log1p   // -> log1p</code></example>
    let rec name (op: Op) =
        match op with
        | Select Less -> "less"
        | Select LessOrEqual -> "lessOrEqual"
        | Select Equal -> "equal"
        | SingleOf op -> name op + "f"
        | _ -> (caseName op).ToLowerInvariant()

    /// How infix text writes an operation with so many arguments.
    let internal form op count =
        match op with
        | Neg -> sign op "-$a"
        | Add -> sign op "$a + $b"
        | Sub -> sign op "$a - $b"
        | Mul -> sign op "$a*$b"
        | Div -> sign op "$a/$b"
        | Pow -> sign op "$a^$b"
        | Select Less -> choice op "if $a < $b then $c else $d"
        | Select LessOrEqual -> choice op "if $a <= $b then $c else $d"
        | Select Equal -> choice op "if $a = $b then $c else $d"
        | _ -> delimited (call (name op) count)

    let internal bracket text = "(" + text + ")"

    /// <summary>What an expression may unfold to before its text says so with an ellipsis instead: shared graphs can be 2^n times as long as they are large.</summary>
    /// <example><code>Infix.Longest   // -> 100000</code></example>
    [<Literal>]
    let Longest = 100_000

    /// Text that is not put together before it is written: how long it is, and how it begins, which is all that forms ask.
    /// Without parts it is what it begins with.
    type private Rope = { Start: Text; Length: int; Parts: Rope list }

    let private leaf (text: Text) = { Start = text; Length = text.Text.Length; Parts = [] }

    let private join binds (parts: Rope list) =
        let longestStart = 200
        let length = parts |> List.sumBy _.Length
        let start = String.concat "" (parts |> List.map _.Start.Text)

        if length <= longestStart then
            leaf { Text = start; Binds = binds }
        else
            { Start = { Text = start.Substring(0, longestStart); Binds = binds }; Length = length; Parts = parts }

    let private written (rope: Rope) =
        let text = StringBuilder(rope.Length)
        let pending = Stack<Rope>([ rope ])

        while pending.Count > 0 do
            match pending.Pop() with
            | { Parts = []; Start = start } -> text.Append start.Text |> ignore
            | { Parts = parts } -> parts |> List.rev |> List.iter pending.Push

        string text

    /// An expression as it stands, in any language. The time it takes grows with the graph, not with the texts of all its nodes.
    let internal unfold
        number
        variable
        (bracket: string -> string)
        isSigned
        (form: Op -> Text list -> Form)
        ellipsis
        (root: Expr)
        : string =
        let plain text = leaf { Text = text; Binds = Atom }
        let brackets = (bracket "$").Split '$'

        let apply op (args: Rope list) =
            let form = args |> List.map _.Start |> form op

            let operand index =
                let piece = List.item index args

                if needsBrackets isSigned form index piece.Start then
                    [ plain brackets[0]; piece; plain brackets[1] ]
                else
                    [ piece ]

            let whole = pieces plain operand form |> join form.Tightness
            if whole.Length <= Longest then whole else plain ellipsis

        Graph.fold (number >> leaf) (variable >> plain) apply root |> written

    /// <summary>The text of an expression; what its ToString gives.</summary>
    /// <example><code>Infix.text (x ** 2.0 / y)   // -> x^2/y</code></example>
    let text (root: Expr) = unfold (number >> numeral) id bracket isSigned (fun op args -> form op args.Length) "..." root
