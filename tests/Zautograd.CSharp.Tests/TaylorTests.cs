using System.Numerics;

namespace Zautograd.Tests;

public sealed class TaylorTests
{
    readonly struct Named(string name) : IFunction
    {
        public T Call<T>(T x)
            where T : struct, IFloatingPointIeee754<T> =>
            name switch
            {
                "exp" => T.Exp(x),
                "sin" => T.Sin(x),
                "tan" => T.Tan(x),
                "log1p" => T.LogP1(x),
                "geometric" => T.One / (T.One - x),
                "power" => T.Pow(T.One + x, T.CreateChecked(0.5)),
                _ => throw new ArgumentException(name),
            };
    }

    // Known series around 0.
    [Theory]
    [InlineData("exp", new[] { 1, 1, 1 / 2.0, 1 / 6.0, 1 / 24.0, 1 / 120.0 })]
    [InlineData("sin", new[] { 0, 1, 0, -1 / 6.0, 0, 1 / 120.0 })]
    [InlineData("tan", new[] { 0, 1, 0, 1 / 3.0, 0, 2 / 15.0, 0, 17 / 315.0 })]
    [InlineData("log1p", new[] { 0, 1, -1 / 2.0, 1 / 3.0, -1 / 4.0, 1 / 5.0 })]
    [InlineData("geometric", new double[] { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 })]
    [InlineData("power", new[] { 1, 1 / 2.0, -1 / 8.0, 1 / 16.0, -5 / 128.0 })]
    public void Series_are_those_of_the_books(string name, double[] expected)
    {
        var found = Derivatives.TaylorCoefficients(new Named(name), 0.0, expected.Length - 1);
        Assert.All(found.Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 1e-14));
    }

    [Fact]
    public void High_derivatives_are_those_of_nested_duals()
    {
        var third = Derivatives.SecondDerivative(new DerivativeOf<Bump>(), 0.7);
        Assert.Equal(third, Derivatives.NthDerivative(new Bump(), 0.7, 3), 1e-12);
        Assert.Equal(
            Derivatives.SecondDerivative(new DerivativeOf<DerivativeOf<Bump>>(), 0.7),
            Derivatives.NthDerivative(new Bump(), 0.7, 4),
            1e-11
        );
        Assert.Equal(new Bump().Call(0.7), Derivatives.NthDerivative(new Bump(), 0.7, 0));
        Assert.Equal(Derivatives.Derivative(new Bump(), 0.7), Derivatives.NthDerivative(new Bump(), 0.7, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Derivatives.NthDerivative(new Bump(), 0.7, -1));
    }

    [Fact]
    public void Along_a_direction_the_second_coefficient_is_half_the_curvature()
    {
        double[] x = [0.4, -0.3, 0.8],
            v = [1, 2, -1];
        var coefficients = Derivatives.TaylorCoefficients(new Mixture(), x, v, 2);
        Assert.Equal(Derivatives.Jvp(new Mixture(), x, v).Tangent, coefficients[1], 1e-12);
        Assert.Equal(Derivatives.VectorHessianVector(new Mixture(), x, v, v) / 2, coefficients[2], 1e-12);
    }

    [Fact]
    public void The_coefficient_0_is_the_value_also_where_it_is_not_a_number()
    {
        Assert.Equal(double.NaN, Derivatives.TaylorCoefficients(v => v * (1 / v), 0, 2)[0]);
        Assert.Equal(double.NaN, Derivatives.TaylorCoefficients(v => v * v.Log(), 0, 2)[0]);
        Assert.Equal(double.NaN, Derivatives.NthDerivative(v => v * (1 / v), 0, 0));
    }

    [Fact]
    public void The_operations_of_values_are_in_the_tables_order()
    {
        double[] a = [0.4, 0.3, 0.9];
        var compared = 0;
        foreach (
            var property in typeof(Op)
                .GetProperties()
                .Where(property => property.GetMethod is { IsStatic: true } && property.PropertyType == typeof(Op))
        )
        {
            var op = (Op)property.GetValue(null)!;
            if (op.IsSelect || op.IsSingleOf || op.IsSign || property.Name == "Single")
                continue;
            var arity = Rules.rule(op).Arity;
            Assert.Equal(Functions.Apply(op, a[..arity]), Slopes.Value((Operation)op.Tag, a[0], a[1], a[2]), 1e-15);
            compared++;
        }

        Assert.True(compared > 38, $"{compared}");
    }

    [Fact]
    public void Series_are_taken_over_any_number_and_inside_other_derivatives()
    {
        var found = Derivatives.TaylorCoefficients(new Bump(), 0.7, 5);
        var single = Derivatives.TaylorCoefficients(new Bump(), 0.7f, 5);
        Assert.All(found.Zip(single), pair => Assert.Equal(pair.First, pair.Second, 1e-4 * (1 + Math.Abs(pair.First))));
        // the derivative of coefficient k is k + 1 times the next one, in lambdas and in generic functions, forward and in reverse
        for (int k = 0; k < 5; k++)
        {
            double expected = (k + 1) * found[k + 1];
            Assert.Equal(
                expected,
                Derivatives.Derivative((Dual<double> x) => Derivatives.TaylorCoefficients(new Bump(), x, k)[k], 0.7),
                1e-11
            );
            Assert.Equal(expected, Derivatives.Derivative(new Coefficient(k), 0.7), 1e-11);
            Assert.Equal(expected, Derivatives.TaylorCoefficients(new Coefficient(k), 0.7, 1)[1], 1e-11);
            double[] many = [.. Enumerable.Repeat(0.7, 20)]; // in reverse
            Assert.Equal(expected, Derivatives.Gradient(new Coefficient(k), many)[0], 1e-11);
        }

        Assert.Equal(6 * found[3], Derivatives.Derivative((Dual<double> x) => Derivatives.NthDerivative(new Bump(), x, 2), 0.7), 1e-11);
        Assert.Throws<NotSupportedException>(() =>
            Derivatives.Derivative((Dual<double> x) => Derivatives.TaylorCoefficients(new Times(x), 2.0, 3)[1], 3.0)
        );
        double[] at = [0.5, 1.5],
            along = [1, -2];
        var line = Derivatives.TaylorCoefficients(new Mixture2(), at, along, 3);
        Assert.All(
            line.Zip(Derivatives.TaylorCoefficients(new Mixture2(), [0.5f, 1.5f], [1f, -2f], 3)),
            pair => Assert.Equal(pair.First, pair.Second, 1e-4 * (1 + Math.Abs(pair.First)))
        );
    }

    readonly struct Coefficient(int k) : IFunction, IScalarField
    {
        public T Call<T>(T x)
            where T : struct, IFloatingPointIeee754<T> => Derivatives.TaylorCoefficients(new Bump(), x, k)[k];

        public T Call<T>(ReadOnlySpan<T> x)
            where T : struct, IFloatingPointIeee754<T> => Call(x[0]);
    }

    readonly struct Times(Dual<double> factor) : IFunction
    {
        public T Call<T>(T x)
            where T : struct, IFloatingPointIeee754<T> => x * T.CreateChecked(factor);
    }

    readonly struct Mixture2 : IScalarField
    {
        public T Call<T>(ReadOnlySpan<T> x)
            where T : struct, IFloatingPointIeee754<T> => T.Exp(x[0] * x[1]) / (T.One + x[1] * x[1]) + T.Atan2(x[0], x[1]);
    }
}
