// ZAG0022: long and the small whole numbers become int.
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;

namespace Zautograd.CodeFixes;

/// <summary>Writes int for the other whole numbers.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class IntFix()
    : TypeFix(
        "Use int",
        "ZAG0022",
        SyntaxKind.IntKeyword,
        SyntaxKind.LongKeyword,
        SyntaxKind.ULongKeyword,
        SyntaxKind.UIntKeyword,
        SyntaxKind.ShortKeyword,
        SyntaxKind.UShortKeyword,
        SyntaxKind.ByteKeyword,
        SyntaxKind.SByteKeyword
    );
