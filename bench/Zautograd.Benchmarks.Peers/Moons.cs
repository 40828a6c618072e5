using Zautograd.Nn;

namespace Zautograd.Benchmarks.Peers;

/// <summary>The moons step in our two general ways, which know nothing of networks: every operation recorded anew, or once and for all.</summary>
static class Moons
{
    const int Samples = 100;
    const double Penalty = 1e-4;
    static readonly Dataset Data = Datasets.Moons(Samples, 0.1, new Random(42));

    static MLP Model() => new(2, [16, 16, 1], new Random(1337), weights: InitialWeights.ScaledByInputs);

    public static IEnumerable<Row> Rows()
    {
        foreach (var way in new[] { Recorded, Planned })
        {
            foreach (var precision in new[] { Precision.Double, Precision.Single })
            {
                var isDouble = precision == Precision.Double;
                yield return new(
                    $"moons step, 2-16-16-1, 100 points, hinge and penalty, double beside {(isDouble ? "double" : "float")}",
                    way(),
                    Networks.Peer([2, 16, 16, 1], Model(), Data, precision, Penalty, hinge: true),
                    isDouble ? 1e-9 : 1e-3
                );
            }
        }
    }

    static Side Recorded()
    {
        var model = Model();
        var losses = new Value[Samples];
        return Step(
            "`Value`",
            model,
            () =>
            {
                for (var i = 0; i < losses.Length; i++)
                {
                    losses[i] = Losses.Hinge(model.Score(Data.Points[i]), Data.Labels[i]);
                }

                (Value.Sum(losses) / Samples + Penalty * Losses.L2(model.Parameters)).Backward();
            }
        );
    }

    static Side Planned()
    {
        var model = Model();
        var plan = Plan.Record(x => (1 - x[2] * model.Score(x[..2])).Relu() + Penalty * Losses.L2(model.Parameters), [0, 0, 1]);
        double[] inputs = [.. Data.Points.Zip(Data.Labels).SelectMany(sample => sample.First.Append(sample.Second))];
        return Step("`Plan`", model, () => plan.Backward(inputs));
    }

    static Side Step(string name, MLP model, Action backward)
    {
        var optimizer = new Sgd(model.Parameters, Networks.Rate);
        void Gradient()
        {
            model.ZeroGrad();
            backward();
        }

        return new(
            name,
            () =>
            {
                Gradient();
                return [.. model.Parameters.Select(parameter => parameter.Grad)];
            },
            () =>
            {
                Gradient();
                optimizer.Step();
            }
        );
    }
}
