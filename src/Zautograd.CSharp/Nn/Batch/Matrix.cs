using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Zautograd.Nn;

/// <summary>Numbers of a span seen as a matrix: how far it is to the next row and to the next column is free, so that transposing is free.</summary>
readonly ref struct Matrix<T>(Span<T> numbers, int rows, int columns, int rowStep, int columnStep)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    internal Span<T> Numbers { get; } = numbers;

    internal Matrix(Span<T> numbers, int rows, int columns)
        : this(numbers, rows, columns, columns, 1) { }

    internal int Rows { get; } = rows;

    internal int Columns { get; } = columns;

    internal int RowStep { get; } = rowStep;

    internal int ColumnStep { get; } = columnStep;

    internal Matrix<T> Transposed => new(Numbers, Columns, Rows, ColumnStep, RowStep);

    /// <summary>An element; its indices are the caller's to get right.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ref T At(int row, int column) =>
        ref Unsafe.Add(ref MemoryMarshal.GetReference(Numbers), row * (nint)RowStep + column * (nint)ColumnStep);

    /// <summary>The same matrix without its last columns.</summary>
    internal Matrix<T> FirstColumns(int count) => new(Numbers, Rows, count, RowStep, ColumnStep);

    /// <summary>Writes the transposed matrix, whose rows lie one behind the other. In squares, so that both sides stay in the cache.</summary>
    internal void TransposeInto(Span<T> result)
    {
        const int Side = 8;
        for (var row = 0; row < Rows; row += Side)
        {
            for (var column = 0; column < Columns; column += Side)
            {
                var (endRow, endColumn) = (Math.Min(row + Side, Rows), Math.Min(column + Side, Columns));
                for (var j = column; j < endColumn; j++)
                {
                    var to = result.Slice(j * Rows + row, endRow - row);
                    ref var from = ref At(row, j);
                    for (var i = 0; i < to.Length; i++)
                    {
                        to[i] = Unsafe.Add(ref from, i * RowStep);
                    }
                }
            }
        }
    }
}
