using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Zautograd.Runtime;

/// <summary>
/// Several rounds of a loop at once, for written code: a vector has a lane for each of them, and the elements that they read or write stand
/// beside one another. Where only sums of a gradient meet, their order changes; every other number is that of the loop round by round.
/// </summary>
/// <example><code>
/// double[] x = [1, 2, 3, 4, 5, 6, 7, 8], y = new double[8];
/// int i = 0;
/// for (; Zautograd.Runtime.Lanes.Fit(i, 8); i += Zautograd.Runtime.Lanes.Count)
///     Zautograd.Runtime.Lanes.Store(y, i, 2.0 * Zautograd.Runtime.Lanes.Load(x, i));
/// for (; i &lt; 8; i++)
///     y[i] = 2.0 * x[i];
/// y.Sum()   // -> 72
/// </code></example>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Lanes
{
    /// <summary>How many rounds run at once.</summary>
    /// <example><code>Zautograd.Runtime.Lanes.Count - Zautograd.Runtime.Lanes.Last   // -> 1</code></example>
    public static int Count => Vector<double>.Count;

    /// <summary>How far the last of them is from the first.</summary>
    /// <example><code>Zautograd.Runtime.Lanes.Count - Zautograd.Runtime.Lanes.Last   // -> 1</code></example>
    public static int Last => Vector<double>.Count - 1;

    /// <summary>Whether that many rounds are left.</summary>
    /// <example><code>Zautograd.Runtime.Lanes.Fit(0, 1)   // -> false</code></example>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Fit(int first, int end) => (long)end - first >= Vector<double>.Count;

    /// <summary>One number in every lane.</summary>
    /// <example><code>Zautograd.Runtime.Lanes.All(2.0)[0]   // -> 2</code></example>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<double> All(double value) => new(value);

    /// <summary>The elements from a place on.</summary>
    /// <example><code>Zautograd.Runtime.Lanes.Load(new double[] { 5, 6, 7, 8, 9, 10, 11, 12, 13 }, 1)[0]   // -> 6</code></example>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<double> Load(ReadOnlySpan<double> array, int place)
    {
        if ((uint)place + (ulong)Vector<double>.Count > (uint)array.Length)
            Outside();
        return Vector.LoadUnsafe(ref MemoryMarshal.GetReference(array), (uint)place);
    }

    /// <summary>Writes the elements from a place on.</summary>
    /// <example><code>
    /// var array = new double[9];
    /// Zautograd.Runtime.Lanes.Store(array, 1, Zautograd.Runtime.Lanes.All(2.0));
    /// array[1]   // -> 2
    /// </code></example>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Span<double> array, int place, Vector<double> value)
    {
        if ((uint)place + (ulong)Vector<double>.Count > (uint)array.Length)
            Outside();
        value.StoreUnsafe(ref MemoryMarshal.GetReference(array), (uint)place);
    }

    /// <summary>Adds to the elements from a place on.</summary>
    /// <example><code>
    /// double[] array = [1, 1, 1, 1, 1, 1, 1, 1, 1];
    /// Zautograd.Runtime.Lanes.Add(array, 1, Zautograd.Runtime.Lanes.All(2.0));
    /// array[1]   // -> 3
    /// </code></example>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(Span<double> array, int place, Vector<double> value)
    {
        if ((uint)place + (ulong)Vector<double>.Count > (uint)array.Length)
            Outside();
        ref var first = ref MemoryMarshal.GetReference(array);
        (Vector.LoadUnsafe(ref first, (uint)place) + value).StoreUnsafe(ref first, (uint)place);
    }

    /// <summary>The sum of the lanes.</summary>
    /// <example><code>Zautograd.Runtime.Lanes.Sum(Zautograd.Runtime.Lanes.All(0.0))   // -> 0</code></example>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Sum(Vector<double> lanes) => Vector.Sum(lanes);

    /// <summary>The root of each.</summary>
    /// <example><code>Zautograd.Runtime.Lanes.Sqrt(Zautograd.Runtime.Lanes.All(9.0))[0]   // -> 3</code></example>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<double> Sqrt(Vector<double> lanes) => Vector.SquareRoot(lanes);

    /// <summary>The absolute value of each.</summary>
    /// <example><code>Zautograd.Runtime.Lanes.Abs(Zautograd.Runtime.Lanes.All(-9.0))[0]   // -> 9</code></example>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<double> Abs(Vector<double> lanes) => Vector.Abs(lanes);

    /// <summary>A sum with every lane added, the first round's first, as the loop round by round would do it.</summary>
    /// <example><code>Zautograd.Runtime.Lanes.InOrder(0.5, Zautograd.Runtime.Lanes.All(0.0))   // -> 0.5</code></example>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double InOrder(double sum, Vector<double> more)
    {
        for (int lane = 0; lane < Vector<double>.Count; lane++)
            sum += more[lane];
        return sum;
    }

    // as an array would have it
    static void Outside() => throw new IndexOutOfRangeException();
}
