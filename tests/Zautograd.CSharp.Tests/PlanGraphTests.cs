using Zautograd.Plans;

namespace Zautograd.Tests;

/// <summary>What recording makes of a function before it is replayed.</summary>
public sealed class PlanGraphTests
{
    static PlanGraph Record(Func<Value[], Value[], Value> f, int inputs, int parameters) =>
        Recorder.Record(f, [.. Enumerable.Repeat(0.5, inputs)], [.. Enumerable.Repeat(0.25, parameters)], new()).Graph;

    [Fact]
    public void Recordings_part_at_a_comparison_that_comes_out_otherwise()
    {
        PlanGraph At(double x, double limit) =>
            Recorder.Record((v, _) => v[0] * 2 > limit ? v[0] * v[0] : v[0].Sin(), [x], [], new()).Graph;
        Assert.True(At(1, 1).Parts(At(0, 1)));
        Assert.False(At(1, 1).Parts(At(1, 1)));
        Assert.False(At(1, 1).Parts(At(1, 3))); // another function
    }

    static IEnumerable<Operation> Operations(Layout layout) =>
        layout.Live().Where(node => node.Node.Arguments.Length > 0).Select(node => node.Node.Operation);

    [Fact]
    public void Numbers_are_folded_and_equal_parts_are_one_node()
    {
        var graph = Record((x, p) => (x[0] * p[0] + new Value(2) * 3).Sin() * 1 + (p[0] * x[0] + 6.0).Sin(), 1, 1);
        Assert.Equal([Operation.Mul, Operation.Add, Operation.Sin, Operation.Add], Operations(new Layout(graph)));
    }

    [Fact]
    public void What_nobody_needs_is_left_out_and_only_parameters_want_adjoints()
    {
        var graph = Record(
            (x, p) =>
            {
                _ = x[0].Exp() * p[0];
                return x[0].Sin() < p[0].Cos() ? x[0].Log() + p[0].Sqrt() : x[0];
            },
            1,
            1
        );
        var layout = new Layout(graph);
        Assert.DoesNotContain(Operation.Exp, Operations(layout));
        bool Wants(Operation operation) =>
            layout.Operand(layout.Live().Single(node => node.Node.Operation == operation && node.Node.Arguments.Length > 0).Index).Wanted;
        Assert.False(Wants(Operation.Sin)); // only a comparison needs it
        Assert.False(Wants(Operation.Cos));
        Assert.False(Wants(Operation.Log)); // of an input
        Assert.True(Wants(Operation.Sqrt));
        Assert.True(Wants(Operation.Add));
    }

    [Fact]
    public void Products_and_sums_become_dot_products_and_those_of_the_same_inputs_one_layer()
    {
        static Value F(Value[] x, Value[] p)
        {
            var total = x[2] * 0;
            for (var neuron = 0; neuron < 4; neuron++)
            {
                Value sum = p[3 * neuron + 2];
                for (var i = 0; i < 2; i++)
                {
                    sum += x[i] * p[3 * neuron + i];
                }

                total += sum.Tanh();
            }

            return total;
        }

        var layout = new Layout(Rolling.Roll(Record(F, 3, 12)));
        Assert.Equal(4, Operations(layout).Count(operation => operation == Operation.Dot));
        var dots = layout
            .Live()
            .Where(node => node.Node.Operation == Operation.Dot && node.Node.Arguments.Length > 0)
            .Select(node => layout.InstructionFor(node.Index))
            .ToArray();
        Assert.IsType<LayerInstruction>(dots[0]);
        Assert.All(dots[1..], Assert.Null);
    }

    [Fact]
    public void A_sum_whose_parts_are_used_elsewhere_is_not_rolled_up()
    {
        var graph = Rolling.Roll(
            Record(
                (x, p) =>
                {
                    var product = x[0] * p[0];
                    return (product + x[1] * p[1]) * product;
                },
                2,
                2
            )
        );
        Assert.DoesNotContain(Operation.Dot, Operations(new Layout(graph)));
    }
}
