using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Numbers = System.Runtime.Intrinsics.Vector512<double>;

namespace Zautograd.Plans;

/// <summary>The functions of the rule table on eight numbers at once; what the machine has no vector form of goes lane by lane.</summary>
/// <remarks>
/// Where there is no 512-bit unit, .NET makes two or four of each operation. Exp, Log, Sin and Cos are .NET's
/// vector forms, within a few units in the last place of Math's; everything else is bit for bit what the scalar path computes.
/// </remarks>
internal static unsafe class Lanes
{
    internal const int Count = 8;

    internal static Numbers Zero => Numbers.Zero;

    internal static Numbers One => Numbers.One;

    internal static Numbers Of(double number) => Vector512.Create(number);

    internal static Numbers Less(Numbers a, Numbers b, Numbers c, Numbers d) => Vector512.ConditionalSelect(Vector512.LessThan(a, b), c, d);

    internal static Numbers LessOrEqual(Numbers a, Numbers b, Numbers c, Numbers d) =>
        Vector512.ConditionalSelect(Vector512.LessThanOrEqual(a, b), c, d);

    internal static Numbers Equal(Numbers a, Numbers b, Numbers c, Numbers d) => Vector512.ConditionalSelect(Vector512.Equals(a, b), c, d);

    /// <summary>A product in which 0 wins, even over infinity and NaN: what contributes nothing stays nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Numbers Strong(Numbers slope, Numbers adjoint) => Equal(slope, Zero, Zero, Equal(adjoint, Zero, Zero, slope * adjoint));

    internal static Numbers Sqrt(Numbers a) => Vector512.Sqrt(a);

    internal static Numbers Abs(Numbers a) => Vector512.Abs(a);

    internal static Numbers Floor(Numbers a) => Vector512.Floor(a);

    internal static Numbers Ceiling(Numbers a) => Vector512.Ceiling(a);

    internal static Numbers Round(Numbers a) => Vector512.Round(a);

    internal static Numbers Max(Numbers a, Numbers b) => Vector512.Max(a, b);

    internal static Numbers Min(Numbers a, Numbers b) => Vector512.Min(a, b);

    /// <summary>Where low is above high, the plan has left the path before: a guard stands in front.</summary>
    internal static Numbers Clamp(Numbers a, Numbers low, Numbers high) => Less(a, low, low, Less(high, a, high, a));

    internal static Numbers Exp(Numbers a) => Vector512.Exp(a);

    internal static Numbers Log(Numbers a) => Vector512.Log(a);

    internal static Numbers Sin(Numbers a) => Vector512.Sin(a);

    internal static Numbers Cos(Numbers a) => Vector512.Cos(a);

    /// <summary>By exp(|a|/2), which overflows only where the cosine does.</summary>
    internal static Numbers Cosh(Numbers a)
    {
        var root = Exp(Abs(a) * Of(0.5));
        var half = Of(0.5) * root;
        return half * root + Of(0.5) / root / root;
    }

    internal static Numbers Log2(Numbers a) => Each(a, &Math.Log2);

    internal static Numbers Log10(Numbers a) => Each(a, &Math.Log10);

    internal static Numbers Cbrt(Numbers a) => Each(a, &Math.Cbrt);

    internal static Numbers Tan(Numbers a) => Each(a, &Math.Tan);

    internal static Numbers Asin(Numbers a) => Each(a, &Math.Asin);

    internal static Numbers Acos(Numbers a) => Each(a, &Math.Acos);

    internal static Numbers Atan(Numbers a) => Each(a, &Math.Atan);

    internal static Numbers Sinh(Numbers a) => Each(a, &Math.Sinh);

    internal static Numbers Tanh(Numbers a) => Each(a, &Math.Tanh);

    internal static Numbers Asinh(Numbers a) => Each(a, &Math.Asinh);

    internal static Numbers Acosh(Numbers a) => Each(a, &Math.Acosh);

    internal static Numbers Atanh(Numbers a) => Each(a, &Math.Atanh);

    internal static Numbers Erf(Numbers a) => Each(a, &Special.Erf);

    internal static Numbers Atan2(Numbers a, Numbers b) => Each(a, b, &Math.Atan2);

    internal static Numbers Pow(Numbers a, Numbers b) => Each(a, b, &Math.Pow);

    internal static Numbers Hypot(Numbers a, Numbers b) => Each(a, b, &double.Hypot);

    internal static Numbers Rem(Numbers a, Numbers b) => Each(a, b, &Remainder);

    static double Remainder(double a, double b) => a % b;

    static Numbers Each(Numbers a, delegate* <double, double> function)
    {
        ref double lanes = ref Unsafe.As<Numbers, double>(ref a);
        for (int lane = 0; lane < Count; lane++)
            Unsafe.Add(ref lanes, lane) = function(Unsafe.Add(ref lanes, lane));
        return a;
    }

    static Numbers Each(Numbers a, Numbers b, delegate* <double, double, double> function)
    {
        ref double left = ref Unsafe.As<Numbers, double>(ref a);
        ref double right = ref Unsafe.As<Numbers, double>(ref b);
        for (int lane = 0; lane < Count; lane++)
            Unsafe.Add(ref left, lane) = function(Unsafe.Add(ref left, lane), Unsafe.Add(ref right, lane));
        return a;
    }
}

/// <summary>A row of the rule table over lanes, for operations of one argument.</summary>
internal interface ILaneRule1
{
    /// <summary>No kink and no pole: no slope is 0 or infinite by nature.</summary>
    static abstract bool IsSmooth { get; }

    static abstract Numbers Value(Numbers a);

    static abstract Numbers SlopeA(Numbers a, Numbers y);
}

/// <inheritdoc cref="ILaneRule1"/>
internal interface ILaneRule2
{
    /// <inheritdoc cref="ILaneRule1.IsSmooth"/>
    static abstract bool IsSmooth { get; }

    static abstract Numbers Value(Numbers a, Numbers b);

    static abstract Numbers SlopeA(Numbers a, Numbers b, Numbers y);

    static abstract Numbers SlopeB(Numbers a, Numbers b, Numbers y);
}

/// <inheritdoc cref="ILaneRule1"/>
internal interface ILaneRule3
{
    /// <inheritdoc cref="ILaneRule1.IsSmooth"/>
    static abstract bool IsSmooth { get; }

    static abstract Numbers Value(Numbers a, Numbers b, Numbers c);

    static abstract Numbers SlopeA(Numbers a, Numbers b, Numbers c, Numbers y);

    static abstract Numbers SlopeB(Numbers a, Numbers b, Numbers c, Numbers y);

    static abstract Numbers SlopeC(Numbers a, Numbers b, Numbers c, Numbers y);
}
