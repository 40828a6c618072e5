namespace Zautograd.Generator.Tests;

/// <summary>Where a method of the conformance set is tried: between which bounds numbers lie, how long arrays are, what ints are.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PointsAttribute(double low = 0.3, double high = 1.7) : Attribute
{
    public double Low => low;

    public double High => high;

    public int Length { get; init; } = 4;

    public int Rows { get; init; } = 3;

    /// <summary>Ints lie between 0 and this number; an element of an array of ints, too.</summary>
    public int Ints { get; init; } = 4;

    /// <summary>Ints are exactly this, where it is said.</summary>
    public int Int { get; init; } = -1;
}
