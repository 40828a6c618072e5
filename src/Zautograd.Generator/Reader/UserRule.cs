// A rule that a user wrote: which method it is for, and in which of its shapes it gives the slopes; everything else is refused at the attribute.
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Zautograd.Generator.Model;

namespace Zautograd.Generator.Reader;

using Kind = Zautograd.Programs.Type;

/// <summary>A rule: it returns a slope for each parameter that is followed, or writes the gradients to parameters behind.</summary>
internal sealed record UserRule(IMethodSymbol Method, IMethodSymbol Slopes, ImmutableArray<bool> IsFollowed)
    : Rule(Method, [.. Method.Parameters.Select(parameter => KindOf(parameter.Type))], IsFollowed)
{
    public override string Call => Text(Method);

    public override string Key => Method.ToDisplayString();

    static Kind KindOf(ITypeSymbol type) =>
        Shape.TryOf(type) switch
        {
            ArrayShape array => array.Store,
            var shape => ((ScalarShape)shape!).Kind,
        };

    /// <summary>Whether the slopes are written, not returned.</summary>
    public bool IsGradient => Slopes.Parameters.Length > Method.Parameters.Length;

    /// <summary>The method as generated code calls it.</summary>
    public static string Text(IMethodSymbol method) => $"{Surface.Text(method.ContainingType)}.{Surface.Escaped(method.Name)}";

    public static UserRule Of(IMethodSymbol slopes, AttributeData mark, Compilation compilation, CancellationToken cancel)
    {
        var at = mark.ApplicationSyntaxReference!.GetSyntax(cancel).GetLocation();
        RefusedException refuse(Refusal refusal, params string[] arguments) => new(Finding.At(at, refusal, arguments));

        var name = mark.ConstructorArguments.LastOrDefault().Value as string ?? "";
        var home = mark.ConstructorArguments is [{ Value: INamedTypeSymbol other }, _] ? other : slopes.ContainingType;
        var method = home.GetMembers(name)
            .OfType<IMethodSymbol>()
            .Where(found => found.IsStatic && found.MethodKind == MethodKind.Ordinary)
            .Where(found => !SymbolEqualityComparer.Default.Equals(found, slopes) && Takes(slopes, found))
            .OrderByDescending(found => found.Parameters.Length)
            .FirstOrDefault();
        if (method is null)
            throw refuse(Refusals.RuleForNothing, home.ToDisplayString(), name);
        if (method.ReturnType.SpecialType != SpecialType.System_Double || method.IsGenericMethod || method.ContainingType.IsGenericType)
            throw refuse(Refusals.RuleResult, name);
        foreach (var parameter in method.Parameters)
            if (!IsNumbers(parameter.Type))
                throw refuse(Refusals.RuleParameter, parameter.Name, parameter.Type.ToDisplayString());
        if (!compilation.IsSymbolAccessibleWithin(method, compilation.Assembly))
            throw refuse(Refusals.RuleUnreachable, name);

        var rule = new UserRule(
            method,
            slopes,
            [
                .. method.Parameters.Select(
                    (parameter, i) => Shape.TryOf(parameter.Type)!.IsOfReals && !EntryReader.IsConstant(slopes.Parameters[i])
                ),
            ]
        );
        return slopes is { IsStatic: true, IsGenericMethod: false, IsAsync: false, MethodKind: MethodKind.Ordinary } && rule.Fits()
            ? rule
            : throw refuse(Refusals.RuleShape, slopes.Name, name, rule.Wanted());
    }

    /// <summary>Whether the first parameters of one method are those of another.</summary>
    static bool Takes(IMethodSymbol slopes, IMethodSymbol method) =>
        slopes.Parameters.Length >= method.Parameters.Length
        && method
            .Parameters.Zip(slopes.Parameters, (p, q) => (Wanted: p, Given: q))
            .All(pair =>
                pair is { Wanted.RefKind: RefKind.None, Given.RefKind: RefKind.None }
                && SymbolEqualityComparer.Default.Equals(pair.Wanted.Type, pair.Given.Type)
            );

    static bool IsNumbers(ITypeSymbol type) =>
        type.SpecialType is SpecialType.System_Double or SpecialType.System_Int32 or SpecialType.System_Boolean
        || Shape.IsSpan(type)
            && type is INamedTypeSymbol { Name: "ReadOnlySpan" } span
            && span.TypeArguments[0].SpecialType is SpecialType.System_Double or SpecialType.System_Int32;

    IParameterSymbol[] Followed => [.. Method.Parameters.Where((_, i) => IsFollowed[i])];

    bool Fits()
    {
        var followed = Followed;
        var behind = Slopes.Parameters.Skip(Method.Parameters.Length).ToArray();
        var result = Slopes.ReturnType;
        if (followed.Length == 0)
            return false;
        if (behind.Length == 0)
            return followed.All(parameter => !Shape.IsSpan(parameter.Type))
                && (
                    followed.Length == 1
                        ? result.SpecialType == SpecialType.System_Double
                        : result is INamedTypeSymbol { IsTupleType: true } tuple
                            && tuple.TupleElements.Length == followed.Length
                            && tuple.TupleElements.All(element => element.Type.SpecialType == SpecialType.System_Double)
                );
        return (Slopes.ReturnsVoid || result.SpecialType == SpecialType.System_Double)
            && behind.Length == followed.Length
            && followed
                .Zip(behind, (parameter, gradient) => (parameter, gradient))
                .All(pair =>
                    Shape.IsSpan(pair.parameter.Type)
                        ? pair.gradient is { RefKind: RefKind.None, Type.Name: "Span" }
                            && Shape.TryOf(pair.gradient.Type) is { IsOfReals: true }
                        : pair.gradient is { RefKind: RefKind.Out, Type.SpecialType: SpecialType.System_Double }
                );
    }

    /// <summary>The rule as it should have been declared.</summary>
    string Wanted()
    {
        var followed = Followed;
        var given = Method.Parameters.Select(parameter => $"{Surface.Text(parameter.Type)} {parameter.Name}");
        if (followed.All(parameter => !Shape.IsSpan(parameter.Type)))
        {
            var result = followed.Length == 1 ? "double" : $"({string.Join(", ", followed.Select(_ => "double"))})";
            return $"static {result} {Slopes.Name}({string.Join(", ", given)})";
        }
        var behind = followed.Select(parameter =>
            (Shape.IsSpan(parameter.Type) ? "Span<double> " : "out double ") + parameter.Name + "Gradient"
        );
        return $"static void {Slopes.Name}({string.Join(", ", given.Concat(behind))})";
    }
}
