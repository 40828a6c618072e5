namespace Zautograd;

// Functions beyond the emitted ones, put together from them: the value is T's own, so that it has every digit of the
// plain program's, and the tangent is that of a composition.
public readonly partial struct Dual<T>
{
    static Dual<T> Two => new(T.One + T.One);

    static Dual<T> Ten => new(T.CreateChecked(10));

    /// <inheritdoc/>
    public static Dual<T> Exp2(Dual<T> x) => new(T.Exp2(x.Value), Pow(Two, x).Tangent);

    /// <inheritdoc/>
    public static Dual<T> Exp10(Dual<T> x) => new(T.Exp10(x.Value), Pow(Ten, x).Tangent);

    /// <inheritdoc/>
    public static Dual<T> Exp2M1(Dual<T> x) => new(T.Exp2M1(x.Value), Exp2(x).Tangent);

    /// <inheritdoc/>
    public static Dual<T> Exp10M1(Dual<T> x) => new(T.Exp10M1(x.Value), Exp10(x).Tangent);

    /// <inheritdoc/>
    public static Dual<T> Log(Dual<T> x, Dual<T> newBase) => new(T.Log(x.Value, newBase.Value), (Log(x) / Log(newBase)).Tangent);

    /// <inheritdoc/>
    public static Dual<T> Log2P1(Dual<T> x) => new(T.Log2P1(x.Value), Log2(x + One).Tangent);

    /// <inheritdoc/>
    public static Dual<T> Log10P1(Dual<T> x) => new(T.Log10P1(x.Value), Log10(x + One).Tangent);

    /// <inheritdoc/>
    public static Dual<T> RootN(Dual<T> x, int n)
    {
        var power = One / new Dual<T>(T.CreateChecked(n));
        var mirrored = x < Zero && int.IsOddInteger(n); // an odd root is odd; pow knows no negative bases
        return new(T.RootN(x.Value, n), (mirrored ? -Pow(-x, power) : Pow(x, power)).Tangent);
    }

    /// <inheritdoc/>
    public static (Dual<T> Sin, Dual<T> Cos) SinCos(Dual<T> x) => (Sin(x), Cos(x));

    /// <inheritdoc/>
    public static (Dual<T> SinPi, Dual<T> CosPi) SinCosPi(Dual<T> x) => (SinPi(x), CosPi(x));

    /// <inheritdoc/>
    public static Dual<T> SinPi(Dual<T> x) => new(T.SinPi(x.Value), Sin(Turns(x)).Tangent);

    /// <inheritdoc/>
    public static Dual<T> CosPi(Dual<T> x) => new(T.CosPi(x.Value), Cos(Turns(x)).Tangent);

    /// <inheritdoc/>
    public static Dual<T> TanPi(Dual<T> x) => new(T.TanPi(x.Value), Tan(Turns(x)).Tangent);

    // Half turns to radians, within one turn: the remainder is exact, a large x times pi is not.
    static Dual<T> Turns(Dual<T> x) => Ieee754Remainder(x, Two) * Pi;

    /// <inheritdoc/>
    public static Dual<T> AsinPi(Dual<T> x) => new(T.AsinPi(x.Value), (Asin(x) / Pi).Tangent);

    /// <inheritdoc/>
    public static Dual<T> AcosPi(Dual<T> x) => new(T.AcosPi(x.Value), (Acos(x) / Pi).Tangent);

    /// <inheritdoc/>
    public static Dual<T> AtanPi(Dual<T> x) => new(T.AtanPi(x.Value), (Atan(x) / Pi).Tangent);

    /// <inheritdoc/>
    public static Dual<T> Atan2Pi(Dual<T> y, Dual<T> x) => new(T.Atan2Pi(y.Value, x.Value), (Atan2(y, x) / Pi).Tangent);
}
