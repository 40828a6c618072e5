// What the type parameters of generic methods stand for while an instance of theirs is read: double or float.
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace Zautograd.Generator.Reader;

internal sealed class Instance
{
    /// <summary>Outside of generic methods.</summary>
    public static readonly Instance None = new([]);

    readonly ImmutableArray<(ISymbol Parameter, SpecialType Number)> numbers;

    Instance(ImmutableArray<(ISymbol, SpecialType)> numbers) => this.numbers = numbers;

    /// <summary>The instance of a method for these numbers; nothing where it has none.</summary>
    public static Instance? Of(IMethodSymbol method, params SpecialType[] types)
    {
        if (!method.TypeParameters.Zip(types, Generics.IsMetBy).All(isMet => isMet))
            return null;
        // of a partial method, the part with the body has type parameters of its own
        var parts = new[] { method, method.PartialImplementationPart }.OfType<IMethodSymbol>();
        return new([.. parts.SelectMany(part => part.TypeParameters.Zip(types, (parameter, type) => ((ISymbol)parameter, type)))]);
    }

    /// <summary>What a type parameter stands for.</summary>
    public SpecialType? this[ITypeSymbol type]
    {
        get
        {
            foreach (var (parameter, number) in numbers)
                if (SymbolEqualityComparer.Default.Equals(parameter, type))
                    return number;
            return null;
        }
    }

    /// <summary>Inside of a method, what another one says first.</summary>
    public Instance With(Instance inner) =>
        inner.numbers.IsEmpty ? this
        : numbers.IsEmpty ? inner
        : new([.. inner.numbers, .. numbers.Where(pair => inner[(ITypeSymbol)pair.Parameter] is null)]);

    /// <summary>What tells it from other instances.</summary>
    public string Key => string.Concat(numbers.Select(pair => pair.Number == SpecialType.System_Single ? "f" : "d"));
}
