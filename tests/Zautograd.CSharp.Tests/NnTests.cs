using Zautograd.Nn;

namespace Zautograd.Tests;

public sealed class NnTests
{
    [Fact]
    public void The_moons_network_has_337_parameters() => Assert.Equal(337, new MLP(2, [16, 16, 1], new Random(1)).Parameters.Count);

    [Fact]
    public void Neurons_layers_and_networks_print_as_in_micrograd()
    {
        Assert.Equal("ReLUNeuron(2)", new Neuron(2, nonlinear: true, new Random(1)).ToString());
        Assert.Equal("LinearNeuron(2)", new Neuron(2, nonlinear: false, new Random(1)).ToString());
        Assert.Equal("TanhNeuron(3)", new Neuron(3, Activation.Tanh, new Random(1)).ToString());
        Assert.Equal(
            "MLP of [Layer of [ReLUNeuron(3), ReLUNeuron(3)], Layer of [LinearNeuron(2)]]",
            new MLP(3, [2, 1], new Random(1)).ToString()
        );
    }

    [Fact]
    public void Parameters_come_weights_then_bias_neuron_by_neuron_layer_by_layer()
    {
        var random = new Random(7);
        double Weight() => 2.0 * random.NextDouble() - 1.0;
        double[] expected = [Weight(), Weight(), 0.0, Weight(), Weight(), 0.0, Weight(), Weight(), 0.0];
        var model = new MLP(2, [2, 1], new Random(7));
        Assert.Equal(expected, model.Parameters.Select(p => p.Data));
        Assert.Equal("layer 0, neuron 1, weight 0", model.ParameterName(3));
        Assert.Equal("layer 1, neuron 0, bias", model.ParameterName(8));
    }

    [Fact]
    public void Weights_fill_the_interval_from_minus_one_to_one()
    {
        var weights = new Neuron(10_000, Activation.Linear, new Random(1)).Parameters.SkipLast(1).Select(w => w.Data).ToArray();
        Assert.InRange(weights.Min(), -1.0, -0.99);
        Assert.InRange(weights.Max(), 0.99, 1.0);
        Assert.InRange(weights.Average(), -0.02, 0.02);
    }

    [Fact]
    public void Scaled_weights_shrink_with_the_root_of_the_number_of_inputs()
    {
        var plain = new Neuron(64, Activation.Linear, new Random(1));
        var scaled = new Neuron(64, Activation.Linear, new Random(1), InitialWeights.ScaledByInputs);
        Assert.Equal(plain.Parameters.Select(p => p.Data / 8.0), scaled.Parameters.Select(p => p.Data));
    }

    [Fact]
    public void A_network_is_its_weighted_sums_through_relu_and_the_last_layer_is_linear()
    {
        var model = new MLP(2, [2, 2, 1], new Random(1));
        Set(model, 1.0, 2.0, 0.5, 1.0, -1.0, 0.0, 2.0, -2.0, 1.0, 3.0, -1.0, 0.0, 3.0, 4.0, -40.0);
        // 3 - 2 + 0.5 = 1.5 and 3 + 1 = 4;  relu(2·1.5 - 2·4 + 1) = 0 and 3·1.5 - 4 = 0.5;  4·0.5 - 40 = -38, which no ReLU cuts off
        Assert.Equal(-38.0, model.Score([3.0, -1.0]).Data);
    }

    [Theory]
    [InlineData(Activation.Linear, -0.5)]
    [InlineData(Activation.ReLU, 0.0)]
    [InlineData(Activation.Tanh, -0.46211715726000975)]
    [InlineData(Activation.Sigmoid, 0.3775406687981454)]
    public void Each_activation_is_applied_to_the_sum(Activation activation, double expected)
    {
        var neuron = new Neuron(1, activation, new Random(1));
        Set(neuron, -1.0, 0.5);
        Assert.Equal(expected, neuron.Call([1.0]).Data, 1e-15);
    }

    [Fact]
    public void All_ways_to_call_agree_bit_for_bit()
    {
        var model = new MLP(3, [5, 4, 2], new Random(3));
        double[] x = [0.3, -1.2, 0.8];
        Value[] values = [0.3, -1.2, 0.8];
        var y = new Value[2];
        var expected = model.Call(x).Select(v => v.Data).ToArray();
        Assert.Equal(expected, model.Call(values).Select(v => v.Data));
        Assert.Equal(expected, model.Call(new List<Value>(values)).Select(v => v.Data));
        model.Call(x, y);
        Assert.Equal(expected, y.Select(v => v.Data));
        model.Call((ReadOnlySpan<Value>)values, y);
        Assert.Equal(expected, y.Select(v => v.Data));
    }

    [Fact]
    public void The_same_seed_gives_the_same_network_and_another_seed_another()
    {
        static double[] Weights(int seed) => [.. new MLP(2, [16, 16, 1], new Random(seed)).Parameters.Select(p => p.Data)];
        Assert.Equal(Weights(5), Weights(5));
        Assert.NotEqual(Weights(5), Weights(6));
    }

    [Fact]
    public void The_gradient_of_a_networks_loss_agrees_with_central_differences()
    {
        const double h = 1e-5;
        var model = new MLP(3, [4, 4, 3], new Random(2), Activation.Tanh);
        double[] x = [0.3, -1.2, 0.8];
        Value Loss() => Losses.SoftmaxCrossEntropy(model.Call(x), 1) + 0.01 * Losses.L2(model.Parameters);

        model.ZeroGrad();
        Loss().Backward();
        foreach (var parameter in model.Parameters)
        {
            var at = parameter.Data;
            parameter.Data = at + h;
            var above = Loss().Data;
            parameter.Data = at - h;
            var below = Loss().Data;
            parameter.Data = at;
            AssertClose((above - below) / (2.0 * h), parameter.Grad);
        }
    }

    [Fact]
    public void Gradients_reach_inputs_that_are_values_and_add_up_until_they_are_zeroed()
    {
        var neuron = new Neuron(2, Activation.Linear, new Random(1));
        Set(neuron, 2.0, -3.0, 0.5);
        Value a = new(1.0),
            b = new(4.0);
        neuron.Call([a, b]).Backward();
        Assert.Equal([2.0, -3.0], [a.Grad, b.Grad]);
        neuron.Call([a, b]).Backward();
        Assert.Equal([2.0, 8.0, 2.0], neuron.Parameters.Select(p => p.Grad));
        neuron.ZeroGrad();
        Assert.Equal([0.0, 0.0, 0.0], neuron.Parameters.Select(p => p.Grad));
    }

    [Fact]
    public void Threads_may_call_one_network_at_once()
    {
        var model = new MLP(2, [16, 16, 1], new Random(1));
        double Score(int i) => model.Score([Math.Sin(i), Math.Cos(i)]).Data;
        double[] expected = [.. Enumerable.Range(0, 500).Select(Score)];
        var wrong = 0;
        Thread[] threads =
        [
            .. Enumerable
                .Range(0, 4)
                .Select(_ => new Thread(() =>
                {
                    for (var i = 0; i < 500; i++)
                    {
                        if (Score(i) != expected[i])
                        {
                            Interlocked.Increment(ref wrong);
                        }
                    }
                })),
        ];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.Equal(0, wrong);
    }

    [Fact]
    public void A_neurons_weighted_sum_is_one_record() =>
        OnFreshTape(() =>
        {
            var neuron = new Neuron(50, Activation.Linear, new Random(1));
            var x = new double[50];
            Assert.Equal(neuron.Call(x).Index + 1, neuron.Call(x).Index);
            Value[] values = [.. x.Select(number => new Value(number))];
            Assert.Equal(neuron.Call(values).Index + 1, neuron.Call(values).Index);
        });

    [Fact]
    public void Calling_into_given_room_allocates_nothing() =>
        OnFreshTape(() =>
        {
            var model = new MLP(2, [16, 16, 1], new Random(1));
            double[] x = [0.3, -0.7];
            Value[] values = [0.3, -0.7],
                y = new Value[1];
            long Allocated(int calls)
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                for (var i = 0; i < calls; i++)
                {
                    model.Call(x, y);
                    model.Call((ReadOnlySpan<Value>)values, y);
                    model.Score(x);
                }

                return GC.GetAllocatedBytesForCurrentThread() - before;
            }

            Allocated(5); // compiles, fills the pool and makes the aliases; all stays within one block of the tape
            Assert.Contains(0, Enumerable.Range(0, 3).Select(_ => Allocated(20))); // or a method was compiled again in between
        });

    [Fact]
    public void Empty_layers_and_inputs_are_named()
    {
        var random = new Random(1);
        Assert.Equal("inputs", Assert.Throws<ArgumentOutOfRangeException>(() => new Neuron(0, true, random)).ParamName);
        Assert.Equal("inputs", Assert.Throws<ArgumentOutOfRangeException>(() => new MLP(-1, [1], random)).ParamName);
        Assert.Equal("outputs", Assert.Throws<ArgumentOutOfRangeException>(() => new Layer(2, 0, Activation.ReLU, random)).ParamName);
        Assert.Contains("at least one layer", Assert.Throws<ArgumentException>(() => new MLP(2, [], random)).Message);
        Assert.Contains("layer 1 ", Assert.Throws<ArgumentOutOfRangeException>(() => new MLP(2, [3, 0, 1], random)).Message);
        Assert.Equal("random", Assert.Throws<ArgumentNullException>(() => new MLP(2, [1], null!)).ParamName);
    }

    [Fact]
    public void Inputs_of_the_wrong_length_are_refused_with_both_lengths()
    {
        var model = new MLP(2, [3, 1], new Random(1));
        Assert.StartsWith(
            "3 inputs were given to this MLP, which takes 2",
            Assert.Throws<ArgumentException>(() => model.Score([1.0, 2.0, 3.0])).Message
        );
        Assert.StartsWith(
            "1 inputs were given to ReLUNeuron(2), which takes 2",
            Assert.Throws<ArgumentException>(() => new Neuron(2, true, new Random(1)).Call([1.0])).Message
        );
        Assert.StartsWith(
            "there is room for 4 results of this MLP, which gives 1",
            Assert.Throws<ArgumentException>(() => model.Call([1.0, 2.0], new Value[4])).Message
        );
    }

    [Fact]
    public void Only_a_network_of_one_output_has_a_score() =>
        Assert.Contains(
            "2 outputs",
            Assert.Throws<InvalidOperationException>(() => new MLP(2, [2], new Random(1)).Score([1.0, 2.0])).Message
        );

    /// <summary>On a thread of its own the tape begins anew, whatever other tests have recorded.</summary>
    static void OnFreshTape(Action test)
    {
        Exception? failure = null;
        var thread = new Thread(() => failure = Record.Exception(test));
        thread.Start();
        thread.Join();
        if (failure is not null)
        {
            throw new InvalidOperationException(failure.Message, failure);
        }
    }

    internal static void Set(Module module, params double[] numbers)
    {
        Assert.Equal(numbers.Length, module.Parameters.Count);
        for (var i = 0; i < numbers.Length; i++)
        {
            module.Parameters[i].Data = numbers[i];
        }
    }

    internal static void AssertClose(double expected, double actual) =>
        Assert.True(
            Math.Abs(expected - actual) <= 1e-6 * (1.0 + Math.Abs(expected) + Math.Abs(actual)),
            $"{actual:R} is not close to {expected:R}"
        );
}
