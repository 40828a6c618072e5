using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Zautograd.Runtime;

/// <summary>Arrays of several dimensions and arrays of arrays as one row of elements, for written code.</summary>
/// <example><code>Zautograd.Runtime.Flat.Of&lt;double>(new double[2, 3]).Length   // -> 6</code></example>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Flat
{
    /// <summary>All elements of an array of any number of dimensions, row by row, in its own memory.</summary>
    /// <example><code>
    /// var matrix = new double[2, 3];
    /// Zautograd.Runtime.Flat.Of&lt;double>(matrix)[3] = 5.0;
    /// matrix[1, 0]   // -> 5
    /// </code></example>
    public static Span<T> Of<T>(Array array)
        where T : unmanaged
    {
        if (array.GetType().GetElementType() != typeof(T))
            throw new ArgumentException($"The array holds {array.GetType().GetElementType()}, not {typeof(T)}.", nameof(array));
        return MemoryMarshal.CreateSpan(ref Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(array)), array.Length);
    }

    /// <summary>The places where the rows of an array of arrays begin in one row of all elements, and behind them its length.</summary>
    /// <example><code>
    /// using var ints = Zautograd.Runtime.Workspace&lt;int>.Rent();
    /// double[][] rows = [[1.0, 2.0], [3.0]];
    /// string.Join(" ", Zautograd.Runtime.Flat.Starts(rows, ints).ToArray())   // -> 0 2 3
    /// </code></example>
    public static Span<int> Starts<T>(T[][] rows, Workspace<int> ints)
    {
        var starts = ints.Zeros(rows.Length + 1);
        for (int i = 0; i < rows.Length; i++)
            starts[i + 1] = checked(starts[i] + rows[i].Length);
        return starts;
    }

    /// <summary>All elements of an array of arrays, copied one row behind the other.</summary>
    /// <example><code>
    /// using var reals = Zautograd.Runtime.Workspace&lt;double>.Rent();
    /// double[][] rows = [[1.0, 2.0], [3.0]];
    /// Zautograd.Runtime.Flat.Joined(rows, reals)[2]   // -> 3
    /// </code></example>
    public static Span<T> Joined<T>(T[][] rows, Workspace<T> memory)
        where T : unmanaged
    {
        int length = 0;
        foreach (var row in rows)
            length += row.Length;
        var all = memory.Zeros(length);
        int next = 0;
        foreach (var row in rows)
        {
            row.CopyTo(all[next..]);
            next += row.Length;
        }
        return all;
    }

    /// <summary>All elements of an array of arrays of floats, as doubles.</summary>
    /// <example><code>
    /// using var reals = Zautograd.Runtime.Workspace&lt;double>.Rent();
    /// Zautograd.Runtime.Flat.Joined(new float[][] { [1f, 2f], [0.5f] }, reals)[2]   // -> 0.5
    /// </code></example>
    public static Span<double> Joined(float[][] rows, Workspace<double> memory)
    {
        int length = 0;
        foreach (var row in rows)
            length += row.Length;
        var all = memory.Zeros(length);
        int next = 0;
        foreach (var row in rows)
        foreach (var number in row)
            all[next++] = number;
        return all;
    }

    /// <summary>Floats as doubles.</summary>
    /// <example><code>
    /// using var reals = Zautograd.Runtime.Workspace&lt;double>.Rent();
    /// Zautograd.Runtime.Flat.Widened([0.5f, 2f], reals)[0]   // -> 0.5
    /// </code></example>
    public static Span<double> Widened(ReadOnlySpan<float> numbers, Workspace<double> memory)
    {
        var all = memory.Zeros(numbers.Length);
        for (int i = 0; i < all.Length; i++)
            all[i] = numbers[i];
        return all;
    }

    /// <summary>Doubles as the floats next to them.</summary>
    /// <example><code>
    /// var numbers = new float[2];
    /// Zautograd.Runtime.Flat.Narrowed([0.1, 2.0], numbers);
    /// numbers[0]   // -> 0.1
    /// </code></example>
    public static void Narrowed(ReadOnlySpan<double> all, Span<float> numbers)
    {
        for (int i = 0; i < all.Length; i++)
            numbers[i] = (float)all[i];
    }

    /// <summary>Copies doubles back into rows of floats.</summary>
    /// <example><code>
    /// float[][] rows = [[0f, 0f], [0f]];
    /// Zautograd.Runtime.Flat.Part([1.0, 2.0, 3.0], rows);
    /// rows[1][0]   // -> 3
    /// </code></example>
    public static void Part(ReadOnlySpan<double> all, float[][] rows)
    {
        int next = 0;
        foreach (var row in rows)
        {
            Narrowed(all.Slice(next, row.Length), row);
            next += row.Length;
        }
    }

    /// <summary>Copies all elements back into the rows.</summary>
    /// <example><code>
    /// double[][] rows = [[0.0, 0.0], [0.0]];
    /// Zautograd.Runtime.Flat.Part([1.0, 2.0, 3.0], rows);
    /// rows[1][0]   // -> 3
    /// </code></example>
    public static void Part<T>(ReadOnlySpan<T> all, T[][] rows)
    {
        int next = 0;
        foreach (var row in rows)
        {
            all.Slice(next, row.Length).CopyTo(row);
            next += row.Length;
        }
    }

    /// <summary>Refuses an array that has not the shape of the one that it belongs to.</summary>
    /// <example><code>Zautograd.Runtime.Flat.SameShape(new double[2, 3], new double[3, 2], "mGradient", "m");   // -> throws ArgumentException: mGradient is 2 x 3, but m is 3 x 2. (Parameter 'mGradient')</code></example>
    public static void SameShape(Array array, Array wanted, string name, string other)
    {
        ArgumentNullException.ThrowIfNull(array, name);
        for (int i = 0; i < wanted.Rank; i++)
            if (array.GetLength(i) != wanted.GetLength(i))
                throw new ArgumentException($"{name} is {Shape(array)}, but {other} is {Shape(wanted)}.", name);
    }

    /// <summary>Refuses an array of arrays whose rows are not as long as those of the one that it belongs to.</summary>
    /// <example><code>Zautograd.Runtime.Flat.SameRows(new double[][] { [1.0] }, new double[][] { [1.0, 2.0] }, "aGradient", "a");   // -> throws ArgumentException: aGradient[0] has 1 elements, but a[0] has 2. (Parameter 'aGradient')</code></example>
    public static void SameRows<T>(T[][] rows, T[][] wanted, string name, string other)
    {
        ArgumentNullException.ThrowIfNull(rows, name);
        Arguments.SameLength(rows.Length, wanted.Length, name, other);
        for (int i = 0; i < rows.Length; i++)
            if (rows[i].Length != wanted[i].Length)
                throw new ArgumentException($"{name}[{i}] has {rows[i].Length} elements, but {other}[{i}] has {wanted[i].Length}.", name);
    }

    /// <summary>Refuses an array of arrays with a row that is there twice, where rows are written to.</summary>
    /// <example><code>
    /// var row = new double[2];
    /// Zautograd.Runtime.Flat.DistinctRows(new[] { row, row }, "m");   // -> throws ArgumentException: m[1] is m[0], and rows are written to: they must be apart. (Parameter 'm')
    /// </code></example>
    public static void DistinctRows<T>(T[][] rows, string name)
    {
        for (int i = 0; i < rows.Length; i++)
        for (int k = 0; k < i; k++)
            if (rows[i].Length > 0 && ReferenceEquals(rows[i], rows[k]))
                throw new ArgumentException($"{name}[{i}] is {name}[{k}], and rows are written to: they must be apart.", name);
    }

    static string Shape(Array array) => string.Join(" x ", Enumerable.Range(0, array.Rank).Select(array.GetLength));
}
