// Where the generated methods go: beside the user's, in the same partial class.
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Zautograd.Generator.Model;

namespace Zautograd.Generator.Reader;

internal static class Placement
{
    static RefusedException Refuse(Location location, Refusal refusal, params string[] arguments) =>
        new(Finding.At(location, refusal, arguments));

    public static void Require(IMethodSymbol method, SyntaxNode node, Location name, Compilation compilation)
    {
        if (method.MethodKind == MethodKind.LocalFunction)
            throw Refuse(name, Refusals.LocalFunctionAsked, method.Name);
        if (!method.IsStatic)
            throw Refuse(name, Refusals.NotStatic, method.Name);
        if (method.IsAsync)
            throw Refuse(name, Refusals.Async, method.Name);
        if (!method.TypeParameters.All(Generics.IsNumber))
            throw Refuse(name, Refusals.GenericCall, method.Name);
        foreach (var type in node.Ancestors().OfType<TypeDeclarationSyntax>())
        {
            if (!type.Modifiers.Any(SyntaxKind.PartialKeyword))
                throw Refuse(type.Identifier.GetLocation(), Refusals.NotPartial, type.Identifier.Text);
            if (type.Modifiers.Any(SyntaxKind.FileKeyword))
                throw Refuse(type.Identifier.GetLocation(), Refusals.FileLocal, type.Identifier.Text);
            if (type.TypeParameterList is not null)
                throw Refuse(type.Identifier.GetLocation(), Refusals.NestedInGeneric, method.Name);
        }
        foreach (var suffix in new[] { "Gradient", "Tangent", "Adjoint", "HessianVector" })
            if (method.ContainingType.GetMembers(method.Name + suffix).FirstOrDefault(member => !member.IsImplicitlyDeclared) is { } taken)
                throw Refuse(taken.Locations[0], Refusals.NameTaken, taken.Name);
        if (method.IsGenericMethod && Overloads(method).Any(other => IsSame(other, method, SpecialType.System_Double, compilation)))
            throw Refuse(name, Refusals.NameTaken, method.Name);
    }

    static IEnumerable<IMethodSymbol> Overloads(IMethodSymbol method) =>
        method
            .ContainingType.GetMembers(method.Name)
            .OfType<IMethodSymbol>()
            .Where(other => !SymbolEqualityComparer.Default.Equals(other, method) && EntryReader.MarkOf(other) is not null);

    /// <summary>Whether two methods have the same parameters.</summary>
    static bool IsSame(IMethodSymbol one, IMethodSymbol other) =>
        one
            .Parameters.Select(parameter => parameter.Type)
            .SequenceEqual(other.Parameters.Select(parameter => parameter.Type), SymbolEqualityComparer.Default);

    static bool IsSame(IMethodSymbol one, IMethodSymbol other, SpecialType number, Compilation compilation) =>
        IsSame(Generics.Shown(one, number, compilation), Generics.Shown(other, number, compilation));

    /// <summary>
    /// The numbers that a method has derivatives for: a generic one as well for float, unless it takes the same then, or another one that is
    /// marked does.
    /// </summary>
    public static IEnumerable<SpecialType> Instances(IMethodSymbol method, Compilation compilation)
    {
        yield return SpecialType.System_Double;
        var floats = SpecialType.System_Single;
        if (
            method.IsGenericMethod
            && Instance.Of(method, [.. method.TypeParameters.Select(_ => floats)]) is not null
            && !IsSame(Generics.Shown(method, floats, compilation), Generics.Shown(method, SpecialType.System_Double, compilation))
            && !Overloads(method).Any(other => IsSame(other, method, floats, compilation))
        )
            yield return floats;
    }

    /// <summary>The types around the method, outermost first, as they are declared again.</summary>
    public static IEnumerable<string> Types(IMethodSymbol method)
    {
        var types = new List<string>();
        for (var type = method.ContainingType; type is not null; type = type.ContainingType)
        {
            var keyword = (type.IsRecord, type.TypeKind) switch
            {
                (true, TypeKind.Struct) => "record struct",
                (true, _) => "record",
                (_, TypeKind.Struct) => "struct",
                (_, TypeKind.Interface) => "interface",
                _ => "class",
            };
            types.Insert(0, $"partial {keyword} {type.Name}");
        }
        return types;
    }

    /// <summary>The name of the file: that of the method, and what tells it from its overloads.</summary>
    public static string Hint(IMethodSymbol method, SpecialType of)
    {
        var home = method.ContainingType.ToDisplayString(SymbolDisplayFormat.CSharpErrorMessageFormat);
        var same = method.ContainingType.GetMembers(method.Name).OfType<IMethodSymbol>().ToList();
        var number = same.Count > 1 ? (same.FindIndex(other => SymbolEqualityComparer.Default.Equals(other, method)) + 1).ToString() : "";
        var instance = of == SpecialType.System_Single ? ".Float" : "";
        return $"{home}.{method.Name}{number}{instance}.g.cs";
    }
}
