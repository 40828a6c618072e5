/// The tables a learner reads say the same as the two walks, step by step.
module Zautograd.Tests.TraceTests

open System
open Swensen.Unquote
open Xunit
open Zautograd
open Zautograd.Tests.RandomExpressions

let private x, y = Var "x", Var "y"
let private z = log x + x * y - sin y
let private at = [ "x", 2.0; "y", 5.0 ]

let private column (f: Trace.Step -> float) names (table: Trace.Table) = [ for name in names -> Math.Round(f (table.Step name), 5) ]

let private steps = [ "x"; "y"; "t1"; "t2"; "t3"; "t4"; "t5" ]

[<Fact>]
let ``the worked example, forward`` () =
    let dx, dy = Trace.forward "x" at z, Trace.forward "y" at z
    [ for step in dx.Steps -> step.Name ] =! steps
    [ for step in dx.Steps -> step.Formula ] =! [ ""; ""; "log(x)"; "x*y"; "sin(y)"; "t1 + t2"; "t4 - t3" ]
    column _.Value steps dx =! [ 2.0; 5.0; 0.69315; 10.0; -0.95892; 10.69315; 11.65207 ]
    column _.Change steps dx =! [ 1.0; 0.0; 0.5; 5.0; 0.0; 5.5; 5.5 ]
    column _.Change steps dy =! [ 0.0; 1.0; 0.0; 2.0; 0.28366; 2.0; 1.71634 ]
    column _.Value steps dy =! column _.Value steps dx

[<Fact>]
let ``the worked example, reverse`` () =
    let table = Trace.reverse at z
    [ for step in table.Steps -> step.Name ] =! [ "t5"; "t4"; "t3"; "t2"; "t1"; "x"; "y" ]
    column _.Value steps table =! [ 2.0; 5.0; 0.69315; 10.0; -0.95892; 10.69315; 11.65207 ]
    column _.Change steps table =! [ 5.5; 1.71634; 1.0; 1.0; -1.0; 1.0; 1.0 ]
    (table.Step "x").Parts =! [ 5.0; 0.5 ]
    [ for part in (table.Step "y").Parts -> Math.Round(part, 5) ] |> List.sort =! [ -0.28366; 2.0 ]

[<Fact>]
let ``a rule is written in the names of the steps`` () =
    let rules = [ for step in (Trace.forward "x" at z).Steps -> step.Name, step.Rule ]
    List.skip 2 rules =! [ "t1", "dx/x"; "t2", "y*dx + x*dy"; "t3", "dy*cos(y)"; "t4", "dt1 + dt2"; "t5", "dt4 - dt3" ]

/// Where a text's columns begin: behind two or more spaces, or a bar.
let private isAligned (lines: string list) =
    // a combining mark takes no room on the screen
    let lines = lines |> List.map (fun line -> line.Replace("\u0304", ""))
    let rule = lines[1]

    let gaps =
        [
            for i in 0 .. rule.Length - 1 do
                if rule[i] = ' ' then i
        ]

    lines |> List.forall (fun line -> gaps |> List.forall (fun gap -> gap >= line.Length || line[gap] = ' '))

[<Fact>]
let ``text and Markdown are aligned`` () =
    for table in [ Trace.forward "x" at z; Trace.reverse at z ] do
        let text = (Trace.toText table).TrimEnd().Split '\n' |> List.ofArray
        test <@ text.Head = table.Title && text.Length = 3 + table.Steps.Length && isAligned text.Tail @>

        let markdown = (Trace.toMarkdown table).TrimEnd().Split '\n' |> List.ofArray |> List.skip 2
        let widths = markdown |> List.map (fun line -> line.Replace("\u0304", "").Length) |> List.distinct
        let bars = markdown |> List.map (fun line -> line |> Seq.filter ((=) '|') |> Seq.length) |> List.distinct
        test <@ widths.Length = 1 && bars = [ 6 ] @>

[<Fact>]
let ``the last forward row is the derivative`` () =
    Points.check 300 cases (fun case ->
        match Graph.variables case.Expression with
        | [] -> true
        | wrt :: _ ->
            let last = List.last (Trace.forward wrt case.At case.Expression).Steps
            let expected = Forward.derivative Number.floats wrt (Number.bind case.At) case.Expression
            (last.Value, last.Change) = (expected.Value, expected.Tangent))

[<Fact>]
let ``the reverse rows of the variables are the gradient`` () =
    Points.check 300 cases (fun case ->
        let wrt = Graph.variables case.Expression
        let table = Trace.reverse case.At case.Expression
        let gradient = snd (Reverse.gradient Number.floats wrt (Number.bind case.At) case.Expression)

        List.forall2 (fun name expected -> Tolerance.close Tolerance.Rounding expected (table.Step name).Change) wrt gradient)

[<Fact>]
let ``the parts of an adjoint add up to it`` () =
    Points.check 300 cases (fun case ->
        (Trace.reverse case.At case.Expression).Steps
        |> List.forall (fun step -> step.Parts.IsEmpty || Tolerance.close Tolerance.Rounding (List.sum step.Parts) step.Change))

[<Fact>]
let ``an unknown and an unbound variable are refused by name`` () =
    let complaint (trace: unit -> Trace.Table) = (Assert.ThrowsAny<ArgumentException>(fun () -> trace () |> ignore)).Message
    let unknown = complaint (fun () -> Trace.forward "w" at z)
    test <@ unknown.Contains "'w'" && unknown.Contains "x, y" @>
    let unbound = complaint (fun () -> Trace.reverse [ "x", 2.0 ] z)
    test <@ unbound.Contains "'y'" @>
    let unboundForward = complaint (fun () -> Trace.forward "x" [ "x", 2.0 ] z)
    test <@ unboundForward.Contains "'y'" @>
    let noStep = (Assert.ThrowsAny<ArgumentException>(fun () -> (Trace.reverse at z).Step "t9" |> ignore)).Message
    test <@ noStep.Contains "'t9'" && noStep.Contains "t5" @>

[<Fact>]
let ``a variable with the name of a step does not collide`` () =
    let odd = [ "t1"; "v2"; "w3"; "step4"; "steps"; "t" ]
    let sum = odd |> List.map Var |> List.reduce (*)
    let point = odd |> List.map (fun name -> name, 2.0)

    for table in [ Trace.forward "t1" point sum; Trace.reverse point sum ] do
        let names = table.Steps |> List.map _.Name
        (List.distinct names).Length =! names.Length
        (table.Step "t1").Value =! 2.0
        (table.Step "t1").Change =! (if table.Title.StartsWith "Forward" then 1.0 else 32.0)

[<Fact>]
let ``an expression of one node has a table`` () =
    (Trace.forward "x" at x).Steps |> List.map (fun step -> step.Name, step.Value, step.Change) =! [ "x", 2.0, 1.0 ]
    (Trace.reverse at x).Steps |> List.map (fun step -> step.Name, step.Value, step.Change) =! [ "x", 2.0, 1.0 ]
    (Trace.reverse [] (Const 3.0)).Steps =! []
