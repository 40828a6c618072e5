using System.Numerics;

namespace Zautograd.Tests;

public sealed class DerivativesTests
{
    static double[] Point(int n) => [.. Enumerable.Range(0, n).Select(i => 0.3 + 0.7 * Math.Sin(1 + 2.3 * i))];

    static double[] Direction(int n) => [.. Enumerable.Range(0, n).Select(i => Math.Cos(0.5 + 1.7 * i))];

    static void Close(double expected, double actual, double tolerance = 1e-11) =>
        Assert.True(Math.Abs(expected - actual) <= tolerance * (1 + Math.Abs(expected)), $"{actual}, not {expected}");

    static void Close(IReadOnlyList<double> expected, IReadOnlyList<double> actual, double tolerance = 1e-11)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (int i = 0; i < expected.Count; i++)
            Close(expected[i], actual[i], tolerance);
    }

    static void Close(double[,] expected, double[,] actual) => Close([.. expected.Cast<double>()], [.. actual.Cast<double>()]);

    // By hand: what is known from outside.
    static double[] RosenbrockGradient(double[] x) =>
        [
            .. Enumerable
                .Range(0, x.Length)
                .Select(i =>
                    (i + 1 < x.Length ? -400 * x[i] * (x[i + 1] - x[i] * x[i]) - 2 * (1 - x[i]) : 0)
                    + (i > 0 ? 200 * (x[i] - x[i - 1] * x[i - 1]) : 0)
                ),
        ];

    static double[] RosenbrockHessian(double[] x, double[] v) =>
        [
            .. Enumerable
                .Range(0, x.Length)
                .Select(i =>
                    (i + 1 < x.Length ? (1200 * x[i] * x[i] - 400 * x[i + 1] + 2) * v[i] - 400 * x[i] * v[i + 1] : 0)
                    + (i > 0 ? 200 * v[i] - 400 * x[i - 1] * v[i - 1] : 0)
                ),
        ];

    [Theory]
    [InlineData(2)]
    [InlineData(8)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(1000)]
    public void Rosenbrock_has_the_derivatives_worked_out_by_hand(int n)
    {
        double[] x = Point(n),
            v = Direction(n);
        var gradient = RosenbrockGradient(x);
        Close(gradient, Derivatives.Gradient(new Rosenbrock(), x));
        Close(RosenbrockHessian(x, v), Derivatives.HessianVector(new Rosenbrock(), x, v));
        Close(gradient.Zip(v, (g, d) => g * d).Sum(), Derivatives.Jvp(new Rosenbrock(), x, v).Tangent);
        var curvature = RosenbrockHessian(x, v).Zip(v, (h, d) => h * d).Sum();
        Close(curvature, Derivatives.VectorHessianVector(new Rosenbrock(), x, v, v));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(21)]
    public void All_ways_agree(int n)
    {
        double[] x = Point(n),
            v = Direction(n);
        var f = new Mixture();
        var (value, gradient) = Derivatives.ValueAndGradient(f, x);
        Assert.Equal(f.Call<double>(x), value);

        // forward in lanes, reverse, one direction at a time
        var reverse = new double[n];
        Assert.Equal(value, ReverseMode.Gradient<Mixture, double>(f, x, reverse));
        Close(reverse, gradient);
        Close(gradient.Zip(v, (g, d) => g * d).Sum(), Derivatives.Jvp(f, x, v).Tangent);

        // Hessian: reverse over lanes; its columns: reverse over duals; forward over the gradient; reverse over reverse
        var hessian = Derivatives.Hessian(f, x);
        double[] product = [.. Enumerable.Range(0, n).Select(i => Enumerable.Range(0, n).Sum(j => hessian[i, j] * v[j]))];
        Close(product, Derivatives.HessianVector(f, x, v));
        var slope = new GradientOf<Mixture>(f);
        Close(hessian, Derivatives.Jacobian(slope, x, Jacobians.Forward));
        Close(hessian, Derivatives.Jacobian(slope, x, Jacobians.Reverse));
        Close(product, Derivatives.JvpVector(slope, x, v).Tangents);
        Close(product, Derivatives.Vjp(slope, x, v).Gradient);
        Close(v.Zip(product, (a, b) => a * b).Sum(), Derivatives.VectorHessianVector(f, x, v, v));
        var trace = Enumerable.Range(0, n).Sum(i => hessian[i, i]);
        Close(trace, Derivatives.Laplacian(f, x));
        Close(trace, Derivatives.Divergence(slope, x));
    }

    [Theory]
    [InlineData(0.0, 0.0)]
    [InlineData(0.0, 1.0)]
    [InlineData(-1.0, 2.0)]
    [InlineData(double.NaN, 1.0)]
    [InlineData(double.PositiveInfinity, 1.0)]
    public void Products_of_few_variables_are_those_of_a_sweep_at_kinks_and_poles(double at, double along)
    {
        double[] x = [at, 0.5, -0.0],
            v = [along, 0, 1];
        double[] product = Derivatives.HessianVector(new Kinks(), x, v);
        Assert.Equal(Derivatives.VectorHessianVector(new Kinks(), x, v, [1.0, 0, 0]), product[0]);
        Assert.Equal(Derivatives.VectorHessianVector(new Kinks(), x, v, [0.0, 1, 0]), product[1]);
        Assert.Equal(Derivatives.VectorHessianVector(new Kinks(), x, v, [0.0, 0, 1]), product[2]);
    }

    readonly struct Kinks : IScalarField
    {
        public T Call<T>(ReadOnlySpan<T> x)
            where T : struct, IFloatingPointIeee754<T> =>
            T.Sqrt(x[0]) * x[1] + T.Max(x[0], x[2]) * T.Abs(x[1]) + T.Exp(x[0]) / (T.One + x[2] * x[2]) + x[0] * x[0] * T.Atan2(x[2], x[1]);
    }

    [Fact]
    public void Other_numbers_have_all_operators_too()
    {
        float[] x = [0.5f, -0.25f, 1.5f],
            v = [1, 2, 3];
        double[] exact = Array.ConvertAll(x, number => (double)number),
            direction = Array.ConvertAll(v, number => (double)number);
        Close(
            Derivatives.Gradient(new Mixture(), exact),
            Array.ConvertAll(Derivatives.Gradient(new Mixture(), x), number => (double)number),
            1e-5
        );
        Close(
            Derivatives.HessianVector(new Mixture(), exact, direction),
            Array.ConvertAll(Derivatives.HessianVector(new Mixture(), x, v), number => (double)number),
            1e-5
        );
        Close(
            [.. Derivatives.Hessian(new Mixture(), exact).Cast<double>()],
            [.. Derivatives.Hessian(new Mixture(), x).Cast<float>().Select(number => (double)number)],
            1e-5
        );
        Assert.Equal(12f, Derivatives.Derivative(new Cubed(), 2f));
        Assert.Equal((Half)12, Derivatives.SecondDerivative(new Cubed(), (Half)2));
    }

    [Fact]
    public void A_Jacobian_is_the_same_forward_and_in_reverse_and_at_other_numbers()
    {
        double[] x = [2, 0.7, 0.4];
        var jacobian = Derivatives.Jacobian(new Spherical(), x);
        Close(jacobian, Derivatives.Jacobian(new Spherical(), x, Jacobians.Forward));
        Close(jacobian, Derivatives.Jacobian(new Spherical(), x, Jacobians.Reverse));
        // the determinant of spherical coordinates is r^2 sin(theta)
        var determinant = Enumerable
            .Range(0, 3)
            .Sum(j =>
                jacobian[0, j] * (jacobian[1, (j + 1) % 3] * jacobian[2, (j + 2) % 3] - jacobian[1, (j + 2) % 3] * jacobian[2, (j + 1) % 3])
            );
        Close(4 * Math.Sin(0.7), determinant);
        var duals = Derivatives.Jacobian<Spherical, Dual<double>>(new Spherical(), [2, Dual.Variable(0.7), 0.4]);
        Close(jacobian, Plain(duals, number => number.Value));
        Close(2 * Math.Cos(0.7) * Math.Cos(0.4), duals[0, 1].Value);
        Close(-2 * Math.Sin(0.7) * Math.Cos(0.4), duals[0, 1].Tangent);
    }

    static double[,] Plain(Dual<double>[,] numbers, Func<Dual<double>, double> part)
    {
        var plain = new double[numbers.GetLength(0), numbers.GetLength(1)];
        for (int i = 0; i < plain.GetLength(0); i++)
        for (int j = 0; j < plain.GetLength(1); j++)
            plain[i, j] = part(numbers[i, j]);
        return plain;
    }

    [Fact]
    public void Lambdas_have_the_operators_of_their_numbers()
    {
        double[] x = [0.5, 2];
        Assert.Equal([2, 0.5], Derivatives.Gradient(v => v[0] * v[1], x));
        Assert.Equal([2, 0.5], Derivatives.Gradient((Dual<double>[] v) => v[0] * v[1], x));
        Assert.Equal([0, 0], Derivatives.Gradient(v => new Value(3), x));
        Assert.Equal((1, 4.5), Derivatives.Jvp((Dual<double>[] v) => v[0] * v[1], x, [2, 1]));
        Assert.Equal(6, Derivatives.Derivative(y => y * y, 3.0));
        Assert.Equal(
            new double[,]
            {
                { 2, 0.5 },
                { 0, 1 },
            },
            Derivatives.Jacobian((Dual<double>[] v) => new[] { v[0] * v[1], v[1] }, x)
        );
        Assert.Equal(3, Derivatives.Divergence((Dual<double>[] v) => new[] { v[0] * v[1], v[1] }, x));
        Assert.Equal([0, 0, 2], Derivatives.Curl((Dual<double>[] v) => new[] { -v[1], v[0], 0 * v[2] }, [1, 2, 3]));
    }

    [Fact]
    public void A_lambda_may_write_to_the_array_it_gets()
    {
        static Value F(Value[] v)
        {
            v[0] = v[0] * v[1];
            return v[0] * v[0];
        }

        static Value Median(Value[] v)
        {
            Array.Sort(v);
            return v[1];
        }

        double[] x = [3, 2];
        Assert.Equal([24, 36], Derivatives.Gradient(F, x));
        Assert.Equal([0, 0, 1], Derivatives.Gradient(Median, [7, 3, 5]));
        Assert.Equal([80, 78], Derivatives.HessianVector(F, x, [1, 3]));
        Assert.Equal([24, 36], Derivatives.Vjp(v => [F(v)], x, [1]).Gradient);
        Assert.Equal(
            new double[,]
            {
                { 24, 36 },
            },
            Derivatives.Jacobian(v => [F(v)], x)
        );
        Assert.Equal([24, 36], SparseJacobian.Of(v => [F(v)], x).At(x).Values);
        Assert.Equal([3, 2], x);
    }

    [Fact]
    public void A_lambda_of_one_variable_runs_on_duals_unless_it_says_that_it_is_one_over_values()
    {
        static double At(double x) => Math.Sin(x) * x;
        var (h, x) = (1e-4, 0.7);
        var slope = (At(x + h) - At(x - h)) / (2 * h);
        var second = (At(x + h) - 2 * At(x) + At(x - h)) / (h * h);
        Assert.Equal(slope, Derivatives.Derivative((Value v) => v.Sin() * v, x), 1e-6);
        Assert.Equal(
            Derivatives.ValueAndDerivative(v => Dual<double>.Sin(v) * v, x),
            Derivatives.ValueAndDerivative((Value v) => v.Sin() * v, x)
        );
        Assert.Equal(second, Derivatives.SecondDerivative((Value v) => v.Sin() * v, x), 1e-5);
        Assert.Equal(second, Derivatives.SecondDerivative(v => Dual<Dual<double>>.Sin(v) * v, x), 1e-5);
        Assert.Equal(12f, Derivatives.SecondDerivative(v => v * v * v, 2f));
        // duals of duals hold the outer derivative, which the inner one must not take for its own
        Assert.Equal(6, Derivatives.Derivative(y => Derivatives.SecondDerivative(v => v * v * v, y), 2.0));
        Assert.Throws<InvalidOperationException>(() =>
            Derivatives.Derivative<Dual<double>>(y => y * new Dual<Dual<double>>(Derivatives.SecondDerivative(v => y * v * v, 2.0)), 3.0)
        );
        Assert.Throws<InvalidOperationException>(() =>
            Derivatives.Gradient(w => w[0] * Derivatives.Derivative((Value v) => w[0] * v, 2.0), [3.0])
        );
    }

    [Fact]
    public void Values_come_with_the_derivatives_of_lambdas()
    {
        double[] x = [0.5, 2];
        Value[] Pair(Value[] v) => [v[0] * v[1].Exp(), v[1] / v[0], v[0]];
        var (values, jacobian) = Derivatives.ValuesAndJacobian(Pair, x);
        Assert.Equal(Derivatives.Vjp(Pair, x, [1, 1, 1]).Values, values);
        Close(jacobian, Derivatives.ValuesAndJacobian(Pair, x, Jacobians.Forward).Jacobian);
        Close(jacobian, Derivatives.ValuesAndJacobian(Pair, x, Jacobians.Reverse).Jacobian);
        var duals = Derivatives.ValuesAndJacobian((Dual<double>[] v) => new[] { v[0] * Dual<double>.Exp(v[1]), v[1] / v[0], v[0] }, x);
        Assert.Equal(values, duals.Values);
        Close(jacobian, duals.Jacobian);
        var (value, gradient) = Derivatives.ValueAndGradient((Dual<double>[] v) => v[0] * Dual<double>.Exp(v[1]), x);
        Assert.Equal(values[0], value);
        Assert.Equal([jacobian[0, 0], jacobian[0, 1]], gradient);
        Assert.Throws<ArgumentException>(() => Derivatives.ValueAndGradient((Dual<double>[] v) => new Dual<double>(1), []));
        Assert.Throws<ArgumentException>(() => Derivatives.ValuesAndJacobian((Dual<double>[] v) => v, []));
    }

    [Fact]
    public void Lambdas_over_duals_of_duals_have_second_derivatives_and_over_duals_the_vjp()
    {
        double[] x = [0.7, -1.3, 2.1],
            left = [1, -0.5, 0.25],
            right = [0.3, 2, -1];
        static Dual<Dual<double>> F(Dual<Dual<double>>[] v) => Dual<Dual<double>>.Exp(v[0] * v[1]) + v[1] * v[2] * v[2] / v[0];
        static Value G(Value[] v) => (v[0] * v[1]).Exp() + v[1] * v[2] * v[2] / v[0];
        Assert.Equal(Derivatives.VectorHessianVector(G, x, left, right), Derivatives.VectorHessianVector<double>(F, x, left, right), 1e-12);
        AssertEach(Derivatives.HessianVector(G, x, right), Derivatives.HessianVector<double>(F, x, right));
        AssertEach(Derivatives.Hessian(G, x).Cast<double>(), Derivatives.Hessian<double>(F, x).Cast<double>());
        Assert.Equal(Derivatives.Laplacian(G, x), Derivatives.Laplacian<double>(F, x), 1e-12);
        static Dual<double>[] Field(Dual<double>[] v) => [v[0] * v[1], Dual<double>.Sin(v[2])];
        var (values, gradient) = Derivatives.Vjp<double>(Field, x, [2, -3]);
        AssertEach([x[0] * x[1], Math.Sin(x[2])], values);
        AssertEach([2 * x[1], 2 * x[0], -3 * Math.Cos(x[2])], gradient);
        // a lambda that says nothing of its type goes over values
        Assert.Equal([3.0, 4.0], Derivatives.Vjp(v => new[] { v[0] * v[1] }, [4.0, 3.0], [1.0]).Gradient);
        Assert.Throws<ArgumentException>(() => Derivatives.Vjp<double>(Field, x, [1]));
        Assert.Throws<ArgumentException>(() => Derivatives.VectorHessianVector<double>(F, x, left, [1]));
        Assert.Equal("direction", Assert.Throws<ArgumentException>(() => Derivatives.HessianVector<double>(F, x, [1])).ParamName);
        int runs = 0;
        Assert.Contains(
            "2 result(s), and 1",
            Assert
                .Throws<ArgumentException>(() => Derivatives.Vjp<double>(v => runs++ == 0 ? [v[0], v[1]] : [v[0]], [1, 2], [1, 1]))
                .Message
        );
        Assert.Throws<ArgumentException>(() => Derivatives.VectorHessianVector<double>(F, x, [1], right));
        // inside another derivative: d/dt of the Laplacian of t * u^3 at u = 2
        Assert.Equal(
            12,
            Derivatives.Derivative(
                t =>
                    Derivatives.Laplacian<Dual<double>>(
                        u => new Dual<Dual<Dual<double>>>(new Dual<Dual<double>>(t)) * u[0] * u[0] * u[0],
                        [new(2)]
                    ),
                5.0
            )
        );

        static void AssertEach(IEnumerable<double> expected, IEnumerable<double> found) =>
            Assert.All(expected.Zip(found, (e, f) => (e, f)), pair => Assert.Equal(pair.e, pair.f, 1e-12));
    }

    [Fact]
    public void Wrong_shapes_are_refused_by_name()
    {
        double[] x = [1, 2];
        Assert.Contains("direction", Assert.Throws<ArgumentException>(() => Derivatives.Jvp(new Rosenbrock(), x, [1.0])).Message);
        Assert.Contains("3 results", Assert.Throws<ArgumentException>(() => Derivatives.Vjp(new Spherical(), [1.0, 2, 3], [1.0])).Message);
        Assert.Contains(
            "gradient",
            Assert.Throws<ArgumentException>(() => Derivatives.ValueAndGradient(new Rosenbrock(), x, new double[3])).Message
        );
        Assert.Throws<ArgumentException>(() => Derivatives.Curl(new GradientOf<Rosenbrock>(), [1.0, 2, 3, 4]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Derivatives.Jacobian(new Spherical(), [1.0, 2, 3], (Jacobians)7));
    }

    // --- cost

    [Theory]
    [InlineData(10)]
    [InlineData(1000)]
    [InlineData(10_000)]
    public void A_Hessian_vector_product_costs_at_most_four_gradients(int n)
    {
        double[] x = Point(n),
            v = Direction(n);
        var counted = Array.ConvertAll(x, number => new Active<double, Counting>(number));
        var directions = Array.ConvertAll(v, number => new Active<double, Counting>(number));
        var gradient = Counting.During(() => Derivatives.Gradient<Rosenbrock, Active<double, Counting>>(new Rosenbrock(), counted));
        var product = Counting.During(() =>
            Derivatives.HessianVector<Rosenbrock, Active<double, Counting>>(new Rosenbrock(), counted, directions)
        );
        Assert.InRange(gradient, 10 * (n - 1), 40 * n);
        Assert.True(product <= 4 * gradient, $"{product} operations for a product, {gradient} for a gradient");
    }
}

/// <summary>Counts the operations on a number, whatever they are.</summary>
internal readonly struct Counting : ITangent<double, Counting>
{
    [ThreadStatic]
    static long count;

    public static long During(Action action)
    {
        count = 0;
        action();
        return count;
    }

    static Counting Count()
    {
        count++;
        return default;
    }

    public bool Equals(Counting other) => true;

    public static Counting Negate(Active<double, Counting> a) => Count();

    public static Counting Add(Active<double, Counting> a, Active<double, Counting> b) => Count();

    public static Counting Subtract(Active<double, Counting> a, Active<double, Counting> b) => Count();

    public static Counting Chain(Op op, Active<double, Counting> a, double slopeA) => Count();

    public static Counting Chain(Op op, Active<double, Counting> a, double slopeA, Active<double, Counting> b, double slopeB) => Count();

    public static Counting Chain(
        Op op,
        Active<double, Counting> a,
        double slopeA,
        Active<double, Counting> b,
        double slopeB,
        Active<double, Counting> c,
        double slopeC
    ) => Count();

    public static Counting Chain<TRule>(TRule rule, ReadOnlySpan<Active<double, Counting>> arguments, ReadOnlySpan<double> slopes)
        where TRule : ICustomRule => Count();
}
