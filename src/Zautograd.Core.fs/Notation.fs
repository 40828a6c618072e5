/// THE NOTATIONS: every language in which an expression can be written.
module Zautograd.Notation

/// <summary>C# over `double` and `Math`; it needs `using System;`, and a reference to Zautograd for erf and hypot, which .NET lacks for doubles.</summary>
/// <example><code>Print.text Notation.csharp (sin x * 2.0)   // -> Math.Sin(x) * 2.0</code></example>
let csharp: Language = CodeNotation.csharp

/// <summary>F# over `float`; it needs a reference to Zautograd.Core for erf and hypot, which .NET lacks for doubles.</summary>
/// <example><code>Print.text Notation.fsharp (sin x * 2.0)   // -> sin(x) * 2.0</code></example>
let fsharp: Language = CodeNotation.fsharp

/// <summary>C, from C99 on, with its mathematical library.</summary>
/// <example><code>Print.text Notation.c (abs x)   // -> fabs(x)</code></example>
let c: Language = CodeNotation.c

/// <summary>Python 3 with its math module; math.cbrt came with 3.11.</summary>
/// <example><code>Print.text Notation.python (tanh x / 2.0)   // -> math.tanh(x) / 2.0</code></example>
let python: Language = CodeNotation.python

/// <summary>Infix text as the core prints and reads it.</summary>
/// <example><code>Print.text Notation.infix (x * y)   // -> x*y</code></example>
let infix: Language = MathNotation.infix

/// <summary>LaTeX for mathematics mode.</summary>
/// <example><code>Print.text Notation.latex (sqrt x)   // -> \sqrt{x}</code></example>
let latex: Language = MathNotation.latex

/// <summary>MathML, every piece one element, for pages; a file of its own must name MathML's namespace on the outermost element.</summary>
/// <example><code>Print.text Notation.mathml (sqrt x)   // -> &lt;msqrt>&lt;mi>x&lt;/mi>&lt;/msqrt></code></example>
let mathml: Language = MathNotation.mathml
