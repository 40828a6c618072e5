using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Zautograd.Benchmarks.Peers;

/// <summary>TorchSharp's side, on one thread.</summary>
static class Torch
{
    /// <summary>Why libtorch cannot be loaded; null if it can.</summary>
    public static readonly string? Missing = Try();

    static string? Try()
    {
        try
        {
            set_num_threads(1);
            return null;
        }
        catch (Exception problem) when (problem is TypeInitializationException or DllNotFoundException or NotSupportedException)
        {
            return $"libtorch does not load here ({(problem.InnerException ?? problem).Message.Split('\n')[0].Trim()})";
        }
    }

    /// <summary>A side that is there only if libtorch is.</summary>
    public static Side Side(string name, Func<(Func<double[]> Gradient, Action Run)> make)
    {
        if (Missing is not null)
        {
            return new(name, () => [], () => { }) { Skipped = Missing };
        }

        var (gradient, run) = make();
        return new(name, gradient, run);
    }
}

/// <summary>A network in TorchSharp that starts with the parameters of ours, in our order.</summary>
sealed class TorchNetwork
{
    readonly Linear[] layers;
    readonly Func<Tensor, Tensor> loss;
    readonly Tensor inputs;
    readonly optim.Optimizer optimizer;
    readonly double penalty;

    public TorchNetwork(
        int[] sizes,
        double[] parameters,
        double[][] points,
        ScalarType type,
        double rate,
        double penalty,
        Func<Tensor, Tensor> loss
    )
    {
        (this.loss, this.penalty) = (loss, penalty);
        inputs = tensor(points.SelectMany(point => point).ToArray(), [points.Length, sizes[0]]).to_type(type);
        layers = [.. sizes.Skip(1).Select((outputs, i) => nn.Linear(sizes[i], outputs, dtype: type))];
        using var none = no_grad();
        var next = 0;
        foreach (var layer in layers)
        {
            var (outputs, inputs) = ((int)layer.out_features, (int)layer.in_features);
            using var all = tensor(parameters[next..(next += outputs * (inputs + 1))], [outputs, inputs + 1]).to_type(type);
            layer.weight!.copy_(all.narrow(1, 0, inputs));
            layer.bias!.copy_(all.select(1, inputs));
        }

        optimizer = optim.SGD(layers.SelectMany(layer => layer.parameters()), rate);
    }

    public void Step()
    {
        using var scope = NewDisposeScope();
        optimizer.zero_grad();
        Loss().backward();
        optimizer.step();
    }

    public double[] Gradient()
    {
        using var scope = NewDisposeScope();
        optimizer.zero_grad();
        Loss().backward();
        return
        [
            .. layers.SelectMany(layer =>
                cat([layer.weight!.grad!, layer.bias!.grad!.unsqueeze(1)], 1).to_type(ScalarType.Float64).flatten().data<double>().ToArray()
            ),
        ];
    }

    Tensor Loss()
    {
        var y = inputs;
        for (var i = 0; i < layers.Length; i++)
        {
            y = layers[i].forward(y);
            y = i < layers.Length - 1 ? nn.functional.relu(y) : y;
        }

        var total = loss(y);
        if (penalty != 0.0)
        {
            foreach (var parameter in layers.SelectMany(layer => layer.parameters()))
            {
                total += penalty * parameter.square().sum();
            }
        }

        return total;
    }
}
