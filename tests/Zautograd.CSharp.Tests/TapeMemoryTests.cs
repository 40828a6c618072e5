using System.Runtime.CompilerServices;
using static Zautograd.Tests.Loops;

namespace Zautograd.Tests;

/// <summary>What steps keep, and what they leave.</summary>
[Collection(typeof(Alone))]
public sealed class TapeMemoryTests
{
    /// <summary>The bytes alive beside the blocks, when all garbage is gone: whatever a step kept is in them.</summary>
    /// <remarks>Garbage itself is not measured: how much of it waits, and in how many blocks, is a matter of what else the machine does. Nor is a
    /// moment in which a block goes: given up by a finalizer, it is no longer counted, but its memory is there until the next collection. A thread
    /// of other tests may end at any time, and so may its tape.</remarks>
    static long AliveBesideBlocks()
    {
        while (true)
        {
            int alive = Block.Alive;
            for (int i = 0; i < 3; i++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers(); // they pool blocks, or give them up to the next collection
            }
            long bytes = GC.GetTotalMemory(true);
            if (Block.Alive == alive)
                return bytes - (long)Block.Bytes * alive;
        }
    }

    /// <summary>No step keeps anything: not a block beyond those that the pool holds and the loop uses, and not a byte beside them.</summary>
    static void AssertMemoryIsConstant(Action loop)
    {
        loop();
        long before = AliveBesideBlocks();
        int inUse = Block.InUse; // by whatever other tests have kept, too
        for (int i = 0; i < 3; i++)
            loop();
        Assert.InRange(AliveBesideBlocks() - before, long.MinValue, Block.Bytes);
        Assert.InRange(Block.InUse - inUse, int.MinValue, 8);
        Assert.InRange(Block.Alive - Block.InUse, 0, Block.MostPooled);
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

    /// <summary>Beside a large heap a collection is dear, and so are thousands of dead blocks: there are never more of them than twice that heap.</summary>
    [Fact]
    public void A_loop_beside_a_large_heap_uses_no_more_than_twice_its_memory()
    {
        const int megabytes = 300;
        byte[][] heap = [.. Enumerable.Range(0, megabytes).Select(_ => new byte[1 << 20])];
        int before = Block.InUse,
            most = 0;
        Value y = 1;
        for (int step = 0; step < 4000; step++)
        {
            for (int i = 0; i < Block.Records; i++)
                y = -y;
            y = new Value(y.Data);
            most = Math.Max(most, Block.InUse - before);
        }
        Assert.InRange(most, Block.MostPooled / 2, (2L * (megabytes << 20) + AliveBesideBlocks()) / Block.Bytes);
        GC.KeepAlive(heap);
        heap = [];
        y = 0;
        for (int i = 0; i < 10; i++)
            AliveBesideBlocks(); // the other tests measure what is left: nothing of this one
        Assert.InRange(Block.Alive - Block.InUse, 0, Block.MostPooled);
    }

    [Fact]
    public void Threads_that_end_leave_nothing_behind() =>
        AssertMemoryIsConstant(() =>
        {
            Value shared = 1;
            for (int i = 0; i < 60; i++)
                OnThreads(4, _ => (shared * 2).Backward());
            Assert.Equal(480, shared.Grad);
        });

    /// <summary>Steps that build on one another, each kept alive by the next: they share blocks, however large the graph behind them has become.</summary>
    [Fact]
    public void Small_steps_on_a_large_graph_share_their_blocks()
    {
        Value w = 0.9,
            h = 1;
        int before = Block.InUse;
        for (int step = 0; step < 2500; step++)
        {
            h = h * w + 0.1;
            (h * h).Backward();
            w.Grad = 0;
        }
        Assert.InRange(Block.InUse - before, int.MinValue, 64); // 512 segments a block
        Assert.Equal(1, h.Data, 1e-12);
    }

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
        const int Steps = 1000;
        // .NET's own array pools allocate on the finalizer thread after each collection, the more of them the more types were pooled before.
        double perCollection = AllocatedPerCollection();
        // The other threads of the test runner may allocate, or keep the finalizers waiting: the best of a few windows is the loop's own.
        var windows = Enumerable
            .Range(0, 5)
            .Select(_ =>
            {
                int collections = GC.CollectionCount(2);
                long all = GC.GetTotalAllocatedBytes(true),
                    mine = GC.GetAllocatedBytesForCurrentThread();
                for (int i = 0; i < Steps; i++)
                    Step();
                mine = GC.GetAllocatedBytesForCurrentThread() - mine;
                collections = GC.CollectionCount(2) - collections + 1; // the one before may not be through with its finalizers
                return (Mine: mine, All: GC.GetTotalAllocatedBytes(true) - all - collections * perCollection);
            })
            .ToArray();
        Assert.Equal(0, windows.Min(w => w.Mine));
        const int SmallestObject = 24;
        Assert.InRange(windows.Min(w => w.All), double.NegativeInfinity, Steps * SmallestObject);
    }

    static double AllocatedPerCollection()
    {
        const int Collections = 10;
        long before = 0;
        for (int i = -2; i < Collections; i++)
        {
            if (i == 0)
                before = GC.GetTotalAllocatedBytes(true);
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        return (GC.GetTotalAllocatedBytes(true) - before) / (double)Collections;
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
