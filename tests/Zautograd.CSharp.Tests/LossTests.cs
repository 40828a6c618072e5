using Zautograd.Nn;
using static Zautograd.Tests.NnTests;

namespace Zautograd.Tests;

public sealed class LossTests
{
    [Fact]
    public void Hinge_is_the_mean_shortfall_from_a_margin_of_one()
    {
        Value[] scores = [new(0.25), new(3.0), new(0.5), new(-2.0)];
        var loss = Losses.Hinge(scores, [1, 1, -1, -1]);
        Assert.Equal((0.75 + 0.0 + 1.5 + 0.0) / 4.0, loss.Data);
        loss.Backward();
        Assert.Equal([-0.25, 0.0, 0.25, 0.0], scores.Select(s => s.Grad));
    }

    [Fact]
    public void Squared_error_is_the_mean_of_the_squares()
    {
        Value[] outputs = [new(1.0), new(2.0), new(-1.0)];
        var loss = Losses.SquaredError(outputs, [1.0, 4.0, -4.0]);
        Assert.Equal((0.0 + 4.0 + 9.0) / 3.0, loss.Data, 1e-15);
        loss.Backward();
        AssertClose(0.0, outputs[0].Grad);
        AssertClose(-4.0 / 3.0, outputs[1].Grad);
        AssertClose(2.0, outputs[2].Grad);
    }

    [Fact]
    public void Cross_entropy_is_minus_the_log_of_softmax_and_its_gradient_softmax_minus_one_hot()
    {
        Value[] logits = [new(1.0), new(2.0), new(3.0)];
        var sum = Math.Exp(1.0) + Math.Exp(2.0) + Math.Exp(3.0);
        var loss = Losses.SoftmaxCrossEntropy(logits, 1);
        AssertClose(-Math.Log(Math.Exp(2.0) / sum), loss.Data);
        loss.Backward();
        AssertClose(Math.Exp(1.0) / sum, logits[0].Grad);
        AssertClose(Math.Exp(2.0) / sum - 1.0, logits[1].Grad);
        AssertClose(Math.Exp(3.0) / sum, logits[2].Grad);
    }

    [Fact]
    public void Cross_entropy_of_huge_logits_is_exact()
    {
        Value[] logits = [new(1e4), new(-1e4), new(0.0)];
        var loss = Losses.SoftmaxCrossEntropy(logits, 1);
        Assert.Equal(2e4, loss.Data);
        loss.Backward();
        Assert.Equal([1.0, -1.0, 0.0], logits.Select(l => l.Grad));
    }

    [Fact]
    public void L2_is_the_sum_of_squares_and_its_gradient_twice_the_parameter()
    {
        var neuron = new Neuron(2, Activation.Linear, new Random(1));
        Set(neuron, 3.0, -4.0, 0.5);
        var penalty = Losses.L2(neuron.Parameters);
        Assert.Equal(25.25, penalty.Data);
        penalty.Backward();
        Assert.Equal([6.0, -8.0, 1.0], neuron.Parameters.Select(p => p.Grad));
    }

    [Fact]
    public void Wrong_labels_and_lengths_are_named()
    {
        Value[] two = [new(1.0), new(2.0)];
        Assert.Contains("-1 or +1", Assert.Throws<ArgumentOutOfRangeException>(() => Losses.Hinge(two, [1, 0])).Message);
        Assert.Contains("2 outputs but 1 labels", Assert.Throws<ArgumentException>(() => Losses.Hinge(two, [1])).Message);
        Assert.Contains(
            "2 outputs but 3 targets",
            Assert.Throws<ArgumentException>(() => Losses.SquaredError(two, [1.0, 2.0, 3.0])).Message
        );
        Assert.Contains(
            "at least one example",
            Assert.Throws<ArgumentException>(() => Losses.SquaredError([], Array.Empty<double>())).Message
        );
        Assert.Contains("from 0 to 1", Assert.Throws<ArgumentOutOfRangeException>(() => Losses.SoftmaxCrossEntropy(two, 2)).Message);
        Assert.Contains("from 0 to 1", Assert.Throws<ArgumentOutOfRangeException>(() => Losses.SoftmaxCrossEntropy(two, -1)).Message);
    }
}
