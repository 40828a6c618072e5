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
        var found = Derivatives.TaylorCoefficients(new Named(name), 0, expected.Length - 1);
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
}
