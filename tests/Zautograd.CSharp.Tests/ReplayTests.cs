using System.Numerics;

namespace Zautograd.Tests;

/// <summary>Functions over values have every operator that generic functions have.</summary>
public sealed class ReplayTests
{
    // All kinds of records: operators, functions, plain numbers on either side, sums, dot products, a branch, a leaf of its own.
    static Value Mixed(Value[] v)
    {
        var sum = Value.Sum(v[0], v[1] * 2, 3 - v[2]);
        var dot = Value.Dot([v[0], v[1]], [v[1], v[2]], v[0]) + Value.Dot([v[0], v[2]], [0.5, -1]);
        var branch = v[0] > v[1] ? v[0].Exp() / v[2] : v[1].Log();
        return sum.Tanh() * dot
            + branch * Value.Softplus(v[1])
            + 2 / (v[2] * new Value(3))
            + Value.Clamp(v[0], -5, 5) * Value.Relu(v[1] + 4);
    }

    readonly struct Same : IScalarField
    {
        public T Call<T>(ReadOnlySpan<T> v)
            where T : struct, IFloatingPointIeee754<T>
        {
            static T C(double number)
            {
                return T.CreateChecked(number);
            }

            var sum = v[0] + v[1] * C(2) + (C(3) - v[2]);
            var dot = v[0] * v[1] + v[1] * v[2] + v[0] + v[0] * C(0.5) - v[2];
            var branch = v[0] > v[1] ? T.Exp(v[0]) / v[2] : T.Log(v[1]);
            return T.Tanh(sum) * dot
                + branch * T.Log(T.One + T.Exp(v[1]))
                + C(2) / (v[2] * C(3))
                + T.Clamp(v[0], -C(5), C(5)) * T.Max(v[1] + C(4), T.Zero);
        }
    }

    [Theory]
    [InlineData(1.2, -0.4, 0.7)]
    [InlineData(-0.3, 0.6, 1.9)]
    public void A_function_over_values_has_the_derivatives_of_the_generic_one(params double[] x)
    {
        double[] v = [1, -2, 0.5];
        void Close(double expected, double actual) => Assert.Equal(expected, actual, 1e-11);
        void Same(IEnumerable<double> expected, IEnumerable<double> actual) =>
            Assert.All(expected.Zip(actual), pair => Close(pair.First, pair.Second));
        var f = new Same();
        Same(Derivatives.Gradient(f, x), Derivatives.Gradient(Mixed, x));
        Same(Derivatives.HessianVector(f, x, v), Derivatives.HessianVector(Mixed, x, v));
        Same(Derivatives.Hessian(f, x).Cast<double>(), Derivatives.Hessian(Mixed, x).Cast<double>());
        Close(Derivatives.VectorHessianVector(f, x, v, v), Derivatives.VectorHessianVector(Mixed, x, v, v));
        Close(Derivatives.Laplacian(f, x), Derivatives.Laplacian(Mixed, x));
        Close(Derivatives.Jvp(f, x, v).Tangent, Derivatives.Jvp(Mixed, x, v).Tangent);
        GradientCheck.Values(Mixed, [(1, 2), (-0.5, 0.5), (0.5, 2)]).ThrowIfWrong();
    }

    [Fact]
    public void Vector_fields_and_functions_of_one_variable_are_lambdas_too()
    {
        double[] x = [0.5, 2];
        Assert.Equal(
            new[,]
            {
                { 2, 0.5 },
                { 0, 1 },
            },
            Derivatives.Jacobian(v => new[] { v[0] * v[1], v[1] }, x)
        );
        Assert.Equal([2, 0.5], Derivatives.Vjp(v => new[] { v[0] * v[1], v[1] }, x, [1, 0]).Gradient);
        Assert.Equal([4.5, 1], Derivatives.JvpVector((Value[] v) => new[] { v[0] * v[1], v[1] }, x, [2, 1]).Tangents);
        Assert.Equal(24, Derivatives.NthDerivative(v => v * v * v * v, 7.0, 4));
        Assert.Equal([0, 0], Derivatives.HessianVector(v => new Value(3), x, [1, 1]));
    }

    [Fact]
    public void A_function_over_more_records_than_a_tape_holds_has_its_product()
    {
        double[] x = [.. Enumerable.Range(0, 10_000).Select(i => 0.3 + 0.7 * Math.Sin(i))],
            v = [.. x.Select(number => 1 - number)];
        var found = Derivatives.HessianVector(w => w.Aggregate(new Value(0), (sum, each) => sum + each * each * (2 * w[0])), x, v);
        double first = 0;
        for (int i = 1; i < x.Length; i++)
        {
            first += 4 * x[i] * v[i];
            Assert.Equal(4 * (x[0] * v[i] + x[i] * v[0]), found[i], 1e-12);
        }

        Assert.Equal(first + 12 * x[0] * v[0], found[0], 1e-9);
    }

    [Fact]
    public void What_is_looked_on_by_another_observer_too_and_what_begins_inside_are_as_ever()
    {
        static Value F(Value[] v)
        {
            var inner = new Value(3);
            (inner * inner * inner).Backward(); // a step of its own, with its own gradient
            return v[0] * v[0] * v[1] * inner.Grad;
        }
        double[] x = [2, 5],
            expected = [270, 108];
        Assert.Equal(expected, Derivatives.HessianVector(F, x, [1, 0]));
        var other = new Counter();
        other.Start();
        try
        {
            Assert.Equal(expected, Derivatives.HessianVector(F, x, [1, 0]));
        }
        finally
        {
            other.Stop();
        }

        Assert.Equal(5, other.Records);
    }

    sealed class Counter : Observer
    {
        public int Records;

        internal override void Recorded(in Observation observation) => Records++;
    }

    readonly struct Cube : ICustomRule
    {
        public double Value(ReadOnlySpan<double> x) => x[0] * x[0] * x[0];

        public void Slopes<T>(ReadOnlySpan<T> x, T y, Span<T> slopes)
            where T : struct, IFloatingPointIeee754<T> => slopes[0] = T.CreateChecked(3) * x[0] * x[0];
    }

    [Fact]
    public void A_custom_rule_on_values_has_second_derivatives() =>
        Assert.Equal([12 * 5, 12], Derivatives.HessianVector(v => CustomRule.Call(new Cube(), v[0]) * v[1], [2.0, 5], [1, 0]));

    [Fact]
    public void An_expression_is_compiled_with_its_Hessian_vector_product()
    {
        double[] x = [0.7, 1.3],
            v = [2, -1],
            gradient = new double[2],
            product = new double[2];
        var formula = Symbolic.Parse("sin(x)*y^2 + exp(x*y)");
        var tangent = formula.CompileHessianVector("x", "y")(x, v, gradient, product);
        Value F(Value[] w) => w[0].Sin() * w[1] * w[1] + (w[0] * w[1]).Exp();
        Assert.All(Derivatives.Gradient(F, x).Zip(gradient), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
        Assert.All(Derivatives.HessianVector(F, x, v).Zip(product), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
        Assert.Equal(gradient[0] * 2 - gradient[1], tangent, 1e-12);
    }
}
