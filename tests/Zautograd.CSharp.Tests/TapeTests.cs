using System.Runtime.CompilerServices;

namespace Zautograd.Tests;

/// <summary>Looks at memory, so nothing else may run beside it.</summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class Alone;

[Collection(typeof(Alone))]
public sealed class TapeTests
{
    static void OnSmallStack(Action action)
    {
        Exception? failure = null;
        var thread = new Thread(() => failure = Record.Exception(action), 256 * 1024);
        thread.Start();
        thread.Join();
        Assert.Null(failure);
    }

    static void OnThreads(int count, Action<int> action)
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

    [Fact]
    public void A_chain_of_a_million_operations_on_a_small_stack() =>
        OnSmallStack(() =>
        {
            Value x = 2;
            var y = x * 1;
            var first = y;
            for (int i = 0; i < 1_000_000; i++)
                y = -y + (i % 1000 == 0 ? x : 0.0);
            y.Backward();
            double once = x.Grad;
            Assert.Equal(1 - 1000, once); // an odd number of negations follows each x added
            Assert.Equal(2 * once, y.Data);
            Assert.Equal(1, first.Grad);
            y.Backward();
            Assert.Equal(2 * once, x.Grad);
            Assert.Equal(1, first.Grad);
        });

    [Fact]
    public void A_fan_out_of_a_million_on_a_small_stack() =>
        OnSmallStack(() =>
        {
            Value x = 2;
            var values = new Value[1_000_000];
            for (int i = 0; i < values.Length; i++)
                values[i] = x * (i % 2 == 0 ? 1 : 3);
            var sum = Value.Sum(values);
            sum.Backward();
            Assert.Equal(4_000_000, sum.Data);
            Assert.Equal(2_000_000, x.Grad);
            Assert.All(values, v => Assert.Equal(1, v.Grad));
            var plain = Value.Zero;
            foreach (var v in values)
                plain += v;
            x.Grad = 0;
            plain.Backward();
            Assert.Equal(2_000_000, x.Grad);
        });

    [Theory]
    [InlineData(1)]
    [InlineData(4000)]
    [InlineData(4095)]
    [InlineData(4096)]
    [InlineData(8190)]
    [InlineData(8191)]
    [InlineData(100_000)]
    public void Dot_and_Sum_of_any_length(int length)
    {
        Value[] a = [.. Enumerable.Range(0, length).Select(i => new Value(i % 7))],
            b = [.. Enumerable.Range(0, length).Select(i => new Value(i % 5 - 2))];
        Value bias = 3;
        var constants = b.Select(v => v.Data).ToArray();
        double expected = 3 + Enumerable.Range(0, length).Sum(i => i % 7 * (double)(i % 5 - 2));
        var dot = Value.Dot(a, b, bias);
        dot.Backward();
        Assert.Equal(expected, dot.Data);
        Assert.Equal(constants, a.Select(v => v.Grad));
        Assert.Equal(a.Select(v => v.Data), b.Select(v => v.Grad));
        Assert.Equal(1, bias.Grad);

        var half = Value.Dot(a, constants, bias);
        half.Backward();
        Assert.Equal(expected, half.Data);
        Assert.Equal(constants.Select(c => 2 * c), a.Select(v => v.Grad));

        var sum = Value.Sum(a);
        sum.Backward();
        Assert.Equal(a.Sum(v => v.Data), sum.Data);
        Assert.Equal(constants.Select(c => 2 * c + 1), a.Select(v => v.Grad));
    }

    [Fact]
    public void Sixty_squarings_are_sixty_records()
    {
        Value x = 1;
        var y = x * x;
        int before = y.Index;
        for (int i = 1; i < 60; i++)
            y *= y;
        if (y.Tape == x.Tape)
            Assert.InRange(y.Index - before, 59, 59);
        y.Backward();
        Assert.Equal(Math.Pow(2, 60), x.Grad);
    }

    [Fact]
    public void Random_programs_agree_with_the_obvious_sweep()
    {
        for (int seed = 0; seed < 6; seed++)
        {
            var random = new Random(seed);
            var tape = new List<Value>();
            var plain = new List<Node>();
            void Add(Value value, Node node)
            {
                tape.Add(value);
                plain.Add(node);
            }
            int Pick() => random.Next(3) == 0 ? random.Next(tape.Count) : tape.Count - 1 - random.Next(Math.Min(tape.Count, 20));
            for (int i = 0; i < 5; i++)
                Add(new Value(i), new Node());
            int every =
                seed % 3 == 0 ? 20
                : seed % 3 == 1 ? 300
                : 5000;
            for (int step = 0; step < 30_000; step++)
            {
                int a = Pick(),
                    b = Pick();
                double factor = random.Next(4) switch
                {
                    0 => 0,
                    1 => -0.5,
                    _ => 0.5,
                };
                switch (random.Next(7))
                {
                    case 0:
                        Add(new Value(step), new Node());
                        break;
                    case 1:
                        Add(tape[a] * factor, new Node((plain[a], factor)));
                        break;
                    case 2:
                        Add(Value.Dot([tape[a], tape[b]], [0.5, factor]), new Node((plain[a], 0.5), (plain[b], factor)));
                        break;
                    case 3:
                        Add(Value.Sum(tape[a], tape[a]) * 0.25, new Node((plain[a], 0.5)));
                        break;
                    default:
                        Add((tape[a] - tape[b]) / 2, new Node((plain[a], 0.5), (plain[b], -0.5)));
                        break;
                }
                if (random.Next(every) == 0)
                {
                    int root = Pick();
                    tape[root].Backward();
                    plain[root].Backward();
                    if (random.Next(10) == 0)
                        GC.Collect();
                }
                if (step % 3000 == 2999)
                    for (int i = 0; i < tape.Count; i++)
                        Assert.Equal(plain[i].Grad, tape[i].Grad, 1e-9 * (1 + Math.Abs(plain[i].Grad)));
            }
        }
    }

    /// <summary>The obvious reverse sweep over objects: what the tape must agree with.</summary>
    sealed class Node(params (Node From, double Slope)[] arguments)
    {
        internal double Grad;
        static int clock;
        readonly int time = clock++;

        internal void Backward()
        {
            var reached = new SortedSet<Node>(Comparer<Node>.Create((a, b) => b.time.CompareTo(a.time))) { this };
            var stack = new Stack<Node>([this]);
            while (stack.TryPop(out var node))
                foreach (var (from, _) in node.Arguments)
                    if (reached.Add(from))
                        stack.Push(from);
            foreach (var node in reached)
                if (node.Arguments.Length > 0)
                    node.Grad = 0;
            Grad += 1;
            foreach (var node in reached)
            foreach (var (from, slope) in node.Arguments)
                from.Grad += slope * node.Grad;
        }

        (Node From, double Slope)[] Arguments => arguments;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static double Train(Value[] parameters, int steps, Random random)
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

    static Value[] Parameters() => [0.1, 0.2, 0.3, 0.4];

    /// <summary>The bytes alive beside the blocks, when all garbage is gone: whatever a step kept is in them.</summary>
    /// <remarks>Garbage itself is not measured: how much of it waits, and in how many blocks, is a matter of what else the machine does.</remarks>
    static long AliveBesideBlocks()
    {
        for (int i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers(); // they pool blocks, or give them up to the next collection
        }
        return GC.GetTotalMemory(true) - (long)Block.Bytes * Block.Alive;
    }

    /// <summary>No step keeps anything: not a block beyond those that the pool holds and the loop uses, and not a byte beside them.</summary>
    static void AssertMemoryIsConstant(Action loop)
    {
        loop();
        long before = AliveBesideBlocks();
        for (int i = 0; i < 3; i++)
            loop();
        Assert.InRange(AliveBesideBlocks() - before, long.MinValue, Block.Bytes);
        Assert.InRange(Block.Alive, 1, Block.MostPooled + 16);
    }

    [Fact]
    public void A_training_loop_runs_in_constant_memory() =>
        AssertMemoryIsConstant(() =>
        {
            double loss = Train(Parameters(), 100_000, new Random(1));
            Assert.InRange(loss, 0, 0.01);
        });

    [Fact]
    public void An_inference_loop_runs_in_constant_memory() =>
        AssertMemoryIsConstant(() =>
        {
            Value[] weights = [.. Enumerable.Range(0, 20).Select(i => new Value(i / 20.0))];
            var hidden = new Value[20];
            double sum = 0;
            for (int step = 0; step < 100_000; step++)
            {
                Value x = step % 10;
                for (int i = 0; i < hidden.Length; i++)
                    hidden[i] = (weights[i] * x + 1).Relu();
                sum += Value.Dot(hidden, weights).Data;
            }
            Assert.True(sum > 0);
        });

    [Fact]
    public void Gradients_are_the_same_bit_for_bit_wherever_a_block_ends()
    {
        static long[] Gradient(int before)
        {
            var random = new Random(7);
            Value[] w = [.. Enumerable.Range(0, 20).Select(_ => new Value(random.NextDouble()))];
            Value x = 1;
            for (int i = 0; i < before; i++)
                x *= 1; // fills the block, so that it ends somewhere else
            var y = w[0] * 0.1;
            for (int i = 0; i < 3000; i++)
                y += (w[i % 20] * w[(i * 7) % 20] * (1.1 + i)).Sin(); // every step matters to the sum
            y.Backward();
            (w[0] * w[1]).Backward();
            return [.. w.Select(v => BitConverter.DoubleToInt64Bits(v.Grad))];
        }

        var expected = Gradient(0);
        for (int before = 100; before < 2 * Block.Records; before += 700)
            Assert.Equal(expected, Gradient(before));
    }

    [Fact]
    public void A_loop_whose_steps_overlap_runs_in_constant_memory() =>
        AssertMemoryIsConstant(() =>
        {
            Value w = 2;
            var last = w * 1;
            for (int step = 0; step < 1_000_000; step++)
            {
                var next = w * step;
                _ = last * next; // wherever a block ends, something from it is used after
                last = next;
            }
        });

    [Fact]
    public void A_loop_that_makes_its_parameters_anew_runs_in_constant_memory() =>
        AssertMemoryIsConstant(() =>
        {
            Value w = 5;
            for (int step = 0; step < 300_000; step++)
            {
                (w * w).Backward();
                w = new Value(w.Data - 0.1 * w.Grad);
            }
            Assert.Equal(0, w.Data, 1e-6);
        });

    [Fact]
    public void Steps_longer_than_a_block_run_in_constant_memory() =>
        AssertMemoryIsConstant(() =>
        {
            Value w = 1;
            for (int step = 0; step < 300; step++)
            {
                var y = w * 1;
                for (int i = 0; i < 2 * Block.Records; i++)
                    y = -y;
                w.Grad = 0;
                y.Backward();
                Assert.Equal(1, w.Grad);
            }
        });

    [Fact]
    public void Threads_that_end_leave_nothing_behind() =>
        AssertMemoryIsConstant(() =>
        {
            Value shared = 1;
            for (int i = 0; i < 60; i++)
                OnThreads(4, _ => (shared * 2).Backward());
            Assert.Equal(480, shared.Grad);
        });

    [Fact]
    public void A_step_allocates_nothing()
    {
        var parameters = Parameters();
        var random = new Random(1);
        Value[] losses = new Value[3000];
        double Step()
        {
            for (int i = 0; i < losses.Length; i++)
                losses[i] = Value.Dot(parameters, parameters, parameters[0]).Relu();
            Value.Sum(losses).Backward(); // two blocks or three
            foreach (var p in parameters)
                p.Grad = 0;
            return Train(parameters, 10, random);
        }
        for (int i = 0; i < 3000; i++)
            Step();
        // The other threads of the test runner may allocate, or keep the finalizers waiting: the best of a few windows is the loop's own.
        var windows = Enumerable
            .Range(0, 5)
            .Select(_ =>
            {
                long all = GC.GetTotalAllocatedBytes(true),
                    mine = GC.GetAllocatedBytesForCurrentThread();
                for (int i = 0; i < 1000; i++)
                    Step();
                return (Mine: GC.GetAllocatedBytesForCurrentThread() - mine, All: GC.GetTotalAllocatedBytes(true) - all);
            })
            .ToArray();
        Assert.Equal(0, windows.Min(w => w.Mine));
        // .NET's own array pool allocates 336 bytes on the finalizer thread after each collection.
        Assert.InRange(windows.Min(w => w.All), 0, 400_000);
    }

    [Fact]
    public void A_value_from_the_first_step_still_shows_its_numbers_after_ten_thousand_more()
    {
        var parameters = Parameters();
        var inner = parameters[0] * 3;
        var outer = inner * inner;
        outer.Backward();
        var (data, grad) = (inner.Data, inner.Grad);
        Train(parameters, 10_000, new Random(1));
        for (int i = 0; i < 20; i++)
            new Thread(() => Train(Parameters(), 1, new Random(1))).Start();
        GC.Collect();
        Train(parameters, 10_000, new Random(1));
        Assert.Equal((data, grad), (inner.Data, inner.Grad));
        double before = parameters[0].Grad;
        outer.Backward();
        Assert.Equal(before + 6 * data, parameters[0].Grad, 1e-12);
        Assert.Equal(grad, inner.Grad);
    }

    [Fact]
    public void A_reference_to_data_outlives_its_value()
    {
        ref double data = ref Make(42);
        for (int i = 0; i < 200; i++)
        {
            Fill();
            if (i % 10 == 0)
                GC.Collect();
        }
        Assert.Equal(42, data);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static ref double Make(double number) => ref new Value(number).Data;

        [MethodImpl(MethodImplOptions.NoInlining)]
        static void Fill()
        {
            for (int i = 0; i < Block.Records; i++)
                _ = new Value(i);
        }
    }

    [Fact]
    public void What_a_value_was_computed_from_stays_as_long_as_it()
    {
        Value x = 2;
        var held = Deep(x);
        var others = new List<Value>(); // on whatever blocks are wrongly taken for dead
        for (int i = 0; i < 30; i++)
        {
            FillBlock(others);
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        held.Backward();
        Assert.Equal(4 * Math.Pow(2, 3), x.Grad);
        Assert.All(others, v => Assert.Equal(0, v.Grad));

        static void FillBlock(List<Value>? others = null)
        {
            for (int j = 0; j < Block.Records; j++)
            {
                var value = new Value(j);
                others?.Add(value);
            }
        }

        // Each factor on a block of its own, and leaves that nobody else holds.
        [MethodImpl(MethodImplOptions.NoInlining)]
        static Value Deep(Value x)
        {
            FillBlock();
            var y = x * 1;
            for (int i = 0; i < 3; i++)
            {
                FillBlock();
                Value one = 1;
                FillBlock();
                y = y * one * x;
            }
            FillBlock();
            return y * 1;
        }
    }

    [Fact]
    public void A_shallow_value_keeps_its_blocks_too()
    {
        Value x = 2;
        var held = Shallow(x);
        var others = new List<Value>();
        for (int i = 0; i < 20; i++)
        {
            for (int j = 0; j < Block.Records; j++)
                others.Add(new Value(j));
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        held.Backward();
        Assert.Equal(3, x.Grad);
        Assert.All(others, v => Assert.Equal(0, v.Grad));

        // The leaf, the product and the result each on its own block: only the product knows the leaf.
        [MethodImpl(MethodImplOptions.NoInlining)]
        static Value Shallow(Value x)
        {
            for (int j = 0; j < Block.Records; j++)
                _ = new Value(j);
            Value leaf = 3;
            for (int j = 0; j < Block.Records; j++)
                _ = new Value(j);
            var product = x * leaf;
            for (int j = 0; j < Block.Records; j++)
                _ = new Value(j);
            return product * 1;
        }
    }

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

    [Fact]
    public void A_finalizer_may_still_read_the_values_that_die_with_its_object()
    {
        for (int i = 0; i < 100; i++)
            Drop(i);
        Train(Parameters(), 20_000, new Random(1));
        GC.Collect();
        GC.WaitForPendingFinalizers();
        lock (Reading.Gate)
            Assert.Equal((100, 0), (Reading.Right, Reading.Wrong));

        [MethodImpl(MethodImplOptions.NoInlining)]
        static void Drop(int i)
        {
            for (int j = 0; j < Block.Records; j++)
                _ = new Value(j);
            var x = new Value(i);
            _ = new Reading(x * x, i * i);
        }
    }

    sealed class Reading(Value value, double expected)
    {
        internal static readonly Lock Gate = new();
        internal static int Right,
            Wrong;

        ~Reading()
        {
            lock (Gate)
            {
                value.Backward();
                if (value.Data == expected && value.Grad == 1)
                    Right++;
                else
                    Wrong++;
            }
        }
    }
}
