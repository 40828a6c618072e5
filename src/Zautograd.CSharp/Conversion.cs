using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Zautograd;

/// <summary>What a conversion does with a number that the target cannot hold.</summary>
internal enum Overflow
{
    Throws,
    Saturates,
    Truncates,
}

/// <summary>A number built around another one, how deep it is: a derivative in it is lost in a number that is less deep.</summary>
internal interface INested
{
    int Depth { get; }
}

/// <summary>A dual whose number type is not known, seen by a conversion.</summary>
internal interface IDual : INested
{
    bool TryParts<TPart>(Overflow overflow, out Dual<TPart> result)
        where TPart : struct, IFloatingPointIeee754<TPart>;

    bool TryValue<TNumber>(Overflow overflow, out TNumber result)
        where TNumber : INumberBase<TNumber>;
}

/// <summary>
/// Conversion to T that reports failure. An interface, since generic math's own TryConvert methods are protected: only what
/// derives from <see cref="INumberBase{TSelf}"/> may call them.
/// </summary>
internal interface IConversion<T> : INumberBase<T>
    where T : INumberBase<T>
{
    public static bool Try<TOther>(TOther number, Overflow overflow, [MaybeNullWhen(false)] out T result)
        where TOther : INumberBase<TOther>
    {
        if (typeof(TOther) == typeof(T))
        {
            result = Unsafe.BitCast<TOther, T>(number);
            return true;
        }

        return overflow switch
        {
            Overflow.Throws => T.TryConvertFromChecked(number, out result) || TOther.TryConvertToChecked(number, out result),
            Overflow.Saturates => T.TryConvertFromSaturating(number, out result) || TOther.TryConvertToSaturating(number, out result),
            _ => T.TryConvertFromTruncating(number, out result) || TOther.TryConvertToTruncating(number, out result),
        };
    }
}
