using System.Numerics;

namespace Zautograd.Generator.Tests;

/// <summary>Both instances of generic methods, functions that are called as they are, structs of several types: as the build itself takes them, beside known numbers.</summary>
public static partial class Instances
{
    [Differentiable]
    public static T Polynomial<T>(ReadOnlySpan<T> coefficients, T x)
        where T : IFloatingPointIeee754<T>
    {
        T sum = T.Zero;
        foreach (var coefficient in coefficients)
            sum = T.FusedMultiplyAdd(sum, x, coefficient);
        return sum / T.CreateChecked(3);
    }

    [Differentiable]
    public static T Energy<T>(T x, T y)
        where T : IRootFunctions<T> => T.One / T.Sqrt(x * x + y * y);

    [Differentiable]
    public static float Force(float x)
    {
        EnergyGradient(x, 2f, out float byX, out float _);
        return byX * 0.1f;
    }

    [Differentiable]
    public static double Difference(double a, double b, double c) => Math.FusedMultiplyAdd(a, b, c);

    [Differentiable]
    public static double Root(double x, int n) => double.RootN(x, n);

    [Differentiable]
    public static double Wave(double x) => double.SinPi(x);

    [Differentiable]
    public static double Larger(double x, double y) => Math.MaxMagnitude(x, y);

    [Differentiable]
    public static double Signed(double x, double y) => Math.CopySign(x, y);

    public struct Account
    {
        public int Moves;
        public double Balance;
        public bool IsOpen;

        public void Move(double amount)
        {
            Balance += amount;
            Moves++;
        }
    }

    public readonly record struct Holding(long Pieces, (double Price, int Places) Last, Account Owner);

    [Differentiable(Order = 2)]
    public static double Worth(Holding holding, double rate)
    {
        var owner = holding.Owner;
        owner.Move(rate * holding.Pieces * holding.Last.Price);
        owner.Move(holding.Last.Places);
        return owner.IsOpen ? owner.Balance * owner.Moves * rate : 0.0;
    }

    public sealed class Tests
    {
        [Fact]
        public void AGenericMethodHasAGradientForDoublesAndOneForFloats()
        {
            // x^2 + 3 x + 1, by 3
            double[] wide = [1.0, 3.0, 1.0];
            float[] single = [1f, 3f, 1f];
            Assert.Equal(Polynomial<double>(wide, 0.7), PolynomialGradient(wide, 0.7, new double[3], out double slope));
            Assert.Equal((1.4 + 3.0) / 3.0, slope, 1e-15);
            var byCoefficients = new float[3];
            Assert.Equal(Polynomial<float>(single, 0.7f), PolynomialGradient(single, 0.7f, byCoefficients, out float singleSlope));
            // in exact arithmetic at the float 0.7f, rounded once
            Assert.Equal((float)((2.0 * 0.7f + 3.0) / 3.0), singleSlope);
            Assert.Equal([(float)((double)0.7f * 0.7f / 3.0), (float)(0.7f / 3.0), (float)(1.0 / 3.0)], byCoefficients);
            Assert.Equal(Polynomial<float>(single, 0.7f), PolynomialTangent(single, 0.7f, [0f, 0f, 0f], 1f, out float tangent));
            Assert.Equal(singleSlope, tangent);
        }

        [Fact]
        public void AMethodOfFloatsMayCallTheGradientOfTheInstance()
        {
            // -x / r^3, and 3 x^2 / r^5 - 1 / r^3; the value is the method's own, rounded where it rounds
            for (int i = 1; i <= 20; i++)
                Assert.Equal(Force(0.1f * i), ForceGradient(0.1f * i, out _));
            ForceGradient(1.5f, out var slope);
            Assert.Equal(-0.0096f, Force(1.5f), 1e-8f);
            Assert.Equal(0.1f * (3f * 2.25f / 97.65625f - 1f / 15.625f), slope, 1e-8f);
        }

        [Fact]
        public void FunctionsThatAreCalledHaveTheSlopesOfTheTable()
        {
            // 0.1 is 2^-54 / 10 above a tenth
            Assert.Equal(Math.Pow(2.0, -54), DifferenceGradient(0.1, 10.0, -1.0, out var byA, out var byB, out var byC));
            Assert.Equal((10.0, 0.1, 1.0), (byA, byB, byC));
            // the machine gives 3.0000000000000004
            Assert.Equal(double.RootN(27.0, 3), RootGradient(27.0, 3, out var slope));
            Assert.Equal(1.0 / 27.0, slope, 1e-16);
            Assert.Equal(2.0, RootGradient(2.0, 1, out slope));
            Assert.Equal(1.0, slope);
            Assert.Equal(-2.0, RootGradient(-32.0, 5, out slope), 1e-15);
            Assert.Equal(1.0 / 80.0, slope, 1e-16);
            // a million half turns more or less change nothing
            WaveGradient(1e6 + 0.25, out slope);
            Assert.Equal(Math.PI * Math.Sqrt(0.5), slope, 1e-14);
        }

        [Fact]
        public void TheConventionsHoldAtKinks()
        {
            RootGradient(0.0, 3, out var slope);
            Assert.Equal(double.PositiveInfinity, slope);
            RootTangent(0.0, 3, 0.0, out var tangent);
            Assert.Equal(0.0, tangent);
            Assert.Equal(2.0, LargerGradient(2.0, 2.0, out var byX, out var byY));
            Assert.Equal((0.5, 0.5), (byX, byY));
            Assert.Equal(2.0, LargerGradient(-2.0, 2.0, out byX, out byY));
            Assert.Equal((0.0, 1.0), (byX, byY));
            Assert.Equal(-3.0, SignedGradient(3.0, -0.0, out byX, out byY));
            Assert.Equal((-1.0, 0.0), (byX, byY));
            SignedGradient(0.0, 1.0, out byX, out _);
            Assert.Equal(0.0, byX);
        }

        [Fact]
        public void AStructOfSeveralTypesHasAGradientOfItsDoubles()
        {
            // (b + r p q + k) (m + 2) r
            var holding = new Holding(
                3,
                (1.5, 2),
                new Account
                {
                    Moves = 4,
                    Balance = 10.0,
                    IsOpen = true,
                }
            );
            Assert.Equal((10.0 + 0.5 * 4.5 + 2.0) * 6.0 * 0.5, WorthGradient(holding, 0.5, out var gradient, out var byRate));
            Assert.Equal(3.0, gradient.Owner.Balance);
            Assert.Equal(0.5 * 3.0 * 3.0, gradient.Last.Price);
            Assert.Equal(6.0 * (10.0 + 2.0 * 0.5 * 4.5 + 2.0), byRate);
            Assert.Equal((0L, 0, 0, false), (gradient.Pieces, gradient.Last.Places, gradient.Owner.Moves, gradient.Owner.IsOpen));
            var direction = new Holding(0, (0.0, 0), new Account { Balance = 1.0 });
            WorthHessianVector(holding, 0.5, direction, 0.0, out var product, out var byRateTwice);
            Assert.Equal((0.0, 0.0, 6.0), (product.Owner.Balance, product.Last.Price, byRateTwice));
            WorthTangent(holding, 0.5, direction, 1.0, out var tangent);
            Assert.Equal(3.0 + byRate, tangent);
            Assert.Equal(0.0, WorthGradient(holding with { Owner = default }, 0.5, out gradient, out _));
            Assert.Equal(default, gradient);
        }
    }
}
