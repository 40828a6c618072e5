using System.Numerics;
using System.Runtime.CompilerServices;

namespace Zautograd;

/// <summary>Functions that generic math lacks.</summary>
internal static class Special
{
    public static T Erf<T>(T x)
        where T : IFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(double))
        {
            return Unsafe.BitCast<double, T>(Runtime.Special.Erf(Unsafe.BitCast<T, double>(x)));
        }

        // The cast is repeated and not kept in a variable: so the JIT leaves out the box.
        return x is IElementary<T> ? ((IElementary<T>)x).Erf() : T.CreateChecked(Runtime.Special.Erf(double.CreateChecked(x)));
    }
}
