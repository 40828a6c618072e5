using Zautograd;

namespace Zautograd.Generator.Tests.Methods;

/// <summary>Methods over float: every value is rounded as .NET rounds it. Their slopes are compared with those of the same text over double.</summary>
public static partial class Floats
{
    const float Half = 0.5f;
    static readonly float Rate = 0.1f;
    static readonly float[] Weights = [0.1f, 0.2f, 0.3f, 0.4f];

    public readonly record struct Point(float X, float Y)
    {
        public static Point operator +(Point a, Point b) => new(a.X + b.X, a.Y + b.Y);

        public float Length => MathF.Sqrt(X * X + Y * Y);
    }

    [Differentiable(Order = 2)]
    public static float Polynomial(float x, float y) => x * x * y - 3f * x / y + Half * y - 0.1f;

    [Differentiable]
    public static float Trigonometry(float x) =>
        MathF.Sin(x) * MathF.Cos(x) + MathF.Tan(x / 2) - MathF.Asin(x / 2) + MathF.Acos(x / 3) * MathF.Atan(x);

    [Differentiable]
    public static float Hyperbolic(float x) =>
        MathF.Sinh(x) + MathF.Cosh(x) * MathF.Tanh(x) - MathF.Asinh(x) + MathF.Atanh(x / 2) + MathF.Acosh(x + 1.1f);

    [Differentiable]
    public static float Exponentials(float x, float y) =>
        MathF.Exp(-x * y)
        + MathF.Log(x) * MathF.Log10(y)
        + MathF.Log2(x + y)
        + MathF.Sqrt(x)
        + MathF.Cbrt(y)
        + MathF.Pow(x, y)
        + MathF.Atan2(x, y)
        + MathF.Log(x, 3f);

    [Differentiable]
    public static float OfFloat(float x, float y) =>
        float.Exp(x) + float.Hypot(x, y) + float.ExpM1(x) + float.LogP1(y) + float.Exp2(x) + float.DegreesToRadians(y) + float.AtanPi(x);

    [Differentiable]
    public static float Kinks(float x, float y) =>
        MathF.Abs(x - 1f) * MathF.Max(x, y)
        + Math.Min(x, 2f * y)
        + Math.Clamp(y, 0.5f, 1f)
        + MathF.Floor(3f * x) * y
        + MathF.Truncate(y * 2f) * x
        + MathF.Sign(x - y) * x;

    [Differentiable]
    public static float Sum(ReadOnlySpan<float> x, [Constant] ReadOnlySpan<float> w)
    {
        float sum = 0f;
        for (int i = 0; i < x.Length; i++)
            sum += x[i] * x[i] * w[i];
        return sum / x.Length + Rate * sum;
    }

    [Differentiable(Order = 2)]
    public static float LogSumExp(float[] x)
    {
        float most = x[0];
        foreach (var number in x)
            most = MathF.Max(most, number);
        float sum = 0;
        foreach (var number in x)
            sum += MathF.Exp(number - most);
        return most + MathF.Log(sum);
    }

    [Differentiable]
    public static double Mixed(float x, double y, int n)
    {
        float small = (float)(x * y) + n;
        double wide = small * 0.1 + x;
        x += 0.3f;
        x *= n + 1;
        x++;
        return wide * x + (float)y * small + Math.Sin(x);
    }

    [Differentiable]
    public static void Softmax(ReadOnlySpan<float> x, Span<float> y)
    {
        float sum = 0f;
        for (int i = 0; i < x.Length; i++)
        {
            y[i] = MathF.Exp(x[i]);
            sum += y[i];
        }
        for (int i = 0; i < x.Length; i++)
            y[i] /= sum;
    }

    [Differentiable]
    public static float Matrix(float[,] a, float[][] rows)
    {
        float sum = 0f;
        for (int i = 0; i < a.GetLength(0); i++)
        for (int j = 0; j < a.GetLength(1); j++)
            sum += a[i, j] * rows[i][j] * Weights[j];
        return sum * sum;
    }

    [Differentiable]
    public static Point Moved(Point p, ReadOnlySpan<Point> others)
    {
        foreach (var other in others)
            p += other;
        return p with { Y = p.Length };
    }

    [Differentiable]
    public static (float, double, int) Several(float x, float y, int n) => (x * y, x / y, n);

    [Differentiable]
    public static void OutAndRef(float x, ref float y, out float z)
    {
        z = x * y;
        y += z * 0.5f;
    }

    [Differentiable]
    public static float Local(float x, int n)
    {
        var powers = new float[n + 1];
        powers[0] = 1;
        for (int i = 1; i < powers.Length; i++)
            powers[i] = powers[i - 1] * x * 0.9f;
        Span<float> copy = stackalloc float[n + 1];
        powers.CopyTo(copy);
        float sum = 0;
        float term(int i) => powers[i] / (i + 1);
        for (int i = 0; i < copy.Length; i++)
            sum += term(i) * copy[i];
        return sum;
    }

    [Differentiable]
    public static float Iterated(float x)
    {
        float v = x * 0.4f;
        int rounds = 0;
        while (v < 0.9f && rounds < 20)
        {
            v = 2.9f * v * (1 - v) + 0.01f * v % 0.3f;
            rounds++;
        }
        return v;
    }
}
