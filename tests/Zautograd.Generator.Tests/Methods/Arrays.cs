using Zautograd;

namespace Zautograd.Generator.Tests.Methods;

public static partial class Arrays
{
    [Differentiable(Order = 2)]
    public static double Dot(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        double sum = 0;
        for (int i = 0; i < x.Length; i++)
            sum += x[i] * y[i];
        return sum;
    }

    [Differentiable(Order = 2)]
    public static double LogSumExp(double[] x)
    {
        double max = x[0];
        for (int i = 1; i < x.Length; i++)
            if (x[i] > max)
                max = x[i];
        double sum = 0;
        foreach (var item in x)
            sum += Math.Exp(item - max);
        return Math.Log(sum) + max;
    }

    [Differentiable(Order = 2)]
    public static double QuadraticForm(double[,] a, double[] x)
    {
        double sum = 0;
        for (int i = 0; i < a.GetLength(0); i++)
        for (int k = 0; k < a.GetLength(1); k++)
            sum += x[i] * a[i, k] * x[k];
        return sum;
    }

    [Differentiable]
    public static double Jagged(double[][] rows, double scale)
    {
        double sum = 0;
        for (int i = 0; i < rows.Length; i++)
        {
            double p = 1;
            for (int k = 0; k < rows[i].Length; k++)
                p *= rows[i][k] * scale;
            sum += p;
        }
        foreach (var row in rows)
        foreach (var item in row)
            sum += item * item;
        return sum;
    }

    [Differentiable]
    public static double Temporary(ReadOnlySpan<double> x)
    {
        var squares = new double[x.Length];
        for (int i = 0; i < x.Length; i++)
            squares[i] = x[i] * x[i];
        for (int i = 1; i < squares.Length; i++)
            squares[i] += squares[i - 1] * x[i];
        return squares[^1];
    }

    [Differentiable]
    public static double Stack(ReadOnlySpan<double> x)
    {
        Span<double> t = stackalloc double[3];
        t[0] = x[0];
        t[1] = x[1] * t[0];
        t[2] = t[0] * t[1];
        Reverse2(t);
        return t[2] + t[1] * t[1];
    }

    static void Reverse2(Span<double> t) => (t[0], t[2]) = (t[2], t[0]);

    [Differentiable]
    public static double Slices(ReadOnlySpan<double> x)
    {
        var head = x[..2];
        var tail = x[2..];
        var middle = x.Slice(1, 2);
        double sum = 0;
        for (int i = 0; i < head.Length; i++)
            sum += head[i] * tail[i] + middle[i] * middle[i];
        return sum + x[1..^1][0] * x[^1];
    }

    [Differentiable, Points(Length = 6)]
    public static double RowsOfSpan(ReadOnlySpan<double> x, ReadOnlySpan<double> w)
    {
        int d = 3;
        double sum = 0;
        for (int i = 0; i < x.Length / d; i++)
        {
            var row = x.Slice(i * d, d);
            double inner = 0;
            for (int k = 0; k < d; k++)
                inner += row[k] * w[k];
            sum += Math.Tanh(inner);
        }
        return sum;
    }

    [Differentiable]
    public static double MovingSpan(ReadOnlySpan<double> x)
    {
        double sum = 0;
        while (x.Length > 1)
        {
            sum += x[0] * x[1];
            x = x[1..];
        }
        return sum * x[0];
    }

    [Differentiable]
    public static double Initialized(double x, double y)
    {
        double[] t = [x, y, x * y];
        var u = new[] { y, x, t[2] * t[2] };
        var ints = new int[] { 2, 0, 1 };
        double sum = 0;
        for (int i = 0; i < t.Length; i++)
            sum += t[i] * u[ints[i]];
        return sum;
    }

    [Differentiable]
    public static double Matrix2(double[,] a)
    {
        var b = new double[a.GetLength(1), a.GetLength(0)];
        for (int i = 0; i < a.GetLength(0); i++)
        for (int k = 0; k < a.GetLength(1); k++)
            b[k, i] = a[i, k] * a[i, k];
        double sum = 0;
        for (int i = 0; i < b.GetLength(0); i++)
            sum = sum * b[i, 0] + b[i, b.GetLength(1) - 1];
        return sum;
    }

    [Differentiable]
    public static double CopyAndClear(double[] x)
    {
        var copy = new double[x.Length];
        Array.Copy(x, copy, x.Length);
        Array.Copy(x, 0, copy, 1, 2);
        var clone = (double[])x.Clone();
        clone[0] = copy[1] * 2;
        Array.Clear(copy, 0, 1);
        x.AsSpan(1, 2).CopyTo(copy);
        double sum = 0;
        for (int i = 0; i < copy.Length; i++)
            sum += copy[i] * clone[i];
        copy.AsSpan().Fill(x[0]);
        return sum + copy[2] * copy[3];
    }

    [Differentiable]
    public static double OverlappingCopy(double[] x)
    {
        var t = new double[x.Length];
        x.AsSpan().CopyTo(t);
        t.AsSpan(0, 3).CopyTo(t.AsSpan(1));
        t.AsSpan(1).CopyTo(t);
        return t[0] * t[1] + t[2] * t[3] * t[1];
    }

    [Differentiable]
    public static double InPlace(double[] x)
    {
        for (int i = 1; i < x.Length; i++)
            x[i] *= x[i - 1];
        return x[^1];
    }

    [Differentiable]
    public static double IndexEffects(ReadOnlySpan<double> x)
    {
        var t = new double[x.Length];
        int i = 0;
        t[i++] = x[i] * 2;
        t[i++] += x[i++];
        t[i] = t[i - 1] = x[0] * t[1];
        return t[0] * t[1] + t[2] * t[3];
    }

    [Differentiable]
    public static double IntArrays(ReadOnlySpan<double> x, int[] index)
    {
        var counts = new int[4];
        double p = 1;
        foreach (var i in index)
        {
            counts[i]++;
            p = p * x[i] + counts[i];
        }
        return p;
    }

    // results in spans

    [Differentiable]
    public static void Softmax(ReadOnlySpan<double> x, Span<double> y)
    {
        double sum = 0;
        for (int i = 0; i < x.Length; i++)
        {
            y[i] = Math.Exp(x[i]);
            sum += y[i];
        }
        for (int i = 0; i < y.Length; i++)
            y[i] /= sum;
    }

    [Differentiable]
    public static void Accumulated(double[] x, double[] y, double scale)
    {
        for (int i = 0; i < x.Length; i++)
            y[i] += x[i] * scale * y[i];
    }

    [Differentiable]
    public static void MatrixProduct(double[,] a, double[] x, double[] y)
    {
        Array.Clear(y);
        for (int i = 0; i < a.GetLength(0); i++)
        for (int k = 0; k < a.GetLength(1); k++)
            y[i] += a[i, k] * x[k];
    }

    [Differentiable]
    public static double ValueAndArray(ReadOnlySpan<double> x, out double second)
    {
        second = x[0] * x[1];
        return second * x[2];
    }

    [Differentiable]
    public static void Swap(ref double a, ref double b, double c)
    {
        (a, b) = (b * c, a);
        a += b;
    }

    [Differentiable]
    public static (double Sum, double Product) Pair(double x, double y) => (x + y, x * y);

    [Differentiable]
    public static (double Value, int Count) Mixed(ReadOnlySpan<double> x)
    {
        double sum = 0;
        int count = 0;
        foreach (var item in x)
            if (item > 1)
            {
                sum += item * item;
                count++;
            }
        return (sum, count);
    }

    [Differentiable]
    public static void InPlaceMatrix(double[,] m)
    {
        for (int i = 1; i < m.GetLength(0); i++)
        for (int k = 0; k < m.GetLength(1); k++)
            m[i, k] -= m[i - 1, k] * m[i, 0];
    }

    [Differentiable]
    public static void InPlaceRows(double[][] m)
    {
        for (int i = 1; i < m.Length; i++)
        for (int k = 0; k < m[i].Length; k++)
            m[i][k] *= m[i - 1][k];
    }

    [Differentiable]
    public static double Stencil(double[] u, double c)
    {
        var next = new double[u.Length];
        for (int t = 0; t < 4; t++)
        {
            for (int i = 1; i < u.Length - 1; i++)
                next[i] = u[i] + c * (u[i - 1] - 2 * u[i] + u[i + 1]);
            for (int i = 1; i < u.Length - 1; i++)
                u[i] = next[i];
        }
        double sum = 0;
        foreach (var item in u)
            sum += item * item;
        return sum;
    }
}

/// <summary>Local arrays of arrays.</summary>
public static partial class Rows
{
    [Differentiable]
    public static double Rectangular(ReadOnlySpan<double> x, int n)
    {
        double[][] table = new double[n + 2][];
        for (int i = 0; i < table.Length; i++)
            table[i] = new double[x.Length];
        for (int i = 0; i < table.Length; i++)
        for (int j = 0; j < x.Length; j++)
            table[i][j] = (i == 0 ? 1.0 : table[i - 1][j]) * x[j] + i;
        double sum = 0.0;
        foreach (var row in table)
        foreach (var number in row)
            sum += number * number;
        return sum;
    }

    [Differentiable]
    public static double Triangular(double x, int n)
    {
        int rows = n + 3;
        var pascal = new double[rows][];
        for (int i = 0; i < rows; i++)
        {
            pascal[i] = new double[i + 1];
            pascal[i][0] = x;
            pascal[i][i] = 1.0;
            for (int k = 1; k < i; k++)
                pascal[i][k] = pascal[i - 1][k - 1] + x * pascal[i - 1][k];
        }
        return pascal[rows - 1][1] * pascal[rows - 2][^1] + pascal[2].Length;
    }

    [Differentiable]
    public static double Ragged(double x, double y)
    {
        double[][] parts =
        [
            [x, y],
            [x * y],
            [1.0, x, y * y],
        ];
        int[][] places = new int[][] { new[] { 1, 0 }, new int[] { 2 } };
        double sum = 0.0;
        for (int i = 0; i < parts.Length; i++)
        for (int k = 0; k < parts[i].Length; k++)
            sum = sum * 0.7 + parts[i][k];
        return sum * parts[places[1][0]][places[0][0]];
    }

    [Differentiable]
    public static double OneByOne(double x, ReadOnlySpan<double> y)
    {
        var layers = new double[2][];
        layers[0] = new double[y.Length];
        y.CopyTo(layers[0]);
        layers[1] = new[] { x, x * x };
        Scale(layers, 0, x);
        return Total(layers[0]) * Total(layers[1]);
    }

    static void Scale(double[][] rows, int which, double by)
    {
        for (int i = 0; i < rows[which].Length; i++)
            rows[which][i] *= by;
    }

    static double Total(ReadOnlySpan<double> row)
    {
        double sum = 0.0;
        foreach (var number in row)
            sum += number;
        return sum;
    }

    /// <summary>A new table in every round.</summary>
    [Differentiable]
    public static double InLoop(double x, int n)
    {
        double p = x;
        for (int round = 0; round < n; round++)
        {
            var steps = new double[3][];
            for (int i = 0; i < 3; i++)
                steps[i] = new double[n + 1];
            steps[0][0] = p;
            for (int i = 1; i < 3; i++)
            for (int k = 0; k < steps[i].Length; k++)
                steps[i][k] = Math.Sin(steps[i - 1][k]) + x;
            p = steps[2][^1] * x;
        }
        return p;
    }
}
