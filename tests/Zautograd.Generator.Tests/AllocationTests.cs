namespace Zautograd.Generator.Tests;

/// <summary>In steady state a derivative allocates nothing.</summary>
public sealed class AllocationTests
{
    delegate double Gradient(ReadOnlySpan<double> w, double rate, Span<double> wGradient, out double rateGradient);
    delegate double Tangent(ReadOnlySpan<double> w, double rate, ReadOnlySpan<double> wTangent, double rateTangent, out double tangent);
    delegate double Hessian(
        ReadOnlySpan<double> w,
        double rate,
        ReadOnlySpan<double> wDirection,
        double rateDirection,
        Span<double> wProduct,
        out double rateProduct
    );

    const string Source = """
        public static partial class C
        {
            static double Inner(ReadOnlySpan<double> w) { double p = 1; foreach (var x in w) p = p * x + Math.Sin(p); return p; }

            [Differentiable(Order = 2)]
            public static double F(ReadOnlySpan<double> w, double rate)
            {
                var t = new double[w.Length];
                for (int i = 0; i < w.Length; i++)
                    t[i] = w[i] * w[i];
                double sum = 0;
                int rounds = 0;
                while (rounds < 5) { sum = sum * rate + Inner(t) * Inner(w[1..]); rounds++; if (sum > 100) break; }
                return sum;
            }
        }
        """;

    [Fact]
    public void NothingIsAllocatedPerCall()
    {
        var home = Generated.From(Source).Load().GetType("C")!;
        var gradient = home.GetMethod("FGradient")!.CreateDelegate<Gradient>();
        var tangent = home.GetMethod("FTangent")!.CreateDelegate<Tangent>();
        var hessian = home.GetMethod("FHessianVector")!.CreateDelegate<Hessian>();
        double[] w = [0.3, 0.5, 0.7, 0.2],
            slopes = new double[4],
            direction = [1, 2, 3, 4];
        void all()
        {
            gradient(w, 0.4, slopes, out _);
            tangent(w, 0.4, direction, 1.0, out _);
            hessian(w, 0.4, direction, 1.0, slopes, out _);
        }
        for (int i = 0; i < 50; i++)
            all();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
            all();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void SpansThatOverlapAreRefused()
    {
        var gradient = Generated.From(Source).Load().GetType("C")!.GetMethod("FGradient")!.CreateDelegate<Gradient>();
        double[] w = [0.3, 0.5, 0.7, 0.2];
        var refused = Assert.Throws<ArgumentException>(() => gradient(w, 0.4, w, out _));
        Assert.Contains("wGradient and w overlap", refused.Message);
        Assert.Throws<ArgumentException>(() => gradient(w, 0.4, new double[3], out _));
    }
}
