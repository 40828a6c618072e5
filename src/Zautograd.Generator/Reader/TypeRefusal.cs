// Which row of the table speaks of a type that no variable can have.
using Microsoft.CodeAnalysis;
using Zautograd.Generator.Model;

namespace Zautograd.Generator.Reader;

internal static class TypeRefusal
{
    public static Finding Of(ITypeSymbol type, string name, Location location)
    {
        var text = type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat);
        return Finding.At(location, Row(type), name, Detail(type) ?? text);
    }

    static Refusal Row(ITypeSymbol type) =>
        type.SpecialType switch
        {
            SpecialType.System_Decimal => Refusals.DecimalType,
            SpecialType.System_String or SpecialType.System_Char => Refusals.TextType,
            SpecialType.System_Int64
            or SpecialType.System_UInt64
            or SpecialType.System_UInt32
            or SpecialType.System_Int16
            or SpecialType.System_UInt16
            or SpecialType.System_Byte
            or SpecialType.System_SByte
            or SpecialType.System_IntPtr
            or SpecialType.System_UIntPtr => Refusals.LongType,
            _ => type switch
            {
                { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } => Refusals.NullableType,
                IArrayTypeSymbol { ElementType: IArrayTypeSymbol } => Refusals.JaggedType,
                IArrayTypeSymbol array => Row(array.ElementType),
                INamedTypeSymbol span when Shape.IsSpan(span) => Row(span.TypeArguments[0]),
                INamedTypeSymbol { Name: "Half", ContainingNamespace.Name: "System" } => Refusals.HalfType,
                { TypeKind: TypeKind.Dynamic } => Refusals.DynamicType,
                { TypeKind: TypeKind.Pointer or TypeKind.FunctionPointer } => Refusals.PointerType,
                INamedTypeSymbol { Name: "List" or "IList" or "IReadOnlyList" or "ImmutableArray", TypeArguments.Length: 1 } =>
                    Refusals.ListType,
                { TypeKind: TypeKind.Interface } => Refusals.InterfaceType,
                { TypeKind: TypeKind.Delegate } => Refusals.DelegateCall,
                { TypeKind: TypeKind.Class } => Refusals.ClassType,
                { TypeKind: TypeKind.Struct } when BadField(type) is not null => Refusals.MutableStruct,
                _ => Refusals.Type,
            },
        };

    static string? Detail(ITypeSymbol type) => type is { TypeKind: TypeKind.Struct, SpecialType: SpecialType.None } ? BadField(type) : null;

    static string? BadField(ITypeSymbol type) =>
        type is INamedTypeSymbol { IsTupleType: false, DeclaringSyntaxReferences.Length: > 0 } plain
            ? Shape.FieldsOf(plain).FirstOrDefault(field => Shape.TryOf(field.Type) is null or ArrayShape)?.Name
            : null;
}
