using System.Diagnostics;
using BenchmarkDotNet.Attributes;

namespace Zautograd.Benchmarks;

/// <summary>A compiled expression of 1,000 operations: its value alone, and its value with its gradient.</summary>
[MemoryDiagnoser]
public class CompiledGradient
{
    const int Variables = 10;
    readonly double[] x = [.. Enumerable.Range(1, Variables).Select(i => 0.3 + 0.11 * i)];
    readonly double[] slopes = new double[Variables];
    CompiledValue value = null!;
    Zautograd.CompiledGradient gradient = null!;

    /// <summary>What the expression is made of.</summary>
    [ParamsAllValues]
    public Mix Mix { get; set; }

    /// <summary>How many operations.</summary>
    [Params(1000)]
    public int Operations { get; set; } = 1000;

    /// <summary>Builds and compiles the expression.</summary>
    [GlobalSetup]
    public void Setup()
    {
        string[] names = [.. Enumerable.Range(0, Variables).Select(i => $"x{i}")];
        var expression = Random(Mix, Operations, names, x);
        value = expression.Compile(names);
        gradient = expression.CompileGradient(names);
    }

    [Benchmark(Baseline = true)]
    public double Value() => value.Invoke(x);

    [Benchmark]
    public double ValueAndGradient() => gradient.Invoke(x, slopes);

    /// <summary>The ratio without a harness: the best of many short rounds, taken in turn, so that a busy machine disturbs both alike.</summary>
    public static void Quick()
    {
        foreach (var mix in Enum.GetValues<Mix>())
        {
            var bench = new CompiledGradient { Mix = mix };
            bench.Setup();
            var begin = Stopwatch.GetTimestamp();
            bench.Setup();
            bench.Value();
            bench.ValueAndGradient();
            var setup = Stopwatch.GetElapsedTime(begin);
            while (Stopwatch.GetElapsedTime(begin) < setup + TimeSpan.FromSeconds(1)) // until what stands around the pieces is optimised
            {
                bench.Value();
                bench.ValueAndGradient();
            }

            double value = double.MaxValue,
                both = double.MaxValue;
            var bytes = GC.GetAllocatedBytesForCurrentThread();
            for (int round = 0; round < 300; round++)
            {
                value = Math.Min(value, Time(bench.Value));
                both = Math.Min(both, Time(bench.ValueAndGradient));
            }
            bytes = (GC.GetAllocatedBytesForCurrentThread() - bytes) / 300;
            Console.WriteLine(
                $"{mix, -15} value {value, 9:F0} ns   value and gradient {both, 9:F0} ns   ratio {both / value:F2}   {bytes} B per round   compiled in {setup.TotalMilliseconds:F0} ms"
            );
        }
    }

    static double Time(Func<double> run)
    {
        const int Times = 100;
        long begin = Stopwatch.GetTimestamp();
        for (int i = 0; i < Times; i++)
            run();
        return Stopwatch.GetElapsedTime(begin).TotalNanoseconds / Times;
    }

    /// <summary>A random expression in which each operation takes the latest result and an older one; every step is of moderate size.</summary>
    static Expr Random(Mix mix, int operations, string[] names, double[] at)
    {
        var random = new Random(7);
        List<(Expr Node, double Value)> pool = [.. names.Zip(at, (name, number) => (Expr.Variable(name), number))];
        if (mix == Mix.ProductChain)
        {
            var product = pool[0].Node;
            for (int i = 1; i <= operations; i++)
                product *= pool[i % Variables].Node;
            return product;
        }
        if (mix == Mix.Tree)
        {
            var parts = new List<Expr>();
            for (int i = 0; i <= operations; i++)
                parts.Add(pool[random.Next(Variables)].Node);
            while (parts.Count > 1)
            {
                var (a, b) = (parts[0], parts[1]);
                parts.RemoveRange(0, 2);
                parts.Add(
                    random.Next(4) switch
                    {
                        0 => a + b,
                        1 => a - b,
                        _ => a * b,
                    }
                );
            }
            return parts[0];
        }

        Op[] arithmetic = [Op.Add, Op.Sub, Op.Mul, Op.Mul, Op.Add, Op.Div];
        Op[] functions = [Op.Sin, Op.Cos, Op.Exp, Op.Log, Op.Sqrt, Op.Tanh, Op.Sigmoid, Op.Atan];
        var share = mix switch
        {
            Mix.Arithmetic => 0,
            Mix.Mixed => 0.25,
            _ => 1,
        };
        var done = 0;
        for (var tries = 0; done < operations && tries < 1000 * operations; tries++)
        {
            var older = pool[random.Next(Math.Max(0, pool.Count - 30), pool.Count)];
            var isFunction = random.NextDouble() < share;
            var op = isFunction ? functions[random.Next(functions.Length)] : arithmetic[random.Next(arithmetic.Length)];
            (Expr Node, double Value)[] arguments = isFunction ? [pool[^1]] : [pool[^1], older];
            var number = Functions.Apply(op, [.. arguments.Select(argument => argument.Value)]);
            if (Math.Abs(number) is < 0.05 or > 20 or double.NaN)
            {
                if (isFunction && tries % 7 == 0)
                    pool.Add((pool[^1].Node + older.Node, pool[^1].Value + older.Value));
                continue;
            }
            pool.Add((op.Of([.. arguments.Select(argument => argument.Node)]), number));
            done++;
        }
        return pool[^1].Node;
    }
}

/// <summary>What a random expression is made of.</summary>
public enum Mix
{
    /// <summary>Sums, differences, products and some divisions.</summary>
    Arithmetic,

    /// <summary>Three quarters arithmetic, one quarter functions.</summary>
    Mixed,

    /// <summary>Functions of functions.</summary>
    Transcendental,

    /// <summary>A balanced tree of sums, differences and products, every result used once: nothing waits for anything.</summary>
    Tree,

    /// <summary>x0*x1*...*x9*x0*...</summary>
    ProductChain,
}
