using System.Numerics;

namespace Zautograd.Tests;

public sealed class GradientCheckTests
{
    static IReadOnlyList<(double Low, double High)> Domain(Rules.Rule rule) =>
        // clamp refuses low > high
        rule.Op.Equals(Op.Clamp)
            ? [(-3, 3), (-2, -0.5), (0.5, 2)]
            : [.. rule.Domain.Select(range => (range.Item1, range.Item2))];

    public static TheoryData<string> Rows => [.. Rules.all.Select(rule => rule.Name)];

    [Theory, MemberData(nameof(Rows))]
    public void Every_row_of_the_table_passes_at_both_orders(string name)
    {
        var rule = Rules.all.Single(row => row.Name == name);
        string[] variables = [.. Rules.argumentNames.Take(rule.Arity)];
        var formula = new Formula(rule.Op.Of([.. variables.Select(Expr.Variable)]), variables);
        var report = GradientCheck.Function(formula.Value, formula.Gradient, Domain(rule), formula.HessianVector);
        Assert.True(report.Passed, $"{name}: {report}");
    }

    /// <summary>An expression with its derivatives, all compiled.</summary>
    sealed class Formula
    {
        readonly CompiledValue value;
        readonly CompiledGradient gradient;
        readonly CompiledValue[] hessian;

        public Formula(Expr expression, string[] variables)
        {
            value = expression.Compile(variables);
            gradient = expression.CompileGradient(variables);
            hessian = [.. expression.Hessian(variables).SelectMany(row => row.Select(entry => entry.Compile(variables)))];
        }

        public double Value(double[] x) => value.Invoke(x);

        public double[] Gradient(double[] x)
        {
            var slopes = new double[x.Length];
            gradient.Invoke(x, slopes);
            return slopes;
        }

        public double[] HessianVector(double[] x, double[] v) =>
            [.. x.Select((_, i) => v.Select((component, j) => hessian[i * x.Length + j].Invoke(x) * component).Sum())];
    }

    // --- wrong rules

    static readonly string[] Formulas =
    [
        "sin(x)*y",
        "x*y + x",
        "exp(x - y)",
        "x^3 - 2*y^2*x",
        "atan2(x, y + 4)",
        "log(x^2 + y^2 + 1)",
        "tanh(x)*cos(y)",
        "sqrt(x^2 + 2*y^2 + 1)",
        "x*exp(-y^2)",
        "erf(x)*y + x^2",
        "sinh(x) + cosh(2*y)*x",
        "sigmoid(x + 2*y) + x*y",
        "softplus(x)*(1 + y^2)",
        "asinh(x*y) + 2*x + y",
        "x/(1 + y^2)",
        "cbrt(4 + x)*sin(y)",
        "log1p(x^2)*(2 + y)",
        "x^2*y^3",
        "(x + y)^4/10 + x",
        "hypot(x, 1 + y)",
    ];

    // What goes wrong, at order 1 in the gradient (of the first variable, at x), and the word that must be in the cause.
    static readonly (string Name, Func<double[], double[], double[]> Bend, string Cause)[] Mistakes =
    [
        ("wrong sign", (x, g) => [-g[0], g[1]], "sign"),
        ("missing factor", (x, g) => [g[0] / 2, g[1]], "factor of 2"),
        ("a factor of pi", (x, g) => [g[0], g[1] / Math.PI], "factor of pi"),
        ("swapped slopes", (x, g) => [g[1], g[0]], "swapped"),
        ("off by a constant", (x, g) => [g[0] + 0.25, g[1]], "constant, 0.25"),
        ("missing slope", (x, g) => [g[0], 0], "0"),
        ("wrong where negative", (x, g) => [x[0] < 0 ? -g[0] : g[0], g[1]], "negative: the sign"),
        ("not finite", (x, g) => [double.NaN, g[1]], "not finite"),
        ("a little off", (x, g) => [g[0], g[1] * 1.0003], "times"),
    ];

    public static TheoryData<string> All => [.. Formulas];

    [Theory, MemberData(nameof(All))]
    public void Ten_mistakes_in_each_of_twenty_formulas_are_found_and_named(string text)
    {
        var formula = new Formula(Symbolic.Parse(text), ["x", "y"]);
        IReadOnlyList<(double, double)> domain = [(-2, 2), (-2, 2)];
        var right = GradientCheck.Function(formula.Value, formula.Gradient, domain, formula.HessianVector);
        Assert.True(right.Passed, $"{text}: {right}");
        Assert.Equal(0, right.Order);
        foreach (var (name, bend, cause) in Mistakes)
        {
            var report = GradientCheck.Function(formula.Value, x => bend(x, formula.Gradient(x)), domain, formula.HessianVector);
            Assert.True(!report.Passed && report.Order == 1, $"{name} in {text} was not found");
            Assert.True(report.Cause.Contains(cause), $"{name} in {text}: {report}");
            Assert.Equal(bend([.. report.Point], formula.Gradient([.. report.Point]))[report.Component], report.Claimed);
            Assert.Equal(formula.Gradient([.. report.Point])[report.Component], report.Measured, 1e-6 * (1 + Math.Abs(report.Measured)));
        }

        // the tenth: right at order 1, a slope that is not differentiated again
        var second = GradientCheck.Function(formula.Value, formula.Gradient, domain, (x, v) => [0, formula.HessianVector(x, v)[1]]);
        Assert.True(!second.Passed && second.Order == 2 && second.Component == 0, $"order 2 of {text}: {second}");
    }

    // --- rules of one's own

    readonly struct Sinc : ICustomRule
    {
        public double Value(ReadOnlySpan<double> x) => Math.Sin(x[0]) / x[0];

        public void Slopes<T>(ReadOnlySpan<T> x, T y, Span<T> slopes)
            where T : struct, IFloatingPointIeee754<T> => slopes[0] = (T.Cos(x[0]) - y) / x[0];
    }

    /// <summary>a*exp(b), with its slopes; perhaps wrong at order 2 only: computed in double, they are constants.</summary>
    readonly struct Growth(bool constant) : ICustomRule
    {
        public double Value(ReadOnlySpan<double> x) => x[0] * Math.Exp(x[1]);

        public void Slopes<T>(ReadOnlySpan<T> x, T y, Span<T> slopes)
            where T : struct, IFloatingPointIeee754<T>
        {
            slopes[0] = constant ? T.CreateChecked(Math.Exp(double.CreateChecked(x[1]))) : T.Exp(x[1]);
            slopes[1] = y;
        }
    }

    [Fact]
    public void A_right_rule_passes_and_one_that_is_wrong_at_order_2_only_does_not()
    {
        GradientCheck.Rule(new Sinc(), [(0.2, 3)]).ThrowIfWrong();
        GradientCheck.Rule(new Growth(constant: false), [(-2, 2), (-2, 2)]).ThrowIfWrong();
        var report = GradientCheck.Rule(new Growth(constant: true), [(-2, 2), (-2, 2)]);
        Assert.Equal((false, 2, 0, 1, 0.0), (report.Passed, report.Order, report.Component, report.Along, report.Claimed));
        Assert.Contains("computed in double", report.Cause);
        Assert.Throws<InvalidOperationException>(report.ThrowIfWrong);
    }

    readonly struct UsesRules : IScalarField
    {
        public T Call<T>(ReadOnlySpan<T> x)
            where T : struct, IFloatingPointIeee754<T> =>
            T.Sin(CustomRule.Call(new Growth(false), x)) * CustomRule.Call(new Sinc(), x[0] + T.CreateChecked(4));
    }

    readonly struct Plain : IScalarField
    {
        public T Call<T>(ReadOnlySpan<T> x)
            where T : struct, IFloatingPointIeee754<T>
        {
            var shifted = x[0] + T.CreateChecked(4);
            return T.Sin(x[0] * T.Exp(x[1])) * (T.Sin(shifted) / shifted);
        }
    }

    [Fact]
    public void A_rule_means_the_same_on_every_path()
    {
        double[] x = [0.7, -0.4],
            v = [2, -1];
        void Close(double expected, double actual) => Assert.Equal(expected, actual, 1e-13);
        void Same(double[] expected, double[] actual) => Assert.All(expected.Zip(actual), pair => Close(pair.First, pair.Second));
        var expected = Derivatives.Gradient(new Plain(), x);
        Same(expected, Derivatives.Gradient(new UsesRules(), x));
        var reverse = new double[2];
        ReverseMode.Gradient(new UsesRules(), x, reverse);
        Same(expected, reverse);
        Close(Derivatives.Jvp(new Plain(), x, v).Tangent, Derivatives.Jvp(new UsesRules(), x, v).Tangent);
        Same(Derivatives.HessianVector(new Plain(), x, v), Derivatives.HessianVector(new UsesRules(), x, v));
        Same([.. Derivatives.Hessian(new Plain(), x).Cast<double>()], [.. Derivatives.Hessian(new UsesRules(), x).Cast<double>()]);
        Close(Derivatives.VectorHessianVector(new Plain(), x, v, v), Derivatives.VectorHessianVector(new UsesRules(), x, v, v));
        Same(
            expected,
            Derivatives.Gradient(
                (Value[] w) => CustomRule.Call(new Growth(false), w[0], w[1]).Sin() * CustomRule.Call(new Sinc(), w[0] + 4),
                x
            )
        );
        GradientCheck.Field(new UsesRules(), [(-1, 1), (-1, 1)]).ThrowIfWrong();
        Assert.Throws<NotSupportedException>(() => Derivatives.TaylorCoefficients(new UsesRules(), x, v, 3));
    }

    [Fact]
    public void A_gradient_of_another_length_is_refused()
    {
        foreach (var gradient in new double[][] { [1, 7], [] })
            Assert.Contains(
                $"has {gradient.Length} numbers",
                Assert.Throws<ArgumentException>(() => GradientCheck.Function(x => x[0], x => gradient, [1.0])).Message
            );
        Assert.Contains(
            "has 2 numbers",
            Assert
                .Throws<ArgumentException>(() => GradientCheck.Function(x => x[0] * x[0], x => [2 * x[0]], [1.0], (x, v) => [2 * v[0], 0]))
                .Message
        );
    }

    [Fact]
    public void Functions_may_overwrite_the_points_they_get()
    {
        static double[] Sorted(double[] x)
        {
            Array.Sort(x);
            return x;
        }

        static double[] Slopes(double[] x)
        {
            var low = x[0] < x[1];
            Sorted(x);
            return low ? [1, 0] : [0, 1];
        }

        static double[] Product(double[] x, double[] v)
        {
            Array.Clear(Sorted(x));
            return Sorted(v).Length == 2 ? [0, 0] : [];
        }

        GradientCheck.Function(x => Sorted(x)[0], Slopes, [(-3, 3), (-3, 3)], Product).ThrowIfWrong();
        GradientCheck.Function(x => Sorted(x)[0], Slopes, [3.0, 1.0], Product).ThrowIfWrong();
        double[] point = [3, 1];
        Assert.False(GradientCheck.Function(x => Sorted(x)[0], x => [Slopes(x)[0] + 1, 0], point).Passed);
        Assert.Equal([3, 1], point);
    }

    [Fact]
    public void What_cannot_be_measured_is_not_called_right()
    {
        var report = GradientCheck.Function(x => double.NaN, x => [1.0], [(-1, 1)]);
        Assert.False(report.Passed);
        Assert.Equal(0, report.Order);
        Assert.Throws<ArgumentException>(() => GradientCheck.Function(x => 1, x => [0], [(1, 1)]));
    }
}
