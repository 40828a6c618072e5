using System.Numerics;
using System.Reflection;

namespace Zautograd.Tests;

/// <summary>Walks over all functions of generic math, so that none of them can be silently wrong.</summary>
public sealed class DualWalkTests
{
    // Off every kink of rounding and remainder, never tied, in the domain of every function at several points.
    static readonly double[][] Points =
    [
        [-2.351734617, -0.713283746, -0.361937482, 0.283194653, 0.637482913, 1.437281947, 2.273645182, 3.183746291],
        [-1.893746152, -0.447382916, 0.519283746, 1.273948561, 2.738291746],
        [-0.827364519, 0.738291645, 4.382917465],
    ];

    static readonly double[] Edges =
    [
        0.0,
        -0.0,
        1.0,
        -1.0,
        0.5,
        -0.5,
        2.0,
        3.0,
        1e-310,
        1e300,
        double.Epsilon,
        double.MaxValue,
        double.MinValue,
        double.PositiveInfinity,
        double.NegativeInfinity,
        double.NaN,
    ];

    // An estimate may be a staircase: its slope is that of what it estimates.
    static readonly Dictionary<string, Func<double, double>> Smooth = new()
    {
        ["ReciprocalEstimate(x)"] = x => 1 / x,
        ["ReciprocalSqrtEstimate(x)"] = x => 1 / Math.Sqrt(x),
    };

    // A central difference with h = 1e-5 errs by h^2 times a third derivative, below 1e3 at these points.
    const double H = 1e-5,
        Tolerance = 1e-6;

    static bool Close(double p, double q) => Math.Abs(p - q) <= Tolerance * (1 + Math.Abs(p) + Math.Abs(q));

    public static TheoryData<string> Names => [.. GenericMath.Methods<double>().Select(method => method.Name)];

    static (MethodInfo Method, Func<object[], object> Call) Find<T>(string name)
        where T : IFloatingPointIeee754<T>
    {
        var method = GenericMath.Methods<T>().Single(candidate => candidate.Name == name).Method;
        return (method, GenericMath.Caller<T>(method));
    }

    // The arguments as T, each number moved by its direction.
    static object[] Lift<T>(object[] arguments, Func<double, int, T> lift)
        where T : notnull => [.. arguments.Select((argument, i) => argument is double number ? lift(number, i) : argument)];

    // What a call gives, or nothing where the function refuses the arguments (clamp with min > max, negative digits).
    static TNumber[]? Try<TNumber>(Func<object[], object> call, object[] arguments)
    {
        try
        {
            return GenericMath.Numbers<TNumber>(call(arguments));
        }
        catch (TargetInvocationException refused) when (refused.InnerException is ArgumentException)
        {
            return null;
        }
    }

    [Fact]
    public void The_walk_meets_the_functions()
    {
        string[] some =
        [
            "Sin(x)",
            "op_Modulus(x,x)",
            "Lerp(x,x,x)",
            "RootN(x,n)",
            "Round(x,n,mode)",
            "SinCosPi(x)",
            "MaxNative(x,x)",
            "IsNaN(x)",
        ];
        Assert.Superset(some.ToHashSet(), GenericMath.Methods<double>().Select(method => method.Name).ToHashSet());
        Assert.Equal(GenericMath.Methods<double>().Select(m => m.Name), GenericMath.Methods<Dual<double>>().Select(m => m.Name));
    }

    [Theory, MemberData(nameof(Names))]
    public void Every_function_has_the_tangent_of_a_central_difference(string name)
    {
        var (method, plain) = Find<double>(name);
        var dual = Find<Dual<double>>(name).Call;
        var smooth = Smooth.TryGetValue(name, out var f) ? arguments => f((double)arguments[0]) : plain;
        double Direction(int i) => 1 + 0.75 * i;
        var points = 0;
        foreach (var arguments in GenericMath.Arguments(method, Points))
        {
            if (Try<double>(plain, arguments) is not { Length: > 0 } values || !values.All(double.IsFinite))
            {
                continue;
            }

            var above = Try<double>(smooth, Lift(arguments, (x, i) => x + H * Direction(i)))!;
            var below = Try<double>(smooth, Lift(arguments, (x, i) => x - H * Direction(i)))!;
            var actual = Try<Dual<double>>(dual, Lift(arguments, (x, i) => new Dual<double>(x, Direction(i))))!;
            for (var i = 0; i < actual.Length; i++, points++)
            {
                var expected = (above[i] - below[i]) / (2 * H);
                Assert.True(
                    Close(expected, actual[i].Tangent),
                    $"{name} at {string.Join(", ", arguments)}: {actual[i].Tangent}, not {expected}"
                );
            }
        }

        Assert.True(
            points >= 3 || method.ReturnType == typeof(bool) || method.ReturnType == typeof(int),
            $"{name} met only {points} points"
        );
    }

    [Theory, MemberData(nameof(Names))]
    public void Every_function_has_the_second_derivative_of_a_central_difference(string name)
    {
        var (method, once) = Find<Dual<double>>(name);
        var twice = Find<Dual<Dual<double>>>(name).Call;
        foreach (var arguments in GenericMath.Arguments(method, Points))
        {
            Dual<double>[]? At(double step) =>
                Try<Dual<double>>(once, Lift(arguments, (x, i) => new Dual<double>(x + step * (1 - i * 0.5), 1 + i)));
            if (At(0) is not { } values || !values.All(value => double.IsFinite(value.Tangent)))
            {
                continue;
            }

            Dual<double>[] above = At(H)!,
                below = At(-H)!;
            var actual = Try<Dual<Dual<double>>>(
                twice,
                Lift(arguments, (x, i) => new Dual<Dual<double>>(new(x, 1 + i), new(1 - i * 0.5)))
            )!;
            for (var i = 0; i < actual.Length; i++)
            {
                var expected = (above[i].Tangent - below[i].Tangent) / (2 * H);
                Assert.True(
                    Close(expected, actual[i].Tangent.Tangent),
                    $"{name} at {string.Join(", ", arguments)}: {actual[i].Tangent.Tangent}, not {expected}"
                );
            }
        }
    }

    // .NET's own Exp(x) - 1 and Log(x + 1) lose all digits at a tiny x; the rule table's forms do not.
    static readonly string[] MoreExact = ["ExpM1(x)", "LogP1(x)"];

    public static TheoryData<string> SameNames => [.. Names.Select(name => name.Data).Where(name => !MoreExact.Contains(name))];

    [Theory]
    [InlineData(1e-10, 1.00000000005e-10, 9.9999999995e-11)]
    [InlineData(-1e-10, -9.9999999995e-11, -1.00000000005e-10)]
    [InlineData(1e-300, 1e-300, 1e-300)]
    [InlineData(1.0, 1.718281828459045235360287, 0.693147180559945309417232)]
    [InlineData(-0.75, -0.527633447258985298292593, -1.38629436111989061883446)]
    [InlineData(-50, -1.0, double.NaN)]
    [InlineData(700, 1.014232054735004509455330e304, 6.55250788703459)]
    public void The_small_ends_of_exp_and_log_keep_their_digits(double x, double expm1, double log1p)
    {
        static void Near(double expected, double actual)
        {
            if (double.IsNaN(expected))
                Assert.True(double.IsNaN(actual));
            else
                Assert.InRange(actual / expected, 1 - 1e-15, 1 + 1e-15);
        }

        Near(expm1, Dual<double>.ExpM1(x).Value);
        Near(log1p, Dual<double>.LogP1(x).Value);
        Near(expm1, Dual<Dual<double>>.ExpM1(x).Value.Value);
        Near(log1p, Dual<Dual<double>>.LogP1(x).Value.Value);
    }

    [Theory, MemberData(nameof(SameNames))]
    public void Every_function_has_the_value_of_the_plain_program_to_the_last_bit(string name)
    {
        var (method, plain) = Find<double>(name);
        var dual = Find<Dual<double>>(name).Call;
        var twice = Find<Dual<Dual<double>>>(name).Call;
        double[][] numbers =
        [
            [.. Points[0], .. Edges],
            [.. Points[1], .. Edges],
            [0.25, double.NaN, double.PositiveInfinity],
        ];
        foreach (var arguments in GenericMath.Arguments(method, numbers))
        {
            var expected = Outcome(plain, arguments, x => x);
            var context = $"{name} at {string.Join(", ", arguments)}: ";
            Assert.Equal(
                context + expected,
                context + Outcome(dual, Lift(arguments, (x, i) => new Dual<double>(x, 1)), x => x is Dual<double> d ? d.Value : x)
            );
            Assert.Equal(
                context + expected,
                context
                    + Outcome(
                        twice,
                        Lift(arguments, (x, i) => new Dual<Dual<double>>(new(x, 1), 1)),
                        x => x is Dual<Dual<double>> d ? d.Value.Value : x
                    )
            );
        }
    }

    // The result as text that shows every bit (all NaN are the same), or the exception.
    static string Outcome(Func<object[], object> call, object[] arguments, Func<object, object> plain)
    {
        static string Text(object number) =>
            number is double x && !double.IsNaN(x) ? $"{x:R} {BitConverter.DoubleToInt64Bits(x):x}" : $"{number}";
        try
        {
            var result = call(arguments);
            return result is System.Runtime.CompilerServices.ITuple { Length: 2 } pair
                ? Text(plain(pair[0]!)) + " " + Text(plain(pair[1]!))
                : Text(plain(result));
        }
        catch (TargetInvocationException thrown)
        {
            return thrown.InnerException!.GetType().Name;
        }
    }
}
