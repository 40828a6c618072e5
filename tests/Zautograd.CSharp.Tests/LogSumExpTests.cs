using Zautograd.Nn;

namespace Zautograd.Tests;

/// <summary>log-sum-exp and the losses made of it, on the tape, differentiated again, and in plans.</summary>
public sealed class LogSumExpTests
{
    static readonly double[] Edges =
    [
        0,
        -0.0,
        1,
        1,
        -700,
        1000,
        1000,
        -1000,
        1e308,
        double.PositiveInfinity,
        double.NegativeInfinity,
        double.NaN,
    ];

    static (double Value, double[] Gradient) OnTape(params double[] x)
    {
        Value[] leaves = [.. x.Select(number => new Value(number))];
        var y = Value.LogSumExp(leaves);
        y.Backward();
        return (y.Data, [.. leaves.Select(leaf => leaf.Grad)]);
    }

    [Fact]
    public void It_is_the_logarithm_of_the_sum_of_the_exponentials_and_its_slopes_are_softmax()
    {
        var random = new Random(1);
        for (var round = 0; round < 200; round++)
        {
            var x = PlanTests.Numbers(1 + round % 9, random, -3, 3);
            var (value, gradient) = OnTape(x);
            var sum = x.Sum(Math.Exp);
            Assert.Equal(Math.Log(sum), value, 1e-14);
            PlanTests.AllSame(x.Select(number => Math.Exp(number) / sum), gradient, 1e-15);
            var (shifted, same) = OnTape([.. x.Select(number => number + 4096)]);
            Assert.Equal(value + 4096, shifted, 1e-11);
            PlanTests.AllSame(gradient, same, 1e-11);
        }
    }

    [Fact]
    public void Small_differences_infinities_and_NaN_are_right()
    {
        const double inf = double.PositiveInfinity;
        Assert.Equal(1e-17, OnTape(0, Math.Log(1e-17)).Value, 1e-30);
        Assert.Equal(double.NegativeInfinity, OnTape().Value);
        Assert.Equal(double.NegativeInfinity, OnTape(-inf, -inf).Value);
        Assert.Equal(3, OnTape(3, -inf).Value);
        Assert.Equal([1, 0], OnTape(3, -inf).Gradient);
        Assert.Equal(inf, OnTape(inf, 3).Value);
        Assert.Equal([1, 0], OnTape(inf, 3).Gradient);
        Assert.Equal([0.5, 0, 0.5], OnTape(inf, 3, inf).Gradient);
        foreach (var x in new double[][] { [double.NaN], [double.NaN, inf], [1, double.NaN, 2] })
        {
            Assert.Equal(double.NaN, OnTape(x).Value);
            Assert.All(OnTape(x).Gradient, slope => Assert.Equal(double.NaN, slope));
        }
    }

    [Fact]
    public void More_arguments_than_a_record_holds_are_taken_in_parts()
    {
        double[] x = [.. Enumerable.Range(0, Tape.MostArguments + 100).Select(i => Math.Sin(i))];
        var (value, gradient) = OnTape(x);
        var sum = x.Sum(Math.Exp);
        Assert.Equal(Math.Log(sum), value, 1e-12);
        PlanTests.AllSame(x.Select(number => Math.Exp(number) / sum), gradient, 1e-15);
    }

    [Fact]
    public void All_operators_of_functions_over_values_know_it()
    {
        static Value F(Value[] v) => Value.LogSumExp(v[0] * v[1], v[1].Sin(), 2 * v[2], 0.3) * v[2];
        static Value G(Value[] v) => ((v[0] * v[1]).Exp() + v[1].Sin().Exp() + (2 * v[2]).Exp() + Math.Exp(0.3)).Log() * v[2];
        double[] x = [0.4, -0.7, 1.3],
            w = [1, 0.5, -2];
        GradientCheck.Values(F, [(-1, 1), (-1, 1), (0.5, 2)]).ThrowIfWrong();
        PlanTests.AllSame(Derivatives.Gradient(G, x), Derivatives.Gradient(F, x), 1e-14);
        PlanTests.AllSame(Derivatives.Hessian(G, x).Cast<double>(), Derivatives.Hessian(F, x).Cast<double>(), 1e-13);
        PlanTests.AllSame(Derivatives.HessianVector(G, x, w), Derivatives.HessianVector(F, x, w), 1e-13);
        PlanTests.Same(Derivatives.Jvp(G, x, w).Tangent, Derivatives.Jvp(F, x, w).Tangent, 1e-14);
        PlanTests.Same(Derivatives.Laplacian(G, x), Derivatives.Laplacian(F, x), 1e-13);
        PlanTests.AllSame(
            Derivatives.TaylorCoefficients(t => G([t, t * t, t]), 0.4, 5),
            Derivatives.TaylorCoefficients(t => F([t, t * t, t]), 0.4, 5),
            1e-12
        );
        PlanTests.AllSame([0.25, -0.25, -0.25, 0.25], Derivatives.Hessian(v => Value.LogSumExp(v), [2000, 2000]).Cast<double>(), 0); // a tie
    }

    [Fact]
    public void The_loss_of_a_sample_without_targets_is_0_on_the_tape_and_in_a_plan()
    {
        Value[] logits = [1.0, 2.0],
            targets = [0.0, 0.0];
        var loss = Losses.SoftmaxCrossEntropy(logits, targets);
        loss.Backward();
        Assert.Equal((0, 0, 0), (loss.Data, logits[0].Grad, logits[1].Grad));
        Assert.Equal(Math.Log(Math.Exp(1) + Math.Exp(2)) - 1, targets[0].Grad, 1e-12);
        var plan = Plan.Record(v => Losses.SoftmaxCrossEntropy(v[..2], targets: v[2..]), inputs: [0, 0, 0, 1]);
        Assert.Equal(0.3132616875182229, plan.Value([1, 2, 0, 0, 1, 2, 0, 1], reduction: Reduction.Sum), 1e-15);
    }

    [Fact]
    public void The_loss_by_targets_is_that_by_label_and_weighs_other_targets()
    {
        var random = new Random(2);
        for (var round = 0; round < 100; round++)
        {
            var scale = round % 2 == 0 ? 1 : 1000;
            Value[] scores = [.. PlanTests.Numbers(2 + round % 5, random, -scale, scale).Select(x => new Value(x))];
            var label = random.Next(scores.Length);
            double[] weights = PlanTests.Numbers(scores.Length, random, 0, 2),
                hot = [.. scores.Select((_, i) => i == label ? 1.0 : 0)];

            (double, double[]) Of(Func<Value> loss)
            {
                Array.ForEach(scores, score => score.Grad = 0);
                var result = loss();
                result.Backward();
                return (result.Data, [.. scores.Select(score => score.Grad)]);
            }

            var (expected, slopes) = Of(() => Losses.SoftmaxCrossEntropy(scores, label));
            var (actual, found) = Of(() => Losses.SoftmaxCrossEntropy(scores, [.. hot.Select(t => new Value(t))]));
            PlanTests.Same(expected, actual, 1e-14);
            PlanTests.AllSame(slopes, found, 1e-14);

            var sum = scores.Sum(score => Math.Exp(score.Data - scores.Max().Data));
            var log = scores.Select(score => score.Data - scores.Max().Data - Math.Log(sum)).ToArray();
            (actual, found) = Of(() => Losses.SoftmaxCrossEntropy(scores, [.. weights.Select(t => new Value(t))]));
            PlanTests.Same(-weights.Zip(log, (t, l) => t * l).Sum(), actual, 1e-12);
            PlanTests.AllSame(log.Zip(weights, (l, t) => weights.Sum() * Math.Exp(l) - t), found, 1e-11);
        }
    }

    [Fact]
    public void A_sure_and_right_answer_has_a_small_loss_with_all_its_digits()
    {
        Value[] scores = [1000, 960];
        Assert.Equal(4.248354255291589e-18, Losses.SoftmaxCrossEntropy(scores, 0).Data, 1e-32);
        var plan = Plan.Record(x => Losses.SoftmaxCrossEntropy(x, 0), [0, 0]);
        Assert.Equal(4.248354255291589e-18, plan.Value([1000, 960]), 1e-32);
    }

    [Fact]
    public void Plans_have_it_as_the_tape_does_at_edges_and_ties_too()
    {
        var random = new Random(3);
        for (var count = 1; count <= 6; count++)
        {
            Value F(Value[] x, Value[] p) => Value.LogSumExp([.. x.Select((v, i) => i == 1 ? v : v + p[i]), p[^1], x[0]]) * p[^1];
            double[] parameters = [.. PlanTests.Numbers(count, random), 0.7];
            var plan = Plan.Record(F, PlanTests.Numbers(count, random), parameters);
            foreach (var samples in new[] { 0, 1, 7, 64, 100 })
            {
                PlanTests.AgreesWithTheTape(F, plan, PlanTests.Numbers(samples * count, random, -5, 5), parameters, count);
                PlanTests.AgreesWithTheTape(F, plan, PlanTests.Numbers(samples * count, random, -1e3, 1e3), parameters, count);
            }

            for (var round = 0; round < 200; round++)
            {
                double[] edges = [.. Enumerable.Range(0, count).Select(_ => Edges[random.Next(Edges.Length)])];
                foreach (var last in new[] { 0.7, 0 })
                {
                    parameters[^1] = last;
                    PlanTests.AgreesWithTheTape(F, plan, edges, parameters, count);
                }
            }

            Assert.Equal(1, plan.Paths);
        }
    }

    [Fact]
    public void Of_parameters_alone_a_plan_computes_it_once_a_call()
    {
        static Value F(Value[] x, Value[] p) => x[0] * Value.LogSumExp(p) + Value.LogSumExp(p[0], 3, p[0]);
        var plan = Plan.Record(F, [1], [1, 2, 3]);
        PlanTests.AgreesWithTheTape(F, plan, PlanTests.Numbers(70, new Random(4)), [0.5, -1000, 1000], 1);
        PlanTests.AgreesWithTheTape(F, plan, PlanTests.Numbers(70, new Random(4)), [0.5, double.NegativeInfinity, -1], 1);
    }

    [Fact]
    public void A_network_of_three_classes_trains_by_a_plan_as_by_the_tape()
    {
        var random = new Random(5);
        MLP model = new(2, [8, 3], new Random(7), Activation.Tanh),
            same = new(2, [8, 3], new Random(7), Activation.Tanh);
        var inputs = new double[5 * 90];
        for (var i = 0; i < inputs.Length; i += 5)
        {
            PlanTests.Numbers(2, random, -300, 300).CopyTo(inputs, i);
            inputs[i + 2 + random.Next(3)] = 1;
        }

        var plan = Plan.Record(x => Losses.SoftmaxCrossEntropy(model.Call(x[..2]), targets: x[2..]), new double[5]);
        for (var step = 0; step < 10; step++)
        {
            model.ZeroGrad();
            same.ZeroGrad();
            Value[] losses =
            [
                .. inputs.Chunk(5).Select(x => Losses.SoftmaxCrossEntropy(same.Call(x.AsSpan(0, 2)), Array.IndexOf(x, 1.0, 2) - 2)),
            ];
            var expected = Value.Sum(losses) / losses.Length;
            expected.Backward();
            var within = step == 0 ? 1e-12 : 1e-9; // steps of far inputs drive last digits apart
            PlanTests.Same(expected.Data, plan.Backward(inputs), within);
            PlanTests.AllSame(same.Parameters.Select(p => p.Grad), model.Parameters.Select(p => p.Grad), within);
            new Sgd(model.Parameters, 0.05).Step();
            new Sgd(same.Parameters, 0.05).Step();
        }

        Assert.Equal(1, plan.Paths);
    }
}
