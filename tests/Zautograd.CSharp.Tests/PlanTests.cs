using Zautograd.Nn;

namespace Zautograd.Tests;

public sealed class PlanTests
{
    /// <summary>The plan and the tape on the same samples: values and gradients of all kinds; both may fail in the same way.</summary>
    internal static void AgreesWithTheTape(
        Func<Value[], Value[], Value> f,
        Plan plan,
        double[] inputs,
        double[] parameters,
        int perSample,
        double within = 1e-12
    )
    {
        var samples = perSample == 0 ? 1 : inputs.Length / perSample;
        var expected = new double[samples];
        Value[] leaves = [.. parameters.Select(p => new Value(p))],
            numbers = [.. inputs.Select(x => new Value(x))];
        for (var i = 0; i < samples; i++)
        {
            var result = f([.. numbers.AsSpan(i * perSample, perSample)], leaves);
            result.Backward();
            expected[i] = result.Data;
        }

        var values = new double[samples];
        plan.Values(inputs, parameters, values);
        AllSame(expected, values, within);
        foreach (var reduction in samples == 0 ? [Reduction.Sum] : new[] { Reduction.Sum, Reduction.Mean })
        {
            var count = reduction == Reduction.Mean ? samples : 1;
            double[] gradient = Filled(parameters),
                same = Filled(parameters),
                inputsGradient = Filled(inputs);
            Same(expected.Sum() / count, plan.Value(inputs, parameters, reduction), within);
            Same(expected.Sum() / count, plan.ValueAndGradient(inputs, parameters, gradient, reduction), within);
            Same(expected.Sum() / count, plan.ValueAndGradient(inputs, parameters, same, inputsGradient, reduction), within);
            AllSame(leaves.Select(leaf => leaf.Grad / count), gradient, within);
            AllSame(leaves.Select(leaf => leaf.Grad / count), same, within);
            AllSame(numbers.Select(number => number.Grad / count), inputsGradient, within);
        }

        // what stands there before must not count
        static double[] Filled(double[] like) => [.. like.Select(_ => 7.0)];
    }

    internal static void AllSame(IEnumerable<double> expected, IEnumerable<double> actual, double within)
    {
        foreach (var (one, other) in expected.Zip(actual))
        {
            Same(one, other, within);
        }
    }

    internal static void Same(double expected, double actual, double within)
    {
        var same =
            expected == actual
            || double.IsNaN(expected) && double.IsNaN(actual)
            || Math.Abs(expected - actual) <= within * (1 + Math.Abs(expected));
        Assert.True(same, $"expected {expected:R}, found {actual:R}");
    }

    internal static double[] Numbers(int count, Random random, double from = -1, double to = 1) =>
        [.. Enumerable.Range(0, count).Select(_ => from + (to - from) * random.NextDouble())];

    [Fact]
    public void Every_function_is_replayed_as_the_tape_has_it_for_any_number_of_samples()
    {
        var random = new Random(3);
        foreach (var (operation, method) in ValueFunctions.All)
        {
            var arity = method.GetParameters().Length;
            var numbers = ValueFunctions.Inside(operation, random)[..arity];

            // each value once from the samples, once from the parameters, once from both
            foreach (var mixed in new[] { 0, 1, 2 })
            {
                Value F(Value[] x, Value[] p)
                {
                    object[] arguments =
                    [
                        .. method
                            .GetParameters()
                            .Select(
                                (parameter, i) =>
                                    parameter.ParameterType == typeof(double) ? (object)numbers[i]
                                    : mixed == 0 ? x[i]
                                    : mixed == 1 ? p[i]
                                    : x[i] + p[i] * 0.01
                            ),
                    ];
                    return (Value)method.Invoke(null, arguments)! * p[^1];
                }

                double[] parameters = [.. numbers, 1.7];
                var plan = Plan.Record(F, numbers, parameters);
                foreach (var samples in new[] { 0, 1, 3, 8, 17 })
                {
                    double[] inputs = [.. Enumerable.Range(0, samples).SelectMany(_ => ValueFunctions.Inside(operation, random)[..arity])];
                    AgreesWithTheTape(F, plan, inputs, parameters, arity);
                }
            }
        }
    }

    [Fact]
    public void Kinks_poles_infinities_and_NaN_come_out_as_on_the_tape()
    {
        double[] points = [-1, -0.0, 0.0, 0.5, 1, 2, 800, -800, double.PositiveInfinity, double.NegativeInfinity, double.NaN];
        foreach (var (operation, method) in ValueFunctions.All)
        {
            if (
                method.GetParameters() is var types && types.Any(type => type.ParameterType == typeof(double))
                || operation == Operation.Clamp
            )
            {
                continue;
            }

            Value F(Value[] x, Value[] p) => (Value)method.Invoke(null, [.. types.Select((_, i) => (object)(x[i] * p[0]))])! * p[1];
            var plan = Plan.Record(F, [.. types.Select(_ => 0.3)], [1, 1]);
            foreach (var a in points)
            foreach (var b in types.Length == 1 ? [0] : points)
            foreach (var seed in new[] { 1.0, 0.0 })
            {
                AgreesWithTheTape(F, plan, [a, .. types.Length == 1 ? [] : new[] { b }], [1, seed], types.Length);
            }
        }
    }

    /// <summary>A random program over values: functions of what it has so far, sums, products, dot products.</summary>
    static Value Program(int seed, int length, Value[] x, Value[] p)
    {
        var random = new Random(seed);
        List<Value> pool = [.. x, .. p, x[0] * p[0]];
        Func<Value, Value>[] smooth =
        [
            v => v.Sin(),
            v => v.Tanh(),
            v => (-v * v).Exp(),
            v => v.Sigmoid(),
            v => v.Relu(),
            v => v.Abs(),
            v => v / 3,
            v => 2 - v,
        ];
        Value Any() => pool[random.Next(pool.Count)];
        for (var i = 0; i < length; i++)
        {
            pool.Add(
                random.Next(7) switch
                {
                    0 => Any() * Any() + Any() * Any() + Any(),
                    1 => Any() + Any() * Any(),
                    2 => Value.Dot([Any(), Any(), Any()], [Any(), Any(), Any()]) / 3 + Any(),
                    3 => Value.Sum(Any(), Any(), Any()) / 3,
                    4 => Value.Max(Any(), Any()) - Any() * 0.5,
                    _ => smooth[random.Next(smooth.Length)](Any()),
                }
            );
            pool[^1] = pool[^1].Tanh();
        }

        return Value.Sum(pool.TakeLast(5).ToArray()) * p[1] + Value.Dot(p, p);
    }

    [Fact]
    public void Random_programs_are_replayed_as_the_tape_has_them()
    {
        var random = new Random(5);
        for (var seed = 0; seed < 60; seed++)
        {
            Value F(Value[] x, Value[] p) => Program(seed, 5 + seed % 40, x, p);
            var plan = Plan.Record(F, Numbers(3, random), Numbers(4, random));
            for (var round = 0; round < 2; round++)
            {
                AgreesWithTheTape(F, plan, Numbers(3 * (seed % 18), random), Numbers(4, random), 3, within: 1e-11);
            }

            Assert.Equal(1, plan.Paths);
        }
    }

    [Fact]
    public void A_sample_that_takes_another_branch_is_recorded_anew_and_its_path_kept()
    {
        static Value F(Value[] x, Value[] p)
        {
            if (x[0] > p[0])
            {
                return x[1] >= 0 ? x[1] * p[1] : x[0].Log() * p[1];
            }

            return x[0].CompareTo(x[1]) switch
            {
                -1 => (-x[0]).Sin() * p[0],
                1 => x[1].Exp() * p[1],
                _ => p[0] + 3,
            };
        }

        double[] inputs = [1, 1, -1, 2, 2, -1, -1, -1, -2, -3, -3, -2, double.NaN, 1, -1, double.NaN, 3, 3, .. Numbers(200, new Random(1))];
        var plan = Plan.Record(F, [1, 1], [0, 1]);
        AgreesWithTheTape(F, plan, inputs, [0.1, 0.7], 2);
        var paths = plan.Paths;
        Assert.InRange(paths, 5, 8);
        AgreesWithTheTape(F, plan, inputs, [-0.1, 0.3], 2);
        Assert.Equal(paths, plan.Paths);
    }

    [Fact]
    public void A_branch_on_parameters_alone_is_guarded_too()
    {
        static Value F(Value[] x, Value[] p) => p[0] > p[1] ? x[0] * p[0] : x[0] * p[1] * 3;
        var plan = Plan.Record(F, [1], [2, 1]);
        AgreesWithTheTape(F, plan, [1, 2, 3], [2, 1], 1);
        AgreesWithTheTape(F, plan, [1, 2, 3], [1, 2], 1);
        AgreesWithTheTape(F, plan, [1, 2, 3], [5, 1], 1);
        Assert.Equal(2, plan.Paths);
    }

    [Fact]
    public void Loops_whose_length_depends_on_values_have_a_path_for_each_length_and_too_many_go_over_the_tape()
    {
        static Value F(Value[] x, Value[] p)
        {
            var y = x[0] * p[0];
            while (y > 1)
            {
                y = y - 1.5;
            }

            return y * p[0];
        }

        var plan = Plan.Record(F, [0.5], [1]);
        AgreesWithTheTape(F, plan, Numbers(300, new Random(2), 0, 60), [1], 1);
        Assert.InRange(plan.Paths, 20, Plan.MostPaths);
        AgreesWithTheTape(F, plan, Numbers(100, new Random(2), 0, 600), [1], 1);
        Assert.Equal(Plan.MostPaths, plan.Paths);
    }

    [Fact]
    public void A_network_trains_by_a_plan_as_by_the_tape()
    {
        static (MLP, Sgd) Make()
        {
            var model = new MLP(2, [16, 15, 1], new Random(7), Activation.ReLU);
            return (model, new Sgd(model.Parameters, 0.05, momentum: 0.9));
        }

        var (model, optimizer) = Make();
        var (same, sameOptimizer) = Make();
        var data = Datasets.Moons(90, 0.1, new Random(1));
        double[] inputs = [.. data.Points.Zip(data.Labels).SelectMany(pair => pair.First.Append(pair.Second))];
        var plan = Plan.Record(x => (1 - x[2] * model.Score(x[..2])).Relu() + 1e-3 * Losses.L2(model.Parameters), [0, 0, 1]);
        for (var step = 0; step < 20; step++)
        {
            model.ZeroGrad();
            var loss = plan.Backward(inputs);
            optimizer.Step();

            same.ZeroGrad();
            var expected =
                Value.Sum([.. data.Points.Zip(data.Labels, (point, label) => Losses.Hinge(same.Score(point), label))]) / data.Count
                + 1e-3 * Losses.L2(same.Parameters);
            expected.Backward();
            sameOptimizer.Step();
            Same(expected.Data, loss, 1e-10);
            foreach (var (a, b) in model.Parameters.Zip(same.Parameters))
            {
                Same(b.Grad, a.Grad, 1e-10);
            }
        }

        Assert.Equal(1, plan.Paths);
    }

    [Fact]
    public void A_replay_allocates_nothing()
    {
        static Value F(Value[] x, Value[] p) => (x[0] > 0 ? x[0].Exp() : x[0] * 3) * p[0] + (x[1] * p[1]).Tanh() + Value.Dot(x, p);
        var plan = Plan.Record(F, [1, 1], [1, 1]);
        var inputs = Numbers(200, new Random(1));
        double[] parameters = [0.3, 0.4],
            gradient = new double[2];
        for (var i = 0; i < 200; i++)
        {
            plan.ValueAndGradient(inputs, parameters, gradient);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 50; i++)
        {
            plan.ValueAndGradient(inputs, parameters, gradient);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Inputs_have_their_gradient_whatever_the_result_depends_on()
    {
        // a path that needs no input, one that needs the other, a result that is an input, or a parameter
        static Value F(Value[] x, Value[] p)
        {
            if (x[0] < -0.5)
            {
                return p[0] * p[0];
            }

            return x[0] < 0 ? x[1].Exp()
                : x[0] < 0.5 ? x[0]
                : p[1];
        }

        var plan = Plan.Record(F, [1, 1], [1, 1]);
        for (var samples = 0; samples < 140; samples += 13)
        {
            AgreesWithTheTape(F, plan, Numbers(2 * samples, new Random(samples)), [0.3, 0.9], 2);
        }

        Assert.Equal(4, plan.Paths);
    }

    [Fact]
    public void A_network_has_its_gradient_by_inputs_through_all_layers()
    {
        var model = new MLP(3, [9, 6, 1], new Random(3), Activation.Tanh);
        Value F(Value[] x, Value[] p) => model.Score(x) * p[0] + (model.Score(x).Abs() * p[1]).Sqrt();
        var plan = Plan.Record(F, [1, 1, 1], [1, 1]);
        AgreesWithTheTape(F, plan, Numbers(3 * 75, new Random(4)), [0.7, 0.4], 3);
        foreach (var parameter in model.Parameters)
        {
            parameter.Data = 0;
        }

        AgreesWithTheTape(F, plan, Numbers(3 * 75, new Random(5)), [0.7, 0.4], 3); // a root of 0, whose slope is infinite
    }

    [Fact]
    public void A_slope_of_zero_wins_over_an_infinite_adjoint_at_inputs_too()
    {
        static Value F(Value[] x, Value[] p) => (x[0] * x[1]).Sqrt();
        AgreesWithTheTape(F, Plan.Record(F, [1, 1], []), [0, 0, 1, 2, 0, 3], [], 2);
    }

    [Fact]
    public void Backward_finds_the_gradient_by_inputs_too_and_a_function_may_overwrite_what_it_gets()
    {
        Value weight = 0.5;
        Value F(Value[] x)
        {
            x[0] = x[0] * weight;
            while (x[0] > 1)
            {
                x[0] = x[0] - 1;
            }

            return x[0] * x[0] * weight;
        }

        var plan = Plan.Record(F, [1]);
        var inputs = Numbers(2 * Plan.MostPaths, new Random(9), 0, 4 * Plan.MostPaths);
        Value[] leaves = [.. inputs.Select(x => new Value(x))];
        var expected = Value.Sum([.. leaves.Select(leaf => F([leaf]))]) / leaves.Length;
        expected.Backward();
        var slope = weight.Grad;
        foreach (var _ in new[] { 1, 2 })
        {
            weight.Grad = 10;
            var inputsGradient = new double[inputs.Length];
            Same(expected.Data, plan.Backward(inputs, inputsGradient), 1e-12);
            Same(10 + slope, weight.Grad, 1e-12);
            AllSame(leaves.Select(leaf => leaf.Grad), inputsGradient, 1e-12);
        }

        Assert.Equal(Plan.MostPaths, plan.Paths);
        weight.Grad = 0;
        plan.ValueAndGradient(inputs, [], [], new double[inputs.Length]);
        Assert.Equal(0, weight.Grad);
    }

    [Fact]
    public void Losses_and_the_choice_of_the_greatest_work_in_plans()
    {
        var objective = Objective.SoftmaxCrossEntropy();
        var hinge = Objective.Hinge();
        Value F(Value[] x, Value[] p)
        {
            Value[] scores = [x[0] * p[0], x[1] * p[1], x[0] - x[1]];
            var greatest = scores[objective.Classify(scores)];
            return objective.Loss(scores, 1)
                + hinge.Loss([x[0] * p[1]], -1) * hinge.Classify([x[1]])
                + Losses.Hinge(scores, [1, -1, 1])
                + Losses.SquaredError(scores, [0.5, 1, -1])
                + Losses.SquaredError(scores, [x[1], x[1], p[0]])
                + Losses.SoftmaxCrossEntropy(scores, [x[0] * x[0], p[1] * p[1], 0.5])
                + Losses.L2(p) * greatest;
        }

        var plan = Plan.Record(F, [1, 2], [1, 1]);
        AgreesWithTheTape(F, plan, Numbers(300, new Random(8), -2, 2), [0.8, -1.2], 2);
        Assert.InRange(plan.Paths, 2, 6);
    }

    [Fact]
    public void Values_that_only_samples_on_the_tape_use_have_their_gradient()
    {
        Value[] weights = [.. Enumerable.Range(0, 70).Select(i => new Value(i / 10.0))];
        Value F(Value[] x)
        {
            var i = 0;
            while (i < 69 && x[0] >= i + 1)
            {
                i++;
            }

            return (weights[i] * x[0]).Sqrt(); // at 0 the slope is infinite, so that the sweeps run twice
        }

        double[] inputs = [.. Enumerable.Range(0, 70).Select(i => i + 0.5)];
        foreach (var reduction in new[] { Reduction.Mean, Reduction.Sum })
        {
            var plan = Plan.Record(F, [0.5]);
            plan.ValueAndGradient(inputs, [], [], reduction);
            Assert.All(weights, weight => Assert.Equal(0, weight.Grad));
            Value[] leaves = [.. inputs.Select(x => new Value(x))];
            var expected = Value.Sum([.. leaves.Select(leaf => F([leaf]))]) / (reduction == Reduction.Mean ? inputs.Length : 1);
            expected.Backward();
            double[] slopes = [.. weights.Select(weight => weight.Grad)];
            for (var round = 0; round < 2; round++)
            {
                foreach (var weight in weights)
                {
                    weight.Grad = 10;
                }

                Same(expected.Data, plan.Backward(inputs, reduction), 1e-12);
                AllSame(slopes.Select(slope => 10 + slope), weights.Select(weight => weight.Grad), 1e-12);
            }

            Assert.Equal(Plan.MostPaths, plan.Paths);
            foreach (var weight in weights)
            {
                weight.Grad = 0;
            }
        }
    }
}
