using Zautograd;

namespace Zautograd.Generator.Tests.Methods;

/// <summary>Whole numbers of every width, their bits, and what wraps around; remainders.</summary>
public static partial class Wholes
{
    public enum Flags : byte
    {
        None = 0,
        Low = 1,
        High = 128,
    }

    const long Prime = 1_000_003;
    static readonly ulong seed = 0x9E3779B97F4A7C15;

    [Differentiable]
    public static double Factorials(double x, int n)
    {
        long factorial = 1;
        double sum = 0.0,
            power = 1.0;
        for (int k = 1; k <= n + 18; k++)
        {
            factorial *= k;
            power *= x;
            sum += power / factorial;
        }
        return sum;
    }

    [Differentiable]
    public static double Wrapped(double x, long n)
    {
        long big = long.MaxValue - 1 + n;
        int small = int.MaxValue;
        small += (int)n;
        unchecked
        {
            big += 3;
        }
        return x * (big < 0 ? 2.0 : 3.0) + x * x * (small < 0 ? 0.5 : 0.25) + x * (double)(big / 1_000_000_000_000L) * 1e-6;
    }

    [Differentiable]
    public static double CountedByLong(double x, long n)
    {
        double p = x;
        for (long i = 0; i < n; i++)
            p = p * x + i * 0.1;
        return p;
    }

    [Differentiable]
    public static double Bits(double x, int n)
    {
        int mixed = (n | 8) ^ (n << 3) ^ (n >>> 1);
        int low = ~n & 6;
        int shifted = -17 >> n;
        int places = 1 << n;
        mixed |= 64;
        mixed ^= 3;
        mixed <<= 1;
        low >>= 1;
        return x * mixed + x * x * low + shifted * x + places * Math.Sin(x);
    }

    [Differentiable]
    public static double LongBits(double x, long n)
    {
        long mixed = (n | 8L) ^ (n << 35) ^ (n >>> 1);
        long high = mixed >> 33;
        long low = mixed & 0xFFL;
        high |= 1;
        return x * high + x * x * low + (~mixed < 0 ? x : -x);
    }

    [Differentiable]
    public static double Unsigned(double x, uint n)
    {
        uint hash = 2166136261;
        for (uint k = 0; k < n + 3; k++)
        {
            hash ^= k;
            hash *= 16777619;
        }
        uint half = hash >> 1;
        return x * (hash / 4294967296.0) + x * x * (half % 7) + (n - 5 > n ? x : 0.0);
    }

    /// <summary>Numbers that only look random are ordinary arithmetic.</summary>
    [Differentiable]
    public static double SplitMix(double x, ulong n)
    {
        ulong state = n + seed;
        double p = x;
        for (int i = 0; i < 4; i++)
        {
            state += 0x9E3779B97F4A7C15;
            ulong z = state;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            z ^= z >> 31;
            p = p * x + (z >> 11) * (1.0 / (1ul << 53)) + (z > 1ul << 63 ? 0.25 : 0.5) + (double)z * 1e-20;
        }
        return p;
    }

    [Differentiable]
    public static double Narrow(double x, byte b, short s, sbyte t)
    {
        b += 250;
        b++;
        byte cut = (byte)(b * 3);
        short low = (short)(s * 20000);
        sbyte signed = (sbyte)(t + 126);
        ushort wide = (ushort)(s - 3);
        return x * b + x * x * cut + low * 1e-3 * x + signed * x + wide * 1e-4 * x * x;
    }

    [Differentiable]
    public static double Flagged(double x, Flags flags)
    {
        flags |= Flags.High;
        flags ^= Flags.Low;
        var turned = ~flags;
        return (flags & Flags.Low) != 0 ? x * x : x * (int)turned;
    }

    [Differentiable]
    public static double WholeFunctions(double x, int n, long m)
    {
        var (quotient, remainder) = Math.DivRem(17 + n, 5);
        long product = Math.BigMul(n + 1_000_000, 3_000_000);
        long clamped = Math.Clamp(m * 10, 5L, 20L);
        return x * Math.Clamp(n, 1, 2)
            + x * x * quotient
            - remainder * x
            + product * 1e-13 * x
            + clamped * x
            + Math.Max(m, 2L) * x
            + Math.Sign(x - 1.0) * Math.Abs(-m) * x
            + (int.IsEvenInteger(n) ? x : 0.0);
    }

    [Differentiable]
    public static double LongDivision(double x, long n)
    {
        long a = -7_000_000_000L + n;
        return x * (a / 3_000_000_000L) + x * x * (a % 1_000_000L) * 1e-6 + (a % Prime == 0 ? x : 2 * x);
    }

    [Differentiable]
    public static double SwitchOnLong(double x, long n) =>
        n switch
        {
            0 => x,
            > 1 and < 5_000_000_000 => x * x,
            _ => Math.Sin(x),
        };

    [Differentiable]
    public static (double, long) WithLong(double x, long n)
    {
        long k = n * 5_000_000_000;
        return (x * k * 1e-9, k);
    }

    static long GreatestDivisor(long a, long b) => b == 0 ? a : GreatestDivisor(b, a % b);

    [Differentiable]
    public static double RecursiveLong(double x, int n) => x * GreatestDivisor(12_000_000_000L + 12 * n, 18_000_000_000L) * 1e-9;

    /// <summary>A long that changes in a loop is there again on the way back.</summary>
    [Differentiable]
    public static double LongInLoop(ReadOnlySpan<double> x)
    {
        long k = 3;
        double p = 1.0;
        for (int i = 0; i < x.Length; i++)
        {
            p *= x[i] * (k % 5 + 1);
            if ((k & 1) == 1)
                p = Math.Sin(p);
            k = k * 2654435761L + i;
        }
        return p;
    }

    // between the jumps
    [Differentiable, Points(1.05, 1.2)]
    public static double Remainders(double x, double y)
    {
        double p = 2.5 * x % y;
        p = p * 3.0 % 4.1 + -5.0 * x % (2 * y);
        p %= 100.0;
        return p * x;
    }

    [Differentiable]
    public static double Periodic(ReadOnlySpan<double> x, double width)
    {
        double sum = 0.0;
        foreach (var at in x)
        {
            double inside = (at * 10.0 + 0.05) % (width + 2.0);
            sum += inside * inside;
        }
        return sum;
    }

    [Differentiable]
    public static double Roundings(double x)
    {
        double a = Math.Round(x * 3.3, MidpointRounding.AwayFromZero) + Math.Round(-x * 3.3, MidpointRounding.ToZero);
        double b = Math.Round(x * 2.7, MidpointRounding.ToNegativeInfinity) - Math.Round(x * 2.7, MidpointRounding.ToPositiveInfinity);
        return x * a + x * x * b + (double.IsInteger(a) ? x : 0.0);
    }

    [Differentiable, Points(0.1, 0.6)]
    public static double MoreOfDouble(double x, double y) =>
        double.Exp2M1(x)
        + double.Exp10M1(y)
        + double.Log2P1(x)
        + double.Log10P1(y)
        + double.AcosPi(x)
        + double.AsinPi(y)
        + double.AtanPi(x)
        + double.Atan2Pi(x, y)
        + double.DegreesToRadians(x)
        + double.RadiansToDegrees(y);
}
