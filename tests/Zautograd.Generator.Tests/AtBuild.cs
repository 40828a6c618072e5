namespace Zautograd.Generator.Tests;

/// <summary>The generator as an analyzer of this very project, with its core beside it: what it wrote is called by name.</summary>
public static partial class AtBuild
{
    [Differentiable(Order = 2)]
    public static double Product(ReadOnlySpan<double> x, double scale)
    {
        double p = scale;
        foreach (var item in x)
            p *= item;
        return p;
    }

    [Differentiable(Order = 2)]
    public static double Gap(double x)
    {
        var gap = Math.Sqrt(x) - 2.0;
        return gap * gap;
    }

    public sealed class Tests
    {
        [Fact]
        public void TheBuildItselfDifferentiates()
        {
            var slopes = new double[3];
            var value = ProductGradient([2.0, 3.0, 5.0], 0.5, slopes, out var scaleGradient);
            Assert.Equal(15.0, value);
            Assert.Equal([7.5, 5.0, 3.0], slopes);
            Assert.Equal(30.0, scaleGradient);
            Assert.Equal(15.0, ProductTangent([2.0, 3.0, 5.0], 0.5, [1.0, 0.0, 0.0], 0.0, out var tangent));
            Assert.Equal(7.5, tangent);
            ProductHessianVector([2.0, 3.0, 5.0], 0.5, [1.0, 0.0, 0.0], 0.0, slopes, out _);
            Assert.Equal([0.0, 2.5, 1.5], slopes);
        }

        // the adjoint of the root is 0 at 4, and the root's slope may be infinite elsewhere: the guard once swallowed how the adjoint changes
        [Fact]
        public void AnAdjointOfZeroMayChange()
        {
            GapHessianVector(4.0, 1.0, out var second);
            Assert.Equal(0.125, second, 1e-15);
        }
    }
}
