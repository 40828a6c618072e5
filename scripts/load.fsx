// Loads the core from its sources, in their compile order, so that a script runs on a fresh clone without a build.
// A test keeps this list and the version equal to the project's and to paket.dependencies.
#r "nuget: MathNet.Numerics, 5.0.0"
#load "../src/Zautograd.Core.fs/Expr.fs"
#load "../src/Zautograd.Core.fs/Rules.fs"
#load "../src/Zautograd.Core.fs/Number.fs"
#load "../src/Zautograd.Core.fs/Forward.fs"
#load "../src/Zautograd.Core.fs/Reverse.fs"
#load "../src/Zautograd.Core.fs/Intern.fs"
#load "../src/Zautograd.Core.fs/Algebra.fs"
#load "../src/Zautograd.Core.fs/Simplify.fs"
#load "../src/Zautograd.Core.fs/Differentiate.fs"
#load "../src/Zautograd.Core.fs/Emit/CSharp.fs"
#load "../src/Zautograd.Core.fs/Emit/Facade.fs"
