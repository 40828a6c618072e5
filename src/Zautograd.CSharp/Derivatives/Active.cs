using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;

namespace Zautograd;

/// <summary>
/// A number with a tangent of any kind: a number again, so generic code runs on it unmodified, and it nests in any order.
/// What <see cref="Dual{T}"/> is for one direction, this is for many (<see cref="Lanes{TRegister}"/>), for reverse mode (<see cref="Trail{T}"/>)
/// and for all coefficients of a power series (<see cref="PowerSeries{T}"/>).
/// </summary>
/// <remarks>Its functions are emitted from the rule table; what is put together from them is Dual's own text (Active.g.cs).</remarks>
internal readonly partial struct Active<T, TTangent> : IFloatingPointIeee754<Active<T, TTangent>>, IActive
    where T : struct, IFloatingPointIeee754<T>
    where TTangent : struct, ITangent<T, TTangent>
{
    public Active(T value)
        : this(value, default) { }

    public Active(T value, TTangent tangent)
    {
        Value = value;
        Tangent = tangent;
    }

    public T Value { get; }

    public TTangent Tangent { get; }

    public static Active<T, TTangent> ScaleB(Active<T, TTangent> x, int n) =>
        new(T.ScaleB(x.Value, n), (x * new Active<T, TTangent>(T.ScaleB(T.One, n))).Tangent);

    public static Active<T, TTangent> DegreesToRadians(Active<T, TTangent> degrees) =>
        new(T.DegreesToRadians(degrees.Value), (degrees * new Active<T, TTangent>(T.DegreesToRadians(T.One))).Tangent);

    public static Active<T, TTangent> RadiansToDegrees(Active<T, TTangent> radians) =>
        new(T.RadiansToDegrees(radians.Value), (radians * new Active<T, TTangent>(T.RadiansToDegrees(T.One))).Tangent);

    public bool Equals(Active<T, TTangent> other) => Value.Equals(other.Value) && Tangent.Equals(other.Tangent);

    public override bool Equals(object? obj) => obj is Active<T, TTangent> other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(TTangent.Shown(Value), Tangent);

    // As text it is its value.

    public override string ToString() => ToString(null, null);

    public string ToString(string? format, IFormatProvider? formatProvider) =>
        TTangent.Shown(Value).ToString(format, formatProvider ?? CultureInfo.InvariantCulture);

    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        TTangent.Shown(Value).TryFormat(destination, out charsWritten, format, provider ?? CultureInfo.InvariantCulture);

    public static bool TryParse(ReadOnlySpan<char> s, NumberStyles style, IFormatProvider? provider, out Active<T, TTangent> result)
    {
        var known = T.TryParse(s, style, provider ?? CultureInfo.InvariantCulture, out var value);
        result = new(value);
        return known;
    }

    public static bool TryParse(
        [NotNullWhen(true)] string? s,
        NumberStyles style,
        IFormatProvider? provider,
        out Active<T, TTangent> result
    ) => TryParse(s.AsSpan(), style, provider, out result);

    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out Active<T, TTangent> result) =>
        TryParse(s, NumberStyles.Float | NumberStyles.AllowThousands, provider, out result);

    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out Active<T, TTangent> result) =>
        TryParse(s.AsSpan(), provider, out result);

    public static Active<T, TTangent> Parse(ReadOnlySpan<char> s, NumberStyles style, IFormatProvider? provider) =>
        new(T.Parse(s, style, provider ?? CultureInfo.InvariantCulture));

    public static Active<T, TTangent> Parse(string s, NumberStyles style, IFormatProvider? provider) => Parse(s.AsSpan(), style, provider);

    public static Active<T, TTangent> Parse(ReadOnlySpan<char> s, IFormatProvider? provider) =>
        Parse(s, NumberStyles.Float | NumberStyles.AllowThousands, provider);

    public static Active<T, TTangent> Parse(string s, IFormatProvider? provider) => Parse(s.AsSpan(), provider);

    // A plain number, and one of a derivative around this one, becomes a constant; what would lose a derivative is refused.

    public static Active<T, TTangent> CreateChecked<TOther>(TOther value)
        where TOther : INumberBase<TOther> => Create(value, Overflow.Throws);

    public static Active<T, TTangent> CreateSaturating<TOther>(TOther value)
        where TOther : INumberBase<TOther> => Create(value, Overflow.Saturates);

    public static Active<T, TTangent> CreateTruncating<TOther>(TOther value)
        where TOther : INumberBase<TOther> => Create(value, Overflow.Truncates);

    static Active<T, TTangent> Create<TOther>(TOther value, Overflow overflow)
        where TOther : INumberBase<TOther> =>
        IConversion<Active<T, TTangent>>.Try(value, overflow, out var result)
            ? result
            : throw new NotSupportedException(
                $"{typeof(TOther)} belongs to another derivative, which would be lost here: differentiate at points of that type."
            );

    static bool INumberBase<Active<T, TTangent>>.TryConvertFromChecked<TOther>(TOther value, out Active<T, TTangent> result) =>
        TryFrom(value, Overflow.Throws, out result);

    static bool INumberBase<Active<T, TTangent>>.TryConvertFromSaturating<TOther>(TOther value, out Active<T, TTangent> result) =>
        TryFrom(value, Overflow.Saturates, out result);

    static bool INumberBase<Active<T, TTangent>>.TryConvertFromTruncating<TOther>(TOther value, out Active<T, TTangent> result) =>
        TryFrom(value, Overflow.Truncates, out result);

    static bool INumberBase<Active<T, TTangent>>.TryConvertToChecked<TOther>(Active<T, TTangent> value, out TOther result) =>
        TryTo(value, Overflow.Throws, out result);

    static bool INumberBase<Active<T, TTangent>>.TryConvertToSaturating<TOther>(Active<T, TTangent> value, out TOther result) =>
        TryTo(value, Overflow.Saturates, out result);

    static bool INumberBase<Active<T, TTangent>>.TryConvertToTruncating<TOther>(Active<T, TTangent> value, out TOther result) =>
        TryTo(value, Overflow.Truncates, out result);

    static int Depth => default(T) is INested inner ? inner.Depth + 1 : 1;

    int INested.Depth => Depth;

    static bool TryFrom<TOther>(TOther number, Overflow overflow, out Active<T, TTangent> result)
        where TOther : INumberBase<TOther>
    {
        result = default;
        if (typeof(TOther) != typeof(T) && number is INested nested && nested.Depth >= Depth)
            return false;
        var known = IConversion<T>.Try(number, overflow, out var value);
        result = new(value);
        return known;
    }

    static bool TryTo<TOther>(Active<T, TTangent> value, Overflow overflow, out TOther result)
        where TOther : INumberBase<TOther>
    {
        result = default!;
        return default(TOther) is not INested && IConversion<TOther>.Try(TTangent.Shown(value.Value), overflow, out result!);
    }
}

/// <summary>An active number of unknown kind, seen by a conversion.</summary>
internal interface IActive : INested;

/// <summary>How a number changes, in one direction or many, or where that will be found: all it must know is the chain rule.</summary>
/// <remarks>The default is that of a constant. A slope of exactly zero wins over infinity and NaN.</remarks>
internal interface ITangent<T, TSelf> : IEquatable<TSelf>
    where T : struct, IFloatingPointIeee754<T>
    where TSelf : struct, ITangent<T, TSelf>
{
    static abstract TSelf Negate(Active<T, TSelf> a);

    static abstract TSelf Add(Active<T, TSelf> a, Active<T, TSelf> b);

    static abstract TSelf Subtract(Active<T, TSelf> a, Active<T, TSelf> b);

    static abstract TSelf Chain(Op op, Active<T, TSelf> a, T slopeA);

    static abstract TSelf Chain(Op op, Active<T, TSelf> a, T slopeA, Active<T, TSelf> b, T slopeB);

    static abstract TSelf Chain(Op op, Active<T, TSelf> a, T slopeA, Active<T, TSelf> b, T slopeB, Active<T, TSelf> c, T slopeC);

    /// <summary>Of a function that the user gives with its slopes.</summary>
    static abstract TSelf Chain<TRule>(TRule rule, ReadOnlySpan<Active<T, TSelf>> arguments, ReadOnlySpan<T> slopes)
        where TRule : ICustomRule;

    // What a program is told of its numbers decides what it does next: a kind of tangent may want to know.

    /// <summary>A question was answered: a comparison, a sign.</summary>
    static virtual bool Answer(bool answer) => answer;

    static virtual int Answer(int answer) => answer;

    /// <summary>A number is about to be handed out without its tangent.</summary>
    static virtual T Shown(T value) => value;
}
