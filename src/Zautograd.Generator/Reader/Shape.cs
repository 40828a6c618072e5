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

    /// <summary>The type of all its scalars, where they have the same; else none.</summary>
    public abstract SpecialType Uniform { get; }

    /// <summary>Whether it is a double, or an array of what is made of doubles.</summary>
    public bool IsOfReals =>
        this is ScalarShape { Type: SpecialType.System_Double } or ArrayShape { Element.Uniform: SpecialType.System_Double };

    public static Shape Of(ITypeSymbol type, string name, Location location, Instance? instance = null) =>
        TryOf(type, instance) ?? throw new RefusedException(TypeRefusal.Of(type, name, location));

    public static Shape? TryOf(ITypeSymbol type, Instance? instance = null) =>
        type.SpecialType switch
        {
            SpecialType.System_Double
            or SpecialType.System_Single
            or SpecialType.System_Boolean
            or SpecialType.System_Int32
            or SpecialType.System_Byte
            or SpecialType.System_SByte
            or SpecialType.System_Int16
            or SpecialType.System_UInt16
            or SpecialType.System_Int64
            or SpecialType.System_UInt32
            or SpecialType.System_UInt64 => new ScalarShape(type.SpecialType),
            _ => type switch
            {
                INamedTypeSymbol { TypeKind: TypeKind.Enum, EnumUnderlyingType: { } own } => new ScalarShape(own.SpecialType, IsEnum: true),
                IArrayTypeSymbol array => ArrayOf(array.ElementType, array.Rank, isWritable: true, instance),
                INamedTypeSymbol span when IsSpan(span) => ArrayOf(span.TypeArguments[0], 1, span.Name == "Span", instance),
                INamedTypeSymbol { TypeKind: TypeKind.Struct } plain => PartsOf(plain, instance),
                ITypeParameterSymbol when instance?[type] is { } number => new ScalarShape(number),
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

    static Shape? ArrayOf(ITypeSymbol element, int rank, bool isWritable, Instance? instance) =>
        TryOf(element, instance) switch
        {
            ArrayShape { Rank: 1, Element: ScalarShape } row when rank == 1 && element is IArrayTypeSymbol => new ArrayShape(
                row,
                1,
                isWritable
            ),
            ArrayShape or null => null,
            { Uniform: SpecialType.System_Double or SpecialType.System_Single or SpecialType.System_Int32 } shape => new ArrayShape(
                shape,
                rank,
                isWritable
            ),
            _ => null,
        };

    static Shape? PartsOf(INamedTypeSymbol type, Instance? instance)
    {
        if (
            type.SpecialType != SpecialType.None
            || type.IsRefLikeType
            || type.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T
        )
            return null;
        var fields = FieldsOf(type);
        var parts = fields.Select(field => TryOf(field.Type, instance)).ToArray();
        return parts.Any(part => part is null or ArrayShape) || !type.IsTupleType && type.DeclaringSyntaxReferences.IsEmpty
            ? null
            : new PartsShape(type, [.. fields], [.. parts!]);
    }

    /// <summary>The fields that hold the state of a struct, in the order of their memory; the elements of a tuple.</summary>
    public static IEnumerable<IFieldSymbol> FieldsOf(INamedTypeSymbol type) =>
        type.IsTupleType
            ? type.TupleElements.Select(element => element.CorrespondingTupleField ?? element)
            : type.GetMembers().OfType<IFieldSymbol>().Where(field => !field.IsStatic);
}

/// <summary>A number or bool, by its type in C#.</summary>
internal sealed record ScalarShape(SpecialType Type, bool IsEnum = false) : Shape
{
    /// <summary>The shape of what the core has of a kind.</summary>
    public static ScalarShape Of(Kind kind) =>
        new(
            kind.IsReal ? SpecialType.System_Double
            : kind.IsInt ? SpecialType.System_Int32
            : kind.IsLong ? SpecialType.System_Int64
            : SpecialType.System_Boolean
        );

    public override int Width => 1;

    public override SpecialType Uniform => Type;

    public Kind Kind =>
        Type switch
        {
            SpecialType.System_Double or SpecialType.System_Single => Kind.Real,
            SpecialType.System_Boolean => Kind.Bool,
            SpecialType.System_Int64 or SpecialType.System_UInt32 or SpecialType.System_UInt64 => Kind.Long,
            _ => Kind.Int,
        };
}

internal sealed record PartsShape(INamedTypeSymbol Type, ImmutableArray<IFieldSymbol> Fields, ImmutableArray<Shape> Parts) : Shape
{
    public override int Width => Parts.Sum(part => part.Width);

    public override SpecialType Uniform =>
        Parts.Select(part => part.Uniform).Distinct().Take(2).ToArray() is [var type] ? type : SpecialType.None;

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

    public override SpecialType Uniform => SpecialType.None;

    public bool IsJagged => Element is ArrayShape;

    /// <summary>The kind of what is stored.</summary>
    public Kind Store => (Element is ArrayShape row ? row.Element : Element).Uniform == SpecialType.System_Int32 ? Kind.Ints : Kind.Reals;
}
