using System.Numerics;

namespace Zautograd.Tests;

/// <summary>Neighbours of a chain: each result knows the variables up to so many places away.</summary>
internal readonly struct Band(int half) : IVectorField
{
    public int Results(int variables) => variables;

    public void Call<T>(ReadOnlySpan<T> x, Span<T> y)
        where T : struct, IFloatingPointIeee754<T>
    {
        for (int i = 0; i < y.Length; i++)
        {
            y[i] = T.Zero;
            for (int j = Math.Max(0, i - half); j <= Math.Min(x.Length - 1, i + half); j++)
                y[i] += T.CreateChecked(1 + (i + 2 * j) % 5) * x[j] * x[j];
        }
    }
}

/// <summary>A sum in which each variable meets those up to so many places away.</summary>
internal readonly struct BandSum(int half) : IScalarField
{
    public T Call<T>(ReadOnlySpan<T> x)
        where T : struct, IFloatingPointIeee754<T>
    {
        var sum = T.Zero;
        for (int i = 0; i < x.Length; i++)
        for (int j = i; j <= Math.Min(x.Length - 1, i + half); j++)
            sum += x[i] * x[j] * x[j];
        return sum;
    }
}

/// <summary>One variable meets all others, and they meet nobody else.</summary>
internal readonly struct ArrowSum : IScalarField
{
    public T Call<T>(ReadOnlySpan<T> x)
        where T : struct, IFloatingPointIeee754<T>
    {
        var sum = T.Exp(x[0]);
        for (int i = 1; i < x.Length; i++)
            sum += x[0] * T.Sin(x[i]) + x[i] * x[i];
        return sum;
    }
}

/// <summary>A function of a seed: results of a few steps over a few variables each, with branches, kinks and jumps among the steps.</summary>
internal readonly struct RandomField(int seed, int results) : IVectorField
{
    public int Results(int variables) => results;

    public void Call<T>(ReadOnlySpan<T> x, Span<T> y)
        where T : struct, IFloatingPointIeee754<T>
    {
        var random = new Random(seed);
        for (int i = 0; i < results; i++)
        {
            var (a, b) = (x[random.Next(x.Length)], x[random.Next(x.Length)]);
            for (int step = random.Next(4); step >= 0; step--)
                (a, b) = (b, Step(random.Next(20), a, b, x[random.Next(x.Length)]));
            y[i] = random.Next(8) == 0 ? T.One : b;
        }
    }

    internal static T Step<T>(int step, T a, T b, T c)
        where T : struct, IFloatingPointIeee754<T> =>
        step switch
        {
            0 => a + b,
            1 => a - T.CreateChecked(0.5) * c,
            2 => a * b,
            3 => a / (T.CreateChecked(3) + b * b),
            4 => T.Sin(a) * b,
            5 => T.Exp(-a * a),
            6 => a < b ? c : a * c,
            7 => T.Abs(a - b),
            8 => T.Max(a, b),
            9 => T.Floor(a) + b,
            10 => T.Hypot(a, c),
            11 => T.Atan2(a, b + T.CreateChecked(2)),
            12 => T.FusedMultiplyAdd(a, b, c),
            13 => T.Lerp(a, b, c),
            14 => T.MaxMagnitude(a, b),
            15 => T.CopySign(a, b),
            16 => T.Clamp(a, -T.One, T.One) + c * c,
            17 => T.Pow(a, T.CreateChecked(2)),
            18 => int.CreateTruncating(a * T.CreateChecked(3)) % 2 == 0 ? b : c,
            _ => T.Tanh(a) + T.Zero * b,
        };
}

/// <summary>The same as one number: a sum of the results, some squared.</summary>
internal readonly struct RandomSum(int seed, int terms) : IScalarField
{
    public T Call<T>(ReadOnlySpan<T> x)
        where T : struct, IFloatingPointIeee754<T>
    {
        Span<T> y = new T[terms];
        new RandomField(seed, terms).Call(x, y);
        var sum = T.Zero;
        for (int i = 0; i < terms; i++)
            sum += i % 2 == 0 ? y[i] : y[i] * y[i];
        return sum;
    }
}
