using System.Numerics;
using System.Runtime.CompilerServices;
using MathNet.Numerics;

namespace Zautograd;

/// <summary>Functions that generic math lacks.</summary>
internal static class Special
{
    public static T Erf<T>(T x)
        where T : IFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(double))
        {
            return Unsafe.BitCast<double, T>(SpecialFunctions.Erf(Unsafe.BitCast<T, double>(x)));
        }

        // The cast is repeated and not kept in a variable: so the JIT leaves out the box.
        return x is IElementary<T> ? ((IElementary<T>)x).Erf() : T.CreateChecked(SpecialFunctions.Erf(double.CreateChecked(x)));
    }
}
