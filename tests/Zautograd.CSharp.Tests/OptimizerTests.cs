using Zautograd.Nn;
using static Zautograd.Tests.NnTests;

namespace Zautograd.Tests;

/// <summary>
/// The numbers come from a Python script with plain floats that sums the whole history anew at each step t (no running means):
/// <code>
/// sgd:  p -= rate * sum(momentum**(t-k) * g[k] for k in 1..t)
/// adam: m = sum((1-b1) * b1**(t-k) * g[k] for k in 1..t) / (1 - b1**t)
///       v = sum((1-b2) * b2**(t-k) * g[k]**2 for k in 1..t) / (1 - b2**t)
///       p -= rate * m / (v**0.5 + 1e-8)
/// </code>
/// with gradients 0.5, -0.3, 0.2 for the first parameter (from 1) and -2, 0.1, 4 for the second (from -3).
/// </summary>
public sealed class OptimizerTests
{
    static readonly double[][] Gradients =
    [
        [0.5, -2.0],
        [-0.3, 0.1],
        [0.2, 4.0],
    ];

    [Fact]
    public void Sgd_without_momentum_follows_the_gradient() =>
        Follows(
            parameters => new Sgd(parameters, 0.1),
            [
                [0.95, -2.8],
                [0.98, -2.81],
                [0.96, -3.21],
            ]
        );

    [Fact]
    public void Sgd_with_momentum_follows_the_velocity() =>
        Follows(
            parameters => new Sgd(parameters, 0.1, momentum: 0.9),
            [
                [0.95, -2.8],
                [0.935, -2.63],
                [0.9015, -2.877],
            ]
        );

    [Fact]
    public void Adam_corrects_both_means_for_having_started_at_zero() =>
        Follows(
            parameters => new Adam(parameters, 0.1),
            [
                [0.900000002, -2.9000000005],
                [0.8808501989417752, -2.8367957563638444],
                [0.846107430790882, -2.872076234179485],
            ]
        );

    [Fact]
    public void The_rate_can_change_between_steps()
    {
        Value parameter = new(1.0);
        var optimizer = new Sgd([parameter], rate: 1.0);
        parameter.Grad = 0.25;
        optimizer.Step();
        optimizer.Rate = 0.5;
        optimizer.Step();
        Assert.Equal(1.0 - 0.25 - 0.125, parameter.Data);
    }

    [Fact]
    public void Settings_that_make_no_sense_are_named()
    {
        Assert.Contains("learning rate", Assert.Throws<ArgumentOutOfRangeException>(() => new Sgd([], double.NaN)).Message);
        Assert.Contains("learning rate", Assert.Throws<ArgumentOutOfRangeException>(() => new Sgd([], -0.1)).Message);
        Assert.Equal("momentum", Assert.Throws<ArgumentOutOfRangeException>(() => new Sgd([], 0.1, momentum: 1.0)).ParamName);
        Assert.Equal("beta1", Assert.Throws<ArgumentOutOfRangeException>(() => new Adam([], beta1: -0.1)).ParamName);
        Assert.Equal("beta2", Assert.Throws<ArgumentOutOfRangeException>(() => new Adam([], beta2: double.NaN)).ParamName);
        Assert.Equal("epsilon", Assert.Throws<ArgumentOutOfRangeException>(() => new Adam([], epsilon: 0.0)).ParamName);
    }

    static void Follows(Func<Value[], Optimizer> create, double[][] path)
    {
        Value[] parameters = [new(1.0), new(-3.0)];
        var optimizer = create(parameters);
        for (var step = 0; step < path.Length; step++)
        {
            for (var i = 0; i < parameters.Length; i++)
            {
                parameters[i].Grad = Gradients[step][i];
            }

            optimizer.Step();
            for (var i = 0; i < parameters.Length; i++)
            {
                Assert.Equal(path[step][i], parameters[i].Data, 1e-13);
            }
        }
    }
}
