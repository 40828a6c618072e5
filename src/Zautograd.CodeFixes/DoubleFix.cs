// ZAG0021: float becomes double.
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;

namespace Zautograd.CodeFixes;

/// <summary>Writes double for float.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class DoubleFix() : TypeFix("Use double", "ZAG0021", SyntaxKind.DoubleKeyword, SyntaxKind.FloatKeyword);
