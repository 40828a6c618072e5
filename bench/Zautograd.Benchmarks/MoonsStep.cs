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
    readonly MoonsBySimd bySimd;
    readonly MLP planned = new(2, [16, 16, 1], new Random(1337));
    readonly Sgd plannedOptimizer;
    readonly double[] inputs; // of each sample its point and its label
    readonly Plan plan;

    public MoonsStep()
    {
        optimizer = new Sgd(model.Parameters, Rate);
        byHand = new MoonsByHand([.. model.Parameters.Select(parameter => parameter.Data)], data, Rate, Penalty);
        bySimd = new MoonsBySimd([.. model.Parameters.Select(parameter => parameter.Data)], data, Rate, Penalty);
        plannedOptimizer = new Sgd(planned.Parameters, Rate);
        inputs = [.. data.Points.Zip(data.Labels).SelectMany(sample => sample.First.Append(sample.Second))];
        plan = Zautograd.Plan.Record(x => (1 - x[2] * planned.Score(x[..2])).Relu() + Penalty * Losses.L2(planned.Parameters), [0, 0, 1]);
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

    [Benchmark]
    public double Plan()
    {
        planned.ZeroGrad();
        var loss = plan.Backward(inputs);
        plannedOptimizer.Step();
        return loss;
    }

    [Benchmark]
    public double BySimd() => bySimd.Step();

    [Benchmark(Baseline = true)]
    public double ByHand() => byHand.Step();

    /// <summary>Without a harness: medians in seconds, with the bytes that all threads allocated.</summary>
    public static void Quick()
    {
        var bench = new MoonsStep();
        for (var step = 0; step < 200; step++)
        {
            var expected = bench.ByHand();
            foreach (var (name, actual) in new[] { ("Value", bench.Value()), ("Plan", bench.Plan()), ("SIMD", bench.BySimd()) })
            {
                // the losses agree step after step only if the gradients do
                if (Math.Abs(expected - actual) > 1e-9 * Math.Abs(expected))
                {
                    throw new InvalidOperationException($"step {step}: the loss of {name} is {actual}, by hand {expected}");
                }
            }
        }

        (string Name, Func<double> Step)[] ways =
        [
            ("tape", bench.Value),
            ("plan", bench.Plan),
            ("by hand", bench.ByHand),
            ("by hand in SIMD", bench.BySimd),
        ];
        const int Rounds = 15;
        var times = ways.Select(_ => new double[Rounds]).ToArray();
        var bytes = new double[ways.Length];
        for (var round = -3; round < Rounds; round++)
        {
            for (var way = 0; way < ways.Length; way++)
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                times[way][Math.Max(round, 0)] = Measure(ways[way].Step, 500); // the first rounds warm up
                bytes[way] = (GC.GetAllocatedBytesForCurrentThread() - before) / 500.0;
            }
        }

        for (var way = 0; way < ways.Length; way++)
        {
            var sorted = times[way].Order().ToArray();
            var ratios = times[way].Zip(times[^1], (time, simd) => time / simd).Order().ToArray();
            Console.WriteLine(
                $"{ways[way].Name, -16} {sorted[Rounds / 2]:F1} us a step (best {sorted[0]:F1}, worst {sorted[^1]:F1}); "
                    + $"{sorted[Rounds / 2] * 1000 / ScalarOperations:F2} ns per scalar operation ({ScalarOperations} of them); "
                    + $"{bytes[way]:F0} bytes a step; {ratios[Rounds / 2]:F2} times SIMD by hand ({ratios[0]:F2} to {ratios[^1]:F2})"
            );
        }
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
