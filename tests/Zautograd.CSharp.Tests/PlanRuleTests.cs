using System.Numerics;

namespace Zautograd.Tests;

/// <summary>Custom rules in plans.</summary>
public sealed class PlanRuleTests
{
    /// <summary>x² y + scale, whose slope by a third argument is left out.</summary>
    readonly struct Parabola(double scale) : ICustomRule
    {
        public double Value(ReadOnlySpan<double> x) => x[0] * x[0] * x[1] + scale;

        public void Slopes<T>(ReadOnlySpan<T> x, T y, Span<T> slopes)
            where T : struct, IFloatingPointIeee754<T>
        {
            slopes[0] = (x[0] + x[0]) * x[1];
            slopes[1] = x[0] * x[0];
        }
    }

    /// <summary>A square root that takes no negative number, and writes down what it was asked.</summary>
    sealed class Root : ICustomRule
    {
        internal readonly List<double> Asked = [];

        public double Value(ReadOnlySpan<double> x)
        {
            if (x[0] < 0)
            {
                throw new ArgumentException("negative");
            }

            Asked.Add(x[0]);
            return Math.Sqrt(x[0]);
        }

        public void Slopes<T>(ReadOnlySpan<T> x, T y, Span<T> slopes)
            where T : struct, IFloatingPointIeee754<T> => slopes[0] = T.CreateChecked(0.5) / y;
    }

    static double[] Numbers(int count, double from = -1, double to = 1) => PlanTests.Numbers(count, new Random(1), from, to);

    readonly struct Signed(double sign) : ICustomRule
    {
        readonly double sign = sign;

        public double Value(ReadOnlySpan<double> x) => double.IsNegative(sign) ? -x[0] : x[0];

        public void Slopes<T>(ReadOnlySpan<T> x, T y, Span<T> slopes)
            where T : struct, IFloatingPointIeee754<T> => slopes[0] = double.IsNegative(sign) ? -T.One : T.One;
    }

    [Fact]
    public void Rules_that_are_equal_but_for_the_sign_of_a_zero_are_two()
    {
        var plan = Plan.Record(x => CustomRule.Call(new Signed(0.0), x[0]) + 2 * CustomRule.Call(new Signed(-0.0), x[0]), inputs: [1]);
        Assert.Equal(-3, plan.Value([3]));
    }

    [Fact]
    public void A_rule_of_inputs_parameters_and_both_is_replayed_as_the_tape_has_it()
    {
        static Value F(Value[] x, Value[] p)
        {
            var twice = CustomRule.Call(new Parabola(2), x[0], x[0]);
            var mixed = CustomRule.Call(new Parabola(3), p[0] * x[1], p[1], x[0]);
            var shared = CustomRule.Call(new Parabola(4), p[0], p[1]);
            var plain = CustomRule.Call(new Parabola(5), 2, 3);
            return twice * mixed.Sin() + shared * x[1] + CustomRule.Call(new Parabola(2), mixed, shared) * plain;
        }

        var plan = Plan.Record(F, [1, 2], [0.5, 0.25]);
        foreach (var samples in new[] { 0, 1, 7, 8, 63, 64, 65, 150 })
        {
            PlanTests.AgreesWithTheTape(F, plan, Numbers(2 * samples), [0.3, -0.7], 2);
        }

        const double inf = double.PositiveInfinity;
        double[] points = [0, -0.0, 1, inf, -inf, double.NaN];
        foreach (var x in points)
        foreach (var y in points)
        {
            PlanTests.AgreesWithTheTape(F, plan, [x, y], [0.3, -0.7], 2);
            PlanTests.AgreesWithTheTape(F, plan, [0.1, 0.2], [x, y], 2);
        }

        Assert.Equal(1, plan.Paths);
    }

    [Fact]
    public void A_rule_alone_is_a_function_too()
    {
        static Value F(Value[] x, Value[] p) => CustomRule.Call(new Root(), x[0]);
        static Value G(Value[] x, Value[] p) => CustomRule.Call(new Parabola(1), p[0], p[0]);
        var root = new Root();
        Value H(Value[] x, Value[] p) => CustomRule.Call(root, x[0]);
        PlanTests.AgreesWithTheTape(H, Plan.Record(H, [1], []), Numbers(20, 0, 1), [], 1);
        PlanTests.AgreesWithTheTape(H, Plan.Record(H, [1], []), [0, 4, double.PositiveInfinity, double.NaN], [], 1);
        PlanTests.AgreesWithTheTape(G, Plan.Record(G, [1], [2]), Numbers(20, 0, 1), [3], 1);
        Assert.Contains("Its rule Root is another one", Assert.Throws<InvalidOperationException>(() => Plan.Record(F, [1], [])).Message);
    }

    /// <summary>a - b, as a rule.</summary>
    readonly struct Difference : ICustomRule
    {
        public double Value(ReadOnlySpan<double> x) => x[0] - x[1];

        public void Slopes<T>(ReadOnlySpan<T> x, T y, Span<T> slopes)
            where T : struct, IFloatingPointIeee754<T> => (slopes[0], slopes[1]) = (T.One, T.NegativeOne);
    }

    [Fact]
    public void Two_arguments_that_are_one_get_the_sum_of_their_slopes()
    {
        Func<Value, Value>[] functions =
        [
            x => x / (x - x),
            x => (x - x).Sqrt(),
            x => (x - x).Cbrt() * (x * x) - Value.Max(x, x),
            x => CustomRule.Call(new Difference(), x, x).Sqrt() + CustomRule.Call(new Difference(), x, x) / x,
        ];
        foreach (var f in functions)
        {
            Value OfInput(Value[] x, Value[] p) => f(x[0]) * p[0];
            Value OfParameter(Value[] x, Value[] p) => f(p[0]) * x[0];
            Value OfBoth(Value[] x, Value[] p) => f(x[0] * p[0]);
            foreach (var g in new Func<Value[], Value[], Value>[] { OfInput, OfParameter, OfBoth })
            {
                PlanTests.AgreesWithTheTape(g, Plan.Record(g, [3], [2]), [3, -1, 0.5], [2], 1);
            }
        }
    }

    [Fact]
    public void Only_samples_that_come_to_a_rule_call_it()
    {
        var root = new Root();
        Value F(Value[] x, Value[] p)
        {
            if (x[0] > 0)
            {
                return CustomRule.Call(root, x[0]) * p[0];
            }

            return p[1] > 0 ? x[0] * p[0] : CustomRule.Call(root, -x[0]) * p[0] + CustomRule.Call(root, -p[1]);
        }

        var plan = Plan.Record(F, [-1], [2, -3]); // the path on which no input touches one of the rules comes first
        foreach (var last in new[] { 1.0, -1, 0 })
        {
            PlanTests.AgreesWithTheTape(F, plan, Numbers(150), [0.7, last], 1);
        }

        Assert.Equal(3, plan.Paths);
        root.Asked.Clear();
        plan.Value([4, -1, 9], [1, 1]);
        Assert.Equal([4, 9], root.Asked.Distinct()); // perhaps again, without the sample that left the path
        root.Asked.Clear();
        plan.Value([4, 16], [1, -5]);
        Assert.Equal([4, 16], root.Asked); // nobody needs the root of 5

        static Value Shared(Root root, Value p) => p < 0 ? p : CustomRule.Call(root, p);
        Value G(Value[] x, Value[] p) => x[0] * Shared(root, p[0]);
        plan = Plan.Record(G, [1], [1]);
        PlanTests.AgreesWithTheTape(G, plan, Numbers(20), [-1], 1);
        PlanTests.AgreesWithTheTape(G, plan, Numbers(20), [1], 1);
        root.Asked.Clear();
        plan.Value(Numbers(20), [36]);
        Assert.Equal([36], root.Asked); // once a call
    }

    [Fact]
    public void A_replay_with_rules_allocates_nothing()
    {
        static Value F(Value[] x, Value[] p) =>
            CustomRule.Call(new Parabola(1), x[0], p[0]) * (x[1] > 0 ? CustomRule.Call(new Parabola(2), p[0], p[1]) : x[1])
            + Value.LogSumExp(x) * p[1];
        var plan = Plan.Record(F, [1, 1], [1, 1]);
        double[] inputs = Numbers(200),
            parameters = [0.3, 0.4],
            gradient = new double[2],
            inputsGradient = new double[200],
            values = new double[100];
        void Run()
        {
            plan.ValueAndGradient(inputs, parameters, gradient);
            plan.ValueAndGradient(inputs, parameters, gradient, inputsGradient);
            plan.Values(inputs, parameters, values);
        }

        for (var i = 0; i < 200; i++)
        {
            Run();
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 50; i++)
        {
            Run();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    readonly struct Ramp : ICustomRule
    {
        public double Value(ReadOnlySpan<double> x) => Math.Max(x[0], 0);

        public void Slopes<T>(ReadOnlySpan<T> x, T y, Span<T> slopes)
            where T : struct, IFloatingPointIeee754<T>
        {
            if (x[0] > T.Zero)
            {
                slopes[0] = T.One;
            }
        }
    }

    [Fact]
    public void A_slope_that_a_rule_leaves_out_is_zero()
    {
        static Value F(Value[] x, Value[] p) => CustomRule.Call(new Ramp(), x[0] * p[0]);
        PlanTests.AgreesWithTheTape(F, Plan.Record(F, [1], [1]), Numbers(30), [0.9], 1);
    }

    sealed class Drop(Random random) : ICustomRule
    {
        internal double Rate = 0.5;

        public double Value(ReadOnlySpan<double> x) => random.NextDouble() < Rate ? 0 : x[0];

        public void Slopes<T>(ReadOnlySpan<T> x, T y, Span<T> slopes)
            where T : struct, IFloatingPointIeee754<T> => slopes[0] = T.IsZero(y) ? T.Zero : T.One;
    }

    sealed class Scaled : ICustomRule
    {
        internal double Scale = 1;

        public double Value(ReadOnlySpan<double> x) => Scale * x[0];

        public void Slopes<T>(ReadOnlySpan<T> x, T y, Span<T> slopes)
            where T : struct, IFloatingPointIeee754<T> => slopes[0] = T.CreateChecked(Scale);
    }

    [Fact]
    public void A_rule_that_changes_is_refused_by_its_name()
    {
        void Refused(string rule, string why, Func<Value[], Value> f)
        {
            var message = Assert.Throws<InvalidOperationException>(() => Plan.Record(f, [1]).Value([2, 3])).Message;
            Assert.Contains($"rule {rule} {why}", message);
        }

        var drop = new Drop(new Random(1));
        Refused(
            "Drop",
            "does not give the same again",
            x => Enumerable.Range(0, 40).Aggregate(x[0], (y, _) => y + CustomRule.Call(drop, x[0]))
        );
        var scaled = new Scaled();
        Refused(
            "Scaled",
            "does not give the same again",
            x =>
            {
                scaled.Scale = 2;
                var y = CustomRule.Call(scaled, x[0]);
                scaled.Scale = 3;
                return y + CustomRule.Call(scaled, x[0]);
            }
        );
        var calls = 0;
        Refused("Parabola", "is another one, or has other fields", x => CustomRule.Call(new Parabola(calls++), x[0], x[0]));
        Refused("Scaled", "is another one", x => CustomRule.Call(new Scaled(), x[0]));
    }

    /// <summary>A root found by Newton's method on values: what it does inside is nobody's affair.</summary>
    readonly struct ByValues : ICustomRule
    {
        public double Value(ReadOnlySpan<double> x)
        {
            Value y = 1;
            for (var i = 0; i < 50; i++)
            {
                y.Grad = 0;
                var error = y * y * y - x[0];
                error.Backward();
                y.Data -= error.Data / y.Grad;
            }

            return y.Data;
        }

        public void Slopes<T>(ReadOnlySpan<T> x, T y, Span<T> slopes)
            where T : struct, IFloatingPointIeee754<T> => slopes[0] = T.One / (T.CreateChecked(3) * y * y);
    }

    [Fact]
    public void A_rule_may_compute_with_values_inside()
    {
        static Value F(Value[] x, Value[] p) => CustomRule.Call(new ByValues(), x[0] * p[0]) * p[0];
        PlanTests.AgreesWithTheTape(F, Plan.Record(F, [1], [1]), Numbers(30, 1, 2), [0.9], 1);
        Assert.Equal([0.5 / 3, 2], Derivatives.Gradient(v => CustomRule.Call(new ByValues(), v[0]) * v[1], [8, 2]));
        Assert.Equal(-2.0 / 9 / 32, Derivatives.Hessian(v => CustomRule.Call(new ByValues(), v[0]), [8])[0, 0], 1e-15);
    }

    readonly struct Constant : ICustomRule
    {
        public double Value(ReadOnlySpan<double> x) => 3;

        public void Slopes<T>(ReadOnlySpan<T> x, T y, Span<T> slopes)
            where T : struct, IFloatingPointIeee754<T> { }
    }

    [Fact]
    public void A_rule_of_no_arguments_is_a_number() =>
        Assert.Equal(6, Plan.Record(x => CustomRule.Call(new Constant(), ReadOnlySpan<Value>.Empty) * x[0], [1]).Value([2]));
}
