using Zautograd.Nn;

namespace Zautograd.Tests;

/// <summary>Products of values that stand side by side on the tape, which go by vectors, beside those of the same values with gaps between them.</summary>
public sealed class RunTests
{
    /// <summary>How a factor is made: leaves of an earlier step, or intermediates of this one.</summary>
    public enum Made
    {
        Before,
        Here,
    }

    static Value[] Values(double[] numbers, Made made, bool gaps)
    {
        Value[] leaves = new Value[numbers.Length],
            values = new Value[numbers.Length];
        for (int i = 0; i < numbers.Length; i++)
        {
            leaves[i] = numbers[i];
            if (gaps)
                _ = new Value(0);
        }
        for (int i = 0; i < numbers.Length; i++)
        {
            values[i] = made == Made.Before ? leaves[i] : -leaves[i];
            if (gaps && made == Made.Here)
                _ = -leaves[i];
        }
        return values;
    }

    static void BeginStep()
    {
        Value one = 1;
        (one * one).Backward();
    }

    static double[] Numbers(Random random, int length) => [.. Enumerable.Range(0, length).Select(_ => random.NextDouble() * 2 - 1)];

    /// <summary>The product and all slopes, from the same numbers with and without gaps.</summary>
    static List<double> Product(double[] a, double[] b, Made madeA, Made madeB, bool hasBias, bool isConstant, bool gaps, double seed)
    {
        Value[] early = madeA == Made.Before ? Values(a, madeA, gaps) : [],
            earlyB = madeB == Made.Before ? Values(b, madeB, gaps) : [];
        Value bias = 0.25;
        BeginStep();
        var left = madeA == Made.Before ? early : Values(a, madeA, gaps);
        var right = madeB == Made.Before ? earlyB : Values(b, madeB, gaps);
        var product = isConstant
            ? hasBias
                ? Value.Dot(left, b, bias)
                : Value.Dot(left, b)
            : hasBias
                ? Value.Dot(left, right, bias)
                : Value.Dot(left, right);
        (product * seed + left[0]).Backward();
        return [product.Data, bias.Grad, .. left.Select(v => v.Grad), .. right.Select(v => v.Grad)];
    }

    [Fact]
    public void Neighbours_have_the_products_and_slopes_of_any_values_bit_for_bit()
    {
        var random = new Random(20261126);
        bool[] both = [false, true];
        for (int length = 1; length <= 40; length++)
            foreach (var madeA in Enum.GetValues<Made>())
            foreach (var madeB in Enum.GetValues<Made>())
            foreach (bool hasBias in both)
            foreach (bool isConstant in both)
            foreach (double seed in (double[])[0.7, 0.0, double.PositiveInfinity])
            {
                double[] a = Numbers(random, length),
                    b = Numbers(random, length);
                b[random.Next(length)] = 0; // a slope of 0 stays 0 under an infinite adjoint
                var expected = Product(a, b, madeA, madeB, hasBias, isConstant, gaps: true, seed);
                Assert.Equal(expected, Product(a, b, madeA, madeB, hasBias, isConstant, gaps: false, seed));
                double sum = 0;
                for (int i = 0; i < length; i++)
                    sum += (madeA == Made.Here ? -a[i] : a[i]) * (madeB == Made.Here && !isConstant ? -b[i] : b[i]);
                Assert.Equal(hasBias ? sum + 0.25 : sum, expected[0]);
            }
    }

    [Fact]
    public void A_run_by_itself_has_twice_its_numbers_as_slopes()
    {
        Value[] x = [.. Enumerable.Range(1, 20).Select(i => new Value(i))];
        Value.Dot(x, x).Backward();
        Assert.All(x, v => Assert.Equal(2 * v.Data, v.Grad));
    }

    [Fact]
    public void A_number_set_after_the_product_does_not_change_its_slopes()
    {
        Value[] a = [.. Enumerable.Range(0, 16).Select(i => new Value(i))],
            b = [.. Enumerable.Range(0, 16).Select(i => new Value(2 * i))];
        var product = Value.Dot(a, b);
        foreach (var value in a)
            value.Data = 100;
        var later = Value.Dot(a, b);
        product.Backward();
        Assert.All(b, v => Assert.Equal(v.Data / 2, v.Grad));
        later.Backward();
        Assert.All(b, v => Assert.Equal(v.Data / 2 + 100, v.Grad));
    }

    [Fact]
    public void Gaps_within_a_run_are_seen()
    {
        Value[] a = [.. Enumerable.Range(0, 16).Select(i => new Value(i + 1))];
        Value[] reversed = [.. a.Reverse()],
            repeated = [.. Enumerable.Repeat(a[3], 16)],
            swapped = [.. a[..7], a[8], a[7], .. a[9..]];
        foreach (var b in (Value[][])[reversed, repeated, swapped])
        {
            foreach (var value in a)
                value.Grad = 0;
            Value.Dot(a, b).Backward();
            for (int i = 0; i < 16; i++)
                Assert.Equal(b[i].Data + Enumerable.Range(0, 16).Where(k => b[k].Equals(a[i])).Sum(k => a[k].Data), a[i].Grad);
        }
    }

    [Fact]
    public void A_layer_is_its_neurons_one_by_one_bit_for_bit_wherever_a_block_ends()
    {
        var random = new Random(7);
        for (int round = 0; round < 60; round++)
        {
            int inputs = random.Next(1, 20),
                outputs = random.Next(1, 20);
            bool isConstant = round % 3 == 0;
            var point = Numbers(random, inputs);
            for (int filler = random.Next(Block.Records); filler > 0; filler--)
                _ = new Value(filler);
            List<double> Computed(bool oneByOne)
            {
                var weights = new Random(round);
                var layer = oneByOne ? null : new Layer(inputs, outputs, Activation.Tanh, weights);
                Neuron[] neurons = oneByOne
                    ? [.. Enumerable.Range(0, outputs).Select(_ => new Neuron(inputs, Activation.Tanh, weights))]
                    : [];
                Value[] x = [.. point.Select(number => new Value(number))];
                var parameters = layer?.Parameters ?? [.. neurons.SelectMany(neuron => neuron.Parameters)];
                BeginStep();
                var y = (layer, isConstant) switch
                {
                    (null, true) => [.. neurons.Select(neuron => neuron.Call(point))],
                    (null, false) => [.. neurons.Select(neuron => neuron.Call(x))],
                    (_, true) => layer.Call(point),
                    (_, false) => layer.Call(x),
                };
                Value.Dot(y, Numbers(new Random(1), outputs)).Backward();
                return [.. y.Select(v => v.Data), .. parameters.Select(v => v.Grad), .. x.Select(v => v.Grad)];
            }
            Assert.Equal(Computed(oneByOne: true), Computed(oneByOne: false));
        }
    }
}
