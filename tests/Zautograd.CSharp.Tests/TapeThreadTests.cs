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

    /// <summary>One sweeps what the other has handed over, while that one uses values of an earlier step, whose gradients nobody touches.</summary>
    [Fact]
    public void A_thread_that_records_on_keeps_its_gradients()
    {
        int wrong = 0;
        for (int trial = 0; trial < 60; trial++)
        {
            Value handed = default;
            using var ready = new ManualResetEventSlim();
            bool isSweeping = false;
            var recording = new Thread(() =>
            {
                Value leaf = 2;
                Value[] early = [.. Enumerable.Range(0, 3500).Select(_ => leaf * 3)];
                Value.Sum(early).Backward();
                Value deep = leaf * 1;
                for (int i = 0; i < 40 * Block.Records; i++)
                    deep = -deep;
                handed = deep * 2;
                ready.Set();
                while (!Volatile.Read(ref isSweeping)) { }
                for (int i = 0; i < early.Length; i++)
                {
                    _ = early[i] * 1;
                    for (int k = Math.Max(0, i - 8); k <= i; k++)
                        if (early[k].Grad != 1)
                            wrong++;
                }
            });
            recording.Start();
            ready.Wait();
            var root = handed * 3;
            Volatile.Write(ref isSweeping, true);
            Thread.SpinWait(trial % 2 * trial);
            root.Backward();
            recording.Join();
        }
        Assert.Equal(0, wrong);
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

    /// <summary>The stack of a thread that begins lies where that of the one before lay, and its tape is still open.</summary>
    [Fact]
    public void A_thread_in_the_place_of_one_that_ended_goes_on_with_its_values()
    {
        Value[] parameters = [];
        Value last = default;
        OnThreads(
            1,
            _ =>
            {
                parameters = [2, 3];
                last = parameters[0] * parameters[1];
            }
        );
        for (int thread = 0; thread < 20; thread++)
            OnThreads(
                1,
                _ =>
                {
                    for (int step = 0; step < 1000; step++)
                    {
                        Value own = 5;
                        var y = (parameters[0] * parameters[1] + own * parameters[0]) * last;
                        (y + parameters[1] * own).Backward();
                        Assert.Equal(15, own.Grad);
                    }
                }
            );
        // with c = a * b and y = (a * b + 5 * a) * c + 5 * b: dy/da = (b + 5) * c + (a * b + 5 * a) * b, dy/db = a * c + (a * b + 5 * a) * a + 5
        Assert.Equal([20_000 * (8 * 6 + 16 * 3), 20_000 * (2 * 6 + 16 * 2 + 5)], parameters.Select(p => p.Grad));
        Assert.Equal(16, last.Grad);
    }

    [Fact]
    public void What_a_thread_does_with_values_of_one_that_ended_is_observed()
    {
        Value[] parameters = [];
        OnThreads(
            1,
            _ =>
            {
                parameters = [2, 3];
                parameters[0] *= 1; // so that its tape is one that was recorded on
            }
        );
        OnThreads(
            1,
            _ =>
            {
                var notes = new ObserverTests.Notes();
                notes.During(() => parameters[0] * parameters[1] + parameters[0].Tanh() * 3);
                Assert.Equal([Operation.Mul, Operation.Tanh, Operation.Mul, Operation.Add], notes.Records.Select(note => note.Operation));
            }
        );
    }

    /// <summary>Each level works on a part of the stack of its own, and on values of the levels above and below.</summary>
    [Fact]
    public void Operations_at_any_depth_of_the_stack_are_the_threads()
    {
        static Value Deep(Value x, int depth)
        {
            Span<double> frame = stackalloc double[depth % 7 == 0 ? 700 : 5];
            frame[^1] = depth;
            return depth == 0 ? x : Deep(x * 1, depth - 1) * 2 - x * frame[^1] + x * depth;
        }

        Value shared = 3;
        var results = new double[8];
        OnThreads(
            8,
            thread =>
            {
                Value x = thread;
                var y = Deep(x * shared, 20) + Deep(x, 10);
                y.Backward();
                results[thread] = x.Grad;
            }
        );
        Assert.All(results, grad => Assert.Equal(3 * (1 << 20) + (1 << 10), grad));
        Assert.Equal(28 * (1 << 20), shared.Grad);
    }

    /// <summary>What a lock waits with may be finalized together with the block, which comes back to life.</summary>
    [Fact]
    public void A_block_that_threads_fought_for_can_be_used_again()
    {
        static void Sum(Value x, int times, int length)
        {
            for (int time = 0; time < times; time++)
            {
                var y = x * 1;
                for (int i = 0; i < length; i++)
                    y += x;
                y.Backward();
            }
        }

        static double Fight()
        {
            double grad = 0;
            OnThreads(
                1,
                _ =>
                {
                    Value x = 2;
                    var others = Task.Run(() => OnThreads(8, _ => Sum(x, 3000, 5)));
                    Sum(x, 1000, 3000);
                    others.GetAwaiter().GetResult();
                    grad = x.Grad;
                }
            );
            return grad;
        }

        for (int round = 0; round < 10; round++)
        {
            Assert.Equal(1000 * 3001 + 8 * 3000 * 6, Fight());
            for (int i = 0; i < 3; i++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
        }
    }

    [Fact]
    public void Additions_keep_their_order_whether_the_thread_that_made_the_parameters_lives_or_not()
    {
        static double[] Gradient(int seed, bool lives)
        {
            var random = new Random(seed);
            double[] k = [.. Enumerable.Range(0, 6).Select(_ => random.NextDouble())];
            Value[] p = [];
            using var done = new ManualResetEventSlim();
            using var made = new ManualResetEventSlim();
            var maker = new Thread(() =>
            {
                p = [k[0], k[1], k[2]];
                p[2] += p[0] * p[1];
                made.Set();
                if (lives)
                    done.Wait(TestContext.Current.CancellationToken);
            });
            maker.Start();
            if (lives)
                made.Wait(TestContext.Current.CancellationToken);
            else
                maker.Join();
            double[] gradient = [];
            OnThreads(
                1,
                thread =>
                {
                    Value own = k[3],
                        other = k[4];
                    var y = own * p[0] + p[0] * p[1] + other * p[0] + p[0] * p[2] + own * p[0] + p[1] * p[0] * k[5];
                    y.Backward();
                    gradient = [p[0].Grad, p[1].Grad, own.Grad, other.Grad];
                }
            );
            done.Set();
            maker.Join();
            return gradient;
        }

        for (int seed = 0; seed < 40; seed++)
            Assert.Equal(Gradient(seed, lives: true), Gradient(seed, lives: false));
    }
}
