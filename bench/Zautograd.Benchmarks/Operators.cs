using System.Diagnostics;
using System.Numerics;

namespace Zautograd.Benchmarks;

/// <summary>What the operators cost: Hessian-vector products in gradients, gradients forward in lanes and in reverse, small Jacobians.</summary>
static class Operators
{
    internal readonly struct Rosenbrock : IScalarField
    {
        public T Call<T>(ReadOnlySpan<T> x)
            where T : struct, IFloatingPointIeee754<T>
        {
            var hundred = T.CreateChecked(100);
            var sum = T.Zero;
            for (int i = 0; i + 1 < x.Length; i++)
            {
                var bend = x[i + 1] - x[i] * x[i];
                var rest = T.One - x[i];
                sum += hundred * (bend * bend) + rest * rest;
            }

            return sum;
        }
    }

    readonly struct Coupled : IVectorField
    {
        public int Results(int variables) => variables;

        public void Call<T>(ReadOnlySpan<T> x, Span<T> y)
            where T : struct, IFloatingPointIeee754<T>
        {
            var sum = T.Zero;
            foreach (var number in x)
                sum += number * number;
            for (int i = 0; i < x.Length; i++)
                y[i] = T.Sin(x[i]) * sum - x[(i + 1) % x.Length] / (T.One + sum);
        }
    }

    public static void Quick()
    {
        HessianVectors.Quick();
        foreach (int n in new[] { 4, 8, 16, 24, 32 })
            Small(n);
        foreach (int n in new[] { 4, 8, 16 })
            Jacobian(n);
        Lanes();
    }

    internal static double[] Point(int n) => [.. Enumerable.Range(0, n).Select(i => 0.3 + 0.7 * Math.Sin(1 + 2.3 * i))];

    static void Small(int n)
    {
        double[] x = Point(n),
            lanes = new double[n],
            reverse = new double[n];
        Action forward = () => ForwardMode.Gradient<Rosenbrock, Register512>(new(), x, lanes),
            back = () => ReverseMode.Gradient(new Rosenbrock(), x, reverse);
        forward();
        back();
        Check(lanes, reverse);
        var (one, two) = Best(forward, back);
        Console.WriteLine($"Rosenbrock n = {n, 6}: gradient in lanes {one, 8:F3} us, in reverse {two, 8:F3} us");
    }

    static void Jacobian(int n)
    {
        var x = Point(n);
        var f = new Coupled();
        Action lanes = () => Derivatives.Jacobian(f, x, Jacobians.Forward),
            reverse = () => Derivatives.Jacobian(f, x, Jacobians.Reverse);
        Check(
            [.. Derivatives.Jacobian(f, x, Jacobians.Forward).Cast<double>()],
            [.. Derivatives.Jacobian(f, x, Jacobians.Reverse).Cast<double>()]
        );
        var (one, two) = Best(lanes, reverse);
        Console.WriteLine($"Jacobian {n} x {n}: in lanes {one:F3} us, in reverse {two:F3} us");
    }

    /// <summary>The gradient of 10,000 variables the hard way, forward, beside one direction at a time (of which a hundredth is timed).</summary>
    static void Lanes()
    {
        const int n = 10_000;
        double[] x = Point(n),
            lanes = new double[n],
            reverse = new double[n],
            unit = new double[n];
        var f = new Rosenbrock();
        unit[0] = 1;
        Action eight = () => ForwardMode.Gradient<Rosenbrock, Register512>(f, x, lanes),
            sixteen = () => ForwardMode.Gradient<Rosenbrock, Pair<Register512>>(f, x, lanes),
            narrow = () => ForwardMode.Gradient<Rosenbrock, Pair<Register256>>(f, x, lanes),
            single = () =>
            {
                for (int i = 0; i < n / 100; i++)
                    Derivatives.Jvp(f, x, unit);
            };
        ReverseMode.Gradient(f, x, reverse);
        foreach (var run in new[] { sixteen, narrow, eight })
        {
            run();
            Check(lanes, reverse);
        }
        Console.WriteLine(
            $"Rosenbrock n = {n}: gradient by 8 lanes {Best(eight) / 1000:F1} ms, 16 lanes {Best(sixteen) / 1000:F1} ms, 8 lanes in 256 bits {Best(narrow) / 1000:F1} ms, one at a time {Best(single) / 10:F1} ms"
        );
    }

    internal static void Check(double[] expected, double[] actual)
    {
        for (int i = 0; i < expected.Length; i++)
            if (Math.Abs(expected[i] - actual[i]) > 1e-9 * (1 + Math.Abs(expected[i])))
                throw new InvalidOperationException($"two ways to a derivative disagree: {expected[i]} and {actual[i]}");
    }

    static double Best(Action run) => Best(run, run).Item1;

    /// <summary>Microseconds of each, the best of many short rounds, taken in turn.</summary>
    internal static (double, double) Best(Action first, Action second)
    {
        double one = double.MaxValue,
            two = double.MaxValue;
        var begin = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begin) < TimeSpan.FromSeconds(1.5))
        {
            one = Math.Min(one, Time(first));
            two = Math.Min(two, Time(second));
        }
        return (one, two);
    }

    static double Time(Action run)
    {
        var begin = Stopwatch.GetTimestamp();
        int times = 0;
        do
        {
            run();
            times++;
        } while (Stopwatch.GetElapsedTime(begin) < TimeSpan.FromMilliseconds(2));
        return Stopwatch.GetElapsedTime(begin).TotalMicroseconds / times;
    }
}
