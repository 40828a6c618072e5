using System.Numerics;

namespace Zautograd;

// Constants, and what the bits of a value say: a dual is stored as its value is.
public readonly partial struct Dual<T>
{
    /// <inheritdoc/>
    public static Dual<T> Zero => new(T.Zero);

    /// <inheritdoc/>
    public static Dual<T> One => new(T.One);

    /// <inheritdoc/>
    public static Dual<T> NegativeOne => new(T.NegativeOne);

    /// <inheritdoc/>
    public static Dual<T> NegativeZero => new(T.NegativeZero);

    /// <inheritdoc/>
    public static Dual<T> E => new(T.E);

    /// <inheritdoc/>
    public static Dual<T> Pi => new(T.Pi);

    /// <inheritdoc/>
    public static Dual<T> Tau => new(T.Tau);

    /// <inheritdoc/>
    public static Dual<T> Epsilon => new(T.Epsilon);

    /// <inheritdoc/>
    public static Dual<T> NaN => new(T.NaN);

    /// <inheritdoc/>
    public static Dual<T> PositiveInfinity => new(T.PositiveInfinity);

    /// <inheritdoc/>
    public static Dual<T> NegativeInfinity => new(T.NegativeInfinity);

    static int INumberBase<Dual<T>>.Radix => T.Radix;

    static Dual<T> IAdditiveIdentity<Dual<T>, Dual<T>>.AdditiveIdentity => Zero;

    static Dual<T> IMultiplicativeIdentity<Dual<T>, Dual<T>>.MultiplicativeIdentity => One;

    /// <inheritdoc/>
    public static int ILogB(Dual<T> x) => T.ILogB(x.Value);

    // One step to the next representable number is no step for the tangent.

    /// <inheritdoc/>
    public static Dual<T> BitIncrement(Dual<T> x) => new(T.BitIncrement(x.Value), x.Tangent);

    /// <inheritdoc/>
    public static Dual<T> BitDecrement(Dual<T> x) => new(T.BitDecrement(x.Value), x.Tangent);

    /// <inheritdoc/>
    public static TInteger ConvertToInteger<TInteger>(Dual<T> value)
        where TInteger : IBinaryInteger<TInteger> => T.ConvertToInteger<TInteger>(value.Value);

    /// <inheritdoc/>
    public static TInteger ConvertToIntegerNative<TInteger>(Dual<T> value)
        where TInteger : IBinaryInteger<TInteger> => T.ConvertToIntegerNative<TInteger>(value.Value);

    int IFloatingPoint<Dual<T>>.GetExponentByteCount() => Value.GetExponentByteCount();

    int IFloatingPoint<Dual<T>>.GetExponentShortestBitLength() => Value.GetExponentShortestBitLength();

    int IFloatingPoint<Dual<T>>.GetSignificandBitLength() => Value.GetSignificandBitLength();

    int IFloatingPoint<Dual<T>>.GetSignificandByteCount() => Value.GetSignificandByteCount();

    bool IFloatingPoint<Dual<T>>.TryWriteExponentBigEndian(Span<byte> destination, out int bytesWritten) =>
        Value.TryWriteExponentBigEndian(destination, out bytesWritten);

    bool IFloatingPoint<Dual<T>>.TryWriteExponentLittleEndian(Span<byte> destination, out int bytesWritten) =>
        Value.TryWriteExponentLittleEndian(destination, out bytesWritten);

    bool IFloatingPoint<Dual<T>>.TryWriteSignificandBigEndian(Span<byte> destination, out int bytesWritten) =>
        Value.TryWriteSignificandBigEndian(destination, out bytesWritten);

    bool IFloatingPoint<Dual<T>>.TryWriteSignificandLittleEndian(Span<byte> destination, out int bytesWritten) =>
        Value.TryWriteSignificandLittleEndian(destination, out bytesWritten);
}
