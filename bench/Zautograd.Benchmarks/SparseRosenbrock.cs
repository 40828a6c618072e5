using System.Diagnostics;
using System.Numerics;
using BenchmarkDotNet.Attributes;

namespace Zautograd.Benchmarks;

/// <summary>The sparse Hessian of the extended Rosenbrock function of 10,000 variables, beside one gradient, and the Hessian by hand.</summary>
[MemoryDiagnoser]
public class SparseRosenbrock
{
    const int Variables = 10_000;
    readonly double[] x = [.. Enumerable.Range(0, Variables).Select(i => i % 2 == 0 ? -1.2 + 0.01 * (i % 7) : 1)];
    readonly SparseHessian hessian;

    public SparseRosenbrock()
    {
        hessian = SparseHessian.Of(new Rosenbrock(), x);
        var byHand = ByHand();
        var found = Hessian();
        for (int i = 0; i < byHand.Length; i++)
            if (Math.Abs(found.Values[i] - byHand[i]) > 1e-12 * Math.Abs(byHand[i]))
                throw new InvalidOperationException($"entry {i} is {found.Values[i]}, by hand {byHand[i]}");
    }

    readonly struct Rosenbrock : IScalarField
    {
        public T Call<T>(ReadOnlySpan<T> x)
            where T : struct, IFloatingPointIeee754<T>
        {
            T sum = T.Zero,
                hundred = T.CreateChecked(100);
            for (int i = 0; i < x.Length; i += 2)
            {
                T valley = x[i + 1] - x[i] * x[i],
                    far = T.One - x[i];
                sum += hundred * valley * valley + far * far;
            }
            return sum;
        }
    }

    [Benchmark]
    public SparseRows Hessian() => hessian.At(x);

    [Benchmark]
    public SparseHessian PatternAndColouring() => SparseHessian.Of(new Rosenbrock(), x);

    [Benchmark]
    public double[] Gradient() => Derivatives.Gradient<Rosenbrock, double>(new Rosenbrock(), x);

    /// <summary>The entries, row by row.</summary>
    [Benchmark(Baseline = true)]
    public double[] ByHand()
    {
        var entries = new double[2 * Variables];
        for (int i = 0; i < Variables; i += 2)
        {
            entries[2 * i] = 1200 * x[i] * x[i] - 400 * x[i + 1] + 2;
            entries[2 * i + 1] = entries[2 * i + 2] = -400 * x[i];
            entries[2 * i + 3] = 200;
        }
        return entries;
    }

    /// <summary>Without a harness: medians of rounds taken in turn.</summary>
    public static void Quick()
    {
        var bench = new SparseRosenbrock();
        (string Name, Action Run)[] rows =
        [
            ("sparse Hessian", () => bench.Hessian()),
            ("pattern and colouring", () => bench.PatternAndColouring()),
            ("one gradient", () => bench.Gradient()),
            ("Hessian by hand", () => bench.ByHand()),
        ];
        var times = rows.Select(_ => new List<double>()).ToArray();
        for (int round = 0; round < 150; round++)
        for (int row = 0; row < rows.Length; row++)
        {
            long begin = Stopwatch.GetTimestamp();
            rows[row].Run();
            if (round >= 50)
                times[row].Add(Stopwatch.GetElapsedTime(begin).TotalMicroseconds);
        }
        Console.WriteLine(
            $"extended Rosenbrock, n = {Variables}: {bench.hessian.Colouring.Count} colours, {bench.hessian.Pattern.Count} entries"
        );
        for (int row = 0; row < rows.Length; row++)
        {
            var sorted = times[row].Order().ToArray();
            Console.WriteLine($"{rows[row].Name, -22} {sorted[50], 9:F1} us (best {sorted[0]:F1}, worst {sorted[^1]:F1})");
        }
    }
}
