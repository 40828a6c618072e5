using System.Numerics;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Zautograd.Tests;

/// <summary>The first operation that makes a NaN or an infinity is named, with its operands and its line; what is off costs nothing.</summary>
public sealed class NonFiniteTests
{
    static int Line([CallerLineNumber] int line = 0) => line;

    static string Thrown(Action action) => Assert.Throws<NonFiniteException>(action).Message;

    public static TheoryData<string, double, Func<Value, Value>> Cases =>
        new()
        {
            { "log(-3) is NaN", -3, x => x.Log() },
            { "log(0) is -Infinity", 0, x => x.Log() },
            { "0/0 is NaN", 0, x => x / x },
            { "1/0 is Infinity", 0, x => 1 / x },
            { "exp(1000) is Infinity", 1000, x => x.Exp() },
            { "sqrt(-1) is NaN", -1, x => x.Sqrt() },
            { "1E+200*1E+200 is Infinity", 1e200, x => x * x },
            { "asin(2) is NaN", 2, x => x.Asin() },
            { "Dot of 1E+200, 1E+200 is Infinity", 1e200, x => Value.Dot([x], [x]) },
            { "Sum of 1E+308, 1E+308 is Infinity", 1e308, x => Value.Sum(x, x) },
        };

    [Theory, MemberData(nameof(Cases))]
    public void The_operation_is_named_with_its_operands(string finding, double at, Func<Value, Value> f)
    {
        Value x = at;
        f(x); // nothing is said while nobody watches
        using var watch = NonFinite.Watch();
        Assert.StartsWith(finding + ", at NonFiniteTests.cs:", Thrown(() => f(x)));
        Assert.True(double.IsFinite((x * 0.5 + 1).Data)); // and all goes on
    }

    [Fact]
    public void The_line_is_the_users_and_so_are_the_operands()
    {
        using var watch = NonFinite.Watch();
        Value x = 2;
        var y = x - 5;
        int made = Line() - 1;
        int failed = 0;
        var message = Thrown(() =>
        {
            failed = Line() + 1;
            y.Log();
        });
        Assert.Equal($"log(-3) is NaN, at NonFiniteTests.cs:{failed}; -3 was made at NonFiniteTests.cs:{made}.", message);
    }

    [Fact]
    public void Infinity_less_infinity_is_found_where_the_NaN_is_made()
    {
        Value infinite = double.PositiveInfinity;
        using var watch = NonFinite.Watch(everyLine: false);
        var same = infinite + 1; // brought in by the user: no finding yet
        Assert.StartsWith(
            "Infinity - Infinity is NaN, at NonFiniteTests.cs:",
            Thrown(() => _ = infinite - same).Replace("infinity", "Infinity")
        );
    }

    [Fact]
    public void A_NaN_that_was_brought_in_is_found_once()
    {
        Value x = 1;
        var findings = new List<string>();
        using var watch = NonFinite.Watch(finding => findings.Add(finding.Message), everyLine: false);
        x.Data = double.NaN;
        var y = x + 1;
        var z = y * y;
        Assert.True(double.IsNaN(z.Data));
        Assert.Single(findings);
    }

    [Fact]
    public void An_infinite_slope_is_found_when_it_counts_in_a_sweep()
    {
        using var watch = NonFinite.Watch();
        Value x = 0;
        var root = x.Sqrt();
        int made = Line() - 1;
        (root * 0).Backward(); // its adjoint is 0: it does not count
        (root + 1).Log(); // no slope of the sweep yet
        var message = Thrown((3 * root).Backward);
        Assert.StartsWith($"the slope of sqrt(0) is Infinity, and counts in the sweep, at NonFiniteTests.cs:{made}", message);
        Assert.Equal(0, x.Grad); // the sweep has not begun
    }

    [Fact]
    public void An_adjoint_that_overflows_is_found()
    {
        using var watch = NonFinite.Watch();
        Value x = 1e-200;
        var y = x * 1e200 * 1e200 * 1e-300;
        Assert.StartsWith("an adjoint became Infinity in the sweep at ", Thrown((y * 1e300).Backward));
    }

    [Fact]
    public void A_branch_not_taken_gives_no_alarm()
    {
        using var watch = NonFinite.Watch();
        Value x = 0;
        var y = x != 0 ? 1 / x : x + 1;
        (Value.Max(y, 0) * x.Sqrt() * 0).Backward();
        Assert.Equal(0, x.Grad);
    }

    readonly struct Sinc : ICustomRule
    {
        public double Value(ReadOnlySpan<double> x) => Math.Sin(x[0]) / x[0];

        public void Slopes<T>(ReadOnlySpan<T> x, T y, Span<T> slopes)
            where T : struct, IFloatingPointIeee754<T> => slopes[0] = (T.Cos(x[0]) - y) / x[0];
    }

    [Fact]
    public void A_rule_of_the_users_is_named()
    {
        using var watch = NonFinite.Watch();
        Assert.StartsWith("Sinc of 0 is NaN, at NonFiniteTests.cs:", Thrown(() => CustomRule.Call(new Sinc(), new Value(0))));
    }

    /// <summary>What an operation runs through while nobody watches: no instruction there speaks of an observer.</summary>
    [Fact]
    public void The_fast_path_knows_of_no_observer()
    {
        const BindingFlags Any = BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
        MethodInfo[] fast =
        [
            .. typeof(Tape)
                .GetMethods(Any)
                .Where(method => method.Name is "TryRecord" or "Record" or "Find" or "HasRoom")
                .Where(method => !method.GetParameters().Any(parameter => parameter.ParameterType == typeof(ReadOnlySpan<Value>))),
            .. typeof(Block).GetMethods(Any).Where(method => method.Name == "Append"),
            .. typeof(Value).GetMethods(Any).Where(method => method.Name is "op_Addition" or "op_Multiply" or "Sin"),
        ];
        Assert.True(fast.Length >= 14, $"only {fast.Length} methods were looked at");
        foreach (var method in fast)
            Assert.DoesNotContain(Mentioned(method), type => type.ToString().Contains(typeof(Observer).ToString()));
        Assert.Contains(
            Mentioned(typeof(Tape).GetMethod("LeafSlowly", Any)!),
            type => type.ToString().Contains(typeof(Observer).ToString())
        );
    }

    /// <summary>The types of all members that a method's instructions may mean: every four bytes that are a token are taken for one.</summary>
    static IEnumerable<Type> Mentioned(MethodInfo method)
    {
        var code = method.GetMethodBody()!.GetILAsByteArray()!;
        for (int at = 0; at + 4 <= code.Length; at++)
        {
            MemberInfo? member = null;
            try
            {
                member = method.Module.ResolveMember(BitConverter.ToInt32(code, at));
            }
            catch (ArgumentException) { } // no token
            catch (BadImageFormatException) { }
            if ((member as Type ?? member?.DeclaringType) is { } type)
                yield return type;
        }
    }

    [Fact]
    public void Nothing_is_watched_after_the_end()
    {
        Value x = -3;
        NonFinite.Watch().Dispose();
        Assert.False(Observer.IsOn);
        Assert.True(double.IsNaN(x.Log().Data));
    }
}
