namespace Zautograd.Generator.Tests;

public sealed class SliceTests(ITestOutputHelper output)
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
        foreach (var file in generated.Files.Values)
            output.WriteLine(file);
        foreach (var found in generated.Diagnostics)
            output.WriteLine(found.ToString());
        var home = generated.Load().GetType("Sample.Model")!;
        var gradient = home.GetMethod("LossGradient")!.CreateDelegate<Gradient>();
        var slopes = new double[2];
        var value = gradient([1.0, 2.0], [3.0, -1.0], 0.5, slopes, out var rate);
        Assert.Equal((2.5 * 2.5 - Math.Sin(-2.5) * 0.5) / 2, value);
        Assert.Equal(2 * 2.5 * 3 / 2, slopes[0], 1e-12);
        Assert.Equal(-Math.Cos(-2.5) * -1 * 0.5 / 2, slopes[1], 1e-12);
        Assert.Equal((-5.0 + Math.Cos(-2.5) * 0.5 - Math.Sin(-2.5)) / 2, rate, 1e-12);
    }
}
