using System.Numerics;

namespace Zautograd;

// Conversions between number types. A plain number becomes a constant; a dual becomes a plain number by dropping its tangent;
// a dual becomes a dual of the same depth part by part, so that a change of precision keeps the derivative.
public readonly partial struct Dual<T> : IDual
{
    /// <inheritdoc/>
    public static Dual<T> CreateChecked<TOther>(TOther value)
        where TOther : INumberBase<TOther> => Create(value, Overflow.Throws);

    /// <inheritdoc/>
    public static Dual<T> CreateSaturating<TOther>(TOther value)
        where TOther : INumberBase<TOther> => Create(value, Overflow.Saturates);

    /// <inheritdoc/>
    public static Dual<T> CreateTruncating<TOther>(TOther value)
        where TOther : INumberBase<TOther> => Create(value, Overflow.Truncates);

    static Dual<T> Create<TOther>(TOther value, Overflow overflow)
        where TOther : INumberBase<TOther> =>
        IConversion<Dual<T>>.Try(value, overflow, out var result)
            ? result
            : throw new NotSupportedException($"no conversion from {typeof(TOther)} to {typeof(Dual<T>)}");

    static bool INumberBase<Dual<T>>.TryConvertFromChecked<TOther>(TOther value, out Dual<T> result) =>
        TryFrom(value, Overflow.Throws, out result);

    static bool INumberBase<Dual<T>>.TryConvertFromSaturating<TOther>(TOther value, out Dual<T> result) =>
        TryFrom(value, Overflow.Saturates, out result);

    static bool INumberBase<Dual<T>>.TryConvertFromTruncating<TOther>(TOther value, out Dual<T> result) =>
        TryFrom(value, Overflow.Truncates, out result);

    static bool INumberBase<Dual<T>>.TryConvertToChecked<TOther>(Dual<T> value, out TOther result) =>
        TryTo(value, Overflow.Throws, out result);

    static bool INumberBase<Dual<T>>.TryConvertToSaturating<TOther>(Dual<T> value, out TOther result) =>
        TryTo(value, Overflow.Saturates, out result);

    static bool INumberBase<Dual<T>>.TryConvertToTruncating<TOther>(Dual<T> value, out TOther result) =>
        TryTo(value, Overflow.Truncates, out result);

    // A number of another derivative takes this one as a constant, or not at all: its tangent would be lost.
    static bool TryTo<TOther>(Dual<T> value, Overflow overflow, out TOther result)
        where TOther : INumberBase<TOther>
    {
        result = default!;
        return default(TOther) is not IActive && IConversion<TOther>.Try(value.Value, overflow, out result!);
    }

    static int Depth => default(T) is INested inner ? inner.Depth + 1 : 1;

    int INested.Depth => Depth;

    static bool TryFrom<TOther>(TOther number, Overflow overflow, out Dual<T> result)
        where TOther : INumberBase<TOther>
    {
        if (typeof(TOther) != typeof(T) && number is IDual dual && dual.Depth >= Depth)
        {
            return dual.Depth == Depth ? dual.TryParts(overflow, out result) : dual.TryValue(overflow, out result);
        }

        var known = IConversion<T>.Try(number, overflow, out var value) && !(number is IActive active && active.Depth >= Depth);
        result = new(value);
        return known;
    }

    bool IDual.TryParts<TPart>(Overflow overflow, out Dual<TPart> result)
    {
        var known = IConversion<TPart>.Try(Value, overflow, out var value) & IConversion<TPart>.Try(Tangent, overflow, out var tangent);
        result = new(value, tangent);
        return known;
    }

    bool IDual.TryValue<TNumber>(Overflow overflow, out TNumber result) => IConversion<TNumber>.Try(Value, overflow, out result!);
}
