// THE TABLE of .NET's functions that the core has no operation for: they are called as they are, bit for bit, and their slopes stand here.
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Zautograd.Programs;

namespace Zautograd.Generator.Reader;

using Kind = Zautograd.Programs.Type;
using Term = Zautograd.Programs.Term;

/// <summary>A function of the table: its slopes are terms of its arguments and its value, one for each double or float.</summary>
internal sealed record CalledFunction(
    IMethodSymbol Method,
    ImmutableArray<Kind> Kinds,
    ImmutableArray<bool> IsFollowed,
    string Pattern,
    Func<Term[], Term, Term[]> Slopes
) : Rule(Method, Kinds, IsFollowed)
{
    public override string Call => Pattern;

    public override string Key => Pattern;
}

internal static class CalledFunctions
{
    static readonly Term zero = Terms.Number(0.0);
    static readonly Term one = Terms.Number(1.0);

    static readonly Dictionary<string, Func<Term[], Term, Term[]>> slopes = new()
    {
        ["BitDecrement"] = (_, _) => [one],
        ["BitIncrement"] = (_, _) => [one],
        // slope 0 at 0
        ["CopySign"] = (a, y) => [If(Terms.Equal(a[0], zero), zero, If(Terms.Equal(a[0], y), one, Terms.Number(-1.0))), zero],
        ["CosPi"] = (a, _) => [Mul(Terms.Number(-Math.PI), Of(Op.Sin, Turn(a[0])))],
        ["FusedMultiplyAdd"] = (a, _) => [a[1], a[0], one],
        ["IEEERemainder"] = (a, y) => Remainder(a, y),
        ["ILogB"] = (_, _) => [zero],
        ["Ieee754Remainder"] = (a, y) => Remainder(a, y),
        ["IsEvenInteger"] = (_, _) => [zero],
        ["IsNegative"] = (_, _) => [zero],
        ["IsNormal"] = (_, _) => [zero],
        ["IsOddInteger"] = (_, _) => [zero],
        ["IsPositive"] = (_, _) => [zero],
        ["IsSubnormal"] = (_, _) => [zero],
        ["Lerp"] = (a, _) => [Of(Op.Sub, one, a[2]), a[2], Of(Op.Sub, a[1], a[0])],
        ["MaxMagnitude"] = Picked,
        ["MaxMagnitudeNumber"] = Picked,
        ["MaxNumber"] = Picked,
        ["MinMagnitude"] = Picked,
        ["MinMagnitudeNumber"] = Picked,
        ["MinNumber"] = Picked,
        // slope +infinity at 0, which times 0 counts as 0
        ["RootN"] = (a, y) => [Of(Op.Div, one, Mul(Terms.ToReal(a[1]), Of(Op.Pow, y, Terms.ToReal(Terms.Minus(a[1], Terms.One)))))],
        ["Round"] = (_, _) => [zero],
        ["ScaleB"] = (a, _) => [Of(Op.Pow, Terms.Number(2.0), Terms.ToReal(a[1]))],
        ["SinPi"] = (a, _) => [Mul(Terms.Number(Math.PI), Of(Op.Cos, Turn(a[0])))],
        ["TanPi"] = (_, y) => [Mul(Terms.Number(Math.PI), Of(Op.Add, one, Mul(y, y)))],
    };

    public static IEnumerable<string> Names => slopes.Keys;

    static Term Of(Op op, params Term[] arguments) => Terms.Formula(op, arguments);

    static Term Mul(Term a, Term b) => Of(Op.Mul, a, b);

    static Term If(Term condition, Term a, Term b) => Terms.Choose(condition, a, b);

    // a whole turn more or less is none, and leaves an angle that is exact
    static Term Turn(Term a) => Mul(Terms.Number(Math.PI), Of(Op.Rem, a, Terms.Number(2.0)));

    static Term[] Remainder(Term[] a, Term y) => [one, Of(Op.Round, Of(Op.Div, Of(Op.Sub, y, a[0]), a[1]))];

    // 1/2 each where both are the same
    static Term[] Picked(Term[] a, Term y)
    {
        Term of(Term own) => If(Terms.Equal(a[0], a[1]), Terms.Number(0.5), If(Terms.Equal(y, own), one, zero));
        return [of(a[0]), of(a[1])];
    }

    /// <summary>The function that a method is, of numbers that have these types; nothing where it stands in no row.</summary>
    public static CalledFunction? Of(IMethodSymbol method, Func<ITypeSymbol, SpecialType> number)
    {
        var types = method.Parameters.Select(parameter => number(parameter.Type)).ToArray();
        if (!slopes.TryGetValue(method.Name, out var found) || types.Length == 0 || !types.All(IsTaken))
            return null;
        var isFollowed = types.Select(type => type != SpecialType.System_Int32).ToImmutableArray();
        var isSingle = types[0] == SpecialType.System_Single;
        var home =
            method.ContainingType.TypeKind == TypeKind.Interface ? (isSingle ? "float" : "double") : Surface.Text(method.ContainingType);
        var arguments = method.Parameters.Select(
            (parameter, i) =>
                types[i] == SpecialType.System_Single ? $"(float)${(char)('a' + i)}"
                : parameter.Type.TypeKind == TypeKind.Enum ? $"({Surface.Text(parameter.Type)})${(char)('a' + i)}"
                : $"${(char)('a' + i)}"
        );
        var call = $"{home}.{method.Name}({string.Join(", ", arguments)})";
        return new(
            method,
            [.. types.Select(type => new ScalarShape(type).Kind)],
            isFollowed,
            method.ReturnType.SpecialType == SpecialType.System_Boolean ? $"{call} ? 1.0 : 0.0" : call,
            found
        );
    }

    static bool IsTaken(SpecialType type) => type is SpecialType.System_Double or SpecialType.System_Single or SpecialType.System_Int32;
}
