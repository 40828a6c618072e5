using System.Diagnostics;
using Zautograd.Programs;
using static Zautograd.Benchmarks.Programs;

namespace Zautograd.Benchmarks;

/// <summary>Compiled programs: what a gradient costs in values, and what the compiled value costs beside one written by hand.</summary>
static class ProgramGradients
{
    delegate double Mixture(double[] alpha, double[] mean, double[] q, double[] l, double[] x, int d, int k, int n, double gamma, double m);
    delegate double MixtureGradient(
        double[] alpha,
        double[] mean,
        double[] q,
        double[] l,
        double[] x,
        int d,
        int k,
        int n,
        double gamma,
        double m,
        double[] ofAlpha,
        double[] ofMean,
        double[] ofQ,
        double[] ofL
    );

    /// <summary>One program, three ways to run it, and the goal for the gradient's cost.</summary>
    record Row(string Name, double Goal, Func<double> ByHand, Func<double> Value, Func<double> Gradient);

    static double[] Numbers(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextDouble() * 2 - 1)];
    }

    static int[] Indices(int count, int below, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(below))];
    }

    static Row OfLogSumExp()
    {
        var value = Compiler.Function<Func<double[], double>>(logSumExp, "f");
        var gradient = Compiler.Gradient<Func<double[], double[], double>>(logSumExp, "f");
        double[] x = Numbers(10_000, 1),
            ofX = new double[x.Length];
        return new("log-sum-exp", 2, () => ProgramsByHand.LogSumExp(x), () => value(x), () => gradient(x, ofX));
    }

    static Row OfMixture()
    {
        var value = Compiler.Function<Mixture>(gaussianMixture, "f");
        var gradient = Compiler.Gradient<MixtureGradient>(gaussianMixture, "f");
        const int n = 1000,
            d = 10,
            k = 25;
        double[] alpha = Numbers(k, 1),
            mean = Numbers(k * d, 2),
            q = Numbers(k * d, 3),
            l = Numbers(k * d * (d - 1) / 2, 4),
            x = Numbers(n * d, 5);
        double[] ofAlpha = new double[alpha.Length],
            ofMean = new double[mean.Length],
            ofQ = new double[q.Length],
            ofL = new double[l.Length];
        return new(
            "Gaussian mixture",
            3,
            () => ProgramsByHand.GaussianMixture(alpha, mean, q, l, x, d, k, n, 1, 0),
            () => value(alpha, mean, q, l, x, d, k, n, 1, 0),
            () => gradient(alpha, mean, q, l, x, d, k, n, 1, 0, ofAlpha, ofMean, ofQ, ofL)
        );
    }

    static Row OfBundle()
    {
        var value = Compiler.Function<Func<double[], double[], double[], double[], int[], int[], double>>(bundleAdjustment, "f");
        var gradient = Compiler.Gradient<Func<double[], double[], double[], double[], int[], int[], double[], double[], double[], double>>(
            bundleAdjustment,
            "f"
        );
        const int cameraCount = 20,
            pointCount = 500,
            observations = 2000;
        double[] cameras = Numbers(11 * cameraCount, 1),
            points = Numbers(3 * pointCount, 2),
            weights = Numbers(observations, 3),
            features = Numbers(2 * observations, 4);
        for (var i = 2; i < points.Length; i += 3)
        {
            points[i] += 5; // in front of every camera
        }

        int[] camera = Indices(observations, cameraCount, 5),
            point = Indices(observations, pointCount, 6);
        double[] ofCameras = new double[cameras.Length],
            ofPoints = new double[points.Length],
            ofWeights = new double[weights.Length];
        return new(
            "bundle adjustment",
            3,
            () => ProgramsByHand.BundleAdjustment(cameras, points, weights, features, camera, point),
            () => value(cameras, points, weights, features, camera, point),
            () => gradient(cameras, points, weights, features, camera, point, ofCameras, ofPoints, ofWeights)
        );
    }

    static Row OfLstm()
    {
        var value = Compiler.Function<Func<double[], double[], double[], int, int, int, double>>(lstm, "f");
        var gradient = Compiler.Gradient<Func<double[], double[], double[], int, int, int, double[], double>>(lstm, "f");
        const int layers = 2,
            width = 14,
            rows = 100;
        double[] p = Numbers(8 * layers * width + 3 * width, 1),
            start = Numbers(2 * layers * width, 2),
            sequence = Numbers(rows * width, 3),
            ofP = new double[p.Length];
        return new(
            "LSTM",
            4,
            () => ProgramsByHand.Lstm(p, start, sequence, width, layers, rows),
            () => value(p, start, sequence, width, layers, rows),
            () => gradient(p, start, sequence, width, layers, rows, ofP)
        );
    }

    /// <summary>Medians of rounds in which the three ways take turns, so that a busy machine disturbs them alike.</summary>
    public static void Quick()
    {
        const int Rounds = 15;
        Console.WriteLine("| program | by hand, us | value, us | gradient, us | value/by hand | gradient/value | goal | bytes |");
        Console.WriteLine("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        foreach (var row in new[] { OfMixture(), OfBundle(), OfLstm(), OfLogSumExp() })
        {
            double expected = row.ByHand(),
                value = row.Value(),
                both = row.Gradient();
            if (Math.Abs(value - expected) > 1e-9 * Math.Abs(expected) || both != value)
            {
                throw new InvalidOperationException($"{row.Name}: {expected} by hand, {value} compiled, {both} with the gradient");
            }

            double[] hand = new double[Rounds],
                alone = new double[Rounds],
                gradient = new double[Rounds];
            long bytes = 0;
            for (var round = -2; round < Rounds; round++)
            {
                var place = Math.Max(round, 0); // the first rounds warm up
                hand[place] = Time(row.ByHand);
                alone[place] = Time(row.Value);
                var before = GC.GetAllocatedBytesForCurrentThread();
                gradient[place] = Time(row.Gradient);
                bytes = GC.GetAllocatedBytesForCurrentThread() - before;
            }

            Console.WriteLine(
                $"| {row.Name} | {Median(hand):F1} | {Median(alone):F1} | {Median(gradient):F1} | {Median(alone.Zip(hand, (v, h) => v / h)):F2} "
                    + $"| {Median(gradient.Zip(alone, (g, v) => g / v)):F2} | {row.Goal:F1} | {bytes} |"
            );
        }
    }

    static double Median(IEnumerable<double> numbers) => numbers.Order().ElementAt(numbers.Count() / 2);

    static double Time(Func<double> run)
    {
        var times = 0;
        var begin = Stopwatch.GetTimestamp();
        do
        {
            run();
            times++;
        } while (Stopwatch.GetElapsedTime(begin).TotalMilliseconds < 60);

        return Stopwatch.GetElapsedTime(begin).TotalMicroseconds / times;
    }
}
