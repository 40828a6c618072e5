using System.Diagnostics;
using BenchmarkDotNet.Attributes;
using Zautograd.Nn;

namespace Zautograd.Benchmarks;

/// <summary>One full-batch step of the moons example through the public API, beside the same step written by hand over arrays.</summary>
[MemoryDiagnoser]
public class MoonsStep
{
    const int Samples = 100;
    const double Rate = 0.05;
    const double Penalty = 1e-4;
    readonly Dataset data = Datasets.Moons(Samples, noise: 0.1, new Random(42));
    readonly MLP model = new(2, [16, 16, 1], new Random(1337));
    readonly Sgd optimizer;
    readonly Value[] losses = new Value[Samples];
    readonly MoonsByHand byHand;

    public MoonsStep()
    {
        optimizer = new Sgd(model.Parameters, Rate);
        byHand = new MoonsByHand([.. model.Parameters.Select(parameter => parameter.Data)], data, Rate, Penalty);
    }

    /// <summary>Multiplies, adds and relus of the forward pass and the loss; the reverse sweep and the update are timed but not counted.</summary>
    public static int ScalarOperations
    {
        get
        {
            static int Neuron(int inputs) => 2 * inputs; // a multiply and an add each, bias included
            var sample = 16 * (Neuron(2) + 1) + 16 * (Neuron(16) + 1) + Neuron(16) + 3; // relus; y*score, 1 - that, relu
            return Samples * sample + Samples + 2 * 337 + 2; // the sum, the sum of squares, their scaling
        }
    }

    [Benchmark]
    public double Value()
    {
        for (var i = 0; i < losses.Length; i++)
        {
            losses[i] = Losses.Hinge(model.Score(data.Points[i]), data.Labels[i]);
        }

        var loss = Zautograd.Value.Sum(losses) / Samples + Penalty * Losses.L2(model.Parameters);
        model.ZeroGrad();
        loss.Backward();
        optimizer.Step();
        return loss.Data;
    }

    [Benchmark(Baseline = true)]
    public double ByHand() => byHand.Step();

    /// <summary>Without a harness: medians in seconds, with the bytes that all threads allocated.</summary>
    public static void Quick()
    {
        var bench = new MoonsStep();
        for (var step = 0; step < 200; step++)
        {
            double expected = bench.ByHand(),
                actual = bench.Value();
            if (Math.Abs(expected - actual) > 1e-9 * Math.Abs(expected))
            {
                throw new InvalidOperationException($"step {step}: the loss is {actual}, by hand {expected}");
            }
        }

        Measure(bench.Value, 2000);
        var value = new List<double>();
        var hand = new List<double>();
        var bytes = new List<double>();
        for (var round = 0; round < 15; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            value.Add(Measure(bench.Value, 1000));
            bytes.Add((GC.GetAllocatedBytesForCurrentThread() - before) / 1000.0);
            hand.Add(Measure(bench.ByHand, 1000));
        }

        var ratios = value.Zip(hand, (v, h) => v / h).Order().ToArray();
        value.Sort();
        bytes.Sort();
        Console.WriteLine(
            $"{value[7]:F1} us a step (best {value[0]:F1}, worst {value[^1]:F1}) = {value[7] * 1000 / ScalarOperations:F2} ns per scalar operation ({ScalarOperations} of them); "
                + $"{bytes[7]:F0} bytes a step; {ratios[7]:F2} times the step written by hand ({ratios[0]:F2} to {ratios[^1]:F2})"
        );
    }

    static double Measure(Func<double> step, int steps)
    {
        var begin = Stopwatch.GetTimestamp();
        for (var i = 0; i < steps; i++)
        {
            step();
        }

        return Stopwatch.GetElapsedTime(begin).TotalMicroseconds / steps;
    }
}
