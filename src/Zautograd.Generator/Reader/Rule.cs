// A method that is called as it is, with slopes from elsewhere: from a rule that a user wrote, or from the table of functions.
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Zautograd.Programs;

namespace Zautograd.Generator.Reader;

using Kind = Zautograd.Programs.Type;

internal abstract record Rule(IMethodSymbol Method, ImmutableArray<Kind> Kinds, ImmutableArray<bool> IsFollowed)
{
    /// <summary>The method as generated code calls it.</summary>
    public abstract string Call { get; }

    /// <summary>What tells it from other methods.</summary>
    public abstract string Key { get; }
}
