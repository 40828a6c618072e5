// The numbers of C# in the core's three kinds: what is narrower than its kind is cut or rounded after every operation.
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Zautograd.Generator.Model;
using Zautograd.Programs;

namespace Zautograd.Generator.Reader;

using Kind = Zautograd.Programs.Type;
using Term = Zautograd.Programs.Term;

internal sealed partial class MethodReader
{
    const long LowHalf = 0xFFFFFFFF;

    /// <summary>The type of .NET that a scalar has: an enum's own is that beneath it.</summary>
    SpecialType NumberType(ITypeSymbol? type) =>
        type switch
        {
            INamedTypeSymbol { TypeKind: TypeKind.Enum, EnumUnderlyingType: { } own } => own.SpecialType,
            ITypeParameterSymbol => instance[type] ?? SpecialType.None,
            _ => type?.SpecialType ?? SpecialType.None,
        };

    /// <summary>What an operation has given, as a value of its type.</summary>
    static Scalar Kept(Scalar value, SpecialType type) =>
        value with
        {
            Term = type switch
            {
                SpecialType.System_Single => Terms.Single(value.Term),
                SpecialType.System_Byte => Terms.Bits(Arithmetic.BitAnd, value.Term, Terms.Whole(0xFF)),
                SpecialType.System_UInt16 => Terms.Bits(Arithmetic.BitAnd, value.Term, Terms.Whole(0xFFFF)),
                SpecialType.System_SByte => Signed(value.Term, 24),
                SpecialType.System_Int16 => Signed(value.Term, 16),
                SpecialType.System_UInt32 => Terms.Long(Arithmetic.BitAnd, value.Term, Terms.Long(LowHalf)),
                _ => value.Term,
            },
        };

    static Term Signed(Term term, int places) =>
        Terms.Bits(Arithmetic.ShiftRight, Terms.Bits(Arithmetic.ShiftLeft, term, Terms.Whole(places)), Terms.Whole(places));

    /// <summary>A number as one of another type; nothing where that is not followed.</summary>
    Scalar? As(Scalar value, SpecialType from, SpecialType to)
    {
        var kind = new ScalarShape(to).Kind;
        if (value.Kind.IsBool || kind.IsBool)
            return value.Kind.Equals(kind) ? value : null;
        if (kind.IsReal)
            return value.Kind.IsReal ? (to == SpecialType.System_Single && from != to ? Kept(value, to) : value)
                : value.Kind.IsInt ? Kept(new(Terms.ToReal(value.Term), kind), to)
                // how .NET rounds it there depends on the machine
                : to == SpecialType.System_Single && from == SpecialType.System_UInt64 ? null
                : Kept(
                    new(
                        from == SpecialType.System_UInt64
                            ? UnsignedToReal(value.Term)
                            : Terms.Long(LongOp.NearestReal, to == SpecialType.System_Single ? RoundedOnce(value.Term) : value.Term),
                        kind
                    ),
                    to
                );
        if (value.Kind.IsReal)
            return to switch
            {
                SpecialType.System_Int32 => new(Terms.ToInt(value.Term), kind),
                SpecialType.System_Int64 => new(Terms.Long(LongOp.OfReal, value.Term), kind),
                _ => null,
            };
        var whole = (value.Kind.IsInt, kind.IsInt) switch
        {
            (true, false) => Terms.Long(LongOp.OfInt, value.Term),
            (false, true) => Terms.Long(LongOp.LowInt, value.Term),
            _ => value.Term,
        };
        return from == to || Holds(to, from) ? new(whole, kind) : Kept(new(whole, kind), to);
    }

    /// <summary>Whether every number of a type is one of a wider type, in the core's kinds as well.</summary>
    static bool Holds(SpecialType wide, SpecialType narrow) =>
        (narrow, wide) switch
        {
            (SpecialType.System_Byte, SpecialType.System_Int16 or SpecialType.System_UInt16 or SpecialType.System_UInt32) => true,
            (SpecialType.System_UInt16, SpecialType.System_UInt32) => true,
            (SpecialType.System_SByte, SpecialType.System_Int16) => true,
            _ => false,
        };

    // a double drops the lowest bits of a large long, a float many more: as one bit that tells that there are some, they are rounded once
    Term RoundedOnce(Term term)
    {
        var word = code.Atom(term, Kind.Long, "word");
        var (large, low) = (1L << 53, 0x7FFL);
        var isLarge = Terms.Or(Terms.Less(word, Terms.Long(-large)), Terms.Less(Terms.Long(large), word));
        var isLost = Terms.Not(Terms.Equal(Terms.Long(Arithmetic.BitAnd, word, Terms.Long(low)), Terms.Long(0)));
        var kept = Terms.Long(Arithmetic.BitAnd, word, Terms.Long(~low));
        return Terms.Choose(Terms.And(isLarge, isLost), Terms.Long(Arithmetic.BitOr, kept, Terms.Long(low + 1)), word);
    }

    // half of it with the lost bit at its end is rounded as the whole
    Term UnsignedToReal(Term term)
    {
        var word = code.Atom(term, Kind.Long, "word");
        var half = Terms.Long(
            Arithmetic.BitOr,
            Terms.Long(Arithmetic.ShiftRightUnsigned, word, Terms.One),
            Terms.Long(Arithmetic.BitAnd, word, Terms.Long(1))
        );
        return Terms.Choose(
            Terms.Less(word, Terms.Long(0)),
            Terms.Formula(Op.Mul, Terms.Number(2.0), Terms.Long(LongOp.NearestReal, half)),
            Terms.Long(LongOp.NearestReal, word)
        );
    }

    /// <summary>Longs, uints and ulongs, of one type; what is shifted by is an int.</summary>
    Value CombineLongs(IOperation at, BinaryOperatorKind op, bool isChecked, Scalar a, Scalar b, SpecialType type)
    {
        var isUnsigned = type == SpecialType.System_UInt64;
        Value made(Arithmetic arithmetic, Term by) => Kept(new(Terms.Long(arithmetic, a.Term, by), Kind.Long), type);
        Term count() => type == SpecialType.System_UInt32 ? Terms.Bits(Arithmetic.BitAnd, b.Term, Terms.Whole(31)) : b.Term;
        switch (op)
        {
            case BinaryOperatorKind.Add or BinaryOperatorKind.Subtract or BinaryOperatorKind.Multiply when isChecked:
                throw Refuse(at, Refusals.Checked, Text(at));
            case BinaryOperatorKind.Add:
                return made(Arithmetic.Plus, b.Term);
            case BinaryOperatorKind.Subtract:
                return made(Arithmetic.Minus, b.Term);
            case BinaryOperatorKind.Multiply:
                return made(Arithmetic.Times, b.Term);
            case BinaryOperatorKind.Divide or BinaryOperatorKind.Remainder when isUnsigned:
                throw Refuse(at, Refusals.BitOperator, Sign(at));
            case BinaryOperatorKind.Divide:
                return made(Arithmetic.Quotient, b.Term);
            case BinaryOperatorKind.Remainder:
                return made(Arithmetic.Remainder, b.Term);
            case BinaryOperatorKind.And:
                return made(Arithmetic.BitAnd, b.Term);
            case BinaryOperatorKind.Or:
                return made(Arithmetic.BitOr, b.Term);
            case BinaryOperatorKind.ExclusiveOr:
                return made(Arithmetic.BitXor, b.Term);
            case BinaryOperatorKind.LeftShift:
                return made(Arithmetic.ShiftLeft, count());
            case BinaryOperatorKind.RightShift:
                return made(isUnsigned ? Arithmetic.ShiftRightUnsigned : Arithmetic.ShiftRight, count());
            case BinaryOperatorKind.UnsignedRightShift:
                return made(Arithmetic.ShiftRightUnsigned, count());
            default:
                // as signed numbers they are in order once their highest bit is turned
                return isUnsigned
                    ? Comparison(at, op, a with { Term = Turned(a.Term) }, b with { Term = Turned(b.Term) })
                    : Comparison(at, op, a, b);
        }
    }

    static Term Turned(Term term) => Terms.Long(Arithmetic.BitXor, term, Terms.Long(long.MinValue));
}
