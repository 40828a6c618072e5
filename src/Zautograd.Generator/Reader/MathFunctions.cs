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

    // those that .NET itself works out by a formula
    static readonly Dictionary<string, Func<Term, Term>> formulas = new()
    {
        ["Truncate"] = x => Terms.Choose(Terms.Less(x, Terms.Number(0.0)), Terms.Formula(Op.Ceiling, x), Terms.Formula(Op.Floor, x)),
        ["ExpM1"] = x => Terms.Formula(Op.Sub, Terms.Formula(Op.Exp, x), Terms.Number(1.0)),
        ["LogP1"] = x => Terms.Formula(Op.Log, Terms.Formula(Op.Add, x, Terms.Number(1.0))),
        ["Exp2"] = x => Terms.Formula(Op.Pow, Terms.Number(2.0), x),
        ["Exp10"] = x => Terms.Formula(Op.Pow, Terms.Number(10.0), x),
        ["IsNaN"] = x => Terms.Not(Terms.Equal(x, x)),
        ["IsPositiveInfinity"] = x => Terms.Equal(x, Terms.Number(double.PositiveInfinity)),
        ["IsNegativeInfinity"] = x => Terms.Equal(x, Terms.Number(double.NegativeInfinity)),
        ["IsInfinity"] = x =>
            Terms.Or(Terms.Equal(x, Terms.Number(double.PositiveInfinity)), Terms.Equal(x, Terms.Number(double.NegativeInfinity))),
        ["IsFinite"] = x =>
            Terms.And(Terms.Less(x, Terms.Number(double.PositiveInfinity)), Terms.Less(Terms.Number(double.NegativeInfinity), x)),
    };

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

    public static string Known => string.Join(", ", ops.Keys.Concat(formulas.Keys).OrderBy(name => name, StringComparer.Ordinal));

    public static bool IsHome(INamedTypeSymbol type) =>
        type is { Name: "Math" or "MathF", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } }
        || type.SpecialType is SpecialType.System_Double or SpecialType.System_Int32 or SpecialType.System_Single
        || IsOwn(type);

    static bool IsOwn(INamedTypeSymbol type) =>
        type is { Name: "Functions", ContainingNamespace: { Name: "Zautograd", ContainingNamespace.IsGlobalNamespace: true } };

    /// <summary>What a call gives; nothing for a function that is not in the table. Arguments that are read twice are words.</summary>
    public static Scalar? Call(IMethodSymbol method, Scalar[] arguments, Func<Term> absent)
    {
        var terms = arguments.Select(argument => argument.Term).ToArray();
        if (arguments.Length > 0 && arguments.All(argument => argument.Kind.IsInt))
            return Ints(method.Name, terms) is { } whole ? new Scalar(whole, Kind.Int) : null;
        if (!arguments.All(argument => argument.Kind.IsReal))
            return null;
        if (IsOwn(method.ContainingType))
            return own.TryGetValue(method.Name, out var op) && Arity(op) == terms.Length
                ? new Scalar(Terms.Formula(op, terms), Kind.Real)
                : null;
        if (terms.Length == 1 && formulas.TryGetValue(method.Name, out var formula))
        {
            var value = formula(terms[0]);
            return new Scalar(value, method.ReturnType.SpecialType == SpecialType.System_Boolean ? Kind.Bool : Kind.Real);
        }
        if (method.Name == "Log" && terms.Length == 2)
            return new Scalar(Logarithm(terms[0], terms[1], absent), Kind.Real);
        return ops.TryGetValue(method.Name, out var found) && Arity(found) == terms.Length
            ? new Scalar(Terms.Formula(found, terms), Kind.Real)
            : null;
    }

    static int Arity(Op op) => Rules.rule(op).Arity;

    // as Math.Log(a, base) says of its edges
    static Term Logarithm(Term a, Term b, Func<Term> absent)
    {
        var (one, zero, infinite) = (Terms.Number(1.0), Terms.Number(0.0), Terms.Number(double.PositiveInfinity));
        var quotient = Terms.Formula(Op.Div, Terms.Formula(Op.Log, a), Terms.Formula(Op.Log, b));
        if (b is Term.Number { Item: > 0.0 and not 1.0 and < double.PositiveInfinity })
            return quotient;
        var edge = Terms.And(Terms.Not(Terms.Equal(a, one)), Terms.Or(Terms.Equal(b, zero), Terms.Equal(b, infinite)));
        return Terms.Choose(Terms.Or(Terms.Equal(b, one), edge), absent(), quotient);
    }

    static Term? Ints(string name, Term[] a) =>
        (name, a) switch
        {
            ("Max", [var p, var q]) => Terms.Choose(Terms.Less(p, q), q, p),
            ("Min", [var p, var q]) => Terms.Choose(Terms.Less(q, p), q, p),
            ("Abs", [var p]) => Terms.Choose(Terms.Less(p, Terms.Zero), Terms.Minus(Terms.Zero, p), p),
            ("Sign", [var p]) => Terms.Choose(
                Terms.Less(p, Terms.Zero),
                Terms.Whole(-1),
                Terms.Choose(Terms.Equal(p, Terms.Zero), Terms.Zero, Terms.One)
            ),
            _ => null,
        };
}
