// THE TABLE of .NET's functions: what each is in the core's language, bit for bit.
using Microsoft.CodeAnalysis;
using Zautograd.Programs;

namespace Zautograd.Generator.Reader;

using Kind = Zautograd.Programs.Type;
using Term = Zautograd.Programs.Term;

internal static class MathFunctions
{
    static readonly Dictionary<string, Op> ops = new()
    {
        ["Abs"] = Op.Abs,
        ["Acos"] = Op.Acos,
        ["Acosh"] = Op.Acosh,
        ["Asin"] = Op.Asin,
        ["Asinh"] = Op.Asinh,
        ["Atan"] = Op.Atan,
        ["Atan2"] = Op.Atan2,
        ["Atanh"] = Op.Atanh,
        ["Cbrt"] = Op.Cbrt,
        ["Ceiling"] = Op.Ceiling,
        ["Clamp"] = Op.Clamp,
        ["Cos"] = Op.Cos,
        ["Cosh"] = Op.Cosh,
        ["Exp"] = Op.Exp,
        ["Floor"] = Op.Floor,
        ["Hypot"] = Op.Hypot,
        ["Log"] = Op.Log,
        ["Log10"] = Op.Log10,
        ["Log2"] = Op.Log2,
        ["Max"] = Op.Max,
        ["Min"] = Op.Min,
        ["Pow"] = Op.Pow,
        ["Round"] = Op.Round,
        ["Sign"] = Op.Sign,
        ["Sin"] = Op.Sin,
        ["Sinh"] = Op.Sinh,
        ["Sqrt"] = Op.Sqrt,
        ["Tan"] = Op.Tan,
        ["Tanh"] = Op.Tanh,
    };

    // those that .NET itself works out by a formula, of arguments that may be read twice
    static readonly Dictionary<string, Func<Precision, Term[], Term>> formulas = new()
    {
        ["Truncate"] = (_, a) => Truncated(a[0]),
        ["ExpM1"] = (p, a) => p.Of(Op.Sub, p.Of(Op.Exp, a[0]), p.Number(1.0)),
        ["Exp2M1"] = (p, a) => p.Of(Op.Sub, p.Of(Op.Pow, p.Number(2.0), a[0]), p.Number(1.0)),
        ["Exp10M1"] = (p, a) => p.Of(Op.Sub, p.Of(Op.Pow, p.Number(10.0), a[0]), p.Number(1.0)),
        ["LogP1"] = (p, a) => p.Of(Op.Log, p.Of(Op.Add, a[0], p.Number(1.0))),
        ["Log2P1"] = (p, a) => p.Of(Op.Log2, p.Of(Op.Add, a[0], p.Number(1.0))),
        ["Log10P1"] = (p, a) => p.Of(Op.Log10, p.Of(Op.Add, a[0], p.Number(1.0))),
        ["Exp2"] = (p, a) => p.Of(Op.Pow, p.Number(2.0), a[0]),
        ["Exp10"] = (p, a) => p.Of(Op.Pow, p.Number(10.0), a[0]),
        ["AcosPi"] = (p, a) => p.Of(Op.Div, p.Of(Op.Acos, a[0]), p.Number(Math.PI)),
        ["AsinPi"] = (p, a) => p.Of(Op.Div, p.Of(Op.Asin, a[0]), p.Number(Math.PI)),
        ["AtanPi"] = (p, a) => p.Of(Op.Div, p.Of(Op.Atan, a[0]), p.Number(Math.PI)),
        ["Atan2Pi"] = (p, a) => p.Of(Op.Div, p.Of(Op.Atan2, a[0], a[1]), p.Number(Math.PI)),
        ["DegreesToRadians"] = (p, a) => p.Of(Op.Div, p.Of(Op.Mul, a[0], p.Number(Math.PI)), p.Number(180.0)),
        ["RadiansToDegrees"] = (p, a) => p.Of(Op.Div, p.Of(Op.Mul, a[0], p.Number(180.0)), p.Number(Math.PI)),
        ["IsNaN"] = (_, a) => Terms.Not(Terms.Equal(a[0], a[0])),
        ["IsPositiveInfinity"] = (_, a) => Terms.Equal(a[0], Terms.Number(double.PositiveInfinity)),
        ["IsNegativeInfinity"] = (_, a) => Terms.Equal(a[0], Terms.Number(double.NegativeInfinity)),
        ["IsInfinity"] = (_, a) =>
            Terms.Or(Terms.Equal(a[0], Terms.Number(double.PositiveInfinity)), Terms.Equal(a[0], Terms.Number(double.NegativeInfinity))),
        ["IsFinite"] = (_, a) => IsFinite(a[0]),
        ["IsRealNumber"] = (_, a) => Terms.Equal(a[0], a[0]),
        ["IsInteger"] = (_, a) => Terms.And(IsFinite(a[0]), Terms.Equal(a[0], Terms.Formula(Op.Floor, a[0]))),
    };

    static Term IsFinite(Term a) =>
        Terms.And(Terms.Less(a, Terms.Number(double.PositiveInfinity)), Terms.Less(Terms.Number(double.NegativeInfinity), a));

    static Term Truncated(Term a) =>
        Terms.Choose(Terms.Less(a, Terms.Number(0.0)), Terms.Formula(Op.Ceiling, a), Terms.Formula(Op.Floor, a));

    // of this library; its hypotenuse differs from .NET's in the last digit, and one of the two must do
    static readonly Dictionary<string, Op> own = new()
    {
        ["Cbrt"] = Op.Cbrt,
        ["Log2"] = Op.Log2,
        ["Asinh"] = Op.Asinh,
        ["Acosh"] = Op.Acosh,
        ["Atanh"] = Op.Atanh,
        ["Expm1"] = Op.Expm1,
        ["Log1p"] = Op.Log1p,
        ["Sign"] = Op.Sign,
        ["Clamp"] = Op.Clamp,
        ["Relu"] = Op.Relu,
        ["Sigmoid"] = Op.Sigmoid,
        ["Softplus"] = Op.Softplus,
        ["Erf"] = Op.Erf,
    };

    public static string Known =>
        string.Join(
            ", ",
            ops.Keys.Concat(formulas.Keys).Concat(CalledFunctions.Names).Distinct().OrderBy(name => name, StringComparer.Ordinal)
        );

    public static bool IsHome(INamedTypeSymbol type) =>
        type is { Name: "Math" or "MathF", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } }
        || type.SpecialType
            is SpecialType.System_Double
                or SpecialType.System_Single
                or SpecialType.System_Int32
                or SpecialType.System_Int64
        || IsOwn(type);

    static bool IsOwn(INamedTypeSymbol type) =>
        type is { Name: "Functions", ContainingNamespace: { Name: "Zautograd", ContainingNamespace.IsGlobalNamespace: true } };

    /// <summary>What a call gives; nothing for a function that is not in the table. Arguments that are read twice are words.</summary>
    public static Scalar? Call(IMethodSymbol method, Precision precision, Scalar[] arguments, Func<Term> absent)
    {
        var terms = arguments.Select(argument => argument.Term).ToArray();
        if (!arguments.All(argument => argument.Kind.IsReal))
            return null;
        if (IsOwn(method.ContainingType))
            return own.TryGetValue(method.Name, out var op) && Arity(op) == terms.Length
                ? new Scalar(Terms.Formula(op, terms), Kind.Real)
                : null;
        if (formulas.TryGetValue(method.Name, out var formula) && method.Parameters.Length == (method.Name == "Atan2Pi" ? 2 : 1))
            return new Scalar(
                formula(precision, terms),
                method.ReturnType.SpecialType == SpecialType.System_Boolean ? Kind.Bool : Kind.Real
            );
        if (method.Name == "Log" && terms.Length == 2)
            return new Scalar(Logarithm(precision, terms[0], terms[1], absent), Kind.Real);
        return ops.TryGetValue(method.Name, out var found) && Arity(found) == terms.Length
            ? new Scalar(precision.Of(found, terms), Kind.Real)
            : null;
    }

    /// <summary>Whether a function reads an argument more than once.</summary>
    public static bool IsFormula(IMethodSymbol method) =>
        formulas.ContainsKey(method.Name) || method.Name == "Log" && method.Parameters.Length > 1;

    /// <summary>Math.Round(x, mode), for a mode that is known.</summary>
    public static Term? Rounded(Term a, MidpointRounding mode)
    {
        switch (mode)
        {
            case MidpointRounding.ToEven:
                return Terms.Formula(Op.Round, a);
            case MidpointRounding.AwayFromZero:
                // the number below one half: a half itself is added to by what is lost
                var half = Terms.Number(0.49999999999999994);
                var up = Terms.Formula(Op.Floor, Terms.Formula(Op.Add, a, half));
                var down = Terms.Formula(Op.Ceiling, Terms.Formula(Op.Sub, a, half));
                var zero = Terms.Number(0.0);
                return Terms.Choose(Terms.Equal(a, zero), a, Terms.Choose(Terms.Less(a, zero), down, up));
            // those that netstandard2.0 has no name for: to zero, down, up
            case (MidpointRounding)2:
                return Truncated(a);
            case (MidpointRounding)3:
                return Terms.Formula(Op.Floor, a);
            case (MidpointRounding)4:
                return Terms.Formula(Op.Ceiling, a);
            default:
                return null;
        }
    }

    static int Arity(Op op) => Rules.rule(op).Arity;

    // as Math.Log(a, base) says of its edges
    static Term Logarithm(Precision precision, Term a, Term b, Func<Term> absent)
    {
        var (one, zero, infinite) = (Terms.Number(1.0), Terms.Number(0.0), Terms.Number(double.PositiveInfinity));
        var quotient = precision.Of(Op.Div, precision.Of(Op.Log, a), precision.Of(Op.Log, b));
        if (b is Term.Number { Item: > 0.0 and not 1.0 and < double.PositiveInfinity })
            return quotient;
        var edge = Terms.And(Terms.Not(Terms.Equal(a, one)), Terms.Or(Terms.Equal(b, zero), Terms.Equal(b, infinite)));
        return Terms.Choose(Terms.Or(Terms.Equal(b, one), edge), absent(), quotient);
    }
}
