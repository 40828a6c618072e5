// Generic methods over numbers: a type parameter that may be double is read as double, for no other instance is followed.
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

    static bool IsMetByDouble(ITypeSymbol constraint) =>
        constraint is INamedTypeSymbol wanted
        && constraint.ContainingAssembly?.GetTypeByMetadataName("System.Double") is { } real
        && real.AllInterfaces.Any(given =>
            SymbolEqualityComparer.Default.Equals(given.OriginalDefinition, wanted.OriginalDefinition)
            && given
                .TypeArguments.Zip(wanted.TypeArguments, (p, q) => (Given: p, Wanted: q))
                .All(pair =>
                    SymbolEqualityComparer.Default.Equals(pair.Given, pair.Wanted)
                    || pair.Given.SpecialType == SpecialType.System_Double && pair.Wanted is ITypeParameterSymbol
                )
        );

    /// <summary>Whether a method is declared by an interface of numbers: double's own is meant.</summary>
    public static bool IsMember(ISymbol member) =>
        member is { IsStatic: true, ContainingType: var home }
        && IsOfNumerics(home)
        && home.TypeArguments.Length > 0
        && IsNumber(home.TypeArguments[0]);

    /// <summary>The method as it was written, where all its type arguments are double or stand for it; nothing where one is not.</summary>
    public static IMethodSymbol? Written(IMethodSymbol method)
    {
        if (method.ContainingType is { IsGenericType: true, IsTupleType: false })
            return null;
        if (!method.IsGenericMethod)
            return method;
        var areDouble = method.TypeArguments.All(type => type.SpecialType == SpecialType.System_Double || IsNumber(type));
        return areDouble && method.TypeParameters.All(IsNumber) ? method.OriginalDefinition : null;
    }

    /// <summary>The method as its callers see it: the instance for double.</summary>
    public static IMethodSymbol Instance(IMethodSymbol method, Compilation compilation)
    {
        if (!method.IsGenericMethod)
            return method;
        ITypeSymbol real = compilation.GetSpecialType(SpecialType.System_Double);
        return method.Construct([.. method.TypeParameters.Select(_ => real)]);
    }

    /// <summary>T.One and its like; NaN is no constant.</summary>
    public static double? Constant(IPropertySymbol property) =>
        !IsMember(property)
            ? null
            : property.Name switch
            {
                "Zero" or "AdditiveIdentity" => 0.0,
                "One" or "MultiplicativeIdentity" => 1.0,
                "NegativeOne" => -1.0,
                "NegativeZero" => -0.0,
                "E" => Math.E,
                "Pi" => Math.PI,
                "Tau" => 2.0 * Math.PI,
                "Epsilon" => double.Epsilon,
                "PositiveInfinity" => double.PositiveInfinity,
                "NegativeInfinity" => double.NegativeInfinity,
                _ => null,
            };

    public static bool IsNaN(IPropertySymbol property) => property.Name == "NaN" && IsMember(property);

    /// <summary>T.CreateChecked and its like: every int is a double.</summary>
    public static bool IsCreation(IMethodSymbol method) =>
        method is { IsStatic: true, Name: "CreateChecked" or "CreateSaturating" or "CreateTruncating", Parameters.Length: 1 }
        && (method.ReturnType.SpecialType == SpecialType.System_Double || IsNumber(method.ReturnType))
        && (method.ContainingType.SpecialType == SpecialType.System_Double || IsMember(method));
}
