// Writes the part of the C# facade that is one row per operation, from the rule table.
#load "load.fsx"

open System.IO
open Zautograd.Emit

let folder = Path.GetFullPath(Path.Combine(__SOURCE_DIRECTORY__, "..", "src", "Zautograd.CSharp"))

let write (file: string) (text: string) =
    let target = Path.Combine(folder, file)
    File.WriteAllText(target, text)
    printfn "written: %s" target

write "Facade.g.cs" Facade.text.Value
write "Derivatives/Active.g.cs" (Facade.composedText [ for part in Facade.composedParts -> File.ReadAllText(Path.Combine(folder, part)) ])
