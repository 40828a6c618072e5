using TorchSharp;
using static TorchSharp.torch;

namespace Zautograd.Benchmarks.Peers;

/// <summary>What one scalar operation costs, recorded and taken back: a long chain of them.</summary>
static class Chain
{
    const int Operations = 40_000;

    public static Row Row()
    {
        double[] Ours()
        {
            var x = new Value(0.5);
            Of(x).Backward();
            return [x.Grad];
        }

        return new(
            "a chain of 40,000 scalar operations, recorded and taken back",
            new("`Value`", Ours, () => Ours()),
            Torch.Side(
                "TorchSharp",
                () =>
                {
                    double[] Theirs()
                    {
                        using var scope = NewDisposeScope();
                        var x = tensor(0.5, requires_grad: true);
                        var y = x;
                        for (var i = 0; i < Operations / 4; i++)
                        {
                            y = y * 0.999 + y * y * 1e-4;
                        }

                        y.backward();
                        return [x.grad!.item<double>()];
                    }

                    return (Theirs, () => Theirs());
                }
            )
        );
    }

    static Value Of(Value x)
    {
        var y = x;
        for (var i = 0; i < Operations / 4; i++)
        {
            y = y * 0.999 + y * y * 1e-4;
        }

        return y;
    }
}
