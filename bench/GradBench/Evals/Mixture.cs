using MathNet.Numerics;

namespace Zautograd.GradBench;

/// <summary>The logarithm of the likelihood of points under a mixture of normal distributions, with a Wishart prior.</summary>
static partial class Mixture
{
    sealed record Input(int D, int K, int N, double[][] X, int M, double Gamma, double[] Alpha, double[][] Mu, double[][] Q, double[][] L);

    static double LogSumExp(ReadOnlySpan<double> x)
    {
        var max = x[0];
        foreach (var value in x)
            max = Math.Max(max, value);
        var sum = 0.0;
        foreach (var value in x)
            sum += Math.Exp(value - max);
        return max + Math.Log(sum);
    }

    /// <summary>All but its constant: weights alpha[k], means mu[k][d], and roots of the inverse covariances, lower triangular, with
    /// exp q[k][d] on the diagonal and l[k][d(d-1)/2] below it, column by column.</summary>
    [Differentiable]
    public static double Objective(
        ReadOnlySpan<double> alpha,
        ReadOnlySpan<double> mu,
        ReadOnlySpan<double> q,
        ReadOnlySpan<double> l,
        [Constant] ReadOnlySpan<double> x,
        int d,
        [Constant] double gamma,
        int m
    )
    {
        var k = alpha.Length;
        var n = x.Length / d;
        var below = d * (d - 1) / 2;
        var scale = new double[k * d];
        var sums = new double[k];
        for (var c = 0; c < k; c++)
        {
            for (var j = 0; j < d; j++)
            {
                sums[c] += q[c * d + j];
                scale[c * d + j] = Math.Exp(q[c * d + j]);
            }
        }

        double[] term = new double[k],
            centred = new double[d],
            turned = new double[d];
        var result = 0.0;
        for (var i = 0; i < n; i++)
        {
            for (var c = 0; c < k; c++)
            {
                for (var j = 0; j < d; j++)
                {
                    centred[j] = x[i * d + j] - mu[c * d + j];
                    turned[j] = scale[c * d + j] * centred[j];
                }
                var place = c * below;
                for (var j = 0; j < d; j++)
                {
                    for (var row = j + 1; row < d; row++)
                        turned[row] += l[place + row - j - 1] * centred[j];
                    place += d - 1 - j;
                }
                var square = 0.0;
                for (var j = 0; j < d; j++)
                    square += turned[j] * turned[j];
                term[c] = alpha[c] + sums[c] - 0.5 * square;
            }
            result += LogSumExp(term);
        }

        var norm = 0.0;
        for (var i = 0; i < scale.Length; i++)
            norm += scale[i] * scale[i];
        for (var i = 0; i < l.Length; i++)
            norm += l[i] * l[i];
        result -= n * LogSumExp(alpha) + 0.5 * gamma * gamma * norm;
        for (var c = 0; c < k; c++)
            result += m * sums[c];
        return result;
    }

    /// <summary>What does not depend on the parameters.</summary>
    static double Constant(Input input)
    {
        double d = input.D,
            degrees = input.D + input.M + 1;
        var multigamma = d * (d - 1) / 4 * Math.Log(Math.PI);
        for (var j = 1; j <= input.D; j++)
            multigamma += SpecialFunctions.GammaLn(degrees / 2 + (1.0 - j) / 2);
        return -input.N * (d / 2) * Math.Log(2 * Math.PI) + input.K * (degrees * d * Math.Log(input.Gamma / Math.Sqrt(2)) - multigamma);
    }

    public static Eval Eval { get; } =
        new()
        {
            {
                "objective",
                (Input input) =>
                {
                    double[] mu = Rows.Flat(input.Mu),
                        q = Rows.Flat(input.Q),
                        l = Rows.Flat(input.L),
                        x = Rows.Flat(input.X);
                    var result = 0.0;
                    return new(
                        () => result = Objective(input.Alpha, mu, q, l, x, input.D, input.Gamma, input.M) + Constant(input),
                        () => result
                    );
                }
            },
            {
                "jacobian",
                (Input input) =>
                {
                    double[] mu = Rows.Flat(input.Mu),
                        q = Rows.Flat(input.Q),
                        l = Rows.Flat(input.L),
                        x = Rows.Flat(input.X);
                    double[] alphas = new double[input.K],
                        mus = new double[mu.Length],
                        qs = new double[q.Length],
                        ls = new double[l.Length];
                    return new(
                        () => ObjectiveGradient(input.Alpha, mu, q, l, x, input.D, input.Gamma, input.M, alphas, mus, qs, ls),
                        () =>
                            new
                            {
                                alpha = alphas,
                                mu = Rows.Of(mus, input.D, input.K),
                                q = Rows.Of(qs, input.D, input.K),
                                l = Rows.Of(ls, input.D * (input.D - 1) / 2, input.K),
                            }
                    );
                }
            },
        };
}
