using System.Reflection;

namespace Zautograd.Tests;

/// <summary>Walks over all functions of generic math: every kind of tangent is what duals compute, in lanes bit for bit.</summary>
public sealed class ActiveWalkTests
{
    static readonly double[][] Points =
    [
        [-2.351734617, -0.361937482, 0.283194653, 1.437281947, 0, double.PositiveInfinity],
        [-1.893746152, 0.519283746, 0],
        [-0.827364519, 4.382917465],
    ];

    public static TheoryData<string> Names => [.. GenericMath.Methods<double>().Select(method => method.Name)];

    static (MethodInfo Method, Func<object[], object> Call) Find<T>(string name)
        where T : struct, System.Numerics.IFloatingPointIeee754<T>
    {
        var method = GenericMath.Methods<T>().Single(candidate => candidate.Name == name).Method;
        return (method, GenericMath.Caller<T>(method));
    }

    static object[] Lift<T>(object[] arguments, Func<double, int, T> lift)
        where T : notnull => [.. arguments.Select((argument, i) => argument is double number ? lift(number, i) : argument)];

    static object? Try(Func<object[], object> call, object[] arguments)
    {
        try
        {
            return call(arguments);
        }
        catch (TargetInvocationException refused) when (refused.InnerException is ArgumentException)
        {
            return null;
        }
    }

    // What duals say, one direction after the other: values, then the tangents of each direction; and an answer that is no number.
    static (Dual<double>[] Numbers, object? Other)? Duals(Func<object[], object> call, object[] arguments, int direction) =>
        Try(call, Lift(arguments, (x, i) => new Dual<double>(x, i == direction ? 1 : 0))) is { } found
            ? (GenericMath.Numbers<Dual<double>>(found), found is bool or int ? found : null)
            : null;

    [Theory, MemberData(nameof(Names))]
    public void Lanes_are_duals_bit_for_bit_in_every_register(string name)
    {
        Check<Register512>(name);
        Check<Pair<Register256>>(name);
        Check<Pair<Pair<Pair<Register64>>>>(name);
        Check<Pair<Register512>>(name);
    }

    static void Check<TRegister>(string name)
        where TRegister : struct, IRegister<TRegister>
    {
        var (method, call) = Find<Active<double, Lanes<TRegister>>>(name);
        var duals = Find<Dual<double>>(name).Call;
        Span<double> lanes = stackalloc double[TRegister.Count];
        foreach (var arguments in GenericMath.Arguments(method, Points))
        {
            var context = $"{name} at {string.Join(", ", arguments)}";
            var found = Try(call, Lift(arguments, (x, i) => new Active<double, Lanes<TRegister>>(x, Lanes<TRegister>.Unit(i))));
            for (int direction = 0; direction < 3; direction++)
            {
                var expected = Duals(duals, arguments, direction);
                Assert.Equal(expected is null, found is null);
                if (expected is null)
                    continue;
                if (expected.Value.Other is { } other)
                    Assert.Equal(other, found);
                var numbers = GenericMath.Numbers<Active<double, Lanes<TRegister>>>(found!);
                for (int i = 0; i < numbers.Length; i++)
                {
                    numbers[i].Tangent.CopyTo(lanes);
                    Same(context, expected.Value.Numbers[i].Value, numbers[i].Value);
                    Same(context, expected.Value.Numbers[i].Tangent, lanes[direction]);
                }
            }
        }
    }

    static void Same(string context, double expected, double actual) =>
        Assert.True(
            BitConverter.DoubleToInt64Bits(expected) == BitConverter.DoubleToInt64Bits(actual)
                || double.IsNaN(expected) && double.IsNaN(actual),
            $"{context}: {actual:R}, not {expected:R}"
        );

    [Theory, MemberData(nameof(Names))]
    public void Reverse_is_forward(string name)
    {
        var (method, call) = Find<Active<double, Trail<double>>>(name);
        var duals = Find<Dual<double>>(name).Call;
        var gradient = new double[3];
        foreach (var arguments in GenericMath.Arguments(method, Points))
        {
            using var roll = new Roll<double>(3);
            var context = $"{name} at {string.Join(", ", arguments)}";
            var found = Try(call, Lift(arguments, (x, i) => roll.Variable(i, x)));
            if (Duals(duals, arguments, 0) is null)
            {
                Assert.Null(found);
                continue;
            }

            var numbers = GenericMath.Numbers<Active<double, Trail<double>>>(found!);
            for (int i = 0; i < numbers.Length; i++)
            {
                roll.Sweep([numbers[i]], [1.0], gradient);
                for (int direction = 0; direction < 3; direction++)
                {
                    var expected = Duals(duals, arguments, direction)!.Value.Numbers[i];
                    Same(context, expected.Value, numbers[i].Value);
                    Assert.True(
                        expected.Tangent.Equals(gradient[direction])
                            || Math.Abs(expected.Tangent - gradient[direction]) <= 1e-13 * Math.Abs(expected.Tangent),
                        $"{context}: {gradient[direction]:R}, not {expected.Tangent:R}"
                    );
                }
            }
        }
    }

    [Fact]
    public void A_whole_gradient_is_the_same_bits_in_every_register()
    {
        double[] x = [.. Enumerable.Range(0, 37).Select(i => Math.Sin(i) * 2)];
        double[] along = [.. x.Select((_, i) => Math.Cos(3 * i))];
        double[][] units = [.. x.Select((_, i) => x.Select((_, j) => i == j ? 1.0 : 0.0).ToArray())];
        double[] expected = [.. units.Select(unit => Derivatives.Jvp(new Mixture(), x, unit).Tangent)];
        double[] product = [.. units.Select(unit => Derivatives.VectorHessianVector(new Mixture(), x, along, unit))];
        Check<Register512>();
        Check<Pair<Register256>>();
        Check<Pair<Pair<Pair<Register64>>>>();
        Check<Pair<Register512>>();

        void Check<TRegister>()
            where TRegister : struct, IRegister<TRegister>
        {
            var gradient = new double[x.Length];
            ForwardMode.Gradient<Mixture, TRegister>(new(), x, gradient);
            Assert.Equal(expected, gradient);
            double[] again = new double[x.Length],
                found = new double[x.Length];
            ForwardMode.HessianVector<Mixture, TRegister>(new(), x, along, again, found);
            Assert.Equal(expected, again);
            Assert.Equal(product, found);
            var hessian = new double[x.Length, x.Length];
            ReverseMode.Hessian<Mixture, TRegister>(new(), x, new double[x.Length], hessian);
            Assert.Equal(Derivatives.Hessian(new Mixture(), x), hessian);
        }
    }
}
