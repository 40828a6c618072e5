using System.Globalization;
using System.Numerics;

namespace Zautograd.Tests;

using Dual2 = Dual<Dual<double>>;
using Dual3 = Dual<Dual<Dual<double>>>;

public sealed class DualTests
{
    static void Close(double expected, double actual) =>
        Assert.True(expected.Equals(actual) || Math.Abs(expected - actual) <= 1e-9 * (1 + Math.Abs(expected)), $"{actual}, not {expected}");

    static double Tangent(Func<Dual<double>, Dual<double>> f, double x) => Dual.Derivative(f, x);

    // --- first derivatives of what generic math does not have; DualWalkTests walks over all that it has

    static readonly (string Name, Func<Dual<double>, Dual<double>> F, Func<Dual2, Dual2> F2)[] Own =
    [
        ("relu", Dual<double>.Relu, Dual2.Relu),
        ("sigmoid", Dual<double>.Sigmoid, Dual2.Sigmoid),
        ("softplus", Dual<double>.Softplus, Dual2.Softplus),
        ("erf", Dual<double>.Erf, Dual2.Erf),
    ];

    public static TheoryData<string> OwnNames => [.. Own.Select(own => own.Name)];

    [Theory, MemberData(nameof(OwnNames))]
    public void Own_functions_have_the_derivatives_of_central_differences(string name)
    {
        var (_, f, f2) = Own.Single(own => own.Name == name);
        const double h = 1e-5;
        foreach (var x in new[] { -1.7, -0.6, 0.3, 0.9, 2.1 })
        {
            var slope = (f(x + h).Value - f(x - h).Value) / (2 * h);
            var curvature = (Tangent(f, x + h) - Tangent(f, x - h)) / (2 * h);
            Assert.True(Math.Abs(slope - Tangent(f, x)) < 1e-8, $"{name}'({x}) = {Tangent(f, x)}, not {slope}");
            Assert.True(
                Math.Abs(curvature - Dual.SecondDerivative(f2, x)) < 1e-8,
                $"{name}''({x}) = {Dual.SecondDerivative(f2, x)}, not {curvature}"
            );
        }
    }

    [Fact]
    public void Erf_has_its_known_value() => Close(0.8427007929497149, Dual<double>.Erf(1.0).Value);

    // --- higher derivatives

    [Fact]
    public void Second_derivatives_have_their_known_values()
    {
        Close(-Math.Sin(0.7), Dual.SecondDerivative(Dual2.Sin, 0.7));
        Close(12, Dual.SecondDerivative(x => x * x * x, 2));
        Close(Math.Exp(0.3), Dual.SecondDerivative(Dual2.Exp, 0.3));
        Close(2 / 8.0, Dual.SecondDerivative(x => 1 / x, 2));
        Close(-1 / 4.0, Dual.SecondDerivative(Dual2.Log, 2));
    }

    [Fact]
    public void Three_levels_give_third_derivatives()
    {
        static double Third(Func<Dual3, Dual3> f, double x) => f(Dual.Variable(Dual.Variable(Dual.Variable(x)))).Tangent.Tangent.Tangent;
        Close(-Math.Cos(0.7), Third(Dual3.Sin, 0.7));
        Close(24 * 1.5, Third(x => Dual3.Pow(x, 4), 1.5));
        Close(Math.Exp(-0.2), Third(Dual3.Exp, -0.2));
        Close(3 / 8.0 * Math.Pow(2.0, -2.5), Third(Dual3.Sqrt, 2));
    }

    [Fact]
    public void A_derivative_inside_a_derivative_does_not_mix_them_up()
    {
        // d/dx (x * d/dy (x + y)) = d/dx (x * 1) = 1; with one tangent for both it would be 2.
        Assert.Equal(1, Dual.Derivative(x => x * Dual.Derivative(y => x + y, new Dual<double>(1)), 1.0));
    }

    // --- unmodified generic code

    static T Newton<T>(T square)
        where T : IFloatingPointIeee754<T>
    {
        var half = T.CreateChecked(0.5);
        var root = square;
        for (var i = 0; i < 60; i++)
        {
            root = half * (root + square / root);
        }

        return root;
    }

    static T Horner<T>(T x, params T[] coefficients)
        where T : INumber<T> => coefficients.Aggregate(T.Zero, (sum, coefficient) => sum * x + coefficient);

    static T LogSumExp<T>(params T[] xs)
        where T : INumber<T>, IExponentialFunctions<T>, ILogarithmicFunctions<T>
    {
        var max = xs.Aggregate(T.Max);
        return max + T.Log(xs.Aggregate(T.Zero, (sum, x) => sum + T.Exp(x - max)));
    }

    static T Mixture<T>(T x)
        where T : IFloatingPointIeee754<T>
    {
        var (sin, cos) = T.SinCos(x);
        var third = T.RootN(sin * sin + T.One, 3);
        return T.Lerp(third, cos, T.CreateChecked(0.25))
            + T.FusedMultiplyAdd(x, sin, T.Pi) * T.CreateSaturating(2)
            - T.CreateTruncating(1.5f);
    }

    static T Distance<T>(T x)
        where T : IRootFunctions<T> => T.Sqrt(T.Hypot(x, T.One) + T.Cbrt(x));

    [Fact]
    public void Unmodified_generic_code_is_differentiated()
    {
        const double h = 1e-5;
        Close(0.5 / Math.Sqrt(3), Tangent(Newton, 3));
        Close(-0.25 * Math.Pow(3, -1.5), Dual.SecondDerivative(Newton, 3));
        Close(3 * 4 + 4 * 2 + 5, Tangent(x => Horner(x, 1, 2, 5, 7), 2));
        Close(1 / (1 + Math.Exp(-1.3)), Tangent(x => LogSumExp(x, 0), 1.3));
        Close(1 / (1 + Math.Exp(1.3)), Tangent(x => LogSumExp(x, 0), -1.3));
        Assert.Equal((Mixture(0.8 + h) - Mixture(0.8 - h)) / (2 * h), Tangent(Mixture, 0.8), 1e-8);
        Assert.Equal((Distance(0.8 + h) - Distance(0.8 - h)) / (2 * h), Tangent(Distance, 0.8), 1e-8);
    }

    [Fact]
    public void A_program_over_duals_takes_the_branches_of_the_plain_program()
    {
        static T Branchy<T>(T x)
            where T : INumber<T> =>
            x > T.One ? x * x
            : x == T.One ? x
            : -x;
        Assert.Equal(4, Tangent(Branchy, 2));
        Assert.Equal(1, Tangent(Branchy, 1));
        Assert.Equal(-1, Tangent(Branchy, 0.5));
    }

    // --- kinks and edges

    [Fact]
    public void Slopes_at_kinks_follow_the_policy()
    {
        Assert.Equal(0, Tangent(Dual<double>.Abs, 0));
        Assert.Equal(0, Tangent(Dual<double>.Relu, 0));
        Assert.Equal(0, Tangent(Dual<double>.Floor, 2));
        Assert.Equal(0, Tangent(Dual<double>.Ceiling, 2));
        Assert.Equal(0, Tangent(Dual<double>.Round, 2.5));
        Assert.Equal(0, Tangent(x => Dual<double>.Sign(x), 0));
        Assert.Equal(double.PositiveInfinity, Tangent(Dual<double>.Sqrt, 0));
        Assert.Equal(0.5, Tangent(x => Dual<double>.Max(x, 3), 3));
        Assert.Equal(0.5, Tangent(x => Dual<double>.Min(3, x), 3));
        Assert.Equal(0.5, Tangent(x => Dual<double>.MaxMagnitude(x, 3), 3));
        Assert.Equal(1, Tangent(x => Dual<double>.MaxMagnitude(x, -3), 3));
        Assert.Equal(0.5, Tangent(x => Dual<double>.MinNumber(x, 3), 3));
        Assert.Equal(1, Tangent(x => Dual<double>.MaxNumber(x, double.NaN), 3));
        Assert.Equal(1, Tangent(x => Dual<double>.Clamp(x, 1, 2), 1));
        Assert.Equal(1, Tangent(x => Dual<double>.Clamp(x, 1, 2), 2));
        Assert.Equal(0, Tangent(x => Dual<double>.Clamp(x, 1, 2), 2.5));
        Assert.Equal(1, Tangent(x => Dual<double>.Clamp(7, 1, x), 2));
        Assert.Equal(0, Tangent(x => Dual<double>.Hypot(x, x), 0));
        Assert.Equal(double.PositiveInfinity, Tangent(x => Dual<double>.RootN(x, 5), 0));
    }

    [Theory]
    [InlineData(-2, 3, 12, -12)]
    [InlineData(0, 2, 0, 2)]
    [InlineData(0, 3, 0, 0)]
    [InlineData(0, 1, 1, 0)]
    [InlineData(0, 0, 0, 0)]
    [InlineData(-2, 0, 0, 0)]
    [InlineData(-2, -1, -0.25, -0.25)]
    public void A_power_with_a_constant_exponent_never_goes_through_log(double x, double exponent, double first, double second)
    {
        Assert.Equal(first, Tangent(x => Dual<double>.Pow(x, exponent), x));
        Assert.Equal(second, Dual.SecondDerivative(x => Dual2.Pow(x, exponent), x));
    }

    [Fact]
    public void The_mixed_derivative_of_a_power_at_exponent_zero_is_kept()
    {
        // d²/da db a^b = a^(b-1) (1 + b log a), which is 1/a at b = 0: the slope b a^(b-1) is zero there, its tangent is not.
        var a = new Dual2(new(4, 0), new(1, 0));
        var b = new Dual2(new(0, 1), new(0, 0));
        Assert.Equal(0.25, Dual2.Pow(a, b).Tangent.Tangent);
    }

    [Fact]
    public void No_nan_and_no_infinity_leaks_from_what_does_not_count()
    {
        var poison = new Dual<double>(-1, double.NaN);
        Assert.Equal(1, Dual<double>.Max(Dual.Variable(3.0), poison).Tangent);
        Assert.Equal(1, Dual<double>.Clamp(Dual.Variable(3.0), poison, 4).Tangent);
        Assert.Equal(0, Dual<double>.Relu(poison).Tangent);
        Assert.Equal(0, (0 * poison + 0 * new Dual<double>(1, double.PositiveInfinity)).Tangent);
        Assert.Equal(0, Tangent(x => Dual<double>.Sqrt(0 * x), 0));
        Assert.Equal(0, Dual.SecondDerivative(x => Dual2.Sqrt(0 * x), 0));
        Assert.Equal(1, Tangent(x => x + 0 * Dual<double>.Log(Dual<double>.Abs(x)), 0));
    }

    [Fact]
    public void Zero_is_strong_only_when_it_is_zero_throughout()
    {
        Assert.Equal(0, Strong.Multiply(0.0, double.NaN));
        Assert.Equal(0, Strong.Multiply(double.PositiveInfinity, -0.0));
        Assert.Equal(double.NaN, Strong.Multiply(double.NaN, 1.0));
        Assert.Equal(Dual<double>.Zero, Strong.Multiply(Dual<double>.NaN, Dual<double>.Zero));
        Assert.Equal(new Dual<double>(0, 6), Strong.Multiply(new Dual<double>(0, 2), new Dual<double>(3, 5)));
        Assert.Equal(new Dual2(0, new(0, 6)), Strong.Multiply(new Dual2(0, new(0, 2)), new Dual2(new(3, 5))));
    }

    [Fact]
    public void A_remainder_by_infinity_is_the_number_itself() =>
        Assert.Equal(new Dual<double>(5, 1), Dual.Variable(5.0) % double.PositiveInfinity);

    [Fact]
    public void A_far_angle_in_half_turns_keeps_its_slope() =>
        Close(Math.PI * double.CosPi(0.25), Tangent(Dual<double>.SinPi, 1e12 + 0.25));

    // --- mixed operands, other number types

    [Fact]
    public void Plain_numbers_stand_on_either_side()
    {
        var x = Dual.Variable(3.0);
        Assert.Equal(new Dual<double>(7, 2), 2.0 * x + 1);
        Assert.Equal(new Dual<double>(7, 2), 1 + x * 2f);
        Assert.Equal(new Dual<double>(-1, -1), 2 - x);
        Assert.Equal(new Dual<double>(1.5, 0.5), x / 2.0);
        Assert.True(x > 2 && 2.5 < x && x == 3.0 && 4 != x);
        var nested = Dual.Variable(x);
        Assert.Equal(new Dual2(new(7, 2), 2), 2.0 * nested + 1);
        Assert.Equal(new Dual2(new(9, 6), new(3, 1)), x * nested);
        var single = Dual.Variable(3f);
        Assert.Equal(new Dual<float>(7f, 2f), 2.0 * single + 1f);
        Assert.Equal(new Dual<float>(2f / 3f, -2f / 9f), 2 / single);
        x++;
        Assert.Equal(new Dual<double>(4, 1), +x);
        Assert.Equal(new Dual<double>(3, 1), --x);
    }

    [Fact]
    public void Float_and_half_are_numbers_underneath_too()
    {
        Assert.Equal(MathF.Cos(0.5f), Dual<float>.Sin(Dual.Variable(0.5f)).Tangent);
        Assert.Equal(1.1283792f, Dual<float>.Erf(Dual.Variable(0f)).Tangent, 1e-6f);
        Assert.Equal((Half)6, (Dual.Variable((Half)3) * Dual.Variable((Half)3)).Tangent);
        Assert.Equal(0.5204999f, Dual<Dual<float>>.Erf(0.5).Value.Value, 1e-6f);
    }

    // --- conversions and text

    [Fact]
    public void Conversions_keep_what_the_target_can_hold()
    {
        var x = new Dual<double>(2.5, 7);
        Assert.Equal(2.5, double.CreateChecked(x));
        Assert.Equal(2, int.CreateTruncating(x));
        Assert.Equal(byte.MaxValue, byte.CreateSaturating(new Dual<double>(1e9)));
        Assert.Throws<OverflowException>(() => byte.CreateChecked(new Dual<double>(1e9)));
        Assert.Equal(new Dual<double>(5), Dual<double>.CreateChecked(5));
        Assert.Equal(new Dual<double>(1e30), Dual<double>.CreateSaturating(new BigInteger(1e30)));
        Assert.Equal(new Dual<float>(2.5f, 7f), Dual<float>.CreateChecked(x));
        Assert.Equal(new Dual<double>(2.5, 7), Dual<double>.CreateChecked(new Dual<float>(2.5f, 7f)));
        Assert.Equal(new Dual2(x), Dual2.CreateChecked(x));
        Assert.Equal(x, Dual<double>.CreateChecked(new Dual2(x, 9)));
        Assert.Equal(new Dual<Dual<float>>(new(2.5f, 7f)), Dual<Dual<float>>.CreateChecked(x));
        Assert.Equal(3L, Dual<double>.ConvertToInteger<long>(new(3.7, 1)));
    }

    [Fact]
    public void Text_shows_both_parts_and_reads_back()
    {
        var culture = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
        try
        {
            var x = new Dual<double>(0.1 + 0.2, -1e-300);
            Assert.Equal("Dual(value=2, tangent=1)", Dual.Variable(2.0).ToString());
            Assert.Equal("Dual(value=0.30000000000000004, tangent=-1E-300)", $"{x}");
            Assert.Equal("Dual(value=2,50, tangent=-1,00)", new Dual<double>(2.5, -1).ToString("F2", CultureInfo.CurrentCulture));
            Assert.Equal("Dual(value=2.50, tangent=-1.00)", $"{new Dual<double>(2.5, -1):F2}");
            Assert.Equal(x, Dual<double>.Parse(x.ToString()));
            Assert.Equal(x, Dual<double>.Parse(x.ToString("R", CultureInfo.CurrentCulture), CultureInfo.CurrentCulture));
            Assert.Equal(new Dual<double>(2.5), Dual<double>.Parse(" 2.5 "));
            var nested = new Dual2(x, new(3, double.NaN));
            Assert.Equal(nested, Dual2.Parse(nested.ToString()));
            Assert.Equal(new Dual2(2.5), Dual2.Parse("2.5"));
            Assert.Equal(new Dual2(x, 1), Dual2.Parse($"Dual(value={x}, tangent=1)"));
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("two")]
    [InlineData("Dual(value=2)")]
    [InlineData("Dual(value=2, tangent=)")]
    [InlineData("Dual(value=2, tangent=1")]
    [InlineData("Dual(value=(2, tangent=1)")]
    public void Other_text_is_refused(string text)
    {
        Assert.False(Dual<double>.TryParse(text, null, out _));
        Assert.Throws<FormatException>(() => Dual<double>.Parse(text));
    }

    [Fact]
    public void Spans_are_written_and_read()
    {
        var x = new Dual<double>(2.5, -1);
        Span<char> text = stackalloc char[64];
        Span<byte> bytes = stackalloc byte[64];
        Assert.True(x.TryFormat(text, out var length, "F1", null));
        Assert.Equal("Dual(value=2.5, tangent=-1.0)", text[..length]);
        Assert.False(x.TryFormat(text[..5], out length, default, null));
        Assert.Equal(0, length);
        Assert.True(x.TryFormat(bytes, out length, default, null));
        static T Read<T>(ReadOnlySpan<byte> utf8)
            where T : INumberBase<T> => T.Parse(utf8, NumberStyles.Float, null);
        Assert.Equal(x, Read<Dual<double>>(bytes[..length]));
    }

    // --- equality, bits, cost

    [Fact]
    public void Operators_compare_values_and_Equals_compares_both_parts()
    {
        Dual<double> x = new(2, 1),
            y = new(2, 5);
        Assert.True(x == y && x <= y && x >= y && !(x < y) && !(x != y));
        Assert.Equal(0, x.CompareTo(y));
        Assert.Equal(1, x.CompareTo(null));
        Assert.Equal(-1, x.CompareTo((object)new Dual<double>(3)));
        Assert.Throws<ArgumentException>(() => x.CompareTo((object)2.0));
        Assert.False(x.Equals(y));
        Assert.True(x.Equals((object)new Dual<double>(2, 1)));
        Assert.Equal(x.GetHashCode(), new Dual<double>(2, 1).GetHashCode());
        Assert.NotEqual(x.GetHashCode(), y.GetHashCode());
        Assert.False(Dual<double>.NaN == Dual<double>.NaN);
    }

    [Fact]
    public void The_bits_are_those_of_the_value()
    {
        static (int, int, int, int, int) Bits<T>(T x)
            where T : IFloatingPointIeee754<T>
        {
            Span<byte> bytes = stackalloc byte[16];
            x.WriteSignificandLittleEndian(bytes);
            return (x.GetExponentByteCount(), x.GetExponentShortestBitLength(), x.GetSignificandBitLength(), T.Radix, bytes[3]);
        }

        Assert.Equal(Bits(Math.PI), Bits(new Dual<double>(Math.PI, 1)));
    }

    [Fact]
    public void Arithmetic_allocates_nothing()
    {
        static T Work<T>(T x, int steps)
            where T : IFloatingPointIeee754<T>
        {
            var sum = T.Zero;
            for (var i = 0; i < steps; i++)
            {
                sum = T.Max(sum * T.CreateChecked(0.5) + T.Sin(x) / (x - T.One), -x);
                sum += T.Pow(x, T.CreateChecked(2)) * T.Exp(-x) + T.Abs(sum) % T.One + T.RootN(x, 3) + T.Clamp(x, T.Zero, T.One);
            }

            return sum;
        }

        static double Mixed(Dual<double> x) => (2.0 * x + 1 > 0 ? x : -x).Tangent;
        static double Nested(Dual2 x) => (2.0 * x + 1 > 0 ? x : -x).Tangent.Value;

        long Allocated(int steps)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var sum =
                Work(Dual.Variable(0.7), steps).Tangent
                + Work(Dual.Variable(Dual.Variable(0.7)), steps).Tangent.Tangent
                + Mixed(Dual.Variable(0.5))
                + Nested(Dual.Variable(Dual.Variable(0.5)));
            Assert.True(double.IsFinite(sum));
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Allocated(1);
        Assert.Equal(0, Allocated(1000));
    }

    [Fact]
    public void A_dual_of_duals_has_the_same_first_derivative_in_both_places()
    {
        static void Same(Func<Dual<Dual<double>>, Dual<Dual<double>>> f, double x, double expected)
        {
            var y = f(new Dual<Dual<double>>(new(x, 1), 1));
            Assert.Equal(expected, y.Value.Tangent);
            Assert.Equal(expected, y.Tangent.Value);
        }

        Same(Dual<Dual<double>>.Relu, 0, 0); // by max(a, 0) it would be 1/2 in one of them
        Same(Dual<Dual<double>>.ExpM1, -50, Math.Exp(-50));
        Same(Dual<Dual<double>>.LogP1, 1e-10, 1 / (1 + 1e-10));
    }
}
