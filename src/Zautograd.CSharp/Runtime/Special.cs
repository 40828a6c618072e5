using System.ComponentModel;
using MathNet.Numerics;

namespace Zautograd.Runtime;

/// <summary>Functions for written code that .NET lacks for doubles; they give what the rule table gives.</summary>
/// <example><code>Zautograd.Runtime.Special.Hypot(3.0, 4.0)   // -> 5</code></example>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Special
{
    /// <summary>The error function.</summary>
    /// <example><code>Zautograd.Runtime.Special.Erf(0.0)   // -> 0</code></example>
    public static double Erf(double a) => a == 0.0 ? a : SpecialFunctions.Erf(a); // MathNet's loses the sign of a zero

    /// <summary>The length of (a, b): infinite beside an infinity, else NaN beside NaN.</summary>
    /// <example><code>Zautograd.Runtime.Special.Hypot(3.0, 4.0)   // -> 5</code></example>
    public static double Hypot(double a, double b) =>
        double.IsInfinity(a) || double.IsInfinity(b) ? double.PositiveInfinity
        : double.IsNaN(a) || double.IsNaN(b) ? double.NaN
        : SpecialFunctions.Hypotenuse(a, b);
}
