namespace Zautograd;

// Arithmetic, choosing and rounding beyond the emitted operators, put together from them: the value is T's own,
// the tangent is that of a composition.
public readonly partial struct Dual<T>
{
    /// <inheritdoc/>
    public static Dual<T> operator +(Dual<T> value) => value;

    /// <inheritdoc/>
    public static Dual<T> operator ++(Dual<T> value) => value + One;

    /// <inheritdoc/>
    public static Dual<T> operator --(Dual<T> value) => value - One;

    /// <inheritdoc/>
    public static Dual<T> operator %(Dual<T> left, Dual<T> right) => Remainder(left, right, left.Value % right.Value);

    /// <inheritdoc/>
    public static Dual<T> Ieee754Remainder(Dual<T> left, Dual<T> right) =>
        Remainder(left, right, T.Ieee754Remainder(left.Value, right.Value));

    // Between its jumps a remainder is left - right * n. The n is read off the exact remainder: left / right may round across a jump.
    static Dual<T> Remainder(Dual<T> left, Dual<T> right, T value) =>
        new(value, (left - right * new Dual<T>(T.Round((left.Value - value) / right.Value))).Tangent);

    /// <inheritdoc/>
    public static Dual<T> FusedMultiplyAdd(Dual<T> left, Dual<T> right, Dual<T> addend) =>
        new(T.FusedMultiplyAdd(left.Value, right.Value, addend.Value), (left * right + addend).Tangent);

    /// <inheritdoc/>
    public static Dual<T> MultiplyAddEstimate(Dual<T> left, Dual<T> right, Dual<T> addend) =>
        new(T.MultiplyAddEstimate(left.Value, right.Value, addend.Value), (left * right + addend).Tangent);

    /// <inheritdoc/>
    public static Dual<T> Lerp(Dual<T> value1, Dual<T> value2, Dual<T> amount) =>
        new(T.Lerp(value1.Value, value2.Value, amount.Value), (value1 * (One - amount) + value2 * amount).Tangent);

    /// <inheritdoc/>
    public static Dual<T> ReciprocalEstimate(Dual<T> x) => new(T.ReciprocalEstimate(x.Value), (One / x).Tangent);

    /// <inheritdoc/>
    public static Dual<T> ReciprocalSqrtEstimate(Dual<T> x) => new(T.ReciprocalSqrtEstimate(x.Value), (One / Sqrt(x)).Tangent);

    /// <inheritdoc/>
    public static Dual<T> CopySign(Dual<T> value, Dual<T> sign) => IsNegative(value) == IsNegative(sign) ? value : -value;

    /// <inheritdoc/>
    public static Dual<T> ClampNative(Dual<T> value, Dual<T> min, Dual<T> max) =>
        new(T.ClampNative(value.Value, min.Value, max.Value), Clamp(value, min, max).Tangent);

    /// <inheritdoc/>
    public static Dual<T> MaxNative(Dual<T> x, Dual<T> y) => new(T.MaxNative(x.Value, y.Value), Max(x, y).Tangent);

    /// <inheritdoc/>
    public static Dual<T> MinNative(Dual<T> x, Dual<T> y) => new(T.MinNative(x.Value, y.Value), Min(x, y).Tangent);

    /// <inheritdoc/>
    public static Dual<T> MaxNumber(Dual<T> x, Dual<T> y) =>
        IsNaN(x) ? y
        : IsNaN(y) ? x
        : Max(x, y);

    /// <inheritdoc/>
    public static Dual<T> MinNumber(Dual<T> x, Dual<T> y) =>
        IsNaN(x) ? y
        : IsNaN(y) ? x
        : Min(x, y);

    /// <inheritdoc/>
    public static Dual<T> MaxMagnitude(Dual<T> x, Dual<T> y) =>
        Magnitude(x, y) switch
        {
            > 0 => x,
            < 0 => y,
            _ => Max(x, y),
        };

    /// <inheritdoc/>
    public static Dual<T> MinMagnitude(Dual<T> x, Dual<T> y) =>
        Magnitude(x, y) switch
        {
            > 0 => y,
            < 0 => x,
            _ => Min(x, y),
        };

    /// <inheritdoc/>
    public static Dual<T> MaxMagnitudeNumber(Dual<T> x, Dual<T> y) =>
        IsNaN(x) ? y
        : IsNaN(y) ? x
        : MaxMagnitude(x, y);

    /// <inheritdoc/>
    public static Dual<T> MinMagnitudeNumber(Dual<T> x, Dual<T> y) =>
        IsNaN(x) ? y
        : IsNaN(y) ? x
        : MinMagnitude(x, y);

    // Which is farther from zero; 0 when neither, or when either is NaN: then Max and Min know what to do.
    static int Magnitude(Dual<T> x, Dual<T> y) =>
        Abs(x) > Abs(y) ? 1
        : Abs(x) < Abs(y) ? -1
        : 0;

    /// <inheritdoc/>
    public static Dual<T> Truncate(Dual<T> x) => new(T.Truncate(x.Value));

    /// <inheritdoc/>
    public static Dual<T> Round(Dual<T> x, int digits) => new(T.Round(x.Value, digits));

    /// <inheritdoc/>
    public static Dual<T> Round(Dual<T> x, MidpointRounding mode) => new(T.Round(x.Value, mode));

    /// <inheritdoc/>
    public static Dual<T> Round(Dual<T> x, int digits, MidpointRounding mode) => new(T.Round(x.Value, digits, mode));
}
