/// C# as the facade's generator needs it: the notation of generic math, and assignments in the order in which they are needed.
module Zautograd.Emit.CSharp

open Zautograd

/// The name of an operation among .NET's mathematical functions.
let functionName = CodeNotation.dotnetName

/// Over `double` and `Math`.
let doubles = CodeNotation.csharp

/// Over any type T of generic math.
let generic = CodeNotation.csharpGeneric

/// Over lanes.
let lanes = CodeNotation.csharpLanes

/// Assignments, in order, that compute named expressions; a local stands before the first that needs it.
let assignments = Write.assignments
