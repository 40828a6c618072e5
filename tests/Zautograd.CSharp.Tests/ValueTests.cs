using System.Globalization;

namespace Zautograd.Tests;

public sealed class ValueTests
{
    [Fact]
    public void The_first_example_of_the_readme()
    {
        Value x = 101,
            y = 12;
        var f = (x * x + 4) * y - x / y;
        f.Backward();
        Assert.Equal(122451.58333333333, f.Data);
        Assert.Equal(2423.9166666666665, x.Grad);
        Assert.Equal(10205.701388888889, y.Grad);
    }

    [Fact]
    public void Micrograds_example()
    {
        Value a = -4.0,
            b = 2.0;
        var c = a + b;
        var d = a * b + Value.Pow(b, 3);
        c += c + 1;
        c += 1 + c + (-a);
        d += d * 2 + (b + a).Relu();
        d += 3 * d + (b - a).Relu();
        var e = c - d;
        var f = Value.Pow(e, 2);
        var g = f / 2.0;
        g += 10.0 / f;
        g.Backward();
        Assert.Equal(24.7041, g.Data, 4);
        Assert.Equal(138.8338, a.Grad, 4);
        Assert.Equal(645.5773, b.Grad, 4);
    }

    [Fact]
    public void A_shared_intermediate_gets_the_sum_of_its_uses()
    {
        Value x = 3;
        var square = x * x;
        var y = square * square + square;
        y.Backward();
        Assert.Equal(90, y.Data);
        Assert.Equal(19, square.Grad); // 2*9 + 1
        Assert.Equal(19 * 6, x.Grad);
        Assert.Equal(1, y.Grad);
    }

    [Fact]
    public void A_leaf_accumulates_until_it_is_set_to_zero_and_an_intermediate_does_not()
    {
        Value x = 3;
        var square = x * x;
        var y = 2 * square;
        y.Backward();
        y.Backward();
        y.Backward();
        Assert.Equal(3 * 12, x.Grad);
        Assert.Equal(2, square.Grad);
        Assert.Equal(1, y.Grad);
        x.Grad = 0;
        y.Backward();
        Assert.Equal(12, x.Grad);
    }

    [Fact]
    public void Backward_on_a_leaf_adds_one()
    {
        Value x = 3;
        x.Backward();
        x.Backward();
        Assert.Equal(2, x.Grad);
    }

    [Fact]
    public void Records_after_the_root_do_not_disturb()
    {
        Value x = 3;
        var y = x * x;
        var z = y * x;
        y.Backward();
        Assert.Equal(6, x.Grad);
        Assert.Equal(0, z.Grad);
        x.Grad = 0;
        z.Backward();
        Assert.Equal(27, x.Grad);
        Assert.Equal(3, y.Grad);
    }

    [Fact]
    public void An_intermediate_keeps_its_gradient_when_a_later_sweep_goes_past_it()
    {
        Value x = 3;
        var passed = x * 5;
        var other = x * 7;
        passed.Backward();
        other.Backward();
        Assert.Equal(1, passed.Grad);
        Assert.Equal(12, x.Grad);
    }

    [Fact]
    public void A_later_sweep_which_contributes_nothing_shows_a_gradient_of_zero()
    {
        Value x = 3;
        var inner = x * 5;
        var first = inner * 2;
        first.Backward();
        Assert.Equal(2, inner.Grad);
        (inner * -1).Relu().Backward();
        Assert.Equal(0, inner.Grad);
        Assert.Equal(10, x.Grad);
    }

    [Fact]
    public void Values_of_an_earlier_step_may_be_used_in_a_later_one()
    {
        Value x = 3;
        var square = x * x;
        square.Backward();
        Assert.Equal(6, x.Grad);
        var y = square * x;
        y.Backward();
        Assert.Equal(27, y.Data);
        Assert.Equal(3, square.Grad);
        Assert.Equal(6 + 27, x.Grad);
        y.Backward();
        Assert.Equal(6 + 27 + 27, x.Grad);
        Assert.Equal(3, square.Grad);
    }

    [Fact]
    public void The_data_may_be_set_between_two_operations()
    {
        Value x = 3;
        var y = x * x;
        x.Data = 5;
        var z = y * x; // 9 * 5, slopes: 5 for y, 9 for x; y keeps its slopes 3 + 3
        z.Backward();
        Assert.Equal(45, z.Data);
        Assert.Equal(9 + 5 * 6, x.Grad);
    }

    [Fact]
    public void Finite_differences_by_hand_on_one_tape()
    {
        Value p = 0.7;
        Value F() => (p * p).Sin() * p.Exp() + p;
        F().Backward();
        const double h = 1e-5;
        p.Data = 0.7 + h;
        double above = F().Data;
        p.Data = 0.7 - h;
        double below = F().Data;
        Assert.Equal((above - below) / (2 * h), p.Grad, 1e-8);
    }

    [Fact]
    public void A_parameter_loop_reads_as_in_the_books()
    {
        Value[] parameters = [2, -3];
        for (int step = 0; step < 200; step++)
        {
            foreach (var p in parameters)
                p.Grad = 0;
            ((parameters[0] - 1) * (parameters[0] - 1) + (parameters[1] - 4) * (parameters[1] - 4)).Backward();
            foreach (var p in parameters)
                p.Data -= 0.1 * p.Grad;
        }
        Assert.Equal(1, parameters[0].Data, 1e-12);
        Assert.Equal(4, parameters[1].Data, 1e-12);
    }

    [Fact]
    public void An_infinite_slope_behind_a_closed_branch_makes_no_NaN()
    {
        Value x = 0,
            y = -1;
        (x.Sqrt() * y).Relu().Backward();
        Assert.Equal(0, x.Grad);
        Assert.Equal(0, y.Grad);
        y.Relu().Sqrt().Backward(); // infinite adjoint, slope 0
        Assert.Equal(0, y.Grad);
        x.Sqrt().Backward();
        Assert.Equal(double.PositiveInfinity, x.Grad);
    }

    [Fact]
    public void A_constant_is_not_recorded()
    {
        Value x = 2;
        var y = x * 3;
        Assert.Equal(y.Index, x.Index + 1);
        Assert.Equal(1, y.Block.ArgumentsOf(y.Index));
    }

    [Fact]
    public void Dot_with_a_bias_is_one_record()
    {
        Value[] a = [1, 2, 3],
            b = [4, 5, 6];
        Value bias = 7;
        var y = Value.Dot(a, b, bias);
        Assert.Equal(bias.Index + 1, y.Index);
        (y * 2).Backward();
        Assert.Equal(39, y.Data);
        Assert.Equal([8, 10, 12], a.Select(v => v.Grad));
        Assert.Equal([2, 4, 6], b.Select(v => v.Grad));
        Assert.Equal(2, bias.Grad);
    }

    [Fact]
    public void Dot_of_a_vector_with_itself()
    {
        Value[] a = [1, 2, 3];
        var y = Value.Dot(a, a);
        y.Backward();
        Assert.Equal(14, y.Data);
        Assert.Equal([2, 4, 6], a.Select(v => v.Grad));
    }

    [Fact]
    public void Dot_with_constants()
    {
        Value[] a = [1, 2, 3];
        Value bias = 1;
        var y = Value.Dot(a, [4.0, 5.0, 6.0]) + Value.Dot(a, [1.0, 1.0, 1.0], bias);
        y.Backward();
        Assert.Equal(39, y.Data);
        Assert.Equal([5, 6, 7], a.Select(v => v.Grad));
        Assert.Equal(1, bias.Grad);
    }

    [Fact]
    public void Sum_of_any_number()
    {
        Value[] a = [1, 2, 3];
        var y = Value.Sum(a) + Value.Sum(a[0], a[0]) + Value.Sum();
        y.Backward();
        Assert.Equal(8, y.Data);
        Assert.Equal([3, 1, 1], a.Select(v => v.Grad));
    }

    [Fact]
    public void Lengths_that_differ_are_named()
    {
        Value[] a = [1, 2],
            b = [1, 2, 3];
        Assert.Contains("2", Assert.Throws<ArgumentException>(() => Value.Dot(a, b)).Message);
        Assert.Contains("3", Assert.Throws<ArgumentException>(() => Value.Dot(a, b)).Message);
        Assert.Contains("3", Assert.Throws<ArgumentException>(() => Value.Dot(a, new double[3], 1)).Message);
    }

    [Fact]
    public void A_value_that_was_never_given_a_number_says_so()
    {
        Value[] values = new Value[2];
        Value x = 1;
        Assert.All(
            [
                () => _ = values[0].Data,
                () => _ = values[0].Grad,
                () => values[0].Backward(),
                () => _ = values[0] + 1,
                () => _ = x * values[0],
                () => Value.Sum(values),
                () => Value.Dot(values, values),
                () => Value.Dot([x], [x], default),
                () => Value.Dot(values, [1.0, 2.0]),
                () => _ = values[0] < 1,
                () => _ = x == values[1],
                () => _ = values[0].Sign,
                () => values[0].CompareTo(x),
            ],
            (Action use) => Assert.Contains("never given a number", Assert.Throws<InvalidOperationException>(use).Message)
        );
        Assert.Equal("Value(no number)", values[0].ToString());
        Assert.True(values[0].Equals(values[1]));
    }

    [Fact]
    public void Comparisons_look_at_the_number_and_Equals_at_the_node()
    {
        Value two = 2,
            also = 2,
            three = 3;
        Assert.True(two == also && two != three && two < three && three > two && two <= also && two >= also);
        Assert.True(two == 2 && two != 3 && two < 3 && two > 1 && two <= 2 && two >= 2);
        Assert.True(2 == two && 3 != two && 3 > two && 1 < two && 2 >= two && 2 <= two);
        Assert.False(two != also || two == three || two > three || two == 3 || 3 < two);
        Assert.False(two.Equals(also));
        Assert.False(two.Equals((object)2.0));
        Assert.True(two.Equals((object)two));
        Assert.Equal(two.GetHashCode(), (+two).GetHashCode());
        Assert.Equal(2, new HashSet<Value> { two, also, two }.Count);
        Assert.Equal(0, two.CompareTo(also));
        Assert.True(two.CompareTo(three) < 0 && two.CompareTo(null) > 0);
        Assert.Throws<ArgumentException>(() => two.CompareTo((object)"two"));
        Value not = double.NaN,
            neither = double.NaN;
        Assert.False(not == neither || not == double.NaN || not < 1 || not > 1);
        Value[] sorted = [three, two];
        Array.Sort(sorted);
        Assert.Equal([2, 3], sorted.Select(v => v.Data));
    }

    [Fact]
    public void Numbers_print_round_trip_in_any_culture()
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
            Value x = 2,
                y = 0.1;
            Assert.Equal("Value(data=2, grad=0)", x.ToString());
            (y * 0.2).Backward();
            Assert.Equal("Value(data=0.1, grad=0.2)", $"{y}");
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void What_the_core_functions_of_FSharp_ask_for()
    {
        Assert.Equal(0, Value.Zero.Data);
        Assert.Equal(1, Value.One.Data);
        Value x = 3;
        var third = Value.DivideByInt(x, 3);
        third.Backward();
        Assert.Equal(1, third.Data);
        Assert.Equal(1.0 / 3, x.Grad, 1e-16);
        Assert.Equal([-1, 0, 1], new[] { -2.5, 0, 4 }.Select(v => new Value(v).Sign));
        Assert.Equal(3, (double)x);
    }

    [Fact]
    public void Every_function_on_the_stand_in_agrees_with_a_central_difference()
    {
        Func<Value, Value>[] functions =
        [
            v => v.Exp(),
            v => v.Log(),
            v => v.Sqrt(),
            v => v.Sin(),
            v => v.Cos(),
            v => v.Tanh(),
            v => v.Relu(),
            v => v.Abs(),
            v => v.Sigmoid(),
            v => -v,
            v => v + v,
            v => v - 2,
            v => 2 - v,
            v => v * v,
            v => v / 3,
            v => 3 / v,
            v => Value.Pow(v, 2.5),
            v => Value.Pow(2, v),
            v => Value.Pow(v, v),
            v => Value.Max(v, 0.2),
            v => Value.Min(v, v * v),
            v => v.Max(v + 1),
        ];
        foreach (var function in functions)
        {
            Value x = 0.7;
            function(x).Backward();
            double difference = (function(0.7 + 1e-5).Data - function(0.7 - 1e-5).Data) / 2e-5;
            Assert.Equal(difference, x.Grad, 1e-8);
        }
    }
}
