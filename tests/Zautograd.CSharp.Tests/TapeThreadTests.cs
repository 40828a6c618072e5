using static Zautograd.Tests.Loops;

namespace Zautograd.Tests;

/// <summary>Graphs on several threads, apart and shared.</summary>
[Collection(typeof(Alone))]
public sealed class TapeThreadTests
{
    static double[] Work(int seed)
    {
        var parameters = Parameters();
        Train(parameters, 20_000, new Random(seed));
        return [.. parameters.SelectMany(p => new[] { p.Data, p.Grad })];
    }

    [Fact]
    public void Eight_threads_with_their_own_graphs_compute_what_one_does()
    {
        var expected = Enumerable.Range(0, 8).Select(Work).ToArray();
        var results = new double[8][];
        OnThreads(8, i => results[i] = Work(i));
        Assert.Equal(expected, results);
    }

    [Fact]
    public void Eight_threads_that_share_parameters_lose_nothing()
    {
        Value[] parameters = [1, 2, 3];
        OnThreads(
            8,
            thread =>
            {
                for (int step = 0; step < 2000; step++)
                {
                    var y = Value.Dot(parameters, [1.0, 2.0, 3.0]);
                    for (int i = 0; i < 10; i++)
                        y += parameters[i % 3] * (thread % 2 == 0 ? 1 : 2);
                    y.Backward();
                }
            }
        );
        Assert.Equal([16_000 + 2000 * 4 * 4 * 3, 32_000 + 2000 * 3 * 4 * 3, 48_000 + 2000 * 3 * 4 * 3], parameters.Select(p => p.Grad));
    }

    [Fact]
    public void Eight_threads_that_share_intermediates_lose_nothing()
    {
        Value x = 3;
        var square = x * x;
        var chain = square * 1;
        for (int i = 0; i < 2 * Block.Records; i++)
            chain = -chain;
        OnThreads(
            8,
            thread =>
            {
                for (int step = 0; step < 100; step++)
                {
                    (square * 2).Backward();
                    (chain + square * chain).Backward();
                    chain.Backward();
                    square.Backward();
                }
            }
        );
        // per step: 2 * 6, then chain + square * chain = x^2 + x^4, then 6, and 6
        Assert.Equal(800 * (12 + 6 + 4 * 27 + 6 + 6), x.Grad);
    }

    [Fact]
    public void Threads_may_hand_values_to_and_fro()
    {
        Value x = 2;
        var y = x * 1;
        for (int round = 0; round < 50; round++)
        {
            var given = y;
            var back = default(Value);
            OnThreads(1, _ => back = (given + x) * 0.5);
            y = back + y * 0.5 - x * 0.5; // (y+x)/2 + y/2 - x/2 = y
        }
        y.Backward();
        Assert.Equal(2, y.Data, 1e-12);
        Assert.Equal(1, x.Grad, 1e-12);
    }

    [Fact]
    public void Threads_ping_pong_on_their_open_tapes()
    {
        Value x = 2;
        using var here = new SemaphoreSlim(0);
        using var there = new SemaphoreSlim(0);
        Value passed = default;
        var cancel = TestContext.Current.CancellationToken;
        var other = new Thread(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                there.Wait(cancel);
                passed = -passed + x * 0;
                here.Release();
            }
        });
        other.Start();
        var y = x * 3;
        for (int i = 0; i < 1000; i++)
        {
            passed = y * 1;
            there.Release();
            here.Wait(cancel);
            y = -passed;
        }
        other.Join();
        y.Backward();
        Assert.Equal(6, y.Data);
        Assert.Equal(3, x.Grad);
    }
}
