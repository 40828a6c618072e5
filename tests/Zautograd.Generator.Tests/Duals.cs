using System.Runtime.CompilerServices;

namespace Zautograd.Generator.Tests;

/// <summary>Numbers and arrays of them as duals, and the duals in a result.</summary>
static class Duals
{
    public static object? Of(object? value, Func<double> tangent)
    {
        switch (value)
        {
            case double number:
                return new Dual<double>(number, tangent());
            case double[] numbers:
                return numbers.Select(number => new Dual<double>(number, tangent())).ToArray();
            case double[][] rows:
                return rows.Select(row => (Dual<double>[])Of(row, tangent)!).ToArray();
            case double[,] matrix:
                var made = new Dual<double>[matrix.GetLength(0), matrix.GetLength(1)];
                for (int i = 0; i < matrix.GetLength(0); i++)
                for (int k = 0; k < matrix.GetLength(1); k++)
                    made[i, k] = new(matrix[i, k], tangent());
                return made;
            default:
                return Coordinates.Of(value).Length == 0 ? value : throw new NotSupportedException($"{value} as duals");
        }
    }

    public static IEnumerable<Dual<double>> In(object? value) =>
        value switch
        {
            Dual<double> dual => [dual],
            Array array => array.Cast<object>().SelectMany(In),
            ITuple tuple => Enumerable.Range(0, tuple.Length).SelectMany(i => In(tuple[i])),
            _ => [],
        };
}
