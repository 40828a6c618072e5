using static Zautograd.Tests.PlanTests;

namespace Zautograd.Tests;

/// <summary>What a plan refuses, and plans inside others and inside derivatives.</summary>
public sealed class PlanRefusalTests
{
    [Fact]
    public void What_cannot_be_replayed_is_refused_on_the_tape_too()
    {
        static Value F(Value[] x)
        {
            var y = x[0];
            for (var i = 0; i < 2 * Plan.MostPaths; i++)
            {
                if (y < i)
                {
                    return y;
                }
            }

            return y * y.Data;
        }

        var plan = Plan.Record(F, [0.5]);
        plan.Value([.. Enumerable.Range(0, Plan.MostPaths).Select(i => i + 0.5)]);
        Assert.Equal(Plan.MostPaths, plan.Paths);
        Assert.Contains("reads Data", Assert.Throws<InvalidOperationException>(() => plan.Value([1000])).Message);
    }

    [Fact]
    public void A_plain_number_that_changes_is_noticed_behind_the_recorded_sample_and_in_the_next_call()
    {
        double factor = 2;
        Plan Recorded()
        {
            factor = 2;
            return Plan.Record((x, p) => factor * x[0] * p[0], [1], [1]);
        }

        void Notices(Plan plan, double[] inputs) =>
            Assert.Contains("not do the same", Assert.Throws<InvalidOperationException>(() => plan.Value(inputs, [1])).Message);

        var plan = Recorded();
        factor = 5;
        Notices(plan, [1, 3]);
        Notices(plan, [1, 3]); // again: it does not go on

        plan = Recorded();
        factor = 5;
        Notices(plan, [1]);

        plan = Recorded();
        Assert.Equal(4, plan.Value([1, 3], [1]));
        factor = 5;
        Notices(plan, [1, 3]);

        plan = Recorded(); // 1 * 1 makes 2 of the factor look the same as long as nothing else is asked
        Assert.Equal(2, plan.Value([1], [1]));
        Assert.Equal(2, plan.Value([1], [1]));
        factor = 5;
        Notices(plan, [1, 1, 3]);
    }

    [Fact]
    public void A_value_that_is_made_anew_is_noticed_in_the_next_call_and_the_way_out_is_said()
    {
        Value weight = 2;
        var plan = Plan.Record(x => (weight * x[0] - 1).Pow(2), [1]);
        plan.Backward([1, 2]);
        weight = new Value(weight.Data - 0.1 * weight.Grad);
        var refusal = Assert.Throws<InvalidOperationException>(() => plan.Backward([1, 2]));
        Assert.Contains("Set its Data", refusal.Message);
        Assert.Equal(0, weight.Grad);
    }

    [Fact]
    public void The_mean_of_no_samples_is_refused_and_their_sum_is_0()
    {
        Value weight = 2;
        var plan = Plan.Record(x => weight * x[0], [1]);
        Assert.Equal(0, plan.Value([], reduction: Reduction.Sum));
        Assert.Equal(0, plan.Backward([], Reduction.Sum));
        foreach (var mean in new Action[] { () => plan.Value([]), () => plan.Backward([]), () => plan.ValueAndGradient([], [], []) })
        {
            Assert.Contains("Reduction.Sum", Assert.Throws<ArgumentException>(mean).Message);
        }

        Assert.Equal(0, weight.Grad);
        Assert.Equal(6, plan.Value([3]));
    }

    [Fact]
    public void A_plan_inside_a_plan_is_a_plain_number()
    {
        Value weight = 2;
        var inner = Plan.Record((y, p) => (y[0] > 0 ? y[0] * y[0] : -y[0]) * weight * p[0], [1], [1]);
        double[] slope = new double[1];
        var outer = Plan.Record(x => x[0] * weight * (x[0] > 2 ? inner.Value([-3, 3], [1]) : inner.ValueAndGradient([3], [1], slope)), [1]);
        Assert.Equal(2 * 18, outer.Backward([1]));
        Assert.Equal(18, weight.Grad);
        Assert.Equal(3 * 2 * 12 + 2 * 18, outer.Value([3, 1], reduction: Reduction.Sum));
        Assert.Equal(2, inner.Paths);
    }

    [Fact]
    public void A_plan_that_uses_variables_of_a_derivative_around_it_is_refused()
    {
        var number = Plan.Record(y => y[0] * y[0], [1]);
        Assert.Equal([9], Derivatives.Gradient(x => x[0] * number.Value([3]), [5.0]));

        static double Inner(Value x) => Plan.Record(y => y[0] * x, [1]).Value([3]);
        Assert.Contains("another plan", Assert.Throws<InvalidOperationException>(() => Plan.Record(x => x[0] * Inner(x[0]), [5])).Message);
        Assert.Contains(
            "another plan",
            Assert.Throws<InvalidOperationException>(() => Plan.Record((x, p) => x[0] * Inner(p[0]), [5], [5])).Message
        );
        var plan = Plan.Record(x => x[0] > 5 ? x[0] * Inner(x[0]) : x[0], [5]);
        Assert.Contains("another plan", Assert.Throws<InvalidOperationException>(() => plan.Value([6])).Message);
        Assert.Contains(
            "derivative",
            Assert.Throws<InvalidOperationException>(() => Derivatives.Gradient(x => x[0] * Inner(x[0]), [5.0])).Message
        );
    }

    [Fact]
    public void A_plan_inside_a_plan_must_not_add_to_gradients()
    {
        Value weight = 2;
        var inner = Plan.Record(y => y[0] * weight, [1]);
        Assert.Contains(
            "touches Grad",
            Assert.Throws<InvalidOperationException>(() => Plan.Record(x => x[0] * inner.Backward([3]), [5])).Message
        );
        Assert.Equal(0, weight.Grad);
    }

    public static TheoryData<string, string> Refused =>
        new()
        {
            { "data", "reads Data" },
            { "conversion", "reads Data" },
            { "text", "reads Data" },
            { "swallowed", "reads Data" },
            { "gradient", "touches Grad" },
            { "backward", "calls Backward" },
            { "outside", "computed outside" },
            { "random", "not do the same" },
        };

    [Theory, MemberData(nameof(Refused))]
    public void What_a_replay_could_not_repeat_is_refused(string what, string why)
    {
        var random = new Random(1);
        Value outside = new Value(2) * 3;
        Value F(Value[] x)
        {
            switch (what)
            {
                case "data":
                    return x[0] * x[0].Data;
                case "conversion":
                    return x[0] * (double)x[0];
                case "text":
                    return x[0] * double.Parse(x[0].ToString()[11..12]);
                case "swallowed":
                    try
                    {
                        return x[0] * x[0].Data;
                    }
                    catch (InvalidOperationException)
                    {
                        return x[0];
                    }
                case "gradient":
                    return x[0] + x[0].Grad;
                case "backward":
                    (x[0] * 2).Backward();
                    return x[0];
                case "outside":
                    return x[0] * outside;
                default:
                    return x[0] * random.NextDouble();
            }
        }

        var refusal = Assert.Throws<InvalidOperationException>(() => Plan.Record(F, [1]));
        Assert.Contains(why, refusal.Message);
        Assert.Equal(4, (new Value(2) * 2).Data); // nothing is observed any more
    }

    [Fact]
    public void A_plain_number_that_changes_with_the_sample_is_noticed()
    {
        double[] weights = [1, 2, 3];
        var sample = 0;
        var plan = Plan.Record(x => x[0] * weights[sample], [1]);
        sample = 1;
        Assert.Contains("not do the same", Assert.Throws<InvalidOperationException>(() => plan.Value([2])).Message);
    }

    [Fact]
    public void What_does_not_fit_is_said()
    {
        var plan = Plan.Record((x, p) => x[0] * p[0] + x[1], [1, 2], [3]);
        Assert.Contains("multiple of the 2", Assert.Throws<ArgumentException>(() => plan.Value([1, 2, 3], [1])).Message);
        Assert.Contains("recorded with 1", Assert.Throws<ArgumentException>(() => plan.Value([1, 2], [1, 2])).Message);
        Assert.Contains(
            "gradient has 2",
            Assert.Throws<ArgumentException>(() => plan.ValueAndGradient([1, 2], [1], new double[2])).Message
        );
        var numbers = new double[4];
        Assert.Contains(
            "gradient has 3",
            Assert.Throws<ArgumentException>(() => plan.ValueAndGradient([1, 2], [1], new double[1], new double[3])).Message
        );
        Assert.Contains("room for 2", Assert.Throws<ArgumentException>(() => plan.Values([1, 2], [1], new double[2])).Message);
        Assert.Contains("multiple of the 2", Assert.Throws<ArgumentException>(() => plan.Values([1, 2, 3], [1], new double[1])).Message);
        foreach (
            var overlapping in new Action[]
            {
                () => plan.ValueAndGradient(numbers, [1], new double[1], numbers),
                () => plan.ValueAndGradient([1, 2], numbers.AsSpan(0, 1), new double[1], numbers.AsSpan(0, 2)),
                () => plan.ValueAndGradient([1, 2], [1], numbers.AsSpan(0, 1), numbers.AsSpan(0, 2)),
                () => plan.Values(numbers, [1], numbers.AsSpan(2)),
                () => plan.Values(numbers.AsSpan(0, 2), numbers.AsSpan(3), numbers.AsSpan(3)),
                () => Plan.Record(x => x[0], [1]).Backward(numbers, numbers),
            }
        )
        {
            Assert.Contains("overlap", Assert.Throws<ArgumentException>(overlapping).Message);
        }

        Assert.Contains("ValueAndGradient", Assert.Throws<InvalidOperationException>(() => plan.Backward([1, 2])).Message);
        Assert.Throws<ArgumentException>(() => Plan.Record((x, _) => x[0].Clamp(0, x[1]), [1, 2], []).Value([1, -2]));
    }
}
