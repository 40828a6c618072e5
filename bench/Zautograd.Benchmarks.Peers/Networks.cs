using TorchSharp;
using Zautograd.Nn;
using static TorchSharp.torch;

namespace Zautograd.Benchmarks.Peers;

/// <summary>One step of training a network: forward, loss, backward, update.</summary>
static class Networks
{
    internal const double Rate = 1e-4; // small: hundreds of thousands of steps are measured, and all are to do the same work

    public static IEnumerable<Row> Rows()
    {
        foreach (var precision in new[] { Precision.Double, Precision.Single })
        {
            yield return Training("moons step, 2-16-16-1, 100 points, hinge and penalty", [2, 16, 16, 1], 100, precision, hinge: true);
            yield return Training("16-64-64-1, batch 1, hinge", [16, 64, 64, 1], 1, precision, hinge: true);
            yield return Training("16-64-64-1, batch 32, hinge", [16, 64, 64, 1], 32, precision, hinge: true);
            yield return Training("784-128-10, batch 64, cross-entropy", [784, 128, 10], 64, precision, hinge: false);
        }
    }

    static Row Training(string name, int[] sizes, int batch, Precision precision, bool hinge)
    {
        const int Steps = 50;
        var data = hinge && sizes[0] == 2 ? Datasets.Moons(batch, 0.1, new Random(42)) : Points(sizes[0], batch, hinge);
        var penalty = hinge && sizes[0] == 2 ? 1e-4 : 0.0;
        MLP Model() => new(sizes[0], sizes[1..], new Random(1337), weights: InitialWeights.ScaledByInputs);
        var model = Model();
        var objective = hinge ? Objective.Hinge(penalty) : Objective.SoftmaxCrossEntropy(penalty);
        var optimizer = new Sgd(model.Parameters, Rate);

        double[] Gradient()
        {
            var fresh = Model();
            Nn.Training.Run(fresh, data, objective, new Sgd(fresh.Parameters, 0.0), steps: 1, precision: precision);
            return [.. fresh.Parameters.Select(parameter => parameter.Grad)];
        }

        var ours = new Side(
            "`Training.Run`",
            Gradient,
            () => Nn.Training.Run(model, data, objective, optimizer, Steps, precision: precision),
            Steps
        );
        var peer = Peer(sizes, Model(), data, precision, penalty, hinge);
        return new(
            $"{name}, {(precision == Precision.Double ? "double" : "float")}",
            ours,
            peer,
            precision == Precision.Double ? 1e-9 : 1e-3
        );
    }

    internal static Side Peer(int[] sizes, MLP start, Dataset data, Precision precision, double penalty, bool hinge) =>
        Torch.Side(
            "TorchSharp",
            () =>
            {
                var type = precision == Precision.Double ? ScalarType.Float64 : ScalarType.Float32;
                var labels = data.Labels.Select(label => (long)label).ToArray();
                var signs = tensor(labels, [data.Count, 1]).to_type(type);
                var classes = tensor(labels);
                var network = new TorchNetwork(
                    sizes,
                    [.. start.Parameters.Select(parameter => parameter.Data)],
                    [.. data.Points],
                    type,
                    Rate,
                    penalty,
                    hinge ? y => nn.functional.relu(1.0 - signs * y).mean() : y => nn.functional.cross_entropy(y, classes)
                );
                return (network.Gradient, network.Step);
            }
        );

    static Dataset Points(int inputs, int count, bool hinge)
    {
        var random = new Random(7);
        return new(
            [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, inputs).Select(_ => random.NextDouble()).ToArray())],
            [.. Enumerable.Range(0, count).Select(i => hinge ? (i % 2 == 0 ? 1 : -1) : i % 10)]
        );
    }
}
