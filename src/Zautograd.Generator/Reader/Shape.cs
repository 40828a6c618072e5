// What a type of C# is made of, in the core's language: scalars, structs and tuples of parts, arrays and spans.
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Zautograd.Generator.Model;

namespace Zautograd.Generator.Reader;

using Kind = Zautograd.Programs.Type;

internal abstract record Shape
{
    /// <summary>How many scalars a value has; 0 where that is not known.</summary>
    public abstract int Width { get; }

    /// <summary>The kind of all its scalars, where they have the same.</summary>
    public abstract Kind? Uniform { get; }

    /// <summary>Whether it is a double, or an array of what is made of doubles.</summary>
    public bool IsOfReals => this is ScalarShape { Kind.IsReal: true } or ArrayShape { Store.IsReals: true };

    public static Shape Of(ITypeSymbol type, string name, Location location) =>
        TryOf(type) ?? throw new RefusedException(TypeRefusal.Of(type, name, location));

    public static Shape? TryOf(ITypeSymbol type) =>
        type.SpecialType switch
        {
            SpecialType.System_Double => new ScalarShape(Kind.Real),
            SpecialType.System_Int32 => new ScalarShape(Kind.Int),
            SpecialType.System_Boolean => new ScalarShape(Kind.Bool),
            SpecialType.System_Byte or SpecialType.System_SByte or SpecialType.System_Int16 or SpecialType.System_UInt16 => new ScalarShape(
                Kind.Int,
                IsNarrow: true
            ),
            _ => type switch
            {
                INamedTypeSymbol { TypeKind: TypeKind.Enum, EnumUnderlyingType.SpecialType: SpecialType.System_Int32 } => new ScalarShape(
                    Kind.Int
                ),
                IArrayTypeSymbol array => ArrayOf(array.ElementType, array.Rank, isWritable: true),
                INamedTypeSymbol span when IsSpan(span) => ArrayOf(span.TypeArguments[0], 1, span.Name == "Span"),
                INamedTypeSymbol { TypeKind: TypeKind.Struct } plain => PartsOf(plain),
                ITypeParameterSymbol when Generics.IsNumber(type) => new ScalarShape(Kind.Real),
                _ => null,
            },
        };

    public static bool IsSpan(ITypeSymbol type) =>
        type
            is INamedTypeSymbol
            {
                Name: "Span" or "ReadOnlySpan",
                TypeArguments.Length: 1,
                ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true }
            };

    static Shape? ArrayOf(ITypeSymbol element, int rank, bool isWritable) =>
        TryOf(element) switch
        {
            ArrayShape { Rank: 1, Element: ScalarShape } row when rank == 1 && element is IArrayTypeSymbol => new ArrayShape(
                row,
                1,
                isWritable
            ),
            ArrayShape or ScalarShape { IsNarrow: true } or null => null,
            { Uniform: { IsBool: false } } shape => new ArrayShape(shape, rank, isWritable),
            _ => null,
        };

    static Shape? PartsOf(INamedTypeSymbol type)
    {
        if (
            type.SpecialType != SpecialType.None
            || type.IsRefLikeType
            || type.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T
        )
            return null;
        var fields = FieldsOf(type);
        var parts = fields.Select(field => TryOf(field.Type)).ToArray();
        return
            parts.Any(part => part is null or ArrayShape or ScalarShape { IsNarrow: true })
            || !type.IsTupleType && type.DeclaringSyntaxReferences.IsEmpty
            ? null
            : new PartsShape(type, [.. fields], [.. parts!]);
    }

    /// <summary>The fields that hold the state of a struct, in the order of their memory; the elements of a tuple.</summary>
    public static IEnumerable<IFieldSymbol> FieldsOf(INamedTypeSymbol type) =>
        type.IsTupleType
            ? type.TupleElements.Select(element => element.CorrespondingTupleField ?? element)
            : type.GetMembers().OfType<IFieldSymbol>().Where(field => !field.IsStatic);
}

/// <summary>A number or bool. A byte or short is an int that no operation gives: it is a constant, an argument, or a copy of one.</summary>
internal sealed record ScalarShape(Kind Kind, bool IsNarrow = false) : Shape
{
    public override int Width => 1;

    public override Kind? Uniform => Kind;
}

internal sealed record PartsShape(INamedTypeSymbol Type, ImmutableArray<IFieldSymbol> Fields, ImmutableArray<Shape> Parts) : Shape
{
    public override int Width => Parts.Sum(part => part.Width);

    public override Kind? Uniform => Parts.Select(part => part.Uniform).Distinct().Take(2).ToArray() is [{ } kind] ? kind : null;

    /// <summary>What a part is called.</summary>
    public string Name(int index) =>
        Type.IsTupleType ? Type.TupleElements[index].Name
        : Fields[index].AssociatedSymbol is { } property ? property.Name
        : Fields[index].Name.TrimStart('<').Split('>')[0];

    public bool Equals(PartsShape? other) => other is not null && SymbolEqualityComparer.Default.Equals(Type, other.Type);

    public override int GetHashCode() => SymbolEqualityComparer.Default.GetHashCode(Type);
}

/// <summary>An array or span; an element that is an array itself makes it an array of rows.</summary>
internal sealed record ArrayShape(Shape Element, int Rank, bool IsWritable) : Shape
{
    public override int Width => 0;

    public override Kind? Uniform => null;

    public bool IsJagged => Element is ArrayShape;

    /// <summary>The kind of what is stored.</summary>
    public Kind Store => (Element is ArrayShape row ? row.Element : Element).Uniform!.IsReal ? Kind.Reals : Kind.Ints;
}
