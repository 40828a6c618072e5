/// The command line: what may be given, what it is called, and the exit codes: 0, 1 for a bad expression, 2 for bad usage.
module Zautograd.Cli.Program

open System
open System.CommandLine
open System.IO
open System.Text
open Zautograd.Cli.Terminal

let private expression () = Argument<string>("EXPR", Description = "the expression: \"ln(x) + x*y - sin(y)\"")

/// The same where lines of JSON may come instead.
let private optionalExpression () =
    let argument = expression ()
    argument.Arity <- ArgumentArity.ZeroOrOne
    argument

let private oneOf (names: string list) (usual: string) (option: Option<string>) =
    option.DefaultValueFactory <- fun _ -> usual
    option.AcceptOnlyFromAmong(Array.ofList names)

let private at () = Option<string[]>("--at", Description = "the values of the variables: x=2,y=5", AllowMultipleArgumentsPerToken = false)

let private format names usual = Option<string>("--format", Description = "how the output is written") |> oneOf names usual
let private flag name description = Option<bool>(name, Description = description)
let private json () = flag "--json" "one line of JSON; \"NaN\", \"Infinity\" and \"-Infinity\" are strings"

let private jsonl () = flag "--jsonl" "answer one request {\"expr\": \"x*y\", \"at\": {\"x\": 2, \"y\": 5}} a line from standard input"

let private command (name: string) (description: string) (symbols: Symbol list) (action: ParseResult -> unit) =
    let command = Command(name, description)

    for symbol in symbols do
        match symbol with
        | :? Argument as argument -> command.Arguments.Add argument
        | :? Option as option -> command.Options.Add option
        | other -> invalidArg (nameof symbols) $"{other.Name} is neither an argument nor an option."

    command.SetAction(fun (given: ParseResult) ->
        action given
        0)

    command

let private isSet (flag: Option<bool>) (given: ParseResult) = not (isNull (given.GetResult flag)) && given.GetRequiredValue flag

let private derive streams =
    let text, format, steps = expression (), format Formats.names "text", flag "--steps" "show every law that is used"
    let wrt = Option<string>("--wrt", Description = "the variable to differentiate by", Required = true)
    let order = Option<int>("--order", Description = "how often to differentiate", DefaultValueFactory = (fun _ -> 1))

    command "derive" "The derivative as a formula" [ text; wrt; order; format; steps ] (fun given ->
        let wrt, order = given.GetRequiredValue wrt, given.GetRequiredValue order
        Commands.derive streams (given.GetRequiredValue text) wrt order (given.GetRequiredValue format) (isSet steps given))

let private texts (option: Option<string[]>) (given: ParseResult) = given.GetValue option |> Option.ofObj |> Option.defaultValue [||]

/// What `gradient` and `hessian` share: an expression at a point, or lines of JSON.
let private atPoint (given: ParseResult) (text: Argument<string>) (at: Option<string[]>) (jsonl: Option<bool>) single lines =
    match isSet jsonl given, Option.ofObj (given.GetValue text), texts at given with
    | true, None, [||] -> lines ()
    | true, _, _ -> Refusal.badUsage "--jsonl reads expressions and points from standard input; give neither EXPR nor --at."
    | false, None, _ -> Refusal.badUsage "the expression is missing."
    | false, Some text, at -> single text at

let private gradient streams =
    let text, at, json, jsonl = optionalExpression (), at (), json (), jsonl ()
    let method = Option<string>("--method", Description = "the way to the gradient") |> oneOf Methods.names Methods.names.Head

    command "gradient" "Value and gradient at a point" [ text; at; method; json; jsonl ] (fun given ->
        let method = given.GetRequiredValue method
        let single text at = Commands.gradient streams text at method (isSet json given)
        atPoint given text at jsonl single (fun () -> Commands.gradients streams method))

let private hessian streams =
    let text, at, json, jsonl = optionalExpression (), at (), json (), jsonl ()

    command "hessian" "Value and second derivatives at a point" [ text; at; json; jsonl ] (fun given ->
        let single text at = Commands.hessian streams text at (isSet json given)
        atPoint given text at jsonl single (fun () -> Commands.hessians streams))

let private trace streams =
    let text, at = expression (), at ()
    let format = format [ "text"; "markdown"; "latex"; "csv"; "html" ] "text"
    let wrt = Option<string>("--wrt", Description = "forward mode: the variable to differentiate by")

    let mode = Option<string>("--mode", Description = "values with tangents, or with adjoints", Required = true)
    mode.AcceptOnlyFromAmong("forward", "reverse") |> ignore

    command "trace" "Every step with its value and its tangent or adjoint" [ text; at; mode; wrt; format ] (fun given ->
        let at = texts at given
        let mode, wrt = given.GetRequiredValue mode, Option.ofObj (given.GetValue wrt)
        Commands.trace streams (given.GetRequiredValue text) at mode wrt (given.GetRequiredValue format))

let private graph streams =
    let text, format = expression (), format [ "dot"; "mermaid"; "svg" ] "dot"

    command "graph" "The computational graph" [ text; format ] (fun given ->
        Commands.graph streams (given.GetRequiredValue text) (given.GetRequiredValue format))

let private rules streams = command "rules" "The table of derivative rules, as Markdown" [] (fun _ -> Commands.rules streams)

let private commands = [ derive; gradient; hessian; trace; graph; rules ]

/// Runs the tool on these arguments and streams, and gives the exit code.
let run (streams: Streams) (args: string[]) : int =
    let root = RootCommand "Derivatives: as formulas, as numbers, as tables and as pictures."

    for command in commands do
        root.Subcommands.Add(command streams)

    // no bundling: -h*2 is an expression
    let given = root.Parse(args, ParserConfiguration(EnablePosixBundling = false, ResponseFileTokenReplacer = null))
    let say (text: string) = streams.Error.Write("zautograd: " + text.TrimEnd '\n' + "\n")

    try
        if given.Errors.Count > 0 then
            for error in given.Errors do
                say error.Message

            let name = given.CommandResult.Command.Name
            say (if given.CommandResult.Command = root then "see zautograd --help" else $"see zautograd {name} --help")
            2
        else
            let configuration = InvocationConfiguration(Output = streams.Out, Error = streams.Error, EnableDefaultExceptionHandler = false)
            given.Invoke configuration
    with Refusal.Refused(code, text) ->
        say text
        code

[<EntryPoint>]
let main args =
    let utf8 = UTF8Encoding false
    use input = new StreamReader(Console.OpenStandardInput(), utf8)
    if not Console.IsOutputRedirected then Console.OutputEncoding <- utf8
    use output = new StreamWriter(Console.OpenStandardOutput(), utf8)
    use errors = new StreamWriter(Console.OpenStandardError(), utf8)

    run { In = input; Out = output; Error = errors; IsPlain = Console.IsOutputRedirected } args
