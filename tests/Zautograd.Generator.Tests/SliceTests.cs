namespace Zautograd.Generator.Tests;

/// <summary>The first example: a method with loops and branches, and its gradient in closed form.</summary>
public sealed class SliceTests
{
    delegate double Gradient(ReadOnlySpan<double> w, ReadOnlySpan<double> x, double rate, Span<double> wGradient, out double rateGradient);

    const string Source = """
        namespace Sample;

        public static partial class Model
        {
            /// <summary>A loss with loops and ifs.</summary>
            [Differentiable(Order = 2)]
            public static double Loss(ReadOnlySpan<double> w, [Constant] ReadOnlySpan<double> x, double rate)
            {
                double sum = 0.0;
                for (int i = 0; i < w.Length; i++)
                {
                    double error = w[i] * x[i] - rate;
                    if (error > 0.0)
                        sum += error * error;
                    else
                        sum -= Math.Sin(error) * rate;
                }
                return sum / w.Length;
            }
        }
        """;

    [Fact]
    public void AMethodWithLoopsAndBranchesHasItsGradient()
    {
        var generated = Generated.From(Source);
        var home = generated.Load().GetType("Sample.Model")!;
        var gradient = home.GetMethod("LossGradient")!.CreateDelegate<Gradient>();
        var slopes = new double[2];
        var value = gradient([1.0, 2.0], [3.0, -1.0], 0.5, slopes, out var rate);
        Assert.Equal((2.5 * 2.5 - Math.Sin(-2.5) * 0.5) / 2, value);
        Assert.Equal(2 * 2.5 * 3 / 2, slopes[0], 1e-12);
        Assert.Equal(-Math.Cos(-2.5) * -1 * 0.5 / 2, slopes[1], 1e-12);
        Assert.Equal((-5.0 + Math.Cos(-2.5) * 0.5 - Math.Sin(-2.5)) / 2, rate, 1e-12);
    }

    delegate double Checked(ReadOnlySpan<double> x, int start, int length, int index, Span<double> xGradient);

    [Fact]
    public void WhatLeavesItsSliceFailsAsItDoesInTheMethod()
    {
        const string source = """
            public static partial class C
            {
                [Differentiable]
                public static double F(ReadOnlySpan<double> x, int start, int length, int index) { var part = x.Slice(start, length); return part[index] * part[index]; }
            }
            """;
        var gradient = Generated.From(source).Load().GetType("C")!.GetMethod("FGradient")!.CreateDelegate<Checked>();
        var slopes = new double[4];
        Assert.Equal(9.0, gradient([1.0, 2.0, 3.0, 4.0], 1, 2, 1, slopes));
        Assert.Equal([0.0, 0.0, 6.0, 0.0], slopes);
        foreach (var (start, length, index) in new[] { (1, 2, 2), (1, 2, -1), (1, 4, 0), (-1, 3, 1), (2, -1, 0), (5, 0, 0) })
            Assert.Throws<IndexOutOfRangeException>(() => gradient([1.0, 2.0, 3.0, 4.0], start, length, index, new double[4]));
    }

    delegate double Overflowing(double[,] m, int i, int k, double[,] mGradient);

    [Fact]
    public void AnIndexBeyondItsRowFails()
    {
        const string source =
            "public static partial class C { [Differentiable] public static double F(double[,] m, int i, int k) => m[i, k] * m[i, k]; }";
        var gradient = Generated.From(source).Load().GetType("C")!.GetMethod("FGradient")!.CreateDelegate<Overflowing>();
        var slopes = new double[2, 3];
        Assert.Equal(
            4.0,
            gradient(
                new double[,]
                {
                    { 1, 2, 3 },
                    { 4, 5, 6 },
                },
                0,
                1,
                slopes
            )
        );
        Assert.Equal(4.0, slopes[0, 1]);
        foreach (var (i, k) in new[] { (0, 3), (1, -1), (2, 0), (-1, 2) })
            Assert.Throws<IndexOutOfRangeException>(() => gradient(new double[2, 3], i, k, new double[2, 3]));
    }
}
