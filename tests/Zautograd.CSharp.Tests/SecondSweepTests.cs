using System.Numerics;

namespace Zautograd.Tests;

/// <summary>Hessian-vector products on the tape are those of the Hessian, which is computed another way: from what the function did, again at duals.</summary>
public sealed class SecondSweepTests
{
    static void Agree(Func<Value[], Value> f, double[] x, string what = "")
    {
        double[] v = [.. x.Select((_, i) => 1.5 - 0.7 * i)];
        var hessian = Derivatives.Hessian(f, x);
        var product = Derivatives.HessianVector(f, x, v);
        for (int i = 0; i < x.Length; i++)
        {
            double expected = 0,
                scale = 1e-3;
            for (int j = 0; j < x.Length; j++)
            {
                expected += hessian[i, j] * v[j];
                scale += Math.Abs(hessian[i, j] * v[j]);
            }
            Assert.True(Math.Abs(expected - product[i]) <= 1e-13 * scale, $"{what}[{i}]: {product[i]}, by the Hessian {expected}");
        }
    }

    [Fact]
    public void Of_every_operation_however_its_arguments_are_given()
    {
        var random = new Random(6);
        Assert.True(ValueFunctions.All.Count > 60);
        foreach (var (operation, method) in ValueFunctions.All)
            for (int round = 0; round < 3; round++)
            {
                double[] inside = ValueFunctions.Inside(operation, random);
                var types = method.GetParameters().Select(parameter => parameter.ParameterType).ToArray();
                Value Call(Value[] v, bool same)
                {
                    object[] arguments = [.. types.Select((type, i) => type == typeof(Value) ? (object)v[same ? 0 : i] : inside[i])];
                    return (Value)method.Invoke(null, arguments)!;
                }
                Agree(v => Call(v, same: false) * v[0], inside, method.ToString()!);
                if (operation != Operation.Clamp && types.Count(type => type == typeof(Value)) > 1)
                    Agree(v => Call(v, same: true) * v[1].Exp(), inside, $"{method} of one value");
            }
    }

    [Fact]
    public void Of_sums_and_products_of_many()
    {
        double[] x = [.. Enumerable.Range(1, 12).Select(i => Math.Sin(i))];
        double[] weights = [.. x.Select(number => 1 - number * number)];
        Agree(v => Value.Dot(v[..6], v[6..]) * v[3], x, "neighbours");
        Agree(v => Value.Dot(v[..6], v[..6], v[11]).Tanh(), x, "squares, with a bias");
        Agree(v => Value.Dot([v[3], v[0], v[7], v[7]], [v[1], v[1], v[2], v[0]], v[7]).Exp(), x, "scattered");
        Agree(v => Value.Dot(v, weights, v[2]).Sin() * v[0], x, "with numbers");
        Agree(v => Value.Dot(v, v.Select(each => each.Cos()).ToArray()), x, "one run");
        Agree(v => Value.Sum(v).Sin() * Value.Sum(v[2], v[2], v[4]), x, "sums");
        Agree(v => Value.LogSumExp(v) * Value.LogSumExp(v[0], v[0] * v[1], 0.3), x, "log-sum-exp");
    }

    readonly struct Ratio : ICustomRule
    {
        public double Value(ReadOnlySpan<double> x) => x[0] / x[1];

        public void Slopes<T>(ReadOnlySpan<T> x, T y, Span<T> slopes)
            where T : struct, IFloatingPointIeee754<T> => (slopes[0], slopes[1]) = (T.One / x[1], -y / x[1]);
    }

    [Fact]
    public void Of_rules_of_the_users()
    {
        double[] x = [0.4, 0.7];
        Agree(v => CustomRule.Call(new Ratio(), v[0], v[1]) * v[0], x);
        Agree(v => CustomRule.Call(new Ratio(), v[1], v[1]) * v[0] * v[1], x);
        Agree(v => CustomRule.Call(new Ratio(), v[1], 3) * v[0], x);
    }

    /// <summary>So many operations that they fill several blocks, with numbers among the arguments wherever a block ends.</summary>
    [Fact]
    public void Of_many_records() =>
        Agree(
            v =>
            {
                var y = v[0];
                for (int i = 0; i < 3000; i++)
                    y = 1 / (Value.Pow(y, 2) + v[1] + (i % 7 == 0 ? Value.Sum(v[2], y, v[0]) : 0.5)) + y * 0.25;
                return y;
            },
            [0.3, 0.9, 0.2]
        );

    [Fact]
    public void Inside_other_derivatives_and_around_them()
    {
        static double Inner(double at) => Derivatives.HessianVector(w => Value.Pow(w[0], 3), [at], [1])[0];
        Assert.Equal(12, Inner(2));
        double[] x = [2, 5];
        Assert.Equal(
            [2 * Inner(2) * 5 + 2 * 2 * Inner(2), 2 * 2 * Inner(2)],
            Derivatives.HessianVector(v => v[0] * v[0] * v[1] * Inner(2), x, [1, 1])
        );
        Assert.Equal(2 * Inner(2) * 5, Derivatives.Hessian(v => v[0] * v[0] * v[1] * Inner(2), x)[0, 0]);
        using var watch = NonFinite.Watch();
        Assert.Throws<NonFiniteException>(() => Derivatives.HessianVector(v => (v[0] - 2).Log(), x, [1, 1]));
    }

    [Fact]
    public void What_another_thread_computed_is_known_or_refused()
    {
        static double[] Product(Func<Value, Value> there) =>
            Derivatives.HessianVector(
                v =>
                {
                    Value y = 0;
                    var thread = new Thread(() => y = there(v[0]));
                    thread.Start();
                    thread.Join();
                    return y * v[0];
                },
                [2.0],
                [1.0]
            );
        Assert.Equal([12], Product(x => x * x));
        Assert.Equal([6], Product(x => x * 3));
        Assert.Throws<NotSupportedException>(() => Product(x => Value.Pow(x, 2)));
        Assert.Equal([2], Product(x => x + 0 * Value.Pow(x, 2))); // does not count
    }

    [Fact]
    public void A_corner_that_does_not_count_gives_no_NaN()
    {
        double[] x = [0, 2];
        Assert.Equal([0, 0], Derivatives.HessianVector(v => v[1] + 0 * v[0].Sqrt(), x, [1, 1]));
        Assert.Equal([0, 2], Derivatives.HessianVector(v => v[1] * v[1] + v[0].Sqrt() * 0, x, [0, 1]));
        Assert.Equal([0, 0], Derivatives.HessianVector(v => v[0], x, [1, 1]));
        Assert.Empty(Derivatives.HessianVector(v => 3, [], []));
    }

    [Fact]
    public void What_the_function_does_to_its_array_is_its_own_affair()
    {
        static Value Overwriting(Value[] v)
        {
            v[0] *= v[0];
            return v[0] * v[0];
        }
        Assert.Equal([108], Derivatives.HessianVector(Overwriting, [3.0], [1.0]));
        Assert.Equal(
            [0, 4],
            Derivatives.HessianVector(
                v =>
                {
                    Array.Reverse(v);
                    return v[0] * v[0] * v[1];
                },
                [3.0, 2.0],
                [1.0, 0.0]
            )
        );
    }

    [Fact]
    public void Numbers_set_within_the_function_are_refused()
    {
        static void Refused(Func<Value[], Value> f) =>
            Assert.Contains("Data", Assert.Throws<InvalidOperationException>(() => Derivatives.HessianVector(f, [1.3], [1.0])).Message);
        Value w = 2;
        Refused(v =>
        {
            w.Data = 2;
            var p = w / v[0];
            w.Data = 3;
            return p + w / v[0];
        });
        Refused(v =>
        {
            var u = v[0] * 2;
            var p = u.Sin();
            u.Data = 0;
            return p;
        });
        w.Data = 4;
        Assert.Equal([8 / (1.3 * 1.3 * 1.3)], Derivatives.HessianVector(v => w / v[0], [1.3], [1.0]), (a, b) => Math.Abs(a - b) < 1e-13);
    }

    [Fact]
    public void A_constant_of_another_thread_is_one() =>
        Assert.Equal(
            [8],
            Derivatives.HessianVector(
                v =>
                {
                    Value r = default;
                    var thread = new Thread(() => r = new Value(2).Pow(2));
                    thread.Start();
                    thread.Join();
                    return r * v[0] * v[0];
                },
                [1.5],
                [1.0]
            )
        );

    [Fact]
    public void What_fails_leaves_nothing_behind()
    {
        double[] x = [0.5];
        for (int round = 0; round < 3; round++)
        {
            Assert.Throws<TimeoutException>(() => Derivatives.HessianVector(v => v[0] > 0 ? throw new TimeoutException() : v[0], x, [1]));
            Assert.Throws<InvalidOperationException>(() => Derivatives.HessianVector(v => default, x, [1]));
            Assert.Equal([6 * 0.5], Derivatives.HessianVector(v => Value.Pow(v[0], 3), x, [1]));
        }
        Assert.Throws<ArgumentException>(() => Derivatives.HessianVector(v => v[0], x, [1, 2]));
    }
}
