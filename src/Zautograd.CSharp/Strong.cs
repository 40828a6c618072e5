using System.Numerics;
using System.Runtime.CompilerServices;

namespace Zautograd;

/// <summary>The one product of slope and tangent, in which zero is strong: 0 * infinity = 0 * NaN = 0.</summary>
internal static class Strong
{
    // Equals and not ==: it looks at all parts of a nested dual, and it neither boxes nor calls anything for a double.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Multiply<T>(T slope, T tangent)
        where T : IFloatingPointIeee754<T> => slope.Equals(T.Zero) || tangent.Equals(T.Zero) ? T.Zero : slope * tangent;
}
