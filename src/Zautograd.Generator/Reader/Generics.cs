// Generic methods over numbers: a type parameter is read as double or as float, whose members are those of the interfaces of numbers.
using Microsoft.CodeAnalysis;
using Zautograd.Programs;

namespace Zautograd.Generator.Reader;

internal static class Generics
{
    /// <summary>Whether a type is the type parameter of a method, constrained to a number as double is one.</summary>
    public static bool IsNumber(ITypeSymbol type) =>
        type is ITypeParameterSymbol { TypeParameterKind: TypeParameterKind.Method, HasReferenceTypeConstraint: false } parameter
        && parameter.ConstraintTypes.Any(IsOfNumerics)
        && parameter.ConstraintTypes.All(IsMetByDouble);

    static bool IsOfNumerics(ITypeSymbol type) =>
        type
            is INamedTypeSymbol
            {
                TypeKind: TypeKind.Interface,
                ContainingNamespace:
                { Name: "Numerics", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } }
            };

    static bool IsMetByDouble(ITypeSymbol constraint) => IsMetBy(constraint, "System.Double");

    static bool IsMetBy(ITypeSymbol constraint, string number) =>
        constraint is INamedTypeSymbol wanted
        && constraint.ContainingAssembly?.GetTypeByMetadataName(number) is { } real
        && real.AllInterfaces.Any(given =>
            SymbolEqualityComparer.Default.Equals(given.OriginalDefinition, wanted.OriginalDefinition)
            && given
                .TypeArguments.Zip(wanted.TypeArguments, (p, q) => (Given: p, Wanted: q))
                .All(pair =>
                    SymbolEqualityComparer.Default.Equals(pair.Given, pair.Wanted)
                    || SymbolEqualityComparer.Default.Equals(pair.Given, real) && pair.Wanted is ITypeParameterSymbol
                )
        );

    /// <summary>Whether a type parameter may be double, or float.</summary>
    public static bool IsMetBy(ITypeParameterSymbol parameter, SpecialType number) =>
        IsNumber(parameter)
        && number switch
        {
            SpecialType.System_Double => true,
            SpecialType.System_Single => parameter.ConstraintTypes.All(constraint => IsMetBy(constraint, "System.Single")),
            _ => false,
        };

    /// <summary>Whether a method is declared by an interface of numbers: double's own is meant.</summary>
    public static bool IsMember(ISymbol member) =>
        member is { IsStatic: true, ContainingType: var home }
        && IsOfNumerics(home)
        && home.TypeArguments.Length > 0
        && IsNumber(home.TypeArguments[0]);

    /// <summary>The method as it was written, and the instance that is called; nothing where that is not one of doubles and floats.</summary>
    public static (IMethodSymbol Method, Instance Instance)? Written(IMethodSymbol method, Instance around)
    {
        if (method.ContainingType is { IsGenericType: true, IsTupleType: false })
            return null;
        if (!method.IsGenericMethod)
            return (method, Instance.None);
        var numbers = method.TypeArguments.Select(type => around[type] ?? type.SpecialType);
        return Instance.Of(method.OriginalDefinition, [.. numbers]) is { } instance ? (method.OriginalDefinition, instance) : null;
    }

    /// <summary>The method as its callers see it: the instance for a number.</summary>
    public static IMethodSymbol Shown(IMethodSymbol method, SpecialType number, Compilation compilation)
    {
        if (!method.IsGenericMethod)
            return method;
        ITypeSymbol real = compilation.GetSpecialType(number);
        return method.Construct([.. method.TypeParameters.Select(_ => real)]);
    }

    /// <summary>T.One and its like; NaN is no constant.</summary>
    public static double? Constant(IPropertySymbol property, bool isSingle) =>
        !IsMember(property)
            ? null
            : property.Name switch
            {
                "Zero" or "AdditiveIdentity" => 0.0,
                "One" or "MultiplicativeIdentity" => 1.0,
                "NegativeOne" => -1.0,
                "NegativeZero" => -0.0,
                "E" => isSingle ? (float)Math.E : Math.E,
                "Pi" => isSingle ? (float)Math.PI : Math.PI,
                "Tau" => isSingle ? (float)(2.0 * Math.PI) : 2.0 * Math.PI,
                "Epsilon" => isSingle ? float.Epsilon : double.Epsilon,
                "MaxValue" => isSingle ? float.MaxValue : double.MaxValue,
                "MinValue" => isSingle ? float.MinValue : double.MinValue,
                "PositiveInfinity" => double.PositiveInfinity,
                "NegativeInfinity" => double.NegativeInfinity,
                _ => null,
            };

    public static bool IsNaN(IPropertySymbol property) => property.Name == "NaN" && IsMember(property);

    /// <summary>T.CreateChecked and its like: every int is a double, and is rounded to a float.</summary>
    public static bool IsCreation(IMethodSymbol method) =>
        method is { IsStatic: true, Name: "CreateChecked" or "CreateSaturating" or "CreateTruncating", Parameters.Length: 1 }
        && (IsReal(method.ContainingType) || IsMember(method) && IsNumber(method.ReturnType));

    static bool IsReal(ITypeSymbol type) => type.SpecialType is SpecialType.System_Double or SpecialType.System_Single;
}
