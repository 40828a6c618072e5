/// Expressions as text for people and as source for compilers: what is shared is computed once, in a local with a name of its own.
module Zautograd.Write

open System
open System.Collections.Generic
open System.Text.RegularExpressions
open Zautograd.Infix

/// A function to be written: its parameters in order, and its results by name.
type Routine = { Name: string; Parameters: string list; Results: (string * Expr) list }

/// <summary>The function of an expression's variables, in the order in which they first occur.</summary>
/// <example><code>(Write.routine "f" z).Parameters |> String.concat ", "   // -> x, y</code></example>
let routine (name: string) (f: Expr) : Routine = { Name = name; Parameters = Graph.variables f; Results = [ ("value", f) ] }

/// <summary>The same with the partial derivatives by the given variables as further results: value, dx, dy ...</summary>
/// <example><code>(Write.routine "f" z |> Write.withGradient [ "x" ]).Results.Length   // -> 2</code></example>
let withGradient (wrt: string list) (routine: Routine) : Routine =
    match routine.Results with
    | [ (name, f) ] ->
        let slopes = Differentiate.gradient wrt f |> List.zip [ for variable in wrt -> "d" + variable ]
        { routine with Results = (name, Simplify.simplify f) :: slopes }
    | _ -> invalidArg (nameof routine) "a gradient needs a function of one result."

/// Equal parts as one node. In code moreover squares as products, and the table's formulas in place of what the language has no function for.
let private lower (language: Language) (roots: Expr list) : Expr list =
    let interned = Interned()

    let rec lowered: Number<Expr> =
        {
            Const = interned.Const
            Apply =
                fun op args ->
                    match op, args with
                    | Pow, [ u; Const 2.0 ] when language.Formulas -> interned.Apply(Mul, [ u; u ])
                    // only NaN is not what it is: compilers warn of a comparison of something with itself
                    | Select(Equal | LessOrEqual), [ u; v; c; d ] when language.Formulas && obj.ReferenceEquals(u, v) ->
                        interned.Apply(Select LessOrEqual, [ u; interned.Const infinity; c; d ])
                    | Select Less, [ u; v; _; d ] when language.Formulas && obj.ReferenceEquals(u, v) -> d
                    | _ when not language.Formulas || language.Forms.ContainsKey op -> interned.Apply(op, args)
                    | _ -> Number.formula lowered op args |> Option.defaultWith (fun () -> interned.Apply(op, args))
            IsZero = fun _ -> false
        }

    Graph.foldAll interned.Const interned.Var lowered.Apply roots

/// A line of a function's body: a local, or one of the results.
type private Line =
    | Local of string * string
    | Result of string * string

/// The lines, in order, that compute named expressions; a local stands before the first line that needs it.
let private lines (language: Language) (variable: string -> string) (local: int -> string) (named: (string * Expr) list) : Line list =
    let roots = lower language (List.map snd named)
    let nodes = Graph.nodesOf roots
    let uses = Dictionary<Expr, int>(HashIdentity.Reference)

    let count node =
        match uses.TryGetValue node with
        | true, number -> uses[node] <- number + 1
        | _ -> uses[node] <- 1

    for node in nodes do
        match node with
        | Apply(_, args) -> List.iter count args
        | Const _
        | Var _ -> ()

    List.iter count roots
    let texts = Dictionary<Expr, Text>(HashIdentity.Reference)
    let written = List<Line>()
    let results = Queue<string * Expr>(List.zip (List.map fst named) roots)
    let mutable locals = 0

    for node in nodes do
        texts[node] <-
            match node with
            | Const value -> language.Number value
            | Var name -> { Text = variable name; Binds = Atom }
            | Apply(op, args) ->
                let args = args |> List.map (fun arg -> texts[arg])
                let piece = compose language.Bracket language.IsSigned (language.Form op args) args

                if piece.Text.Length > language.Long || uses[node] > 1 && piece.Text.Length > language.Short then
                    locals <- locals + 1
                    let name = local locals
                    written.Add(Local(name, piece.Text))
                    { Text = name; Binds = Atom }
                else
                    piece

        while results.Count > 0 && texts.ContainsKey(snd (results.Peek())) do
            let name, root = results.Dequeue()
            written.Add(Result(name, texts[root].Text))

    List.ofSeq written

/// Assignments, in order, that compute named expressions; a local (`t1`, `t2` ...) stands before the first expression that needs it.
/// An expression may use the names of those before it as variables.
let internal assignments (language: Language) (named: (string * Expr) list) : (string * string) list =
    lines language id (fun number -> $"t{number}") named
    |> List.map (function
        | Local(name, text)
        | Result(name, text) -> name, text)

/// The words that a language's own forms and numbers use, such as `Math`; no variable may be called so.
let internal ownWords (language: Language) =
    let args arity = List.init arity (fun _ -> { Text = "0"; Binds = Atom })

    let written =
        [
            for rule in Rules.all -> Regex.Replace((language.Form rule.Op (args rule.Arity)).Pattern, @"\$\w", "0")
            for number in [ nan; infinity; -infinity ] -> language.Constant number
            for name, _ in language.Helpers -> name
        ]

    HashSet
        [
            for piece in written do
                for word in Regex.Matches(piece, @"(?<![\w.])[A-Za-z_]\w*") -> word.Value
        ]

/// What is no identifier anywhere becomes one.
let internal identifier isLetter (name: string) =
    let kept = name |> String.map (fun c -> if isLetter c && (Char.IsLetterOrDigit c || c = '_') then c else '_')
    if kept.Trim '_' = "" || Char.IsDigit kept[0] then "v" + kept else kept

/// Gives out names, none of them twice, none a word of the language: a keyword is escaped as the language has it.
type private Names(language: Language) =
    let taken = HashSet<string>(ownWords language)

    let rec free name = if taken.Add name then name else free (name + "_")

    member _.Name(wanted: string) =
        match language.Naming with
        | Shown show -> free (show wanted)
        | Identifiers(isLetter, keywords, escape, _) ->
            let name = identifier isLetter wanted
            free (if keywords.Contains name then escape name else name)

    member names.Result(wanted: string) =
        match language.Naming with
        | Shown _ -> names.Name wanted
        | Identifiers(isLetter, _, _, ofResult) -> names.Name(ofResult (identifier isLetter wanted))

    /// The next of t1, t2 ... that is free.
    member _.Local(last: int) =
        let show =
            match language.Naming with
            | Shown show -> show
            | Identifiers _ -> id

        Seq.initInfinite (fun more -> show $"t{last + more}") |> Seq.find taken.Add

let private layOut (language: Language) (routine: Routine) : Layout.Written =
    let names = Names language
    let parameters = [ for name in routine.Parameters -> name, names.Name name ]

    let bound =
        match language.Naming with
        | Shown show -> show
        | Identifiers _ -> Number.bind parameters

    let results = [ for name, root in routine.Results -> names.Result name, root ]
    let lines = lines language bound names.Local results

    {
        // its own name is among its callers' names, not among its parameters'
        Name = Names(language).Name routine.Name
        Parameters = List.map snd parameters
        Locals =
            lines
            |> List.choose (function
                | Local(name, text) -> Some(name, text)
                | Result _ -> None)
        Results =
            lines
            |> List.choose (function
                | Result(name, text) -> Some(name, text)
                | Local _ -> None)
    }

let private assemble (language: Language) (routines: Layout.Written list) : string =
    let texts =
        [
            for routine in routines do
                for _, text in routine.Locals @ routine.Results -> text
        ]

    let isUsed name = texts |> List.exists (fun text -> Regex.IsMatch(text, $@"\b{name}\("))

    language.Layout
        [
            for name, definition in language.Helpers do
                if isUsed name then yield! definition
        ]
        routines
    |> String.concat "\n"

/// <summary>Functions as source text, in one go: with what must stand before them, once.</summary>
/// <example><code>
/// (Write.source Notation.c [ Write.routine "f" z; Write.routine "g" z |> Write.withGradient [ "x" ] ]).Contains "double f("   // -> true
/// </code></example>
let source (language: Language) (routines: Routine list) : string =
    assemble language (routines |> List.map (layOut language)) |> _.TrimEnd('\n') |> fun text -> text + "\n"

let private lone language (root: Expr) = assemble language [ layOut language (routine "f" root) ]

/// <summary>Infix text: what is shared and long stands before, in lines `let t1 = ...`.</summary>
/// <example><code>Write.infix (x * y)   // -> x*y</code></example>
let infix (root: Expr) : string = lone Notation.infix root

/// <summary>LaTeX for mathematics mode: one formula, or several lines where something shared and long has a name.</summary>
/// <example><code>Write.latex (x ** 2.0 / 3.0)   // -> \frac{x^{2}}{3}</code></example>
let latex (root: Expr) : string = lone Notation.latex root

/// <summary>Presentation MathML: an element `math`, as a page takes it.</summary>
/// <example><code>(Write.mathml x).StartsWith "&lt;math"   // -> true</code></example>
let mathml (root: Expr) : string = lone Notation.mathml root

/// <summary>A C# method of doubles. Let its file use System; erf and hypot, which .NET lacks for doubles, come from Zautograd.</summary>
/// <example><code>(Write.csharp "f" z).Contains "double f(double x, double y)"   // -> true</code></example>
let csharp (name: string) (root: Expr) : string = source Notation.csharp [ routine name root ]

/// <summary>An F# function of floats. erf and hypot, which .NET lacks for doubles, come from Zautograd.Core.</summary>
/// <example><code>(Write.fsharp "f" z).Contains "let f"   // -> true</code></example>
let fsharp (name: string) (root: Expr) : string = source Notation.fsharp [ routine name root ]

/// <summary>A C function of doubles, with what it needs before it.</summary>
/// <example><code>(Write.c "f" z).Contains "double f("   // -> true</code></example>
let c (name: string) (root: Expr) : string = source Notation.c [ routine name root ]

/// <summary>A Python function, with what it needs before it: where Python would raise, it gives infinity or NaN as all others do.</summary>
/// <example><code>(Write.python "f" z).Contains "def f(x, y)"   // -> true</code></example>
let python (name: string) (root: Expr) : string = source Notation.python [ routine name root ]
