namespace Zautograd.Tests;

public sealed class ObserverTests
{
    /// <summary>Writes down what it sees.</summary>
    internal sealed class Notes : Observer
    {
        internal sealed record Note(Operation Operation, object? Rule, Value[] Arguments, double[] Numbers, double[] Slopes, Value Result);

        internal readonly List<Note> Records = [];
        internal readonly List<string> Others = [];

        internal override void Leaf(Value leaf) => Others.Add($"leaf {leaf.Data}");

        internal override void Recorded(in Observation seen) =>
            Records.Add(
                new(seen.Operation, seen.Rule, seen.Arguments.ToArray(), seen.Numbers.ToArray(), seen.Slopes.ToArray(), seen.Result)
            );

        internal override void Compared(Operation operation, Value a, double numberA, Value b, double numberB, bool outcome) =>
            Others.Add($"{numberA} {operation} {numberB} {outcome}");

        internal override void Touched(Value value, bool isGrad) => Others.Add(isGrad ? "gradient" : $"data {value.Data}");

        internal override void Sweeping(Value root) => Others.Add($"sweep {root.Data}");

        internal T During<T>(Func<T> run)
        {
            Start();
            try
            {
                return run();
            }
            finally
            {
                Stop();
            }
        }
    }

    [Fact]
    public void The_operations_have_the_numbers_of_the_core()
    {
        Assert.NotEmpty(Rules.all);
        foreach (var rule in Rules.all)
        {
            if (!rule.Op.IsSelect)
            {
                Assert.Equal(rule.Op.Tag, (int)Enum.Parse<Operation>($"{rule.Op}".Replace("1p", "P1"), ignoreCase: true));
            }
        }
    }

    [Fact]
    public void Every_function_is_announced_with_its_operands_and_slopes_and_computes_the_same()
    {
        var random = new Random(1);
        Assert.True(ValueFunctions.All.Count > 60);
        foreach (var (operation, method) in ValueFunctions.All)
        {
            var numbers = ValueFunctions.Inside(operation, random)[..method.GetParameters().Length];
            var (expected, leaves) = ValueFunctions.Call(method, numbers);
            expected.Backward();
            var notes = new Notes();
            var (actual, _) = notes.During(() => ValueFunctions.Call(method, numbers));

            var note = Assert.Single(notes.Records);
            Assert.Equal(operation, note.Operation);
            Assert.Equal(actual, note.Result);
            Assert.Equal(expected.Data, actual.Data);
            Assert.Equal(numbers, note.Numbers);
            for (var i = 0; i < numbers.Length; i++)
            {
                Assert.Equal(leaves[i] is null, note.Arguments[i].Tape is null);
                Assert.Equal(leaves[i]?.Grad ?? 0, note.Slopes[i]);
            }
        }
    }

    [Fact]
    public void Sums_dot_products_and_custom_rules_show_all_arguments()
    {
        Value x = 2,
            y = 3,
            bias = 5;
        var notes = new Notes();
        notes.During(() =>
        {
            _ = Value.Sum(x, y);
            _ = Value.Dot([x, y], [y, x], bias);
            _ = Value.Dot([x, y], [7.0, 8.0]);
            return Tape.Record(Operation.Custom, 6, [x, default], [3, 0], [2, 9], "mine");
        });
        Assert.Equal([Operation.Sum, Operation.Dot, Operation.Dot, Operation.Custom], notes.Records.Select(note => note.Operation));
        Assert.Equal([x, y, y, x, bias], notes.Records[1].Arguments);
        Assert.Equal([3, 2, 2, 3, 1], notes.Records[1].Slopes);
        Assert.Equal([x, default, y, default], notes.Records[2].Arguments);
        Assert.Equal([2, 7, 3, 8], notes.Records[2].Numbers);
        Assert.Equal("mine", notes.Records[3].Rule);
    }

    [Fact]
    public void Comparisons_reads_leaves_and_sweeps_are_announced()
    {
        Value x = 2,
            y = 3;
        var notes = new Notes();
        notes.During(() =>
        {
            _ = x < y;
            _ = x > 4;
            _ = 1 >= x;
            _ = x != y;
            _ = x.Sign;
            _ = x.CompareTo(y);
            _ = x.Data + (double)y + y.Grad;
            Value z = 7;
            (z * z).Backward();
            return 0;
        });
        Assert.Equal(
            [
                "2 Less 3 True",
                "4 Less 2 False",
                "2 LessOrEqual 1 False",
                "2 Equal 3 False",
                "0 Less 2 True",
                "2 Less 3 True",
                "data 2",
                "data 3",
                "gradient",
                "leaf 7",
                "sweep 49",
            ],
            notes.Others
        );
    }

    [Fact]
    public void A_long_computation_is_the_same_observed_in_part_or_whole()
    {
        static (double, double, double) Run(Func<int, Observer?> watched)
        {
            Value x = 0.4,
                y = 0.7,
                sum = x * y;
            for (var i = 0; i < 30_000; i++)
            {
                var observer = watched(i);
                observer?.Start();
                sum = (sum * x + Value.Dot([x, y], [y, y])) * (i % 3 == 0 ? sum.Sin() : y);
                if (i % 7000 == 0)
                {
                    sum.Backward();
                }

                observer?.Stop();
            }

            sum.Backward();
            return (sum.Data, x.Grad, y.Grad);
        }

        var plain = Run(_ => null);
        Assert.Equal(plain, Run(_ => new Notes()));
        Assert.Equal(plain, Run(i => i % 5 == 0 ? new Notes() : null));
    }

    [Fact]
    public void Observers_nest_may_throw_and_see_no_other_thread()
    {
        Value x = 2;
        Notes outer = new(),
            inner = new();
        outer.During(() =>
        {
            inner.During(() => x + 1);
            var other = new Thread(() => _ = x * 5);
            other.Start();
            other.Join();
            Assert.Throws<NotSupportedException>(() => new Refuses().During(() => x * 3));
            return x - 1;
        });
        _ = x / 2;
        Assert.Equal(
            [Operation.Add, Operation.Sub],
            outer.Records.Select(note => note.Operation).Where(operation => operation != Operation.Mul)
        );
        Assert.Equal([Operation.Add], inner.Records.Select(note => note.Operation));
    }

    sealed class Refuses : Observer
    {
        internal override void Recorded(in Observation observation) => throw new NotSupportedException("no");

        internal void During(Func<Value> run)
        {
            Start();
            try
            {
                run();
            }
            finally
            {
                Stop();
            }
        }
    }
}
