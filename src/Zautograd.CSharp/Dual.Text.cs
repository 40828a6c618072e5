using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Zautograd;

// Text: written and read in the invariant culture unless a provider is given, so that what is written can be read back.
public readonly partial struct Dual<T>
{
    const string BeforeValue = "Dual(value=",
        BeforeTangent = ", tangent=";

    const NumberStyles Number = NumberStyles.Float | NumberStyles.AllowThousands;

    /// <summary>Both parts, with all digits, in the invariant culture.</summary>
    public override string ToString() => ToString(null, null);

    /// <summary>Both parts in the given format; without a provider in the invariant culture.</summary>
    public string ToString(string? format, IFormatProvider? formatProvider)
    {
        var provider = formatProvider ?? CultureInfo.InvariantCulture;
        return $"{BeforeValue}{Value.ToString(format, provider)}{BeforeTangent}{Tangent.ToString(format, provider)})";
    }

    /// <inheritdoc/>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider)
    {
        var text = ToString(format.ToString(), provider);
        var fits = text.TryCopyTo(destination);
        charsWritten = fits ? text.Length : 0;
        return fits;
    }

    /// <inheritdoc/>
    public bool TryFormat(Span<byte> utf8Destination, out int bytesWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        Encoding.UTF8.TryGetBytes(ToString(format.ToString(), provider), utf8Destination, out bytesWritten);

    /// <summary>Reads a plain number, with tangent zero, or what <see cref="ToString()"/> writes; without a provider in the invariant culture.</summary>
    public static bool TryParse(ReadOnlySpan<char> s, NumberStyles style, IFormatProvider? provider, out Dual<T> result)
    {
        provider ??= CultureInfo.InvariantCulture;
        result = default;
        var text = s.Trim();
        if (!text.StartsWith(BeforeValue) || !text.EndsWith(')'))
        {
            var plain = T.TryParse(s, style, provider, out var constant);
            result = new(constant);
            return plain;
        }

        var parts = text[BeforeValue.Length..^1];
        var comma = OuterComma(parts);
        if (
            comma < 0
            || !T.TryParse(parts[..comma], style, provider, out var value)
            || !T.TryParse(parts[(comma + BeforeTangent.Length)..], style, provider, out var tangent)
        )
        {
            return false;
        }

        result = new(value, tangent);
        return true;
    }

    // Where the tangent of this dual begins, and not that of a dual inside its value.
    static int OuterComma(ReadOnlySpan<char> parts)
    {
        for (int i = 0, depth = 0; i < parts.Length; i++)
        {
            depth += parts[i] switch
            {
                '(' => 1,
                ')' => -1,
                _ => 0,
            };
            if (depth == 0 && parts[i..].StartsWith(BeforeTangent))
            {
                return i;
            }
        }

        return -1;
    }

    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, NumberStyles, IFormatProvider?, out Dual{T})"/>
    public static bool TryParse([NotNullWhen(true)] string? s, NumberStyles style, IFormatProvider? provider, out Dual<T> result) =>
        TryParse(s.AsSpan(), style, provider, out result);

    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, NumberStyles, IFormatProvider?, out Dual{T})"/>
    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out Dual<T> result) =>
        TryParse(s, Number, provider, out result);

    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, NumberStyles, IFormatProvider?, out Dual{T})"/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out Dual<T> result) =>
        TryParse(s.AsSpan(), Number, provider, out result);

    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, NumberStyles, IFormatProvider?, out Dual{T})"/>
    public static Dual<T> Parse(ReadOnlySpan<char> s, NumberStyles style, IFormatProvider? provider) =>
        TryParse(s, style, provider, out var result) ? result : throw new FormatException($"'{s}' is no number and no dual number");

    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, NumberStyles, IFormatProvider?, out Dual{T})"/>
    public static Dual<T> Parse(string s, NumberStyles style, IFormatProvider? provider)
    {
        ArgumentNullException.ThrowIfNull(s);
        return Parse(s.AsSpan(), style, provider);
    }

    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, NumberStyles, IFormatProvider?, out Dual{T})"/>
    public static Dual<T> Parse(ReadOnlySpan<char> s, IFormatProvider? provider = null) => Parse(s, Number, provider);

    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, NumberStyles, IFormatProvider?, out Dual{T})"/>
    public static Dual<T> Parse(string s, IFormatProvider? provider = null) => Parse(s, Number, provider);
}
