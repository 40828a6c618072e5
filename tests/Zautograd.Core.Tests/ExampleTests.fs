/// Every F# example of the documentation and of the READMEs runs, and has the results it says; and what is public has one.
module Zautograd.Tests.ExampleTests

open System
open System.Reflection
open System.Xml.Linq
open Swensen.Unquote
open Xunit
open Zautograd.Examples

/// What every example finds to work with; an example that declares one of these names itself hides it.
let private prelude =
    [
        "#load \"load.fsx\""
        $"#r @\"{typeof<Result>.Assembly.Location}\""
        "open System"
        "open Zautograd"
        "let x, y = Var \"x\", Var \"y\""
        "let z = log x + x * y - sin y"
        "let at = [ \"x\", 2.0; \"y\", 5.0 ]"
        "module Examples ="
        "    let printed = Text.StringBuilder()"
        "    let mutable failures = 0"
        "    let show (value: obj) = if isNull value then \"None\" else Zautograd.Examples.Result.Show(value, \"; \")"
        "    let check (owner: string) (expected: string) (compute: unit -> obj) ="
        "        let actual = try show (compute ()) with problem -> Zautograd.Examples.Result.Show problem"
        "        if not (Zautograd.Examples.Result.Agrees(expected, actual)) then"
        "            failures <- failures + 1"
        "            Console.WriteLine $\"{owner}: expected {expected}, but it is {actual}\""
        "    let clearPrinted () = printed.Clear() |> ignore"
        "    let checkPrinted owner expected = check owner expected (fun () -> box (printed.ToString()))"
        "let printfn format = Printf.ksprintf (fun text -> Examples.printed.AppendLine text |> ignore) format"
    ]

let private quoted (text: string) = "\"" + text.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n") + "\""
let private indented room (lines: string list) = [ for line in lines -> if line = "" then "" else String(' ', room) + line ]

/// The last statement of some lines: it begins at the last line that is not indented and continues nothing.
let private lastStatement (lines: string list) =
    let continues (line: string) =
        Char.IsWhiteSpace line[0] || List.exists (fun (start: string) -> line.StartsWith start) [ "|"; ")"; "]"; "else"; "elif"; "with" ]

    let begins (line: string) = line <> "" && not (continues line)
    List.splitAt (lines |> List.findIndexBack begins) lines

let private declared (statement: string) =
    match statement.Split([| ' '; ':' |], StringSplitOptions.RemoveEmptyEntries) |> List.ofArray with
    | "let" :: name :: _ -> Some name
    | _ -> None

/// An example as a module, in which what has a result is checked.
let private asModule index (example: Example) =
    let owner = quoted example.Owner

    let write (lines: string list, pending: string list) (struct (code: string, expected: string | null)) =
        let pending = pending @ [ code ]

        match expected with
        | null -> lines, pending
        | expected ->
            let before, statement = lastStatement pending

            let written =
                match declared statement.Head with
                | Some name -> statement @ [ $"Examples.check {owner} {quoted expected} (fun () -> box {name})" ]
                | None when statement.Head.StartsWith "printfn" ->
                    "Examples.clearPrinted ()" :: statement @ [ $"Examples.checkPrinted {owner} {quoted expected}" ]
                | None -> [ $"Examples.check {owner} {quoted expected} (fun () -> box (" ] @ indented 8 statement @ [ "    ))" ]

            lines @ before @ written, []

    let lines, rest = Seq.fold write ([], []) example.Lines
    [ $"module Example{index} ="; $"    // {example.Owner}" ] @ indented 4 (lines @ rest @ [ "()" ])

/// Runs examples in one process of `dotnet fsi`; what it says, and whether all is well.
let private run (examples: Example seq) =
    let body = examples |> Seq.mapi asModule |> Seq.concat
    let last = [ "if Examples.failures > 0 then exit 1"; "Console.WriteLine \"all is well\"" ]
    let source = List.concat [ prelude; List.ofSeq body; last ]
    let code, output = Interactive.run [ "examples.fsx", source ] [ "--quiet"; "examples.fsx" ] []

    // a compiler's message has a line of the script: show that line, and whose it is
    let shown =
        [
            for line in output.Split '\n' do
                line
                let place = Text.RegularExpressions.Regex.Match(line, @"examples\.fsx\((\d+),")

                if place.Success then
                    let at = int place.Groups[1].Value - 1
                    let owner = Seq.findBack (fun (line: string) -> line.StartsWith "    // ") (Seq.take (at + 1) source)
                    $"{owner.Trim()}: {source[at].Trim()}"
        ]

    code = 0 && output.Contains "all is well", String.concat "\n" shown

let private readmes = [ "README.md"; "README.zh-CN.md" ]

[<Fact>]
let ``every example of the documentation and of the READMEs does what it says`` () =
    let documented = Documentation.Examples "Zautograd.Core"
    let blocks = readmes |> List.collect (fun file -> List.ofSeq (Documentation.Fenced(file, "fsharp")))
    Assert.True(documented.Count > 80, $"only {documented.Count} examples were found")
    Assert.True(blocks.Length >= readmes.Length)
    let well, output = run (Seq.append documented blocks)
    Assert.True(well, output)

[<Fact>]
let ``each kind of wrong example is found and shown`` () =
    let wrong =
        [
            "1 + 1   // -> 3"
            "let f = x * y   // -> y*x"
            "printfn \"%d\" 1   // -> 2"
            "Number.bind [] \"x\"   // -> 3"
            "if true then 1\nelse 2   // -> 7"
            "1 + 1   // -> throws ArgumentException: …"
        ]

    let well, output = run [ for index, code in List.indexed wrong -> Example($"wrong {index}", code) ]
    test <@ not well @>

    for index in 0 .. wrong.Length - 1 do
        Assert.Contains($"wrong {index}: expected", output)

    let well, output = run [ Example("right", "1 + 1   // -> 2"); Example("broken", "let a = noSuchName") ]
    test <@ not well @>
    Assert.Contains("// broken: let a = noSuchName", output)

let private fullName (kind: Type) = kind.FullName |> Option.ofObj |> Option.defaultValue ""
let private members = Documentation.Members "Zautograd.Core"
let private nameOf (element: XElement) = element.Attribute "name" |> Option.ofObj |> Option.map _.Value |> Option.defaultValue ""

[<Fact>]
let ``no example hides in a summary`` () =
    let hidden = members |> Seq.filter Documentation.HidesItsExample |> Seq.map nameOf |> String.concat "\n"
    Assert.True((hidden = ""), "begin these comments with <summary>, else the compiler takes their tags for text:\n" + hidden)

/// What only the core itself uses, public because F# scripts look inside.
let private inner =
    [
        "Zautograd.Abbreviate"
        "Zautograd.Algebra"
        "Zautograd.Exact"
        "Zautograd.Infix"
        "Zautograd.Instructions"
        "Zautograd.Laws"
        "Zautograd.CodeNotation"
        "Zautograd.Forms"
        "Zautograd.Layout"
        "Zautograd.MathNotation"
        "Zautograd.Lexicon"
        "Zautograd.Notation"
        "Zautograd.Programs."
        "Zautograd.Series"
        "Zautograd.Straight"
        "Zautograd.Sums"
        "Zautograd.Derivation"
        "Zautograd.Diagram"
        "Zautograd.Drawing"
        "Zautograd.Emit."
        "Zautograd.ExplainSteps"
    ]

[<Fact>]
let ``every public function of the core has a summary and an example`` () =
    let documented =
        members
        |> Seq.map (fun element -> (nameOf element).Split([| '('; '`' |])[0], element)
        |> Seq.groupBy fst
        |> Seq.map (fun (name, elements) -> name, [ for _, element in elements -> element ])
        |> dict

    let isModuleOrClass (kind: Type) =
        kind.IsAbstract && kind.IsSealed && not (inner |> List.exists (fun start -> (fullName kind).StartsWith start))

    // a module that shares its name with a type is called NameModule by the compiler, and so in its documentation
    let wanted =
        [
            for kind in typeof<Zautograd.Expr>.Assembly.GetExportedTypes() do
                let name = (fullName kind).Replace('+', '.').Split('`')[0]

                if isModuleOrClass kind then
                    for it in kind.GetMembers(BindingFlags.Public ||| BindingFlags.Static ||| BindingFlags.DeclaredOnly) do
                        match it with
                        | :? MethodInfo as it when not it.IsSpecialName -> $"M:{name}.{it.Name}"
                        | :? PropertyInfo as it -> $"P:{name}.{it.Name}"
                        | _ -> ()
        ]

    let lacking =
        wanted
        |> List.distinct
        |> List.filter (fun name ->
            match documented.TryGetValue name with
            | true, elements ->
                elements |> List.exists (fun element -> isNull (element.Element "summary") || Seq.isEmpty (Documentation.Code element))
            | _ -> true)

    Assert.True(wanted.Length > 50)
    Assert.True(List.isEmpty lacking, String.concat "\n" lacking)
