using System.Runtime.CompilerServices;

namespace Zautograd.Tests;

/// <summary>For tests that look at memory or at threads, so that nothing else may run beside them.</summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class Alone;

/// <summary>Training loops and threads, as the tests of the tape use them.</summary>
static class Loops
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static double Train(Value[] parameters, int steps, Random random)
    {
        double loss = 0;
        for (int step = 0; step < steps; step++)
        {
            foreach (var p in parameters)
                p.Grad = 0;
            double x = random.NextDouble();
            var error = Value.Tanh(parameters[0] * x + parameters[1]) * parameters[2] + parameters[3] - (2 * x - 1);
            var square = error * error;
            square.Backward();
            foreach (var p in parameters)
                p.Data -= 0.05 * p.Grad;
            loss = square.Data;
        }
        return loss;
    }

    internal static Value[] Parameters() => [0.1, 0.2, 0.3, 0.4];

    internal static void OnThreads(int count, Action<int> action)
    {
        var failures = new Exception?[count];
        using var start = new Barrier(count);
        var threads = Enumerable
            .Range(0, count)
            .Select(i => new Thread(() =>
            {
                start.SignalAndWait();
                failures[i] = Record.Exception(() => action(i));
            }))
            .ToArray();
        foreach (var thread in threads)
            thread.Start();
        foreach (var thread in threads)
            thread.Join();
        Assert.All(failures, Assert.Null);
    }
}
