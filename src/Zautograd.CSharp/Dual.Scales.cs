namespace Zautograd;

// Functions that only scale: the tangent is scaled by the very same function.
public readonly partial struct Dual<T>
{
    /// <inheritdoc/>
    public static Dual<T> ScaleB(Dual<T> x, int n) => new(T.ScaleB(x.Value, n), T.ScaleB(x.Tangent, n));

    /// <inheritdoc/>
    public static Dual<T> DegreesToRadians(Dual<T> degrees) => new(T.DegreesToRadians(degrees.Value), T.DegreesToRadians(degrees.Tangent));

    /// <inheritdoc/>
    public static Dual<T> RadiansToDegrees(Dual<T> radians) => new(T.RadiansToDegrees(radians.Value), T.RadiansToDegrees(radians.Tangent));
}
