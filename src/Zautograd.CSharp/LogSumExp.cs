using System.Numerics;

namespace Zautograd;

/// <summary>log(exp(x0) + exp(x1) + ...) over any number; its slopes are the softmax.</summary>
/// <remarks>The greatest is taken out, so that no exponential overflows. It is only a shift, so it needs no slope of its own and no branch.</remarks>
internal static class LogSumExp
{
    public static T Of<T>(ReadOnlySpan<T> x, Span<T> slopes)
        where T : struct, IFloatingPointIeee754<T>
    {
        int greatest = 0;
        for (int i = 1; i < x.Length; i++)
            if (x[i] > x[greatest] || T.IsNaN(x[i]))
                greatest = i;
        var others = T.Zero;
        for (int i = 0; i < x.Length; i++)
        {
            slopes[i] = Weight(x[i], x[greatest]);
            if (i != greatest)
                others += slopes[i];
        }

        for (int i = 0; i < x.Length; i++)
            slopes[i] /= T.One + others;
        return x[greatest] + Slopes.LogP1(others, out _);
    }

    /// <summary>exp(a - b), which equal infinities share as equal numbers do.</summary>
    static T Weight<T>(T a, T b)
        where T : struct, IFloatingPointIeee754<T> => T.IsInfinity(a) && a == b ? T.One : T.Exp(a - b);
}
