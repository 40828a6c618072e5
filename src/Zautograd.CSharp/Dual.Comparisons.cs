namespace Zautograd;

// Every question about a dual is a question about its value.
public readonly partial struct Dual<T>
{
    /// <summary>Whether the value is less; tangents are not compared.</summary>
    public static bool operator <(Dual<T> left, Dual<T> right) => left.Value < right.Value;

    /// <summary>Whether the value is less or the same; tangents are not compared.</summary>
    public static bool operator <=(Dual<T> left, Dual<T> right) => left.Value <= right.Value;

    /// <summary>Whether the value is greater; tangents are not compared.</summary>
    public static bool operator >(Dual<T> left, Dual<T> right) => left.Value > right.Value;

    /// <summary>Whether the value is greater or the same; tangents are not compared.</summary>
    public static bool operator >=(Dual<T> left, Dual<T> right) => left.Value >= right.Value;

    /// <summary>Whether the values are the same number; tangents are not compared.</summary>
    public static bool operator ==(Dual<T> left, Dual<T> right) => left.Value == right.Value;

    /// <summary>Whether the values are different numbers; tangents are not compared.</summary>
    public static bool operator !=(Dual<T> left, Dual<T> right) => left.Value != right.Value;

    /// <summary>Compares the values; tangents are not compared.</summary>
    public int CompareTo(Dual<T> other) => Value.CompareTo(other.Value);

    /// <summary>Compares the values; tangents are not compared.</summary>
    public int CompareTo(object? obj) =>
        obj switch
        {
            null => 1,
            Dual<T> other => CompareTo(other),
            _ => throw new ArgumentException($"must be a {typeof(Dual<T>)}", nameof(obj)),
        };

    /// <inheritdoc/>
    public static int Sign(Dual<T> value) => T.Sign(value.Value);

    /// <inheritdoc/>
    public static bool IsCanonical(Dual<T> value) => T.IsCanonical(value.Value);

    /// <inheritdoc/>
    public static bool IsComplexNumber(Dual<T> value) => T.IsComplexNumber(value.Value);

    /// <inheritdoc/>
    public static bool IsEvenInteger(Dual<T> value) => T.IsEvenInteger(value.Value);

    /// <inheritdoc/>
    public static bool IsFinite(Dual<T> value) => T.IsFinite(value.Value);

    /// <inheritdoc/>
    public static bool IsImaginaryNumber(Dual<T> value) => T.IsImaginaryNumber(value.Value);

    /// <inheritdoc/>
    public static bool IsInfinity(Dual<T> value) => T.IsInfinity(value.Value);

    /// <inheritdoc/>
    public static bool IsInteger(Dual<T> value) => T.IsInteger(value.Value);

    /// <inheritdoc/>
    public static bool IsNaN(Dual<T> value) => T.IsNaN(value.Value);

    /// <inheritdoc/>
    public static bool IsNegative(Dual<T> value) => T.IsNegative(value.Value);

    /// <inheritdoc/>
    public static bool IsNegativeInfinity(Dual<T> value) => T.IsNegativeInfinity(value.Value);

    /// <inheritdoc/>
    public static bool IsNormal(Dual<T> value) => T.IsNormal(value.Value);

    /// <inheritdoc/>
    public static bool IsOddInteger(Dual<T> value) => T.IsOddInteger(value.Value);

    /// <inheritdoc/>
    public static bool IsPositive(Dual<T> value) => T.IsPositive(value.Value);

    /// <inheritdoc/>
    public static bool IsPositiveInfinity(Dual<T> value) => T.IsPositiveInfinity(value.Value);

    /// <inheritdoc/>
    public static bool IsRealNumber(Dual<T> value) => T.IsRealNumber(value.Value);

    /// <inheritdoc/>
    public static bool IsSubnormal(Dual<T> value) => T.IsSubnormal(value.Value);

    /// <inheritdoc/>
    public static bool IsZero(Dual<T> value) => T.IsZero(value.Value);
}
