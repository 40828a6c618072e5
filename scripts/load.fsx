// Loads the core from its sources, in their compile order, so that a script runs on a fresh clone without a build.
// A test keeps this list and the version equal to the project's and to paket.dependencies.
// After `dotnet build -c Release`, `dotnet fsi --define:BUILT SCRIPT` takes what was built and starts ten times as fast; fsdocs does so always.
#r "nuget: FParsec, 1.1.1"
#r "nuget: MathNet.Numerics, 5.0.0"
#if BUILT || HAS_FSI_ADDHTMLPRINTER
#r "../src/Zautograd.Core.fs/bin/Release/netstandard2.0/Zautograd.Core.dll"
#else
#load "../src/Zautograd.Core.fs/Expr.fs"
#load "../src/Zautograd.Core.fs/Rules.fs"
#load "../src/Zautograd.Core.fs/Number.fs"
#load "../src/Zautograd.Core.fs/Forward.fs"
#load "../src/Zautograd.Core.fs/Reverse.fs"
#load "../src/Zautograd.Core.fs/Bounds.fs"
#load "../src/Zautograd.Core.fs/Intern.fs"
#load "../src/Zautograd.Core.fs/Exact.fs"
#load "../src/Zautograd.Core.fs/Laws.fs"
#load "../src/Zautograd.Core.fs/Gathered.fs"
#load "../src/Zautograd.Core.fs/Collect.fs"
#load "../src/Zautograd.Core.fs/Algebra.fs"
#load "../src/Zautograd.Core.fs/Sums.fs"
#load "../src/Zautograd.Core.fs/Simplify.fs"
#load "../src/Zautograd.Core.fs/Differentiate.fs"
#load "../src/Zautograd.Core.fs/Series.fs"
#load "../src/Zautograd.Core.fs/Taylor.fs"
#load "../src/Zautograd.Core.fs/Calculus.fs"
#load "../src/Zautograd.Core.fs/Implicit.fs"
#load "../src/Zautograd.Core.fs/Instructions.fs"
#load "../src/Zautograd.Core.fs/Compile.fs"
#load "../src/Zautograd.Core.fs/Layout.fs"
#load "../src/Zautograd.Core.fs/Language.fs"
#load "../src/Zautograd.Core.fs/CodeNotation.fs"
#load "../src/Zautograd.Core.fs/MathNotation.fs"
#load "../src/Zautograd.Core.fs/Notation.fs"
#load "../src/Zautograd.Core.fs/Print.fs"
#load "../src/Zautograd.Core.fs/Write.fs"
#load "../src/Zautograd.Core.fs/Abbreviate.fs"
#load "../src/Zautograd.Core.fs/Derivation.fs"
#load "../src/Zautograd.Core.fs/ExplainSteps.fs"
#load "../src/Zautograd.Core.fs/DerivationText.fs"
#load "../src/Zautograd.Core.fs/Explain.fs"
#load "../src/Zautograd.Core.fs/Columns.fs"
#load "../src/Zautograd.Core.fs/Trace.fs"
#load "../src/Zautograd.Core.fs/RuleTable.fs"
#load "../src/Zautograd.Core.fs/ParseError.fs"
#load "../src/Zautograd.Core.fs/Lexicon.fs"
#load "../src/Zautograd.Core.fs/Parse.fs"
#load "../src/Zautograd.Core.fs/TraceFormats.fs"
#load "../src/Zautograd.Core.fs/Diagram.fs"
#load "../src/Zautograd.Core.fs/Drawing.fs"
#load "../src/Zautograd.Core.fs/Functions.fs"
#load "../src/Zautograd.Core.fs/Reading.fs"
#load "../src/Zautograd.Core.fs/Readable.fs"
#load "../src/Zautograd.Core.fs/Lambda.fs"
#load "../src/Zautograd.Core.fs/QuoteText.fs"
#load "../src/Zautograd.Core.fs/Quote.fs"
#load "../src/Zautograd.Core.fs/Symbolic.fs"
#load "../src/Zautograd.Core.fs/Programs/Program.fs"
#load "../src/Zautograd.Core.fs/Programs/Show.fs"
#load "../src/Zautograd.Core.fs/Programs/Check.fs"
#load "../src/Zautograd.Core.fs/Programs/Interpret.fs"
#load "../src/Zautograd.Core.fs/Programs/Names.fs"
#load "../src/Zautograd.Core.fs/Programs/Normalise.fs"
#load "../src/Zautograd.Core.fs/Programs/Scopes.fs"
#load "../src/Zautograd.Core.fs/Programs/Activity.fs"
#load "../src/Zautograd.Core.fs/Programs/Tangent.fs"
#load "../src/Zautograd.Core.fs/Programs/Spread.fs"
#load "../src/Zautograd.Core.fs/Programs/Adjoint.fs"
#load "../src/Zautograd.Core.fs/Programs/ReadBlock.fs"
#load "../src/Zautograd.Core.fs/Programs/ReadMeaning.fs"
#load "../src/Zautograd.Core.fs/Programs/ReadRefusal.fs"
#load "../src/Zautograd.Core.fs/Programs/ReadFormula.fs"
#load "../src/Zautograd.Core.fs/Programs/ReadArrays.fs"
#load "../src/Zautograd.Core.fs/Programs/ReadLibrary.fs"
#load "../src/Zautograd.Core.fs/Programs/ReadScope.fs"
#load "../src/Zautograd.Core.fs/Programs/ReadControl.fs"
#load "../src/Zautograd.Core.fs/Programs/ReadDefinition.fs"
#load "../src/Zautograd.Core.fs/Programs/ReadCall.fs"
#load "../src/Zautograd.Core.fs/Programs/Reader.fs"
#load "../src/Zautograd.Core.fs/Programs/ReadProgram.fs"
#load "../src/Zautograd.Core.fs/Programs/Interpreted.fs"
#load "../src/Zautograd.Core.fs/Programs/GradientCode.fs"
#load "../src/Zautograd.Core.fs/Programs/Gradient.fs"
#load "../src/Zautograd.Core.fs/Emit/CSharp.fs"
#load "../src/Zautograd.Core.fs/Emit/Facade.fs"
#endif

// What F# Interactive prints: mathematics, tables and programs. What is shared and long has a name; beyond a page it is cut.
open Zautograd

let private page (text: string) =
    let lines = text.TrimEnd('\n').Split '\n'
    let ends = lines |> Array.scan (fun room line -> room - line.Length) 4000 |> Array.tail
    let shown = max 1 (ends |> Array.filter (fun room -> room >= 0) |> Array.length)
    let rest = if shown < lines.Length then [| $"... and {lines.Length - shown} more lines" |] else [||]
    (if lines.Length = 1 then "" else "\n") + String.concat "\n" (Array.append (Array.truncate shown lines) rest)

fsi.AddPrinter(fun (e: Expr) -> page (Write.infix e))
fsi.AddPrinter(fun (table: Trace.Table) -> page (Trace.toText table))
fsi.AddPrinter(fun (explanation: ExplainSteps.Explanation) -> page (Explain.toText explanation))
fsi.AddPrinter(fun (program: Programs.Program) -> page (Programs.Show.program program))
fsi.AddPrinter(fun (f: Programs.Function) -> page (Programs.Show.func f))
