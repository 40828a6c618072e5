using System.Runtime.CompilerServices;

namespace Zautograd.Tests;

/// <summary>Gradients of long, wide and random graphs.</summary>
[Collection(typeof(Alone))]
public sealed class TapeTests
{
    /// <summary>Whatever adjoints a block had in its life before: what is imported after the root has none, though nobody has cleared it yet.</summary>
    [Fact]
    public void What_is_imported_after_the_root_gets_nothing()
    {
        Value w = 2,
            u = 5;
        (w * w).Backward();
        for (int index = w.Block.Count; index < Block.Records; index++)
            w.Block.Adjoint(index) = 1e6;
        for (int round = 0; round < 200; round++)
        {
            var y = w * 3;
            Assert.Equal(0, y.Grad);
            var z = y * u;
            y.Backward();
            Assert.Equal(0, u.Grad);
            Assert.Equal(y.Index + 2, z.Index); // the alias stands between them
        }
    }

    static void OnSmallStack(Action action)
    {
        Exception? failure = null;
        var thread = new Thread(() => failure = Record.Exception(action), 256 * 1024);
        thread.Start();
        thread.Join();
        Assert.Null(failure);
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

    [Fact]
    public void A_chain_of_sums_and_products_holds_all_its_blocks()
    {
        Value x = 1;
        var y = x * 1;
        for (int i = 0; i < 100_000; i++)
        {
            y = i % 2 == 0 ? Value.Sum(y, x) : Value.Dot([y, x, x, x, x], [1, 0, 0, 0, 0]);
            if (i % 25_000 == 0)
                Churn();
        }
        y.Backward();
        Assert.Equal(50_001, y.Data);
        Assert.Equal(50_001, x.Grad);

        // so that blocks which nobody holds are used for something else
        static void Churn()
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Value other = 3;
            for (int i = 0; i < 50_000; i++)
                other *= 1.5;
        }
    }

    readonly struct SumRule : ICustomRule
    {
        public double Value(ReadOnlySpan<double> x)
        {
            double sum = 0;
            foreach (double number in x)
                sum += number;
            return sum;
        }

        public void Slopes<T>(ReadOnlySpan<T> x, T y, Span<T> slopes)
            where T : struct, System.Numerics.IFloatingPointIeee754<T> => slopes.Fill(T.One);
    }

    [Fact]
    public void A_rule_takes_what_fits_into_a_block_and_refuses_more()
    {
        Value[] x = [.. Enumerable.Range(0, Tape.MostArguments).Select(i => new Value(i))];
        var sum = CustomRule.Call(new SumRule(), x);
        for (int i = 0; i < 3 * Block.Records; i++)
            sum = -sum;
        sum.Backward();
        Assert.All(x, leaf => Assert.Equal(1, leaf.Grad));
        var refusal = Assert.Throws<ArgumentException>(() => CustomRule.Call(new SumRule(), [.. x, 1]));
        Assert.StartsWith("A rule on values takes 8190 of them at most, not 8191", refusal.Message);
    }

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
}
