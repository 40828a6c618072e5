using System.Numerics;

namespace Zautograd.Tests;

/// <summary>Sparse derivatives are the dense ones, whatever branch a point takes, and the patterns are no larger than they must be.</summary>
public sealed class SparseTests
{
    static double[] Point(int n, Random random) => [.. Enumerable.Range(0, n).Select(_ => 4 * random.NextDouble() - 2)];

    static void Same(double[,] expected, SparseRows actual, string context)
    {
        var full = actual.ToArray();
        for (int i = 0; i < expected.GetLength(0); i++)
        for (int j = 0; j < expected.GetLength(1); j++)
        {
            Assert.True(
                Math.Abs(expected[i, j] - full[i, j]) <= 1e-12 * (1 + Math.Abs(expected[i, j])),
                $"{context}: entry {i}, {j} is {full[i, j]}, not {expected[i, j]}; pattern\n{actual.Pattern}"
            );
        }
    }

    [Fact]
    public void Random_functions_have_the_dense_Jacobian_at_every_point()
    {
        var random = new Random(3);
        for (int seed = 0; seed < 150; seed++)
        {
            int n = 1 + random.Next(12);
            var f = new RandomField(seed, 1 + random.Next(12));
            var first = Point(n, random);
            SparseJacobian[] ways =
            [
                SparseJacobian.Of(f, first),
                SparseJacobian.Of(f, first, Jacobians.Forward, ColouringOrder.SmallestLast),
                SparseJacobian.Of(f, first, Jacobians.Reverse, ColouringOrder.LargestFirst),
            ];
            for (int round = 0; round < 5; round++)
            {
                var x = round == 0 ? first : Point(n, random);
                var dense = Derivatives.Jacobian<RandomField, double>(f, x);
                foreach (var way in ways)
                    Same(dense, way.At(x), $"seed {seed}");
            }
        }
    }

    [Fact]
    public void Random_functions_have_the_dense_Hessian_at_every_point()
    {
        var random = new Random(4);
        for (int seed = 0; seed < 120; seed++)
        {
            int n = 1 + random.Next(12);
            var f = new RandomSum(seed, 1 + random.Next(8));
            var first = Point(n, random);
            var order = (ColouringOrder)(seed % 3);
            var hessian = SparseHessian.Of(f, first, order);
            for (int round = 0; round < 5; round++)
            {
                var x = round == 0 ? first : Point(n, random);
                Same(Derivatives.Hessian<RandomSum, double>(f, x), hessian.At(x), $"seed {seed}");
            }
        }
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(2, 5)]
    public void A_band_takes_as_many_sweeps_as_it_is_wide(int half, int width)
    {
        const int N = 10_000;
        double[] x = [.. Enumerable.Range(0, N).Select(i => 0.25 * (i % 7))];
        var jacobian = SparseJacobian.Of(new Band(half), x);
        Assert.Equal(width, jacobian.Colouring.Count);
        Assert.Equal(N * width - half * (half + 1), jacobian.Pattern.Count);
        var rows = jacobian.At(x);
        for (int i = 0; i < N; i++)
            foreach (int j in rows.Pattern.Row(i))
                Assert.Equal(2 * (1 + (i + 2 * j) % 5) * x[j], rows[i, j]);

        var hessian = SparseHessian.Of(new BandSum(half), x);
        Assert.Equal(width, hessian.Colouring.Count);
        Assert.Equal(N * width - half * (half + 1), hessian.Pattern.Count);
        var second = hessian.At(x);
        for (int i = 0; i + 1 < N; i++)
            Assert.Equal(2 * x[i + 1], second[i, i + 1]);
    }

    [Fact]
    public void An_arrow_takes_two_products()
    {
        const int N = 10_000;
        double[] x = [.. Enumerable.Range(0, N).Select(i => 0.25 * (i % 7))];
        var arrow = SparseHessian.Of(new ArrowSum(), x);
        Assert.Equal(2, arrow.Colouring.Count);
        Assert.Equal(3 * N - 2, arrow.Pattern.Count);
        var hessian = arrow.At(x);
        Assert.Equal(1, hessian[0, 0]);
        for (int i = 1; i < N; i++)
        {
            Assert.Equal(Math.Cos(x[i]), hessian[i, 0]);
            Assert.Equal(Math.Cos(x[i]), hessian[0, i]);
            Assert.Equal(2 - x[0] * Math.Sin(x[i]), hessian[i, i]);
        }
    }

    readonly struct Terms(int which) : IScalarField
    {
        public T Call<T>(ReadOnlySpan<T> x)
            where T : struct, IFloatingPointIeee754<T> =>
            which switch
            {
                0 => x[0] + T.CreateChecked(3) * x[1] - x[2], // linear
                1 => x[0] * x[1], // no squares
                2 => x[0] / x[1], // none of the dividend
                3 => T.Abs(x[0]) + T.Max(x[1], x[2]) + T.Floor(x[0]), // straight between kinks
                4 => T.Sin(x[0]) + T.Exp(x[1] + x[2]),
                5 => T.Sqrt(x[0] * x[1]) * T.Zero, // 0 here, but not by its shape
                6 => (x[0] - T.One) * (x[1] - T.One) * x[2], // slopes of 0 at (1, 1, 1)
                _ => x[0] < x[1] ? x[0] * x[0] : x[2] * x[2],
            };
    }

    [Theory]
    [InlineData(0, ". . .\n. . .\n. . .")]
    [InlineData(1, ". x .\nx . .\n. . .")]
    [InlineData(2, ". x .\nx x .\n. . .")]
    [InlineData(3, ". . .\n. . .\n. . .")]
    [InlineData(4, "x . .\n. x x\n. x x")]
    [InlineData(6, ". x x\nx . x\nx x .")]
    [InlineData(7, ". . .\n. . .\n. . x")]
    public void A_Hessian_has_entries_where_the_slopes_of_the_table_say(int which, string pattern) =>
        Assert.Equal(pattern, SparseHessian.Of(new Terms(which), [1, 1, 1]).Pattern.ToString());

    [Fact]
    public void A_branch_taken_elsewhere_adds_its_entries()
    {
        var hessian = SparseHessian.Of(new Terms(7), [1, 1, 1]);
        Assert.Equal(0, hessian.At([1, 2, 3])[2, 2]);
        Assert.Equal(2, hessian.At([1, 2, 3])[0, 0]);
        Assert.Equal(2, hessian.Pattern.Count);
        Assert.Equal(2, hessian.At([2, 1, 3])[2, 2]);
    }

    readonly struct Picking(int how) : IVectorField
    {
        public int Results(int variables) => 1;

        public void Call<T>(ReadOnlySpan<T> x, Span<T> y)
            where T : struct, IFloatingPointIeee754<T>
        {
            bool first = how switch
            {
                0 => x[0] > T.Zero,
                1 => T.IsPositive(x[0]),
                2 => T.Sign(x[0]) > 0,
                3 => x[0].CompareTo(T.Zero) > 0,
                4 => double.CreateChecked(x[0]) > 0,
                5 => int.CreateTruncating(x[0]) > 0,
                6 => T.Floor(x[0]) >= T.One,
                7 => !x[0].ToString(null, null).StartsWith('-'),
                8 => T.ConvertToInteger<long>(x[0]) > 0,
                9 => Comparer<T>.Default.Compare(x[0], T.Zero) > 0,
                10 => T.Max(x[0], -x[0]) == x[0],
                11 => T.CopySign(T.One, x[0]) == T.One,
                _ => !T.IsNegative(x[0] % T.CreateChecked(7)),
            };
            y[0] = first ? x[1] : x[2] * x[2];
        }
    }

    [Fact]
    public void Whatever_a_function_asks_of_its_numbers_is_asked_again()
    {
        for (int how = 0; how < 13; how++)
        {
            var jacobian = SparseJacobian.Of(new Picking(how), [1, 2, 3]);
            Same(
                new double[,]
                {
                    { 0, 0, 6 },
                },
                jacobian.At([-1, 2, 3]),
                $"question {how}"
            );
            Same(
                new double[,]
                {
                    { 0, 1, 0 },
                },
                jacobian.At([1, 2, 3]),
                $"question {how}"
            );
            Assert.Equal(2, jacobian.Pattern.Count);
        }
    }

    [Fact]
    public void Functions_over_values_have_the_same_Jacobian()
    {
        static Value[] F(Value[] v) =>
            [
                .. Enumerable.Range(0, v.Length).Select(i => v[i] > 0 ? v[i] * v[(i + 1) % v.Length] : v[i].Sin()),
                Value.Dot([v[0], v[1]], [v[1], 3.0], bias: v[2]),
                v[3],
                2.5,
            ];
        var random = new Random(5);
        double[] first = [1, 1, 1, 1, 1, 1];
        var jacobian = SparseJacobian.Of(F, first);
        Assert.Equal(12 + 3 + 1, jacobian.Pattern.Count);
        for (int round = 0; round < 5; round++)
        {
            var x = round == 0 ? first : Point(6, random);
            var dense = new double[9, 6];
            for (int row = 0; row < 9; row++)
            {
                var v = Array.ConvertAll(x, number => new Value(number));
                F(v)[row].Backward();
                for (int column = 0; column < 6; column++)
                    dense[row, column] = v[column].Grad;
            }
            Same(dense, jacobian.At(x), $"round {round}");
        }
    }

    [Fact]
    public void Functions_over_values_have_the_same_Hessian()
    {
        Value scale = 3;
        Value F(Value[] v) =>
            Value.Sum([
                .. Enumerable.Range(0, v.Length).Select(i => v[i] > 0 ? v[i] * v[(i + 1) % v.Length] * scale : v[i].Sin()),
                Value.Dot([v[0], v[1]], [v[1], 3.0], bias: v[2]),
                Value.LogSumExp(v[2], v[3]),
                v[3] * 2.5,
            ]);
        var random = new Random(5);
        double[] first = [1, 1, 1, 1, 1, 1];
        var hessian = SparseHessian.Of(F, first);
        Assert.Equal(12 + 2, hessian.Pattern.Count);
        for (int round = 0; round < 5; round++)
        {
            var x = round == 0 ? first : Point(6, random);
            Same(Derivatives.Hessian(F, x), hessian.At(x), $"round {round}");
        }

        Assert.True(hessian.Pattern.Count > 12 + 2); // some went another way
        Value weight = 0;
        var weighted = SparseHessian.Of(v => weight * (v[0] * v[0]), [1.0]);
        weight.Data = 1;
        Assert.Equal(2, weighted.At([1.0])[0, 0]);
    }

    sealed class Box<T>
    {
        internal static T Kept = default!;
    }

    readonly struct Keeping : IVectorField
    {
        public int Results(int variables) => 1;

        public void Call<T>(ReadOnlySpan<T> x, Span<T> y)
            where T : struct, IFloatingPointIeee754<T>
        {
            y[0] = x[0] + Box<T>.Kept;
            Box<T>.Kept = x[0];
        }
    }

    readonly struct Threading : IVectorField
    {
        public int Results(int variables) => 1;

        public void Call<T>(ReadOnlySpan<T> x, Span<T> y)
            where T : struct, IFloatingPointIeee754<T>
        {
            T first = x[0],
                result = default;
            Exception? failure = null;
            var thread = new Thread(() => failure = Record.Exception(() => result = first > T.Zero ? first : -first));
            thread.Start();
            thread.Join();
            y[0] = failure is null ? result : throw failure;
        }
    }

    [Fact]
    public void What_would_make_a_pattern_wrong_is_refused()
    {
        SparseJacobian.Of(new Keeping(), [1.0]);
        Assert.Throws<InvalidOperationException>(() => SparseJacobian.Of(new Keeping(), [1.0]));
        Assert.Throws<InvalidOperationException>(() => SparseJacobian.Of(new Threading(), [1.0]));
        Assert.Throws<InvalidOperationException>(() =>
            SparseJacobian.Of(
                v =>
                {
                    (v[0] * v[0]).Backward();
                    return v;
                },
                [1.0]
            )
        );
        Assert.Throws<ArgumentException>(() => SparseJacobian.Of(new Band(1), [1.0, 2.0]).At([1.0]));
        Assert.Equal(3, SparseJacobian.Of(new Band(1), [1.0, 2.0, 3.0]).At([1, 2, 3]).Pattern.Rows); // and all goes on
    }
}
