using System.Diagnostics;

namespace Zautograd.Benchmarks;

/// <summary>A European call under Heston's model, 10,000 paths of 50 steps: the price alone as a plain loop, and with eight Greeks by a plan.</summary>
sealed class MonteCarlo
{
    const int Steps = 50;
    const int Paths = 10_000;
    const double Years = 1;
    static readonly string[] Names = ["spot", "rate", "strike", "variance", "reversion", "level", "volatility", "correlation"];
    readonly double[] parameters = [100, 0.03, 105, 0.04, 1.5, 0.05, 0.4, -0.6];
    readonly double[] normals = new double[Paths * 2 * Steps];
    readonly double[] greeks = new double[Names.Length];
    readonly Plan plan;

    public MonteCarlo()
    {
        var random = new Random(11);
        for (var i = 0; i < normals.Length; i++)
        {
            normals[i] = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        }

        plan = Plan.Record(Payoff, normals.AsSpan(0, 2 * Steps), parameters);
    }

    static Value Payoff(Value[] normals, Value[] p)
    {
        Value spot = p[0],
            rate = p[1],
            correlation = p[7],
            other = (1 - correlation * correlation).Sqrt(),
            variance = p[3],
            log = spot.Log();
        const double dt = Years / Steps;
        for (var step = 0; step < Steps; step++)
        {
            var positive = variance.Relu();
            var noise = (positive * dt).Sqrt();
            log += (rate - 0.5 * positive) * dt + noise * normals[2 * step];
            variance += p[4] * (p[5] - positive) * dt + p[6] * noise * (correlation * normals[2 * step] + other * normals[2 * step + 1]);
        }

        return (-rate * Years).Exp() * (log.Exp() - p[2]).Relu();
    }

    public double Price()
    {
        double spot = parameters[0],
            rate = parameters[1],
            strike = parameters[2],
            start = parameters[3],
            reversion = parameters[4],
            level = parameters[5],
            volatility = parameters[6],
            correlation = parameters[7],
            other = Math.Sqrt(1 - correlation * correlation),
            first = Math.Log(spot),
            sum = 0;
        const double dt = Years / Steps;
        for (var path = 0; path < Paths; path++)
        {
            var row = normals.AsSpan(path * 2 * Steps, 2 * Steps);
            double variance = start,
                log = first;
            for (var step = 0; step < row.Length; step += 2)
            {
                var positive = Math.Max(variance, 0);
                var noise = Math.Sqrt(positive * dt);
                log += (rate - 0.5 * positive) * dt + noise * row[step];
                variance += reversion * (level - positive) * dt + volatility * noise * (correlation * row[step] + other * row[step + 1]);
            }

            sum += Math.Max(Math.Exp(log) - strike, 0);
        }

        return Math.Exp(-rate * Years) * sum / Paths;
    }

    public double Greeks() => plan.ValueAndGradient(normals, parameters, greeks);

    /// <summary>The same with the tape, a path at a time.</summary>
    double Taped(double[] gradient)
    {
        Value[] p = [.. parameters.Select(number => new Value(number))];
        double sum = 0;
        for (var path = 0; path < Paths; path++)
        {
            var value = Payoff([.. normals[(path * 2 * Steps)..((path + 1) * 2 * Steps)].Select(number => new Value(number))], p);
            value.Backward();
            sum += value.Data;
        }

        for (var i = 0; i < p.Length; i++)
        {
            gradient[i] = p[i].Grad / Paths;
        }

        return sum / Paths;
    }

    public static void Quick()
    {
        var bench = new MonteCarlo();
        var gradient = new double[Names.Length];
        double expected = bench.Price(),
            taped = bench.Taped(gradient),
            planned = bench.Greeks();
        Agree("price", expected, planned);
        Agree("price on the tape", expected, taped);
        for (var i = 0; i < Names.Length; i++)
        {
            Agree(Names[i], gradient[i], bench.greeks[i]);
        }

        List<double> loop = [],
            plan = [];
        long bytes = 0;
        for (var round = -5; round < 15; round++)
        {
            var seconds = Measure(bench.Price);
            var before = GC.GetAllocatedBytesForCurrentThread();
            var with = Measure(bench.Greeks);
            bytes = GC.GetAllocatedBytesForCurrentThread() - before;
            if (round >= 0)
            {
                loop.Add(seconds);
                plan.Add(with);
            }
        }

        var ratios = plan.Zip(loop, (p, l) => p / l).Order().ToArray();
        loop.Sort();
        plan.Sort();
        Console.WriteLine(
            $"Heston, {Paths} paths of {Steps} steps: price by a plain loop {loop[7]:F2} ms; price and {Names.Length} Greeks by a plan {plan[7]:F2} ms; "
                + $"ratio {ratios[7]:F2} ({ratios[0]:F2} to {ratios[^1]:F2}); {bytes} bytes"
        );
    }

    static void Agree(string what, double expected, double actual)
    {
        if (!(Math.Abs(expected - actual) <= 1e-9 * (1 + Math.Abs(expected))))
        {
            throw new InvalidOperationException($"{what}: {expected} expected, {actual} found");
        }
    }

    static double Measure(Func<double> run)
    {
        const int Times = 10;
        var begin = Stopwatch.GetTimestamp();
        for (var i = 0; i < Times; i++)
        {
            run();
        }

        return Stopwatch.GetElapsedTime(begin).TotalMilliseconds / Times;
    }
}
