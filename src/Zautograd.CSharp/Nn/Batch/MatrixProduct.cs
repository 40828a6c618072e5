using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Zautograd.Nn;

/// <summary>
/// The product of two matrices. Every element is the sum over the inner dimension in its order, one fused multiply-add after the other, so
/// that a result does not depend on how the matrix is cut into tiles nor on how wide the processor is.
/// </summary>
/// <remarks>
/// A tile of the result, six rows by two vectors, stays in registers for the whole inner loop. Where rows or columns are left over, the last
/// tile overlaps the one before it and computes those elements again, to the same bits.
/// </remarks>
static class MatrixProduct
{
    const int TileRows = 6;
    const int Depth = 192; // of the inner dimension at a time: two vectors' width of b by this stays in the first cache

    /// <summary>result = a · b; the columns of b and of the result lie side by side.</summary>
    internal static void Into<T>(Matrix<T> result, Matrix<T> a, Matrix<T> b)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (a.Columns != b.Rows || result.Rows != a.Rows || result.Columns != b.Columns || b.ColumnStep != 1 || result.ColumnStep != 1)
        {
            throw new ArgumentException(
                $"({a.Rows} by {a.Columns}) times ({b.Rows} by {b.Columns}) does not give ({result.Rows} by {result.Columns})"
            );
        }

        if (Vector512.IsHardwareAccelerated)
        {
            Tiles<T, Lanes512<T>>(result, a, b);
        }
        else
        {
            Tiles<T, Lanes256<T>>(result, a, b);
        }
    }

    /// <summary>As <see cref="Into{T}"/>, with lanes of the caller's choice.</summary>
    internal static void Tiles<T, TLanes>(Matrix<T> result, Matrix<T> a, Matrix<T> b)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TLanes : struct, ILanes<TLanes, T>
    {
        var column = 0;
        for (int width = 2 * TLanes.Count; column < result.Columns && result.Columns >= width; column += width)
        {
            Rows<T, TLanes>(result, a, b, Math.Min(column, result.Columns - width));
        }

        for (; column < result.Columns; column++)
        {
            Column(result, a, b, column);
        }
    }

    static void Rows<T, TLanes>(Matrix<T> result, Matrix<T> a, Matrix<T> b, int column)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TLanes : struct, ILanes<TLanes, T>
    {
        // A strip of b is copied so that its rows lie one behind the other: a step of a power of two would use a few sets of the cache only.
        var width = 2 * TLanes.Count;
        var strip = new Matrix<T>(stackalloc T[Depth * width], Depth, width);
        var whole = result.Rows - result.Rows % TileRows;
        for (var inner = 0; inner < a.Columns && whole > 0; inner += Depth)
        {
            var end = Math.Min(inner + Depth, a.Columns);
            for (var k = inner; k < end; k++)
            {
                Read(ref b.At(k, column), out TLanes b0, out TLanes b1);
                Write(ref strip.At(k - inner, 0), b0, b1);
            }

            for (var row = 0; row < whole; row += TileRows)
            {
                SixRows<T, TLanes>(result, a, ref strip.At(0, 0), width, row, column, inner, end);
            }
        }

        if (whole > 0 && whole < result.Rows)
        {
            SixRows<T, TLanes>(result, a, ref b.At(0, column), b.RowStep, result.Rows - TileRows, column, 0, a.Columns);
            return;
        }

        for (var row = whole; row < result.Rows; row++)
        {
            OneRow<T, TLanes>(result, a, b, row, column);
        }
    }

    /// <summary>Six rows of the result from one column on, over a part of the inner dimension; right is where that part of b begins.</summary>
    static void SixRows<T, TLanes>(Matrix<T> result, Matrix<T> a, ref T right, nint down, int row, int column, int begin, int end)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TLanes : struct, ILanes<TLanes, T>
    {
        TLanes c00 = default,
            c01 = default,
            c10 = default,
            c11 = default,
            c20 = default,
            c21 = default,
            c30 = default,
            c31 = default,
            c40 = default,
            c41 = default,
            c50 = default,
            c51 = default;
        nint step = a.RowStep,
            inner = a.ColumnStep;
        if (begin > 0)
        {
            Read(ref result.At(row, column), out c00, out c01);
            Read(ref result.At(row + 1, column), out c10, out c11);
            Read(ref result.At(row + 2, column), out c20, out c21);
            Read(ref result.At(row + 3, column), out c30, out c31);
            Read(ref result.At(row + 4, column), out c40, out c41);
            Read(ref result.At(row + 5, column), out c50, out c51);
        }

        ref var left = ref a.At(row, begin);
        for (var k = end - begin; k > 0; k--)
        {
            var b0 = TLanes.Load(ref right);
            var b1 = TLanes.Load(ref Unsafe.Add(ref right, TLanes.Count));
            var x = TLanes.All(left);
            c00 = TLanes.MultiplyAdd(x, b0, c00);
            c01 = TLanes.MultiplyAdd(x, b1, c01);
            x = TLanes.All(Unsafe.Add(ref left, step));
            c10 = TLanes.MultiplyAdd(x, b0, c10);
            c11 = TLanes.MultiplyAdd(x, b1, c11);
            x = TLanes.All(Unsafe.Add(ref left, 2 * step));
            c20 = TLanes.MultiplyAdd(x, b0, c20);
            c21 = TLanes.MultiplyAdd(x, b1, c21);
            x = TLanes.All(Unsafe.Add(ref left, 3 * step));
            c30 = TLanes.MultiplyAdd(x, b0, c30);
            c31 = TLanes.MultiplyAdd(x, b1, c31);
            x = TLanes.All(Unsafe.Add(ref left, 4 * step));
            c40 = TLanes.MultiplyAdd(x, b0, c40);
            c41 = TLanes.MultiplyAdd(x, b1, c41);
            x = TLanes.All(Unsafe.Add(ref left, 5 * step));
            c50 = TLanes.MultiplyAdd(x, b0, c50);
            c51 = TLanes.MultiplyAdd(x, b1, c51);
            left = ref Unsafe.Add(ref left, inner);
            right = ref Unsafe.Add(ref right, down);
        }

        Write(ref result.At(row, column), c00, c01);
        Write(ref result.At(row + 1, column), c10, c11);
        Write(ref result.At(row + 2, column), c20, c21);
        Write(ref result.At(row + 3, column), c30, c31);
        Write(ref result.At(row + 4, column), c40, c41);
        Write(ref result.At(row + 5, column), c50, c51);
    }

    static void OneRow<T, TLanes>(Matrix<T> result, Matrix<T> a, Matrix<T> b, int row, int column)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TLanes : struct, ILanes<TLanes, T>
    {
        TLanes c0 = default,
            c1 = default;
        ref var left = ref a.At(row, 0);
        ref var right = ref b.At(0, column);
        for (var k = a.Columns; k > 0; k--)
        {
            var x = TLanes.All(left);
            c0 = TLanes.MultiplyAdd(x, TLanes.Load(ref right), c0);
            c1 = TLanes.MultiplyAdd(x, TLanes.Load(ref Unsafe.Add(ref right, TLanes.Count)), c1);
            left = ref Unsafe.Add(ref left, a.ColumnStep);
            right = ref Unsafe.Add(ref right, b.RowStep);
        }

        Write(ref result.At(row, column), c0, c1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Read<T, TLanes>(ref T first, out TLanes c0, out TLanes c1)
        where T : struct
        where TLanes : struct, ILanes<TLanes, T>
    {
        c0 = TLanes.Load(ref first);
        c1 = TLanes.Load(ref Unsafe.Add(ref first, TLanes.Count));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Write<T, TLanes>(ref T first, TLanes c0, TLanes c1)
        where T : struct
        where TLanes : struct, ILanes<TLanes, T>
    {
        c0.Store(ref first);
        c1.Store(ref Unsafe.Add(ref first, TLanes.Count));
    }

    // where the result is narrower than two vectors
    static void Column<T>(Matrix<T> result, Matrix<T> a, Matrix<T> b, int column)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (var row = 0; row < result.Rows; row++)
        {
            var sum = T.Zero;
            ref var left = ref a.At(row, 0);
            ref var right = ref b.At(0, column);
            for (var k = 0; k < a.Columns; k++)
            {
                sum = T.FusedMultiplyAdd(Unsafe.Add(ref left, k * (nint)a.ColumnStep), Unsafe.Add(ref right, k * (nint)b.RowStep), sum);
            }

            result.At(row, column) = sum;
        }
    }
}
