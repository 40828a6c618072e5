using System.Diagnostics;
using BenchmarkDotNet.Attributes;

namespace Zautograd.Benchmarks;

/// <summary>One full-batch step of micrograd's moons example: forward, hinge loss and penalty, Backward, gradient descent.</summary>
[MemoryDiagnoser]
public class MoonsStep
{
    const int Samples = 100;
    readonly IScorer scorer = new SpanMlp([2, 16, 16, 1], new Random(1337));
    readonly (double[] Point, double Label)[] moons = Moons(new Random(42));
    readonly Value[] losses = new Value[Samples];

    /// <summary>Multiplies, adds, subtractions and relus of the forward pass and of the update are not told apart; the sweep is not counted.</summary>
    public static int ScalarOperations
    {
        get
        {
            int neuron(int inputs) => 2 * inputs;                                            // a multiply and an add each, bias included
            int sample = 16 * (neuron(2) + 1) + 16 * (neuron(16) + 1) + neuron(16) + 3;      // relu each; y*score, 1-, relu
            return Samples * sample + Samples + 2 * 337 + 2;                                 // sum, p*p sum, scaling
        }
    }

    [Benchmark]
    public double Step()
    {
        for (int i = 0; i < losses.Length; i++)
        {
            var (point, label) = moons[i];
            losses[i] = (1 - label * scorer.Score(point)).Relu();
        }
        var loss = Value.Sum(losses) / Samples + 1e-4 * Value.Dot(scorer.Parameters, scorer.Parameters);
        foreach (var p in scorer.Parameters) p.Grad = 0;
        loss.Backward();
        foreach (var p in scorer.Parameters) p.Data -= 0.05 * p.Grad;
        return loss.Data;
    }

    /// <summary>The same without a harness: quick, and it shows bytes and collections of every thread.</summary>
    public static void Quick()
    {
        var bench = new MoonsStep();
        for (int i = 0; i < 2000; i++) bench.Step();
        var times = new List<double>();
        double loss = 0;
        for (int round = 0; round < 15; round++)
        {
            long begin = Stopwatch.GetTimestamp();
            int collections = Collector.Collections;
            long ticks = Collector.Ticks, bytes = GC.GetTotalAllocatedBytes(true);
            for (int i = 0; i < 1000; i++) loss = bench.Step();
            double micros = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
            bytes = GC.GetTotalAllocatedBytes(true) - bytes;
            times.Add(micros);
            Console.WriteLine($"{micros,8:F1} us/step  {micros * 1000 / ScalarOperations:F2} ns/op  {bytes / 1000.0} B/step  "
                + $"{Collector.Collections - collections} collections of "
                + $"{Stopwatch.GetElapsedTime(0, Collector.Ticks - ticks).TotalMicroseconds / Math.Max(1, Collector.Collections - collections):F0} us  {Block.Alive} blocks  loss {loss:G5}");
        }
        times.Sort();
        Console.WriteLine($"best {times[0]:F1}, median {times[7]:F1} us/step = {times[7] * 1000 / ScalarOperations:F2} ns per scalar operation ({ScalarOperations} of them)");
    }

    static (double[], double)[] Moons(Random random) =>
        [.. Enumerable.Range(0, Samples).Select(i =>
        {
            double angle = Math.PI * random.NextDouble();
            double noise() => 0.1 * (random.NextDouble() + random.NextDouble() - 1);
            return i % 2 == 0
                ? (new[] { Math.Cos(angle) + noise(), Math.Sin(angle) + noise() }, 1.0)
                : (new[] { 1 - Math.Cos(angle) + noise(), 0.5 - Math.Sin(angle) + noise() }, -1.0);
        })];
}

/// <summary>What the step needs of a network, so that another one can take this one's place.</summary>
public interface IScorer
{
    Value[] Parameters { get; }
    Value Score(double[] point);
}

/// <summary>A multi-layer perceptron on preallocated arrays and spans.</summary>
public sealed class SpanMlp : IScorer
{
    readonly int[] sizes;
    readonly Value[][] activations;

    public Value[] Parameters { get; }

    public SpanMlp(int[] sizes, Random random)
    {
        this.sizes = sizes;
        activations = [.. sizes.Skip(1).Select(size => new Value[size])];
        Parameters = new Value[Enumerable.Range(1, sizes.Length - 1).Sum(i => sizes[i] * (sizes[i - 1] + 1))];
        int next = 0;
        for (int layer = 1; layer < sizes.Length; layer++)
            for (int neuron = 0; neuron < sizes[layer]; neuron++)
            {
                for (int input = 0; input < sizes[layer - 1]; input++) Parameters[next++] = (2 * random.NextDouble() - 1) / Math.Sqrt(sizes[layer - 1]);
                Parameters[next++] = 0;
            }
    }

    public Value Score(double[] point)
    {
        int next = 0;
        for (int layer = 1; layer < sizes.Length; layer++)
        {
            int inputs = sizes[layer - 1];
            var results = activations[layer - 1];
            for (int neuron = 0; neuron < results.Length; neuron++)
            {
                var weights = Parameters.AsSpan(next, inputs);
                var bias = Parameters[next + inputs];
                next += inputs + 1;
                var sum = layer == 1 ? Value.Dot(weights, point, bias) : Value.Dot(weights, activations[layer - 2], bias);
                results[neuron] = layer < sizes.Length - 1 ? sum.Relu() : sum;
            }
        }
        return activations[^1][0];
    }
}
