using System.Linq.Expressions;

namespace Zautograd.Tests;

/// <summary>Real C# lambdas, as the compiler makes trees of them, are read and mean the same.</summary>
public sealed class LambdaTests
{
    const double Half = 0.5;
    static readonly double Third = 1.0 / 3.0;

    static double Evaluate(Function f, params double[] args)
    {
        var body = f.Body;
        foreach (var (name, value) in f.ParameterNames.Zip(args))
            body = Bind(body, name, value);
        return Functions.Apply(Op.Add, Value(body), 0.0);
    }

    // Independent of the F# evaluator's closures, which C# cannot write down conveniently.
    static Expr Bind(Expr e, string name, double value) =>
        e switch
        {
            Expr.Var v when v.Name == name => Expr.NewConst(value),
            Expr.Apply a => a.Op.Of([.. a.Args.Select(arg => Bind(arg, name, value))]),
            _ => e,
        };

    static double Value(Expr e) =>
        e switch
        {
            Expr.Const c => c.Value,
            Expr.Apply a => Functions.Apply(a.Op, [.. a.Args.Select(Value)]),
            _ => throw new InvalidOperationException($"{e} is not bound"),
        };

    static readonly double[] Points = [-2.5, -1.0, -0.3, 0.0, 0.4, 1.0, 1.7, double.NaN];

    static void Agrees(Expression<Func<double, double>> lambda)
    {
        var (f, plain) = (Quote.Read(lambda), lambda.Compile());
        foreach (var x in Points)
            Assert.Equal(plain(x), Evaluate(f, x), 1e-12);
    }

    static void Agrees(Expression<Func<double, double, double>> lambda)
    {
        var (f, plain) = (Quote.Read(lambda), lambda.Compile());
        foreach (var x in Points)
        foreach (var y in Points)
            Assert.Equal(plain(x, y), Evaluate(f, x, y), 1e-12);
    }

    static string Refused(LambdaExpression lambda) => Assert.Throws<UnreadableException>(() => Quote.Read(lambda)).Message;

    [Fact]
    public void A_lambda_is_read_with_its_names_in_order()
    {
        var f = Quote.Read((double x, double y) => Math.Log(x) + x * y - Math.Sin(y));
        Assert.Equal(["x", "y"], f.ParameterNames);
        Assert.Equal("(x, y) => log(x) + x*y - sin(y)", f.ToString());
    }

    [Fact]
    public void Any_number_of_parameters_is_read()
    {
        var f = Quote.Read((double a, double b, double c, double d, double e) => a + 2 * b + 3 * c + 4 * d + 5 * e);
        Assert.Equal(55.0, Evaluate(f, 1, 2, 3, 4, 5));
    }

    [Fact]
    public void Lambdas_mean_what_they_mean_when_compiled()
    {
        Agrees(x => -x + +x * 2 - x / 3);
        Agrees(x => checked(x * x - -x));
        Agrees(x => Math.Pow(x, 2) + Math.Cbrt(x) + Math.Log2(x) + Math.Asinh(x) + Math.Exp(x) * Math.PI);
        Agrees((x, y) => Math.Atan2(x, y) + Math.Max(x, y) - Math.Min(x, 1));
        Agrees(x => Math.Clamp(x, -1, Half) + Third);
        Agrees((x, y) => Math.FusedMultiplyAdd(x, y, Math.E));
        Agrees(x => Functions.Erf(x) + Functions.Relu(x) + Functions.Sigmoid(x) + Functions.Softplus(x) + Functions.Expm1(x));
        Agrees(x => Functions.Apply(Op.Tanh, x) + double.Log10(x));
        Agrees(x => 1 / 2 * x);
    }

    [Fact]
    public void Conditions_follow_the_comparison_also_with_NaN()
    {
        Agrees((x, y) => x < y ? 1 : 2);
        Agrees((x, y) => x > y ? x : y);
        Agrees((x, y) => x >= y ? 1 : 2);
        Agrees((x, y) => x != y ? 1 : 2);
        Agrees((x, y) => !(x < y) ? 1 : 2);
        Agrees(
            (x, y) =>
                !(x <= y) && y > 0 || x == y ? Math.Sin(x)
                : x < 0 ? y
                : 3
        );
        Agrees((x, y) => !(x < y) & y < 1 | x == 0 ? 1 : 2);
        Agrees(x => double.IsNaN(x) ? 0 : x);
    }

    [Fact]
    public void Captured_variables_are_read_once()
    {
        var (rate, steps, eager) = (1.5, 7, true);
        var settings = new { Scale = 2.0 };
        Expression<Func<double, double>> lambda = x => eager ? rate * x + steps / 2 + settings.Scale + Math.Max(x, steps) : 0;
        Agrees(lambda);
        var f = Quote.Read(lambda);
        rate = 100;
        Assert.Equal(1.5 * 2 + 3 + 2 + 7, Evaluate(f, 2));
    }

    [Fact]
    public void A_captured_lambda_is_inlined_and_its_argument_is_one_node()
    {
        Expression<Func<double, double>> square = a => a * a;
        Agrees(x => square.Compile()(x) + square.Compile()(square.Compile()(x)));
        Assert.Equal(3, Graph.size(Quote.Read((double x) => square.Compile()(Math.Sin(x))).Body));
    }

    [Fact]
    public void What_cannot_be_read_is_refused_by_name()
    {
        var (numbers, text, n, single) = (new[] { 1.0 }, "text", 3, 1.5f);
        Func<double, double> compiled = x => x;
        Expression<Func<double, double>>? self = null;
        self = x => self!.Compile()(x);

        Assert.Contains("numbers[0]", Refused((double x) => numbers[0] * x));
        Assert.Contains("System.String.IndexOf", Refused((double x) => text.IndexOf('x') * x));
        Assert.Contains("System.Random.NextDouble", Refused((double x) => Random.Shared.NextDouble() * x));
        Assert.Contains("System.MathF.Sin", Refused((double x) => MathF.Sin(single)));
        Assert.Contains("(single * 2)", Refused((double x) => single * 2));
        Assert.Contains("(n / 0)", Refused((double x) => n / (n - 3) * x).Replace("(n - 3)", "0"));
        Assert.Contains("(n > 2)", Refused((double x) => n > 2 ? x : 0));
        Assert.Contains("System.Int32", Refused((double x) => (int)x * 2.0));
        Assert.Contains("System.Single", Refused((double x) => (float)x));
        Assert.Contains("System.Math.Round", Refused((double x) => Math.Round(x, 2)));
        Assert.Contains("parameter 'k'", Refused((int k) => k * 2.0));
        Assert.Contains("parameter 'x'", Refused((double? x) => x * 2.0));
        Assert.Contains("Invoke(compiled, x)", Refused((double x) => compiled(x)));
        Assert.Contains("recursion", Refused(self));
        Assert.Contains("a condition", Refused((double x) => x > 1));
        Assert.Contains("Zautograd.Tests.LambdaTests.Helper", Refused((double x) => Helper(x)));
        Assert.Contains("Convert(x, Nullable`1)", Refused((double x) => (double?)x ?? 0.0));
    }

    static double Helper(double x) => x;
}
