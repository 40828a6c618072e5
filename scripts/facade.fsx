// Writes the part of the C# facade that is one row per operation, from the rule table.
#load "load.fsx"

open System.IO

let target = Path.Combine(__SOURCE_DIRECTORY__, "..", "src", "Zautograd.CSharp", "Facade.g.cs")

File.WriteAllText(target, Zautograd.Emit.Facade.text.Value)
printfn "written: %s" (Path.GetFullPath target)
