/// Scripts: F# Interactive prints an expression as mathematics, and tables and programs as a reader wants them; each script is short.
module Zautograd.Tests.ScriptTests

open System.IO
open Swensen.Unquote
open Xunit

/// What a session prints.
let private session (lines: string list) =
    let code, printed =
        Interactive.run [] [] [ for line in [ "#load \"load.fsx\""; "open Zautograd" ] @ lines @ [ "#quit" ] -> line + ";;" ]

    code =! 0
    printed

[<Fact>]
let ``F# Interactive prints mathematics`` () =
    let printed =
        session
            [
                "let x, y = Var \"x\", Var \"y\""
                "let z = log x + x * y - sin y"
                "Differentiate.gradient [ \"x\"; \"y\" ] z"
                "let logistic = List.fold (fun l _ -> 4.0 * l * (1.0 - l)) x [ 1..100 ]"
                "let long = List.fold (fun e index -> e + sin (x * float index)) y [ 1..10000 ]"
                "let trace = Trace.reverse [ \"x\", 2.0; \"y\", 5.0 ] z"
                "let explanation = Explain.steps \"x\" (x ** 2.0)"
                "let half: Programs.Function = { Name = \"half\"; Parameters = []; Results = []; Body = [] }"
                "let program: Programs.Program = { Functions = [ half ] }"
            ]

    for expected in
        [
            "val z: Expr = log(x) + x*y - sin(y)\n"
            "val it: Expr list = [1/x + y; x - cos(y)]\n"
            "\nlet t1 = 4*(4*x*(1 - x))*(1 - 4*x*(1 - x))\n"
            " more lines\n"
            "\nstep  computes  value     adjoint"
            "\nd/dx[x^2]\n  = 2*x"
            "val half: Programs.Function = half()"
            "val program: Programs.Program = half()"
        ] do
        Assert.Contains(expected, printed)

    // a page and no more, however large the graph is
    test <@ printed.Length < 20_000 @>

[<Fact>]
let ``a script says what it shows, loads the core and has less than 40 lines`` () =
    let scripts =
        Directory.GetFiles(Interactive.inRepository "scripts", "*.fsx") |> Array.filter (fun file -> Path.GetFileName file <> "load.fsx")

    test <@ scripts.Length > 10 @>

    for script in scripts do
        let name, lines = Path.GetFileName script, File.ReadAllLines script
        test <@ (name, lines.Length < 40) = (name, true) @>
        test <@ (name, lines[0].StartsWith "// ", lines[1]) = (name, true, "#load \"load.fsx\"") @>
