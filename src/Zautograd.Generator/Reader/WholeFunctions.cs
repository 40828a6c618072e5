// Math's functions of ints and longs.
using Zautograd.Programs;

namespace Zautograd.Generator.Reader;

using Kind = Zautograd.Programs.Type;
using Term = Zautograd.Programs.Term;

internal static class WholeFunctions
{
    /// <summary>What a call gives, of arguments that are words and of one kind; nothing for a function that is not known.</summary>
    public static Scalar? Call(string name, Scalar[] arguments)
    {
        var kind = arguments[0].Kind;
        var a = arguments.Select(argument => argument.Term).ToArray();
        var zero = Terms.Default(kind);
        Term minus(Term p) => kind.IsLong ? Terms.Long(Arithmetic.Minus, zero, p) : Terms.Minus(zero, p);
        Scalar? own(Term term) => new(term, kind);
        return (name, a) switch
        {
            ("Max", [var p, var q]) => own(Terms.Choose(Terms.Less(p, q), q, p)),
            ("Min", [var p, var q]) => own(Terms.Choose(Terms.Less(q, p), q, p)),
            ("Clamp", [var p, var low, var high]) => own(Terms.Choose(Terms.Less(p, low), low, Terms.Choose(Terms.Less(high, p), high, p))),
            ("Abs", [var p]) => own(Terms.Choose(Terms.Less(p, zero), minus(p), p)),
            ("Sign", [var p]) => new(Sign(p, zero), Kind.Int),
            ("BigMul", [var p, var q]) when kind.IsInt => new(
                Terms.Long(Arithmetic.Times, Terms.Long(LongOp.OfInt, p), Terms.Long(LongOp.OfInt, q)),
                Kind.Long
            ),
            ("IsEvenInteger", [var p]) when kind.IsInt => new(Terms.Equal(Terms.Bits(Arithmetic.BitAnd, p, Terms.One), zero), Kind.Bool),
            ("IsOddInteger", [var p]) when kind.IsInt => new(
                Terms.Equal(Terms.Bits(Arithmetic.BitAnd, p, Terms.One), Terms.One),
                Kind.Bool
            ),
            _ => null,
        };
    }

    /// <summary>1, 0 or -1.</summary>
    public static Term Sign(Term a, Term zero) =>
        Terms.Choose(Terms.Less(a, zero), Terms.Whole(-1), Terms.Choose(Terms.Equal(a, zero), Terms.Zero, Terms.One));
}
