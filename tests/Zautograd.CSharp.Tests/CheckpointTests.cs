using Zautograd.Nn;

namespace Zautograd.Tests;

/// <summary>Gradients through long recurrences: the plain tape's, bit for bit, with the fewest steps run again.</summary>
[Collection(typeof(Alone))]
public sealed class CheckpointTests
{
    static long Bits(double number) => BitConverter.DoubleToInt64Bits(number);

    /// <summary>Three states that mix, two parameters that every step uses several times, and a branch.</summary>
    static Value[] Step(Value[] x, int k, Value[] p)
    {
        var mixed = (x[0] * p[0] + x[1] * p[1]).Tanh();
        return [mixed, x[2] > 0.2 ? x[1] * p[0] - 0.3 * x[2] : x[1] + p[1] * 0.1, (x[0] + 0.01 * k * p[0]).Sin() * p[1]];
    }

    static Value Loss(Value[] x, Value[] p) => Value.Dot(x, x) + 0.1 * p[0] * p[1];

    static Value[] Leaves(params double[] numbers) => [.. numbers.Select(number => new Value(number))];

    [Fact]
    public void The_gradient_is_the_plain_tapes_bit_for_bit()
    {
        double[] start = [0.4, -0.3, 0.7];
        foreach (int steps in new[] { 0, 1, 2, 3, 17, 100, 1000 })
        foreach (int snapshots in new[] { 1, 2, 3, 7, 2000 })
        {
            if (steps == 1000 && snapshots == 1)
                continue; // half a million steps say nothing new
            Value[] x = Leaves(start),
                plain = Leaves(0.9, -0.8);
            plain[0].Grad = 0.25; // of an earlier sweep
            var state = x;
            for (int k = 0; k < steps; k++)
                state = Step(state, k, plain);
            var loss = Loss(state, plain);
            loss.Backward();

            var p = Leaves(0.9, -0.8);
            p[0].Grad = 0.25;
            var found = Checkpoint.Gradient((x, k) => Step(x, k, p), x => Loss(x, p), start, steps, snapshots, p);
            Assert.Equal(Bits(loss.Data), Bits(found.Value));
            Assert.Equal(x.Select(value => Bits(value.Grad)), found.Gradient.Select(Bits));
            Assert.Equal(plain.Select(value => Bits(value.Grad)), p.Select(value => Bits(value.Grad)));
            Assert.InRange(found.Snapshots, 1, Math.Min(snapshots, Math.Max(steps, 1)));
            Assert.Equal(steps == 0 ? 0 : BinomialSchedule.Advances(steps, snapshots), found.Advances);
        }
    }

    [Fact]
    public void Parameters_that_are_not_named_get_their_gradient_too()
    {
        var model = new MLP(3, [4, 3], new Random(1));
        double[] start = [0.1, 0.2, 0.3];
        static Value Loss(Value[] x) => Value.Sum(x);
        var state = Leaves(start);
        for (int k = 0; k < 30; k++)
            state = [.. model.Call(state).Select(value => value.Tanh())];
        Loss(state).Backward();
        var expected = model.Parameters.Select(parameter => parameter.Grad).ToArray();
        model.ZeroGrad();
        Checkpoint.Gradient((x, k) => [.. model.Call(x).Select(value => value.Tanh())], Loss, start, 30, 4);
        foreach (var (parameter, gradient) in model.Parameters.Zip(expected))
            Assert.Equal(gradient, parameter.Grad, 1e-14 * (1 + Math.Abs(gradient)));

        model.ZeroGrad();
        Checkpoint.Gradient((x, k) => [.. model.Call(x).Select(value => value.Tanh())], Loss, start, 30, 4, model.Parameters);
        Assert.Equal(expected.Select(Bits), model.Parameters.Select(parameter => Bits(parameter.Grad)));
    }

    [Fact]
    public void A_million_steps_in_the_memory_of_twenty_states()
    {
        var found = Checkpoint.Gradient((x, k) => [0.999999 * x[0]], x => x[0], [2.0], 1_000_000, 20);
        Assert.Equal(20, found.Snapshots);
        Assert.Equal(8 * 1_000_000L - 1_184_040, found.Advances); // r*l - (s+r choose s+1): 28 choose 21
        Assert.Equal(Math.Exp(-1.0000005), found.Gradient[0], 1e-9);
    }

    // Griewank and Walther, table of the numbers of steps reached: (s + r choose s).
    [Theory]
    [InlineData(3, 3, 20)]
    [InlineData(2, 4, 15)]
    [InlineData(10, 5, 3003)]
    [InlineData(20, 8, 3_108_105)]
    [InlineData(20, 7, 888_030)]
    [InlineData(1, 9, 10)]
    [InlineData(60, 60, long.MaxValue)]
    public void Snapshots_reach_the_binomial_number_of_steps(int snapshots, int repetitions, long steps) =>
        Assert.Equal(steps, BinomialSchedule.Reach(snapshots, repetitions));

    [Fact]
    public void No_schedule_needs_fewer_steps()
    {
        const int Most = 60;
        var least = new long[Most + 1, 8]; // by trying every place for the next snapshot
        for (int snapshots = 1; snapshots < 8; snapshots++)
        for (int steps = 2; steps <= Most; steps++)
        {
            long best = steps * (steps - 1L) / 2;
            for (int split = 1; split < steps && snapshots > 1; split++)
                best = Math.Min(best, split + least[steps - split, snapshots - 1] + least[split, snapshots]);
            least[steps, snapshots] = best;
            Assert.Equal(best, BinomialSchedule.Advances(steps, snapshots));
            if (snapshots > 1)
            {
                int split = (int)BinomialSchedule.Split(steps, snapshots);
                Assert.Equal(best, split + least[steps - split, snapshots - 1] + least[split, snapshots]);
            }
        }
    }

    [Fact]
    public void Steps_and_loss_may_overwrite_the_states_they_get()
    {
        static Value[] InPlace(Value[] x, int k)
        {
            x[0] = x[0] * x[1];
            return x;
        }

        static Value Loss(Value[] x)
        {
            (x[0], x[1]) = (x[1], x[0]);
            return x[1];
        }

        foreach (int steps in new[] { 0, 1, 4 })
        foreach (int snapshots in new[] { 1, 2, 9 })
        {
            var found = Checkpoint.Gradient(InPlace, Loss, [2, 3], steps, snapshots);
            double power = Math.Pow(3, steps);
            Assert.Equal(2 * power, found.Value);
            Assert.Equal([power, 2 * steps * power / 3], found.Gradient);
        }
    }

    [Fact]
    public void A_parameter_that_is_named_twice_counts_once()
    {
        Value Gradient(int times)
        {
            Value weight = 3;
            Checkpoint.Gradient((x, k) => [weight * x[0]], x => x[0], [2.0], 5, 2, Enumerable.Repeat(weight, times));
            return weight;
        }

        Assert.Equal(810, Gradient(1).Grad);
        Assert.Equal(810, Gradient(2).Grad);
        Assert.Equal(810, Gradient(3).Grad);
    }

    [Fact]
    public void A_parameter_that_is_no_leaf_is_refused()
    {
        Value weight = 3;
        var twice = 2 * weight;
        Assert.Contains(
            "leaf",
            Assert.Throws<ArgumentException>(() => Checkpoint.Gradient((x, k) => [twice * x[0]], x => x[0], [2.0], 5, 2, [twice])).Message
        );
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(9)]
    public void After_an_exception_in_a_step_parameters_have_the_gradient_of_before(int calls)
    {
        Value weight = 3;
        weight.Grad = 0.25;
        Assert.Throws<DivideByZeroException>(() =>
            Checkpoint.Gradient(
                (x, k) => calls-- == 0 ? throw new DivideByZeroException() : [weight * x[0]],
                x => x[0],
                [2.0],
                5,
                2,
                [weight]
            )
        );
        Assert.Equal(0.25, weight.Grad);
    }

    [Fact]
    public void A_step_that_is_no_function_of_its_state_is_refused()
    {
        int calls = 0;
        var refused = Assert.Throws<InvalidOperationException>(() =>
            Checkpoint.Gradient((x, k) => [x[0] * ++calls], x => x[0], [1.0], steps: 10, snapshots: 2)
        );
        Assert.Contains("did not give the same state", refused.Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => Checkpoint.Gradient((x, k) => x, x => x[0], [1.0], 1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Checkpoint.Gradient((x, k) => x, x => x[0], [1.0], -1, 1));
    }
}
